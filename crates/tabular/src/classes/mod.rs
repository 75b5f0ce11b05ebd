//! What each row of a table is: a record, or one of the things that reports put between records.
//!
//! No clue decides alone. Words say what a row may be ([`labels`]); how the records of the table are filled ([`Profile`]),
//! what the columns of amounts add up to ([`Sums`]) and the rows that follow say whether it is that. Where they do not, the
//! row is a record.

mod headers;
mod labels;
mod profile;
mod sums;

use std::collections::VecDeque;

use torqueflow_model::{Cell, Finding, Row, RowClass};

use self::headers::HeaderTexts;
use self::labels::TotalLabel;
use self::profile::Profile;
use self::sums::Sums;
use crate::head::kinds::{Looks, looks};

pub(crate) use self::headers::table_end;

/// Rows that are looked at below the one that is judged.
pub(crate) const ROWS_AHEAD: usize = 24;
/// Rows at the end that nothing but report lines follow.
const CLOSING_ROWS: usize = 5;
/// Titles that can stand above a header.
const MOST_TITLES: usize = 3;
/// Cells that a line of a report is cut into at most.
const LINE_CELLS: usize = 4;

/// A row that was read and not yet given out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    pub(crate) row: Row,
    pub(crate) findings: Vec<Finding>,
    /// Blank rows above it.
    pub(crate) blanks: u64,
}

impl Waiting {
    /// It stands apart from the row above it.
    fn after_gap(&self) -> bool {
        self.blanks > 0
    }
}

/// What becomes of the next row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is a record.
    Record,
    /// It is left out.
    LeftOut(RowClass),
    /// Another table begins with it: so many titles, then its header.
    NextTable {
        /// Rows above the header.
        titles: usize,
    },
}

/// Judges the rows of one table, from its first to its last.
#[derive(Debug, Default)]
pub(crate) struct Classifier {
    header: HeaderTexts,
    columns: usize,
    profile: Profile,
    sums: Sums,
    /// The first columns that hold values, by which a row of words is noticed.
    telling: Vec<usize>,
}

/// A row with those of its cells that say something.
struct Shape<'r> {
    row: &'r Row,
    filled: Vec<(usize, &'r Cell)>,
}

impl<'r> Shape<'r> {
    fn of(row: &'r Row) -> Self {
        let filled = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
        Self {
            row,
            filled: filled.collect(),
        }
    }

    fn is_lone(&self) -> bool {
        self.filled.len() == 1
    }

    fn first(&self) -> Option<(usize, &'r Cell)> {
        self.filled.first().copied()
    }

    fn has(&self, column: usize) -> bool {
        self.filled.iter().any(|(own, _)| *own == column)
    }

    /// The texts of its cells as one line.
    fn line(&self) -> String {
        let texts: Vec<&str> = self.filled.iter().map(|(_, cell)| cell.text.trim()).collect();
        texts.join(" ")
    }
}

impl Classifier {
    /// A classifier for a table with these header texts, which are empty where there is no header, and these first rows.
    pub(crate) fn new<'r>(header: &[String], sample: impl Iterator<Item = &'r Row>) -> Self {
        let mut classifier = Self {
            header: HeaderTexts::new(header),
            columns: header.len(),
            ..Self::default()
        };
        let shapes: Vec<Shape<'_>> = sample.map(Shape::of).collect();
        let usual = usual_fill(&shapes);
        for shape in &shapes {
            let is_own_header = classifier.header.is_repeated_by(shape)
                || classifier.header.is_resembled_by(shape) && headers::is_all_words(shape);
            if is_own_header {
                continue;
            }
            if headers::is_all_words(shape) && headers::known_share(shape) >= 0.6 {
                break;
            }
            let mut texts = shape.filled.iter().map(|(_, cell)| cell.text.as_str());
            let is_cut_line = shape.filled.len() <= LINE_CELLS && labels::is_page_number(&shape.line());
            if is_cut_line || texts.any(is_any_label) {
                continue;
            }
            if shape.is_lone() {
                classifier.profile.note_lone();
            } else if shape.filled.len() * 5 > usual * 3 {
                classifier.profile.learn(shape.row);
            }
        }
        classifier.sums.watch(classifier.profile.amount_columns());
        classifier.telling = classifier.profile.value_columns().take(3).collect();
        classifier
    }

    /// Takes note of a record that was given out.
    pub(crate) fn took(&mut self, row: &Row) {
        if self.profile.rows < profile::LEARNED_ROWS {
            let rows = self.profile.rows;
            self.profile.learn(row);
            if self.profile.rows != rows {
                self.telling = self.profile.value_columns().take(3).collect();
            }
        }
        self.sums.watch(self.profile.amount_columns());
        self.sums.add(row);
    }

    /// Takes note of a row that was left out.
    pub(crate) fn left_out(&mut self, class: RowClass) {
        if class == RowClass::Total {
            self.sums.end_part();
        }
    }

    /// Judges the first of the rows ahead. `ended`: no row follows behind these.
    pub(crate) fn classify(&self, ahead: &VecDeque<Waiting>, ended: bool) -> Verdict {
        let Some(next) = ahead.front() else {
            return Verdict::Record;
        };
        if !self.is_suspect(next) {
            return Verdict::Record;
        }
        let shape = Shape::of(&next.row);
        if shape.filled.is_empty() {
            return Verdict::Record;
        }
        let closing = ended && self.nothing_follows(ahead);
        let class = if self.header.is_repeated_by(&shape) || self.is_renamed_header(&shape) {
            RowClass::RepeatedHeader
        } else if self.is_instruction(&shape) {
            RowClass::Instruction
        } else if self.is_page(&shape, closing) {
            RowClass::Page
        } else if self.is_total(&shape, closing) {
            RowClass::Total
        } else if let Some(titles) = self.begins_table(ahead) {
            return Verdict::NextTable { titles };
        } else if self.is_section(&shape, ahead) {
            RowClass::Section
        } else {
            return Verdict::Record;
        };
        Verdict::LeftOut(class)
    }

    /// Something about the row asks for a closer look. Nearly all records are told by this alone, so it is cheap.
    fn is_suspect(&self, next: &Waiting) -> bool {
        if next.after_gap() || self.sums.rows == 0 || self.profile.rows == 0 {
            return true;
        }
        let cells = &next.row.cells;
        let filled = cells.iter().filter(|cell| !cell.is_blank()).count();
        let is_sparse = filled <= 2 || filled * 2 <= self.profile.usual_fill();
        let holds_words = |column: &usize| {
            cells.get(*column).is_some_and(|cell| {
                !cell.is_blank() && !cell.text.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@')
            })
        };
        let lacks_first = cells.first().is_none_or(Cell::is_blank) && filled < self.profile.usual_fill();
        let mut first = cells.iter().filter(|cell| !cell.is_blank()).take(2);
        is_sparse
            || lacks_first
            || self.telling.iter().any(holds_words)
            || first.any(|cell| labels::may_be_label(&cell.text))
            || self.header.begins_like(cells)
    }

    /// Nothing but lines of a report follows, and few of them.
    fn nothing_follows(&self, ahead: &VecDeque<Waiting>) -> bool {
        self.columns >= 3
            && ahead.len() <= CLOSING_ROWS
            && ahead.iter().all(|waiting| {
                let shape = Shape::of(&waiting.row);
                shape.first().is_some_and(|(column, cell)| {
                    shape.is_lone() && column == 0 && labels::is_closing_line(&cell.text)
                        || labels::total_label(&cell.text).is_some()
                })
            })
    }

    /// The row has nothing where all records have something: beside `own`, which holds its label, and beside amounts.
    fn lacks(&self, shape: &Shape<'_>, own: usize) -> bool {
        let is_blank = |column: usize| shape.row.cells.get(column).is_none_or(Cell::is_blank);
        let mut needed = self.profile.always_filled();
        let lacks_needed = needed.any(|column| column != own && is_blank(column) && !self.sums.has(column));
        let is_alone = shape.is_lone() && self.profile.usual_fill() >= 3 && self.profile.lone_share() < 0.05;
        self.profile.rows > 0 && (lacks_needed || is_alone)
    }

    /// The header with some columns renamed, as of another version of the program that wrote it.
    fn is_renamed_header(&self, shape: &Shape<'_>) -> bool {
        self.header.is_resembled_by(shape) && headers::is_all_words(shape) && self.contradicts(shape)
    }

    /// Words where the records of the table hold values.
    fn contradicts(&self, shape: &Shape<'_>) -> bool {
        let mut columns = self.profile.value_columns();
        columns.any(|column| {
            let mut own = shape.filled.iter().filter(|(place, _)| *place == column);
            own.any(|(_, cell)| looks(cell) == Looks::Words)
        })
    }

    fn is_instruction(&self, shape: &Shape<'_>) -> bool {
        let count = |matches: fn(&str) -> bool| shape.filled.iter().filter(|(_, cell)| matches(&cell.text)).count();
        let filled = shape.filled.len();
        if count(labels::is_rule) == filled {
            return filled >= 2 || self.columns >= 2;
        }
        let sentence = self.columns >= 2 && filled <= 2 && count(labels::is_instruction_sentence) == filled;
        let below_header = self.sums.rows == 0;
        let words = count(labels::is_instruction_word);
        let is_row_of_words = below_header && filled >= 2 && words * 5 >= filled * 3;
        is_row_of_words || sentence && (below_header || shape.first().is_some_and(|(own, _)| self.lacks(shape, own)))
    }

    fn is_page(&self, shape: &Shape<'_>, closing: bool) -> bool {
        let Some((own, cell)) = shape.first().filter(|_| self.columns >= 2) else {
            return false;
        };
        if closing && shape.is_lone() && own == 0 && labels::record_count(&cell.text).is_none() {
            return labels::total_label(&cell.text).is_none();
        }
        let line = shape.line();
        let is_line = labels::is_report_line(&cell.text)
            && !shape
                .filled
                .iter()
                .skip(1)
                .any(|(column, cell)| self.tells(*column, cell))
            || labels::is_page_number(&cell.text)
            || labels::is_page_number(&line)
            || shape.filled.len() <= 2 && labels::is_report_line(&line);
        let is_whole_line = labels::is_page_number(&line) && self.profile.does_not_fit(shape.row);
        is_line && shape.filled.len() <= LINE_CELLS && (self.lacks(shape, own) || is_whole_line)
    }

    /// The cell tells one record from another: it is no amount, or stands in a column of ids and numbers.
    fn tells(&self, column: usize, cell: &Cell) -> bool {
        let text = cell.text.trim();
        if labels::total_label(text).is_some()
            || matches!(
                text.to_ascii_uppercase().as_str(),
                "GBP" | "EUR" | "USD" | "£" | "€" | "$"
            )
        {
            return false;
        }
        sums::amount(cell).is_none() && looks(cell) != Looks::Date || self.header.names_an_id(column)
    }

    fn is_total(&self, shape: &Shape<'_>, closing: bool) -> bool {
        let label = shape.filled.iter().enumerate().find_map(|(place, (column, cell))| {
            let label = labels::total_label(&cell.text)?;
            (label == TotalLabel::Strict || place == 0).then_some((*column, label))
        });
        let agreement = self.sums.compare(shape.row);
        let agrees = agreement.equal > 0 && agreement.equal >= agreement.different;
        let Some((own, label)) = label else {
            return self.is_count(shape, closing) || agreement.different == 0 && agrees && self.is_all_sums(shape);
        };
        let mut others = shape.filled.iter().filter(|(column, _)| *column != own);
        if others.any(|(column, cell)| self.tells(*column, cell)) {
            return false;
        }
        let (lone, lacks) = (shape.is_lone(), self.lacks(shape, own));
        match label {
            TotalLabel::Strict => {
                agrees
                    || lacks
                        && (!lone
                            || closing
                            || shape
                                .first()
                                .is_some_and(|(_, cell)| labels::is_several_words(&cell.text)))
            }
            TotalLabel::Loose => lacks && agrees || self.is_count(shape, closing),
        }
    }

    /// A count of the records, which is right or stands at the end.
    fn is_count(&self, shape: &Shape<'_>, closing: bool) -> bool {
        let Some((own, cell)) = shape.first().filter(|_| shape.filled.len() <= 2) else {
            return false;
        };
        if !self.lacks(shape, own) {
            return false;
        }
        let counted = |count: u64| count > 0 && (count == self.sums.rows || count == self.sums.rows_in_part);
        if let Some(count) = labels::record_count(&shape.line()) {
            return counted(count) || closing || labels::total_label(&cell.text).is_some();
        }
        let is_total = labels::total_label(&cell.text).is_some();
        let mut others = shape.filled.iter().skip(1);
        is_total && others.any(|(_, cell)| cell.text.trim().parse().is_ok_and(counted))
    }

    /// Nothing but amounts, where records have more than that.
    fn is_all_sums(&self, shape: &Shape<'_>) -> bool {
        let are_amounts = shape.filled.iter().all(|(column, _)| self.sums.has(*column));
        are_amounts && self.lacks(shape, usize::MAX)
    }

    /// Another table begins here: so many titles, then its header.
    fn begins_table(&self, ahead: &VecDeque<Waiting>) -> Option<usize> {
        for titles in 0..=MOST_TITLES {
            let shape = Shape::of(&ahead.get(titles)?.row);
            if self.is_other_header(&shape, ahead, titles) {
                return Some(titles);
            }
            let is_sparse = shape.filled.len() < self.profile.usual_fill().max(2);
            let is_title = is_sparse
                && shape.filled.len() <= 2
                && shape.filled.iter().all(|(_, cell)| !looks(cell).is_value())
                && (self.columns > 1 || ahead.get(titles)?.after_gap());
            if !is_title {
                return None;
            }
        }
        None
    }

    /// The row names the columns of another table.
    fn is_other_header(&self, shape: &Shape<'_>, ahead: &VecDeque<Waiting>, place: usize) -> bool {
        if !headers::is_all_words(shape) || self.header.is_repeated_by(shape) {
            return false;
        }
        let rows_below = ahead
            .iter()
            .skip(place + 1)
            .take_while(|waiting| !waiting.after_gap())
            .map(|waiting| Shape::of(&waiting.row));
        let rows_below: Vec<Shape<'_>> = rows_below.collect();
        let below: Vec<&Row> = rows_below
            .iter()
            .filter(|shape| shape.filled.len() >= 2)
            .map(|shape| shape.row)
            .collect();
        let misfits = below
            .iter()
            .filter(|row| headers::is_misfit(row, &self.profile, self.columns))
            .count();
        let is_broken = misfits > 0 && misfits * 2 >= below.len();
        let contradicts = self.contradicts(shape);
        let gap = ahead.iter().take(place + 1).any(Waiting::after_gap);
        // A header may have a name twice; as words go, records do so more often.
        let may_repeat_a_name = contradicts && (gap || is_broken);
        if !(headers::is_all_names(shape) || may_repeat_a_name) {
            return false;
        }
        if self.header.is_reordered_by(shape) {
            return contradicts || is_broken;
        }
        let known = headers::known_share(shape);
        if known < 0.6 {
            let stands_apart = gap || place > 0;
            return stands_apart && headers::names_others(shape, rows_below.iter(), place, &self.profile, self.columns);
        }
        if contradicts {
            return if below.is_empty() {
                gap && known >= 0.8
            } else {
                gap || place > 0 || is_broken
            };
        }
        // No column says that words are out of place, so everything else has to.
        known >= 1.0 && !below.is_empty() && gap && (place > 0 || is_broken)
    }

    /// A heading over the rows below it.
    fn is_section(&self, shape: &Shape<'_>, ahead: &VecDeque<Waiting>) -> bool {
        let Some((own, cell)) = shape.first().filter(|_| shape.is_lone() && self.columns >= 3) else {
            return false;
        };
        let is_heading = looks(cell) == Looks::Words && cell.text.chars().any(char::is_alphabetic);
        let Some(below) = ahead.get(1).filter(|_| is_heading) else {
            return false;
        };
        let under = Shape::of(&below.row);
        let is_table_below = under.filled.len() * 2 > self.profile.usual_fill()
            && below.row.cells.get(own).is_some_and(|cell| !cell.is_blank());
        if !is_table_below || self.profile.usual_fill() < 3 || !self.lacks(shape, own) {
            return false;
        }
        let stands_apart = ahead.front().is_some_and(Waiting::after_gap) && !below.after_gap();
        labels::is_decorated(&cell.text)
            || self.profile.is_strange(own, cell)
            || self.profile.is_no_code(own, cell)
            || own == 0 && stands_apart && self.profile.lone_share() <= 0.2
    }
}

/// How many cells the rows of several cells usually fill.
fn usual_fill(shapes: &[Shape<'_>]) -> usize {
    let mut fills: Vec<usize> = shapes
        .iter()
        .map(|shape| shape.filled.len())
        .filter(|fill| *fill > 1)
        .collect();
    fills.sort_unstable();
    fills.get(fills.len() / 2).copied().unwrap_or(0)
}

/// A text that stands for something else than a record, where the row bears it out.
fn is_any_label(text: &str) -> bool {
    labels::total_label(text).is_some() || labels::is_closing_line(text)
}
