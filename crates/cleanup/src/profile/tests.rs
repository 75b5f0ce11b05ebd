use std::fmt::Write;

use torqueflow_model::ValueKind;

use super::*;

fn profile(texts: &[&str]) -> ColumnProfile {
    let mut column = ColumnProfiler::new(Expected::default());
    for text in texts {
        column.observe(&Cell::text(*text));
    }
    column.profile()
}

/// `look fits+repairable` of each look that a value has, then the placeholders.
#[track_caller]
fn check_looks(texts: &[&str], expected: &str) {
    let profile = profile(texts);
    let mut told = String::new();
    for (look, likeness) in &profile.looks {
        let _ = write!(told, "{look:?} {}+{} ", likeness.fits, likeness.repairable);
    }
    let _ = write!(told, "{}", profile.placeholders);
    assert_eq!(told, expected, "{texts:?}");
}

#[test]
fn phones_are_known_with_damage_and_placeholders() {
    check_looks(&["07911 123456", "+44 20 7946 0001", "(0113) 496-0001"], "Phone 3+0 0");
    check_looks(
        &["7400124021", "0113 496 OOO1 ext 2", "07911 123456 (wife)"],
        "Phone 0+3 0",
    );
    check_looks(&["TBA", "N/A", "0000", "unknown", "-"], "5");
    check_looks(&["12345678", "AB12"], "Plate 0+1 0");
}

#[test]
fn addresses_are_known() {
    check_looks(
        &["ada@smith.example", "bob@", "ada @ smith.example", "none"],
        "Email 1+2 1",
    );
}

#[test]
fn plates_and_vins_are_known_and_codes_are_doubtful() {
    check_looks(&["AB12 CDE", "p456xyw", "ABC 123D", "BIG 1234"], "Plate 4+0 0");
    check_looks(&["WVWZZZ1KZ6W612305", "WVWZZZ1KZ6W61230O"], "Vin 1+1 0");
    check_looks(&["FOU0001", "POL7001", "INV-0042"], "0");
}

#[test]
fn postcodes_are_known_and_foreign_ones_possible() {
    check_looks(&["LS6 3AA", "sw1a1aa"], "Postcode 2+0 0");
    check_looks(&["27200", "K1A 0B6", "1012 AB"], "Plate 0+1 Postcode 0+3 0");
}

#[test]
fn yes_and_no_are_known() {
    check_looks(&["Yes", "no", "TRUE"], "YesNo 3+0 0");
    check_looks(&["0", "1"], "YesNo 0+2 0");
    check_looks(&["\u{2713}"], "YesNo 1+0 0");
}

#[track_caller]
fn check_kinds(texts: &[&str], expected: &[(ValueKind, u64)]) {
    let kinds: Vec<(ValueKind, u64)> = profile(texts).kinds.into_iter().collect();
    assert_eq!(kinds, expected, "{texts:?}");
}

#[test]
fn texts_have_kinds() {
    check_kinds(&["Ada", "Mill Lane 12"], &[(ValueKind::Text, 2)]);
    check_kinds(&["12", "4,20", "-1.5", "1,234.50"], &[(ValueKind::TextNumber, 4)]);
    check_kinds(
        &["13/05/2024", "3 May 2024", "2024-05-13 10:00"],
        &[(ValueKind::TextDate, 3)],
    );
    check_kinds(&["C1001", "INV-0042"], &[(ValueKind::Code, 2)]);
}

#[test]
fn numbers_and_dates_show_how_they_are_written() {
    let numbers = profile(&["4,20", "1.250", "00417", "1002.0", "1.23457E+15"]).numbers;
    let expected = NumberForms {
        values: 4,
        decimal_point: 1,
        decimal_comma: 1,
        either_mark: 1,
        leading_zeros: 1,
        point_zero: 1,
        lost_digits: 1,
    };
    assert_eq!(numbers, Some(expected));
    let dates = profile(&["31/12/2024", "05/06/2024", "Ada"]).dates;
    let expected = torqueflow_model::DateForms {
        values: 2,
        day_first: 1,
        month_first: 0,
        either: 1,
    };
    assert_eq!(dates, Some(expected));
}

#[test]
fn rows_are_counted_and_told_by_example() {
    let profile = profile(&["b", "b", "", "a long text that goes on and on beyond what fits"]);
    assert_eq!((profile.rows, profile.filled, profile.distinct.values), (4, 3, 2));
    assert_eq!((profile.repeats.rows, profile.repeats.longest), (1, 2));
    assert_eq!(profile.lengths, (1, 48));
    assert!(
        profile
            .examples
            .iter()
            .all(|example| example.chars().count() <= EXAMPLE_CHARS)
    );
}

/// A value is read once: what it says counts as often as it stands there, whatever stands between.
#[test]
fn repeated_values_count_as_often_as_they_stand_there() {
    let texts = [
        "07911 123456",
        "TBA",
        "31/12/2024",
        "4,20",
        "1.250",
        "AB12 CDE",
        "LS6 3AA",
        "ada@smith.example",
        "Yes",
        "Zoë",
        "RenÃ©e",
        "Smith &amp; Sons",
        "1002.0",
        "00417",
        "1.23457E+15",
        "1715592600",
        " Yes ",
        "M&S",
    ];
    for expected in [(false, false), (true, false), (false, true)] {
        let (dates, numbers) = expected;
        let mut repeated = ColumnProfiler::new(Expected { dates, numbers });
        let mut merged = ColumnProfiler::new(Expected { dates, numbers });
        for _ in 0..3 {
            let mut once = ColumnProfiler::new(Expected { dates, numbers });
            for text in texts {
                repeated.observe(&Cell::text(text));
                once.observe(&Cell::text(text));
            }
            merged.merge(&once);
        }
        assert_eq!(repeated.profile(), merged.profile());
        assert_eq!(repeated.dates(), merged.dates());
        assert_eq!(repeated.numbers(), merged.numbers());
        assert_eq!(repeated.texts(), merged.texts());
    }
}

#[test]
fn a_typed_cell_is_not_what_a_text_of_the_same_letters_is() {
    let number = Cell {
        text: "5".to_owned(),
        kind: CellKind::Number(5.0),
    };
    let mut column = ColumnProfiler::new(Expected::default());
    for cell in [Cell::text("5"), number.clone(), Cell::text("5"), number] {
        column.observe(&cell);
    }
    let kinds: Vec<(ValueKind, u64)> = column.profile().kinds.into_iter().collect();
    assert_eq!(kinds, [(ValueKind::TextNumber, 2), (ValueKind::Number, 2)]);
}
