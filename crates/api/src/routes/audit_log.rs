//! Who did what, when, and from where.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_app::audit::{self, AuditEntry, AuditFilter};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{Allowed, ToReadAuditLog};
use crate::extract::{PageRequest, Params};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_audit_log);
}

/// Something that somebody did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "seq": 17,
    "occurred_at": "2026-11-22T09:30:00Z",
    "actor": "user:ada",
    "role": "owner",
    "ip": "192.0.2.7",
    "request_id": "0199c1f2-5b1e-7c3a-9d2e-000000000000",
    "action": "api_key.created",
    "subject_type": "api_key",
    "subject_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d24",
    "run_id": null,
    "detail": { "name": "Nightly sync", "role": "admin" },
    "mac": "5f3a"
})))]
struct AuditEntryView {
    /// Its id.
    id: Uuid,
    /// Its place in the organisation's chain, from 1; null until it is sealed.
    #[schema(required)]
    seq: Option<i64>,
    /// When it was done.
    #[schema(format = DateTime)]
    occurred_at: String,
    /// Who did it: `user:…`, `api_key:…`, `cli` or `worker`.
    actor: String,
    /// In which role.
    #[schema(required)]
    role: Option<String>,
    /// The address that the request came from.
    #[schema(required)]
    ip: Option<String>,
    /// The request.
    #[schema(required)]
    request_id: Option<String>,
    /// What was done: `import_run.started`; new ones may come.
    action: String,
    /// The type of what it was done to.
    #[schema(required)]
    subject_type: Option<String>,
    /// The id of what it was done to.
    #[schema(required)]
    subject_id: Option<String>,
    /// The run that it belongs to.
    #[schema(required)]
    run_id: Option<Uuid>,
    /// More about it, by the action.
    #[schema(value_type = Object)]
    detail: serde_json::Value,
    /// Its link in the chain; null until it is sealed.
    #[schema(required)]
    mac: Option<String>,
}

impl From<AuditEntry> for AuditEntryView {
    fn from(entry: AuditEntry) -> Self {
        let AuditEntry {
            id,
            seq,
            occurred_at,
            actor,
            role,
            ip,
            request_id,
            action,
            subject_type,
            subject_id,
            run_id,
            detail,
            mac,
        } = entry;
        Self {
            id,
            seq,
            occurred_at,
            actor,
            role,
            ip,
            request_id,
            action,
            subject_type,
            subject_id,
            run_id,
            detail,
            mac,
        }
    }
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct AuditLogPage {
    /// What was done, the newest first.
    items: Vec<AuditEntryView>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which entries, and which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AuditLogParams {
    /// Only this action.
    #[param(example = "import_run.completed")]
    action: Option<String>,
    /// Only what this one did.
    #[param(example = "user:ada")]
    actor: Option<String>,
    /// Only what belongs to this run.
    run_id: Option<Uuid>,
    /// Not before this moment.
    #[serde(default, with = "time::serde::rfc3339::option")]
    since: Option<OffsetDateTime>,
    /// Before this moment.
    #[serde(default, with = "time::serde::rfc3339::option")]
    until: Option<OffsetDateTime>,
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the audit log
///
/// Every change of state, decision and security event, the newest first. Entries are never changed.
#[utoipa::path(
    tag = "access",
    params(AuditLogParams),
    responses((status = 200, description = "A page of entries.", body = AuditLogPage)),
    extensions(("x-capability" = json!("settings.audit.read")))
)]
#[get("/audit-log")]
async fn list_audit_log(
    caller: Allowed<ToReadAuditLog>,
    params: Params<AuditLogParams>,
    service: web::Data<Service>,
) -> Result<web::Json<AuditLogPage>, ApiError> {
    let AuditLogParams {
        action,
        actor,
        run_id,
        since,
        until,
        limit,
        cursor,
    } = params.0;
    let page = PageRequest::<Uuid>::parse(limit, cursor.as_deref())?;
    let filter = AuditFilter {
        action,
        actor,
        run_id,
        since,
        until,
    };
    let after = page.after.map(|id| id.to_string());
    let organization = caller.caller.organization;
    let found = audit::list(&service.app, organization, &filter, after.as_deref(), page.fetch()).await?;
    let mut items: Vec<_> = found.items.into_iter().map(AuditEntryView::from).collect();
    let next_cursor = page.cut(&mut items, |entry| entry.id);
    Ok(web::Json(AuditLogPage { items, next_cursor }))
}
