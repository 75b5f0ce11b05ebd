//! Addresses: street words of several languages, the house told from the street, postal codes.

use super::placeholder::is_placeholder;
use super::text::{code, plain};

/// Street words, each with how it is shortened.
const STREET_WORDS: &[(&str, &str)] = &[
    ("al", "alley"),
    ("aly", "alley"),
    ("ap", "apartment"),
    ("apt", "apartment"),
    ("av", "avenue"),
    ("ave", "avenue"),
    ("avda", "avenida"),
    ("bd", "boulevard"),
    ("bld", "boulevard"),
    ("blvd", "boulevard"),
    ("boul", "boulevard"),
    ("c", "calle"),
    ("ch", "chemin"),
    ("cir", "circuit"),
    ("circ", "circuit"),
    ("cl", "close"),
    ("cnr", "corner"),
    ("cr", "crescent"),
    ("cres", "crescent"),
    ("cresc", "crescent"),
    ("crt", "court"),
    ("ct", "court"),
    ("dr", "drive"),
    ("drv", "drive"),
    ("e", "east"),
    ("est", "estate"),
    ("flt", "flat"),
    ("fwy", "freeway"),
    ("gdn", "garden"),
    ("gdns", "gardens"),
    ("gr", "grove"),
    ("grv", "grove"),
    ("gro", "grove"),
    ("hse", "house"),
    ("hwy", "highway"),
    ("ln", "lane"),
    ("mt", "mount"),
    ("n", "north"),
    ("pde", "parade"),
    ("pk", "park"),
    ("pkwy", "parkway"),
    ("pky", "parkway"),
    ("pl", "place"),
    ("plz", "plaza"),
    ("pt", "point"),
    ("pwy", "parkway"),
    ("rd", "road"),
    ("rte", "route"),
    ("s", "south"),
    ("sq", "square"),
    ("st", "street"),
    ("sta", "santa"),
    ("ste", "suite"),
    ("str", "strasse"),
    ("sts", "street"),
    ("tce", "terrace"),
    ("ter", "terrace"),
    ("terr", "terrace"),
    ("trl", "trail"),
    ("vw", "view"),
    ("w", "west"),
    ("wy", "way"),
    ("wlk", "walk"),
    ("yd", "yard"),
];

/// Words that end the name of a street in most addresses, so that they tell little.
const STREET_KINDS: &[&str] = &[
    "alley",
    "avenue",
    "boulevard",
    "circuit",
    "close",
    "court",
    "crescent",
    "drive",
    "gardens",
    "grove",
    "highway",
    "lane",
    "parade",
    "parkway",
    "place",
    "road",
    "square",
    "street",
    "terrace",
    "view",
    "walk",
    "way",
];

/// An address line: the house, if it begins or ends with a number, and the street.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub house: Option<String>,
    pub street: Option<String>,
}

/// Reads an address line. The number stands first in most countries and last in others.
pub(crate) fn line(cell: &str) -> Line {
    let plain = plain(cell);
    if is_placeholder(&plain) {
        return Line {
            house: None,
            street: None,
        };
    }
    let mut words: Vec<&str> = plain.split(' ').collect();
    let mut house = None;
    if words.len() > 1 {
        if words.first().is_some_and(|word| is_number(word)) {
            house = Some(words.remove(0));
        } else if words.last().is_some_and(|word| is_number(word)) {
            house = words.pop();
        }
    }
    let last = words.len().saturating_sub(1);
    let expanded: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(at, word)| street_word(word, at, last))
        .collect();
    let street = expanded.join(" ");
    Line {
        house: house.map(str::to_owned),
        street: (!street.is_empty()).then_some(street),
    }
}

/// `12`, `12a`, `9981st` is none.
fn is_number(word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && word.len() - digits <= 1
}

fn street_word(word: &str, at: usize, last: usize) -> String {
    // `St` at the beginning is a saint.
    if word == "st" && at == 0 && last > 0 {
        return "saint".to_owned();
    }
    if let Some(stem) = word.strip_suffix("str").filter(|stem| stem.len() > 2) {
        return format!("{stem}strasse");
    }
    let found = STREET_WORDS.iter().find(|(short, _)| *short == word);
    found.map_or(word, |(_, long)| long).to_owned()
}

/// The name of a street and the word for what kind of street it is, if it ends with one.
pub(crate) fn split_kind(street: &str) -> (&str, Option<&str>) {
    match street.rsplit_once(' ') {
        Some((name, kind)) if STREET_KINDS.contains(&kind) => (name, Some(kind)),
        _ => (street, None),
    }
}

/// A house: `Flat 2, 12a` is `2 12a`, `Rose Cottage` stays.
pub(crate) fn house(cell: &str) -> Option<String> {
    let plain = plain(cell);
    let words: Vec<&str> = plain
        .split(' ')
        .filter(|word| !matches!(*word, "no" | "nr" | "number" | "flat" | "unit" | "apartment"))
        .collect();
    let house = words.join(" ");
    let house = house.trim_start_matches('0');
    (!is_placeholder(house)).then(|| house.to_owned())
}

/// A town, with the words that are often shortened written out.
pub(crate) fn town(cell: &str) -> Option<String> {
    let plain = plain(cell);
    if is_placeholder(&plain) {
        return None;
    }
    let long = |word| match word {
        "st" => "saint",
        "mt" => "mount",
        "nth" | "n" => "north",
        "sth" | "s" => "south",
        "e" => "east",
        "w" => "west",
        word => word,
    };
    let words: Vec<&str> = plain.split(' ').map(long).collect();
    Some(words.join(" "))
}

/// A postal code without gaps. ZIP+4 is its first five digits.
pub(crate) fn postcode(cell: &str) -> Option<String> {
    let mut code = code(cell);
    if code.len() == 9 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        code.truncate(5);
    }
    let is_known =
        code.len() >= 3 && !is_placeholder(&code.to_ascii_lowercase()) && code.bytes().any(|byte| byte != b'0');
    is_known.then_some(code)
}

/// The first half of a British postcode, which stands for a district.
pub(crate) fn outward(postcode: &[u8]) -> Option<&[u8]> {
    let (outward, inward) = postcode.split_at_checked(postcode.len().checked_sub(3)?)?;
    let [digit, first, second] = inward else {
        return None;
    };
    let begins = outward.first().is_some_and(u8::is_ascii_alphabetic);
    let ends = digit.is_ascii_digit() && first.is_ascii_alphabetic() && second.is_ascii_alphabetic();
    (begins && ends && (2..=4).contains(&outward.len())).then_some(outward)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, house: &str, street: &str) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let expected = Line {
            house: some(house),
            street: some(street),
        };
        assert_eq!(line(cell), expected, "{cell}");
    }

    #[test]
    fn lines_are_told_into_house_and_street() {
        check("12a High St", "12a", "high street");
        check("Hauptstr. 7", "7", "hauptstrasse");
        check("Hauptstraße 7", "7", "hauptstrasse");
        check("St John's Rd", "", "saint johns road");
        check("903 N. La Cienega Blvd.", "903", "north la cienega boulevard");
        check("Rose Cottage", "", "rose cottage");
        check("n/a", "", "");
    }

    #[test]
    fn postcodes_have_one_form_and_some_have_a_district() {
        assert_eq!(postcode("ls6 3aa").as_deref(), Some("LS63AA"));
        assert_eq!(postcode("12345-6789").as_deref(), Some("12345"));
        assert_eq!(postcode("0000"), None);
        assert_eq!(outward(b"LS63AA"), Some(&b"LS6"[..]));
        assert_eq!(outward(b"EC1A1BB"), Some(&b"EC1A"[..]));
        assert_eq!(outward(b"4121"), None);
    }

    #[test]
    fn the_kind_of_a_street_is_told_from_its_name() {
        assert_eq!(split_kind("isles place"), ("isles", Some("place")));
        assert_eq!(split_kind("broadway"), ("broadway", None));
    }
}
