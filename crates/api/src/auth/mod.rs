//! Who calls, and what they may do.

mod jwks;
mod jwt;
mod needs;
mod sign_in;
mod signatures;

pub use jwt::{DevelopmentToken, Verifier, development_token};
pub use needs::{
    Allowed, SignedIn, ToManageApiKeys, ToManageImports, ToManageOrganization, ToManageRoles, ToMergeCustomers,
    ToReadAuditLog, ToReadCustomers, ToWriteCustomers, require,
};
pub use sign_in::{TICKET_PARAMETER, authenticate, ticket_url};
