//! Marks in names that people's names don't have, and addresses that stand for names.

/// Endings of web domains that stand where a name should. Of the country codes those of Europe and of English-speaking
/// countries (IANA root zone database).
#[rustfmt::skip]
const DOMAIN_ENDINGS: &[&str] = &[
    "com", "net", "org", "info", "biz", "eu", "io", "co", "uk", "ie", "de", "at", "ch", "fr", "be", "nl", "lu", "es", "pt",
    "it", "pl", "cz", "sk", "hu", "ro", "bg", "gr", "si", "hr", "dk", "se", "no", "fi", "ee", "lv", "lt", "us", "ca", "au",
    "nz", "za", "example",
];

/// An e-mail address or a web domain: its letters are written as somebody typed them.
pub(super) fn is_address(word: &str) -> bool {
    let lower = word.to_lowercase();
    if lower.contains('@') || lower.starts_with("www.") || lower.contains("://") {
        return true;
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || character == '-')
    };
    // `j.r` is nobody's domain.
    let says_more = lower.split('.').any(|label| label.chars().count() >= 3);
    let ends_so = lower
        .rsplit_once('.')
        .is_some_and(|(_, ending)| DOMAIN_ENDINGS.contains(&ending));
    let is_domain = ends_so && says_more && lower.split('.').all(is_label);
    is_domain || is_typed_as_domain(word)
}

/// Words parted by full stops without a space, in small letters, as nobody writes a name: `tow.solutions`, `hills.ai`.
fn is_typed_as_domain(word: &str) -> bool {
    let is_label = |label: &str| {
        let is_plain = |character: char| character.is_lowercase() || character.is_ascii_digit() || character == '-';
        label.chars().count() >= 2 && label.chars().all(is_plain)
    };
    let mut labels = word.split('.');
    let begins_as_name = ["st", "ste"].contains(&labels.next().unwrap_or_default());
    labels.next().is_some() && !begins_as_name && word.split('.').all(is_label)
}

/// Whether a name has marks that don't stand in the names of people: what they part may be no first and last name.
pub(super) fn are_foreign_to_people(name: &str) -> bool {
    if name.contains(is_fence) {
        return true;
    }
    let tokens: Vec<&str> = name.split(' ').collect();
    tokens.windows(3).any(|three| match three {
        // `Mr / Mrs Smith` are people.
        [before, "/", after] => super::words::title(before).is_none() && super::words::title(after).is_none(),
        [_, mark, _] => is_mark(mark) && !matches!(*mark, "&" | "+" | "/"),
        _ => false,
    })
}

/// Whether a name as it was given has marks that are missing where it is made of its parts.
pub(super) fn are_lost(given: &str, composed: &str) -> bool {
    let has = |mark: &str| composed.split(' ').any(|token| token == mark);
    let mut marks = given.split(' ').filter(|token| is_mark(token));
    marks.any(|mark| !has(mark))
        || given
            .chars()
            .any(|character| is_fence(character) && !composed.contains(character))
}

/// Whether a name as it was given says `and` where the same name made of its parts says `&`, and differs in nothing else.
pub(super) fn differ_by_and(given: &str, composed: &str) -> bool {
    if !composed.contains('&') {
        return false;
    }
    let folded = torqueflow_model::fold(given);
    let (mut words, mut others) = (folded.split(' '), composed.split(' '));
    let mut differs = false;
    loop {
        match (words.next(), others.next()) {
            (None, None) => return differs,
            (Some("and"), Some("&")) => differs = true,
            (Some(_), Some("&")) => return false,
            (Some(word), Some(other)) if torqueflow_model::fold(other) == word => {}
            _ => return false,
        }
    }
}

/// A sign of its own that is more than punctuation gone astray.
fn is_mark(token: &str) -> bool {
    let is_stray = |character: char| matches!(character, '.' | ',' | '\'' | '"' | '\u{2019}');
    !token.is_empty() && !token.contains(char::is_alphanumeric) && !token.chars().all(is_stray)
}

/// Bars and brackets that fence off a part of a name.
fn is_fence(character: char) -> bool {
    matches!(character, '|' | '[' | ']' | '{' | '}' | '<' | '>')
}
