//! What became of a run, in one view.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use torqueflow_model::{FindingCode, JobStatus, RowClass, RunStatus};
use torqueflow_persistence::{EntityCounts, ImportFile, Job, JobCounts, OrganizationId, Run};
use torqueflow_pipeline::{TypeCandidate, table_ordinal};
use uuid::Uuid;

use crate::error::AppError;
use crate::error_log::{self, Entry};
use crate::replaced::SourceConfirmation;
use crate::saved_mappings::{SavedUse, used_by};
use crate::tables::{is_left_out, why_left_out};
use crate::work::{options_of, plan_of};
use crate::{App, boxed};

/// Errors that a summary shows; the error log has all.
const SHOWN_ERRORS: usize = 100;
/// Reasons that a table of a summary names.
const SHOWN_REASONS: usize = 3;

/// What became of a run.
#[derive(Debug, Clone, Serialize)]
pub struct RunSummary {
    /// Its id.
    pub run_id: Uuid,
    /// Its state.
    pub status: RunStatus,
    /// Nothing more will happen by itself.
    pub done: bool,
    /// `initial` or `refresh`.
    pub mode: Option<String>,
    /// The source system, when there is just one.
    pub source_system: Option<String>,
    /// How long the import took or takes, from its start, in milliseconds.
    pub duration_ms: i64,
    /// All rows of recognised tables.
    pub totals: Totals,
    /// What became of records, by kind.
    pub entities: BTreeMap<String, EntityCounts>,
    /// The recognised tables.
    pub jobs: Vec<JobSummary>,
    /// Tables that were not recognised.
    pub unrecognised: Vec<UnrecognisedTable>,
    /// The tables of types that are not imported.
    pub not_imported: Vec<LeftOutTable>,
    /// Files that could not be opened, and rows with errors: the first hundred.
    pub errors: Vec<Entry>,
    /// Why the run failed as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorView>,
    /// What a person has to confirm of the sources before the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_confirmation: Option<SourceConfirmation>,
    /// The files, for detection views.
    #[serde(skip)]
    pub files: Vec<FileSummary>,
}

/// A code and its message.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorView {
    /// The stable code.
    pub code: String,
    /// The message for a person.
    pub message: String,
}

/// Rows, and what became of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// The rows that hold records.
    pub rows: i64,
    /// What became of them. The six add up to the rows once the job is done.
    #[serde(flatten)]
    pub counts: JobCounts,
    /// The rows that hold none, by class. With `rows` they are all rows of the file below its header.
    pub left_out: BTreeMap<RowClass, u64>,
}

impl Totals {
    /// The rows of a job.
    pub fn of(job: &Job) -> Self {
        let rows = job.row_count.unwrap_or_default();
        let mut counts = job.counts;
        let left = (rows - counts.rows()).max(0);
        match job.status {
            JobStatus::Skipped => counts.skipped_choice += left,
            // It failed as a whole: these were not looked at.
            JobStatus::Failed | JobStatus::RolledBack => counts.failed += left,
            _ => {}
        }
        Self {
            rows,
            counts,
            left_out: job.left_out.counts(),
        }
    }

    /// The rows of several jobs; tables that nobody recognised, and those of a type that is not imported, do not count.
    pub fn of_all<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Self {
        let mut sum = Self::default();
        for job in jobs {
            if job.status == JobStatus::Unrecognised || is_left_out(job) {
                continue;
            }
            let of_job = Self::of(job);
            sum.rows += of_job.rows;
            sum.counts = sum.counts.plus(of_job.counts);
            for (class, count) in of_job.left_out {
                *sum.left_out.entry(class).or_default() += count;
            }
        }
        sum
    }

    /// Rows whose records are in the database.
    pub fn in_database(&self) -> i64 {
        self.counts.imported + self.counts.updated + self.counts.unchanged
    }

    /// Rows that were left out because of a match, or by a person.
    pub fn skipped(&self) -> i64 {
        self.counts.skipped_duplicate + self.counts.skipped_choice
    }
}

/// What became of a table.
#[derive(Debug, Clone, Serialize)]
pub struct JobSummary {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    pub table: usize,
    /// What it is: `techman.jobs`.
    #[serde(rename = "type")]
    pub table_type: Option<String>,
    /// Its state.
    pub status: JobStatus,
    /// Its rows.
    #[serde(flatten)]
    pub totals: Totals,
    /// Why it failed as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorView>,
    /// The three commonest findings: message and number.
    pub reasons: Vec<Reason>,
    /// The saved mapping that it was understood by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_mapping: Option<SavedUse>,
}

/// A finding that is common in a table.
#[derive(Debug, Clone, Serialize)]
pub struct Reason {
    /// The stable code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// How often.
    pub count: i64,
}

/// A table that nobody recognised.
#[derive(Debug, Clone, Serialize)]
pub struct UnrecognisedTable {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    pub table: usize,
    /// The types that it could be, the likeliest first.
    pub candidates: Vec<TypeCandidate>,
}

/// A table of a type that is not imported.
#[derive(Debug, Clone, Serialize)]
pub struct LeftOutTable {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    pub table: usize,
    /// What it is: `akaunting.invoice_totals`.
    #[serde(rename = "type")]
    pub table_type: Option<String>,
    /// Its rows.
    pub rows: i64,
    /// What it is and why it is left out, for a person.
    pub message: String,
}

/// What is in a file, as detection sees it.
#[derive(Debug, Clone, Serialize)]
pub struct FileSummary {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub table_type: Option<String>,
    /// What a person calls that.
    pub label: Option<String>,
    /// What its rows are called.
    pub noun: Option<String>,
    /// 0 to 1.
    pub confidence: f64,
    /// The same in a word.
    pub confidence_level: String,
    /// Its rows.
    pub row_count: Option<i64>,
    /// What a person should know: messages.
    pub warnings: Vec<String>,
    /// Why it could not be opened or can't be imported.
    pub error: Option<ErrorView>,
}

/// A run in a list.
#[derive(Debug, Clone, Serialize)]
pub struct RunListItem {
    /// Its id.
    pub run_id: Uuid,
    /// Its state.
    pub status: RunStatus,
    /// `initial` or `refresh`.
    pub mode: Option<String>,
    /// When it was made, RFC 3339.
    pub created_at: String,
    /// Its files.
    pub files: Vec<String>,
    /// The rows of its recognised tables.
    pub rows: i64,
    /// Rows that failed.
    pub failed: i64,
}

/// The newest runs.
#[boxed]
pub async fn run_list(app: &App, organization: OrganizationId, limit: u64) -> Result<Vec<RunListItem>, AppError> {
    let mut items = Vec::new();
    for run in app.store.run_list(organization, None, None, limit).await? {
        let files = app.store.file_list(organization, run.id).await?;
        let jobs = app.store.job_list(organization, run.id).await?;
        items.push(RunListItem {
            run_id: run.id,
            status: run.status,
            mode: run.mode,
            created_at: run.created_at.format(&Rfc3339).unwrap_or_default(),
            files: files.into_iter().map(|file| file.name).collect(),
            rows: jobs.iter().filter_map(|job| job.row_count).sum(),
            failed: Totals::of_all(&jobs).counts.failed,
        });
    }
    Ok(items)
}

/// What became of a run so far.
#[boxed]
pub async fn run_summary(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<RunSummary, AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    let files = app.store.file_list(organization, run_id).await?;
    let jobs = app.store.job_list(organization, run_id).await?;
    let mut summary = empty_summary(&run, &files, &jobs);
    summary.source_confirmation = SourceConfirmation::needed(&run, &options_of(&run)?, &files, &jobs);
    let mut systems: Vec<_> = jobs.iter().filter_map(|job| job.source_system.clone()).collect();
    systems.sort_unstable();
    systems.dedup();
    if let [system] = systems.as_slice() {
        summary.source_system = Some(system.clone());
    }
    for job in &jobs {
        let file = name_of(&files, job);
        if job.status == JobStatus::Unrecognised {
            summary.unrecognised.push(UnrecognisedTable {
                file,
                sheet: job.sheet.clone(),
                table: table_ordinal(job.table_index as usize),
                candidates: plan_of(job).unwrap_or_default().candidates,
            });
            continue;
        }
        if is_left_out(job) {
            summary.not_imported.push(LeftOutTable {
                file,
                sheet: job.sheet.clone(),
                table: table_ordinal(job.table_index as usize),
                table_type: job.table_type.clone(),
                rows: job.row_count.unwrap_or_default(),
                message: why_left_out(job).unwrap_or_default(),
            });
            continue;
        }
        for (entity, counts) in &job.entity_counts {
            let sum = summary.entities.entry(entity.clone()).or_default();
            *sum = sum.plus(*counts);
        }
        summary.jobs.push(JobSummary {
            file,
            sheet: job.sheet.clone(),
            table: table_ordinal(job.table_index as usize),
            table_type: job.table_type.clone(),
            status: job.status,
            totals: Totals::of(job),
            error: job.error.clone().map(view),
            reasons: reasons(app, organization, job).await?,
            saved_mapping: used_by(job),
        });
    }
    error_log::each(app, organization, run_id, Some("error"), &mut |entry| {
        summary.errors.push(entry);
        Ok(if summary.errors.len() < SHOWN_ERRORS {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })
    .await?;
    Ok(summary)
}

fn empty_summary(run: &Run, files: &[ImportFile], jobs: &[Job]) -> RunSummary {
    let begin = run.started_at.unwrap_or(run.created_at);
    let end = run.finished_at.unwrap_or_else(time::OffsetDateTime::now_utc);
    RunSummary {
        run_id: run.id,
        status: run.status,
        done: run.status.is_done(),
        mode: run.mode.clone(),
        source_system: None,
        duration_ms: (end - begin).whole_milliseconds() as i64,
        totals: Totals::of_all(jobs),
        entities: BTreeMap::new(),
        jobs: Vec::new(),
        unrecognised: Vec::new(),
        not_imported: Vec::new(),
        errors: Vec::new(),
        error: run.error.clone().map(view),
        source_confirmation: None,
        files: file_summaries(files, jobs),
    }
}

fn view((code, message): (String, String)) -> ErrorView {
    ErrorView { code, message }
}

fn name_of(files: &[ImportFile], job: &Job) -> String {
    let file = files.iter().find(|file| file.id == job.file_id);
    file.map(|file| file.name.clone()).unwrap_or_default()
}

/// The tables in the order of the upload; files that could not be opened come last.
fn file_summaries(files: &[ImportFile], jobs: &[Job]) -> Vec<FileSummary> {
    let mut jobs: Vec<&Job> = jobs.iter().collect();
    // Ids of jobs grow in the order in which their tables stand in the file.
    jobs.sort_by_key(|job| (files.iter().position(|file| file.id == job.file_id), job.id));
    let mut summaries: Vec<FileSummary> = jobs
        .into_iter()
        .map(|job| FileSummary {
            file: name_of(files, job),
            sheet: job.sheet.clone(),
            table_type: job.table_type.clone(),
            label: job.label.clone(),
            noun: job.noun.clone(),
            confidence: job.confidence,
            confidence_level: job.confidence_level.clone(),
            row_count: job.row_count,
            warnings: notes_of(files, job),
            error: job.error.clone().map(view),
        })
        .collect();
    for file in files.iter().filter(|file| file.error.is_some()) {
        summaries.push(FileSummary {
            file: file.name.clone(),
            sheet: None,
            table_type: None,
            label: None,
            noun: None,
            confidence: 0.0,
            confidence_level: "none".to_owned(),
            row_count: None,
            warnings: file.notes.clone(),
            error: file.error.clone().map(view),
        });
    }
    summaries
}

/// What a person should know of a table, and of its file.
fn notes_of(files: &[ImportFile], job: &Job) -> Vec<String> {
    let of_file = files.iter().find(|file| file.id == job.file_id);
    let of_job = job.warnings.as_array().into_iter().flatten();
    let of_job = of_job.filter_map(|warning| warning.get("message")?.as_str().map(str::to_owned));
    let of_file = of_file.into_iter().flat_map(|file| file.notes.iter().cloned());
    of_file.chain(of_job).collect()
}

async fn reasons(app: &App, organization: OrganizationId, job: &Job) -> Result<Vec<Reason>, AppError> {
    let mut counts = app.store.finding_count(organization, job.id).await?;
    // What kept rows out is more interesting than what was repaired.
    counts.sort_by_key(|count| count.severity != "error");
    Ok(counts
        .into_iter()
        .take(SHOWN_REASONS)
        .map(|count| Reason {
            code: count.code,
            severity: count.severity,
            count: count.count,
        })
        .collect())
}

impl Reason {
    /// The message of the code, without its detail.
    pub fn message(&self) -> String {
        FindingCode::from_code(&self.code).map_or_else(|| self.code.clone(), |code| code.template().replace("{}", "…"))
    }
}
