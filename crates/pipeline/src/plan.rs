//! The plan of a table: what detection found out, in the form in which rows are cleaned by it, and kept between steps.

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{ColumnDateOrder, ColumnFacts, DateVote};
use torqueflow_detection::Detection;
use torqueflow_model::{DateOrder, FieldKind, FieldRef, Row};

use crate::owners::OwnerRule;

/// How the rows of a table are to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// Whose the rows are that name no owner.
    #[serde(default)]
    pub owners: OwnerRule,
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
    /// How that was found: `alias`, `similar`, `values`, `unmapped`.
    pub by: String,
    /// For a date column: the order of day and month, and how sure that is.
    pub date_order: Option<PlannedDateOrder>,
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

impl TablePlan {
    /// The plan that follows from a detection, before any column's dates were looked at.
    pub fn from_detection(detection: &Detection) -> Self {
        let table = detection.table_type.as_ref();
        Self {
            type_id: table.map(|table| table.type_id.clone()),
            source_system: table.map(|table| table.source_system.clone()),
            columns: detection
                .columns
                .iter()
                .map(|column| PlannedColumn {
                    header: column.header.clone(),
                    field: column.field,
                    by: column.by.name().to_owned(),
                    date_order: None,
                })
                .collect(),
            required_values: table.map(|table| table.required_values.clone()).unwrap_or_default(),
            header: HeaderChoice::AsFound,
            owners: OwnerRule::Open,
        }
    }

    /// Sets the order of day and month in all columns that hold dates.
    pub fn set_date_order(&mut self, order: PlannedDateOrder) {
        for index in self.date_columns() {
            if let Some(column) = self.columns.get_mut(index) {
                column.date_order = Some(order);
            }
        }
    }

    /// The columns that hold dates.
    fn date_columns(&self) -> Vec<usize> {
        self.columns
            .iter()
            .enumerate()
            .filter(|(_, column)| {
                matches!(
                    column.field.map(|field| field.spec.kind),
                    Some(FieldKind::Date(_) | FieldKind::DateTime(_))
                )
            })
            .map(|(index, _)| index)
            .collect()
    }

    /// Settles the order of day and month of the date columns. Says, in sentences, where that is no more than a guess.
    fn settle_dates(&mut self, votes: &[(usize, DateVote)], known: Option<DateOrder>) -> Vec<String> {
        let mut doubts = Vec::new();
        for (index, vote) in votes {
            let Some(column) = self.columns.get_mut(*index) else {
                continue;
            };
            let order = vote.verdict(known);
            column.date_order = Some(order.into());
            match order {
                ColumnDateOrder::Assumed(_) if known.is_some() || !vote.has_ambiguous_dates() => {}
                ColumnDateOrder::Assumed(assumed) => doubts.push(format!(
                    "No row of column `{}` proves the order of day and month; {} was assumed.",
                    column.header,
                    match assumed {
                        DateOrder::DayFirst => "day first",
                        DateOrder::MonthFirst => "month first",
                    }
                )),
                ColumnDateOrder::Mixed => doubts.push(format!(
                    "Column `{}` mixes day-first and month-first dates; the ambiguous ones are left out.",
                    column.header
                )),
                ColumnDateOrder::Proven(_) => {}
            }
        }
        doubts
    }

    /// What is known of each column, as cleanup takes it.
    pub(crate) fn column_facts(&self) -> Vec<ColumnFacts> {
        let facts = |column: &PlannedColumn| {
            let facts = ColumnFacts::default();
            column
                .date_order
                .map_or(facts, |order| facts.with_date_order(order.into()))
        };
        self.columns.iter().map(facts).collect()
    }
}

/// Takes the votes of all rows of a table on the order of day and month.
pub struct DateVotes(Vec<(usize, DateVote)>);

impl DateVotes {
    /// No votes yet, for the columns of this plan whose order is open.
    pub fn of(plan: &TablePlan) -> Self {
        let open = plan.date_columns().into_iter().filter(|index| {
            let column = plan.columns.get(*index);
            column.is_some_and(|column| column.date_order.is_none())
        });
        Self(open.map(|column| (column, DateVote::new())).collect())
    }

    /// No column's order is open.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        for (column, vote) in &mut self.0 {
            if let Some(cell) = row.cells.get(*column) {
                vote.observe(cell);
            }
        }
    }

    /// Settles the orders in the plan. Says, in sentences, where that is no more than a guess. `known`: the order that the
    /// source keeps.
    pub fn settle(&self, plan: &mut TablePlan, known: Option<DateOrder>) -> Vec<String> {
        plan.settle_dates(&self.0, known)
    }
}
