//! A batch as it is put together, row by row.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};
use torqueflow_dedupe::MatchKey;
use torqueflow_model::{
    EntityKind, FieldRef, FieldValue, Finding, FindingCode, OnMissing, Record, Slot, SourceId, Storage, Value, fold,
};
use torqueflow_persistence::{
    CreatedRecord, EntityCounts, FilledRecord, FoundRecord, ImportBatch, JobProgress, JournalAction, JournalEntry,
    Mapping, MappingOrigin, RowOutcome,
};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use super::context::BatchContext;
use super::fate::Fate;
use super::{FIRST_ORDINAL, Importer};
use crate::job_rows::{JobRow, JobRows};
use crate::links::{Target, WantedLink, id_hash, wanted};
use crate::options::Orphans;
use crate::values::{apply_fills, imported_values, stored};

/// A batch in the making.
pub(super) struct Draft<'a> {
    importer: &'a Importer<'a>,
    job: &'a JobRows,
    pub context: BatchContext,
    batch: ImportBatch,
    /// Records that this batch gave an id, by identity.
    resolved: HashMap<u128, Uuid>,
    /// Records that this batch creates: where in `batch.created`.
    created: HashMap<Uuid, usize>,
    /// Writes of the current row so far.
    ordinal: i64,
}

/// The resolved links of one row: record, field, target.
type Links = Vec<(usize, &'static str, Uuid)>;

impl<'a> Draft<'a> {
    pub fn new(importer: &'a Importer<'a>, job: &'a JobRows, context: BatchContext, state: &JobProgress) -> Self {
        Self {
            importer,
            job,
            context,
            batch: ImportBatch {
                progress: state.clone(),
                ..ImportBatch::default()
            },
            resolved: HashMap::new(),
            created: HashMap::new(),
            ordinal: 0,
        }
    }

    pub fn run_id(&self) -> Uuid {
        self.importer.run.id
    }

    pub fn source_system(&self) -> &str {
        &self.job.source_system
    }

    pub fn resolved(&self, key_hash: u128) -> Option<Uuid> {
        self.resolved.get(&key_hash).copied()
    }

    /// The record is in the store or comes into it with this batch.
    pub fn exists(&self, id: Uuid) -> bool {
        self.context.targets.contains_key(&id) || self.created.contains_key(&id)
    }

    /// The batch, complete.
    pub fn finish(mut self, rows: &[JobRow]) -> ImportBatch {
        if let Some(last) = rows.last() {
            self.batch.progress.checkpoint = last.index + 1;
        }
        self.batch
    }

    /// Adds a row.
    pub fn add(&mut self, row: &JobRow) {
        if self.context.done.contains(&row.number) {
            return;
        }
        self.ordinal = 0;
        let outcome = self.outcome(row);
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
        } else {
            self.links(row, &fates)
        };
        match links {
            Ok(links) => self.write_row(row, &fates, &links),
            Err(finding) => {
                self.find(row, &finding);
                RowOutcome::Failed
            }
        }
    }

    fn find(&mut self, row: &JobRow, finding: &Finding) {
        let ordinal = FIRST_ORDINAL + self.batch.findings.len() as i64;
        self.batch.findings.push(stored(row.number, ordinal, finding));
    }

    fn count(&mut self, entity: EntityKind) -> &mut EntityCounts {
        let counts = &mut self.batch.progress.entity_counts;
        counts.entry(entity.name().to_owned()).or_default()
    }

    /// Resolves the links of the records that are to be written. The error is a finding that fails the row.
    fn links(&mut self, row: &JobRow, fates: &[Fate]) -> Result<Links, Finding> {
        let mut links = Links::new();
        for link in wanted(&row.clean) {
            if !matches!(fates.get(link.record), Some(Fate::Create(_) | Fate::Merge(_))) {
                continue;
            }
            if let Some(id) = self.follow(row, fates, &link)? {
                links.push((link.record, link.spec.name, id));
            }
        }
        Ok(links)
    }

    fn follow(&mut self, row: &JobRow, fates: &[Fate], link: &WantedLink) -> Result<Option<Uuid>, Finding> {
        if let Target::Name(name) = &link.target {
            return Ok(self.look_up(row, link.to, name));
        }
        if let Target::Row(target) = &link.target {
            let id = fates.get(*target).and_then(|fate| fate.id());
            return id.map_or_else(|| self.missing(row, link), |id| Ok(Some(id)));
        }
        if let Some(id) = link.target.source_id() {
            let in_batch = self.resolved(id_hash(self.source_system(), link.to, &id));
            let mapped = self.context.mappings.get(&(link.to, id)).map(|mapped| mapped.record_id);
            if let Some(id) = in_batch.or(mapped) {
                return Ok(Some(id));
            }
        }
        let Target::Registration { registration, .. } = &link.target else {
            return self.missing(row, link);
        };
        let key = MatchKey::of_registration(registration).hash;
        match self.context.registrations.get(&key).map(Vec::as_slice) {
            Some([vehicle]) => Ok(Some(*vehicle)),
            // An ambiguous registration is never guessed.
            Some([_, ..])
                if link.on_missing == OnMissing::FailRow && self.importer.options.orphans == Orphans::Fail =>
            {
                Err(link.finding(
                    self.job,
                    &row.clean,
                    FindingCode::RegistrationAmbiguousRow,
                    registration.clone(),
                ))
            }
            Some([_, ..]) => Ok(None),
            _ => self.missing(row, link),
        }
    }

    /// What the analysis did not see coming, since the record failed only when it was written. What it did see is in
    /// its findings already.
    fn missing(&self, row: &JobRow, link: &WantedLink) -> Result<Option<Uuid>, Finding> {
        if link.on_missing == OnMissing::FailRow && self.importer.options.orphans == Orphans::Fail {
            return Err(link.finding(self.job, &row.clean, FindingCode::Orphan, link.describe()));
        }
        Ok(None)
    }

    /// The lookup with this name; made when there is none, unless that is switched off.
    fn look_up(&mut self, row: &JobRow, kind: EntityKind, name: &str) -> Option<Uuid> {
        let folded = fold(name);
        if let Some(id) = self.context.lookups.get(&(kind, folded.clone())) {
            return Some(*id);
        }
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
        let id = Uuid::now_v7();
        self.create(row, id, 0, record, Vec::new());
        self.context.lookups.insert((kind, folded), id);
        Some(id)
    }

    fn write_row(&mut self, row: &JobRow, fates: &[Fate], links: &Links) -> RowOutcome {
        let mut outcome = RowOutcome::Unchanged;
        for (index, (record, fate)) in row.clean.records.iter().zip(fates).enumerate() {
            let entity = record.slot.entity();
            let occurrence = self
                .context
                .found(row, record.slot.name())
                .map_or(0, |found| found.occurrence);
            let own_links: Vec<_> = links
                .iter()
                .filter(|(of, ..)| *of == index)
                .map(|(_, field, id)| (*field, *id))
                .collect();
            match *fate {
                Fate::Create(id) => {
                    let record = self.whole(row, record);
                    self.create(row, id, occurrence, record, own_links);
                    outcome = outcome.min(RowOutcome::Imported);
                }
                Fate::Merge(target) => {
                    let record = self.whole(row, record);
                    self.merge(row, target, occurrence, &record, own_links);
                    outcome = outcome.min(RowOutcome::Imported);
                }
                Fate::Skip(target) => {
                    if !self.is_mapped(entity, record, occurrence) {
                        self.map(row, record, &[], occurrence, target, MappingOrigin::Skipped);
                        self.count(entity).skipped += 1;
                    }
                    outcome = outcome.min(RowOutcome::SkippedDuplicate);
                }
                Fate::Same(target) => {
                    self.map(row, record, &[], occurrence, target, MappingOrigin::Merged);
                    self.count(entity).unchanged += 1;
                }
                Fate::Unchanged(_) => {
                    if self.found(row, record).is_some() {
                        self.count(entity).unchanged += 1;
                    }
                }
                Fate::Repeat(_) | Fate::LeftOut | Fate::Lost | Fate::Undecided => {}
            }
        }
        outcome
    }

    /// What the analysis kept of the record that this row brings.
    fn found(&self, row: &JobRow, record: &Record) -> Option<&FoundRecord> {
        let hash = key_hash(self.source_system(), record.slot.entity(), &record.source_id);
        let here = self.context.found(row, record.slot.name());
        here.or_else(|| self.context.inherited.get(&hash))
    }

    fn is_mapped(&self, entity: EntityKind, record: &Record, occurrence: i64) -> bool {
        let id = id_text(&record.source_id, occurrence);
        self.context.mappings.contains_key(&(entity, id))
    }

    /// The record with what later rows add to it.
    fn whole(&self, row: &JobRow, record: &Record) -> Record {
        let mut record = record.clone();
        if let Some(fills) = self
            .context
            .found(row, record.slot.name())
            .and_then(|found| found.fills.as_ref())
        {
            apply_fills(&mut record, fills);
        }
        record
    }

    fn create(&mut self, row: &JobRow, id: Uuid, occurrence: i64, record: Record, links: Vec<(&'static str, Uuid)>) {
        self.count(record.slot.entity()).created += 1;
        self.map(row, &record, &links, occurrence, id, MappingOrigin::Created);
        self.created.insert(id, self.batch.created.len());
        self.batch.created.push(CreatedRecord { id, record, links });
    }

    /// Writes the mapping of a record, and the journal's entry of what was done.
    fn map(
        &mut self,
        row: &JobRow,
        record: &Record,
        links: &[(&'static str, Uuid)],
        occurrence: i64,
        record_id: Uuid,
        origin: MappingOrigin,
    ) {
        let entity = record.slot.entity();
        let source_id = id_text(&record.source_id, occurrence);
        if !matches!(record.source_id, SourceId::Content(_)) {
            let hash = key_hash(self.source_system(), entity, &record.source_id);
            self.resolved.insert(hash, record_id);
        }
        let action = match origin {
            MappingOrigin::Created => JournalAction::Created,
            MappingOrigin::Merged | MappingOrigin::Skipped => JournalAction::Mapped,
        };
        // The fingerprint of the first row alone: that is what a later import of the same file compares.
        let row_hash = self
            .context
            .found(row, record.slot.name())
            .map_or_else(|| record.raw_hash(), |found| found.raw_hash);
        self.journal(JournalEntry {
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
        self.batch.mappings.push(Mapping {
            source_system: self.job.source_system.clone(),
            entity,
            source_id,
            record_id,
            derived: !matches!(record.source_id, SourceId::Given(_)),
            origin,
            row_hash,
            imported_values: imported_values(record, links),
        });
    }

    /// Adds a write of the row to the journal, behind those before it.
    fn journal(&mut self, entry: JournalEntry) {
        let ordinal = self.ordinal;
        self.batch.journal.push(JournalEntry { ordinal, ..entry });
        self.ordinal += 1;
    }

    /// Fills what is null in the target. Nothing is overwritten; preferences are merged key by key.
    fn merge(
        &mut self,
        row: &JobRow,
        target: Uuid,
        occurrence: i64,
        record: &Record,
        links: Vec<(&'static str, Uuid)>,
    ) {
        let entity = record.slot.entity();
        self.count(entity).merged += 1;
        self.map(row, record, &links, occurrence, target, MappingOrigin::Merged);
        if let Some(created) = self.created.get(&target).and_then(|at| self.batch.created.get_mut(*at)) {
            merge_into_created(created, record, links);
            return;
        }
        let Some((_, stored)) = self.context.targets.get_mut(&target) else {
            return;
        };
        let mut filled = FilledRecord {
            entity,
            id: target,
            values: Vec::new(),
            links: Vec::new(),
            json: Vec::new(),
        };
        let mut before = Map::new();
        for field in &record.fields {
            match (field.spec.storage, field.spec.column()) {
                (Storage::Column, Some(column))
                    if column == field.spec.name && !stored.values.contains_key(&column) =>
                {
                    stored.values.insert(column.clone(), field.value.to_json());
                    before.insert(column, Json::Null);
                    filled.values.push((field.spec, field.value.clone()));
                }
                _ => {}
            }
        }
        for (name, id) in links {
            let column = format!("{name}_id");
            if !stored.values.contains_key(&column) {
                stored.values.insert(column.clone(), Json::from(id.to_string()));
                before.insert(column, Json::Null);
                filled.links.push((name, id));
            }
        }
        merge_json(record, stored, &mut filled, &mut before);
        if !before.is_empty() {
            stored.version += 1;
            let version = stored.version;
            self.journal(JournalEntry {
                row_number: row.number,
                ordinal: 0,
                entity,
                record_id: target,
                action: JournalAction::Updated,
                mapping: None,
                before: Some(Json::Object(before)),
                version_after: Some(version),
                mapping_before: None,
            });
            self.batch.filled.push(filled);
        }
    }
}

/// The target is created by the same batch: it is filled before it is written.
fn merge_into_created(created: &mut CreatedRecord, record: &Record, links: Vec<(&'static str, Uuid)>) {
    for field in &record.fields {
        if created.record.get(field.spec.name).is_none() {
            created.record.fields.push(field.clone());
        }
    }
    for (name, id) in links {
        if !created.links.iter().any(|(known, _)| *known == name) {
            created.links.push((name, id));
        }
    }
}

/// Adds the keys that a JSON column of the target does not have.
fn merge_json(
    record: &Record,
    stored: &mut torqueflow_persistence::BusinessRow,
    filled: &mut FilledRecord,
    before: &mut Map<String, Json>,
) {
    for field in &record.fields {
        let (Storage::Json { column, key }, Value::Boolean(flag)) = (field.spec.storage, &field.value) else {
            continue;
        };
        let old = stored.values.get(column).cloned();
        let mut object = match &old {
            Some(Json::Object(object)) => object.clone(),
            _ => Map::new(),
        };
        if object.contains_key(key) {
            continue;
        }
        object.insert(key.to_owned(), Json::from(*flag));
        before.entry(column.to_owned()).or_insert(old.unwrap_or(Json::Null));
        stored.values.insert(column.to_owned(), Json::Object(object.clone()));
        filled.json.retain(|(name, _)| *name != column);
        filled.json.push((column, Json::Object(object)));
    }
}
