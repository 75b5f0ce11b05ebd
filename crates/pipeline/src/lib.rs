#![doc = include_str!("../README.md")]

mod analyse;
mod bare;
mod clean;
mod column_findings;
mod columns;
mod empty;
mod facts;
mod identity;
mod ids;
mod known_ids;
mod natural;
mod needs;
mod open;
mod origins;
mod owners;
mod plan;
mod profiles;
mod sources;
mod votes;

pub use analyse::{Analysis, CleanOptions, CleanedTable, analyse_file, clean_file};
pub use bare::BareRule;
pub use clean::{CleanRow, Cleaner, RowLink};
pub use column_findings::{CellExample, ColumnFinding, ColumnFindings, ColumnTally};
pub use facts::{PlannedDamage, PlannedDecimalMark, PlannedFacts, PlannedUnit, PlannedUnixTime};
pub use identity::{id_text, key_hash};
pub use ids::{PlannedConflict, PlannedIdVerdict, PlannedIdentity, are_other_records};
pub use natural::{PlannedNatural, PlannedNaturals};
pub use open::{DiscardRows, OpenedFile, OpenedTable, RowSink, open_heads, open_tables, sheet_index, table_ordinal};
pub use owners::{OwnerNames, OwnerRule, OwnerTracker, OwnerVotes};
pub use plan::{HeaderChoice, PlannedColumn, PlannedDateOrder, TablePlan};
pub use sources::Sources;
pub use torqueflow_cleanup::Country;
pub use torqueflow_detection::{
    ConfidenceLevel, DetectedType, Detection, DetectionWarning, HeaderSet, SourceError, parse_source,
};
pub use torqueflow_tabular::{
    FILE_BYTES, Format, Isolate, Limit, Limits, OpenError, OpenOptions, Password, ReadSeek, Setting, TableReader, Unit,
    archive, legacy, open, staging,
};
pub use votes::TableVotes;
