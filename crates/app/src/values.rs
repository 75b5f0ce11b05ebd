//! Findings as they are kept and told.

use torqueflow_engine::stored;
use torqueflow_model::FindingCode;
use torqueflow_persistence::{FindingCell, StoredFinding};
use torqueflow_pipeline::ColumnFinding;

/// A finding of a column, ready to be kept.
pub(crate) fn stored_of_column(ordinal: i64, of_column: &ColumnFinding) -> StoredFinding {
    let examples = of_column.examples.iter().map(|example| FindingCell {
        row: example.row as i64,
        value: example.value.clone(),
        detail: example.detail.clone(),
    });
    StoredFinding {
        cells: of_column.cells as i64,
        examples: examples.collect(),
        ..stored(0, ordinal, &of_column.finding)
    }
}

/// The message of a finding for a person, without its place.
pub(crate) fn message_of(finding: &StoredFinding) -> String {
    let Some(code) = FindingCode::from_code(&finding.code) else {
        return finding.code.clone();
    };
    if finding.row().is_some() {
        return code.message(&finding.detail).into_owned();
    }
    let rows: Vec<u64> = finding.examples.iter().map(|cell| cell.row.unsigned_abs()).collect();
    code.message_of_column(&finding.detail, finding.cells.unsigned_abs(), &rows)
}
