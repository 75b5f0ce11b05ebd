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

#[test]
fn any_one_column_may_be_missing() {
    each_case(|columns| {
        (0..columns.len())
            .map(|left_out| {
                let mut rest = columns.to_vec();
                let name = rest.remove(left_out);
                (format!("without `{name}`"), rest)
            })
            .collect()
    });
}
