//! Warnings whose cause holds for a whole column: one finding of the column with its count, instead of one per cell.
//!
//! Somebody who imports 5,000 vehicles wants to know once that their engines were in litres; the three cells that were not like
//! the others are what they look for. So a warning that stands on at least one in five of the filled cells of a column, and on ten
//! at least, is said of the column: fewer than ten can be looked at one by one, and what is rarer than one in five is an exception.
//! Which codes can be said of a column is [`FindingCode::scope`].

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use torqueflow_model::{FieldRef, Finding, FindingCode, LeftOutRows, Row, Scope};

/// Cells that a finding of a column has at least.
const LEAST_CELLS: u64 = 10;
/// A finding of a column has at least one in so many of its filled cells.
const ONE_IN: u64 = 5;
/// Cells that are named as examples: the first.
const EXAMPLES: usize = 5;
/// Texts of a column that are counted apart; what comes later stays on its row.
const MOST_TEXTS: usize = 100;
/// Bytes of a text that is counted, and characters of one that is shown.
const MOST_CHARS: usize = 200;

/// A warning that is said once of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnFinding {
    /// The finding of the first cell.
    pub finding: Finding,
    /// In how many cells it was found.
    pub cells: u64,
    /// The first of them, five at most.
    pub examples: Vec<CellExample>,
}

/// One of the cells that a finding of a column is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellExample {
    /// The row as the person's program shows it.
    pub row: u64,
    /// The text of the cell.
    pub value: String,
    /// What its finding says beyond the code.
    pub detail: String,
}

impl ColumnFinding {
    /// What is said of these rows.
    pub(crate) fn of_rows(finding: Finding, rows: &LeftOutRows) -> Self {
        let example = |row: &u64| CellExample {
            row: *row,
            value: finding.value.clone(),
            detail: String::new(),
        };
        Self {
            cells: rows.count,
            examples: rows.first.iter().take(EXAMPLES).map(example).collect(),
            finding,
        }
    }

    /// The message for a person, with the count and the first rows.
    pub fn message(&self) -> String {
        let rows: Vec<u64> = self.examples.iter().map(|example| example.row).collect();
        let Finding { code, detail, .. } = &self.finding;
        code.message_of_column(detail, self.cells, &rows)
    }
}

/// What findings have in common that may be one finding of their column.
type GroupKey = (Option<usize>, FindingCode, Option<FieldRef>);

/// Counts the findings of a table's rows, and says which of them are one finding of their column. Memory grows with the
/// columns, never with the rows.
#[derive(Debug, Default)]
pub struct ColumnTally {
    /// The rows of the table, where they are known.
    rows: Option<u64>,
    /// Rows that were counted.
    counted: u64,
    /// Filled cells per column.
    filled: Vec<u64>,
    groups: HashMap<GroupKey, Group>,
}

#[derive(Debug, Default)]
struct Group {
    cells: u64,
    last_row: u64,
    texts: BTreeMap<String, Cells>,
}

#[derive(Debug)]
struct Cells {
    finding: ColumnFinding,
    last_row: u64,
    /// Whatever comes, it will be a finding of the column.
    is_certain: bool,
}

impl ColumnTally {
    /// A tally of a table with so many rows, as far as that is known.
    pub fn new(rows: Option<u64>) -> Self {
        Self {
            rows,
            ..Self::default()
        }
    }

    /// Counts a row with what was found in it, in row order. Takes away the findings that are certain to be their column's.
    pub fn observe(&mut self, row: &Row, findings: &mut Vec<Finding>) {
        self.counted += 1;
        if self.filled.len() < row.cells.len() {
            self.filled.resize(row.cells.len(), 0);
        }
        for (filled, cell) in self.filled.iter_mut().zip(&row.cells) {
            *filled += u64::from(!cell.is_blank());
        }
        findings.retain(|finding| !self.count(row.number, finding));
    }

    /// Counts a finding. Whether it is certain to be its column's.
    fn count(&mut self, row: u64, finding: &Finding) -> bool {
        let Some((key, text)) = group_of(finding) else {
            return false;
        };
        let group = self.groups.entry(key).or_default();
        if group.last_row != row {
            group.cells += 1;
            group.last_row = row;
        }
        if !group.texts.contains_key(text) {
            if group.texts.len() >= MOST_TEXTS {
                return false;
            }
            group.texts.insert(text.to_owned(), Cells::of(finding));
        }
        let is_common = self.rows.is_some_and(|rows| is_common(group.cells, rows));
        let Some(cells) = group.texts.get_mut(text) else {
            return false;
        };
        cells.count(row, finding);
        cells.is_certain |= is_common && cells.finding.cells >= LEAST_CELLS;
        cells.is_certain
    }

    /// What is said of columns, now that all rows were counted.
    pub fn settle(self) -> ColumnFindings {
        let mut found = Vec::new();
        for ((column, ..), group) in self.groups {
            let filled = match column {
                Some(column) => self.filled.get(column).copied().unwrap_or_default(),
                None => self.counted,
            };
            let is_common = is_common(group.cells, filled);
            let cells = group.texts.into_values();
            found.extend(
                cells
                    .filter(|cells| cells.is_certain || (is_common && cells.finding.cells >= LEAST_CELLS))
                    .map(|cells| cells.finding),
            );
        }
        found.sort_by(in_order);
        ColumnFindings::of(found)
    }
}

impl Cells {
    /// None yet, with this finding as the first.
    fn of(finding: &Finding) -> Self {
        Self {
            finding: ColumnFinding {
                finding: Finding {
                    value: shown(&finding.value),
                    detail: shown(&finding.detail),
                    ..*finding
                },
                cells: 0,
                examples: Vec::new(),
            },
            last_row: 0,
            is_certain: false,
        }
    }

    fn count(&mut self, row: u64, finding: &Finding) {
        if self.last_row == row {
            return;
        }
        self.last_row = row;
        self.finding.cells += 1;
        if self.finding.examples.len() < EXAMPLES {
            self.finding.examples.push(CellExample {
                row,
                value: shown(&finding.value),
                detail: shown(&finding.detail),
            });
        }
    }
}

/// The beginning of a text. What is kept of a column must not grow with its cells.
fn shown(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Whether so many of the filled cells of a column are a matter of the column.
fn is_common(cells: u64, filled: u64) -> bool {
    cells >= LEAST_CELLS && cells.saturating_mul(ONE_IN) >= filled
}

/// The findings that this one may become one with, and the text that they share. `None` for what stands on its row.
fn group_of(finding: &Finding) -> Option<(GroupKey, &str)> {
    let key = (finding.column, finding.code, finding.field);
    match finding.code.scope() {
        Scope::Column | Scope::Text if finding.column.is_none() => None,
        Scope::Row => None,
        Scope::Table | Scope::Column => Some((key, "")),
        Scope::Text if finding.value.len() > MOST_CHARS => None,
        Scope::Text => Some((key, &finding.value)),
    }
}

/// By column, then by the table of codes.
fn in_order(a: &ColumnFinding, b: &ColumnFinding) -> Ordering {
    let place = |found: &ColumnFinding| (found.finding.column, found.finding.code);
    let field = |found: &ColumnFinding| found.finding.field.map(|field| (field.slot, field.spec.name));
    place(a)
        .cmp(&place(b))
        .then_with(|| field(a).cmp(&field(b)))
        .then_with(|| a.finding.value.cmp(&b.finding.value))
}

/// What is said of a table's columns.
#[derive(Debug, Default)]
pub struct ColumnFindings {
    found: Vec<ColumnFinding>,
    texts: HashMap<GroupKey, Vec<String>>,
}

impl ColumnFindings {
    fn of(found: Vec<ColumnFinding>) -> Self {
        let mut texts: HashMap<GroupKey, Vec<String>> = HashMap::new();
        for (key, text) in found.iter().filter_map(|found| group_of(&found.finding)) {
            texts.entry(key).or_default().push(text.to_owned());
        }
        Self { found, texts }
    }

    /// Whether a table with so many rows can have any.
    pub fn are_possible(rows: u64) -> bool {
        rows >= LEAST_CELLS
    }

    /// Whether what a row's finding says is said of its column.
    pub fn cover(&self, finding: &Finding) -> bool {
        group_of(finding).is_some_and(|(key, text)| {
            let texts = self.texts.get(&key);
            texts.is_some_and(|texts| texts.iter().any(|covered| covered == text))
        })
    }

    /// All of them, by column.
    pub fn into_vec(self) -> Vec<ColumnFinding> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::{Cell, EntityKind, Slot};

    use super::*;

    fn finding(code: FindingCode, value: &str, detail: &str) -> Finding {
        Finding {
            code,
            column: Some(1),
            field: FieldRef::new(Slot::Main(EntityKind::Customer), "phone"),
            value: value.to_owned(),
            detail: detail.to_owned(),
        }
    }

    /// Rows from 2 on, of an id and of a cell. `each` says what the cell of the nth row holds and what was found in it.
    fn rows(count: u64, each: impl Fn(u64) -> (&'static str, Vec<Finding>)) -> Vec<(Row, Vec<Finding>)> {
        let row = |index| {
            let (text, findings) = each(index);
            let row = Row {
                number: index + 2,
                cells: vec![Cell::text("x"), Cell::text(text)],
            };
            (row, findings)
        };
        (0..count).map(row).collect()
    }

    /// What is said of the column, and how many findings stay on their rows, however much is known of the rows' number.
    fn check(table: &[(Row, Vec<Finding>)], expected: &[&str], on_rows: usize) {
        for known in [None, Some(table.len() as u64)] {
            let mut tally = ColumnTally::new(known);
            let mut left = Vec::new();
            for (row, findings) in table {
                let mut findings = findings.clone();
                tally.observe(row, &mut findings);
                left.extend(findings);
            }
            let settled = tally.settle();
            left.retain(|finding| !settled.cover(finding));
            assert_eq!(left.len(), on_rows, "{known:?}: {left:?}");
            let said: Vec<String> = settled.into_vec().iter().map(ColumnFinding::message).collect();
            assert_eq!(said, expected, "{known:?}");
        }
    }

    const CONVERTED: FindingCode = FindingCode::NumberConverted;

    #[test]
    fn a_cause_in_every_cell_is_one_finding_with_its_count_and_first_rows() {
        let table = rows(300, |_| ("1.968", vec![finding(CONVERTED, "1.968", "1968")]));
        let said =
            "In 300 cells of this column, first in rows 2, 3, 4, 5 and 6; in row 2: The number was converted to 1968";
        check(&table, &[said], 0);
    }

    #[test]
    fn what_is_rare_stays_on_its_rows() {
        for (cells, rows_of_table, on_rows) in [
            (3, 300, 3),
            (9, 9, 9),
            (19, 100, 19),
            (10, 50, 0),
            (20, 100, 0),
            (10, 10, 0),
        ] {
            let table = rows(rows_of_table, |index| {
                let found = (index < cells).then(|| finding(CONVERTED, "2.0", "2000"));
                ("2.0", found.into_iter().collect())
            });
            let said = format!(
                "In {cells} cells of this column, first in rows 2, 3, 4, 5 and 6; in row 2: The number was converted to 2000"
            );
            let expected = if on_rows == 0 { vec![said.as_str()] } else { Vec::new() };
            check(&table, &expected, on_rows);
        }
    }

    #[test]
    fn the_share_is_that_of_the_filled_cells() {
        let table = rows(1000, |index| match index % 50 {
            0 => ("1.968", vec![finding(CONVERTED, "1.968", "1968")]),
            1 | 2 => ("1968", Vec::new()),
            _ => ("", Vec::new()),
        });
        let said = "In 20 cells of this column, first in rows 2, 52, 102, 152 and 202; in row 2: The number was converted to 1968";
        check(&table, &[said], 0);
    }

    #[test]
    fn errors_and_lost_values_stay_on_their_rows() {
        let table = rows(300, |_| {
            let found = [
                FindingCode::RequiredMissing,
                FindingCode::PhoneNormalisationFailed,
                FindingCode::OtherValuesLeftOut,
            ];
            ("lost", found.map(|code| finding(code, "lost", "")).to_vec())
        });
        check(&table, &[], 900);
    }

    #[test]
    fn texts_that_stand_for_no_value_are_said_text_by_text() {
        let table = rows(100, |index| {
            let text = match index {
                0..20 => "00000000000",
                20..35 => "n/a",
                35..37 => "tba",
                _ => return ("07700 900123", Vec::new()),
            };
            (text, vec![finding(FindingCode::PhonePlaceholder, text, "")])
        });
        let said = [
            "In 20 cells of this column, first in rows 2, 3, 4, 5 and 6: This is a placeholder, not a number",
            "In 15 cells of this column, first in rows 22, 23, 24, 25 and 26: This is a placeholder, not a number",
        ];
        check(&table, &said, 2);
    }

    #[test]
    fn texts_beyond_what_is_counted_stay_on_their_rows() {
        let texts: &'static [String] = (0..150).map(|number| format!("-{number}-")).collect::<Vec<_>>().leak();
        let table = rows(3000, |index| {
            let text = texts[(index % 150) as usize].as_str();
            (text, vec![finding(FindingCode::PhonePlaceholder, text, "")])
        });
        let mut tally = ColumnTally::new(None);
        for (row, findings) in &table {
            tally.observe(row, &mut findings.clone());
        }
        let settled = tally.settle();
        let left = table.iter().flat_map(|(_, findings)| findings);
        assert_eq!(left.filter(|finding| !settled.cover(finding)).count(), 1000);
        assert_eq!(settled.into_vec().len(), MOST_TEXTS);
    }

    #[test]
    fn a_cell_counts_once_however_often_it_says_the_same() {
        let table = rows(20, |_| {
            (
                "two",
                vec![finding(CONVERTED, "two", "2"), finding(CONVERTED, "two", "3")],
            )
        });
        let said =
            "In 20 cells of this column, first in rows 2, 3, 4, 5 and 6; in row 2: The number was converted to 2";
        check(&table, &[said], 0);
    }

    #[test]
    fn columns_and_fields_are_told_apart() {
        let mut other = finding(CONVERTED, "1", "1000");
        other.column = Some(0);
        let landline = FieldRef::new(Slot::Main(EntityKind::Customer), "landline");
        let table = rows(30, |index| {
            let mut found = vec![finding(CONVERTED, "1", "1000")];
            found[0].field = if index % 3 == 0 { landline } else { found[0].field };
            found.extend((index < 4).then(|| other.clone()));
            ("1", found)
        });
        let said = [
            "In 10 cells of this column, first in rows 2, 5, 8, 11 and 14; in row 2: The number was converted to 1000",
            "In 20 cells of this column, first in rows 3, 4, 6, 7 and 9; in row 3: The number was converted to 1000",
        ];
        check(&table, &said, 4);
    }
}
