//! What becomes of an address: it goes with its customer.

use serde_json::{Value as Json, json};
use torqueflow_model::EntityKind::{Customer, CustomerAddress};
use torqueflow_model::import::{MappedRecord, MappingOrigin};

use super::support::{CUSTOMERS, Case, case, mapped, mapped_now, new, stored};
use crate::facts::Decision;

const JENNY: &str = "C1|Jenny Robb||12 Mill Lane|Leeds";

/// What becomes of the customer of the last row and of the addresses.
#[track_caller]
fn check(case: &Case, expected: &[&str]) {
    assert_eq!(case.fates(), expected);
}

fn jenny() -> Case {
    case(CUSTOMERS, &[JENNY])
}

fn skipped(id: u128) -> MappedRecord {
    MappedRecord {
        origin: MappingOrigin::Skipped,
        ..mapped(id)
    }
}

/// Jenny is customer 7 of the store, who has no address yet.
fn merged() -> Case {
    let stored_jenny = jenny().store(Customer, 7, json!({}));
    stored_jenny.decide(2, "customer", Decision::Merge(stored(7)))
}

#[test]
fn an_address_comes_with_a_new_customer() {
    check(&jenny(), &["Create 2.customer", "Create 2.billing_address"]);
    let two = case(CUSTOMERS, &["C1|Jenny Robb||12 Mill Lane|Leeds|4 Mill Lane"]);
    let created = [
        "Create 2.customer",
        "Create 2.billing_address",
        "Create 2.shipping_address",
    ];
    check(&two, &created);
}

#[test]
fn an_address_is_left_out_with_its_customer() {
    let with_jenny = |decision| {
        let stored_jenny = jenny().store(Customer, 7, json!({}));
        stored_jenny.decide(2, "customer", decision)
    };
    check(&with_jenny(Decision::Skip(stored(7))), &["Skip #7", "LeftOut"]);
    check(&with_jenny(Decision::Undecided(stored(7))), &["Undecided", "LeftOut"]);
    check(&jenny().existing(Customer, "C1", &[7, 8]), &["Ambiguous", "LeftOut"]);
    check(&jenny().map(Customer, "C1", skipped(7)), &["Skip #7", "LeftOut"]);
    check(&jenny().map(Customer, "C1", mapped(7)).gone(7), &["Gone", "LeftOut"]);
}

#[test]
fn a_new_address_of_an_unchanged_customer_comes_only_where_the_run_updates() {
    let unchanged = || jenny().map(Customer, "C1", mapped(7));
    check(&unchanged(), &["Unchanged #7", "LeftOut"]);
    let updating = unchanged().with(|case| case.updates = true);
    check(&updating, &["Unchanged #7", "Create 2.billing_address"]);
}

#[test]
fn an_address_is_lost_with_its_customer() {
    let lost = jenny().with(|case| case.facts.found.retain(|_, found| found.slot.name() != "customer"));
    check(&lost, &["Lost", "Lost"]);
    let both = jenny().with(|case| case.facts.found.clear());
    check(&both, &["Lost", "Lost"]);
}

#[test]
fn an_address_that_was_imported_stands_for_itself() {
    let known = || {
        jenny()
            .map(Customer, "C1", mapped(7))
            .map(CustomerAddress, "C1|billing", mapped(8))
    };
    check(&known(), &["Unchanged #7", "Unchanged #8"]);
    check(&known().gone(8), &["Unchanged #7", "Gone"]);
    // That it went with its customer needs no word of its own.
    check(&known().gone(7).gone(8), &["Gone", "LeftOut"]);
    check(&known().gone(7), &["Gone", "Unchanged #8"]);
    let updated = known()
        .store(CustomerAddress, 8, json!({}))
        .imported(CustomerAddress, "C1|billing", json!({}));
    check(&updated, &["Unchanged #7", "Update #8"]);
    let now = jenny().map(Customer, "C1", mapped_now(7));
    check(
        &now.map(CustomerAddress, "C1|billing", mapped_now(8)),
        &["Repeat #7", "Repeat #8"],
    );
}

#[test]
fn an_address_that_the_customer_has_is_the_same() {
    let with = |address: Json| merged().address(stored(7), 8, address).fates()[1].clone();
    let same = [
        json!({ "line_1": "12 Mill Lane", "city": "Leeds" }),
        json!({ "line_1": "12  MILL lane", "city": "leeds" }),
        // What only one of them says makes no difference.
        json!({ "line_1": "12 Mill Lane" }),
        json!({ "line_1": "12 Mill Lane", "city": "Leeds", "postal_code": "LS6 3AA", "line_2": "Headingley" }),
        json!({ "line_1": "12 Mill Lane", "city": "Leeds", "region": "Kent", "country_code": "FR" }),
        json!({}),
    ];
    for address in same {
        assert_eq!(with(address.clone()), "Same #8", "{address}");
    }
    let others = [
        json!({ "line_1": "14 Mill Lane", "city": "Leeds" }),
        json!({ "line_1": "12 Mill Lane", "city": "York" }),
    ];
    for address in others {
        assert_eq!(with(address.clone()), "Create 2.billing_address", "{address}");
    }
}

#[test]
fn the_first_of_several_equal_addresses_stands_for_the_new_one() {
    let mill_lane = || json!({ "line_1": "12 Mill Lane" });
    let several = merged()
        .address(stored(7), 10, json!({ "line_1": "1 High Street" }))
        .address(stored(7), 9, mill_lane())
        .address(stored(7), 8, mill_lane());
    check(&several, &["Merge #7", "Same #9"]);
    // Another customer's are nothing to it.
    check(
        &merged().address(stored(6), 9, mill_lane()),
        &["Merge #7", "Create 2.billing_address"],
    );
}

#[test]
fn addresses_of_all_customers_that_are_there_are_compared() {
    let has = |case: Case| case.address(stored(7), 8, json!({ "line_1": "12 Mill Lane" }));
    check(
        &has(jenny().existing(Customer, "C1", &[7])),
        &["Existing #7", "Same #8"],
    );
    let known = || has(jenny().map(Customer, "C1", mapped(7)));
    check(&known().with(|case| case.updates = true), &["Unchanged #7", "Same #8"]);
    check(&known(), &["Unchanged #7", "LeftOut"]);
    let updated = known()
        .store(Customer, 7, json!({}))
        .imported(Customer, "C1", json!({}));
    check(&updated, &["Update #7", "Same #8"]);
}

#[test]
fn an_address_that_an_earlier_row_gave_the_customer_is_the_same() {
    let twins = || {
        case(
            CUSTOMERS,
            &[JENNY, "C2|Jennifer Robb||12 Mill Lane|Leeds|1 High Street"],
        )
    };
    let merged = twins().decide(3, "customer", Decision::Merge(new(2, "customer")));
    check(
        &merged,
        &[
            "Merge 2.customer",
            "Same 2.billing_address",
            "Create 3.shipping_address",
        ],
    );
    let created = [
        "Create 3.customer",
        "Create 3.billing_address",
        "Create 3.shipping_address",
    ];
    check(&twins(), &created);
}

/// Of a customer who was there before the run, addresses of further rows are compared like those of the first.
#[test]
fn a_further_address_is_created_unless_a_customer_of_before_has_it() {
    let now = || jenny().map(Customer, "C1", mapped_now(7));
    check(&now(), &["Repeat #7", "Create 2.billing_address"]);
    let has = now().address(stored(7), 8, json!({ "line_1": "12 Mill Lane" }));
    check(&has, &["Repeat #7", "Same #8"]);
    let repeated = case(CUSTOMERS, &["C1|Jenny Robb", JENNY]);
    check(&repeated, &["Repeat 2.customer", "Create 3.billing_address"]);
}
