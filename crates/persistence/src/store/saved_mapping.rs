//! Mappings of columns that people made: a table with the same headers is known the next time.

use std::ops::RangeInclusive;

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Set,
    TransactionTrait,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::saved_mapping::{ActiveModel, Column, Entity, Model};
use crate::store::audit::{self, AuditEvent};
use crate::{OrganizationId, Store, StoreError};

/// Mappings that may be like a table's, for all we compare.
const MAX_LIKE: u64 = 200;

/// A saved mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMapping {
    /// Its id.
    pub id: Uuid,
    /// What a person calls it; empty where nobody gave it a name.
    pub name: String,
    /// The fingerprint of the set of headers.
    pub fingerprint: u128,
    /// How many headers the set has; `None` in mappings of before that was kept.
    pub header_count: Option<i64>,
    /// The type that the person gave the table.
    pub table_type: String,
    /// The headers, from the left.
    pub headers: Vec<String>,
    /// Per header what becomes of the column.
    pub mapping: serde_json::Value,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
}

impl TryFrom<Model> for SavedMapping {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let damaged = |_| StoreError::Damaged { what: "saved mapping" };
        Ok(Self {
            id: model.id,
            name: model.name,
            fingerprint: model.header_hash.as_u128(),
            header_count: model.header_count,
            table_type: model.table_type,
            headers: serde_json::from_value(model.headers).map_err(damaged)?,
            mapping: model.mapping,
            created_by: model.created_by,
            created_at: model.created_at,
            updated_at: model.updated_at,
        })
    }
}

impl Store {
    /// The mappings of tables with so many headers, at most 200: first those of this very set of headers, then the
    /// one that changed last.
    pub async fn saved_mapping_like(
        &self,
        organization: OrganizationId,
        fingerprint: u128,
        header_count: RangeInclusive<usize>,
    ) -> Result<Vec<SavedMapping>, StoreError> {
        let (least, most) = header_count.into_inner();
        let count = Condition::any()
            .add(Column::HeaderCount.is_null())
            .add(Column::HeaderCount.between(least as i64, most as i64));
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(count)
            .order_by(Column::HeaderHash.eq(Uuid::from_u128(fingerprint)), Order::Desc)
            .order_by_desc(Column::UpdatedAt)
            .order_by_desc(Column::Id)
            .limit(MAX_LIKE)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(SavedMapping::try_from).collect()
    }

    /// A page of mappings, the newest first, from below this id on.
    pub async fn saved_mapping_list(
        &self,
        organization: OrganizationId,
        below: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<SavedMapping>, StoreError> {
        let mut query = Entity::find().filter(Column::OrganizationId.eq(organization.0));
        if let Some(below) = below {
            query = query.filter(Column::Id.lt(below));
        }
        let rows = query.order_by_desc(Column::Id).limit(limit).all(&self.reader).await?;
        rows.into_iter().map(SavedMapping::try_from).collect()
    }

    /// The mapping with this id.
    pub async fn saved_mapping_get(&self, organization: OrganizationId, id: Uuid) -> Result<SavedMapping, StoreError> {
        let found = Entity::find_by_id((organization.0, id)).one(&self.reader).await?;
        found.ok_or_else(|| unknown(id))?.try_into()
    }

    /// Changes a mapping, with the event that tells of it. `seen`: when the one that was read had last changed.
    pub async fn saved_mapping_change(
        &self,
        organization: OrganizationId,
        saved: &SavedMapping,
        seen: OffsetDateTime,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        let changed = Entity::update_many()
            .set(row_of(organization, saved))
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Id.eq(saved.id))
            .filter(Column::UpdatedAt.eq(seen))
            .exec(&transaction)
            .await?;
        if changed.rows_affected == 0 {
            return Err(StoreError::Outdated);
        }
        audit::insert(&transaction, organization, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }

    /// Removes a mapping, with the event that tells of it.
    pub async fn saved_mapping_delete(
        &self,
        organization: OrganizationId,
        id: Uuid,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        let removed = Entity::delete_by_id((organization.0, id)).exec(&transaction).await?;
        if removed.rows_affected == 0 {
            return Err(unknown(id));
        }
        audit::insert(&transaction, organization, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }
}

fn unknown(id: Uuid) -> StoreError {
    StoreError::NotFound {
        entity: "saved mapping",
        id: id.to_string(),
    }
}

fn row_of(organization: OrganizationId, saved: &SavedMapping) -> ActiveModel {
    ActiveModel {
        organization_id: Set(organization.0),
        id: Set(saved.id),
        name: Set(saved.name.clone()),
        header_hash: Set(Uuid::from_u128(saved.fingerprint)),
        header_count: Set(saved.header_count),
        table_type: Set(saved.table_type.clone()),
        headers: Set(serde_json::Value::from(saved.headers.clone())),
        mapping: Set(saved.mapping.clone()),
        created_by: Set(saved.created_by.clone()),
        created_at: Set(saved.created_at),
        updated_at: Set(saved.updated_at),
    }
}

/// Keeps mappings: new ones, and what others have become, which keep their name where none is given. Others of the same set of
/// headers give way.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    mappings: &[SavedMapping],
) -> Result<(), StoreError> {
    for saved in mappings {
        Entity::delete_many()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::HeaderHash.eq(Uuid::from_u128(saved.fingerprint)))
            .filter(Column::Id.ne(saved.id))
            .exec(transaction)
            .await?;
        let name = (!saved.name.is_empty()).then_some(Column::Name);
        let others = [
            Column::HeaderHash,
            Column::HeaderCount,
            Column::TableType,
            Column::Headers,
            Column::Mapping,
            Column::UpdatedAt,
        ];
        let known = OnConflict::columns([Column::OrganizationId, Column::Id])
            .update_columns(name.into_iter().chain(others))
            .to_owned();
        Entity::insert(row_of(organization, saved))
            .on_conflict(known)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}
