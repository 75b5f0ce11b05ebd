//! The plan of a table: what detection found out, in the form in which rows are cleaned by it, and kept between steps.

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{ColumnDateOrder, DateVote};
use torqueflow_detection::Detection;
use torqueflow_model::{DateOrder, FieldKind, FieldRef};

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
        }
    }

    /// The columns that hold dates.
    pub(crate) fn date_columns(&self) -> Vec<usize> {
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
    pub(crate) fn settle_dates(&mut self, votes: &[(usize, DateVote)], known: Option<DateOrder>) -> Vec<String> {
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

    /// The verdicts by column, as cleanup takes them.
    pub(crate) fn date_orders(&self) -> Vec<ColumnDateOrder> {
        self.columns
            .iter()
            .map(|column| {
                column
                    .date_order
                    .map_or(ColumnDateOrder::Assumed(DateOrder::DayFirst), ColumnDateOrder::from)
            })
            .collect()
    }
}
