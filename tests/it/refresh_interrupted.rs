//! Refreshes of whole garages: what is unchanged costs no write, people may work meanwhile, and kills do no harm.

use std::process::Stdio;
use std::time::{Duration, Instant};
use std::{slice, thread};

use torqueflow_test_support::postgres::TestDatabase;
use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};

use crate::support::{Workspace, csv_file, on_each_database, workbook};

/// Unoptimised programs are ten times slower.
const CUSTOMERS: usize = if cfg!(debug_assertions) { 300 } else { 1500 };
const KILLS: usize = 6;
const REFRESH: &str = "import garage.xlsx --on-duplicate create";

fn garage(customers: usize) -> Garage {
    Garage::generate(&SampleOptions { customers, seed: 31 })
}

/// A mobile number that no other row has.
fn mobile(number: usize) -> String {
    format!("07181 {:06}", 100_000 + number)
}

/// Gives every customer another mobile number, in all of the customer's rows.
fn change_phones(table: &mut SampleTable) {
    let [number, phone] = ["CustomerNumber", "Phone"].map(|name| table.column(name).unwrap());
    for row in &mut table.rows {
        let digits: String = row[number].chars().filter(char::is_ascii_digit).collect();
        row[phone] = mobile(digits.parse::<usize>().unwrap_or_default());
    }
}

#[test]
fn a_refresh_of_unchanged_customers_writes_no_business_row() {
    let many = 4 * CUSTOMERS;
    let customers = csv_file(&garage(many).customers_table());
    on_each_database(|workspace| {
        workspace.write("customers.csv", &customers);
        let first = workspace
            .run("import customers.csv --on-duplicate create --json")
            .json();
        let landed = first["totals"]["imported"].as_i64().unwrap();
        assert!(landed > many as i64 * 98 / 100, "{first}");
        let before = written(workspace);
        let second = workspace
            .run("import customers.csv --on-duplicate create --json")
            .json();
        assert_eq!(second["mode"], "refresh");
        assert_eq!(second["totals"]["unchanged"], landed);
        assert_eq!(second["totals"]["updated"], 0);
        assert_eq!(written(workspace), before);
    });
}

/// How often the tables of a refresh were written, and when last.
fn written(workspace: &Workspace) -> Vec<Vec<String>> {
    workspace.query(
        "SELECT count(*), sum(version), max(updated_at) FROM customer \
         UNION ALL SELECT count(*), sum(version), max(updated_at) FROM customer_address \
         UNION ALL SELECT count(*), count(DISTINCT run_id), max(updated_at) FROM import_mapping \
         UNION ALL SELECT count(*), 0, NULL FROM import_journal",
    )
}

#[test]
fn nobody_loses_what_they_change_while_a_refresh_runs() {
    let table = garage(CUSTOMERS).table("CustomersAndVehicles").unwrap();
    on_each_database(|workspace| {
        workspace.write("garage.xlsx", workbook(slice::from_ref(&table)));
        workspace.run(REFRESH);
        let mut changed = table.clone();
        change_phones(&mut changed);
        workspace.write("garage.xlsx", workbook(&[changed]));

        let mut child = workspace.command(REFRESH).stdout(Stdio::null()).spawn().unwrap();
        let mut numbers: Vec<String> = workspace
            .query("SELECT external_customer_number FROM customer")
            .into_iter()
            .map(|row| row[0].clone())
            .collect();
        let mut rng = Rng::new(7);
        let mut edited = Vec::new();
        while child.try_wait().unwrap().is_none() && !numbers.is_empty() {
            let number = numbers.swap_remove(rng.below(numbers.len()));
            workspace.execute(&format!(
                "UPDATE customer SET phone = '+447911000000', version = version + 1 \
                 WHERE external_customer_number = '{number}'"
            ));
            edited.push(number);
        }
        child.wait().unwrap();
        assert!(edited.len() > 10, "{} edits", edited.len());
        let kept = workspace.number("SELECT count(*) FROM customer WHERE phone = '+447911000000'");
        assert_eq!(kept, edited.len() as i64, "an edit is lost");
        let versions = "SELECT count(*) FROM import_journal AS entry JOIN customer ON customer.id = entry.record_id \
                        WHERE entry.version_after > customer.version";
        assert_eq!(
            workspace.number(versions),
            0,
            "a write that did not happen is in the journal"
        );
    });
}

#[test]
fn killed_refreshes_end_like_undisturbed_ones_on_sqlite() {
    check_kills(TestDatabase::sqlite);
}

#[test]
fn killed_refreshes_end_like_undisturbed_ones_on_postgresql() {
    check_kills(TestDatabase::postgresql);
}

fn check_kills(database: fn() -> TestDatabase) {
    let garage = garage(CUSTOMERS);
    let mut changed = garage.table("CustomersAndVehicles").unwrap();
    let jobs = garage.table("Jobs").unwrap();
    let first = workbook(&[changed.clone(), jobs.clone()]);
    change_phones(&mut changed);
    let second = workbook(&[changed, jobs]);
    let prepared = || {
        let workspace = Workspace::new(database());
        workspace.write("garage.xlsx", &first);
        workspace.run(REFRESH);
        let edited = "UPDATE customer SET phone = '+447911000000', version = version + 1 \
                      WHERE external_customer_number LIKE '%7'";
        workspace.execute(edited);
        workspace.write("garage.xlsx", &second);
        workspace
    };
    let undisturbed = prepared();
    let begin = Instant::now();
    undisturbed.run(REFRESH);
    let duration = begin.elapsed();
    let expected = outcome(&undisturbed);
    assert!(undisturbed.number("SELECT sum(updated) FROM import_job") > 100);

    let disturbed = prepared();
    let mut rng = Rng::new(11);
    for _ in 0..KILLS {
        let mut child = disturbed.command(REFRESH).stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(
            duration
                .mul_f64(rng.below(1000) as f64 / 1000.0)
                .min(Duration::from_mins(1)),
        );
        child.kill().unwrap();
        child.wait().unwrap();
        if disturbed.number("SELECT count(*) FROM import_run WHERE finished_at IS NULL") == 0
            && disturbed.number("SELECT count(*) FROM import_run") == 2
        {
            break;
        }
    }
    if disturbed.number("SELECT count(*) FROM import_run WHERE finished_at IS NOT NULL") < 2 {
        disturbed.run(REFRESH);
    }
    assert_eq!(outcome(&disturbed), expected);
}

/// What a refresh leaves behind.
fn outcome(workspace: &Workspace) -> (String, Vec<Vec<String>>) {
    let counts = workspace.query(
        "SELECT sheet, status, checkpoint, imported, updated, skipped_duplicate, unchanged, failed FROM import_job \
         ORDER BY run_id, position",
    );
    let mut written = workspace
        .query("SELECT action, count(*), sum(version_after) FROM import_journal GROUP BY action ORDER BY action");
    written.extend(workspace.query("SELECT count(*) FROM import_mapping WHERE origin = 'created'"));
    written.extend(workspace.query("SELECT count(*), sum(version) FROM customer"));
    written.extend(workspace.query("SELECT code, count(*) FROM import_finding GROUP BY code ORDER BY code"));
    written.extend(counts);
    (workspace.dump(), written)
}
