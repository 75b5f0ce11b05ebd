//! Binary workbooks of Excel 2007 and later (MS-XLSB).

use std::fmt::Write as _;
use std::io;

use super::{cells, wide, zip};
use crate::sample::SampleTable;
use crate::workbook::Typed;

const ROW_HEADER: u16 = 0x0000;
const CELL_REAL: u16 = 0x0005;
const CELL_TEXT: u16 = 0x0006;
const STYLE: u16 = 0x002F;
const BEGIN_SHEET: u16 = 0x0081;
const END_SHEET: u16 = 0x0082;
const BEGIN_BOOK: u16 = 0x0083;
const END_BOOK: u16 = 0x0084;
const END_BUNDLE: u16 = 0x0090;
const BEGIN_DATA: u16 = 0x0091;
const END_DATA: u16 = 0x0092;
const DIMENSION: u16 = 0x0094;
const BUNDLE_SHEET: u16 = 0x009C;
const BEGIN_STYLES: u16 = 0x0269;

/// The formats of cells: general, and `m/d/yy h:mm`.
const FORMATS: [u16; 2] = [0, 22];

/// Writes `tables` as an `.xlsb` workbook, one worksheet each.
pub fn xlsb_bytes(tables: &[SampleTable]) -> io::Result<Vec<u8>> {
    let mut relations = String::from("<Relationships>");
    let mut parts = Vec::new();
    for (index, table) in tables.iter().enumerate() {
        let _ = write!(
            relations,
            "<Relationship Id=\"r{index}\" Target=\"worksheets/sheet{index}.bin\"/>"
        );
        parts.push((format!("xl/worksheets/sheet{index}.bin"), sheet(table)));
    }
    relations += "</Relationships>";
    parts.push(("xl/_rels/workbook.bin.rels".to_owned(), relations.into_bytes()));
    parts.push(("xl/workbook.bin".to_owned(), workbook(tables)));
    parts.push(("xl/styles.bin".to_owned(), styles()));
    zip(&parts)
}

fn workbook(tables: &[SampleTable]) -> Vec<u8> {
    let mut part = Vec::new();
    record(&mut part, BEGIN_BOOK, &[]);
    for (index, table) in tables.iter().enumerate() {
        let mut body = vec![0; 4];
        body.extend((index as u32 + 1).to_le_bytes());
        body.extend(long_text(&format!("r{index}")));
        body.extend(long_text(table.tab));
        record(&mut part, BUNDLE_SHEET, &body);
    }
    record(&mut part, END_BUNDLE, &[]);
    record(&mut part, END_BOOK, &[]);
    part
}

fn styles() -> Vec<u8> {
    let mut part = Vec::new();
    record(&mut part, BEGIN_STYLES, &(FORMATS.len() as u32).to_le_bytes());
    for format in FORMATS {
        let mut body = vec![0; 16];
        body[2..4].copy_from_slice(&format.to_le_bytes());
        record(&mut part, STYLE, &body);
    }
    part
}

fn sheet(table: &SampleTable) -> Vec<u8> {
    let mut part = Vec::new();
    record(&mut part, BEGIN_SHEET, &[]);
    let last = [0, table.rows.len() as u32, 0, table.header.len() as u32 - 1];
    let size: Vec<u8> = last.into_iter().flat_map(u32::to_le_bytes).collect();
    record(&mut part, DIMENSION, &size);
    record(&mut part, BEGIN_DATA, &[]);
    let mut current = None;
    for (row, column, text, typed) in cells(table) {
        if current != Some(row) {
            current = Some(row);
            record(&mut part, ROW_HEADER, &(row as u32).to_le_bytes());
        }
        let style = u32::from(matches!(typed, Typed::Date(_)));
        let mut body: Vec<u8> = [column as u32, style].into_iter().flat_map(u32::to_le_bytes).collect();
        let kind = match typed {
            Typed::Number(number) => {
                body.extend(number.to_le_bytes());
                CELL_REAL
            }
            Typed::Date(date) => {
                body.extend(date.to_excel().to_le_bytes());
                CELL_REAL
            }
            Typed::Text => {
                body.extend(long_text(text));
                CELL_TEXT
            }
        };
        record(&mut part, kind, &body);
    }
    record(&mut part, END_DATA, &[]);
    record(&mut part, END_SHEET, &[]);
    part
}

/// A text with its length (`XLWideString`, MS-XLSB 2.5.169).
fn long_text(text: &str) -> Vec<u8> {
    let (length, text) = wide(text);
    let mut bytes = (length as u32).to_le_bytes().to_vec();
    bytes.extend(text);
    bytes
}

/// A record: its kind and its length in groups of seven bits (MS-XLSB 2.1.4).
fn record(part: &mut Vec<u8>, kind: u16, body: &[u8]) {
    if kind < 0x80 {
        part.push(kind as u8);
    } else {
        part.extend([kind as u8 | 0x80, (kind >> 7) as u8]);
    }
    let mut length = body.len();
    while length >= 0x80 {
        part.push(length as u8 | 0x80);
        length >>= 7;
    }
    part.push(length as u8);
    part.extend(body);
}
