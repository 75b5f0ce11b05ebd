//! What the process that tried a file says of it.

use serde::{Deserialize, Serialize};

/// What became of a file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reply {
    pub result: Outcome,
    /// Milliseconds that processors spent on the process, as it knows itself; 0 where nobody knows.
    pub busy_ms: u64,
    /// The most memory that the process had, as it knows itself; 0 where nobody knows.
    pub peak_bytes: u64,
}

/// What a file was, or why it was refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Outcome {
    /// Its tables were read to their ends.
    Read(Vec<Table>),
    /// It was decrypted.
    Decrypted {
        /// The SHA-256 of the plaintext in hexadecimal.
        sha256: String,
    },
    Refused(Refusal),
}

/// Why a file was refused.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable code.
    pub code: String,
    /// What a person reads.
    pub message: String,
}

/// A table that was read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Table {
    pub header_row: Option<u64>,
    pub columns: Vec<String>,
    pub title_lines: u64,
    pub titles: Vec<String>,
    pub encoding: Option<String>,
    pub delimiter: Option<char>,
    pub row_count: u64,
    /// The first rows, if they were asked for.
    pub rows: Vec<Row>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    pub number: u64,
    pub cells: Vec<Cell>,
    /// Columns that a finding is about; `None` is the whole row.
    pub findings: Vec<Option<usize>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub text: String,
    pub kind: Kind,
}

/// What the file says a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    Empty,
    Text,
    Number(f64),
    /// A date, a time, or both.
    Moment,
    Boolean(bool),
    Error,
}
