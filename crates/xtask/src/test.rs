//! `test`: every test of the workspace, on SQLite, a throw-away PostgreSQL server and a throw-away S3-compatible store.

use std::env;
use std::process::Stdio;

use anyhow::{Context, bail};
use clap::Args;
use torqueflow_test_support::postgres::{self, Cluster, PG_BIN, TEST_POSTGRES};

use crate::programs::{CURL, JQ, ensure, install};
use crate::s3::{self, TEST_S3};
use crate::step::{cargo, run, say};

/// Run the tests, on SQLite, a throw-away PostgreSQL server and a throw-away S3-compatible store.
///
/// Without arguments: all of the workspace. It needs PostgreSQL's programs, curl and jq, and installs them where root runs it
/// on Debian or Ubuntu.
#[derive(Args, Default)]
pub struct Test {
    /// Handed on to `cargo nextest run`, or to `cargo test` where cargo-nextest is missing: `-p torqueflow-model phone`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

impl Test {
    /// Runs the tests; the server ends with them.
    pub fn run(&self) -> anyhow::Result<()> {
        ensure_postgres()?;
        ensure(&[CURL, JQ])?;
        let cluster = Cluster::start().context("failed to start a PostgreSQL server")?;
        let server = cluster.url("postgres");
        say(&format!("PostgreSQL for the tests: {server}"));
        let store = s3::Store::start().context("failed to start an S3-compatible store")?;
        // First, so that the last lines are the summary of all other tests.
        if self.arguments.is_empty() {
            run(cargo()
                .args(["test", "--workspace", "--doc"])
                .env(TEST_POSTGRES, &server))?;
        } else {
            say("examples in the documentation are tested only without arguments");
        }
        let arguments = runner_arguments(has_nextest(), &self.arguments);
        run(cargo()
            .args(arguments)
            .env(TEST_POSTGRES, &server)
            .env(TEST_S3, store.url()))
    }
}

/// The arguments of the cargo that runs the tests.
fn runner_arguments(nextest: bool, extra: &[String]) -> Vec<String> {
    let runner: &[&str] = if nextest { &["nextest", "run"] } else { &["test"] };
    let mut arguments: Vec<String> = runner.iter().map(ToString::to_string).collect();
    let own = extra.iter().take_while(|argument| *argument != "--");
    let mut own = own.filter(|argument| argument.starts_with('-'));
    if !own.any(|argument| argument.starts_with("-p") || argument.starts_with("--package")) {
        arguments.push("--workspace".to_owned());
    }
    if !nextest && extra.is_empty() {
        arguments.push("--all-targets".to_owned());
    }
    arguments.extend_from_slice(extra);
    arguments
}

fn has_nextest() -> bool {
    let mut version = cargo();
    version
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    version.status().is_ok_and(|status| status.success())
}

/// Installs PostgreSQL where it is missing and we may; else says what to type.
fn ensure_postgres() -> anyhow::Result<()> {
    let Err(missing) = postgres::binaries("initdb") else {
        return Ok(());
    };
    if env::var_os(PG_BIN).is_some() {
        bail!(missing);
    }
    if !postgres::is_root()? {
        bail!("{missing}; install it: sudo apt-get install -y --no-install-recommends postgresql");
    }
    install(&["postgresql"])?;
    postgres::binaries("initdb")
        .map(drop)
        .context("PostgreSQL is installed, but not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(nextest: bool, extra: &str, expected: &str) {
        let extra: Vec<String> = extra.split_whitespace().map(str::to_owned).collect();
        assert_eq!(runner_arguments(nextest, &extra).join(" "), expected);
    }

    #[test]
    fn without_arguments_the_whole_workspace_is_tested() {
        check(true, "", "nextest run --workspace");
        check(false, "", "test --workspace --all-targets");
    }

    #[test]
    fn arguments_choose_packages_and_tests() {
        check(true, "-p torqueflow-model", "nextest run -p torqueflow-model");
        check(
            true,
            "--package=torqueflow-model a",
            "nextest run --package=torqueflow-model a",
        );
        check(true, "phone -j 1", "nextest run --workspace phone -j 1");
        check(false, "phone -- -p", "test --workspace phone -- -p");
    }
}
