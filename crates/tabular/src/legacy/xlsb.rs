//! The number formats in a binary workbook ([MS-XLSB]).

use std::collections::HashMap;
use std::io::Read;

use super::formats::{BookFormats, SheetFormats, Shown};
use crate::error::OpenError;
use crate::limits::Limits;
use crate::options::ReadSeek;
use crate::workbook::{Event, Package, Part, Xml, attribute_text};

/// Records that tell of formats and where they are used (MS-XLSB 2.3.1).
mod record {
    pub(super) const ROW: u32 = 0;
    pub(super) const CELL_RK: u32 = 2;
    pub(super) const CELL_REAL: u32 = 5;
    pub(super) const FORMULA_NUMBER: u32 = 9;
    pub(super) const FORMAT: u32 = 44;
    pub(super) const XF: u32 = 47;
    pub(super) const WORKBOOK_PROPERTIES: u32 = 153;
    pub(super) const SHEET: u32 = 156;
    pub(super) const BEGIN_CELL_XFS: u32 = 617;
    pub(super) const END_CELL_XFS: u32 = 618;
}

/// A record with more bytes tells of no format.
const LONGEST_RECORD: usize = 64 * 1024;

/// Reads the formats of all sheets. Of a damaged workbook none: its numbers are shown as they are.
pub(super) fn read(workbook: Box<dyn ReadSeek + '_>, limits: &Limits) -> BookFormats {
    Package::open(workbook, limits)
        .and_then(|mut package| book(&mut package, limits))
        .unwrap_or_default()
}

fn book(package: &mut Package<'_>, limits: &Limits) -> Result<BookFormats, OpenError> {
    let mut book = BookFormats::default();
    if let Some(part) = package.part("xl/styles.bin")? {
        book.formats = styles(Records::new(part))?;
    }
    let targets = match package.part("xl/_rels/workbook.bin.rels")? {
        Some(part) => relations(Xml::new(part, limits.max_token_bytes))?,
        None => HashMap::new(),
    };
    let mut sheets = Vec::new();
    if let Some(part) = package.part("xl/workbook.bin")? {
        let mut records = Records::new(part);
        while let Some(kind) = records.next()? {
            match kind {
                // The first flag (MS-XLSB 2.4.822, `f1904`).
                record::WORKBOOK_PROPERTIES => book.date1904 = records.data.first().is_some_and(|flags| flags & 1 == 1),
                record::SHEET => sheets.push(wide_text(&records.data, 8).and_then(|id| targets.get(&id))),
                _ => {}
            }
        }
    }
    for target in sheets {
        let path = target.map(|target| match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("xl/{target}"),
        });
        let part = match &path {
            Some(path) => package.part(path)?,
            None => None,
        };
        book.sheets.push(match part {
            Some(part) => sheet(Records::new(part), &book.formats)?,
            None => SheetFormats::default(),
        });
    }
    Ok(book)
}

/// The targets of relationships by their ids.
fn relations(mut xml: Xml<'_>) -> Result<HashMap<String, String>, OpenError> {
    let mut targets = HashMap::new();
    loop {
        match xml.next()? {
            Event::Start {
                name: b"Relationship",
                attributes,
                ..
            } => {
                if let (Some(id), Some(target)) =
                    (attribute_text(attributes, "Id"), attribute_text(attributes, "Target"))
                {
                    targets.insert(id, target);
                }
            }
            Event::Eof => return Ok(targets),
            _ => {}
        }
    }
}

/// The formats of the cell styles.
fn styles(mut records: Records<'_>) -> Result<Vec<Shown>, OpenError> {
    let (mut codes, mut formats, mut in_cell_styles) = (HashMap::new(), Vec::new(), false);
    while let Some(kind) = records.next()? {
        match kind {
            record::FORMAT => {
                if let (Some(id), Some(code)) = (u16_at(&records.data, 0), wide_text(&records.data, 2)) {
                    codes.insert(id, Shown::of_code(&code));
                }
            }
            record::BEGIN_CELL_XFS => in_cell_styles = true,
            record::END_CELL_XFS => in_cell_styles = false,
            record::XF if in_cell_styles => {
                let id = u16_at(&records.data, 2).unwrap_or_default();
                formats.push(codes.get(&id).cloned().unwrap_or_else(|| Shown::of_id(id)));
            }
            _ => {}
        }
    }
    Ok(formats)
}

fn sheet(mut records: Records<'_>, formats: &[Shown]) -> Result<SheetFormats, OpenError> {
    let (mut sheet, mut row) = (SheetFormats::default(), 0);
    while let Some(kind) = records.next()? {
        match kind {
            record::ROW => row = u32_at(&records.data, 0).unwrap_or_default(),
            record::CELL_RK | record::CELL_REAL | record::FORMULA_NUMBER => {
                // The style takes 24 bits (MS-XLSB 2.5.9).
                let place = u32_at(&records.data, 0).zip(u32_at(&records.data, 4));
                let Some((column, style)) = place.map(|(column, style)| (column, style & 0x00FF_FFFF)) else {
                    continue;
                };
                let is_shown = !matches!(formats.get(style as usize), None | Some(Shown::Plain));
                if is_shown && sheet.insert((row, row), (column, column), style).is_none() {
                    return Err(OpenError::malformed("it has too many cells"));
                }
            }
            _ => {}
        }
    }
    Ok(sheet)
}

/// A text with its length in characters before it, in UTF-16 (MS-XLSB 2.5.169).
fn wide_text(data: &[u8], place: usize) -> Option<String> {
    let length = u32_at(data, place)? as usize;
    let bytes = data.get(place + 4..)?.get(..length.checked_mul(2)?)?;
    let units = bytes.chunks_exact(2).filter_map(|pair| u16_at(pair, 0));
    Some(
        char::decode_utf16(units)
            .map(|unit| unit.unwrap_or('\u{FFFD}'))
            .collect(),
    )
}

fn u16_at(data: &[u8], place: usize) -> Option<u16> {
    data.get(place..place + 2)?.try_into().ok().map(u16::from_le_bytes)
}

fn u32_at(data: &[u8], place: usize) -> Option<u32> {
    data.get(place..place + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// The records of a part: kind and length in seven bits a byte, then the data (MS-XLSB 2.1.4).
struct Records<'p> {
    part: Part<'p>,
    data: Vec<u8>,
}

impl<'p> Records<'p> {
    fn new(part: Part<'p>) -> Self {
        Self { part, data: Vec::new() }
    }

    /// The kind of the next record, of which the first bytes are in `data`.
    fn next(&mut self) -> Result<Option<u32>, OpenError> {
        let (Some(kind), Some(length)) = (self.number(2)?, self.number(4)?) else {
            return Ok(None);
        };
        self.data.clear();
        let kept = u64::from(length).min(LONGEST_RECORD as u64);
        let read = self.part.by_ref().take(kept).read_to_end(&mut self.data)? as u64;
        let rest = u64::from(length) - kept;
        let skipped = std::io::copy(&mut self.part.by_ref().take(rest), &mut std::io::sink())?;
        Ok((read == kept && skipped == rest).then_some(kind))
    }

    /// A number in seven bits a byte, the lowest first, each but the last with its highest bit set.
    fn number(&mut self, most_bytes: u32) -> Result<Option<u32>, OpenError> {
        let mut number = 0;
        for place in 0..most_bytes {
            let mut byte = [0];
            if self.part.read(&mut byte)? == 0 {
                return Ok(None);
            }
            let [byte] = byte;
            number |= u32::from(byte & 0x7F) << (7 * place);
            if byte & 0x80 == 0 {
                break;
            }
        }
        Ok(Some(number))
    }
}
