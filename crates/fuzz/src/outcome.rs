//! What came out of reading a file, and what must hold of it whatever the file was.

use std::io::Cursor;

use torqueflow_model::{CellKind, Finding, LeftOut, Row};
use torqueflow_tabular::staging::{StagingReader, StagingWriter};
use torqueflow_tabular::{Document, Note, OpenError, OpenOptions, TableHead, TableReader, open};

/// A file that was read whole.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    notes: Vec<Note>,
    names: Vec<Option<String>>,
    pub tables: Vec<TableOutcome>,
}

/// A table that was read to its end, or to where it broke off.
#[derive(Debug, PartialEq)]
pub struct TableOutcome {
    pub head: TableHead,
    pub rows: Vec<(Row, Vec<Finding>)>,
    pub left_out: LeftOut,
    /// Why it broke off.
    pub error: Option<String>,
}

/// Reads a file twice and checks what comes out.
pub fn check_file(bytes: &[u8], options: &OpenOptions<'_>) -> Result<Outcome, String> {
    let outcome = read(bytes, options).map_err(|error| explained(&error));
    let again = read(bytes, options).map_err(|error| explained(&error));
    assert_eq!(outcome, again, "read twice");
    if let Ok(outcome) = &outcome {
        outcome.names.iter().flatten().for_each(|name| check_text(name));
        for table in &outcome.tables {
            check_table(table, options);
        }
    }
    outcome
}

/// An error as a person sees it; it must say something.
fn explained(error: &OpenError) -> String {
    assert!(!error.code().is_empty() && !error.message().is_empty());
    check_text(&error.message());
    format!("{}: {} ({error:?})", error.code(), error.message())
}

fn read(bytes: &[u8], options: &OpenOptions<'_>) -> Result<Outcome, OpenError> {
    let mut document = open("upload", Box::new(Cursor::new(bytes)), options)?;
    let mut tables = Vec::new();
    for index in 0..document.tables().len() {
        read_tables(&mut document, index, &mut tables)?;
    }
    let names = document.tables().iter().map(|table| table.name.clone());
    Ok(Outcome {
        names: names.collect(),
        notes: document.notes().to_vec(),
        tables,
    })
}

/// Reads the tables that stand below each other in a worksheet or text.
fn read_tables(document: &mut Document<'_>, index: usize, tables: &mut Vec<TableOutcome>) -> Result<(), OpenError> {
    let mut reader = document.read_table(index)?;
    loop {
        let table = read_table(&mut reader);
        let is_whole = table.error.is_none();
        tables.push(table);
        if !is_whole {
            return Ok(());
        }
        match reader.next_table() {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                if let Some(table) = tables.last_mut() {
                    table.error = Some(explained(&error));
                }
                return Ok(());
            }
        }
    }
}

fn read_table(table: &mut TableReader<'_>) -> TableOutcome {
    let (mut row, mut findings) = (Row::default(), Vec::new());
    let mut rows = Vec::new();
    let error = loop {
        match table.next_row(&mut row, &mut findings) {
            Ok(true) => rows.push((row.clone(), findings.clone())),
            Ok(false) => break None,
            Err(error) => break Some(explained(&error)),
        }
    };
    TableOutcome {
        head: table.head().clone(),
        rows,
        left_out: table.left_out().clone(),
        error,
    }
}

fn check_table(table: &TableOutcome, options: &OpenOptions<'_>) {
    let columns = table.head.columns.len();
    assert!(columns <= options.limits.max_columns);
    table
        .head
        .columns
        .iter()
        .chain(&table.head.titles)
        .for_each(|text| check_text(text));
    assert!(table.head.header_row != Some(0), "rows count from 1");
    assert!(!table.head.is_empty || table.rows.is_empty(), "{:?}", table.head);
    for (row, findings) in &table.rows {
        assert!(row.number > 0, "rows count from 1");
        assert!(row.cells.len() <= columns, "{row:?} is wider than {columns} columns");
        assert!(!row.is_blank() || !findings.is_empty(), "a blank row");
        for cell in &row.cells {
            check_text(&cell.text);
            assert!(cell.kind != CellKind::Empty || cell.text.is_empty(), "{cell:?}");
            assert!(!matches!(cell.kind, CellKind::Number(number) if !number.is_finite()));
            assert!(
                cell.text.chars().count() <= options.limits.max_cell_chars.max(400),
                "{cell:?}"
            );
        }
        for finding in findings {
            check_text(&finding.value);
            check_text(&finding.detail);
            let column = finding.column.unwrap_or_default();
            assert!(column <= options.limits.max_columns, "{finding:?}");
        }
    }
    check_staged(table);
}

/// Not every database keeps NUL.
fn check_text(text: &str) {
    assert!(!text.contains('\0'), "{text:?}");
}

/// Staged rows are those that were read.
fn check_staged(table: &TableOutcome) {
    let (bytes, rows) = staged(table);
    let mut reader = match StagingReader::open(Cursor::new(bytes)) {
        Ok(reader) => reader,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(reader.columns(), table.head.columns);
    assert_eq!(reader.row_count(), rows);
    let mut row = Row::default();
    for (expected, _) in &table.rows {
        assert!(matches!(reader.next_row(&mut row), Ok(true)));
        assert_eq!(row, *expected);
    }
    assert!(matches!(reader.next_row(&mut row), Ok(false)));
    let middle = table.rows.len() / 2;
    if let Some((expected, _)) = table.rows.get(middle) {
        assert!(reader.seek_to(middle as u64).is_ok());
        assert!(matches!(reader.next_row(&mut row), Ok(true)));
        assert_eq!(row, *expected);
    }
}

fn staged(table: &TableOutcome) -> (Vec<u8>, u64) {
    let written = StagingWriter::new(Vec::new(), &table.head.columns).and_then(|mut writer| {
        for (row, _) in &table.rows {
            writer.write(row)?;
        }
        writer.finish()
    });
    match written {
        Ok((bytes, info)) => (bytes, info.rows),
        Err(error) => panic!("{error}"),
    }
}
