//! A list of five times the length: whether memory stays flat, and speed too.

use std::path::Path;

use super::database::Database;
use super::input::full_list;
use super::list::{List, Rates, megabytes, rate};
use super::program::{Imported, Program};
use super::report::Line;
use super::target;

/// How many times as long as the list that everything else is measured with.
const TIMES: u64 = 5;

/// The list whose memory the long one is compared with is so many times shorter than the long one.
const SHORTER: u64 = 10;

/// Where and with what the long list is measured.
pub struct Long<'a> {
    pub program: &'a Program,
    pub folder: &'a Path,
    /// The rows of the list that everything else is measured with.
    pub rows: u64,
}

impl Long<'_> {
    /// Measures on databases of one kind; `empty` gives a new one.
    pub fn measure(
        &self,
        empty: &dyn Fn() -> anyhow::Result<Box<dyn Database>>,
        usual: Rates,
    ) -> anyhow::Result<Vec<Line>> {
        let short = self.import_short(empty()?.as_ref())?;
        let input = full_list(self.folder, self.rows * TIMES)?;
        let database = empty()?;
        let list = List {
            program: self.program,
            input: &input,
            database: database.as_ref(),
        };
        let long = list.import()?;
        let rollback = list.roll_back(&long)?;
        let taken_back = long.rows as f64 / rollback.as_secs_f64();
        let line = |what: &str, (measured, against): (String, String), figure, target| Line {
            workload: list.workload(what),
            measured,
            against,
            figure,
            target,
        };
        Ok(vec![
            line(
                "peak memory",
                (megabytes(&long), String::new()),
                long.peak_megabytes(),
                target::LONG_PEAK,
            ),
            line(
                "peak memory",
                (megabytes(&long), format!("{} rows, {}", short.rows, megabytes(&short))),
                long.peak_megabytes() / short.peak_megabytes(),
                target::LONG_PEAK_GROWTH,
            ),
            line(
                "imported",
                (rate(&long), self.usual(usual.imported)),
                long.rate() / usual.imported,
                target::LONG_RATE,
            ),
            line(
                "taken back",
                (format!("{taken_back:.0} rows/s"), self.usual(usual.taken_back)),
                taken_back / usual.taken_back,
                target::LONG_RATE,
            ),
        ])
    }

    fn import_short(&self, database: &dyn Database) -> anyhow::Result<Imported> {
        let input = full_list(self.folder, self.rows * TIMES / SHORTER)?;
        let list = List {
            program: self.program,
            input: &input,
            database,
        };
        list.import()
    }

    fn usual(&self, rate: f64) -> String {
        format!("{} rows, {rate:.0} rows/s", self.rows)
    }
}
