//! What is wrong with a name, and who of the store is meant by it.

use std::collections::HashMap;

use torqueflow_model::MatchValues;
use torqueflow_model::import::StoredCandidate;
use torqueflow_pipeline::Called;

use super::support::stored;
use crate::names::{RunCustomer, named, wrong_name};

fn of_run(id: &str) -> RunCustomer {
    RunCustomer {
        source_system: "crm".to_owned(),
        id: id.to_owned(),
    }
}

fn of_store(id: u128, number: &str, email: &str) -> StoredCandidate {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    StoredCandidate {
        id: stored(id),
        is_hidden: false,
        values: MatchValues {
            number: text(number),
            email: text(email),
            ..MatchValues::default()
        },
    }
}

/// What is wrong with a name that customers with these ids of the run and these numbers of the store have.
#[track_caller]
fn check(run: &[&str], store: &[&str], expected: Option<&str>) {
    let run: Vec<RunCustomer> = run.iter().map(|id| of_run(id)).collect();
    let store: Vec<StoredCandidate> = (1..).zip(store).map(|(id, number)| of_store(id, number, "")).collect();
    let (run, store): (Vec<_>, Vec<_>) = (run.iter().collect(), store.iter().collect());
    let wrong = wrong_name("Jenny Robb", &run, &store).map(|(code, detail)| format!("{} {detail}", code.code()));
    assert_eq!(wrong.as_deref(), expected);
}

#[test]
fn a_name_is_wrong_that_nobody_has_or_several_have() {
    check(&["C1"], &[], None);
    check(&[], &["7"], None);
    check(&["C1"], &["7", "8"], None);
    check(&[], &[], Some("link_name_not_found Jenny Robb"));
    check(&["C1", "C2"], &["7"], Some("link_name_ambiguous Jenny Robb (C1, C2)"));
    check(&[], &["7", "8"], Some("link_name_ambiguous Jenny Robb (7, 8)"));
    // Customers without numbers go unnamed.
    check(&[], &["7", ""], Some("link_name_ambiguous Jenny Robb (7)"));
    check(&[], &["", ""], Some("link_name_ambiguous Jenny Robb"));
    let six = ["1", "2", "3", "4", "5", "6"];
    check(&six, &[], Some("link_name_ambiguous Jenny Robb (1, 2, 3, 4, 5)"));
}

#[test]
fn a_customer_of_the_store_is_meant_once_and_told_by_contacts() {
    let jenny = |id: u128, email: &str| of_store(id, "", email);
    let stored_jennies = HashMap::from([
        (
            "jenny robb".to_owned(),
            vec![jenny(2, "jenny@robb.example"), jenny(1, "")],
        ),
        (
            "robb jenny".to_owned(),
            vec![jenny(2, "jenny@robb.example"), jenny(3, "")],
        ),
    ]);
    let find = |names: &[&str], email: &str| -> Vec<u128> {
        let called = Called {
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            contacts: jenny(0, email).values,
        };
        named(&stored_jennies, &called)
            .iter()
            .map(|one| one.id.as_u128())
            .collect()
    };
    assert_eq!(find(&["jenny robb"], ""), [1, 2]);
    assert_eq!(find(&["jenny robb", "robb jenny"], ""), [1, 2, 3]);
    assert_eq!(find(&["jenny robb", "robb jenny"], "jenny@robb.example"), [2]);
    assert_eq!(find(&["mike senn"], ""), [0; 0]);
}
