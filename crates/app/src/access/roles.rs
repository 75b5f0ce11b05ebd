//! Roles and what owners gave to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use torqueflow_persistence::{AuditEvent, OrganizationId};

use super::{AccessError, Capability, Role, base_capabilities};
use crate::error::AppError;
use crate::{App, Caller, boxed};

/// What a role may do, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleCapabilities {
    /// The role.
    pub role: Role,
    /// What it may do by itself.
    pub base: BTreeSet<Capability>,
    /// What an owner gave to it besides.
    pub granted: BTreeSet<Capability>,
}

impl RoleCapabilities {
    fn new(role: Role, granted: &BTreeSet<Capability>) -> Self {
        let base: BTreeSet<_> = base_capabilities(&role).iter().copied().collect();
        Self {
            granted: granted.difference(&base).copied().collect(),
            base,
            role,
        }
    }

    /// All that it may do.
    pub fn all(&self) -> BTreeSet<Capability> {
        self.base.union(&self.granted).copied().collect()
    }
}

/// What somebody in this role may do, within the limit that they set themselves.
#[boxed]
pub async fn capabilities(
    app: &App,
    organization: OrganizationId,
    role: &Role,
    limit: Option<&BTreeSet<Capability>>,
) -> Result<BTreeSet<Capability>, AppError> {
    let granted = app.store.role_grant_list(organization, role.name()).await?;
    let all = RoleCapabilities::new(role.clone(), &known(&granted)).all();
    Ok(match limit {
        Some(limit) => all.intersection(limit).copied().collect(),
        None => all,
    })
}

/// Every role of an organisation: those that all have, and those that an owner gave capabilities to.
#[boxed]
pub async fn role_list(app: &App, organization: OrganizationId) -> Result<Vec<RoleCapabilities>, AppError> {
    let mut grants: BTreeMap<String, Vec<String>> = app.store.role_grant_all(organization).await?;
    let mut roles: Vec<_> = Role::built_in()
        .map(|role| {
            let granted = grants.remove(role.name()).unwrap_or_default();
            RoleCapabilities::new(role, &known(&granted))
        })
        .collect();
    let own = grants.into_iter().filter_map(|(name, granted)| {
        let role = Role::parse(&name)?;
        Some(RoleCapabilities::new(role, &known(&granted)))
    });
    roles.extend(own);
    Ok(roles)
}

/// Gives a role these capabilities beyond its own, and no others.
#[boxed]
pub async fn role_update(
    app: &App,
    caller: &Caller,
    role: Role,
    granted: BTreeSet<Capability>,
) -> Result<RoleCapabilities, AccessError> {
    if let Some(capability) = granted.iter().find(|capability| !capability.is_grantable()) {
        return Err(AccessError::Invalid {
            field: "granted",
            message: format!("`{capability}` is of owners alone; leave it out"),
        });
    }
    let organization = caller.organization;
    let before = known(&app.store.role_grant_list(organization, role.name()).await?);
    let updated = RoleCapabilities::new(role, &granted);
    let names: Vec<String> = updated.granted.iter().map(ToString::to_string).collect();
    let event = AuditEvent::now(&caller.actor, "role.changed")
        .on("role", updated.role.name())
        .with(json!({ "granted_before": before, "granted": names }));
    app.store
        .role_grant_replace(organization, updated.role.name(), &names, &event)
        .await?;
    Ok(updated)
}

/// Grants that a newer version of this program wrote are left out.
fn known(names: &[String]) -> BTreeSet<Capability> {
    names.iter().filter_map(|name| Capability::from_name(name)).collect()
}
