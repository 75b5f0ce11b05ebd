//! What can go wrong with keys, tickets and roles.

use torqueflow_persistence::StoreError;

use super::Capability;
use crate::error::AppError;

/// An error of the use cases about access.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// The key, ticket or token is not known, has ended or was revoked. Who asks is not told which.
    #[error("it is not known, has ended, or was revoked")]
    Refused,
    /// Nobody can hand on what they may not do themselves.
    #[error("only somebody with the capability `{0}` can hand it on")]
    Beyond(Capability),
    /// A value that can't be taken.
    #[error("{message}")]
    Invalid {
        /// Which field.
        field: &'static str,
        /// What is wrong with it, and what would be right.
        message: String,
    },
    /// Anything else.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for AccessError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}
