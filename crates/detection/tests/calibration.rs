//! How often what is said is right: over header rows of known systems, with and without what is known of them, and over those
//! of nobody in particular. The table is in the README.

use std::collections::BTreeMap;
use std::fmt::Write;

use torqueflow_detection::{ConfidenceLevel, Detection, Detector, built_in_sources};

mod support;
use support::{Case, cases, samples};

const README: &str = include_str!("../README.md");

/// Tables that are nothing of ours, that nobody can tell from others, or whose headers speak of documents of any kind.
const NOT_TO_BE_TOLD: &[&str] = &[
    "adv_duplicate_header_snipeit",
    "sage_accounting_contacts",
    "ga4_lineitems",
    // What it calls a name is the vehicle's.
    "fuelio_vehicle",
    // Nothing but ids and dates.
    "ga4_reminders",
    "lubelogger_plans",
];

fn all_sources() -> Detector {
    Detector::new(built_in_sources())
}

fn generic_only() -> Detector {
    let generic = built_in_sources().into_iter().filter(|source| source.id == "generic");
    Detector::new(generic.collect())
}

fn known() -> Vec<Case> {
    cases(include_str!("known_headers.txt"))
}

fn entities(detection: &Detection) -> Vec<String> {
    let found = detection.table_type.iter().flat_map(|found| &found.entities);
    found.map(ToString::to_string).collect()
}

/// The table has no type, and what it is comes first among the types that it may be.
fn is_asked(detector: &Detector, detection: &Detection, case: &Case) -> bool {
    let first = detection.candidates.first().filter(|_| detection.table_type.is_none());
    let mut tables = detector.sources().iter().flat_map(|source| &source.tables);
    let named = first.and_then(|first| tables.find(|table| table.type_id == first.type_id));
    named.is_some_and(|table| {
        table
            .entities()
            .iter()
            .map(ToString::to_string)
            .eq(case.entities.iter().cloned())
    })
}

/// Per level: how many tables were given a type with it, and how many of these rightly.
fn count(
    levels: &mut BTreeMap<ConfidenceLevel, (usize, usize)>,
    detector: &Detector,
    cases: &[Case],
    wrong: &mut String,
) {
    for case in cases {
        for samples in [samples(&case.columns), Vec::new()] {
            let detection = detector.detect(&case.columns, &samples);
            if detection.table_type.is_none() {
                continue;
            }
            let found = entities(&detection);
            let system = detection.table_type.as_ref().map(|found| &found.source_system);
            let is_right =
                found == case.entities && (system == case.source.as_ref() || system.is_some_and(|id| id == "generic"));
            let (all, right) = levels.entry(detection.confidence_level).or_default();
            *all += 1;
            *right += usize::from(is_right);
            if !is_right {
                let _ = writeln!(
                    wrong,
                    "{}: {found:?} {:.2} {:?}",
                    case.name, detection.confidence, detection.evidence
                );
            }
        }
    }
}

#[test]
fn what_is_said_is_as_sure_as_it_says() {
    let mut levels = BTreeMap::new();
    let mut wrong = String::new();
    count(&mut levels, &all_sources(), &known(), &mut wrong);
    count(&mut levels, &generic_only(), &known(), &mut wrong);
    count(
        &mut levels,
        &all_sources(),
        &cases(include_str!("other_headers.txt")),
        &mut wrong,
    );
    let mut table = String::from("| Said | Tables | Right |\n|---|---|---|\n");
    for (level, (all, right)) in levels.iter().rev() {
        let _ = writeln!(table, "| {} | {all} | {right} |", level.name());
    }
    let share = |level| {
        let (all, right) = levels.get(&level).copied().unwrap_or((1, 1));
        right as f64 / all as f64
    };
    assert!(share(ConfidenceLevel::High) >= 0.99, "{table}{wrong}");
    assert!(share(ConfidenceLevel::Medium) >= 0.9, "{table}{wrong}");
    assert!(
        README.contains(&table),
        "the README has another table than this:\n{table}{wrong}"
    );
}

#[test]
fn systems_that_nobody_knows_are_understood_by_what_their_columns_mean() {
    let (with, without) = (all_sources(), generic_only());
    let (mut tables, mut right) = (0, 0);
    let (mut columns, mut mapped, mut otherwise) = (0, 0, 0);
    let mut said = String::new();
    for case in known() {
        if NOT_TO_BE_TOLD.contains(&case.name.as_str()) {
            continue;
        }
        let samples = samples(&case.columns);
        let (known, unknown) = (
            with.detect(&case.columns, &samples),
            without.detect(&case.columns, &samples),
        );
        let found = entities(&unknown);
        tables += 1;
        // Or a person is asked, and it comes first among what it may be.
        let is_right = found == case.entities || is_asked(&without, &unknown, &case);
        right += usize::from(is_right);
        if !is_right {
            let candidates: Vec<_> = unknown.candidates.iter().map(|one| &one.type_id).collect();
            let _ = writeln!(said, "{}: {found:?} {candidates:?} {:?}", case.name, unknown.evidence);
        }
        for (expected, column) in known.columns.iter().zip(&unknown.columns) {
            let Some(field) = expected.field.filter(|_| unknown.table_type.is_some()) else {
                continue;
            };
            columns += 1;
            mapped += usize::from(column.field == Some(field));
            otherwise += usize::from(column.field.is_some_and(|other| other != field));
            if column.field != Some(field) {
                let other = column.field.map(|field| field.to_string()).unwrap_or_default();
                let _ = writeln!(said, "{}: {} is {field}, not {other}", case.name, column.header);
            }
        }
    }
    let shares = format!("{right} of {tables} types, {mapped} of {columns} columns, {otherwise} otherwise\n{said}");
    assert!(right * 10 >= tables * 9, "{shares}");
    assert!(mapped * 10 >= columns * 8, "{shares}");
}
