//! The one table of what each role may do.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest name of a role.
const MAX_ROLE_CHARS: usize = 50;

macro_rules! capabilities {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Something that one may be allowed to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Capability {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl Capability {
            /// Every capability.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name: `settings.import.manage`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

capabilities! {
    /// Read vehicles, jobs, invoices and everything else but customers.
    RecordsRead = "records.read",
    /// Read customers and their addresses.
    CustomersRead = "customers.read",
    /// Create and change customers.
    CustomersAccess = "customers.access",
    /// Merge customers, and undo merges.
    CustomersMerge = "customers.merge",
    /// Upload files, decide, import, roll back, read reports: everything about imports.
    ImportManage = "settings.import.manage",
    /// Make and revoke API keys.
    ApiKeysManage = "settings.api_keys.manage",
    /// Read the audit log.
    AuditRead = "settings.audit.read",
    /// Change the organisation's country, currency, time zone and language.
    OrganizationManage = "settings.organization.manage",
    /// Give capabilities to roles. Of owners alone.
    RolesManage = "settings.roles.manage",
}

impl Capability {
    /// The capability with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capability| capability.name() == name)
    }

    /// Whether an owner can give it to other roles.
    pub fn is_grantable(self) -> bool {
        self != Self::RolesManage
    }
}

impl fmt::Display for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What each role may do by itself. A role that is not listed may do what its organisation's owner gave it.
const ROLES: &[(&str, &[Capability])] = &[
    ("owner", Capability::ALL),
    (
        "admin",
        &[
            Capability::RecordsRead,
            Capability::CustomersRead,
            Capability::CustomersAccess,
            Capability::CustomersMerge,
            Capability::ImportManage,
            Capability::ApiKeysManage,
            Capability::AuditRead,
            Capability::OrganizationManage,
        ],
    ),
    (
        "manager",
        &[
            Capability::RecordsRead,
            Capability::CustomersRead,
            Capability::CustomersAccess,
            Capability::CustomersMerge,
        ],
    ),
    ("service_advisor", &[Capability::RecordsRead, Capability::CustomersRead]),
    ("technician", &[Capability::RecordsRead]),
];

/// What a role may do by itself.
///
/// ```
/// use torqueflow_app::access::{Capability, Role, base_capabilities};
///
/// let technician = Role::parse("technician").unwrap();
/// assert_eq!(base_capabilities(&technician), [Capability::RecordsRead]);
/// ```
pub fn base_capabilities(role: &Role) -> &'static [Capability] {
    let known = ROLES.iter().find(|(name, _)| *name == role.0);
    known.map_or(&[], |(_, capabilities)| *capabilities)
}

/// The name of a role: `owner`, `admin`, `manager`, `service_advisor`, `technician`, or one of the organisation's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Role(String);

impl Role {
    /// A role by its name: 1 to 50 lower-case letters, digits and underscores.
    pub fn parse(name: &str) -> Option<Self> {
        let is_name = (1..=MAX_ROLE_CHARS).contains(&name.len())
            && name
                .chars()
                .all(|character| character == '_' || character.is_ascii_lowercase() || character.is_ascii_digit());
        is_name.then(|| Self(name.to_owned()))
    }

    /// The roles that every organisation has.
    pub fn built_in() -> impl Iterator<Item = Self> {
        ROLES.iter().map(|(name, _)| Self((*name).to_owned()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Role {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::parse(&name).ok_or("a role is 1 to 50 lower-case letters, digits and underscores")
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.0
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(role: &str, expected: &str) {
        let names: Vec<_> = base_capabilities(&Role::parse(role).unwrap())
            .iter()
            .map(|capability| capability.name())
            .collect();
        assert_eq!(names.join(" "), expected, "{role}");
    }

    /// Stated once more, by hand, so that a slip in the table shows.
    #[test]
    fn these_are_the_capabilities_of_the_roles() {
        let of_admin = "records.read customers.read customers.access customers.merge settings.import.manage \
                        settings.api_keys.manage settings.audit.read settings.organization.manage";
        check("owner", &format!("{of_admin} settings.roles.manage"));
        check("admin", of_admin);
        check(
            "manager",
            "records.read customers.read customers.access customers.merge",
        );
        check("service_advisor", "records.read customers.read");
        check("technician", "records.read");
        check("kiosk_device", "");
    }

    #[test]
    fn names_are_read_back() {
        for capability in Capability::ALL {
            assert_eq!(Capability::from_name(capability.name()), Some(*capability));
            let json = serde_json::to_string(capability).unwrap();
            assert_eq!(json, format!("\"{capability}\""));
        }
        assert_eq!(Capability::from_name("*"), None);
    }

    #[test]
    fn roles_are_plain_words() {
        for (name, is_role) in [
            ("owner", true),
            ("tyre_fitter_2", true),
            ("", false),
            ("Owner", false),
            ("owner ", false),
            ("a".repeat(50).as_str(), true),
            ("a".repeat(51).as_str(), false),
        ] {
            assert_eq!(Role::parse(name).is_some(), is_role, "{name}");
        }
    }
}
