//! The profiles of all columns of a table, and what its ids are, gathered while its rows go by.

use torqueflow_cleanup::{ColumnProfiler, Expected};
use torqueflow_model::Row;

use crate::bare::BareVotes;
use crate::blanks::BlankVotes;
use crate::ids::IdentityVotes;
use crate::kinds::RowKinds;
use crate::natural::NaturalVotes;
use crate::plan::TablePlan;

/// Gathers the profiles of all columns of a table.
#[derive(Debug)]
pub(crate) struct ProfileVotes {
    columns: Vec<ColumnProfiler>,
    identities: IdentityVotes,
    naturals: NaturalVotes,
    bare: BareVotes,
    blanks: BlankVotes,
    /// What rows are no records says nothing of the ids of those that are.
    kinds: Option<RowKinds>,
    /// The plan has no profiles yet.
    are_wanted: bool,
}

impl ProfileVotes {
    /// No rows yet. The columns are looked at where nobody has, or where the plan has an open question about any of them.
    pub fn of(plan: &TablePlan, is_open: bool) -> Self {
        let are_wanted = plan.profiles.is_empty();
        let looked_at = plan.columns.iter().filter(|_| are_wanted || is_open);
        Self {
            columns: looked_at
                .map(|column| {
                    ColumnProfiler::new(Expected {
                        dates: column.holds_dates(),
                        numbers: column.holds_numbers(),
                    })
                })
                .collect(),
            identities: IdentityVotes::of(plan),
            naturals: NaturalVotes::of(plan),
            bare: BareVotes::of(plan),
            blanks: BlankVotes::of(plan),
            kinds: Some(RowKinds::of(plan)).filter(RowKinds::is_open),
            are_wanted,
        }
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        let is_open = self.bare.is_open() || self.blanks.is_open();
        !self.are_wanted && self.identities.is_empty() && self.naturals.is_empty() && !is_open
    }

    /// Takes a row into account.
    pub fn observe(&mut self, row: &Row) {
        for (index, column) in self.columns.iter_mut().enumerate() {
            match row.cells.get(index) {
                Some(cell) => column.observe(cell),
                None => column.observe_missing(),
            }
        }
        self.bare.observe(row);
        let is_other = self.kinds.as_ref().is_some_and(|kinds| kinds.otherwise(row).is_some());
        if !is_other {
            self.identities.observe(row);
            self.naturals.observe(row);
            self.blanks.observe(row);
        }
    }

    /// What the rows say of a column.
    pub fn column(&self, index: usize) -> Option<&ColumnProfiler> {
        self.columns.get(index)
    }

    /// Puts into the plan what the rows say. Says, in sentences, what a person should know of it.
    pub fn settle(&self, plan: &mut TablePlan) -> Vec<String> {
        if !self.columns.is_empty() {
            plan.profiles = self.columns.iter().map(ColumnProfiler::profile).collect();
        }
        // What stands for nothing is no key of anything.
        self.blanks.settle(plan);
        self.naturals.settle(plan);
        let mut notes = self.identities.settle(plan);
        notes.extend(self.bare.settle(plan));
        notes
    }
}
