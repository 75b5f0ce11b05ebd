//! Cells and rows: what opening a file yields, whatever the file was.

use time::{Date, PrimitiveDateTime, Time};

/// One value of a table: the text as a person sees it in their program, and what the file says it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// What a person sees, untrimmed. Empty for [`CellKind::Empty`].
    pub text: String,
    /// What the file says about the value. CSV knows only text.
    pub kind: CellKind,
}

/// The type that a file gives to a value.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum CellKind {
    /// Nothing is there.
    #[default]
    Empty,
    /// Text; everything in a CSV is text.
    Text,
    /// A number with its exact value, which the text may show rounded or padded.
    Number(f64),
    /// A typed calendar date. Its text is ISO 8601.
    Date(Date),
    /// A typed date with a time of day and no zone. Its text is ISO 8601.
    DateTime(PrimitiveDateTime),
    /// A typed time of day. Its text is ISO 8601.
    Time(Time),
    /// A typed truth value.
    Boolean(bool),
    /// A spreadsheet error such as `#N/A`; the text is the error's name.
    Error,
}

impl Cell {
    /// A cell of text; empty text makes an empty cell.
    ///
    /// ```
    /// use torqueflow_model::{Cell, CellKind};
    /// assert_eq!(Cell::text("Ada").kind, CellKind::Text);
    /// assert_eq!(Cell::text("").kind, CellKind::Empty);
    /// ```
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        let kind = if text.is_empty() {
            CellKind::Empty
        } else {
            CellKind::Text
        };
        Self { text, kind }
    }

    /// Nothing but white space, so nothing to import.
    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// One line of a table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The row's number as the person's program shows it, from 1: the row of a sheet, the first physical line of a CSV record.
    pub number: u64,
    /// The cells by column, from the left. May be shorter or longer than the header.
    pub cells: Vec<Cell>,
}

impl Row {
    /// True when no cell says anything.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}
