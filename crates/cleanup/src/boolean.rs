//! Yes or no.
//!
//! What: the words for yes and no in English and ten other languages, letters, digits and ticks; everything else is unknown.
//! Why: unknown is not no. A consent that nobody gave must not appear, and one that was given must not get lost.
//! Example: `Y` and `ja` become true; `maybe` becomes null with `boolean_invalid`.

use torqueflow_model::{Cell, CellKind, FindingCode, Value, yes_or_no};

use crate::verdict::Verdict;

const YES: &[&str] = &[
    "true", "t", "yes", "y", "j", "s", "1", "on", "x", "ok", "\u{2713}", "\u{2714}", "\u{2611}", "1.0", "-1",
];
const NO: &[&str] = &[
    "false", "f", "no", "n", "0", "off", "\u{2717}", "\u{2718}", "\u{2610}", "0.0",
];
/// Words for a flag that says it is set, as some exports write them.
const YES_WORDS: &[&str] = &[
    "enabled", "active", "allowed", "opted in", "opt in", "opt-in", "checked", "ticked",
];
const NO_WORDS: &[&str] = &[
    "disabled",
    "inactive",
    "not allowed",
    "opted out",
    "opt out",
    "opt-out",
    "unchecked",
];

/// What a cell says, if it says yes or no.
///
/// ```
/// use torqueflow_cleanup::truth;
/// use torqueflow_model::Cell;
/// assert_eq!(truth(&Cell::text("Nein")), Some(false));
/// assert_eq!(truth(&Cell::text("maybe")), None);
/// ```
pub fn truth(cell: &Cell) -> Option<bool> {
    said(cell.text.trim(), cell.kind)
}

/// A truth value.
pub(crate) fn boolean(text: &str, kind: CellKind) -> Verdict {
    match said(text, kind) {
        Some(flag) => Verdict::of(Value::Boolean(flag)),
        None => Verdict::null(FindingCode::BooleanInvalid),
    }
}

fn said(text: &str, kind: CellKind) -> Option<bool> {
    if let CellKind::Boolean(flag) = kind {
        return Some(flag);
    }
    let is_one_of = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_one_of(YES) || is_one_of(YES_WORDS) {
        Some(true)
    } else if is_one_of(NO) || is_one_of(NO_WORDS) {
        Some(false)
    } else {
        yes_or_no(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(boolean(input, CellKind::Text).to_string(), expected, "{input:?}");
    }

    #[test]
    fn the_words_of_exports_are_read() {
        for yes in ["True", "TRUE", "Yes", "y", "1", "on", "x", "✓"] {
            check(yes, "true");
        }
        for no in ["False", "no", "N", "0", "OFF"] {
            check(no, "false");
        }
    }

    #[test]
    fn the_words_of_other_languages_are_read() {
        for yes in ["Ja", "OUI", "Sí", "sì", "sim", "Tak", "WAHR", "vrai"] {
            check(yes, "true");
        }
        for no in ["Nein", "non", "Nee", "NÃO", "nao", "Nie", "nej", "nei", "FAUX", "fałsz"] {
            check(no, "false");
        }
    }

    #[test]
    fn unknown_is_not_no() {
        check("maybe", "- [boolean_invalid]");
        check("2", "- [boolean_invalid]");
    }

    #[test]
    fn typed_truth_values_are_taken_as_they_are() {
        assert_eq!(boolean("WAHR", CellKind::Boolean(true)).to_string(), "true");
    }
}
