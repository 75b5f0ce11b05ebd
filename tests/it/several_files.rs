//! Files that belong together, imported in one run.

use std::collections::BTreeSet;

use torqueflow_test_support::sample::{Garage, SampleOptions};

use crate::support::{csv_file, on_each_database, workbook};

#[test]
fn customers_that_stand_in_a_csv_and_in_a_workbook_become_one_each() {
    let garage = Garage::generate(&SampleOptions {
        customers: 200,
        seed: 5,
    });
    let mut list = garage.customers_table();
    list.rows.truncate(130);
    let mut tab = garage.table("CustomersAndVehicles").unwrap();
    let numbers: BTreeSet<String> = list.rows[70..].iter().map(|row| row[0].clone()).collect();
    let first_70: BTreeSet<String> = list.rows[..70].iter().map(|row| row[0].clone()).collect();
    tab.rows.retain(|row| !first_70.contains(&row[0]));
    assert!(
        tab.rows.iter().any(|row| numbers.contains(&row[0])),
        "the files overlap"
    );
    let jobs = garage.table("Jobs").unwrap();
    on_each_database(|workspace| {
        workspace.write("customers.csv", csv_file(&list));
        workspace.write("vehicles.xlsx", workbook(&[tab.clone(), jobs.clone()]));
        let report = workspace.import("vehicles.xlsx customers.csv --on-duplicate create", 3);
        assert_eq!(report["jobs"].as_array().unwrap().len(), 3);

        let records = workspace.records();
        assert_eq!(records.source_ids("customer"), garage.customer_numbers());
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 200);
        let twice = "SELECT count(*) FROM (SELECT customer_id, address_type FROM customer_address \
                     GROUP BY customer_id, address_type HAVING count(*) > 1) AS twice";
        assert_eq!(workspace.number(twice), 0, "an address of each kind per customer");
        let owners: BTreeSet<&str> = records
            .texts("work_order", "customer_id")
            .into_iter()
            .map(|link| link.trim_start_matches("techman:"))
            .collect();
        assert!(
            owners.iter().any(|owner| first_70.contains(*owner)),
            "jobs belong to customers of the other file"
        );
    });
}

#[test]
fn the_order_in_which_files_are_named_changes_nothing() {
    let garage = Garage::generate(&SampleOptions { customers: 60, seed: 9 });
    let [vehicles, jobs] = ["CustomersAndVehicles", "Jobs"].map(|tab| csv_file(&garage.table(tab).unwrap()));
    on_each_database(|workspace| {
        workspace.write("vehicles.csv", &vehicles);
        workspace.write("jobs.csv", &jobs);
        let report = workspace
            .run("import jobs.csv vehicles.csv --on-duplicate create --json")
            .json();
        let orphans = garage.orphan_jobs().count();
        assert_eq!(report["entities"]["work_order"]["failed"], orphans);
        assert_eq!(report["entities"]["work_order"]["created"], garage.jobs.len() - orphans);
    });
}
