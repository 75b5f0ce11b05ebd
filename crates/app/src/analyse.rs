//! The analysis of a job: every row is cleaned, every record finds its identity, every link and match is looked up.
//! Nothing is written to the business tables.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;
use torqueflow_dedupe::MatchKey;
use torqueflow_model::{
    EntityKind, Finding, FindingCode, LeftOutRows, OnMissing, Record, RowPart, RunIds, Slot, SourceId,
};
use torqueflow_persistence::{
    AnalysisChunk, FoundRecord, KnownRecord, Lease, MappedRecord, RecordFill, Repeat, StoredCandidate, StoredFinding,
};
use torqueflow_pipeline::{CleanRow, id_text, key_hash};
use uuid::Uuid;

use crate::App;
use crate::ambiguous::AmbiguousIds;
use crate::crossed::{Crossed, MOST_CROSSED};
use crate::customer_names::{CustomerNames, named, wrong_name};
use crate::decisions::decide_again;
use crate::error::AppError;
use crate::existing::{ByCode, codes, find_by_code};
use crate::job_rows::{CHUNK_ROWS, JobRow, JobRows};
use crate::links::{Target, WantedLink, id_hash, wanted};
use crate::matching::{Candidate, MATCHED, Matcher, OrderOfComing};
use crate::options::{Orphans, RunOptions};
use crate::replaced::{MetAgain, Tallies};
use crate::tables::findings_of_rows_left_out;
use crate::values::{Conflict, by_place, merge_repeat, stored, stored_of_column};

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
    /// Finds matches.
    pub matcher: Matcher,
    /// Jobs that were analysed before, whose match keys are not known yet.
    pub standing: Vec<Arc<JobRows>>,
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
    /// First records of this run, by identity.
    records: HashMap<u128, KnownRecord>,
    /// How often contents without an id occurred.
    occurrences: HashMap<u128, i64>,
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
    /// First records of this chunk: where in `chunk.records`, and the record with what later rows added.
    first: HashMap<u128, (usize, Record)>,
    /// First records of earlier chunks that this one goes back to.
    earlier: HashMap<u128, (KnownRecord, Record)>,
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

    /// The same, and its records can be matched.
    pub fn stands(&mut self, job: &Arc<JobRows>) {
        self.knows(job);
        self.standing.push(Arc::clone(job));
    }

    /// Makes the match keys of jobs again that were analysed before: those of records that are not mapped, since these were
    /// matched.
    async fn know_keys(&mut self) -> Result<(), AppError> {
        for job in std::mem::take(&mut self.standing) {
            if !job.job.entities.iter().any(|entity| MATCHED.contains(entity)) {
                continue;
            }
            let mut chunks = job.stream(0, CHUNK_ROWS, false);
            while let Some(rows) = chunks.recv().await {
                let candidates = self.candidates_again(&job, &rows?).await?;
                self.matcher.know(&job, &candidates).await?;
            }
        }
        Ok(())
    }

    async fn candidates_again(&self, job: &JobRows, rows: &[JobRow]) -> Result<Vec<Candidate>, AppError> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(Vec::new());
        };
        let (first, last) = (first.number, last.number);
        let store = &self.app.store;
        let found = store
            .record_list_of_rows(job.organization, job.job.id, first, last)
            .await?;
        let found = by_place(found);
        let known = self.look_up(job, rows, &[]).await?;
        let mut candidates = Vec::new();
        for row in rows {
            for (index, record) in row.clean.records.iter().enumerate() {
                let Some(found) = found.get(&(row.number, record.slot.name().to_owned())) else {
                    continue;
                };
                let id = id_text(&record.source_id, found.occurrence);
                if !known.mappings.contains_key(&(record.slot.entity(), id)) && !known.exists(record) {
                    candidates.extend(Candidate::of(row, index, found.record_id));
                }
            }
        }
        Ok(candidates)
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
        self.know_keys().await?;
        if self.jobs.contains_key(&job.job.id) {
            self.matcher.forget(job)?;
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
                decide_again(self.app, job.organization, self.run_id, job.job.id, &mut chunk).await?;
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
    /// findings.
    pub async fn run_again(
        &mut self,
        job: &Arc<JobRows>,
        go_on: impl Fn() -> Result<(), AppError>,
    ) -> Result<(), AppError> {
        let store = &self.app.store;
        self.knows(job);
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
            decide_again(self.app, job.organization, self.run_id, job.job.id, &mut chunk).await?;
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
        draft.chunk.fills = draft.fills.into_values().collect();
        Ok((draft.chunk, draft.met, draft.crossed))
    }

    async fn look_up(&self, job: &JobRows, rows: &[JobRow], links: &[Vec<WantedLink>]) -> Result<Known, AppError> {
        let store = &self.app.store;
        let system = job.source_system.as_str();
        let mut hashes = HashSet::new();
        let mut contents: HashMap<u128, Vec<&Record>> = HashMap::new();
        let mut ids: HashMap<EntityKind, HashSet<String>> = HashMap::new();
        let (mut registrations, mut names) = (HashSet::new(), HashSet::new());
        for record in rows.iter().flat_map(|row| &row.clean.records) {
            let hash = key_hash(system, record.slot.entity(), &record.source_id);
            if matches!(record.source_id, SourceId::Content(_)) {
                contents.entry(hash).or_default().push(record);
            } else {
                hashes.insert(hash);
                let id = id_text(&record.source_id, 0);
                ids.entry(record.slot.entity()).or_default().insert(id);
            }
        }
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
        let hashes: Vec<_> = hashes.into_iter().collect();
        let content_hashes: Vec<_> = contents.keys().copied().collect();
        let occurrences = store
            .record_count_occurrences(job.organization, self.run_id, &content_hashes)
            .await?;
        for (hash, records) in &contents {
            let before = occurrences.get(hash).copied().unwrap_or(0);
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
            records: store.record_find(job.organization, self.run_id, &hashes).await?,
            occurrences,
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
            return Some(link.finding(job, row, FindingCode::LinkAmbiguous, link.describe()));
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
            return found.map(|(code, detail)| link.finding(job, row, code, detail));
        }
        if let Target::Registration { registration, .. } = &link.target {
            let key = MatchKey::of_registration(registration).hash;
            match known.registrations.get(&key).map_or(0, HashSet::len) {
                0 => {}
                1 => return None,
                // Decisions on duplicates may still settle it.
                _ => {
                    let code = FindingCode::RegistrationAmbiguous;
                    return Some(link.finding(job, row, code, registration.clone()));
                }
            }
        }
        let code = match (link.on_missing, self.options.orphans) {
            (OnMissing::FailRow, Orphans::Fail) => FindingCode::Orphan,
            (OnMissing::FailRow, Orphans::Unlinked) => FindingCode::OrphanUnlinked,
            (OnMissing::Warn | OnMissing::CreateLookup, _) => FindingCode::LinkNotFound,
        };
        Some(link.finding(job, row, code, link.describe()))
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
                    slot: record.slot.name().to_owned(),
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
            let record_id = job.new_id(row, RowPart::Record(record.slot)).ok_or(BEYOND_IDS)?;
            if !is_mapped && !known.exists(record) {
                draft.candidates.extend(Candidate::of(row, index, record_id));
            }
            draft.first.insert(hash, (draft.chunk.records.len(), record.clone()));
            draft.chunk.records.push(FoundRecord {
                row_number: row.number,
                slot: record.slot.name().to_owned(),
                row_index: row.index,
                key_hash: hash,
                occurrence,
                record_id,
                raw_hash: record.raw_hash(),
                fills: None,
            });
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
            let Some(found) = draft.chunk.records.get_mut(*position) else {
                return Ok(None);
            };
            return Ok(Some(merge_repeat(first, &mut found.fills, record, place)));
        }
        let Some(earlier) = known.records.get(&hash) else {
            return Ok(None);
        };
        if earlier.found.raw_hash == record.raw_hash() {
            return Ok(Some(Vec::new()));
        }
        let (earlier, first) = match draft.earlier.entry(hash) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(vacant) => {
                let Some(first) = self.first_row(earlier, record.slot)? else {
                    return Ok(Some(Vec::new()));
                };
                vacant.insert((earlier.clone(), first))
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
                slot: earlier.found.slot.clone(),
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
    fn next_occurrence(&mut self, hash: u128, known: &Known) -> i64 {
        let in_chunk = self
            .first
            .get(&hash)
            .and_then(|(position, _)| self.chunk.records.get(*position));
        in_chunk.map_or_else(
            || known.occurrences.get(&hash).copied().unwrap_or(0),
            |last| last.occurrence + 1,
        )
    }
}
