//! The audit log: who did what, when, from where. Events are written with what they tell of, and never changed.

use sea_orm::{ConnectionTrait, EntityTrait, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::audit_event::{ActiveModel, Entity};
use crate::{OrganizationId, Store, StoreError};

/// Who did something, as the audit log names it.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Actor {
    /// `user:…`, `api_key:…`, `cli` or `worker`.
    pub name: String,
    /// The role in which it was done.
    pub role: Option<String>,
    /// The address that the request came from.
    pub ip: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEvent {
    /// Its id. Ids grow with time.
    pub id: Uuid,
    /// When it was done.
    pub occurred_at: OffsetDateTime,
    /// Who did it.
    pub actor: Actor,
    /// What was done: `import_run.started`.
    pub action: String,
    /// What it was done to: type and id.
    pub subject: Option<(String, String)>,
    /// The run that it belongs to.
    pub run_id: Option<Uuid>,
    /// More about it. Never rows of a file.
    pub detail: serde_json::Value,
}

impl AuditEvent {
    /// Something that is done now.
    pub fn now(actor: &Actor, action: &str) -> Self {
        Self {
            id: Uuid::now_v7(),
            occurred_at: OffsetDateTime::now_utc(),
            actor: actor.clone(),
            action: action.to_owned(),
            subject: None,
            run_id: None,
            detail: serde_json::json!({}),
        }
    }

    /// The same, done to this.
    #[must_use]
    pub fn on(mut self, subject_type: &str, id: impl Into<String>) -> Self {
        self.subject = Some((subject_type.to_owned(), id.into()));
        self
    }

    /// The same, as part of this run.
    #[must_use]
    pub fn in_run(mut self, run_id: Uuid) -> Self {
        self.run_id = Some(run_id);
        self
    }

    /// The same, with more about it.
    #[must_use]
    pub fn with(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }

    fn to_row(&self, organization: OrganizationId) -> ActiveModel {
        let (subject_type, subject_id) = self.subject.clone().unzip();
        ActiveModel {
            organization_id: Set(organization.0),
            id: Set(self.id),
            occurred_at: Set(self.occurred_at),
            actor: Set(self.actor.name.clone()),
            role: Set(self.actor.role.clone()),
            ip: Set(self.actor.ip.clone()),
            request_id: Set(self.actor.request_id.clone()),
            action: Set(self.action.clone()),
            subject_type: Set(subject_type),
            subject_id: Set(subject_id),
            run_id: Set(self.run_id),
            detail: Set(self.detail.clone()),
            seq: Set(None),
            mac: Set(None),
        }
    }
}

/// Writes events in the transaction of what they tell of.
pub(crate) async fn insert(
    transaction: &impl ConnectionTrait,
    organization: OrganizationId,
    events: &[AuditEvent],
) -> Result<(), StoreError> {
    for event in events {
        Entity::insert(event.to_row(organization))
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

impl Store {
    /// Keeps an event that goes with no other change: a refused password, a denied request.
    pub async fn audit_append(&self, organization: OrganizationId, event: &AuditEvent) -> Result<(), StoreError> {
        insert(&self.writer, organization, std::slice::from_ref(event)).await
    }
}
