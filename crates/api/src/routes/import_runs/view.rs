//! Runs, files and jobs as clients see them.

use std::collections::BTreeMap;

use serde::Serialize;
use time::OffsetDateTime;
use torqueflow_app::runs::RunDetails;
use torqueflow_app::saved_mappings::used_by;
use torqueflow_app::summary::Totals;
use torqueflow_app::{EntityCounts, ImportFile, Job, JobCounts, Run};
use torqueflow_pipeline::{Mapping, TablePlan, mapping_of, table_ordinal};
use utoipa::ToSchema;
use uuid::Uuid;

use super::columns::{CandidateView, ColumnView, SavedMappingUse, columns};
use super::confirmation::ConfirmationView;
use super::options::OptionsView;
use crate::routes::column_mapping::ColumnMapping;

/// A code and its message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "code": "wrong_password", "message": "Could not open the file - please check the password and try again." })))]
pub struct Notice {
    /// The stable code.
    pub code: String,
    /// The message for a person.
    pub message: String,
}

impl From<(String, String)> for Notice {
    fn from((code, message): (String, String)) -> Self {
        Self { code, message }
    }
}

/// What became of rows. Once a table is done, the six add up to `rows`: the rows that hold records. With those in `left_out`
/// they are all rows of the file below its header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "rows": 490, "imported": 488, "updated": 0, "skipped_duplicate": 1, "skipped_choice": 0, "unchanged": 0, "failed": 1,
    "left_out": { "blank": 2, "total": 1 }
})))]
pub struct TotalsView {
    /// The rows that hold records.
    pub rows: i64,
    /// Something was created or merged from it.
    pub imported: i64,
    /// A record was updated.
    pub updated: i64,
    /// Left out because of a match.
    pub skipped_duplicate: i64,
    /// Left out by a person.
    pub skipped_choice: i64,
    /// Everything in it was there already.
    pub unchanged: i64,
    /// It could not be imported.
    pub failed: i64,
    /// How many rows hold no record, by class: `blank`, `repeated_header`, `instruction`, `section`, `total`, `page`,
    /// `other_table` (the title and header of a table below another one), `empty_record` (nothing but a reference). Classes
    /// that do not occur are not in it; new ones may come.
    pub left_out: BTreeMap<String, u64>,
}

impl From<Totals> for TotalsView {
    fn from(totals: Totals) -> Self {
        let Totals { rows, counts, left_out } = totals;
        let JobCounts {
            imported,
            updated,
            skipped_duplicate,
            skipped_choice,
            unchanged,
            failed,
        } = counts;
        Self {
            rows,
            imported,
            updated,
            skipped_duplicate,
            skipped_choice,
            unchanged,
            failed,
            left_out: left_out
                .into_iter()
                .map(|(class, count)| (class.name().to_owned(), count))
                .collect(),
        }
    }
}

/// What became of the records of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "created": 112, "updated": 0, "merged": 1, "preserved": 0, "unchanged": 0, "skipped": 0, "failed": 0
})))]
pub struct EntityCountsView {
    /// New.
    pub created: i64,
    /// Changed.
    pub updated: i64,
    /// Matched, and blanks filled.
    pub merged: i64,
    /// Fields left as a person set them.
    pub preserved: i64,
    /// There already.
    pub unchanged: i64,
    /// Matched, and left out.
    pub skipped: i64,
    /// Not imported.
    pub failed: i64,
}

impl From<EntityCounts> for EntityCountsView {
    fn from(counts: EntityCounts) -> Self {
        let EntityCounts {
            created,
            updated,
            merged,
            preserved,
            unchanged,
            skipped,
            failed,
        } = counts;
        Self {
            created,
            updated,
            merged,
            preserved,
            unchanged,
            skipped,
            failed,
        }
    }
}

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d24",
    "name": "techman-export.xlsx",
    "size_bytes": 183_204,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "status": "awaiting_password",
    "encrypted": true,
    "notes": [],
    "error": { "code": "password_required", "message": "The workbook is protected. Enter its password to open it." }
})))]
pub struct FileView {
    /// Its id.
    pub id: Uuid,
    /// Its name, without folders.
    pub name: String,
    /// Its size.
    pub size_bytes: i64,
    /// The SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// `stored`, `awaiting_password`, `opened` or `failed`. New values may come.
    pub status: String,
    /// It came encrypted.
    pub encrypted: bool,
    /// What a person should know of it.
    pub notes: Vec<String>,
    /// Why it could not be opened.
    #[schema(required)]
    pub error: Option<Notice>,
}

impl From<&ImportFile> for FileView {
    fn from(file: &ImportFile) -> Self {
        Self {
            id: file.id,
            name: file.name.clone(),
            size_bytes: file.size_bytes,
            sha256: file.sha256.clone(),
            status: file.status.name().to_owned(),
            encrypted: file.encrypted,
            notes: file.notes.clone(),
            error: file.error.clone().map(Notice::from),
        }
    }
}

/// A table of a run's files.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d25",
    "run_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "file_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d24",
    "file": "techman-export.xlsx",
    "sheet": "CustomersAndVehicles",
    "table": 1,
    "status": "ready",
    "done": false,
    "type": "techman.customers_and_vehicles",
    "label": "Techman CustomersAndVehicles",
    "source_system": "techman",
    "entities": ["customer", "vehicle"],
    "confidence": 0.99,
    "confidence_level": "high",
    "header_row": 1,
    "encoding": null,
    "delimiter": null,
    "provisional": false,
    "row_count": 490,
    "analysed": 490,
    "columns": [{ "header": "CustomerNumber", "field": "customer.external_customer_number", "by": "alias", "date_order": null, "facts": null, "profile": null, "identity": null }],
    "mapping": { "CustomerNumber": "customer.external_customer_number" },
    "saved_mapping": null,
    "candidates": [],
    "warnings": [],
    "totals": { "rows": 490, "imported": 0, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": {} },
    "entity_counts": {},
    "progress": { "done": 0, "total": 490, "text": "0 of 490 imported" },
    "error": null,
    "version": 1
})))]
pub struct JobView {
    /// Its id.
    pub id: Uuid,
    /// Its run.
    pub run_id: Uuid,
    /// Its file.
    pub file_id: Uuid,
    /// The name of its file.
    pub file: String,
    /// The worksheet; null for text files.
    #[schema(required)]
    pub sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    pub table: u64,
    /// Its state. New values may come.
    pub status: String,
    /// Nothing more will happen to it by itself.
    pub done: bool,
    /// What it is; null: nobody knows.
    #[serde(rename = "type")]
    #[schema(required)]
    pub table_type: Option<String>,
    /// What people call that.
    #[schema(required)]
    pub label: Option<String>,
    /// Whose export it is.
    #[schema(required)]
    pub source_system: Option<String>,
    /// The kinds of record in it.
    pub entities: Vec<String>,
    /// How sure the detection is, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    pub confidence: f64,
    /// The same in a word: `high`, `medium`, `low` or `none`.
    pub confidence_level: String,
    /// The physical line of a CSV or the row of a sheet, from 1; null where there is no header.
    #[schema(required)]
    pub header_row: Option<i64>,
    /// The encoding of a CSV.
    #[schema(required)]
    pub encoding: Option<String>,
    /// The delimiter of a CSV.
    #[schema(required)]
    pub delimiter: Option<String>,
    /// Only the head of the file was looked at so far.
    pub provisional: bool,
    /// Its rows that hold records; null until they are counted.
    #[schema(required)]
    pub row_count: Option<i64>,
    /// Rows that are analysed.
    pub analysed: i64,
    /// Its columns, from the left.
    pub columns: Vec<ColumnView>,
    /// Per column what becomes of it, in the form in which it can be changed.
    #[schema(value_type = BTreeMap<String, ColumnMapping>)]
    pub mapping: Mapping,
    /// The saved mapping that it is understood by, also where people changed it since; null: none.
    #[schema(required)]
    pub saved_mapping: Option<SavedMappingUse>,
    /// Where nobody knows what it is: the types that it could be, the likeliest first.
    pub candidates: Vec<CandidateView>,
    /// What a person should know of it.
    pub warnings: Vec<Notice>,
    /// What became of its rows.
    pub totals: TotalsView,
    /// What became of its records, by kind.
    pub entity_counts: BTreeMap<String, EntityCountsView>,
    /// How far its import is.
    pub progress: ProgressView,
    /// Why it failed as a whole, or can't be imported as it is.
    #[schema(required)]
    pub error: Option<Notice>,
    /// Grows with each change by a person; the `ETag` of the job.
    pub version: i64,
}

/// How far the import of a table is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "done": 3200, "total": 9408, "text": "3,200 of 9,408 imported" })))]
pub struct ProgressView {
    /// Rows that are committed.
    pub done: i64,
    /// All rows.
    pub total: i64,
    /// The same for a person.
    pub text: String,
}

impl ProgressView {
    pub fn of(job: &Job) -> Self {
        let (done, total) = (job.counts.rows(), job.row_count.unwrap_or_default());
        Self {
            done,
            total,
            text: format!("{} of {} imported", thousands(done), thousands(total)),
        }
    }
}

/// 9408 → `9,408`
fn thousands(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl JobView {
    pub fn new(job: &Job, files: &[ImportFile]) -> Self {
        let file = files.iter().find(|file| file.id == job.file_id);
        let plan = serde_json::from_value::<TablePlan>(job.plan.clone()).unwrap_or_default();
        let warnings = job.warnings.as_array().into_iter().flatten();
        let text = |warning: &serde_json::Value, key: &str| {
            warning
                .get(key)
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Self {
            id: job.id,
            run_id: job.run_id,
            file_id: job.file_id,
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            sheet: job.sheet.clone(),
            table: table_ordinal(job.table_index as usize) as u64,
            status: job.status.name().to_owned(),
            done: job.status.is_done(),
            table_type: job.table_type.clone(),
            label: job.label.clone(),
            source_system: job.source_system.clone(),
            entities: job.entities.iter().map(|kind| kind.name().to_owned()).collect(),
            confidence: job.confidence,
            confidence_level: job.confidence_level.clone(),
            header_row: job.header_row,
            encoding: job.encoding.clone(),
            delimiter: job.delimiter.clone(),
            provisional: job.provisional,
            row_count: job.row_count,
            analysed: job.analysed,
            columns: columns(&plan),
            mapping: mapping_of(&plan),
            saved_mapping: used_by(job).map(|used| SavedMappingUse {
                id: used.id,
                name: used.name,
            }),
            candidates: plan.candidates.into_iter().map(CandidateView::from).collect(),
            warnings: warnings
                .map(|warning| Notice {
                    code: text(warning, "code"),
                    message: text(warning, "message"),
                })
                .collect(),
            totals: Totals::of(job).into(),
            entity_counts: job
                .entity_counts
                .iter()
                .map(|(kind, counts)| (kind.clone(), (*counts).into()))
                .collect(),
            progress: ProgressView::of(job),
            error: job.error.clone().map(Notice::from),
            version: job.version,
        }
    }
}

/// An import run with its files and jobs.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "status": "ready",
    "done": false,
    "mode": "initial",
    "options": {
        "source_system": null, "on_duplicate": { "high": null, "medium": null, "low": null }, "mode": null,
        "update_existing": null, "create_missing": null, "orphans": "fail", "location_id": null, "blank_wipes": false,
        "auto_start": false, "country": "GB", "source_confirmation": false
    },
    "created_by": "user:ada",
    "created_at": "2026-11-22T09:30:00Z",
    "started_at": null,
    "finished_at": null,
    "expired_at": null,
    "error": null,
    "missing": ["duplicate_decisions"],
    "undecided_duplicates": 3,
    "source_confirmation": null,
    "totals": { "rows": 490, "imported": 0, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": {} },
    "files": [],
    "jobs": [],
    "progress_version": 17
})))]
pub struct RunView {
    /// Its id.
    pub id: Uuid,
    /// Its state. New values may come.
    pub status: String,
    /// Nothing more will happen by itself, and no decision is awaited.
    pub done: bool,
    /// `initial` or `refresh`; null until analysed.
    #[schema(required)]
    pub mode: Option<String>,
    /// The options that it has.
    pub options: OptionsView,
    /// Who made it.
    #[schema(required)]
    pub created_by: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it was started.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    pub finished_at: Option<OffsetDateTime>,
    /// When its uploads and staged rows were removed.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    pub expired_at: Option<OffsetDateTime>,
    /// Why it failed as a whole.
    #[schema(required)]
    pub error: Option<Notice>,
    /// What keeps it from being started: `password`, `analysis`, `source_confirmation`, `duplicate_decisions`,
    /// `importable_table`.
    pub missing: Vec<String>,
    /// Likely duplicates that wait for a decision.
    pub undecided_duplicates: u64,
    /// What a refresh would put in the place of records that were imported before, where these are too many to be
    /// corrections: the option `source_confirmation` confirms it, another `source_system` avoids it.
    #[schema(required)]
    pub source_confirmation: Option<ConfirmationView>,
    /// What became of all rows.
    pub totals: TotalsView,
    /// Its files, in upload order.
    pub files: Vec<FileView>,
    /// Its tables, in import order.
    pub jobs: Vec<JobView>,
    /// Grows with each change that can be seen; the `ETag` of the run.
    pub progress_version: i64,
}

impl From<&RunDetails> for RunView {
    fn from(details: &RunDetails) -> Self {
        let run: &Run = &details.run;
        Self {
            id: run.id,
            status: run.status.name().to_owned(),
            done: run.status.is_done(),
            mode: run.mode.clone(),
            options: OptionsView::from(details.options()),
            created_by: run.created_by.clone(),
            created_at: run.created_at,
            started_at: run.started_at,
            finished_at: run.finished_at,
            expired_at: run.expired_at,
            error: run.error.clone().map(Notice::from),
            missing: details.missing().into_iter().map(str::to_owned).collect(),
            undecided_duplicates: details.undecided_duplicates,
            source_confirmation: details.source_confirmation().map(ConfirmationView::from),
            totals: Totals::of_all(&details.jobs).into(),
            files: details.files.iter().map(FileView::from).collect(),
            jobs: details
                .jobs
                .iter()
                .map(|job| JobView::new(job, &details.files))
                .collect(),
            progress_version: run.progress_version,
        }
    }
}
