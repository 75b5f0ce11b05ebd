//! Several columns for one field: which value is taken, and what is told of the others.

use time::macros::date;
use torqueflow_cleanup::{ColumnFacts, Context, clean_record};
use torqueflow_model::{Cell, FieldRef, FindingCode, MappedCell, Slot};

/// A column: its header, its field, what the cell says.
type Column<'a> = (&'a str, &'a str, &'a str);

fn clean(slot: &str, columns: &[Column<'_>], facts: Vec<ColumnFacts>) -> Vec<String> {
    let cells: Vec<MappedCell> = columns
        .iter()
        .enumerate()
        .map(|(column, (_, field, text))| MappedCell {
            field: FieldRef::parse(&format!("{slot}.{field}")).unwrap_or_else(|| panic!("no field {field}")),
            column: Some(column),
            cell: Cell::text(*text),
        })
        .collect();
    let headers = columns.iter().map(|(header, ..)| (*header).to_owned()).collect();
    let context = Context::new(date!(2026 - 11 - 21))
        .with_columns(facts)
        .with_headers(headers);
    let cleaned = clean_record(
        Slot::from_name(slot).unwrap_or_else(|| panic!("no slot {slot}")),
        &cells,
        &context,
    );
    let made = ["address_type", "is_primary", "sort_name", "search_name", "display_name"];
    let shown = cleaned
        .fields
        .iter()
        .filter(|field| !made.contains(&field.spec.name) && !field.spec.name.ends_with("_as_given"));
    let mut lines: Vec<String> = shown
        .map(|field| format!("{}={}", field.spec.name, field.value))
        .collect();
    lines.sort_unstable();
    // Nobody has a name here.
    let told = cleaned
        .findings
        .iter()
        .filter(|finding| finding.code != FindingCode::NameFromEmail);
    lines.extend(told.map(|finding| format!("[{}: {}]", finding.code.code(), finding.detail)));
    lines
}

#[track_caller]
fn check(columns: &[Column<'_>], expected: &[&str]) {
    assert_eq!(clean("customer", columns, Vec::new()), expected);
}

#[test]
fn the_first_filled_value_of_the_row_is_taken() {
    check(
        &[("Email", "email", ""), ("Email 2", "email", "bob@smith.example")],
        &["email=bob@smith.example"],
    );
}

#[test]
fn the_other_values_are_told_in_one_finding_with_their_columns() {
    check(
        &[
            ("Email", "email", "ada@smith.example"),
            ("Email 2", "email", "bob@smith.example"),
            ("Email 3", "email", "cat@smith.example"),
            ("Cust No", "external_customer_number", "C1"),
            ("Account", "external_customer_number", "A9"),
        ],
        &[
            "email=ada@smith.example",
            "external_customer_number=C1",
            "[other_values_left_out: E-mail: kept ada@smith.example (Email), left out bob@smith.example (Email 2), \
             cat@smith.example (Email 3); Customer number: kept C1 (Cust No), left out A9 (Account)]",
        ],
    );
}

#[test]
fn the_same_value_twice_is_no_finding() {
    check(
        &[
            ("Email", "email", "ada@smith.example"),
            ("Email 2", "email", "ADA@smith.example"),
            ("Phone", "phone", "07911 123456"),
            ("Mobile", "phone", "+44 7911 123456"),
        ],
        &["email=ada@smith.example", "phone=+447911123456"],
    );
}

#[test]
fn a_landline_is_no_mobile_while_another_column_has_one() {
    check(
        &[
            ("Phone", "phone", "01632 960001"),
            ("Phone 2", "landline", "01632 960002"),
            ("Mobile", "phone", "07911 123456"),
        ],
        &[
            "landline=+441632960002",
            "phone=+447911123456",
            "[other_values_left_out: Mobile: kept 07911 123456 (Mobile), left out 01632 960001 (Phone)]",
        ],
    );
}

#[test]
fn a_second_mobile_leaves_the_landline_s_place_to_a_landline() {
    check(
        &[
            ("Mobile", "phone", "07911 123456"),
            ("Mobile 2", "phone", "07911 123457"),
            ("Home", "landline", "01632 960001"),
        ],
        &[
            "landline=+441632960001",
            "phone=+447911123456",
            "[other_values_left_out: Mobile: kept 07911 123456 (Mobile), left out 07911 123457 (Mobile 2)]",
        ],
    );
}

#[test]
fn a_number_that_is_called_a_mobile_comes_first() {
    check(
        &[
            ("Primary Phone", "phone", "07911 123456"),
            ("Mobile Phone", "phone", "07911 123457"),
            ("Home Phone", "landline", "01632 960001"),
        ],
        &[
            "landline=+441632960001",
            "phone=+447911123457",
            "[other_values_left_out: Mobile: kept 07911 123457 (Mobile Phone), left out 07911 123456 (Primary Phone)]",
        ],
    );
}

#[test]
fn the_type_of_a_number_says_where_it_goes() {
    let typed = |kind| {
        clean(
            "customer",
            &[
                ("Phone 1 - Type", "phone_type", kind),
                ("Phone 1 - Value", "phone", "+1 212 555 0123"),
            ],
            vec![ColumnFacts::default(), ColumnFacts::default().with_type_column(Some(0))],
        )
    };
    assert_eq!(typed("* Mobile"), ["phone=+12125550123"]);
    assert_eq!(typed("Home"), ["landline=+12125550123"]);
    assert_eq!(
        typed("Work Fax"),
        ["[other_values_left_out: Mobile: left out +1 212 555 0123 (Phone 1 - Value)]"]
    );
}

#[test]
fn of_two_addresses_the_first_that_says_something_is_taken_whole() {
    let of = |home: &str, business: &str| {
        clean(
            "billing_address",
            &[
                ("Home Street", "line_1", home),
                ("Home City", "city", ""),
                ("Business Street", "line_1", business),
                ("Business City", "city", "Leeds"),
            ],
            [1, 1, 2, 2]
                .map(|address| ColumnFacts::default().with_address(address))
                .to_vec(),
        )
    };
    assert_eq!(of("", "Unit 4"), ["city=Leeds", "line_1=Unit 4"]);
    assert_eq!(
        of("5 High St", "Unit 4"),
        [
            "line_1=5 High St",
            "[other_values_left_out: Address line 1: kept 5 High St (Home Street), left out Unit 4 (Business Street); \
             Town: left out Leeds (Business City)]"
        ]
    );
    assert_eq!(of("-", "Unit 4")[..2], ["city=Leeds", "line_1=Unit 4"]);
}

#[test]
fn a_number_of_a_country_that_is_not_known_is_kept_or_told() {
    use torqueflow_cleanup::Origin;
    let of = |phone: &str, other: &str| {
        let abroad = vec![ColumnFacts::default().with_origin(Origin::Abroad); 2];
        clean(
            "customer",
            &[("Phone 1", "phone", phone), ("Phone 2", "phone", other)],
            abroad,
        )
    };
    assert_eq!(of("95 44 038526", ""), ["[phone_country_unknown: ]"]);
    assert_eq!(
        of("95 44 038526", "+91 90611 15493"),
        [
            "phone=+919061115493",
            "[phone_country_unknown: ]",
            "[other_values_left_out: Mobile: kept +91 90611 15493 (Phone 2), left out 95 44 038526 (Phone 1)]",
        ]
    );
}

#[test]
fn a_second_landline_in_the_mobile_s_place_is_told() {
    check(
        &[
            ("Home", "landline", "01632 960001"),
            ("Work", "landline", "01632 960002"),
        ],
        &["landline=+441632960001", "phone=+441632960002", "[phone_moved: phone]"],
    );
}
