//! What becomes of each record of a row.

use torqueflow_model::import::{FoundRecord, MappedRecord, MappingOrigin};
use torqueflow_model::{EntityKind, Record, SourceId, fold};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use crate::facts::{Decision, Facts};
use crate::made::Made;
use crate::policy::{JobRow, Policy, Table};

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It becomes a record with this id.
    Create(Uuid),
    /// It fills what is null in this record.
    Merge(Uuid),
    /// This record stands for it: skipped.
    Skip(Uuid),
    /// This record says the same: an address that is there already.
    Same(Uuid),
    /// It was imported by an earlier run, and is left as it is.
    Unchanged(Uuid),
    /// It was imported by an earlier run, and the source says something else now.
    Update(Uuid),
    /// This record has its code, and is to say what the file says.
    Existing(Uuid),
    /// It was imported with an earlier row of this run.
    Repeat(Uuid),
    /// It goes with its customer, which is left as it is.
    LeftOut,
    /// It was imported by an earlier run, and somebody has removed it since.
    Gone,
    /// Several records have its code, and it is to be updated by it.
    Ambiguous,
    /// It is nowhere: neither its first row nor any other brought it.
    Lost,
    /// A match appeared after the analysis.
    Undecided,
}

impl Fate {
    /// The record that stands for it in the store.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Create(id)
            | Self::Merge(id)
            | Self::Skip(id)
            | Self::Same(id)
            | Self::Unchanged(id)
            | Self::Update(id)
            | Self::Existing(id)
            | Self::Repeat(id) => Some(id),
            Self::LeftOut | Self::Gone | Self::Ambiguous | Self::Lost | Self::Undecided => None,
        }
    }
}

impl Fate {
    /// A record is written with what the row says, so its links are needed.
    pub fn writes(self) -> bool {
        matches!(
            self,
            Self::Create(_) | Self::Merge(_) | Self::Update(_) | Self::Existing(_)
        )
    }
}

/// What a record's fate depends on, besides its row.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub policy: &'a Policy<'a>,
    pub table: &'a Table<'a>,
    pub facts: &'a Facts,
    pub made: &'a Made<'a>,
}

impl View<'_> {
    /// The record is in the store or comes into it with this batch.
    fn exists(&self, id: Uuid) -> bool {
        self.facts.targets.contains_key(&id) || self.made.created(id).is_some()
    }

    /// What becomes of each record of the row, in their order.
    pub fn fates(&self, row: &JobRow) -> Vec<Fate> {
        let mut fates: Vec<Fate> = Vec::with_capacity(row.clean.records.len());
        for (index, record) in row.clean.records.iter().enumerate() {
            let parent = row
                .clean
                .linked(index, "customer")
                .and_then(|parent| fates.get(parent))
                .copied();
            fates.push(self.fate(row, record, parent));
        }
        fates
    }

    fn fate(&self, row: &JobRow, record: &Record, parent: Option<Fate>) -> Fate {
        let entity = record.slot.entity();
        let found = self.facts.found(row, record.slot);
        let occurrence = found.map_or(0, |found| found.occurrence);
        let id = id_text(&record.source_id, occurrence);
        if let Some(mapped) = self.facts.mappings.get(&(entity, id.clone())) {
            return self.mapped_fate(entity, &id, mapped, parent);
        }
        let hash = key_hash(self.table.source_system, entity, &record.source_id);
        if !matches!(record.source_id, SourceId::Content(_))
            && let Some(id) = self.made.resolved(hash)
        {
            return if self.made.is_skipped(hash) {
                Fate::Skip(id)
            } else {
                Fate::Repeat(id)
            };
        }
        let Some(found) = found.or_else(|| self.facts.inherited.get(&hash)) else {
            return Fate::Lost;
        };
        if entity == EntityKind::CustomerAddress {
            return self.address_fate(record, found, parent);
        }
        match self.facts.existing(record) {
            [] => {}
            [existing] => return Fate::Existing(*existing),
            [_, _, ..] => return Fate::Ambiguous,
        }
        match self.facts.decisions.get(&found.record_id) {
            Some(Decision::Undecided(target)) if self.exists(*target) => Fate::Undecided,
            Some(Decision::Skip(target)) if self.exists(*target) => Fate::Skip(*target),
            Some(Decision::Merge(target)) if self.exists(*target) => Fate::Merge(*target),
            // A match that was itself not imported is no match.
            Some(_) | None => Fate::Create(found.record_id),
        }
    }

    /// What becomes of a record whose id is known.
    fn mapped_fate(&self, entity: EntityKind, id: &str, mapped: &MappedRecord, parent: Option<Fate>) -> Fate {
        if self.facts.gone.contains(&mapped.record_id) {
            // An address that went with its customer needs no word of its own.
            let went_along = entity == EntityKind::CustomerAddress && parent == Some(Fate::Gone);
            return if went_along { Fate::LeftOut } else { Fate::Gone };
        }
        if mapped.origin == MappingOrigin::Skipped {
            return Fate::Skip(mapped.record_id);
        }
        if mapped.run_id == self.policy.run_id {
            return Fate::Repeat(mapped.record_id);
        }
        if self.facts.is_changed(entity, id, mapped) {
            return Fate::Update(mapped.record_id);
        }
        Fate::Unchanged(mapped.record_id)
    }

    /// The address of the customer that says the same, in the store or from an earlier row of the batch.
    fn same_address(&self, customer: Uuid, record: &Record) -> Option<Uuid> {
        let stored = self.facts.addresses.get(&customer).into_iter().flatten();
        let mut stored = stored.filter(|address| is_same_address(|field| address.text(field), record));
        let new = self.made.addresses(customer);
        let mut new = new.filter(|address| is_same_address(|field| address.record.text(field), record));
        let stored = stored.next().map(|address| address.id);
        stored.or_else(|| new.next().map(|address| address.id))
    }

    /// An address goes with its customer.
    fn address_fate(&self, record: &Record, found: &FoundRecord, parent: Option<Fate>) -> Fate {
        match parent {
            Some(Fate::Skip(_) | Fate::LeftOut | Fate::Gone | Fate::Ambiguous | Fate::Undecided) => Fate::LeftOut,
            Some(Fate::Unchanged(_)) if !self.policy.updates => Fate::LeftOut,
            Some(Fate::Lost) => Fate::Lost,
            Some(
                Fate::Merge(customer) | Fate::Unchanged(customer) | Fate::Update(customer) | Fate::Existing(customer),
            ) => self
                .same_address(customer, record)
                .map_or(Fate::Create(found.record_id), Fate::Same),
            // It was there before the run, and an earlier row has brought it up to date.
            Some(Fate::Repeat(customer)) if !self.policy.creates(customer) => self
                .same_address(customer, record)
                .map_or(Fate::Create(found.record_id), Fate::Same),
            _ => Fate::Create(found.record_id),
        }
    }
}

/// Whether an address that is there says the same as an incoming one: everything that both say is equal.
fn is_same_address<'a>(there: impl Fn(&str) -> Option<&'a str>, incoming: &Record) -> bool {
    ["line_1", "line_2", "city", "postal_code"]
        .into_iter()
        .all(|field| match (there(field), incoming.text(field)) {
            (Some(there), Some(incoming)) => fold(there) == fold(incoming),
            _ => true,
        })
}
