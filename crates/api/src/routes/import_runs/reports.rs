//! Reports on a run, and everything it did, to be kept.

use std::io::BufWriter;

use actix_web::{HttpRequest, HttpResponse, get, web};
use torqueflow_app::audit::export::export;
use torqueflow_app::failed_rows;
use torqueflow_app::reports::{data_quality, reconciliation};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{Allowed, ToManageImports};
use crate::download::{attachment, send, temporary};
use crate::extract::prefers_csv;
use crate::problem::{ApiError, Code};
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_reconciliation)
        .service(get_data_quality)
        .service(get_audit_export)
        .service(get_failed_rows);
}

/// Read what a run did, per entity and field
///
/// First where the rows went, of the run and of each table: `rows_in_file` are `rows` and all of `left_out`; `rows` are
/// `in_database`, `skipped` and `failed`. Then created, updated, preserved (left as a person set it), flagged (warned of),
/// merged, skipped, unchanged, failed: records per entity, and values per field. With `Accept: text/csv` what became of
/// records and fields, as CSV that is safe to open in a spreadsheet.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((
        status = 200,
        description = "The report.",
        content(
            (Object = "application/json", example = json!({
                "run_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23", "status": "completed", "mode": "initial",
                "totals": {
                    "rows_in_file": 492, "in_database": 490, "skipped": 0, "rows": 490, "imported": 490, "updated": 0,
                    "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": { "blank": 1, "total": 1 }
                },
                "tables": [],
                "entities": [{
                    "entity": "customer", "label": "Customer", "created": 112, "updated": 0, "preserved": 0, "flagged": 3,
                    "merged": 0, "skipped": 0, "unchanged": 0, "failed": 0, "fields": []
                }]
            })),
            (String = "text/csv", example = json!("entity,field,created,updated,preserved,flagged,merged,skipped,unchanged,failed\r\ncustomer,,112,0,0,3,0,0,0,0\r\n"))
        )
    )),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/reconciliation")]
async fn get_reconciliation(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    request: HttpRequest,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let report = reconciliation(&service.app, caller.caller.organization, *run_id).await?;
    if !prefers_csv(&request) {
        return Ok(HttpResponse::Ok().json(report));
    }
    let mut csv = Vec::new();
    report.write_csv(&mut csv)?;
    Ok(attachment(&format!("reconciliation-{run_id}.csv"), "text/csv; charset=utf-8").body(csv))
}

/// Read how good the data of a run is
///
/// Findings per code and column with examples and the share of rows, what to do about them, and how complete each field is.
/// With `Accept: text/csv` as CSV that is safe to open in a spreadsheet.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((
        status = 200,
        description = "The report.",
        content(
            (Object = "application/json", example = json!({
                "run_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
                "findings": [{
                    "file": "customers.csv", "sheet": null, "column": "Phone", "field": "customer.phone", "code": "phone_normalisation_failed",
                    "severity": "warning", "message": "Phone normalisation failed", "fix": "Correct the number in the source; numbers in E.164 form (+447…) are always safe.",
                    "count": 7, "rows": 7, "share": 0.014, "examples": [{ "row": 12, "value": "n/a", "message": "Phone normalisation failed" }]
                }],
                "completeness": [{ "entity": "customer", "field": "email", "label": "E-mail", "records": 112, "filled": 84, "share": 0.75 }]
            })),
            (String = "text/csv", example = json!("section,file,sheet,column,field,code,severity,count,rows,share,message,fix,examples\r\nfindings,customers.csv,,Phone,customer.phone,phone_normalisation_failed,warning,7,7,0.014,Phone normalisation failed,Correct the number in the source; numbers in E.164 form (+447…) are always safe.,12: n/a\r\n"))
        )
    )),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/data-quality")]
async fn get_data_quality(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    request: HttpRequest,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let report = data_quality(&service.app, caller.caller.organization, *run_id).await?;
    if !prefers_csv(&request) {
        return Ok(HttpResponse::Ok().json(report));
    }
    let mut csv = Vec::new();
    report.write_csv(&mut csv)?;
    Ok(attachment(&format!("data-quality-{run_id}.csv"), "text/csv; charset=utf-8").body(csv))
}

/// Download everything that a run did
///
/// A zip: manifest, hashes of the uploads, mappings of columns, decisions, results, findings, the journal with what was there
/// before, and the audit log of the run with its chain. It explains every value that the run left in the database.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((
        status = 200,
        description = "The export.",
        content_type = "application/zip",
        body = Vec<u8>,
        headers(("Content-Disposition" = String, description = "The name of the file."))
    )),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/audit-export")]
async fn get_audit_export(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let file = temporary()?;
    let mut writer = BufWriter::new(file.try_clone().map_err(ApiError::internal)?);
    export(&service.app, &caller.caller, *run_id, &mut writer).await?;
    send(file, &format!("audit-{run_id}.zip"), "application/zip")
}

/// Download the failed rows
///
/// In the format of the upload, ready to be corrected and imported again: a CSV or a workbook per file; several files come
/// as a zip.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((
        status = 200,
        description = "The rows.",
        content(
            (String = "text/csv", example = json!("Customer ID,First Name,Last Name,Email\r\nC-7,,,\r\n")),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/zip")
        ),
        headers(("Content-Disposition" = String, description = "The name of the file."))
    )),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "expired"]))
    )
)]
#[get("/import-runs/{run_id}/failed-rows")]
async fn get_failed_rows(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let organization = caller.caller.organization;
    let files = failed_rows::list(&service.app, organization, *run_id).await?;
    let file = temporary()?;
    let mut writer = BufWriter::new(file.try_clone().map_err(ApiError::internal)?);
    match files.as_slice() {
        [] => Err(ApiError::new(Code::NotFound, "no row of this run has failed")),
        [only] => {
            failed_rows::write_file(&service.app, organization, only, &mut writer).await?;
            send(file, &only.name, only.format().media_type())
        }
        several => {
            failed_rows::write_zip(&service.app, organization, several, &mut writer).await?;
            send(file, &format!("failed-rows-{run_id}.zip"), "application/zip")
        }
    }
}
