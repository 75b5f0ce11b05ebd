//! Which records are matched with which.

use crate::index::RecordNumber;

/// Which records of an index ask for matches, and among whom they are looked for.
///
/// Of two records that ask, the later one asks for the earlier one: each pair comes up once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// Records below this number are stored: they are found, and do not ask.
    pub stored: RecordNumber,
    /// Whether the others are also matched with each other.
    pub among_new: bool,
}

impl Scope {
    /// All records with each other.
    pub const ALL: Self = Self {
        stored: 0,
        among_new: true,
    };

    /// Whether a record asks for matches.
    pub(crate) fn asks(self, record: RecordNumber) -> bool {
        record >= self.stored
    }

    /// Whether `other` may be a match of `record`, which asks.
    pub(crate) fn admits(self, record: RecordNumber, other: RecordNumber) -> bool {
        other < record && (self.among_new || other < self.stored)
    }
}
