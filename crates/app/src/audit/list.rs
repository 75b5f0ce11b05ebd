//! Reading the audit log.

use serde::Serialize;
use time::format_description::well_known::Rfc3339;
use torqueflow_persistence::{AuditFilter, AuditOrder, OrganizationId, StoredAuditEvent};
use uuid::Uuid;

use crate::error::AppError;
use crate::{App, boxed};

/// Entries of a page at most.
const MAX_PAGE: u64 = 1000;

/// An entry of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditEntry {
    /// Its id.
    pub id: Uuid,
    /// Its place in the chain, from 1; `None` until it is sealed.
    pub seq: Option<i64>,
    /// When it was done, RFC 3339.
    pub occurred_at: String,
    /// Who did it.
    pub actor: String,
    /// In which role.
    pub role: Option<String>,
    /// The address that the request came from.
    pub ip: Option<String>,
    /// The request.
    pub request_id: Option<String>,
    /// What was done: `import_run.started`.
    pub action: String,
    /// The type of what it was done to.
    pub subject_type: Option<String>,
    /// The id of what it was done to.
    pub subject_id: Option<String>,
    /// The run that it belongs to.
    pub run_id: Option<Uuid>,
    /// More about it.
    pub detail: serde_json::Value,
    /// Its link in the chain.
    pub mac: Option<String>,
}

impl From<StoredAuditEvent> for AuditEntry {
    fn from(event: StoredAuditEvent) -> Self {
        Self {
            id: event.id,
            seq: event.seq,
            occurred_at: event.occurred_at.format(&Rfc3339).unwrap_or_default(),
            actor: event.actor.name,
            role: event.actor.role,
            ip: event.actor.ip,
            request_id: event.actor.request_id,
            action: event.action,
            subject_type: event.subject_type,
            subject_id: event.subject_id,
            run_id: event.run_id,
            detail: event.detail,
            mac: event.mac,
        }
    }
}

/// Some entries of the audit log.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditPage {
    /// The entries, the newest first.
    pub items: Vec<AuditEntry>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

/// The entries that the filter asks for, the newest first: as many as `limit`, at most 1,000, behind the cursor of the
/// page before.
#[boxed]
pub async fn list(
    app: &App,
    organization: OrganizationId,
    filter: &AuditFilter,
    cursor: Option<&str>,
    limit: u64,
) -> Result<AuditPage, AppError> {
    let after = cursor
        .map(Uuid::parse_str)
        .transpose()
        .map_err(|_| AppError::InvalidCursor)?;
    let limit = limit.clamp(1, MAX_PAGE);
    let mut events = app
        .store
        .audit_list(organization, filter, AuditOrder::NewestFirst, after, limit + 1)
        .await?;
    let has_more = events.len() as u64 > limit;
    events.truncate(limit as usize);
    let next_cursor = events.last().filter(|_| has_more).map(|last| last.id.to_string());
    Ok(AuditPage {
        items: events.into_iter().map(AuditEntry::from).collect(),
        next_cursor,
    })
}
