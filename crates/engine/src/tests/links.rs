//! What the references of a row are, before anything is looked up.

use torqueflow_model::FindingCode;

use super::support::{MIXED, PRODUCTS, VEHICLES, WORK_ORDERS, case};
use crate::links::{Target, wanted};

/// The references of a row: the field, how its target is known, the ids that it may have, and what that is called.
#[track_caller]
fn check(columns: &str, cells: &str, expected: &[&str]) {
    let case = case(columns, &[cells]);
    let row = &case.rows[0].clean;
    let links = wanted(row);
    let told = links.iter().map(|link| {
        let known_by = match &link.target {
            Target::Row(index) => format!("row {}", row.records[*index].slot.name()),
            Target::Id(_) => "id".to_owned(),
            Target::Registration { .. } => "registration".to_owned(),
            Target::Name(_) => "name".to_owned(),
            Target::Named { .. } => "id or name".to_owned(),
        };
        let id = link.target.source_id().unwrap_or("-".to_owned());
        format!("{}: {known_by}, {id}, {}", link.spec.name, link.describe())
    });
    assert_eq!(told.collect::<Vec<_>>(), expected, "{cells}");
}

#[test]
fn a_column_says_what_a_reference_leads_to() {
    check(
        PRODUCTS,
        "OF1|Oil filter||Filters|S1",
        &[
            "family: name, -, product family Filters",
            "supplier: id, S1, supplier S1",
        ],
    );
    check(PRODUCTS, "OF1|Oil filter", &[]);
    check(
        VEHICLES,
        "C1|AB12 CDE||Leeds",
        &["customer: id, C1, customer C1", "location: name, -, location Leeds"],
    );
}

#[test]
fn a_vehicle_is_known_by_its_registration_best_with_its_customer() {
    check(
        WORK_ORDERS,
        "J1|C1|AB12 CDE",
        &[
            "customer: id, C1, customer C1",
            "vehicle: registration, C1|AB12CDE, vehicle AB12CDE",
        ],
    );
    check(
        WORK_ORDERS,
        "J1||AB12 CDE",
        &["vehicle: registration, -, vehicle AB12CDE"],
    );
}

#[test]
fn a_record_of_the_row_is_meant_where_no_column_says_otherwise() {
    check(
        MIXED,
        "C1|Jenny Robb||AB12 CDE",
        &["customer: row customer, -, customer"],
    );
    check(MIXED, "C1|Jenny Robb|C2|AB12 CDE", &["customer: id, C2, customer C2"]);
    check(
        MIXED,
        "C1|Jenny Robb||AB12 CDE|J1",
        &[
            "customer: row customer, -, customer",
            "customer: row customer, -, customer",
            "vehicle: row vehicle, -, vehicle",
        ],
    );
    // The customer of the row is the job's, and so the vehicle's.
    check(
        MIXED,
        "C1|Jenny Robb|||J1|AB12 CDE",
        &[
            "customer: row customer, -, customer",
            "vehicle: registration, C1|AB12CDE, vehicle AB12CDE",
        ],
    );
}

#[test]
fn a_finding_stands_in_the_cell_that_names_the_target() {
    let case = case(WORK_ORDERS, &["J1|C1|ab12 cde"]);
    let row = &case.rows[0].clean;
    let told = wanted(row).into_iter().map(|link| {
        let finding = link.finding(&case.cleaner, row, FindingCode::Orphan, link.describe());
        (finding.column, finding.field.unwrap().to_string(), finding.value)
    });
    let expected = [
        (1, "work_order.customer", "C1"),
        (2, "work_order.registration", "ab12 cde"),
    ];
    let expected = expected.map(|(column, field, value)| (Some(column), field.to_owned(), value.to_owned()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
