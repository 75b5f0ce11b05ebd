//! Language tags.
//!
//! What: a tag of BCP 47 (RFC 5646, 2.1) of a language, and where it needs them a script, a region and variants, is
//! written as the RFC does (2.1.1). Languages of two letters are those of ISO 639-1, regions of two letters those of ISO
//! 3166-1; other subtags only need to be well-formed, as the registry has thousands.
//! Why: what is written to people is chosen by it.
//! Example: `EN-gb` becomes `en-GB`. Extensions, private use, and what RFC 5646 keeps for old tags only are not taken.

use torqueflow_pipeline::Country;

/// The longest tag: RFC 5646 (4.4.1) asks for room for so many characters.
const MAX_CHARS: usize = 35;

/// The languages of two letters: ISO 639-1, sorted.
#[rustfmt::skip]
const LANGUAGES: &[&str] = &[
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bh", "bi", "bm", "bn",
    "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz", "ee", "el", "en",
    "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl", "gn", "gu", "gv", "ha", "he",
    "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii", "ik", "io", "is", "it", "iu", "ja", "jv",
    "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr", "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li",
    "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne",
    "ng", "nl", "nn", "no", "nr", "nv", "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm",
    "rn", "ro", "ru", "rw", "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st",
    "su", "sv", "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk",
    "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
];

/// A tag as it is written, if this is one.
pub(super) fn language(text: &str) -> Option<String> {
    if text.len() > MAX_CHARS {
        return None;
    }
    let mut subtags = text.split('-').peekable();
    let language = subtags.next().filter(|subtag| is_language(subtag))?;
    let mut tag = vec![language.to_ascii_lowercase()];
    tag.extend(subtags.next_if(|subtag| is_script(subtag)).map(in_title_case));
    tag.extend(subtags.next_if(|subtag| is_region(subtag)).map(str::to_ascii_uppercase));
    for subtag in subtags {
        let variant = subtag.to_ascii_lowercase();
        if !is_variant(&variant) || tag.contains(&variant) {
            return None;
        }
        tag.push(variant);
    }
    Some(tag.join("-"))
}

fn is_language(subtag: &str) -> bool {
    let name = subtag.to_ascii_lowercase();
    match name.len() {
        2 => LANGUAGES.binary_search(&name.as_str()).is_ok(),
        3 => is_alphabetic(subtag),
        _ => false,
    }
}

fn is_script(subtag: &str) -> bool {
    subtag.len() == 4 && is_alphabetic(subtag)
}

fn is_region(subtag: &str) -> bool {
    match subtag.len() {
        2 => Country::from_name(subtag).is_some_and(|country| country.code().eq_ignore_ascii_case(subtag)),
        3 => subtag.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

fn is_variant(subtag: &str) -> bool {
    let begins_with_digit = subtag.starts_with(|first: char| first.is_ascii_digit());
    let fits = (5..=8).contains(&subtag.len()) || (subtag.len() == 4 && begins_with_digit);
    fits && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn is_alphabetic(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn in_title_case(subtag: &str) -> String {
    let (first, rest) = subtag.split_at(1);
    first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(language(text).as_deref(), expected, "{text:?}");
    }

    #[test]
    fn tags_are_written_as_the_standard_does() {
        for (text, tag) in [
            ("en", "en"),
            ("en-GB", "en-GB"),
            ("EN-gb", "en-GB"),
            ("cy-GB", "cy-GB"),
            ("es-419", "es-419"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("sr-Latn", "sr-Latn"),
            ("fil-PH", "fil-PH"),
            ("ca-ES-valencia", "ca-ES-valencia"),
            ("de-1996", "de-1996"),
            ("sl-Rozaj-Biske-1994", "sl-rozaj-biske-1994"),
        ] {
            check(text, Some(tag));
            check(tag, Some(tag));
        }
    }

    #[test]
    fn other_text_is_no_tag() {
        for text in [
            "",
            "-",
            "e",
            "xx",
            "english",
            "English (UK)",
            "en_GB",
            "en-UK",
            "en-XX",
            "en-",
            "-en",
            "en--GB",
            "en-GB-",
            "en-GB-Latn",
            "en GB",
            "en-GB-oed1-x",
            "de-1996-1996",
            "en-u-ca-gregory",
            "x-own",
            "i-klingon",
            "\u{e9}n",
            "en-G\u{e9}",
            "de-latin-variants-that-never-come-to-an-end",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn the_languages_can_be_looked_up() {
        assert!(LANGUAGES.is_sorted());
        assert!(LANGUAGES.iter().all(|name| name.len() == 2 && is_language(name)));
    }
}
