//! Which of two numbers is the day: decided by all rows of a column.

use torqueflow_model::{Cell, CellKind, DateForms, DateOrder};

use super::parse::{self, DateNumbers, DateParts};
use crate::evidence::{Sides, weigh};
use crate::text::prepare;

/// The verdict on one column's order of day and month, over all of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnDateOrder {
    /// At least one row is possible in this order only, and next to none in the other only.
    Proven(DateOrder),
    /// No row proves it.
    Assumed(DateOrder),
    /// Some rows prove one order and some the other. Dates that could be either are not read.
    Mixed,
}

/// Gathers evidence over the rows of one column. Chunks of a column can be observed apart and merged in any order.
///
/// ```
/// use torqueflow_cleanup::{ColumnDateOrder, DateVote};
/// use torqueflow_model::{Cell, DateOrder};
/// let mut vote = DateVote::new();
/// vote.observe(&Cell::text("05/06/2024"));
/// assert_eq!(vote.verdict(None), ColumnDateOrder::Assumed(DateOrder::DayFirst));
/// vote.observe(&Cell::text("31/12/2024"));
/// assert_eq!(vote.verdict(None), ColumnDateOrder::Proven(DateOrder::DayFirst));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateVote {
    day_first: u64,
    month_first: u64,
    ambiguous: u64,
    clear: u64,
    /// Numbers that may be Unix time in seconds, in milliseconds.
    unix_seconds: u64,
    unix_milliseconds: u64,
    /// Typed dates of which the day could be a month, and the others.
    typed_low: u64,
    typed_high: u64,
}

/// What one cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateSign {
    DayFirst,
    MonthFirst,
    Ambiguous,
    Clear,
    UnixSeconds,
    UnixMilliseconds,
    TypedLow,
    TypedHigh,
}

impl DateSign {
    /// The cell says something, if it is a typed date, or a date or Unix time in a number or text.
    pub fn of(cell: &Cell) -> Option<Self> {
        match cell.kind {
            CellKind::Date(date) => Some(Self::of_day(date.day())),
            CellKind::DateTime(moment) => Some(Self::of_day(moment.day())),
            CellKind::Number(number) => Self::of_number(number),
            CellKind::Text => Self::of_text(&prepare(cell).ok()?.text),
            CellKind::Empty | CellKind::Time(_) | CellKind::Boolean(_) | CellKind::Error => None,
        }
    }

    fn of_day(day: u8) -> Self {
        if day <= 12 { Self::TypedLow } else { Self::TypedHigh }
    }

    fn of_number(number: f64) -> Option<Self> {
        match parse::number(number, DateNumbers::default()) {
            Some(parts) => Some(Self::of_date(parts.date)),
            None => Self::of_unix(number),
        }
    }

    fn of_text(text: &str) -> Option<Self> {
        match parse::parse(text, DateNumbers::default()) {
            Some(parts) => Some(Self::of_date(parts.date)),
            None => Self::of_unix(parse::plain_number(text)?),
        }
    }

    fn of_unix(number: f64) -> Option<Self> {
        Some(match parse::may_be_unix(number)? {
            DateNumbers::UnixMilliseconds => Self::UnixMilliseconds,
            _ => Self::UnixSeconds,
        })
    }

    fn of_date(date: DateParts) -> Self {
        let DateParts::Triple(triple) = date else {
            return Self::Clear;
        };
        match triple.proves() {
            Some(DateOrder::DayFirst) => Self::DayFirst,
            Some(DateOrder::MonthFirst) => Self::MonthFirst,
            None if triple.is_ambiguous() => Self::Ambiguous,
            None => Self::Clear,
        }
    }

    /// It is of a date, and not of a number that may be one.
    pub fn is_of_date(self) -> bool {
        !matches!(self, Self::UnixSeconds | Self::UnixMilliseconds)
    }
}

/// Typed dates that there must be to say that a program has swapped them: five dates that nobody swapped have days up to 12 only once in a
/// hundred times.
const FEWEST_SWAPPED: u64 = 5;
/// One number does not make Unix time of a column.
const FEWEST_UNIX: u64 = 2;

impl DateVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account. Cells that the file types as dates prove no order.
    pub fn observe(&mut self, cell: &Cell) {
        if let Some(sign) = DateSign::of(cell) {
            self.count(sign);
        }
    }

    /// Takes into account what one cell says.
    pub(crate) fn count(&mut self, sign: DateSign) {
        let counter = match sign {
            DateSign::DayFirst => &mut self.day_first,
            DateSign::MonthFirst => &mut self.month_first,
            DateSign::Ambiguous => &mut self.ambiguous,
            DateSign::Clear => &mut self.clear,
            DateSign::UnixSeconds => &mut self.unix_seconds,
            DateSign::UnixMilliseconds => &mut self.unix_milliseconds,
            DateSign::TypedLow => &mut self.typed_low,
            DateSign::TypedHigh => &mut self.typed_high,
        };
        *counter += 1;
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.ambiguous += other.ambiguous;
        self.clear += other.clear;
        self.unix_seconds += other.unix_seconds;
        self.unix_milliseconds += other.unix_milliseconds;
        self.typed_low += other.typed_low;
        self.typed_high += other.typed_high;
    }

    /// The verdict. Where no row proves anything the default holds: what is known of the source, else day-first.
    pub fn verdict(&self, default: Option<DateOrder>) -> ColumnDateOrder {
        match weigh(self.day_first, self.month_first) {
            Sides::Both => ColumnDateOrder::Mixed,
            Sides::First => ColumnDateOrder::Proven(DateOrder::DayFirst),
            Sides::Second => ColumnDateOrder::Proven(DateOrder::MonthFirst),
            Sides::None => ColumnDateOrder::Assumed(default.unwrap_or(DateOrder::DayFirst)),
        }
    }

    /// Rows that are possible only in the order that the verdict is not.
    pub fn contradictions(&self) -> u64 {
        self.day_first.min(self.month_first)
    }

    /// Which Unix time the numbers of the column are, if they are and next to nothing else is a date.
    pub fn unix_time(&self) -> Option<DateNumbers> {
        let dates = self.day_first + self.month_first + self.ambiguous + self.clear + self.typed_low + self.typed_high;
        let is = |count, others| count >= FEWEST_UNIX && weigh(count, others) == Sides::First;
        if is(self.unix_seconds, dates + self.unix_milliseconds) {
            Some(DateNumbers::UnixSeconds)
        } else if is(self.unix_milliseconds, dates + self.unix_seconds) {
            Some(DateNumbers::UnixMilliseconds)
        } else {
            None
        }
    }

    /// Whether a program that expects the other order has read the column: the dates that it could not read are texts, and
    /// of the typed ones every day could be a month, so it has swapped them.
    pub fn has_swapped_dates(&self) -> bool {
        let one_order = (self.day_first > 0) != (self.month_first > 0);
        one_order && self.ambiguous == 0 && self.typed_high == 0 && self.typed_low >= FEWEST_SWAPPED
    }

    /// How many dates there were, and what each could be.
    pub(crate) fn tally(&self) -> DateForms {
        let texts = self.day_first + self.month_first + self.ambiguous + self.clear;
        DateForms {
            values: texts + self.typed_low + self.typed_high,
            day_first: self.day_first,
            month_first: self.month_first,
            either: self.ambiguous,
        }
    }

    /// Whether any cell held a date.
    pub fn has_dates(&self) -> bool {
        self.day_first + self.month_first + self.ambiguous + self.clear + self.unix_seconds + self.unix_milliseconds > 0
    }

    /// Whether any cell held a date that can be read in two ways, so that the order matters.
    pub fn has_ambiguous_dates(&self) -> bool {
        self.ambiguous > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], expected: ColumnDateOrder) {
        let mut whole = DateVote::new();
        let mut merged = DateVote::new();
        for cell in cells {
            whole.observe(&Cell::text(*cell));
            let mut one = DateVote::new();
            one.observe(&Cell::text(*cell));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict(None), expected, "{cells:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn a_day_above_twelve_proves_the_order() {
        check(
            &["05/06/2024", "31/12/2024"],
            ColumnDateOrder::Proven(DateOrder::DayFirst),
        );
        check(
            &["05/06/2024", "12/31/2024 10:00"],
            ColumnDateOrder::Proven(DateOrder::MonthFirst),
        );
    }

    #[test]
    fn contradicting_rows_are_mixed() {
        check(&["31/12/2024", "12/31/2024"], ColumnDateOrder::Mixed);
    }

    #[test]
    fn one_contradiction_among_many_changes_nothing() {
        let mut cells = vec!["31/12/2024"; 200];
        cells.push("12/31/2024");
        check(&cells, ColumnDateOrder::Proven(DateOrder::DayFirst));
    }

    fn vote(cells: &[Cell]) -> DateVote {
        let mut vote = DateVote::new();
        for cell in cells {
            vote.observe(cell);
        }
        vote
    }

    #[track_caller]
    fn check_unix(cells: &[&str], expected: Option<DateNumbers>) {
        let cells: Vec<Cell> = cells.iter().map(|text| Cell::text(*text)).collect();
        assert_eq!(vote(&cells).unix_time(), expected, "{cells:?}");
    }

    #[test]
    fn a_column_proves_unix_time_and_a_cell_does_not() {
        check_unix(&["1715592600", "1715592601", "0", ""], Some(DateNumbers::UnixSeconds));
        check_unix(
            &["1715592600000", "1715592601000.5"],
            Some(DateNumbers::UnixMilliseconds),
        );
        check_unix(&["1715592600"], None);
        check_unix(&["1715592600", "1715592600", "13/05/2024"], None);
        check_unix(&["1715592600", "1715592600000"], None);
        check_unix(&["45000", "45001"], None);
        check_unix(&["202405130930", "202405130931"], None);
    }

    #[test]
    fn typed_dates_are_swapped_where_texts_prove_it() {
        let typed = |day| Cell {
            text: String::new(),
            kind: CellKind::Date(time::Date::from_calendar_date(2024, time::Month::May, day).unwrap()),
        };
        let mut cells: Vec<Cell> = (1..=6).map(typed).collect();
        assert!(!vote(&cells).has_swapped_dates());
        cells.push(Cell::text("13/05/2024"));
        assert!(vote(&cells).has_swapped_dates());
        for right in [Cell::text("05/06/2024"), Cell::text("12/31/2024"), typed(13)] {
            let mut cells = cells.clone();
            cells.push(right);
            assert!(!vote(&cells).has_swapped_dates());
        }
    }

    #[test]
    fn without_proof_the_default_holds() {
        check(
            &["05/06/2024", "", "junk", "2024-12-31"],
            ColumnDateOrder::Assumed(DateOrder::DayFirst),
        );
        let vote = DateVote::new();
        assert!(!vote.has_dates());
        assert_eq!(
            vote.verdict(Some(DateOrder::MonthFirst)),
            ColumnDateOrder::Assumed(DateOrder::MonthFirst)
        );
    }

    #[test]
    fn clear_and_null_dates_prove_nothing() {
        check(
            &[
                "05/05/2024",
                "2024-05-31",
                "31 May 2024",
                "00/00/0000",
                "45000",
                "20240531",
            ],
            ColumnDateOrder::Assumed(DateOrder::DayFirst),
        );
    }
}
