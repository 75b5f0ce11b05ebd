//! What can go wrong, one variant per thing a caller may want to answer differently.

use std::io;

/// Why a file could not be decrypted.
///
/// The variants are what a person can act on: ask again ([`Error::WrongPassword`]), ask for
/// another copy ([`Error::IntegrityFailed`], [`Error::Malformed`]), or ask for a file that is
/// saved differently ([`Error::Unsupported`]).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The underlying reader failed.
    #[error("failed to read the encrypted document")]
    Io(#[from] io::Error),

    /// The file is something else; `what` says what it looks like.
    #[error("not an encrypted Office document: {what}")]
    NotEncrypted {
        /// What the file looks like instead.
        what: &'static str,
    },

    /// The password does not fit the verifier stored in the file.
    #[error("wrong password")]
    WrongPassword,

    /// The data are not those that were encrypted: bytes were changed, or are missing.
    #[error("the encrypted data are damaged or were changed after encryption")]
    IntegrityFailed,

    /// The file is encrypted in a way this crate does not read, named in `what`.
    #[error("unsupported encryption: {what}")]
    Unsupported {
        /// The name of the unsupported scheme, cipher or hash.
        what: String,
    },

    /// The file breaks a rule of its format.
    #[error("malformed document: {what}")]
    Malformed {
        /// The rule that is broken.
        what: &'static str,
    },

    /// The file asks for more work or memory than [`Limits`](crate::Limits) allows.
    #[error("{limit} is {value}, more than the {maximum} allowed")]
    LimitExceeded {
        /// The name of the limit.
        limit: &'static str,
        /// What the file asks for.
        value: u64,
        /// What is allowed.
        maximum: u64,
    },
}

impl Error {
    pub(crate) fn malformed(what: &'static str) -> Self {
        Self::Malformed { what }
    }

    /// Names an unsupported feature; what the file says is cut, so that a message stays short.
    pub(crate) fn unsupported(kind: &str, name: &str) -> Self {
        const LONGEST_NAME: usize = 40;
        let name: String = name
            .chars()
            .filter(|character| !character.is_control())
            .take(LONGEST_NAME)
            .collect();
        Self::Unsupported {
            what: format!("{kind} {name}").trim().to_owned(),
        }
    }

    /// Checks a limit before the work it bounds.
    pub(crate) fn check_limit(limit: &'static str, value: u64, maximum: u64) -> Result<(), Self> {
        if value > maximum {
            return Err(Self::LimitExceeded { limit, value, maximum });
        }
        Ok(())
    }
}
