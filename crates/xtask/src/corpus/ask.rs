//! Has files tried, each in a process of its own: one that crashes or hangs is a result, and not the end of the chore.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;

use super::reply::{Outcome, Reply};
use super::worker::{PASSWORD, Task};
use crate::process::{self, Ended};

/// A process that takes longer is ended.
const TIME: Duration = Duration::from_mins(3);
/// Memory that a process may ask for, in kilobytes. What it may *use* is far less, and is measured.
const ADDRESS_SPACE_KB: u64 = 4 << 20;

/// Has the files of one folder tried.
pub struct Asker {
    folder: PathBuf,
    program: PathBuf,
}

/// What became of a file, and what it took.
#[derive(Debug)]
pub struct Answer {
    pub fate: Fate,
    /// The time that processors spent on it: on a machine of its own, the time that it takes.
    pub busy: Duration,
    pub peak_bytes: u64,
}

/// How the process ended.
#[derive(Debug)]
pub enum Fate {
    /// It did what it was asked to.
    Said(Outcome),
    /// It took too long.
    Hung,
    /// It ended otherwise; its last words.
    Died(String),
}

impl Asker {
    pub fn new(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self {
            folder: folder.to_path_buf(),
            program: env::current_exe().context("failed to find this program")?,
        })
    }

    /// The file itself.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Has one file tried.
    pub fn ask(&self, task: Task, file: &str, password: Option<&str>) -> anyhow::Result<Answer> {
        let task = task.to_possible_value().context("every task has a name")?;
        let mut command = self.limited();
        command.args(["corpus-file", task.get_name()]).arg(self.path(file));
        command.env_remove(PASSWORD);
        if let Some(password) = password {
            command.env(PASSWORD, password);
        }
        Ok(answer(&process::measure(&mut command, TIME)?))
    }

    /// The program, unable to ask for more memory than is good for the machine where the shell can see to that.
    fn limited(&self) -> Command {
        if !cfg!(unix) {
            return Command::new(&self.program);
        }
        let mut shell = Command::new("sh");
        let script = format!("ulimit -v {ADDRESS_SPACE_KB}; exec \"$0\" \"$@\"");
        shell.args(["-c", &script]).arg(&self.program);
        shell
    }
}

fn answer(ended: &Ended) -> Answer {
    let reply = serde_json::from_str::<Reply>(&ended.output).ok();
    let succeeded = ended.status.is_some_and(|status| status.success());
    let peak_bytes = reply.as_ref().map_or(0, |reply| reply.peak_bytes).max(ended.peak_bytes);
    let told = reply.as_ref().map_or(0, |reply| reply.busy_ms);
    let busy = ended.busy.max(Duration::from_millis(told));
    let fate = match (reply.filter(|_| succeeded), ended.status) {
        (Some(reply), _) => Fate::Said(reply.result),
        (None, None) => Fate::Hung,
        (None, Some(status)) => {
            let messages = ended.messages();
            let last = messages
                .lines()
                .find(|line| line.contains("panicked") || line.contains("memory"));
            Fate::Died(format!("{status}: {}", last.unwrap_or_default()))
        }
    };
    Answer { fate, busy, peak_bytes }
}

impl Answer {
    /// What came out, in a few words.
    pub fn summary(&self) -> String {
        match &self.fate {
            Fate::Said(Outcome::Read(tables)) => {
                let rows: u64 = tables.iter().map(|table| table.row_count).sum();
                format!("{rows} rows")
            }
            Fate::Said(Outcome::Decrypted { .. }) => "decrypted".to_owned(),
            Fate::Said(Outcome::Refused(refusal)) => refusal.code.clone(),
            Fate::Hung => "hung".to_owned(),
            Fate::Died(how) => format!("died, {how}"),
        }
    }

    /// The code of its refusal; empty where it was not refused.
    pub fn code(&self) -> &str {
        match &self.fate {
            Fate::Said(Outcome::Refused(refusal)) => &refusal.code,
            _ => "",
        }
    }
}

/// What a person reads of a size: whole megabytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / 1_048_576.0)
}
