//! The tables of a run: what they are, what is in them, what was found.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, patch, web};
use serde::{Deserialize, Deserializer, Serialize};
use torqueflow_app::jobs::{self, FindingView, JobPatch, MappingPatch, Preview};
use torqueflow_app::runs;
use torqueflow_app::{FindingFilter, Job};
use torqueflow_model::DateOrder;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::column_mapping::ColumnMapping;
use super::import_runs::view::JobView;
use crate::auth::{Allowed, ToManageImports};
use crate::extract::{Body, PageRequest, Params, encode_cursor, etag, if_match};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_import_job)
        .service(patch_import_job)
        .service(get_preview)
        .service(set_row_included)
        .service(list_findings);
}

/// Read a job
///
/// A job is one table of a run's files: a CSV, or a worksheet.
#[utoipa::path(
    tag = "import-jobs",
    params(("job_id" = Uuid, Path, description = "The job's id.")),
    responses((status = 200, description = "The job.", body = JobView, headers(("ETag" = String, description = "For `If-Match`.")))),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-jobs/{job_id}")]
async fn get_import_job(
    caller: Allowed<ToManageImports>,
    job_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let organization = caller.caller.organization;
    let job = jobs::get(&service.app, organization, *job_id).await?;
    answer(&service, organization, &job).await
}

async fn answer(
    service: &Service,
    organization: torqueflow_app::OrganizationId,
    job: &Job,
) -> Result<HttpResponse, ApiError> {
    let run = runs::get(&service.app, organization, job.run_id).await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(job.version))
        .json(JobView::new(job, &run.files)))
}

/// What changes of a job. What is left out stays as it is, and so does what is null, but for `mapping`.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({
    "type": "generic.customers",
    "mapping": {
        "Kunde": "customer.display_name", "Handy": { "field": "customer.phone", "order": 1 }, "Telefon": "customer.phone",
        "Ort": { "field": "billing_address.postal_code", "split": { "by": " ", "into": ["billing_address.city"] } },
        "group": { "field": "customer.customer_group", "constant": "Retail" }, "Intern": null
    },
    "save_mapping_as": "Our old till"
})))]
struct JobPatchRequest {
    /// The type, of those that the source systems list: `generic.customers`.
    #[serde(rename = "type")]
    table_type: Option<String>,
    /// Per header what becomes of the column: the field that it feeds, null for a column that is left out, or more of it: its
    /// place among several columns of the field, the parts of its cells, a text that each row has. What the job shows as its
    /// `mapping` can be given so. Columns that are not named stay, but for one whose field is given to another: to have both,
    /// name both. Null instead of an object takes back all that was said of columns, now and in a saved mapping. Another `type`
    /// takes back the mapping too.
    #[schema(value_type = Option<BTreeMap<String, ColumnMapping>>)]
    #[serde(deserialize_with = "mapping_patch")]
    mapping: Option<MappingPatch>,
    /// Whether the first row is a header.
    has_header_row: Option<bool>,
    /// `day_first` or `month_first`: the order in all date columns.
    #[schema(value_type = Option<String>, pattern = "^(day_first|month_first)$")]
    date_order: Option<DateOrder>,
    /// Whether the table is imported at all.
    included: Option<bool>,
    /// Keeps the mapping under this name, for later tables of the organisation with the same headers, up to their order and to
    /// one that is there or missing. What a person mapped of a table that nobody recognises is remembered without a name when
    /// it is imported.
    #[schema(min_length = 1, max_length = 100)]
    save_mapping_as: Option<String>,
}

/// A mapping, where null says something too.
fn mapping_patch<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<MappingPatch>, D::Error> {
    let columns = Option::deserialize(deserializer)?;
    Ok(Some(columns.map_or(MappingPatch::TakeBack, MappingPatch::Columns)))
}

/// Change a job
///
/// Say what a table is, where its columns go, how its dates are written, or leave it out; before the start. The run is
/// analysed anew as far as it has to be. With the job's `ETag` in `If-Match`, it is refused when somebody else changed the
/// job in between.
#[utoipa::path(
    tag = "import-jobs",
    params(
        ("job_id" = Uuid, Path, description = "The job's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the job as it was seen.", pattern = r#"^"[0-9]{1,18}"$"#, example = "\"3\"")
    ),
    request_body = JobPatchRequest,
    responses((status = 200, description = "The job.", body = JobView, headers(("ETag" = String, description = "For `If-Match`.")))),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy", "changed_meanwhile", "validation_failed", "expired"]))
    )
)]
#[patch("/import-jobs/{job_id}")]
async fn patch_import_job(
    caller: Allowed<ToManageImports>,
    job_id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body<JobPatchRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match(&request)?;
    let said = body.0;
    let mut patch = JobPatch::default();
    patch.table_type = said.table_type;
    patch.mapping = said.mapping;
    patch.has_header_row = said.has_header_row;
    patch.date_order = said.date_order;
    patch.included = said.included;
    patch.save_mapping_as = said.save_mapping_as;
    let job = jobs::patch(&service.app, &caller.caller, *job_id, &patch, expected).await?;
    answer(&service, caller.caller.organization, &job).await
}

/// The first rows of a table, as they are and as they will be imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "columns": ["Name", "Phone"],
    "rows": [{
        "row": 2, "class": null, "owner_row": null, "original": ["Ada Smith", "07700 900123"],
        "cells": [
            { "original": "Ada Smith", "field": "customer.display_name", "cleaned": "Ada Smith" },
            { "original": "07700 900123", "field": "customer.phone", "cleaned": "+447700900123" }
        ],
        "cleaned": [{ "slot": "customer", "fields": { "display_name": "Ada Smith", "phone": "+447700900123" } }],
        "findings": [], "duplicate": false, "included": true
    }],
    "provisional": false
})))]
struct PreviewView {
    /// The names of the columns.
    columns: Vec<String>,
    /// The rows: the first hundred, those that hold no record among them; blank ones are not shown.
    rows: Vec<PreviewRowView>,
    /// Only the head of the file was looked at; duplicates are not known yet.
    provisional: bool,
}

/// A row of a preview.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "row": 9, "class": "total", "owner_row": null, "original": ["Total", "7"], "cells": [], "cleaned": [], "findings": [], "duplicate": false, "included": false
})))]
struct PreviewRowView {
    /// Its number, as the person's program shows it.
    row: i64,
    /// What it is, where it holds no record and is left out: a class as in `left_out` of the totals. Null: it is a record. New
    /// values may come.
    #[schema(required)]
    class: Option<String>,
    /// The row above that it belongs to, and takes the owner's cells from.
    #[schema(required)]
    owner_row: Option<i64>,
    /// The cells as they are in the file.
    original: Vec<String>,
    /// The same by column, each beside what becomes of it. None of a row that holds no record.
    cells: Vec<CellView>,
    /// The records that it becomes.
    cleaned: Vec<CleanedRecord>,
    /// What was found in it.
    findings: Vec<FindingItem>,
    /// It matches another record.
    duplicate: bool,
    /// It will be imported: it is a record, and nobody excluded it.
    included: bool,
}

/// A cell, beside what becomes of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "original": "07700 900123", "field": "customer.phone", "cleaned": "+447700900123" })))]
struct CellView {
    /// The text as it is in the file.
    original: String,
    /// The field that the column feeds; null: the column is not imported.
    #[schema(required)]
    field: Option<String>,
    /// The value that the field gets, from this cell or from the row above that it belongs to; null: none, or another
    /// column's.
    #[schema(required)]
    cleaned: Option<String>,
}

/// A cleaned record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "slot": "customer", "fields": { "phone": "+447700900123" } })))]
struct CleanedRecord {
    /// Which record of the row: `customer`, `billing_address`.
    slot: String,
    /// Its fields as text.
    fields: BTreeMap<String, String>,
}

/// Something that was found in a row, or in many cells of a column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "row": null, "cells": 300, "first_rows": [2, 3, 4, 5, 6], "column": "Chassis", "field": "vehicle.vin", "value": "BJ8-41622",
    "code": "vin_unusual", "severity": "warning",
    "message": "In 300 cells of this column, first in rows 2, 3, 4, 5 and 6: This is not a 17-character VIN and is kept as a chassis number",
    "fix": "Check the VIN, unless the vehicle is older than 1981."
}), json!({
    "row": 12, "cells": 1, "first_rows": [], "column": "Phone", "field": "customer.phone", "value": "n/a", "code": "phone_normalisation_failed",
    "severity": "warning", "message": "Phone normalisation failed", "fix": "Correct the number in the source; numbers in E.164 form (+447…) are always safe."
})))]
struct FindingItem {
    /// The row; null where it holds for a column: a warning with the same cause in many of its cells.
    #[schema(required)]
    row: Option<i64>,
    /// How many cells it is about.
    cells: i64,
    /// The first few rows that it is about, where it holds for a column.
    first_rows: Vec<i64>,
    /// The column, where it is about one.
    #[schema(required)]
    column: Option<String>,
    /// The field, where it is about one.
    #[schema(required)]
    field: Option<String>,
    /// The text of the cell, or of the first one.
    value: String,
    /// The stable code. New ones may come.
    code: String,
    /// `error`: the row is not imported; `warning`: it is. New values may come.
    severity: String,
    /// What is wrong.
    message: String,
    /// What to do about it.
    fix: String,
}

impl From<FindingView> for FindingItem {
    fn from(finding: FindingView) -> Self {
        let FindingView {
            row,
            cells,
            first_rows,
            column,
            field,
            value,
            code,
            severity,
            message,
            fix,
        } = finding;
        Self {
            row,
            cells,
            first_rows,
            column,
            field,
            value,
            code,
            severity,
            message,
            fix,
        }
    }
}

impl From<Preview> for PreviewView {
    fn from(preview: Preview) -> Self {
        Self {
            columns: preview.columns,
            rows: preview
                .rows
                .into_iter()
                .map(|row| PreviewRowView {
                    row: row.row,
                    class: row.class.map(|class| class.name().to_owned()),
                    owner_row: row.owner_row,
                    original: row.original,
                    cells: row
                        .cells
                        .into_iter()
                        .map(|cell| CellView {
                            original: cell.original,
                            field: cell.field,
                            cleaned: cell.cleaned,
                        })
                        .collect(),
                    cleaned: row
                        .cleaned
                        .into_iter()
                        .map(|record| CleanedRecord {
                            slot: record.slot,
                            fields: record.fields,
                        })
                        .collect(),
                    findings: row.findings.into_iter().map(FindingItem::from).collect(),
                    duplicate: row.duplicate,
                    included: row.included,
                })
                .collect(),
            provisional: preview.provisional,
        }
    }
}

/// Preview a table
///
/// Its first hundred rows, each cell beside what becomes of it, and what each row is that holds no record: at once from the head of the file, later with all that the analysis found.
#[utoipa::path(
    tag = "import-jobs",
    params(("job_id" = Uuid, Path, description = "The job's id.")),
    responses((status = 200, description = "The rows.", body = PreviewView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "expired"]))
    )
)]
#[get("/import-jobs/{job_id}/preview")]
async fn get_preview(
    caller: Allowed<ToManageImports>,
    job_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<web::Json<PreviewView>, ApiError> {
    let preview = jobs::preview(&service.app, caller.caller.organization, *job_id).await?;
    Ok(web::Json(preview.into()))
}

/// Whether a row is imported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "included": false })))]
struct RowRequest {
    /// False excludes it; true takes it in again.
    included: bool,
}

/// What it means for other rows that one is excluded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "row": 17, "included": false, "standing_in": 1, "losing_reference": 2 })))]
struct RowChoiceView {
    /// The row's number.
    row: i64,
    /// Whether it is imported.
    included: bool,
    /// How many rows stand in: the next one that holds a record of the excluded row brings it in its place. 0 where the row
    /// is included.
    standing_in: u64,
    /// How many rows that take part refer to records which come with no row any more, also by way of other rows. Those that
    /// can't do without them fail, unless orphans are imported unlinked. 0 where the row is included.
    losing_reference: u64,
}

/// Exclude a row
///
/// Or take it in again; while the run is `ready`. A row that is excluded counts as `skipped_choice`, and nothing that it says
/// is imported: the next row that holds the same record stands in for it. One that holds no record is left out in any case,
/// and counts by its class.
#[utoipa::path(
    tag = "import-jobs",
    params(
        ("job_id" = Uuid, Path, description = "The job's id."),
        ("row" = i64, Path, description = "The row's number, as the person's program shows it.", minimum = 1)
    ),
    request_body = RowRequest,
    responses((status = 200, description = "It is noted; what that means for other rows.", body = RowChoiceView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy"]))
    )
)]
#[patch("/import-jobs/{job_id}/rows/{row}")]
async fn set_row_included(
    caller: Allowed<ToManageImports>,
    path: web::Path<(Uuid, i64)>,
    request: Body<RowRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<RowChoiceView>, ApiError> {
    let (job_id, row) = path.into_inner();
    if row < 1 {
        return Err(ApiError::parameter("row", "rows are numbered from 1"));
    }
    let included = request.0.included;
    let effect = jobs::set_row_included(&service.app, &caller.caller, job_id, row, included).await?;
    Ok(web::Json(RowChoiceView {
        row,
        included,
        standing_in: effect.standing_in,
        losing_reference: effect.losing_reference,
    }))
}

/// A page of findings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null, "counts": [{ "code": "phone_normalisation_failed", "severity": "warning", "count": 7, "findings": 7 }] })))]
struct FindingPage {
    /// The findings: those of columns, then those of rows in their order.
    items: Vec<FindingItem>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How often each code occurs in the whole table.
    counts: Vec<CodeCount>,
}

/// How often a code occurs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "code": "phone_normalisation_failed", "severity": "warning", "count": 7, "findings": 7 })))]
struct CodeCount {
    /// The stable code.
    code: String,
    /// `error` or `warning`. New values may come.
    severity: String,
    /// In how many cells, or rows where it is about no cell.
    count: i64,
    /// In how many findings: one that holds for a column counts once.
    findings: i64,
}

/// Which findings, and which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FindingParams {
    /// Only of this severity: `error` or `warning`.
    #[param(example = "error")]
    severity: Option<String>,
    /// Only with this code.
    #[param(example = "phone_normalisation_failed")]
    code: Option<String>,
    /// Only in the column with this place, from 0.
    #[param(minimum = 0, maximum = 65_535)]
    column: Option<u16>,
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the findings of a table
///
/// Of the whole table, with counts per code: first those that hold for a column, then those of rows in their order. A warning
/// holds for a column where it has one cause in at least one in five of the column's filled cells, and in ten at least. Errors,
/// and values that a person may have to restore, always stand on their row.
#[utoipa::path(
    tag = "import-jobs",
    params(("job_id" = Uuid, Path, description = "The job's id."), FindingParams),
    responses((status = 200, description = "A page of findings.", body = FindingPage)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-jobs/{job_id}/findings")]
async fn list_findings(
    caller: Allowed<ToManageImports>,
    job_id: web::Path<Uuid>,
    params: Params<FindingParams>,
    service: web::Data<Service>,
) -> Result<web::Json<FindingPage>, ApiError> {
    let params = params.0;
    let page = PageRequest::<(i64, i64)>::parse(params.limit, params.cursor.as_deref())?;
    let filter = FindingFilter {
        severity: params.severity,
        code: params.code,
        column: params.column.map(i64::from),
    };
    let organization = caller.caller.organization;
    let found = jobs::findings(&service.app, organization, *job_id, &filter, page.after, page.limit).await?;
    let counts = found.counts.into_iter();
    Ok(web::Json(FindingPage {
        next_cursor: found.next.as_ref().map(encode_cursor),
        items: found.items.into_iter().map(FindingItem::from).collect(),
        counts: counts
            .map(|count| CodeCount {
                code: count.code,
                severity: count.severity,
                count: count.count,
                findings: count.findings,
            })
            .collect(),
    }))
}
