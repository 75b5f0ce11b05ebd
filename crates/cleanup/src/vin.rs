//! Vehicle identification numbers (ISO 3779) and older chassis numbers.
//!
//! What: upper case without spaces, dashes and the asterisks that frame stamped numbers. 17 characters without I, O and Q
//! are a VIN; anything else is kept as a chassis number with a warning.
//! Why: vehicles older than 1981, kits and plant have shorter numbers, and some systems export up to 20 characters.
//! The check digit (49 CFR 565.15) is compulsory in North America only, so it is looked at for VINs that begin with 1 to 5.
//! Example: `wvwzzz1kz6w612305` becomes `WVWZZZ1KZ6W612305`.

use torqueflow_model::FindingCode;

use crate::verdict::Verdict;

const PLACEHOLDERS: &[&str] = &[
    "NA", "NONE", "NIL", "NULL", "UNKNOWN", "NOTKNOWN", "TBA", "TBC", "NOVIN", "VIN", "NO", "TEST",
];

/// What programs put a number of their own behind. No VIN begins so, for the O.
const PLACEHOLDER_STARTS: &[&str] = &["NOVIN", "UNKNOWN"];

/// The weight of each position (49 CFR 565.15, table IV).
const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// A vehicle identification number.
pub(crate) fn vin(text: &str) -> Verdict {
    let number = strip(text);
    if is_placeholder(&number) {
        return Verdict::null(FindingCode::VinPlaceholder);
    }
    if !is_vin(&number) {
        return Verdict::text(number).note(FindingCode::VinUnusual, "");
    }
    let american = number.starts_with(|first: char| ('1'..='5').contains(&first));
    let wrong = american && !vin_check_digit_fits(&number);
    Verdict::text(number).note_if(wrong, FindingCode::VinCheckDigit, "")
}

fn strip(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | '-' | '*' | '.' | '_' | '\n' | '\u{2010}'..='\u{2015}' => {}
            _ => kept.extend(character.to_uppercase()),
        }
    }
    kept
}

fn is_vin(number: &str) -> bool {
    number.len() == 17 && number.bytes().all(|byte| transliterate(byte).is_some())
}

fn is_placeholder(number: &str) -> bool {
    let mut characters = number.chars();
    let Some(first) = characters.next() else { return true };
    // A single digit or letter identifies nothing.
    number.len() == 1
        || characters.all(|character| character == first)
        || PLACEHOLDERS.contains(&number)
        || number == "N/A"
        || PLACEHOLDER_STARTS.iter().any(|start| number.starts_with(start))
}

/// Whether the ninth character of a VIN is the check digit that 49 CFR 565.15 asks for.
/// Only North American vehicles promise one.
///
/// ```
/// assert!(torqueflow_cleanup::vin_check_digit_fits("1M8GDM9AXKP042788"));
/// assert!(!torqueflow_cleanup::vin_check_digit_fits("WVWZZZ1KZ6W612305"));
/// ```
pub fn vin_check_digit_fits(vin: &str) -> bool {
    if vin.len() != WEIGHTS.len() {
        return false;
    }
    let values: Option<Vec<u32>> = vin.bytes().map(transliterate).collect();
    let Some(values) = values else { return false };
    let remainder = values
        .iter()
        .zip(WEIGHTS)
        .map(|(value, weight)| value * weight)
        .sum::<u32>()
        % 11;
    let expected = char::from_digit(remainder, 10).unwrap_or('X');
    vin.chars().nth(8) == Some(expected)
}

/// The value of a character (49 CFR 565.15, table III); none for I, O, Q and everything else that no VIN has.
fn transliterate(byte: u8) -> Option<u32> {
    let value = match byte {
        b'0'..=b'9' => byte - b'0',
        b'A'..=b'H' => byte - b'A' + 1,
        b'J'..=b'N' => byte - b'J' + 1,
        b'P' => 7,
        b'R' => 9,
        b'S'..=b'Z' => byte - b'S' + 2,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(vin(input).to_string(), expected, "{input:?}");
    }

    #[test]
    fn spaces_dashes_and_asterisks_are_dropped() {
        check("wvw zzz-1kz 6w612305", "WVWZZZ1KZ6W612305");
        check("*WVWZZZ1KZ6W612305*", "WVWZZZ1KZ6W612305");
    }

    #[test]
    fn chassis_numbers_of_other_lengths_are_kept() {
        check("HBJ7L/12345", "HBJ7L/12345 [vin_unusual]");
        check("SARRJZZZBBM123456789", "SARRJZZZBBM123456789 [vin_unusual]");
        check("WVWZZZ1KZ6W61230O", "WVWZZZ1KZ6W61230O [vin_unusual]");
    }

    #[test]
    fn only_north_american_check_digits_are_checked() {
        check("1M8GDM9AXKP042788", "1M8GDM9AXKP042788");
        check("1M8GDM9A1KP042788", "1M8GDM9A1KP042788 [vin_check_digit]");
        check("SALVA2AE4EH877322", "SALVA2AE4EH877322");
    }

    #[test]
    fn placeholders_are_null() {
        check("NOVA1234", "NOVA1234 [vin_unusual]");
        for placeholder in [
            "NOVIN-4C49788D784",
            "no vin 17",
            "UNKNOWN-12",
            "UNKNOWN",
            "n/a",
            "TBA",
            "00000000000000000",
            "XXX",
            "-",
            "0",
        ] {
            check(placeholder, "- [vin_placeholder]");
        }
    }
}
