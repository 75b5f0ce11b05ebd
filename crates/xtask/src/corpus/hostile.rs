//! Files that mean harm: each ends as it must, in the time and memory that it may take.

use super::Results;
use super::ask::{Asker, megabytes};
use super::demand::Demand;
use super::manifest::Manifest;
use super::worker::Task;
use crate::table;

/// Tries every file and compares with what its manifest demands.
pub fn check(manifest: &Manifest, asker: &Asker) -> anyhow::Result<Results> {
    let mut rows = Vec::new();
    let mut failures = Vec::new();
    for entry in &manifest.entries {
        let password = entry.get("password");
        let password = Some(password).filter(|password| !password.is_empty());
        let answer = asker.ask(Task::Read, entry.file(), password)?;
        let broken = match Demand::parse(entry) {
            Some(demand) => demand.broken_by(&answer),
            None => vec![format!("`{}` is not understood", entry.get("must"))],
        };
        rows.push(vec![
            entry.file().to_owned(),
            answer.summary(),
            if broken.is_empty() { "holds" } else { "FAILS" }.to_owned(),
            format!("{:.2}", answer.busy.as_secs_f64()),
            megabytes(answer.peak_bytes),
        ]);
        failures.extend(broken.iter().map(|what| format!("{}: {what}", entry.file())));
    }
    Ok(Results {
        text: table::markdown(&["file", "outcome", "demand", "seconds", "peak MB"], &rows, 3),
        failures,
    })
}
