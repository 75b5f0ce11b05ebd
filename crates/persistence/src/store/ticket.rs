//! Tickets: single-use stand-ins for a token, each for one URL.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, TransactionTrait};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::ticket::{ActiveModel, Column, Entity};
use crate::{OrganizationId, Store, StoreError};

/// A single-use stand-in for a token. Its secret is not part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Its id.
    pub id: Uuid,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub secret_hash: String,
    /// The one URL that it opens: path and query.
    pub url: String,
    /// Who it stands for, as whoever made it wrote it down.
    pub caller: serde_json::Value,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

impl Store {
    /// Keeps a new ticket, and removes those of the organisation that have ended.
    pub async fn ticket_create(
        &self,
        organization: OrganizationId,
        ticket: &Ticket,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            organization_id: Set(organization.0),
            id: Set(ticket.id),
            secret_hash: Set(ticket.secret_hash.clone()),
            url: Set(ticket.url.clone()),
            caller: Set(ticket.caller.clone()),
            expires_at: Set(ticket.expires_at),
            used_at: Set(None),
        };
        let transaction = self.writer.begin().await?;
        Entity::delete_many()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::ExpiresAt.lt(now))
            .exec(&transaction)
            .await?;
        Entity::insert(row).exec_without_returning(&transaction).await?;
        Ok(transaction.commit().await?)
    }

    /// Uses up the ticket whose secret has this hash, if it is for this URL and still good: once, whoever else tries.
    /// A ticket can't name its organisation beforehand.
    pub async fn ticket_use(
        &self,
        secret_hash: &str,
        url: &str,
        now: OffsetDateTime,
    ) -> Result<Option<(OrganizationId, Ticket)>, StoreError> {
        let used = Entity::update_many()
            .set(ActiveModel {
                used_at: Set(Some(now)),
                ..Default::default()
            })
            .filter(Column::SecretHash.eq(secret_hash))
            .filter(Column::Url.eq(url))
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .exec(&self.writer)
            .await?;
        if used.rows_affected != 1 {
            return Ok(None);
        }
        let model = Entity::find()
            .filter(Column::SecretHash.eq(secret_hash))
            .one(&self.writer)
            .await?;
        Ok(model.map(|model| {
            let ticket = Ticket {
                id: model.id,
                secret_hash: model.secret_hash,
                url: model.url,
                caller: model.caller,
                expires_at: model.expires_at,
            };
            (OrganizationId(model.organization_id), ticket)
        }))
    }
}
