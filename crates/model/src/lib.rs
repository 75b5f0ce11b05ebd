//! The vocabulary of Torqueflow Import: what exists, and what it is called.
//!
//! Every other crate speaks in these terms and in no other:
//!
//! * [`Cell`], [`Row`]: one value, one line of somebody's table, as a person sees it;
//! * [`EntityKind`], [`EntitySpec`], [`FieldSpec`]: the field catalogue, the one table of everything that can be imported;
//! * [`SourceDefinition`], [`SourceAdapter`]: what is known of a source system, as data and as code;
//! * [`Record`], [`Value`]: what a row turned out to mean;
//! * [`RunIds`], [`RecordPlace`]: the ids of the records that a run creates, and what they say;
//! * [`RowClass`]: what a row is, where it holds no record;
//! * [`ColumnProfile`]: what all rows of a column say of its values;
//! * [`import`]: what the import of rows reads and writes;
//! * [`Finding`], [`FindingCode`]: what was wrong with it. Bad data is never an `Err`.
//!
//! This crate is pure: no I/O, no clock, no randomness.

mod adapter;
mod catalogue;
mod cell;
mod currency;
mod entity;
mod field;
mod finding;
mod fold;
pub mod import;
mod match_values;
mod party;
mod profile;
mod record;
mod record_id;
mod row_class;
mod source;
mod state;
mod tax_words;
mod truth;
mod value;

pub use adapter::{MappedCell, SourceAdapter};
pub use cell::{Cell, CellKind, Row};
pub use currency::{CURRENCIES, is_currency};
pub use entity::{EntityKind, EntitySpec, IdentityRule, Slot};
pub use field::{ColumnType, DateRole, FieldKind, FieldRef, FieldSpec, Measure, OnMissing, Storage};
pub use finding::{Finding, FindingCode, Scope, Severity};
pub use fold::{fold, fold_accents, fold_header, hash64, hash128, header_words, sorted_hash};
pub use match_values::MatchValues;
pub use party::Party;
pub use profile::{ColumnProfile, DateForms, Distinct, Likeness, Look, NumberForms, Repeats, Shape, ValueKind};
pub use record::{FieldValue, Record, SourceId};
pub use record_id::{MAX_ROW, MAX_TABLES, RecordPlace, RowPart, RunIds};
pub use row_class::{LeftOut, LeftOutRows, RowClass};
pub use source::{ColumnSignature, DateOrder, SourceDefinition, TableSignature};
pub use state::{JobStatus, RunStatus};
pub use tax_words::without_tax_words;
pub use truth::yes_or_no;
pub use value::{Decimal, Value};
