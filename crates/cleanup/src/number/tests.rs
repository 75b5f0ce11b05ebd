use time::macros::date as day;
use torqueflow_model::FieldRef;

use super::*;
use crate::context::ColumnFacts;

/// How a field reads a cell in a column of which this is known: the value, then the findings.
fn read_as(field: &str, text: &str, kind: CellKind, numbers: ColumnNumbers) -> String {
    let context = Context::new(day!(2026 - 11 - 21)).with_columns(vec![ColumnFacts::default().with_numbers(numbers)]);
    let found = FieldRef::parse(field).unwrap();
    let field = NumberField {
        spec: found.spec,
        is_payment: field.starts_with("payment."),
        column: Some(0),
        context: &context,
    };
    let verdict = match found.spec.kind {
        FieldKind::Decimal { scale } => decimal(text, kind, scale, field),
        _ => integer(text, kind, field),
    };
    verdict.to_string()
}

#[track_caller]
fn check_in(field: &str, text: &str, expected: &str) {
    let actual = read_as(field, text, CellKind::Text, ColumnNumbers::default());
    assert_eq!(actual, expected, "{field} {text:?}");
}

#[track_caller]
fn check(text: &str, expected: &str) {
    check_in("invoice.total_net", text, expected);
}

#[test]
fn dressing_is_dropped() {
    check("£1,234.50", "1234.50");
    check("12.5", "12.50");
    check("1 234.50 GBP", "1234.50");
    check("20%", "20.00");
    check("€ 99", "99.00");
    check(".5", "0.50");
    check("5.", "5.00");
    check("12 each", "12.00");
    check("approx 64", "64.00");
}

#[test]
fn any_currency_stands_on_either_side() {
    for text in [
        "45 CHF",
        "CHF45.00",
        "US$45",
        "\u{20b9}45",
        "45\u{20ba}",
        "zar 45",
        "45,00 z\u{142}",
        "45 kr",
        "A$ 45.00",
    ] {
        check(text, "45.00");
    }
    // Of what is no money a code is no unit.
    check_in("product.stock_level", "45 TOP", "- [number_invalid]");
}

#[test]
fn every_way_of_saying_minus_is_read() {
    check("-12.50", "-12.50");
    check("12.50-", "-12.50");
    check("(12.50)", "-12.50");
    check("-£12.50", "-12.50");
    check("£-12.50", "-12.50");
    check("(-12.50)", "- [number_invalid]");
}

#[test]
fn a_credit_takes_off_what_is_owed_and_is_what_was_paid() {
    check("45.00 CR", "-45.00");
    check("45.00DR", "45.00");
    check("£45.00 Cr.", "-45.00");
    check("CR 45", "-45.00");
    check("-45.00 CR", "- [number_invalid]");
    check_in("payment.amount", "45.00 CR", "45.00");
    check_in("payment.amount", "45.00 DR", "-45.00");
    check_in("product.stock_level", "45 CR", "- [number_invalid]");
}

#[test]
fn wrong_grouping_is_no_number() {
    for wrong in [
        "1,23,456",
        "12,34.5",
        "1.2.3",
        "abc",
        "12 miles 3",
        "1e",
        "100 km",
        "--5",
        "",
        "-",
        "12/13",
        "e5",
        "%",
    ] {
        check(wrong, "- [number_invalid]");
    }
}

#[test]
fn rounding_is_half_to_even_and_reported() {
    check("0.125", "0.12 [number_rounded: 0.12]");
    check("0.135", "0.14 [number_rounded: 0.14]");
    check("0.1251", "0.13 [number_rounded: 0.13]");
    check("0.120", "0.12");
}

#[test]
fn noise_of_computing_is_not_reported() {
    check("0.30000000000000004", "0.30");
    check("12.499999999", "12.50");
    check("1E-99", "0.00");
    check("5.551115123125783e-17", "0.00");
    check_in("vehicle.mileage", "64209.99999999999", "64210");
}

#[test]
fn numbers_beyond_the_field_are_null() {
    check("99999999999999999999", "- [number_out_of_range]");
    check("1E+5", "100000.00");
}

#[track_caller]
fn check_mark(field: &str, text: &str, mark: ColumnDecimalMark, expected: &str) {
    let numbers = ColumnNumbers {
        decimal_mark: mark,
        ..ColumnNumbers::default()
    };
    assert_eq!(
        read_as(field, text, CellKind::Text, numbers),
        expected,
        "{field} {text:?}"
    );
}

#[test]
fn the_column_decides_the_mark() {
    let price = "product.retail_price";
    let (comma, point) = (
        ColumnDecimalMark::Proven(DecimalMark::Comma),
        ColumnDecimalMark::Proven(DecimalMark::Point),
    );
    for (text, with_comma, with_point) in [
        ("1.250", "1250.0000", "1.2500"),
        ("3,125", "3.1250", "3125.0000"),
        ("12", "12.0000", "12.0000"),
        ("-1.250 EUR", "-1250.0000", "-1.2500"),
        ("4,20", "4.2000", "4.2000 [number_mark_contradicted: 4.2000]"),
        (
            "1,355.90",
            "1355.9000 [number_mark_contradicted: 1355.9000]",
            "1355.9000",
        ),
        (
            "1.234.567",
            "1234567.0000",
            "1234567.0000 [number_mark_contradicted: 1234567.0000]",
        ),
    ] {
        check_mark(price, text, comma, with_comma);
        check_mark(price, text, point, with_point);
    }
    check_mark(price, "1.250", ColumnDecimalMark::Mixed, "- [number_mark_mixed]");
    check_mark(price, "4,20", ColumnDecimalMark::Mixed, "4.2000");
}

#[test]
fn without_proof_numbers_are_british() {
    check("12,5", "12.50");
    check("1.234,56", "1234.56");
    check("1.234.567,8", "1234567.80");
    check("1.234.567", "1234567.00");
    check("1,234", "1234.00");
    check("0,500", "0.50");
    check("1,234,567.89", "1234567.89");
    check_in("product.retail_price", "1.250", "1.2500");
}

#[track_caller]
fn check_typed(field: &str, text: &str, number: f64, expected: &str) {
    let actual = read_as(field, text, CellKind::Number(number), ColumnNumbers::default());
    assert_eq!(actual, expected, "{field} {text:?}");
}

#[test]
fn typed_numbers_are_exact() {
    let net = "invoice.total_net";
    check_typed(net, "12.5", 12.5, "12.50");
    check_typed(net, "0.3", 0.1 + 0.2, "0.30");
    check_typed(net, "-1000", -1e3, "-1000.00");
    check_typed(net, "13", 12.499_999_999, "12.50");
    check_typed(net, "shown", f64::NAN, "- [number_invalid]");
    check_typed(net, "shown", f64::INFINITY, "- [number_invalid]");
    check_typed(net, "1E+300", 1e300, "- [number_invalid]");
}

#[test]
fn a_rate_is_what_its_format_shows() {
    let rate = "product.vat_rate";
    check_typed(rate, "20%", 0.2, "20.00");
    check_typed(rate, "18%", 0.175, "17.50");
    check_typed(rate, "0%", 0.0, "0.00");
    check_typed(rate, "20", 20.0, "20.00");
    check_typed(rate, "0.2", 0.2, "0.20 [rate_maybe_fraction: 0.20]");
    check_typed(rate, "2000%", 20.0, "- [number_implausible: 2000.00]");
    check_in(rate, "5%", "5.00");
    check_in(rate, "17,5 %", "17.50");
    check_in(rate, "0.2", "0.20 [rate_maybe_fraction: 0.20]");
    check_in(rate, "0.5%", "0.50 [rate_maybe_fraction: 0.50]");
    check_in(rate, "0", "0.00");
    check_in(rate, "-20", "- [number_implausible: -20.00]");
    // Elsewhere a percent sign is no more than a word.
    check_typed("product.stock_level", "20%", 0.2, "0.200");
}

#[test]
fn a_rate_is_in_percent_where_its_column_holds_fractions() {
    let rate = "product.vat_rate";
    let numbers = ColumnNumbers {
        unit: Some(ColumnUnit::Fractions),
        ..ColumnNumbers::default()
    };
    let check = |text: &str, kind, expected: &str| assert_eq!(read_as(rate, text, kind, numbers), expected, "{text:?}");
    check("0,22", CellKind::Text, "22.00");
    check("0.055", CellKind::Text, "5.50");
    check("0.2", CellKind::Number(0.2), "20.00");
    check("20%", CellKind::Number(0.2), "20.00");
    check("0", CellKind::Text, "0.00");
    // What is in percent stays so, and what was converted.
    check("22.00", CellKind::Text, "22.00");
    check("1.00", CellKind::Text, "1.00");
    check("0.5 %", CellKind::Text, "0.50 [rate_maybe_fraction: 0.50]");
    check(
        "0.005",
        CellKind::Text,
        "0.00 [number_rounded: 0.00] [rate_maybe_fraction: 0.00]",
    );
}

#[test]
fn words_about_tax_change_no_price() {
    let price = "product.retail_price";
    for text in [
        "€29,99 Incl. btw",
        "29,99 € inkl. MwSt.",
        "29,99 € inkl. 19 % MwSt.",
        "29.99 ex VAT",
        "29,99 € TTC",
        "29,99 HT",
        "29,99 IVA incl.",
        "29,99 zł z VAT",
        "29,99 kr inkl. moms",
        "EUR 29,99 (excl. btw)",
        "£29.99 +VAT",
    ] {
        check_in(price, text, "29.9900");
    }
    check_in(price, "-29,99 € inkl. MwSt.", "-29.9900");
    check_in(price, "incl. btw", "- [number_invalid]");
    // Elsewhere they are no units.
    check_in("product.stock_level", "12 ex VAT", "- [number_invalid]");
}

#[test]
fn a_duration_is_in_hours() {
    let hours = "work_order_labour.hours";
    check_typed(hours, "1:30:00", 1.5 / 24.0, "1.500");
    check_typed(hours, "1.5", 1.5, "1.500");
    check_in(hours, "1:30", "1.500");
    check_in(hours, "1h 20m", "1.333");
    check_in(hours, "90 mins", "1.500");
    check_in(hours, "1.5 hrs", "1.500");
    check_in(hours, "1:75", "- [number_invalid]");
    check_in("work_order_part.quantity", "1:30", "- [number_invalid]");
}

#[test]
fn a_clock_is_in_miles() {
    let clock = "vehicle.mileage";
    check_in(clock, "64,210 miles", "64210");
    check_in(clock, "64210mi", "64210");
    check_in(clock, "64.210", "64210");
    check_in(clock, "64210.0", "64210");
    check_in(clock, "103,000 km", "64001 [number_converted: 64001 miles]");
    check_in(clock, "approx 64k", "64000 [number_converted: 64000 miles]");
    check_in(clock, "12K", "12000 [number_converted: 12000 miles]");
    check_in(clock, "-5", "- [number_implausible: -5]");
    check_in(clock, "0", "0");
    check_in(clock, "2,000,001", "- [number_implausible: 2000001]");
    check_in(clock, "64210.5", "64210 [number_rounded: 64210]");
    check_in(clock, "5 litres 3", "- [number_invalid]");
    check_typed(clock, "103,000 km", 103_000.0, "64001 [number_converted: 64001 miles]");
    check_typed(clock, "64,210", 64_210.4, "64210 [number_rounded: 64210]");
}

#[test]
fn a_column_of_kilometres_is_converted_without_a_word_on_each() {
    let numbers = ColumnNumbers {
        unit: Some(ColumnUnit::Kilometres),
        ..ColumnNumbers::default()
    };
    let read = |text| read_as("vehicle.mileage", text, CellKind::Text, numbers);
    assert_eq!(read("103000"), "64001");
    assert_eq!(read("103,000 km"), "64001");
    assert_eq!(read("64,001 miles"), "64001");
}

#[test]
fn an_engine_is_in_cubic_centimetres() {
    let engine = "vehicle.engine_cc";
    check_in(engine, "1968cc", "1968");
    check_in(engine, "1,560", "1560");
    check_in(engine, "1.598", "1598");
    check_in(engine, "1.6", "1600 [number_converted: 1600 cc]");
    check_in(engine, "2,0", "2000 [number_converted: 2000 cc]");
    check_in(engine, "2", "2000 [number_converted: 2000 cc]");
    check_in(engine, "1.6L", "1600 [number_converted: 1600 cc]");
    check_in(engine, "1.6 TDI", "1600 [number_converted: 1600 cc]");
    check_in(engine, "1.9 16V", "1900 [number_converted: 1900 cc]");
    check_in(engine, "49", "49");
    check_in(engine, "0", "0");
    check_in(engine, "-1600", "- [number_implausible: -1600]");
    check_in(engine, "99999", "- [number_implausible: 99999]");
    check_in(engine, "TDI", "- [number_invalid]");
    let numbers = ColumnNumbers {
        unit: Some(ColumnUnit::Litres),
        ..ColumnNumbers::default()
    };
    assert_eq!(read_as(engine, "1.6", CellKind::Number(1.6), numbers), "1600");
}

#[test]
fn a_year_is_one_of_cars() {
    let year = "vehicle.model_year";
    check_in(year, "2016", "2016");
    check_in(year, "2,016", "2016");
    check_in(year, "2027", "2027");
    check_in(year, "2028", "- [number_implausible: 2028]");
    check_in(year, "1899", "- [number_implausible: 1899]");
    check_in(year, "19", "2019 [date_century_assumed: 2019]");
    check_in(year, "87", "1987 [date_century_assumed: 1987]");
    check_in(year, "5", "- [number_implausible: 5]");
    let date = CellKind::Date(day!(2016 - 03 - 21));
    assert_eq!(read_as(year, "2016-03-21", date, ColumnNumbers::default()), "2016");
}
