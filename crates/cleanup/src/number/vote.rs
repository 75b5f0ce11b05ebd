//! Which mark a column writes before decimals: decided by all of its rows.

use std::fmt;

use torqueflow_model::{Cell, CellKind, without_tax_words};

use super::marks::{DecimalMark, Layout, layout};
use super::rates::{fraction, typed_fraction};
use crate::evidence::{Sides, weigh};
use crate::text::prepare;

/// Engines below this many cubic centimetres are given in litres: the smallest of a road vehicle has 49, the largest of a
/// lorry 16 litres.
pub(super) const FEWEST_CUBIC_CENTIMETRES: i64 = 30;

/// The verdict on the decimal mark of one column, over all of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnDecimalMark {
    /// Rows prove it, and next to none the other one.
    Proven(DecimalMark),
    /// No row proves it.
    Assumed(DecimalMark),
    /// Some rows prove one and some the other. Numbers that could be either are not read.
    Mixed,
}

/// What all rows say of how a column writes its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ColumnNumbers {
    /// The mark before decimals.
    pub decimal_mark: ColumnDecimalMark,
    /// The unit of numbers that name none, where it is not the field's own.
    pub unit: Option<ColumnUnit>,
}

/// A unit of a whole column, from which numbers are converted without a word on each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnUnit {
    /// Kilometres in a field of miles.
    Kilometres,
    /// Litres in a field of cubic centimetres.
    Litres,
    /// Fractions of one in a field of percent.
    Fractions,
}

impl Default for ColumnNumbers {
    /// Nothing is known: numbers are read as in Britain.
    fn default() -> Self {
        Self {
            decimal_mark: ColumnDecimalMark::Assumed(DecimalMark::Point),
            unit: None,
        }
    }
}

/// Gathers evidence over the rows of one column. Chunks of a column can be observed apart and merged in any order.
///
/// ```
/// use torqueflow_cleanup::{ColumnDecimalMark, DecimalMark, NumberVote};
/// use torqueflow_model::Cell;
/// let mut vote = NumberVote::new();
/// vote.observe(&Cell::text("1.250"));
/// assert_eq!(vote.decimal_mark(false, None), ColumnDecimalMark::Assumed(DecimalMark::Point));
/// vote.observe(&Cell::text("4,20"));
/// assert_eq!(vote.decimal_mark(false, None), ColumnDecimalMark::Proven(DecimalMark::Comma));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberVote {
    /// Numbers of which a point, a comma stands before the decimals.
    point: Proof,
    comma: Proof,
    /// Numbers that could be either, by their mark; in whole numbers it separates thousands.
    open_point: Proof,
    open_comma: Proof,
    /// Such numbers that are whole in both readings: `12.000`.
    round_point: u64,
    round_comma: u64,
    /// Numbers below and from 30 on.
    small: u64,
    large: u64,
    /// Numbers below one that are rates in use as fractions, and those that are not; zeros are neither.
    fractions: u64,
    others: u64,
}

/// What one cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NumberSign {
    layout: Layout,
    /// From 30 on (`true`), or more than nothing (`false`).
    is_large: Option<bool>,
    /// A rate in use as a fraction of one (`true`), or none; nothing and what the format shows in percent is neither.
    is_fraction: Option<bool>,
}

impl NumberSign {
    /// Typed numbers have no marks.
    fn of_typed(number: f64, text: &str) -> Self {
        Self {
            layout: Layout::Unmarked,
            is_large: size(number),
            is_fraction: typed_fraction(number).filter(|is_one| !is_one || !text.contains('%')),
        }
    }

    /// What the number in a text says.
    fn of(core: &str) -> Option<Self> {
        let layout = layout(core)?;
        // Of `1.598` litres and `1,598` cubic centimetres nobody knows which it is, and it does not matter.
        if let Layout::Open { .. } = layout {
            return Some(Self {
                layout,
                is_large: None,
                is_fraction: Some(false),
            });
        }
        let whole: u64 = core
            .bytes()
            .take_while(u8::is_ascii_digit)
            .take(10)
            .fold(0, |whole, digit| whole * 10 + u64::from(digit - b'0'));
        Some(Self {
            layout,
            is_large: size(whole as f64),
            is_fraction: if whole > 0 { Some(false) } else { fraction(core) },
        })
    }
}

fn size(number: f64) -> Option<bool> {
    (number > 0.0).then_some(number >= FEWEST_CUBIC_CENTIMETRES as f64)
}

impl NumberVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account. Typed numbers have no marks.
    pub fn observe(&mut self, cell: &Cell) {
        if let Some(sign) = self.offer(cell) {
            self.count(sign);
        }
    }

    /// What a cell says, which is still to be counted; its text may be an example of it.
    pub(crate) fn offer(&mut self, cell: &Cell) -> Option<NumberSign> {
        match cell.kind {
            CellKind::Text if cell.text.is_ascii() => self.offer_text(&cell.text),
            CellKind::Text => self.offer_text(&prepare(cell).ok()?.text),
            CellKind::Number(number) => Some(NumberSign::of_typed(number, &cell.text)),
            _ => None,
        }
    }

    fn offer_text(&mut self, text: &str) -> Option<NumberSign> {
        let whole = core(text);
        // The rate of a tax may stand behind a price.
        let price = || without_tax_words(text.contains('%').then_some(text)?).and_then(core);
        let core = whole.or_else(price)?;
        let mut sign = NumberSign::of(core)?;
        // What says that it is in percent is no fraction, and a sign before it makes it none.
        if sign.is_fraction == Some(true) && text.contains(['%', '-']) {
            sign.is_fraction = Some(false);
        }
        if let Some(proof) = self.proof_of(sign.layout) {
            proof.offer_text(core);
        }
        Some(sign)
    }

    fn proof_of(&mut self, layout: Layout) -> Option<&mut Proof> {
        match layout {
            Layout::Certain(DecimalMark::Point) => Some(&mut self.point),
            Layout::Certain(DecimalMark::Comma) => Some(&mut self.comma),
            Layout::Open { mark, is_round: false } => Some(match mark {
                DecimalMark::Point => &mut self.open_point,
                DecimalMark::Comma => &mut self.open_comma,
            }),
            Layout::Open { is_round: true, .. } | Layout::Unmarked => None,
        }
    }

    /// Takes into account what a cell says whose text was offered.
    pub(crate) fn count(&mut self, sign: NumberSign) {
        if let Some(proof) = self.proof_of(sign.layout) {
            proof.count += 1;
        } else if let Layout::Open { mark, .. } = sign.layout {
            match mark {
                DecimalMark::Point => self.round_point += 1,
                DecimalMark::Comma => self.round_comma += 1,
            }
        }
        match sign.is_large {
            Some(true) => self.large += 1,
            Some(false) => self.small += 1,
            None => {}
        }
        match sign.is_fraction {
            Some(true) => self.fractions += 1,
            Some(false) => self.others += 1,
            None => {}
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.point.merge(&other.point);
        self.comma.merge(&other.comma);
        self.open_point.merge(&other.open_point);
        self.open_comma.merge(&other.open_comma);
        self.round_point += other.round_point;
        self.round_comma += other.round_comma;
        self.small += other.small;
        self.large += other.large;
        self.fractions += other.fractions;
        self.others += other.others;
    }

    /// The verdict on the decimal mark. Where no row proves anything the default holds: what the table's other columns
    /// prove, else the point. In a field of whole numbers, three digits that are not all zeros show by themselves that
    /// the mark before them separates thousands.
    pub fn decimal_mark(&self, is_whole: bool, default: Option<DecimalMark>) -> ColumnDecimalMark {
        let (point, comma) = self.proofs(is_whole);
        match weigh(point.count, comma.count) {
            Sides::None => ColumnDecimalMark::Assumed(default.unwrap_or(DecimalMark::Point)),
            Sides::First => ColumnDecimalMark::Proven(DecimalMark::Point),
            Sides::Second => ColumnDecimalMark::Proven(DecimalMark::Comma),
            Sides::Both => ColumnDecimalMark::Mixed,
        }
    }

    /// What proves this mark: how many rows, and one of their numbers.
    pub fn proof(&self, mark: DecimalMark, is_whole: bool) -> Proof {
        let (point, comma) = self.proofs(is_whole);
        match mark {
            DecimalMark::Point => point,
            DecimalMark::Comma => comma,
        }
    }

    fn proofs(&self, is_whole: bool) -> (Proof, Proof) {
        let (mut point, mut comma) = (self.point, self.comma);
        if is_whole {
            point.merge(&self.open_comma);
            comma.merge(&self.open_point);
        }
        (point, comma)
    }

    /// Numbers whose value depends on the verdict, that have this mark.
    pub fn open(&self, mark: DecimalMark, is_whole: bool) -> u64 {
        let (open, round) = match mark {
            DecimalMark::Point => (self.open_point.count, self.round_point),
            DecimalMark::Comma => (self.open_comma.count, self.round_comma),
        };
        if is_whole { round } else { open + round }
    }

    /// Whether the numbers of a field of cubic centimetres are litres: all but next to none are too small for an engine.
    pub fn are_litres(&self) -> bool {
        weigh(self.small, self.large) == Sides::First
    }

    /// Whether the numbers of a field of percent are fractions of one: all but next to none are below one, and rates in use
    /// once multiplied by a hundred.
    pub fn are_fractions(&self) -> bool {
        weigh(self.fractions, self.others) == Sides::First
    }
}

/// How many rows prove something, and the least of the texts that do, which does not depend on the order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proof {
    count: u64,
    example: [u8; LONGEST_EXAMPLE],
}

const LONGEST_EXAMPLE: usize = 16;

impl Proof {
    /// How many rows.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn offer_text(&mut self, text: &str) {
        let mut example = [0; LONGEST_EXAMPLE];
        if let Some(place) = example.get_mut(..text.len())
            && text.is_ascii()
        {
            place.copy_from_slice(text.as_bytes());
            self.offer(example);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.offer(other.example);
    }

    fn offer(&mut self, example: [u8; LONGEST_EXAMPLE]) {
        let none = [0; LONGEST_EXAMPLE];
        if self.example == none || (example != none && example < self.example) {
            self.example = example;
        }
    }
}

/// One of the texts, blank if all were long.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = self.example.iter().position(|byte| *byte == 0);
        let text = self.example.get(..end.unwrap_or(LONGEST_EXAMPLE)).unwrap_or_default();
        f.write_str(std::str::from_utf8(text).unwrap_or_default())
    }
}

/// The number in a text, without what is written beside it: from the first digit, or a mark before it, to the last digit.
/// `None` where something else stands in between.
fn core(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let first = bytes.iter().position(u8::is_ascii_digit)?;
    let last = bytes.iter().rposition(u8::is_ascii_digit)?;
    let begins_with_mark = |start: usize| {
        let is_mark = matches!(bytes.get(start), Some(b'.' | b','));
        let before = start.checked_sub(1).and_then(|before| bytes.get(before));
        is_mark && before.is_none_or(|before| !before.is_ascii_alphanumeric())
    };
    let start = first
        .checked_sub(1)
        .filter(|start| begins_with_mark(*start))
        .unwrap_or(first);
    let core = text.get(start..=last)?;
    let is_number = core
        .chars()
        .all(|character| matches!(character, '0'..='9' | '.' | ',' | ' ' | '\'' | '\u{2019}'));
    is_number.then_some(core)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote(texts: &[&str]) -> NumberVote {
        let mut whole = NumberVote::new();
        let mut merged = NumberVote::new();
        for text in texts {
            whole.observe(&Cell::text(*text));
        }
        for text in texts.iter().rev() {
            let mut one = NumberVote::new();
            one.observe(&Cell::text(*text));
            merged.merge(&one);
        }
        assert_eq!(whole, merged, "{texts:?}");
        whole
    }

    #[track_caller]
    fn check(texts: &[&str], expected: ColumnDecimalMark) {
        assert_eq!(vote(texts).decimal_mark(false, None), expected, "{texts:?}");
    }

    #[test]
    fn one_row_proves_the_mark() {
        check(
            &["1.250", "3,125", "4,20"],
            ColumnDecimalMark::Proven(DecimalMark::Comma),
        );
        check(&["1.250", "£4.20"], ColumnDecimalMark::Proven(DecimalMark::Point));
        check(&["1.355,90 EUR"], ColumnDecimalMark::Proven(DecimalMark::Comma));
        check(&["CHF 1'234.50"], ColumnDecimalMark::Proven(DecimalMark::Point));
    }

    #[test]
    fn without_proof_the_default_holds() {
        let open = ["1.250", "3,125", "12", "", "junk", "12 miles 3", "01.02.2024"];
        check(&open, ColumnDecimalMark::Assumed(DecimalMark::Point));
        assert_eq!(
            vote(&open).decimal_mark(false, Some(DecimalMark::Comma)),
            ColumnDecimalMark::Assumed(DecimalMark::Comma)
        );
    }

    #[test]
    fn one_contradiction_among_many_changes_nothing() {
        let mut texts = vec!["4,20"; 200];
        texts.push("4.20");
        check(&texts, ColumnDecimalMark::Proven(DecimalMark::Comma));
        assert_eq!(vote(&texts).proof(DecimalMark::Point, false).to_string(), "4.20");
        check(&["4,20", "4.20"], ColumnDecimalMark::Mixed);
    }

    #[test]
    fn whole_numbers_show_their_thousands() {
        let vote = vote(&["64.210", "7"]);
        assert_eq!(
            vote.decimal_mark(true, None),
            ColumnDecimalMark::Proven(DecimalMark::Comma)
        );
        assert_eq!(
            vote.decimal_mark(false, None),
            ColumnDecimalMark::Assumed(DecimalMark::Point)
        );
    }

    #[test]
    fn the_only_proof_can_be_named() {
        let proof = vote(&["1.250", "4,20"]).proof(DecimalMark::Comma, false);
        assert_eq!((proof.count(), proof.to_string().as_str()), (1, "4,20"));
        assert_eq!(
            vote(&["3,5", "1,5"]).proof(DecimalMark::Comma, false).to_string(),
            "1,5"
        );
    }

    #[test]
    fn a_column_of_small_numbers_is_in_litres() {
        assert!(vote(&["1.6", "2.0", "0", "1,6 TDI"]).are_litres());
        assert!(!vote(&["1.6", "1968"]).are_litres());
        assert!(!vote(&["0", ""]).are_litres());
    }

    #[test]
    fn a_column_of_rates_below_one_is_in_fractions() {
        for texts in [
            &["0,22", "0,05", "0,1"][..],
            &["0.2", "0", ".055", ""],
            &["0.20"],
            &["0.2000", "0.000"],
        ] {
            assert!(vote(texts).are_fractions(), "{texts:?}");
        }
        for texts in [
            &["0.2", "20"][..],
            &["20", "5.5", "0"],
            &["0.5", "0.2"],
            &["0.22 %", "0.05 %"],
            &["0.221"],
            &["0", "", "x"],
            &["-0.2"],
            &["1.200"],
        ] {
            assert!(!vote(texts).are_fractions(), "{texts:?}");
        }
        let mut many = vec!["0.2"; 40];
        many.push("20");
        assert!(vote(&many).are_fractions());
    }

    #[test]
    fn typed_fractions_are_told_from_those_that_are_shown_in_percent() {
        let check = |cells: &[(f64, &str)], expected| {
            let mut vote = NumberVote::new();
            for (number, text) in cells {
                vote.observe(&Cell {
                    text: (*text).to_owned(),
                    kind: CellKind::Number(*number),
                });
            }
            assert_eq!(vote.are_fractions(), expected, "{cells:?}");
        };
        check(&[(0.22, "0.22"), (0.1 + 0.1, "0.2"), (0.0, "0")], true);
        check(&[(0.22, "22%"), (0.2, "20%")], false);
        check(&[(0.22, "0.22"), (22.0, "22")], false);
        check(&[(0.22, "0.22"), (0.2, "20%")], true);
    }

    #[test]
    fn prices_with_words_about_tax_show_their_mark() {
        check(
            &["€229,99 Incl. btw", "29,99 € inkl. 19 % MwSt."],
            ColumnDecimalMark::Proven(DecimalMark::Comma),
        );
    }
}
