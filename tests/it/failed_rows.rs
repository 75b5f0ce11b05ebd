//! The rows that failed, as files to be corrected and imported again.

use std::fs;

use torqueflow_test_support::delimited::{CsvStyle, write_csv};
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};

use crate::support::{PASSWORD, Workspace, encrypted_workbook, on_each_database, table};

/// A price list with leading zeros, a formula, quotes and a line break in cells; two rows lack what they can't do without.
fn products() -> SampleTable {
    let header = ["ProductCode", "ProductName", "CostPrice", "Location"];
    let rows = [
        ["00417", "Oil filter", "4.10", "A3"],
        ["", "", "-5.00", "=A1+1"],
        ["00418", "Air filter", "7.25", "A4"],
        ["", "", "+447911123456", "says \"hi\"; twice"],
    ];
    SampleTable::new("Products", &header, rows.map(|row| row.map(str::to_owned).to_vec()))
}

#[test]
fn failed_rows_of_a_csv_come_back_as_they_stood_there() {
    on_each_database(|workspace| {
        let mut bytes = Vec::new();
        let style = CsvStyle {
            delimiter: ';',
            ..CsvStyle::default()
        };
        write_csv(&mut bytes, &products(), style).unwrap();
        workspace.write("products.csv", bytes);
        workspace.run("import products.csv").exits(3);
        let run = workspace.newest_run();
        workspace.run(&format!("report {run} --failed-rows again")).exits(0);

        let bytes = fs::read(workspace.path("again/products - failed rows.csv")).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let text = text
            .strip_prefix('\u{FEFF}')
            .expect("spreadsheets know UTF-8 by its mark");
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap(), &products().header[..]);
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|row| row.unwrap().iter().map(str::to_owned).collect())
            .collect();
        // What a spreadsheet would take for a formula has an apostrophe, which an import takes away.
        assert_eq!(
            rows,
            [
                ["", "", "'-5.00", "'=A1+1"],
                ["", "", "+447911123456", "says \"hi\"; twice"]
            ]
        );

        let corrected = text.replacen(";;'-5.00", "00419;Fuel filter;'-5.00", 1);
        workspace.write("corrected.csv", corrected);
        workspace.run("import corrected.csv --source techman");
        let stored = workspace.query("SELECT name, cost_price, stock_location FROM product WHERE code = '00419'");
        assert_eq!(stored, [["Fuel filter", "-50000", "=A1+1"]]);
    });
}

#[test]
fn failed_rows_of_an_encrypted_workbook_become_a_workbook_of_the_same_tables() {
    on_each_database(|workspace| {
        let garage = Garage::generate(&SampleOptions {
            customers: 400,
            seed: 11,
        });
        workspace.write("garage.xlsx", encrypted_workbook(&garage.tables()));
        workspace.write("secret", PASSWORD);
        let report = workspace.import("garage.xlsx --password-file secret --on-duplicate create", 3);
        let failed: Vec<(&str, i64)> = report["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|job| (job["type"].as_str().unwrap(), job["failed"].as_i64().unwrap()))
            .filter(|(_, failed)| *failed > 0)
            .collect();
        assert!(failed.len() > 3, "{failed:?}");
        let run = workspace.newest_run();
        workspace.run(&format!("report {run} --failed-rows again")).exits(0);
        fs::rename(
            workspace.path("again/garage - failed rows.xlsx"),
            workspace.path("again.xlsx"),
        )
        .unwrap();

        let detected = workspace.run("detect again.xlsx --json").exits(0).json();
        let mut found: Vec<(&str, i64)> = detected["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| (file["type"].as_str().unwrap(), file["row_count"].as_i64().unwrap()))
            .collect();
        let mut expected = failed.clone();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected);

        // Rows that fail for want of their customer fail again, and for the same reason.
        let again = workspace.run("import again.xlsx --on-duplicate create --json").json();
        let codes = |report: &serde_json::Value| -> Vec<String> {
            let errors = report["errors"].as_array().unwrap().iter();
            let mut codes: Vec<_> = errors
                .map(|error| format!("{} {}", error["code"], error["value"]))
                .collect();
            codes.sort_unstable();
            codes
        };
        assert_eq!(codes(&again), codes(&report));
    });
}

#[test]
fn a_run_without_failed_rows_has_no_files() {
    let workspace = Workspace::on_sqlite();
    let good = table("Products", "ProductCode|ProductName\n00417|Oil filter");
    workspace.write("products.csv", crate::support::csv_file(&good));
    workspace.run("import products.csv").exits(0);
    let run = workspace.newest_run();
    let said = workspace.run(&format!("report {run} --failed-rows again")).exits(0);
    assert!(said.stderr.contains("No row of this run failed."), "{}", said.stderr);
    assert!(!workspace.path("again").exists());
    let unknown = "0198c000-0000-7000-8000-000000000000";
    let said = workspace.run(&format!("report {unknown}")).exits(1);
    assert!(said.stderr.contains("There is no run"), "{}", said.stderr);
}
