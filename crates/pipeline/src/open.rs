//! Opening a file: every table is read once, detected from its head, and handed on row by row.

use std::io;

use torqueflow_cleanup::DateVote;
use torqueflow_detection::Detection;
use torqueflow_model::{Finding, Row};
use torqueflow_tabular::{OpenError, OpenOptions, ReadSeek, TableHead, TableReader, Visibility, open};

use crate::plan::TablePlan;
use crate::sources::Sources;

/// Rows that detection looks at, and that a preview shows.
const SAMPLE_ROWS: usize = 100;

/// Where the rows of an opened file go.
pub trait RowSink {
    /// A table begins: its place in the file from 0, and its headers.
    fn begin(&mut self, table: usize, headers: &[String]) -> io::Result<()>;
    /// Its next data row, with what was wrong in reading it.
    fn row(&mut self, row: &Row, findings: &[Finding]) -> io::Result<()>;
    /// The table is complete.
    fn end(&mut self) -> io::Result<()>;
}

/// Lets rows go by, for when only what the file *is* matters.
pub struct DiscardRows;

impl RowSink for DiscardRows {
    fn begin(&mut self, _: usize, _: &[String]) -> io::Result<()> {
        Ok(())
    }

    fn row(&mut self, _: &Row, _: &[Finding]) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is in a file.
#[derive(Debug)]
pub struct OpenedFile {
    /// It was encrypted.
    pub encrypted: bool,
    /// What a person should know of the file, in sentences.
    pub notes: Vec<String>,
    /// Its tables that have a header or rows.
    pub tables: Vec<OpenedTable>,
}

/// What is known of a table once it was read to its end.
#[derive(Debug)]
pub struct OpenedTable {
    /// Its place in the file, from 0; what the [`RowSink`] was told.
    pub index: usize,
    /// The worksheet; `None` for a text file.
    pub sheet: Option<String>,
    /// Header row, encoding, delimiter.
    pub head: TableHead,
    /// What it is, and why.
    pub detection: Detection,
    /// How its rows are to be read.
    pub plan: TablePlan,
    /// Its data rows.
    pub row_count: u64,
    /// What a person should know of it beyond the detection's warnings, in sentences.
    pub notes: Vec<String>,
}

impl OpenedTable {
    /// What a person calls the table's type.
    pub fn detection_label(&self) -> &str {
        self.detection
            .table_type
            .as_ref()
            .map_or("Unrecognised", |table| &table.label)
    }
}

/// Opens a file, reads each of its tables once, and says what they are.
///
/// With a `source_system`, tables are recognised as that system's only. Rows go to the sink as they are read, so memory
/// does not grow with the file.
pub fn open_tables<'a>(
    name: &str,
    reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
    sources: &Sources,
    source_system: Option<&str>,
    sink: &mut dyn RowSink,
) -> Result<OpenedFile, OpenError> {
    let mut document = open(name, reader, options)?;
    let encrypted = document.was_encrypted();
    let notes: Vec<_> = document.notes().iter().map(torqueflow_tabular::Note::message).collect();
    let infos = document.tables().to_vec();
    let mut tables = Vec::new();
    for (index, info) in infos.into_iter().enumerate() {
        let mut table = document.read_table(index)?;
        if table.head().columns.is_empty() || (table.head().header_row.is_none() && table.head().is_empty) {
            continue;
        }
        let mut opened = read_table(index, &mut table, sources, source_system, sink)?;
        opened.sheet = info.name;
        match info.visible {
            Visibility::Visible => {}
            Visibility::Hidden | Visibility::VeryHidden => opened.notes.push("The worksheet is hidden.".to_owned()),
        }
        tables.push(opened);
    }
    if tables.is_empty() {
        return Err(OpenError::NoUsableSheets);
    }
    Ok(OpenedFile {
        encrypted,
        notes,
        tables,
    })
}

fn read_table(
    index: usize,
    table: &mut TableReader<'_>,
    sources: &Sources,
    source_system: Option<&str>,
    sink: &mut dyn RowSink,
) -> Result<OpenedTable, OpenError> {
    let head = table.head().clone();
    sink.begin(index, &head.columns)?;
    let mut findings = Vec::new();
    let mut samples = Vec::new();
    let mut row = Row::default();
    let mut last_number = 0;
    while samples.len() < SAMPLE_ROWS && table.next_row(&mut row, &mut findings)? {
        raise_number(&mut row, &mut last_number);
        sink.row(&row, &findings)?;
        samples.push(row.clone());
    }
    let detection = sources.detect(source_system, &head.columns, &samples);
    let mut plan = TablePlan::from_detection(&detection);
    let mut votes: Vec<_> = plan
        .date_columns()
        .into_iter()
        .map(|column| (column, DateVote::new()))
        .collect();
    for sample in &samples {
        vote(&mut votes, sample);
    }
    let mut row_count = samples.len() as u64;
    if row_count == SAMPLE_ROWS as u64 {
        while table.next_row(&mut row, &mut findings)? {
            raise_number(&mut row, &mut last_number);
            sink.row(&row, &findings)?;
            vote(&mut votes, &row);
            row_count += 1;
        }
    }
    sink.end()?;
    let known = detection.table_type.as_ref().and_then(|table| table.date_order);
    let mut notes = plan.settle_dates(&votes, known);
    if !table.footer_rows().is_empty() {
        let rows: Vec<_> = table.footer_rows().iter().map(u64::to_string).collect();
        notes.push(format!("Left out as footers: row {}.", rows.join(", ")));
    }
    Ok(OpenedTable {
        index,
        sheet: None,
        head,
        detection,
        plan,
        row_count,
        notes,
    })
}

/// Makes row numbers grow. They do in every sound file; in a damaged one they may repeat, and rows are told apart by them.
fn raise_number(row: &mut Row, last: &mut u64) {
    row.number = row.number.max(*last + 1);
    *last = row.number;
}

fn vote(votes: &mut [(usize, DateVote)], row: &Row) {
    for (column, vote) in votes {
        if let Some(cell) = row.cells.get(*column) {
            vote.observe(cell);
        }
    }
}
