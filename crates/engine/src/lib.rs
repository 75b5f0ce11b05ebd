#![doc = include_str!("../README.md")]
//!
//! # How it hangs together
//!
//! One direction leads through it: `fate` says what becomes of a record and `resolve` what its links lead
//! to, both from the facts and what the batch has made so far; `merge` and `refresh` say what changes in a
//! record that is there; `plan` puts it together, and is all that changes anything.

mod ambiguous;
mod change;
mod facts;
mod fate;
mod imported;
mod links;
mod made;
mod merge;
mod names;
mod plan;
mod policy;
mod refresh;
mod repeats;
mod resolve;
mod rollback;
#[cfg(test)]
mod tests;
mod values;

pub use ambiguous::AmbiguousIds;
pub use facts::{Decision, Facts, FoundInRows, SaidAgain, found_at};
pub use imported::ImportedValues;
pub use links::{Target, WantedLink, id_hash, wanted};
pub use made::Brought;
pub use names::{CustomerNames, RunCustomer, named, wrong_name};
pub use plan::{PlannedRows, plan_rows};
pub use policy::{JobRow, Orphans, Policy, Table};
pub use repeats::{Conflict, apply_fills, merge_repeat, whole};
pub use rollback::decide_rollback;
pub use values::{row_hash, source_hash, stored};
