//! Workbooks: `.xlsx` files of sample tables, and their encryption.
//!
//! Nearly every cell is text, as in the export. Some are not, because a person opened the file in Excel and saved it:
//! a mobile that lost its zero is a number, one date in fifty is a date, and so are quantities and hours numbers.

use std::io::{self, Cursor, Read, Seek, Write};

use ms_offcrypto_writer::Ecma376AgileWriter;
use rand_core::{CryptoRng, RngCore};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::rng::Rng;
use crate::sample::SampleTable;

/// One in so many dates is a date and no text.
const TYPED_DATES: usize = 50;
/// Columns whose cells are numbers where they look like numbers.
const NUMBER_COLUMNS: [&str; 4] = ["Quantity", "Hours", "StockLevel", "VehicleEngineCc"];

/// Writes `tables` as a workbook, one worksheet each. The same tables give the same bytes.
pub fn write_xlsx(writer: impl Write + Seek + Send, tables: &[SampleTable]) -> io::Result<()> {
    workbook(tables)
        .and_then(|mut workbook| workbook.save_to_writer(writer))
        .map_err(io::Error::other)
}

/// The bytes of [`write_xlsx`].
pub fn xlsx_bytes(tables: &[SampleTable]) -> io::Result<Vec<u8>> {
    let mut file = Cursor::new(Vec::new());
    write_xlsx(&mut file, tables)?;
    Ok(file.into_inner())
}

/// Encrypts a workbook with `password`, as Excel does: Agile, AES-256, SHA-512. The same input gives the same bytes.
///
/// Because its keys follow from its input, the result hides nothing: it is for samples only.
pub fn encrypt_xlsx(workbook: &[u8], password: &str) -> io::Result<Vec<u8>> {
    let mut keys = KeySource(Rng::new(digest(workbook) ^ digest(password.as_bytes())));
    let mut encrypted = Ecma376AgileWriter::create(&mut keys, password, Cursor::new(Vec::new()))?;
    encrypted.write_all(workbook)?;
    let mut bytes = encrypted.into_inner()?.into_inner();
    clear_timestamps(&mut bytes)?;
    Ok(bytes)
}

/// An encrypted workbook that asks for this many rounds of hashing; its password does not open it any more.
pub fn with_spin_count(encrypted: &[u8], rounds: u32) -> io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(encrypted.to_vec()))?;
    let mut info = Vec::new();
    file.open_stream("/EncryptionInfo")?.read_to_end(&mut info)?;
    // Eight bytes of a header, then XML (MS-OFFCRYPTO 2.3.4.10).
    let (header, text) = info.split_at(8);
    let text = String::from_utf8(text.to_vec()).map_err(io::Error::other)?;
    let changed = text.replace("spinCount=\"100000\"", &format!("spinCount=\"{rounds}\""));
    let mut stream = file.create_stream("/EncryptionInfo")?;
    stream.write_all(header)?;
    stream.write_all(changed.as_bytes())?;
    stream.flush()?;
    drop(stream);
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

fn workbook(tables: &[SampleTable]) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2024, 7, 1)?.and_hms(9, 0, 0)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let date_format = Format::new().set_num_format("dd/mm/yyyy hh:mm:ss");
    for table in tables {
        let worksheet = workbook.add_worksheet().set_name(table.tab)?;
        worksheet.write_row(0, 0, table.header.iter().copied())?;
        for (index, row) in table.rows.iter().enumerate() {
            for (column, (header, text)) in table.header.iter().zip(row).enumerate() {
                let place = (index as u32 + 1, column as u16);
                write_cell(worksheet, place, header, text, &date_format)?;
            }
        }
    }
    Ok(workbook)
}

/// Writes one cell; an empty one is absent, as in files of Excel.
fn write_cell(
    worksheet: &mut Worksheet,
    (row, column): (u32, u16),
    header: &str,
    text: &str,
    date_format: &Format,
) -> Result<(), XlsxError> {
    if text.is_empty() {
        return Ok(());
    }
    match typed((row as usize, column.into()), header, text) {
        Typed::Date(date) => worksheet.write_datetime_with_format(row, column, &date, date_format)?,
        Typed::Number(number) => worksheet.write_number(row, column, number)?,
        Typed::Text => worksheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// What a person's spreadsheet made of a cell.
pub(crate) enum Typed {
    Text,
    Number(f64),
    Date(ExcelDateTime),
}

/// What became of the text at this row and column.
pub(crate) fn typed((row, column): (usize, usize), header: &str, text: &str) -> Typed {
    let is_typed_date = (row * 7 + column * 3).is_multiple_of(TYPED_DATES);
    if let Some(date) = excel_date(text).filter(|_| is_typed_date) {
        Typed::Date(date)
    } else if let Some(number) = number(header, text) {
        Typed::Number(number)
    } else {
        Typed::Text
    }
}

/// The number that Excel made of the cell.
fn number(header: &str, text: &str) -> Option<f64> {
    let lost_its_zero = header == "Phone" && text.len() == 10 && text.starts_with('7');
    let is_number = lost_its_zero || NUMBER_COLUMNS.contains(&header);
    text.parse().ok().filter(|_| is_number)
}

/// The moment in a cell that reads `DD/MM/YYYY HH:MM:SS`; `None` for other text and for years that Excel does not know.
fn excel_date(text: &str) -> Option<ExcelDateTime> {
    let (date, time) = text.split_once(' ')?;
    let (mut date, mut time) = (date.split('/'), time.split(':'));
    let day = date.next()?.parse().ok()?;
    let month = date.next()?.parse().ok()?;
    let year: u16 = date.next()?.parse().ok()?;
    let hour = time.next()?.parse().ok()?;
    let minute = time.next()?.parse().ok()?;
    let second: u8 = time.next()?.parse().ok()?;
    if year < 1900 || date.next().or(time.next()).is_some() {
        return None;
    }
    ExcelDateTime::from_ymd(year, month, day)
        .ok()?
        .and_hms(hour, minute, second)
        .ok()
}

/// A hash (FNV-1a) to seed the keys with.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// Our numbers as keys. They are no secret, and are not meant to be.
struct KeySource(Rng);

impl RngCore for KeySource {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u64() as u32
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.0.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }
}

impl CryptoRng for KeySource {}

/// Bytes of a sector of a compound file of version 3.
const SECTOR: usize = 512;
/// Bytes of an entry of its directory.
const ENTRY: usize = 128;
/// Where an entry keeps the times at which it was made and changed.
const ENTRY_TIMES: std::ops::Range<usize> = 100..116;

/// Removes from a compound file the times at which its parts were made, which come from the clock.
pub(crate) fn clear_timestamps(file: &mut [u8]) -> io::Result<()> {
    let malformed = || io::Error::new(io::ErrorKind::InvalidData, "the compound file has no whole directory");
    let mut sector = u32_at(file, 48).ok_or_else(malformed)?;
    // The ids above this one are marks; the last of them ends a chain.
    while sector < 0xFFFF_FFFA {
        let start = (sector as usize + 1) * SECTOR;
        let entries = file.get_mut(start..start + SECTOR).ok_or_else(malformed)?;
        for entry in entries.chunks_mut(ENTRY) {
            entry[ENTRY_TIMES].fill(0);
        }
        sector = next_sector(file, sector).ok_or_else(malformed)?;
    }
    Ok(())
}

/// The sector after `sector` in its chain. Looks it up in the table whose first 109 sectors the header lists.
fn next_sector(file: &[u8], sector: u32) -> Option<u32> {
    let per_sector = SECTOR / 4;
    let (table, place) = (sector as usize / per_sector, sector as usize % per_sector);
    let table_sector = u32_at(file, 76 + 4 * table).filter(|_| table < 109)?;
    u32_at(file, (table_sector as usize + 1) * SECTOR + 4 * place)
}

fn u32_at(file: &[u8], place: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*file.get(place..)?.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::sample::{Garage, SampleOptions};

    fn tables() -> Vec<SampleTable> {
        Garage::generate(&SampleOptions { customers: 60, seed: 3 }).tables()
    }

    #[test]
    fn the_same_tables_give_the_same_bytes() {
        let first = xlsx_bytes(&tables()).unwrap();
        assert!(first == xlsx_bytes(&tables()).unwrap());
        let encrypted = encrypt_xlsx(&first, "secret").unwrap();
        assert!(encrypted == encrypt_xlsx(&first, "secret").unwrap());
        assert!(encrypted != encrypt_xlsx(&first, "other").unwrap());
    }

    #[test]
    fn a_reader_sees_what_was_written() {
        let tables = tables();
        let mut workbook = Xlsx::new(Cursor::new(xlsx_bytes(&tables).unwrap())).unwrap();
        assert_eq!(
            workbook.sheet_names(),
            tables.iter().map(|table| table.tab).collect::<Vec<&str>>()
        );
        for table in &tables {
            let range = workbook.worksheet_range(table.tab).unwrap();
            assert_eq!(range.height(), table.rows.len() + 1, "{}", table.tab);
            for (row, cells) in table.rows.iter().enumerate() {
                for (column, text) in cells.iter().enumerate() {
                    let read = range.get((row + 1, column)).cloned().unwrap_or_default();
                    if let Data::String(read) = &read {
                        // A workbook keeps one kind of line end.
                        assert_eq!(read.replace("\r\n", "\n"), text.replace("\r\n", "\n"), "{}", table.tab);
                    }
                    assert_eq!(read == Data::Empty, text.is_empty(), "{}: {text}", table.tab);
                }
            }
        }
    }

    #[test]
    fn some_cells_are_numbers_and_dates() {
        let garage = Garage::generate(&SampleOptions {
            customers: 200,
            seed: 3,
        });
        let table = garage.table("CustomersAndVehicles").unwrap();
        let bytes = xlsx_bytes(std::slice::from_ref(&table)).unwrap();
        let range = Xlsx::new(Cursor::new(bytes))
            .unwrap()
            .worksheet_range(table.tab)
            .unwrap();
        let phone = table.column("Phone").unwrap();
        let numbers = range.rows().filter(|row| matches!(row[phone], Data::Float(_))).count();
        assert_eq!(
            numbers,
            table
                .cells("Phone")
                .filter(|text| text.len() == 10 && text.parse::<u64>().is_ok())
                .count()
        );
        let dates = range
            .used_cells()
            .filter(|(_, _, cell)| matches!(cell, Data::DateTime(_)))
            .count();
        let filled = range.used_cells().count();
        assert!((1..filled / 100).contains(&dates), "{dates} of {filled}");
    }

    #[test]
    fn an_encrypted_workbook_is_a_compound_file_without_times() {
        let bytes = encrypt_xlsx(&xlsx_bytes(&tables()).unwrap(), "secret").unwrap();
        assert_eq!(bytes[..8], [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        let name: Vec<u8> = "EncryptionInfo".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let entry = bytes.windows(name.len()).position(|window| window == name).unwrap();
        assert_eq!(bytes[entry + ENTRY_TIMES.start..entry + ENTRY_TIMES.end], [0; 16]);
    }
}
