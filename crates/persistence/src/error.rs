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
    /// Nothing can be written now: the disk of the database is full, fails or is read-only, or the server takes no writes.
    #[error("the database can't be written to; its disk may be full")]
    Unwritable(#[source] DbErr),
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
            Class::Unwritable => Self::Unwritable(error),
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

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error().map(|error| error.extended_code.unsigned_abs());
        let class = code.map_or(Class::Other, sqlite_class);
        let error = DbErr::Custom(error.to_string());
        match class {
            Class::Unwritable => Self::Unwritable(error),
            _ => Self::Database(error),
        }
    }
}

#[derive(Debug, PartialEq)]
enum Class {
    Transient,
    Unwritable,
    Refused,
    Other,
}

/// What an error means, by the code that the database gives it.
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
        return postgres_class(&code);
    }
    code.parse().map_or(Class::Other, sqlite_class)
}

/// By SQLSTATE: 25006 (read-only), 53100 (disk full) and 58030 (input or output failed) are the disk's or the server's;
/// 55P03 (lock) and the classes 08 (connection), 40 (rollback), 53 (resources) and 57 (shutdown) pass; 22 (data),
/// 23 (constraint) and 54 (more than an index holds) are the data's fault.
fn postgres_class(code: &str) -> Class {
    match (code, code.get(..2)) {
        ("25006" | "53100" | "58030", _) => Class::Unwritable,
        ("55P03", _) | (_, Some("08" | "40" | "53" | "57")) => Class::Transient,
        (_, Some("22" | "23" | "54")) => Class::Refused,
        _ => Class::Other,
    }
}

/// By result code: 8 (read-only), 10 (input or output failed) and 13 (full) are the disk's; 5 (busy), 6 (locked) and
/// 7 (out of memory) pass; 18 to 20 are the data's fault.
fn sqlite_class(code: u32) -> Class {
    // The upper bits tell kinds of a result apart.
    match code & 0xff {
        8 | 10 | 13 => Class::Unwritable,
        5..=7 => Class::Transient,
        18..=20 => Class::Refused,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_full_or_failing_disk_says_is_told_from_what_passes_and_from_bad_data() {
        use Class::{Other, Refused, Transient, Unwritable};
        for (code, expected) in [
            (5, Transient),
            (261, Transient),
            (7, Transient),
            (8, Unwritable),
            (778, Unwritable),
            (13, Unwritable),
            (11, Other),
            (787, Refused),
            (1, Other),
        ] {
            assert_eq!(sqlite_class(code), expected, "{code}");
        }
        for (code, expected) in [
            ("25006", Unwritable),
            ("25P02", Other),
            ("53100", Unwritable),
            ("53300", Transient),
            ("58030", Unwritable),
            ("55P03", Transient),
            ("40001", Transient),
            ("23505", Refused),
            ("42601", Other),
        ] {
            assert_eq!(postgres_class(code), expected, "{code}");
        }
    }
}
