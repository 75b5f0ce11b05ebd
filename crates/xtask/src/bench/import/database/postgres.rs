//! A database of PostgreSQL, asked through `psql`.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;
use torqueflow_test_support::postgres::{Cluster, binaries};

use super::super::content::Content;
use super::tables::Tables;
use super::{Database, count, deletes};

/// A statement that takes longer is given up.
const LIMIT: &str = "-c statement_timeout=30min";

const TABLES: &str = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace \
                      ORDER BY relname;";
const REFERENCES: &str = "SELECT a.relname, b.relname FROM pg_constraint JOIN pg_class a ON a.oid = conrelid \
                          JOIN pg_class b ON b.oid = confrelid WHERE contype = 'f';";

/// A database on a throw-away server, which ends with this value.
pub struct Postgres {
    url: String,
    /// Where `psql` runs, and what it copies from and to.
    folder: TempDir,
}

impl Postgres {
    /// An empty one.
    pub fn create(cluster: &Cluster) -> anyhow::Result<Self> {
        Self::at(cluster.create_database().context("failed to create a database")?)
    }

    fn at(url: String) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        Ok(Self { url, folder })
    }

    /// The address of the server, and the name of the database on it.
    fn parts(&self) -> anyhow::Result<(&str, &str)> {
        self.url.rsplit_once('/').context("the URL names no database")
    }

    /// Runs a script on the database that every server has.
    fn on_server(&self, script: &str) -> anyhow::Result<String> {
        let (server, _) = self.parts()?;
        self.psql(&format!("{server}/postgres"), script)
    }

    /// Runs a script in one session and gives what it printed.
    fn run(&self, script: &str) -> anyhow::Result<String> {
        self.psql(&self.url, script)
    }

    fn psql(&self, url: &str, script: &str) -> anyhow::Result<String> {
        let file = self.folder.path().join("script.sql");
        fs::write(&file, script)?;
        let mut psql = Command::new(binaries("psql")?.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--no-password", "--tuples-only", "--no-align"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--dbname", url, "--file=-"]);
        psql.current_dir(&self.folder)
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

    fn tables(&self) -> anyhow::Result<Tables> {
        let references: Vec<(String, String)> = self
            .run(REFERENCES)?
            .lines()
            .filter_map(|line| line.split_once('|'))
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
            .collect();
        Tables::sort(self.run(TABLES)?.lines().map(str::to_owned).collect(), &references)
    }

    /// Runs `preparation`, then `measured`, of whose statements it gives the time.
    fn timed(&self, preparation: &str, measured: &str) -> anyhow::Result<Duration> {
        // What came before is on disk, so that it is not written meanwhile.
        let told = self.run(&format!("{preparation}\nCHECKPOINT;\n\\timing on\n{measured}"))?;
        let (times, statements) = (times(&told), measured.lines().count());
        ensure!(
            times.len() == statements,
            "psql told {} times for {statements} statements:\n{told}",
            times.len()
        );
        Ok(times.iter().sum())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // A database that stays behind ends with its server.
        if let Ok((_, name)) = self.parts() {
            let _ = self.on_server(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE);"));
        }
    }
}

impl Database for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn url(&self) -> String {
        self.url.clone()
    }

    fn copy(&self) -> anyhow::Result<Box<dyn Database>> {
        static COPIES: AtomicU32 = AtomicU32::new(0);
        let (server, name) = self.parts()?;
        let copy = format!("{name}_{}", COPIES.fetch_add(1, Ordering::Relaxed));
        self.on_server(&format!("CREATE DATABASE \"{copy}\" TEMPLATE \"{name}\";"))?;
        Ok(Box::new(Self::at(format!("{server}/{copy}"))?))
    }

    fn content(&self, query: &str) -> anyhow::Result<Content> {
        Ok(self.run(&format!("COPY ({query}) TO STDOUT;"))?.lines().collect())
    }

    fn business_records(&self) -> anyhow::Result<u64> {
        Ok(self.run(&count(&self.tables()?.business))?.trim().parse()?)
    }

    fn control_bytes(&self) -> anyhow::Result<u64> {
        let control = self.tables()?.control;
        let sizes: Vec<String> = control
            .iter()
            .map(|table| format!("pg_total_relation_size('\"{table}\"')"))
            .collect();
        let told = self.run(&format!("SELECT {};", sizes.join(" + ")))?;
        Ok(told.trim().parse()?)
    }

    /// `COPY` in binary format, one table after the other, in one session.
    fn load_business(&self) -> anyhow::Result<Duration> {
        let Tables { business, control } = self.tables()?;
        let names: Vec<String> = business
            .iter()
            .chain(&control)
            .map(|table| format!("\"{table}\""))
            .collect();
        let preparation = format!("{}TRUNCATE {};", copies(&business, "TO"), names.join(", "));
        self.timed(&preparation, &copies(&business, "FROM"))
    }

    fn delete_business(&self) -> anyhow::Result<Duration> {
        let statements = deletes(&self.tables()?.business);
        self.timed("", &format!("BEGIN;\n{statements}COMMIT;"))
    }
}

/// Copies tables to files, or back. The files are in the folder that `psql` runs in.
fn copies(tables: &[String], direction: &str) -> String {
    let lines = tables
        .iter()
        .map(|table| format!("\\copy \"{table}\" {direction} '{table}.copy' WITH (FORMAT binary)\n"));
    lines.collect()
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
