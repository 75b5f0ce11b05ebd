//! Opening a file: every table is read once, detected from its head, and handed on row by row.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use torqueflow_detection::Detection;
use torqueflow_model::{Finding, Row};
use torqueflow_tabular::{OpenError, OpenOptions, ReadSeek, TableHead, TableReader, Visibility, open};

use crate::plan::TablePlan;
use crate::sources::Sources;
use crate::votes::DateVotes;

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

impl<S: RowSink + ?Sized> RowSink for &mut S {
    fn begin(&mut self, table: usize, headers: &[String]) -> io::Result<()> {
        (**self).begin(table, headers)
    }

    fn row(&mut self, row: &Row, findings: &[Finding]) -> io::Result<()> {
        (**self).row(row, findings)
    }

    fn end(&mut self) -> io::Result<()> {
        (**self).end()
    }
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
    read_tables(name, reader, options, sources, source_system, Extent::Whole, sink)
}

/// Opens a file and looks at the first rows of each of its tables: what they seem to be, before the whole file is read.
///
/// Of text, only the first part is read at all. Row counts are those of the rows that were looked at, and what was
/// concluded from them (encoding, type, order of day and month) may turn out otherwise.
pub fn open_heads<'a>(
    name: &str,
    mut reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
    sources: &Sources,
    source_system: Option<&str>,
    sink: &mut dyn RowSink,
) -> Result<OpenedFile, OpenError> {
    let mut head = Vec::new();
    reader.by_ref().take(HEAD_BYTES).read_to_end(&mut head)?;
    let is_container = CONTAINERS.iter().any(|magic| head.starts_with(magic));
    if (head.len() as u64) < HEAD_BYTES || is_container {
        reader.seek(SeekFrom::Start(0))?;
    } else {
        cut_at_line(&mut head);
        reader = Box::new(Cursor::new(head));
    }
    read_tables(name, reader, options, sources, source_system, Extent::Head, sink)
}

/// How much of each table is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Head,
}

/// How much of a text is looked at for its head.
const HEAD_BYTES: u64 = 256 * 1024;
/// How zip archives (APPNOTE.TXT 4.3.7, 4.3.16) and compound files (MS-CFB 2.2) begin. What they hold is read in part
/// without being cut.
const CONTAINERS: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"];

/// Leaves whole lines. In little-endian UTF-16 the first byte of a line feed is at an even place, and a zero belongs to it.
fn cut_at_line(text: &mut Vec<u8>) {
    if let Some(last) = text.iter().rposition(|byte| *byte == b'\n') {
        let little_endian = last % 2 == 0 && text.get(last + 1) == Some(&0);
        text.truncate(last + 1 + usize::from(little_endian));
    }
}

fn read_tables<'a>(
    name: &str,
    reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
    sources: &Sources,
    source_system: Option<&str>,
    extent: Extent,
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
        let mut opened = read_table(index, &mut table, sources, source_system, extent, sink)?;
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
    extent: Extent,
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
    plan.date1904 = head.date1904;
    let mut votes = DateVotes::of(&plan);
    for sample in &samples {
        votes.observe(sample);
    }
    let mut row_count = samples.len() as u64;
    if row_count == SAMPLE_ROWS as u64 && extent == Extent::Whole {
        while table.next_row(&mut row, &mut findings)? {
            raise_number(&mut row, &mut last_number);
            sink.row(&row, &findings)?;
            votes.observe(&row);
            row_count += 1;
        }
    }
    sink.end()?;
    let known = detection.table_type.as_ref().and_then(|table| table.date_order);
    let mut notes = votes.settle(&mut plan, known);
    if extent == Extent::Whole {
        notes.extend(notes_at_the_end(table));
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

/// What a table says once it was read to its end, in sentences.
fn notes_at_the_end(table: &TableReader<'_>) -> Vec<String> {
    let headers = &table.head().columns;
    let mut notes: Vec<String> = table.notes().iter().map(|note| note.message(headers)).collect();
    if !table.footer_rows().is_empty() {
        let rows: Vec<_> = table.footer_rows().iter().map(u64::to_string).collect();
        notes.push(format!("Left out as footers: row {}.", rows.join(", ")));
    }
    notes
}

/// Makes row numbers grow. They do in every sound file; in a damaged one they may repeat, and rows are told apart by them.
fn raise_number(row: &mut Row, last: &mut u64) {
    row.number = row.number.max(*last + 1);
    *last = row.number;
}
