//! The number formats in an `OpenDocument` spreadsheet, as far as they change what a number says: percent.

use super::formats::{BookFormats, SheetFormats, Shown};
use crate::error::OpenError;
use crate::limits::Limits;
use crate::options::ReadSeek;
use crate::workbook::{Event, Package, Xml, attribute, attribute_number};

/// Reads which cells hold a percentage (ODF 1.3 part 3, 19.387). Of a damaged workbook none.
pub(super) fn read(workbook: Box<dyn ReadSeek + '_>, limits: &Limits) -> BookFormats {
    Package::open(workbook, limits)
        .and_then(|mut package| book(&mut package, limits))
        .unwrap_or_default()
}

fn book(package: &mut Package<'_>, limits: &Limits) -> Result<BookFormats, OpenError> {
    let mut book = BookFormats {
        formats: vec![Shown::Percent],
        ..BookFormats::default()
    };
    let Some(part) = package.part("content.xml")? else {
        return Ok(book);
    };
    let mut xml = Xml::new(part, limits.max_token_bytes);
    let mut place = Place::default();
    loop {
        match xml.next()? {
            Event::Start { name: b"table", .. } => {
                book.sheets.push(SheetFormats::default());
                place = Place::default();
            }
            Event::Start {
                name: b"table-row",
                attributes,
                ..
            } => place.next_row(repeats(attributes, "number-rows-repeated")),
            Event::Start {
                name: b"table-cell" | b"covered-table-cell",
                attributes,
                ..
            } => {
                let columns = place.next_cell(repeats(attributes, "number-columns-repeated"));
                if attribute(attributes, "value-type") == Some(b"percentage")
                    && let Some(sheet) = book.sheets.last_mut()
                    && sheet.insert(place.rows(), columns, 0).is_none()
                {
                    return Err(OpenError::malformed("it has too many cells"));
                }
            }
            Event::Eof => return Ok(book),
            _ => {}
        }
    }
}

fn repeats(attributes: &[u8], name: &str) -> u32 {
    attribute_number(attributes, name).unwrap_or(1).max(1)
}

/// Where in a sheet the next row and the next cell stand, from 0.
#[derive(Debug, Default)]
struct Place {
    row: u32,
    next_row: u32,
    next_column: u32,
}

impl Place {
    fn next_row(&mut self, repeats: u32) {
        self.row = self.next_row;
        self.next_row = self.next_row.saturating_add(repeats);
        self.next_column = 0;
    }

    /// The columns that the next cell takes, the first and the last.
    fn next_cell(&mut self, repeats: u32) -> (u32, u32) {
        let first = self.next_column;
        self.next_column = first.saturating_add(repeats);
        (first, self.next_column - 1)
    }

    /// The rows that the present one takes.
    fn rows(&self) -> (u32, u32) {
        (self.row, self.next_row.saturating_sub(1))
    }
}
