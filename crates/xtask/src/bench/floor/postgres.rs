//! The floor of PostgreSQL: `COPY` of the same rows, one table after the other, in one session.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use torqueflow_test_support::postgres::binaries;

use super::{Floor, in_order, is_business};

/// A statement that takes longer is given up.
const LIMIT: &str = "-c statement_timeout=30min";

const TABLES: &str = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                      ORDER BY relname;";
const REFERENCES: &str = "SELECT a.relname, b.relname FROM pg_constraint JOIN pg_class a ON a.oid = conrelid \
                          JOIN pg_class b ON b.oid = confrelid WHERE contype = 'f';";

/// Measures with the rows that are in the database, which has the same rows afterwards or those of the business tables.
pub fn measure(url: &str, folder: &Path) -> anyhow::Result<Floor> {
    let psql = Psql { url, folder };
    let tables = psql.run(TABLES)?.lines().map(str::to_owned).collect();
    let references: Vec<(String, String)> = psql
        .run(REFERENCES)?
        .lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(from, to)| (from.to_owned(), to.to_owned()))
        .collect();
    let tables = in_order(tables, &references)?;
    let counts: Vec<String> = tables
        .iter()
        .map(|table| format!("SELECT count(*) FROM \"{table}\";"))
        .collect();
    let counts = psql.run(&counts.join("\n"))?;
    let counts = counts.lines().map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    psql.run(&copies(&tables, "TO"))?;
    let business: Vec<String> = tables.iter().filter(|table| is_business(table)).cloned().collect();
    Ok(Floor {
        rows: counts.iter().sum(),
        all: psql.load(&tables, &tables)?,
        business: psql.load(&tables, &business)?,
    })
}

/// Copies tables to files, or back. The files are in the folder that `psql` runs in.
fn copies(tables: &[String], direction: &str) -> String {
    let lines = tables
        .iter()
        .map(|table| format!("\\copy \"{table}\" {direction} '{table}.copy' WITH (FORMAT binary)\n"));
    lines.collect()
}

struct Psql<'a> {
    url: &'a str,
    folder: &'a Path,
}

impl Psql<'_> {
    /// Empties all tables, then loads some; says how long the loading took.
    fn load(&self, all: &[String], some: &[String]) -> anyhow::Result<Duration> {
        let names: Vec<String> = all.iter().map(|table| format!("\"{table}\"")).collect();
        let empty = format!("TRUNCATE {};\nCHECKPOINT;\n", names.join(", "));
        let told = self.run(&format!("{empty}\\timing on\n{}", copies(some, "FROM")))?;
        let times = times(&told);
        if times.len() != some.len() {
            bail!("psql told {} times for {} tables:\n{told}", times.len(), some.len());
        }
        Ok(times.iter().sum())
    }

    /// Runs a script in one session and gives what it printed.
    fn run(&self, script: &str) -> anyhow::Result<String> {
        let file = self.folder.join("floor.sql");
        fs::write(&file, script)?;
        let mut psql = Command::new(binaries("psql")?.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--no-password", "--tuples-only", "--no-align"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--dbname", self.url, "--file=-"]);
        psql.current_dir(self.folder)
            .stdin(File::open(file)?)
            .stderr(Stdio::piped());
        // The times are read from what it prints, so it prints them in English.
        psql.env("LC_ALL", "C").env("PGOPTIONS", LIMIT);
        let output = psql.output().context("failed to start psql")?;
        if !output.status.success() {
            bail!("psql failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

/// The times that `psql` tells: `Time: 1234.567 ms (00:01.235)`.
fn times(told: &str) -> Vec<Duration> {
    let milliseconds = told.lines().filter_map(|line| {
        let (number, _) = line.strip_prefix("Time: ")?.split_once(" ms")?;
        number.parse::<f64>().ok()
    });
    milliseconds
        .map(|number| Duration::from_secs_f64(number / 1000.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_from_what_psql_tells() {
        let told = "Time: 0.500 ms\n12\nTime: 61234.000 ms (01:01.234)\n";
        let expected = [500, 61_234_000].map(Duration::from_micros);
        assert_eq!(times(told), expected);
    }
}
