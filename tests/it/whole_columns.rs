//! A warning whose cause holds for a whole column is one finding of the column with its count; the rest stands on its rows.

use std::fmt::Write as _;

use serde_json::{Value, json};
use torqueflow_persistence::FindingFilter;
use uuid::Uuid;

use crate::support::{Client, Workspace, on_each_database};

const RUNS: &str = "/v1/import-runs";
const ROWS: usize = 300;

/// Vehicles, each with a due date as `mot_due` gives it for its place from 0.
fn vehicles(rows: usize, mot_due: impl Fn(usize) -> String) -> String {
    let letter = |digit: usize| char::from(b"ABCDEFGHJK"[digit % 10]);
    let mut text = "Registration,Make,Model,MOT due\n".to_owned();
    for index in 0..rows {
        let plate = [index / 100, index / 10, index].map(letter).iter().collect::<String>();
        writeln!(text, "YD19 {plate},Ford,Focus,{}", mot_due(index)).unwrap();
    }
    text
}

/// The years have two digits in so many rows.
fn with_short_years(rows: usize, short: usize) -> String {
    vehicles(rows, |index| {
        let year = if index < short { "27" } else { "2027" };
        format!("{:02}/03/{year}", index % 28 + 1)
    })
}

/// Jobs of customers that are nowhere, with years of two digits.
fn orphans(rows: usize) -> String {
    let mut text = "Job Number,Customer,Description,Job date\n".to_owned();
    for index in 0..rows {
        writeln!(text, "J{index},C{index},Full service,{:02}/03/24", index % 28 + 1).unwrap();
    }
    text
}

fn path(run: &Value, rest: &str) -> String {
    format!("{RUNS}/{}{rest}", run["id"].as_str().unwrap())
}

/// Uploads a file and waits until its run is ready.
#[track_caller]
fn ready(client: &Client, name: &str, text: String) -> Value {
    let run = client.upload(RUNS, &[(name, text.into_bytes())], &[]).ok();
    let run = client.get(&path(&run, "?wait=60")).ok();
    assert_eq!(run["status"], "ready", "{run}");
    run
}

/// Where the findings of a run's only table are.
fn findings_of(run: &Value) -> String {
    format!("/v1/import-jobs/{}/findings", run["jobs"][0]["id"].as_str().unwrap())
}

/// What is found in a table: code, row and cells of each finding.
fn found(client: &Client, run: &Value) -> Vec<(String, Option<i64>, i64)> {
    let items = client.items(&findings_of(run));
    let shown = items.iter().map(|item| {
        let code = item["code"].as_str().unwrap().to_owned();
        (code, item["row"].as_i64(), item["cells"].as_i64().unwrap())
    });
    shown.collect()
}

const SHORT_YEAR: &str = "date_century_assumed";

#[test]
fn one_cause_in_every_cell_is_one_finding_with_its_count() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = ready(&client, "cars.csv", with_short_years(ROWS, ROWS));
        let findings = findings_of(&run);
        let page = client.get(&findings).ok();
        let message = "In 300 cells of this column, first in rows 2, 3, 4, 5 and 6; in row 2: The two-digit year was read as 2027";
        assert_eq!(
            page["items"],
            json!([{
                "row": null, "cells": 300, "first_rows": [2, 3, 4, 5, 6], "column": "MOT due", "field": "vehicle.mot_due_on",
                "value": "01/03/27", "code": SHORT_YEAR, "severity": "warning", "message": message,
                "fix": "Export dates with four-digit years."
            }])
        );
        assert_eq!(
            page["counts"],
            json!([{ "code": SHORT_YEAR, "severity": "warning", "count": 300, "findings": 1 }])
        );
        for (filter, expected) in [
            ("severity=warning", 1),
            ("severity=error", 0),
            ("column=3", 1),
            ("column=2", 0),
            ("code=date_century_assumed", 1),
        ] {
            assert_eq!(
                client.items(&format!("{findings}?{filter}")).len(),
                expected,
                "{filter}"
            );
        }
        // A preview shows what was done to each of its rows.
        let preview = client.get(&findings.replace("/findings", "/preview")).ok();
        let rows = preview["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 100);
        assert!(
            rows.iter()
                .all(|row| row["findings"][0]["code"] == SHORT_YEAR && row["findings"][0]["row"] == row["row"])
        );
        check_reports(&client, &run);
        service
            .client("rival", "owner")
            .get(&findings)
            .refused(404, "not_found");
    });
}

/// The reports of a run all of whose 300 rows have the one warning.
#[track_caller]
fn check_reports(client: &Client, run: &Value) {
    client.post(&path(run, "/start"), &json!({})).ok();
    assert_eq!(client.get(&path(run, "?wait=60")).ok()["status"], "completed");
    let log = client.get(&path(run, "/error-log.csv")).text().to_owned();
    let lines: Vec<&str> = log.lines().skip(1).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(
        lines[0].starts_with("cars.csv,,,MOT due,01/03/27,date_century_assumed,warning,\"In 300 cells"),
        "{log}"
    );
    let quality = client.get(&path(run, "/data-quality")).ok();
    let line = &quality["findings"][0];
    assert_eq!(
        (&line["count"], &line["rows"], &line["share"]),
        (&json!(300), &json!(300), &json!(1.0)),
        "{line}"
    );
    let rows: Vec<i64> = line["examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|example| example["row"].as_i64().unwrap())
        .collect();
    assert_eq!(rows, [2, 3, 4, 5, 6]);
    assert_eq!(line["examples"][1]["message"], "The two-digit year was read as 2027");
    let reconciliation = client.get(&path(run, "/reconciliation")).ok();
    assert_eq!(reconciliation["entities"][0]["flagged"], 1);
    assert_eq!(reconciliation["entities"][0]["created"], 300);
}

#[test]
fn what_few_cells_have_stands_on_their_rows() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = ready(&client, "cars.csv", with_short_years(ROWS, 3));
        let expected = [2, 3, 4].map(|row| (SHORT_YEAR.to_owned(), Some(row), 1));
        assert_eq!(found(&client, &run), expected);
        let counts = &client.get(&findings_of(&run)).ok()["counts"];
        assert_eq!(
            *counts,
            json!([{ "code": SHORT_YEAR, "severity": "warning", "count": 3, "findings": 3 }])
        );
    });
}

#[test]
fn errors_stand_on_their_rows_and_a_retry_counts_nothing_twice() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = ready(&client, "jobs.csv", orphans(40));
        let mut expected = vec![(SHORT_YEAR.to_owned(), None, 40)];
        expected.extend((2..42).map(|row| ("orphan".to_owned(), Some(row), 1)));
        assert_eq!(found(&client, &run), expected);
        for command in ["/start", "/retry"] {
            client.post(&path(&run, command), &json!({})).ok();
            let ended = client.done(run["id"].as_str().unwrap());
            assert_eq!(
                (&ended["status"], &ended["totals"]["failed"]),
                (&json!("failed"), &json!(40))
            );
            assert_eq!(found(&client, &run), expected, "{command}");
        }
    });
}

/// As when the program is killed after it has said it of the column, and before it has noted that the table is done.
#[test]
fn an_analysis_that_is_taken_up_again_says_it_once() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = ready(&client, "cars.csv", with_short_years(ROWS, 200));
        let before = found(&client, &run);
        assert_eq!(before, [(SHORT_YEAR.to_owned(), None, 200)]);
        workspace.execute("UPDATE import_job SET status = 'analysing'");
        workspace.execute("UPDATE import_run SET status = 'analysing'");
        let again = client.get(&path(&run, "?wait=60")).ok();
        assert_eq!(again["status"], "ready", "{again}");
        assert_eq!(found(&client, &run), before);
    });
}

#[test]
fn another_organisation_neither_sees_nor_changes_what_is_said_of_a_column() {
    on_each_database(|workspace| {
        workspace.write("cars.csv", with_short_years(20, 3));
        workspace.import("cars.csv", 0);
        let run = Uuid::parse_str(&workspace.newest_run()).unwrap();
        workspace.with_app(async |app, organization| {
            let store = app.store();
            let rival = app.organization("rival").await.unwrap();
            let job = store.job_list(organization, run).await.unwrap().remove(0).id;
            let all = FindingFilter::default();
            let of_rows = store.finding_list(organization, job, &all, None, 100).await.unwrap();
            assert_eq!(of_rows.len(), 3);
            let mut of_column = of_rows[0].clone();
            (of_column.row_number, of_column.cells) = (0, 3);
            let ttl = std::time::Duration::from_secs(30).try_into().unwrap();
            let lease = store.lease_acquire(rival, run, "tests", ttl, |_| false).await.unwrap();
            store
                .finding_of_columns(rival, job, &lease, &[of_column])
                .await
                .unwrap();
            assert_eq!(
                store.finding_list(organization, job, &all, None, 100).await.unwrap(),
                of_rows
            );
            assert!(
                store
                    .finding_list_of_columns(organization, job)
                    .await
                    .unwrap()
                    .is_empty()
            );
            assert_eq!(store.finding_list_of_columns(rival, job).await.unwrap().len(), 1);
        });
    });
}

#[test]
fn the_command_says_it_of_the_column_too() {
    on_each_database(|workspace| {
        workspace.write("cars.csv", with_short_years(ROWS, ROWS));
        let said = workspace.run("import cars.csv --error-log log.csv").exits(0);
        assert!(
            said.stdout.contains("300 × warning: The two-digit year"),
            "{}",
            said.stdout
        );
        let log = crate::findings::read(workspace, "log.csv");
        assert_eq!(log.len(), 1);
        assert_eq!((log[0].row, log[0].column.as_str()), (0, "MOT due"));
        assert!(
            log[0].message.starts_with("In 300 cells of this column"),
            "{}",
            log[0].message
        );
        workspace
            .run(&format!("audit export {} -o export.zip", workspace.newest_run()))
            .exits(0);
        let export = crate::support::Export::read(&std::fs::read(workspace.path("export.zip")).unwrap());
        let exported = export.lines("findings.ndjson");
        assert_eq!(exported.len(), 1);
        assert_eq!(
            (&exported[0]["row"], &exported[0]["cells"]),
            (&Value::Null, &json!(300))
        );
        assert_eq!(
            exported[0]["examples"][4],
            json!({"row": 6, "value": "05/03/27", "detail": "2027"})
        );
    });
}

/// A finding: code, row and cells.
type Said = (String, Option<i64>, Option<i64>);

/// Lines of `clean`, and the findings in them.
fn cleaned(workspace: &Workspace, name: &str) -> (usize, Vec<Said>) {
    let lines = workspace.run(&format!("clean {name}"));
    let lines: Vec<Value> = lines
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let findings = lines.iter().flat_map(|line| {
        let of_line = line["findings"].as_array().unwrap().iter();
        of_line.map(|finding| {
            let code = finding["code"].as_str().unwrap().to_owned();
            (code, line["row"].as_i64(), finding["cells"].as_i64())
        })
    });
    (lines.len(), findings.collect())
}

#[test]
fn cleaning_without_a_database_says_it_in_a_line_after_the_rows() {
    let workspace = Workspace::on_sqlite();
    workspace.write("cars.csv", with_short_years(ROWS, ROWS));
    let of_column = (SHORT_YEAR.to_owned(), None, Some(300));
    assert_eq!(cleaned(&workspace, "cars.csv"), (ROWS + 1, vec![of_column]));
    workspace.write("cars.csv", with_short_years(ROWS, 3));
    let of_rows = [2, 3, 4].map(|row| (SHORT_YEAR.to_owned(), Some(row), None));
    assert_eq!(cleaned(&workspace, "cars.csv"), (ROWS, of_rows.to_vec()));
}
