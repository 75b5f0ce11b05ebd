//! Text, long text and codes.
//!
//! What: white space is trimmed and, but for long text, collapsed; invisible characters go; what a spreadsheet did to
//! protect a value (`'0123`, `="0123"`) is undone; numbers that are codes are shown in full; what is too long for a code is
//! none.
//! Why: values that look alike must be alike, and a code with a lost zero or an added `.0` finds nothing.
//! Example: `'00417` becomes `00417`; the number 1001.0 becomes the code `1001`.

use std::borrow::Cow;

use torqueflow_model::{Cell, CellKind, FindingCode, Value};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::damage::is_remnant;
use crate::verdict::Verdict;

/// The errors that spreadsheets show in cells (ECMA-376 part 1, 18.17.3, and later functions of Excel).
const SPREADSHEET_ERRORS: &[&str] = &[
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#FIELD!",
    "#BLOCKED!",
    "#CONNECT!",
    "#UNKNOWN!",
    "#BUSY!",
    "#GETTING_DATA",
    "Err:502",
    "Err:504",
    "Err:508",
    "Err:522",
];

/// What people write into a cell that should be blank, in any case; what databases export for an empty field (`MySQL` and
/// PostgreSQL); what JavaScript makes of an object of which it needs the text (ECMA-262, Object.prototype.toString).
const BLANK_WORDS: &[&str] = &[
    "n/a",
    "n.a.",
    "n\\a",
    "(null)",
    "<null>",
    "[null]",
    "\\n",
    "[object object]",
];
/// What programs write, in the spellings that they use.
const MACHINE_BLANKS: &[&str] = &["null", "NULL", "Null", "nan", "NaN", "NaT", "<NA>", "undefined", "None"];

/// What no person writes.
const NEVER_SAID: &[&str] = &["\\N", "[object Object]"];

/// The longest of these words.
const LONGEST_WORD: usize = 15;

/// Most characters of a value that records are found by. PostgreSQL takes 2,704 bytes of all columns in an entry of an
/// index (1/3 of a page), and a character takes up to four.
const MAX_FINDABLE_CHARS: usize = 500;

/// A cell's text with its technical damage undone, before any rule sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Prepared<'a> {
    /// The text, trimmed, never blank.
    pub text: Cow<'a, str>,
    /// A NUL stood in it.
    pub had_nul: bool,
}

/// Why a cell has no text to clean.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NoText {
    /// Nothing is there.
    Blank,
    /// A spreadsheet error of this name.
    Error(String),
}

/// Reads the text of a cell.
pub(crate) fn prepare(cell: &Cell) -> Result<Prepared<'_>, NoText> {
    let text = cell.text.as_str();
    if cell.kind == CellKind::Error {
        return Err(NoText::Error(text.trim().to_owned()));
    }
    if is_plain(text) {
        let text = text.trim_matches(' ');
        return match text {
            "" => Err(NoText::Blank),
            _ => Ok(Prepared {
                text: Cow::Borrowed(text),
                had_nul: false,
            }),
        };
    }
    let had_nul = text.contains('\0');
    let text = unguard(&compose(text));
    if text.is_empty() {
        return Err(NoText::Blank);
    }
    if SPREADSHEET_ERRORS.iter().any(|error| error.eq_ignore_ascii_case(&text)) {
        return Err(NoText::Error(text));
    }
    Ok(Prepared {
        text: Cow::Owned(text),
        had_nul,
    })
}

/// Printable ASCII in which nothing needs undoing, which is what most cells hold.
fn is_plain(text: &str) -> bool {
    let mut bytes = text.bytes().skip_while(|byte| *byte == b' ');
    let first = bytes.next().unwrap_or(b' ');
    !matches!(first, b'\'' | b'=' | b'#' | b'E') && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Composes characters (Unicode NFC), drops those that nobody sees, and makes every kind of space a space.
/// Line breaks stay, as `\n`.
fn compose(text: &str) -> String {
    let mut composed = String::with_capacity(text.len());
    let mut previous = ' ';
    let mut push = |character: char| {
        match character {
            '\0' => composed.push('\u{FFFD}'),
            _ if is_remnant(character) => composed.push('\u{FFFD}'),
            '\n' if previous == '\r' => {}
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{B}' | '\u{C}' => composed.push('\n'),
            _ if is_invisible(character) => {}
            _ if character.is_whitespace() || character.is_control() => composed.push(' '),
            _ => composed.push(character),
        }
        previous = character;
    };
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(&mut push);
        return composed;
    }
    text.nfc().for_each(&mut push);
    // A dropped character may have kept two others from being composed.
    match is_nfc_quick(composed.chars()) {
        IsNormalized::Yes => composed,
        _ => composed.nfc().collect(),
    }
}

/// Characters without a width: joiners, marks of direction, byte order marks.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}' | '\u{FEFF}')
}

/// Removes the guards that keep spreadsheets from reading a value as a number or a formula, however often applied.
fn unguard(text: &str) -> String {
    let mut text = text.trim().to_owned();
    loop {
        let inner = if let Some(quoted) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
            quoted.replace("\"\"", "\"")
        } else if let Some(rest) = text.strip_prefix('\'')
            && rest.starts_with(|next: char| next.is_ascii_digit() || "+-=@'".contains(next))
        {
            rest.to_owned()
        } else {
            return text;
        };
        inner.trim().clone_into(&mut text);
    }
}

/// Text made of other texts, prepared as if it stood in a cell: joining may have made a guard, capitals may be composable.
pub(crate) fn settled(text: String) -> String {
    if is_plain(&text) && !text.starts_with(' ') && !text.ends_with(' ') {
        return text;
    }
    unguard(&compose(&text))
}

/// One line: every run of white space is one space.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let single = !text.contains("  ") && !text.contains(['\n', '\t']);
    if single && text.trim().len() == text.len() {
        return Cow::Borrowed(text);
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    Cow::Owned(line)
}

/// Whether a value stands for no value: `-`, `N/A`, `NULL`.
///
/// ```
/// use torqueflow_cleanup::stands_for_blank;
/// assert!(stands_for_blank("n/a"));
/// assert!(!stands_for_blank("Nash"));
/// ```
pub fn stands_for_blank(text: &str) -> bool {
    names_nobody(text) || machine_blank(text).is_some()
}

/// As [`stands_for_blank`], where what machines write for nothing may be somebody's name: there are people called Null.
pub(crate) fn names_nobody(text: &str) -> bool {
    let begins = matches!(text.as_bytes(), [b'n' | b'N' | b'(' | b'<' | b'[' | b'\\', ..]);
    let is_word = || BLANK_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    (begins && text.len() <= LONGEST_WORD && is_word()) || text.chars().all(says_nothing)
}

/// What programs write for nothing, if a text is that. Whether it is meant so, its table says: there are people called Null.
///
/// ```
/// use torqueflow_cleanup::machine_blank;
/// assert_eq!(machine_blank("undefined"), Some("undefined"));
/// assert_eq!(machine_blank("Nullmeyer"), None);
/// ```
pub fn machine_blank(text: &str) -> Option<&'static str> {
    if !matches!(text.as_bytes(), [b'n' | b'N' | b'u' | b'<' | b'\\' | b'[', ..]) || text.len() > LONGEST_WORD {
        return None;
    }
    let mut words = MACHINE_BLANKS.iter().chain(NEVER_SAID);
    words.find(|word| **word == text).copied()
}

/// Whether no person writes this word for nothing, so that it is never anybody's name.
pub fn is_never_said(word: &str) -> bool {
    NEVER_SAID.contains(&word)
}

/// Whether a text may stand for a code that there is not: several words without a digit, or nothing but zeros. Whether it does,
/// its column says.
///
/// ```
/// use torqueflow_cleanup::may_stand_for_no_code;
/// assert!(may_stand_for_no_code("No barcode found") && may_stand_for_no_code("000"));
/// assert!(!may_stand_for_no_code("MOT") && !may_stand_for_no_code("Oil filter 12"));
/// ```
pub fn may_stand_for_no_code(text: &str) -> bool {
    if text.bytes().any(|byte| matches!(byte, b'1'..=b'9')) {
        return false;
    }
    let is_of_words = || text.contains(' ') && !text.contains('0') && text.chars().any(char::is_alphabetic);
    is_zeros(text) || is_of_words()
}

/// Whether a number is nothing but zeros, in whatever groups.
pub(crate) fn is_zeros(text: &str) -> bool {
    let is_mark = |byte: u8| matches!(byte, b' ' | b'.' | b'-' | b'/');
    text.contains('0') && text.bytes().all(|byte| byte == b'0' || is_mark(byte))
}

/// Dashes, dots and the like, of which any number says nothing.
fn says_nothing(character: char) -> bool {
    const DASHES: &str = "-_\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}";
    const OTHERS: &str = ".,;:?!*/\\\u{B7}\u{2022}\u{2026}";
    let is_mark = || character.is_whitespace() || DASHES.contains(character) || OTHERS.contains(character);
    !character.is_ascii_alphanumeric() && is_mark()
}

/// Short text.
pub(crate) fn text(text: &str) -> Verdict {
    let line = one_line(text);
    if stands_for_blank(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    Verdict::text(line)
}

/// Text that may span lines.
pub(crate) fn long_text(text: &str) -> Verdict {
    Verdict::text(text.trim())
}

/// An identifier. Numbers are shown in full: a typed 1001 is `1001`, whatever its format made of it,
/// unless the format gave it leading zeros or letters.
pub(crate) fn code(text: &str, kind: CellKind) -> Verdict {
    let line = one_line(text);
    if stands_for_blank(&line) {
        return Verdict::null(FindingCode::ValuePlaceholder);
    }
    match whole_number(&line, kind) {
        Some(digits) => Verdict::text(digits),
        None => Verdict::text(line),
    }
}

/// What records are found by stands in indexes, which bound it: a longer value is none. Ids that a source gives, and
/// references by them, are bounded where identities are made.
pub(crate) fn findable(verdict: Verdict) -> Verdict {
    match &verdict.value {
        Some(Value::Text(text)) if text.chars().nth(MAX_FINDABLE_CHARS).is_some() => {
            Verdict::default().note(FindingCode::ValueTooLong, MAX_FINDABLE_CHARS.to_string())
        }
        _ => verdict,
    }
}

/// The beginning of a text, as much of it as records are found by.
pub(crate) fn findable_part(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MAX_FINDABLE_CHARS) {
        text.truncate(end);
        text.truncate(text.trim_end().len());
    }
    text
}

/// The digits of a typed whole number whose text shows them badly: `1,001`, `1.001E+03`, `1001.0`.
pub(crate) fn whole_number(text: &str, kind: CellKind) -> Option<String> {
    let CellKind::Number(number) = kind else { return None };
    let shown_in_full = text.bytes().all(|byte| byte.is_ascii_digit());
    let numeric = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b' ' | b'+' | b'-' | b'E' | b'e'));
    let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
    (!shown_in_full && numeric && exact).then(|| format!("{number:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let cell = Cell::text(input);
        let actual = match prepare(&cell) {
            Ok(prepared) => text(&prepared.text).to_string(),
            Err(NoText::Blank) => "blank".to_owned(),
            Err(NoText::Error(name)) => format!("error {name}"),
        };
        assert_eq!(actual, expected, "{input:?}");
    }

    #[test]
    fn white_space_is_trimmed_and_collapsed() {
        check("  Ada \t Smith\u{a0}", "Ada Smith");
        check("\u{feff}Ada\u{200b}", "Ada");
        check("Line 1\r\nLine 2", "Line 1 Line 2");
        check(" \u{a0}\u{200b} ", "blank");
    }

    #[test]
    fn guards_of_spreadsheets_are_undone() {
        check("'0123", "0123");
        check("'+447911123456", "+447911123456");
        check("=\"0123\"", "0123");
        check("=\"=\"\"0123\"\"\"", "0123");
        check("'Rose Cottage'", "'Rose Cottage'");
    }

    #[test]
    fn characters_are_composed() {
        check("Rene\u{301}e", "Renée");
        check("A\0B", "A\u{fffd}B");
    }

    #[test]
    fn placeholders_and_errors_are_told_from_values() {
        check("N/A", "- [value_placeholder]");
        check(" - ", "- [value_placeholder]");
        check("- -", "- [value_placeholder]");
        check(". .", "- [value_placeholder]");
        check("\u{2013} \u{2014} \u{2026}", "- [value_placeholder]");
        check("------------", "- [value_placeholder]");
        check("- a -", "- a -");
        check("#N/A", "error #N/A");
        check("#ref!", "error #ref!");
        check("#1 Garage", "#1 Garage");
    }

    #[track_caller]
    fn check_code(text: &str, number: f64, expected: &str) {
        assert_eq!(code(text, CellKind::Number(number)).to_string(), expected);
    }

    #[test]
    fn numbers_that_are_codes_are_shown_in_full() {
        check_code("1001.0", 1001.0, "1001");
        check_code("1,001", 1001.0, "1001");
        check_code("1.23457E+11", 123_456_789_012.0, "123456789012");
        check_code("00042", 42.0, "00042");
        check_code("INV-0042", 42.0, "INV-0042");
        check_code("10.5", 10.5, "10.5");
    }

    #[test]
    fn what_records_are_found_by_is_no_longer_than_an_index_holds() {
        for (length, expected) in [(500, "é".repeat(500)), (501, "- [value_too_long: 500]".to_owned())] {
            assert_eq!(findable(text(&"é".repeat(length))).to_string(), expected);
        }
        assert_eq!(findable_part("é".repeat(501)), "é".repeat(500));
        assert_eq!(findable_part(format!("{} b", "a".repeat(499))), "a".repeat(499));
    }

    #[test]
    fn long_text_keeps_its_lines() {
        assert_eq!(long_text("a\n  b ").to_string(), "a\n  b");
    }
}
