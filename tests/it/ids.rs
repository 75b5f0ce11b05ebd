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
