//! One table, read as a stream: its head first, then its data rows.

use std::collections::VecDeque;

use torqueflow_model::{Finding, FindingCode, LeftOut, Row, RowClass};

use crate::classes::{self, Classifier, Verdict, Waiting};
use crate::error::OpenError;
use crate::head::{self, HeadDecision, Sampled};
use crate::limits::{self, Limits};
use crate::note::TableNote;
use crate::rows::RowSource;
use crate::told::Told;

/// Rows that the head is decided from.
const HEAD_ROWS: usize = 1_000;
/// Bytes of text that the head is decided from.
const HEAD_BYTES: usize = 4 << 20;
/// Rows that the columns of a table below another one are told from.
const NEXT_HEAD_ROWS: usize = 200;
/// Columns that are read at least, in case a table below is wider.
const WIDTH_BELOW: usize = 256;
/// Bytes of rows ahead after which no more are read.
const AHEAD_BYTES: usize = 1 << 20;
/// Buffers that are larger are not kept.
const SPARE_BYTES: usize = 64 * 1024;
/// Rows that hold no record and are kept to be shown.
const SHOWN_LEFT_OUT: usize = 100;
/// Bytes that those take at most, and one row more.
const SHOWN_BYTES: usize = 256 * 1024;
/// What a cell takes beside its text.
const CELL_BYTES: usize = 48;

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

/// The data rows of one table, in the order of the file, and then of the tables that stand below it.
///
/// Rows that hold no record (blank ones, titles, repeated headers, totals, page lines …) are left out and counted by class.
/// Where a row names other columns than the table's, the table ends, and [`next_table`](Self::next_table) goes on with the
/// one that begins there.
pub struct TableReader<'d> {
    source: Box<dyn RowSource + Send + 'd>,
    head: TableHead,
    /// The place of the table among those of the sheet or text, from 1.
    ordinal: usize,
    classifier: Classifier,
    left_out: LeftOut,
    /// The first of those that are not blank.
    first_left_out: Vec<(RowClass, Row)>,
    first_left_out_bytes: usize,
    /// Rows that were read for the head and are still to come, blank ones included.
    sample: VecDeque<Sampled>,
    /// The next rows, without blank ones.
    ahead: VecDeque<Waiting>,
    ahead_bytes: usize,
    /// Buffers to be used again.
    spare: Vec<Waiting>,
    /// The number of the row that was read last.
    last_number: u64,
    /// Blank rows since the last one ahead.
    blanks: u64,
    /// The source has no more rows.
    ended: bool,
    /// Another table begins with the rows ahead: so many titles, then its header.
    next_titles: Option<usize>,
    rows: u64,
    limits: Limits,
    told: Told,
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
        let first_rows: Vec<&Row> = sample.iter().map(|(row, _)| row).collect();
        let own = sample.get(..classes::table_end(&first_rows, None)).unwrap_or(&sample);
        let decision = head::decide(own, source.spans(), limits.max_columns);
        limits::COLUMNS.check(decision.columns.len() as u64, limits.max_columns as u64)?;
        // A table below this one may be wider.
        source.set_columns(decision.columns.len().max(WIDTH_BELOW));
        let first_data = decision.first_data;
        let body = own.iter().skip(first_data).map(|(row, _)| row);
        let classifier = Classifier::new(&decision.columns, body);
        let is_text = dialect.delimiter.is_some();
        let header = decision.header.and_then(|header| sample.get(header));
        let first = sample
            .get(first_data)
            .map_or(0, |(row, _)| row.number.saturating_sub(1));
        let last_number = header.map_or(first, |(row, _)| last_line(row, is_text));
        let head = table_head(decision, dialect, &sample);
        let mut reader = Self {
            source,
            head,
            ordinal: 1,
            classifier,
            left_out: LeftOut::default(),
            first_left_out: Vec::new(),
            first_left_out_bytes: 0,
            sample: sample.into_iter().skip(first_data).collect(),
            ahead: VecDeque::new(),
            ahead_bytes: 0,
            spare: Vec::new(),
            last_number,
            blanks: 0,
            ended,
            next_titles: None,
            rows,
            limits: limits.clone(),
            told: Told::default(),
        };
        reader.look_ahead(1)?;
        reader.head.is_empty = reader.ahead.is_empty();
        Ok(reader)
    }

    /// What the first rows say about the table.
    pub fn head(&self) -> &TableHead {
        &self.head
    }

    /// The place of the table among those that stand below each other in this worksheet or text, from 1.
    pub fn ordinal(&self) -> usize {
        self.ordinal
    }

    /// The rows that hold no record and were left out so far. Complete once [`next_row`](Self::next_row) has said `false`.
    pub fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    /// The first hundred of those that are not blank, with their classes, in their order; fewer where they are very long.
    pub fn first_left_out(&self) -> &[(RowClass, Row)] {
        &self.first_left_out
    }

    /// What is worth knowing about the table as a whole. Complete once [`next_row`](Self::next_row) has said `false`.
    pub fn notes(&self) -> Vec<TableNote> {
        let columns = self.head.columns.len();
        self.told
            .notes(columns, self.source.layout(), self.next_titles.is_none())
    }

    /// The next data row, into `row` whose buffers are used again. `findings` is cleared, then filled with what was
    /// wrong with the row. `false` at the end of the table, when `row` means nothing.
    pub fn next_row(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        loop {
            findings.clear();
            if self.next_titles.is_some() {
                return Ok(false);
            }
            self.look_ahead(classes::ROWS_AHEAD + 1)?;
            let verdict = self
                .classifier
                .classify(&self.ahead, self.ended && self.sample.is_empty());
            let blanks = match self.ahead.front_mut() {
                Some(next) => std::mem::take(&mut next.blanks),
                None => std::mem::take(&mut self.blanks),
            };
            self.left_out.add_many(RowClass::Blank, blanks);
            if let Verdict::NextTable { titles } = verdict {
                self.next_titles = Some(titles);
                return Ok(false);
            }
            let Some(mut waiting) = self.take() else {
                return Ok(false);
            };
            if let Verdict::LeftOut(class) = verdict {
                self.leave_out(class, &waiting.row);
                self.classifier.left_out(class);
                self.recycle(waiting);
                continue;
            }
            std::mem::swap(row, &mut waiting.row);
            std::mem::swap(findings, &mut waiting.findings);
            self.recycle(waiting);
            cut_to_columns(row, findings, self.head.columns.len());
            self.told.tell_once(self.head.columns.len(), findings);
            self.classifier.took(row);
            return Ok(true);
        }
    }

    /// Goes on with the table below this one; what is left of this one is read over. `false` where there is none. Its title
    /// lines and its header count among the rows that it leaves out.
    pub fn next_table(&mut self) -> Result<bool, OpenError> {
        let (mut row, mut findings) = (Row::default(), Vec::new());
        while self.next_row(&mut row, &mut findings)? {}
        let Some(titles) = self.next_titles.take() else {
            return Ok(false);
        };
        self.told.begin_next(self.source.layout());
        self.look_ahead(NEXT_HEAD_ROWS)?;
        self.left_out = LeftOut::default();
        self.first_left_out.clear();
        self.first_left_out_bytes = 0;
        let mut lines = Vec::new();
        for _ in 0..titles {
            let Some(waiting) = self.take() else { return Ok(false) };
            self.left_out.add_many(RowClass::Blank, waiting.blanks);
            self.leave_out(RowClass::OtherTable, &waiting.row);
            lines.push(title(&waiting.row));
        }
        let mut rows: Vec<&Row> = self.ahead.iter().map(|waiting| &waiting.row).collect();
        rows.truncate(classes::table_end(&rows, Some(0)));
        let decision = head::below_header(&rows, self.limits.max_columns);
        limits::COLUMNS.check(decision.columns.len() as u64, self.limits.max_columns as u64)?;
        self.classifier = Classifier::new(&decision.columns, rows.into_iter().skip(1));
        let Some(header) = self.take() else { return Ok(false) };
        self.left_out.add_many(RowClass::Blank, header.blanks);
        self.leave_out(RowClass::OtherTable, &header.row);
        self.ordinal += 1;
        self.head = TableHead {
            header_row: Some(header.row.number),
            columns: decision.columns,
            title_lines: titles as u64,
            titles: lines,
            evidence: decision.evidence,
            is_empty: self.ahead.is_empty(),
            ..self.head.clone()
        };
        Ok(true)
    }

    /// Counts a row that holds no record, and keeps it if it is one of the first.
    fn leave_out(&mut self, class: RowClass, row: &Row) {
        self.left_out.add(class, row.number);
        if self.first_left_out.len() < SHOWN_LEFT_OUT && self.first_left_out_bytes < SHOWN_BYTES {
            self.first_left_out_bytes += bytes(row);
            self.first_left_out.push((class, row.clone()));
        }
    }

    /// Has so many rows ahead, unless there are no more or they are very long.
    fn look_ahead(&mut self, rows: usize) -> Result<(), OpenError> {
        while self.ahead.len() < rows && self.ahead_bytes < AHEAD_BYTES && self.pull()? {}
        Ok(())
    }

    /// Reads the next row that is not blank.
    fn pull(&mut self) -> Result<bool, OpenError> {
        let mut waiting = self.spare.pop().unwrap_or_default();
        loop {
            waiting.findings.clear();
            if let Some((row, findings)) = self.sample.pop_front() {
                waiting.row = row;
                waiting.findings = findings;
            } else if self.ended || !self.source.next(&mut waiting.row, &mut waiting.findings)? {
                self.ended = true;
                self.spare.push(waiting);
                return Ok(false);
            } else {
                self.rows += 1;
                self.limits.check_rows(self.rows)?;
            }
            Limits::check_row_number(waiting.row.number)?;
            self.blanks += self.blank_lines_above(waiting.row.number);
            if !waiting.row.is_blank() || !waiting.findings.is_empty() {
                waiting.blanks = std::mem::take(&mut self.blanks);
                self.ahead_bytes += bytes(&waiting.row);
                self.ahead.push_back(waiting);
                return Ok(true);
            }
            self.blanks += 1;
        }
    }

    /// The blank lines between the row that was read last and this one, which are no rows to the source.
    fn blank_lines_above(&mut self, number: u64) -> u64 {
        let mut last = self.last_number;
        self.last_number = number;
        if number > last + 1
            && let Some(above) = self.ahead.back().filter(|above| above.row.number == last)
        {
            last = last_line(&above.row, self.head.delimiter.is_some());
        }
        number.saturating_sub(last + 1)
    }

    /// Takes the next row off those ahead.
    fn take(&mut self) -> Option<Waiting> {
        let waiting = self.ahead.pop_front()?;
        if self.last_number == waiting.row.number {
            // It is the last that was read, and goes away.
            self.last_number = last_line(&waiting.row, self.head.delimiter.is_some());
        }
        self.ahead_bytes = self.ahead_bytes.saturating_sub(bytes(&waiting.row));
        Some(waiting)
    }

    /// Keeps buffers to be used again, unless they are very large.
    fn recycle(&mut self, waiting: Waiting) {
        if bytes(&waiting.row) < SPARE_BYTES {
            self.spare.push(waiting);
        }
    }
}

/// Roughly what a row takes in memory.
fn bytes(row: &Row) -> usize {
    row.cells.iter().map(|cell| cell.text.capacity() + CELL_BYTES).sum()
}

/// The line that a row ends in. A record of a text may span several.
fn last_line(row: &Row, is_text: bool) -> u64 {
    if !is_text {
        return row.number;
    }
    let inside = row
        .cells
        .iter()
        .map(|cell| cell.text.bytes().filter(|byte| *byte == b'\n').count() as u64);
    row.number + inside.sum::<u64>()
}

/// Reads the rows that the head is decided from.
fn read_sample(source: &mut dyn RowSource) -> Result<(Vec<Sampled>, bool), OpenError> {
    let mut sample = Vec::new();
    let mut bytes = 0;
    while sample.len() < HEAD_ROWS && bytes < HEAD_BYTES {
        let (mut row, mut findings) = (Row::default(), Vec::new());
        if !source.next(&mut row, &mut findings)? {
            return Ok((sample, true));
        }
        bytes += row.cells.iter().map(|cell| cell.text.len() + CELL_BYTES).sum::<usize>();
        sample.push((row, findings));
    }
    Ok((sample, false))
}

fn table_head(decision: HeadDecision, dialect: Dialect, sample: &[Sampled]) -> TableHead {
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
    findings.retain(|finding| finding.column.is_none_or(|column| column < columns));
}
