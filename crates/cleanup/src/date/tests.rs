use time::macros::date as day;

use super::*;
use crate::context::ColumnFacts;

fn context(order: ColumnDateOrder) -> Context {
    Context::new(day!(2026 - 11 - 21)).with_columns(vec![ColumnFacts::default().with_date_order(order)])
}

fn read_as(input: &str, role: DateRole, order: ColumnDateOrder) -> String {
    let context = context(order);
    let field = DateField {
        role,
        column: Some(0),
        context: &context,
    };
    moment(input, CellKind::Text, field).to_string()
}

#[track_caller]
fn check(input: &str, expected: &str) {
    let actual = read_as(input, DateRole::Event, ColumnDateOrder::Proven(DateOrder::DayFirst));
    assert_eq!(actual.trim_end_matches("T00:00:00"), expected, "{input:?}");
}

#[test]
fn british_and_iso_dates_are_read() {
    check("13/05/2024", "2024-05-13");
    check("1-2-2024", "2024-02-01");
    check("13.05.2024", "2024-05-13");
    check("13 05 2024", "2024-05-13");
    check("2024-05-13", "2024-05-13");
    check("2024/05/13", "2024-05-13");
    check("2016-03", "2016-03-01");
    check("12/2019", "2019-12-01");
    check("4-2023", "2023-04-01");
    check("13/2019", "- [date_invalid]");
    check("0/2019", "- [date_invalid]");
    check("12/20199", "- [date_invalid]");
    check("112/2019", "- [date_invalid]");
    check("Mon 13/05/2024", "2024-05-13");
}

#[test]
fn months_have_names() {
    check("12 Mar 2024", "2024-03-12");
    check("12-March-2024", "2024-03-12");
    check("12th March 2024", "2024-03-12");
    check("Tuesday, 12 March 2024", "2024-03-12");
    check("March 12, 2024", "2024-03-12");
    check("Mar 12th, 2024", "2024-03-12");
    check("2024-Mar-12", "2024-03-12");
    check("March 2024", "2024-03-01");
    check("12Mar2024", "2024-03-12");
    check("Sept 2024", "2024-09-01");
}

#[test]
fn months_have_names_in_other_languages() {
    for (text, expected) in [
        ("13. Januar 2024", "2024-01-13"),
        ("13. März 2024", "2024-03-13"),
        ("Montag, 13. Mai 2024", "2024-05-13"),
        ("13 janv. 2024", "2024-01-13"),
        ("1er août 2024", "2024-08-01"),
        ("lun. 13 mai 2024", "2024-05-13"),
        ("13 févr. 2024", "2024-02-13"),
        ("13 mrt 2024", "2024-03-13"),
        ("maandag 13 mei 2024", "2024-05-13"),
        ("13 de enero de 2024", "2024-01-13"),
        ("13-dic-2024", "2024-12-13"),
        ("1º de março de 2024", "2024-03-01"),
        ("13/out/2024", "2024-10-13"),
        ("13 gennaio 2024", "2024-01-13"),
        ("13 mag 2024", "2024-05-13"),
        ("13 stycznia 2024", "2024-01-13"),
        ("13 maj 2024", "2024-05-13"),
        ("paź 2024", "2024-10-01"),
        ("13. desember 2024", "2024-12-13"),
        ("AOÛT 2024", "2024-08-01"),
        ("juil. 2024", "2024-07-01"),
        ("mar. 2024", "2024-03-01"),
        ("13 jui 2024", "- [date_invalid]"),
        ("13 zodiac 2024", "- [date_invalid]"),
        ("Größe 2024", "- [date_invalid]"),
    ] {
        check(text, expected);
    }
}

#[test]
fn times_of_day_have_words_in_other_languages() {
    for text in [
        "13.05.2024 um 14:30 Uhr",
        "13/05/2024 à 14h30",
        "13/05/2024 a las 14:30",
        "13/05/2024 alle ore 14:30",
        "13.05.2024 kl. 14.30",
        "13-05-2024 om 14:30 uur",
        "13.05.2024 godz. 14:30",
    ] {
        check(text, "2024-05-13T14:30:00");
    }
}

#[test]
fn compact_dates_and_serials_are_read() {
    check("20240513", "2024-05-13");
    check("63684638939", "2019-02-01T17:28:59");
    check("07700900123", "- [date_invalid]");
    check("13052024", "2024-05-13");
    check("1052013", "2013-05-01");
    check("20240513093000", "2024-05-13T09:30:00");
    check("45000", "2023-03-15");
    check("45000.5", "2023-03-15T12:00:00");
    check("45425.39583333", "2024-05-13T09:30:00");
}

#[test]
fn times_of_day_are_read() {
    check("13/05/2024 09:30", "2024-05-13T09:30:00");
    check("13/05/2024 09:30:15", "2024-05-13T09:30:15");
    check("13/05/2024 9:30 PM", "2024-05-13T21:30:00");
    check("13/05/2024 12:05am", "2024-05-13T00:05:00");
    check("13/05/2024, 12:05 p.m.", "2024-05-13T12:05:00");
    check("2024-05-13T09:30:00.123Z", "2024-05-13T09:30:00");
    check("2024-05-13T09:30:00+01:00", "2024-05-13T09:30:00");
    check("2024-05-13 09:30 UTC", "2024-05-13T09:30:00");
    check("12 Mar 2024 14:05", "2024-03-12T14:05:00");
    check("2016-03 10:00", "2016-03-01T10:00:00");
    check("13/05/2024 3pm", "2024-05-13T15:00:00");
    check("13/05/2024 3 p.m.", "2024-05-13T15:00:00");
    check("13/05/2024 0930", "2024-05-13T09:30:00");
    check("13/05/2024 930", "2024-05-13T09:30:00");
    check("13/05/2024 093015", "2024-05-13T09:30:15");
    check("13.05.2024 9.30 Uhr", "2024-05-13T09:30:00");
    check("13.05.2024, 9 Uhr", "2024-05-13T09:00:00");
    check("13/05/2024 14h30", "2024-05-13T14:30:00");
    check("13/05/2024 14h", "2024-05-13T14:00:00");
    check("13/05/2024 09:30 CET", "2024-05-13T09:30:00");
}

#[test]
fn a_time_that_cannot_be_read_never_costs_the_date() {
    for (text, unread) in [
        ("13/05/2024 25:00", "25:00"),
        ("13/05/2024 13:00 am", "13:00 am"),
        ("13/05/2024 about nine", "about nine"),
        ("2024-05-13T25:00:00", "25:00:00"),
        ("13/05/2024 9", "9"),
    ] {
        check(text, &format!("2024-05-13T00:00:00 [time_invalid: {unread}]"));
    }
}

#[track_caller]
fn check_number(numbers: DateNumbers, text: &str, kind: CellKind, expected: &str) {
    let facts = ColumnFacts::default().with_date_numbers(numbers);
    let context = Context::new(day!(2026 - 11 - 21)).with_columns(vec![facts]);
    let field = DateField {
        role: DateRole::Event,
        column: Some(0),
        context: &context,
    };
    assert_eq!(moment(text, kind, field).to_string(), expected, "{text:?} {numbers:?}");
}

#[test]
fn numbers_count_what_the_column_says() {
    let (days, seconds) = (CellKind::Number(45_000.0), CellKind::Number(1_715_592_600.0));
    check_number(DateNumbers::Serial1904, "45000", days, "2027-03-16T00:00:00");
    check_number(DateNumbers::Serial1904, "45000", CellKind::Text, "2027-03-16T00:00:00");
    check_number(DateNumbers::Serial1900, "1715592600", seconds, "- [date_invalid]");
    let unix = DateNumbers::UnixSeconds;
    check_number(unix, "1715592600", seconds, "2024-05-13T09:30:00");
    check_number(unix, "1715592600", CellKind::Text, "2024-05-13T09:30:00");
    check_number(unix, "0", CellKind::Text, "- [date_null]");
    check_number(unix, "13/05/2024", CellKind::Text, "2024-05-13T00:00:00");
    let milliseconds = DateNumbers::UnixMilliseconds;
    check_number(milliseconds, "1715592600123", CellKind::Text, "2024-05-13T09:30:00");
}

#[test]
fn typed_dates_that_were_swapped_are_reported() {
    let context =
        Context::new(day!(2026 - 11 - 21)).with_columns(vec![ColumnFacts::default().with_swapped_dates(true)]);
    let field = DateField {
        role: DateRole::Event,
        column: Some(0),
        context: &context,
    };
    let of = |kind| date("shown", kind, field).to_string();
    assert_eq!(
        of(CellKind::Date(day!(2024 - 05 - 06))),
        "2024-05-06 [date_maybe_swapped: 2024-06-05]"
    );
    assert_eq!(of(CellKind::Date(day!(2024 - 05 - 05))), "2024-05-05");
}

#[test]
fn impossible_dates_are_null() {
    for wrong in [
        "31/02/2024",
        "32/01/2024",
        "13/13/2024",
        "2024-02-30",
        "junk",
        "13/05",
        "2024",
        "12345678901",
        "201603",
        "09:30",
        "13/05/20244",
        "1/2-2024",
        "5",
        "1.5",
        "ditto",
        "13/05/2024x",
        "12 Foo 2024",
        "13/05/2024 - 20/05/2024",
        "13/05/2024 to 20/05/2024",
    ] {
        check(wrong, "- [date_invalid]");
    }
}

#[test]
fn dates_that_stand_for_none_are_null() {
    for null in [
        "01/01/0001",
        "01/01/0001 00:00:00",
        "01/01/1900",
        "30/12/1899",
        "00/00/0000",
        "0000-00-00",
        "31/12/9999",
        "00000000",
    ] {
        check(null, "- [date_null]");
    }
}

#[track_caller]
fn check_in(input: &str, order: ColumnDateOrder, expected: &str) {
    let actual = read_as(input, DateRole::Event, order);
    assert_eq!(actual.trim_end_matches("T00:00:00"), expected, "{input:?}");
}

#[test]
fn the_column_decides_the_order() {
    check_in(
        "05/06/2024",
        ColumnDateOrder::Proven(DateOrder::MonthFirst),
        "2024-05-06",
    );
    check_in(
        "05/06/2024",
        ColumnDateOrder::Assumed(DateOrder::DayFirst),
        "2024-06-05",
    );
    check_in("05062024", ColumnDateOrder::Proven(DateOrder::MonthFirst), "2024-05-06");
    check_in(
        "2024-05-06",
        ColumnDateOrder::Proven(DateOrder::MonthFirst),
        "2024-05-06",
    );
}

#[test]
fn ambiguous_dates_of_a_mixed_column_are_null() {
    check_in("05/06/2024", ColumnDateOrder::Mixed, "- [date_order_mixed]");
    check_in("05/05/2024", ColumnDateOrder::Mixed, "2024-05-05");
    check_in("31/12/2024", ColumnDateOrder::Mixed, "2024-12-31");
    check_in("12/31/2024", ColumnDateOrder::Mixed, "2024-12-31");
    check_in("2024-05-06", ColumnDateOrder::Mixed, "2024-05-06");
}

#[track_caller]
fn check_role(input: &str, role: DateRole, expected: &str) {
    let actual = read_as(input, role, ColumnDateOrder::Proven(DateOrder::DayFirst)).replace("T00:00:00", "");
    assert_eq!(actual, expected, "{input:?}");
}

#[test]
fn the_role_decides_the_century() {
    check_role("01/05/13", DateRole::Past, "2013-05-01 [date_century_assumed: 2013]");
    check_role("01/05/27", DateRole::Past, "1927-05-01 [date_century_assumed: 1927]");
    check_role("01/05/29", DateRole::Due, "2029-05-01 [date_century_assumed: 2029]");
    check_role("01/05/40", DateRole::Due, "1940-05-01 [date_century_assumed: 1940]");
    check_role("01/05/27", DateRole::Event, "2027-05-01 [date_century_assumed: 2027]");
    check_role("01/05/99", DateRole::Event, "1999-05-01 [date_century_assumed: 1999]");
    check_role("Mar-24", DateRole::Event, "2024-03-01 [date_century_assumed: 2024]");
    check_role("29/02/26", DateRole::Event, "- [date_invalid]");
}

#[test]
fn what_happened_is_not_in_the_future() {
    check_role("01/05/2031", DateRole::Past, "- [date_implausible: 2031-05-01]");
    check_role("01/12/2026", DateRole::Past, "2026-12-01");
    check_role("01/05/1765", DateRole::Past, "- [date_implausible: 1765-05-01]");
    check_role("01/05/2031", DateRole::Due, "2031-05-01");
}

#[test]
fn typed_cells_need_no_order() {
    let context = context(ColumnDateOrder::Mixed);
    let field = DateField {
        role: DateRole::Event,
        column: Some(0),
        context: &context,
    };
    let of = |kind| date("shown", kind, field).to_string();
    assert_eq!(of(CellKind::Date(day!(2024 - 05 - 06))), "2024-05-06");
    assert_eq!(of(CellKind::DateTime(day!(2024 - 05 - 06).midnight())), "2024-05-06");
    assert_eq!(of(CellKind::Date(day!(1899 - 12 - 31))), "- [date_null]");
    assert_eq!(of(CellKind::Number(45000.0)), "2023-03-15");
    assert_eq!(of(CellKind::Number(20_240_513.0)), "2024-05-13");
    assert_eq!(of(CellKind::Number(f64::NAN)), "- [date_invalid]");
}
