//! What happens, while it happens.

/// Something that happened in a run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A phase begins: detecting, analysing, importing.
    Phase(Phase),
    /// Rows of a table were analysed.
    Analysed(TableProgress),
    /// Rows of a table were committed.
    Imported(TableProgress),
    /// Writes of the run were taken back.
    RolledBack {
        /// Writes that are done.
        done: i64,
        /// All writes.
        total: i64,
    },
    /// An unfinished run goes on.
    Resumed,
    /// The database failed for a moment; the batch is tried again.
    Retrying,
}

/// How far a table is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableProgress {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// Rows that are done.
    pub done: i64,
    /// All rows.
    pub total: i64,
}

/// The phases of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Files are opened, and their tables recognised.
    Detecting,
    /// Every row is read, cleaned and matched.
    Analysing,
    /// Rows are written.
    Importing,
    /// What was written is taken back.
    RollingBack,
}

/// Whoever wants to know.
pub type Listener<'a> = &'a (dyn Fn(Event) + Send + Sync);
