//! `fuzz`: tries inputs by the million.

mod engine;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use torqueflow_fuzz::{TARGETS, Target, target_named};

use crate::step::{say, workspace};
use crate::table;
use engine::{Engine, Run};

/// Try inputs on what reads people's files, and keep those that it does not stand.
///
/// Each target gets the time that is given. New inputs and crashes are kept below `crates/fuzz/work`, which git ignores, and
/// later runs go on from there.
#[derive(Args)]
pub struct Fuzz {
    /// Minutes for each target; `0.5` is half a minute.
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    minutes: f64,
    /// Targets to run; all of them if none is named.
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
}

impl Fuzz {
    /// Builds the engine and runs one target after the other. Fails if any of them crashed.
    pub fn run(&self) -> anyhow::Result<()> {
        let time = Duration::try_from_secs_f64(self.minutes * 60.0).context("--minutes must be a time")?;
        let targets = self.chosen()?;
        let engine = Engine::build(&folder())?;
        let mut rows = Vec::new();
        let mut crashes = 0;
        for target in targets {
            say(&format!("{}: {}", target.name, target.about));
            let run = engine.run(target, time)?;
            crashes += run.crashes.len();
            for crash in &run.crashes {
                say(&format!("{}: {crash}", target.name));
            }
            rows.push(cells(target, &run));
        }
        table::print(&table::markdown(&HEADER, &rows, 1));
        if crashes > 0 {
            bail!("{crashes} inputs are not stood; see {}", folder().display());
        }
        Ok(())
    }

    fn chosen(&self) -> anyhow::Result<Vec<&'static Target>> {
        if self.targets.is_empty() {
            return Ok(TARGETS.iter().collect());
        }
        let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
        let chosen = self.targets.iter().map(|name| {
            target_named(name).with_context(|| format!("there is no target `{name}`, but {}", names.join(", ")))
        });
        chosen.collect()
    }
}

fn folder() -> PathBuf {
    workspace().join("crates/fuzz/work")
}

const HEADER: [&str; 7] = [
    "target",
    "minutes",
    "executions",
    "per second",
    "crashes",
    "peak MB",
    "slowest ms",
];

fn cells(target: &Target, run: &Run) -> Vec<String> {
    vec![
        target.name.to_owned(),
        format!("{:.1}", run.wall.as_secs_f64() / 60.0),
        run.executions.to_string(),
        format!("{:.0}", run.executions as f64 / run.wall.as_secs_f64().max(1.0)),
        run.crashes.len().to_string(),
        run.peak_mb.to_string(),
        run.slowest_ms.map_or("< 5".to_owned(), |slowest| slowest.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_chosen_by_name() {
        let fuzz = |names: &[&str]| Fuzz {
            minutes: 1.0,
            targets: names.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(fuzz(&[]).chosen().unwrap().len(), TARGETS.len());
        let chosen = fuzz(&["text", "xlsx"]).chosen().unwrap();
        assert_eq!(
            chosen.iter().map(|target| target.name).collect::<Vec<_>>(),
            ["text", "xlsx"]
        );
        let error = fuzz(&["csv"]).chosen().err().unwrap().to_string();
        assert!(
            error.starts_with("there is no target `csv`, but msoffcrypto, "),
            "{error}"
        );
    }
}
