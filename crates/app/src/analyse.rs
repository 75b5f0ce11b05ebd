//! The analysis of a job: every row is cleaned, every record finds its identity, every link and match is looked up.
//! Nothing is written to the business tables.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;
use torqueflow_dedupe::MatchKey;
use torqueflow_engine::{
    AmbiguousIds, Conflict, CustomerNames, JobRow, Orphans, Target, WantedLink, id_hash, merge_repeat, named, stored,
    wanted, wrong_name,
};
use torqueflow_model::{
    EntityKind, Finding, FindingCode, LeftOutRows, OnMissing, Record, RowPart, RunIds, Slot, SourceId,
};
use torqueflow_persistence::{
    AnalysisChunk, DecidedRecord, Duplicate, FoundRecord, IndexedRecord, KnownRecord, Lease, MappedRecord, RecordFill,
    Repeat, RunIndex, StoredCandidate, StoredFinding,
};
use torqueflow_pipeline::{CleanRow, id_text, key_hash};
use uuid::Uuid;

use crate::App;
use crate::crossed::{Crossed, MOST_CROSSED};
use crate::decisions::decide_again;
use crate::error::AppError;
use crate::existing::{ByCode, codes, find_by_code};
use crate::found::found_in_rows;
use crate::job_rows::{CHUNK_ROWS, JobRows};
use crate::matching::{Candidate, Matcher, OrderOfComing, blocking};
use crate::options::RunOptions;
use crate::replaced::{MetAgain, Tallies};
use crate::tables::findings_of_rows_left_out;
use crate::values::stored_of_column;

/// A row that was let in though no id can name it.
const BEYOND_IDS: AppError = AppError::Internal("a record stands beyond the tables and rows of an import");

/// Analyses the jobs of a run, one after the other in import order.
pub(crate) struct Analysis<'a> {
    pub app: &'a App,
    pub run_id: Uuid,
    pub run_created_at: OffsetDateTime,
    pub lease: Lease,
    pub options: RunOptions,
    /// Every job that was analysed so far, for going back to the first row of a record.
    pub jobs: HashMap<Uuid, Arc<JobRows>>,
    /// Source systems that have mappings at all.
    pub mapped_systems: HashSet<String>,
    /// What the job at hand has under the ids of mapped records.
    pub replaced: Tallies,
    /// What the rows have brought so far.
    pub index: Arc<RunIndex>,
    /// Finds matches.
    pub matcher: Matcher,
    /// Jobs that were analysed before, of which the index has nothing yet.
    pub standing: Vec<Arc<JobRows>>,
    /// Some rows were analysed before, so that records may stand again in rows behind those that are analysed.
    pub is_again: bool,
    /// The customers of the run, where a table refers to customers by name.
    pub names: CustomerNames,
    /// Ids by which no link can be followed.
    pub ambiguous: AmbiguousIds,
    /// Ids of the job at hand that plainly other records of earlier jobs have, where these are looked for. Such records are
    /// not merged: the job is analysed once more when its plan says so.
    pub crossed: Option<Vec<Crossed>>,
}

/// What the database knows of a chunk's rows.
struct Known {
    /// What earlier chunks and jobs have brought, by identity: of equal contents the last.
    records: HashMap<u128, IndexedRecord>,
    /// Of these, what is kept of those that stand in several rows.
    shared: HashMap<u128, KnownRecord>,
    /// Mappings, by entity and source id.
    mappings: HashMap<(EntityKind, String), MappedRecord>,
    /// Vehicles of this run and of the store, by registration.
    registrations: HashMap<u128, HashSet<Uuid>>,
    /// Records of the store that are to be updated by their code.
    existing: ByCode,
    /// Customers of the store, by name.
    named: HashMap<String, Vec<StoredCandidate>>,
}

impl Known {
    /// A stored record has the code of this one.
    fn exists(&self, record: &Record) -> bool {
        let entity = record.slot.entity();
        let code = entity.code_field().and_then(|field| record.text(field));
        code.is_some_and(|code| self.existing.contains_key(&(entity, code.to_owned())))
    }
}

/// What a chunk adds.
#[derive(Default)]
struct Draft {
    chunk: AnalysisChunk,
    /// New records of this chunk, with the fingerprints of what the file says of them.
    new: Vec<(FoundRecord, u128)>,
    /// The same by identity: where in `new`, and the record with what later rows added.
    first: HashMap<u128, (usize, Record)>,
    /// Records of earlier chunks that stand in this one again.
    again: HashMap<u128, KnownRecord>,
    /// The same in their first rows, where this chunk goes back to these.
    earlier: HashMap<u128, Record>,
    /// Fills of those, by identity.
    fills: BTreeMap<u128, RecordFill>,
    /// New records that can match.
    candidates: Vec<Candidate>,
    /// Mapped records, in their first rows.
    met: Vec<MetAgain>,
    /// Records whose ids others of earlier jobs have.
    crossed: Vec<Crossed>,
}

/// What a chunk adds, what of it is mapped, and which of its ids others have.
type Analysed = (AnalysisChunk, Vec<MetAgain>, Vec<Crossed>);

impl Analysis<'_> {
    /// Takes note of a job that was analysed before, so that later ones can go back to its rows.
    pub fn knows(&mut self, job: &Arc<JobRows>) {
        self.jobs.insert(job.job.id, Arc::clone(job));
    }

    /// The same, and what its rows bring is met again and matched.
    pub fn stands(&mut self, job: &Arc<JobRows>) {
        self.knows(job);
        self.standing.push(Arc::clone(job));
        self.is_again = true;
    }

    /// Puts into the index what jobs have brought that were analysed before.
    async fn index_standing(&mut self, go_on: &impl Fn() -> Result<(), AppError>) -> Result<(), AppError> {
        for job in std::mem::take(&mut self.standing) {
            let mut chunks = job.stream(0, CHUNK_ROWS, false);
            while let Some(rows) = chunks.recv().await {
                go_on()?;
                self.index_again(&job, &rows?).await?;
            }
        }
        Ok(())
    }

    /// Puts into the index what rows have brought that were analysed before, with the match keys of records that are not
    /// mapped, since these were matched.
    async fn index_again(&self, job: &JobRows, rows: &[JobRow]) -> Result<(), AppError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(());
        };
        let store = &self.app.store;
        let failed = store
            .finding_failed_rows(job.organization, job.job.id, first.number, last.number)
            .await?;
        let found = found_in_rows(store, job, rows, true, &failed).await?;
        let known = self.look_up(job, rows, &[]).await?;
        let (mut candidates, mut records) = (Vec::new(), Vec::new());
        for row in rows {
            for (index, record) in row.clean.records.iter().enumerate() {
                let Some(found) = found.get(&(row.number, record.slot)) else {
                    continue;
                };
                records.push(indexed(found, record.raw_hash()));
                let id = id_text(&record.source_id, found.occurrence);
                if !known.mappings.contains_key(&(record.slot.entity(), id)) && !known.exists(record) {
                    candidates.extend(Candidate::of(row, index, found));
                }
            }
        }
        self.add_to_index(job, records).await?;
        self.matcher.know(job, &candidates).await
    }

    async fn add_to_index(&self, job: &JobRows, mut records: Vec<IndexedRecord>) -> Result<(), AppError> {
        // Neighbours in the index are written together.
        records.sort_unstable();
        let (index, table) = (Arc::clone(&self.index), job.job.ordinal);
        blocking(move || index.add_records(table, &records)).await
    }

    /// Analyses one job and calls `progress` with the rows done so far. Returns how many rows it has, and which of them are
    /// empty records; these are left out. Decisions that people took on its duplicates stand. What an analysis kept of the job
    /// before has been forgotten.
    pub async fn run(
        &mut self,
        job: &Arc<JobRows>,
        go_on: impl Fn() -> Result<(), AppError>,
        progress: impl Fn(i64),
    ) -> Result<(i64, LeftOutRows), AppError> {
        let store = &self.app.store;
        let is_decided = store.decision_exists(job.organization, self.run_id).await?;
        self.index_standing(&go_on).await?;
        if self.jobs.contains_key(&job.job.id) {
            self.index.forget(job.job.ordinal)?;
        }
        self.replaced = Tallies::default();
        self.knows(job);
        let (mut chunks, tally) = job.stream_tallied(CHUNK_ROWS);
        let mut done = 0;
        let mut empty = LeftOutRows::default();
        while let Some(rows) = chunks.recv().await {
            go_on()?;
            let mut rows = rows?;
            done += rows.len() as i64;
            rows.retain(|row| {
                if !row.clean.is_record() {
                    empty.add(row.clean.number);
                }
                row.clean.is_record()
            });
            let (mut chunk, met, crossed) = self.analyse(job, rows).await?;
            self.replaced.add(self.app, job, &met).await?;
            if let Some(all) = &mut self.crossed {
                all.extend(crossed);
            }
            if is_decided {
                let duplicates = &mut chunk.duplicates;
                decide_again(self.app, job.organization, self.run_id, job.job.id, duplicates).await?;
            }
            store
                .analysis_commit(job.organization, self.run_id, job.job.id, &self.lease, &chunk, done)
                .await?;
            progress(done);
        }
        let records = done - empty.count as i64;
        let chunk = AnalysisChunk {
            findings: findings_of_rows_left_out(&job.job.left_out, &empty),
            ..AnalysisChunk::default()
        };
        if !chunk.findings.is_empty() {
            store
                .analysis_commit(job.organization, self.run_id, job.job.id, &self.lease, &chunk, records)
                .await?;
        }
        let mut of_columns = tally.settle();
        of_columns.extend_from_slice(job.plan_findings());
        let of_columns: Vec<_> = of_columns
            .iter()
            .zip(0..)
            .map(|(finding, ordinal)| stored_of_column(ordinal, finding))
            .collect();
        if !of_columns.is_empty() {
            store
                .finding_of_columns(job.organization, job.job.id, &self.lease, &of_columns)
                .await?;
        }
        Ok((done, empty))
    }

    /// Analyses anew those rows of a job that have no result yet. What an analysis met in them has been forgotten, but for its
    /// findings. The rows of all jobs that have a result must be known: [`stands`](Self::stands) for other jobs, and
    /// [`finished`](Self::finished) for those that are run again.
    pub async fn run_again(
        &mut self,
        job: &Arc<JobRows>,
        go_on: impl Fn() -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let store = &self.app.store;
        self.index_standing(&go_on).await?;
        let of_columns = store.finding_list_of_columns(job.organization, job.job.id).await?;
        let mut chunks = job.stream(0, CHUNK_ROWS, true);
        while let Some(rows) = chunks.recv().await {
            go_on()?;
            let mut rows = rows?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
                continue;
            };
            let (first, last) = (first.number, last.number);
            let finished = store.row_result_done(job.organization, job.job.id, first, last).await?;
            rows.retain(|row| row.clean.is_record() && !finished.contains(&row.number));
            let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
            store
                .finding_forget_rows(job.organization, job.job.id, &self.lease, &numbers)
                .await?;
            let (mut chunk, _, _) = self.analyse(job, rows).await?;
            decide_again(
                self.app,
                job.organization,
                self.run_id,
                job.job.id,
                &mut chunk.duplicates,
            )
            .await?;
            // They were counted in the findings of their columns.
            let is_counted = |finding: &StoredFinding| of_columns.iter().any(|known| known.covers(finding));
            chunk.findings.retain(|finding| !is_counted(finding));
            let analysed = job.job.row_count.unwrap_or_default();
            store
                .analysis_commit(job.organization, self.run_id, job.job.id, &self.lease, &chunk, analysed)
                .await?;
        }
        Ok(())
    }

    /// Takes note of a job of which only rows without a result are run again: what the others have brought stands.
    pub async fn finished(
        &mut self,
        job: &Arc<JobRows>,
        go_on: impl Fn() -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        self.knows(job);
        self.is_again = true;
        let mut chunks = job.stream(0, CHUNK_ROWS, false);
        while let Some(rows) = chunks.recv().await {
            go_on()?;
            let mut rows = rows?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
                continue;
            };
            let (organization, first, last) = (job.organization, first.number, last.number);
            let store = &self.app.store;
            let finished = store.row_result_done(organization, job.job.id, first, last).await?;
            rows.retain(|row| finished.contains(&row.number));
            self.index_again(job, &rows).await?;
        }
        Ok(())
    }

    async fn analyse(&self, job: &JobRows, rows: Vec<JobRow>) -> Result<Analysed, AppError> {
        let links: Vec<Vec<WantedLink>> = rows.iter().map(|row| wanted(&row.clean)).collect();
        let known = self.look_up(job, &rows, &links).await?;
        let in_chunk = identities(job, &rows);
        let mut draft = Draft::default();
        for (row, links) in rows.iter().zip(&links) {
            let mut findings = row.clean.findings.clone();
            for link in links {
                findings.extend(self.check_link(job, &row.clean, link, &known, &in_chunk));
            }
            let fails = findings
                .iter()
                .any(|finding| finding.severity() == torqueflow_model::Severity::Error);
            if !fails {
                self.register(job, row, &known, &mut draft, &mut findings)?;
            }
            let numbered = findings.iter().enumerate();
            draft
                .chunk
                .findings
                .extend(numbered.map(|(ordinal, finding)| stored(row.number, ordinal as i64, finding)));
        }
        draft.chunk.duplicates = self
            .matcher
            .matches(job, &draft.candidates, self.order_of_coming())
            .await?;
        draft.chunk.records = self.shared_records(job, &draft).await?;
        let records = draft.new.iter().map(|(found, raw_hash)| indexed(found, *raw_hash));
        self.add_to_index(job, records.collect()).await?;
        self.identify_matches(&mut draft.chunk.duplicates).await?;
        draft.chunk.fills = draft.fills.into_values().collect();
        Ok((draft.chunk, draft.met, draft.crossed))
    }

    /// The records of which their first row alone does not tell all: those that stand in other rows too, and all but the first of
    /// equal contents.
    async fn shared_records(&self, job: &JobRows, draft: &Draft) -> Result<Vec<KnownRecord>, AppError> {
        let repeats = draft.chunk.repeats.iter().map(|repeat| repeat.key_hash);
        let mut repeated: HashSet<u128> = repeats.collect();
        if self.is_again {
            let new: Vec<u128> = draft.new.iter().map(|(found, _)| found.key_hash).collect();
            let store = &self.app.store;
            let again = store.repeat_find(job.organization, self.run_id, &new).await?;
            repeated.extend(again.iter().map(|repeat| repeat.key_hash));
        }
        let is_shared = |found: &&FoundRecord| found.occurrence > 0 || repeated.contains(&found.key_hash);
        let new = draft.new.iter().map(|(found, _)| found).filter(is_shared);
        let new = new.map(|found| KnownRecord {
            job_id: job.job.id,
            found: found.clone(),
        });
        Ok(new.chain(draft.again.values().cloned()).collect())
    }

    /// Says of matches within the run which records they are.
    async fn identify_matches(&self, duplicates: &mut [Duplicate]) -> Result<(), AppError> {
        let matched = duplicates.iter().map(|duplicate| duplicate.match_record_id);
        let of_run: Vec<Uuid> = matched.filter(|id| self.row_of(*id).is_some()).collect();
        let index = Arc::clone(&self.index);
        let identities = blocking(move || index.identities(&of_run)).await?;
        for duplicate in duplicates {
            if let Some((key, occurrence)) = identities.get(&duplicate.match_record_id) {
                duplicate.matched = DecidedRecord {
                    key: *key,
                    occurrence: *occurrence,
                    place: self.row_of(duplicate.match_record_id),
                };
            }
        }
        Ok(())
    }

    /// The job and row in which a record of the run stands, by the id that it gets.
    fn row_of(&self, record_id: Uuid) -> Option<(Uuid, i64)> {
        let place = RunIds::of(self.run_id.as_u128()).place(record_id.as_u128())?;
        let job = self.jobs.values().find(|rows| rows.job.ordinal == place.table())?;
        Some((job.job.id, place.row()))
    }

    /// A record that an earlier chunk or job has brought.
    fn known(&self, indexed: &IndexedRecord) -> Option<KnownRecord> {
        let place = RunIds::of(self.run_id.as_u128()).place(indexed.record_id.as_u128())?;
        let (job_id, row_number) = self.row_of(indexed.record_id)?;
        let Some(RowPart::Record(slot)) = place.part() else {
            return None;
        };
        let found = FoundRecord {
            row_number,
            slot,
            row_index: indexed.row_index,
            key_hash: indexed.key_hash,
            occurrence: indexed.occurrence,
            record_id: indexed.record_id,
            fills: None,
        };
        Some(KnownRecord { job_id, found })
    }

    async fn look_up(&self, job: &JobRows, rows: &[JobRow], links: &[Vec<WantedLink>]) -> Result<Known, AppError> {
        let store = &self.app.store;
        let system = job.source_system.as_str();
        let (mut own, mut hashes) = (HashSet::new(), HashSet::new());
        let mut contents: HashMap<u128, Vec<&Record>> = HashMap::new();
        let mut ids: HashMap<EntityKind, HashSet<String>> = HashMap::new();
        let (mut registrations, mut names) = (HashSet::new(), HashSet::new());
        for record in rows.iter().flat_map(|row| &row.clean.records) {
            let hash = key_hash(system, record.slot.entity(), &record.source_id);
            if matches!(record.source_id, SourceId::Content(_)) {
                contents.entry(hash).or_default().push(record);
            } else {
                own.insert(hash);
                let id = id_text(&record.source_id, 0);
                ids.entry(record.slot.entity()).or_default().insert(id);
            }
        }
        hashes.extend(&own);
        for link in links.iter().flatten() {
            if let Some(id) = link.target.source_id() {
                hashes.insert(id_hash(system, link.to, &id));
                ids.entry(link.to).or_default().insert(id);
            }
            match &link.target {
                Target::Registration { registration, .. } => {
                    registrations.insert(registration.clone());
                }
                Target::Named { called, .. } if self.names.find(called).is_empty() => {
                    names.extend(called.names.iter().cloned());
                }
                _ => {}
            }
        }
        let index = Arc::clone(&self.index);
        let wanted: Vec<u128> = hashes.iter().chain(contents.keys()).copied().collect();
        let records_before = blocking(move || index.records(&wanted)).await?;
        let again: Vec<u128> = own
            .into_iter()
            .filter(|hash| records_before.contains_key(hash))
            .collect();
        for (hash, records) in &contents {
            let before = records_before.get(hash).map_or(0, |last| last.occurrence + 1);
            for (record, occurrence) in records.iter().zip(before..) {
                let id = id_text(&record.source_id, occurrence);
                ids.entry(record.slot.entity()).or_default().insert(id);
            }
        }
        let mut mappings = HashMap::new();
        if self.mapped_systems.contains(system) {
            for (entity, ids) in ids {
                let ids: Vec<_> = ids.into_iter().collect();
                let found = store.mapping_find(job.organization, system, entity, &ids).await?;
                mappings.extend(found.into_iter().map(|(id, mapped)| ((entity, id), mapped)));
            }
        }
        let mut existing = ByCode::new();
        if self.options.update_existing == Some(true) {
            let codes = codes(rows.iter().flat_map(|row| &row.clean.records));
            existing = find_by_code(store, job.organization, codes, self.run_created_at).await?;
        }
        Ok(Known {
            existing,
            records: records_before,
            shared: store.record_find(job.organization, self.run_id, &again).await?,
            mappings,
            registrations: self.matcher.vehicles(job.organization, registrations).await?,
            named: store.customer_named(job.organization, names).await?,
        })
    }

    /// What is wrong with a link, as far as one can tell before the import.
    fn check_link(
        &self,
        job: &JobRows,
        row: &CleanRow,
        link: &WantedLink,
        known: &Known,
        in_chunk: &HashSet<u128>,
    ) -> Option<Finding> {
        if matches!(link.target, Target::Row(_) | Target::Name(_)) {
            return None;
        }
        if self.is_ambiguous(job, link, known) {
            return Some(link.finding(&job.cleaner, row, FindingCode::LinkAmbiguous, link.describe()));
        }
        if let Some(id) = link.target.source_id() {
            let hash = id_hash(&job.source_system, link.to, &id);
            let is_known = known.records.contains_key(&hash) || in_chunk.contains(&hash);
            if is_known || known.mappings.contains_key(&(link.to, id)) {
                return None;
            }
        }
        if let Target::Named { id, called } = &link.target {
            let found = wrong_name(id, &self.names.find(called), &named(&known.named, called));
            return found.map(|(code, detail)| link.finding(&job.cleaner, row, code, detail));
        }
        if let Target::Registration { registration, .. } = &link.target {
            let key = MatchKey::of_registration(registration).hash;
            match known.registrations.get(&key).map_or(0, HashSet::len) {
                0 => {}
                1 => return None,
                // Decisions on duplicates may still settle it.
                _ => {
                    let code = FindingCode::RegistrationAmbiguous;
                    return Some(link.finding(&job.cleaner, row, code, registration.clone()));
                }
            }
        }
        let code = match (link.on_missing, self.options.orphans) {
            (OnMissing::FailRow, Orphans::Fail) => FindingCode::Orphan,
            (OnMissing::FailRow, Orphans::Unlinked) => FindingCode::OrphanUnlinked,
            (OnMissing::Warn | OnMissing::CreateLookup, _) => FindingCode::LinkNotFound,
        };
        Some(link.finding(&job.cleaner, row, code, link.describe()))
    }

    /// Rows of different records have the id that the link names, in a table of this run or of an earlier one.
    fn is_ambiguous(&self, job: &JobRows, link: &WantedLink, known: &Known) -> bool {
        let (Target::Id(id) | Target::Named { id, .. }) = &link.target else {
            return false;
        };
        let is_mapped = known.mappings.contains_key(&(link.to, id.clone()));
        if self.ambiguous.contains(&job.source_system, link.to, id, is_mapped) {
            return true;
        }
        let mut others = self
            .jobs
            .values()
            .filter(|other| other.source_system == job.source_system);
        others.any(|other| other.cleaner.is_conflicting(link.to, id))
    }

    /// Registers the records of a row: new ones, and what it adds to those of earlier rows.
    fn register(
        &self,
        job: &JobRows,
        row: &JobRow,
        known: &Known,
        draft: &mut Draft,
        findings: &mut Vec<Finding>,
    ) -> Result<(), AppError> {
        let mains = row
            .clean
            .records
            .iter()
            .filter(|record| matches!(record.slot, Slot::Main(_)));
        let is_alone = mains.count() == 1;
        for (index, record) in row.clean.records.iter().enumerate() {
            let entity = record.slot.entity();
            let hash = key_hash(&job.source_system, entity, &record.source_id);
            let mut occurrence = 0;
            if matches!(record.source_id, SourceId::Content(_)) {
                occurrence = draft.next_occurrence(hash, known);
            } else if let Some(conflicts) =
                self.merge_into_first(hash, record, ((job.job.id, row.number), is_alone), known, draft)?
            {
                draft.chunk.repeats.push(Repeat {
                    key_hash: hash,
                    job_id: job.job.id,
                    row_number: row.number,
                    slot: record.slot,
                    row_index: row.index,
                });
                let column_of = |field| job.cleaner.column_of(field);
                let conflicts = conflicts.into_iter();
                findings.extend(conflicts.map(|conflict| conflict.finding(record.slot, column_of)));
                continue;
            }
            let id = id_text(&record.source_id, occurrence);
            let mapped = known.mappings.get(&(entity, id.clone()));
            draft
                .met
                .extend(MetAgain::of(row.number, &id, mapped, record, job.country));
            let is_mapped = mapped.is_some();
            let found = FoundRecord {
                row_number: row.number,
                slot: record.slot,
                row_index: row.index,
                key_hash: hash,
                occurrence,
                record_id: job
                    .table()
                    .new_id(row, RowPart::Record(record.slot))
                    .ok_or(BEYOND_IDS)?,
                fills: None,
            };
            if !is_mapped && !known.exists(record) {
                draft.candidates.extend(Candidate::of(row, index, &found));
            }
            draft.first.insert(hash, (draft.new.len(), record.clone()));
            draft.new.push((found, record.raw_hash()));
        }
        Ok(())
    }

    /// When the record was met before in this run: merges it there and says where the two differ. `None` when it is new.
    /// `is_alone`: its row is about nothing else, so the name in it is nobody's whose car that is.
    fn merge_into_first(
        &self,
        hash: u128,
        record: &Record,
        (place, is_alone): ((Uuid, i64), bool),
        known: &Known,
        draft: &mut Draft,
    ) -> Result<Option<Vec<Conflict>>, AppError> {
        if let Some((position, first)) = draft.first.get(&hash) {
            let Some((found, _)) = draft.new.get_mut(*position) else {
                return Ok(None);
            };
            return Ok(Some(merge_repeat(first, &mut found.fills, record, place)));
        }
        let Some(indexed) = known.records.get(&hash) else {
            return Ok(None);
        };
        let earlier = match draft.again.entry(hash) {
            Entry::Occupied(again) => again.into_mut(),
            Entry::Vacant(vacant) => {
                let earlier = known.shared.get(&hash).cloned().or_else(|| self.known(indexed));
                vacant.insert(earlier.ok_or(AppError::Internal("a record belongs to a job that was not analysed"))?)
            }
        };
        if indexed.raw_hash == record.raw_hash() {
            return Ok(Some(Vec::new()));
        }
        let first = match draft.earlier.entry(hash) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let Some(first) = self.first_row(earlier, record.slot)? else {
                    return Ok(Some(Vec::new()));
                };
                vacant.insert(first)
            }
        };
        if is_alone
            && self.looks_for_crossed(draft.crossed.len())
            && let Some(crossed) = Crossed::of(first, (earlier.job_id, earlier.found.row_number), record, place)
        {
            draft.crossed.push(crossed);
            return Ok(Some(Vec::new()));
        }
        let before = earlier.found.fills.clone();
        let conflicts = merge_repeat(first, &mut earlier.found.fills, record, place);
        if earlier.found.fills != before
            && let Some(fills) = &earlier.found.fills
        {
            let fill = RecordFill {
                job_id: earlier.job_id,
                row_number: earlier.found.row_number,
                slot: earlier.found.slot,
                fills: fills.clone(),
            };
            draft.fills.insert(hash, fill);
        }
        Ok(Some(conflicts))
    }

    fn looks_for_crossed(&self, of_chunk: usize) -> bool {
        let found = self.crossed.as_ref().map(Vec::len);
        found.is_some_and(|found| found + of_chunk < MOST_CROSSED)
    }

    /// Goes back to the first row of a record of this run.
    fn first_row(&self, earlier: &KnownRecord, slot: Slot) -> Result<Option<Record>, AppError> {
        let job = self
            .jobs
            .get(&earlier.job_id)
            .ok_or(AppError::Internal("a record belongs to a job that was not analysed"))?;
        job.record_at(earlier.found.row_index, slot)
    }

    /// In which order records came, for matches that are equally sure: those of the store first, then those of the run, by the
    /// order of the jobs.
    fn order_of_coming(&self) -> impl Fn(Uuid) -> OrderOfComing {
        let ids = RunIds::of(self.run_id.as_u128());
        let jobs = self.jobs.values();
        let positions: HashMap<i64, i64> = jobs.map(|rows| (rows.job.ordinal, rows.job.position)).collect();
        move |id| {
            let place = ids.place(id.as_u128());
            let position = place.and_then(|place| positions.get(&place.table()).copied());
            (position, id)
        }
    }
}

/// A new record as the index keeps it.
fn indexed(found: &FoundRecord, raw_hash: u128) -> IndexedRecord {
    IndexedRecord {
        key_hash: found.key_hash,
        occurrence: found.occurrence,
        record_id: found.record_id,
        row_index: found.row_index,
        raw_hash,
    }
}

/// The identities of all rows of the chunk that can be imported as far as their own cells go.
fn identities(job: &JobRows, rows: &[JobRow]) -> HashSet<u128> {
    rows.iter()
        .filter(|row| !row.clean.has_error())
        .flat_map(|row| &row.clean.records)
        .map(|record| key_hash(&job.source_system, record.slot.entity(), &record.source_id))
        .collect()
}

impl Draft {
    /// How often this content occurred before.
    fn next_occurrence(&self, hash: u128, known: &Known) -> i64 {
        let in_chunk = self.first.get(&hash).and_then(|(position, _)| self.new.get(*position));
        let before = || known.records.get(&hash).map(|last| last.occurrence);
        let last = in_chunk.map(|(found, _)| found.occurrence).or_else(before);
        last.map_or(0, |last| last + 1)
    }
}
