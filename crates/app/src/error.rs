//! What can go wrong in a use case, without a word of HTTP or exit codes.

use std::error::Error;
use std::io;

use torqueflow_model::RunStatus;
use torqueflow_persistence::{LeaseError, StoreError};
use torqueflow_pipeline::staging::StagingError;
use torqueflow_pipeline::{Limit, OpenError};
use uuid::Uuid;

use crate::blobs::BucketError;
use crate::organizations::InvalidSetting;

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Customers.
    #[error(transparent)]
    Customer(#[from] crate::customers::CustomerError),
    /// A file of ours could not be read or written.
    #[error("failed to access `{path}`")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The bucket of uploads and staged rows does not do what it should.
    #[error("failed to {action} `{key}` in the bucket")]
    Bucket {
        /// What was tried.
        action: &'static str,
        /// With which blob.
        key: String,
        /// Why.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The settings of the bucket are wrong.
    #[error(transparent)]
    BucketSettings(#[from] BucketError),
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
    /// A refresh would put other people or cars in the place of those that were imported before.
    #[error("{0}")]
    SourceUnconfirmed(Box<crate::replaced::SourceConfirmation>),
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
    /// There is no table that could be imported.
    #[error("nothing can be imported: no table is recognised and included")]
    NothingToImport,
    /// The uploads and staged rows of the run were removed.
    #[error("the files of this run were removed after its retention time; upload them again")]
    Expired,
    /// The process is about to end; the work goes on elsewhere.
    #[error("the work was interrupted; it can be taken up again")]
    Interrupted,
    /// What a person chose for a table can't be done.
    #[error(transparent)]
    Choice(#[from] crate::tables::ChoiceError),
    /// What a person said of tables beforehand can't be meant of any of them.
    #[error(transparent)]
    Wish(#[from] crate::wishes::WishError),
    /// Something was changed in between.
    #[error("it was changed in between; load it again")]
    Stale,
    /// Nothing has this id.
    #[error("{what} does not exist")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// The location of new records is none of the organisation's.
    #[error("there is no location `{id}`; use the id of one that the organisation has")]
    NoSuchLocation {
        /// What was given.
        id: Uuid,
    },
    /// The country of the run is none.
    #[error(transparent)]
    InvalidCountry(InvalidSetting),
    /// Settings of the organisation can't be taken.
    #[error("{}", summary(.0))]
    InvalidSettings(Vec<InvalidSetting>),
    /// The source was named, and a table of it lacks columns.
    #[error("{}: {message}", sheet.as_deref().unwrap_or(file))]
    MissingRequiredColumn {
        /// The file's name.
        file: String,
        /// The worksheet.
        sheet: Option<String>,
        /// Which columns, for a person.
        message: String,
    },
    /// The file is open, or can't be opened at all.
    #[error("the file does not wait for a password")]
    NotLocked,
    /// A file could not be opened with the password that was given for it.
    #[error("{}", .0.message())]
    Open(#[source] OpenError),
    /// An upload goes over a limit.
    #[error("{}; make several imports of it, or raise the limit `{}`", limit.message(*.maximum), limit.name)]
    LimitExceeded {
        /// Which limit.
        limit: &'static Limit,
        /// Its value.
        maximum: u64,
    },
    /// A cursor that none of our lists has given.
    #[error("this cursor does not belong to the list; ask for the list without a cursor")]
    InvalidCursor,
    /// The key of the audit log can't be used.
    #[error("the audit key in `{path}` can't be used: {reason}")]
    AuditKey {
        /// Its file.
        path: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// The text does not say where an audit log ended.
    #[error("`{given}` is no head of an audit log; a head is COUNT:MAC, or a file with a head on each line")]
    AuditHead {
        /// What was given.
        given: String,
    },
    /// Other processes sealed the audit log each time when this one was about to.
    #[error("other processes are sealing the audit log; try again in a moment")]
    AuditBusy,
    /// The worker of this process gives no sign of life.
    #[error("the worker gives no sign of life; restart the process")]
    WorkerDead,
    /// Something that was checked before does not hold; a defect of ours.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl AppError {
    /// An error of reading or writing this file.
    pub fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn limit(limit: &'static Limit, maximum: u64) -> Self {
        Self::LimitExceeded { limit, maximum }
    }

    pub(crate) fn from_lease(error: LeaseError, run_id: Uuid) -> Self {
        match error {
            LeaseError::Held { owner, .. } => Self::Busy { run_id, owner },
            LeaseError::Store(error) => Self::Store(error),
        }
    }

    /// Whether nothing can be written: a disk is full or fails. The same call may well succeed when somebody has seen to it.
    pub fn needs_room(&self) -> bool {
        matches!(self, Self::Store(StoreError::Unwritable(_))) || has_no_room(self)
    }

    /// Whether the same call may well succeed a little later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Store(error) => error.is_transient(),
            Self::Bucket { .. } => true,
            _ => false,
        }
    }
}

fn summary(settings: &[InvalidSetting]) -> String {
    let all: Vec<&str> = settings.iter().map(|setting| setting.message.as_str()).collect();
    all.join("; ")
}

/// Whether an error comes from a disk without room.
pub(crate) fn has_no_room(error: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.any(|cause| {
        let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        matches!(kind, Some(StorageFull | QuotaExceeded | FileTooLarge))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_behind_any_other_error() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let staging = StagingError::from(full());
        for error in [
            AppError::io("uploads/1".as_ref())(full()),
            AppError::Staged(StagingError::from(io::Error::other(staging))),
        ] {
            assert!(error.needs_room(), "{error:?}");
        }
        let gone = AppError::io("uploads/1".as_ref())(io::ErrorKind::NotFound.into());
        assert!(!gone.needs_room());
    }
}
