//! The number formats in a workbook of Excel 97 to 2003 ([MS-XLS]), and of Excel 5 and 95.

use std::io::{Read, Seek};

use super::formats::{BookFormats, SheetFormats, Shown};

/// Records that tell of formats and where they are used (MS-XLS 2.3.2).
mod record {
    pub(super) const FORMULA: u16 = 0x0006;
    pub(super) const END: u16 = 0x000A;
    pub(super) const DATE_MODE: u16 = 0x0022;
    pub(super) const BOUND_SHEET: u16 = 0x0085;
    pub(super) const MUL_RK: u16 = 0x00BD;
    pub(super) const XF: u16 = 0x00E0;
    pub(super) const NUMBER: u16 = 0x0203;
    pub(super) const RK: u16 = 0x027E;
    pub(super) const FORMAT: u16 = 0x041E;
    pub(super) const BEGIN: u16 = 0x0809;
}

/// Reads the formats of all sheets. Of a damaged workbook none: its numbers are shown as they are.
pub(super) fn read<R: Read + Seek>(workbook: R) -> BookFormats {
    let stream = msoffcrypto::read_stream(workbook, ["Workbook", "Book"], &msoffcrypto::Limits::default());
    let stream = stream.ok().flatten().unwrap_or_default();
    book(&stream).unwrap_or_default()
}

fn book(stream: &[u8]) -> Option<BookFormats> {
    let mut book = BookFormats::default();
    let (mut codes, mut styles, mut sheets) = (Vec::new(), Vec::new(), Vec::new());
    let mut is_biff8 = true;
    for (kind, data) in Records(stream) {
        match kind {
            record::BEGIN => is_biff8 = u16_at(data, 0)? == 0x0600,
            record::DATE_MODE => book.date1904 = u16_at(data, 0) == Some(1),
            record::FORMAT => codes.push((u16_at(data, 0)?, Shown::of_code(&text(data.get(2..)?, is_biff8)?))),
            record::XF => styles.push(u16_at(data, 2)?),
            record::BOUND_SHEET => sheets.push(u32_at(data, 0)? as usize),
            record::END => break,
            _ => {}
        }
    }
    book.formats = styles
        .iter()
        .map(|id| {
            let own = codes.iter().rev().find(|(known, _)| known == id);
            own.map_or_else(|| Shown::of_id(*id), |(_, shown)| shown.clone())
        })
        .collect();
    for place in sheets {
        let formats = stream.get(place..).and_then(|stream| sheet(stream, &book.formats));
        book.sheets.push(formats.unwrap_or_default());
    }
    Some(book)
}

fn sheet(stream: &[u8], formats: &[Shown]) -> Option<SheetFormats> {
    let mut sheet = SheetFormats::default();
    // Charts within the sheet are streams of their own in it.
    let mut depth = 0_u32;
    for (kind, data) in Records(stream) {
        match kind {
            record::BEGIN => depth += 1,
            record::END if depth <= 1 => break,
            record::END => depth -= 1,
            record::NUMBER | record::RK | record::FORMULA if depth == 1 => {
                note(&mut sheet, formats, data, u16_at(data, 2)?, u16_at(data, 4)?)?;
            }
            record::MUL_RK if depth == 1 => {
                let first = u16_at(data, 2)?;
                // Row and first column before the cells, the last column behind them.
                let cells = data.get(4..data.len().checked_sub(2)?)?;
                for (column, cell) in (first..).zip(cells.chunks_exact(6)) {
                    note(&mut sheet, formats, data, column, u16_at(cell, 0)?)?;
                }
            }
            _ => {}
        }
    }
    Some(sheet)
}

/// Takes note of a cell that is shown otherwise than plain. A record begins with its row.
fn note(sheet: &mut SheetFormats, formats: &[Shown], data: &[u8], column: u16, style: u16) -> Option<()> {
    match formats.get(usize::from(style)) {
        None | Some(Shown::Plain) => Some(()),
        Some(_) => {
            let (row, column) = (u32::from(u16_at(data, 0)?), u32::from(column));
            sheet.insert((row, row), (column, column), u32::from(style))
        }
    }
}

/// A text with its length before it: in Excel 5 and 95 bytes of a code page, of which formats use ASCII, later UTF-16
/// or its low bytes (MS-XLS 2.5.294).
fn text(data: &[u8], is_biff8: bool) -> Option<String> {
    let low_bytes = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect();
    if !is_biff8 {
        let length = usize::from(*data.first()?);
        return data.get(1..1 + length).map(low_bytes);
    }
    let length = usize::from(u16_at(data, 0)?);
    if data.get(2)? & 1 == 0 {
        return data.get(3..3 + length).map(low_bytes);
    }
    let units = data
        .get(3..3 + 2 * length)?
        .chunks_exact(2)
        .filter_map(|pair| u16_at(pair, 0));
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

/// The records of a stream: kind, length, data (MS-XLS 2.1.4).
struct Records<'s>(&'s [u8]);

impl<'s> Iterator for Records<'s> {
    type Item = (u16, &'s [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.0, 0)?, usize::from(u16_at(self.0, 2)?));
        let data = self.0.get(4..4 + length)?;
        self.0 = self.0.get(4 + length..).unwrap_or_default();
        Some((kind, data))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    /// A workbook of one sheet: styles of plain numbers, of `0%`, and of a format of its own.
    fn workbook() -> Vec<u8> {
        let code = b"0000";
        let globals = |place: u32| {
            [
                record(record::BEGIN, &words(&[0x0600, 5])),
                record(record::DATE_MODE, &words(&[1])),
                record(record::FORMAT, &[&words(&[164, 4])[..], &[0], code].concat()),
                record(record::XF, &words(&[0, 0])),
                record(record::XF, &words(&[0, 9])),
                record(record::XF, &words(&[0, 164])),
                record(
                    record::BOUND_SHEET,
                    &[&place.to_le_bytes()[..], &[0, 0, 1, 0, b'A']].concat(),
                ),
                record(record::END, &[]),
            ]
            .concat()
        };
        let sheet = [
            record(record::BEGIN, &words(&[0x0600, 0x10])),
            record(record::NUMBER, &words(&[1, 0, 0, 0, 0, 0, 0])),
            record(record::NUMBER, &words(&[1, 3, 1, 0, 0, 0, 0])),
            record(record::BEGIN, &words(&[0x0600, 0x20])),
            record(record::NUMBER, &words(&[1, 0, 1, 0, 0, 0, 0])),
            record(record::END, &[]),
            record(record::MUL_RK, &words(&[2, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 2])),
            record(record::RK, &words(&[3, 1, 2, 0, 0])),
            record(record::END, &[]),
        ]
        .concat();
        let place = globals(0).len() as u32;
        [globals(place), sheet].concat()
    }

    #[test]
    fn cells_have_the_formats_of_their_styles() {
        let book = book(&workbook()).unwrap();
        assert!(book.date1904);
        let shown = |row, column, number| {
            let format = book.sheets[0].row(row).and_then(|formats| formats.cell(column))?;
            let mut text = String::new();
            book.formats[format].push(number, &mut text);
            Some(text)
        };
        assert_eq!(shown(1, 0, 0.2), None);
        assert_eq!(shown(1, 3, 0.2).as_deref(), Some("20%"));
        assert_eq!(shown(2, 0, 7.0), None);
        assert_eq!(shown(2, 1, 7.0).as_deref(), Some("0007"));
        assert_eq!(shown(2, 2, 0.05).as_deref(), Some("5%"));
        assert_eq!(shown(3, 1, 42.0).as_deref(), Some("0042"));
    }

    #[test]
    fn of_a_damaged_workbook_nothing_is_known_and_nothing_breaks() {
        let whole = workbook();
        for length in 0..whole.len() {
            let _ = book(&whole[..length]);
        }
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 0xFF;
            let _ = book(&changed);
        }
        assert!(read(std::io::Cursor::new(b"no workbook")).sheets.is_empty());
    }
}
