//! Levels of words and phrases: names, streets, towns.

use super::strings::{edits, similarity};
use crate::level::Level;
use crate::nicknames::are_of_one_name;
use crate::normal::address::split_kind;

/// From here on two words are alike (Jaro–Winkler).
const ALIKE: f64 = 0.9;
/// And from here on there is a faint likeness.
const VAGUE: f64 = 0.8;

/// Whether a short form stands for the longer word: three letters or more, and it begins it.
fn begins(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.len() >= 3 && long.starts_with(short)
}

/// The level of two phrases by their letters alone.
pub(crate) fn spelling(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    let shorter = one.len().min(other.len());
    match edits(one, other, 3) {
        Some(1) if shorter >= 3 => Level::Close,
        Some(2) if shorter >= 8 => Level::Close,
        Some(1) => Level::Alike,
        Some(2) if shorter >= 4 => Level::Alike,
        Some(3) if shorter >= 9 => Level::Alike,
        found => {
            let similarity = similarity(one, other);
            if similarity >= ALIKE && shorter >= 4 {
                Level::Alike
            } else if similarity >= VAGUE || (found.is_some() && shorter >= 5) {
                Level::Vague
            } else {
                Level::Other
            }
        }
    }
}

/// The level of two surnames. One of two surnames, or the beginning of one, is part of it.
pub(crate) fn surname(one: &[u8], other: &[u8]) -> Level {
    let level = spelling(one, other);
    if level > Level::Close && (share_a_word(one, other) || begins(one, other)) {
        return Level::Part;
    }
    level
}

/// The level of two first names. `listed` says which of them are known as such, on a list or because several bear them.
pub(crate) fn given(one: &[u8], other: &[u8], listed: (bool, bool)) -> Level {
    let level = spelling(one, other);
    if level <= Level::Close {
        // `Jean` and `Joan` are two names, each of them known.
        return if level == Level::Close && listed == (true, true) && !is_nickname(one, other) {
            Level::Alike
        } else {
            level
        };
    }
    if listed == (true, true) && is_nickname(one, other) {
        return Level::Nickname;
    }
    let initials = initial(one, other);
    if let Some(is_same) = initials {
        return if is_same { Level::Part } else { Level::Other };
    }
    if share_a_word(one, other) {
        return Level::Part;
    }
    if begins(one, other) {
        return Level::Nickname;
    }
    match level {
        Level::Alike | Level::Vague if listed == (true, true) => Level::Other,
        Level::Other if listed != (true, true) => Level::Odd,
        level => level,
    }
}

/// The first words are names of one person.
fn is_nickname(one: &[u8], other: &[u8]) -> bool {
    let first = |name| std::str::from_utf8(first_word(name)).unwrap_or_default();
    are_of_one_name(first(one), first(other))
}

fn first_word(phrase: &[u8]) -> &[u8] {
    phrase.split(|sign| *sign == b' ').next().unwrap_or_default()
}

/// Where one begins with an initial: whether it is the other's.
fn initial(one: &[u8], other: &[u8]) -> Option<bool> {
    let (one, other) = (first_word(one), first_word(other));
    (one.len() == 1 || other.len() == 1).then(|| one.first() == other.first())
}

/// They have a word of three letters or more in common, where one of them has several.
fn share_a_word(one: &[u8], other: &[u8]) -> bool {
    if !one.contains(&b' ') && !other.contains(&b' ') {
        return false;
    }
    let mut words = one.split(|sign| *sign == b' ').filter(|word| word.len() >= 3);
    words.any(|word| other.split(|sign| *sign == b' ').any(|other| other == word))
}

/// The level of two streets: by their names, where both say what kind of street they are.
pub(crate) fn street(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    let text = |street| std::str::from_utf8(street).unwrap_or_default();
    let ((name, kind), (other_name, other_kind)) = (split_kind(text(one)), split_kind(text(other)));
    let level = match (kind, other_kind) {
        (Some(kind), Some(other_kind)) => match spelling(name.as_bytes(), other_name.as_bytes()) {
            Level::Same if kind != other_kind => Level::Close,
            level => level,
        },
        (None, None) => spelling(one, other),
        _ if name == other_name => Level::Close,
        _ => spelling(one, other),
    };
    if level > Level::Close && begins_with_words(one, other) {
        return Level::Part;
    }
    level
}

/// One begins with all words of the other.
fn begins_with_words(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.len() >= 4 && long.strip_prefix(short).is_some_and(|rest| rest.first() == Some(&b' '))
}

/// The level of two towns.
pub(crate) fn town(one: &[u8], other: &[u8]) -> Level {
    let level = spelling(one, other);
    if level > Level::Close && (begins_with_words(one, other) || ends_with_words(one, other)) {
        return Level::Part;
    }
    level
}

fn ends_with_words(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.len() >= 4 && long.strip_suffix(short).is_some_and(|rest| rest.last() == Some(&b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(compare: fn(&[u8], &[u8]) -> Level, one: &str, other: &str, expected: Level) {
        assert_eq!(compare(one.as_bytes(), other.as_bytes()), expected, "{one} / {other}");
        assert_eq!(compare(other.as_bytes(), one.as_bytes()), expected, "{other} / {one}");
    }

    #[test]
    fn surnames_have_levels() {
        check(surname, "smith", "smith", Level::Same);
        check(surname, "macdonald", "mcdonald", Level::Close);
        check(surname, "smith jones", "smith", Level::Part);
        check(surname, "alb", "albright", Level::Part);
        check(surname, "gergely", "gregory", Level::Vague);
        check(surname, "smith", "jones", Level::Other);
    }

    #[test]
    fn first_names_have_levels() {
        let known = |one: &[u8], other: &[u8]| given(one, other, (true, true));
        check(known, "robert", "bob", Level::Nickname);
        check(known, "john", "j", Level::Part);
        check(known, "mary", "j", Level::Other);
        check(known, "anna maria", "anna", Level::Nickname);
        check(known, "mary anna", "anna", Level::Part);
        check(known, "john", "mary", Level::Other);
        check(known, "jean", "joan", Level::Alike);
        let odd = |one: &[u8], other: &[u8]| given(one, other, (false, false));
        check(odd, "benjsmin", "benjamin", Level::Close);
        check(odd, "qxvt", "john", Level::Odd);
    }

    #[test]
    fn streets_have_levels() {
        check(street, "isles place", "islesplace", Level::Close);
        check(street, "welsby place", "welsby pnlace", Level::Close);
        check(street, "isles place", "miles street", Level::Alike);
        check(street, "broadway", "broadway between 90th and 91st", Level::Part);
        check(street, "high street", "high road", Level::Close);
    }
}
