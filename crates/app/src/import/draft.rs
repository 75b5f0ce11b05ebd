//! A batch as it is put together, row by row.

use std::collections::{HashMap, HashSet};

use torqueflow_dedupe::MatchKey;
use torqueflow_model::{
    EntityKind, FieldRef, FieldValue, Finding, FindingCode, OnMissing, Record, RowPart, Slot, SourceId, Value, fold,
};
use torqueflow_persistence::{
    Confirmation, CreatedRecord, EntityCounts, FIRST_ENTRY, FIRST_FINDING_OF_IMPORT, FoundRecord, ImportBatch,
    JobProgress, JournalAction, JournalEntry, Mapping, MappingOrigin, MappingUpdate, RowOutcome, UpdatedRecord,
};
use torqueflow_pipeline::{Called, id_text, key_hash};
use uuid::Uuid;

use super::Importer;
use super::context::BatchContext;
use super::fate::Fate;
use super::imported::{ImportedValues, RecordLinks};
use super::refresh::{Refreshed, says_the_same};
use crate::customer_names::{named, wrong_name};
use crate::job_rows::{JobRow, JobRows};
use crate::links::{Target, WantedLink, id_hash, wanted};
use crate::options::{Orphans, RunOptions};
use crate::values::{row_hash, source_hash, stored, whole};

/// More than a row writes.
const MOST_WRITES: i64 = 10_000;

/// A batch in the making.
pub(super) struct Draft<'a> {
    importer: &'a Importer<'a>,
    job: &'a JobRows,
    pub context: BatchContext,
    /// Rows that failed here, and not in the analysis before.
    pub failed: HashSet<i64>,
    batch: ImportBatch,
    brought: Brought,
    /// What the batch before it brings, where that is still being written.
    before: Option<&'a Brought>,
    /// Records that this batch creates: where in `batch.created`.
    created: HashMap<Uuid, usize>,
    /// Addresses that this batch creates, by customer: where in `batch.created`.
    new_addresses: HashMap<Uuid, Vec<usize>>,
    /// Writes of the current row so far.
    ordinal: i64,
    /// Findings of the current row so far.
    findings: i64,
}

/// What a batch brings that later rows may refer to, before it is committed.
#[derive(Default)]
pub(super) struct Brought {
    /// Records with an id at the source, by identity.
    resolved: HashMap<u128, Uuid>,
    /// Lookups, by kind and folded name.
    lookups: HashMap<(EntityKind, String), Uuid>,
    /// Vehicles, by the fingerprint of their registration.
    registrations: HashMap<u128, Vec<Uuid>>,
}

/// The resolved links of one row: record, field, target.
type Links = Vec<(usize, &'static str, Uuid)>;

impl<'a> Draft<'a> {
    pub fn new(
        importer: &'a Importer<'a>,
        job: &'a JobRows,
        context: BatchContext,
        state: &JobProgress,
        before: Option<&'a Brought>,
    ) -> Self {
        Self {
            importer,
            job,
            context,
            failed: HashSet::new(),
            batch: ImportBatch {
                progress: state.clone(),
                ..ImportBatch::default()
            },
            brought: Brought::default(),
            before,
            created: HashMap::new(),
            new_addresses: HashMap::new(),
            ordinal: 0,
            findings: 0,
        }
    }

    pub fn run_id(&self) -> Uuid {
        self.importer.run.id
    }

    pub fn source_system(&self) -> &str {
        &self.job.source_system
    }

    pub fn job(&self) -> &'a JobRows {
        self.job
    }

    pub fn options(&self) -> &'a RunOptions {
        self.importer.options
    }

    /// Whether records of earlier runs are brought up to what the source says now.
    pub fn updates(&self) -> bool {
        self.importer.updates()
    }

    pub fn resolved(&self, key_hash: u128) -> Option<Uuid> {
        let resolved = |brought: &Brought| brought.resolved.get(&key_hash).copied();
        self.brought().find_map(resolved)
    }

    /// What is brought, and not committed for sure.
    fn brought(&self) -> impl Iterator<Item = &Brought> {
        std::iter::once(&self.brought).chain(self.before)
    }

    /// The record is in the store or comes into it with this batch.
    pub fn exists(&self, id: Uuid) -> bool {
        self.context.targets.contains_key(&id) || self.created.contains_key(&id)
    }

    /// The record, if this batch creates it.
    pub fn created(&mut self, id: Uuid) -> Option<&mut CreatedRecord> {
        let at = self.created.get(&id)?;
        self.batch.created.get_mut(*at)
    }

    /// Adds a change of a stored record.
    pub fn add_update(&mut self, updated: UpdatedRecord) {
        self.batch.updated.push(updated);
    }

    /// Adds a change of a stored mapping.
    pub fn add_remapped(&mut self, mapping: MappingUpdate) {
        self.batch.remapped.push(mapping);
    }

    /// The batch, complete, and what of it matters for later rows.
    pub fn finish(mut self, rows: &[JobRow]) -> (ImportBatch, Brought) {
        if let Some(last) = rows.last() {
            self.batch.progress.checkpoint = last.index + 1;
        }
        (self.batch, self.brought)
    }

    /// Adds a row.
    pub fn add(&mut self, row: &JobRow) {
        if !row.clean.is_record() || self.context.done.contains(&row.number) {
            return;
        }
        self.begin_row();
        let outcome = self.outcome(row);
        self.end_row(row, outcome);
    }

    /// The changes of a row stand behind what it creates, and those of a row that is run again behind those of before.
    fn begin_row(&mut self) {
        self.ordinal = FIRST_ENTRY + (self.job.job.attempt - 1) * MOST_WRITES;
        self.findings = 0;
    }

    fn end_row(&mut self, row: &JobRow, outcome: RowOutcome) {
        if outcome == RowOutcome::Failed {
            for record in &row.clean.records {
                self.count(record.slot.entity()).failed += 1;
            }
        }
        outcome.count(&mut self.batch.progress.counts);
        self.batch.results.push((row.number, outcome));
    }

    fn outcome(&mut self, row: &JobRow) -> RowOutcome {
        if self.context.excluded.contains(&row.number) {
            return RowOutcome::SkippedChoice;
        }
        if self.context.failed.contains(&row.number) {
            return RowOutcome::Failed;
        }
        let fates = self.fates(row);
        let links = if fates.contains(&Fate::Undecided) {
            Err(Finding::row(FindingCode::DuplicateAppeared, ""))
        } else if let Some(ambiguous) = fates.iter().position(|fate| *fate == Fate::Ambiguous) {
            let label = row.clean.label(ambiguous);
            Err(Finding::row(FindingCode::CodeAmbiguous, label))
        } else {
            self.links(row, &fates)
        };
        match links {
            Ok(links) => self.write_row(row, &fates, &links),
            Err(finding) => self.fail(row, &finding),
        }
    }

    /// The row is not imported, and what it adds to records is taken back.
    fn fail(&mut self, row: &JobRow, finding: &Finding) -> RowOutcome {
        self.find(row, finding);
        self.failed.insert(row.number);
        for record in &row.clean.records {
            self.say_again(row, record);
        }
        RowOutcome::Failed
    }

    /// Adds a row that the database refused.
    pub fn add_refused(&mut self, row: &JobRow, reason: &str) {
        self.begin_row();
        let outcome = self.fail(row, &Finding::row(FindingCode::WriteFailed, reason));
        self.end_row(row, outcome);
    }

    pub fn find(&mut self, row: &JobRow, finding: &Finding) {
        let ordinal = FIRST_FINDING_OF_IMPORT + self.findings;
        self.findings += 1;
        self.batch.findings.push(stored(row.number, ordinal, finding));
    }

    pub fn count(&mut self, entity: EntityKind) -> &mut EntityCounts {
        let counts = &mut self.batch.progress.entity_counts;
        counts.entry(entity.name().to_owned()).or_default()
    }

    /// Resolves the links of the records that are to be written. The error is a finding that fails the row.
    fn links(&mut self, row: &JobRow, fates: &[Fate]) -> Result<Links, Finding> {
        let mut links = Links::new();
        for link in wanted(&row.clean) {
            if !fates.get(link.record).is_some_and(|fate| fate.writes()) || self.is_settled(row, &link) {
                continue;
            }
            if let Some(id) = self.follow(row, fates, &link)? {
                links.push((link.record, link.spec.name, id));
            }
        }
        self.add_locations(row, fates, &mut links);
        Ok(links)
    }

    /// The source names the record that it named when the link was last resolved.
    fn is_settled(&self, row: &JobRow, link: &WantedLink) -> bool {
        let Some(record) = row.clean.records.get(link.record) else {
            return false;
        };
        let id = self.source_id(row, record);
        let last = self.context.imported.get(&(record.slot.entity(), id));
        last.is_some_and(|last| says_the_same(last, record, link.spec))
    }

    /// New records that name no location get that of the run.
    fn add_locations(&self, row: &JobRow, fates: &[Fate], links: &mut Links) {
        let Some(location) = self.importer.options.location_id else {
            return;
        };
        for (index, (record, fate)) in row.clean.records.iter().zip(fates).enumerate() {
            let spec = record
                .slot
                .entity()
                .fields()
                .iter()
                .find(|spec| spec.name == "location");
            if let (Fate::Create(_) | Fate::Merge(_), Some(spec)) = (fate, spec)
                && record.get(spec.name).is_none()
            {
                links.push((index, spec.name, location));
            }
        }
    }

    fn follow(&mut self, row: &JobRow, fates: &[Fate], link: &WantedLink) -> Result<Option<Uuid>, Finding> {
        if let Target::Name(name) = &link.target {
            return Ok(self.look_up(row, link, name));
        }
        if let Target::Row(target) = &link.target {
            let id = fates.get(*target).and_then(|fate| fate.id());
            return id.map_or_else(|| self.missing(row, link), |id| Ok(Some(id)));
        }
        if let Some(id) = link.target.source_id() {
            let in_batch = self.resolved(id_hash(self.source_system(), link.to, &id));
            let mapped = self.context.mapped(link.to, id);
            if let Target::Id(id) | Target::Named { id, .. } = &link.target
                && self.is_ambiguous(link.to, id, mapped.is_some())
            {
                // The analysis has told so.
                return Ok(None);
            }
            if let Some(id) = in_batch.or(mapped) {
                return Ok(Some(id));
            }
        }
        if let Target::Named { id, called } = &link.target {
            return Ok(self.named(row, link, id, called));
        }
        let Target::Registration { registration, .. } = &link.target else {
            return self.missing(row, link);
        };
        match self.vehicles(registration).as_slice() {
            [] => self.missing(row, link),
            [vehicle] => Ok(Some(*vehicle)),
            // An ambiguous registration is never guessed.
            [_, ..] if link.on_missing == OnMissing::FailRow && self.importer.options.orphans == Orphans::Fail => {
                Err(link.finding(
                    self.job,
                    &row.clean,
                    FindingCode::RegistrationAmbiguousRow,
                    registration.clone(),
                ))
            }
            [_, ..] => Ok(None),
        }
    }

    /// The vehicles with this registration, of the store and of this batch and the one before it.
    fn vehicles(&self, registration: &str) -> Vec<Uuid> {
        let key = MatchKey::of_registration(registration).hash;
        let brought = self.brought().map(|brought| &brought.registrations);
        let known = std::iter::once(&self.context.registrations).chain(brought);
        let mut vehicles: Vec<Uuid> = known.filter_map(|known| known.get(&key)).flatten().copied().collect();
        // Those of the batch before may be committed by now.
        vehicles.sort_unstable();
        vehicles.dedup();
        vehicles
    }

    /// The customer of a name: the only one of the run that has it, else of the store.
    fn named(&mut self, row: &JobRow, link: &WantedLink, name: &str, called: &Called) -> Option<Uuid> {
        let of_run = self.importer.names.find(called);
        if let [customer] = of_run.as_slice() {
            let hash = id_hash(&customer.source_system, EntityKind::Customer, &customer.id);
            let brought = self
                .resolved(hash)
                .or_else(|| self.context.of_run.get(customer).copied());
            if brought.is_some() {
                return brought;
            }
        } else if !of_run.is_empty() {
            return None;
        }
        let stored = named(&self.context.named, called);
        if let [customer] = stored.as_slice() {
            return Some(customer.id);
        }
        // The analysis counted on a customer of the run, who did not come.
        if !of_run.is_empty()
            && let Some((code, detail)) = wrong_name(name, &[], &stored)
        {
            self.find(row, &link.finding(self.job, &row.clean, code, detail));
        }
        None
    }

    /// Different records have the id that a link names.
    fn is_ambiguous(&self, to: EntityKind, id: &str, is_mapped: bool) -> bool {
        let ambiguous = &self.importer.ambiguous;
        ambiguous.contains(self.source_system(), to, id, is_mapped)
    }

    /// What the analysis did not see coming, since the record failed only when it was written. What it did see is in
    /// its findings already.
    fn missing(&self, row: &JobRow, link: &WantedLink) -> Result<Option<Uuid>, Finding> {
        if link.on_missing == OnMissing::FailRow && self.importer.options.orphans == Orphans::Fail {
            return Err(link.finding(self.job, &row.clean, FindingCode::Orphan, link.describe()));
        }
        Ok(None)
    }

    /// The lookup of this kind and folded name.
    fn lookup(&self, key: &(EntityKind, String)) -> Option<Uuid> {
        let brought = self.brought().map(|brought| &brought.lookups);
        let mut known = std::iter::once(&self.context.lookups).chain(brought);
        known.find_map(|known| known.get(key)).copied()
    }

    /// The lookup with this name; made when there is none, unless that is switched off.
    fn look_up(&mut self, row: &JobRow, link: &WantedLink, name: &str) -> Option<Uuid> {
        let (kind, folded) = (link.to, fold(name));
        let key = (kind, folded);
        if let Some(id) = self.lookup(&key) {
            return Some(id);
        }
        let (kind, folded) = key;
        if !self.importer.create_missing {
            let described = format!("{} {name}", kind.spec().label.to_lowercase());
            self.find(row, &Finding::row(FindingCode::LookupNotCreated, described));
            return None;
        }
        let slot = Slot::Main(kind);
        let text = |field: &str, text: &str| {
            FieldRef::new(slot, field).map(|field| FieldValue {
                spec: field.spec,
                value: Value::Text(text.to_owned()),
                raw: String::new(),
            })
        };
        let record = Record {
            slot,
            source_id: SourceId::Derived(folded.clone()),
            fields: [text("name", name), text("sort_name", &folded)]
                .into_iter()
                .flatten()
                .collect(),
        };
        let of = row.clean.records.get(link.record)?.slot;
        let id = self.job.new_id(row, RowPart::Lookup(of, link.spec.name))?;
        self.create(row, id, 0, record, Vec::new());
        self.brought.lookups.insert((kind, folded), id);
        Some(id)
    }

    fn write_row(&mut self, row: &JobRow, fates: &[Fate], links: &Links) -> RowOutcome {
        let mut outcome = RowOutcome::Unchanged;
        for (index, (record, fate)) in row.clean.records.iter().zip(fates).enumerate() {
            let links = links
                .iter()
                .filter(|(of, ..)| *of == index)
                .map(|(_, field, id)| (*field, *id))
                .collect();
            outcome = outcome.min(self.write_record(row, record, *fate, links));
            if *fate == Fate::LeftOut && self.belongs_to_unchanged(row, index, fates) {
                self.find(row, &Finding::row(FindingCode::AlreadyImportedChanged, ""));
            }
        }
        outcome
    }

    /// Writes one record; says what that makes of its row.
    fn write_record(&mut self, row: &JobRow, record: &Record, fate: Fate, links: RecordLinks) -> RowOutcome {
        let entity = record.slot.entity();
        let occurrence = self.occurrence(row, record);
        let whole = self.whole(row, record);
        match fate {
            Fate::Create(id) => {
                self.create(row, id, occurrence, whole, links);
                RowOutcome::Imported
            }
            Fate::Merge(target) => {
                self.merge(row, target, occurrence, &whole, links);
                RowOutcome::Imported
            }
            Fate::Update(target) | Fate::Existing(target) => {
                let refreshed = Refreshed {
                    target,
                    source_id: id_text(&record.source_id, occurrence),
                    record: &whole,
                    links,
                };
                if matches!(fate, Fate::Update(_)) {
                    self.refresh(row, &refreshed)
                } else {
                    self.update_existing(row, &refreshed, occurrence)
                }
            }
            Fate::Skip(target) => {
                self.skip(row, &whole, occurrence, target);
                RowOutcome::SkippedDuplicate
            }
            Fate::Same(target) => {
                let values = ImportedValues::of(&whole, &links, |_| true);
                self.map(row, &whole, occurrence, target, MappingOrigin::Merged, values);
                self.count(entity).unchanged += 1;
                RowOutcome::Unchanged
            }
            Fate::Unchanged(_) => {
                self.leave(row, record, occurrence);
                RowOutcome::Unchanged
            }
            Fate::Gone => {
                if self.found(row, record).is_some() {
                    self.find(row, &Finding::row(FindingCode::RecordGone, ""));
                    self.count(entity).skipped += 1;
                }
                RowOutcome::SkippedChoice
            }
            Fate::Repeat(_) => {
                self.say_again(row, record);
                RowOutcome::Unchanged
            }
            Fate::LeftOut | Fate::Lost | Fate::Undecided | Fate::Ambiguous => RowOutcome::Unchanged,
        }
    }

    /// A match stands for the record; what belongs to it attaches to the match.
    fn skip(&mut self, row: &JobRow, record: &Record, occurrence: i64, target: Uuid) {
        let entity = record.slot.entity();
        let id = id_text(&record.source_id, occurrence);
        let mapped_by = self.context.mappings.get(&(entity, id)).map(|mapped| mapped.run_id);
        if mapped_by.is_none() {
            let values = ImportedValues::of(record, &RecordLinks::new(), |_| true);
            self.map(row, record, occurrence, target, MappingOrigin::Skipped, values);
        }
        if mapped_by != Some(self.run_id()) && self.found(row, record).is_some() {
            self.count(entity).skipped += 1;
        }
    }

    /// A record of an earlier run is left as it is.
    fn leave(&mut self, row: &JobRow, record: &Record, occurrence: i64) {
        let entity = record.slot.entity();
        let Some(found) = self.found(row, record) else {
            return;
        };
        let id = id_text(&record.source_id, occurrence);
        let mapped = self.context.mappings.get(&(entity, id)).copied();
        if !self.updates()
            && mapped.is_some_and(|mapped| mapped.row_hash != row_hash(record, Some(found), self.job.country))
        {
            self.find(row, &Finding::row(FindingCode::AlreadyImportedChanged, ""));
        }
        self.batch.confirmed.extend(mapped.map(|mapped| Confirmation {
            row_number: row.number,
            entity,
            record_id: mapped.record_id,
        }));
        self.count(entity).unchanged += 1;
    }

    /// A new part of a record that is left as it is.
    fn belongs_to_unchanged(&self, row: &JobRow, index: usize, fates: &[Fate]) -> bool {
        let parent = row.clean.linked(index, "customer");
        let parent = parent.and_then(|parent| fates.get(parent));
        let record = row.clean.records.get(index);
        matches!(parent, Some(Fate::Unchanged(_))) && record.is_some_and(|record| self.found(row, record).is_some())
    }

    /// What the analysis kept of the record that this row brings.
    fn found(&self, row: &JobRow, record: &Record) -> Option<&FoundRecord> {
        let hash = key_hash(self.source_system(), record.slot.entity(), &record.source_id);
        let here = self.context.found(row, record.slot);
        here.or_else(|| self.context.inherited.get(&hash))
    }

    fn occurrence(&self, row: &JobRow, record: &Record) -> i64 {
        let found = self.context.found(row, record.slot);
        found.map_or(0, |found| found.occurrence)
    }

    fn source_id(&self, row: &JobRow, record: &Record) -> String {
        id_text(&record.source_id, self.occurrence(row, record))
    }

    /// The record with what later rows add to it.
    fn whole(&self, row: &JobRow, record: &Record) -> Record {
        whole(record, self.context.found(row, record.slot))
    }

    fn create(&mut self, row: &JobRow, id: Uuid, occurrence: i64, record: Record, links: RecordLinks) {
        self.count(record.slot.entity()).created += 1;
        let values = ImportedValues::of(&record, &links, |_| false);
        self.map(row, &record, occurrence, id, MappingOrigin::Created, values);
        let at = self.batch.created.len();
        self.created.insert(id, at);
        match record.slot.entity() {
            EntityKind::CustomerAddress => {
                let customer = links.iter().find(|(field, _)| *field == "customer");
                if let Some((_, customer)) = customer {
                    self.new_addresses.entry(*customer).or_default().push(at);
                }
            }
            // Later rows may refer to it.
            EntityKind::Vehicle => {
                if let Some(registration) = record.text("registration") {
                    let key = MatchKey::of_registration(registration).hash;
                    self.brought.registrations.entry(key).or_default().push(id);
                }
            }
            _ => {}
        }
        self.batch.created.push(CreatedRecord { id, record, links });
    }

    /// The addresses that this batch gives a customer.
    pub fn new_addresses(&self, customer: Uuid) -> impl Iterator<Item = &CreatedRecord> {
        let places = self.new_addresses.get(&customer).into_iter().flatten();
        places.filter_map(|at| self.batch.created.get(*at))
    }

    /// Writes the mapping of a record, and the journal's entry of what was done, unless the record is new and its id says it.
    pub fn map(
        &mut self,
        row: &JobRow,
        record: &Record,
        occurrence: i64,
        record_id: Uuid,
        origin: MappingOrigin,
        values: ImportedValues,
    ) {
        let action = match origin {
            MappingOrigin::Created => JournalAction::Created,
            MappingOrigin::Merged | MappingOrigin::Skipped => JournalAction::Mapped,
        };
        let entity = record.slot.entity();
        let source_id = id_text(&record.source_id, occurrence);
        if !matches!(record.source_id, SourceId::Content(_)) {
            let hash = key_hash(self.source_system(), entity, &record.source_id);
            self.brought.resolved.insert(hash, record_id);
        }
        if action != JournalAction::Created || !self.job.is_named_by(row, record_id) {
            self.journal(JournalEntry {
                job_id: self.job.job.id,
                row_number: row.number,
                ordinal: 0,
                entity,
                record_id,
                action,
                mapping: Some((self.job.source_system.clone(), source_id.clone())),
                before: None,
                version_after: (action == JournalAction::Created).then_some(1),
                mapping_before: None,
            });
        }
        self.batch.mappings.push(Mapping {
            source_system: self.job.source_system.clone(),
            entity,
            source_id,
            record_id,
            derived: !matches!(record.source_id, SourceId::Given(_)),
            origin,
            row_hash: source_hash(record, self.job.country),
            imported_values: values.into_json().to_string(),
        });
    }

    /// Adds a write of the row to the journal, behind those before it.
    pub fn journal(&mut self, entry: JournalEntry) {
        let ordinal = self.ordinal;
        self.batch.journal.push(JournalEntry { ordinal, ..entry });
        self.ordinal += 1;
    }
}
