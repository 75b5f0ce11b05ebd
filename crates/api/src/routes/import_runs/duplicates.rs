//! Likely duplicates of a run, and the decisions on them.

use actix_web::{get, patch, put, web};
use serde::{Deserialize, Serialize};
use torqueflow_app::duplicates::{self, ComparedField, DuplicateView};
use torqueflow_app::{DuplicateFilter, MatchLevel};
use torqueflow_model::EntityKind;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::options::{ActionName, ActionPerLevel, DuplicateDefault};
use super::view::RunView;
use crate::auth::{Allowed, ToManageImports};
use crate::extract::{Body, PageRequest, Params, object};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_duplicates)
        .service(decide_duplicates)
        .service(decide_duplicate)
        .service(set_duplicate_default);
}

/// A likely duplicate: an incoming record that matches another, with both side by side.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d26",
    "job_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d25",
    "file": "techman-export.xlsx",
    "sheet": "CustomersAndVehicles",
    "row": 17,
    "entity": "customer",
    "incoming": "Marta Ellwood (C1017)",
    "matches": "customer Marta Ellwood in the database",
    "match_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d27",
    "confidence": 0.95,
    "confidence_level": "high",
    "reasons": ["same e-mail address"],
    "action": null,
    "effective_action": null,
    "earlier_decision": null,
    "fields": [{ "field": "phone", "label": "Mobile", "incoming": "+447700900123", "existing": null, "merge_fills": true }]
})))]
struct DuplicateItem {
    /// Its id.
    id: Uuid,
    /// The job of the incoming record.
    job_id: Uuid,
    /// The file of the incoming record.
    file: String,
    /// The worksheet of the incoming record.
    #[schema(required)]
    sheet: Option<String>,
    /// The row of the incoming record.
    row: i64,
    /// The kind of both records.
    entity: String,
    /// What the incoming record is called.
    incoming: String,
    /// What it matches, in words.
    matches: String,
    /// The matching record; null: an earlier row of the run.
    #[schema(required)]
    match_id: Option<Uuid>,
    /// How sure it is, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    confidence: f64,
    /// The same in a word: `low`, `medium` or `high`.
    confidence_level: String,
    /// Why it matches.
    reasons: Vec<String>,
    /// What was decided for this one: `skip`, `merge` or `create`; null: nothing.
    #[schema(required)]
    action: Option<String>,
    /// What will happen with it as things stand; null: it waits for a decision.
    #[schema(required)]
    effective_action: Option<String>,
    /// What was decided for the incoming record when another one was its best match; null: nothing. It counts no more: a
    /// decision is on two records.
    #[schema(required)]
    earlier_decision: Option<EarlierDecisionView>,
    /// Field by field, what each says.
    fields: Vec<FieldPair>,
}

/// What was decided for an incoming record when another one was its best match.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "action": "merge", "matches": "customer Marta Ellwood in the database" })))]
struct EarlierDecisionView {
    /// What was decided: `skip`, `merge` or `create`.
    action: String,
    /// What the record matched then, in words.
    matches: String,
}

/// A field of both records.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "field": "phone", "label": "Mobile", "incoming": "+447700900123", "existing": null, "merge_fills": true })))]
struct FieldPair {
    /// Its name.
    field: String,
    /// What people call it.
    label: String,
    /// What the incoming record says.
    #[schema(required)]
    incoming: Option<String>,
    /// What the matching record says.
    #[schema(required)]
    existing: Option<String>,
    /// Merge would write the incoming value, since there is none.
    merge_fills: bool,
}

impl From<ComparedField> for FieldPair {
    fn from(pair: ComparedField) -> Self {
        let ComparedField {
            field,
            label,
            incoming,
            existing,
            merge_fills,
        } = pair;
        Self {
            field,
            label,
            incoming,
            existing,
            merge_fills,
        }
    }
}

impl From<DuplicateView> for DuplicateItem {
    fn from(view: DuplicateView) -> Self {
        Self {
            id: view.id,
            job_id: view.job_id,
            file: view.file,
            sheet: view.sheet,
            row: view.row,
            entity: view.entity.name().to_owned(),
            incoming: view.incoming,
            matches: view.matches,
            match_id: view.match_id,
            confidence: view.confidence,
            confidence_level: view.confidence_level.name().to_owned(),
            reasons: view.reasons,
            action: view.action.map(|action| action.name().to_owned()),
            effective_action: view.effective_action.map(|action| action.name().to_owned()),
            earlier_decision: view.earlier_decision.map(|earlier| EarlierDecisionView {
                action: earlier.action.name().to_owned(),
                matches: earlier.matches,
            }),
            fields: view.fields.into_iter().map(FieldPair::from).collect(),
        }
    }
}

/// A page of likely duplicates.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null, "total": 0, "undecided": 0 })))]
struct DuplicatePage {
    /// The matches, the surest first.
    items: Vec<DuplicateItem>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
    /// How many pass the filter.
    total: u64,
    /// How many keep the run from being started, whatever the filter.
    undecided: u64,
}

/// Which duplicates, and which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DuplicateParams {
    /// Only of this table.
    job_id: Option<Uuid>,
    /// Only of this level: `low`, `medium` or `high`.
    #[param(value_type = Option<String>, pattern = "^(low|medium|high)$", example = "high")]
    confidence_level: Option<MatchLevel>,
    /// Only of this kind of record: `customer` or `vehicle`.
    #[param(value_type = Option<String>, example = "customer")]
    entity: Option<EntityKind>,
    /// Only those with a decision of their own, or only those without one.
    #[param(example = false)]
    decided: Option<bool>,
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the likely duplicates of a run
///
/// The surest first, with reasons, and with both records side by side.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id."), DuplicateParams),
    responses((status = 200, description = "A page of matches.", body = DuplicatePage)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/duplicates")]
async fn list_duplicates(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    params: Params<DuplicateParams>,
    service: web::Data<Service>,
) -> Result<web::Json<DuplicatePage>, ApiError> {
    let params = params.0;
    let page = PageRequest::<(f64, Uuid)>::parse(params.limit, params.cursor.as_deref())?;
    let filter = DuplicateFilter {
        job_id: params.job_id,
        level: params.confidence_level,
        entity: params.entity,
        decided: params.decided,
        ..DuplicateFilter::default()
    };
    let organization = caller.caller.organization;
    let found = duplicates::list(&service.app, organization, *run_id, &filter, page.after, page.limit).await?;
    Ok(web::Json(DuplicatePage {
        next_cursor: found.next.as_ref().map(crate::extract::encode_cursor),
        total: found.total,
        undecided: found.undecided,
        items: found.items.into_iter().map(DuplicateItem::from).collect(),
    }))
}

/// A decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "action": "merge" })))]
struct DecisionRequest {
    /// What happens with it; null takes a decision back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, value_type = Option<String>, pattern = "^(skip|merge|create)$")]
    action: Option<ActionName>,
}

/// Decide one likely duplicate
///
/// While the run is `ready`.
#[utoipa::path(
    tag = "import-runs",
    params(
        ("run_id" = Uuid, Path, description = "The run's id."),
        ("duplicate_id" = Uuid, Path, description = "The duplicate's id.")
    ),
    request_body = DecisionRequest,
    responses((status = 200, description = "The match with its decision.", body = DuplicateItem)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state"]))
    )
)]
#[patch("/import-runs/{run_id}/duplicates/{duplicate_id}")]
async fn decide_duplicate(
    caller: Allowed<ToManageImports>,
    path: web::Path<(Uuid, Uuid)>,
    request: Body<DecisionRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<DuplicateItem>, ApiError> {
    let (run_id, duplicate_id) = path.into_inner();
    let action = request.0.action.map(Into::into);
    let decided = duplicates::decide_one(&service.app, &caller.caller, run_id, duplicate_id, action).await?;
    Ok(web::Json(decided.into()))
}

/// Which duplicates a decision is about. What is left out or null lets all of them pass.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({ "confidence_level": "high", "entity": "customer" })))]
struct FilterRequest {
    /// Only of this table.
    job_id: Option<Uuid>,
    /// Only of this level: `low`, `medium` or `high`.
    #[schema(value_type = Option<String>, pattern = "^(low|medium|high)$")]
    confidence_level: Option<MatchLevel>,
    /// Only of this kind of record: `customer` or `vehicle`.
    #[schema(value_type = Option<String>, pattern = "^(customer|vehicle)$")]
    entity: Option<EntityKind>,
    /// Only those with a decision of their own, or only those without one.
    decided: Option<bool>,
}

/// A decision on many.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "filter": { "confidence_level": "high" }, "action": "merge" })))]
struct DecisionsRequest {
    /// Which.
    #[serde(default, deserialize_with = "object")]
    filter: FilterRequest,
    /// What happens with them; null takes decisions back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required, value_type = Option<String>, pattern = "^(skip|merge|create)$")]
    action: Option<ActionName>,
}

/// How many were decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "decided": 12 })))]
struct DecidedView {
    /// How many matches passed the filter.
    decided: u64,
}

/// Decide many likely duplicates
///
/// All that pass the filter, while the run is `ready`.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    request_body = DecisionsRequest,
    responses((status = 200, description = "How many were decided.", body = DecidedView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state"]))
    )
)]
#[patch("/import-runs/{run_id}/duplicates")]
async fn decide_duplicates(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    request: Body<DecisionsRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<DecidedView>, ApiError> {
    let DecisionsRequest { filter, action } = request.0;
    let filter = DuplicateFilter {
        job_id: filter.job_id,
        level: filter.confidence_level,
        entity: filter.entity,
        decided: filter.decided,
        ..DuplicateFilter::default()
    };
    let action = action.map(Into::into);
    let decided = duplicates::decide(&service.app, &caller.caller, *run_id, &filter, action).await?;
    Ok(web::Json(DecidedView { decided }))
}

/// The default for likely duplicates.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "action": "skip" }), json!({ "per_level": { "high": "merge", "medium": null, "low": null } })))]
struct DefaultRequest {
    /// The same with all that need a decision; null: as `per_level` says.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(skip|merge|create)$")]
    action: Option<ActionName>,
    /// By how sure the match is.
    #[serde(default, deserialize_with = "object")]
    per_level: ActionPerLevel,
}

/// Set what happens with likely duplicates
///
/// With all that are not decided one by one. Before the start.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    request_body = DefaultRequest,
    responses((status = 200, description = "The run.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy"]))
    )
)]
#[put("/import-runs/{run_id}/duplicate-default")]
async fn set_duplicate_default(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    request: Body<DefaultRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<RunView>, ApiError> {
    let default = match (request.0.action, request.0.per_level) {
        (Some(action), _) => DuplicateDefault::All(action),
        (None, levels) => DuplicateDefault::PerLevel(levels),
    };
    duplicates::set_default(&service.app, &caller.caller, *run_id, default.into()).await?;
    let details = torqueflow_app::runs::get(&service.app, caller.caller.organization, *run_id).await?;
    Ok(web::Json(RunView::from(&details)))
}
