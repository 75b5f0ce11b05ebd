//! The list of customers with addresses and vehicles on one database: imported, imported again, and taken back.

use std::time::Duration;

use anyhow::ensure;

use super::database::Database;
use super::expected::check_count;
use super::input::Input;
use super::program::{Imported, Program, seconds};
use super::report::Line;
use super::target::{self, Target};
use crate::step::say;

/// What is measured with, and on what.
pub struct List<'a> {
    pub program: &'a Program,
    pub input: &'a Input,
    pub database: &'a dyn Database,
}

/// How fast the list went, for comparing a longer one with it.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Rows per second that were imported.
    pub imported: f64,
    /// Rows per second that were taken back.
    pub taken_back: f64,
}

impl List<'_> {
    /// Measures everything, beside the time that cleaning the list took.
    pub fn measure(&self, cleaning: Duration) -> anyhow::Result<(Vec<Line>, Rates)> {
        let first = self.import()?;
        let mut lines = self.first_lines(&first)?;
        let rollback = self.roll_back(&first)?;
        let floor = self.delete()?;
        lines.push(Line {
            workload: self.workload("taken back"),
            measured: seconds(rollback),
            against: format!("DELETE of the same records, {}", seconds(floor)),
            figure: quotient(rollback, floor),
            target: target::ROLLBACK,
        });
        lines.extend(self.refresh(&first, cleaning)?);
        let rates = Rates {
            imported: first.rate(),
            taken_back: first.rows as f64 / rollback.as_secs_f64(),
        };
        Ok((lines, rates))
    }

    /// Imports into an empty database, and checks what landed.
    pub fn import(&self) -> anyhow::Result<Imported> {
        let imported = self.program.import(self.input, self.database)?;
        self.input.expected.check_all(self.database)?;
        Ok(imported)
    }

    /// Takes the import back, in a copy, and checks that nothing is left.
    pub fn roll_back(&self, first: &Imported) -> anyhow::Result<Duration> {
        let copy = self.database.copy()?;
        let time = self.program.roll_back(&first.run_id, copy.as_ref())?;
        check_count(copy.as_ref(), 0)?;
        Ok(time)
    }

    /// Time, memory and size of the first import.
    fn first_lines(&self, first: &Imported) -> anyhow::Result<Vec<Line>> {
        let (how, target) = self.floor();
        say(&format!("the floor of {}", self.database.name()));
        let copy = self.database.copy()?;
        let floor = copy.load_business()?;
        self.input.expected.check_all(copy.as_ref())?;
        let per_record = self.database.control_bytes()? as f64 / self.input.expected.records() as f64;
        Ok(vec![
            Line {
                workload: self.workload("imported"),
                measured: time_and_rate(first),
                against: format!("{how} of the same records, {}", seconds(floor)),
                figure: quotient(first.wall, floor),
                target,
            },
            Line {
                workload: self.workload("peak memory"),
                measured: megabytes(first),
                against: String::new(),
                figure: first.peak_megabytes(),
                target: target::PEAK,
            },
            Line {
                workload: self.workload("control data per record"),
                measured: format!("{per_record:.0} B"),
                against: String::new(),
                figure: per_record,
                target: target::CONTROL_BYTES,
            },
        ])
    }

    /// What the database alone does to load the records, and how close to that an import has to come.
    fn floor(&self) -> (&'static str, Target) {
        if self.database.name() == "SQLite" {
            ("prepared inserts", target::SQLITE_IMPORT)
        } else {
            ("COPY", target::POSTGRES_IMPORT)
        }
    }

    /// Deletes the records of the import, in a copy.
    fn delete(&self) -> anyhow::Result<Duration> {
        let copy = self.database.copy()?;
        let time = copy.delete_business()?;
        check_count(copy.as_ref(), 0)?;
        Ok(time)
    }

    /// Imports the same file again.
    fn refresh(&self, first: &Imported, cleaning: Duration) -> anyhow::Result<[Line; 2]> {
        let again = self.import()?;
        ensure!(
            again.unchanged == again.rows,
            "of {} unchanged rows, the refresh took {} for unchanged",
            again.rows,
            again.unchanged
        );
        Ok([
            Line {
                workload: self.workload("unchanged, imported again"),
                measured: time_and_rate(&again),
                against: format!("`clean` of the same file, {}", seconds(cleaning)),
                figure: quotient(again.wall, cleaning),
                target: target::REFRESH,
            },
            Line {
                workload: self.workload("unchanged, imported again"),
                measured: rate(&again),
                against: format!("the first import, {}", rate(first)),
                figure: again.rate() / first.rate(),
                target: target::REFRESH_RATE,
            },
        ])
    }

    /// A row's name in the table.
    pub fn workload(&self, what: &str) -> String {
        format!("{} → {}: {what}", self.input.name, self.database.name())
    }
}

/// How many times as long something took.
pub fn quotient(time: Duration, floor: Duration) -> f64 {
    time.as_secs_f64() / floor.as_secs_f64()
}

/// Time and speed of an import.
pub fn time_and_rate(imported: &Imported) -> String {
    format!("{}, {}", seconds(imported.wall), rate(imported))
}

/// The speed of an import.
pub fn rate(imported: &Imported) -> String {
    format!("{:.0} rows/s", imported.rate())
}

/// The peak memory of an import.
pub fn megabytes(imported: &Imported) -> String {
    format!("{:.0} MB", imported.peak_megabytes())
}
