//! The audit log: who did what, chained so that tampering shows.
//!
//! Events are written in the transaction of what they tell of. Later [`seal`] gives each its place in the organisation's
//! chain, in the order in which they were committed as far as it can tell: what was committed before one sealing comes
//! before what is committed after it, and within one sealing ids decide, which grow with time. Each entry's link is
//! `HMAC-SHA-256(key, canonical(entry) ‖ previous link)`; `chain` says what the canonical form is.
//!
//! Whoever can write to the database but does not know the key can't change, remove, insert or move a sealed entry
//! without [`verify`] finding the place. A tail that was cut off shows only against a head (the number of entries and
//! the last link) that was kept elsewhere: the configured file gets one with each sealing, and so does each export.
//! Events that are not sealed yet are not protected yet.

pub mod export;

mod chain;
mod head;
mod key;
mod list;
mod seal;
mod verify;

use std::path::PathBuf;

pub use head::Heads;
pub use key::AuditKey;
pub use list::{AuditEntry, AuditPage, list};
pub use seal::{Sealed, seal};
pub use torqueflow_persistence::{AuditFilter, AuditHead};
pub use verify::{Problem, ProblemKind, Verification, verify};

/// How the audit log is sealed.
#[derive(Debug, Clone, Default)]
pub struct AuditConfig {
    /// The key. `None`: one that is made when it is first needed, and kept in the data folder as `audit.key`.
    pub key: Option<AuditKey>,
    /// The file that gets a line with the chain's head after each sealing. It should be kept where those who can write
    /// to the database can't.
    pub head_file: Option<PathBuf>,
}
