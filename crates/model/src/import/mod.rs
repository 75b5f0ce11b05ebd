//! What an import reads and writes: the words that the engine, which decides, and the store, which keeps, have in common.

mod batch;
mod finding;
mod found;
mod journal;
mod mapping;
mod matches;
mod outcome;
mod rollback;
mod stored;

pub use batch::{Confirmation, CreatedRecord, ImportBatch, UpdatedRecord};
pub use finding::{FIRST_FINDING_OF_IMPORT, FindingCell, StoredFinding};
pub use found::FoundRecord;
pub use journal::{FIRST_ENTRY, JournalAction, JournalEntry};
pub use mapping::{MappedRecord, Mapping, MappingOrigin, MappingUpdate};
pub use matches::{DuplicateAction, MatchLevel};
pub use outcome::{EntityCounts, JobCounts, JobProgress, RowOutcome};
pub use rollback::{
    CurrentMapping, CurrentRecord, Owners, RollbackFacts, RollbackOutcome, RollbackReason, Verdict, Writes,
};
pub use stored::{BusinessRow, StoredCandidate};
