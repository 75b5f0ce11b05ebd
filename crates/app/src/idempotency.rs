//! Creating something once, however often it is asked for.
//!
//! [`begin`] reserves the key that the client chose, or says what became of it before. A use case that creates something
//! takes a [`Once`], and has the store write the answer in the transaction of what it creates. A request that is refused
//! gives its reservation back ([`give_back`]).

use time::{Duration, OffsetDateTime};
use torqueflow_persistence::OrganizationId;
pub use torqueflow_persistence::{Answer, IdempotencyRequest, Reservation, Reserved};

use crate::App;
use crate::error::AppError;

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

/// Gives the reservation of a request back that was refused.
pub async fn give_back(app: &App, organization: OrganizationId, reservation: &Reservation) -> Result<(), AppError> {
    Ok(app.store.idempotency_release(organization, reservation).await?)
}
