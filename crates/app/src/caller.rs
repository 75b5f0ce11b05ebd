//! Who calls a use case, and for which organisation.

use torqueflow_persistence::{Actor, OrganizationId};

/// Who calls a use case that changes something. Everything is done within the organisation, and told in its audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The organisation.
    pub organization: OrganizationId,
    /// Who.
    pub actor: Actor,
}

impl Caller {
    /// A caller that is known by a name only: `cli`, `worker`, or the name of the program that links this crate.
    ///
    /// ```
    /// use torqueflow_app::{Caller, OrganizationId};
    ///
    /// let caller = Caller::program(OrganizationId(uuid::Uuid::nil()), "nightly-sync");
    /// assert_eq!(caller.actor.name, "nightly-sync");
    /// ```
    pub fn program(organization: OrganizationId, name: &str) -> Self {
        Self {
            organization,
            actor: Actor {
                name: name.to_owned(),
                ..Actor::default()
            },
        }
    }
}
