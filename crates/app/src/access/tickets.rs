//! Tickets: single-use stand-ins for a token, for what can't send a header.

use time::{Duration, OffsetDateTime};
use torqueflow_persistence::{Actor, Ticket};
use uuid::Uuid;

use super::secret::{hash, new_secret};
use super::{AccessError, Principal, Remembered, roles};
use crate::{App, Caller, boxed};

/// What every ticket begins with.
const TICKET_PREFIX: &str = "tft_";

/// How long a ticket is good for.
pub const TICKET_LIFETIME: Duration = Duration::seconds(60);

/// A ticket that was just issued.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedTicket {
    /// The ticket itself, which is kept nowhere.
    pub secret: String,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
}

/// Issues a ticket that lets its bearer open this one URL, once, as the principal.
#[boxed]
pub async fn ticket_issue(app: &App, principal: &Principal, url: &str) -> Result<IssuedTicket, AccessError> {
    let now = OffsetDateTime::now_utc();
    let secret = new_secret(TICKET_PREFIX)?;
    let remembered = Remembered {
        name: principal.caller.actor.name.clone(),
        role: principal.role.clone(),
        limit: principal.limit.clone(),
    };
    let ticket = Ticket {
        id: Uuid::now_v7(),
        secret_hash: hash(&secret),
        url: url.to_owned(),
        caller: serde_json::to_value(remembered).unwrap_or_default(),
        expires_at: now + TICKET_LIFETIME,
    };
    app.store
        .ticket_create(principal.caller.organization, &ticket, now)
        .await?;
    Ok(IssuedTicket {
        secret,
        expires_at: ticket.expires_at,
    })
}

/// Uses a ticket up: who comes in with it. `from` says from where.
#[boxed]
pub async fn ticket_redeem(app: &App, secret: &str, url: &str, from: Actor) -> Result<Principal, AccessError> {
    let now = OffsetDateTime::now_utc();
    let used = app.store.ticket_use(&hash(secret), url, now).await?;
    let (organization, ticket) = used.ok_or(AccessError::Refused)?;
    let Remembered { name, role, limit } = serde_json::from_value(ticket.caller).map_err(|_| AccessError::Refused)?;
    let actor = Actor {
        name,
        role: Some(role.name().to_owned()),
        ..from
    };
    Ok(Principal {
        capabilities: roles::capabilities(app, organization, &role, limit.as_ref()).await?,
        caller: Caller { organization, actor },
        role,
        limit,
    })
}
