//! How fast workbooks are read: `speed [ROWS] [COLUMNS]` writes a workbook, reads it with this crate and with calamine's
//! stream of cells, then reads the same rows as CSV and from staging.

#![expect(clippy::print_stdout, reason = "printing is what it does")]

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use calamine::Reader as _;
use rust_xlsxwriter::{Format, Workbook, XlsxError};
use torqueflow_model::Row;
use torqueflow_tabular::staging::{StagingReader, StagingWriter};
use torqueflow_tabular::{OpenOptions, open};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse::<u32>().ok());
    let rows = numbers.next().unwrap_or(100_000);
    let columns = numbers.next().unwrap_or(30) as u16;
    let workbook = workbook(rows, columns)?;
    println!("{rows} rows of {columns} columns, {} bytes", workbook.len());

    timed("xlsx, this crate", rows, || read(&workbook))?;
    timed("xlsx, calamine", rows, || read_with_calamine(&workbook))?;
    let staged = stage(&workbook)?;
    timed("staging, write", rows, || stage(&workbook).map(|_| ()))?;
    timed("staging, read", rows, || read_staged(&staged))?;
    let text = csv(rows, columns)?;
    timed("csv, this crate", rows, || read(text.as_bytes()))?;
    Ok(())
}

fn timed<E>(what: &str, rows: u32, work: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    let start = Instant::now();
    work()?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:<18} {:>10.0} rows/s {seconds:>7.2} s", f64::from(rows) / seconds);
    Ok(())
}

/// Ids, phone numbers, dates, amounts and texts, a tenth of them repeated.
fn workbook(rows: u32, columns: u16) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let phone = Format::new().set_num_format("00000000000");
    let money = Format::new().set_num_format("#,##0.00");
    for column in 0..columns {
        sheet.write(0, column, format!("Column {column}"))?;
    }
    for row in 1..=rows {
        for column in 0..columns {
            let number = f64::from(row);
            match column % 10 {
                0 => sheet.write(row, column, number)?,
                1 => sheet.write_with_format(row, column, 7_000_000_000.0 + number, &phone)?,
                2 => sheet.write_with_format(row, column, 30_000.0 + f64::from(row % 10_000), &date)?,
                3 => sheet.write_with_format(row, column, number * 1.25, &money)?,
                4..=6 => sheet.write(row, column, format!("value {row} of {column}"))?,
                _ => sheet.write(row, column, format!("choice {}", row % 100))?,
            };
        }
    }
    workbook.save_to_buffer()
}

fn csv(rows: u32, columns: u16) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    for row in 0..=rows {
        for column in 0..columns {
            let end = if column + 1 == columns { '\n' } else { ',' };
            match row {
                0 => write!(text, "Column {column}{end}")?,
                _ => write!(text, "\"value {row}\" of {column}{end}")?,
            }
        }
    }
    Ok(text)
}

fn read(bytes: &[u8]) -> Result<(), torqueflow_tabular::OpenError> {
    let mut document = open("speed", Box::new(Cursor::new(bytes)), &OpenOptions::default())?;
    let mut table = document.read_table(0)?;
    let (mut row, mut findings) = (Row::default(), Vec::new());
    while table.next_row(&mut row, &mut findings)? {}
    Ok(())
}

fn stage(bytes: &[u8]) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut document = open("speed", Box::new(Cursor::new(bytes)), &OpenOptions::default())?;
    let mut table = document.read_table(0)?;
    let mut writer = StagingWriter::new(Vec::new(), &table.head().columns)?;
    let (mut row, mut findings) = (Row::default(), Vec::new());
    while table.next_row(&mut row, &mut findings)? {
        writer.write(&row)?;
    }
    Ok(writer.finish()?.0)
}

fn read_staged(bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    let mut reader = StagingReader::open(Cursor::new(bytes))?;
    let mut row = Row::default();
    while reader.next_row(&mut row)? {}
    Ok(())
}

fn read_with_calamine(bytes: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
    let mut workbook: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))?;
    let name = workbook.sheet_names().first().cloned().unwrap_or_default();
    let mut cells = workbook.worksheet_cells_reader(&name)?;
    while cells.next_cell()?.is_some() {}
    Ok(())
}
