//! The audit log: who did what, when, from where. Events are written with what they tell of, and never changed.
//!
//! Later a sealer gives each event its place in the organisation's chain, see [`audit_chain`](super::audit_chain).

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::audit_event::{ActiveModel, Column, Entity, Model};
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
            occurred_at: in_microseconds(OffsetDateTime::now_utc()),
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

/// The moment as every database keeps it.
fn in_microseconds(moment: OffsetDateTime) -> OffsetDateTime {
    moment.replace_nanosecond(moment.microsecond() * 1000).unwrap_or(moment)
}

/// An event as it is kept, column by column: a chain that is checked must not take one for another.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAuditEvent {
    /// Its id.
    pub id: Uuid,
    /// When it was done.
    pub occurred_at: OffsetDateTime,
    /// Who did it.
    pub actor: Actor,
    /// What was done.
    pub action: String,
    /// The type of what it was done to.
    pub subject_type: Option<String>,
    /// The id of what it was done to.
    pub subject_id: Option<String>,
    /// The run that it belongs to.
    pub run_id: Option<Uuid>,
    /// More about it.
    pub detail: serde_json::Value,
    /// Its place in the chain, from 1; `None` until it is sealed.
    pub seq: Option<i64>,
    /// Its link in the chain, in hexadecimal.
    pub mac: Option<String>,
}

impl From<Model> for StoredAuditEvent {
    fn from(model: Model) -> Self {
        Self {
            id: model.id,
            occurred_at: model.occurred_at,
            actor: Actor {
                name: model.actor,
                role: model.role,
                ip: model.ip,
                request_id: model.request_id,
            },
            action: model.action,
            subject_type: model.subject_type,
            subject_id: model.subject_id,
            run_id: model.run_id,
            detail: model.detail,
            seq: model.seq,
            mac: model.mac,
        }
    }
}

/// Which events are asked for. What is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// What was done: `import_run.started`.
    pub action: Option<String>,
    /// Who did it: `cli`.
    pub actor: Option<String>,
    /// The run that it belongs to.
    pub run_id: Option<Uuid>,
    /// Not before this moment.
    pub since: Option<OffsetDateTime>,
    /// Before this moment.
    pub until: Option<OffsetDateTime>,
}

/// In which order events are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditOrder {
    /// As they happened.
    OldestFirst,
    /// The last one first.
    NewestFirst,
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

    /// Events by their ids, which grow with time, behind the one with this id.
    pub async fn audit_list(
        &self,
        organization: OrganizationId,
        filter: &AuditFilter,
        order: AuditOrder,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<StoredAuditEvent>, StoreError> {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization.0));
        if let Some(action) = &filter.action {
            query = query.filter(Column::Action.eq(action));
        }
        if let Some(actor) = &filter.actor {
            query = query.filter(Column::Actor.eq(actor));
        }
        if let Some(run_id) = filter.run_id {
            query = query.filter(Column::RunId.eq(run_id));
        }
        if let Some(since) = filter.since {
            query = query.filter(Column::OccurredAt.gte(since));
        }
        if let Some(until) = filter.until {
            query = query.filter(Column::OccurredAt.lt(until));
        }
        let order = match (order, after) {
            (AuditOrder::OldestFirst, after) => {
                query = query.filter(Column::Id.gt(after.unwrap_or(Uuid::nil())));
                Order::Asc
            }
            (AuditOrder::NewestFirst, Some(after)) => {
                query = query.filter(Column::Id.lt(after));
                Order::Desc
            }
            (AuditOrder::NewestFirst, None) => Order::Desc,
        };
        let rows = query.order_by(Column::Id, order).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(StoredAuditEvent::from).collect())
    }
}
