//! Files that are odd, broken, or made to do harm: each is read with findings, or refused with its name and what to do,
//! in bounded memory and time, and a refused one leaves the database as it was.

mod accepted;
mod mutated;
mod refused;
mod vanished;

use serde_json::Value;
use torqueflow_test_support::sample::SampleTable;

use crate::support::{Ran, Taken, Workspace, csv_file, on_each_database, run_measured, table};

/// What a bad file may take of the machine.
const MOST_MEMORY_BYTES: u64 = 300_000_000;
const MOST_SECONDS: f64 = 15.0;

fn good() -> SampleTable {
    let text = "
        Customer ID | First Name | Last Name | Email
        A-1         | Marta      | Ellwood   | marta@ellwood.example
        A-2         | Pavel      | Ingram    | pavel@ingram.example
    ";
    table("Customers", text)
}

/// Runs a command and checks what it takes.
#[track_caller]
fn run_bounded(workspace: &Workspace, arguments: &str) -> Ran {
    let (ran, taken) = run_measured(workspace.command(arguments));
    let Taken { memory_bytes, seconds } = taken;
    println!("{arguments}: {:.0} MB, {seconds:.1} s", memory_bytes as f64 / 1e6);
    assert!(memory_bytes < MOST_MEMORY_BYTES && seconds < MOST_SECONDS, "{taken:?}");
    ran
}

/// Imports, into a database that holds something, a file that can't be imported. Checks the exit code, that a line names
/// the file and has these words, and that nothing changed.
#[track_caller]
fn check_refused(file: &str, content: &[u8], arguments: &str, exit_code: i32, words: &[&str]) {
    on_each_database(|workspace| {
        workspace.write("good.csv", csv_file(&good()));
        workspace.import("good.csv", 0);
        let before = (workspace.dump(), workspace.written());
        workspace.write(file, content);
        workspace.write("password", "not the password");
        let refused = run_bounded(workspace, &format!("import {file} {arguments}")).exits(exit_code);
        assert_says(&refused, file, words);
        assert_eq!((workspace.dump(), workspace.written()), before);
    });
}

/// One line names the file, and says what is wrong and what to do.
#[track_caller]
fn assert_says(refused: &Ran, file: &str, words: &[&str]) {
    let beginning = format!("{file}: ");
    let line = refused.stderr.lines().find(|line| line.starts_with(&beginning));
    let line = line.unwrap_or_else(|| panic!("`{file}` is not named: {}", refused.stderr));
    for word in words {
        assert!(line.contains(word), "{word}: {line}");
    }
}

/// Imports a file that can be read, if oddly. Checks the exit code, how many rows were imported, and that the error log
/// has these codes; returns the report.
#[track_caller]
fn check_accepted(
    workspace: &Workspace,
    file: &str,
    content: &[u8],
    exit_code: i32,
    imported: u64,
    codes: &[&str],
) -> Value {
    workspace.write(file, content);
    let arguments = format!("import {file} --on-duplicate create --json --error-log {file}.log");
    let report = run_bounded(workspace, &arguments).exits(exit_code).json();
    assert_eq!(report["totals"]["imported"], imported, "{report:#}");
    let log = crate::findings::read(workspace, &format!("{file}.log"));
    for code in codes {
        assert!(log.iter().any(|finding| finding.code == *code), "{code}: {log:?}");
    }
    report
}
