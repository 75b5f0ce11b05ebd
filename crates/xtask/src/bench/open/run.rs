//! Runs the measurements in turns.

use std::collections::BTreeSet;
use std::env;
use std::process::Command;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::case::Case;
use super::once::Measured;
use super::report::{self, Line};
use super::{OpenBench, Side};
use crate::bench::machine;
use crate::step::say;

impl OpenBench {
    /// Measures everything and prints the tables. Taking more memory than a case allows is an error; how fast things are
    /// is for people to judge.
    pub fn run(&self) -> anyhow::Result<()> {
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        let mut cases = Case::all(folder.path());
        cases.retain(|case| case.name.contains(&self.only));
        let mut lines = Vec::new();
        for case in cases {
            say(&format!("writing the file: {}", case.name));
            case.write(self).context("failed to write the file")?;
            lines.push(self.measure(case)?);
        }
        report::print(&machine::describe(), &lines, self.rows);
        let greedy: Vec<&str> = lines
            .iter()
            .filter(|line| line.is_over_cap())
            .map(|line| line.case.name)
            .collect();
        if !greedy.is_empty() {
            bail!("over the cap of memory: {}", greedy.join("; "));
        }
        Ok(())
    }

    fn measure(&self, case: Case) -> anyhow::Result<Line> {
        let mut sides = [Side::Ours, Side::Peer, Side::Floor];
        let mut measured = Vec::new();
        for run in 1..=self.runs.max(1) {
            say(&format!("measuring: {}, {run} of {}", case.name, self.runs));
            for side in sides {
                measured.push((side, once(&case, side)?));
            }
            // Nobody always comes after the same one.
            sides.rotate_left(1);
        }
        std::fs::remove_file(&case.file)?;
        let of = |side| {
            let its = measured.iter().filter(|(who, _)| *who == side);
            its.map(|(_, measured)| *measured).collect::<Vec<Measured>>()
        };
        let (ours, peer, floor) = (of(Side::Ours), of(Side::Peer), of(Side::Floor));
        let amounts = ours.iter().chain(&peer).map(|measured| measured.amount);
        let found: BTreeSet<u64> = amounts.collect();
        if found.len() > 1 {
            bail!("{}: the sides find different amounts: {found:?}", case.name);
        }
        Ok(Line {
            case,
            ours,
            peer,
            floor,
        })
    }
}

/// Measures in a process of its own.
fn once(case: &Case, side: Side) -> anyhow::Result<Measured> {
    let name = |value: Option<clap::builder::PossibleValue>| value.map(|value| value.get_name().to_owned());
    let output = Command::new(env::current_exe()?)
        .args(["bench", "open-once"])
        .args(name(side.to_possible_value()))
        .args(name(case.work.to_possible_value()))
        .arg(&case.file)
        .output()?;
    if !output.status.success() {
        bail!("{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
    }
    serde_json::from_slice(&output.stdout).context("failed to read what was measured")
}
