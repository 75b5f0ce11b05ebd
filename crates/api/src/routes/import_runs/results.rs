//! What became of a run.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, web};
use serde::Serialize;
use torqueflow_app::error_log::{Entry, write_csv};
use torqueflow_app::runs;
use torqueflow_app::summary::{RunSummary, run_summary};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::columns::CandidateView;
use super::view::{EntityCountsView, Notice, TotalsView};
use crate::auth::{Allowed, ToManageImports};
use crate::download::{send, temporary};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_summary).service(get_error_log);
}

/// What became of a run, and of each of its tables.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "run_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "status": "completed",
    "done": true,
    "mode": "initial",
    "source_system": "techman",
    "duration_ms": 812,
    "totals": { "rows": 490, "imported": 490, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": { "total": 1 } },
    "entities": { "customer": { "created": 112, "updated": 0, "merged": 0, "preserved": 0, "unchanged": 0, "skipped": 0, "failed": 0 } },
    "jobs": [],
    "unrecognised": [],
    "not_imported": [],
    "errors": []
})))]
struct SummaryView {
    /// Its id.
    run_id: Uuid,
    /// Its state. New values may come.
    status: String,
    /// Nothing more will happen by itself.
    done: bool,
    /// `initial` or `refresh`.
    #[schema(required)]
    mode: Option<String>,
    /// The source system, when there is just one.
    #[schema(required)]
    source_system: Option<String>,
    /// How long the import took or takes, in milliseconds.
    duration_ms: i64,
    /// All rows of recognised tables.
    totals: TotalsView,
    /// What became of records, by kind.
    entities: BTreeMap<String, EntityCountsView>,
    /// The recognised tables.
    jobs: Vec<TableSummary>,
    /// Tables that were not recognised.
    unrecognised: Vec<UnrecognisedView>,
    /// Tables that are left out although it is known what they are, such as the lines of invoices. They are no part of the totals.
    not_imported: Vec<NotImportedView>,
    /// Files that could not be opened, and rows with errors: the first hundred. The error log has all.
    errors: Vec<ErrorEntry>,
}

/// What became of a table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "file": "customers.csv", "sheet": null, "table": 1, "type": "generic.customers", "status": "completed",
    "totals": { "rows": 3, "imported": 3, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": {} },
    "reasons": [], "error": null
})))]
struct TableSummary {
    /// The file's name.
    file: String,
    /// The worksheet.
    #[schema(required)]
    sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    table: u64,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(required)]
    table_type: Option<String>,
    /// Its state. New values may come.
    status: String,
    /// What became of its rows.
    totals: TotalsView,
    /// Its commonest findings.
    reasons: Vec<ReasonView>,
    /// Why it failed as a whole.
    #[schema(required)]
    error: Option<Notice>,
}

/// A finding that is common in a table.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "code": "phone_normalisation_failed", "severity": "warning", "count": 7, "message": "Phone normalisation failed" })))]
struct ReasonView {
    /// The stable code.
    code: String,
    /// `error` or `warning`. New values may come.
    severity: String,
    /// How often.
    count: i64,
    /// What it means.
    message: String,
}

/// A table that nobody recognised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "file": "notes.csv", "sheet": null, "candidates": [] })))]
struct UnrecognisedView {
    /// The file's name.
    file: String,
    /// The worksheet.
    #[schema(required)]
    sheet: Option<String>,
    /// Where nobody can say which of them it is: the types that it could be, the likeliest first.
    candidates: Vec<CandidateView>,
}

/// A table of a type that is not imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "file": "invoices.xlsx", "sheet": "invoice_totals", "table": 1, "type": "akaunting.invoice_totals", "rows": 12,
    "message": "Akaunting totals of invoices are left out: the totals of invoices are no payments."
})))]
struct NotImportedView {
    /// The file's name.
    file: String,
    /// The worksheet.
    #[schema(required)]
    sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    table: u64,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(required)]
    table_type: Option<String>,
    /// Its rows.
    rows: i64,
    /// What it is, and why it is left out.
    message: String,
}

/// An error with its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "file": "customers.csv", "sheet": null, "row": 12, "column": "Phone", "value": "n/a",
    "code": "contact_missing", "severity": "error", "message": "A valid e-mail address or phone number is required"
})))]
struct ErrorEntry {
    /// The file's name.
    file: String,
    /// The worksheet.
    #[schema(required)]
    sheet: Option<String>,
    /// The row, as a person's program shows it; null: the whole file.
    #[schema(required)]
    row: Option<i64>,
    /// The column's header.
    #[schema(required)]
    column: Option<String>,
    /// The text of the cell.
    value: String,
    /// The stable code.
    code: String,
    /// `error`, or in the log `warning` too.
    severity: String,
    /// What is wrong.
    message: String,
}

impl From<Entry> for ErrorEntry {
    fn from(entry: Entry) -> Self {
        Self {
            file: entry.file,
            sheet: entry.sheet,
            row: entry.row,
            column: entry.column,
            value: entry.value,
            code: entry.code,
            severity: entry.severity,
            message: entry.message,
        }
    }
}

impl From<RunSummary> for SummaryView {
    fn from(summary: RunSummary) -> Self {
        Self {
            run_id: summary.run_id,
            status: summary.status.name().to_owned(),
            done: summary.done,
            mode: summary.mode,
            source_system: summary.source_system,
            duration_ms: summary.duration_ms,
            totals: summary.totals.into(),
            entities: summary
                .entities
                .into_iter()
                .map(|(kind, counts)| (kind, counts.into()))
                .collect(),
            jobs: summary
                .jobs
                .into_iter()
                .map(|job| TableSummary {
                    file: job.file,
                    sheet: job.sheet,
                    table: job.table as u64,
                    table_type: job.table_type,
                    status: job.status.name().to_owned(),
                    totals: job.totals.into(),
                    reasons: job
                        .reasons
                        .iter()
                        .map(|reason| ReasonView {
                            code: reason.code.clone(),
                            severity: reason.severity.clone(),
                            count: reason.count,
                            message: reason.message(),
                        })
                        .collect(),
                    error: job.error.map(|error| Notice {
                        code: error.code,
                        message: error.message,
                    }),
                })
                .collect(),
            unrecognised: summary
                .unrecognised
                .into_iter()
                .map(|table| UnrecognisedView {
                    file: table.file,
                    sheet: table.sheet,
                    candidates: table.candidates.into_iter().map(CandidateView::from).collect(),
                })
                .collect(),
            not_imported: summary
                .not_imported
                .into_iter()
                .map(|table| NotImportedView {
                    file: table.file,
                    sheet: table.sheet,
                    table: table.table as u64,
                    table_type: table.table_type,
                    rows: table.rows,
                    message: table.message,
                })
                .collect(),
            errors: summary.errors.into_iter().map(ErrorEntry::from).collect(),
        }
    }
}

/// Read what became of a run
///
/// Totals of the run and of each table: the six counts of rows add up to the rows that hold records, and beside them stand those
/// that hold none, by class. Also while it is importing.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((status = 200, description = "The summary.", body = SummaryView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/summary")]
async fn get_summary(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<web::Json<SummaryView>, ApiError> {
    let summary = run_summary(&service.app, caller.caller.organization, *run_id).await?;
    Ok(web::Json(summary.into()))
}

/// Download the error log
///
/// Every finding of the run with its place, its value and what to do, as CSV that is safe to open in a spreadsheet.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((
        status = 200,
        description = "The log.",
        body = String,
        content_type = "text/csv",
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = json!("file,sheet,row,column,value,code,severity,message,fix\r\ncustomers.csv,,12,Phone,n/a,phone_normalisation_failed,warning,Phone normalisation failed,Correct the number in the source; numbers in E.164 form (+447…) are always safe.\r\n")
    )),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/error-log.csv")]
async fn get_error_log(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let organization = caller.caller.organization;
    runs::get(&service.app, organization, *run_id).await?;
    let file = temporary()?;
    let mut writer = std::io::BufWriter::new(file.try_clone().map_err(ApiError::internal)?);
    write_csv(&service.app, organization, *run_id, &mut writer).await?;
    send(file, &format!("error-log-{run_id}.csv"), "text/csv; charset=utf-8")
}
