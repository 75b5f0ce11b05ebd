//! Postcodes.
//!
//! What: British postcodes (BS 7666-2, Royal Mail's Programmer's Guide to PAF), those of the Crown Dependencies, the
//! British Forces and the overseas territories are written in upper case with one space before the last three characters.
//! Codes of another country, by the row's address or by all codes of the column, are kept; anything else is kept with a
//! warning.
//! Why: `sw1a1aa` and `SW1A 1AA` are one place, and the widespread government pattern accepts `junk SW1A 1AA`.
//! Example: `ls63aa` becomes `LS6 3AA`.

use torqueflow_model::FindingCode;

use crate::country::Country;
use crate::text::stands_for_blank;
use crate::verdict::Verdict;

/// Overseas territories whose one code has the British form (Royal Mail, "Overseas territories").
const OVERSEAS: &[&str] = &[
    "ASCN1ZZ", "BBND1ZZ", "BIQQ1ZZ", "FIQQ1ZZ", "GX111AA", "PCRN1ZZ", "SIQQ1ZZ", "STHL1ZZ", "TDCU1ZZ", "TKCA1ZZ",
];

/// A postcode of this country; `None`: of another one than Britain.
pub(crate) fn postcode(text: &str, country: Option<Country>) -> Verdict {
    if stands_for_blank(text) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    if !country.is_some_and(Country::has_british_postcodes) {
        return Verdict::text(crate::text::one_line(&text.to_uppercase()));
    }
    match uk_postcode(text) {
        Some(formatted) => Verdict::text(formatted),
        None => Verdict::text(crate::text::one_line(&text.to_uppercase())).note(FindingCode::PostcodeUnknownFormat, ""),
    }
}

/// Whether the text is a British postcode, in any case and spacing.
///
/// ```
/// assert!(torqueflow_cleanup::is_uk_postcode("sw1a1aa"));
/// assert!(!torqueflow_cleanup::is_uk_postcode("junk SW1A 1AA"));
/// ```
pub fn is_uk_postcode(text: &str) -> bool {
    uk_postcode(text).is_some()
}

/// The canonical form of a British postcode.
pub(crate) fn uk_postcode(text: &str) -> Option<String> {
    let mut compact = String::with_capacity(8);
    for character in text.trim_matches([' ', ',', '.']).chars() {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => compact.push(character.to_ascii_uppercase()),
            ' ' | '-' | '.' => {}
            _ => return None,
        }
        if compact.len() > 8 {
            return None;
        }
    }
    if let Some(number) = compact.strip_prefix("BFPO")
        && matches!(number.len(), 1..=4)
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(format!("BFPO {number}"));
    }
    let special = compact == "GIR0AA" || compact == "SANTA1" || OVERSEAS.contains(&compact.as_str());
    if !special && !is_geographic(compact.as_bytes()) {
        return None;
    }
    let (outward, inward) = compact.split_at_checked(compact.len().checked_sub(3)?)?;
    Some(format!("{outward} {inward}"))
}

/// The shapes A9, A99, A9A, AA9, AA99, AA9A, followed by 9AA, with the letters that each place may have.
pub(crate) fn is_geographic(code: &[u8]) -> bool {
    let Some((outward, inward)) = code.len().checked_sub(3).and_then(|at| code.split_at_checked(at)) else {
        return false;
    };
    let [digit, letters @ ..] = inward else { return false };
    let inward_letter = |letter: &u8| letter.is_ascii_uppercase() && !b"CIKMOV".contains(letter);
    if !digit.is_ascii_digit() || !letters.iter().all(inward_letter) {
        return false;
    }
    let first = |letter: u8| letter.is_ascii_uppercase() && !b"QVX".contains(&letter);
    let second = |letter: u8| letter.is_ascii_uppercase() && !b"IJZ".contains(&letter);
    match *outward {
        [a, n] => first(a) && n.is_ascii_digit(),
        [a, n, m] if n.is_ascii_digit() => {
            first(a) && (m.is_ascii_digit() || (b'A'..=b'W').contains(&m) && !b"ILMNOQRV".contains(&m))
        }
        [a, b, n] => first(a) && second(b) && n.is_ascii_digit(),
        [a, b, n, m] => {
            first(a) && second(b) && n.is_ascii_digit() && (m.is_ascii_digit() || b"ABEHMNPRVWXY".contains(&m))
        }
        _ => false,
    }
}

/// Takes a British postcode off the end of a line: `Leeds LS6 3AA` gives `Leeds` and `LS6 3AA`.
pub(crate) fn split_postcode(line: &str) -> Option<(&str, String)> {
    let trimmed = line.trim_end_matches([' ', ',', '.']);
    let last = trimmed.rfind([' ', ',']).map_or(0, |at| at + 1);
    let (before_last, _) = trimmed.split_at_checked(last)?;
    let before = before_last.trim_end_matches([' ', ',']);
    let second = before.rfind([' ', ',']).map_or(0, |at| at + 1);
    [second, last].into_iter().find_map(|at| {
        let (rest, code) = trimmed.split_at_checked(at)?;
        let code = uk_postcode(code)?;
        Some((rest.trim_end_matches([' ', ',', '-']), code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(postcode(input, Some(Country::GB)).to_string(), expected, "{input:?}");
    }

    #[test]
    fn every_british_shape_is_formatted() {
        for (input, expected) in [
            ("m11ae", "M1 1AE"),
            ("B33 8TH", "B33 8TH"),
            ("cr26xh", "CR2 6XH"),
            ("DN551PT", "DN55 1PT"),
            ("W1A  0AX", "W1A 0AX"),
            ("ec1a1bb", "EC1A 1BB"),
            ("SW1A-1AA", "SW1A 1AA"),
            ("gir0aa", "GIR 0AA"),
            ("bfpo57", "BFPO 57"),
            ("BFPO 1234", "BFPO 1234"),
            ("JE2 3AB", "JE2 3AB"),
            ("gy11aa", "GY1 1AA"),
            ("IM1 1AA", "IM1 1AA"),
            ("fiqq1zz", "FIQQ 1ZZ"),
        ] {
            check(input, expected);
        }
    }

    #[test]
    fn impossible_codes_are_kept_with_a_warning() {
        for input in [
            "JUNK SW1A 1AA",
            "SW1A 1AI",
            "QA1 1AA",
            "LS6",
            "GIR 0AAXXXX",
            "12345",
            "ZZ99 3VZ",
        ] {
            check(input, &format!("{input} [postcode_unknown_format]"));
        }
    }

    #[test]
    fn codes_of_a_named_country_are_kept() {
        assert_eq!(postcode("75 008", Country::from_name("France")).to_string(), "75 008");
        assert_eq!(postcode("75 008", None).to_string(), "75 008");
    }

    #[test]
    fn postcodes_are_found_at_the_end_of_a_line() {
        assert_eq!(split_postcode("Leeds, LS6 3AA"), Some(("Leeds", "LS6 3AA".to_owned())));
        assert_eq!(split_postcode("Leeds ls63aa."), Some(("Leeds", "LS6 3AA".to_owned())));
        assert_eq!(split_postcode("LS6 3AA"), Some(("", "LS6 3AA".to_owned())));
        assert_eq!(split_postcode("12 Mill Lane"), None);
        assert_eq!(split_postcode(""), None);
    }
}
