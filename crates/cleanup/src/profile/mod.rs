//! What all rows of a column say of its values.
//!
//! What: every column of a table, mapped or not, is looked at over all of its rows: how much of it is filled and how much
//! differs, what kinds and forms of values there are, what they look like, how its numbers and dates are written.
//! Why: one cell may be a mistake and the first rows may not be like the others; the column knows better.
//! Example: `TBA`, `0113 496 0001` and `7400124021` are a column of telephone numbers, all of it.
//!
//! A profile takes bounded memory however many rows there are, and one of few rows is added to another by `merge`, so that
//! parts of a table can be taken together or left out. The votes on a column ([`DateVote`], [`NumberVote`], [`TextVote`]) are
//! parts of it. Tests that cost little come first and decide which of the others are made at all, and a text that stands in
//! many rows is read once.

mod distinct;
mod identity;
mod looks;
mod portrait;
mod reading;
mod repeats;
mod scan;
mod shapes;

use torqueflow_model::{Cell, CellKind, ColumnProfile, Likeness, Look, NumberForms, hash64};

use crate::damage::TextVote;
use crate::date::DateVote;
use crate::number::{DecimalMark, NumberVote};

use distinct::DistinctCount;
use reading::{KINDS, Reading};
use repeats::RepeatRuns;
use scan::Scan;
use shapes::Shapes;

pub use identity::{ConflictingId, IdVerdict, IdentityVote, Portrait, PortraitRule, has_lost_digits, whole_id};

/// Values that are told as examples.
const EXAMPLES: usize = 3;
/// Characters of an example.
const EXAMPLE_CHARS: usize = 40;

/// What is known of where a column's values go, before they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    /// To a field of dates: every cell votes on their order.
    pub dates: bool,
    /// To a field of numbers: every cell votes on their marks.
    pub numbers: bool,
}

/// Gathers the profile of one column, row by row.
///
/// ```
/// use torqueflow_cleanup::{ColumnProfiler, Expected};
/// use torqueflow_model::{Cell, Look};
/// let mut column = ColumnProfiler::new(Expected::default());
/// for text in ["07911 123456", "TBA", "", "7400124021"] {
///     column.observe(&Cell::text(text));
/// }
/// let profile = column.profile();
/// assert_eq!((profile.rows, profile.filled), (4, 3));
/// assert_eq!(profile.likeness(Look::Phone), Some(1.0));
/// ```
#[derive(Debug, Clone, Default)]
pub struct ColumnProfiler {
    expected: Expected,
    rows: u64,
    filled: u64,
    distinct: DistinctCount<Reading>,
    repeats: RepeatRuns,
    kinds: [u64; KINDS.len()],
    fits: [u64; Look::ALL.len()],
    repairable: [u64; Look::ALL.len()],
    placeholders: u64,
    shapes: Shapes,
    lengths: Option<(usize, usize)>,
    dates: DateVote,
    numbers: NumberVote,
    number_forms: NumberForms,
    texts: TextVote,
    examples: Vec<(u64, String)>,
}

impl ColumnProfiler {
    /// No rows yet.
    pub fn new(expected: Expected) -> Self {
        Self {
            expected,
            ..Self::default()
        }
    }

    /// Takes the cell of the next row into account.
    pub fn observe(&mut self, cell: &Cell) {
        self.rows += 1;
        let text = trimmed(&cell.text);
        if text.is_empty() {
            self.repeats.observe(None);
            return;
        }
        self.filled += 1;
        let print = hash64(text.as_bytes());
        let known = self.distinct.observe(print);
        self.repeats.observe(Some(print));
        self.offer_example(print, text);
        let length = text.len();
        let (shortest, longest) = self.lengths.unwrap_or((length, length));
        self.lengths = Some((shortest.min(length), longest.max(length)));
        // The fingerprint is that of the text alone, without what stands around it.
        let is_plain = cell.kind == CellKind::Text && length == cell.text.len();
        let reading = known.filter(|_| is_plain).unwrap_or_else(|| {
            let reading = self.read(cell, text);
            if is_plain {
                self.distinct.remember(print, reading);
            }
            reading
        });
        self.count(reading);
    }

    /// Takes a row into account that has no such cell.
    pub fn observe_missing(&mut self) {
        self.rows += 1;
        self.repeats.observe(None);
    }

    /// What a cell says, which is still to be counted.
    fn read(&mut self, cell: &Cell, text: &str) -> Reading {
        let scan = Scan::of(text.as_bytes());
        let mut reading = Reading::default();
        // How a typed date is shown is a matter of the program that reads it.
        if !matches!(cell.kind, CellKind::Date(_) | CellKind::DateTime(_)) {
            reading.shape = self.shapes.place(text.as_bytes(), scan.digits > 0);
        }
        reading.read_text(cell, &scan);
        reading.read_date(cell, &scan, self.expected.dates);
        if self.expected.numbers || reading.may_be_number(cell, &scan) {
            reading.number = self.numbers.offer(cell);
        }
        reading.read_number_form(cell, text, &scan);
        reading.read_kind(cell, &scan);
        reading.read_looks(cell, text, &scan);
        reading
    }

    fn count(&mut self, reading: Reading) {
        self.shapes.count(reading.shape);
        if let Some(texts) = reading.texts {
            self.texts.count(texts);
        }
        if let Some(date) = reading.date {
            self.dates.count(date);
        }
        if let Some(number) = reading.number {
            self.numbers.count(number);
        }
        let forms = &mut self.number_forms;
        forms.values += u64::from(reading.is_numeric);
        forms.point_zero += u64::from(reading.has_point_zero);
        forms.leading_zeros += u64::from(reading.has_leading_zero);
        forms.lost_digits += u64::from(reading.has_lost_digits);
        if let Some(count) = self.kinds.get_mut(usize::from(reading.kind)) {
            *count += 1;
        }
        let looks = reading.looks;
        self.placeholders += u64::from(looks.is_placeholder);
        if looks.fits | looks.repairable == 0 {
            return;
        }
        for (place, (fits, repairable)) in self.fits.iter_mut().zip(&mut self.repairable).enumerate() {
            *fits += u64::from((looks.fits >> place) & 1);
            *repairable += u64::from((looks.repairable >> place) & 1);
        }
    }

    /// Keeps the values with the least fingerprints, which are any values, and the same in whatever order the rows stand.
    fn offer_example(&mut self, print: u64, text: &str) {
        let is_full = self.examples.len() >= EXAMPLES;
        if is_full && self.examples.last().is_some_and(|(last, _)| print >= *last) {
            return;
        }
        let Err(place) = self.examples.binary_search_by_key(&print, |(known, _)| *known) else {
            return;
        };
        let example: String = text.chars().take(EXAMPLE_CHARS).collect();
        self.examples.insert(place, (print, example));
        self.examples.truncate(EXAMPLES);
    }

    /// Adds the rows that follow these.
    pub fn merge(&mut self, next: &Self) {
        self.rows += next.rows;
        self.filled += next.filled;
        self.distinct.merge(&next.distinct);
        self.repeats.merge(&next.repeats);
        add(&mut self.kinds, &next.kinds);
        add(&mut self.fits, &next.fits);
        add(&mut self.repairable, &next.repairable);
        self.placeholders += next.placeholders;
        self.shapes.merge(&next.shapes);
        self.lengths = match (self.lengths, next.lengths) {
            (Some(own), Some(next)) => Some((own.0.min(next.0), own.1.max(next.1))),
            (own, next) => own.or(next),
        };
        self.dates.merge(&next.dates);
        self.numbers.merge(&next.numbers);
        let forms = &mut self.number_forms;
        forms.values += next.number_forms.values;
        forms.leading_zeros += next.number_forms.leading_zeros;
        forms.point_zero += next.number_forms.point_zero;
        forms.lost_digits += next.number_forms.lost_digits;
        self.texts.merge(&next.texts);
        for (print, text) in &next.examples {
            self.offer_example(*print, text);
        }
    }

    /// What the rows say of the order of day and month. Complete where dates were expected.
    pub fn dates(&self) -> &DateVote {
        &self.dates
    }

    /// What the rows say of the marks in numbers. Complete where numbers were expected.
    pub fn numbers(&self) -> &NumberVote {
        &self.numbers
    }

    /// What the rows say of damage to texts.
    pub fn texts(&self) -> &TextVote {
        &self.texts
    }

    /// The profile of the rows so far.
    pub fn profile(&self) -> ColumnProfile {
        let (shortest, longest) = self.lengths.unwrap_or_default();
        let likeness = |(look, (fits, repairable)): (Look, (&u64, &u64))| {
            let likeness = Likeness {
                fits: *fits,
                repairable: *repairable,
            };
            (likeness != Likeness::default()).then_some((look, likeness))
        };
        let looks = Look::ALL.into_iter().zip(self.fits.iter().zip(&self.repairable));
        let kinds = KINDS.into_iter().zip(self.kinds).filter(|(_, count)| *count > 0);
        let dates = self.dates.tally();
        ColumnProfile {
            rows: self.rows,
            filled: self.filled,
            distinct: self.distinct.result(),
            repeats: self.repeats.result(),
            kinds: kinds.collect(),
            looks: looks.filter_map(likeness).collect(),
            placeholders: self.placeholders,
            shapes: self.shapes.result(),
            lengths: (shortest as u64, longest as u64),
            numbers: self.number_profile(),
            dates: (dates.values > 0).then_some(dates),
            examples: self.examples.iter().map(|(_, text)| text.clone()).collect(),
        }
    }

    fn number_profile(&self) -> Option<NumberForms> {
        let forms = NumberForms {
            decimal_point: self.numbers.proof(DecimalMark::Point, false).count(),
            decimal_comma: self.numbers.proof(DecimalMark::Comma, false).count(),
            either_mark: self.numbers.open(DecimalMark::Point, false) + self.numbers.open(DecimalMark::Comma, false),
            ..self.number_forms
        };
        (forms.values + forms.decimal_point + forms.decimal_comma + forms.either_mark + forms.lost_digits > 0)
            .then_some(forms)
    }
}

fn add<const N: usize>(own: &mut [u64; N], next: &[u64; N]) {
    for (own, next) in own.iter_mut().zip(next) {
        *own += next;
    }
}

/// The text without white space around it, which few cells have.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests;
