//! Rows and cells as bytes.

use time::{Date, PrimitiveDateTime, Time};
use torqueflow_model::{Cell, CellKind, Row};

use super::{Owner, StagingError};

/// Appends a varint (LEB128).
pub(super) fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

pub(super) fn push_text(bytes: &mut Vec<u8>, text: &str) {
    push_varint(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

/// Appends a row and the row that it belongs to.
pub(super) fn push_row(bytes: &mut Vec<u8>, row: &Row, owner: Option<&Owner>) {
    push_varint(bytes, row.number);
    push_cells(bytes, &row.cells);
    // Rows count from 1.
    push_varint(bytes, owner.map_or(0, |owner| owner.number));
    if let Some(owner) = owner.filter(|owner| owner.number > 0) {
        push_varint(bytes, owner.occurrence);
        push_cells(bytes, &owner.cells);
    }
}

fn push_cells(bytes: &mut Vec<u8>, cells: &[Cell]) {
    push_varint(bytes, cells.len() as u64);
    for cell in cells {
        push_cell(bytes, cell);
    }
}

fn push_cell(bytes: &mut Vec<u8>, cell: &Cell) {
    match cell.kind {
        CellKind::Empty => bytes.push(0),
        CellKind::Text => {
            bytes.push(1);
            push_text(bytes, &cell.text);
        }
        CellKind::Number(value) => {
            bytes.push(2);
            push_text(bytes, &cell.text);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        CellKind::Date(date) => {
            bytes.push(3);
            push_text(bytes, &cell.text);
            push_date(bytes, date);
        }
        CellKind::DateTime(moment) => {
            bytes.push(4);
            push_text(bytes, &cell.text);
            push_date(bytes, moment.date());
            push_time(bytes, moment.time());
        }
        CellKind::Time(time) => {
            bytes.push(5);
            push_text(bytes, &cell.text);
            push_time(bytes, time);
        }
        CellKind::Boolean(value) => {
            bytes.push(6 + u8::from(value));
            push_text(bytes, &cell.text);
        }
        CellKind::Error => {
            bytes.push(8);
            push_text(bytes, &cell.text);
        }
    }
}

fn push_date(bytes: &mut Vec<u8>, date: Date) {
    bytes.extend_from_slice(&date.to_julian_day().to_le_bytes());
}

fn push_time(bytes: &mut Vec<u8>, time: Time) {
    let (hour, minute, second, nanosecond) = time.as_hms_nano();
    bytes.extend_from_slice(&[hour, minute, second]);
    bytes.extend_from_slice(&nanosecond.to_le_bytes());
}

/// Bytes that are taken apart from the front.
#[derive(Debug)]
pub(super) struct Input<'b>(pub(super) &'b [u8]);

impl<'b> Input<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], StagingError> {
        let (taken, rest) = self
            .0
            .split_at_checked(count)
            .ok_or(StagingError::damaged("a row is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], StagingError> {
        self.take(N)?
            .try_into()
            .map_err(|_| StagingError::damaged("a row is cut short"))
    }

    pub(super) fn varint(&mut self) -> Result<u64, StagingError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(StagingError::damaged("a number is too long"))
    }

    pub(super) fn text(&mut self) -> Result<&'b str, StagingError> {
        let length = usize::try_from(self.varint()?).map_err(|_| StagingError::damaged("a text is too long"))?;
        std::str::from_utf8(self.take(length)?).map_err(|_| StagingError::damaged("a text is not UTF-8"))
    }

    /// Reads a row into the buffers of `row`, and the row that it belongs to.
    pub(super) fn row(&mut self, row: &mut Row) -> Result<Option<Owner>, StagingError> {
        row.number = self.varint()?;
        self.cells(&mut row.cells)?;
        let number = self.varint()?;
        if number == 0 {
            return Ok(None);
        }
        let mut owner = Owner {
            number,
            occurrence: self.varint()?,
            cells: Vec::new(),
        };
        self.cells(&mut owner.cells)?;
        Ok(Some(owner))
    }

    fn cells(&mut self, cells: &mut Vec<Cell>) -> Result<(), StagingError> {
        let count = self.varint()?;
        // Each cell takes a byte at least.
        if count > self.0.len() as u64 {
            return Err(StagingError::damaged("a row has too many cells"));
        }
        cells.resize_with(count as usize, Cell::default);
        cells.iter_mut().try_for_each(|cell| self.cell(cell))
    }

    fn cell(&mut self, cell: &mut Cell) -> Result<(), StagingError> {
        cell.text.clear();
        let [kind] = self.array()?;
        if kind != 0 {
            cell.text.push_str(self.text()?);
        }
        cell.kind = match kind {
            0 => CellKind::Empty,
            1 => CellKind::Text,
            2 => CellKind::Number(f64::from_le_bytes(self.array()?)),
            3 => CellKind::Date(self.date()?),
            4 => CellKind::DateTime(PrimitiveDateTime::new(self.date()?, self.time()?)),
            5 => CellKind::Time(self.time()?),
            6 => CellKind::Boolean(false),
            7 => CellKind::Boolean(true),
            8 => CellKind::Error,
            _ => return Err(StagingError::damaged("a cell is of no known kind")),
        };
        Ok(())
    }

    fn date(&mut self) -> Result<Date, StagingError> {
        let day = i32::from_le_bytes(self.array()?);
        Date::from_julian_day(day).map_err(|_| StagingError::damaged("a date is out of range"))
    }

    fn time(&mut self) -> Result<Time, StagingError> {
        let [hour, minute, second] = self.array()?;
        let nanosecond = u32::from_le_bytes(self.array()?);
        Time::from_hms_nano(hour, minute, second, nanosecond)
            .map_err(|_| StagingError::damaged("a time is out of range"))
    }
}
