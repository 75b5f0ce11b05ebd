//! Leases: who may work on a run, and the token that fences off whoever lost it.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    Set, Statement,
};
use time::{Duration, OffsetDateTime};
use torqueflow_model::RunStatus;
use uuid::Uuid;

use crate::connect::Backend;
use crate::entity::import_run;
use crate::entity::work_lease::{ActiveModel, Column, Entity};
use crate::{OrganizationId, Store, StoreError};

/// The right to work on a run or job. Each batch commits only while its token still holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What is leased.
    pub id: Uuid,
    /// Changes hands with the lease.
    pub token: Uuid,
    /// How long it holds after each renewal.
    pub ttl: Duration,
    /// How many have held it since anything was last committed under it, this one included.
    pub attempts: i64,
}

impl Lease {
    /// Makes sure that it still holds, and keeps it from changing hands until the transaction has ended.
    pub(crate) async fn lock(&self, transaction: &DatabaseTransaction) -> Result<(), StoreError> {
        let locked = Entity::update_many()
            .col_expr(Column::Token, Expr::value(self.token))
            .filter(Column::Id.eq(self.id))
            .filter(Column::Token.eq(self.token))
            .exec(transaction)
            .await?;
        Self::check(locked.rows_affected)
    }

    /// What it means that a statement under [`holds`](Self::holds) touched so many rows.
    pub(crate) fn check(rows_affected: u64) -> Result<(), StoreError> {
        if rows_affected == 1 {
            Ok(())
        } else {
            Err(StoreError::LeaseLost)
        }
    }
}

/// Why a lease was not given.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else holds it.
    #[error("`{owner}` works on it")]
    Held {
        /// Who.
        owner: String,
        /// Until when, unless it is renewed.
        expires_at: OffsetDateTime,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Takes the lease on a run or job, if nobody holds it, its time is over, or `is_dead` says that its owner is no more.
    pub async fn lease_acquire(
        &self,
        organization: OrganizationId,
        id: Uuid,
        owner: &str,
        ttl: Duration,
        is_dead: fn(&str) -> bool,
    ) -> Result<Lease, LeaseError> {
        let now = self.now().await?;
        let token = Uuid::now_v7();
        let fresh = ActiveModel {
            id: Set(id),
            organization_id: Set(organization.0),
            kind: Set("run".to_owned()),
            owner: Set(owner.to_owned()),
            token: Set(token),
            expires_at: Set(now + ttl),
            attempts: Set(1),
        };
        let inserted = Entity::insert(fresh)
            .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
            .exec_without_returning(&self.writer)
            .await
            .map_err(StoreError::from)?;
        if inserted == 1 {
            return Ok(Lease {
                id,
                token,
                ttl,
                attempts: 1,
            });
        }
        let held = Entity::find_by_id(id)
            .one(&self.writer)
            .await
            .map_err(StoreError::from)?;
        let Some(held) = held else {
            // Its holder has given it back just now.
            return Box::pin(self.lease_acquire(organization, id, owner, ttl, is_dead)).await;
        };
        if held.expires_at > now && !is_dead(&held.owner) {
            return Err(LeaseError::Held {
                owner: held.owner,
                expires_at: held.expires_at,
            });
        }
        let claim = Entity::update_many()
            .col_expr(Column::Owner, Expr::value(owner))
            .col_expr(Column::Token, Expr::value(token))
            .col_expr(Column::ExpiresAt, Expr::value(now + ttl))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .filter(Column::Id.eq(id))
            .filter(Column::Token.eq(held.token))
            .exec(&self.writer)
            .await
            .map_err(StoreError::from)?;
        if claim.rows_affected == 1 {
            Ok(Lease {
                id,
                token,
                ttl,
                attempts: held.attempts + 1,
            })
        } else {
            Err(LeaseError::Held {
                owner: held.owner,
                expires_at: held.expires_at,
            })
        }
    }

    /// Takes the lease over from whoever holds it, for the moment that a person's command takes. Who held it finds it lost
    /// with its next commit, and has written nothing half.
    pub async fn lease_interrupt(
        &self,
        organization: OrganizationId,
        id: Uuid,
        owner: &str,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let now = self.now().await?;
        let token = Uuid::now_v7();
        let claim = ActiveModel {
            id: Set(id),
            organization_id: Set(organization.0),
            kind: Set("run".to_owned()),
            owner: Set(owner.to_owned()),
            token: Set(token),
            expires_at: Set(now + ttl),
            attempts: Set(1),
        };
        let columns = [Column::Owner, Column::Token, Column::ExpiresAt, Column::Attempts];
        Entity::insert(claim)
            .on_conflict(OnConflict::column(Column::Id).update_columns(columns).to_owned())
            .exec_without_returning(&self.writer)
            .await?;
        Ok(Lease {
            id,
            token,
            ttl,
            attempts: 1,
        })
    }

    /// Runs of all organisations that wait for a worker: in one of these states, made to be worked on in the background,
    /// and held by nobody. The oldest come first. This is the work queue.
    pub async fn lease_claimable(
        &self,
        statuses: &[RunStatus],
        limit: u64,
        is_dead: fn(&str) -> bool,
    ) -> Result<Vec<(OrganizationId, Uuid)>, StoreError> {
        use import_run::Column as RunColumn;
        let now = self.now().await?;
        let runs: Vec<(Uuid, Uuid, Option<String>, Option<OffsetDateTime>)> = import_run::Entity::find()
            .select_only()
            .columns([RunColumn::OrganizationId, RunColumn::Id])
            .column_as(Column::Owner.into_expr(), "owner")
            .column_as(Column::ExpiresAt.into_expr(), "expires_at")
            .join(
                JoinType::LeftJoin,
                import_run::Entity::belongs_to(Entity)
                    .from(RunColumn::Id)
                    .to(Column::Id)
                    .into(),
            )
            .filter(RunColumn::Status.is_in(statuses.iter().map(|status| status.name())))
            .filter(RunColumn::Background.eq(true))
            .order_by_asc(RunColumn::Id)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(runs
            .into_iter()
            .filter(|(_, _, owner, expires_at)| {
                expires_at.is_none_or(|moment| moment <= now) || owner.as_deref().is_some_and(is_dead)
            })
            .map(|(organization, id, ..)| (OrganizationId(organization), id))
            .collect())
    }

    /// Prolongs a lease outside of a batch.
    pub async fn lease_renew(&self, lease: &Lease) -> Result<(), StoreError> {
        let now = self.now().await?;
        let renewed = Entity::update_many()
            .col_expr(Column::ExpiresAt, Expr::value(now + lease.ttl))
            .filter(Column::Id.eq(lease.id))
            .filter(Column::Token.eq(lease.token))
            .exec(&self.writer)
            .await?;
        Lease::check(renewed.rows_affected)
    }

    /// Gives a lease back.
    pub async fn lease_release(&self, lease: &Lease) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(Column::Id.eq(lease.id))
            .filter(Column::Token.eq(lease.token))
            .exec(&self.writer)
            .await?;
        Ok(())
    }

    /// The database's clock, which decides leases; with SQLite there is no other machine, so it is ours.
    async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        if self.backend() == Backend::Sqlite {
            return Ok(OffsetDateTime::now_utc());
        }
        let row = self
            .writer
            .query_one_raw(Statement::from_string(
                self.writer.get_database_backend(),
                "SELECT now() AS now",
            ))
            .await?;
        match row {
            Some(row) => Ok(row.try_get("", "now")?),
            None => Err(StoreError::Damaged { what: "clock" }),
        }
    }
}
