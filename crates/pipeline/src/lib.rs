#![doc = include_str!("../README.md")]

mod analyse;
mod clean;
mod identity;
mod open;
mod plan;
mod sources;

pub use analyse::{Analysis, CleanOptions, CleanedTable, analyse_file, clean_file};
pub use clean::{CleanRow, Cleaner, RowLink};
pub use identity::{id_text, key_hash};
pub use open::{DiscardRows, OpenedFile, OpenedTable, RowSink, open_heads, open_tables};
pub use plan::{DateVotes, HeaderChoice, PlannedColumn, PlannedDateOrder, TablePlan};
pub use sources::Sources;
pub use torqueflow_detection::{
    ConfidenceLevel, DetectedType, Detection, DetectionWarning, HeaderSet, SourceError, parse_source,
};
pub use torqueflow_tabular::{
    FILE_BYTES, Format, Isolate, Limit, Limits, OpenError, OpenOptions, Password, ReadSeek, Setting, TableReader, Unit,
    legacy, open, staging,
};
