//! Workbooks of older and rarer forms: read in a child process that may come to harm, and otherwise like any other.

use std::fs;
use std::io::Cursor;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use torqueflow_app::Caller;
use torqueflow_app::options::RunOptions;
use torqueflow_app::runs::{self, Purpose};
use torqueflow_pipeline::Format;
use torqueflow_pipeline::legacy::convert;
use torqueflow_test_support::older::{ods_bytes, xls_bytes, xls_protected_bytes, xlsb_bytes};
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};

use crate::support::{Workspace, children, on_each_database, run_measured, table, with_part, workbook};

/// A workbook of each form with the same tables.
fn forms(tables: &[SampleTable]) -> [(&'static str, Vec<u8>); 3] {
    [
        ("garage.xls", xls_bytes(tables).unwrap()),
        ("garage.xlsb", xlsb_bytes(tables).unwrap()),
        ("garage.ods", ods_bytes(tables).unwrap()),
    ]
}

fn garage() -> Vec<SampleTable> {
    Garage::generate(&SampleOptions { customers: 25, seed: 6 }).tables()
}

fn people() -> SampleTable {
    let text = "
        Customer ID | First Name | Last Name | Email
        A-1         | Marta      | Ellwood   | marta@ellwood.example
        A-2         | Pavel      | Ingram    | pavel@ingram.example
    ";
    table("Customers", text)
}

/// A spreadsheet whose rows end in the middle. The parser waits for their end for ever.
fn endless_ods() -> Vec<u8> {
    with_part(&ods_bytes(&[people()]).unwrap(), "content.xml", |content| {
        let end = content.rfind("<table:table-row>").unwrap();
        content[..end].to_owned()
    })
}

#[test]
fn they_are_imported_like_the_newer_workbook_with_the_same_tables() {
    let tables = garage();
    let newer = Workspace::on_sqlite();
    newer.write("garage.xlsx", workbook(&tables));
    newer.run("import garage.xlsx --on-duplicate create").exits(3);
    let expected = newer.dump();
    for (name, bytes) in forms(&tables) {
        on_each_database(|workspace| {
            workspace.write(name, &bytes);
            workspace.run(&format!("import {name} --on-duplicate create")).exits(3);
            for (read, wanted) in workspace.dump().lines().zip(expected.lines()) {
                assert_eq!(read, wanted, "{name}");
            }
            assert_eq!(workspace.dump().lines().count(), expected.lines().count(), "{name}");
        });
    }
}

#[test]
fn they_are_detected_and_cleaned_without_a_database() {
    let tables = garage();
    let workspace = Workspace::on_sqlite();
    workspace.write("garage.xlsx", workbook(&tables));
    let detected = |name: &str| {
        let found = workspace.run(&format!("detect {name} --json")).exits(0).json();
        let files = found["files"].as_array().unwrap().iter();
        let what = files
            .map(|table| [&table["sheet"], &table["type"], &table["row_count"], &table["columns"]].map(Value::clone));
        what.collect::<Vec<_>>()
    };
    let cleaned = |name: &str| {
        let lines = workspace.run(&format!("clean {name}")).exits(0).stdout;
        lines.replace(&format!("\"{name}\""), "\"…\"")
    };
    for (name, bytes) in forms(&tables) {
        workspace.write(name, &bytes);
        assert_eq!(detected(name), detected("garage.xlsx"), "{name}");
        assert!(cleaned(name) == cleaned("garage.xlsx"), "{name}");
    }
    assert_no_traces(&workspace);
}

/// Checks that nothing is left in the folder for temporary files.
#[track_caller]
fn assert_no_traces(workspace: &Workspace) {
    let left: Vec<_> = fs::read_dir(workspace.path("tmp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_protected_one_is_refused_by_name() {
    on_each_database(|workspace| {
        workspace.write("old.xls", xls_protected_bytes(&[people()]).unwrap());
        let refused = workspace.run("import old.xls").exits(1);
        let message = "old.xls: This file is encrypted in a way that is not supported (RC4 encryption of an Excel 97-2003 \
                       workbook), which can't be read here. Save it as .xlsx or CSV and try again.";
        assert!(refused.stderr.lines().any(|line| line == message), "{}", refused.stderr);
        workspace.assert_untouched();
    });
}

#[test]
fn without_a_program_to_read_them_they_are_refused_by_name() {
    let workspace = Workspace::on_sqlite();
    for (name, bytes) in forms(&[people()]) {
        workspace.write(name, bytes);
        let path = workspace.path(name);
        let error = workspace.with_app(async |app, organization| {
            let caller = Caller::program(organization, "tests");
            let options = RunOptions::default();
            let run = runs::create(&app, &caller, &[path], &options, Purpose::Import, &|_| {}).await;
            let run = runs::prepare(&app, &caller, run.unwrap().id, None, &|_| {}).await;
            run.unwrap().error
        });
        let (code, message) = error.unwrap();
        assert_eq!(code, "unsupported_format");
        assert!(message.contains(".xlsx or CSV"), "{message}");
    }
}

#[test]
fn what_was_read_is_not_read_again_when_the_import_goes_on() {
    let twin = "
        Customer ID | First Name | Last Name | Email
        A-1         | Marta      | Ellwood   | marta@ellwood.example
        A-2         | Marta      | Ellwood   | marta@ellwood.example
    ";
    for (name, bytes) in forms(&[table("Customers", twin)]) {
        on_each_database(|workspace| {
            workspace.write(name, &bytes);
            let waiting = workspace.import(name, 4);
            // Nothing could be read with this little memory.
            let rest = format!("{name} --on-duplicate create --set-limit conversion_memory_bytes=1KiB");
            let done = workspace.import(&rest, 0);
            assert_eq!(done["run_id"], waiting["run_id"]);
            assert_eq!(done["totals"]["imported"], 2);
        });
    }
}

/// Detects a file under these limits, and checks the exit code and what is said.
#[track_caller]
fn check_refused(bytes: &[u8], limits: &str, code: &str, words: &[&str]) {
    let workspace = Workspace::on_sqlite();
    workspace.write("garage.ods", bytes);
    let (refused, taken) = run_measured(workspace.command(&format!("detect garage.ods --json {limits}")));
    let found = refused.exits(1).json();
    let error = &found["files"][0]["error"];
    assert_eq!(error["code"], code, "{error}");
    for word in words {
        assert!(error["message"].as_str().unwrap().contains(word), "{word}: {error}");
    }
    assert!(taken.memory_bytes < 300_000_000, "{taken:?}");
    assert_no_traces(&workspace);
}

#[test]
fn a_reader_that_never_ends_is_stopped() {
    let words = ["the limit of 1 s", "raise the limit `conversion_seconds`"];
    check_refused(
        &endless_ods(),
        "--set-limit conversion_seconds=1",
        "limit_exceeded",
        &words,
    );
}

#[test]
fn a_reader_that_wants_too_much_memory_is_stopped() {
    let bytes = with_part(&ods_bytes(&[people()]).unwrap(), "content.xml", |content| {
        content.replace(
            "<table:table-row>",
            "<table:table-row table:number-rows-repeated=\"3000\"><table:table-cell office:value-type=\"string\" \
             table:number-columns-repeated=\"16000\"><text:p>a text of some length</text:p></table:table-cell>",
        )
    });
    let words = [
        "damaged, or needs more memory",
        "`conversion_memory_bytes` of 64 MiB",
        "save it as .xlsx",
    ];
    let limits = "--set-limit conversion_memory_bytes=64MiB";
    check_refused(&bytes, limits, "conversion_failed", &words);
    check_refused(
        &bytes,
        "",
        "conversion_failed",
        &["damaged, or needs more memory", "224 MiB"],
    );
}

#[test]
fn a_reader_that_hands_back_too_much_is_stopped() {
    let bytes = ods_bytes(&garage()).unwrap();
    let mut handed_back = Vec::new();
    convert(Cursor::new(&bytes), Format::Ods, &mut handed_back).unwrap();
    let limits = |bytes: usize| format!("--set-limit conversion_output_bytes={bytes}");
    let words = [
        "the size of what is in the workbook",
        "raise the limit `conversion_output_bytes`",
    ];
    check_refused(&bytes, &limits(handed_back.len() - 1), "limit_exceeded", &words);
    let workspace = Workspace::on_sqlite();
    workspace.write("garage.ods", &bytes);
    workspace
        .run(&format!("detect garage.ods {}", limits(handed_back.len())))
        .exits(0);
}

#[test]
fn damaged_ones_are_refused_and_nothing_is_written() {
    for (name, bytes) in forms(&[people()]) {
        on_each_database(|workspace| {
            workspace.write(name, &bytes[..bytes.len() / 2]);
            let refused = workspace.run(&format!("import {name}")).exits(1);
            assert!(
                refused
                    .stderr
                    .lines()
                    .any(|line| line.starts_with(&format!("{name}: "))),
                "{}",
                refused.stderr
            );
            workspace.assert_untouched();
        });
    }
}

#[test]
fn a_reader_ends_with_the_program_that_started_it() {
    let workspace = Workspace::on_sqlite();
    workspace.write("garage.ods", endless_ods());
    let mut command = workspace.command("detect garage.ods --set-limit conversion_seconds=1h");
    let mut program = command.stdout(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    let reader = loop {
        assert!(Instant::now() < deadline, "no child begins");
        if let [reader] = children(program.id())[..] {
            break reader;
        }
        thread::sleep(Duration::from_millis(5));
    };
    program.kill().unwrap();
    program.wait().unwrap();
    while is_running(reader) {
        assert!(Instant::now() < deadline, "the child goes on");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_reader_knows_nothing_of_the_program_that_started_it() {
    let workspace = Workspace::on_sqlite();
    workspace.write("garage.ods", endless_ods());
    let mut command = workspace.command("detect garage.ods --set-limit conversion_seconds=2");
    let mut program = command
        .env("A_SECRET", "of the parent")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut seen = Vec::new();
    while program.try_wait().unwrap().is_none() {
        for reader in children(program.id()).into_iter().filter(|pid| is_converter(*pid)) {
            seen.extend(fs::read(format!("/proc/{reader}/environ")));
        }
        thread::sleep(Duration::from_millis(5));
    }
    assert!(!seen.is_empty());
    assert!(seen.iter().all(Vec::is_empty), "{seen:?}");
}

/// Whether a process has not ended. One that nobody has asked for its end since has.
fn is_running(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

/// Whether a process has become the converter: before, it is a copy of the program that starts it.
fn is_converter(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.contains("convert-workbook"))
}
