//! What is measured, one after the other.

use std::path::Path;

use anyhow::Context;
use torqueflow_test_support::postgres::Cluster;

use super::database::{Database, Postgres, Sqlite};
use super::input::{full_list, short_list, workbook};
use super::list::{List, rate, time_and_rate};
use super::long::Long;
use super::peers::{DJANGO, DLT};
use super::program::Program;
use super::report::{self, Line};
use super::{ImportBench, Workload, target};
use crate::bench::machine;
use crate::bench::release::build;
use crate::step::say;

impl ImportBench {
    /// Measures everything and prints the table.
    pub fn run(&self) -> anyhow::Result<()> {
        let binary = self.binary.clone().map_or_else(build, Ok)?;
        let machine = machine::describe();
        let cluster = Cluster::start().context("failed to start a PostgreSQL server")?;
        let (mut lines, mut left_out) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
            let running = Running {
                options: self,
                program: &Program::new(binary.clone(), folder.path()),
                cluster: &cluster,
                folder: folder.path(),
            };
            if self.measures(Workload::List) {
                lines.extend(running.list()?);
            }
            if self.measures(Workload::Peers) {
                lines.extend(running.peers(&mut left_out)?);
            }
            if self.measures(Workload::Workbook) {
                lines.push(running.workbook()?);
            }
        }
        report::print(&machine, &lines, &left_out);
        Ok(())
    }

    fn measures(&self, workload: Workload) -> bool {
        self.only.is_empty() || self.only.contains(&workload)
    }
}

/// What is measured with.
struct Running<'a> {
    options: &'a ImportBench,
    program: &'a Program,
    cluster: &'a Cluster,
    folder: &'a Path,
}

/// Makes an empty database.
type Empty<'a> = &'a dyn Fn() -> anyhow::Result<Box<dyn Database>>;

impl Running<'_> {
    /// The list with everything, on both databases.
    fn list(&self) -> anyhow::Result<Vec<Line>> {
        let input = full_list(self.folder, self.options.rows).context("failed to write the list")?;
        let cleaning = self.program.clean(&input)?;
        let postgres: Empty<'_> = &|| Ok(Box::new(Postgres::create(self.cluster)?));
        let sqlite: Empty<'_> = &|| Ok(Box::new(Sqlite::new()?));
        let mut lines = Vec::new();
        for empty in [postgres, sqlite] {
            let database = empty()?;
            let list = List {
                program: self.program,
                input: &input,
                database: database.as_ref(),
            };
            let (measured, rates) = list.measure(cleaning)?;
            lines.extend(measured);
            if self.options.million {
                let long = Long {
                    program: self.program,
                    folder: self.folder,
                    rows: self.options.rows,
                };
                lines.extend(long.measure(empty, rates)?);
            }
        }
        Ok(lines)
    }

    /// The short list, beside the programs of others.
    fn peers(&self, left_out: &mut Vec<String>) -> anyhow::Result<Vec<Line>> {
        let input = short_list(self.folder, self.options.rows).context("failed to write the short list")?;
        let database = Postgres::create(self.cluster)?;
        let ours = self.program.import(&input, &database)?;
        input.expected.check_all(&database)?;
        let mut lines = Vec::new();
        for peer in [DJANGO, DLT] {
            if let Err(error) = peer.install() {
                let message = format!("Left out: {}, which pip could not install ({error:#}).", peer.name);
                say(&message);
                left_out.push(message);
                continue;
            }
            let time = peer.load(&input, &Postgres::create(self.cluster)?, self.folder)?;
            let theirs = input.rows as f64 / time.as_secs_f64();
            lines.push(Line {
                workload: format!("{} → PostgreSQL", input.name),
                measured: rate(&ours),
                against: format!("{}, {theirs:.0} rows/s", peer.name),
                figure: ours.rate() / theirs,
                target: peer.target,
            });
        }
        Ok(lines)
    }

    /// The encrypted workbook, on SQLite.
    fn workbook(&self) -> anyhow::Result<Line> {
        let input = workbook(self.folder, self.options.customers).context("failed to write the workbook")?;
        let database = Sqlite::new()?;
        let imported = self.program.import(&input, &database)?;
        input.expected.check(&database)?;
        Ok(Line {
            workload: format!("{} → SQLite", input.name),
            measured: time_and_rate(&imported),
            against: String::new(),
            figure: imported.wall.as_secs_f64(),
            target: target::WORKBOOK,
        })
    }
}
