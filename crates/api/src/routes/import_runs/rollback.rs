//! Taking a run back.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use torqueflow_app::rollback::{self, Confirmed, EntityOutcomes, RollbackReport};
use torqueflow_app::runs;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::view::RunView;
use crate::auth::{Allowed, ToManageImports};
use crate::extract::{OptionalBody, Params};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(preview_rollback).service(roll_back);
}

/// What would become, or became, of everything that a run wrote.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "run_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "status": "completed",
    "writes": 120,
    "done": 0,
    "totals": { "reversed": 118, "kept": 1, "blocked": 1, "failed": 0 },
    "entities": { "customer": { "deleted": 58, "restored": 0, "unlinked": 0, "kept": 1, "blocked": 0, "failed": 0 } },
    "reasons": [],
    "confirmations": 0
})))]
struct RollbackView {
    /// The run.
    run_id: Uuid,
    /// Its state. New values may come.
    status: String,
    /// Writes that there are to take back.
    writes: i64,
    /// Those that are done.
    done: i64,
    /// All kinds together.
    totals: OutcomeTotals,
    /// By kind of record.
    entities: BTreeMap<String, OutcomeCounts>,
    /// Why something is not simply taken back.
    reasons: Vec<OutcomeReason>,
    /// Records of earlier runs that this run found unchanged: it no longer speaks for them.
    confirmations: i64,
}

/// What becomes of records that later runs found unchanged.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("keep"))]
enum ConfirmedRecords {
    /// They stay.
    #[default]
    Keep,
    /// They are taken back like all others.
    Remove,
}

impl From<ConfirmedRecords> for Confirmed {
    fn from(confirmed: ConfirmedRecords) -> Self {
        match confirmed {
            ConfirmedRecords::Keep => Self::Keep,
            ConfirmedRecords::Remove => Self::Remove,
        }
    }
}

/// How a run is rolled back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "confirmed": "keep" })))]
struct RollbackOptions {
    /// What becomes of records that later runs found unchanged: `keep` where it is not given.
    #[serde(default)]
    confirmed: ConfirmedRecords,
}

/// What a preview is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RollbackParams {
    /// What becomes of records that later runs found unchanged: `keep`, which goes without saying, or `remove`.
    #[param(value_type = Option<String>, pattern = "^(keep|remove)$", example = "remove")]
    confirmed: Option<ConfirmedRecords>,
}

/// How many writes become what.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "reversed": 118, "kept": 1, "blocked": 1, "failed": 0 })))]
struct OutcomeTotals {
    /// Taken back.
    reversed: i64,
    /// Left, since somebody else changed the record, or since its owner stays.
    kept: i64,
    /// Left, since something that remains needs the record.
    blocked: i64,
    /// Can't be taken back.
    failed: i64,
}

/// What becomes of writes to one kind of record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "deleted": 58, "restored": 0, "unlinked": 0, "kept": 1, "blocked": 0, "failed": 0 })))]
struct OutcomeCounts {
    /// Created records that go.
    deleted: i64,
    /// Changes that are put back.
    restored: i64,
    /// Links of the source's records to ours that go or are put back; the records are as they were.
    unlinked: i64,
    /// Left, since somebody else changed the record, or since its owner stays.
    kept: i64,
    /// Left, since something that remains needs the record.
    blocked: i64,
    /// Can't be taken back.
    failed: i64,
}

impl From<EntityOutcomes> for OutcomeCounts {
    fn from(outcomes: EntityOutcomes) -> Self {
        let EntityOutcomes {
            deleted,
            restored,
            unlinked,
            kept,
            blocked,
            failed,
        } = outcomes;
        Self {
            deleted,
            restored,
            unlinked,
            kept,
            blocked,
            failed,
        }
    }
}

/// Why writes are not simply taken back.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "entity": "customer", "outcome": "kept", "code": "changed_since", "message": "It was changed since", "count": 1, "examples": []
})))]
struct OutcomeReason {
    /// The kind of record.
    entity: String,
    /// What becomes of them: `kept`, `blocked` or `failed`.
    outcome: String,
    /// The stable code: `changed_since`, `merged_since`, `mapping_changed_since`, `confirmed_since`, `owner_kept`, `in_use`,
    /// `in_other_import`, `target_gone`, `refused` or `gone`. New ones may come.
    code: String,
    /// The same in words.
    message: String,
    /// How many.
    count: i64,
    /// The first few.
    examples: Vec<OutcomeExample>,
}

/// A write by its place.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "record_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d27", "file": "customers.csv", "sheet": null, "row": 4 })))]
struct OutcomeExample {
    /// The record.
    record_id: Uuid,
    /// The file that it came from.
    file: String,
    /// The worksheet.
    #[schema(required)]
    sheet: Option<String>,
    /// The row, as the person's spreadsheet shows it.
    row: i64,
}

impl From<RollbackReport> for RollbackView {
    fn from(report: RollbackReport) -> Self {
        let reasons = report.reasons.into_iter().map(|reason| OutcomeReason {
            entity: reason.entity,
            outcome: reason.outcome.name().to_owned(),
            code: reason.code.to_owned(),
            message: reason.message,
            count: reason.count,
            examples: reason
                .examples
                .into_iter()
                .map(|example| OutcomeExample {
                    record_id: example.record_id,
                    file: example.file,
                    sheet: example.sheet,
                    row: example.row,
                })
                .collect(),
        });
        Self {
            run_id: report.run_id,
            status: report.status.name().to_owned(),
            writes: report.writes,
            done: report.done,
            totals: OutcomeTotals {
                reversed: report.totals.reversed,
                kept: report.totals.kept,
                blocked: report.totals.blocked,
                failed: report.totals.failed,
            },
            reasons: reasons.collect(),
            entities: report
                .entities
                .into_iter()
                .map(|(kind, outcomes)| (kind, outcomes.into()))
                .collect(),
            confirmations: report.confirmations,
        }
    }
}

/// Preview a rollback
///
/// What would become of everything that the run wrote, if it were taken back now: reversed; kept, since a person or a later
/// run changed it or found it unchanged; blocked, since something that stays needs it. Nothing is written.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id."), RollbackParams),
    responses((status = 200, description = "What would happen.", body = RollbackView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "nothing_to_roll_back"]))
    )
)]
#[get("/import-runs/{run_id}/rollback-preview")]
async fn preview_rollback(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    params: Params<RollbackParams>,
    service: web::Data<Service>,
) -> Result<web::Json<RollbackView>, ApiError> {
    let confirmed = params.0.confirmed.unwrap_or_default().into();
    let report = rollback::preview(&service.app, caller.caller.organization, *run_id, confirmed).await?;
    Ok(web::Json(report.into()))
}

/// Roll a run back
///
/// What it created is deleted, what it changed is put back; what others changed or built on since stays, and so does what a
/// later run found unchanged, unless `confirmed` is `remove`. A run that only found records unchanged can be rolled back too:
/// it then no longer keeps them. The body may be left out. The answer comes at once; follow the run by its events or by polling. It ends as `rolled_back`, or as `rollback_incomplete`, which can be
/// rolled back again. Afterwards the same files can be imported again.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    request_body(content = Option<RollbackOptions>, description = "What may stay."),
    responses((status = 202, description = "It is being rolled back.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy", "nothing_to_roll_back"]))
    )
)]
#[post("/import-runs/{run_id}/rollback")]
async fn roll_back(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    options: OptionalBody<RollbackOptions>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let confirmed = options.0.confirmed.into();
    rollback::request(&service.app, &caller.caller, *run_id, confirmed, true).await?;
    let details = runs::get(&service.app, caller.caller.organization, *run_id).await?;
    Ok(HttpResponse::Accepted().json(RunView::from(&details)))
}
