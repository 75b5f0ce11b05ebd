//! Currencies beside an amount. They do not change it: money is kept in the currency of the business.

use torqueflow_model::is_currency;

/// How people write currencies without their code, in lower case. The dollars' letters stand before the sign.
const WORDS: &[&str] = &[
    "us$", "au$", "ca$", "nz$", "hk$", "a$", "c$", "s$", "r$", "euros", "euro", "pounds", "dollars", "kr.", "kr",
    "k\u{10d}", "z\u{142}", "ft", "lei", "sfr.", "sfr", "fr.", "fr", "rs.", "rs",
];

/// Whether a character is a currency sign (Unicode category Sc, as far as it is in use).
pub(super) fn is_sign(character: char) -> bool {
    matches!(character, '$' | '\u{a2}'..='\u{a5}' | '\u{e3f}' | '\u{17db}' | '\u{20a0}'..='\u{20c0}' | '\u{fdfc}')
}

/// Takes a currency off one end of an amount in lower case.
pub(super) fn strip(text: &str) -> Option<&str> {
    let code = |code: Option<&str>| code.is_some_and(is_code);
    if let Some((place, _)) = text.char_indices().nth_back(2)
        && code(text.get(place..))
    {
        return text.get(..place).filter(|rest| ends_apart(rest));
    }
    if let Some((place, _)) = text.char_indices().nth(3)
        && code(text.get(..place))
    {
        return text.get(place..).filter(|rest| begins_apart(rest));
    }
    WORDS.iter().find_map(|word| {
        let before = text.strip_suffix(word).filter(|rest| ends_apart(rest));
        before.or_else(|| text.strip_prefix(word).filter(|rest| begins_apart(rest)))
    })
}

fn is_code(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_lowercase()) && is_currency(&word.to_ascii_uppercase())
}

fn ends_apart(rest: &str) -> bool {
    rest.chars().next_back().is_some_and(|last| !last.is_alphabetic())
}

fn begins_apart(rest: &str) -> bool {
    rest.chars().next().is_some_and(|first| !first.is_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(strip(text), expected, "{text:?}");
    }

    #[test]
    fn codes_and_words_stand_on_either_side() {
        check("12 chf", Some("12 "));
        check("chf 12", Some(" 12"));
        check("12.50gbp", Some("12.50"));
        check("us$12", Some("12"));
        check("12 z\u{142}", Some("12 "));
        check("12 xyz", None);
        check("gbp", None);
        check("mygbp 12", None);
        check("12", None);
    }
}
