//! The program under measurement: imports, refreshes, cleans and takes back.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::database::Database;
use super::input::Input;
use super::phases::phases;
use crate::process::{self, Ended};
use crate::step::say;

/// A command that takes longer is ended.
const LIMIT: Duration = Duration::from_hours(1);

/// Exit codes of an import that ran: every row landed, or some are flagged.
const RAN: [i32; 2] = [0, 3];

/// The program, and where it keeps its files.
pub struct Program {
    binary: PathBuf,
    folder: PathBuf,
}

/// An import that ran.
pub struct Imported {
    pub run_id: String,
    pub rows: u64,
    /// Rows of which nothing was written.
    pub unchanged: u64,
    pub wall: Duration,
    peak_bytes: u64,
}

impl Imported {
    /// Rows per second of the whole command.
    pub fn rate(&self) -> f64 {
        self.rows as f64 / self.wall.as_secs_f64()
    }

    /// The most memory that the program had at once.
    pub fn peak_megabytes(&self) -> f64 {
        self.peak_bytes as f64 / 1_048_576.0
    }
}

/// What an import prints, as far as it matters here.
#[derive(Deserialize)]
struct Summary {
    run_id: String,
    totals: Totals,
}

#[derive(Deserialize)]
struct Totals {
    rows: u64,
    unchanged: u64,
}

impl Program {
    /// The program in `binary`, which keeps uploads and staged rows below `folder`.
    pub fn new(binary: PathBuf, folder: &Path) -> Self {
        Self {
            binary,
            folder: folder.join("data"),
        }
    }

    /// Imports a file. Everything becomes a record of its own, so that the most is written.
    pub fn import(&self, input: &Input, database: &dyn Database) -> anyhow::Result<Imported> {
        say(&format!("importing {} into {}", input.name, database.name()));
        let mut command = self.on(database);
        command.args(["import", "--json", "--on-duplicate", "create"]);
        if let Some(file) = &input.password_file {
            command.arg("--password-file").arg(file);
        }
        let ended = measure(command.arg(&input.file), &RAN)?;
        say(&format!("{}; {}", phases(&ended)?, seconds(ended.wall)));
        let summary: Summary =
            serde_json::from_str(&ended.output).context("failed to read the result of the import")?;
        Ok(Imported {
            run_id: summary.run_id,
            rows: summary.totals.rows,
            unchanged: summary.totals.unchanged,
            wall: ended.wall,
            peak_bytes: ended.peak_bytes,
        })
    }

    /// Cleans a file; its records go to a file, which is read afterwards to count them.
    pub fn clean(&self, input: &Input) -> anyhow::Result<Duration> {
        say(&format!("cleaning {}", input.name));
        let records = self.folder.with_extension("records");
        let mut shell = Command::new("sh");
        shell.args(["-c", r#"output="$1"; shift; exec "$@" >"$output""#, "sh"]);
        let ours: [&OsStr; 4] = [
            records.as_ref(),
            self.binary.as_ref(),
            "clean".as_ref(),
            input.file.as_ref(),
        ];
        let ended = measure(shell.args(ours), &RAN)?;
        // A line per row, and perhaps one for what is said of whole columns.
        let lines = BufReader::new(File::open(&records)?).lines();
        let rows = lines
            .filter(|line| line.as_ref().is_ok_and(|line| !line.contains(r#""row":null"#)))
            .count();
        ensure!(
            rows as u64 == input.rows,
            "`clean` wrote {rows} rows instead of {}",
            input.rows
        );
        std::fs::remove_file(records)?;
        Ok(ended.wall)
    }

    /// Takes an import back.
    pub fn roll_back(&self, run_id: &str, database: &dyn Database) -> anyhow::Result<Duration> {
        say(&format!("taking it back in {}", database.name()));
        let mut command = self.on(database);
        Ok(measure(command.args(["rollback", run_id, "--yes"]), &[0])?.wall)
    }

    fn on(&self, database: &dyn Database) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(["--database", &database.url(), "--data-dir"])
            .arg(&self.folder);
        command
    }
}

/// Runs a command to its end; an error unless it ends with one of these exit codes.
pub fn measure(command: &mut Command, exit_codes: &[i32]) -> anyhow::Result<Ended> {
    let ended = process::measure(command, LIMIT)?;
    let Some(status) = ended.status else {
        bail!("the program took longer than {} s", LIMIT.as_secs());
    };
    let is_well = status.code().is_some_and(|code| exit_codes.contains(&code));
    ensure!(is_well, "the program failed ({status}):\n{}", ended.messages());
    Ok(ended)
}

/// A time for people.
pub fn seconds(duration: Duration) -> String {
    format!("{:.2} s", duration.as_secs_f64())
}
