//! The tabs of a Techman export, whole and damaged, and what resembles them.

use torqueflow_detection::{ConfidenceLevel, Detection, Detector, built_in_sources, parse_source};
use torqueflow_model::{Cell, FieldRef, MappedCell, SourceAdapter, TableSignature};
use torqueflow_techman::techman;

fn detector() -> Detector {
    let mut sources = built_in_sources();
    sources.push(techman().definition().clone());
    Detector::new(sources)
}

fn headers(table: &TableSignature) -> Vec<String> {
    table.columns.iter().map(|column| column.header.clone()).collect()
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn type_of(detection: &Detection) -> Option<&str> {
    detection.table_type.as_ref().map(|found| found.type_id.as_str())
}

const MINIMUM: &[&str] = &[
    "CustomerNumber",
    "CustomerName",
    "Phone",
    "PhoneLandline",
    "Email",
    "CustomerGroupName",
    "CustomerOnStop",
    "VehicleRemindersEnabled",
    "NotificationsEnabled",
];

#[test]
fn the_definition_has_every_tab() {
    let labels: Vec<_> = techman()
        .definition()
        .tables
        .iter()
        .map(|table| table.label.clone())
        .collect();
    let expected = "Techman CustomersAndVehicles, Techman UI export, Techman Suppliers, Techman Products, \
                    Techman LabourUnits, Techman Jobs, Techman JobNotes, Techman JobParts, Techman JobLabour, \
                    Techman Invoices, Techman Payments, Techman Reminders";
    assert_eq!(labels.join(", "), expected);
}

#[test]
fn every_tab_is_recognised_in_any_order_and_case_with_all_its_columns() {
    let detector = detector();
    for table in &techman().definition().tables {
        let mut reversed = headers(table);
        reversed.reverse();
        let upper = headers(table).iter().map(|text| text.to_uppercase()).collect();
        let lower = headers(table)
            .iter()
            .map(|text| format!(" {} ", text.to_lowercase()))
            .collect();
        for columns in [headers(table), reversed, upper, lower] {
            let detection = detector.detect(&columns, &[]);
            assert_eq!(type_of(&detection), Some(table.type_id.as_str()), "{columns:?}");
            assert_eq!(detection.confidence_level, ConfidenceLevel::High, "{columns:?}");
            assert!(detection.warnings.is_empty(), "{:?}", detection.warnings);
            assert!(
                detection.columns.iter().all(|column| column.field.is_some()),
                "{columns:?}"
            );
        }
    }
}

#[test]
fn a_tab_without_one_column_stays_what_it_is_and_says_what_it_lacks() {
    let detector = detector();
    for table in &techman().definition().tables {
        for (index, left_out) in headers(table).into_iter().enumerate() {
            let mut columns = headers(table);
            columns.remove(index);
            let detection = detector.detect(&columns, &[]);
            assert_eq!(
                type_of(&detection),
                Some(table.type_id.as_str()),
                "without {left_out}: {:?}",
                detection.evidence
            );
            let needed = table.required.iter().any(|group| group == &[index]);
            let missing = if needed { vec![left_out] } else { Vec::new() };
            assert_eq!(detection.missing_required(), missing);
        }
    }
}

/// `missing`: what the warning names; `None` where there must be no warning.
fn check(columns: &[&str], type_id: &str, missing: Option<&str>) {
    let detection = detector().detect(&strings(columns), &[]);
    assert_eq!(
        type_of(&detection),
        Some(type_id),
        "{columns:?}: {:?}",
        detection.evidence
    );
    let warning = detection
        .warning("missing_required_column")
        .map(|warning| warning.message.clone());
    let expected = missing.map(|names| format!("Missing required column: {names}"));
    assert_eq!(warning, expected, "{columns:?}");
}

#[test]
fn all_of_the_signature_is_techman_and_some_of_it_is_not() {
    let without = |left_out: &[&str]| -> Vec<&str> {
        MINIMUM
            .iter()
            .copied()
            .filter(|name| !left_out.contains(name))
            .collect()
    };
    check(MINIMUM, "techman.customers", None);
    check(&without(&["Phone"]), "techman.customers", None);
    check(
        &without(&["Phone", "PhoneLandline"]),
        "techman.customers",
        Some("Phone or PhoneLandline"),
    );
    check(
        &without(&["Email", "CustomerGroupName"]),
        "techman.customers",
        Some("Email, CustomerGroupName"),
    );
    check(
        &without(&["Email", "CustomerGroupName", "CustomerOnStop"]),
        "generic.customers",
        None,
    );
    check(&["CustomerNumber", "CustomerName", "Email"], "generic.customers", None);
    let mut with_vehicle = MINIMUM.to_vec();
    with_vehicle.extend(["VehicleRegistration", "VehicleMake"]);
    check(&with_vehicle, "techman.customers_and_vehicles", None);
    check(&["Product Code", "Product Name", "Price"], "generic.products", None);
    check(
        &["Job No", "Labour Code", "Description", "Hours"],
        "generic.work_order_labour",
        None,
    );
}

#[test]
fn a_person_who_says_techman_is_told_all_that_is_missing() {
    let columns = strings(&["CustomerNumber", "CustomerName", "Email"]);
    let detection = detector().detect_as("techman", &columns, &[]);
    let missing = detection.as_ref().map(Detection::missing_required).unwrap_or_default();
    let expected =
        "Phone or PhoneLandline, CustomerGroupName, CustomerOnStop, VehicleRemindersEnabled, NotificationsEnabled";
    assert_eq!(missing.join(", "), expected);
    assert_eq!(detection.as_ref().and_then(type_of), Some("techman.customers"));
    let nothing = detector().detect_as("techman", &strings(&["Zodiac"]), &[]);
    assert!(nothing.is_some_and(|detection| detection.warning("unrecognised_file").is_some()));
}

#[test]
fn another_system_with_the_same_headers_is_noted() {
    let columns: Vec<String> = MINIMUM.iter().map(|name| format!("{name} = \"\"")).collect();
    let columns = columns.join("\n");
    let twin = format!(
        "id = \"twin\"\nlabel = \"Twin\"\n[[table]]\ntype = \"twin.customers\"\nlabel = \"Twin\"\nnoun = \"customers\"\n\
         required = {MINIMUM:?}\n[table.columns]\n{columns}"
    );
    let twin = parse_source(&twin).unwrap();
    for sources in [
        vec![twin.clone(), techman().definition().clone()],
        vec![techman().definition().clone(), twin],
    ] {
        let detection = Detector::new(sources).detect(&strings(MINIMUM), &[]);
        assert_eq!(type_of(&detection), Some("techman.customers"));
        let message = detection
            .warning("compatible_source")
            .map(|warning| warning.message.clone());
        assert_eq!(
            message.as_deref(),
            Some("Twin exports the same columns. The file is treated as Techman, which you can change.")
        );
    }
}

#[test]
fn the_name_is_the_companys_where_the_contact_is_somebody_else() {
    let arranged = |customer: &str, contact: &str| {
        let cell = |name: &str, text: &str| MappedCell {
            field: FieldRef::parse(name).unwrap(),
            column: None,
            cell: Cell::text(text),
        };
        let mut cells = vec![
            cell("customer.display_name", customer),
            cell("customer.contact_name", contact),
        ];
        techman().arrange("techman.customers", &mut cells);
        cells.first().map(|cell| cell.field.to_string()).unwrap_or_default()
    };
    let check = |customer, contact, expected| assert_eq!(arranged(customer, contact), expected, "{customer}/{contact}");
    check("Smith & Sons Ltd", "Ada Smith", "customer.company");
    check("Leeds Taxis", "Bob", "customer.company");
    check("Mrs Ada Smith", "Ada Smith", "customer.display_name");
    check("A. Smith", "Ada Smith", "customer.display_name");
    check("ADA SMITH", "Ada", "customer.display_name");
    check("Ada Smith", "", "customer.display_name");
    check("", "Ada Smith", "customer.display_name");
}
