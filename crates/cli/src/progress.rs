//! Progress on standard error: a bar per table on a terminal, plain lines otherwise.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Mutex;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use torqueflow_app::progress::{Event, Phase, TableProgress};

use crate::render::thousands;

/// Shows what happens.
pub struct Progress {
    terminal: Option<MultiProgress>,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Progress {
    pub fn new() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal().then(MultiProgress::new),
            bars: Mutex::new(HashMap::new()),
        }
    }

    pub fn on(&self, event: Event) {
        match event {
            Event::Phase(Phase::Detecting) => self.line("Opening the files"),
            Event::Phase(Phase::Analysing) => self.line("Analysing every row"),
            Event::Phase(Phase::Importing) => self.line("Importing"),
            Event::Phase(Phase::RollingBack) => self.line("Taking the run back"),
            Event::Resumed => self.line("Taking up the unfinished import of these files"),
            Event::Retrying => self.line("The database did not answer; trying again"),
            Event::Analysed(table) => self.table(&table, "analysed"),
            Event::Imported(table) => self.table(&table, "imported"),
            Event::RolledBack { done, total } => self.table(
                &TableProgress {
                    file: "writes".to_owned(),
                    sheet: None,
                    done,
                    total,
                },
                "taken back",
            ),
            _ => {}
        }
    }

    /// Takes the bars away, so that results can be printed.
    pub fn clear(&self) {
        if let Ok(mut bars) = self.bars.lock() {
            bars.clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.terminal {
            Some(terminal) => {
                let _ = terminal.println(text);
            }
            None => note!("{text}"),
        }
    }

    fn table(&self, table: &TableProgress, verb: &str) {
        let name = table.sheet.as_ref().unwrap_or(&table.file);
        let text = format!("{} of {} {verb}", thousands(table.done), thousands(table.total));
        let Some(terminal) = &self.terminal else {
            if table.done >= table.total {
                note!("{name}: {text}");
            }
            return;
        };
        let Ok(mut bars) = self.bars.lock() else { return };
        let bar = bars.entry(format!("{name}/{verb}")).or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:24} {bar:30} {msg}");
            let bar = ProgressBar::new(table.total.max(1) as u64).with_prefix(name.clone());
            terminal.add(style.map_or_else(|_| bar.clone(), |style| bar.clone().with_style(style)))
        });
        bar.set_position(table.done as u64);
        bar.set_message(text);
        if table.done >= table.total {
            bar.finish();
        }
    }
}
