//! Mappings of columns that people saved: a table with the same headers is known the next time.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::saved_mapping::{ActiveModel, Column, Entity};
use crate::{OrganizationId, Store, StoreError};

/// A saved mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedMapping {
    /// What a person calls it.
    pub name: String,
    /// The fingerprint of the headers.
    pub header_hash: u128,
    /// The type that the person gave the table.
    pub table_type: String,
    /// The headers, from the left.
    pub headers: Vec<String>,
    /// Per header the field, or `None` where the column is left out.
    pub mapping: BTreeMap<String, Option<String>>,
    /// Who saved it.
    pub created_by: String,
}

impl Store {
    /// The newest mapping of a table with these headers.
    pub async fn saved_mapping_find(
        &self,
        organization: OrganizationId,
        header_hash: u128,
    ) -> Result<Option<SavedMapping>, StoreError> {
        let found = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::HeaderHash.eq(Uuid::from_u128(header_hash)))
            .order_by_desc(Column::Id)
            .one(&self.reader)
            .await?;
        let damaged = |_| StoreError::Damaged { what: "saved mapping" };
        found
            .map(|model| {
                Ok(SavedMapping {
                    name: model.name,
                    header_hash,
                    table_type: model.table_type,
                    headers: serde_json::from_value(model.headers).map_err(damaged)?,
                    mapping: serde_json::from_value(model.mapping).map_err(damaged)?,
                    created_by: model.created_by,
                })
            })
            .transpose()
    }
}

/// Keeps mappings. Older ones of the same headers give way.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    mappings: &[SavedMapping],
) -> Result<(), StoreError> {
    let now = OffsetDateTime::now_utc();
    for saved in mappings {
        Entity::insert(ActiveModel {
            organization_id: Set(organization.0),
            id: Set(Uuid::now_v7()),
            name: Set(saved.name.clone()),
            header_hash: Set(Uuid::from_u128(saved.header_hash)),
            table_type: Set(saved.table_type.clone()),
            headers: Set(serde_json::Value::from(saved.headers.clone())),
            mapping: Set(serde_json::to_value(&saved.mapping).unwrap_or_default()),
            created_by: Set(saved.created_by.clone()),
            created_at: Set(now),
            updated_at: Set(now),
        })
        .exec_without_returning(transaction)
        .await?;
    }
    Ok(())
}
