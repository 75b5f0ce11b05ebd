//! What is known of some rows before anything is decided: somebody has read it.

use std::collections::{HashMap, HashSet};

use torqueflow_model::import::{
    BusinessRow, DuplicateAction, FoundRecord, MappedRecord, MappingOrigin, StoredCandidate,
};
use torqueflow_model::{EntityKind, Record, Slot, SourceId};
use torqueflow_pipeline::id_text;
use uuid::Uuid;

use crate::imported::ImportedValues;
use crate::names::RunCustomer;
use crate::policy::JobRow;

/// The records that rows bring, each in the first row that holds it, by row and slot.
pub type FoundInRows = HashMap<(i64, Slot), FoundRecord>;

/// Where a record is found.
pub fn found_at(found: &FoundRecord) -> (i64, Slot) {
    (found.row_number, found.slot)
}

/// What is known of rows.
#[derive(Debug, Default)]
pub struct Facts {
    /// Rows that the analysis found an error in.
    pub failed: HashSet<i64>,
    /// Rows of a table that is run again which have their result.
    pub done: HashSet<i64>,
    /// Rows that a person left out.
    pub excluded: HashSet<i64>,
    /// Records that the rows bring: those whose first rows they are, and those for whose first rows they stand in.
    pub found: FoundInRows,
    /// Of these, the ones for whose first rows they stand in, by the ids that they get.
    pub stand_ins: HashSet<Uuid>,
    /// Records that the run has imported and of which the rows that take part say something else by now, by row and slot.
    pub said_again: HashMap<(i64, Slot), SaidAgain>,
    /// Records that no row before has brought although it could have, by identity.
    pub inherited: HashMap<u128, FoundRecord>,
    /// Decisions on those, by the id that they would get. What is not here is created.
    pub decisions: HashMap<Uuid, Decision>,
    /// Mappings of the records and of what they refer to, by entity and source id.
    pub mappings: HashMap<(EntityKind, String), MappedRecord>,
    /// Mapped records that are there no more.
    pub gone: HashSet<Uuid>,
    /// What was last imported of mapped records of which the source says something else now, by entity and source id.
    pub imported: HashMap<(EntityKind, String), ImportedValues>,
    /// Stored records that are to be updated by their code, by entity and code.
    pub existing: HashMap<(EntityKind, String), Vec<Uuid>>,
    /// Records that may be merged into or updated, by id.
    pub targets: HashMap<Uuid, (EntityKind, BusinessRow)>,
    /// Addresses of stored customers, by customer.
    pub addresses: HashMap<Uuid, Vec<BusinessRow>>,
    /// Vehicles of the store, by the fingerprint of their registration.
    pub registrations: HashMap<u128, Vec<Uuid>>,
    /// Lookups of the store, by kind and folded name.
    pub lookups: HashMap<(EntityKind, String), Uuid>,
    /// Customers of the store, by name.
    pub named: HashMap<String, Vec<StoredCandidate>>,
    /// What became of customers of the run that rows name.
    pub of_run: HashMap<RunCustomer, Uuid>,
}

/// What the rows that take part say of a record that the run has imported, where that is something else by now.
#[derive(Debug)]
pub struct SaidAgain {
    /// The record.
    pub record_id: Uuid,
    /// What they say.
    pub record: Record,
}

/// What happens with a record that matches another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is left out in favour of this record.
    Skip(Uuid),
    /// It is merged into this record.
    Merge(Uuid),
    /// It matches this record, and nobody said what to do then: the match appeared after the analysis.
    Undecided(Uuid),
}

impl Decision {
    /// What an action makes of a match; `None`: the record is created.
    pub fn of(action: Option<DuplicateAction>, target: Uuid) -> Option<Self> {
        match action {
            Some(DuplicateAction::Create) => None,
            Some(DuplicateAction::Skip) => Some(Self::Skip(target)),
            Some(DuplicateAction::Merge) => Some(Self::Merge(target)),
            None => Some(Self::Undecided(target)),
        }
    }

    /// The record that it matches.
    pub fn target(self) -> Uuid {
        match self {
            Self::Skip(id) | Self::Merge(id) | Self::Undecided(id) => id,
        }
    }

    /// The same with another record.
    pub fn lead_to(&mut self, target: Uuid) {
        match self {
            Self::Skip(id) | Self::Merge(id) | Self::Undecided(id) => *id = target,
        }
    }
}

impl Facts {
    /// Some records match others, or are to change stored ones.
    pub fn has_matches(&self) -> bool {
        !self.decisions.is_empty() || !self.existing.is_empty()
    }

    /// The record that this row brings in this slot.
    pub fn found(&self, row: &JobRow, slot: Slot) -> Option<&FoundRecord> {
        self.found.get(&(row.number, slot))
    }

    /// Which of several equal contents a record of a row is.
    pub fn occurrence(&self, row: &JobRow, slot: Slot) -> i64 {
        self.found(row, slot).map_or(0, |found| found.occurrence)
    }

    /// The record that this id at the source leads to, if it is there.
    pub fn mapped(&self, entity: EntityKind, id: String) -> Option<Uuid> {
        let mapped = self.mappings.get(&(entity, id))?;
        (!self.gone.contains(&mapped.record_id)).then_some(mapped.record_id)
    }

    /// Whether the record is known by its id at the source.
    pub fn is_mapped(&self, entity: EntityKind, source_id: &SourceId, occurrence: i64) -> bool {
        self.mappings.contains_key(&(entity, id_text(source_id, occurrence)))
    }

    /// The stored records that have the code of this one.
    pub fn existing(&self, record: &Record) -> &[Uuid] {
        let entity = record.slot.entity();
        let code = entity.code_field().and_then(|field| record.text(field));
        code.and_then(|code| self.existing.get(&(entity, code.to_owned())))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Whether a mapped record, met in its first row, is to be refreshed.
    pub fn is_changed(&self, entity: EntityKind, id: &str, mapped: &MappedRecord) -> bool {
        self.imported.contains_key(&(entity, id.to_owned())) && self.targets.contains_key(&mapped.record_id)
    }

    /// A mapped record that a run may change: an earlier run imported it, and it is still there.
    pub fn may_change(&self, run_id: Uuid, mapped: &MappedRecord) -> bool {
        mapped.run_id != run_id && mapped.origin != MappingOrigin::Skipped && !self.gone.contains(&mapped.record_id)
    }
}
