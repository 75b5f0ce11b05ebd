//! What cleaning needs to know beyond the cells.

use time::Date;
use torqueflow_model::DateOrder;

use crate::country::Country;
use crate::date::ColumnDateOrder;

/// What cleaning a table needs to know. The same context and the same cells always give the same result.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Today, as far as cleaning is concerned: the date of the run, since there is no clock here.
    pub as_of: Date,
    /// The country of numbers and postcodes that name none.
    pub default_country: Country,
    /// The verdict on each column's order of day and month, by column index. A column that is not there is day-first.
    pub date_orders: Vec<ColumnDateOrder>,
}

impl Context {
    /// A British context in which no column's date order is known yet.
    pub fn new(as_of: Date) -> Self {
        Self {
            as_of,
            default_country: Country::GB,
            date_orders: Vec::new(),
        }
    }

    /// The same with these verdicts.
    #[must_use]
    pub fn with_date_orders(mut self, date_orders: Vec<ColumnDateOrder>) -> Self {
        self.date_orders = date_orders;
        self
    }

    /// The same for data from another country.
    #[must_use]
    pub fn with_default_country(mut self, country: Country) -> Self {
        self.default_country = country;
        self
    }

    /// The order for one column; an adapter's own cells have no column and are day-first.
    pub(crate) fn date_order(&self, column: Option<usize>) -> ColumnDateOrder {
        column
            .and_then(|index| self.date_orders.get(index))
            .copied()
            .unwrap_or(ColumnDateOrder::Assumed(DateOrder::DayFirst))
    }
}
