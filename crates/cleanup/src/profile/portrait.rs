//! What a row says of its record besides its id: enough to tell it from another one.

use crate::text::stands_for_blank;
use crate::vrm::{is_placeholder, letters_and_digits};

/// Sets of words in a portrait, and words of a set. Names of more words are told apart by the first of them.
const SETS: usize = 2;
const WORDS: usize = 4;
/// Single features in a portrait, and those of them that the first set has: its first letter, and whether it is no more.
const FEATURES: usize = 5;
const FIRST_LETTER: usize = 3;
const IS_INITIAL: usize = 4;

/// Words that say nothing of who somebody is.
const IDLE: [u16; 15] = [
    word(b"mr"),
    word(b"mrs"),
    word(b"ms"),
    word(b"miss"),
    word(b"mx"),
    word(b"dr"),
    word(b"sir"),
    word(b"ltd"),
    word(b"limited"),
    word(b"plc"),
    word(b"llp"),
    word(b"inc"),
    word(b"and"),
    word(b"the"),
    word(b"of"),
];

/// How much has to differ before two rows are of different records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PortraitRule {
    /// People and companies: given and family name both, as far as the table has both; companies where it has neither.
    /// An initial is the given name that begins with it. Sets: given name (or the whole one), family name. Feature: company.
    Person,
    /// Vehicles: plate and VIN both, as far as the table has both. Features: plate, VIN.
    Vehicle,
    /// Things with a name: all of its words. Set: name.
    Thing,
    /// Documents, whose lines may stand in rows of their own: two features and all that both rows have.
    Document,
    /// Documents of one customer, which the first feature names: as above, or another customer, unless the third feature (what
    /// it is about, what it comes to) is the same.
    CustomersDocument,
}

/// Fingerprints of what a row says of its record. Zeros stand for what it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Portrait {
    sets: [[u16; WORDS]; SETS],
    features: [u16; FEATURES],
}

impl Portrait {
    /// Numbers of which a portrait consists.
    pub const NUMBERS: usize = SETS * WORDS + FEATURES;

    /// The portrait as numbers, to be kept.
    pub fn numbers(&self) -> [u16; Self::NUMBERS] {
        let mut numbers = [0; Self::NUMBERS];
        let all = self.sets.iter().flatten().chain(&self.features);
        numbers.iter_mut().zip(all).for_each(|(place, number)| *place = *number);
        numbers
    }

    /// Reads back what [`numbers`](Self::numbers) gave. What is missing is not said.
    pub fn from_numbers(numbers: &[u16]) -> Self {
        let mut portrait = Self::default();
        let all = portrait.sets.iter_mut().flatten().chain(&mut portrait.features);
        all.zip(numbers).for_each(|(place, number)| *place = *number);
        portrait
    }

    /// Adds the words of a name to a set, without titles and the like, in any case and with any marks between them.
    pub fn add_name(&mut self, set: usize, name: &str) {
        let Some(words) = self.sets.get_mut(set) else { return };
        if stands_for_blank(name) {
            return;
        }
        for text in name.split(separates_words) {
            let print = word_of(text);
            if print == 0 || IDLE.contains(&print) || words.contains(&print) {
                continue;
            }
            if let Some(place) = words.iter_mut().find(|word| **word == 0) {
                *place = print;
            }
        }
        if set == 0 {
            self.add_initial(name);
        }
    }

    fn add_initial(&mut self, name: &str) {
        let mut letters = name.chars().filter(|character| is_alphanumeric(*character));
        let Some(first) = letters.next() else { return };
        self.add_feature(FIRST_LETTER, first.encode_utf8(&mut [0; 4]));
        if letters.next().is_none() {
            self.add_feature(IS_INITIAL, "initial");
        }
    }

    /// Sets a feature: letters and digits in any case.
    pub fn add_feature(&mut self, feature: usize, text: &str) {
        if let Some(place) = self.features.get_mut(feature)
            && *place == 0
            && !stands_for_blank(text)
        {
            *place = word_of(text);
        }
    }

    /// Sets a feature that is a plate, a VIN or a code, unless it stands for none.
    pub fn add_code(&mut self, feature: usize, text: &str) {
        let code = letters_and_digits(text);
        if !is_placeholder(&code) {
            self.add_feature(feature, &code);
        }
    }

    /// Whether two rows are clearly of different records.
    pub fn differs(&self, other: &Self, rule: PortraitRule) -> bool {
        let mut common = Common::default();
        common.add(self);
        common.add(other);
        common.differs(rule)
    }
}

/// What the portraits of several rows have in common, whatever their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Common {
    portrait: Portrait,
    /// How many rows say something of each set and feature; two are as good as many.
    rows_of_set: [u8; SETS],
    rows_of_feature: [u8; FEATURES],
    /// Features that are not the same in all rows.
    differing: [bool; FEATURES],
}

impl Common {
    pub fn add(&mut self, portrait: &Portrait) {
        let mut one = Self {
            portrait: *portrait,
            ..Self::default()
        };
        for (rows, words) in one.rows_of_set.iter_mut().zip(&portrait.sets) {
            *rows = u8::from(words.iter().any(|word| *word != 0));
        }
        for (rows, feature) in one.rows_of_feature.iter_mut().zip(&portrait.features) {
            *rows = u8::from(*feature != 0);
        }
        self.merge(&one);
    }

    pub fn merge(&mut self, other: &Self) {
        let sets = self.portrait.sets.iter_mut().zip(&other.portrait.sets);
        for ((words, others), (rows, more)) in sets.zip(self.rows_of_set.iter_mut().zip(other.rows_of_set)) {
            match (*rows, more) {
                (0, _) => *words = *others,
                (_, 0) => {}
                _ => words
                    .iter_mut()
                    .filter(|word| !others.contains(word))
                    .for_each(|word| *word = 0),
            }
            *rows = rows.saturating_add(more).min(2);
        }
        let features = self.portrait.features.iter_mut().zip(&other.portrait.features);
        let rows = self.rows_of_feature.iter_mut().zip(other.rows_of_feature);
        let differing = self.differing.iter_mut().zip(other.differing);
        for (((feature, other), (rows, more)), (differs, already)) in features.zip(rows).zip(differing) {
            *differs |= already || (*rows > 0 && more > 0 && *feature != *other);
            if *rows == 0 {
                *feature = *other;
            }
            *rows = rows.saturating_add(more).min(2);
        }
    }

    /// What the rows agree on, for telling further rows from them.
    pub fn portrait(&self) -> &Portrait {
        &self.portrait
    }

    pub fn differs(&self, rule: PortraitRule) -> bool {
        match rule {
            PortraitRule::Person => match self.sets_differ() {
                Some(differ) => differ,
                None => self.feature(0) == Some(true),
            },
            PortraitRule::Thing => self.sets_differ() == Some(true),
            PortraitRule::Vehicle => match (self.feature(0), self.feature(1)) {
                (Some(plate), Some(vin)) => plate && vin,
                (plate, vin) => plate.or(vin) == Some(true),
            },
            PortraitRule::Document => self.features_differ(),
            PortraitRule::CustomersDocument => {
                let is_others = self.feature(0) == Some(true) && self.feature(2) != Some(false);
                is_others || self.features_differ()
            }
        }
    }

    /// Whether two features differ, and all that the rows have.
    fn features_differ(&self) -> bool {
        let features = (0..FIRST_LETTER).filter_map(|feature| self.feature(feature));
        let (count, all) = features.fold((0, true), |(count, all), differs| (count + 1, all && differs));
        count >= 2 && all
    }

    /// Whether no word is common in any set that the rows have. `None` where they have none, or not all of them.
    fn sets_differ(&self) -> Option<bool> {
        let mut differ = None;
        for (set, (words, rows)) in self.portrait.sets.iter().zip(self.rows_of_set).enumerate() {
            let differs = match rows {
                0 => continue,
                // One row says more than the other, so nothing can be said.
                1 => return Some(false),
                _ if set == 0 && self.has_initial() => self.feature(FIRST_LETTER) == Some(true),
                _ => words.iter().all(|word| *word == 0),
            };
            differ = Some(differ.unwrap_or(true) && differs);
        }
        differ
    }

    /// A row has no more of the first name than a letter.
    fn has_initial(&self) -> bool {
        self.rows_of_feature.get(IS_INITIAL).is_some_and(|rows| *rows > 0)
    }

    /// Whether the rows differ in a feature. `None` where fewer than two have it.
    fn feature(&self, feature: usize) -> Option<bool> {
        let rows = self.rows_of_feature.get(feature).copied().unwrap_or_default();
        let differs = self.differing.get(feature).copied().unwrap_or_default();
        (rows >= 2).then_some(differs)
    }
}

/// What stands between words: neither letters and digits, nor marks that belong to a word.
fn separates_words(character: char) -> bool {
    !is_alphanumeric(character) && !matches!(character, '\'' | '\u{2019}' | '.')
}

/// As [`char::is_alphanumeric`], which looks beyond ASCII at once.
fn is_alphanumeric(character: char) -> bool {
    character.is_ascii_alphanumeric() || !character.is_ascii() && character.is_alphanumeric()
}

/// A fingerprint of a word, by its letters and digits in lower case; 0 for none.
fn word_of(text: &str) -> u16 {
    let mut hash = START;
    let mut is_empty = true;
    for character in text.chars().filter(|character| is_alphanumeric(*character)) {
        is_empty = false;
        if character.is_ascii() {
            hash = step(hash, character.to_ascii_lowercase() as u32);
        } else {
            hash = character
                .to_lowercase()
                .fold(hash, |hash, lower| step(hash, lower as u32));
        }
    }
    if is_empty { 0 } else { fold(hash) }
}

/// The same for a word of ASCII in lower case.
const fn word(text: &[u8]) -> u16 {
    let (mut hash, mut rest) = (START, text);
    while let [first, behind @ ..] = rest {
        hash = step(hash, *first as u32);
        rest = behind;
    }
    fold(hash)
}

/// FNV-1a with 64 bits.
const START: u64 = 0xcbf2_9ce4_8422_2325;

const fn step(hash: u64, character: u32) -> u64 {
    (hash ^ character as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

const fn fold(hash: u64) -> u16 {
    let folded = (hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48)) as u16;
    if folded == 0 { 1 } else { folded }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(given: &str, family: &str, company: &str) -> Portrait {
        let mut portrait = Portrait::default();
        portrait.add_name(0, given);
        portrait.add_name(1, family);
        portrait.add_feature(0, company);
        portrait
    }

    #[track_caller]
    fn check(rule: PortraitRule, portraits: &[Portrait], expected: bool) {
        let differs = |portraits: &mut dyn Iterator<Item = &Portrait>| {
            let mut common = Common::default();
            portraits.for_each(|portrait| common.add(portrait));
            common.differs(rule)
        };
        assert_eq!(differs(&mut portraits.iter()), expected, "{portraits:?}");
        assert_eq!(
            differs(&mut portraits.iter().rev()),
            expected,
            "{portraits:?} backwards"
        );
    }

    #[test]
    fn people_differ_by_given_and_family_name() {
        let check = |rows: &[(&str, &str, &str)], expected| {
            let portraits: Vec<_> = rows.iter().map(|row| person(row.0, row.1, row.2)).collect();
            check(PortraitRule::Person, &portraits, expected);
        };
        check(&[("Amy", "Lock", ""), ("Bob", "Mill", "")], true);
        check(&[("Amy", "Lock", "Lock Ltd"), ("Bob", "Mill", "Lock Ltd")], true);
        check(&[("Amy", "Lock", ""), ("Amy", "Mill", "")], false);
        check(&[("Amy", "Lock", ""), ("AMY", "LOCK", "Lock Ltd")], false);
        check(&[("Amy", "Lock", ""), ("Bob", "", "")], false);
        check(&[("", "", "Lock Ltd"), ("", "", "Mill plc")], true);
        check(&[("", "", "Lock Ltd"), ("", "", "LOCK LTD.")], false);
        check(&[("", "", "Lock Ltd"), ("Amy", "Lock", "")], false);
        check(&[("Mr Amy Lock", "", ""), ("Lock, Amy", "", "")], false);
        check(&[("Mr Amy Lock", "", ""), ("Mr Bob Mill", "", "")], true);
        check(&[("Amy O'Neill", "", ""), ("A. ONeill", "", "")], false);
        check(&[("Amy", "Lock", ""), ("A.", "Locke", "")], false);
        check(&[("Amy", "Lock", ""), ("B", "Mill", "")], true);
        check(&[("A", "Lock", ""), ("B", "Mill", "")], true);
        check(&[("", "", ""), ("Amy", "Lock", ""), ("Amy", "Lock", "")], false);
        check(&[("Amy", "Lock", ""), ("", "", ""), ("Bob", "Mill", "")], true);
    }

    fn vehicle(plate: &str, vin: &str) -> Portrait {
        let mut portrait = Portrait::default();
        portrait.add_code(0, plate);
        portrait.add_code(1, vin);
        portrait
    }

    #[test]
    fn vehicles_differ_by_plate_and_vin() {
        let check = |rows: &[(&str, &str)], expected| {
            let portraits: Vec<_> = rows.iter().map(|row| vehicle(row.0, row.1)).collect();
            check(PortraitRule::Vehicle, &portraits, expected);
        };
        check(&[("AB12 CDE", "V1"), ("AB13 CDE", "V2")], true);
        check(&[("AB12 CDE", "V1"), ("P1 VAT", "V1")], false);
        check(&[("AB12 CDE", "V1"), ("ab12cde", "V2")], false);
        check(&[("AB12 CDE", ""), ("AB13 CDE", "")], true);
        check(&[("AB12 CDE", ""), ("TBA", "")], false);
        check(&[("AB12 CDE", ""), ("", "V1")], false);
    }

    #[test]
    fn documents_differ_by_two_features() {
        let document = |features: &[&str]| {
            let mut portrait = Portrait::default();
            (0..)
                .zip(features)
                .for_each(|(feature, text)| portrait.add_feature(feature, text));
            portrait
        };
        check(
            PortraitRule::Document,
            &[document(&["C1", "AB12CDE"]), document(&["C2", "AB13CDE"])],
            true,
        );
        check(
            PortraitRule::Document,
            &[document(&["C1", "AB12CDE"]), document(&["C2", "AB12CDE"])],
            false,
        );
        check(PortraitRule::Document, &[document(&["C1"]), document(&["C2"])], false);
        let of_customers = |one: &[&str], other: &[&str], expected| {
            check(
                PortraitRule::CustomersDocument,
                &[document(one), document(other)],
                expected,
            );
        };
        of_customers(&["C1"], &["C2"], true);
        of_customers(&["C1", "2024-03-01"], &["C2", "2024-03-01"], true);
        of_customers(&["C1", "2024-03-01", "90.00"], &["C2", "2024-03-01", "90.00"], false);
        of_customers(&["C1", "2024-03-01", "90.00"], &["C1", "2024-03-02", "20.00"], false);
        of_customers(&["C1", "2024-03-01", "90.00"], &["", "2024-03-02", "20.00"], true);
        of_customers(&["C1"], &[""], false);
        of_customers(&["C1"], &["c1"], false);
    }

    #[test]
    fn a_portrait_can_be_kept() {
        let portrait = person("Amy", "Lock", "Lock Ltd");
        assert_eq!(Portrait::from_numbers(&portrait.numbers()), portrait);
        assert_eq!(word_of("Ltd."), word(b"ltd"));
        assert_eq!(word_of(" - "), 0);
    }
}
