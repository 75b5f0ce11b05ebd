//! The commands and options beside the plain import.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::{Value, json};
use torqueflow_model::EntityKind;

use crate::findings;
use crate::support::{Workspace, csv_file, on_each_database, table};

const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email                 | Phone
    A-1         | Marta      | Ellwood   | marta@ellwood.example | 07181 050327
    A-2         | Pavel      | Ingram    | pavel@ingram.example  | not a number
    A-3         | Wilma      | Askew     | wilma@askew.example   | 07181 050411
";
const JOBS: &str = "
    JobNumber|CustomerNumber|VehicleRegistration|JobDate
    20001|000001|TX69RYA|21/03/2024 09:00:00
    20002|000002|JX20ABC|22/03/2024 09:00:00
";

/// A workspace whose database nobody can reach: for commands that need none.
fn without_database() -> Workspace {
    Workspace::on_sqlite()
}

fn run_without_database(workspace: &Workspace, arguments: &str, exit_code: i32) -> crate::support::Ran {
    let mut command = workspace.command(arguments);
    command.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
    let ran: crate::support::Ran = command.output().unwrap().into();
    ran.exits(exit_code)
}

fn detect(workspace: &Workspace, files: &str, exit_code: i32) -> Value {
    run_without_database(workspace, &format!("detect {files} --json"), exit_code).json()
}

#[test]
fn detect_says_what_each_sheet_of_an_export_is() {
    let workspace = without_database();
    workspace.add_samples(&["techman-export.xlsx", "password.txt"]);
    let found = detect(&workspace, "techman-export.xlsx --password-file password.txt", 0);
    let summary = found["summary"].as_str().unwrap();
    assert!(
        summary.starts_with("Found 11 files: 490 customer-vehicle rows, "),
        "{summary}"
    );
    let files = found["files"].as_array().unwrap();
    assert_eq!(files.len(), 11);
    for file in files {
        for key in [
            "file",
            "sheet",
            "type",
            "label",
            "source_system",
            "entities",
            "confidence",
            "confidence_level",
            "row_count",
            "header_row",
            "encoding",
            "delimiter",
            "columns",
            "warnings",
        ] {
            assert!(file.get(key).is_some(), "{key}: {file}");
        }
        assert_eq!(file["source_system"], "techman");
        assert_eq!(file["confidence_level"], "high");
        assert_eq!(file["header_row"], 1);
        for column in file["columns"].as_array().unwrap() {
            assert!(column["field"].is_string() && column["by"].is_string(), "{column}");
        }
    }
    let first = &files[0];
    assert_eq!(first["type"], "techman.customers_and_vehicles");
    assert_eq!(first["label"], "Techman CustomersAndVehicles");
    assert_eq!(first["row_count"], 490);
    let entities: BTreeSet<_> = first["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    assert!(
        entities.is_superset(&BTreeSet::from(["customer", "vehicle"])),
        "{entities:?}"
    );
    let number = &first["columns"][0];
    assert_eq!(number["header"], "CustomerNumber");
    assert_eq!(number["field"], "customer.external_customer_number");
    assert_eq!(number["by"], "alias");
}

#[test]
fn detect_reads_the_other_samples_in_their_encodings() {
    let workspace = without_database();
    let names = [
        "customers.csv",
        "vehicles-generic.csv",
        "jobs.csv",
        "products-utf16.txt",
    ];
    workspace.add_samples(&names);
    let found = detect(&workspace, &names.join(" "), 0);
    let shown: Vec<Value> = found["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| {
            json!([
                file["label"],
                file["type"],
                file["row_count"],
                file["encoding"],
                file["delimiter"]
            ])
        })
        .collect();
    let expected = [
        json!(["Techman UI export", "techman.customers", 300, "utf-8", ","]),
        json!([
            "Customers and vehicles",
            "generic.customers_and_vehicles",
            469,
            "windows-1252",
            ";"
        ]),
        json!(["Techman Jobs", "techman.jobs", 401, "utf-8", ","]),
        json!(["Techman Products", "techman.products", 201, "utf-16le", "\t"]),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn detect_shows_what_it_can_not_recognise_and_what_it_can_not_open() {
    let workspace = without_database();
    workspace.write("other.csv", "Xylem,Quark\n7,up\n9,down\n");
    workspace.add_samples(&["techman-export.xlsx"]);
    let found = detect(&workspace, "other.csv", 1);
    let other = &found["files"][0];
    assert_eq!(other["type"], Value::Null);
    assert_eq!(other["source_system"], Value::Null);
    assert_eq!(other["entities"], json!([]));
    assert_eq!(other["warnings"][0]["code"], "unrecognised_file");
    let message = "This file wasn't recognised. Check the format and try again.";
    assert_eq!(other["warnings"][0]["message"], message);
    let locked = detect(&workspace, "techman-export.xlsx", 4);
    assert_eq!(locked["files"][0]["error"]["code"], "password_required");
}

#[test]
fn clean_prints_a_line_of_json_for_each_row() {
    let workspace = without_database();
    workspace.write("people.csv", csv_file(&table("Customers", CUSTOMERS)));
    let cleaned = run_without_database(&workspace, "clean people.csv", 0);
    let lines: Vec<Value> = cleaned
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 3);
    let record = &lines[0]["records"][0];
    assert_eq!((&lines[0]["file"], &lines[0]["row"]), (&json!("people.csv"), &json!(2)));
    assert_eq!(
        (&record["entity"], &record["source_id"]),
        (&json!("customer"), &json!("A-1"))
    );
    assert_eq!(record["fields"]["phone"], "+447181050327");
    assert_eq!(record["fields"]["email"], "marta@ellwood.example");
    let finding = &lines[1]["findings"][0];
    assert_eq!(finding["code"], "phone_normalisation_failed");
    assert_eq!(finding["message"], "Phone normalisation failed");
    assert_eq!(
        (&finding["column"], &finding["value"]),
        (&json!("Phone"), &json!("not a number"))
    );
    assert_eq!(finding["severity"], "warning");
}

#[test]
fn every_template_is_recognised_as_its_entity() {
    let workspace = without_database();
    let formats = ["csv", "xlsx"];
    let templates = EntityKind::ALL
        .iter()
        .flat_map(|entity| formats.map(|format| (entity.name(), format)));
    let mut names = Vec::new();
    for (entity, format) in templates.clone() {
        let output = workspace
            .command(&format!("template {entity} --format {format}"))
            .output();
        let output = output.unwrap();
        assert!(output.status.success(), "{entity}");
        names.push(format!("{entity}-template.{format}"));
        workspace.write(&names[names.len() - 1], output.stdout);
    }
    let found = detect(&workspace, &names.join(" "), 0);
    let files = found["files"].as_array().unwrap();
    assert_eq!(files.len(), names.len());
    for (file, (entity, format)) in files.iter().zip(templates) {
        let entities = file["entities"].as_array().unwrap();
        assert!(entities.contains(&json!(entity)), "{entity}.{format}: {file:#}");
        assert_eq!(file["row_count"], 1, "{entity}.{format}");
        for column in file["columns"].as_array().unwrap() {
            assert!(column["field"].is_string(), "{entity}.{format}: {column}");
        }
    }
    workspace.run("template spaceship").exits(1);
}

#[test]
fn runs_are_listed_newest_first_and_one_is_shown_in_full() {
    on_each_database(|workspace| {
        let none = workspace.run("runs").exits(0);
        assert_eq!(none.stdout, "No import has been run yet.\n");
        workspace.write("people.csv", csv_file(&table("Customers", CUSTOMERS)));
        let first = workspace.import("people.csv", 0);
        workspace.write("jobs.csv", csv_file(&table("Jobs", JOBS)));
        let second = workspace.import("jobs.csv", 3);

        let runs = workspace.run("runs --json").exits(0).json();
        let ids: Vec<_> = runs.as_array().unwrap().iter().map(|run| &run["run_id"]).collect();
        assert_eq!(ids, [&second["run_id"], &first["run_id"]]);
        assert_eq!(runs[1]["files"], json!(["people.csv"]));
        assert_eq!((&runs[0]["rows"], &runs[0]["failed"]), (&json!(2), &json!(2)));
        assert_eq!(runs[1]["status"], "completed");

        let id = second["run_id"].as_str().unwrap();
        let shown = workspace.run(&format!("show {id} --json")).exits(0).json();
        assert_eq!(shown["jobs"], second["jobs"]);
        let text = workspace.run(&format!("show {id}")).exits(0).stdout;
        for words in [
            "Rows in file",
            "In database",
            "Skipped",
            "Failed",
            "2 × error: The … is not in the files",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        let unknown = "00000000-0000-7000-8000-000000000000";
        let refused = workspace.run(&format!("show {unknown}")).exits(1);
        assert!(refused.stderr.contains(unknown), "{}", refused.stderr);
    });
}

#[test]
fn another_organisation_sees_neither_runs_nor_records() {
    on_each_database(|workspace| {
        workspace.write("people.csv", csv_file(&table("Customers", CUSTOMERS)));
        let ours = workspace.import("people.csv", 0);
        let theirs = workspace.run("runs --organization elsewhere --json").exits(0).json();
        assert_eq!(theirs, json!([]));
        let id = ours["run_id"].as_str().unwrap();
        workspace.run(&format!("show {id} --organization elsewhere")).exits(1);
        let imported = workspace.import("people.csv --organization elsewhere", 0);
        assert_eq!(imported["entities"]["customer"]["created"], 3);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 6);
    });
}

#[test]
fn excluded_rows_are_left_out_by_choice() {
    on_each_database(|workspace| {
        workspace.write("people.csv", csv_file(&table("Customers", CUSTOMERS)));
        workspace.write("out.csv", "file,sheet,row\npeople.csv,,3\n");
        let report = workspace.import("people.csv --exclude-rows out.csv", 0);
        assert_eq!(report["totals"]["skipped_choice"], 1);
        assert_eq!(report["totals"]["imported"], 2);
        let ids = workspace
            .records()
            .source_ids("customer")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        assert_eq!(ids, ["A-1", "A-3"]);
    });
}

#[test]
fn a_dry_run_says_what_it_found_and_writes_nothing() {
    on_each_database(|workspace| {
        workspace.write("people.csv", csv_file(&table("Customers", CUSTOMERS)));
        let dry = workspace
            .run("import people.csv --dry-run --error-log log.csv")
            .exits(0);
        assert!(dry.stdout.contains("Nothing was written"), "{}", dry.stdout);
        assert!(dry.stdout.contains("Phone normalisation failed"), "{}", dry.stdout);
        assert_eq!(findings::read(workspace, "log.csv").len(), 1);
        workspace.assert_untouched();
        let report = workspace.import("people.csv", 0);
        assert_eq!(report["mode"], "initial");
        assert_eq!(report["totals"]["imported"], 3);
    });
}

#[test]
fn a_dry_run_tells_that_rows_would_fail() {
    on_each_database(|workspace| {
        workspace.write("jobs.csv", csv_file(&table("Jobs", JOBS)));
        workspace.run("import jobs.csv --dry-run").exits(3);
        workspace.assert_untouched();
    });
}

#[test]
fn orphans_fail_with_the_missing_key_or_are_imported_unlinked() {
    on_each_database(|workspace| {
        workspace.write("jobs.csv", csv_file(&table("Jobs", JOBS)));
        let failed = workspace.import("jobs.csv --error-log log.csv", 3);
        assert_eq!(failed["status"], "failed");
        assert_eq!(failed["totals"]["failed"], 2);
        assert_eq!(workspace.number("SELECT count(*) FROM work_order"), 0);
        let errors: Vec<_> = findings::read(workspace, "log.csv")
            .into_iter()
            .filter(|finding| finding.severity == "error")
            .map(|finding| (finding.row, finding.code, finding.message))
            .collect();
        let expected = [(2, "000001"), (3, "000002")].map(|(row, key)| {
            let message = format!("The customer {key} is not in the files and not in the database");
            (row, "orphan".to_owned(), message)
        });
        assert_eq!(errors, expected);

        let unlinked = workspace.import("jobs.csv --orphans unlinked", 0);
        assert_eq!(unlinked["totals"]["imported"], 2);
        let records = workspace.records();
        let order = records.get("work_order", "techman", "20001");
        assert_eq!((order.text("number"), order.text("customer_id")), ("20001", ""));
    });
}

#[test]
fn the_error_log_has_its_columns_and_neutralises_formulas() {
    on_each_database(|workspace| {
        let text =
            "Customer ID,First Name,Last Name,Email,Phone\nA-1,Marta,Ellwood,marta@ellwood.example,=HYPERLINK(A1)\n";
        workspace.write("people.csv", text);
        workspace.import("people.csv --error-log log.csv", 0);
        let found = findings::read(workspace, "log.csv");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].column.as_str(), found[0].value.as_str()),
            ("Phone", "'=HYPERLINK(A1)")
        );
        assert_eq!((found[0].row, found[0].severity.as_str()), (2, "warning"));
        assert_eq!(
            (found[0].sheet.as_str(), found[0].message.as_str()),
            ("", "Phone normalisation failed")
        );
    });
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_panic() {
    let workspace = Workspace::on_sqlite();
    workspace.write("people.csv", csv_file(&table("Customers", CUSTOMERS)));
    for arguments in ["detect people.csv", "import people.csv", "runs", "template customer"] {
        let mut child = workspace.command(arguments).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended: crate::support::Ran = child.wait_with_output().unwrap().into();
        assert!(!ended.stderr.contains("panicked"), "{arguments}: {}", ended.stderr);
        assert_eq!(ended.code, 0, "{arguments}: {}", ended.stderr);
    }
}
