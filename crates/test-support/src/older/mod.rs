//! Workbooks of older and rarer forms: `.xls`, `.xlsb` and `.ods` files of sample tables.
//!
//! They hold what the `.xlsx` of the same tables holds, cell by cell, in the least that their formats ask for. The same
//! tables give the same bytes.

mod ods;
mod xls;
mod xlsb;

use std::io::{self, Cursor, Write};

pub use ods::ods_bytes;
pub use xls::{xls_bytes, xls_protected_bytes};
pub use xlsb::xlsb_bytes;

use crate::sample::SampleTable;
use crate::workbook::{Typed, typed};

/// The cells of a table with their rows and columns from 0, the header's among them, the blank ones not.
fn cells(table: &SampleTable) -> impl Iterator<Item = (usize, usize, &str, Typed)> {
    let header = table.header.iter().enumerate();
    let header = header.map(|(column, text)| (0, column, *text, Typed::Text));
    let rows = table.rows.iter().enumerate().flat_map(|(index, row)| {
        let cells = table.header.iter().zip(row).enumerate();
        cells.map(move |(column, (header, text))| {
            let place = (index + 1, column);
            (place.0, place.1, text.as_str(), typed(place, header, text))
        })
    });
    header.chain(rows).filter(|(_, _, text, _)| !text.is_empty())
}

/// Text as UTF-16, with its length in units.
fn wide(text: &str) -> (usize, Vec<u8>) {
    let units: Vec<u16> = text.encode_utf16().collect();
    (units.len(), units.iter().flat_map(|unit| unit.to_le_bytes()).collect())
}

/// A zip archive of these parts.
fn zip(parts: &[(String, Vec<u8>)]) -> io::Result<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        archive.start_file(name.as_str(), zip::write::SimpleFileOptions::default())?;
        archive.write_all(part)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests;
