//! The plan of a table: what detection found out, in the form in which rows are cleaned by it, and kept between steps.

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{ColumnDateOrder, ColumnFacts, DateVote, Origin};
use torqueflow_detection::Detection;
use torqueflow_model::{DateOrder, FieldKind, FieldRef, Row};

use crate::columns;
use crate::votes::ColumnVotes;

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
    /// For a column of telephone numbers or postcodes: where they are from, by the name that [`Origin`] gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// For a column of titles: whether they are salutations, and not jobs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salutations: Option<bool>,
}

impl PlannedColumn {
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
                    origin: None,
                    salutations: None,
                })
                .collect(),
            required_values: table.map(|table| table.required_values.clone()).unwrap_or_default(),
            header: HeaderChoice::AsFound,
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
        let addresses = columns::addresses(&self.columns);
        let type_columns = columns::type_columns(&self.columns);
        let facts = |((column, address), type_column): ((&PlannedColumn, u16), Option<usize>)| {
            let facts = ColumnFacts::default()
                .with_origin(column.known_origin())
                .with_salutations(column.salutations.unwrap_or(true))
                .with_address(address)
                .with_type_column(type_column);
            column
                .date_order
                .map_or(facts, |order| facts.with_date_order(order.into()))
        };
        let columns = self.columns.iter().zip(addresses).zip(type_columns);
        columns.map(facts).collect()
    }
}

/// Takes the votes of all rows of a table on what its columns hold: the order of day and month, and whatever else no single
/// cell can say.
pub struct DateVotes {
    dates: Vec<(usize, DateVote)>,
    columns: ColumnVotes,
}

impl DateVotes {
    /// No votes yet, for the columns of this plan of which something is open.
    pub fn of(plan: &TablePlan) -> Self {
        let open = plan.date_columns().into_iter().filter(|index| {
            let column = plan.columns.get(*index);
            column.is_some_and(|column| column.date_order.is_none())
        });
        Self {
            dates: open.map(|column| (column, DateVote::new())).collect(),
            columns: ColumnVotes::of(plan),
        }
    }

    /// Nothing is open.
    pub fn is_empty(&self) -> bool {
        self.dates.is_empty() && self.columns.is_empty()
    }

    /// The votes of a row.
    pub fn observe(&mut self, row: &Row) {
        for (column, vote) in &mut self.dates {
            if let Some(cell) = row.cells.get(*column) {
                vote.observe(cell);
            }
        }
        self.columns.observe(row);
    }

    /// Settles in the plan what was open. Says, in sentences, where that is no more than a guess or not what a person would
    /// expect. `known`: the order of day and month that the source keeps.
    pub fn settle(&self, plan: &mut TablePlan, known: Option<DateOrder>) -> Vec<String> {
        let mut doubts = plan.settle_dates(&self.dates, known);
        doubts.extend(self.columns.settle(plan));
        doubts
    }
}
