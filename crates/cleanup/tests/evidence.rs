//! What the rest of the row and of the column says of a cell.

use time::macros::date;
use torqueflow_cleanup::{ColumnFacts, ColumnText, Context, Country, Damage, Origin, clean_record};
use torqueflow_model::{Cell, FieldRef, MappedCell, Slot};

/// The fields of a slot as `field=value`, then the codes of the findings. Cells are `slot.field`, text, in columns from 0.
fn clean(slot: &str, cells: &[(&str, &str)], facts: &[ColumnFacts], country: Country) -> Vec<String> {
    let cells: Vec<MappedCell> = cells
        .iter()
        .enumerate()
        .map(|(column, (field, text))| MappedCell {
            field: FieldRef::parse(field).unwrap_or_else(|| panic!("no field {field}")),
            column: Some(column),
            cell: Cell::text(*text),
        })
        .collect();
    let context = Context::new(date!(2026 - 11 - 21))
        .with_default_country(country)
        .with_columns(facts.to_vec());
    let slot = Slot::from_name(slot).unwrap_or_else(|| panic!("no slot {slot}"));
    let cleaned = clean_record(slot, &cells, &context);
    let made = ["sort_name", "search_name", "address_type", "is_primary"];
    let shown = cleaned
        .fields
        .iter()
        .filter(|field| !made.contains(&field.spec.name) && !field.spec.name.ends_with("_as_given"));
    let mut lines: Vec<String> = shown
        .map(|field| format!("{}={}", field.spec.name, field.value))
        .collect();
    lines.sort_unstable();
    lines.extend(cleaned.findings.iter().map(|finding| match finding.detail.as_str() {
        "" => format!("[{}]", finding.code.code()),
        detail => format!("[{}: {detail}]", finding.code.code()),
    }));
    lines
}

#[track_caller]
fn check(slot: &str, cells: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(clean(slot, cells, &[], Country::GB), expected);
}

/// A telephone cell in a column from there.
#[track_caller]
fn check_phone(text: &str, origin: Origin, expected: &[&str]) {
    let facts = [ColumnFacts::default().with_origin(origin)];
    assert_eq!(
        clean("customer", &[("customer.phone", text)], &facts, Country::GB),
        expected
    );
}

#[test]
fn numbers_are_those_of_the_address_s_country() {
    for (number, country, expected) in [
        ("087 123 4567", "Ireland", "phone=+353871234567"),
        ("06 12 34 56 78", "France", "phone=+33612345678"),
        ("0151 12345678", "Germany", "phone=+4915112345678"),
        ("07400 123522", "Northern Ireland", "phone=+447400123522"),
        ("(207) 555-1234", "United States", "phone=+12075551234"),
    ] {
        check(
            "customer",
            &[("customer.phone", number), ("billing_address.country_code", country)],
            &[expected],
        );
    }
    check(
        "customer",
        &[
            ("customer.landline", "01534 888999"),
            ("billing_address.country_code", "Jersey"),
        ],
        &["landline=+441534888999"],
    );
}

#[test]
fn a_number_that_is_none_in_its_country_is_no_british_one_either() {
    check(
        "customer",
        &[
            ("customer.phone", "020 7946 0000"),
            ("billing_address.country_code", "Netherlands"),
        ],
        &["[phone_normalisation_failed]"],
    );
}

#[test]
fn a_canadian_address_in_one_line_shows_whose_numbers_they_are() {
    check(
        "customer",
        &[
            ("customer.phone", "204-555-0184"),
            ("billing_address.line_1", "12 Pine Ave, Winnipeg, MB, R3J 0A1"),
        ],
        &["phone=+12045550184"],
    );
}

#[test]
fn a_column_says_where_its_numbers_are_from() {
    check_phone("204-555-0184", Origin::From(Country::US), &["phone=+12045550184"]);
    check_phone("2045550184", Origin::From(Country::US), &["phone=+12045550184"]);
    check_phone("2045550184", Origin::Abroad, &["[phone_country_unknown]"]);
    check_phone("ask Ann", Origin::Abroad, &["[phone_normalisation_failed]"]);
    check_phone("204-555-0184", Origin::Unknown, &["[phone_normalisation_failed]"]);
    check_phone("07911 123456", Origin::From(Country::US), &["phone=+447911123456"]);
}

#[test]
fn a_british_column_that_lost_its_zeros_gets_them_back() {
    let british = Origin::From(Country::GB);
    check_phone(
        "7712345678",
        british,
        &["phone=+447712345678", "[phone_repaired: +447712345678]"],
    );
    check_phone(
        "2079460000",
        british,
        &[
            "landline=+442079460000",
            "[phone_repaired: +442079460000]",
            "[phone_moved: landline]",
        ],
    );
    check_phone("204-555-0184", british, &["[phone_normalisation_failed]"]);
}

#[test]
fn a_british_postcode_in_the_row_is_evidence_for_a_lost_zero() {
    check(
        "customer",
        &[
            ("customer.landline", "2079460000"),
            ("billing_address.postal_code", "LS6 3AA"),
        ],
        &["landline=+442079460000", "[phone_repaired: +442079460000]"],
    );
}

#[test]
fn the_country_of_the_data_holds_where_nothing_else_says_one() {
    let ireland = Country::from_name("Ireland").unwrap();
    let of = |cells: &[(&str, &str)]| clean("customer", cells, &[], ireland);
    assert_eq!(of(&[("customer.phone", "087 123 4567")]), ["phone=+353871234567"]);
    assert_eq!(
        of(&[
            ("customer.phone", "07911 123456"),
            ("billing_address.postal_code", "BT34 1AA")
        ]),
        ["phone=+447911123456"]
    );
}

#[test]
fn no_british_postcode_is_asked_of_a_row_from_elsewhere() {
    for (country, code) in [("Ireland", "D02 X285"), ("France", "62100")] {
        let cells = [
            ("billing_address.postal_code", code),
            ("billing_address.country_code", country),
        ];
        let lines = clean("billing_address", &cells, &[], Country::GB);
        assert!(lines.iter().all(|line| !line.starts_with('[')), "{lines:?}");
    }
    check(
        "billing_address",
        &[("billing_address.postal_code", "r3j 0a1")],
        &["postal_code=R3J 0A1"],
    );
    check(
        "billing_address",
        &[("billing_address.postal_code", "12345")],
        &["postal_code=12345", "[postcode_unknown_format]"],
    );
    let abroad = [ColumnFacts::default().with_origin(Origin::Abroad)];
    assert_eq!(
        clean(
            "billing_address",
            &[("billing_address.postal_code", "12345")],
            &abroad,
            Country::GB
        ),
        ["postal_code=12345"]
    );
}

#[test]
fn suppliers_have_an_address_of_their_own() {
    check(
        "supplier",
        &[
            ("supplier.name", "Kern Teile GmbH"),
            ("supplier.phone", "030 901820"),
            ("supplier.country_code", "Germany"),
        ],
        &["country_code=DE", "name=Kern Teile GmbH", "phone=+4930901820"],
    );
}

#[test]
fn what_stands_for_no_value_is_none_in_any_field() {
    for (field, text) in [
        ("vehicle.fuel", "N/A"),
        ("vehicle.fuel", "nan"),
        ("vehicle.mileage", "N/A"),
        ("vehicle.mileage", "nan"),
        ("vehicle.engine_cc", "None"),
        ("vehicle.first_registered_on", "N/A"),
        ("vehicle.first_registered_on", "NaT"),
    ] {
        check("vehicle", &[(field, text)], &["[value_placeholder]"]);
    }
    check("vehicle", &[("vehicle.mileage", "some")], &["[number_invalid]"]);
    check(
        "vehicle",
        &[("vehicle.first_registered_on", "soon")],
        &["[date_invalid]"],
    );
    check(
        "vehicle",
        &[("vehicle.vin", "NOVIN-4C49788D784")],
        &["[vin_placeholder]"],
    );
}

#[test]
fn a_control_character_is_no_space_and_is_told() {
    check(
        "vehicle",
        &[("vehicle.model", "K\u{81}bel")],
        &["model=K\u{fffd}bel", "[text_damaged: Kübel]"],
    );
    let facts = ColumnFacts::default().with_text(ColumnText {
        code_page: Damage::Proven,
        ..ColumnText::default()
    });
    let read = |text| clean("vehicle", &[("vehicle.model", text)], &[facts], Country::GB);
    assert_eq!(read("K\u{81}bel"), ["model=Kübel"]);
    assert_eq!(read("Gro\u{e1}raum"), ["model=Großraum"]);
    assert_eq!(read("Kübel"), ["model=Kübel"]);
}
