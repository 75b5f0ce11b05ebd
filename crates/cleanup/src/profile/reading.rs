//! What one cell says of its column: the same for each row in which a text stands again.

use torqueflow_model::{Cell, CellKind, ValueKind};

use super::looks::Looks;
use super::scan::Scan;
use super::{has_lost_digits, whole_id};
use crate::damage::TextSigns;
use crate::date::DateSign;
use crate::number::NumberSign;

/// The kinds of values, by the place of their counters.
pub(super) const KINDS: [ValueKind; 9] = [
    ValueKind::Text,
    ValueKind::TextNumber,
    ValueKind::TextDate,
    ValueKind::Code,
    ValueKind::Number,
    ValueKind::Date,
    ValueKind::Time,
    ValueKind::Boolean,
    ValueKind::Error,
];

/// Longer texts look like nothing.
const LONGEST_LOOK: usize = 64;

/// What one cell says.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are facts, of which several hold at once"
)]
pub(super) struct Reading {
    /// Its place in [`KINDS`].
    pub kind: u8,
    /// Where its form stands among those of the column.
    pub shape: Option<u8>,
    pub looks: Looks,
    pub date: Option<DateSign>,
    pub number: Option<NumberSign>,
    pub texts: Option<TextSigns>,
    /// A number without anything beside it.
    pub is_numeric: bool,
    pub has_point_zero: bool,
    pub has_leading_zero: bool,
    pub has_lost_digits: bool,
}

impl Reading {
    pub fn read_text(&mut self, cell: &Cell, scan: &Scan) {
        self.texts = (scan.ampersands + scan.beyond_ascii > 0).then(|| TextSigns::of(cell));
    }

    pub fn read_date(&mut self, cell: &Cell, scan: &Scan, is_expected: bool) {
        let is_typed = matches!(cell.kind, CellKind::Date(_) | CellKind::DateTime(_));
        if is_expected || is_typed || (cell.kind == CellKind::Text && scan.may_hold_date()) {
            self.date = DateSign::of(cell);
        }
    }

    /// The cell was read as a date.
    fn has_date(&self) -> bool {
        self.date.is_some_and(DateSign::is_of_date)
    }

    /// The cell is worth reading as a number.
    pub fn may_be_number(&self, cell: &Cell, scan: &Scan) -> bool {
        matches!(cell.kind, CellKind::Number(_)) || (scan.may_hold_number() && !self.has_date())
    }

    pub fn read_number_form(&mut self, cell: &Cell, text: &str, scan: &Scan) {
        let is_number = matches!(cell.kind, CellKind::Number(_));
        // A power of ten is a letter.
        self.has_lost_digits = (is_number || scan.letters == 1) && has_lost_digits(cell);
        self.is_numeric = is_number || scan.is_numeric() && !self.has_date();
        if self.is_numeric {
            self.has_point_zero = scan.points == 1 && whole_id(text).is_some();
            self.has_leading_zero = scan.first == b'0' && scan.digits > 1 && scan.digits == scan.len;
        }
    }

    pub fn read_kind(&mut self, cell: &Cell, scan: &Scan) {
        let kind = self.kind_of(cell.kind, scan);
        let place = KINDS.iter().position(|known| *known == kind);
        self.kind = place.and_then(|place| u8::try_from(place).ok()).unwrap_or_default();
    }

    fn kind_of(&self, kind: CellKind, scan: &Scan) -> ValueKind {
        match kind {
            CellKind::Number(_) => ValueKind::Number,
            CellKind::Date(_) | CellKind::DateTime(_) => ValueKind::Date,
            CellKind::Time(_) => ValueKind::Time,
            CellKind::Boolean(_) => ValueKind::Boolean,
            CellKind::Error => ValueKind::Error,
            CellKind::Text | CellKind::Empty if self.has_date() => ValueKind::TextDate,
            CellKind::Text | CellKind::Empty if scan.is_numeric() => ValueKind::TextNumber,
            CellKind::Text | CellKind::Empty if scan.is_code() => ValueKind::Code,
            CellKind::Text | CellKind::Empty => ValueKind::Text,
        }
    }

    pub fn read_looks(&mut self, cell: &Cell, text: &str, scan: &Scan) {
        let is_told = match cell.kind {
            CellKind::Text => scan.len <= LONGEST_LOOK,
            CellKind::Date(_) | CellKind::DateTime(_) | CellKind::Time(_) | CellKind::Error => false,
            CellKind::Number(_) | CellKind::Boolean(_) | CellKind::Empty => true,
        };
        if is_told && !self.has_date() {
            self.looks = Looks::of(text, scan);
        }
    }
}
