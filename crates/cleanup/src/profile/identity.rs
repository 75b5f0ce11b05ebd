//! Whether a column is the id of its rows' records: decided by all of them.
//!
//! What: a column identifies records if its values are unique, or stand again only in rows that agree about the record.
//! Why: the id of a salesman, a company or a model range is an id too, and whoever takes it for the customer's makes one
//! customer of many.
//! Example: `005A1` beside Amy Lock and beside Bob Mill is the id of neither.
//!
//! One row that disagrees among many does not make the column worthless: its id belongs to the first row that has it, and the
//! other row's record gets another one. The ids that are watched are bounded; of more, every second one is watched, every
//! fourth and so on, which still says whether the column identifies records.

use std::borrow::Cow;
use std::collections::BTreeMap;

use torqueflow_model::{Cell, CellKind, LeftOutRows, hash64};

use super::distinct::{ByPrint, Sample};
use super::portrait::Common;
use crate::text::{one_line, prepare, stands_for_blank, whole_number};

pub use super::portrait::{Portrait, PortraitRule};

/// Ids that are watched at a time: as many as a hash table of 2¹⁷ places takes before it grows; 12 MB.
const WATCHED: usize = (1 << 17) / 8 * 7;
/// Ids of different records that are kept one by one; a column with more is none of ids.
const MOST_CONFLICTS: usize = 1000;
/// Of so many ids, one may be of different records.
const IDS_PER_CONFLICT: u64 = 20;
/// Ids that there must be for one of them to be called an exception.
const FEWEST_IDS: u64 = 3;
/// Digits that a spreadsheet keeps (Excel specifications: number precision, 15 digits).
const KEPT_DIGITS: f64 = 1e15;

/// What the rows say of a column of ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdVerdict {
    /// It identifies records, but for these ids, of which each belongs to the first of its rows only.
    Identifies(Vec<ConflictingId>),
    /// Its values stand again beside other records: in how many of its ids, and one of them.
    Differs {
        /// Ids of different records.
        conflicts: u64,
        /// One of them.
        example: ConflictingId,
    },
    /// So many of its values are numbers of which a spreadsheet has kept the first digits only.
    LostDigits(u64),
}

/// An id that rows of different records have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictingId {
    /// The id.
    pub id: String,
    /// The first row that has it, and keeps it.
    pub first_row: u64,
    /// The first row that clearly is of another record.
    pub other_row: u64,
    /// What the rows that keep it agree on.
    pub keeper: Portrait,
}

/// What is known of a watched id.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    id: Box<str>,
    first_row: u64,
    common: Common,
}

impl Known {
    /// The id is of two records: of the one that `before` tells of, and of that of this row.
    fn conflict(&self, before: Common, other_row: u64) -> ConflictingId {
        ConflictingId {
            id: self.id.to_string(),
            first_row: self.first_row,
            other_row,
            keeper: *before.portrait(),
        }
    }
}

/// Gathers over the rows of a table whether a column identifies their records. Later parts of a table are added by
/// [`merge`](Self::merge).
///
/// ```
/// use torqueflow_cleanup::{IdVerdict, IdentityVote, Portrait, PortraitRule};
/// use torqueflow_model::Cell;
/// let mut vote = IdentityVote::new(PortraitRule::Person);
/// for (row, id, name) in [(2, "005A1", "Amy Lock"), (3, "005A1", "Bob Mill")] {
///     let mut portrait = Portrait::default();
///     portrait.add_name(0, name);
///     vote.observe(row, &Cell::text(id), &portrait);
/// }
/// assert!(matches!(vote.verdict(false), IdVerdict::Differs { conflicts: 1, .. }));
/// ```
#[derive(Debug, Clone)]
pub struct IdentityVote {
    rule: PortraitRule,
    sample: Sample,
    known: ByPrint<Known>,
    /// Ids of different records, by their fingerprint.
    conflicts: BTreeMap<u64, ConflictingId>,
    /// There were more of them than are kept.
    has_more: bool,
    ids: u64,
    lost_digits: u64,
    /// Rows whose id stood before.
    repeats: LeftOutRows,
}

impl IdentityVote {
    /// No rows yet.
    pub fn new(rule: PortraitRule) -> Self {
        Self {
            rule,
            sample: Sample::default(),
            known: ByPrint::default(),
            conflicts: BTreeMap::new(),
            has_more: false,
            ids: 0,
            lost_digits: 0,
            repeats: LeftOutRows::default(),
        }
    }

    /// Takes a row into account: its number, its id, and what else it says of its record.
    pub fn observe(&mut self, row: u64, id: &Cell, portrait: &Portrait) {
        if has_lost_digits(id) {
            self.ids += 1;
            self.lost_digits += 1;
            return;
        }
        let Some(id) = id_of(id) else { return };
        self.ids += 1;
        let print = hash64(id.as_bytes());
        if !self.sample.watches(print) {
            return;
        }
        if let Some(known) = self.known.get_mut(&print) {
            let before = known.common;
            let keeper = self
                .conflicts
                .get(&print)
                .map_or(before.portrait(), |conflict| &conflict.keeper);
            if !portrait.differs(keeper, self.rule) {
                self.repeats.add(row);
            }
            known.common.add(portrait);
            if known.common.differs(self.rule) {
                let conflict = known.conflict(before, row);
                self.keep(print, conflict);
            }
        } else {
            let mut common = Common::default();
            common.add(portrait);
            let known = Known {
                id: id.into(),
                first_row: row,
                common,
            };
            self.insert(print, known);
        }
    }

    fn insert(&mut self, print: u64, known: Known) {
        let before = self.sample;
        let is_watched = self.sample.make_room(&mut self.known, WATCHED, print);
        let sample = self.sample;
        if sample != before {
            self.conflicts.retain(|print, _| sample.watches(*print));
        }
        if is_watched {
            self.known.insert(print, known);
        }
    }

    fn keep(&mut self, print: u64, conflict: ConflictingId) {
        if self.conflicts.contains_key(&print) {
            return;
        }
        if self.conflicts.len() < MOST_CONFLICTS {
            self.conflicts.insert(print, conflict);
        } else {
            self.has_more = true;
        }
    }

    fn bound(&mut self) {
        if self.known.len() > WATCHED {
            self.sample.bound(&mut self.known, WATCHED);
            let sample = self.sample;
            self.conflicts.retain(|print, _| sample.watches(*print));
        }
    }

    /// Adds the rows that follow these.
    pub fn merge(&mut self, next: &Self) {
        self.ids += next.ids;
        self.lost_digits += next.lost_digits;
        self.has_more |= next.has_more;
        self.repeats.add_all(&next.repeats);
        self.sample.meet(next.sample);
        let sample = self.sample;
        self.known.retain(|print, _| sample.watches(*print));
        self.conflicts.retain(|print, _| sample.watches(*print));
        for (print, next_known) in next.known.iter().filter(|(print, _)| sample.watches(**print)) {
            let found = next.conflicts.get(print);
            let Some(known) = self.known.get_mut(print) else {
                self.known.insert(*print, next_known.clone());
                if let Some(found) = found {
                    self.keep(*print, found.clone());
                }
                continue;
            };
            let before = known.common;
            if !before.portrait().differs(next_known.common.portrait(), self.rule) {
                self.repeats.add(next_known.first_row);
            }
            known.common.merge(&next_known.common);
            if known.common.differs(self.rule) {
                // Where the next rows disagree among themselves, the first of them may still agree with these.
                let agreeing = found.filter(|found| !before.portrait().differs(&found.keeper, self.rule));
                let other_row = agreeing.map_or(next_known.first_row, |found| found.other_row);
                let conflict = known.conflict(before, other_row);
                self.keep(*print, conflict);
            }
        }
        self.bound();
    }

    /// Leaves out a text that stands for no id, in so many rows.
    pub fn forget(&mut self, id: &str, rows: u64) {
        let print = hash64(id.as_bytes());
        self.known.remove(&print);
        self.conflicts.remove(&print);
        self.ids = self.ids.saturating_sub(rows);
    }

    /// The verdict. A column of which the header speaks of something else than the record has to be without exception
    /// (`is_strict`).
    pub fn verdict(&self, is_strict: bool) -> IdVerdict {
        if self.lost_digits > 0 && !is_few(self.lost_digits, self.ids, is_strict) {
            return IdVerdict::LostDigits(self.lost_digits);
        }
        let mut conflicts: Vec<&ConflictingId> = self.conflicting().collect();
        conflicts.sort_unstable_by_key(|conflict| (conflict.first_row, conflict.other_row));
        let count = conflicts.len() as u64;
        let is_kept = !self.has_more && is_few(count, self.known.len() as u64, is_strict);
        match conflicts.first() {
            Some(example) if !is_kept => IdVerdict::Differs {
                conflicts: self.sample.scale(count),
                example: (*example).clone(),
            },
            _ => IdVerdict::Identifies(conflicts.into_iter().cloned().collect()),
        }
    }

    /// What later rows added may tell that two rows are not so different after all.
    fn conflicting(&self) -> impl Iterator<Item = &ConflictingId> {
        let differs = |print| {
            self.known
                .get(print)
                .is_some_and(|known| known.common.differs(self.rule))
        };
        self.conflicts
            .iter()
            .filter(move |(print, _)| differs(*print))
            .map(|(_, conflict)| conflict)
    }

    /// Rows that have an id.
    pub fn ids(&self) -> u64 {
        self.ids
    }

    /// Rows whose id a row above of the same record has too, as far as ids were watched.
    pub fn repeats(&self) -> &LeftOutRows {
        &self.repeats
    }

    /// Whether every id was watched. Where not, ids of different records may be others than those that are known.
    pub fn is_complete(&self) -> bool {
        self.sample.is_all()
    }
}

fn is_few(exceptions: u64, of: u64, is_strict: bool) -> bool {
    match exceptions {
        0 => true,
        _ if is_strict => false,
        1 => of >= FEWEST_IDS,
        _ => exceptions.saturating_mul(IDS_PER_CONFLICT) <= of,
    }
}

/// The id that a cell gives, in the form in which cleaning keeps it; of a whole number, without zeros behind a point.
fn id_of(cell: &Cell) -> Option<Cow<'_, str>> {
    if cell.kind == CellKind::Text
        && let Some(id) = plain_id(&cell.text)
    {
        return Some(Cow::Borrowed(whole_id(id).unwrap_or(id)));
    }
    let prepared = prepare(cell).ok()?;
    let line = one_line(&prepared.text).into_owned();
    if stands_for_blank(&line) {
        return None;
    }
    let id = whole_number(&line, cell.kind).unwrap_or(line);
    Some(Cow::Owned(whole_id(&id).map(str::to_owned).unwrap_or(id)))
}

/// An id of letters, digits, hyphens and slashes, of which nothing has to be undone.
fn plain_id(text: &str) -> Option<&str> {
    let text = text.trim_matches(' ');
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/' | b'.'));
    (is_plain && !text.is_empty() && !stands_for_blank(text)).then_some(text)
}

/// The digits of a whole number that is written with a point and zeros, as programs do that take a column for decimals.
///
/// ```
/// use torqueflow_cleanup::whole_id;
/// assert_eq!(whole_id("1002.0"), Some("1002"));
/// assert_eq!(whole_id("1002.5"), None);
/// assert_eq!(whole_id("1002"), None);
/// ```
pub fn whole_id(text: &str) -> Option<&str> {
    let (digits, zeros) = text.split_once('.')?;
    let is_digits = (1..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_zeros = (1..=3).contains(&zeros.len()) && zeros.bytes().all(|byte| byte == b'0');
    (is_digits && is_zeros).then_some(digits)
}

/// Whether a number has lost digits on its way: the text shows fewer than it has (`1.23457E+15`), or the cell holds more than
/// a spreadsheet keeps.
///
/// ```
/// use torqueflow_cleanup::has_lost_digits;
/// use torqueflow_model::Cell;
/// assert!(has_lost_digits(&Cell::text("1.23457E+15")));
/// assert!(!has_lost_digits(&Cell::text("1E3")));
/// assert!(!has_lost_digits(&Cell::text("12E4567")));
/// ```
pub fn has_lost_digits(cell: &Cell) -> bool {
    match cell.kind {
        CellKind::Number(number) => number.abs() >= KEPT_DIGITS,
        CellKind::Text => shows_fewer_digits(cell.text.trim_matches(' ')),
        _ => false,
    }
}

/// `1.23457E+15`: a digit, decimals and a power of ten beyond them, as spreadsheets show long numbers.
fn shows_fewer_digits(text: &str) -> bool {
    if !(5..=24).contains(&text.len()) || !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let Some((whole, decimals)) = mantissa.split_once(['.', ',']) else {
        return false;
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let power: usize = match exponent.parse() {
        Ok(power) if are_digits(exponent) && exponent.len() <= 2 => power,
        _ => return false,
    };
    whole.len() == 1 && are_digits(decimals) && power > decimals.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vote<'a>(rows: impl IntoIterator<Item = &'a (u64, &'a str, &'a str)>) -> IdentityVote {
        let mut vote = IdentityVote::new(PortraitRule::Person);
        for (row, id, name) in rows {
            let mut portrait = Portrait::default();
            portrait.add_name(0, name);
            vote.observe(*row, &Cell::text(*id), &portrait);
        }
        vote
    }

    /// Whether the column identifies records, and the rows of ids that do not: `id first/other`.
    fn told(verdict: &IdVerdict) -> String {
        let tell = |conflict: &ConflictingId| format!("{} {}/{}", conflict.id, conflict.first_row, conflict.other_row);
        match verdict {
            IdVerdict::Identifies(conflicts) => {
                let told: Vec<String> = conflicts.iter().map(tell).collect();
                format!("id but {}", told.join(", "))
            }
            IdVerdict::Differs { conflicts, example } => format!("differs {conflicts}: {}", tell(example)),
            IdVerdict::LostDigits(count) => format!("lost {count}"),
        }
    }

    #[track_caller]
    fn check(rows: &[(u64, &str, &str)], is_strict: bool, expected: &str) {
        let whole = vote(rows);
        assert_eq!(told(&whole.verdict(is_strict)), expected, "{rows:?}");
        for at in 0..=rows.len() {
            let (before, behind) = rows.split_at(at);
            let mut merged = vote(before);
            merged.merge(&vote(behind));
            assert_eq!(merged.verdict(is_strict), whole.verdict(is_strict), "{rows:?} at {at}");
        }
        let kind = |vote: &IdentityVote| matches!(vote.verdict(is_strict), IdVerdict::Identifies(_));
        assert_eq!(kind(&vote(rows.iter().rev())), kind(&whole), "{rows:?} backwards");
    }

    #[test]
    fn ids_that_stand_again_for_the_same_record_identify_it() {
        check(&[(2, "C1", "Amy Lock"), (3, "C2", "Bob Mill")], true, "id but ");
        check(
            &[(2, "C1", "Amy Lock"), (3, "C1", "LOCK, AMY"), (4, "C1", "")],
            true,
            "id but ",
        );
        check(&[(2, "1002.0", "Amy Lock"), (3, "1002", "Amy Lock")], true, "id but ");
        check(
            &[(2, "", "Amy Lock"), (3, "N/A", "Bob Mill"), (4, "", "Cat Nash")],
            true,
            "id but ",
        );
    }

    #[test]
    fn ids_of_different_people_identify_nobody() {
        let owners = [
            (2, "005A1", "Amy Lock"),
            (3, "005A1", "Bob Mill"),
            (4, "005A2", "Dee Pool"),
        ];
        check(&owners, false, "differs 1: 005A1 2/3");
        check(
            &[(2, "1002", "Amy Lock"), (3, "1002.0", "Bob Mill")],
            false,
            "differs 1: 1002 2/3",
        );
    }

    #[test]
    fn rows_of_other_records_are_no_repeats() {
        let rows = [
            (2, "C1", "Amy Lock"),
            (3, "C1", "LOCK, Amy"),
            (4, "C2", "Bob Mill"),
            (5, "C2", "Cat Nash"),
            (6, "C2", "Bob Mill"),
            (7, "C2", "Dee Pool"),
            (8, "C3", "Eve Reed"),
        ];
        let repeats = vote(&rows).repeats().clone();
        assert_eq!((repeats.count, repeats.first), (2, vec![3, 6]));
    }

    #[test]
    fn one_exception_among_others_is_kept_apart() {
        let rows = [
            (2, "C1", "Amy Lock"),
            (3, "C2", "Bob Mill"),
            (4, "C2", "Cat Nash"),
            (5, "C3", "Dee Pool"),
        ];
        check(&rows, false, "id but C2 3/4");
        check(&rows, true, "differs 1: C2 3/4");
    }

    #[test]
    fn numbers_that_lost_digits_identify_nobody() {
        check(
            &[(2, "1.23457E+15", "Amy Lock"), (3, "1.23457E+15", "Bob Mill")],
            false,
            "lost 2",
        );
        let rows = [
            (2, "C1", "Amy Lock"),
            (3, "C2", "Bob Mill"),
            (4, "1.23457E+15", "Cat Nash"),
        ];
        check(&rows, false, "id but ");
    }

    #[test]
    fn of_very_many_ids_some_are_watched() {
        let mut vote = IdentityVote::new(PortraitRule::Person);
        let mut other = IdentityVote::new(PortraitRule::Person);
        let portrait = |name: &str| {
            let mut portrait = Portrait::default();
            portrait.add_name(0, name);
            portrait
        };
        for row in 0..200_000_u64 {
            let id = Cell::text(row.to_string());
            vote.observe(row, &id, &portrait("Amy Lock"));
            other.observe(200_000 + row, &id, &portrait("Bob Mill"));
        }
        assert!(!vote.is_complete() && vote.known.len() <= WATCHED);
        assert_eq!(told(&vote.verdict(false)), "id but ");
        vote.merge(&other);
        assert!(matches!(vote.verdict(false), IdVerdict::Differs { .. }));
    }
}
