//! Rows that fill no column that is imported: whether they are records that lack everything, or none at all.
//!
//! What: where a second list stands beside the first and is longer, its rows below the end of the first are no records of
//! that; nor are rows that only go on with the record above (its further pictures). Any other row that says nothing of a
//! record may be one whose columns were not understood, and fails.

use serde::{Deserialize, Serialize};
use torqueflow_model::{ColumnProfile, Row};

use crate::plan::{PlannedColumn, TablePlan};

/// The fewest rows of a list that has another one beside it.
const FEWEST_ROWS: u64 = 3;

/// What rows are that fill no column that is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BareRule {
    /// Not settled yet.
    #[default]
    Open,
    /// Records that lack everything.
    Records,
    /// Rows of another list, which stands beside this one.
    Beside,
    /// Rows that go on with the record above.
    Continued,
}

impl BareRule {
    /// Such rows are no records.
    pub(crate) fn leaves_out(self) -> bool {
        matches!(self, Self::Beside | Self::Continued)
    }
}

/// The votes of all rows of a table on its bare rows.
#[derive(Debug, Default)]
pub(crate) struct BareVotes {
    is_open: bool,
    mapped: Vec<usize>,
    full: u64,
    bare: u64,
    first_bare: u64,
    last_full: u64,
    /// The columns that bare rows fill, from the first to the last.
    filled: Option<(usize, usize)>,
    /// Columns that every bare row fills.
    always: Vec<bool>,
}

impl BareVotes {
    /// No votes yet.
    pub fn of(plan: &TablePlan) -> Self {
        let mapped = plan
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.field.is_some());
        Self {
            is_open: plan.bare == BareRule::Open,
            mapped: mapped.map(|(index, _)| index).collect(),
            ..Self::default()
        }
    }

    /// It is not settled what bare rows are.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The vote of a row.
    pub fn observe(&mut self, row: &Row) {
        let is_filled = |index: usize| row.cells.get(index).is_some_and(|cell| !cell.is_blank());
        if self.mapped.iter().any(|index| is_filled(*index)) {
            self.full += 1;
            self.last_full = row.number;
            return;
        }
        self.bare += 1;
        if self.bare == 1 {
            self.first_bare = row.number;
            self.always = vec![true; row.cells.len()];
        }
        for (index, always) in self.always.iter_mut().enumerate() {
            *always &= is_filled(index);
        }
        let first = (0..row.cells.len()).find(|index| is_filled(*index));
        let last = (0..row.cells.len()).rev().find(|index| is_filled(*index));
        if let (Some(first), Some(last)) = (first, last) {
            let (low, high) = self.filled.unwrap_or((first, last));
            self.filled = Some((low.min(first), high.max(last)));
        }
    }

    /// Settles in the plan what bare rows are. Says, in a sentence, which are of another list.
    pub fn settle(&self, plan: &mut TablePlan) -> Option<String> {
        if plan.bare != BareRule::Open {
            return None;
        }
        plan.bare = BareRule::Records;
        if self.bare == 0 || self.full == 0 {
            return None;
        }
        if self.is_beside(&plan.profiles) {
            plan.bare = BareRule::Beside;
            let names = self.names(&plan.columns);
            return Some(format!(
                "The rows from {} on fill only columns of another list beside this one{names}; it was left out. Upload it as a \
                 table of its own.",
                self.first_bare
            ));
        }
        if self.continues(&plan.profiles) {
            plan.bare = BareRule::Continued;
        }
        None
    }

    /// All of them stand below the last record, and between their columns and those of the records is one that nobody fills.
    fn is_beside(&self, profiles: &[ColumnProfile]) -> bool {
        let (Some((low, high)), Some(first), Some(last)) = (self.filled, self.mapped.first(), self.mapped.last())
        else {
            return false;
        };
        let gap = if low > *last {
            last + 1..low
        } else if high < *first {
            high + 1..*first
        } else {
            return false;
        };
        let is_blank = |index: usize| profiles.get(index).is_none_or(|profile| profile.filled == 0);
        self.full >= FEWEST_ROWS && self.first_bare > self.last_full && gap.into_iter().any(is_blank)
    }

    /// A column names in each row what it is about, and rows about one thing stand together: the first of them says it all.
    fn continues(&self, profiles: &[ColumnProfile]) -> bool {
        let names_groups = |profile: &ColumnProfile| {
            let distinct = profile.distinct;
            let groups = distinct.values;
            let stand_together = distinct.is_exact && groups + profile.repeats.rows == profile.filled;
            let is_telling = groups >= 2 && groups * 5 >= profile.rows;
            let fit = groups <= self.full && self.bare <= profile.repeats.rows;
            profile.filled == profile.rows && stand_together && is_telling && fit
        };
        let always = self.always.iter().zip(profiles).filter(|(always, _)| **always);
        always.into_iter().any(|(_, profile)| names_groups(profile))
    }

    fn names(&self, columns: &[PlannedColumn]) -> String {
        let Some((low, high)) = self.filled else {
            return String::new();
        };
        let filled = columns
            .iter()
            .take(high + 1)
            .skip(low)
            .filter(|column| !column.header.trim().is_empty());
        let names: Vec<String> = filled.take(3).map(|column| format!("`{}`", column.header)).collect();
        if names.is_empty() {
            String::new()
        } else {
            format!(" ({})", names.join(", "))
        }
    }
}
