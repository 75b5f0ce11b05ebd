//! Ids that different records have, and what refers to them.

use crate::support::on_each_database;

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
        let arguments = "customers.csv vehicles.csv --on-duplicate create";
        let report = workspace.import(arguments, 0);
        assert_eq!(report["entities"]["customer"]["created"], 5);
        assert_eq!(report["entities"]["vehicle"]["created"], 3);
        let told = |code: &str| -> Vec<(i64, String)> {
            let errors = report["errors"].as_array().unwrap().iter();
            let found = errors.filter(|error| error["code"] == code);
            found
                .map(|error| {
                    (
                        error["row"].as_i64().unwrap(),
                        error["message"].as_str().unwrap().to_owned(),
                    )
                })
                .collect()
        };
        let conflicts = told("id_conflict");
        assert_eq!(conflicts.len(), 1, "{}", report["errors"]);
        assert_eq!(conflicts[0].0, 4);
        assert!(conflicts[0].1.contains("`C2` is that of row 3"), "{conflicts:?}");
        assert_eq!(told("link_ambiguous").len(), 1, "{}", report["errors"]);
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
        let report = workspace.import("customers.csv --on-duplicate create", 0);
        assert_eq!(report["entities"]["customer"]["created"], 1);
        let errors = report["errors"].as_array().unwrap();
        let repeat = errors
            .iter()
            .find(|error| error["code"] == "conflicting_repeat")
            .unwrap();
        assert_eq!(repeat["row"], 3);
        assert_eq!(repeat["column"], "Email");
        assert_eq!(repeat["value"], "ann@home.example");
        assert!(
            repeat["message"].as_str().unwrap().contains("`ann@ash.example`"),
            "{repeat}"
        );
    });
}
