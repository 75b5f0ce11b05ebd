//! The analysis of a job: every row is cleaned, every record finds its identity, every link and match is looked up.
//! Nothing is written to the business tables.

mod index;
mod links;
mod register;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;
use torqueflow_engine::{AmbiguousIds, CustomerNames, JobRow, Target, WantedLink, id_hash, stored, wanted};
use torqueflow_model::{EntityKind, LeftOutRows, Record, Severity, SourceId};
use torqueflow_persistence::{
    AnalysisChunk, FoundRecord, IndexedRecord, KnownRecord, Lease, MappedRecord, RecordFill, RunIndex, StoredCandidate,
    StoredFinding,
};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use crate::App;
use crate::crossed::Crossed;
use crate::decisions::decide_again;
use crate::error::AppError;
use crate::existing::{ByCode, codes, find_by_code};
use crate::job_rows::{CHUNK_ROWS, JobRows};
use crate::matching::{Candidate, Matcher, blocking};
use crate::options::RunOptions;
use crate::replaced::{MetAgain, Tallies};
use crate::tables::findings_of_rows_left_out;
use crate::values::stored_of_column;
use index::indexed;
use links::identities;

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
                decide_again(self.app, job, &mut chunk.duplicates).await?;
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
            decide_again(self.app, job, &mut chunk.duplicates).await?;
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
            let fails = findings.iter().any(|finding| finding.severity() == Severity::Error);
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
}
