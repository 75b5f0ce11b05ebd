//! What can go wrong with the database.

use sea_orm::{DbErr, RuntimeErr, sqlx};

/// An error of the store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The database could not be opened.
    #[error("the database could not be opened")]
    Connect(#[source] DbErr),
    /// The database did not answer, or gave up a transaction that can be tried again.
    #[error("the database did not answer")]
    Transient(#[source] DbErr),
    /// The database refused what was written.
    #[error("the database refused the data")]
    Refused(#[source] DbErr),
    /// Any other failure of the database.
    #[error("the database failed")]
    Database(#[source] DbErr),
    /// Somebody else works on this now; nothing was written.
    #[error("the lease is lost")]
    LeaseLost,
    /// What was to be changed is not as it was read any more; nothing was written. It can be read and tried again.
    #[error("what was read has changed since")]
    Outdated,
    /// Nothing has this id in this organisation.
    #[error("{entity} `{id}` does not exist")]
    NotFound {
        /// What was looked for.
        entity: &'static str,
        /// By which id.
        id: String,
    },
    /// What is stored can't be read back.
    #[error("stored {what} is damaged")]
    Damaged {
        /// What can't be read.
        what: &'static str,
    },
}

impl StoreError {
    /// Whether the same may well succeed when it is read and written anew.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Transient(_) | Self::Outdated)
    }

    /// Whether nothing has the id that was asked for.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::NotFound { .. })
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let sqlx_error = match &error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => inner.as_ref(),
            DbErr::ConnectionAcquire(_) => return Self::Transient(error),
            _ => return Self::Database(error),
        };
        match classify(sqlx_error) {
            Class::Transient => Self::Transient(error),
            Class::Refused => Self::Refused(error),
            Class::Other => Self::Database(error),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        DbErr::Exec(RuntimeErr::SqlxError(error.into())).into()
    }
}

enum Class {
    Transient,
    Refused,
    Other,
}

/// PostgreSQL: SQLSTATE classes 08 (connection), 40 (rollback), 53 (resources), 55P03 (lock), 57 (shutdown) pass;
/// 22 (data), 23 (constraint) and 54 (more than an index holds) are the data's fault. `SQLite`: 5 (busy) and 6 (locked) pass; 18 to 20 are the data's.
fn classify(error: &sqlx::Error) -> Class {
    let sqlx::Error::Database(database) = error else {
        return match error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => {
                Class::Transient
            }
            _ => Class::Other,
        };
    };
    let code = database.code().unwrap_or_default();
    if code.len() == 5 {
        return match code.get(..2) {
            Some("08" | "40" | "53" | "57") => Class::Transient,
            Some("22" | "23" | "54") => Class::Refused,
            _ if code == "55P03" => Class::Transient,
            _ => Class::Other,
        };
    }
    match code.parse::<u32>().map(|code| code & 0xff) {
        Ok(5 | 6) => Class::Transient,
        Ok(18..=20) => Class::Refused,
        _ => Class::Other,
    }
}
