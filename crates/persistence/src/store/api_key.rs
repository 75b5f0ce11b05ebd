//! API keys: kept as the hash of their secret.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set, TransactionTrait};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::api_key::{ActiveModel, Column, Entity, Model};
use crate::store::audit::{self, AuditEvent};
use crate::store::idempotency::{self, Answer};
use crate::{OrganizationId, Store, StoreError};

/// A key that a program comes in with. Its secret is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// The beginning of the secret, by which people recognise it.
    pub prefix: String,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub secret_hash: String,
    /// The role that it acts in.
    pub role: String,
    /// The capabilities that it is limited to; `None`: all of its role.
    pub capabilities: Option<Vec<String>>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last used, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
    /// When it ends by itself.
    pub expires_at: Option<OffsetDateTime>,
    /// When somebody ended it.
    pub revoked_at: Option<OffsetDateTime>,
}

impl ApiKey {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        let capabilities = model.capabilities.map(serde_json::from_value).transpose();
        Ok(Self {
            id: model.id,
            name: model.name,
            prefix: model.prefix,
            secret_hash: model.secret_hash,
            role: model.role,
            capabilities: capabilities.map_err(|_| StoreError::Damaged { what: "API key" })?,
            created_by: model.created_by,
            created_at: model.created_at,
            last_used_at: model.last_used_at,
            expires_at: model.expires_at,
            revoked_at: model.revoked_at,
        })
    }
}

impl Store {
    /// Keeps a new key, the answer that told of it, and the events.
    pub async fn api_key_create(
        &self,
        organization: OrganizationId,
        key: &ApiKey,
        answer: Option<&Answer>,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            organization_id: Set(organization.0),
            id: Set(key.id),
            name: Set(key.name.clone()),
            prefix: Set(key.prefix.clone()),
            secret_hash: Set(key.secret_hash.clone()),
            role: Set(key.role.clone()),
            capabilities: Set(key.capabilities.clone().map(Into::into)),
            created_by: Set(key.created_by.clone()),
            created_at: Set(key.created_at),
            last_used_at: Set(key.last_used_at),
            expires_at: Set(key.expires_at),
            revoked_at: Set(key.revoked_at),
        };
        let transaction = self.writer.begin().await?;
        Entity::insert(row).exec_without_returning(&transaction).await?;
        idempotency::complete(&transaction, organization, answer).await?;
        audit::insert(&transaction, organization, events).await?;
        Ok(transaction.commit().await?)
    }

    /// The keys of an organisation, revoked ones too, the newest first, from below this id on.
    pub async fn api_key_list(
        &self,
        organization: OrganizationId,
        below: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<ApiKey>, StoreError> {
        let mut find = Entity::find().filter(Column::OrganizationId.eq(organization.0));
        if let Some(below) = below {
            find = find.filter(Column::Id.lt(below));
        }
        let models = find.order_by_desc(Column::Id).limit(limit).all(&self.reader).await?;
        models.into_iter().map(ApiKey::from_model).collect()
    }

    /// The key whose secret has this hash, and whose it is. Signing in can't name an organisation yet.
    pub async fn api_key_find(&self, secret_hash: &str) -> Result<Option<(OrganizationId, ApiKey)>, StoreError> {
        let model = Entity::find()
            .filter(Column::SecretHash.eq(secret_hash))
            .one(&self.reader)
            .await?;
        model
            .map(|model| Ok((OrganizationId(model.organization_id), ApiKey::from_model(model)?)))
            .transpose()
    }

    /// Ends a key for good. Ending it twice changes nothing, and writes no event.
    pub async fn api_key_revoke(
        &self,
        organization: OrganizationId,
        id: Uuid,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let transaction = self.writer.begin().await?;
        let key = Entity::find_by_id((organization.0, id)).one(&transaction).await?;
        let key = key.ok_or_else(|| StoreError::NotFound {
            entity: "API key",
            id: id.to_string(),
        })?;
        if key.revoked_at.is_none() {
            let revoked = ActiveModel {
                organization_id: Set(organization.0),
                id: Set(id),
                revoked_at: Set(Some(event.occurred_at)),
                ..Default::default()
            };
            Entity::update(revoked).exec(&transaction).await?;
            audit::insert(&transaction, organization, std::slice::from_ref(event)).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Notes that a key was used.
    pub async fn api_key_touch(
        &self,
        organization: OrganizationId,
        id: Uuid,
        moment: OffsetDateTime,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .set(ActiveModel {
                last_used_at: Set(Some(moment)),
                ..Default::default()
            })
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::Id.eq(id))
            .exec(&self.writer)
            .await?;
        Ok(())
    }
}
