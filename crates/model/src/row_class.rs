//! What a row of a table is: a record, or one of the things that reports put between records.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::finding::{Finding, FindingCode};

/// Row numbers that are named of each class.
const FIRST_ROWS: usize = 10;

/// What a row is. Everything but [`Record`](Self::Record) is left out of the import, and said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowClass {
    /// It holds a record, or nobody can tell that it does not.
    Record,
    /// No cell says anything.
    Blank,
    /// The header once more, as where several exports were put one behind the other.
    RepeatedHeader,
    /// Says how to fill in the table, or in which units: `dd/mm/yyyy`, `required`.
    Instruction,
    /// A heading over the rows below it.
    Section,
    /// A subtotal, a total, or a count of records.
    Total,
    /// What a report prints on each page or at its end: page numbers, when it was printed.
    Page,
    /// The header or a title of another table below this one.
    OtherTable,
    /// Nothing but a reference to another record: a note on a job, without its text.
    EmptyRecord,
}

impl RowClass {
    /// Every class, in the order in which they are listed.
    pub const ALL: &[Self] = &[
        Self::Record,
        Self::Blank,
        Self::RepeatedHeader,
        Self::Instruction,
        Self::Section,
        Self::Total,
        Self::Page,
        Self::OtherTable,
        Self::EmptyRecord,
    ];

    /// The stable name: `repeated_header`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Blank => "blank",
            Self::RepeatedHeader => "repeated_header",
            Self::Instruction => "instruction",
            Self::Section => "section",
            Self::Total => "total",
            Self::Page => "page",
            Self::OtherTable => "other_table",
            Self::EmptyRecord => "empty_record",
        }
    }

    /// The finding that says that rows of this class were left out. Records are not, and of blank rows nobody needs to
    /// hear.
    pub fn finding_code(self) -> Option<FindingCode> {
        match self {
            Self::Record | Self::Blank => None,
            Self::RepeatedHeader => Some(FindingCode::RepeatedHeaderLeftOut),
            Self::Instruction => Some(FindingCode::InstructionLeftOut),
            Self::Section => Some(FindingCode::SectionLeftOut),
            Self::Total => Some(FindingCode::TotalLeftOut),
            Self::Page => Some(FindingCode::PageLeftOut),
            Self::OtherTable => Some(FindingCode::OtherTableLeftOut),
            Self::EmptyRecord => Some(FindingCode::EmptyRecordLeftOut),
        }
    }
}

/// The rows of a table that are no records, by class: how many, and which come first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeftOut(BTreeMap<RowClass, LeftOutRows>);

/// The rows of one class that were left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeftOutRows {
    /// How many there are.
    pub count: u64,
    /// The numbers of the first ones, ten at most. Blank lines that a text file does not even delimit are only counted.
    pub first: Vec<u64>,
}

impl LeftOut {
    /// Counts a row with this number.
    pub fn add(&mut self, class: RowClass, number: u64) {
        self.0.entry(class).or_default().add(number);
    }

    /// Counts rows whose numbers nobody needs.
    pub fn add_many(&mut self, class: RowClass, count: u64) {
        if count > 0 {
            self.0.entry(class).or_default().count += count;
        }
    }

    /// Puts these rows of a class in the place of those that were counted before.
    pub fn replace(&mut self, class: RowClass, rows: LeftOutRows) {
        if rows.count > 0 {
            self.0.insert(class, rows);
        } else {
            self.0.remove(&class);
        }
    }

    /// How many rows of each class were left out; classes that do not occur are not in it.
    pub fn counts(&self) -> BTreeMap<RowClass, u64> {
        self.iter().map(|(class, rows)| (class, rows.count)).collect()
    }

    /// How many rows of a class were left out.
    pub fn count(&self, class: RowClass) -> u64 {
        self.0.get(&class).map_or(0, |rows| rows.count)
    }

    /// How many rows were left out.
    pub fn total(&self) -> u64 {
        self.0.values().map(|rows| rows.count).sum()
    }

    /// The classes that occur, with their rows.
    pub fn iter(&self) -> impl Iterator<Item = (RowClass, &LeftOutRows)> {
        self.0.iter().map(|(class, rows)| (*class, rows))
    }

    /// One finding per class that a person may want to know of. They are about the table, not about a row.
    ///
    /// ```
    /// use torqueflow_model::{LeftOut, RowClass};
    /// let mut left_out = LeftOut::default();
    /// left_out.add(RowClass::Blank, 3);
    /// left_out.add(RowClass::Total, 7);
    /// left_out.add(RowClass::Total, 12);
    /// let messages: Vec<_> = left_out.findings().iter().map(|finding| finding.message().into_owned()).collect();
    /// assert_eq!(messages, ["Totals are no records and were left out: rows 7 and 12"]);
    /// ```
    pub fn findings(&self) -> Vec<Finding> {
        self.findings_of_rows().map(|(_, finding)| finding).collect()
    }

    /// The same, each with the rows that it is about.
    pub fn findings_of_rows(&self) -> impl Iterator<Item = (&LeftOutRows, Finding)> {
        self.iter()
            .filter_map(|(class, rows)| Some((rows, Finding::row(class.finding_code()?, rows.to_string()))))
    }
}

impl LeftOutRows {
    /// Counts these rows too.
    pub fn add_all(&mut self, others: &Self) {
        self.count += others.count;
        let room = FIRST_ROWS.saturating_sub(self.first.len());
        self.first.extend(others.first.iter().take(room));
    }

    /// Counts a row with this number.
    pub fn add(&mut self, number: u64) {
        self.count += 1;
        if self.first.len() < FIRST_ROWS {
            self.first.push(number);
        }
    }
}

impl std::fmt::Display for LeftOutRows {
    /// `row 7`, `rows 7 and 12`, `40 rows (7, 12, 19 …)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self.first.iter().map(u64::to_string).collect();
        match numbers.as_slice() {
            [] => write!(f, "{} rows", self.count),
            _ if self.count > numbers.len() as u64 => write!(f, "{} rows ({} …)", self.count, numbers.join(", ")),
            [number] => write!(f, "row {number}"),
            [others @ .., last] => write!(f, "rows {} and {last}", others.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_listed_under_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = RowClass::ALL.iter().map(|class| class.name()).collect();
        assert_eq!(names.len(), RowClass::ALL.len());
        for class in RowClass::ALL {
            assert_eq!(serde_json::to_value(class).unwrap(), class.name());
        }
    }

    #[test]
    fn rows_are_named_as_far_as_they_can_be_looked_up() {
        let mut left_out = LeftOut::default();
        let mut check = |rows: std::ops::RangeInclusive<u64>, expected: &str| {
            rows.for_each(|number| left_out.add(RowClass::Page, number));
            assert_eq!(left_out.iter().next().unwrap().1.to_string(), expected);
        };
        check(4..=4, "row 4");
        check(5..=6, "rows 4, 5 and 6");
        check(7..=30, "27 rows (4, 5, 6, 7, 8, 9, 10, 11, 12, 13 …)");
    }

    #[test]
    fn counts_are_kept_as_they_are() {
        let mut left_out = LeftOut::default();
        left_out.add(RowClass::Total, 9);
        left_out.add_many(RowClass::Blank, 4);
        left_out.add_many(RowClass::Page, 0);
        assert_eq!((left_out.total(), left_out.count(RowClass::Page)), (5, 0));
        assert_eq!(
            serde_json::to_value(left_out.counts()).unwrap(),
            serde_json::json!({"blank": 4, "total": 1})
        );
        let json = serde_json::to_value(&left_out).unwrap();
        assert_eq!(serde_json::from_value::<LeftOut>(json).unwrap(), left_out);
    }

    #[test]
    fn what_is_counted_anew_takes_the_place_of_what_was_counted_before() {
        let mut left_out = LeftOut::default();
        left_out.add(RowClass::EmptyRecord, 9);
        let mut rows = LeftOutRows::default();
        rows.add(3);
        rows.add(5);
        left_out.replace(RowClass::EmptyRecord, rows);
        assert_eq!(left_out.count(RowClass::EmptyRecord), 2);
        left_out.replace(RowClass::EmptyRecord, LeftOutRows::default());
        assert_eq!(left_out, LeftOut::default());
    }
}
