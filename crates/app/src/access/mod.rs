//! Who may do what: capabilities, roles, API keys, tickets.
//!
//! A person or program acts in a role. The role's capabilities come from one table ([`base_capabilities`]); the owner of
//! an organisation can give a role more of them. Whoever offers use cases to the outside asks for the capability that
//! they need; the use cases themselves do not ask again.

mod api_keys;
mod capability;
mod error;
mod roles;
mod secret;
mod tickets;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use torqueflow_persistence::AuditEvent;

pub use api_keys::{KEY_PREFIX, NewApiKey, NewlyMade, api_key_create, api_key_list, api_key_revoke, sign_in_with_key};
pub use capability::{Capability, Role, base_capabilities};
pub use error::AccessError;
pub use roles::{RoleCapabilities, capabilities, role_list, role_update};
pub use tickets::{IssuedTicket, TICKET_LIFETIME, ticket_issue, ticket_redeem};

use crate::error::AppError;
use crate::{App, Caller, boxed};

/// Somebody who has proved who they are, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub caller: Caller,
    /// In which role.
    pub role: Role,
    /// The capabilities that they limited themselves to; `None`: all of their role.
    pub limit: Option<BTreeSet<Capability>>,
    /// What they may do now.
    pub capabilities: BTreeSet<Capability>,
}

impl Principal {
    /// Whether they may do this.
    pub fn may(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }
}

/// What is remembered of a principal, to be looked up again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Remembered {
    name: String,
    role: Role,
    limit: Option<BTreeSet<Capability>>,
}

/// Keeps an event of security that goes with no other change: a request that was denied.
#[boxed]
pub async fn note(app: &App, caller: &Caller, action: &str, detail: Value) -> Result<(), AppError> {
    let event = AuditEvent::now(&caller.actor, action).with(detail);
    Ok(app.store.audit_append(caller.organization, &event).await?)
}
