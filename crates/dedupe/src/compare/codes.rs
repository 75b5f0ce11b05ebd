//! Levels of codes: numbers, addresses of mail, postcodes, registrations, days.

use super::strings::{edits, similarity};
use crate::level::Level;
use crate::normal::address::outward;
use crate::normal::email::is_desk;
use crate::normal::vehicle::folded;

/// Two telephone numbers.
pub(crate) fn phone(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    let (base, other_base) = (without_extension(one), without_extension(other));
    if base == other_base || ends_with(base, other_base, 6) {
        return Level::Part;
    }
    match edits(base, other_base, 2) {
        Some(1) if one.len() >= 7 => Level::Close,
        Some(2) if one.len() >= 8 => Level::Alike,
        _ => Level::Other,
    }
}

/// How likely two numbers are nearly the same by chance: those of one exchange, which begin alike, often are.
pub(crate) fn phone_chance(level: Level, one: &[u8], other: &[u8]) -> f64 {
    let begin = one.len().saturating_sub(4);
    let is_one_exchange = begin > 0 && one.get(..begin) == other.get(..begin);
    match level {
        Level::Close if is_one_exchange => 0.004,
        Level::Alike if is_one_exchange => 0.05,
        _ => 0.0,
    }
}

fn without_extension(phone: &[u8]) -> &[u8] {
    phone.split(|sign| *sign == b'x').next().unwrap_or_default()
}

/// The longer ends with the shorter, which has at least `length` signs.
fn ends_with(one: &[u8], other: &[u8], length: usize) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.len() >= length && long.ends_with(short)
}

/// Two e-mail addresses: an equal mailbox at another host counts for something, unless it is a firm's desk.
pub(crate) fn email(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    let ((local, host), (other_local, other_host)) = (split_address(one), split_address(other));
    if is_desk(std::str::from_utf8(local).unwrap_or_default()) {
        return Level::Other;
    }
    if local == other_local {
        return if edits(host, other_host, 2).is_some() {
            Level::Close
        } else {
            Level::Part
        };
    }
    let length = local.len().min(other_local.len());
    match (edits(local, other_local, 2), host == other_host) {
        (Some(1), true) if length >= 4 => Level::Close,
        (Some(_), true) | (Some(1), false) if length >= 5 => Level::Alike,
        (_, true) if length >= 5 && similarity(local, other_local) >= 0.88 => Level::Vague,
        _ => Level::Other,
    }
}

/// The mailbox and the host of an address.
pub(crate) fn split_address(address: &[u8]) -> (&[u8], &[u8]) {
    let at = address.iter().rposition(|sign| *sign == b'@').unwrap_or(address.len());
    (
        address.get(..at).unwrap_or_default(),
        address.get(at + 1..).unwrap_or_default(),
    )
}

/// Two postal codes.
pub(crate) fn postcode(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    match edits(one, other, 2) {
        Some(1) => Level::Close,
        found => match (outward(one), outward(other)) {
            (Some(district), Some(other)) if district == other => Level::Part,
            _ if found.is_some() && one.len() >= 5 => Level::Alike,
            _ => Level::Other,
        },
    }
}

/// Two house numbers, or names of houses.
pub(crate) fn house(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    // `12` and `12a`, `2 12` and `12`.
    let words = |house: &[u8]| house.contains(&b' ');
    if is_letter_off(short, long) || (words(long) && long.split(|sign| *sign == b' ').any(|word| word == short)) {
        return Level::Part;
    }
    match edits(one, other, 1) {
        Some(_) if short.len() >= 2 || long.starts_with(short) => Level::Close,
        _ => Level::Other,
    }
}

fn is_letter_off(short: &[u8], long: &[u8]) -> bool {
    let rest = long.strip_prefix(short).unwrap_or_default();
    rest.len() == 1 && rest.iter().all(u8::is_ascii_alphabetic)
}

/// Two days, year first.
pub(crate) fn day(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    if edits(one, other, 1).is_some() || is_day_for_month(one, other) {
        return Level::Close;
    }
    let parts = |day: &[u8]| [day.get(..4), day.get(4..6), day.get(6..)].map(|part| part.unwrap_or_default().to_vec());
    let equal = parts(one)
        .iter()
        .zip(parts(other))
        .filter(|(one, other)| *one == other)
        .count();
    if equal >= 2 { Level::Alike } else { Level::Other }
}

fn is_day_for_month(one: &[u8], other: &[u8]) -> bool {
    one.get(..4) == other.get(..4) && one.get(4..6) == other.get(6..) && one.get(6..) == other.get(4..6)
}

/// Two registrations: signs that are taken for each other are a level of their own.
pub(crate) fn plate(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    if folded(one).eq(folded(other)) {
        return Level::Nickname;
    }
    match edits(one, other, 1) {
        Some(_) if one.len() >= 5 => Level::Close,
        _ => Level::Other,
    }
}

/// Two VINs; the last six signs or more stand for the whole.
pub(crate) fn vin(one: &[u8], other: &[u8]) -> Level {
    if one == other {
        return Level::Same;
    }
    if folded(one).eq(folded(other)) {
        return Level::Nickname;
    }
    if ends_with(one, other, 6) {
        return Level::Part;
    }
    match edits(one, other, 2) {
        Some(1) => Level::Close,
        Some(_) if one.len() >= 15 => Level::Alike,
        _ => Level::Other,
    }
}

/// Two ids, each with its source; `None` where they are of two sources.
pub(crate) fn external_id(one: &[u8], other: &[u8]) -> Option<Level> {
    let source = |id: &[u8]| id.split(|sign| *sign == b':').next().unwrap_or_default().to_vec();
    (source(one) == source(other)).then(|| if one == other { Level::Same } else { Level::Other })
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
    fn numbers_have_levels() {
        check(phone, "7700900123", "7700900123", Level::Same);
        check(phone, "7700900123", "7700900132", Level::Close);
        check(phone, "3104560169", "4560169", Level::Part);
        check(phone, "2665550180x2528", "2665550180x11", Level::Part);
        check(phone, "7700900123", "1632960001", Level::Other);
        check(house, "12", "12a", Level::Part);
        check(house, "180", "18", Level::Close);
        check(house, "12", "47", Level::Other);
    }

    #[test]
    fn addresses_of_mail_have_levels() {
        check(email, "ada@lowe.example", "ada@lowe.exmple", Level::Close);
        check(email, "ada.lowe@a.example", "ada.lowe@b-mail.example", Level::Part);
        check(email, "info@a.example", "info@b-mail.example", Level::Other);
        check(email, "adalowe@a.example", "adallowe@a.example", Level::Close);
    }

    #[test]
    fn codes_have_levels() {
        check(postcode, "LS63AA", "LS63AB", Level::Close);
        check(postcode, "LS63AA", "LS69ZZ", Level::Part);
        check(postcode, "5254", "5245", Level::Close);
        check(plate, "AB12CDO", "AB12CD0", Level::Nickname);
        check(plate, "AB12CDE", "AB12CDF", Level::Close);
        check(vin, "WVWZZZ1KZ6W612305", "6W612305", Level::Part);
        check(vin, "WVWZZZ1KZ6W612305", "WF0DXXGAKDJA12345", Level::Other);
        check(day, "19780601", "19780106", Level::Close);
        check(day, "19780601", "19780612", Level::Alike);
    }

    #[test]
    fn ids_are_compared_within_a_source() {
        assert_eq!(external_id(b"a:1", b"b:1"), None);
        assert_eq!(external_id(b"a:1", b"a:2"), Some(Level::Other));
    }
}
