//! Two header rows that are one: titles above groups of columns, and the columns' own names below them.
//!
//! ```text
//! Registration | Make | MOT  |     | Service |
//!              |      | Last | Due | Last    | Due
//! ```
//!
//! Where the lower row is complete by itself (`Name` below `Customer`, `Make` below `Vehicle`), it is the header as it
//! stands. Only a name that is there twice, or that says nothing without its title, is read together with it, and where
//! the lower row has no name, the upper one gives it.

use std::collections::HashMap;

use torqueflow_model::{Cell, Row};

use super::header::{BODY_ROWS, is_repeated, judge};
use super::kinds::{self, Looks};
use super::{clean_name, filled, filled_width, is_all_words, longest, words};
use crate::merged::Span;

/// Characters of the longest title or name.
const LONGEST: usize = 60;
/// Names that are told.
const TOLD: usize = 6;

/// Two rows as one header.
#[derive(Debug)]
pub(super) struct Joined {
    /// The index of the lower row.
    pub(super) lower: usize,
    /// The lower row with the names of both.
    pub(super) row: Row,
    pub(super) evidence: String,
}

/// Joins the two rows of a header. `start` is the row that looks like the header, or like the first row of the table
/// where each of the two alone is too bare to be one.
pub(super) fn join(rows: &[&Row], start: usize, spans: &[Span]) -> Option<Joined> {
    let above = start.checked_sub(1);
    let two_above = start.checked_sub(2);
    above
        .and_then(|upper| Pair::new(rows, upper, spans)?.join(false))
        .or_else(|| Pair::new(rows, start, spans)?.join(true))
        .or_else(|| {
            let upper = two_above.filter(|_| !judge(rows, start).0)?;
            Pair::new(rows, upper, spans)?.join(true)
        })
}

/// Two rows of words, one directly above the other.
struct Pair<'r> {
    upper_number: u64,
    lower_index: usize,
    lower: &'r Row,
    body: Vec<&'r Row>,
    columns: Vec<Column>,
    /// How often each name stands in the lower row, in lower case.
    counts: HashMap<String, usize>,
}

/// What both rows say of a column.
#[derive(Debug, Default)]
struct Column {
    /// What stands in the upper row.
    upper: String,
    lower: String,
    /// The title that stands above it: its column and its text.
    title: Option<(usize, String)>,
}

impl<'r> Pair<'r> {
    fn new(rows: &[&'r Row], upper_index: usize, spans: &[Span]) -> Option<Self> {
        let lower_index = upper_index + 1;
        let (upper, lower) = (*rows.get(upper_index)?, *rows.get(lower_index)?);
        let are_words = |row: &Row| is_all_words(row) && longest(row) <= LONGEST;
        if lower.number != upper.number + 1 || !are_words(upper) || !are_words(lower) || filled(lower) < 2 {
            return None;
        }
        let body = rows.iter().skip(lower_index + 1).filter(|row| filled(row) > 0);
        let columns = columns(upper, lower, spans);
        let mut counts = HashMap::new();
        for column in &columns {
            *counts.entry(column.lower.to_lowercase()).or_default() += 1;
        }
        let pair = Self {
            upper_number: upper.number,
            lower_index,
            lower,
            body: body.take(BODY_ROWS).copied().collect(),
            columns,
            counts,
        };
        (!pair.body.is_empty()).then_some(pair)
    }

    /// The header of both rows, if together they say more than the lower one. A lower row that is not known for a header
    /// must fill what the upper one leaves blank, and nothing else.
    fn join(&self, is_strict: bool) -> Option<Joined> {
        let widths = self.group_widths();
        let are_titles = self.are_titles(&widths) || is_strict && self.is_header_with_a_group(&widths);
        if !widths.values().any(|width| *width >= 2) || !are_titles {
            return None;
        }
        let are_names = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.stands_in_group(&widths))
            .all(|(index, column)| self.is_name(index, &column.lower));
        if !are_names || is_strict && !self.complete_each_other(&widths) {
            return None;
        }
        let names: Vec<String> = self.columns.iter().map(|column| self.name(column)).collect();
        let changed = || {
            names
                .iter()
                .zip(&self.columns)
                .filter(|(name, column)| **name != column.lower)
        };
        if changed().next().is_none() || has_more_duplicates(&names, &self.columns) {
            return None;
        }
        let told: Vec<&str> = changed()
            .filter(|(_, column)| !column.lower.is_empty())
            .map(|(name, _)| name.as_str())
            .collect();
        Some(Joined {
            lower: self.lower_index,
            evidence: self.evidence(&told),
            row: Row {
                number: self.lower.number,
                cells: names.into_iter().map(Cell::text).collect(),
            },
        })
    }

    /// How many columns with a name of their own stand below each title, by the title's column.
    fn group_widths(&self) -> HashMap<usize, usize> {
        let mut widths = HashMap::new();
        for column in self.columns.iter().filter(|column| !column.lower.is_empty()) {
            if let Some((title, _)) = &column.title {
                *widths.entry(*title).or_default() += 1;
            }
        }
        widths
    }

    /// What stands above groups are titles of them, and not of the table: short words, and more than one of them, or one
    /// that begins further right, or leaves columns out.
    fn are_titles(&self, widths: &HashMap<usize, usize>) -> bool {
        let named = self.columns.iter().filter(|column| !column.upper.is_empty()).count();
        let titles = || self.columns.iter().filter_map(|column| column.title.as_ref());
        let is_bounded = titles().count() < self.columns.len();
        let are_known = self.tells_duplicates_apart()
            || titles()
                .filter(|(column, _)| widths.get(column).is_some_and(|width| *width >= 2))
                .all(|(_, title)| words::is_header_word(title));
        (named >= 2 || is_bounded) && are_known
    }

    /// The upper row is a header of several usual names by itself, and the lower one has names below a group of it only: then
    /// the group may be called anything.
    fn is_header_with_a_group(&self, widths: &HashMap<usize, usize>) -> bool {
        let is_known = |column: &&Column| !column.stands_below_group(widths) && words::is_header_word(&column.upper);
        let known = self.columns.iter().filter(is_known).count();
        known >= 2 && self.complete_each_other(widths)
    }

    /// Names are there twice below, and not with their titles.
    fn tells_duplicates_apart(&self) -> bool {
        let (mut alone, mut titled) = (Vec::new(), Vec::new());
        for column in self.columns.iter().filter(|column| !column.lower.is_empty()) {
            let title = column.title.as_ref().map_or("", |(_, title)| title);
            alone.push(column.lower.to_lowercase());
            titled.push(format!("{title}\n{}", column.lower).to_lowercase());
        }
        duplicates(alone) > 0 && duplicates(titled) == 0
    }

    /// Each name of the upper row either stands above a group or has nothing below it, and each column of a group has a
    /// name of its own.
    fn complete_each_other(&self, widths: &HashMap<usize, usize>) -> bool {
        self.columns.iter().all(|column| {
            if column.stands_below_group(widths) {
                !column.lower.is_empty()
            } else {
                column.lower.is_empty() || column.lower == column.upper
            }
        })
    }

    /// A name as columns have: a usual word of headers, or one above values, that the rows below do not repeat.
    fn is_name(&self, index: usize, text: &str) -> bool {
        let below = self.body.iter().filter_map(|row| row.cells.get(index));
        let below: Vec<Looks> = below.filter(|cell| !cell.is_blank()).map(kinds::looks).collect();
        let are_values = !below.is_empty() && below.iter().all(|looks| *looks != Looks::Words);
        let is_known = words::is_header_word(text) || words::needs_a_title(text);
        (is_known || are_values) && !is_repeated(index, &Cell::text(text), &self.body)
    }

    fn name(&self, column: &Column) -> String {
        let Column { upper, lower, title } = column;
        match title {
            _ if lower.is_empty() => upper.clone(),
            Some((_, title)) if self.is_ambiguous(lower) || !words::is_header_word(title) => with_title(title, lower),
            _ => lower.clone(),
        }
    }

    fn is_ambiguous(&self, name: &str) -> bool {
        words::needs_a_title(name) || self.counts.get(&name.to_lowercase()).is_some_and(|count| *count > 1)
    }

    fn evidence(&self, told: &[&str]) -> String {
        let more = told.len().saturating_sub(TOLD);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let names: Vec<&str> = told.iter().take(TOLD).copied().collect();
        let names = if names.is_empty() {
            String::new()
        } else {
            format!(": {}{more}", names.join(", "))
        };
        format!(
            "Row {} has titles above the names in row {}, so both were read together{names}.",
            self.upper_number, self.lower.number,
        )
    }
}

impl Column {
    fn stands_below_group(&self, widths: &HashMap<usize, usize>) -> bool {
        let width = self.title.as_ref().and_then(|(title, _)| widths.get(title));
        width.is_some_and(|width| *width >= 2)
    }

    fn stands_in_group(&self, widths: &HashMap<usize, usize>) -> bool {
        !self.lower.is_empty() && self.stands_below_group(widths)
    }
}

/// Both rows by column. A title reaches as far as it is merged; where nothing is merged, as far as nothing else stands.
fn columns(upper: &Row, lower: &Row, spans: &[Span]) -> Vec<Column> {
    let text = |row: &Row, column: usize| {
        row.cells
            .get(column)
            .map(|cell| clean_name(&cell.text))
            .unwrap_or_default()
    };
    let spans = spans.iter().filter(|span| span.row == upper.number);
    let spans: HashMap<usize, usize> = spans.map(|span| (span.first, span.last)).collect();
    let width = filled_width(upper).max(filled_width(lower));
    let mut title: Option<(usize, String)> = None;
    let mut columns = Vec::with_capacity(width);
    for column in 0..width {
        let own = text(upper, column);
        // A title that is repeated above each of its columns is one title.
        if !own.is_empty() && title.as_ref().is_none_or(|(_, title)| *title != own) {
            title = Some((column, own.clone()));
        }
        let reaches = |first: usize| {
            let is_merged = spans.get(&first).is_some_and(|last| column <= *last);
            first == column || !own.is_empty() || spans.is_empty() || is_merged
        };
        columns.push(Column {
            upper: own.clone(),
            lower: text(lower, column),
            title: title.clone().filter(|(first, _)| reaches(*first)),
        });
    }
    columns
}

/// `MOT Due`; `First Name`, since that is how people say it.
fn with_title(title: &str, name: &str) -> String {
    if name.to_lowercase().starts_with(&title.to_lowercase()) || title == name {
        return name.to_owned();
    }
    if title.eq_ignore_ascii_case("name") {
        return format!("{name} {title}");
    }
    format!("{title} {name}")
}

/// Joining must not make two columns alike that were not.
fn has_more_duplicates(names: &[String], columns: &[Column]) -> bool {
    let lower = |texts: &mut dyn Iterator<Item = &String>| -> Vec<String> {
        texts
            .filter(|text| !text.is_empty())
            .map(|text| text.to_lowercase())
            .collect()
    };
    let own = lower(&mut columns.iter().map(|column| &column.lower));
    let alone = columns.iter().filter(|column| column.lower.is_empty());
    let alone = lower(&mut alone.map(|column| &column.upper));
    duplicates(lower(&mut names.iter())) > duplicates(own) + duplicates(alone)
}

/// How many texts are there already.
fn duplicates(mut texts: Vec<String>) -> usize {
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    all - texts.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: u64, text: &str) -> Row {
        let cells = text.split('|').map(|cell| Cell::text(cell.trim())).collect();
        Row { number, cells }
    }

    /// Joins the rows with the header at `start`; compares the names.
    #[track_caller]
    fn check(lines: &[&str], start: usize, expected: Option<&str>) {
        let rows: Vec<Row> = (1..).zip(lines).map(|(number, line)| row(number, line)).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let joined = join(&rows, start, &[]).map(|joined| {
            let names: Vec<String> = joined.row.cells.into_iter().map(|cell| cell.text).collect();
            names.join("|")
        });
        assert_eq!(joined.as_deref(), expected, "{lines:?}");
    }

    #[test]
    fn names_that_say_nothing_alone_are_read_with_their_title() {
        let upper = "Registration|Make|MOT||Service|";
        let lower = "||Last|Due|Last|Due";
        let body = "AB12 CDE|Ford|01/02/2024|01/02/2025|03/04/2024|03/04/2025";
        let names = Some("Registration|Make|MOT Last|MOT Due|Service Last|Service Due");
        check(&[upper, lower, body], 0, names);
        check(&[upper, lower, body], 2, names);
        check(&["Registration|Make|MOT|MOT|Service|Service", lower, body], 0, names);
        check(&[upper, "Registration|Make|Last|Due|Last|Due", body], 1, names);
        check(
            &["Reg|MOT||Colour", "|Last|Due|", "AB12 CDE|01/02/2024|01/02/2025|red"],
            0,
            Some("Reg|MOT Last|MOT Due|Colour"),
        );
        check(
            &[
                "Name||Phone|",
                "First|Last|Home|Mobile",
                "Ada|Lowe|01943 496000|07700 900123",
            ],
            1,
            Some("First Name|Last Name|Phone Home|Mobile"),
        );
        check(
            &[
                "Customer||Garage|",
                "Name|Town|Name|Town",
                "Ada Lowe|Otley|Hill's|Leeds",
            ],
            1,
            Some("Customer Name|Customer Town|Garage Name|Garage Town"),
        );
    }

    #[test]
    fn a_header_with_names_below_one_of_its_columns_is_one() {
        let body = "KCT 104T|Alto|MA3FB32S2K0C81504|104|354|304|104";
        check(
            &["Reg No|Model|Chassis No.|GRV|Valuation||GRV", "||||Value|Forced|", body],
            0,
            Some("Reg No|Model|Chassis No.|GRV|Valuation Value|Valuation Forced|GRV"),
        );
        check(&["Reg No|Model|Owner|", "|||since", body], 0, None);
        check(&["Reg No|Model|Yard||GRV", "KCT 105T|Alto|Upper|Lower|", body], 0, None);
        check(&["Reg No|Model|Yard||GRV", "||Upper|Lower|", "||Upper|Lower|"], 0, None);
    }

    #[test]
    fn names_that_are_complete_stay() {
        let body = "Ada Lowe|07700 900123|AB12 CDE|Ford";
        check(&["Customer||Vehicle|", "Name|Phone|Registration|Make", body], 1, None);
        check(&["Customer list|||", "Name|Phone|Registration|Make", body], 1, None);
        check(&["Name|Phone|Registration|Make", body, body], 0, None);
    }

    #[test]
    fn titles_of_the_table_are_no_titles_of_groups() {
        let body = "AB12 CDE|Ford|01/02/2024|01/02/2025";
        check(&["MOT reminders|||", "Reg|Make|Last|Due", body], 1, None);
        check(&["Hill's Garage||Otley|", "Reg|Make|Last|Due", body], 1, None);
        check(&["MOT|||", "Reg|Make|Last|Due", "||", body], 1, None);
    }

    #[test]
    fn data_below_a_header_stay_data() {
        check(
            &[
                "Name|Address|||Phone",
                "Ada Lowe|Yew Cottage|Mill Lane|Otley|",
                "Ben Hill|The Barn|Low Road|Ilkley|0123",
            ],
            0,
            None,
        );
        check(
            &["Type|Work||", "Job|Service|MOT|", "Job|Service|Tyres|Brakes"],
            0,
            None,
        );
        check(&["Reg|Last|Due", "AB12 CDE|never|soon", "AB12 CDF|2024|2025"], 0, None);
        check(&["Reg|MOT|", "AB12 CDE|first|last", "AB12 CDF|x|y"], 0, None);
    }

    #[test]
    fn merged_titles_reach_as_far_as_they_are_merged() {
        let rows = [
            row(1, "Reg|MOT||"),
            row(2, "|Last|Due|Date"),
            row(3, "AB12 CDE|01/02/2024|01/02/2025|05/06/2024"),
        ];
        let rows: Vec<&Row> = rows.iter().collect();
        let span = Span {
            row: 1,
            first: 1,
            last: 2,
        };
        // `Date` stands outside of the title, so the rows do not complete each other.
        assert!(join(&rows, 0, &[span]).is_none());
        let joined = join(&rows, 1, &[span]).unwrap();
        assert_eq!(joined.row.cells[3].text, "Date");
        assert_eq!(joined.row.cells[1].text, "MOT Last");
        assert_eq!(
            joined.evidence,
            "Row 1 has titles above the names in row 2, so both were read together: MOT Last, MOT Due."
        );
    }
}
