//! The rows of a worksheet, one at a time (ECMA-376 Part 1, 18.3.1).

use torqueflow_model::{Cell, CellKind, Finding, FindingCode, Row};

use super::Book;
use super::cell::{CellType, RawCell, UNPLACED};
use super::reference;
use super::run::Run;
use super::usual::{self, CellAttributes};
use super::xml::{Event, Xml, attribute, attribute_number, is_true, next_attribute, push_text};
use crate::error::OpenError;
use crate::layout::Layout;
use crate::limits::{self, Limits};
use crate::merged::{Filler, Span};
use crate::rows::{RowSource, cell_finding};
use crate::text::cut_cell;

/// Rows out of one worksheet, in the order of the file.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether the parser is inside one element"
)]
pub(crate) struct SheetRows<'p> {
    xml: Xml<'p>,
    /// The cell that is being read.
    cell: Option<RawCell>,
    /// Its value so far.
    value: String,
    /// The column of the next cell, if that does not name its own.
    next_column: usize,
    /// Inside `v`, or inside `t` of an inline string.
    in_value: bool,
    in_phonetic: bool,
    formula: Formula,
    /// The `t` that is being read.
    run: Run,
    in_data: bool,
    in_row: bool,
    /// The number of the row that was read last.
    row_number: u64,
    /// A person does not see that row.
    is_row_hidden: bool,
    rows: u64,
    merged: Filler,
    layout: Layout,
    sink: Sink<'p>,
    /// Bytes of all cells so far, empty ones included.
    sheet_bytes: u64,
    limits: Limits,
    ended: bool,
}

impl<'p> SheetRows<'p> {
    pub(crate) fn new(xml: Xml<'p>, book: &'p Book, merged: Filler, limits: &Limits) -> Self {
        Self {
            xml,
            cell: None,
            value: String::new(),
            next_column: 0,
            in_value: false,
            in_phonetic: false,
            formula: Formula::default(),
            run: Run::default(),
            in_data: false,
            in_row: false,
            row_number: 0,
            is_row_hidden: false,
            rows: 0,
            merged,
            layout: Layout::default(),
            sink: Sink {
                book,
                columns: limits.max_columns.min(reference::MAX_COLUMNS as usize),
                beyond: Vec::new(),
                uncalculated: Vec::new(),
                row_bytes: 0,
                max_row_bytes: limits.max_row_bytes,
                max_cell_chars: limits.max_cell_chars,
            },
            sheet_bytes: 0,
            limits: limits.clone(),
            ended: false,
        }
    }

    /// Reads up to the end of a row with cells.
    fn read_row(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        self.next_column = 0;
        loop {
            self.read_usual_cells(row, findings)?;
            match self.xml.next()? {
                Event::Start {
                    name: b"c",
                    attributes,
                    empty,
                } if self.in_row => {
                    self.value.clear();
                    self.run = Run::default();
                    self.formula = Formula::default();
                    let cell = RawCell::new(cell_attributes(attributes), self.next_column, findings);
                    if empty {
                        self.next_column = cell.column.saturating_add(1);
                    }
                    self.cell = (!empty).then_some(cell);
                }
                Event::Start { name: b"v", empty, .. } => {
                    self.in_value = !empty;
                    self.formula.has_value = true;
                }
                Event::Start { name: b"f", .. } => self.formula.is_there = true,
                Event::Start {
                    name: b"t",
                    attributes,
                    empty,
                } => {
                    self.in_value = !empty && !self.in_phonetic;
                    self.run = Run::begin(&self.value, attributes);
                }
                Event::Start {
                    name: b"rPh", empty, ..
                } => self.in_phonetic = !empty,
                Event::Start {
                    name: b"row",
                    attributes,
                    empty,
                } if self.in_data => {
                    self.next_column = 0;
                    self.in_row = !empty;
                    self.is_row_hidden = start_row(row, attributes, &mut self.row_number)?;
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
                Event::Start { name, attributes, .. } if !self.in_data => self.layout.read(name, attributes),
                Event::Text(text) if self.in_value => push_text(text, &mut self.value),
                Event::CData(text) if self.in_value => self.value.push_str(&String::from_utf8_lossy(text)),
                Event::End(b"v") => self.in_value = false,
                Event::End(b"t") => {
                    self.run.end(&mut self.value);
                    self.in_value = false;
                }
                Event::End(b"rPh") => self.in_phonetic = false,
                Event::End(b"c") if self.in_row => {
                    if let Some(cell) = self.cell.take() {
                        self.next_column = cell.column.saturating_add(1);
                        if self.formula.has_no_result(&cell, &self.value, self.sink.book) {
                            self.sink.leave_uncalculated(cell.column, &mut self.layout);
                        }
                        self.sink.put(cell, &self.value, row, findings)?;
                    }
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
            self.sink.check_bytes(self.value.len())?;
        }
    }

    /// Reads the next cells as far as they are written in the usual form, which is much faster.
    fn read_usual_cells(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<(), OpenError> {
        if !self.in_row || self.in_value || self.in_phonetic {
            return Ok(());
        }
        while let Some(usual) = usual::cell(self.xml.peek()) {
            self.cell = None;
            let cell = RawCell::new(usual.attributes, self.next_column, findings);
            self.next_column = cell.column.saturating_add(1);
            let value = usual.value.resolve(&mut self.value);
            self.sink.put(cell, value, row, findings)?;
            let bytes = usual.bytes;
            self.xml.advance(bytes);
        }
        Ok(())
    }
}

/// What stands in a cell beside its value.
#[derive(Debug, Default)]
struct Formula {
    is_there: bool,
    /// There is an element for its result.
    has_value: bool,
}

impl Formula {
    /// A formula without a stored result. An empty text is a result. A zero is none where the workbook says that its
    /// results are still to be calculated.
    fn has_no_result(&self, cell: &RawCell, value: &str, book: &Book) -> bool {
        let is_empty = value.is_empty() && !(self.has_value && cell.kind == CellType::Formula);
        let is_made_up = book.is_uncalculated && value == "0" && cell.kind == CellType::Number;
        self.is_there && (is_empty || is_made_up)
    }
}

impl Layout {
    /// Takes up what an element before the rows says (ECMA-376 Part 1, 18.3.1.13, 18.3.1.82).
    fn read(&mut self, name: &[u8], attributes: &[u8]) {
        match name {
            b"sheetPr" => self.is_filtered = attribute(attributes, "filterMode").is_some_and(is_true),
            b"col" if attribute(attributes, "hidden").is_some_and(is_true) => {
                let edge = |name| attribute_number::<usize>(attributes, name).and_then(|column| column.checked_sub(1));
                if let (Some(first), Some(last)) = (edge("min"), edge("max")) {
                    self.hide_columns(first, last);
                }
            }
            _ => {}
        }
    }
}

/// What a cell counts beyond its text. No cell takes fewer bytes of XML.
const CELL_BYTES: usize = 16;

/// Where cells are put.
struct Sink<'p> {
    book: &'p Book,
    /// Cells from this column on are not kept.
    columns: usize,
    /// Texts of cells that were not kept.
    beyond: Vec<String>,
    /// Columns whose formulas have no result in the row.
    uncalculated: Vec<usize>,
    row_bytes: usize,
    max_row_bytes: usize,
    max_cell_chars: usize,
}

impl Sink<'_> {
    /// Puts a cell where it belongs.
    fn put(&mut self, raw: RawCell, value: &str, row: &mut Row, findings: &mut Vec<Finding>) -> Result<(), OpenError> {
        self.check_bytes(value.len())?;
        let column = raw.column;
        if value.is_empty() || column == UNPLACED {
            return Ok(());
        }
        if column >= self.columns {
            let mut cell = Cell::default();
            raw.finish(value, self.book, &mut cell, &mut Vec::new());
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
            raw.finish(value, self.book, cell, findings);
            cut_cell(column, &mut cell.text, self.max_cell_chars, findings);
            self.row_bytes += cell.text.len();
        }
        self.check_bytes(self.row_bytes)
    }

    fn leave_uncalculated(&mut self, column: usize, layout: &mut Layout) {
        if column < self.columns {
            self.uncalculated.push(column);
            *layout.uncalculated.entry(column).or_default() += 1;
        }
    }

    /// Tells of the formulas without a result, unless the row says nothing at all.
    fn tell_uncalculated(&mut self, row: &Row, findings: &mut Vec<Finding>) {
        if !self.uncalculated.is_empty() && !row.is_blank() {
            for column in &self.uncalculated {
                let value = row.cells.get(*column).map_or("", |cell| cell.text.as_str());
                cell_finding(findings, FindingCode::FormulaWithoutResult, *column, value, "");
            }
        }
        self.uncalculated.clear();
    }

    fn check_bytes(&self, bytes: usize) -> Result<(), OpenError> {
        limits::ROW_BYTES.check(bytes as u64, self.max_row_bytes as u64)
    }
}

fn clear(cell: &mut Cell) {
    cell.text.clear();
    cell.kind = CellKind::Empty;
}

/// Begins a row: its number is what it says, else the one after the last. Says whether it is hidden.
fn start_row(row: &mut Row, raw: &[u8], last: &mut u64) -> Result<bool, OpenError> {
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
    Ok(attribute(raw, "hidden").is_some_and(is_true))
}

fn cell_attributes(mut raw: &[u8]) -> CellAttributes<'_> {
    let mut attributes = CellAttributes::default();
    while let Some((key, value, rest)) = next_attribute(raw) {
        match key {
            b"r" => attributes.reference = Some(value),
            b"t" => attributes.kind = Some(value),
            b"s" => attributes.style = Some(value),
            _ => {}
        }
        raw = rest;
    }
    attributes
}

impl RowSource for SheetRows<'_> {
    fn next(&mut self, row: &mut Row, findings: &mut Vec<Finding>) -> Result<bool, OpenError> {
        self.sink.beyond.clear();
        self.sink.row_bytes = 0;
        if self.ended || !self.read_row(row, findings)? {
            self.ended = true;
            return Ok(false);
        }
        let cells = row.cells.len();
        let used = row
            .cells
            .iter()
            .rposition(|cell| cell.kind != CellKind::Empty)
            .map_or(0, |last| last + 1);
        row.cells.truncate(used);
        if self.is_row_hidden && !row.is_blank() {
            self.layout.hide_row(row.number);
        }
        self.sink.tell_uncalculated(row, findings);
        self.sink.row_bytes += self.merged.fill(row, self.sink.columns, findings);
        self.sink.check_bytes(self.sink.row_bytes)?;
        self.sheet_bytes += (self.sink.row_bytes + row.cells.len().max(cells) * CELL_BYTES) as u64;
        limits::INFLATED_BYTES.check(self.sheet_bytes, self.limits.max_inflated_bytes)?;
        if !self.sink.beyond.is_empty() {
            findings.push(Finding::row(FindingCode::RowTooLong, self.sink.beyond.join(" | ")));
        }
        Ok(true)
    }

    fn set_columns(&mut self, columns: usize) {
        self.sink.columns = self.sink.columns.min(columns);
    }

    fn spans(&self) -> &[Span] {
        self.merged.spans()
    }

    fn layout(&self) -> Option<&Layout> {
        Some(&self.layout)
    }
}
