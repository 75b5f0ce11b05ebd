//! Ids that other records of earlier tables of a run have: two lists that count from 1 in one upload.

use torqueflow_model::{Record, SourceId};
use torqueflow_pipeline::{TablePlan, id_text};
use uuid::Uuid;

use crate::replaced::are_others;

/// Such ids that are kept apart; beyond, the lists are not meant to be imported together.
pub(crate) const MOST_CROSSED: usize = 5000;

/// An id of the table at hand that is that of another record in a table before it.
pub(crate) struct Crossed {
    id: String,
    /// The record that has it first.
    keeper: Record,
    /// Its table and row.
    first: (Uuid, i64),
    other_row: i64,
}

impl Crossed {
    /// The record in a row (by its table and number), where it plainly is another one than the first with its id. A person
    /// beside a company may be whom to call there.
    pub fn of(keeper: &Record, first: (Uuid, i64), record: &Record, (job, row): (Uuid, i64)) -> Option<Self> {
        let is_given = matches!(record.source_id, SourceId::Given(_));
        let are_of_one_kind = keeper.get("company").is_some() == record.get("company").is_some();
        let is_other = is_given && first.0 != job && are_of_one_kind && are_others(keeper, record);
        is_other.then(|| Self {
            id: id_text(&record.source_id, 0),
            keeper: keeper.clone(),
            first,
            other_row: row,
        })
    }

    /// Takes note of it in the plan of its table, as far as that has a place for it.
    pub fn note_in(&self, plan: &mut TablePlan, file_of: impl Fn(Uuid) -> String) {
        let (first_row, other_row) = (self.first.1.unsigned_abs(), self.other_row.unsigned_abs());
        let file = file_of(self.first.0);
        plan.add_conflict(&self.keeper, &self.id, (first_row, &file), other_row);
    }
}
