//! The rows of a worksheet, one at a time (ECMA-376 Part 1, 18.3.1).

use torqueflow_model::{Cell, CellKind, Finding, FindingCode, Row};

use super::Book;
use super::cell::{CellType, RawCell};
use super::reference;
use super::run::Run;
use super::xml::{Event, Xml, attribute_number, next_attribute, push_text};
use crate::error::OpenError;
use crate::limits::{self, Limits};
use crate::rows::{RowSource, cell_finding, push_finding, without_nul};
use crate::text::cut_cell;

/// Rows out of one worksheet, in the order of the file.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether the parser is inside one element"
)]
pub(crate) struct SheetRows<'p> {
    xml: Xml<'p>,
    book: &'p Book,
    cell: RawCell,
    /// Inside `v`, or inside `t` of an inline string.
    in_value: bool,
    in_phonetic: bool,
    /// The `t` that is being read.
    run: Run,
    in_data: bool,
    in_row: bool,
    /// The number of the row that was read last.
    row_number: u64,
    rows: u64,
    /// Cells from this column on are not kept.
    columns: usize,
    /// Texts of cells that were not kept.
    beyond: Vec<String>,
    row_bytes: usize,
    /// Bytes of all cells so far, empty ones included.
    sheet_bytes: u64,
    limits: Limits,
    ended: bool,
}

impl<'p> SheetRows<'p> {
    pub(crate) fn new(xml: Xml<'p>, book: &'p Book, limits: &Limits) -> Self {
        Self {
            xml,
            book,
            cell: RawCell::default(),
            in_value: false,
            in_phonetic: false,
            run: Run::default(),
            in_data: false,
            in_row: false,
            row_number: 0,
            rows: 0,
            columns: limits.max_columns.min(reference::MAX_COLUMNS as usize),
            beyond: Vec::new(),
            row_bytes: 0,
            sheet_bytes: 0,
            limits: limits.clone(),
            ended: false,
        }
    }

    /// Reads up to the end of a row with cells.
    fn read_row(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        let mut used = 0;
        loop {
            match self.xml.next()? {
                Event::Start {
                    name: b"c",
                    attributes,
                    empty,
                } if self.in_row => {
                    start_cell(&mut self.cell, attributes, used, findings);
                    if empty {
                        used = self.cell.column.saturating_add(1);
                    }
                }
                Event::Start { name: b"v", empty, .. } => self.in_value = !empty,
                Event::Start {
                    name: b"t",
                    attributes,
                    empty,
                } => {
                    self.in_value = !empty && !self.in_phonetic;
                    self.run = Run::begin(&self.cell.value, attributes);
                }
                Event::Start {
                    name: b"rPh", empty, ..
                } => self.in_phonetic = !empty,
                Event::Start {
                    name: b"row",
                    attributes,
                    empty,
                } if self.in_data => {
                    used = 0;
                    self.in_row = !empty;
                    start_row(row, attributes, &mut self.row_number)?;
                    self.rows += 1;
                    self.limits.check_rows(self.rows)?;
                }
                Event::Start {
                    name: b"sheetData",
                    empty,
                    ..
                } => {
                    self.in_data = !empty;
                    if empty {
                        return Ok(false);
                    }
                }
                Event::Text(text) if self.in_value => push_text(text, &mut self.cell.value),
                Event::CData(text) if self.in_value => self.cell.value.push_str(&String::from_utf8_lossy(text)),
                Event::End(b"v") => self.in_value = false,
                Event::End(b"t") => {
                    self.run.end(&mut self.cell.value);
                    self.in_value = false;
                }
                Event::End(b"rPh") => self.in_phonetic = false,
                Event::End(b"c") if self.in_row => {
                    used = self.cell.column.saturating_add(1);
                    self.finish_cell(row, findings)?;
                }
                Event::End(b"row") if self.in_row => {
                    self.in_row = false;
                    return Ok(true);
                }
                Event::End(b"sheetData") => return self.xml.finish().map(|()| false),
                Event::Eof if self.in_data => return Err(OpenError::malformed("a worksheet ends in the middle")),
                Event::Eof => return Ok(false),
                _ => {}
            }
            if self.cell.value.len() > self.limits.max_row_bytes {
                return Err(self.row_too_big());
            }
        }
    }

    fn row_too_big(&self) -> OpenError {
        limits::ROW_BYTES.exceeded(self.limits.max_row_bytes)
    }

    /// Puts the cell that has ended where it belongs.
    fn finish_cell(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<(), OpenError> {
        let column = self.cell.column;
        if self.cell.value.is_empty() || column == UNPLACED {
            return Ok(());
        }
        if column >= self.columns {
            let mut cell = Cell::default();
            self.cell.finish(self.book, &mut cell, &mut Vec::new());
            if !cell.is_blank() && self.beyond.len() < 10 {
                self.beyond.push(cell.text.chars().take(100).collect());
            }
            return Ok(());
        }
        if row.cells.len() <= column {
            row.cells.resize_with(column + 1, Cell::default);
        }
        if let Some(cell) = row.cells.get_mut(column) {
            clear(cell);
            self.cell.finish(self.book, cell, findings);
            cut_cell(column, &mut cell.text, self.limits.max_cell_chars, findings);
            self.row_bytes += cell.text.len();
        }
        if self.row_bytes > self.limits.max_row_bytes {
            return Err(self.row_too_big());
        }
        Ok(())
    }
}

/// What a cell counts beyond its text. No cell takes fewer bytes of XML.
const CELL_BYTES: usize = 16;
/// The column of a cell that has no place.
const UNPLACED: usize = usize::MAX;

fn clear(cell: &mut Cell) {
    cell.text.clear();
    cell.kind = CellKind::Empty;
}

/// Begins a row: its number is what it says, else the one after the last.
fn start_row(row: &mut Row, raw: &[u8], last: &mut u64) -> Result<(), OpenError> {
    let said = attribute_number::<u64>(raw, "r");
    *last = said
        .filter(|number| (1..=reference::MAX_ROWS).contains(number))
        .unwrap_or(*last + 1);
    if *last > reference::MAX_ROWS {
        return Err(OpenError::malformed(
            "a worksheet has more rows than a workbook can have",
        ));
    }
    row.number = *last;
    row.cells.iter_mut().for_each(clear);
    Ok(())
}

/// Begins a cell: its place is what it says, else right of the last one.
fn start_cell(cell: &mut RawCell, raw: &[u8], next: usize, findings: &mut Vec<Finding>) {
    cell.value.clear();
    cell.kind = CellType::Number;
    cell.style = 0;
    cell.column = next;
    let mut rest = raw;
    while let Some((key, value, after)) = next_attribute(rest) {
        rest = after;
        match key {
            b"r" => {
                cell.column = reference::parse(value).map_or(UNPLACED, |(column, _)| column);
                if cell.column == UNPLACED {
                    let mut finding = Finding::row(FindingCode::CellUnreadable, "it has no place in a sheet");
                    let place = without_nul(&String::from_utf8_lossy(value));
                    finding.value = place.chars().take(40).collect();
                    push_finding(findings, finding);
                }
            }
            b"t" => cell.kind = CellType::new(value),
            b"s" => cell.style = number(value),
            _ => {}
        }
    }
    if cell.column != UNPLACED && cell.column >= reference::MAX_COLUMNS as usize {
        cell.column = UNPLACED;
        cell_finding(
            findings,
            FindingCode::CellUnreadable,
            next,
            "",
            "it has no place in a sheet",
        );
    }
}

/// A whole number; the largest one for anything else, which is the number of nothing.
fn number(digits: &[u8]) -> usize {
    digits
        .iter()
        .try_fold(0_usize, |number, digit| {
            let digit = char::from(*digit).to_digit(10)?;
            number.checked_mul(10)?.checked_add(digit as usize)
        })
        .unwrap_or(usize::MAX)
}

impl RowSource for SheetRows<'_> {
    fn next(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        self.beyond.clear();
        self.row_bytes = 0;
        if self.ended || !self.read_row(row, findings)? {
            self.ended = true;
            return Ok(false);
        }
        self.sheet_bytes += (self.row_bytes + row.cells.len() * CELL_BYTES) as u64;
        limits::INFLATED_BYTES.check(self.sheet_bytes, self.limits.max_inflated_bytes)?;
        let used = row
            .cells
            .iter()
            .rposition(|cell| cell.kind != CellKind::Empty)
            .map_or(0, |last| last + 1);
        row.cells.truncate(used);
        if !self.beyond.is_empty() {
            findings.push(Finding::row(FindingCode::RowTooLong, self.beyond.join(" | ")));
        }
        Ok(true)
    }

    fn set_columns(&mut self, columns: usize) {
        self.columns = self.columns.min(columns);
    }
}
