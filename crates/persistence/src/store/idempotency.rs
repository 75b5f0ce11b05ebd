//! Answers to creating requests, given again when the request is repeated.
//!
//! A request first reserves its key, in a transaction of its own, so that a repetition sees that it is being answered.
//! The answer is written in the transaction of what the request creates, under the reservation: a request whose
//! reservation was taken over creates nothing.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, Set};
use time::{Duration, OffsetDateTime};

use crate::entity::idempotency_key::{ActiveModel, Column, Entity};
use crate::{OrganizationId, Store, StoreError};

/// What a request may be compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyRequest {
    /// The key that the client chose.
    pub key: String,
    /// The operation: a key counts for one.
    pub operation: String,
    /// A hash of what was asked for.
    pub fingerprint: String,
}

/// The right to answer a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    key: String,
    reserved_at: OffsetDateTime,
}

/// An answer to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The right to give it.
    pub reservation: Reservation,
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: String,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reserved {
    /// Nothing: it may be answered.
    New(Reservation),
    /// It was answered before.
    Answered {
        /// The status of the answer.
        status: u16,
        /// Its body.
        body: String,
    },
    /// It is being answered.
    Running,
    /// The key was used for something else.
    Different,
}

impl Store {
    /// Reserves a key for a request, or says what is known of it.
    ///
    /// A reservation that is older than `patience` belongs to a process that was stopped; it is taken over.
    pub async fn idempotency_reserve(
        &self,
        organization: OrganizationId,
        request: &IdempotencyRequest,
        now: OffsetDateTime,
        patience: Duration,
        lifetime: Duration,
    ) -> Result<Reserved, StoreError> {
        // As precise as both databases keep it.
        let now = now.replace_microsecond(now.microsecond()).unwrap_or(now);
        let unanswered = Condition::all()
            .add(Column::Status.is_null())
            .add(Column::CreatedAt.lt(now - patience));
        Entity::delete_many()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Condition::any().add(Column::ExpiresAt.lt(now)).add(unanswered))
            .exec(&self.writer)
            .await?;
        let row = ActiveModel {
            organization_id: Set(organization.0),
            key: Set(request.key.clone()),
            operation: Set(request.operation.clone()),
            fingerprint: Set(request.fingerprint.clone()),
            status: Set(None),
            body: Set(None),
            created_at: Set(now),
            expires_at: Set(now + lifetime),
        };
        let inserted = Entity::insert(row)
            .on_conflict(
                OnConflict::columns([Column::OrganizationId, Column::Key])
                    .do_nothing()
                    .to_owned(),
            )
            .exec_without_returning(&self.writer)
            .await?;
        if inserted == 1 {
            return Ok(Reserved::New(Reservation {
                key: request.key.clone(),
                reserved_at: now,
            }));
        }
        let known = Entity::find_by_id((organization.0, request.key.clone()))
            .one(&self.writer)
            .await?;
        Ok(match known {
            // Its holder has just given it back: it may be tried again.
            None => Reserved::Running,
            Some(known) if known.operation != request.operation || known.fingerprint != request.fingerprint => {
                Reserved::Different
            }
            Some(known) => match (known.status, known.body) {
                (Some(status), Some(body)) => Reserved::Answered {
                    status: status as u16,
                    body,
                },
                _ => Reserved::Running,
            },
        })
    }

    /// Gives a reservation back, since the request was refused: it may be repeated.
    pub async fn idempotency_release(
        &self,
        organization: OrganizationId,
        reservation: &Reservation,
    ) -> Result<(), StoreError> {
        Entity::delete_many()
            .filter(held(organization, reservation))
            .exec(&self.writer)
            .await?;
        Ok(())
    }
}

/// Keeps the answer in the transaction of what it tells of.
pub(crate) async fn complete(
    transaction: &impl ConnectionTrait,
    organization: OrganizationId,
    answer: Option<&Answer>,
) -> Result<(), StoreError> {
    let Some(answer) = answer else { return Ok(()) };
    let kept = Entity::update_many()
        .set(ActiveModel {
            status: Set(Some(i64::from(answer.status))),
            body: Set(Some(answer.body.clone())),
            ..Default::default()
        })
        .filter(held(organization, &answer.reservation))
        .exec(transaction)
        .await?;
    if kept.rows_affected == 1 {
        Ok(())
    } else {
        Err(StoreError::LeaseLost)
    }
}

/// The condition that a reservation still stands.
fn held(organization: OrganizationId, reservation: &Reservation) -> Condition {
    Condition::all()
        .add(Column::OrganizationId.eq(organization.0))
        .add(Column::Key.eq(reservation.key.clone()))
        .add(Column::CreatedAt.eq(reservation.reserved_at))
        .add(Column::Status.is_null())
}
