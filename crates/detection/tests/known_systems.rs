//! Header rows of real systems: in any order and case, and with any one column left out.

use torqueflow_detection::{Detection, Detector, built_in_sources};

mod support;
use support::{Case, cases, samples};

fn detect(detector: &Detector, columns: &[String]) -> Detection {
    detector.detect(columns, &samples(columns))
}

fn entities(detection: &Detection) -> Vec<String> {
    let found = detection.table_type.iter().flat_map(|found| &found.entities);
    found.map(ToString::to_string).collect()
}

fn check(detector: &Detector, case: &Case, columns: &[String], how: &str) {
    let detection = detect(detector, columns);
    let name = format!("{} ({how})", case.name);
    let said = format!("{:?} {:?}", detection.table_type, detection.evidence);
    assert_eq!(entities(&detection), case.entities, "{name}: {said}");
    let source = detection.table_type.map(|found| found.source_system);
    assert_eq!(source, case.source, "{name}: {:?}", detection.evidence);
}

fn each_case(variants: impl Fn(&[String]) -> Vec<(String, Vec<String>)>) {
    let detector = Detector::new(built_in_sources());
    for case in cases(include_str!("known_headers.txt")) {
        for (how, columns) in variants(&case.columns) {
            check(&detector, &case, &columns, &how);
        }
    }
}

/// The tables that are left out as wholes have no entities and a source.
fn is_left_out(case: &Case) -> bool {
    case.entities.is_empty() && case.source.is_some()
}

#[test]
fn header_rows_are_recognised_as_they_are() {
    each_case(|columns| vec![("as it is".to_owned(), columns.to_vec())]);
}

#[test]
fn the_order_of_columns_does_not_matter() {
    each_case(|columns| {
        let mut reversed = columns.to_vec();
        reversed.reverse();
        let mut dealt: Vec<String> = columns.iter().step_by(2).cloned().collect();
        dealt.extend(columns.iter().skip(1).step_by(2).cloned());
        vec![("reversed".to_owned(), reversed), ("dealt".to_owned(), dealt)]
    });
}

#[test]
fn upper_and_lower_case_do_not_matter() {
    each_case(|columns| {
        let upper = columns.iter().map(|text| text.to_uppercase()).collect();
        let lower = columns.iter().map(|text| text.to_lowercase()).collect();
        let spaced = columns.iter().map(|text| format!("\u{feff} {text} ")).collect();
        vec![
            ("upper".to_owned(), upper),
            ("lower".to_owned(), lower),
            ("spaced".to_owned(), spaced),
        ]
    });
}

/// What is left out as a whole must be beyond doubt: with a column less it may be nobody's, but it is no other system's.
#[test]
fn any_one_column_may_be_missing() {
    let detector = Detector::new(built_in_sources());
    for case in cases(include_str!("known_headers.txt")) {
        for left_out in 0..case.columns.len() {
            let mut rest = case.columns.clone();
            let how = format!("without `{}`", rest.remove(left_out));
            if is_left_out(&case) {
                let source = detect(&detector, &rest).table_type.map(|found| found.source_system);
                let source = source.filter(|source| source != "generic");
                assert!(
                    source.is_none() || source == case.source,
                    "{} ({how}): {source:?}",
                    case.name
                );
            } else {
                check(&detector, &case, &rest, &how);
            }
        }
    }
}

#[test]
fn a_table_with_all_the_columns_of_its_type_is_of_that_type() {
    let detector = Detector::new(built_in_sources());
    let known = detector.sources().iter().filter(|source| source.id != "generic");
    for table in known.flat_map(|source| &source.tables) {
        let columns: Vec<String> = table.columns.iter().map(|column| column.header.clone()).collect();
        let detection = detector.detect(&columns, &[]);
        let warned = detection.warning("ambiguous_type").is_some();
        let found = detection.table_type.map(|found| found.type_id);
        // Two tables of one system may have the same columns; then that is said.
        assert!(
            found.as_ref() == Some(&table.type_id) || warned,
            "{}: {found:?}",
            table.type_id
        );
    }
}

#[test]
fn a_table_that_is_left_out_is_named_with_the_reason() {
    let detector = Detector::new(built_in_sources());
    let columns = ["invoice_number", "code", "name", "amount", "sort_order"].map(String::from);
    let detection = detector.detect(&columns, &[]);
    let warnings: Vec<_> = detection
        .warnings
        .iter()
        .map(|warning| (warning.code, warning.message.as_str()))
        .collect();
    let expected = "Akaunting totals of invoices are left out: the totals of invoices are no payments; what an invoice \
                    comes to stands with the invoice.";
    assert_eq!(warnings, [("not_imported", expected)]);
    assert!(!detection.is_imported());
    assert_eq!(detection.missing_required(), [] as [String; 0]);
    let found = detection.table_type.unwrap();
    assert_eq!(
        (found.type_id.as_str(), found.entities.len()),
        ("akaunting.invoice_totals", 0)
    );
    // Most of a signature is not enough to leave a table out.
    let fewer = ["invoice_number", "code", "name", "amount"].map(String::from);
    let source = detector.detect(&fewer, &[]).table_type.map(|found| found.source_system);
    assert_ne!(source.as_deref(), Some("akaunting"));
}
