//! Vehicle registration marks.
//!
//! What: upper case, letters and digits only, then the shape is told. An unknown shape is kept, with a warning where the column's
//! other plates are British. Of a text that is longer than any plate, or that has words beside a British plate, the one plate in
//! it is taken, and the words are told; where no word, or more than one, is plainly a plate, there is none.
//! Why: `ab12 cde` and `AB12CDE` are one car. Letter O and digit 0 are never exchanged: both exist on British plates.
//! Example: `ab12 cde` becomes `AB12CDE`; `NOREG` becomes null with `vrm_placeholder`; `AB12 CDE towbar fitted` becomes
//! `AB12CDE` with `vrm_has_text`.
//!
//! The shapes follow DVLA's leaflet INF104 (vehicle registration numbers and number plates).

use std::ops::Range;

use torqueflow_model::FindingCode;

use crate::origin::Origin;
use crate::verdict::Verdict;

/// Letters and digits of the longest text that may be a plate; none has as many.
const LONGEST: usize = 12;
/// Letters and digits of the longest plate of Europe.
const LONGEST_FOREIGN: usize = 10;
/// Letters of a word that is no part of a plate.
const SHORTEST_WORD: usize = 3;

/// The style of a British plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VrmShape {
    /// Since September 2001: `AB12CDE`.
    Current,
    /// August 1983 to August 2001: `A123BCD`.
    Prefix,
    /// February 1963 to July 1983: `ABC123D`.
    Suffix,
    /// Before 1963, without a mark for the year: `ABC123`, `1234AB`.
    Dateless,
    /// Northern Ireland: `ABZ1234`.
    NorthernIreland,
    /// A vehicle of unknown age or identity: `Q123ABC`.
    Q,
    /// Anything else: foreign, Crown Dependencies, trade and military plates, mistakes.
    Other,
}

/// The shape of a plate that is already upper case without spaces.
///
/// ```
/// use torqueflow_cleanup::{VrmShape, vrm_shape};
/// assert_eq!(vrm_shape("AB12CDE"), VrmShape::Current);
/// assert_eq!(vrm_shape("BIG1234"), VrmShape::NorthernIreland);
/// ```
pub fn vrm_shape(plate: &str) -> VrmShape {
    shape_of(plate.as_bytes())
}

/// The same for its bytes.
pub(crate) fn shape_of(plate: &[u8]) -> VrmShape {
    if plate.len() > 7 {
        return VrmShape::Other;
    }
    let runs = Runs::of(plate);
    match runs.as_slice() {
        [Run::Letters(area), Run::Digits(age), Run::Letters(serial)] => with_year(area, age, serial),
        [Run::Letters(letters), Run::Digits(digits)] | [Run::Digits(digits), Run::Letters(letters)] => {
            without_year(letters, digits)
        }
        _ => VrmShape::Other,
    }
}

/// Letters, digits, letters: the year is told by the digits, the first or the last letter.
fn with_year(first: &[u8], digits: &[u8], last: &[u8]) -> VrmShape {
    let none_of = |letters: &[u8], forbidden: &[u8]| !letters.iter().any(|letter| forbidden.contains(letter));
    let leading_zero = digits.first() == Some(&b'0');
    match (first.len(), digits.len(), last.len()) {
        (2, 2, 3) if none_of(first, b"IQZ") && none_of(last, b"IQ") && !matches!(digits, b"00" | b"01" | b"50") => {
            VrmShape::Current
        }
        (1, 1..=3, 3) if first == b"Q" && !leading_zero && none_of(last, b"IQZ") => VrmShape::Q,
        (1, 1..=3, 3) if none_of(first, b"IOQUZ") && !leading_zero && none_of(last, b"IQZ") => VrmShape::Prefix,
        (3, 1..=3, 1) if none_of(last, b"IOQUZ") && !leading_zero && none_of(first, b"IQZ") => VrmShape::Suffix,
        _ => VrmShape::Other,
    }
}

/// One run of letters and one of digits, in either order.
fn without_year(letters: &[u8], digits: &[u8]) -> VrmShape {
    if digits.first() == Some(&b'0') {
        return VrmShape::Other;
    }
    let irish = letters.iter().any(|letter| matches!(letter, b'I' | b'Z'));
    match (letters.len(), digits.len()) {
        (2 | 3, 1..=4) if irish && letters.first() != Some(&b'Z') => VrmShape::NorthernIreland,
        (1 | 2, 1..=4) | (3, 1..=3) if !irish => VrmShape::Dateless,
        _ => VrmShape::Other,
    }
}

/// A stretch of characters of one kind.
#[derive(Clone, Copy)]
enum Run<'a> {
    Letters(&'a [u8]),
    Digits(&'a [u8]),
    Other,
}

/// The stretches of a short text; more than three say no more than three do.
struct Runs<'a> {
    runs: [Run<'a>; 4],
    len: usize,
}

impl<'a> Runs<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let mut runs = [Run::Other; 4];
        let mut len = 0;
        let stretches = bytes.chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit());
        for (place, stretch) in runs.iter_mut().zip(stretches) {
            *place = match stretch {
                _ if stretch.iter().all(u8::is_ascii_digit) => Run::Digits(stretch),
                _ if stretch.iter().all(u8::is_ascii_uppercase) => Run::Letters(stretch),
                _ => Run::Other,
            };
            len += 1;
        }
        Self { runs, len }
    }

    fn as_slice(&self) -> &[Run<'a>] {
        self.runs.get(..self.len).unwrap_or_default()
    }
}

/// A registration mark. `origin`: where the plates of its column are from.
pub(crate) fn vrm(text: &str, origin: Origin) -> Verdict {
    let plate = letters_and_digits(text);
    if is_placeholder(&plate) {
        return Verdict::null(FindingCode::VrmPlaceholder);
    }
    let known = vrm_shape(&plate) != VrmShape::Other;
    if !known && let Some((plate, words)) = plate_among_words(text, origin) {
        return Verdict::text(plate).note(FindingCode::VrmHasText, words);
    }
    if plate.chars().count() > LONGEST {
        return Verdict::null(FindingCode::VrmInvalid);
    }
    let is_foreign = origin == Origin::Abroad && may_be_foreign(&plate);
    let unknown = !is_foreign && !known;
    Verdict::text(plate).note_if(unknown, FindingCode::VrmUnknownFormat, "")
}

/// The one plate in a text of several words, and the other words. A British plate is told by its shape, in one word or two; where
/// plates are foreign, one word may be one, if the text is too long to be one as a whole.
fn plate_among_words(text: &str, origin: Origin) -> Option<(String, String)> {
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let plates: Vec<String> = words.iter().map(|word| letters_and_digits(word)).collect();
    let length: usize = plates.iter().map(|plate| plate.chars().count()).sum();
    let singles = || (0..plates.len()).map(|first| first..first + 1);
    let pairs = (1..plates.len()).map(|second| second - 1..second + 1);
    let joined = |place: &Range<usize>| plates.get(place.clone()).unwrap_or_default().concat();
    let is_british = |place: &Range<usize>| is_plainly_british(&joined(place), place.len());
    let british = singles().chain(pairs).filter(is_british).collect::<Vec<_>>();
    let place = match british.as_slice() {
        [only] => only.clone(),
        [] if length > LONGEST_FOREIGN && origin == Origin::Abroad => {
            let mut foreign = singles().filter(|place| is_plainly_foreign(&joined(place)));
            foreign.next().filter(|_| foreign.next().is_none())?
        }
        _ => return None,
    };
    let around = words.iter().enumerate().filter(|(index, _)| !place.contains(index));
    let others: Vec<&str> = around.map(|(_, word)| *word).collect();
    let is_beside = |word: &&str| {
        let is_word = word.chars().all(char::is_alphabetic);
        match (british.is_empty(), length > LONGEST) {
            (true, _) => is_word || is_short_code(word),
            (false, true) => is_word || matches!(origin, Origin::From(_)),
            // It may be one foreign plate in several parts.
            (false, false) => is_word && word.chars().count() >= SHORTEST_WORD,
        }
    };
    let are_beside = !others.is_empty() && others.iter().all(is_beside);
    are_beside.then(|| (joined(&place), others.join(" ")))
}

/// A whole word, or two that make a plate of seven, as British plates are written.
fn is_plainly_british(plate: &str, words: usize) -> bool {
    let shape = vrm_shape(plate);
    let has_year = matches!(
        shape,
        VrmShape::Current | VrmShape::Prefix | VrmShape::Suffix | VrmShape::Q
    );
    match words {
        1 => plate.len() >= 6 && (has_year || shape == VrmShape::NorthernIreland),
        _ => plate.len() == 7 && has_year,
    }
}

/// Several letters and several digits in one word.
fn is_plainly_foreign(plate: &str) -> bool {
    let digits = plate.chars().filter(char::is_ascii_digit).count();
    let length = plate.chars().count();
    (6..=9).contains(&length) && digits >= 2 && length - digits >= 2
}

/// A number of something else, such as `CB26` of a bus or `12V`.
fn is_short_code(word: &str) -> bool {
    word.chars().count() < 6 && word.chars().any(char::is_alphabetic) && word.chars().any(char::is_numeric)
}

/// Letters and digits, as many as the plates of Europe have, letters of other alphabets and with marks among them.
pub(crate) fn may_be_foreign(plate: &str) -> bool {
    let digits = plate.chars().filter(char::is_ascii_digit).count();
    let length = plate.chars().count();
    (3..=LONGEST_FOREIGN).contains(&length) && digits > 0 && digits < length
}

/// Upper-case letters and digits; letters outside A to Z stay, since foreign plates have them.
pub(crate) fn letters_and_digits(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            kept.push(character.to_ascii_uppercase());
        } else if character.is_alphanumeric() {
            kept.extend(character.to_uppercase().filter(|upper| upper.is_alphanumeric()));
        }
    }
    kept
}

/// Every plate has a digit: a word, such as `TBA`, stands for none, is a place, or a remark. Nor is one digit over and over a
/// plate, or zeros.
pub(crate) fn is_placeholder(plate: &str) -> bool {
    let has_digit = plate.chars().any(char::is_numeric);
    let first = plate.chars().next();
    let all_alike = plate.chars().all(|character| Some(character) == first);
    !has_digit || all_alike && (plate.len() >= 5 || plate.len() >= 2 && first == Some('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(vrm(input, Origin::Unknown).to_string(), expected, "{input:?}");
    }

    #[test]
    fn plates_of_a_foreign_column_are_no_mistakes() {
        let check = |input, expected: &str| assert_eq!(vrm(input, Origin::Abroad).to_string(), expected, "{input:?}");
        check("M-AB 1234", "MAB1234");
        check("ÖS-AB 12", "ÖSAB12");
        check("AA-123-BB", "AA123BB");
        check("1234 BCD", "1234BCD");
        check("99-XX-88", "99XX88");
        check("AB12 CDE", "AB12CDE");
        check("WAGEN", "- [vrm_placeholder]");
        check("AB12 CDE / XY34 ZZZ", "- [vrm_invalid]");
        check("MH 12 AB 1234", "MH12AB1234");
        check(
            "KC31RGGP can and buzzer install",
            "KC31RGGP [vrm_has_text: can and buzzer install]",
        );
        check("DATA -UPLOAD - B876BBA", "B876BBA [vrm_has_text: DATA UPLOAD]");
        check("KXH512MP - CB26", "KXH512MP [vrm_has_text: CB26]");
        check("MH12ABC 1433", "MH12ABC1433 [vrm_unknown_format]");
        for unclear in [
            "KC31RGGP and KC32RGGP install",
            "12V CAN AND BUZZER",
            "see card 2024/11 of the workshop",
            "MH12 DEF 1433 TAXI PERMIT",
        ] {
            check(unclear, "- [vrm_invalid]");
        }
    }

    #[test]
    fn the_one_plate_among_words_is_taken() {
        check("AB12 CDE towbar fitted", "AB12CDE [vrm_has_text: towbar fitted]");
        check("sold: A123 BCD, yard", "A123BCD [vrm_has_text: sold yard]");
        check("AB12CDE SOLD", "AB12CDE [vrm_has_text: SOLD]");
        check("BIG1234 (trade)", "BIG1234 [vrm_has_text: trade]");
        for none in [
            "AB12 CDE / XY34 ZZZ",
            "AB12CDE XY34ZZZ AB13CDE",
            "BMW X1 RED ESTATE CAR",
            "MOT DUE 05/2024 RING FIRST",
            "KC31RGGP CAN AND BUZZER INSTALL",
            "AB12CDEXY34ZZZ",
        ] {
            check(none, "- [vrm_invalid]");
        }
        let british = |input| vrm(input, Origin::From(crate::country::Country::GB)).to_string();
        assert_eq!(
            british("AB12 CDE MOT due 05/2024"),
            "AB12CDE [vrm_has_text: MOT due 05 2024]"
        );
    }

    #[test]
    fn parts_of_one_plate_are_joined() {
        for (input, plate) in [
            ("AB 123 CD", "AB123CD"),
            ("1-ABC-123", "1ABC123"),
            ("MH12 ABC 123", "MH12ABC123"),
            ("KAA 005M 12", "KAA005M12"),
            ("AB12 CDE TX", "AB12CDETX"),
        ] {
            check(input, &format!("{plate} [vrm_unknown_format]"));
        }
        check("AB 12 CDE", "AB12CDE");
        check("A 123 BCD", "A123BCD");
    }

    #[test]
    fn plates_are_upper_case_without_spaces() {
        check("ab12 cde", "AB12CDE");
        check("AB12-CDE.", "AB12CDE");
        check(" a 1 ", "A1");
    }

    #[test]
    fn placeholders_are_null() {
        for placeholder in [
            "TBA", "NOREG", "no reg", "N/A", "XXX", "0000", "unknown", "--", "XXXXXXX", "YARD", "on order",
        ] {
            check(placeholder, "- [vrm_placeholder]");
        }
    }

    #[test]
    fn unknown_shapes_are_kept_with_a_warning() {
        check("B-MW 1234", "BMW1234 [vrm_unknown_format]");
        check("ÖS-AB 12", "ÖSAB12 [vrm_unknown_format]");
    }

    #[test]
    fn letter_o_and_digit_0_are_never_exchanged() {
        check("ABO1 CDE", "ABO1CDE [vrm_unknown_format]");
        check("OO12 OOO", "OO12OOO");
    }

    #[track_caller]
    fn check_shape(plates: &[&str], expected: VrmShape) {
        for plate in plates {
            assert_eq!(vrm_shape(plate), expected, "{plate}");
        }
    }

    #[test]
    fn every_style_is_told() {
        check_shape(&["AB12CDE", "LA51ABZ", "YY75ZZZ"], VrmShape::Current);
        check_shape(&["A1BCD", "A123BCD", "Y999YYY"], VrmShape::Prefix);
        check_shape(&["ABC1D", "ABC123D"], VrmShape::Suffix);
        check_shape(
            &["A1", "1A", "1234AB", "AB1234", "ABC123", "123ABC"],
            VrmShape::Dateless,
        );
        check_shape(&["ABZ1234", "AIJ12", "1234ABZ", "IA123"], VrmShape::NorthernIreland);
        check_shape(&["Q123ABC"], VrmShape::Q);
    }

    #[test]
    fn impossible_plates_are_other() {
        check_shape(
            &[
                "AB00CDE", "AB01CDE", "AB50CDE", "AI12CDE", "A012BCD", "P456XYZ", "J12345", "101D123", "", "12345",
            ],
            VrmShape::Other,
        );
    }
}
