//! Header rows of no known system: told by what their columns mean, or left alone.

use std::sync::LazyLock;

use torqueflow_detection::{ConfidenceLevel, Detector, MatchedBy, Surroundings, built_in_sources};
use torqueflow_model::{Cell, Row};

mod support;
use support::{cases, samples};

static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::new(built_in_sources()));

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn rows(values: &[&[&str]]) -> Vec<Row> {
    let cells = |row: &&[&str]| row.iter().map(|text| Cell::text(*text)).collect();
    values
        .iter()
        .map(|row| Row {
            number: 0,
            cells: cells(row),
        })
        .collect()
}

#[test]
fn tables_are_what_their_columns_say_and_other_things_stay_unrecognised() {
    let mut wrong = Vec::new();
    for case in cases(include_str!("other_headers.txt")) {
        for samples in [samples(&case.columns), Vec::new()] {
            let detection = DETECTOR.detect(&case.columns, &samples);
            let found = detection.table_type.as_ref();
            let entities: Vec<String> = found
                .iter()
                .flat_map(|found| &found.entities)
                .map(ToString::to_string)
                .collect();
            let source = found.map(|found| found.source_system.clone());
            if (&entities, &source) != (&case.entities, &case.source) {
                let candidates: Vec<_> = detection.candidates.iter().map(|found| &found.type_id).collect();
                wrong.push(format!(
                    "{}: {entities:?} {:.2} {candidates:?} {:?} {:?}",
                    case.name, detection.confidence, detection.alternatives, detection.evidence
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_unrecognised_table_still_has_suggestions() {
    let columns = strings(&["A", "B", "Zodiac", "Telphone"]);
    let samples = rows(&[
        &["ada@smith.example", "AB12 CDE", "Leo", ""],
        &["bob@jones.example", "AB13 CDE", "Aries", ""],
    ]);
    let detection = DETECTOR.detect(&columns, &samples);
    assert_eq!(detection.table_type, None);
    assert_eq!(detection.confidence_level, ConfidenceLevel::None);
    let warning = detection
        .warning("unrecognised_file")
        .map(|warning| warning.message.as_str());
    assert_eq!(
        warning,
        Some("This file wasn't recognised. Check the format and try again.")
    );
    let suggested: Vec<_> = detection
        .columns
        .iter()
        .map(|column| (column.field.is_some(), column.by))
        .collect();
    let expected = [
        (true, MatchedBy::Values),
        (true, MatchedBy::Values),
        (false, MatchedBy::Unmapped),
        (true, MatchedBy::Similar),
    ];
    assert_eq!(suggested, expected, "{:?}", detection.columns);
}

/// The field of one column, given the others and their values.
fn check_field(columns: &[&str], values: &[&[&str]], column: usize, expected: Option<&str>, by: MatchedBy) {
    let detection = DETECTOR.detect(&strings(columns), &rows(values));
    let found = detection.columns.get(column);
    let field = found.and_then(|found| found.field).map(|field| field.to_string());
    assert_eq!(field.as_deref(), expected, "{columns:?} {:?}", detection.evidence);
    assert_eq!(found.map(|found| found.by), Some(by), "{columns:?}");
}

#[test]
fn columns_find_their_fields() {
    use MatchedBy::{Alias, Similar, Unmapped, Values};
    check_field(
        &["Name", "Mobile", "Telephone"],
        &[],
        2,
        Some("customer.landline"),
        Alias,
    );
    check_field(&["Name", "Telephone"], &[], 1, Some("customer.phone"), Alias);
    check_field(
        &["Name", "Email", "Delivery Post Code"],
        &[],
        2,
        Some("shipping_address.postal_code"),
        Alias,
    );
    check_field(
        &["Name", "Email", "billing_address.line_1"],
        &[],
        2,
        Some("billing_address.line_1"),
        Alias,
    );
    check_field(
        &["Name", "Emial Adress", "Phone"],
        &[],
        1,
        Some("customer.email"),
        Similar,
    );
    check_field(&["Name", "Phone", "Car Phone"], &[], 2, None, Unmapped);
    check_field(&["Cust Name", "Cust Tel No"], &[], 1, Some("customer.phone"), Alias);
    check_field(
        &["Veh Reg", "Make", "Cust Number"],
        &[],
        2,
        Some("vehicle.customer"),
        Similar,
    );
    let plates: &[&[&str]] = &[&["Ford", "Focus", "AB12CDE"], &["Fiat", "500", "AB13CDE"]];
    check_field(
        &["Make", "Model", "Identity"],
        plates,
        2,
        Some("vehicle.registration"),
        Values,
    );
    let dates: &[&[&str]] = &[
        &["a@b.example", "Ada", "13/05/2024"],
        &["c@d.example", "Bob", "14/05/2024"],
    ];
    check_field(&["Email", "Name", "Registration"], dates, 2, None, Unmapped);
}

#[test]
fn what_a_customer_refuses_is_known_in_many_words() {
    for (header, field) in [
        ("Do Not Email", "customer.no_email"),
        ("Unsubscribed", "customer.no_email"),
        ("No SMS", "customer.no_sms"),
        ("Do Not Text", "customer.no_sms"),
        ("Opt Out", "customer.no_notifications"),
        ("Do Not Contact", "customer.no_notifications"),
        ("Email Opt In", "customer.notify_email"),
        ("SMS Consent", "customer.sms_consent"),
    ] {
        check_field(
            &["Name", "Email", "Mobile", header],
            &[],
            3,
            Some(field),
            MatchedBy::Alias,
        );
    }
}

#[test]
fn yes_and_no_are_no_names() {
    let partners: &[&[&str]] = &[
        &["Harbour Taxis", "TRUE", "a@b.example", "Leeds"],
        &["Bea Lund", "TRUE", "c@d.example", "York"],
        &["Ivo Marsh", "", "e@f.example", "York"],
    ];
    let columns = ["Name", "Customer", "Email", "City"];
    check_field(&columns, partners, 0, Some("customer.display_name"), MatchedBy::Alias);
    check_field(&columns, partners, 1, None, MatchedBy::Unmapped);
    let shop: &[&[&str]] = &[
        &["Cora Fell", "cora@fell.example", "1 Mill Lane", "False"],
        &["Dan Reed", "dan@reed.example", "2 Mill Lane", "False"],
    ];
    let columns = ["customer_name", "email", "address_line_1", "shipping_address"];
    check_field(&columns, shop, 3, None, MatchedBy::Unmapped);
}

#[test]
fn a_name_of_one_letter_is_no_flag() {
    let values: &[&[&str]] = &[&["Ada", "N", "a@b.example"], &["Bob", "Young", "c@d.example"]];
    check_field(
        &["First Name", "Last Name", "Email"],
        values,
        1,
        Some("customer.last_name"),
        MatchedBy::Alias,
    );
}

#[test]
fn an_address_book_gives_all_its_numbers() {
    let headers = [
        "First Name",
        "Last Name",
        "E-mail Address",
        "E-mail 2 Address",
        "Mobile Phone",
        "Home Phone",
        "Business Phone",
        "Home Street",
        "Business Street",
        "Manager's Name",
    ];
    for (column, field) in [
        (3, "customer.email"),
        (4, "customer.phone"),
        (5, "customer.landline"),
        (6, "customer.landline"),
        (7, "billing_address.line_1"),
        (8, "billing_address.line_1"),
    ] {
        check_field(&headers, &[], column, Some(field), MatchedBy::Alias);
    }
}

/// The type of a table without, and with, a sample of its values.
fn check_type(columns: &[&str], values: &[&[&str]], expected: &str) {
    let detection = DETECTOR.detect(&strings(columns), &rows(values));
    let found = detection.table_type.map(|found| found.type_id);
    assert_eq!(found.as_deref(), Some(expected), "{columns:?} {:?}", detection.evidence);
}

#[test]
fn a_registration_is_a_vehicles_when_its_name_or_its_values_say_so() {
    let plates: &[&[&str]] = &[&["Ada", "a@b.example", "AB12 CDE"], &["Bob", "c@d.example", "P456 XYC"]];
    let licences: &[&[&str]] = &[&["Ada", "a@b.example", "0001-77"], &["Bob", "c@d.example", "0002-78"]];
    check_type(
        &["Name", "Email", "Registration"],
        plates,
        "generic.customers_and_vehicles",
    );
    check_type(&["Name", "Email", "Registration"], licences, "generic.customers");
    check_type(&["Name", "Email", "License"], licences, "generic.customers");
    check_type(&["Name", "Email", "Reg No"], &[], "generic.customers_and_vehicles");
}

#[test]
fn customers_and_suppliers_with_the_same_columns_need_a_person() {
    let columns = strings(&[
        "Main Contact Name",
        "Main Contact Phone",
        "Main Address Line 1",
        "Ledger Account",
    ]);
    let detection = DETECTOR.detect(&columns, &[]);
    assert_eq!(detection.table_type, None);
    let codes: Vec<_> = detection.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["unrecognised_file", "ambiguous_type"]);
    let candidates: Vec<_> = detection
        .candidates
        .iter()
        .map(|found| found.type_id.as_str())
        .collect();
    assert_eq!(candidates, ["sage_accounting.customers", "sage_accounting.suppliers"]);
    for (file, expected) in [
        ("customers.csv", "sage_accounting.customers"),
        ("Suppliers 2024.csv", "sage_accounting.suppliers"),
    ] {
        let around = Surroundings {
            file_name: file.to_owned(),
            ..Surroundings::default()
        };
        let found = DETECTOR.detect_in(&columns, &[], &around).table_type;
        assert_eq!(found.map(|found| found.type_id).as_deref(), Some(expected), "{file}");
    }
}

#[test]
fn a_template_is_recognised_by_names_and_by_labels() {
    for kind in torqueflow_model::EntityKind::ALL {
        let fields = || kind.fields().iter().filter(|field| field.mappable);
        for columns in [
            fields().map(|field| field.name.to_owned()).collect::<Vec<_>>(),
            fields().map(|field| field.label.to_owned()).collect(),
            fields().map(|field| format!("{kind}.{}", field.name)).collect(),
        ] {
            let detection = DETECTOR.detect(&columns, &[]);
            let found = detection.table_type.map(|found| found.entities);
            if kind.is_lookup() {
                // A bare `Name` may be that of any of them.
                assert!(
                    found.is_none_or(|found| found.iter().all(|kind| kind.is_lookup())),
                    "{columns:?}"
                );
            } else {
                assert_eq!(found, Some(vec![kind]), "{columns:?} {:?}", detection.evidence);
            }
        }
    }
}

#[test]
fn a_person_may_say_which_type_it_is() {
    let columns = strings(&["Name", "Shoe size"]);
    let detection = DETECTOR.detect_type("generic.vehicles", &columns, &[]);
    let missing = detection.as_ref().map(|detection| detection.missing_required().len());
    assert_eq!(missing, Some(3));
    assert_eq!(DETECTOR.detect_type("generic.spaceships", &columns, &[]), None);
    assert_eq!(DETECTOR.detect_as("nobody", &columns, &[]), None);
}

#[test]
fn odd_headers_are_warned_of() {
    let columns = strings(&["Name", "Email", "name", "", "Blood group"]);
    let detection = DETECTOR.detect(&columns, &rows(&[&["Ada", "a@b.example", "Ada", "x", "A"]]));
    let codes: Vec<_> = detection.warnings.iter().map(|warning| warning.code).collect();
    assert_eq!(codes, ["duplicate_header", "empty_header", "unmapped_columns"]);
}

#[test]
fn nothing_at_all_is_no_table() {
    for columns in [strings(&[]), strings(&["", ""]), vec!["x".repeat(100_000)]] {
        assert_eq!(DETECTOR.detect(&columns, &[]).table_type, None);
    }
}

#[test]
fn a_column_that_says_company_or_person_is_known_by_its_values() {
    let field_of = |headers: &[&str], values: &[&[&str]]| {
        let detection = DETECTOR.detect(&strings(headers), &rows(values));
        let column = detection.columns.iter().find(|column| column.header == headers[1]);
        column.and_then(|column| column.field).map(|field| field.to_string())
    };
    let check = |header: &str, kinds: [&str; 2], expected: Option<&str>| {
        let values: [&[&str]; 2] = [
            &["Harbour", kinds[0], "a@harbour.example"],
            &["Mary Bank", kinds[1], "b@bank.example"],
        ];
        assert_eq!(
            field_of(&["Name", header, "Email"], &values).as_deref(),
            expected,
            "{header} {kinds:?}"
        );
    };
    check("type", ["Company", "Person"], Some("customer.company_or_person"));
    check("Kind", ["Business", "Individual"], Some("customer.company_or_person"));
    check("Typ", ["Firma", "privat"], Some("customer.company_or_person"));
    check("Tipo", ["Empresa", "Particular"], Some("customer.company_or_person"));
    check("Customer Type", ["Company", "Person"], Some("customer.customer_group"));
    // Of a vehicle, an address, a colour.
    check("Type", ["Private", "Business"], None);
    check("Type", ["Company", "Dealer"], None);
    check("Colour", ["Company", "Person"], None);
}
