//! Where rows come from: one interface for every kind of file.

use torqueflow_model::{Finding, Row};

use crate::error::OpenError;
use crate::layout::Layout;
use crate::merged::Span;

/// A stream of rows as they stand in the file: titles, header, data and footers alike.
pub(crate) trait RowSource {
    /// The next row, into `row` whose buffers are used again. Findings are appended. `false` at the end.
    fn next(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError>;

    /// Says how many columns are wanted from now on, so that far cells need no memory.
    fn set_columns(&mut self, _columns: usize) {}

    /// Cells of the first rows that are merged over several columns.
    fn spans(&self) -> &[Span] {
        &[]
    }

    /// What is known of rows and columns beyond their cells; complete at the end.
    fn layout(&self) -> Option<&Layout> {
        None
    }
}

/// Findings that one row has at most: a damaged row tells the same a million times.
const MOST_FINDINGS: usize = 1_000;
const LONGEST_VALUE: usize = 200;

/// Appends a finding, unless the row has its fill of them.
pub(crate) fn push_finding(findings: &mut Vec<Finding>, finding: Finding) {
    if findings.len() < MOST_FINDINGS {
        findings.push(finding);
    }
}

/// Appends a finding about one cell.
pub(crate) fn cell_finding(
    findings: &mut Vec<Finding>,
    code: torqueflow_model::FindingCode,
    column: usize,
    value: &str,
    detail: impl Into<String>,
) {
    let finding = Finding {
        column: Some(column),
        value: without_nul(value).chars().take(LONGEST_VALUE).collect(),
        ..Finding::row(code, detail)
    };
    push_finding(findings, finding);
}

/// Text that every database can keep: NUL becomes U+FFFD.
pub(crate) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
