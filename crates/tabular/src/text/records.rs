//! The records of a text file as rows.

use std::io::Read;

use torqueflow_model::{CellKind, Finding, FindingCode, Row};

use super::dialect::TextDialect;
use super::encoding::Profile;
use super::guard::Guard;
use crate::error::OpenError;
use crate::limits::{self, Limits};
use crate::rows::{RowSource, cell_finding, without_nul};

/// Rows out of delimited text.
pub(crate) struct Records<R: Read> {
    reader: csv::Reader<Guard<R>>,
    record: csv::StringRecord,
    has_nul: bool,
    malformed: bool,
    skip_first: bool,
    max_cell_chars: usize,
    max_columns: usize,
    max_row_bytes: usize,
}

impl<R: Read> Records<R> {
    pub(crate) fn new(text: R, dialect: &TextDialect, profile: &Profile, limits: &Limits) -> Self {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(dialect.delimiter)
            .quote(dialect.quote)
            .escape(dialect.escape)
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(64 * 1024)
            .from_reader(Guard::new(text, dialect, limits));
        Self {
            reader,
            record: csv::StringRecord::new(),
            has_nul: profile.has_nul,
            malformed: profile.malformed,
            skip_first: dialect.separator_line,
            max_cell_chars: limits.max_cell_chars,
            max_columns: limits.max_columns,
            max_row_bytes: limits.max_row_bytes,
        }
    }

    /// What is wrong with the text of a cell, repaired.
    fn check_cell(&self, column: usize, text: &mut String, findings: &mut Vec<Finding>) {
        if self.has_nul && text.contains('\0') {
            *text = without_nul(text);
            cell_finding(findings, FindingCode::TextNulReplaced, column, text, "");
        } else if self.malformed && text.contains('\u{FFFD}') {
            cell_finding(findings, FindingCode::EncodingReplaced, column, text, "");
        }
        cut_cell(column, text, self.max_cell_chars, findings);
    }
}

/// Cuts a text that is too long, with a finding.
pub(crate) fn cut_cell(column: usize, text: &mut String, max_chars: usize, findings: &mut Vec<Finding>) {
    if text.len() > max_chars
        && let Some((end, _)) = text.char_indices().nth(max_chars)
    {
        text.truncate(end);
        cell_finding(
            findings,
            FindingCode::CellTruncated,
            column,
            text,
            max_chars.to_string(),
        );
    }
}

/// The first bytes of a text, up to the end of a character.
fn start_of(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

impl<R: Read> RowSource for Records<R> {
    fn next(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        self.reader.get_mut().start_row();
        if !self.reader.read_record(&mut self.record).map_err(csv_error)? {
            return Ok(false);
        }
        if std::mem::take(&mut self.skip_first) {
            return self.next(row, findings);
        }
        // The parser's own position of a record counts the blank lines before it.
        let next_line = self.reader.position().line();
        let inside = self.record.as_slice().bytes().filter(|byte| *byte == b'\n').count() as u64;
        let line = next_line.saturating_sub(1 + inside).max(1);
        row.number = line;
        if self.record.as_slice().len() > self.max_row_bytes {
            return Err(limits::ROW_BYTES.exceeded(self.max_row_bytes));
        }
        let fields = self.record.len().min(self.max_columns.saturating_add(1));
        row.cells.resize_with(fields, Default::default);
        for (column, (cell, field)) in row.cells.iter_mut().zip(&self.record).enumerate() {
            cell.text.clear();
            // What is cut anyway is not copied: a character has four bytes at most.
            cell.text
                .push_str(start_of(field, self.max_cell_chars.saturating_add(1).saturating_mul(4)));
            cell.kind = if field.is_empty() {
                CellKind::Empty
            } else {
                CellKind::Text
            };
            self.check_cell(column, &mut cell.text, findings);
        }
        if self.reader.get_mut().take_unclosed(line, next_line) {
            findings.push(Finding::row(FindingCode::QuoteUnclosed, ""));
        }
        Ok(true)
    }
}

fn csv_error(error: csv::Error) -> OpenError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => OpenError::from(error),
        csv::ErrorKind::Utf8 { .. } => OpenError::malformed("its text changed while it was read"),
        other => OpenError::malformed(format!("{other:?}")),
    }
}
