//! Columns that say what a customer does *not* want.
//!
//! What: `Do Not Email`, `No SMS`, `Unsubscribed` become the preference for that channel, the other way round; a date says
//! since when, and so yes. A refusal wins over what another column allows, consent to SMS too.
//! Why: systems keep either what is allowed or what is refused, and who refused must not be written to.
//! Example: `Do Not Email` `Yes` becomes `notify_email` false.

use torqueflow_model::{CellKind, FindingCode, Value, fold};

use crate::boolean;
use crate::clean::{Draft, Input};
use crate::date;

/// The field that a refusal is mapped to, and the preference that it turns round.
const CHANNELS: &[(&str, &str)] = &[
    ("no_reminders", "notify_vehicle_reminders"),
    ("no_notifications", "notify_any"),
    ("no_sms", "notify_sms"),
    ("no_email", "notify_email"),
];

/// What such a column says for a refusal beside yes, and for none beside no, folded.
const REFUSED: &[&str] = &[
    "opted out",
    "opt out",
    "optout",
    "unsubscribed",
    "unsubscribe",
    "do not contact",
    "do not email",
    "do not text",
    "do not sms",
    "no email",
    "no sms",
    "stop",
    "stopped",
    "blocked",
    "dnc",
];
const NOT_REFUSED: &[&str] = &[
    "opted in",
    "opt in",
    "optin",
    "subscribed",
    "subscribe",
    "allowed",
    "ok to contact",
];

/// Takes over what the customer refuses, and what not.
pub(crate) fn apply(draft: &mut Draft<'_>, inputs: &[Input<'_>]) {
    for (refusal, preference) in CHANNELS {
        for input in inputs.iter().filter(|input| input.name() == *refusal) {
            match refuses(input) {
                Some(true) => {
                    draft.remove(preference);
                    draft.set_by_name(preference, Value::Boolean(false), input.raw());
                    if *refusal == "no_sms" && draft.get("sms_consent") == Some(&Value::Boolean(true)) {
                        draft.remove("sms_consent");
                        draft.set_by_name("sms_consent", Value::Boolean(false), input.raw());
                    }
                }
                Some(false) => draft.set_by_name(preference, Value::Boolean(true), input.raw()),
                None => draft.note(FindingCode::BooleanInvalid, "", input),
            }
        }
    }
}

fn refuses(input: &Input<'_>) -> Option<bool> {
    let words = fold(&input.text);
    if REFUSED.contains(&words.as_str()) {
        return Some(true);
    }
    if NOT_REFUSED.contains(&words.as_str()) {
        return Some(false);
    }
    match boolean::boolean(&input.text, input.cell_kind()).value {
        Some(Value::Boolean(refused)) => Some(refused),
        _ => is_date(input).then_some(true),
    }
}

/// The day of the refusal.
fn is_date(input: &Input<'_>) -> bool {
    matches!(input.cell_kind(), CellKind::Date(_) | CellKind::DateTime(_))
        || (input.cell_kind() == CellKind::Text && date::is_date(&input.text))
}
