//! What a customer does not want.

use time::macros::date;
use torqueflow_cleanup::{Context, clean_record};
use torqueflow_model::{Cell, EntityKind, FieldRef, MappedCell, Slot};

/// The preferences that come out, then the codes of the findings.
#[track_caller]
fn check(cells: &[(&str, &str)], expected: &[&str]) {
    let slot = Slot::Main(EntityKind::Customer);
    let cells: Vec<MappedCell> = cells
        .iter()
        .map(|(field, text)| MappedCell {
            field: FieldRef::new(slot, field).unwrap_or_else(|| panic!("no field {field}")),
            column: None,
            cell: Cell::text(*text),
        })
        .collect();
    let cleaned = clean_record(slot, &cells, &Context::new(date!(2026 - 11 - 21)));
    let is_shown = |name: &str| name.starts_with("notify_") || name.starts_with("sms_");
    let shown = cleaned.fields.iter().filter(|field| is_shown(field.spec.name));
    let mut lines: Vec<String> = shown
        .map(|field| format!("{}={}", field.spec.name, field.value))
        .collect();
    lines.sort_unstable();
    lines.extend(cleaned.findings.iter().map(|finding| finding.code.code().to_owned()));
    assert_eq!(lines, expected, "{cells:?}");
}

#[test]
fn refusals_are_preferences_the_other_way_round() {
    check(&[("no_email", "Yes")], &["notify_email=false"]);
    check(&[("no_email", "No")], &["notify_email=true"]);
    check(&[("no_sms", "1")], &["notify_sms=false"]);
    check(&[("no_notifications", "TRUE")], &["notify_any=false"]);
    check(&[("no_reminders", "x")], &["notify_vehicle_reminders=false"]);
    check(&[("no_email", "")], &[]);
}

#[test]
fn the_words_of_such_columns_are_read() {
    check(&[("no_email", "Opted out")], &["notify_email=false"]);
    check(&[("no_email", "Unsubscribed")], &["notify_email=false"]);
    check(&[("no_email", "subscribed")], &["notify_email=true"]);
    check(&[("no_email", "31/12/2024 10:15")], &["notify_email=false"]);
    check(&[("no_email", "00/00/0000")], &["boolean_invalid"]);
    check(&[("no_email", "perhaps")], &["boolean_invalid"]);
}

#[test]
fn a_refusal_wins() {
    check(
        &[("notify_sms", "Yes"), ("no_sms", "Yes"), ("sms_consent", "Yes")],
        &["notify_sms=false", "sms_consent=false"],
    );
    check(&[("notify_email", "No"), ("no_email", "No")], &["notify_email=false"]);
}

#[test]
fn no_refusal_is_no_consent() {
    check(&[("no_sms", "No"), ("phone", "07911 123456")], &["notify_sms=true"]);
}
