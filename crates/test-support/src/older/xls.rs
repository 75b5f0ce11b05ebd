//! Workbooks of Excel 97-2003: BIFF8 records (MS-XLS) in a compound file.

use std::io::{self, Cursor, Write};

use super::{cells, wide};
use crate::sample::SampleTable;
use crate::workbook::{Typed, clear_timestamps};

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const XF: u16 = 0x00E0;
const BOUND_SHEET: u16 = 0x0085;
const DIMENSIONS: u16 = 0x0200;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;

/// The formats of cells: general, and `m/d/yy h:mm`.
const FORMATS: [u16; 2] = [0, 22];

/// Writes `tables` as an `.xls` workbook, one worksheet each.
pub fn xls_bytes(tables: &[SampleTable]) -> io::Result<Vec<u8>> {
    compound_file(&workbook(tables, false))
}

/// A workbook that says that it is encrypted. What follows is not: nobody gets that far.
pub fn xls_protected_bytes(tables: &[SampleTable]) -> io::Result<Vec<u8>> {
    compound_file(&workbook(tables, true))
}

/// The stream of the workbook: its globals, then its sheets (MS-XLS 2.1.7.20).
fn workbook(tables: &[SampleTable], is_protected: bool) -> Vec<u8> {
    let sheets: Vec<Vec<u8>> = tables.iter().map(sheet).collect();
    // The globals say where each sheet begins, which depends on how long they are.
    let length = globals(tables, &vec![0; tables.len()], is_protected).len();
    let starts: Vec<usize> = sheets
        .iter()
        .scan(length, |start, sheet| {
            let this = *start;
            *start += sheet.len();
            Some(this)
        })
        .collect();
    let mut stream = globals(tables, &starts, is_protected);
    stream.extend(sheets.concat());
    stream
}

fn globals(tables: &[SampleTable], starts: &[usize], is_protected: bool) -> Vec<u8> {
    let mut stream = Vec::new();
    record(&mut stream, BOF, &begin(0x0005));
    if is_protected {
        // RC4 encryption (MS-XLS 2.4.117).
        record(&mut stream, FILE_PASS, &[1, 0, 1, 0, 1, 0]);
    }
    for format in FORMATS {
        let mut style = vec![0; 20];
        style[2..4].copy_from_slice(&format.to_le_bytes());
        record(&mut stream, XF, &style);
    }
    for (table, start) in tables.iter().zip(starts) {
        let (length, name) = wide(table.tab);
        let mut body = (*start as u32).to_le_bytes().to_vec();
        body.extend([0, 0, length as u8, 1]);
        body.extend(name);
        record(&mut stream, BOUND_SHEET, &body);
    }
    record(&mut stream, EOF, &[]);
    stream
}

fn sheet(table: &SampleTable) -> Vec<u8> {
    let mut stream = Vec::new();
    record(&mut stream, BOF, &begin(0x0010));
    let mut size = vec![0; 14];
    size[4..8].copy_from_slice(&(table.rows.len() as u32 + 1).to_le_bytes());
    size[10..12].copy_from_slice(&(table.header.len() as u16).to_le_bytes());
    record(&mut stream, DIMENSIONS, &size);
    for (row, column, text, typed) in cells(table) {
        let style = u16::from(matches!(typed, Typed::Date(_)));
        let mut body: Vec<u8> = [row as u16, column as u16, style]
            .into_iter()
            .flat_map(u16::to_le_bytes)
            .collect();
        let kind = match typed {
            Typed::Number(number) => {
                body.extend(number.to_le_bytes());
                NUMBER
            }
            Typed::Date(date) => {
                body.extend(date.to_excel().to_le_bytes());
                NUMBER
            }
            Typed::Text => {
                let (length, text) = wide(text);
                body.extend((length as u16).to_le_bytes());
                body.push(1);
                body.extend(text);
                LABEL
            }
        };
        record(&mut stream, kind, &body);
    }
    record(&mut stream, EOF, &[]);
    stream
}

/// What a substream of this kind begins with (MS-XLS 2.4.21).
fn begin(kind: u16) -> [u8; 16] {
    let mut body = [0; 16];
    body[0..2].copy_from_slice(&0x0600_u16.to_le_bytes());
    body[2..4].copy_from_slice(&kind.to_le_bytes());
    body
}

fn record(stream: &mut Vec<u8>, kind: u16, body: &[u8]) {
    stream.extend(kind.to_le_bytes());
    stream.extend((body.len() as u16).to_le_bytes());
    stream.extend(body);
}

fn compound_file(stream: &[u8]) -> io::Result<Vec<u8>> {
    // Version 3 has sectors of 512 bytes, as the timestamps are looked for.
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))?;
    file.create_stream("/Workbook")?.write_all(stream)?;
    file.flush()?;
    let mut bytes = file.into_inner().into_inner();
    clear_timestamps(&mut bytes)?;
    Ok(bytes)
}
