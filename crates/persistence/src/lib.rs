//! The store: everything that is kept, on SQLite and on PostgreSQL.
//!
//! [`Store`] is the one door. Its methods are named `<entity>_<verb>`; each takes the organisation first, because
//! every query names its organisation. Bulk writes go through [`ImportBatch`] and [`AnalysisChunk`], each one
//! transaction. SeaORM is known here and in `torqueflow-migrations` only; its row types never leave this crate.

mod bulk;
mod connect;
mod entity;
mod error;
mod fetch;
mod handback;
mod revise;
mod run_index;
mod sql;
mod store;

pub use connect::{Backend, Store};
pub use error::StoreError;
pub use run_index::{IndexedRecord, MatchPosting, RunIndex};
pub use store::analysis::{AnalysisChunk, JobFacts, KnownRecord, RecordFill};
pub use store::api_key::ApiKey;
pub use store::audit::{Actor, AuditEvent, AuditFilter, AuditOrder, StoredAuditEvent};
pub use store::audit_chain::{AuditHead, AuditLink};
pub use store::business_list::{BusinessQuery, ListedRecord};
pub use store::change::RunChange;
pub use store::customer::CustomerRow;
pub use store::customer::merge::{CustomerMerge, MergeCounts, MergeImages, MergePlan};
pub use store::customer::search::{CustomerClause, CustomerSearch};
pub use store::customer::undo::{KeptReason, KeptValue, MAX_KEPT, UndoPlan, UndoReport};
pub use store::customer::write::{ColumnValues, NewRecord};
pub use store::decision::{DecidedRecord, Decision};
pub use store::dump::dump;
pub use store::duplicate::{Duplicate, DuplicateFilter};
pub use store::export::{ExportedFills, ExportedJournal, ExportedMapping, Place};
pub use store::file::{FileStatus, ImportFile};
pub use store::finding::{FindingCount, FindingFilter};
pub use store::idempotency::{Answer, IdempotencyRequest, Reservation, Reserved};
pub use store::job::Job;
pub use store::lease::{Lease, LeaseError};
pub use store::mapping_list::{MappingKey, MappingQuery, MappingRow};
pub use store::organization::{Organization, OrganizationSettings};
pub use store::quality::{Completeness, FindingExample, FindingGroup};
pub use store::reconciliation::{FieldCount, FindingTally, WriteOutcome, WrittenFilter, WrittenRecord};
pub use store::repeat::Repeat;
pub use store::rollback::{Judge, MappingImage, PageEnd, RollbackPage, RollbackPart};
pub use store::run::Run;
pub use store::saved_mapping::SavedMapping;
pub use store::source_table::SourceTable;
pub use store::ticket::Ticket;
/// What is read and written, in the words of `torqueflow-model`.
pub use torqueflow_model::import::{
    BusinessRow, Confirmation, CreatedRecord, CurrentMapping, CurrentRecord, DuplicateAction, EntityCounts,
    FIRST_ENTRY, FIRST_FINDING_OF_IMPORT, FindingCell, FoundRecord, ImportBatch, JobCounts, JobProgress, JournalAction,
    JournalEntry, MappedRecord, Mapping, MappingOrigin, MappingUpdate, MatchLevel, Owners, RollbackFacts,
    RollbackOutcome, RollbackReason, RowOutcome, StoredCandidate, StoredFinding, UpdatedRecord, Verdict, Writes,
};

/// The id of an organisation. Every query but the work queue's names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganizationId(pub uuid::Uuid);
