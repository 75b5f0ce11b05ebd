//! The store: everything that is kept, on SQLite and on PostgreSQL.
//!
//! [`Store`] is the one door. Its methods are named `<entity>_<verb>`; each takes the organisation first, because
//! every query names its organisation. Bulk writes go through [`ImportBatch`] and [`AnalysisChunk`], each one
//! transaction. SeaORM is known here and in `torqueflow-migrations` only; its row types never leave this crate.

mod bulk;
mod connect;
mod entity;
mod error;
mod store;

pub use connect::{Backend, Store};
pub use error::StoreError;
pub use store::analysis::{AnalysisChunk, FoundRecord, JobFacts, KnownRecord, MatchPosting, RecordFill};
pub use store::audit::{Actor, AuditEvent};
pub use store::batch::{
    CreatedRecord, ImportBatch, JobProgress, JournalAction, JournalEntry, Mapping, MappingOrigin, RowOutcome,
};
pub use store::business::BusinessRow;
pub use store::change::RunChange;
pub use store::dump::dump;
pub use store::duplicate::{Duplicate, DuplicateAction, DuplicateFilter, MatchLevel};
pub use store::file::{FileStatus, ImportFile};
pub use store::finding::{FindingCount, FindingFilter, StoredFinding};
pub use store::job::{EntityCounts, Job, JobCounts};
pub use store::lease::{Lease, LeaseError};
pub use store::mapping::MappedRecord;
pub use store::run::Run;
pub use store::saved_mapping::SavedMapping;
pub use store::update::{MappingUpdate, UpdatedRecord};

/// The id of an organisation. Every query but the work queue's names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrganizationId(pub uuid::Uuid);
