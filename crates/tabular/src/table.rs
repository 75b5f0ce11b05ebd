//! One table, read as a stream: its head first, then its data rows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use torqueflow_model::{Finding, FindingCode, Row};

use crate::error::OpenError;
use crate::head::{self, HeadDecision};
use crate::limits::{self, Limits};
use crate::note::TableNote;
use crate::rows::RowSource;

/// Rows that the head is decided from.
const HEAD_ROWS: usize = 1_000;
/// Bytes of text that the head is decided from.
const HEAD_BYTES: usize = 4 << 20;
/// Rows at the end that can be footers.
const FOOTER_ROWS: usize = 5;

/// What the first rows of a table say about it.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct TableHead {
    /// The header's row, from 1: the physical line of a CSV, the row of a sheet. `None` where there is no header.
    pub header_row: Option<u64>,
    /// The header's texts by column, trimmed. Empty where a header is empty; all empty where there is no header.
    pub columns: Vec<String>,
    /// Lines above the header, or above the first row where there is no header; blank ones count.
    pub title_lines: u64,
    /// The texts of those lines, cells joined by a space.
    pub titles: Vec<String>,
    /// The encoding of a CSV by its WHATWG name in lower case: `utf-8`, `utf-16le`, `utf-16be`, `windows-1252`.
    pub encoding: Option<&'static str>,
    /// The delimiter of a CSV.
    pub delimiter: Option<char>,
    /// The quote character of a CSV.
    pub quote: Option<char>,
    /// The escape character of a CSV that does not double its quotes.
    pub escape: Option<char>,
    /// Why, in sentences for a person.
    pub evidence: Vec<String>,
    /// No data row follows.
    pub is_empty: bool,
    /// It is a sheet of a workbook that counts days from 1904 (ECMA-376 Part 1, 18.2.28, `date1904`).
    pub date1904: bool,
}

/// What is known of a table before its first row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dialect {
    pub encoding: Option<&'static str>,
    pub delimiter: Option<char>,
    pub quote: Option<char>,
    pub escape: Option<char>,
    pub evidence: Vec<String>,
    pub date1904: bool,
}

/// The data rows of one table, in the order of the file.
///
/// Blank rows, titles above the header and footers below the data are left out.
pub struct TableReader<'d> {
    source: Box<dyn RowSource + Send + 'd>,
    head: TableHead,
    /// Rows of the sample that are still to come.
    sample: VecDeque<(Row, Vec<Finding>)>,
    /// Rows that are footers if nothing but their like follows.
    held: VecDeque<(Row, Vec<Finding>)>,
    /// What ended the run of held rows.
    after_held: Option<(Row, Vec<Finding>)>,
    footers: Vec<u64>,
    ended: bool,
    rows: u64,
    limits: Limits,
    /// Cells of data rows that were given the value that they are merged with, by column.
    merged: BTreeMap<usize, u64>,
    /// What was told of a column and is not told again.
    told: BTreeSet<(FindingCode, usize)>,
}

impl<'d> TableReader<'d> {
    pub(crate) fn new(
        mut source: Box<dyn RowSource + Send + 'd>,
        dialect: Dialect,
        limits: &Limits,
    ) -> Result<Self, OpenError> {
        let (sample, ended) = read_sample(source.as_mut())?;
        let rows = sample.len() as u64;
        limits.check_rows(rows)?;
        let decision = head::decide(&sample, source.spans(), limits.max_columns);
        limits::COLUMNS.check(decision.columns.len() as u64, limits.max_columns as u64)?;
        source.set_columns(decision.columns.len());
        let first_data = decision.first_data;
        let head = table_head(decision, dialect, &sample);
        let sample: VecDeque<_> = sample.into_iter().skip(first_data).collect();
        let mut reader = Self {
            source,
            head,
            sample,
            held: VecDeque::new(),
            after_held: None,
            footers: Vec::new(),
            ended,
            rows,
            limits: limits.clone(),
            merged: BTreeMap::new(),
            told: BTreeSet::new(),
        };
        reader.head.is_empty = !reader.peek()?;
        Ok(reader)
    }

    /// What the first rows say about the table.
    pub fn head(&self) -> &TableHead {
        &self.head
    }

    /// The numbers of the rows at the end that were left out as footers (`Total`, `End of report`). Complete once
    /// [`next_row`](Self::next_row) has said `false`.
    pub fn footer_rows(&self) -> &[u64] {
        &self.footers
    }

    /// What is worth knowing about the table as a whole. Complete once [`next_row`](Self::next_row) has said `false`.
    pub fn notes(&self) -> Vec<TableNote> {
        let mut notes = Vec::new();
        if !self.merged.is_empty() {
            notes.push(TableNote::MergedCells {
                count: self.merged.values().sum(),
                columns: self.merged.keys().copied().collect(),
            });
        }
        let Some(layout) = self.source.layout() else {
            return notes;
        };
        let columns = self.head.columns.len();
        let uncalculated: Vec<_> = layout.uncalculated.range(..columns).collect();
        if !uncalculated.is_empty() {
            let columns = uncalculated.iter().map(|(column, count)| (**column, **count));
            notes.push(TableNote::FormulasWithoutResult {
                columns: columns.collect(),
            });
        }
        if layout.hidden_rows > 0 {
            notes.push(TableNote::HiddenRows {
                count: layout.hidden_rows,
                first: layout.first_hidden_rows.clone(),
                filtered: layout.is_filtered,
            });
        }
        let columns: Vec<usize> = (0..columns).filter(|column| layout.is_column_hidden(*column)).collect();
        if !columns.is_empty() {
            notes.push(TableNote::HiddenColumns { columns });
        }
        notes
    }

    /// The next data row, into `row` whose buffers are used again. `findings` is cleared, then filled with what was
    /// wrong with the row. `false` at the end, when `row` means nothing.
    pub fn next_row(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        let is_there = self.advance(row, findings)?;
        if is_there {
            self.tell_once(findings);
        }
        Ok(is_there)
    }

    /// Leaves out what holds for many cells of a column and was told of the first of them.
    fn tell_once(&mut self, findings: &mut Vec<Finding>) {
        let columns = self.head.columns.len();
        findings.retain(|finding| {
            let Some(column) = finding.column.filter(|_| is_told_once(finding.code)) else {
                return true;
            };
            if column >= columns {
                return false;
            }
            if finding.code == FindingCode::MergedCellFilled {
                *self.merged.entry(column).or_default() += 1;
            }
            self.told.insert((finding.code, column))
        });
    }

    /// The next row that is no footer.
    fn advance(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        findings.clear();
        if self.held.is_empty() && self.after_held.is_none() {
            if !self.pull(row, findings)? {
                return Ok(false);
            }
            if !head::looks_like_footer(row, self.head.columns.len()) {
                return Ok(true);
            }
            self.held.push_back((std::mem::take(row), std::mem::take(findings)));
            self.resolve_held()?;
        }
        let next = self.held.pop_front().or_else(|| self.after_held.take());
        let Some((next_row, next_findings)) = next else {
            return Ok(false);
        };
        *row = next_row;
        *findings = next_findings;
        Ok(true)
    }

    /// Reads on until a row that is no footer, or the end, which makes footers of what is held.
    fn resolve_held(&mut self) -> Result<(), OpenError> {
        while self.held.len() <= FOOTER_ROWS {
            let (mut row, mut findings) = (Row::default(), Vec::new());
            if !self.pull(&mut row, &mut findings)? {
                self.footers.extend(self.held.drain(..).map(|(row, _)| row.number));
                return Ok(());
            }
            if !head::looks_like_footer(&row, self.head.columns.len()) {
                self.after_held = Some((row, findings));
                return Ok(());
            }
            self.held.push_back((row, findings));
        }
        Ok(())
    }

    /// The next row that is not blank, cut to the columns of the table.
    fn pull(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        loop {
            findings.clear();
            if let Some((sample_row, sample_findings)) = self.sample.pop_front() {
                *row = sample_row;
                *findings = sample_findings;
            } else if self.ended || !self.source.next(row, findings)? {
                self.ended = true;
                return Ok(false);
            } else {
                self.rows += 1;
                self.limits.check_rows(self.rows)?;
            }
            if !row.is_blank() || !findings.is_empty() {
                cut_to_columns(row, findings, self.head.columns.len());
                return Ok(true);
            }
        }
    }

    /// Says whether a data row follows.
    fn peek(&mut self) -> Result<bool, OpenError> {
        if !self.sample.is_empty() {
            return Ok(true);
        }
        let (mut row, mut findings) = (Row::default(), Vec::new());
        if !self.pull(&mut row, &mut findings)? {
            return Ok(false);
        }
        self.sample.push_back((row, findings));
        Ok(true)
    }
}

/// What is told of the first cell of a column only.
fn is_told_once(code: FindingCode) -> bool {
    matches!(code, FindingCode::MergedCellFilled | FindingCode::FormulaWithoutResult)
}

/// Reads the rows that the head is decided from.
#[expect(clippy::type_complexity, reason = "a pair that lives for one call")]
fn read_sample(source: &mut dyn RowSource) -> Result<(Vec<(Row, Vec<Finding>)>, bool), OpenError> {
    let mut sample = Vec::new();
    let mut bytes = 0;
    while sample.len() < HEAD_ROWS && bytes < HEAD_BYTES {
        let (mut row, mut findings) = (Row::default(), Vec::new());
        if !source.next(&mut row, &mut findings)? {
            return Ok((sample, true));
        }
        bytes += row.cells.iter().map(|cell| cell.text.len() + 48).sum::<usize>();
        sample.push((row, findings));
    }
    Ok((sample, false))
}

fn table_head(decision: HeadDecision, dialect: Dialect, sample: &[(Row, Vec<Finding>)]) -> TableHead {
    let number = |index: usize| sample.get(index).map(|(row, _)| row.number);
    let first_row = decision.header.and_then(number).or_else(|| number(decision.first_data));
    let titles = sample
        .iter()
        .take(decision.header.unwrap_or(decision.first_data))
        .map(|(row, _)| title(row));
    let mut evidence = dialect.evidence;
    evidence.extend(decision.evidence);
    TableHead {
        header_row: decision.header.and_then(number),
        columns: decision.columns,
        title_lines: first_row.map_or(0, |row| row.saturating_sub(1)),
        titles: titles.filter(|title| !title.is_empty()).collect(),
        encoding: dialect.encoding,
        delimiter: dialect.delimiter,
        quote: dialect.quote,
        escape: dialect.escape,
        evidence,
        is_empty: false,
        date1904: dialect.date1904,
    }
}

/// The words of a title line.
fn title(row: &Row) -> String {
    let words: Vec<&str> = row
        .cells
        .iter()
        .map(|cell| cell.text.trim())
        .filter(|text| !text.is_empty())
        .collect();
    words.join(" ")
}

/// Cuts what lies to the right of the table, and says so unless it is blank.
fn cut_to_columns(row: &mut Row, findings: &mut Vec<Finding>, columns: usize) {
    let Some(extra) = row.cells.get(columns..) else {
        return;
    };
    let texts: Vec<String> = extra
        .iter()
        .map(|cell| cell.text.trim().chars().take(100).collect())
        .filter(|text: &String| !text.is_empty())
        .take(10)
        .collect();
    if !texts.is_empty() {
        findings.push(Finding::row(FindingCode::RowTooLong, texts.join(" | ")));
    }
    row.cells.truncate(columns);
}
