//! Why a file could not be opened or read on.

use std::io;

use crate::limits::{self, Limit};

/// What a person reads when a password does not fit.
const CHECK_PASSWORD: &str = "Could not open the file - please check the password and try again.";

/// Why a file, or the rest of it, could not be read.
///
/// Bad *data* is never one of these: a cell that can't be read is a
/// [`Finding`](torqueflow_model::Finding) and reading goes on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The workbook is encrypted and no password was given.
    #[error("the workbook needs a password")]
    NeedsPassword,
    /// The password does not fit.
    #[error("wrong password")]
    WrongPassword,
    /// The password fits, but the encrypted data are not what was encrypted.
    #[error("the encrypted workbook is damaged")]
    IntegrityFailed,
    /// A table in a form that is not read.
    #[error("unsupported: {what}")]
    Unsupported {
        /// Its name, as a person knows it.
        what: String,
    },
    /// Something that is no table at all.
    #[error("not a table: {what}")]
    NotATable {
        /// What it looks like instead.
        what: String,
    },
    /// Nothing is in the file.
    #[error("the file is empty")]
    Empty,
    /// A workbook without a single worksheet.
    #[error("the workbook has no worksheet")]
    NoUsableSheets,
    /// The file breaks the rules of its format.
    #[error("malformed file: {what}")]
    Malformed {
        /// What is broken.
        what: String,
    },
    /// The file asks for more than a limit allows, one of [`Limits`](crate::Limits) or one of the caller's.
    #[error("{}", limit.message(*.maximum))]
    LimitExceeded {
        /// The limit.
        limit: &'static Limit,
        /// What is allowed.
        maximum: u64,
    },
    /// The reader of an older form, in a process of its own, ended without a result.
    #[error("failed to convert {what}: {why}")]
    ConversionFailed {
        /// What the file is, as a person knows it.
        what: String,
        /// How it failed.
        why: String,
    },
    /// There is no table of this number.
    #[error("there is no table {index}")]
    NoSuchTable {
        /// The number that was asked for, from 0.
        index: usize,
    },
    /// The reader failed.
    #[error("failed to read the file")]
    Io(#[source] io::Error),
}

impl OpenError {
    /// The stable machine code: `wrong_password`.
    ///
    /// ```
    /// assert_eq!(torqueflow_tabular::OpenError::Empty.code(), "empty_file");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::NeedsPassword => "password_required",
            Self::WrongPassword => "wrong_password",
            Self::IntegrityFailed => "integrity_failed",
            Self::Unsupported { .. } => "unsupported_format",
            Self::NotATable { .. } => "not_a_table",
            Self::Empty => "empty_file",
            Self::NoUsableSheets => "no_usable_sheets",
            Self::Malformed { .. } => "malformed_file",
            Self::LimitExceeded { .. } => "limit_exceeded",
            Self::ConversionFailed { .. } => "conversion_failed",
            Self::NoSuchTable { .. } => "no_such_table",
            Self::Io(_) => "file_unreadable",
        }
    }

    /// The message for a person: what is wrong, and what to do about it.
    pub fn message(&self) -> String {
        match self {
            Self::NeedsPassword => "The workbook is protected. Enter its password to open it.".to_owned(),
            Self::WrongPassword => CHECK_PASSWORD.to_owned(),
            Self::IntegrityFailed => {
                "The password is right, but the workbook is damaged. Get a new copy of the file.".to_owned()
            }
            Self::Unsupported { what } => {
                format!("This file is {what}, which can't be read here. Save it as .xlsx or CSV and try again.")
            }
            Self::NotATable { what } => {
                format!("This file is {what}, not a table. Export the data as .xlsx or CSV and try again.")
            }
            Self::Empty => "The file is empty. Check the export and try again.".to_owned(),
            Self::NoUsableSheets => "No worksheet with a header row and data was found in the workbook.".to_owned(),
            Self::Malformed { what } => {
                format!("The file is damaged ({what}). Open it in your program, save it again and retry.")
            }
            Self::LimitExceeded { limit, maximum } => format!(
                "The file asks for too much: {}. Split the file, or raise the limit `{}`.",
                limit.message(*maximum),
                limit.name,
            ),
            Self::ConversionFailed { what, why } => {
                format!(
                    "This file is {what}, and could not be read: {why}. Open it in your program, save it as .xlsx and try again."
                )
            }
            Self::NoSuchTable { index } => format!("The file has no table number {}.", index + 1),
            Self::Io(error) => {
                format!("The file could not be read ({error}). Check that it is there and that you may read it.")
            }
        }
    }

    /// A broken rule, in words.
    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed { what: what.into() }
    }
}

/// A typed error that travels through a layer which only knows `io::Error`.
impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(open) => open,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::malformed("it ends too early"),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Self::malformed(error.to_string()),
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Self::malformed(error.to_string()),
            Err(error) => Self::Io(error),
        }
    }
}

impl From<OpenError> for io::Error {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Io(inner) => inner,
            other => Self::other(other),
        }
    }
}

impl From<msoffcrypto::Error> for OpenError {
    fn from(error: msoffcrypto::Error) -> Self {
        use msoffcrypto::Error;
        match error {
            Error::Io(inner) => Self::from(inner),
            Error::WrongPassword => Self::WrongPassword,
            Error::IntegrityFailed => Self::IntegrityFailed,
            Error::Unsupported { what } => Self::Unsupported {
                what: format!("encrypted in a way that is not supported ({what})"),
            },
            Error::NotEncrypted { what } => Self::malformed(what),
            Error::LimitExceeded {
                limit: "spin count",
                maximum,
                ..
            } => limits::SPIN_COUNT.exceeded(maximum),
            Error::LimitExceeded { limit, .. } => Self::malformed(format!("too great: {limit}")),
            other => Self::malformed(other.to_string()),
        }
    }
}

impl From<zip::result::ZipError> for OpenError {
    fn from(error: zip::result::ZipError) -> Self {
        use zip::result::ZipError;
        match error {
            ZipError::Io(inner) => Self::from(inner),
            ZipError::CompressionMethodNotSupported(_) => Self::Unsupported {
                what: "a workbook or archive packed in an unusual way".to_owned(),
            },
            other => Self::malformed(format!("its zip container: {other}")),
        }
    }
}
