//! What stands for nothing in its column, by all rows: the empty cell of a database (`null`), the words for a code that there
//! is not (`No barcode found`), flags where numbers are expected.
//!
//! What: a word that programs write for nothing is an empty cell where the table has it in several columns, in given and family
//! name of one row, or often in one column; one cell among many names is somebody's name. Words or zeros that stand beside
//! different records in a column of codes are no code, unless words are codes there. A column of numbers that says yes and no in
//! half of its cells or more, and has no number of several digits, is a column of flags.
//! Why: `Null Null` is nobody, and a thousand products do not have the code `No barcode found`.
//! Example: `null` in first and last name beside a company is a customer without a person's name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{Portrait, is_never_said, machine_blank, may_stand_for_no_code, truth};
use torqueflow_model::{Cell, CellKind, FieldKind, FieldRef, Finding, FindingCode, LeftOutRows, Row, Slot};

use crate::column_findings::ColumnFinding;
use crate::ids::PortraitColumns;
use crate::known_ids::is_needed;
use crate::plan::{PlannedColumn, TablePlan};

/// Texts of a column of codes that are watched; with more of them, words are codes there.
const MOST_TEXTS: usize = 64;
/// Of so many filled cells, one or more is often.
const OFTEN: u64 = 20;
/// Different texts for no code that a column has at most.
const MOST_PLACEHOLDERS: usize = 3;
/// The fewest cells of a column that make a word common in it.
const FEWEST_CELLS: u64 = 3;

/// What stands for nothing in a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedBlank {
    /// The column, from 0.
    pub column: usize,
    /// The text that does; `None`: whatever stands there, since the column holds flags and its field numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The rows in which it stands.
    pub rows: LeftOutRows,
}

impl PlannedBlank {
    /// What is to be said of the column.
    pub(crate) fn finding(&self, columns: &[PlannedColumn]) -> ColumnFinding {
        let code = match self.text {
            Some(_) => FindingCode::ValuePlaceholder,
            None => FindingCode::NumberInvalid,
        };
        let finding = Finding {
            code,
            column: Some(self.column),
            field: columns.get(self.column).and_then(|column| column.field),
            value: self.text.clone().unwrap_or_default(),
            detail: String::new(),
        };
        ColumnFinding::of_rows(finding, &self.rows)
    }
}

/// The votes of all rows of a table on what stands for nothing.
#[derive(Debug)]
pub(crate) struct BlankVotes {
    is_open: bool,
    columns: Vec<ColumnVote>,
    words: BTreeMap<&'static str, WordVote>,
}

/// What a column is, and which of its cells may stand for nothing.
#[derive(Debug)]
struct ColumnVote {
    field: Option<FieldRef>,
    part: NamePart,
    /// Of a column of codes: what tells its records apart.
    portrait: Option<PortraitColumns>,
    is_number: bool,
    filled: u64,
    words: BTreeMap<&'static str, LeftOutRows>,
    codes: Codes,
    flags: LeftOutRows,
    has_long_numbers: bool,
}

/// What of a name a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NamePart {
    None,
    Given,
    Family,
    Company,
    Whole,
}

/// What is known of a word for nothing over the whole table.
#[derive(Debug, Clone, Copy, Default)]
struct WordVote {
    rows: u64,
    /// It is given and family name of one row.
    is_whole_name: bool,
}

/// The texts of a column of codes that may stand for none.
#[derive(Debug, Default)]
struct Codes {
    texts: BTreeMap<String, CodeVote>,
    /// There are so many of them that words are codes here.
    are_words: bool,
}

#[derive(Debug)]
struct CodeVote {
    rows: LeftOutRows,
    first: Portrait,
    /// Rows of different records have it.
    is_of_several: bool,
}

impl BlankVotes {
    /// No votes yet, unless that is settled.
    pub fn of(plan: &TablePlan) -> Self {
        let is_open = plan.blanks.is_none();
        let columns = plan.columns.iter().filter(|_| is_open);
        Self {
            is_open,
            columns: columns.map(|column| ColumnVote::of(column, &plan.columns)).collect(),
            words: BTreeMap::new(),
        }
    }

    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        let mut words: BTreeMap<&'static str, Vec<NamePart>> = BTreeMap::new();
        for (column, cell) in self.columns.iter_mut().zip(&row.cells) {
            let text = trimmed(&cell.text);
            if text.is_empty() {
                continue;
            }
            column.filled += 1;
            if let Some(word) = machine_blank(text) {
                column.words.entry(word).or_default().add(row.number);
                words.entry(word).or_default().push(column.part);
            } else if let Some(portrait) = &column.portrait
                && !column.codes.are_words
                && may_stand_for_no_code(text)
            {
                column.codes.observe(text, row.number, portrait.portrait(row));
            } else if column.is_number {
                column.observe_number(cell, text, row.number);
            }
        }
        for (word, parts) in words {
            let vote = self.words.entry(word).or_default();
            vote.rows += 1;
            vote.is_whole_name |= parts.contains(&NamePart::Given) && parts.contains(&NamePart::Family);
        }
    }

    /// Settles in the plan what stands for nothing.
    pub fn settle(&self, plan: &mut TablePlan) {
        if !self.is_open {
            return;
        }
        let mut blanks = Vec::new();
        for (index, column) in self.columns.iter().enumerate() {
            let Some(field) = column.field else { continue };
            let blank = |text: Option<&str>, rows: &LeftOutRows| PlannedBlank {
                column: index,
                text: text.map(str::to_owned),
                rows: rows.clone(),
            };
            if column.holds_flags() {
                let mut rows = column.flags.clone();
                rows.count = column.filled;
                blanks.push(blank(None, &rows));
                continue;
            }
            let words = column.words.iter().filter(|(word, _)| self.is_empty_cell(word, field));
            blanks.extend(words.map(|(word, rows)| blank(Some(word), rows)));
            if !is_needed(field, plan) {
                let codes = column.codes.placeholders(column.filled);
                blanks.extend(codes.map(|(text, rows)| blank(Some(text), rows)));
            }
        }
        plan.blanks = Some(blanks);
    }

    /// Whether a word is an empty cell in a column of this field.
    fn is_empty_cell(&self, word: &str, field: FieldRef) -> bool {
        if is_never_said(word) {
            return true;
        }
        // Where words are chosen, a person may have chosen it.
        let is_chosen = matches!(field.spec.kind, FieldKind::Choice(_) | FieldKind::Boolean);
        let Some(vote) = self.words.get(word).filter(|_| !is_chosen) else {
            return false;
        };
        let having = || self.columns.iter().filter(|column| column.words.contains_key(word));
        let parts = [NamePart::Given, NamePart::Family, NamePart::Company];
        let parts = parts.iter().filter(|part| having().any(|column| column.part == **part));
        let several_parts = parts.count() >= 2 && vote.rows >= 2;
        let beside_names = having().count() >= 2 && having().any(|column| column.part == NamePart::None);
        let is_common = |column: &ColumnVote| {
            let cells = column.words.get(word).map_or(0, |rows| rows.count);
            cells >= FEWEST_CELLS && cells * OFTEN >= column.filled
        };
        // As names are written, one row may be that of a person with a column more.
        let is_one_persons = is_written_as_name(word) && vote.rows < 2;
        vote.is_whole_name || several_parts || beside_names && !is_one_persons || having().any(is_common)
    }
}

/// The text without blanks around it, which few cells have.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~', .., b'!'..=b'~'] | [b'!'..=b'~'] => text,
        _ => text.trim_matches(' '),
    }
}

fn is_written_as_name(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.ends_with(char::is_lowercase)
}

impl ColumnVote {
    fn of(column: &PlannedColumn, columns: &[PlannedColumn]) -> Self {
        let field = column.field;
        let is_main = |field: &FieldRef| match field.slot {
            Slot::Main(entity) => !entity.is_lookup(),
            _ => false,
        };
        let code = field.filter(is_main).filter(|field| field.spec.kind == FieldKind::Code);
        Self {
            field,
            part: field.map_or(NamePart::None, part_of),
            portrait: code.map(|field| PortraitColumns::of(columns, field.slot)),
            is_number: column.holds_numbers(),
            filled: 0,
            words: BTreeMap::new(),
            codes: Codes::default(),
            flags: LeftOutRows::default(),
            has_long_numbers: false,
        }
    }

    fn observe_number(&mut self, cell: &Cell, text: &str, row: u64) {
        let is_word = || text.len() >= 2 && text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
        if matches!(cell.kind, CellKind::Boolean(_)) || is_word() && truth(cell).is_some() {
            self.flags.add(row);
        } else if !self.has_long_numbers {
            self.has_long_numbers = text.bytes().filter(u8::is_ascii_digit).count() > 1;
        }
    }

    /// It says yes and no, and the few numbers in it have a digit each.
    fn holds_flags(&self) -> bool {
        self.flags.count >= 2 && 2 * self.flags.count >= self.filled && !self.has_long_numbers
    }
}

fn part_of(field: FieldRef) -> NamePart {
    match (field.spec.kind, field.spec.name) {
        (FieldKind::PersonName, "first_name") => NamePart::Given,
        (FieldKind::PersonName, "last_name") => NamePart::Family,
        (FieldKind::CompanyName, _) => NamePart::Company,
        (FieldKind::FullName | FieldKind::PersonName | FieldKind::Title, _) => NamePart::Whole,
        _ => NamePart::None,
    }
}

impl Codes {
    fn observe(&mut self, text: &str, row: u64, portrait: Portrait) {
        if let Some(known) = self.texts.get_mut(text) {
            known.rows.add(row);
            known.is_of_several |= known.first != portrait;
            return;
        }
        if self.texts.len() >= MOST_TEXTS {
            self.are_words = true;
            self.texts = BTreeMap::new();
            return;
        }
        let mut rows = LeftOutRows::default();
        rows.add(row);
        let vote = CodeVote {
            rows,
            first: portrait,
            is_of_several: false,
        };
        self.texts.insert(text.to_owned(), vote);
    }

    /// The texts that are no codes, in a column with so many filled cells.
    fn placeholders(&self, filled: u64) -> impl Iterator<Item = (&str, &LeftOutRows)> {
        let is_of_words = |text: &str| text.chars().any(char::is_alphabetic);
        let cells = |wanted: &dyn Fn(&str, &CodeVote) -> bool| -> u64 {
            let found = self.texts.iter().filter(|(text, vote)| wanted(text, vote));
            found.map(|(_, vote)| vote.rows.count).sum()
        };
        let words = cells(&|text, _| is_of_words(text));
        let names = cells(&|text, vote| is_of_words(text) && !vote.is_of_several);
        let kinds = self
            .texts
            .iter()
            .filter(|(text, vote)| is_of_words(text) && vote.is_of_several);
        let kinds = kinds.count();
        let has_codes = filled.saturating_sub(words) * OFTEN >= filled;
        let are_no_codes = names * OFTEN <= filled && (kinds == 1 || kinds <= MOST_PLACEHOLDERS && has_codes);
        self.texts
            .iter()
            .filter(move |(text, vote)| vote.is_of_several && (are_no_codes || !is_of_words(text)))
            .map(|(text, vote)| (text.as_str(), &vote.rows))
    }
}

/// What stands for nothing in each column, put to use row by row.
#[derive(Debug, Default)]
pub(crate) struct BlankColumns(Vec<Vec<Option<String>>>);

impl BlankColumns {
    pub fn of(plan: &TablePlan) -> Self {
        let mut columns: Vec<Vec<Option<String>>> = Vec::new();
        for blank in plan.blanks.iter().flatten() {
            if columns.len() <= blank.column {
                columns.resize(blank.column + 1, Vec::new());
            }
            if let Some(texts) = columns.get_mut(blank.column) {
                texts.push(blank.text.clone());
            }
        }
        Self(columns)
    }

    /// Whether a cell stands for nothing in its column.
    pub fn has(&self, column: usize, cell: &Cell) -> bool {
        let Some(texts) = self.0.get(column) else { return false };
        let is_it = |text: &Option<String>| text.as_deref().is_none_or(|text| text == cell.text.trim_matches(' '));
        texts.iter().any(is_it)
    }
}

#[cfg(test)]
mod tests;
