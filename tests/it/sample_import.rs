//! The committed sample: imported once, imported again, with and without a decision about its duplicates.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::counting::OUTCOMES;
use crate::support::{Workspace, on_each_database};

const IMPORT: &str = "techman-export.xlsx --password-file password.txt";

fn add_export(workspace: &Workspace) {
    workspace.add_samples(&["techman-export.xlsx", "password.txt"]);
}

#[test]
fn a_second_import_of_the_same_file_changes_nothing() {
    on_each_database(|workspace| {
        add_export(workspace);
        let first = workspace
            .run(&format!("import {IMPORT} --on-duplicate create"))
            .exits(3);
        let summary = first.line("Found");
        assert!(
            summary.starts_with("Found 11 files: 490 customer-vehicle rows, "),
            "{summary}"
        );
        assert!(
            summary.contains("401 jobs") && summary.contains("201 products"),
            "{summary}"
        );
        let (dump, written) = (workspace.dump(), workspace.written());
        assert_eq!(written["customer"], 300);

        let second = workspace.import(&format!("{IMPORT} --on-duplicate create"), 3);
        assert_eq!(second["mode"], "refresh");
        let entities = second["entities"].as_object().unwrap();
        assert!(entities.len() > 10, "{entities:?}");
        for (entity, counts) in entities {
            for change in ["created", "updated", "merged"] {
                assert_eq!(counts[change], 0, "{entity} {change}");
            }
        }
        assert_eq!(second["totals"]["imported"], 0);
        assert_eq!(second["totals"]["updated"], 0);
        assert!(workspace.dump() == dump, "the dump differs");
        let after = workspace.written();
        for (table, rows) in written.iter().filter(|(table, _)| *table != "import_row_result") {
            assert_eq!(after[table], *rows, "{table}");
        }
    });
}

#[test]
fn undecided_duplicates_are_listed_and_stop_the_import_until_they_are_decided() {
    on_each_database(|workspace| {
        add_export(workspace);
        let undecided = workspace.run(&format!("import {IMPORT}")).exits(4);
        for words in [
            "CustomersAndVehicles, row 5",
            "Tracey St John (000103)",
            "row 2 of CustomersAndVehicles",
            "same phone number and name; same name and postcode",
            "same registration",
        ] {
            assert!(undecided.stdout.contains(words), "{words}: {}", undecided.stdout);
        }
        assert!(
            undecided.stderr.contains("15 likely duplicates wait for a decision"),
            "{}",
            undecided.stderr
        );
        workspace.assert_untouched();

        let report = workspace.import(IMPORT, 4);
        assert_eq!(report["undecided"], 15);
        let listed = report["duplicates"].as_array().unwrap();
        assert_eq!(listed.len(), 15);
        assert!(
            listed
                .iter()
                .all(|duplicate| !duplicate["reasons"].as_array().unwrap().is_empty())
        );
        workspace.assert_untouched();

        let decided = workspace.import(&format!("{IMPORT} --on-duplicate create"), 3);
        assert_eq!(decided["run_id"], report["run_id"], "the same run goes on");
        assert_eq!(decided["entities"]["customer"]["created"], 300);
        let runs = workspace.run("runs --json").exits(0).json();
        assert_eq!(runs.as_array().unwrap().len(), 1, "{runs}");
    });
}

#[test]
fn the_json_report_has_every_key_of_the_contract_and_adds_up() {
    on_each_database(|workspace| {
        add_export(workspace);
        let report = workspace.import(&format!("{IMPORT} --on-duplicate create"), 3);
        check_keys(
            &report,
            &[
                "run_id",
                "status",
                "mode",
                "source_system",
                "duration_ms",
                "totals",
                "entities",
                "jobs",
                "unrecognised",
                "errors",
            ],
        );
        assert_eq!(report["status"], "completed_with_errors");
        assert_eq!(report["mode"], "initial");
        assert_eq!(report["source_system"], "techman");
        assert!(report["duration_ms"].as_i64().unwrap() > 0);
        assert_eq!(report["unrecognised"], serde_json::json!([]));
        for (_, counts) in report["entities"].as_object().unwrap() {
            check_keys(
                counts,
                &[
                    "created",
                    "updated",
                    "merged",
                    "preserved",
                    "unchanged",
                    "skipped",
                    "failed",
                ],
            );
        }
        let errors = report["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 9);
        for error in errors {
            check_keys(
                error,
                &["file", "sheet", "row", "column", "value", "code", "severity", "message"],
            );
            assert_eq!(error["severity"], "error");
        }
        check_sums(&report);
    });
}

#[track_caller]
fn check_keys(value: &Value, expected: &[&str]) {
    let keys: BTreeSet<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    let missing: Vec<_> = expected.iter().filter(|key| !keys.contains(*key)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing from {keys:?}");
}

/// The six add up to the rows, in each job and in all; the jobs add up to the totals.
fn check_sums(report: &Value) {
    let jobs = report["jobs"].as_array().unwrap();
    assert_eq!(jobs.len(), 11);
    for job in jobs {
        check_keys(job, &["file", "sheet", "type", "status", "rows"]);
        let sum: i64 = OUTCOMES.iter().map(|outcome| job[outcome].as_i64().unwrap()).sum();
        assert_eq!(sum, job["rows"].as_i64().unwrap(), "{job}");
        let expected = if job["failed"] == 0 {
            "completed"
        } else {
            "completed_with_errors"
        };
        assert_eq!(job["status"], expected, "{job}");
    }
    for key in OUTCOMES.iter().chain(&["rows"]) {
        let sum: i64 = jobs.iter().map(|job| job[key].as_i64().unwrap()).sum();
        assert_eq!(sum, report["totals"][key].as_i64().unwrap(), "{key}");
    }
    assert_eq!(report["totals"]["rows"], 4168);
}
