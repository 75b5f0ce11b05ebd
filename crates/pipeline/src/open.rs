//! Opening a file: every table is read once, detected from its head, and handed on row by row.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use torqueflow_detection::{Detection, Surroundings};
use torqueflow_model::{Finding, LeftOut, Row, RowClass};
use torqueflow_tabular::staging::Owner;
use torqueflow_tabular::{OpenError, OpenOptions, ReadSeek, TableHead, TableReader, Visibility, open};

use crate::beside::{PlacedLandmark, around, beside, landmarks};
use crate::column_findings::ColumnFinding;
use crate::flagged::flags;
use crate::owners::{OwnerTracker, OwnerVotes};
use crate::plan::TablePlan;
use crate::sources::Sources;
use crate::understand::{TableChoice, Understood, understand};
use crate::votes::TableVotes;

/// Rows that detection may look at: of each column, it looks at the first values in them.
pub(crate) const SAMPLE_ROWS: usize = 1000;
/// More worksheets than a file can have.
const SHEETS: usize = 1 << 20;

/// Where the rows of an opened file go.
pub trait RowSink {
    /// A table begins: what tells it from the others of the file ([`OpenedTable::index`]), and its headers.
    fn begin(&mut self, table: usize, headers: &[String]) -> io::Result<()>;
    /// Its next data row, with the row that it belongs to and what was wrong in reading it.
    fn row(&mut self, row: &Row, owner: Option<&Owner>, findings: &[Finding]) -> io::Result<()>;
    /// One of its first rows that hold no record and were left out. They come behind its data rows.
    fn left_out(&mut self, class: RowClass, row: &Row) -> io::Result<()> {
        let _ = (class, row);
        Ok(())
    }
    /// The table is complete.
    fn end(&mut self) -> io::Result<()>;
}

impl<S: RowSink + ?Sized> RowSink for &mut S {
    fn begin(&mut self, table: usize, headers: &[String]) -> io::Result<()> {
        (**self).begin(table, headers)
    }

    fn row(&mut self, row: &Row, owner: Option<&Owner>, findings: &[Finding]) -> io::Result<()> {
        (**self).row(row, owner, findings)
    }

    fn left_out(&mut self, class: RowClass, row: &Row) -> io::Result<()> {
        (**self).left_out(class, row)
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

    fn row(&mut self, _: &Row, _: Option<&Owner>, _: &[Finding]) -> io::Result<()> {
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
    /// What tells it from the other tables of the file, and what the [`RowSink`] was told: the place of its worksheet, from 0,
    /// for the first table in it. Further ones below that are counted apart, so it stays the same however many are found.
    pub index: usize,
    /// The place of its worksheet in the file, from 0.
    pub sheet_index: usize,
    /// Its place among the tables that stand below each other in the worksheet or text, from 1.
    pub ordinal: usize,
    /// The number of its header's row, else of its first row.
    pub first_row: u64,
    /// The worksheet; `None` for a text file.
    pub sheet: Option<String>,
    /// Header row, encoding, delimiter.
    pub head: TableHead,
    /// What it is, and why.
    pub detection: Detection,
    /// How its rows are to be read.
    pub plan: TablePlan,
    /// Its data rows. Once they are cleaned, those that are empty records are no longer among them.
    pub row_count: u64,
    /// Rows that hold no record and were left out.
    pub left_out: LeftOut,
    /// What was found about the table as a whole: the classes of rows that were left out.
    pub findings: Vec<Finding>,
    /// What was found in so many cells of a column that it is said of the column; only once the rows were cleaned.
    pub column_findings: Vec<ColumnFinding>,
    /// What a person should know of it beyond the detection's warnings and these findings, in sentences.
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

/// Opens a file, reads each of its tables once, and says what they are. Of a workbook with several worksheets, the heads of all
/// are looked at before, so that each table is held against the others.
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
    open_tables_as(name, reader, options, sources, source_system, &|_| None, sink)
}

/// Says of a table, by its [`OpenedTable::index`], what a person says of it.
pub type Choose<'a> = &'a dyn Fn(usize) -> Option<TableChoice>;

/// The same, where a person says what some of the tables are. Choices are checked beforehand ([`understand`]): one that can't
/// be taken is left out.
pub fn open_tables_as<'a>(
    name: &str,
    reader: Box<dyn ReadSeek + 'a>,
    options: &OpenOptions<'_>,
    sources: &Sources,
    source_system: Option<&str>,
    choose: Choose<'_>,
    sink: &mut dyn RowSink,
) -> Result<OpenedFile, OpenError> {
    let reading = Reading {
        sources,
        source_system,
        choose,
        extent: Extent::Whole,
    };
    read_tables(name, reader, options, reading, sink)
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
    let reading = Reading {
        sources,
        source_system,
        choose: &|_| None,
        extent: Extent::Head,
    };
    read_tables(name, reader, options, reading, sink)
}

/// How tables are read.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub sources: &'a Sources,
    source_system: Option<&'a str>,
    choose: Choose<'a>,
    extent: Extent,
}

impl Reading<'_> {
    /// What a table is, from its head.
    pub fn understand(&self, index: usize, headers: &[String], rows: &[Row], around: &Surroundings) -> Understood {
        let by = |choice: &TableChoice| understand(self.sources, self.source_system, headers, rows, around, choice);
        let chosen = (self.choose)(index).and_then(|choice| by(&choice).ok());
        chosen.unwrap_or_else(|| {
            let detection = self.sources.detect_in(self.source_system, headers, rows, around);
            let mut plan = TablePlan::from_detection(&detection);
            plan.flags = flags(self.sources, &plan);
            Understood {
                plan,
                detection,
                notes: Vec::new(),
            }
        })
    }
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
    reading: Reading<'_>,
    sink: &mut dyn RowSink,
) -> Result<OpenedFile, OpenError> {
    let mut document = open(name, reader, options)?;
    let encrypted = document.was_encrypted();
    let notes: Vec<_> = document.notes().iter().map(torqueflow_tabular::Note::message).collect();
    let infos = document.tables().to_vec();
    let landmarks = landmarks(&mut document, &infos, name, reading)?;
    let mut tables = Vec::new();
    for (sheet_index, info) in infos.into_iter().enumerate() {
        let mut reader = document.read_table(sheet_index)?;
        loop {
            let head = reader.head();
            let is_nothing = head.columns.is_empty() || (head.header_row.is_none() && head.is_empty);
            let mut is_whole = true;
            if !is_nothing {
                let around = around(name, &info, head);
                let opened = read_table(sheet_index, &mut reader, reading, around, &landmarks, sink)?;
                is_whole = opened.is_whole;
                let mut opened = opened.table;
                opened.sheet.clone_from(&info.name);
                match info.visible {
                    Visibility::Visible => {}
                    Visibility::Hidden | Visibility::VeryHidden => {
                        opened.notes.push("The worksheet is hidden.".to_owned());
                    }
                }
                tables.push(opened);
            }
            if !is_whole || !reader.next_table()? {
                break;
            }
        }
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

/// A table as far as it was read.
struct ReadTable {
    table: OpenedTable,
    /// It was read to its end.
    is_whole: bool,
}

/// What tells a table from the others of its file.
pub(crate) fn table_index(sheet_index: usize, ordinal: usize) -> usize {
    sheet_index + ordinal.saturating_sub(1) * SHEETS
}

/// The worksheet, from 0, of the table with this [`OpenedTable::index`].
pub fn sheet_index(table_index: usize) -> usize {
    table_index % SHEETS
}

/// The place of the table with this [`OpenedTable::index`] among those that stand below each other, from 1.
pub fn table_ordinal(table_index: usize) -> usize {
    table_index / SHEETS + 1
}

fn read_table(
    sheet_index: usize,
    table: &mut TableReader<'_>,
    reading: Reading<'_>,
    mut around: Surroundings,
    landmarks: &[PlacedLandmark],
    sink: &mut dyn RowSink,
) -> Result<ReadTable, OpenError> {
    let head = table.head().clone();
    let index = table_index(sheet_index, table.ordinal());
    sink.begin(index, &head.columns)?;
    let (mut row, mut findings) = (Row::default(), Vec::new());
    let mut samples: Vec<Row> = Vec::new();
    let mut of_samples: Vec<Vec<Finding>> = Vec::new();
    let mut last_number = 0;
    let mut is_whole = false;
    while samples.len() < SAMPLE_ROWS && !is_whole {
        is_whole = !table.next_row(&mut row, &mut findings)?;
        if !is_whole {
            raise_number(&mut row, &mut last_number);
            samples.push(row.clone());
            of_samples.push(std::mem::take(&mut findings));
        }
    }
    around.beside = beside(reading.sources, landmarks, index, &head.columns, &samples);
    let Understood {
        detection,
        mut plan,
        notes: of_choice,
    } = reading.understand(index, &head.columns, &samples, &around);
    plan.around = around;
    plan.date1904 = head.date1904;
    let mut votes = TableVotes::of(&plan);
    let mut owner_votes = OwnerVotes::of(&plan);
    let mut owners = OwnerTracker::of(&plan);
    let mut row_count = 0;
    let mut take = |row: &Row, findings: &[Finding]| {
        votes.observe(row);
        owner_votes.observe(row);
        row_count += 1;
        sink.row(row, owners.owner_of(row).as_ref(), findings)
    };
    let first_row = head.header_row.or(samples.first().map(|row| row.number)).unwrap_or(1);
    for (row, findings) in samples.drain(..).zip(of_samples) {
        take(&row, &findings)?;
    }
    while !is_whole && reading.extent == Extent::Whole {
        is_whole = !table.next_row(&mut row, &mut findings)?;
        if !is_whole {
            raise_number(&mut row, &mut last_number);
            take(&row, &findings)?;
        }
    }
    for (class, row) in table.first_left_out() {
        sink.left_out(*class, row)?;
    }
    sink.end()?;
    let known = detection.table_type.as_ref().and_then(|table| table.date_order);
    let mut notes = of_choice;
    notes.extend(votes.settle(&mut plan, known));
    owner_votes.settle(&mut plan);
    if is_whole {
        notes.extend(table.notes().iter().map(|note| note.message(&head.columns)));
    }
    let left_out = table.left_out().clone();
    let table = OpenedTable {
        index,
        sheet_index,
        ordinal: table.ordinal(),
        first_row,
        sheet: None,
        head,
        detection,
        plan,
        row_count,
        findings: if is_whole { left_out.findings() } else { Vec::new() },
        column_findings: Vec::new(),
        left_out,
        notes,
    };
    Ok(ReadTable { table, is_whole })
}

/// Makes row numbers grow. They do in every sound file; in a damaged one they may repeat, and rows are told apart by them.
fn raise_number(row: &mut Row, last: &mut u64) {
    row.number = row.number.max(*last + 1);
    *last = row.number;
}
