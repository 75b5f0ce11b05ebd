//! Whether a column of titles holds salutations: decided by all of its rows.

use torqueflow_model::Cell;

use super::words;
use crate::text::{names_nobody, one_line, prepare};

/// Gathers over the rows of a column of titles whether they are salutations. Many systems call the job a title. Chunks of a
/// column can be observed apart and merged in any order.
///
/// ```
/// use torqueflow_cleanup::TitleVote;
/// use torqueflow_model::Cell;
/// let mut vote = TitleVote::new();
/// vote.observe(&Cell::text("Fleet Manager"));
/// assert!(!vote.verdict());
/// vote.observe(&Cell::text("Mrs"));
/// assert!(vote.verdict());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TitleVote {
    salutations: u64,
    others: u64,
}

impl TitleVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell) {
        let Ok(prepared) = prepare(cell) else { return };
        let line = one_line(&prepared.text);
        if names_nobody(&line) {
            return;
        }
        if words::is_salutation(&line) {
            self.salutations += 1;
        } else {
            self.others += 1;
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.salutations += other.salutations;
        self.others += other.others;
    }

    /// Whether the column holds salutations. It does not where none of its values is one; beside known ones, unknown ones
    /// are kept.
    pub fn verdict(&self) -> bool {
        self.salutations > 0 || self.others == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(titles: &[&str], expected: bool) {
        let mut whole = TitleVote::new();
        let mut merged = TitleVote::new();
        for title in titles {
            whole.observe(&Cell::text(*title));
        }
        for title in titles.iter().rev() {
            let mut one = TitleVote::new();
            one.observe(&Cell::text(*title));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict(), expected, "{titles:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn jobs_are_no_salutations() {
        check(&["Fleet Manager", "Director", ""], false);
        check(&["Sales Representative", "Owner"], false);
        check(&["Master Technician", "General Manager"], false);
    }

    #[test]
    fn salutations_are_known_in_many_forms() {
        for title in ["Mr", "MRS.", "Mr & Mrs", "Mr/Mrs", "Herr Dr.", "Mme", "Sqn Ldr", "Cllr"] {
            check(&[title], true);
        }
    }

    #[test]
    fn one_salutation_makes_the_others_titles() {
        check(&["Mr", "Brigadier General", "Squire"], true);
        check(&["", "-", "N/A"], true);
    }
}
