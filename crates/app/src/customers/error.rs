//! What can go wrong with customers.

use serde::Serialize;
use uuid::Uuid;

/// An error of a use case about customers.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CustomerError {
    /// Fields have values that can't be kept.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// The customer is not as the caller has seen it.
    #[error("customer {id} is at version {version} now, not at {expected}; read it again and repeat the change")]
    VersionConflict {
        /// Which one.
        id: Uuid,
        /// The version that the caller has seen.
        expected: i64,
        /// Its version now.
        version: i64,
    },
    /// The customer is hidden.
    #[error("customer {id} was merged into customer {into}")]
    Merged {
        /// Which one.
        id: Uuid,
        /// Where it went.
        into: Uuid,
    },
    /// A merge takes a survivor and at least one other customer.
    #[error("a merge takes at least two different customers")]
    TooFew,
    /// A merge takes no more than so many customers.
    #[error("a merge takes at most {max} customers at once")]
    TooMany {
        /// How many.
        max: usize,
    },
    /// The merge was undone before.
    #[error("merge {0} is undone already")]
    UndoneAlready(Uuid),
    /// The survivor of the merge was itself merged into another customer.
    #[error("the customer of this merge was merged into another one since; undo merge {later} first")]
    UndoFirst {
        /// The merge that has to be undone before.
        later: Uuid,
    },
    /// Nothing is called so.
    #[error("no customer has the id or number `{0}`")]
    NoSuchCustomer(String),
    /// Several customers have the number.
    #[error("{count} customers have the number `{number}`; name the one that is meant by its id")]
    Ambiguous {
        /// The number.
        number: String,
        /// How many.
        count: usize,
    },
    /// What should be the id of a suggestion is none.
    #[error("`{0}` is not the id of a duplicate suggestion")]
    NoSuggestion(String),
    /// A page is asked for with a cursor that no page gave.
    #[error("the cursor is not one of a page before")]
    BadCursor,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where it stands in what was given: a JSON pointer, `/email`.
    pub pointer: String,
    /// The stable code: that of a finding, `required_missing`, `unknown_field` or `wrong_type`.
    pub code: &'static str,
    /// What a person should know.
    pub message: String,
}

impl FieldError {
    pub(super) fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            message: message.into(),
        }
    }
}

fn summary(errors: &[FieldError]) -> String {
    let all: Vec<_> = errors
        .iter()
        .map(|error| format!("{}: {}", error.pointer.trim_start_matches('/'), error.message))
        .collect();
    all.join("; ")
}
