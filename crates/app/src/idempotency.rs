//! Creating something once, however often it is asked for.
//!
//! [`begin`] reserves the key that the client chose, or says what became of it before. A use case that creates something
//! takes a [`Once`], and has the store write the answer in the transaction of what it creates. Until then a [`Held`] gives
//! the reservation back, however the request ends.

use time::{Duration, OffsetDateTime};
use tokio::runtime::Handle;
use torqueflow_persistence::OrganizationId;
pub use torqueflow_persistence::{Answer, IdempotencyRequest, Reservation, Reserved};

use crate::error::AppError;
use crate::{App, boxed};

/// How long an answer is kept.
pub const LIFETIME: Duration = Duration::DAY;
/// After so long a request that was not answered is taken for one that never will be.
const PATIENCE: Duration = Duration::minutes(15);

/// The right to answer a request, and how to answer it.
#[derive(Clone, Copy)]
pub struct Once<'a, T> {
    reservation: &'a Reservation,
    render: &'a (dyn Fn(&T) -> (u16, String) + Sync),
}

impl<'a, T> Once<'a, T> {
    /// Answers with the status and body that `render` makes of what was created.
    pub fn new(reservation: &'a Reservation, render: &'a (dyn Fn(&T) -> (u16, String) + Sync)) -> Self {
        Self { reservation, render }
    }

    /// The answer that tells of what is about to be created.
    pub fn answer(&self, created: &T) -> Answer {
        let (status, body) = (self.render)(created);
        Answer {
            reservation: self.reservation.clone(),
            status,
            body,
        }
    }
}

/// Reserves the key of a request, or says what is known of it.
#[boxed]
pub async fn begin(
    app: &App,
    organization: OrganizationId,
    request: &IdempotencyRequest,
) -> Result<Reserved, AppError> {
    let now = OffsetDateTime::now_utc();
    let reserved = app
        .store
        .idempotency_reserve(organization, request, now, PATIENCE, LIFETIME)
        .await?;
    Ok(reserved)
}

/// A reserved key. It is free again when this is dropped without an answer: the request was refused, or whoever made it
/// has gone.
pub struct Held {
    app: App,
    organization: OrganizationId,
    /// `None` once it is answered or given back.
    reservation: Option<Reservation>,
}

impl Held {
    /// Holds a reservation that [`begin`] has given.
    pub fn new(app: &App, organization: OrganizationId, reservation: &Reservation) -> Self {
        Self {
            app: app.clone(),
            organization,
            reservation: Some(reservation.clone()),
        }
    }

    /// The answer is kept: the key stays.
    pub fn answered(mut self) {
        self.reservation = None;
    }

    /// Gives the key back, since the request was refused.
    pub async fn give_back(mut self) -> Result<(), AppError> {
        match self.reservation.take() {
            Some(reservation) => Ok(self
                .app
                .store
                .idempotency_release(self.organization, &reservation)
                .await?),
            None => Ok(()),
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (Some(reservation), Ok(runtime)) = (self.reservation.take(), Handle::try_current()) else {
            return;
        };
        let (store, organization) = (self.app.store.clone(), self.organization);
        runtime.spawn(async move {
            // An answer that was written after all stays. If this fails, the reservation ends by itself.
            if let Err(error) = store.idempotency_release(organization, &reservation).await {
                tracing::warn!(%error, "the key of a request that was given up is not free again yet");
            }
        });
    }
}
