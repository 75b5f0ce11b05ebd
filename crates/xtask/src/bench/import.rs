//! `bench import`: whole imports through the release program, each beside its floor.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use clap::Args;
use serde_json::Value;
use torqueflow_test_support::postgres::Cluster;

use super::floor::{Floor, postgres, sqlite};
use super::input::{self, Input};
use super::machine;
use super::measure::{measure, phases};
use super::report::{self, Line, Rollback};
use crate::process::Ended;
use crate::step::{cargo, run, say, target_folder};

/// Time imports of a Techman workbook and of a large CSV on SQLite and on PostgreSQL.
///
/// Beside each stands its floor, measured right after it: what the database alone takes for the same rows. It needs
/// PostgreSQL's programs, as `test` does.
#[derive(Args)]
pub struct ImportBench {
    /// The customers in the encrypted Techman workbook.
    #[arg(long, default_value_t = 5500)]
    customers: usize,
    /// The rows of the CSV, a customer list of the Techman program.
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// How often each import is measured; each time on a new database.
    #[arg(long, default_value_t = 1)]
    runs: u32,
    /// Take each import back as well.
    #[arg(long)]
    rollback: bool,
    /// Measure this program, instead of building the release of this checkout.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// Exit codes of an import that ran: every row landed, or some are flagged.
const RAN: [i32; 2] = [0, 3];

impl ImportBench {
    /// Measures everything and prints the table.
    pub fn run(&self) -> anyhow::Result<()> {
        let binary = self.binary.clone().map_or_else(build, Ok)?;
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        say("writing the files");
        let inputs = input::write(folder.path(), self.customers, self.rows).context("failed to write the files")?;
        let cluster = Cluster::start().context("failed to start a PostgreSQL server")?;
        let bench = Running {
            binary: &binary,
            cluster: &cluster,
            rollback: self.rollback,
        };
        let mut lines = Vec::new();
        for _ in 0..self.runs {
            for input in &inputs {
                lines.push(bench.sqlite(input)?);
                lines.push(bench.postgresql(input)?);
            }
        }
        report::print(&machine::describe(), &lines);
        Ok(())
    }
}

/// Builds the release program and says where it is.
pub fn build() -> anyhow::Result<PathBuf> {
    run(cargo().args(["build", "--release", "--package", "torqueflow-cli"]))?;
    let binary = target_folder().join("release").join("torqueflow");
    if !binary.is_file() {
        bail!("there is no {}; name the program: --binary FILE", binary.display());
    }
    Ok(binary)
}

struct Running<'a> {
    binary: &'a Path,
    cluster: &'a Cluster,
    rollback: bool,
}

impl Running<'_> {
    fn sqlite(&self, input: &Input) -> anyhow::Result<Line> {
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        let file = folder.path().join("bench.db");
        let url = format!("sqlite://{}?mode=rwc", file.display());
        let measured = self.import(input, &url, folder.path(), "SQLite")?;
        let floor = sqlite::measure(&file, folder.path())?;
        self.line(input, &measured, &floor, (&url, folder.path(), "SQLite"))
    }

    fn postgresql(&self, input: &Input) -> anyhow::Result<Line> {
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        let url = self.cluster.create_database()?;
        let measured = self.import(input, &url, folder.path(), "PostgreSQL")?;
        let floor = postgres::measure(&url, folder.path())?;
        self.line(input, &measured, &floor, (&url, folder.path(), "PostgreSQL"))
    }

    /// Imports into an empty database.
    fn import(&self, input: &Input, url: &str, folder: &Path, database: &str) -> anyhow::Result<Ended> {
        say(&format!("{} on {database}", input.name));
        let mut command = self.command(url, folder);
        // Everything becomes a record, so that the most is written.
        command.args(["import", "--json", "--on-duplicate", "create"]);
        if let Some(file) = &input.password_file {
            command.arg("--password-file").arg(file);
        }
        let measured = measure(command.arg(&input.file))?;
        if !measured
            .status
            .and_then(|status| status.code())
            .is_some_and(|code| RAN.contains(&code))
        {
            bail!("the import of {} failed:\n{}", input.name, measured.messages());
        }
        Ok(measured)
    }

    fn command(&self, url: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.binary);
        command.args(["--database", url, "--data-dir"]).arg(folder.join("data"));
        command
    }

    /// Takes an import back.
    fn roll_back(&self, run_id: &str, url: &str, folder: &Path, database: &str) -> anyhow::Result<Rollback> {
        say(&format!("taking it back on {database}"));
        let mut command = self.command(url, folder);
        let measured = measure(command.args(["rollback", run_id, "--yes"]))?;
        if measured.status.and_then(|status| status.code()) != Some(0) {
            bail!("the rollback failed:\n{}", measured.messages());
        }
        Ok(Rollback {
            wall: measured.wall,
            peak_bytes: measured.peak_bytes,
        })
    }

    fn line(
        &self,
        input: &Input,
        measured: &Ended,
        floor: &Floor,
        (url, folder, database): (&str, &Path, &'static str),
    ) -> anyhow::Result<Line> {
        let summary: Value =
            serde_json::from_str(&measured.output).context("failed to read the result of the import")?;
        let rows_in = summary.pointer("/totals/rows").and_then(Value::as_u64);
        let run_id = summary.pointer("/run_id").and_then(Value::as_str).unwrap_or_default();
        let roll_back = || self.roll_back(run_id, url, folder, database);
        Ok(Line {
            input: input.name.clone(),
            database,
            rows_in: rows_in.context("the result of the import has no number of rows")?,
            phases: phases(measured)?,
            wall: measured.wall,
            peak_bytes: measured.peak_bytes,
            floor: *floor,
            rollback: self.rollback.then(roll_back).transpose()?,
        })
    }
}
