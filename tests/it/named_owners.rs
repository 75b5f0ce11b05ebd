//! Invoices and vehicles that name their customer without a number.

use crate::findings::{self, Finding};
use crate::support::{Workspace, on_each_database};

const CUSTOMERS: &str = "Customer ID,Customer Name,Email\n\
    C1,Jenny Robb,jenny@robb.example\nC2,Mike Senn,mike@senn.example\nC3,Mike Senn,mike@senn-motors.example\n\
    C4,Robb & Daughters Ltd,office@robb.example\n";
const INVOICES: &str = "Client Name,Invoice Number,Invoice Date,Invoice Total\n\
    \"ROBB, Jenny\",R-1,2024-03-01,12.50\nRobb & Daughters Ltd.,R-2,2024-03-02,20.00\n\
    Mike Senn,R-3,2024-03-03,30.00\nPiotr Nowicki,R-4,2024-03-04,40.00\n";
const OWNERS: &str = "SELECT invoice.number, customer.external_customer_number FROM invoice \
    LEFT JOIN customer ON customer.id = invoice.customer_id ORDER BY invoice.number";
const BY_NAME: [[&str; 2]; 4] = [["R-1", "C1"], ["R-2", "C4"], ["R-3", ""], ["R-4", ""]];

/// The findings about names in the error log.
fn about_names(workspace: &Workspace) -> Vec<Finding> {
    let mut found = findings::read(workspace, "found.csv");
    found.retain(|finding| finding.code.starts_with("link_name"));
    found
}

#[track_caller]
fn assert_told(workspace: &Workspace, candidates: &str) {
    let told: Vec<_> = about_names(workspace)
        .into_iter()
        .map(|finding| (finding.code, finding.row, finding.column, finding.message))
        .collect();
    let column = || "Client Name".to_owned();
    let several = format!("Several customers have the name Mike Senn{candidates}, so the link was left blank");
    let nobody = "No customer in the files or in the database is called Piotr Nowicki; the link was left blank";
    assert_eq!(
        told,
        [
            ("link_name_ambiguous".to_owned(), 4, column(), several),
            ("link_name_not_found".to_owned(), 5, column(), nobody.to_owned()),
        ]
    );
}

#[test]
fn who_is_named_once_in_the_files_is_the_customer_whichever_file_comes_first() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", CUSTOMERS);
        workspace.write("invoices.csv", INVOICES);
        let arguments = "invoices.csv customers.csv --on-duplicate create --error-log found.csv";
        let report = workspace.import(arguments, 0);
        assert_eq!(report["entities"]["invoice"]["created"], 4);
        assert_eq!(workspace.query(OWNERS), BY_NAME);
        assert_told(workspace, " (C2, C3)");
        // The same again changes nothing.
        let again = workspace.import(arguments, 0);
        assert_eq!(again["entities"]["invoice"]["unchanged"], 4);
        assert_eq!(workspace.query(OWNERS), BY_NAME);
    });
}

#[test]
fn who_is_named_once_in_the_database_is_the_customer_but_not_another_organisations() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", CUSTOMERS);
        workspace.write("invoices.csv", INVOICES);
        workspace.import("customers.csv --on-duplicate create", 0);
        workspace.import("invoices.csv --error-log found.csv --organization elsewhere", 0);
        assert_eq!(about_names(workspace).len(), 4);
        workspace.import("invoices.csv --error-log found.csv", 0);
        assert_told(workspace, " (C2, C3)");
        let linked = "SELECT count(*) FROM invoice WHERE customer_id IS NOT NULL";
        assert_eq!(workspace.number(linked), 2);
    });
}

#[test]
fn a_customer_who_is_named_and_does_not_come_is_told() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", CUSTOMERS);
        workspace.write("invoices.csv", INVOICES);
        workspace.write("left-out.csv", "file,row\ncustomers.csv,2\n");
        let arguments = "customers.csv invoices.csv --on-duplicate create --exclude-rows left-out.csv";
        workspace.import(&format!("{arguments} --error-log found.csv"), 0);
        let told: Vec<_> = about_names(workspace).into_iter().map(|finding| finding.row).collect();
        assert_eq!(told, [2, 4, 5]);
        assert_eq!(workspace.query(OWNERS)[0], ["R-1", ""]);
    });
}

#[test]
fn numbers_go_before_names_and_codes_of_letters_are_numbers() {
    on_each_database(|workspace| {
        workspace.write(
            "customers.csv",
            "Customer ID,Customer Name\nROBB,Jenny Robb\nSENN,Mike Senn\n",
        );
        workspace.write(
            "vehicles.csv",
            "Registration,Make,Model,Year,Owner\nAK19 AAA,Ford,Focus,2019,ROBB\nAK19 AAB,Ford,Fiesta,2020,SENN\n\
             AK19 AAC,Kia,Rio,2021,NOWICKI\n",
        );
        // As ever: a number that nobody has fails the row.
        workspace.import("customers.csv vehicles.csv --error-log found.csv", 3);
        assert_eq!(about_names(workspace).len(), 0);
        assert_eq!(
            workspace.number("SELECT count(*) FROM vehicle WHERE customer_id IS NOT NULL"),
            2
        );
    });
}

/// Two customers of one name, and invoices that say more of them than the name.
const NAMESAKES: &str = "Customer ID,Customer Name,Email,Mobile,Address 1,Town,Postcode\n\
    C1,Mike Senn,mike@senn.example,07911 123451,1 Low Road,Leeds,LS1 4AB\n\
    C2,Mike Senn,office@senn.example,07911 123452,2 Low Road,Leeds,LS1 4AD\n\
    C3,Jenny Robb,jenny@robb.example,07911 123453,3 Low Road,Leeds,LS1 4AE\n";
const SAYING_MORE: &str = "Invoice Number,Invoice Date,Customer Name,Customer Email,Customer Phone,Customer Postcode,Total\n\
    R-1,2024-03-01,Mike Senn,OFFICE@senn.example,,,10.00\n\
    R-2,2024-03-02,Mike Senn,,(07911) 123451,,20.00\n\
    R-3,2024-03-03,Mike Senn,,,ls1 4ad,30.00\n\
    R-4,2024-03-04,Mike Senn,other@senn.example,,,40.00\n\
    R-5,2024-03-05,Jenny Robb,office@senn.example,07911 123452,,50.00\n\
    R-6,2024-03-06,Mike Senn,mike@senn.example,07911 123452,,60.00\n\
    R-7,2024-03-07,Mike Senn,mike@senn.example,07911 123452,LS1 4AB,70.00\n\
    R-8,2024-03-08,Jenny Robb,jenny@robb.example,07911 123453,LS1 4AE,80.00\n";
const BY_CONTACT: [[&str; 2]; 8] = [
    ["R-1", "C2"],
    ["R-2", "C1"],
    ["R-3", "C2"],
    ["R-4", ""],
    // The name goes before what stands beside it.
    ["R-5", "C3"],
    // One contact of each.
    ["R-6", ""],
    ["R-7", "C1"],
    ["R-8", "C3"],
];

#[test]
fn of_several_of_one_name_a_contact_in_the_row_says_which_is_meant() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", NAMESAKES);
        workspace.write("invoices.csv", SAYING_MORE);
        // Those of the files, and those of the database.
        workspace.import("invoices.csv customers.csv --on-duplicate create", 0);
        assert_eq!(workspace.query(OWNERS), BY_CONTACT);
        workspace.import("customers.csv --on-duplicate create --organization elsewhere", 0);
        workspace.import("invoices.csv --organization elsewhere", 0);
        let mut twice = BY_CONTACT.to_vec();
        twice.extend(BY_CONTACT);
        twice.sort_unstable();
        let mut found = workspace.query(OWNERS);
        found.sort_unstable();
        assert_eq!(found, twice);
    });
}
