//! What customers of the store have in common, and which pairs people said are two.

use std::collections::HashSet;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::duplicate_dismissal;
use crate::sql::query;
use crate::store::audit::{self, AuditEvent};
use crate::store::padded_chunks;
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// The ids of customers that are not hidden, behind this one, in order.
    pub async fn customer_ids_after(
        &self,
        organization: OrganizationId,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Uuid>, StoreError> {
        let sql = "SELECT id FROM customer WHERE organization_id = ? AND id > ? AND merged_into_id IS NULL \
                   ORDER BY id LIMIT ?";
        let values = [
            organization.0.into(),
            after.unwrap_or_default().into(),
            (limit as i64).into(),
        ];
        let rows = query(&self.reader, sql, values).await?;
        rows.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
    }

    /// Which of these pairs people said are two, by the id of the pair.
    pub async fn dismissal_find(
        &self,
        organization: OrganizationId,
        ids: &[Uuid],
    ) -> Result<HashSet<Uuid>, StoreError> {
        use duplicate_dismissal::{Column, Entity};
        let mut found = HashSet::new();
        for chunk in padded_chunks(ids) {
            let rows: Vec<Uuid> = Entity::find()
                .select_only()
                .column(Column::Id)
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::Id.is_in(chunk))
                .order_by_asc(Column::Id)
                .into_tuple()
                .all(&self.reader)
                .await?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Keeps that a pair of customers are two, and tells of it. Saying it again changes nothing.
    pub async fn dismissal_create(
        &self,
        organization: OrganizationId,
        id: Uuid,
        pair: (Uuid, Uuid),
        created_by: &str,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let row = duplicate_dismissal::ActiveModel {
            organization_id: Set(organization.0),
            id: Set(id),
            first_id: Set(pair.0),
            second_id: Set(pair.1),
            created_by: Set(created_by.to_owned()),
            created_at: Set(OffsetDateTime::now_utc()),
        };
        let transaction = self.begin_writing().await?;
        let created = duplicate_dismissal::Entity::insert(row)
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .exec_without_returning(&transaction)
            .await?;
        if created == 1 {
            audit::insert(&transaction, organization, events).await?;
        }
        Ok(transaction.commit().await?)
    }
}
