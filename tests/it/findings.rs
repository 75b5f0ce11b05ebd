//! The error log, read back.

use crate::support::Workspace;

/// A line of the error log.
#[derive(Debug)]
pub struct Finding {
    pub sheet: String,
    /// As a spreadsheet counts: the header is 1. What holds for a column has none, here 0.
    pub row: usize,
    pub column: String,
    pub value: String,
    pub code: String,
    pub severity: String,
    pub message: String,
}

impl Finding {
    /// How many cells it is about.
    pub fn cells(&self) -> i64 {
        let counted = self
            .message
            .strip_prefix("In ")
            .and_then(|rest| rest.split_once(" cells of this column"));
        counted.map_or(1, |(cells, _)| cells.parse().unwrap())
    }
}

/// The columns of the error log.
pub const COLUMNS: [&str; 9] = [
    "file", "sheet", "row", "column", "value", "code", "severity", "message", "fix",
];

/// Reads an error log of a workspace.
pub fn read(workspace: &Workspace, name: &str) -> Vec<Finding> {
    let text = workspace.read(name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), &COLUMNS[..]);
    let rows = reader.records();
    rows.map(|row| {
        let row = row.unwrap();
        Finding {
            sheet: row[1].to_owned(),
            row: row[2].parse().unwrap_or(0),
            column: row[3].to_owned(),
            value: row[4].to_owned(),
            code: row[5].to_owned(),
            severity: row[6].to_owned(),
            message: row[7].to_owned(),
        }
    })
    .collect()
}
