//! Which of two numbers is the day: decided by all rows of a column.

use torqueflow_model::{Cell, CellKind, DateOrder};

use super::parse::{self, DateParts};
use crate::text::prepare;

/// The verdict on one column's order of day and month, over all of its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnDateOrder {
    /// At least one row is possible in this order only, and none in the other only.
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
}

impl DateVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account. Cells that the file types as dates take no part: they have no order.
    pub fn observe(&mut self, cell: &Cell) {
        if !matches!(cell.kind, CellKind::Text | CellKind::Number(_)) {
            return;
        }
        let Ok(prepared) = prepare(cell) else { return };
        let parts = match cell.kind {
            CellKind::Number(number) => parse::number(number),
            _ => parse::parse(&prepared.text),
        };
        let Some(parts) = parts else { return };
        let DateParts::Triple(triple) = parts.date else {
            self.clear += 1;
            return;
        };
        match triple.proves() {
            Some(DateOrder::DayFirst) => self.day_first += 1,
            Some(DateOrder::MonthFirst) => self.month_first += 1,
            None if triple.is_ambiguous() => self.ambiguous += 1,
            None => self.clear += 1,
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.ambiguous += other.ambiguous;
        self.clear += other.clear;
    }

    /// The verdict. Where no row proves anything the default holds: what is known of the source, else day-first.
    pub fn verdict(&self, default: Option<DateOrder>) -> ColumnDateOrder {
        match (self.day_first > 0, self.month_first > 0) {
            (true, true) => ColumnDateOrder::Mixed,
            (true, false) => ColumnDateOrder::Proven(DateOrder::DayFirst),
            (false, true) => ColumnDateOrder::Proven(DateOrder::MonthFirst),
            (false, false) => ColumnDateOrder::Assumed(default.unwrap_or(DateOrder::DayFirst)),
        }
    }

    /// Whether any cell held a date.
    pub fn has_dates(&self) -> bool {
        self.day_first + self.month_first + self.ambiguous + self.clear > 0
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
