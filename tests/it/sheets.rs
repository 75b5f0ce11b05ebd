//! Workbooks whose sheets say what the others are.

use serde_json::Value;

use crate::support::{Workspace, table, workbook};

const CUSTOMERS: &str = "
    Customer No|Customer Name|Address|Postcode|Phone|Email
    C100|Ida Moor|1 Quay St|LS1 4AP|07911 123450|ida@mail.example
    C101|Ned Dale|2 Quay St|LS2 4AP|07911 123451|ned@mail.example
    C102|Ash Vale|3 Quay St|LS3 4AP|07911 123452|ash@mail.example";
const INVOICES: &str = "
    Invoice No|Invoice Date|Customer No|Net|VAT|Total
    INV-2000|13/03/2024|C100|100.00|20.00|120.00
    INV-2001|14/03/2024|C101|101.00|20.20|121.20
    INV-2002|15/03/2024|C102|102.00|20.40|122.40";
/// By itself it would be jobs.
const LINES: &str = "
    Invoice No|Invoice Date|Customer Name|Part|Description|Qty|Price
    INV-2000|13/03/2024|Ida Moor|OF1|Oil filter|1|12.50
    INV-2000|13/03/2024|Ida Moor|BP2|Brake pads|2|25.00
    INV-2001|14/03/2024|Ned Dale|W3|Wiper|1|8.00
    INV-2001|14/03/2024|Ned Dale|OF1|Oil filter|1|12.50";
/// By itself it would be customers.
const BALANCES: &str = "
    Customer No|Customer Name|Balance
    C100|Ida Moor|10.00
    C102|Ash Vale|5.50";

fn types(tables: &Value) -> Vec<(String, Option<String>)> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let tables = tables.as_array().unwrap().iter();
    tables
        .map(|found| (text(&found["sheet"]).unwrap(), text(&found["type"])))
        .collect()
}

fn expected(types: &[(&str, Option<&str>)]) -> Vec<(String, Option<String>)> {
    let types = types.iter();
    types
        .map(|(sheet, found)| ((*sheet).to_owned(), found.map(str::to_owned)))
        .collect()
}

#[test]
fn lines_of_the_invoices_of_another_sheet_are_left_out_by_their_name() {
    let workspace = Workspace::on_sqlite();
    workspace.write(
        "export.xlsx",
        workbook(&[
            table("Sheet3", LINES),
            table("Customers", CUSTOMERS),
            table("Invoices", INVOICES),
        ]),
    );
    let detected = workspace.run("detect export.xlsx --json").exits(0).json();
    assert_eq!(
        types(&detected["files"]),
        expected(&[
            ("Sheet3", Some("generic.invoice_lines")),
            ("Customers", Some("generic.customers")),
            ("Invoices", Some("generic.invoices")),
        ])
    );
    let why = detected["files"][0]["evidence"].as_array().unwrap();
    let told = "column `Invoice No` names the invoices in “Invoices”, several rows the same one";
    assert!(why.iter().any(|line| line == told), "{why:?}");
    let dry = workspace.import("export.xlsx --dry-run", 0);
    assert_eq!(
        types(&dry["jobs"]),
        expected(&[
            ("Customers", Some("generic.customers")),
            ("Invoices", Some("generic.invoices")),
        ])
    );
    assert_eq!(
        types(&dry["not_imported"]),
        expected(&[("Sheet3", Some("generic.invoice_lines"))])
    );
    workspace.assert_untouched();
    let report = workspace.import("export.xlsx", 0);
    assert_eq!(report["entities"]["invoice"]["created"], 3);
    assert!(report["entities"].get("work_order").is_none(), "{report}");
}

#[test]
fn a_list_that_names_the_customers_of_another_sheet_is_asked_for() {
    let workspace = Workspace::on_sqlite();
    let sheets = [table("Balances", BALANCES), table("Customers", CUSTOMERS)];
    workspace.write("export.xlsx", workbook(&sheets));
    let detected = workspace.run("detect export.xlsx --json").exits(3).json();
    let [balances, customers] = [&detected["files"][0], &detected["files"][1]];
    assert_eq!(customers["type"], "generic.customers");
    assert_eq!(balances["type"], Value::Null);
    assert_eq!(balances["candidates"][0]["type"], "generic.customers");
    let told = "column `Customer No` names the customers in “Customers”";
    for why in [&balances["evidence"], &balances["candidates"][0]["evidence"]] {
        assert!(why.as_array().unwrap().iter().any(|line| line == told), "{why:?}");
    }
    let dry = workspace.import("export.xlsx --dry-run", 3);
    assert_eq!(dry["unrecognised"].as_array().unwrap().len(), 1, "{dry}");
    // Whoever says so has them as customers.
    let said = workspace.import("export.xlsx --type Balances:generic.customers --dry-run", 0);
    assert_eq!(said["jobs"].as_array().unwrap().len(), 2, "{said}");
    let report = workspace.import("export.xlsx", 3);
    assert_eq!(report["totals"]["imported"], 3);
}
