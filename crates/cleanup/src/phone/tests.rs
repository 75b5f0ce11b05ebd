use time::macros::date;
use torqueflow_model::{Cell, CellKind, EntityKind, FieldRef, MappedCell, Slot};

use super::reading::{Reading, Zeros};
use super::scan::scan;
use crate::{Cleaned, Context, Country, clean_record};

/// What a cell says: the numbers with their extensions, `~` before what was repaired; then the words.
#[track_caller]
fn check(input: &str, expected: &str) {
    check_kind(input, CellKind::Text, expected);
}

#[track_caller]
fn check_kind(input: &str, kind: CellKind, expected: &str) {
    check_reading(input, kind, reading("GB", Zeros::Unknown), expected);
}

fn reading(country: &str, zeros: Zeros) -> Reading {
    Reading {
        country: Country::from_name(country),
        zeros,
        home_is_british: true,
        column_is_american: false,
    }
}

#[track_caller]
fn check_reading(input: &str, kind: CellKind, reading: Reading, expected: &str) {
    let scan = scan(input, kind, reading);
    let mut parts: Vec<String> = scan
        .numbers
        .iter()
        .map(|found| {
            let repaired = if found.repaired { "~" } else { "" };
            let extension = found.extension.as_ref().map(|digits| format!(" ext {digits}"));
            format!("{repaired}{}{}", found.e164, extension.unwrap_or_default())
        })
        .collect();
    if !scan.words.is_empty() {
        parts.push(format!("[{}]", scan.words));
    }
    if scan.placeholder {
        parts.push("placeholder".to_owned());
    }
    assert_eq!(parts.join(" "), expected, "{input:?}");
}

#[test]
fn every_grouping_is_read() {
    for input in [
        "07911123456",
        "07911 123456",
        "07911-123-456",
        "(07911) 123456",
        "+44 7911 123456",
        "+44 (0)7911 123456",
        "+44(0) 7911 123456",
        "(+44) 7911 123456",
        "0044 7911 123456",
        "00 (44) 7911 123456",
        "011 44 7911 123456",
        "07911.123.456",
        "07911/123456",
        "tel: 07911 123456",
        "Mob 07911123456",
    ] {
        check(input, "+447911123456");
    }
    check("020 7946 0000", "+442079460000");
    check("01632 960001", "+441632960001");
    check("0800 1111", "+448001111");
}

#[test]
fn what_spreadsheets_did_is_repaired() {
    check("7911123456", "~+447911123456");
    check("447911123456", "~+447911123456");
    check("7.911123456E+9", "~+447911123456");
    check("7.911123456E+09", "~+447911123456");
    check("4.47911123456E+11", "~+447911123456");
    check("7911123456.0", "~+447911123456");
    check("O7911 123456", "~+447911123456");
    check_kind("7.91E+09", CellKind::Number(7_911_123_456.0), "~+447911123456");
    check_kind("07911123456", CellKind::Number(7_911_123_456.0), "+447911123456");
}

#[test]
fn numbers_rounded_for_show_are_lost() {
    check("7.91E+09", "[E 7.91 +09]");
}

#[test]
fn words_beside_the_number_are_kept() {
    check("07911123456 MARIA", "+447911123456 [MARIA]");
    check("Maria: 07911 123456", "+447911123456 [Maria]");
    check("07911 123456 (wife)", "+447911123456 [wife]");
    check(
        "07911 123456 ask for Mary-Ann O'Neill",
        "+447911123456 [ask for Mary-Ann O'Neill]",
    );
}

#[test]
fn several_numbers_are_told_apart() {
    check("01483 123456 / 07911 123456", "+441483123456 +447911123456");
    check("01483123456,07911123456", "+441483123456 +447911123456");
    check("01483 123456 or 07911 123456", "+441483123456 +447911123456");
    check("01483 123456 07911 123456", "+441483123456 +447911123456");
    check("01483 123456 & +447911123456", "+441483123456 +447911123456");
    check("07911 123456 / 07911 123456", "+447911123456");
    check("01483 123456/7", "+441483123456 [7]");
    check("012-395 6662/1", "[012-395 6662/1]");
    check("01483 12345/67", "[01483 12345/67]");
    check("07911/123456", "+447911123456");
}

#[test]
fn commas_inside_a_number_are_bridged() {
    check("01483,123456", "+441483123456");
    check("077h00900123", "~+447700900123");
}

#[test]
fn extensions_are_kept_apart() {
    check("01483 123456 ext 234", "+441483123456 ext 234");
    check("01483 123456 x234", "+441483123456 ext 234");
    check("01483 123456 Ext. 234", "+441483123456 ext 234");
    check("01483 123456 #234", "+441483123456 ext 234");
    check("01483 123456 (ext 234)", "+441483123456 ext 234");
}

#[test]
fn placeholders_are_told_from_failures() {
    for placeholder in [
        "00000000000",
        "07000000000",
        "N/A",
        "TBA",
        "none",
        "-",
        "0",
        "1111111111",
        "01234567890",
    ] {
        check(placeholder, "placeholder");
    }
    check("ring her mum", "[ring her mum]");
    check("12345", "[12345]");
    check("07911 12345", "[07911 12345]");
}

#[test]
fn foreign_numbers_are_kept() {
    check("+33 6 12 34 56 78", "+33612345678");
    check("+49 (0)30 123456", "+4930123456");
    check("00353 87 123 4567", "+353871234567");
    check("+1 (212) 555-0123", "+12125550123");
}

#[test]
fn numbers_of_another_default_country_are_read() {
    let check = |input, country, expected| {
        check_reading(input, CellKind::Text, reading(country, Zeros::Unknown), expected);
    };
    check("087 123 4567", "Ireland", "+353871234567");
    check("06 12 34 56 78", "France", "+33612345678");
    check("0151 12345678", "Germany", "+4915112345678");
    check("(207) 555-1234", "USA", "+12075551234");
    check("204-555-0184 x12", "Canada", "+12045550184 ext 12");
    check("020 7946 0000", "Netherlands", "[020 7946 0000]");
    check("+44 7911 123456", "USA", "+447911123456");
}

#[test]
fn numbers_grouped_as_in_america_are_not_those_of_another_country_in_its_columns() {
    let check = |input, country, expected| {
        let reading = Reading {
            column_is_american: true,
            ..reading(country, Zeros::Kept)
        };
        check_reading(input, CellKind::Text, reading, expected);
    };
    check("321-291-3970", "Colombia", "[321-291-3970]");
    check("(401)805-7281", "Finland", "[(401)805-7281]");
    check("321 291 3970", "Colombia", "+573212913970");
    check("087 123 4567", "Ireland", "+353871234567");
    check("207-555-1234", "Canada", "+12075551234");
}

#[test]
fn a_zero_in_front_is_from_home_where_there_is_none_in_north_america() {
    let check = |input, country, expected| {
        check_reading(input, CellKind::Text, reading(country, Zeros::Kept), expected);
    };
    check("07911 123456", "USA", "+447911123456");
    check("0161 496 0000", "Netherlands", "[0161 496 0000]");
}

#[test]
fn of_numbers_from_nowhere_only_those_with_a_country_are_read() {
    let check = |input, expected| check_reading(input, CellKind::Text, reading("", Zeros::Kept), expected);
    check("020 7946 0000", "[020 7946 0000]");
    check("2079460000", "[2079460000]");
    check("+33 6 12 34 56 78", "+33612345678");
}

#[test]
fn american_numbers_are_never_made_british() {
    for zeros in [Zeros::Lost, Zeros::Unknown, Zeros::Kept] {
        let check = |input, expected| check_reading(input, CellKind::Text, reading("GB", zeros), expected);
        check("204-555-0184", "[204-555-0184]");
        check("(776) 555-0150 x839", "[x (776) 555-0150 839]");
        check("207 946 0000", "[207 946 0000]");
    }
}

#[test]
fn a_lost_zero_needs_evidence_where_the_number_could_be_american() {
    let check = |input, zeros, expected| check_reading(input, CellKind::Text, reading("GB", zeros), expected);
    check("2079460000", Zeros::Lost, "~+442079460000");
    check("2079460000", Zeros::Unknown, "[2079460000]");
    check("1483123456", Zeros::Unknown, "~+441483123456");
    check("7712345678", Zeros::Unknown, "~+447712345678");
    check("7712345678", Zeros::Kept, "[7712345678]");
    check("7911 123456", Zeros::Kept, "[7911 123456]");
}

/// The fields that a customer's telephone cells give, and the findings.
fn fields(cells: &[(&str, &str)]) -> String {
    let slot = Slot::Main(EntityKind::Customer);
    let cells: Vec<MappedCell> = cells
        .iter()
        .map(|(name, text)| MappedCell {
            field: FieldRef::new(slot, name).unwrap(),
            column: None,
            cell: Cell::text(*text),
        })
        .collect();
    let Cleaned { fields, findings } = clean_record(slot, &cells, &Context::new(date!(2026 - 11 - 21)));
    let mut parts: Vec<String> = fields
        .iter()
        .map(|field| format!("{}={}", field.spec.name, field.value))
        .collect();
    parts.sort_unstable();
    parts.extend(
        findings
            .iter()
            .map(|finding| format!("[{}: {}]", finding.code.code(), finding.detail)),
    );
    parts.join("; ")
}

#[track_caller]
fn check_fields(cells: &[(&str, &str)], expected: &str) {
    assert_eq!(fields(cells), expected, "{cells:?}");
}

#[test]
fn numbers_go_where_they_belong() {
    check_fields(
        &[("phone", "01483 123456")],
        "landline=+441483123456; landline_as_given=01483 123456; [phone_moved: landline]",
    );
    check_fields(
        &[("landline", "07911 123456")],
        "phone=+447911123456; phone_as_given=07911 123456; [phone_moved: phone]",
    );
    check_fields(
        &[("phone", "01483 123456"), ("landline", "07911 123456")],
        "landline=+441483123456; landline_as_given=01483 123456; phone=+447911123456; phone_as_given=07911 123456; \
         [phone_moved: landline]; [phone_moved: phone]",
    );
}

#[test]
fn numbers_stay_where_the_other_field_is_taken() {
    check_fields(
        &[("phone", "01483 123456"), ("landline", "01632 960001")],
        "landline=+441632960001; landline_as_given=01632 960001; phone=+441483123456; phone_as_given=01483 123456",
    );
}

#[test]
fn a_second_number_takes_the_free_field() {
    check_fields(
        &[("phone", "07911 123456 / 01483 123456")],
        "landline=+441483123456; landline_as_given=07911 123456 / 01483 123456; phone=+447911123456; \
         phone_as_given=07911 123456 / 01483 123456; [phone_several_numbers: +441483123456]",
    );
    check_fields(
        &[("phone", "07911 123456 / 07912 654321"), ("landline", "01483 123456")],
        "landline=+441483123456; landline_as_given=01483 123456; phone=+447911123456; \
         phone_as_given=07911 123456 / 07912 654321; [phone_several_numbers: +447912654321]",
    );
}

#[test]
fn a_second_landline_of_a_cell_is_no_mobile() {
    check_fields(
        &[("phone", "01483 123456 / 01483 654321")],
        "landline=+441483123456; landline_as_given=01483 123456 / 01483 654321; \
         [phone_several_numbers: +441483654321]; [phone_moved: landline]",
    );
}

#[test]
fn an_equal_number_that_may_be_either_is_the_mobile_of_the_column_that_says_so() {
    check_fields(
        &[("landline", "+1 512 555 0123"), ("phone", "+15125550123")],
        "phone=+15125550123; phone_as_given=+15125550123",
    );
    check_fields(
        &[("landline", "+1 512 555 0123"), ("phone", "+1 512 555 0199")],
        "landline=+15125550123; landline_as_given=+1 512 555 0123; phone=+15125550199; phone_as_given=+1 512 555 0199",
    );
    check_fields(
        &[("landline", "+44 7911 123456"), ("phone", "07911 123456")],
        "phone=+447911123456; phone_as_given=07911 123456",
    );
    check_fields(
        &[("landline", "+1 512 555 0123")],
        "landline=+15125550123; landline_as_given=+1 512 555 0123",
    );
}

#[test]
fn what_was_given_is_kept_on_failure() {
    check_fields(
        &[("phone", "ring Mum")],
        "phone_as_given=ring Mum; [phone_normalisation_failed: ]",
    );
    check_fields(
        &[("phone", "ring Mum"), ("landline", "07911 123456")],
        "phone=+447911123456; phone_as_given=07911 123456; [phone_normalisation_failed: ]; [phone_moved: phone]",
    );
    check_fields(&[("phone", "TBA")], "[phone_placeholder: ]");
}

#[test]
fn consent_needs_a_mobile() {
    check_fields(
        &[("sms_consent", "Yes"), ("phone", "01483 123456")],
        "landline=+441483123456; landline_as_given=01483 123456; [phone_moved: landline]; [sms_consent_without_mobile: ]",
    );
    check_fields(
        &[("sms_consent", "Yes"), ("phone", "07911 123456")],
        "phone=+447911123456; phone_as_given=07911 123456; sms_consent=true",
    );
    check_fields(&[("sms_consent", "No")], "sms_consent=false");
}
