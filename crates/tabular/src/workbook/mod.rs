//! Office Open XML workbooks, read as streams (ECMA-376 Part 1, 18).

mod cell;
mod escapes;
mod inflate;
mod number;
mod package;
mod parts;
mod reference;
mod run;
mod shared;
mod sheet;
mod styles;
mod tail;
mod usual;
mod xml;

use crate::document::TableInfo;
use crate::error::OpenError;
use crate::format::Format;
use crate::limits::Limits;
use crate::merged::Filler;
use crate::table::{Dialect, TableReader};

pub(crate) use inflate::{Budget, Inflated};
pub(crate) use number::serial::{set_date, set_iso};
pub(crate) use number::{Class, NumberFormat, push_formatted, push_general};
pub(crate) use package::{Package, Part};
pub(crate) use xml::{Event, Xml, attribute, attribute_number, attribute_text};

/// What all sheets of a workbook share.
#[derive(Debug, Default)]
struct Book {
    strings: shared::SharedStrings,
    styles: styles::Styles,
    date1904: bool,
    /// Whoever opens the workbook shall calculate all of it: stored results may be made up.
    is_uncalculated: bool,
}

/// An open workbook.
pub(crate) struct Workbook<'a> {
    package: Package<'a>,
    parts: parts::WorkbookParts,
    /// Read with the first sheet.
    book: Option<Book>,
}

/// A zip archive that is no document of an office program.
pub(crate) fn is_plain_zip(package: &Package<'_>) -> bool {
    matches!(zip_format(package), Err(OpenError::NotATable { what }) if what == ZIP_ARCHIVE)
}

const ZIP_ARCHIVE: &str = "a zip archive";

/// Says what a zip archive is, by the names of its entries.
pub(crate) fn zip_format(package: &Package<'_>) -> Result<Format, OpenError> {
    if package.contains("xl/workbook.bin") {
        return Ok(Format::Xlsb);
    }
    if package.contains("xl/workbook.xml") || package.contains("[Content_Types].xml") && package.contains("_rels/.rels")
    {
        let others = [
            ("word/", "a Word document"),
            ("ppt/", "a presentation"),
            ("visio/", "a drawing"),
        ];
        let other = others
            .iter()
            .find(|(folder, _)| package.names().any(|name| name.starts_with(folder)));
        return match other {
            Some((_, what)) if !package.contains("xl/workbook.xml") => Err(OpenError::NotATable {
                what: (*what).to_owned(),
            }),
            _ => Ok(Format::Xlsx),
        };
    }
    if package.contains("content.xml") && package.contains("mimetype") {
        return Ok(Format::Ods);
    }
    Err(OpenError::NotATable {
        what: ZIP_ARCHIVE.to_owned(),
    })
}

impl<'a> Workbook<'a> {
    pub(crate) fn open(mut package: Package<'a>, limits: &Limits) -> Result<Self, OpenError> {
        let parts = parts::read(&mut package, limits)?;
        if parts.sheets.is_empty() {
            return Err(OpenError::NoUsableSheets);
        }
        Ok(Self {
            package,
            parts,
            book: None,
        })
    }

    pub(crate) fn tables(&self) -> Vec<TableInfo> {
        self.parts.sheets.iter().map(|sheet| sheet.info.clone()).collect()
    }

    /// Opens the sheet of this index.
    pub(crate) fn read_table(&mut self, index: usize, limits: &Limits) -> Result<TableReader<'_>, OpenError> {
        if self.book.is_none() {
            self.book = Some(self.read_book(limits)?);
        }
        let (Some(sheet), Some(book)) = (self.parts.sheets.get(index), &self.book) else {
            return Err(OpenError::NoSuchTable { index });
        };
        let missing = || OpenError::malformed("a worksheet is missing");
        let merged = self
            .package
            .look_ahead(&sheet.part, |part| tail::merged(part, limits))?;
        let merged = merged.ok_or_else(missing)??;
        let part = self.package.part(&sheet.part)?.ok_or_else(missing)?;
        let xml = Xml::new(part, limits.max_token_bytes);
        let rows = sheet::SheetRows::new(xml, book, Filler::new(merged), limits);
        let dialect = Dialect {
            date1904: book.date1904,
            ..Dialect::default()
        };
        TableReader::new(Box::new(rows), dialect, limits)
    }

    fn read_book(&mut self, limits: &Limits) -> Result<Book, OpenError> {
        let mut book = Book {
            date1904: self.parts.date1904,
            is_uncalculated: self.parts.is_uncalculated,
            ..Book::default()
        };
        let styles = self.parts.styles.as_deref().unwrap_or("xl/styles.xml");
        if let Some(part) = self.package.part(styles)? {
            book.styles = styles::Styles::read(part, limits)?;
        }
        let strings = self.parts.shared_strings.as_deref().unwrap_or("xl/sharedStrings.xml");
        if let Some(part) = self.package.part(strings)? {
            book.strings = shared::SharedStrings::read(part, limits)?;
        }
        Ok(book)
    }
}
