//! What links lead to.

use torqueflow_model::EntityKind::{Customer, CustomerGroup, Location, Product, Vehicle, WorkOrder};
use torqueflow_model::import::StoredCandidate;
use torqueflow_model::{EntityKind, MatchValues};
use torqueflow_pipeline::{Called, NamedLink};

use super::support::{
    CUSTOMERS, Case, MIXED, PRODUCTS, SOURCE, VEHICLES, WORK_ORDERS, case, mapped, mapped_now, stored,
};
use super::telling::told_link;
use crate::RunCustomer;
use crate::links::wanted;
use crate::policy::Orphans;

/// Where the link of this field of a record of the last row leads.
#[track_caller]
fn check(case: &Case, field: &str, expected: &str) {
    let led = case.at_last_row(|view, row| {
        let fates = view.fates(row);
        let links = wanted(&row.clean);
        let is_meant = |link: &&crate::WantedLink| {
            let slot = row.clean.records[link.record].slot;
            field == format!("{}.{}", slot.name(), link.spec.name)
        };
        let link = links.iter().find(is_meant).unwrap();
        told_link(view.follow(row, &fates, link))
    });
    assert_eq!(led, expected, "{field}");
}

fn golf() -> Case {
    case(VEHICLES, &["C1|AB12 CDE|Volkswagen|Leeds"])
}

fn job() -> Case {
    case(WORK_ORDERS, &["J1|C1|AB12 CDE|Leeds"])
}

#[test]
fn an_id_leads_to_the_record_of_an_earlier_row() {
    let rows = ["C1|Jenny Robb", "||C1|AB12 CDE"];
    check(&case(MIXED, &rows), "vehicle.customer", "to 2.customer");
    check(
        &case(MIXED, &rows).last_row_apart(),
        "vehicle.customer",
        "to 2.customer",
    );
    // What the batch brings comes before what is known of earlier runs.
    let known = case(MIXED, &rows).map(Customer, "C1", mapped(7));
    check(&known, "vehicle.customer", "to 2.customer");
}

#[test]
fn an_id_leads_to_what_it_was_imported_as() {
    check(&golf().map(Customer, "C1", mapped(7)), "vehicle.customer", "to #7");
    check(&golf().map(Customer, "C1", mapped_now(7)), "vehicle.customer", "to #7");
    check(
        &golf().map(Customer, "C2", mapped(7)),
        "vehicle.customer",
        "fails orphan (customer C1)",
    );
    check(
        &golf().map(Vehicle, "C1", mapped(7)),
        "vehicle.customer",
        "fails orphan (customer C1)",
    );
}

#[test]
fn an_essential_link_that_leads_nowhere_fails_its_row_unless_orphans_are_wanted() {
    for nowhere in [golf(), golf().map(Customer, "C1", mapped(7)).gone(7)] {
        check(&nowhere, "vehicle.customer", "fails orphan (customer C1)");
        let unlinked = nowhere.with(|case| case.orphans = Orphans::Unlinked);
        check(&unlinked, "vehicle.customer", "nowhere");
    }
    // The others were told by the analysis.
    check(&case(PRODUCTS, &["OF1|Oil filter|||S1"]), "product.supplier", "nowhere");
}

#[test]
fn an_id_that_several_records_have_leads_nowhere_and_is_told_already() {
    let own = || golf().with(|case| case.ambiguous.add_own(SOURCE, [(Customer, "C1")].into_iter()));
    check(&own(), "vehicle.customer", "nowhere");
    check(&own().map(Customer, "C1", mapped(7)), "vehicle.customer", "nowhere");
    let earlier = || golf().with(|case| case.ambiguous.add_earlier(SOURCE, [(Customer, "C1")].into_iter()));
    check(&earlier().map(Customer, "C1", mapped(7)), "vehicle.customer", "nowhere");
    // Of earlier tables only what was imported then counts.
    check(&earlier(), "vehicle.customer", "fails orphan (customer C1)");
    let gone = earlier().map(Customer, "C1", mapped(7)).gone(7);
    check(&gone, "vehicle.customer", "fails orphan (customer C1)");
    let others = golf().with(|case| {
        case.ambiguous.add_own("other", [(Customer, "C1")].into_iter());
        case.ambiguous
            .add_own(SOURCE, [(Customer, "C2"), (Vehicle, "C1")].into_iter());
    });
    check(&others.map(Customer, "C1", mapped(7)), "vehicle.customer", "to #7");
}

#[test]
fn a_record_of_the_same_row_is_meant_where_no_column_says_otherwise() {
    let together = || case(MIXED, &["C1|Jenny Robb||AB12 CDE"]);
    check(&together(), "vehicle.customer", "to 2.customer");
    check(&together().map(Customer, "C1", mapped(7)), "vehicle.customer", "to #7");
    check(
        &together().map(Customer, "C1", mapped(7)).gone(7),
        "vehicle.customer",
        "fails orphan (customer)",
    );
    let lost = together().with(|case| case.facts.found.clear());
    check(&lost, "vehicle.customer", "fails orphan (customer)");
}

#[test]
fn a_registration_leads_to_the_only_vehicle_that_has_it() {
    check(&job().registration("AB12CDE", &[7]), "work_order.vehicle", "to #7");
    check(&job().registration("AB12CDE", &[7, 7]), "work_order.vehicle", "to #7");
    check(&job().registration("AB12CDE", &[7, 8]), "work_order.vehicle", "nowhere");
    check(&job().registration("XY34ZZZ", &[7]), "work_order.vehicle", "nowhere");
    check(&job(), "work_order.vehicle", "nowhere");
}

#[test]
fn a_registration_leads_to_the_vehicle_of_the_customer_first() {
    let two = || job().registration("AB12CDE", &[7, 8]);
    check(
        &two().map(Vehicle, "C1|AB12CDE", mapped(9)),
        "work_order.vehicle",
        "to #9",
    );
    check(
        &two().map(Vehicle, "C2|AB12CDE", mapped(9)),
        "work_order.vehicle",
        "nowhere",
    );
    check(
        &two().map(Vehicle, "C1|AB12CDE", mapped(9)).gone(9),
        "work_order.vehicle",
        "nowhere",
    );
}

#[test]
fn a_registration_leads_to_vehicles_of_the_batch_too() {
    let rows = ["C1|Jenny Robb||AB12 CDE", "||||J1|AB12 CDE"];
    check(&case(MIXED, &rows), "work_order.vehicle", "to 2.vehicle");
    check(
        &case(MIXED, &rows).last_row_apart(),
        "work_order.vehicle",
        "to 2.vehicle",
    );
    let stored_too = case(MIXED, &rows).registration("AB12CDE", &[7]);
    check(&stored_too, "work_order.vehicle", "nowhere");
    // The batch before may be committed by the time that the store is asked.
    let committed = case(MIXED, &rows).last_row_apart().with(|case| {
        let key = torqueflow_dedupe::MatchKey::of_registration("AB12CDE").hash;
        let vehicle = super::support::new(2, "vehicle");
        case.facts.registrations.insert(key, vec![vehicle]);
    });
    check(&committed, "work_order.vehicle", "to 2.vehicle");
}

#[test]
fn an_essential_registration_fails_its_row() {
    let reminder = || {
        case(
            "reminder.registration|reminder.kind|reminder.due_on",
            &["AB12CDE|MOT|2027-03-21"],
        )
    };
    let unlinked = |case: Case| case.with(|case| case.orphans = Orphans::Unlinked);
    check(&reminder(), "reminder.vehicle", "fails orphan (vehicle AB12CDE)");
    check(&unlinked(reminder()), "reminder.vehicle", "nowhere");
    let several = || reminder().registration("AB12CDE", &[7, 8]);
    let fails = "fails registration_ambiguous_row (AB12CDE)";
    check(&several(), "reminder.vehicle", fails);
    check(&unlinked(several()), "reminder.vehicle", "nowhere");
    check(&reminder().registration("AB12CDE", &[7]), "reminder.vehicle", "to #7");
}

/// The job's customer is `Jenny Robb`, and these customers of the run have that name.
fn named(of_run: &[&str]) -> Case {
    let names: Vec<String> = of_run.iter().map(|id| format!("{id}|Jenny Robb")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let customers = case(CUSTOMERS, &names);
    case(WORK_ORDERS, &["J1|Jenny Robb"]).with(|case| {
        for row in &customers.rows {
            case.names.add_row(SOURCE, &row.clean);
        }
        case.rows[0].clean.named.push(NamedLink {
            from: 0,
            field: "customer",
            called: Called {
                names: vec!["jenny robb".to_owned()],
                contacts: MatchValues::default(),
            },
        });
    })
}

/// Customers of the store have that name.
fn of_store(mut case: Case, ids: &[u128]) -> Case {
    let candidates = ids.iter().map(|id| StoredCandidate {
        id: stored(*id),
        is_hidden: false,
        values: MatchValues {
            number: Some(format!("N{id}")),
            ..MatchValues::default()
        },
    });
    case.facts.named.insert("jenny robb".to_owned(), candidates.collect());
    case
}

fn brought(mut case: Case, id: &str, record: u128) -> Case {
    let customer = RunCustomer {
        source_system: SOURCE.to_owned(),
        id: id.to_owned(),
    };
    case.facts.of_run.insert(customer, stored(record));
    case
}

#[test]
fn a_name_leads_to_the_only_customer_of_the_run_then_of_the_store() {
    let field = "work_order.customer";
    check(&brought(named(&["C1"]), "C1", 7), field, "to #7");
    check(&of_store(brought(named(&["C1"]), "C1", 7), &[8]), field, "to #7");
    check(&of_store(named(&[]), &[8]), field, "to #8");
    // Several are told by the analysis, and so is nobody.
    check(
        &of_store(brought(named(&["C1", "C2"]), "C1", 7), &[8]),
        field,
        "nowhere",
    );
    check(&of_store(named(&[]), &[8, 9]), field, "nowhere");
    check(&named(&[]), field, "nowhere");
}

#[test]
fn a_customer_of_the_run_who_did_not_come_is_told() {
    let field = "work_order.customer";
    check(&of_store(named(&["C1"]), &[8]), field, "to #8");
    check(&named(&["C1"]), field, "untold link_name_not_found (Jenny Robb)");
    let several = of_store(named(&["C1"]), &[8, 9]);
    check(&several, field, "untold link_name_ambiguous (Jenny Robb (N8, N9))");
}

#[test]
fn a_name_that_is_an_id_is_an_id_first() {
    let field = "work_order.customer";
    let by_id = of_store(named(&[]), &[8]).map(Customer, "Jenny Robb", mapped(7));
    check(&by_id, field, "to #7");
}

#[test]
fn a_name_never_fails_its_row() {
    // Unlike a number that leads nowhere.
    check(&named(&[]), "work_order.customer", "nowhere");
    check(&job(), "work_order.customer", "fails orphan (customer C1)");
}

fn know_lookup(case: &mut Case, kind: EntityKind) {
    case.facts.lookups.insert((kind, "leeds".to_owned()), stored(7));
}

#[test]
fn a_lookup_is_found_by_its_name_or_made() {
    let known = |kind: EntityKind| golf().with(|case| know_lookup(case, kind));
    check(&known(Location), "vehicle.location", "to #7");
    check(&known(CustomerGroup), "vehicle.location", "new location leeds");
    check(&golf(), "vehicle.location", "new location leeds");
    let none_made = golf().with(|case| case.create_missing = false);
    check(
        &none_made,
        "vehicle.location",
        "untold lookup_not_created (location Leeds)",
    );
    check(
        &known(Location).with(|case| case.create_missing = false),
        "vehicle.location",
        "to #7",
    );
}

#[test]
fn a_lookup_that_a_row_has_made_is_found_by_those_of_the_next_batch() {
    let rows = ["OF1|Oil filter||Filters", "OF2|Air filter||FILTERS"];
    let apart = case(PRODUCTS, &rows).last_row_apart();
    check(&apart, "product.family", "to 2.product.family");
    let other = case(PRODUCTS, &[rows[0], "BP1|Brake pads||Brakes"]).last_row_apart();
    check(&other, "product.family", "new product_family brakes");
}

#[test]
fn a_mapping_of_another_kind_is_no_lookup() {
    let mapped_name = golf()
        .map(Location, "Leeds", mapped(7))
        .map(WorkOrder, "Leeds", mapped(8));
    check(
        &mapped_name.map(Product, "Leeds", mapped(9)),
        "vehicle.location",
        "new location leeds",
    );
}

/// Whether the links of the vehicle are settled: customer and location.
#[track_caller]
fn check_settled(imported: &serde_json::Value, expected: [bool; 2]) {
    let case = golf().imported(Vehicle, "C1|AB12CDE", imported.clone());
    let settled: Vec<bool> = case.at_last_row(|view, row| {
        let links = wanted(&row.clean);
        links.iter().map(|link| view.is_settled(row, link)).collect()
    });
    assert_eq!(settled, expected, "{imported}");
}

#[test]
fn a_link_is_settled_where_the_source_names_what_was_found_last_time() {
    use serde_json::json;
    check_settled(&json!({}), [false, false]);
    check_settled(&json!({ "customer": "C1", "customer_id": stored(7) }), [true, false]);
    check_settled(&json!({ "customer": "C2", "customer_id": stored(7) }), [false, false]);
    // It led nowhere last time.
    check_settled(&json!({ "customer": "C1" }), [false, false]);
    check_settled(&json!({ "customer_id": stored(7) }), [false, false]);
    check_settled(
        &json!({ "location": "Leeds", "location_id": ["", stored(7), "kept"] }),
        [false, true],
    );
}
