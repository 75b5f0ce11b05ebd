//! API keys.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_app::ApiKey;
use torqueflow_app::access::{self, Capability, NewApiKey, NewlyMade, Role};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, SchemaType, Type};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{Allowed, ToManageApiKeys};
use crate::extract::{Body, PageRequest, Params};
use crate::idempotency::{IdempotencyKey, Outcome};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_api_keys)
        .service(create_api_key)
        .service(revoke_api_key);
}

/// An API key. Its secret is told once, when it is made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "name": "Nightly sync",
    "prefix": "tfk_Zp3kQ8xL",
    "role": "admin",
    "capabilities": ["settings.import.manage"],
    "created_by": "user:ada",
    "created_at": "2026-11-22T09:30:00Z",
    "last_used_at": null,
    "expires_at": "2027-11-22T00:00:00Z",
    "revoked_at": null
})))]
struct ApiKeyView {
    /// Its id.
    id: Uuid,
    /// What people call it.
    name: String,
    /// The beginning of the secret, by which people recognise it.
    prefix: String,
    /// The role that it acts in.
    role: String,
    /// The capabilities that it is limited to; null: all of its role.
    #[schema(required)]
    capabilities: Option<Vec<String>>,
    /// Who made it.
    created_by: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    last_used_at: Option<OffsetDateTime>,
    /// When it ends by itself.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    expires_at: Option<OffsetDateTime>,
    /// When somebody ended it.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(required)]
    revoked_at: Option<OffsetDateTime>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey {
            id,
            name,
            prefix,
            secret_hash: _,
            role,
            capabilities,
            created_by,
            created_at,
            last_used_at,
            expires_at,
            revoked_at,
        } = key;
        Self {
            id,
            name,
            prefix,
            role,
            capabilities,
            created_by,
            created_at,
            last_used_at,
            expires_at,
            revoked_at,
        }
    }
}

/// An API key that was just made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "secret": "tfk_Zp3kQ8xLw0V5m1nT7yRb2cJd9fHg4sKu6aEi8oPqXz",
    "api_key": {
        "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
        "name": "Nightly sync",
        "prefix": "tfk_Zp3kQ8xL",
        "role": "admin",
        "capabilities": null,
        "created_by": "user:ada",
        "created_at": "2026-11-22T09:30:00Z",
        "last_used_at": null,
        "expires_at": null,
        "revoked_at": null
    }
})))]
struct ApiKeyCreated {
    /// The key itself. It is told once and kept nowhere: a repeated request is told null.
    #[schema(required)]
    secret: Option<String>,
    /// What is known of it.
    api_key: ApiKeyView,
}

/// A page of API keys.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct ApiKeyPage {
    /// The keys, the newest first.
    items: Vec<ApiKeyView>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A key that is to be made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "Nightly sync",
    "role": "admin",
    "capabilities": ["settings.import.manage"],
    "expires_at": "2027-11-22T00:00:00Z"
})))]
struct ApiKeyRequest {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The role that it acts in: `owner`, `admin`, `manager`, `service_advisor`, `technician`, or one of your own.
    #[schema(value_type = String, pattern = "^[a-z0-9_]{1,50}$")]
    role: Role,
    /// The capabilities that it is limited to; null or left out: all of its role.
    #[serde(default)]
    #[schema(schema_with = capabilities, required = false)]
    capabilities: Option<BTreeSet<Capability>>,
    /// When it ends by itself; null or left out: never.
    #[serde(default, with = "time::serde::rfc3339::option")]
    expires_at: Option<OffsetDateTime>,
}

fn capabilities() -> Array {
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .items(super::roles::one_of(Capability::ALL.iter()))
        .description(Some(
            "The capabilities that it is limited to; null or left out: all of its role.",
        ))
        .build()
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ApiKeyQuery {
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the API keys
///
/// Revoked and expired ones too, the newest first. Secrets are not told.
#[utoipa::path(
    tag = "access",
    params(ApiKeyQuery),
    responses((status = 200, description = "A page of keys.", body = ApiKeyPage)),
    extensions(("x-capability" = json!("settings.api_keys.manage")))
)]
#[get("/api-keys")]
async fn list_api_keys(
    caller: Allowed<ToManageApiKeys>,
    query: Params<ApiKeyQuery>,
    service: web::Data<Service>,
) -> Result<web::Json<ApiKeyPage>, ApiError> {
    let page = PageRequest::<Uuid>::parse(query.0.limit, query.0.cursor.as_deref())?;
    let organization = caller.caller.organization;
    let mut keys = access::api_key_list(&service.app, organization, page.after, page.fetch()).await?;
    let next_cursor = page.cut(&mut keys, |key| key.id);
    let items = keys.into_iter().map(ApiKeyView::from).collect();
    Ok(web::Json(ApiKeyPage { items, next_cursor }))
}

/// Make an API key
///
/// The secret is in the answer and nowhere else. A key can't do more than whoever makes it.
#[utoipa::path(
    tag = "access",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request harmless.", min_length = 1, max_length = 255, pattern = "^[!-~]+$")),
    request_body = ApiKeyRequest,
    responses((
        status = 201,
        description = "The key.",
        body = ApiKeyCreated,
        headers(("Location" = String, description = "The path of the key."))
    )),
    extensions(
        ("x-capability" = json!("settings.api_keys.manage")),
        ("x-problems" = json!(["request_running", "validation_failed", "idempotency_key_reused"]))
    )
)]
#[post("/api-keys")]
async fn create_api_key(
    caller: Allowed<ToManageApiKeys>,
    key: IdempotencyKey,
    request: Body<ApiKeyRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let request = request.0;
    // The secret is told once: what is kept for a repetition is without it.
    let kept = |made: &NewlyMade| (StatusCode::CREATED.as_u16(), to_text(&created(made, None)));
    let outcome = key
        .once(&service, &caller, "create_api_key", &request, &kept, async |once| {
            access::api_key_create(&service.app, &caller, new_key(&request), once).await
        })
        .await?;
    Ok(match outcome {
        Outcome::Replayed(answer) => answer,
        Outcome::Created(made) => HttpResponse::Created()
            .insert_header((LOCATION, format!("/v1/api-keys/{}", made.key.id)))
            .json(created(&made, Some(made.secret.clone()))),
    })
}

fn new_key(request: &ApiKeyRequest) -> NewApiKey {
    let ApiKeyRequest {
        name,
        role,
        capabilities,
        expires_at,
    } = request;
    NewApiKey {
        name: name.trim().to_owned(),
        role: role.clone(),
        capabilities: capabilities.clone(),
        expires_at: *expires_at,
    }
}

fn created(made: &NewlyMade, secret: Option<String>) -> ApiKeyCreated {
    ApiKeyCreated {
        secret,
        api_key: made.key.clone().into(),
    }
}

fn to_text(view: &impl Serialize) -> String {
    serde_json::to_string(view).unwrap_or_default()
}

/// Revoke an API key
///
/// It ends at once and for good. Revoking it again changes nothing.
#[utoipa::path(
    tag = "access",
    params(("api_key_id" = Uuid, Path, description = "The key's id.")),
    responses((status = 204, description = "It is revoked.")),
    extensions(
        ("x-capability" = json!("settings.api_keys.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[delete("/api-keys/{api_key_id}")]
async fn revoke_api_key(
    caller: Allowed<ToManageApiKeys>,
    id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    access::api_key_revoke(&service.app, &caller.caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
