//! The chain of the audit log: which place an event has, and its link. What the links are is not known here.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::bulk::Scalar;
use crate::entity::audit_event::{Column, Entity};
use crate::store::audit::StoredAuditEvent;
use crate::{Backend, OrganizationId, Store, StoreError};

/// The end of a chain: how many entries it has, and the last one's link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// How many entries there are, which is the place of the last one.
    pub count: i64,
    /// The link of the last one, in hexadecimal.
    pub mac: String,
}

/// The place and link that an event gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLink {
    /// The event.
    pub id: Uuid,
    /// Its place.
    pub seq: i64,
    /// Its link.
    pub mac: String,
}

impl Store {
    /// The organisations that have events without a place. It asks across organisations, as the work queue does.
    pub async fn audit_organizations_unsealed(&self) -> Result<Vec<OrganizationId>, StoreError> {
        let ids: Vec<Uuid> = Entity::find()
            .select_only()
            .column(Column::OrganizationId)
            .distinct()
            .filter(Column::Seq.is_null())
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(ids.into_iter().map(OrganizationId).collect())
    }

    /// The end of the chain; `None` while it has no entry.
    pub async fn audit_head(&self, organization: OrganizationId) -> Result<Option<AuditHead>, StoreError> {
        let last: Option<(i64, Option<String>)> = Entity::find()
            .select_only()
            .columns([Column::Seq, Column::Mac])
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Seq.is_not_null())
            .order_by_desc(Column::Seq)
            .into_tuple()
            .one(&self.reader)
            .await?;
        Ok(last.map(|(count, mac)| AuditHead {
            count,
            mac: mac.unwrap_or_default(),
        }))
    }

    /// Events without a place, the oldest first.
    pub async fn audit_list_unsealed(
        &self,
        organization: OrganizationId,
        limit: u64,
    ) -> Result<Vec<StoredAuditEvent>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Seq.is_null())
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(StoredAuditEvent::from).collect())
    }

    /// How many events have no place yet.
    pub async fn audit_count_unsealed(&self, organization: OrganizationId) -> Result<u64, StoreError> {
        Ok(Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Seq.is_null())
            .count(&self.reader)
            .await?)
    }

    /// Events with a place, behind this one, in the order of the chain.
    pub async fn audit_list_sealed(
        &self,
        organization: OrganizationId,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<StoredAuditEvent>, StoreError> {
        let mut query = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Seq.is_not_null());
        if let Some(after) = after {
            query = query.filter(Column::Seq.gt(after));
        }
        let rows = query.order_by_asc(Column::Seq).limit(limit).all(&self.reader).await?;
        Ok(rows.into_iter().map(StoredAuditEvent::from).collect())
    }

    /// Gives events their places behind `head`: all of them, or none and `false` when somebody else was there first.
    ///
    /// The statement changes only what has no place, and only while the chain ends where the caller thinks; two places
    /// of one organisation are never equal.
    pub async fn audit_seal(
        &self,
        organization: OrganizationId,
        head: Option<&AuditHead>,
        links: &[AuditLink],
    ) -> Result<bool, StoreError> {
        if links.is_empty() {
            return Ok(true);
        }
        let values = vec!["(?, ?, ?)"; links.len()].join(", ");
        // `column1` and so on are how both databases call the columns of VALUES. The plus keeps a database from going
        // through all that has no place, once for each value, instead of looking up the ids.
        let sql = format!(
            "UPDATE audit_event SET seq = u.column2, mac = u.column3 FROM (VALUES {values}) AS u \
             WHERE audit_event.organization_id = ? AND audit_event.id = u.column1 AND +audit_event.seq IS NULL \
             AND (SELECT COALESCE(MAX(h.seq), 0) FROM audit_event h WHERE h.organization_id = ?) = ?"
        );
        let mut arguments: Vec<Scalar> = Vec::with_capacity(links.len() * 3 + 3);
        for link in links {
            arguments.extend([link.id.into(), link.seq.into(), link.mac.as_str().into()]);
        }
        arguments.extend([
            organization.0.into(),
            organization.0.into(),
            head.map_or(0, |head| head.count).into(),
        ]);
        let mut transaction = self.begin().await?;
        if self.backend() == Backend::Postgres {
            // Two statements that change the same events in another order would wait for each other.
            let chain = [Scalar::from(organization.0.as_u128() as i64)];
            transaction.execute("SELECT pg_advisory_xact_lock(?)", &chain).await?;
        }
        match transaction.execute(&sql, &arguments).await {
            Ok(touched) if touched == links.len() as u64 => {
                self.commit(transaction).await?;
                Ok(true)
            }
            Ok(_) | Err(StoreError::Refused(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
