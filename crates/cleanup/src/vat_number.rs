//! VAT numbers.
//!
//! What: a number that begins with the letters of its country and has the form of that country's VAT numbers is written in
//! capitals without spaces and marks. Others, such as national tax numbers, are kept as they are given. Zeros are none.
//! Why: `de 123.456.789` and `DE123456789` are one number, and the second is how VIES and bills want it.
//! Example: `NL 0012.34.567.B01` becomes `NL001234567B01`.
//!
//! The forms are those of the European Commission (VIES, frequently asked questions, "What is the format of a VAT number?"), of
//! HMRC for Great Britain and Northern Ireland (VATREC20500), and of Switzerland and Norway (UID-Register, Brønnøysundregistrene).

use torqueflow_model::{CellKind, FindingCode, Value};

use crate::text;
use crate::verdict::Verdict;

/// What stands behind the letters of a country: `#` is a digit, `@` a letter, `*` either, anything else itself.
#[rustfmt::skip]
const FORMS: &[(&str, &[&str])] = &[
    ("AT", &["U########"]), ("BE", &["##########"]), ("BG", &["#########", "##########"]), ("CH", &["E#########"]),
    ("CY", &["########@"]), ("CZ", &["########", "#########", "##########"]), ("DE", &["#########"]), ("DK", &["########"]),
    ("EE", &["#########"]), ("EL", &["#########"]), ("ES", &["*#######*"]), ("FI", &["########"]), ("FR", &["**#########"]),
    ("GB", &["#########", "############"]), ("HR", &["###########"]), ("HU", &["########"]),
    ("IE", &["#######@", "#######@@", "#*#####@"]), ("IT", &["###########"]), ("LT", &["#########", "############"]),
    ("LU", &["########"]), ("LV", &["###########"]), ("MT", &["########"]), ("NL", &["#########B##"]), ("NO", &["#########MVA"]),
    ("PL", &["##########"]), ("PT", &["#########"]), ("SE", &["############"]), ("SI", &["########"]), ("SK", &["##########"]),
    ("XI", &["#########", "############"]),
];

/// A VAT number.
pub(crate) fn vat_number(text: &str, kind: CellKind) -> Verdict {
    let mut verdict = text::code(text, kind);
    let Some(Value::Text(number)) = &mut verdict.value else {
        return verdict;
    };
    if text::is_zeros(number) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    if let Some(compact) = compact(number) {
        *number = compact;
    }
    verdict
}

/// The number without spaces and marks, if it has the form of its country.
fn compact(number: &str) -> Option<String> {
    let kept = |character: &char| !matches!(character, ' ' | '.' | '-' | '/');
    let compact: String = number.chars().filter(kept).collect::<String>().to_ascii_uppercase();
    if !compact.is_ascii() {
        return None;
    }
    let (country, rest) = compact.split_at_checked(2)?;
    let (_, forms) = FORMS.iter().find(|(code, _)| *code == country)?;
    forms.iter().any(|form| has_form(rest, form)).then_some(compact)
}

fn has_form(text: &str, form: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| match wanted {
        b'#' => byte.is_ascii_digit(),
        b'@' => byte.is_ascii_uppercase(),
        b'*' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        _ => byte == wanted,
    };
    text.len() == form.len() && text.bytes().zip(form.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(vat_number(input, CellKind::Text).to_string(), expected, "{input:?}");
    }

    #[test]
    fn numbers_with_the_form_of_their_country_are_compact() {
        check("de 123 456 789", "DE123456789");
        check("NL 0012.34.567.B01", "NL001234567B01");
        check("BE 0123.456.789", "BE0123456789");
        check("ATU12345678", "ATU12345678");
        check("FR 12 345678901", "FR12345678901");
        check("ES-B12345678", "ESB12345678");
        check("IT 01234567890", "IT01234567890");
        check("PL 123-456-78-90", "PL1234567890");
        check("CHE-123.456.789", "CHE123456789");
        check("GB 123 4567 89", "GB123456789");
        check("SE 123456789001", "SE123456789001");
    }

    #[test]
    fn other_numbers_are_kept() {
        for number in [
            "12.345.678/0001-90",
            "B-12345678",
            "123/456/78901",
            "DE 12345",
            "none yet",
            "ÖS 123456789",
            "501 234 567",
        ] {
            check(number, number);
        }
        check("N/A", "- [value_placeholder]");
    }

    #[test]
    fn zeros_are_no_number() {
        for nothing in ["0", "00000000000", "0.0", "000-000-000", "-", "--"] {
            check(nothing, "- [value_placeholder]");
        }
        for number in ["00000000019", "0A", "IT 00000000000"] {
            check(number, number.replace(' ', "").as_str());
        }
    }
}
