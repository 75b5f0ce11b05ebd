//! Whether a column of names writes initials behind surnames: decided by all of its rows.

use torqueflow_model::Cell;

use super::forms;
use crate::text::{one_line, prepare};

/// Gathers over the rows of a column of whole names whether initials stand behind surnames, as in `Smith, A.B.` Beside such
/// names `Smith, S.L.` is a person, elsewhere a Spanish company. Chunks of a column can be observed apart and merged in any
/// order.
///
/// ```
/// use torqueflow_cleanup::InitialsVote;
/// use torqueflow_model::Cell;
/// let mut vote = InitialsVote::new();
/// vote.observe(&Cell::text("Smith, S.L."));
/// assert!(!vote.verdict());
/// vote.observe(&Cell::text("Jones, P.J."));
/// vote.observe(&Cell::text("Evans, T.H."));
/// assert!(vote.verdict());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InitialsVote {
    initials: u64,
    either: u64,
}

impl InitialsVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell) {
        let Ok(prepared) = prepare(cell) else { return };
        let line = one_line(&prepared.text);
        let Some((_, last)) = line.rsplit_once([' ', ',']) else {
            return;
        };
        if forms::has_form(&line, true) {
            return;
        }
        if forms::has_form(&line, false) {
            self.either += 1;
        } else if are_initials(last) {
            self.initials += 1;
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.initials += other.initials;
        self.either += other.either;
    }

    /// Whether initials stand behind surnames: more often than what may be the legal form of a company.
    pub fn verdict(&self) -> bool {
        self.initials > self.either
    }
}

/// `A.B.`, `AB`: two capitals, or three with full stops. `Robert C.` shortens his surname.
fn are_initials(word: &str) -> bool {
    let letters = word.chars().filter(|character| *character != '.');
    let most = if word.contains('.') { 3 } else { 2 };
    (2..=most).contains(&letters.clone().count()) && letters.clone().all(char::is_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: bool) {
        let mut whole = InitialsVote::new();
        let mut merged = InitialsVote::new();
        for name in names {
            whole.observe(&Cell::text(*name));
        }
        for name in names.iter().rev() {
            let mut one = InitialsVote::new();
            one.observe(&Cell::text(*name));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict(), expected, "{names:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn initials_are_seen_where_they_are_no_legal_form() {
        check(&["Smith, S.L.", "Jones, P.J.", "Evans, T.H."], true);
        check(&["Smith SL", "Jones PJ", "Evans TH"], true);
        check(&["Smith S.A.", "Jones P.J.", "Evans T.H."], true);
    }

    #[test]
    fn companies_stay_companies() {
        check(&["Olivar, S.L.", "Molino Alto, S.A.", "Ruiz, P."], false);
        check(&["Olivar, S.L.", "Lowe, Ada"], false);
        check(&["Olivar S.L.", "Robert C.", "Ida M."], false);
        check(&["Rossi S.r.l.", "Kowal Sp. z o.o.", ""], false);
        check(&[], false);
    }
}
