//! Workbooks of other forms (`.xls`, `.xlsb`, `.ods`), read where their parsers can do no harm.
//!
//! Their parsers abort or hang on damaged files. So one side, a process that may die, runs [`convert`]; the other, through
//! an [`Isolate`](crate::Isolate), reads what it wrote and trusts none of it.
//!
//! What is written is a list of tables as staged rows, then their names:
//!
//! ```text
//! per table:  staged rows (see `staging`)
//! directory:  per table u64 length · u8 visibility, and 0x10 if days count from 1904 · u32 length of the name · name
//!             · u32 cells that are merged over several rows, per cell u32 first row · u32 last row · u32 column
//! footer:     u32 tables · u64 length of the directory · "TFLEGACY"
//! ```

mod formats;
mod ods;
mod xls;
mod xlsb;

use std::io::{self, Read, Seek, SeekFrom, Write};

use calamine::{Data, ExcelDateTime, ExcelDateTimeType, Range, Reader, SheetVisible};
use torqueflow_model::{Cell, CellKind, Finding, FindingCode, Row};

use self::formats::{BookFormats, SheetFormats, Shown};
use crate::document::{TableInfo, Visibility};
use crate::error::OpenError;
use crate::format::Format;
use crate::limits::{self, Limits};
use crate::merged::{Filler, Regions};
use crate::options::ReadSeek;
use crate::rows::{RowSource, cell_finding, without_nul};
use crate::staging::{StagingError, StagingReader, StagingWriter};
use crate::table::{Dialect, TableReader};
use crate::text::cut_cell;
use crate::workbook::{Class, push_general, set_date, set_iso};

/// The bit of a sheet's visibility that says that its days count from 1904.
const DATE_1904: u8 = 0x10;
const MAGIC: &[u8; 8] = b"TFLEGACY";
const FOOTER_BYTES: u64 = 20;

/// Converts a workbook into what an [`Isolate`](crate::Isolate) hands back.
///
/// To be run in a process that may crash, with limits on its memory and time.
pub fn convert<R: Read + Seek + Send>(
    mut workbook: R,
    format: Format,
    output: &mut impl Write,
) -> Result<(), OpenError> {
    // The parser leaves number formats out, so they are read apart, before it.
    let limits = Limits::default();
    let formats = match format {
        Format::Xls => xls::read(&mut workbook),
        Format::Xlsb => xlsb::read(Box::new(&mut workbook), &limits),
        Format::Ods => ods::read(Box::new(&mut workbook), &limits),
        Format::Csv | Format::Xlsx => {
            return Err(OpenError::Unsupported {
                what: format.label().to_owned(),
            });
        }
    };
    workbook.seek(SeekFrom::Start(0))?;
    match format {
        Format::Xls => convert_with::<calamine::Xls<R>, R>(workbook, &formats, merged_in_xls, output),
        Format::Xlsb => convert_with::<calamine::Xlsb<R>, R>(workbook, &formats, |_, _| Regions::default(), output),
        _ => convert_with::<calamine::Ods<R>, R>(workbook, &formats, |_, _| Regions::default(), output),
    }
}

/// The merged cells of a sheet (MS-XLS 2.4.168, `MergeCells`).
fn merged_in_xls<R: Read + Seek>(workbook: &mut calamine::Xls<R>, sheet: &str) -> Regions {
    let mut regions = Regions::default();
    let place = |(row, column): (u32, u32)| (column as usize, u64::from(row) + 1);
    for merged in workbook.merge_cells_by_sheet_name(sheet).unwrap_or_default() {
        regions.add(place(merged.start), place(merged.end));
    }
    regions
}

fn convert_with<T, R>(
    workbook: R,
    formats: &BookFormats,
    merged: impl Fn(&mut T, &str) -> Regions,
    output: &mut impl Write,
) -> Result<(), OpenError>
where
    T: Reader<R>,
    T::Error: std::fmt::Display,
    R: Read + Seek,
{
    let mut workbook = T::new(workbook).map_err(|error| open_error(&error))?;
    let sheets: Vec<_> = workbook.sheets_metadata().to_vec();
    let (mut directory, mut tables) = (Vec::new(), 0_u32);
    for (index, sheet) in sheets
        .iter()
        .enumerate()
        .filter(|(_, sheet)| sheet.typ == calamine::SheetType::WorkSheet)
    {
        let range = workbook
            .worksheet_range(&sheet.name)
            .map_err(|error| open_error(&error))?;
        let bytes = write_table(&range, formats, formats.sheets.get(index), output)?;
        directory.extend_from_slice(&bytes.to_le_bytes());
        let visibility = match sheet.visible {
            SheetVisible::Visible => 0,
            SheetVisible::Hidden => 1,
            SheetVisible::VeryHidden => 2,
        };
        directory.push(visibility | if formats.date1904 { DATE_1904 } else { 0 });
        directory.extend_from_slice(&(sheet.name.len() as u32).to_le_bytes());
        directory.extend_from_slice(sheet.name.as_bytes());
        let merged = merged(&mut workbook, &sheet.name);
        directory.extend_from_slice(&(merged.vertical().len() as u32).to_le_bytes());
        for region in merged.vertical() {
            for number in [region.first_row, region.last_row, region.column] {
                directory.extend_from_slice(&number.to_le_bytes());
            }
        }
        tables += 1;
    }
    output.write_all(&directory)?;
    output.write_all(&tables.to_le_bytes())?;
    output.write_all(&(directory.len() as u64).to_le_bytes())?;
    output.write_all(MAGIC)?;
    Ok(output.flush()?)
}

/// An encrypted workbook of these forms can't be decrypted here.
fn open_error(error: &dyn std::fmt::Display) -> OpenError {
    let error = error.to_string();
    if error.to_lowercase().contains("password") {
        return OpenError::Unsupported {
            what: "a protected workbook of another form than .xlsx".to_owned(),
        };
    }
    OpenError::malformed(error)
}

/// Writes one sheet; returns how many bytes it took.
fn write_table(
    range: &Range<Data>,
    book: &BookFormats,
    sheet: Option<&SheetFormats>,
    output: &mut impl Write,
) -> Result<u64, OpenError> {
    let mut writer = StagingWriter::new(output, &[]).map_err(staging_error)?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut row = Row::default();
    for (index, values) in (first_row..).zip(range.rows()) {
        row.number = u64::from(index) + 1;
        row.cells.clear();
        row.cells.resize_with(first_column as usize, Cell::default);
        let formats = sheet.and_then(|sheet| sheet.row(index));
        row.cells.extend((first_column..).zip(values).map(|(column, value)| {
            let format = formats.and_then(|formats| formats.cell(column));
            cell(value, format.and_then(|format| book.formats.get(format)))
        }));
        writer.write(&row).map_err(staging_error)?;
    }
    let (_, info) = writer.finish().map_err(staging_error)?;
    Ok(info.bytes)
}

/// What a value of calamine shows.
fn cell(value: &Data, format: Option<&Shown>) -> Cell {
    let mut cell = Cell::default();
    match value {
        Data::Empty => {}
        Data::String(text) => cell = Cell::text(text.clone()),
        Data::Bool(value) => {
            cell = Cell {
                text: if *value { "TRUE" } else { "FALSE" }.to_owned(),
                kind: CellKind::Boolean(*value),
            };
        }
        Data::Error(error) => {
            cell = Cell {
                text: error.to_string(),
                kind: CellKind::Error,
            }
        }
        Data::DateTime(serial) => date(&mut cell, serial),
        Data::DateTimeIso(iso) => {
            if set_iso(&mut cell, iso, Class::Date).is_err() {
                cell = Cell::text(iso.clone());
            }
        }
        Data::DurationIso(iso) => duration(&mut cell, iso),
        other => number_or_text(&mut cell, other, format),
    }
    cell
}

fn number_or_text(cell: &mut Cell, value: &Data, format: Option<&Shown>) {
    let number = match value {
        Data::Int(value) => Some(*value as f64),
        Data::Float(value) => Some(*value),
        _ => None,
    };
    match number.filter(|number| number.is_finite()) {
        Some(number) => {
            format.unwrap_or(&Shown::Plain).push(number, &mut cell.text);
            cell.kind = CellKind::Number(number);
        }
        None => *cell = Cell::text(value.to_string()),
    }
}

/// A time of day or a duration of `OpenDocument`, which tells them apart by nothing but their length.
fn duration(cell: &mut Cell, iso: &str) {
    let days = iso_seconds(iso).map(|seconds| seconds / 86_400.0);
    let class = match days {
        Some(days) if days < 1.0 => Class::Time,
        _ => Class::Elapsed,
    };
    if days.is_none_or(|days| set_date(cell, days, class, false).is_err()) {
        *cell = Cell::text(iso);
    }
}

/// The seconds of a duration in days, hours, minutes and seconds: `PT36H30M00S` (XML Schema part 2, 3.2.6).
fn iso_seconds(iso: &str) -> Option<f64> {
    let mut rest = iso.strip_prefix('P')?;
    let (mut seconds, mut in_time) = (0.0, false);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T').filter(|_| !in_time) {
            (rest, in_time) = (time, true);
            continue;
        }
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, unit) = rest.split_at_checked(end)?;
        let number: f64 = number.parse().ok()?;
        seconds += match (in_time, unit.as_bytes().first()?) {
            (false, b'D') => number * 86_400.0,
            (true, b'H') => number * 3600.0,
            (true, b'M') => number * 60.0,
            (true, b'S') => number,
            _ => return None,
        };
        rest = unit.get(1..)?;
    }
    Some(seconds)
}

fn date(cell: &mut Cell, serial: &ExcelDateTime) {
    let value = serial.as_f64();
    let class = match (serial.is_duration(), value.fract() == 0.0, value < 1.0) {
        (true, _, _) => Class::Elapsed,
        (false, true, _) => Class::Date,
        (false, false, true) => Class::Time,
        (false, false, false) => Class::DateTime,
    };
    let kind = if serial.is_duration() {
        ExcelDateTimeType::TimeDelta
    } else {
        ExcelDateTimeType::DateTime
    };
    let date1904 = *serial == ExcelDateTime::new(value, kind, true);
    if set_date(cell, value, class, date1904).is_err() {
        push_general(value, &mut cell.text);
        cell.kind = CellKind::Number(value);
    }
}

fn staging_error(error: StagingError) -> OpenError {
    match error {
        StagingError::Io(error) => OpenError::from(error),
        other => OpenError::malformed(other.to_string()),
    }
}

/// A converted workbook.
pub(crate) struct LegacyWorkbook {
    converted: Box<dyn ReadSeek>,
    tables: Vec<LegacyTable>,
}

struct LegacyTable {
    info: TableInfo,
    offset: u64,
    length: u64,
    date1904: bool,
    merged: Regions,
}

impl LegacyWorkbook {
    pub(crate) fn open(mut converted: Box<dyn ReadSeek>, limits: &Limits) -> Result<Self, OpenError> {
        let length = converted.seek(SeekFrom::End(0))?;
        let footer = length.checked_sub(FOOTER_BYTES).ok_or_else(broken)?;
        converted.seek(SeekFrom::Start(footer))?;
        let count = u32::from_le_bytes(array(&mut converted)?);
        let directory_bytes = u64::from_le_bytes(array(&mut converted)?);
        let magic: [u8; 8] = array(&mut converted)?;
        let directory = footer
            .checked_sub(directory_bytes)
            .filter(|_| magic == *MAGIC)
            .ok_or_else(broken)?;
        limits::SHEETS.check(u64::from(count), limits.max_sheets as u64)?;
        converted.seek(SeekFrom::Start(directory))?;
        let mut tables = Vec::new();
        let mut offset = 0_u64;
        for _ in 0..count {
            let table = read_entry(&mut converted, offset, directory_bytes, limits)?;
            offset = offset
                .checked_add(table.length)
                .filter(|end| *end <= directory)
                .ok_or_else(broken)?;
            tables.push(table);
        }
        Ok(Self { converted, tables })
    }

    pub(crate) fn tables(&self) -> Vec<TableInfo> {
        self.tables.iter().map(|table| table.info.clone()).collect()
    }

    pub(crate) fn read_table(&mut self, index: usize, limits: &Limits) -> Result<TableReader<'_>, OpenError> {
        let table = self.tables.get(index).ok_or(OpenError::NoSuchTable { index })?;
        let section = Section::new(&mut self.converted, table.offset, table.length);
        let rows = StagedRows {
            reader: StagingReader::open(section).map_err(staging_error)?,
            last_number: 0,
            merged: Filler::new(table.merged.clone()),
            filled_bytes: 0,
            limits: limits.clone(),
        };
        let dialect = Dialect {
            date1904: table.date1904,
            ..Dialect::default()
        };
        TableReader::new(Box::new(rows), dialect, limits)
    }
}

fn broken() -> OpenError {
    OpenError::malformed("its conversion did not end well")
}

fn array<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], OpenError> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn read_entry(
    reader: &mut impl Read,
    offset: u64,
    directory_bytes: u64,
    limits: &Limits,
) -> Result<LegacyTable, OpenError> {
    let length = u64::from_le_bytes(array(reader)?);
    let [flags] = array(reader)?;
    let visible = match flags & !DATE_1904 {
        0 => Visibility::Visible,
        1 => Visibility::Hidden,
        _ => Visibility::VeryHidden,
    };
    let name_bytes = u64::from(u32::from_le_bytes(array(reader)?));
    if name_bytes > directory_bytes {
        return Err(broken());
    }
    let mut name = Vec::new();
    reader.take(name_bytes).read_to_end(&mut name)?;
    let info = TableInfo::new(Some(String::from_utf8_lossy(&name).into_owned()), visible);
    let merged = read_merged(reader, limits)?;
    Ok(LegacyTable {
        info,
        offset,
        length,
        date1904: flags & DATE_1904 != 0,
        merged,
    })
}

fn read_merged(reader: &mut impl Read, limits: &Limits) -> Result<Regions, OpenError> {
    let mut regions = Regions::default();
    for _ in 0..u32::from_le_bytes(array(reader)?) {
        let mut number = || array(reader).map(u32::from_le_bytes);
        let (first_row, last_row, column) = (number()?, number()?, number()? as usize);
        regions.add((column, u64::from(first_row)), (column, u64::from(last_row)));
        regions.check(limits)?;
    }
    Ok(regions)
}

/// Staged rows as they came from the converter, which is trusted as little as the file that it read.
struct StagedRows<R: Read + Seek> {
    reader: StagingReader<R>,
    last_number: u64,
    merged: Filler,
    /// Bytes of text that merged cells have added so far.
    filled_bytes: u64,
    limits: Limits,
}

impl<R: Read + Seek> StagedRows<R> {
    /// What is wrong with a cell, repaired.
    fn check_cell(&self, column: usize, cell: &mut Cell, findings: &mut Vec<Finding>) {
        if matches!(cell.kind, CellKind::Number(number) if !number.is_finite()) {
            *cell = Cell::text(std::mem::take(&mut cell.text));
        }
        if cell.text.contains('\0') {
            cell.text = without_nul(&cell.text);
            cell_finding(findings, FindingCode::TextNulReplaced, column, &cell.text, "");
        }
        if cell.kind == CellKind::Error {
            cell_finding(findings, FindingCode::CellError, column, &cell.text, cell.text.clone());
        }
        cut_cell(column, &mut cell.text, self.limits.max_cell_chars, findings);
    }
}

impl<R: Read + Seek> RowSource for StagedRows<R> {
    fn next(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        if !self.reader.next_row(row).map_err(staging_error)? {
            return Ok(false);
        }
        if row.number <= self.last_number {
            return Err(broken());
        }
        self.last_number = row.number;
        for (column, cell) in row.cells.iter_mut().enumerate() {
            self.check_cell(column, cell, findings);
        }
        let filled = self.merged.fill(row, self.limits.max_columns, findings) as u64;
        limits::ROW_BYTES.check(filled, self.limits.max_row_bytes as u64)?;
        self.filled_bytes += filled;
        limits::INFLATED_BYTES.check(self.filled_bytes, self.limits.max_inflated_bytes)?;
        Ok(true)
    }
}

/// A part of a reader as a reader of its own.
struct Section<'r> {
    inner: &'r mut dyn ReadSeek,
    start: u64,
    length: u64,
    position: u64,
}

impl<'r> Section<'r> {
    fn new(inner: &'r mut dyn ReadSeek, start: u64, length: u64) -> Self {
        Self {
            inner,
            start,
            length,
            position: 0,
        }
    }
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.seek(SeekFrom::Start(self.start + self.position))?;
        let left = self.length.saturating_sub(self.position);
        let count = self.inner.take(left).read(buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Section<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
