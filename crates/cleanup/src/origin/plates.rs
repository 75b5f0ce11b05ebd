//! What all plates of a column say of where they are from.

use torqueflow_model::Cell;

use super::{Origin, prevails};
use crate::text::prepare;
use crate::vrm::{VrmShape, is_placeholder, letters_and_digits, may_be_foreign, vrm_shape};

/// Fewer foreign plates than this may be mistakes.
const FEWEST: u64 = 3;

/// Gathers over the rows of a column of plates whether they are British. Chunks of a column can be observed apart and merged in
/// any order.
///
/// ```
/// use torqueflow_cleanup::{Origin, PlateVote};
/// use torqueflow_model::Cell;
/// let mut vote = PlateVote::new();
/// for plate in ["M-AB 1234", "HH-EF 8912", "B-CD 4567"] {
///     vote.observe(&Cell::text(plate));
/// }
/// assert_eq!(vote.verdict(), Origin::Abroad);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlateVote {
    british: u64,
    foreign: u64,
}

impl PlateVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account. Plates without a mark for the year say nothing: they look like those of many countries.
    pub fn observe(&mut self, cell: &Cell) {
        let Ok(prepared) = prepare(cell) else { return };
        let plate = letters_and_digits(&prepared.text);
        match vrm_shape(&plate) {
            VrmShape::Dateless => {}
            VrmShape::Other if is_placeholder(&plate) || !may_be_foreign(&plate) => {}
            VrmShape::Other => self.foreign += 1,
            _ => self.british += 1,
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.british += other.british;
        self.foreign += other.foreign;
    }

    /// Where the plates are from: what four of five of them say.
    pub fn verdict(&self) -> Origin {
        let total = self.british + self.foreign;
        if self.foreign >= FEWEST && prevails(self.foreign, total) {
            Origin::Abroad
        } else if prevails(self.british, total) {
            Origin::From(crate::country::Country::GB)
        } else {
            Origin::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(plates: &[&str], expected: &str) {
        let mut whole = PlateVote::new();
        let mut merged = PlateVote::new();
        for plate in plates {
            whole.observe(&Cell::text(*plate));
        }
        for plate in plates.iter().rev() {
            let mut one = PlateVote::new();
            one.observe(&Cell::text(*plate));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict().name(), expected, "{plates:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn plates_of_many_countries_are_not_british() {
        check(&["M-AB 1234", "HH-EF 8912", "B-CD 4567", "K-A 12"], "abroad");
        check(&["AA-123-BB", "CD-456-EF", "GH-789-JK"], "abroad");
        check(&["12-AB-CD", "12-ABC-3", "1-ABC-23", "AB-12-34"], "abroad");
        check(&["1234 BCD", "5678 FGH", "9012 JKL"], "abroad");
        check(&["12-AB-34", "AB-12-CD", "98-XY-76"], "abroad");
        check(&["AB 123 CD", "EF 456 GH", "JK 789 LM"], "abroad");
        check(&["WA 12345", "KR 6789A", "PO 1234X"], "abroad");
    }

    #[test]
    fn british_plates_with_a_few_mistakes_are_british() {
        check(&["AB12 CDE", "P456 XYA", "AB14 CDE", "AB15 CDE", "AB1 2C", "TBA"], "GB");
        check(
            &["AB12 CDE", "AB13 CDE", "AB14 CDE", "AB15 CDE", "AB1CDEF", "AB2CDEF"],
            "unknown",
        );
        check(&["M-AB 1234", "B-CD 4567"], "unknown");
        check(&["A1", "ABC 123", "", "NOREG"], "unknown");
    }
}
