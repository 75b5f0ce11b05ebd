//! What owners gave to roles beyond what they have anyway.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set, TransactionTrait};

use crate::entity::role_grant::{ActiveModel, Column, Entity};
use crate::store::audit::{self, AuditEvent};
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// The capabilities that a role was given.
    pub async fn role_grant_list(&self, organization: OrganizationId, role: &str) -> Result<Vec<String>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Role.eq(role))
            .order_by_asc(Column::Capability)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(|row| row.capability).collect())
    }

    /// The capabilities that roles were given, by role.
    pub async fn role_grant_all(
        &self,
        organization: OrganizationId,
    ) -> Result<BTreeMap<String, Vec<String>>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .order_by_asc(Column::Capability)
            .all(&self.reader)
            .await?;
        let mut grants: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows {
            grants.entry(row.role).or_default().push(row.capability);
        }
        Ok(grants)
    }

    /// Gives a role these capabilities beyond its own, and no others.
    pub async fn role_grant_replace(
        &self,
        organization: OrganizationId,
        role: &str,
        capabilities: &[String],
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        Entity::delete_many()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Role.eq(role))
            .exec(&transaction)
            .await?;
        for capability in capabilities {
            let row = ActiveModel {
                organization_id: Set(organization.0),
                role: Set(role.to_owned()),
                capability: Set(capability.clone()),
                granted_by: Set(event.actor.name.clone()),
                created_at: Set(event.occurred_at),
            };
            Entity::insert(row).exec_without_returning(&transaction).await?;
        }
        audit::insert(&transaction, organization, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }
}
