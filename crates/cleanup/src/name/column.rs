//! How a column of whole names is meant: decided by all of its rows.

use torqueflow_model::Cell;

use super::firms::{self, Named};
use super::{forms, given, marks, words};
use crate::text::{names_nobody, one_line, prepare};

/// So many names of a kind are no accident.
const ENOUGH: u64 = 3;
/// Names of which so few are turned round: one in twenty. Fewer names than that prove nothing.
const RARE: u64 = 20;

/// What all rows say of the names in a column of whole names.
///
/// Where most of them are no people's, or first names don't stand first, only what is surely a person's name is taken apart:
/// `Accu Cut` between firms is no Mr Cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct ColumnNames {
    /// Initials stand behind surnames: `Smith, S.L.` is no Spanish company.
    pub initials: bool,
    /// At least half of them are names of firms, domains and the like.
    pub few_people: bool,
    /// Surnames may stand first without a comma.
    pub order_unclear: bool,
    /// People have two surnames, as in Spain.
    pub two_surnames: bool,
    /// Next to none of them has a comma: one that has is not turned round by that alone.
    pub rare_commas: bool,
    /// Next to none of them is a single word: one that is may be no surname.
    pub rare_singles: bool,
}

impl ColumnNames {
    /// Only what is surely a person's name is taken apart.
    pub(super) fn is_doubtful(self) -> bool {
        self.few_people || self.order_unclear
    }

    /// Of how many words or more names may end with two surnames.
    pub(super) fn least_with_two_surnames(self) -> usize {
        if self.two_surnames { 3 } else { 4 }
    }

    /// Otherwise a given name at the end, or one that is a surname as often, may be either.
    pub(super) fn is_ordered(self) -> bool {
        !self.order_unclear && !self.two_surnames
    }
}

/// Gathers over the rows of a column of whole names how they are meant. Chunks of a column can be observed apart and merged
/// in any order.
///
/// ```
/// use torqueflow_cleanup::NameVote;
/// use torqueflow_model::Cell;
/// let mut vote = NameVote::new();
/// vote.observe(&Cell::text("Smith, S.L."));
/// assert!(!vote.verdict().initials);
/// vote.observe(&Cell::text("Jones, P.J."));
/// vote.observe(&Cell::text("Evans, T.H."));
/// assert!(vote.verdict().initials);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NameVote {
    /// Names with initials behind the surname.
    initials: u64,
    /// Names with what may be initials or a legal form.
    either: u64,
    names: u64,
    /// Names of firms, domains, and others that are no person's.
    nobody: u64,
    /// A given name stands first and none last.
    forward: u64,
    /// A given name stands last or within, and none first.
    backward: u64,
    /// Names of three words or more that may have two surnames, and others.
    two_surnames: u64,
    one_surname: u64,
    commas: u64,
    singles: u64,
}

impl NameVote {
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
        self.names += 1;
        self.observe_initials(&line);
        let is_address = line.contains('@') || marks::is_address(&line);
        if is_address || marks::are_foreign_to_people(&line) || firms::named(&line, false) != Named::Person {
            self.nobody += 1;
            return;
        }
        if line.contains(',') {
            self.commas += 1;
        } else if !line.contains(['&', '/', '+', '(']) {
            self.observe_order(&line);
        }
    }

    fn observe_initials(&mut self, line: &str) {
        let Some((_, last)) = line.rsplit_once([' ', ',']) else {
            return;
        };
        if forms::has_form(line, true) {
            return;
        }
        if forms::has_form(line, false) {
            self.either += 1;
        } else if are_initials(last) {
            self.initials += 1;
        }
    }

    fn observe_order(&mut self, line: &str) {
        let is_title = |word: &&str| words::title(word).is_some() || words::suffix(word).is_some();
        let names: Vec<&str> = line.split(' ').filter(|word| !is_title(word)).collect();
        let [first, inner @ .., last] = names.as_slice() else {
            self.singles += u64::try_from(names.len()).unwrap_or_default();
            return;
        };
        let (begins, ends) = (given::is_given(first), given::is_given(last));
        if begins && !ends {
            self.forward += 1;
        } else if !begins && !given::is_initial(first) && (ends || inner.iter().any(|word| given::is_given(word))) {
            self.backward += 1;
        }
        if !inner.is_empty() && begins {
            let has_two = firms::may_have_two_surnames(&names, 3);
            self.two_surnames += u64::from(has_two);
            self.one_surname += u64::from(!has_two);
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.initials += other.initials;
        self.either += other.either;
        self.names += other.names;
        self.nobody += other.nobody;
        self.forward += other.forward;
        self.backward += other.backward;
        self.two_surnames += other.two_surnames;
        self.one_surname += other.one_surname;
        self.commas += other.commas;
        self.singles += other.singles;
    }

    /// How the column is meant.
    pub fn verdict(&self) -> ColumnNames {
        let people = self.names - self.nobody;
        let few_people = self.nobody >= ENOUGH && self.nobody >= people;
        let is_rare = |count: u64| people >= RARE && count.saturating_mul(RARE) <= people;
        let backward = self.backward >= ENOUGH && self.backward.saturating_mul(4) >= self.forward;
        let ends_with_two = self.two_surnames >= ENOUGH && self.two_surnames >= self.one_surname;
        ColumnNames {
            // More often than what may be the legal form of a company.
            initials: self.initials > self.either,
            few_people,
            // Among firms given names stand anywhere.
            order_unclear: backward && !few_people,
            two_surnames: ends_with_two && !few_people,
            rare_commas: is_rare(self.commas),
            rare_singles: is_rare(self.singles),
        }
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

    fn verdict(names: &[&str]) -> ColumnNames {
        let mut whole = NameVote::new();
        let mut merged = NameVote::new();
        for name in names {
            whole.observe(&Cell::text(*name));
        }
        for name in names.iter().rev() {
            let mut one = NameVote::new();
            one.observe(&Cell::text(*name));
            merged.merge(&one);
        }
        assert_eq!(whole, merged);
        whole.verdict()
    }

    #[track_caller]
    fn check(names: &[&str], expected: bool) {
        assert_eq!(verdict(names).initials, expected, "{names:?}");
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

    #[test]
    fn a_column_of_firms_has_few_people() {
        let check = |names: &[&str], expected| assert_eq!(verdict(names).few_people, expected, "{names:?}");
        check(
            &["Green Lawn Care", "Larks Ltd", "lark.example", "Accu Cut", "Ada Lowe"],
            true,
        );
        check(&["Green Lawn Care", "Larks Ltd", "Accu Cut"], false);
        check(
            &[
                "Green Lawn Care",
                "Larks Ltd",
                "Lark Motors",
                "Ada Lowe",
                "Bo Ray",
                "Zed Zulu",
                "Oby Ike",
            ],
            false,
        );
    }

    #[test]
    fn the_order_of_names_is_seen_by_given_names() {
        let check = |names: &[&str], expected| assert_eq!(verdict(names).order_unclear, expected, "{names:?}");
        check(&["Lowe Ada", "Ruiz Ortega Carlos", "Marsh Ida", "Bo Ray"], true);
        check(
            &["Ada Lowe", "Carlos Ruiz", "Ida Marsh", "Oby Lewis", "Peter Lewis"],
            false,
        );
    }

    #[test]
    fn two_surnames_are_seen_by_what_stands_before_the_last() {
        let check = |names: &[&str], expected| assert_eq!(verdict(names).two_surnames, expected, "{names:?}");
        check(
            &[
                "Ana Ruiz Ortega",
                "Eva Sol Ruiz Marsh",
                "Leo Ruiz Lowe",
                "Ana Ines Ruiz",
            ],
            true,
        );
        check(
            &[
                "Ada Jane Lowe",
                "Bo Lee Marsh",
                "Ida Fern Ray",
                "Leo Ruiz Lowe",
                "Ada J Ray",
            ],
            false,
        );
    }

    #[test]
    fn one_comma_among_many_names_is_rare() {
        let mut names = vec!["Ada Lowe"; 30];
        names.push("Ida, Carlos Marsh");
        assert!(verdict(&names).rare_commas);
        assert!(!verdict(&["Lowe, Ada", "Bo Ray"]).rare_commas);
        names.push("Registry");
        assert!(verdict(&names).rare_singles);
        assert!(!verdict(&["Lowe", "Ray"]).rare_singles);
    }
}
