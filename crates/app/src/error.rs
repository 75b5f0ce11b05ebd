//! What can go wrong in a use case, without a word of HTTP or exit codes.

use std::io;

use torqueflow_model::RunStatus;
use torqueflow_persistence::{LeaseError, StoreError};
use torqueflow_pipeline::staging::StagingError;
use uuid::Uuid;

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of ours could not be read or written.
    #[error("failed to access `{path}`")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Staged rows are gone or damaged.
    #[error("the staged rows are gone or damaged")]
    Staged(#[from] StagingError),
    /// Somebody else works on the run.
    #[error("`{owner}` is working on run {run_id}; wait for it to finish, or try again in a minute if it was stopped")]
    Busy {
        /// The run.
        run_id: Uuid,
        /// Who.
        owner: String,
    },
    /// The run is not in a state for this.
    #[error("the run is {status}, so it can't be {action}")]
    WrongState {
        /// Its state.
        status: RunStatus,
        /// What was asked for.
        action: &'static str,
    },
    /// Matches wait for a decision.
    #[error("{count} likely duplicates wait for a decision")]
    UndecidedDuplicates {
        /// How many.
        count: u64,
    },
    /// A file waits for its password.
    #[error("a file waits for its password")]
    PasswordNeeded,
    /// The run wrote nothing.
    #[error("the run wrote nothing that could be taken back")]
    NothingToRollBack,
    /// The run has no such table.
    #[error("the run has no table `{}` in `{file}`", sheet.as_deref().unwrap_or("(without a sheet)"))]
    NoSuchTable {
        /// The file's name.
        file: String,
        /// The worksheet.
        sheet: Option<String>,
    },
    /// Something that was checked before does not hold; a defect of ours.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl AppError {
    pub(crate) fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn from_lease(error: LeaseError, run_id: Uuid) -> Self {
        match error {
            LeaseError::Held { owner, .. } => Self::Busy { run_id, owner },
            LeaseError::Store(error) => Self::Store(error),
        }
    }

    /// Whether the same call may well succeed a little later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_transient())
    }
}
