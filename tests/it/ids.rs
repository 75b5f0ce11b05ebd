//! Ids that different records have, and what refers to them.

use crate::findings::{self, Finding};
use crate::support::{Workspace, on_each_database};

const CUSTOMERS: &str = "Customer Number,First Name,Last Name,Email\n\
    C1,Ann,Ash,ann@ash.example\nC2,Bert,Birch,bert@birch.example\nC2,Cora,Cole,cora@cole.example\n\
    C3,Dan,Dale,dan@dale.example\nC4,Eve,Elm,eve@elm.example\n";
const VEHICLES: &str = "Registration,Make,Model,Customer Number\n\
    AK19 AAA,Ford,Focus,C1\nAK19 AAB,Ford,Fiesta,C2\nAK19 AAC,Kia,Rio,C3\n";

#[test]
fn different_people_with_one_number_stay_apart_and_links_by_it_lead_to_none() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", CUSTOMERS);
        workspace.write("vehicles.csv", VEHICLES);
        let arguments = "customers.csv vehicles.csv --on-duplicate create --error-log found.csv";
        let report = workspace.import(arguments, 0);
        assert_eq!(report["entities"]["customer"]["created"], 5);
        assert_eq!(report["entities"]["vehicle"]["created"], 3);
        let conflict = only(workspace, "id_conflict");
        assert_eq!((conflict.row, conflict.value.as_str()), (4, "C2"));
        let told = "`C2` is that of row 3, and this record goes by `C2|cora cole|cora@cole.example`";
        assert!(conflict.message.ends_with(told), "{conflict:?}");
        let link = only(workspace, "link_ambiguous");
        assert_eq!(
            (link.row, link.column.as_str(), link.value.as_str()),
            (3, "Customer Number", "C2")
        );
        let owned = "SELECT count(*) FROM vehicle WHERE customer_id IS NOT NULL";
        assert_eq!(workspace.number(owned), 2);

        // The same again changes nothing.
        let again = workspace.import(arguments, 0);
        assert_eq!(again["entities"]["customer"]["created"], 0);
        assert_eq!(again["entities"]["customer"]["unchanged"], 5);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 5);
    });
}

#[test]
fn different_people_with_one_number_in_two_files_stay_apart() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", CUSTOMERS.replace("C2,Cora,Cole", "C5,Cora,Cole"));
        let others = "Customer Number,First Name,Last Name,Email\nC1,Ann,Ash,ann@home.example\n\
                      C3,Fred,Frost,fred@frost.example\nC7,Gil,Gray,gil@gray.example\n";
        workspace.write("more.csv", others);
        workspace.write("vehicles.csv", VEHICLES);
        let arguments = "customers.csv more.csv vehicles.csv --on-duplicate create --error-log found.csv";
        let report = workspace.import(arguments, 0);
        assert_eq!(report["entities"]["customer"]["created"], 7);
        let conflict = only(workspace, "id_conflict");
        assert_eq!((conflict.row, conflict.value.as_str()), (3, "C3"));
        let told = "`C3` is that of row 5 of customers.csv, and this record goes by `C3|fred frost|fred@frost.example`";
        assert!(conflict.message.ends_with(told), "{conflict:?}");
        assert_eq!(only(workspace, "conflicting_repeat").value, "ann@home.example");
        assert_eq!(only(workspace, "link_ambiguous").value, "C3");
        let dan = "SELECT email FROM customer WHERE last_name = 'Dale'";
        assert_eq!(workspace.query(dan), [["dan@dale.example"]]);
        let again = workspace.import(arguments, 0);
        assert_eq!(again["entities"]["customer"]["created"], 0);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 7);
    });
}

#[test]
fn a_later_file_does_not_choose_between_people_of_one_number_either() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", CUSTOMERS);
        workspace.write("vehicles.csv", VEHICLES);
        workspace.import("customers.csv --source lark --on-duplicate create", 0);
        let report = workspace.import("vehicles.csv --source lark --error-log found.csv", 0);
        assert_eq!(report["entities"]["vehicle"]["created"], 3);
        let link = only(workspace, "link_ambiguous");
        assert_eq!((link.row, link.value.as_str()), (3, "C2"));
        let owners = "SELECT v.registration, c.last_name FROM vehicle v LEFT JOIN customer c ON c.id = v.customer_id \
                      WHERE c.id IS NOT NULL ORDER BY 1";
        assert_eq!(workspace.query(owners), [["AK19AAA", "Ash"], ["AK19AAC", "Dale"]]);

        // Once the file gives each of them a number of their own, the number is theirs again.
        workspace.write("customers.csv", CUSTOMERS.replace("C2,Cora", "C5,Cora"));
        workspace.import("customers.csv --source lark --on-duplicate create", 0);
        workspace.write("more.csv", VEHICLES.replace("AK19", "BK19"));
        workspace.import("more.csv --source lark --error-log found.csv", 0);
        let owned = "SELECT count(*) FROM vehicle WHERE registration LIKE 'BK19%' AND customer_id IS NOT NULL";
        assert_eq!(workspace.number(owned), 3);
    });
}

#[test]
fn what_a_repeat_loses_is_told_in_its_column() {
    on_each_database(|workspace| {
        let rows =
            "Customer Number,First Name,Last Name,Email\nC1,Ann,Ash,ann@ash.example\nC1,Ann,Ash,ann@home.example\n";
        workspace.write("customers.csv", rows);
        let report = workspace.import("customers.csv --on-duplicate create --error-log found.csv", 0);
        assert_eq!(report["entities"]["customer"]["created"], 1);
        let repeat = only(workspace, "conflicting_repeat");
        assert_eq!((repeat.row, repeat.column.as_str()), (3, "Email"));
        assert_eq!(repeat.value, "ann@home.example");
        assert!(repeat.message.contains("`ann@ash.example`"), "{repeat:?}");
    });
}

/// The only finding with this code in the error log.
#[track_caller]
fn only(workspace: &Workspace, code: &str) -> Finding {
    let mut found = findings::read(workspace, "found.csv");
    found.retain(|finding| finding.code == code);
    assert_eq!(found.len(), 1, "{code}: {found:?}");
    found.remove(0)
}
