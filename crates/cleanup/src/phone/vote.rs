//! Where the numbers of a column are from: decided by all of its rows.

use std::collections::{BTreeMap, BTreeSet};

use torqueflow_model::Cell;

use super::number;
use super::scan::{digits_as_shown, groups, is_filler, is_in_number};
use crate::country::Country;
use crate::origin::{Origin, prevails};
use crate::text::prepare;

/// So many bare numbers that could be a British mobile without its zero and could be American are American: of British
/// mobiles about one in three could be, so that four in a row are hardly an accident.
const EITHER_ENOUGH: u64 = 4;
/// Different numbers of a side that are told from each other: one number that is repeated is one, and beyond so many, all
/// that were met count.
const DIFFERENT: usize = 64;
/// So many different numbers, none of which is British, are no mistakes of typing.
const MISFITS_ENOUGH: u64 = 5;

/// Gathers over the rows of a telephone column where its numbers are from. Chunks of a column can be observed apart and
/// merged in any order.
///
/// ```
/// use torqueflow_cleanup::{Country, Origin, PhoneVote};
/// use torqueflow_model::Cell;
/// let mut vote = PhoneVote::new();
/// vote.observe(&Cell::text("204-555-0184"));
/// assert_eq!(vote.verdict(), Origin::From(Country::US));
/// let mut vote = PhoneVote::new();
/// vote.observe(&Cell::text("07911 123456"));
/// assert_eq!(vote.verdict(), Origin::From(Country::GB));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhoneVote {
    /// British numbers with their zero or country code.
    british: u64,
    /// Numbers grouped 3-3-4, as only North America does, or with +1.
    american: u64,
    /// Numbers with the code of another country.
    abroad: BTreeMap<Country, u64>,
    /// Numbers with a zero in front that are not British: dialled within another country, or mistyped.
    trunk: u64,
    /// Ten digits that are a British number without its zero, and no American one.
    bare_british: u64,
    /// Ten digits that are an American number, and no British one without its zero.
    bare_american: u64,
    /// Ten digits that could be an American number and a British mobile.
    bare_either: u64,
    /// Ten digits that are neither.
    bare_neither: u64,
    /// Numbers without a country code that are British, or would be with a zero.
    fitting: Numbers,
    /// Numbers without a country code that are not British, with a zero or without.
    misfits: Numbers,
}

/// Numbers of one side: how many there are, and the first different ones in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Numbers {
    all: u64,
    different: BTreeSet<u64>,
}

impl Numbers {
    fn add(&mut self, digits: &str) {
        self.all += 1;
        if let Ok(number) = digits.parse() {
            self.insert(number);
        }
    }

    /// Keeps the least, so that the order of rows changes nothing.
    fn insert(&mut self, number: u64) {
        self.different.insert(number);
        if self.different.len() > DIFFERENT {
            self.different.pop_last();
        }
    }

    fn merge(&mut self, other: &Self) {
        self.all += other.all;
        other.different.iter().for_each(|number| self.insert(*number));
    }

    fn count(&self) -> u64 {
        if self.different.len() < DIFFERENT {
            self.different.len() as u64
        } else {
            self.all
        }
    }
}

impl PhoneVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell) {
        let Ok(prepared) = prepare(cell) else { return };
        let exact = digits_as_shown(&prepared.text, cell.kind);
        let text = exact.as_deref().unwrap_or(&prepared.text);
        for run in text.split(|character| !is_in_number(character) || matches!(character, '/' | '\\')) {
            let run = run.trim_matches(|character: char| !character.is_ascii_digit() && character != '+');
            let plus = run.starts_with('+');
            let digits: String = run
                .replace("(0)", if plus { "" } else { "0" })
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            if (9..=15).contains(&digits.len()) && !is_filler(&digits) {
                self.count(run, &digits, plus);
            }
        }
    }

    fn count(&mut self, run: &str, digits: &str, plus: bool) {
        let international = match digits.strip_prefix("00") {
            Some(rest) => Some(rest),
            None => plus.then_some(digits),
        };
        if let Some(digits) = international {
            self.count_international(digits);
        } else if let Some(national) = digits.strip_prefix('0') {
            match number::british(national) {
                Some(_) => {
                    self.british += 1;
                    self.fitting.add(national);
                }
                None => {
                    self.trunk += 1;
                    self.misfits.add(national);
                }
            }
        } else if let Some(national) = digits.strip_prefix("44").filter(|rest| rest.len() == 10) {
            self.british += u64::from(number::british(national).is_some());
        } else if digits.len() == 11 && digits.starts_with('1') {
            let national = digits.trim_start_matches('1');
            self.american += u64::from(number::american(national).is_some());
        } else if digits.len() == 10 {
            self.count_ten(run, digits);
        }
    }

    fn count_international(&mut self, digits: &str) {
        match number::country_of(digits) {
            Some(country) if country.has_british_postcodes() => self.british += 1,
            Some(_) if digits.starts_with('1') => self.american += 1,
            Some(country) => *self.abroad.entry(country).or_default() += 1,
            None => {}
        }
    }

    /// Ten digits without a zero in front.
    fn count_ten(&mut self, run: &str, digits: &str) {
        let groups = groups(run);
        if groups == [3, 3, 4] && number::looks_american(digits) {
            self.american += 1;
            return;
        }
        let ungrouped = groups.len() == 1;
        let american = ungrouped && number::american(digits).is_some();
        let british = number::may_lose_zero(digits) && number::british(digits).is_some();
        if british {
            self.fitting.add(digits);
        } else {
            self.misfits.add(digits);
        }
        match (british, american) {
            (true, false) => self.bare_british += 1,
            (false, true) => self.bare_american += 1,
            (true, true) => self.bare_either += u64::from(digits.starts_with('7')),
            (false, false) => self.bare_neither += 1,
        }
    }

    /// Adds the evidence of other rows, of the same column or of another one.
    pub fn merge(&mut self, other: &Self) {
        self.british += other.british;
        self.american += other.american;
        for (country, count) in &other.abroad {
            *self.abroad.entry(*country).or_default() += count;
        }
        self.trunk += other.trunk;
        self.bare_british += other.bare_british;
        self.bare_american += other.bare_american;
        self.bare_either += other.bare_either;
        self.bare_neither += other.bare_neither;
        self.fitting.merge(&other.fitting);
        self.misfits.merge(&other.misfits);
    }

    /// Where the numbers are from: what four of five of those say that say something.
    pub fn verdict(&self) -> Origin {
        let british = self.british + self.bare_british;
        let abroad: u64 = self.abroad.values().sum();
        let total = british + self.american + abroad;
        if total == 0 {
            return self.verdict_of_bare();
        }
        if prevails(british, total) {
            return if self.reads_as_british() {
                Origin::From(Country::GB)
            } else {
                Origin::Abroad
            };
        }
        if prevails(self.american, total) {
            return Origin::From(Country::US);
        }
        // Numbers that are dialled within a country support that which others name.
        let total = total + self.trunk;
        let mut countries = self.abroad.iter();
        let found = countries.find(|(_, count)| prevails(**count + self.trunk, total));
        match found {
            Some((country, _)) if self.abroad.len() == 1 || self.trunk == 0 => Origin::From(*country),
            _ => Origin::Unknown,
        }
    }

    /// Where nothing but bare digits is there, they may say that they are not British, but not what else they are.
    fn verdict_of_bare(&self) -> Origin {
        let american = self.bare_american + self.bare_either;
        let enough = self.bare_american > 0 || self.bare_either >= EITHER_ENOUGH;
        let is_american = enough && self.trunk == 0 && prevails(american, american + self.bare_neither);
        let is_british = self.fitting.count() == 0 || self.reads_as_british();
        if is_american || !is_british {
            Origin::Abroad
        } else {
            Origin::Unknown
        }
    }

    /// Whether the column reads as British: a few of another country's numbers are British by accident, above all where
    /// nothing but a lost zero makes them so.
    fn reads_as_british(&self) -> bool {
        let (fitting, misfits) = (self.fitting.count(), self.misfits.count());
        let has_zeros = self.british > 0;
        if has_zeros {
            misfits < MISFITS_ENOUGH || !prevails(misfits, fitting + misfits)
        } else {
            misfits < 2 || misfits <= fitting
        }
    }

    /// What is left to say of a column of which neither its own numbers nor anything else say where they are from: not from
    /// Britain, where many are there and none is British.
    pub fn verdict_of_misfits(&self) -> Origin {
        if self.fitting.count() == 0 && self.misfits.count() >= MISFITS_ENOUGH {
            Origin::Abroad
        } else {
            Origin::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GB: Origin = Origin::From(Country::GB);
    const US: Origin = Origin::From(Country::US);

    #[track_caller]
    fn check(cells: &[&str], expected: Origin) {
        let mut whole = PhoneVote::new();
        let mut merged = PhoneVote::new();
        for cell in cells {
            whole.observe(&Cell::text(*cell));
        }
        for cell in cells.iter().rev() {
            let mut one = PhoneVote::new();
            one.observe(&Cell::text(*cell));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict(), expected, "{cells:?} {whole:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn a_zero_or_44_is_british() {
        check(&["07911 123456", "01632 960001"], GB);
        check(&["+44 7911 123456"], GB);
        check(&["Maria: 07911 123456 / 01483 123456"], GB);
        check(&["447911123456"], GB);
    }

    #[test]
    fn a_column_that_lost_its_zeros_is_british() {
        check(&["7911123456", "1483123456", "7712345678", "2079460000"], GB);
        check(&["7911123456.0", "7.700900982E+9"], GB);
    }

    #[test]
    fn groups_of_three_three_and_four_are_american() {
        check(&["204-555-0184", "(776) 555-0150 x839", "204.555.0112"], US);
        check(&["1-204-555-0184"], US);
        check(&["+1 204 555 0184", "204 555 0112"], US);
    }

    #[test]
    fn bare_digits_may_say_that_they_are_not_british() {
        check(&["5125551234", "2145551234"], Origin::Abroad);
        check(
            &["7135552234", "7135552235", "7132252236", "7135552237"],
            Origin::Abroad,
        );
        check(&["7135552234"], Origin::Unknown);
        check(&["9876543210", "9123456780", "8800000012"], Origin::Unknown);
    }

    #[test]
    fn a_column_that_mostly_is_not_british_gets_no_zeros() {
        let colombian = ["3007884621", "3144735732", "3012081393", "3108704264", "3155860895"];
        check(&colombian, Origin::Abroad);
        check(&["0391570011", "1152638672", "2901491493"], GB);
        // Malaysian numbers, one of which is British by accident.
        let malaysian = [
            "088-494 951",
            "088-473 522",
            "016-810 5563",
            "012-395 6664",
            "012-395 66621",
            "082-456 789",
        ];
        check(&malaysian, Origin::Abroad);
        // A repeated mistake is one, and a few mistakes are mistakes.
        let mut texts = vec!["5551234567"; 30];
        texts.extend(["7911123456", "1483123456"]);
        check(&texts, GB);
        check(&["7911123456", "1483123456", "7712345678", "9876543210"], GB);
        check(&["07911 123456", "07911 12345", "0161 4960", "01632 96000"], GB);
    }

    #[test]
    fn numbers_none_of_which_is_british_are_from_elsewhere() {
        let check = |texts: &[&str], expected| {
            let mut vote = PhoneVote::new();
            texts.iter().for_each(|text| vote.observe(&Cell::text(*text)));
            assert_eq!(vote.verdict_of_misfits(), expected, "{texts:?}");
        };
        check(
            &[
                "088-494 951",
                "088-473 522",
                "016-810 5563",
                "012-395 6664",
                "082-456 789",
            ],
            Origin::Abroad,
        );
        check(&["088-494 951", "088-473 522"], Origin::Unknown);
        check(
            &[
                "088-494 951",
                "088-473 522",
                "016-810 5563",
                "012-395 6664",
                "07911 123456",
            ],
            Origin::Unknown,
        );
        check(&[], Origin::Unknown);
    }

    #[test]
    fn the_code_of_a_country_says_where_its_other_numbers_are_from() {
        let france = Origin::From(Country::from_name("France").unwrap());
        check(&["+33 6 12 34 56 78", "06 12 34 56 79"], france);
        check(&["+33 6 12 34 56 78", "+353 87 123 4567"], Origin::Unknown);
    }

    #[test]
    fn one_number_among_many_changes_nothing() {
        check(
            &[
                "07911 123456",
                "07911 123457",
                "07911 123458",
                "07911 123459",
                "204-555-0184",
            ],
            GB,
        );
        check(
            &[
                "204-555-0184",
                "204-555-0185",
                "204-555-0186",
                "204-555-0187",
                "07911 123456",
            ],
            US,
        );
    }

    #[test]
    fn what_says_nothing_is_unknown() {
        check(&[], Origin::Unknown);
        check(&["", "TBA", "00000000000", "ring Mum", "12345"], Origin::Unknown);
        check(&["07911 123456", "204-555-0184"], Origin::Unknown);
    }
}
