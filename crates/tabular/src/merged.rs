//! Merged cells: a workbook keeps the value of a merged cell in the first row and column that it covers.
//!
//! A value that is merged over several rows is meant for each of them: a customer beside the rows of their vehicles. So
//! it is handed down to each row that says something of its own; a row that only continues the layout of the one above
//! stays blank. What is merged over several columns is not handed across: that is how titles are laid out.

use std::collections::BTreeMap;

use torqueflow_model::{Cell, Finding, FindingCode, Row};

use crate::error::OpenError;
use crate::limits::{self, Limits};
use crate::rows::cell_finding;

/// Regions across columns that are kept, since they can be titles of groups of columns.
const MOST_SPANS: usize = 10_000;
/// The last row in which such a title is expected.
const LAST_SPAN_ROW: u64 = 2_000;

/// A cell that is merged over several rows; rows count from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Region {
    pub(crate) first_row: u32,
    pub(crate) last_row: u32,
    pub(crate) column: u32,
}

/// A cell of the first rows that is merged over several columns; rows count from 1, columns from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) row: u64,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// The merged cells of a worksheet.
#[derive(Debug, Default, Clone)]
pub(crate) struct Regions {
    regions: Vec<Region>,
    spans: Vec<Span>,
}

impl Regions {
    /// Adds a region by its corners, each a column from 0 and a row from 1.
    pub(crate) fn add(&mut self, first: (usize, u64), last: (usize, u64)) {
        let ((left, top), (right, bottom)) = (first, last);
        if bottom > top {
            self.regions.push(Region {
                first_row: top.try_into().unwrap_or(u32::MAX),
                last_row: bottom.try_into().unwrap_or(u32::MAX),
                column: left.try_into().unwrap_or(u32::MAX),
            });
        }
        if right > left && top <= LAST_SPAN_ROW && self.spans.len() < MOST_SPANS {
            self.spans.push(Span {
                row: top,
                first: left,
                last: right,
            });
        }
    }

    /// Checks the number of those that were added.
    pub(crate) fn check(&self, limits: &Limits) -> Result<(), OpenError> {
        limits::MERGED_CELLS.check(self.regions.len() as u64, limits.max_merged_cells as u64)
    }

    pub(crate) fn vertical(&self) -> &[Region] {
        &self.regions
    }
}

/// Hands values down while rows go by, in memory that depends on how many merged cells there are, and on those that one
/// row is covered by.
#[derive(Debug, Default)]
pub(crate) struct Filler {
    /// Regions that begin further down, the next one last.
    ahead: Vec<Region>,
    spans: Vec<Span>,
    /// The regions that cover the row, by column.
    covering: BTreeMap<usize, Covering>,
}

#[derive(Debug)]
struct Covering {
    region: Region,
    cell: Cell,
}

impl Filler {
    pub(crate) fn new(regions: Regions) -> Self {
        let mut ahead = regions.regions;
        ahead.sort_unstable_by(|left, right| right.cmp(left));
        Self {
            ahead,
            spans: regions.spans,
            covering: BTreeMap::new(),
        }
    }

    pub(crate) fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Hands down to the next row what covers it, as far as it has these columns, and remembers what begins in it.
    /// Returns the bytes of text that the row was given. Each filled cell is told with a finding.
    pub(crate) fn fill(&mut self, row: &mut Row, columns: usize, findings: &mut Vec<Finding>) -> usize {
        if self.ahead.is_empty() && self.covering.is_empty() {
            return 0;
        }
        self.covering
            .retain(|_, covering| u64::from(covering.region.last_row) >= row.number);
        let mut bytes = 0;
        if !row.is_blank() {
            for (column, covering) in self.covering.range(..columns) {
                bytes += hand_down(*column, covering, row, findings);
            }
        }
        self.begin(row, columns);
        bytes
    }

    /// Remembers the values of the regions that begin in this row. Each is copied once, however many regions there are.
    fn begin(&mut self, row: &Row, columns: usize) {
        let mut beginning = BTreeMap::new();
        while let Some(region) = self.ahead.pop_if(|region| u64::from(region.first_row) <= row.number) {
            if u64::from(region.first_row) == row.number {
                beginning.insert(region.column as usize, region);
            }
        }
        for (column, region) in beginning.range(..columns) {
            if let Some(cell) = row.cells.get(*column).filter(|cell| !cell.is_blank()) {
                let (region, cell) = (*region, cell.clone());
                self.covering.insert(*column, Covering { region, cell });
            }
        }
    }
}

/// Puts the value of a merged cell into a row that has none there. Returns its bytes.
fn hand_down(column: usize, covering: &Covering, row: &mut Row, findings: &mut Vec<Finding>) -> usize {
    if row.cells.len() <= column {
        row.cells.resize_with(column + 1, Cell::default);
    }
    let Some(cell) = row.cells.get_mut(column).filter(|cell| cell.is_blank()) else {
        return 0;
    };
    cell.text.clear();
    cell.text.push_str(&covering.cell.text);
    cell.kind = covering.cell.kind;
    let Region {
        first_row, last_row, ..
    } = covering.region;
    cell_finding(
        findings,
        FindingCode::MergedCellFilled,
        column,
        &cell.text,
        format!("rows {first_row} to {last_row}"),
    );
    cell.text.len()
}
