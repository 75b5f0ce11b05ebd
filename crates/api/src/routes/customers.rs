//! Customers: found, read, created, changed, merged; and what may be the same.

use std::collections::BTreeMap;
use std::str::FromStr;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, get, patch, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use torqueflow_app::customers::{
    self, Customer, CustomerPatch, CustomerQuery, MergeRequest, NewCustomer, Suggestion, SuggestionId, SuggestionQuery,
};
use torqueflow_app::records::ListedRecord;
use torqueflow_model::EntityKind;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::records::view;
use crate::auth::{Allowed, ToMergeCustomers, ToReadCustomers, ToWriteCustomers};
use crate::extract::{Body, DEFAULT_LIMIT, MAX_LIMIT, Params, etag, if_match};
use crate::problem::{ApiError, Code};
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_customers)
        .service(create_customer)
        .service(get_customer)
        .service(update_customer)
        .service(list_customer_suggestions)
        .service(list_suggestions)
        .service(dismiss_suggestion)
        .service(merge_customers)
        .service(undo_customer_merge);
}

/// A customer as records are shown.
fn shown(customer: &Customer) -> Value {
    let record = ListedRecord {
        row: torqueflow_app::BusinessRow {
            id: customer.id,
            version: customer.version,
            values: customer.values.clone(),
        },
        created_at: customer.created_at,
        updated_at: customer.updated_at,
    };
    view::record(EntityKind::Customer, &record, None)
}

fn answer(status: StatusCode, customer: &Customer) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header(etag(customer.version))
        .json(shown(customer))
}

/// Which customers, and which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CustomerParams {
    /// Names or their beginnings, a company, an e-mail address, a telephone number in any spelling, a customer number, or
    /// the registration of a vehicle.
    #[param(nullable = false, example = "ellwood")]
    q: Option<String>,
    /// Exactly this customer number; that of a merged customer finds the one that it was merged into.
    #[param(nullable = false, example = "C1017")]
    external_customer_number: Option<String>,
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

fn limit_of(limit: Option<u64>) -> Result<u64, ApiError> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if (1..=MAX_LIMIT).contains(&limit) {
        Ok(limit)
    } else {
        Err(ApiError::parameter("limit", format!("it must be 1 to {MAX_LIMIT}")))
    }
}

/// Search customers
///
/// In the order of their names. Customers that were merged into others are left out; what fits them finds those.
#[utoipa::path(
    tag = "customers",
    params(CustomerParams),
    responses((status = 200, description = "A page of customers.", body = ref("#/components/schemas/CustomerPage"))),
    extensions(("x-capability" = json!("customers.read")))
)]
#[get("/customers")]
async fn list_customers(
    caller: Allowed<ToReadCustomers>,
    params: Params<CustomerParams>,
    service: web::Data<Service>,
) -> Result<web::Json<Value>, ApiError> {
    let params = params.0;
    let query = CustomerQuery {
        q: params.q,
        external_customer_number: params.external_customer_number,
        limit: limit_of(params.limit)?,
        cursor: params.cursor,
    };
    let page = customers::search(&service.app, caller.caller.organization, &query).await?;
    let items: Vec<Value> = page.items.iter().map(shown).collect();
    Ok(web::Json(
        serde_json::json!({ "items": items, "next_cursor": page.next_cursor }),
    ))
}

/// A customer to be created: fields by their names in the catalogue, and addresses.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "fields": { "first_name": "Ada", "last_name": "Smith", "phone": "07700 900123", "sms_consent": true },
    "billing_address": { "line_1": "12 Mill Lane", "city": "Leeds", "postal_code": "LS6 3AA" }
})))]
struct CustomerRequest {
    /// The fields: text, flags, ISO 8601 dates; `customer_group_id` and `location_id` are ids, `notification_preferences`
    /// is an object of flags.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
    /// The fields of the billing address.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    billing_address: Option<Map<String, Value>>,
    /// The fields of the shipping address.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    shipping_address: Option<Map<String, Value>>,
}

/// Create a customer
///
/// It needs a first and a last name or a company, and a valid e-mail address or telephone number; `sms_consent` needs a valid
/// mobile number. Values are cleaned as in an import.
#[utoipa::path(
    tag = "customers",
    request_body = CustomerRequest,
    responses((
        status = 201,
        description = "The customer.",
        body = ref("#/components/schemas/Customer"),
        headers(("Location" = String, description = "The path of the customer."), ("ETag" = String, description = "For `If-Match`."))
    )),
    extensions(
        ("x-capability" = json!("customers.access")),
        ("x-problems" = json!(["validation_failed"]))
    )
)]
#[post("/customers")]
async fn create_customer(
    caller: Allowed<ToWriteCustomers>,
    request: Body<CustomerRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let CustomerRequest {
        fields,
        billing_address,
        shipping_address,
    } = request.0;
    let new = NewCustomer {
        fields,
        billing_address,
        shipping_address,
    };
    let customer = customers::create(&service.app, &caller.caller, &new).await?;
    let mut response = answer(StatusCode::CREATED, &customer);
    let location = format!("/v1/customers/{}", customer.id);
    if let Ok(value) = location.parse() {
        response.headers_mut().insert(LOCATION, value);
    }
    Ok(response)
}

/// Read a customer
#[utoipa::path(
    tag = "customers",
    params(("customer_id" = Uuid, Path, description = "The customer's id.")),
    responses((
        status = 200,
        description = "The customer.",
        body = ref("#/components/schemas/Customer"),
        headers(("ETag" = String, description = "For `If-Match`."))
    )),
    extensions(
        ("x-capability" = json!("customers.read")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/customers/{customer_id}")]
async fn get_customer(
    caller: Allowed<ToReadCustomers>,
    customer_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let customer = customers::get(&service.app, caller.caller.organization, *customer_id).await?;
    Ok(answer(StatusCode::OK, &customer))
}

/// A change of a customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "fields": { "phone": "07700 900456", "notes": null } })))]
struct CustomerPatchRequest {
    /// The fields that change; null makes one blank. Preferences change key by key.
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
}

/// Change a customer
///
/// With the customer's `ETag` in `If-Match`: a change that was made to an older state is refused.
#[utoipa::path(
    tag = "customers",
    params(
        ("customer_id" = Uuid, Path, description = "The customer's id."),
        ("If-Match" = String, Header, description = "The `ETag` of the customer as it was seen.", pattern = r#"^"[0-9]{1,18}"$"#, example = "\"3\"")
    ),
    request_body = CustomerPatchRequest,
    responses((
        status = 200,
        description = "The customer.",
        body = ref("#/components/schemas/Customer"),
        headers(("ETag" = String, description = "For `If-Match`."))
    )),
    extensions(
        ("x-capability" = json!("customers.access")),
        ("x-problems" = json!(["not_found", "wrong_state", "changed_meanwhile", "validation_failed"]))
    )
)]
#[patch("/customers/{customer_id}")]
async fn update_customer(
    caller: Allowed<ToWriteCustomers>,
    customer_id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body<CustomerPatchRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    customers::get(&service.app, caller.caller.organization, *customer_id).await?;
    let version = if_match(&request)?
        .ok_or_else(|| ApiError::parameter("If-Match", "it must be the `ETag` of the customer as it was seen"))?;
    let patch = CustomerPatch { fields: body.0.fields };
    let customer = customers::update(&service.app, &caller.caller, *customer_id, &patch, version).await?;
    Ok(answer(StatusCode::OK, &customer))
}

/// Two customers that may be the same.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d27~0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d28",
    "confidence_level": "high", "confidence": 0.95, "reasons": ["same e-mail address"]
})))]
struct SuggestionView {
    /// Its id, by which it can be dismissed.
    id: String,
    /// The customer that was created first.
    #[schema(schema_with = customer_schema)]
    first: Value,
    /// The other one.
    #[schema(schema_with = customer_schema)]
    second: Value,
    /// How sure it is: `low`, `medium` or `high`.
    confidence_level: String,
    /// The same as a number, 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    confidence: f64,
    /// Why.
    reasons: Vec<String>,
}

fn customer_schema() -> utoipa::openapi::Ref {
    utoipa::openapi::Ref::from_schema_name("Customer")
}

impl From<Suggestion> for SuggestionView {
    fn from(suggestion: Suggestion) -> Self {
        Self {
            id: suggestion.id.to_string(),
            first: shown(&suggestion.first),
            second: shown(&suggestion.second),
            confidence_level: suggestion.level.name().to_owned(),
            confidence: suggestion.confidence,
            reasons: suggestion.reasons,
        }
    }
}

/// A page of suggestions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct SuggestionPage {
    /// The suggestions. A page may have fewer than were asked for and yet not be the last.
    items: Vec<SuggestionView>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List what may be the same as a customer
///
/// The surest first, with reasons. Pairs that a person dismissed are left out.
#[utoipa::path(
    tag = "customers",
    params(("customer_id" = Uuid, Path, description = "The customer's id.")),
    responses((status = 200, description = "The suggestions.", body = SuggestionPage)),
    extensions(
        ("x-capability" = json!("customers.merge")),
        ("x-problems" = json!(["not_found", "wrong_state"]))
    )
)]
#[get("/customers/{customer_id}/duplicate-suggestions")]
async fn list_customer_suggestions(
    caller: Allowed<ToMergeCustomers>,
    customer_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<web::Json<SuggestionPage>, ApiError> {
    let found = customers::suggestions_of(&service.app, caller.caller.organization, *customer_id).await?;
    Ok(web::Json(SuggestionPage {
        items: found.into_iter().map(SuggestionView::from).collect(),
        next_cursor: None,
    }))
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SuggestionParams {
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50, nullable = false)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    #[param(nullable = false)]
    cursor: Option<String>,
}

/// List customers that may be the same
///
/// Pairs, each once, in the order of the older customer.
#[utoipa::path(
    tag = "customers",
    params(SuggestionParams),
    responses((status = 200, description = "A page of suggestions.", body = SuggestionPage)),
    extensions(("x-capability" = json!("customers.merge")))
)]
#[get("/duplicate-suggestions")]
async fn list_suggestions(
    caller: Allowed<ToMergeCustomers>,
    params: Params<SuggestionParams>,
    service: web::Data<Service>,
) -> Result<web::Json<SuggestionPage>, ApiError> {
    let query = SuggestionQuery {
        limit: limit_of(params.0.limit)? as usize,
        cursor: params.0.cursor,
        ..SuggestionQuery::default()
    };
    let page = customers::suggestions(&service.app, caller.caller.organization, &query).await?;
    Ok(web::Json(SuggestionPage {
        items: page.items.into_iter().map(SuggestionView::from).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// What becomes of a suggestion.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "dismissed": true })))]
struct SuggestionRequest {
    /// True: these are two customers, and the pair is not suggested again.
    dismissed: bool,
}

/// Dismiss a suggestion
///
/// The pair is not suggested again.
#[utoipa::path(
    tag = "customers",
    params((
        "suggestion_id" = String,
        Path,
        description = "The suggestion's id.",
        example = "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d27~0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d28"
    )),
    request_body = SuggestionRequest,
    responses((status = 204, description = "It is dismissed.")),
    extensions(
        ("x-capability" = json!("customers.merge")),
        ("x-problems" = json!(["not_found", "wrong_state", "validation_failed"]))
    )
)]
#[patch("/duplicate-suggestions/{suggestion_id}")]
async fn dismiss_suggestion(
    caller: Allowed<ToMergeCustomers>,
    suggestion_id: web::Path<String>,
    request: Body<SuggestionRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    if !request.0.dismissed {
        let message = "a dismissal can't be taken back; merge the customers instead";
        return Err(ApiError::value(Code::ValidationFailed, "/dismissed", message));
    }
    let id =
        SuggestionId::from_str(&suggestion_id).map_err(|error| ApiError::new(Code::NotFound, error.to_string()))?;
    customers::dismiss(&service.app, &caller.caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "secondary_ids": ["0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d28"],
    "fields": { "email": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d28" },
    "dry_run": false
})))]
struct CustomerMergeRequest {
    /// The customers that end up in this one, the most trusted first.
    #[schema(min_items = 1)]
    secondary_ids: Vec<Uuid>,
    /// Per field the customer whose value wins. What is not here: this customer's value, else the first that there is.
    #[serde(default)]
    fields: BTreeMap<String, Uuid>,
    /// Only says what would happen.
    #[serde(default)]
    dry_run: bool,
}

/// What a merge did, or would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "merge_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d29", "changes": [], "moved": { "vehicle": 2 }, "mappings": 1
})))]
struct CustomerMergeView {
    /// The merge, by which it can be undone; null: nothing was done.
    #[schema(required)]
    merge_id: Option<Uuid>,
    /// The customer that stays.
    #[schema(schema_with = customer_schema)]
    survivor: Value,
    /// What changes about it.
    changes: Vec<FieldChange>,
    /// Records that come to belong to it, by kind.
    moved: BTreeMap<String, u64>,
    /// Mappings that come to lead to it.
    mappings: u64,
}

/// A field of the survivor that changes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "field": "email", "label": "E-mail", "before": null, "after": "ada@smith.example", "from": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d28" })))]
struct FieldChange {
    /// The field.
    field: String,
    /// What people call it.
    label: String,
    /// Its value before.
    before: Value,
    /// Its value after.
    after: Value,
    /// Whose value it is.
    #[schema(required)]
    from: Option<Uuid>,
}

impl From<customers::MergeChange> for FieldChange {
    fn from(change: customers::MergeChange) -> Self {
        Self {
            field: change.field,
            label: change.label.to_owned(),
            before: change.before,
            after: change.after,
            from: change.from,
        }
    }
}

/// Merge customers
///
/// The others end up in this one: their records and mappings follow, they are hidden, and their numbers find it. It can be
/// undone exactly. `dry_run` only says what would happen.
#[utoipa::path(
    tag = "customers",
    params(("customer_id" = Uuid, Path, description = "The customer that stays.")),
    request_body = CustomerMergeRequest,
    responses((status = 200, description = "What was done, or would be.", body = CustomerMergeView)),
    extensions(
        ("x-capability" = json!("customers.merge")),
        ("x-problems" = json!(["not_found", "wrong_state", "changed_meanwhile", "validation_failed"]))
    )
)]
#[post("/customers/{customer_id}/merge")]
async fn merge_customers(
    caller: Allowed<ToMergeCustomers>,
    customer_id: web::Path<Uuid>,
    request: Body<CustomerMergeRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<CustomerMergeView>, ApiError> {
    let CustomerMergeRequest {
        secondary_ids,
        fields,
        dry_run,
    } = request.0;
    let merge = MergeRequest { secondary_ids, fields };
    let (app, caller) = (&service.app, &caller.caller);
    Ok(web::Json(if dry_run {
        let preview = customers::merge_preview(app, caller.organization, *customer_id, &merge).await?;
        CustomerMergeView {
            merge_id: None,
            survivor: shown(&preview.survivor),
            changes: preview.changes.into_iter().map(FieldChange::from).collect(),
            moved: preview.moved,
            mappings: preview.mappings,
        }
    } else {
        let done = customers::merge(app, caller, *customer_id, &merge).await?;
        CustomerMergeView {
            merge_id: Some(done.merge_id),
            survivor: shown(&done.survivor),
            changes: done.changes.into_iter().map(FieldChange::from).collect(),
            moved: done.moved,
            mappings: done.mappings,
        }
    }))
}

/// What undoing a merge restored, and what it kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "fields": ["email"], "records": { "vehicle": 2 }, "mappings": 1, "kept": [], "kept_count": 0 })))]
struct UndoView {
    /// Fields of the survivor that hold again what they held before.
    fields: Vec<String>,
    /// Records by kind that belong again to whom they belonged.
    records: BTreeMap<String, u64>,
    /// Mappings that lead again where they led.
    mappings: u64,
    /// What was changed since and stays so.
    kept: Vec<KeptView>,
    /// How many of those there are.
    kept_count: u64,
}

/// A value that was changed after the merge, and so stays.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "entity": "customer", "record_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d27", "field": "phone",
    "before": null, "merged": "+447700900123", "current": "+447700900456", "reason": "changed_since"
})))]
struct KeptView {
    /// The kind of record, or `import_mapping`.
    entity: String,
    /// The record.
    record_id: Uuid,
    /// Its field.
    field: String,
    /// What it held before the merge.
    before: Value,
    /// What the merge made it.
    merged: Value,
    /// What it holds now.
    current: Value,
    /// Why it stays: `changed_since`, `later_merge` or `gone`. New values may come.
    reason: Value,
}

/// Undo a merge of customers
///
/// Everything is put back exactly, also after further imports; what somebody changed since stays, and is told.
#[utoipa::path(
    tag = "customers",
    params(("merge_id" = Uuid, Path, description = "The merge's id.")),
    responses((status = 200, description = "What was restored and what was kept.", body = UndoView)),
    extensions(
        ("x-capability" = json!("customers.merge")),
        ("x-problems" = json!(["not_found", "wrong_state", "changed_meanwhile"]))
    )
)]
#[post("/customer-merges/{merge_id}/undo")]
async fn undo_customer_merge(
    caller: Allowed<ToMergeCustomers>,
    merge_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<web::Json<UndoView>, ApiError> {
    let report = customers::undo(&service.app, &caller.caller, *merge_id).await?;
    let kept = report.kept.into_iter().map(|kept| KeptView {
        entity: kept.entity,
        record_id: kept.record_id,
        field: kept.field,
        before: kept.before,
        merged: kept.merged,
        current: kept.current,
        reason: serde_json::to_value(kept.reason).unwrap_or_default(),
    });
    Ok(web::Json(UndoView {
        fields: report.fields,
        records: report.records,
        mappings: report.mappings,
        kept: kept.collect(),
        kept_count: report.kept_count,
    }))
}
