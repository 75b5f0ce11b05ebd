//! `bench serve`: how long the service lets its clients wait, and what they leave behind.

mod client;
mod load;
mod server;

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use torqueflow_test_support::bench_data::write_customers_csv;
use torqueflow_test_support::postgres::Cluster;

use self::load::{Leaks, Waits};
use self::server::Server;
use super::machine;
use super::release::build;
use crate::step::say;
use crate::table;

const SEED: u64 = 7;
/// Rows of the run that is followed.
const SMALL: u64 = 100;

/// Time answers of the service while it imports, and see what clients that go away leave behind, on SQLite and on PostgreSQL.
///
/// Everything happens on this machine. It needs PostgreSQL's programs, as `test` does.
#[derive(Args)]
pub struct ServeBench {
    /// The rows of the CSV that is uploaded, previewed and imported.
    #[arg(long, default_value_t = 1_000_000)]
    rows: u64,
    /// The event streams that are open at once. Each takes a file handle here and in the service: see `ulimit -n`.
    #[arg(long, default_value_t = 1000)]
    streams: usize,
    /// Measure this program, instead of building the release of this checkout.
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

const HEADER: [&str; 15] = [
    "database",
    "first preview ms",
    "slowest ms",
    "polls",
    "p50 ms",
    "p99 ms",
    "slowest ms",
    "MB before",
    "during",
    "after",
    "files before",
    "during",
    "after",
    "streams",
    "files left",
];

impl ServeBench {
    /// Measures on both databases and prints the table.
    pub fn run(&self) -> anyhow::Result<()> {
        let binary = self.binary.clone().map_or_else(build, Ok)?;
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        say("writing the files");
        let (small, large) = (folder.path().join("small.csv"), folder.path().join("large.csv"));
        for (file, rows) in [(&small, SMALL), (&large, self.rows)] {
            write_customers_csv(BufWriter::new(File::create(file)?), rows, SEED)?;
        }
        let cluster = Cluster::start().context("failed to start a PostgreSQL server")?;
        let mut lines = Vec::new();
        for database in ["SQLite", "PostgreSQL"] {
            say(&format!("the service on {database}"));
            let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
            let url = match database {
                "SQLite" => format!("sqlite://{}?mode=rwc", folder.path().join("bench.db").display()),
                _ => cluster.create_database()?,
            };
            lines.push(self.line(database, &binary, &url, folder.path(), (&small, &large))?);
        }
        let text = table::markdown(&HEADER, &lines, 1);
        table::print(&format!("{}\n\n{text}", machine::describe()));
        Ok(())
    }

    fn line(
        &self,
        database: &str,
        binary: &Path,
        url: &str,
        folder: &Path,
        (small, large): (&Path, &Path),
    ) -> anyhow::Result<Vec<String>> {
        let server = Server::start(binary, url, folder)?;
        let leaks = load::leaks(&server, folder, small, self.streams)?;
        let waits = load::waits(&server.client, large)?;
        Ok(cells(database, self.streams, &leaks, &waits))
    }
}

fn cells(database: &str, streams: usize, leaks: &Leaks, waits: &Waits) -> Vec<String> {
    let milliseconds =
        |wait: Option<&Duration>| wait.map_or_else(String::new, |wait| format!("{:.1}", wait.as_secs_f64() * 1e3));
    let share = |share: f64| milliseconds(waits.polls.get((waits.polls.len() as f64 * share) as usize));
    let held = [leaks.before, leaks.during, leaks.after];
    let mut cells = vec![
        database.to_owned(),
        milliseconds(waits.previews.first()),
        milliseconds(waits.previews.iter().max()),
        waits.polls.len().to_string(),
        share(0.5),
        share(0.99),
        milliseconds(waits.polls.last()),
    ];
    cells.extend(held.map(|held| format!("{:.0}", held.bytes as f64 / 1_048_576.0)));
    cells.extend(held.map(|held| held.files.to_string()));
    cells.extend([streams.to_string(), leaks.left.to_string()]);
    cells
}

#[cfg(test)]
mod tests {
    use super::server::Held;
    use super::*;

    #[test]
    fn a_line_has_a_cell_for_each_heading() {
        let held = |megabytes: u64, files| Held {
            bytes: megabytes << 20,
            files,
        };
        let leaks = Leaks {
            before: held(20, 30),
            during: held(90, 1081),
            after: held(40, 30),
            left: 0,
        };
        let waits = Waits {
            previews: [9, 12, 8].map(Duration::from_millis).to_vec(),
            polls: (1..=200).map(Duration::from_millis).collect(),
        };
        let cells = cells("SQLite", 1000, &leaks, &waits);
        assert_eq!(cells.len(), HEADER.len());
        let expected = "SQLite|9.0|12.0|200|101.0|199.0|200.0|20|90|40|30|1081|30|1000|0";
        assert_eq!(cells.join("|"), expected);
    }
}
