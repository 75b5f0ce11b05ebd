//! Text as it is compared: lower-case ASCII words.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;

/// The text in lower-case letters and digits of ASCII, words apart by one space.
///
/// Compatibility forms are composed (NFKC), zero-width and bidirectional marks go, other scripts and accents are
/// transliterated. Apostrophes and full stops within words vanish: `O'Neill` is one word.
pub(crate) fn plain(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        push_ascii(&mut folded, text);
    } else {
        for sign in text.nfkc().filter(|sign| !is_invisible(*sign)) {
            if sign.is_ascii() {
                push_sign(&mut folded, sign as u8);
            } else if matches!(sign, '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{00b4}') {
                push_sign(&mut folded, b'\'');
            } else {
                push_ascii(&mut folded, deunicode_char(sign).unwrap_or(" "));
            }
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push_ascii(folded: &mut String, text: &str) {
    for byte in text.bytes() {
        push_sign(folded, byte);
    }
}

fn push_sign(folded: &mut String, byte: u8) {
    match byte {
        b'a'..=b'z' | b'0'..=b'9' => folded.push(char::from(byte)),
        b'A'..=b'Z' => folded.push(char::from(byte.to_ascii_lowercase())),
        b'\'' | b'.' | b'`' => {}
        b'&' => push_word(folded, "and"),
        _ if folded.is_empty() || folded.ends_with(' ') => {}
        _ => folded.push(' '),
    }
}

fn push_word(folded: &mut String, word: &str) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded.push_str(word);
    folded.push(' ');
}

/// Marks that take no room: zero-width spaces and joiners, directions, soft hyphens, byte order marks.
const fn is_invisible(sign: char) -> bool {
    matches!(sign,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// The letters and digits alone, in capitals, as codes are compared.
pub(crate) fn code(text: &str) -> String {
    let mut code = plain(text);
    code.retain(|sign| sign != ' ');
    code.make_ascii_uppercase();
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(plain(input), expected);
        assert_eq!(plain(expected), expected, "what is plain stays as it is");
    }

    #[test]
    fn text_becomes_plain_words() {
        check("  Siân  O\u{2019}Neill-Jones ", "sian oneill jones");
        check("ＡＢＣ１２３", "abc123");
        check("Łódź", "lodz");
        check("Straße", "strasse");
        check("\u{200f}Ada\u{200b} \u{202a}Lowe\u{202c}", "ada lowe");
        check("Smith & Sons Ltd.", "smith and sons ltd");
        check("Юрий", "iurii");
        check("---", "");
    }

    #[test]
    fn codes_are_capitals_without_gaps() {
        assert_eq!(code(" ab12 cde "), "AB12CDE");
    }
}
