//! The country of what names none: on the command line, and by the organisation.

use serde_json::{Value, json};

use crate::support::{Workspace, csv_file, on_each_database, table};

/// A number that names no country, and is none in Great Britain.
const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email               | Phone
    C-1         | Anke       | Brandt    | anke@brandt.example | 0171 3920014
";
const GERMAN: &str = "+491713920014";

fn write_customers(workspace: &Workspace) {
    workspace.write("customers.csv", csv_file(&table("file", CUSTOMERS)));
}

#[test]
fn an_import_reads_numbers_as_those_of_the_country_that_is_said() {
    on_each_database(|workspace| {
        write_customers(workspace);
        workspace.import("customers.csv --organization british", 0);
        workspace.import("customers.csv --organization german --country de", 0);
        let phones = "SELECT slug, coalesce(phone, '') FROM customer \
                      JOIN organization ON organization.id = customer.organization_id ORDER BY slug";
        assert_eq!(workspace.query(phones), [["british", ""], ["german", GERMAN]]);
    });
}

#[test]
fn an_import_that_says_no_country_has_that_of_the_organisation() {
    on_each_database(|workspace| {
        write_customers(workspace);
        workspace.run("migrate").exits(0);
        workspace.run("--organization garage runs").exits(0);
        workspace.execute("UPDATE organization SET country = 'DE'");
        workspace.import("customers.csv --organization garage", 0);
        assert_eq!(workspace.query("SELECT phone FROM customer"), [[GERMAN]]);
        // The same files for another country are another import.
        workspace.import("customers.csv --organization garage --country GB --dry-run", 0);
        let options = workspace.query("SELECT options FROM import_run ORDER BY created_at");
        let countries: Vec<Value> = options
            .iter()
            .map(|row| serde_json::from_str::<Value>(&row[0]).unwrap()["country"].clone())
            .collect();
        assert_eq!(countries, ["DE", "GB"]);
    });
}

#[test]
fn clean_reads_numbers_as_those_of_the_country_that_is_said() {
    let workspace = Workspace::on_sqlite();
    write_customers(&workspace);
    let phone = |arguments: &str| {
        let line = workspace
            .run(&format!("clean customers.csv {arguments}"))
            .exits(0)
            .json();
        line["records"][0]["fields"]["phone"].clone()
    };
    assert_eq!(phone(""), Value::Null);
    assert_eq!(phone("--country DE"), json!(GERMAN));
}

#[test]
fn a_country_that_is_none_is_wrong_usage() {
    let workspace = Workspace::on_sqlite();
    write_customers(&workspace);
    for command in ["import", "clean"] {
        let refused = workspace.run(&format!("{command} customers.csv --country UK")).exits(2);
        assert!(refused.stderr.contains("use `GB`"), "{}", refused.stderr);
    }
    assert_eq!(workspace.number("SELECT count(*) FROM import_run"), 0);
}
