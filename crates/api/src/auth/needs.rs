//! What an operation needs of its caller, said in its arguments: `Allowed<ToManageApiKeys>`.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use torqueflow_app::access::{Capability, Principal};

use crate::problem::{ApiError, Code};

/// A caller with a valid token, whatever they may do.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Principal);

impl Deref for SignedIn {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let principal = request.extensions().get::<Principal>().cloned();
        let missing = || ApiError::new(Code::Unauthenticated, "sign in first");
        ready(principal.map(Self).ok_or_else(missing))
    }
}

/// What an operation needs.
pub trait Needs {
    /// The capability.
    const CAPABILITY: Capability;
}

/// A caller who may do what `N` says.
#[derive(Debug, Clone)]
pub struct Allowed<N>(Principal, PhantomData<N>);

impl<N> Deref for Allowed<N> {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl<N: Needs> FromRequest for Allowed<N> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed_in = SignedIn::from_request(request, payload).into_inner();
        ready(signed_in.and_then(|SignedIn(principal)| {
            require(&principal, N::CAPABILITY)?;
            Ok(Self(principal, PhantomData))
        }))
    }
}

/// Refuses a caller without this capability.
pub fn require(principal: &Principal, capability: Capability) -> Result<(), ApiError> {
    if principal.may(capability) {
        Ok(())
    } else {
        Err(ApiError::forbidden(capability))
    }
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = $capability:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Needs for $name {
                const CAPABILITY: Capability = Capability::$capability;
            }
        )*
    };
}

needs! {
    /// Everything about imports.
    ToManageImports = ImportManage;
    /// Finding and reading customers.
    ToReadCustomers = CustomersRead;
    /// Creating and changing customers.
    ToWriteCustomers = CustomersAccess;
    /// Merging customers, and undoing it.
    ToMergeCustomers = CustomersMerge;
    /// Making and revoking API keys.
    ToManageApiKeys = ApiKeysManage;
    /// Reading the audit log.
    ToReadAuditLog = AuditRead;
    /// Changing the settings of the organisation.
    ToManageOrganization = OrganizationManage;
    /// Giving capabilities to roles.
    ToManageRoles = RolesManage;
}
