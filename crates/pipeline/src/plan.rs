//! The plan of a table: what detection found out, in the form in which rows are cleaned by it, and kept between steps.

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{ColumnDateOrder, ColumnFacts, DateNumbers, Origin};
use torqueflow_detection::{Detection, Surroundings, TypeCandidate};
use torqueflow_model::{ColumnProfile, DateOrder, EntityKind, FieldKind, FieldRef, Finding, FindingCode, LeftOutRows};

use crate::bare::BareRule;
use crate::blanks::PlannedBlank;
use crate::column_findings::ColumnFinding;
use crate::columns;
use crate::facts::{PlannedFacts, PlannedNames};
use crate::ids::PlannedIdentity;
use crate::natural::PlannedNaturals;
use crate::owners::OwnerRule;

/// How the rows of a table are to be read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TablePlan {
    /// What the table is: `techman.jobs`. `None` when nobody knows.
    pub type_id: Option<String>,
    /// Whose export it is.
    pub source_system: Option<String>,
    /// Its columns, from the left.
    pub columns: Vec<PlannedColumn>,
    /// Fields of which each row must have at least one per group, beyond what the catalogue asks.
    pub required_values: Vec<Vec<FieldRef>>,
    /// Where the headers come from.
    #[serde(default)]
    pub header: HeaderChoice,
    /// The words that stand around the table.
    #[serde(default, skip_serializing_if = "Surroundings::is_empty")]
    pub around: Surroundings,
    /// Whether its workbook counts days from 1904.
    #[serde(default)]
    pub date1904: bool,
    /// Whose the rows are that name no owner.
    #[serde(default)]
    pub owners: OwnerRule,
    /// What all rows say of the values of each column, mapped or not; none until they were asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ColumnProfile>,
    /// What each row has beyond its cells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constants: Vec<PlannedConstant>,
    /// Where nobody knows what the table is: the types that it could be, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<TypeCandidate>,
    /// Which columns identify records; `None` until the rows were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identities: Option<Vec<PlannedIdentity>>,
    /// Which natural keys name several records; `None` until the rows were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub naturals: Option<PlannedNaturals>,
    /// What stands for nothing in its column; `None` until the rows were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blanks: Option<Vec<PlannedBlank>>,
    /// Columns without a field whose headers say of each row whether it is of the table's type.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<usize>,
    /// What rows are that fill no column that is imported.
    #[serde(default)]
    pub bare: BareRule,
    /// Rows that are further lines of the document of an earlier one, where the table's lines are not imported.
    #[serde(default, skip_serializing_if = "has_none")]
    pub further_lines: LeftOutRows,
    /// Rows of customers of whom an earlier row says the same, where that is too little to tell whether they are one.
    #[serde(default, skip_serializing_if = "has_none")]
    pub namesakes: LeftOutRows,
}

fn has_none(rows: &LeftOutRows) -> bool {
    rows.count == 0
}

/// Where the headers of a table come from, when a person knows better than the detection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeaderChoice {
    /// From where they were found, if they were.
    #[default]
    AsFound,
    /// What was taken for a header is a row like any other; the table has none.
    IsData,
    /// The first row is the header.
    FirstRow,
}

/// A column and where its values go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedColumn {
    /// The header as it stands in the file.
    pub header: String,
    /// Where its values go; `None`: nowhere.
    pub field: Option<FieldRef>,
    /// How that was found: `alias`, `similar`, `values`, `unmapped`; `person` where a person said it.
    pub by: String,
    /// What a person said of it beyond its field.
    #[serde(default, skip_serializing_if = "ColumnShape::is_plain")]
    pub shape: ColumnShape,
    /// For a date column: the order of day and month, and how sure that is.
    pub date_order: Option<PlannedDateOrder>,
    /// What else all of its rows say; `None` until they were asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<PlannedFacts>,
    /// For a column of telephone numbers, postcodes, plates or countries: where they are from, by the name that [`Origin`] gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// For a column of titles: whether they are salutations, and not jobs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salutations: Option<bool>,
    /// For a column of whole names: how they are meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names: Option<PlannedNames>,
}

/// What a person said of a column beyond its field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnShape {
    /// Its place among the columns of its field, from 1; `None`: behind those that have one, in the order of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u16>,
    /// Its cells hold several values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<PlannedSplit>,
    /// It is put together with the other columns of its field, with this before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
}

impl ColumnShape {
    /// Nothing was said.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// How the cells of a column are taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedSplit {
    /// What stands between the parts.
    pub by: String,
    /// The fields of the second part and those behind it; `None` for a part that is left out. Without any, each part is a
    /// value of the column's field.
    pub into: Vec<Option<FieldRef>>,
}

/// What each row has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedConstant {
    /// What a person calls it: the header of a column whose cells it replaces, or any other name.
    pub name: String,
    /// The field that it feeds.
    pub field: FieldRef,
    /// Its place among the columns of its field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u16>,
    /// It is put together with the columns of its field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// The text.
    pub text: String,
}

impl PlannedColumn {
    /// A column of which no row was asked yet.
    pub(crate) fn new(header: &str, field: Option<FieldRef>, by: &str) -> Self {
        Self {
            header: header.to_owned(),
            field,
            by: by.to_owned(),
            shape: ColumnShape::default(),
            date_order: None,
            facts: None,
            origin: None,
            salutations: None,
            names: None,
        }
    }

    /// Forgets what its rows said: they are asked anew, since its values go elsewhere.
    pub fn ask_again(&mut self) {
        self.date_order = None;
        self.facts = None;
        self.origin = None;
        self.salutations = None;
        self.names = None;
    }

    /// Where its numbers or postcodes are from, as far as that is settled.
    pub(crate) fn known_origin(&self) -> Origin {
        self.origin.as_deref().and_then(Origin::from_name).unwrap_or_default()
    }
}

/// The order of day and month in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedDateOrder {
    /// The rows prove 31/12.
    DayFirst,
    /// The rows prove 12/31.
    MonthFirst,
    /// No row proves anything; 31/12 is taken.
    AssumedDayFirst,
    /// No row proves anything; 12/31 is taken.
    AssumedMonthFirst,
    /// Some rows prove one, some the other.
    Mixed,
}

impl From<ColumnDateOrder> for PlannedDateOrder {
    fn from(order: ColumnDateOrder) -> Self {
        match order {
            ColumnDateOrder::Proven(DateOrder::DayFirst) => Self::DayFirst,
            ColumnDateOrder::Proven(DateOrder::MonthFirst) => Self::MonthFirst,
            ColumnDateOrder::Assumed(DateOrder::DayFirst) => Self::AssumedDayFirst,
            ColumnDateOrder::Assumed(DateOrder::MonthFirst) => Self::AssumedMonthFirst,
            ColumnDateOrder::Mixed => Self::Mixed,
        }
    }
}

impl From<PlannedDateOrder> for ColumnDateOrder {
    fn from(order: PlannedDateOrder) -> Self {
        match order {
            PlannedDateOrder::DayFirst => Self::Proven(DateOrder::DayFirst),
            PlannedDateOrder::MonthFirst => Self::Proven(DateOrder::MonthFirst),
            PlannedDateOrder::AssumedDayFirst => Self::Assumed(DateOrder::DayFirst),
            PlannedDateOrder::AssumedMonthFirst => Self::Assumed(DateOrder::MonthFirst),
            PlannedDateOrder::Mixed => Self::Mixed,
        }
    }
}

impl PlannedColumn {
    /// Its values go to a field of dates.
    pub(crate) fn holds_dates(&self) -> bool {
        let mut kinds = self.fields().map(|field| field.spec.kind);
        kinds.any(|kind| matches!(kind, FieldKind::Date(_) | FieldKind::DateTime(_)))
    }

    /// The fields that its values go to: one, or those of their parts.
    pub fn fields(&self) -> impl Iterator<Item = FieldRef> {
        let parts = self.shape.split.iter().flat_map(|split| &split.into);
        self.field.into_iter().chain(parts.flatten().copied())
    }

    /// Its values go to a field of numbers.
    pub(crate) fn holds_numbers(&self) -> bool {
        let kind = self.field.map(|field| field.spec.kind);
        matches!(kind, Some(FieldKind::Decimal { .. } | FieldKind::Integer))
    }
}

impl TablePlan {
    /// The headers of its columns, from the left.
    pub fn headers(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.header.clone()).collect()
    }

    /// The fields that its rows can fill, by columns and constants.
    pub fn fields(&self) -> impl Iterator<Item = FieldRef> {
        let constants = self.constants.iter().map(|constant| constant.field);
        self.columns.iter().flat_map(PlannedColumn::fields).chain(constants)
    }

    /// A table of which nothing is known but its type and its headers.
    pub fn of_headers(type_id: &str, headers: &[String]) -> Self {
        let column = |header: &String| PlannedColumn::new(header, None, "unmapped");
        Self {
            type_id: Some(type_id.to_owned()),
            columns: headers.iter().map(column).collect(),
            ..Self::default()
        }
    }

    /// The plan that follows from a detection, before any column's dates were looked at.
    pub fn from_detection(detection: &Detection) -> Self {
        let table = detection.table_type.as_ref();
        Self {
            type_id: table.map(|table| table.type_id.clone()),
            source_system: table.map(|table| table.source_system.clone()),
            columns: detection
                .columns
                .iter()
                .map(|column| PlannedColumn::new(&column.header, column.field, column.by.name()))
                .collect(),
            required_values: table.map(|table| table.required_values.clone()).unwrap_or_default(),
            candidates: if table.is_some() {
                Vec::new()
            } else {
                detection.candidates.clone()
            },
            ..Self::default()
        }
    }

    /// Sets the order of day and month in all columns that hold dates.
    pub fn set_date_order(&mut self, order: PlannedDateOrder) {
        for column in self.columns.iter_mut().filter(|column| column.holds_dates()) {
            column.date_order = Some(order);
        }
    }

    /// What is to be said of the table as a whole.
    pub fn findings(&self) -> Vec<ColumnFinding> {
        let of_rows = [
            (FindingCode::FurtherLines, &self.further_lines),
            (FindingCode::NamesakeUnclear, &self.namesakes),
        ];
        let told = of_rows.into_iter().filter(|(_, rows)| rows.count > 0);
        let finding = |(code, rows)| ColumnFinding::of_rows(Finding::row(code, ""), rows);
        let blanks = self.blanks.iter().flatten();
        told.map(finding)
            .chain(blanks.map(|blank| blank.finding(&self.columns)))
            .collect()
    }

    /// The ids that rows of different records have, with the kind of these.
    pub fn conflicting_ids(&self) -> impl Iterator<Item = (EntityKind, &str)> {
        let identities = self.identities.iter().flatten();
        identities.flat_map(move |identity| {
            let field = self.columns.get(identity.column).and_then(|column| column.field);
            let conflicts = field.map(|field| (field.slot.entity(), &identity.conflicts));
            conflicts
                .into_iter()
                .flat_map(|(entity, conflicts)| conflicts.iter().map(move |conflict| (entity, conflict.id.as_str())))
        })
    }

    /// What is known of each column, as cleanup takes it.
    pub(crate) fn column_facts(&self) -> Vec<ColumnFacts> {
        let serials = if self.date1904 {
            DateNumbers::Serial1904
        } else {
            DateNumbers::Serial1900
        };
        let addresses = columns::addresses(&self.columns);
        let type_columns = columns::type_columns(&self.columns);
        let facts = |((column, address), type_column): ((&PlannedColumn, u16), Option<usize>)| {
            let facts = column.facts.unwrap_or_default();
            let cleanup = ColumnFacts::default()
                .with_date_numbers(facts.unix_time.map_or(serials, DateNumbers::from))
                .with_swapped_dates(facts.swapped_dates)
                .with_numbers(facts.numbers())
                .with_text(facts.text())
                .with_origin(column.known_origin())
                .with_salutations(column.salutations.unwrap_or(true))
                .with_names(column.names.unwrap_or_default().into())
                .with_address(address)
                .with_type_column(type_column);
            column
                .date_order
                .map_or(cleanup, |order| cleanup.with_date_order(order.into()))
        };
        let columns = self.columns.iter().zip(addresses).zip(type_columns);
        columns.map(facts).collect()
    }
}
