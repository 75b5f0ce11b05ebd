#![doc = include_str!("../README.md")]

mod analyse;
mod bare;
mod beside;
mod blanks;
mod clean;
mod column_findings;
mod columns;
mod empty;
mod facts;
mod feeds;
mod flagged;
mod identity;
mod ids;
mod kinds;
mod known_ids;
mod mapping;
mod named;
mod natural;
mod needs;
mod open;
mod origins;
mod owners;
mod plan;
mod profiles;
mod sources;
mod understand;
mod votes;

pub use analyse::{Analysis, CleanOptions, CleanedTable, analyse_file, clean_file};
pub use bare::BareRule;
pub use blanks::PlannedBlank;
pub use clean::{CleanRow, Cleaner, RowLink};
pub use column_findings::{CellExample, ColumnFinding, ColumnFindings, ColumnTally};
pub use facts::{PlannedDamage, PlannedDecimalMark, PlannedFacts, PlannedNames, PlannedUnit, PlannedUnixTime};
pub use identity::{id_text, key_hash};
pub use ids::{PlannedConflict, PlannedIdVerdict, PlannedIdentity};
pub use mapping::{
    ColumnChoice, Feed, Mapping, MappingError, Split, column_keys, column_name, column_named, given_away, map_columns,
    mapping_for, mapping_of, nearest, said_twice,
};
pub use named::{Called, NamedLink, customer_names};
pub use natural::{PlannedNatural, PlannedNaturals};
pub use open::{
    Choose, DiscardRows, OpenedFile, OpenedTable, RowSink, open_heads, open_tables, open_tables_as, sheet_index,
    table_ordinal,
};
pub use owners::{OwnerNames, OwnerRule, OwnerTracker, OwnerVotes};
pub use plan::{ColumnShape, HeaderChoice, PlannedColumn, PlannedConstant, PlannedDateOrder, PlannedSplit, TablePlan};
pub use sources::Sources;
pub use torqueflow_cleanup::Country;
pub use torqueflow_detection::{
    ConfidenceLevel, DetectedType, Detection, DetectionWarning, HeaderSet, SourceError, Surroundings, TypeCandidate,
    check_source, parse_source,
};
pub use torqueflow_tabular::{
    FILE_BYTES, Format, Isolate, Limit, Limits, OpenError, OpenOptions, Password, ReadSeek, Setting, TableReader, Unit,
    archive, legacy, open, staging,
};
pub use understand::{ChoiceError, TableChoice, Understood, understand};
pub use votes::TableVotes;
