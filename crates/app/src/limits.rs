//! Every limit of the program by name: those of a file, and those of uploads and of the work on them.

use serde::Serialize;
use torqueflow_model::MAX_TABLES;
use torqueflow_pipeline::{Limit, Limits as FileLimits, Setting, Unit};

/// Bounds on what people may upload, and on the work for it.
///
/// Each has a name, by which it is set and told: `--set-limit rows=5000`, "raise the limit `rows`".
///
/// ```
/// let mut limits = torqueflow_app::Limits::default();
/// limits.set("file_bytes=64MiB")?;
/// assert_eq!(limits.file.max_file_bytes, 64 << 20);
/// # Ok::<(), torqueflow_app::LimitError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// What one file may ask for.
    pub file: FileLimits,
    /// Files of a run.
    pub max_run_files: u64,
    /// Tables of a run, those that were removed with their files too. More than 4,096 are never taken: that is how many the
    /// ids of records can tell apart.
    pub max_run_tables: u64,
    /// Bytes of all files of a run together.
    pub max_run_bytes: u64,
    /// Seconds for opening one file and reading it to its end.
    pub max_file_seconds: u64,
    /// Bytes of memory of the process in which a `.xls`, `.xlsb` or `.ods` file is read.
    pub max_conversion_memory_bytes: u64,
    /// Seconds of processor time of that process. It is stopped at the latest when three times as many have passed.
    pub max_conversion_seconds: u64,
    /// Bytes that it may hand back.
    pub max_conversion_output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file: FileLimits::default(),
            max_run_files: 100,
            max_run_tables: MAX_TABLES,
            max_run_bytes: 8 << 30,
            max_file_seconds: 600,
            max_conversion_memory_bytes: 224 << 20,
            max_conversion_seconds: 10,
            max_conversion_output_bytes: 1 << 30,
        }
    }
}

pub(crate) static RUN_FILES: Limit = Limit::new("run_files", Unit::Count, "the number of files of an import");
pub(crate) static RUN_TABLES: Limit = Limit::new(
    "run_tables",
    Unit::Count,
    "the number of tables of an import (4,096 at most)",
);
pub(crate) static RUN_BYTES: Limit = Limit::new("run_bytes", Unit::Bytes, "the size of all files of an import");
pub(crate) static FILE_SECONDS: Limit = Limit::new("file_seconds", Unit::Seconds, "the time for reading the file");
pub(crate) static CONVERSION_MEMORY: Limit = Limit::new(
    "conversion_memory_bytes",
    Unit::Bytes,
    "the memory for reading a workbook of this form",
);
pub(crate) static CONVERSION_SECONDS: Limit = Limit::new(
    "conversion_seconds",
    Unit::Seconds,
    "the time for reading a workbook of this form",
);
pub(crate) static CONVERSION_OUTPUT: Limit = Limit::new(
    "conversion_output_bytes",
    Unit::Bytes,
    "the size of what is in the workbook",
);

/// The limits of this crate, each once.
static SETTINGS: [Setting<Limits>; 7] = [
    Setting {
        limit: &RUN_FILES,
        get: |limits| limits.max_run_files,
        set: |limits, value| limits.max_run_files = value,
    },
    Setting {
        limit: &RUN_TABLES,
        get: |limits| limits.max_run_tables,
        set: |limits, value| limits.max_run_tables = value.min(MAX_TABLES),
    },
    Setting {
        limit: &RUN_BYTES,
        get: |limits| limits.max_run_bytes,
        set: |limits, value| limits.max_run_bytes = value,
    },
    Setting {
        limit: &FILE_SECONDS,
        get: |limits| limits.max_file_seconds,
        set: |limits, value| limits.max_file_seconds = value,
    },
    Setting {
        limit: &CONVERSION_MEMORY,
        get: |limits| limits.max_conversion_memory_bytes,
        set: |limits, value| limits.max_conversion_memory_bytes = value,
    },
    Setting {
        limit: &CONVERSION_SECONDS,
        get: |limits| limits.max_conversion_seconds,
        set: |limits, value| limits.max_conversion_seconds = value,
    },
    Setting {
        limit: &CONVERSION_OUTPUT,
        get: |limits| limits.max_conversion_output_bytes,
        set: |limits, value| limits.max_conversion_output_bytes = value,
    },
];

/// A limit and the value that is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LimitInForce {
    /// Its name: `file_bytes`.
    pub name: &'static str,
    /// What it bounds, in words.
    pub what: &'static str,
    /// The value in force, in bytes, seconds or pieces.
    pub value: u64,
    /// The value for a person: `4 GiB`.
    pub shown: String,
}

/// A setting of a limit that can't be understood.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LimitError {
    /// There is no such limit.
    #[error("there is no limit `{name}`; there are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// The value is none.
    #[error("`{value}` is no value of the limit `{name}`; write something like {example}")]
    Value {
        /// The limit.
        name: &'static str,
        /// What was given.
        value: String,
        /// A value that would do.
        example: String,
    },
    /// It is not of the form `NAME=VALUE`.
    #[error("`{0}` sets no limit; write NAME=VALUE")]
    Form(String),
}

impl Limits {
    /// Sets a limit as a person writes it: `rows=5000`, `file-bytes=64MiB`.
    pub fn set(&mut self, setting: &str) -> Result<(), LimitError> {
        let (name, value) = setting
            .split_once('=')
            .ok_or_else(|| LimitError::Form(setting.to_owned()))?;
        let name = name.trim().replace('-', "_");
        let own = SETTINGS.iter().find(|known| known.limit.name == name);
        let of_file = FileLimits::settings().iter().find(|known| known.limit.name == name);
        match (own, of_file) {
            (Some(own), _) => (own.set)(self, parse(own.limit, value)?),
            (_, Some(of_file)) => (of_file.set)(&mut self.file, parse(of_file.limit, value)?),
            (None, None) => {
                let known: Vec<_> = self.in_force().into_iter().map(|known| known.name).collect();
                let known = known.join(", ");
                return Err(LimitError::Unknown { name, known });
            }
        }
        Ok(())
    }

    /// Every limit with its value: those of uploads first, then those of a file.
    pub fn in_force(&self) -> Vec<LimitInForce> {
        let own = SETTINGS.iter().map(|known| in_force(known.limit, (known.get)(self)));
        let of_file = FileLimits::settings()
            .iter()
            .map(|known| in_force(known.limit, (known.get)(&self.file)));
        own.chain(of_file).collect()
    }
}

fn in_force(limit: &'static Limit, value: u64) -> LimitInForce {
    LimitInForce {
        name: limit.name,
        what: limit.what,
        value,
        shown: limit.unit.show(value),
    }
}

fn parse(limit: &'static Limit, value: &str) -> Result<u64, LimitError> {
    limit.unit.parse(value).ok_or_else(|| LimitError::Value {
        name: limit.name,
        value: value.trim().to_owned(),
        example: match limit.unit {
            Unit::Bytes => "64MiB",
            Unit::Seconds => "90s",
            _ => "5000",
        }
        .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(setting: &str, expected: Result<(&str, u64), &str>) {
        let mut limits = Limits::default();
        match (limits.set(setting), expected) {
            (Ok(()), Ok((name, value))) => {
                let changed: Vec<_> = limits
                    .in_force()
                    .into_iter()
                    .zip(Limits::default().in_force())
                    .filter(|(now, before)| now != before)
                    .map(|(now, _)| (now.name, now.value))
                    .collect();
                assert_eq!(changed, [(name, value)], "{setting}");
            }
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{setting}: {error}"),
            (set, _) => panic!("{setting}: {set:?}"),
        }
    }

    #[test]
    fn limits_are_set_by_name() {
        check("rows=5000", Ok(("rows", 5_000)));
        check(" file-bytes = 64 MiB", Ok(("file_bytes", 64 << 20)));
        check("run_files=2", Ok(("run_files", 2)));
        check("run_tables=4095", Ok(("run_tables", 4_095)));
        check("run_bytes=1GB", Ok(("run_bytes", 1_000_000_000)));
        check("file_seconds=2min", Ok(("file_seconds", 120)));
        check("conversion_memory_bytes=1GiB", Ok(("conversion_memory_bytes", 1 << 30)));
        check("conversion_seconds=60", Ok(("conversion_seconds", 60)));
        check("conversion_output_bytes=5", Ok(("conversion_output_bytes", 5)));
    }

    #[test]
    fn what_sets_nothing_is_refused() {
        check("rows", Err("NAME=VALUE"));
        check("lines=5", Err("there is no limit `lines`; there are run_files, "));
        check("rows=many", Err("`many` is no value of the limit `rows`"));
        check("file_bytes=5min", Err("64MiB"));
        check("file_seconds=5MB", Err("90s"));
    }

    #[test]
    fn the_documentation_lists_every_limit() {
        let page = include_str!("../../../docs/how-to/set-a-limit.md");
        let listed: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
        let limits = Limits::default().in_force();
        let rows: Vec<String> = limits
            .iter()
            .map(|limit| format!("| `{}` | {} | {} |", limit.name, limit.shown, limit.what))
            .collect();
        assert_eq!(listed, rows);
    }

    #[test]
    fn every_name_is_there_once() {
        let mut names: Vec<_> = Limits::default().in_force().iter().map(|limit| limit.name).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
