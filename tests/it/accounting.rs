//! Nothing gets lost: whatever is in an export is in a table, or a finding says why it is not.

use std::collections::{BTreeMap, BTreeSet};

use torqueflow_test_support::postgres::databases;
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};

use crate::findings::{self, Finding};
use crate::support::{PASSWORD, Record, Records, Workspace, encrypted_workbook};

const IMPORT: &str = "import garage.xlsx --password-file password --on-duplicate create --error-log errors.csv";

fn garage() -> Garage {
    Garage::generate(&SampleOptions {
        customers: 400,
        seed: 11,
    })
}

/// What an import of the garage left behind.
struct Imported {
    dump: String,
    records: Records,
    findings: Vec<Finding>,
}

fn import(workspace: &Workspace, workbook: &[u8]) -> Imported {
    workspace.write("garage.xlsx", workbook);
    workspace.write("password", PASSWORD);
    workspace.run(IMPORT).exits(3);
    let dump = workspace.dump();
    Imported {
        records: Records::parse(&dump),
        findings: findings::read(workspace, "errors.csv"),
        dump,
    }
}

impl Imported {
    /// The rows of a tab that are not imported, as the spreadsheet counts them.
    fn failed_rows(&self, tab: &str) -> BTreeSet<usize> {
        let errors = self.findings.iter().filter(|finding| finding.severity == "error");
        errors
            .filter(|finding| finding.sheet == tab)
            .map(|finding| finding.row)
            .collect()
    }

    /// The texts of some columns in each row that did not fail, and how often they occur.
    fn expected(&self, table: &SampleTable, columns: &[&str]) -> BTreeMap<Vec<String>, usize> {
        let failed = self.failed_rows(table.tab);
        let places: Vec<usize> = columns.iter().map(|name| table.column(name).unwrap()).collect();
        let landed = table
            .rows
            .iter()
            .enumerate()
            .filter(|(index, _)| !failed.contains(&(index + 2)));
        counted(landed.map(|(_, row)| places.iter().map(|place| row[*place].clone()).collect()))
    }

    fn stored(&self, entity: &str, key: impl Fn(&Record) -> Vec<String>) -> BTreeMap<Vec<String>, usize> {
        counted(self.records.of(entity).map(key))
    }
}

fn counted(keys: impl Iterator<Item = Vec<String>>) -> BTreeMap<Vec<String>, usize> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

#[test]
fn everything_in_an_export_is_in_a_table_or_in_a_finding_on_both_databases_alike() {
    let garage = garage();
    let workbook = encrypted_workbook(&garage.tables());
    let dumps: Vec<String> = databases()
        .into_iter()
        .map(|database| {
            println!("on {}", database.name);
            let imported = import(&Workspace::new(database), &workbook);
            check_customers(&garage, &imported);
            check_registrations(&garage, &imported);
            check_numbered_rows(&garage, &imported);
            check_lines(&garage, &imported);
            check_reminders(&garage, &imported);
            check_failures(&garage, &imported);
            imported.dump
        })
        .collect();
    assert!(dumps[0].lines().count() > 5000, "{}", dumps[0].lines().count());
    let differences: Vec<_> = dumps[0]
        .lines()
        .zip(dumps[1].lines())
        .filter(|(sqlite, postgresql)| sqlite != postgresql)
        .take(3)
        .collect();
    assert!(dumps[0] == dumps[1], "{differences:#?}");
}

fn check_customers(garage: &Garage, imported: &Imported) {
    let stored = imported.records.texts("customer", "external_customer_number");
    assert_eq!(stored, garage.customer_numbers());
    assert_eq!(imported.records.source_ids("customer"), garage.customer_numbers());
}

fn check_registrations(garage: &Garage, imported: &Imported) {
    let mut stored: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for vehicle in imported.records.of("vehicle") {
        let registration = vehicle.text("registration");
        if !registration.is_empty() {
            let number = vehicle.text("customer_id").strip_prefix("techman:").unwrap();
            stored.entry(number).or_default().insert(registration);
        }
    }
    assert_eq!(stored, garage.registrations());
}

/// Tabs whose rows have a number of their own.
fn check_numbered_rows(garage: &Garage, imported: &Imported) {
    for (tab, column, entity) in [
        ("Suppliers", "SupplierCode", "supplier"),
        ("Products", "ProductCode", "product"),
        ("LabourUnits", "LabourCode", "labour_unit"),
        ("Jobs", "JobNumber", "work_order"),
        ("Invoices", "InvoiceNumber", "invoice"),
        ("Payments", "PaymentNumber", "payment"),
    ] {
        let table = garage.table(tab).unwrap();
        let expected = imported.expected(&table, &[column]);
        assert!(expected.len() > 5, "{tab}");
        let stored = imported.stored(entity, |record| vec![record.source_id.clone()]);
        assert_eq!(stored, expected, "{tab}");
    }
}

/// Tabs whose rows belong to a job, several of which may be equal.
fn check_lines(garage: &Garage, imported: &Imported) {
    let job = |record: &Record| record.text("work_order_id").trim_start_matches("techman:").to_owned();
    for (tab, columns, entity, link) in [
        ("JobNotes", &["JobNumber"][..], "work_order_note", None),
        (
            "JobParts",
            &["JobNumber", "ProductCode"],
            "work_order_part",
            Some("product_id"),
        ),
        (
            "JobLabour",
            &["JobNumber", "LabourCode"],
            "work_order_labour",
            Some("labour_unit_id"),
        ),
    ] {
        let table = garage.table(tab).unwrap();
        let expected = imported.expected(&table, columns);
        assert!(expected.len() > 100, "{tab}");
        let stored = imported.stored(entity, |record| {
            let linked = link.map(|link| record.text(link).trim_start_matches("techman:").to_owned());
            std::iter::once(job(record)).chain(linked).collect()
        });
        assert_eq!(stored, expected, "{tab}");
    }
}

/// A reminder that is listed twice is one reminder, so kinds are counted per vehicle and day.
fn check_reminders(garage: &Garage, imported: &Imported) {
    let table = garage.table("Reminders").unwrap();
    let failed = imported.failed_rows("Reminders");
    let landed = table.rows.len() - failed.len();
    assert_eq!(imported.records.of("reminder").count(), landed);
}

/// Rows fail for one of two reasons: what they belong to is not in the export, or nobody can say to whom.
fn check_failures(garage: &Garage, imported: &Imported) {
    let orphans: BTreeSet<&str> = garage.orphan_jobs().map(|job| job.number.as_str()).collect();
    let orphan_customers: BTreeSet<&str> = garage.orphan_jobs().map(|job| job.customer_number.as_str()).collect();
    let jobs = garage.table("Jobs").unwrap();
    let failed_jobs: BTreeSet<&str> = imported
        .failed_rows("Jobs")
        .into_iter()
        .map(|row| jobs.rows[row - 2][0].as_str())
        .collect();
    assert!(!orphans.is_empty());
    assert_eq!(failed_jobs, orphans);
    let invoices = garage.table("Invoices").unwrap();
    let failed_invoices: BTreeSet<&str> = imported
        .failed_rows("Invoices")
        .into_iter()
        .map(|row| invoices.rows[row - 2][0].as_str())
        .collect();
    for finding in imported.findings.iter().filter(|finding| finding.severity == "error") {
        let explained = match finding.code.as_str() {
            "orphan" => {
                let missing = finding.message.split(" is not in the files").next().unwrap();
                let key = missing.rsplit(' ').next().unwrap();
                orphans.contains(key) || orphan_customers.contains(key) || failed_invoices.contains(key)
            }
            "registration_ambiguous_row" => {
                let mut contested = garage.contested_registrations().into_iter();
                finding.sheet == "Reminders" && contested.any(|registration| finding.message.contains(registration))
            }
            _ => false,
        };
        assert!(explained, "{finding:?}");
    }
}
