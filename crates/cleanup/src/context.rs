//! What cleaning needs to know beyond the cells.

use time::Date;
use torqueflow_model::DateOrder;

use crate::country::Country;
use crate::damage::ColumnText;
use crate::date::{ColumnDateOrder, DateNumbers};
use crate::name::ColumnNames;
use crate::number::ColumnNumbers;
use crate::origin::Origin;

/// What cleaning a table needs to know. The same context and the same cells always give the same result.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Today, as far as cleaning is concerned: the date of the run, since there is no clock here.
    pub as_of: Date,
    /// The country of numbers and postcodes that name none, where neither their row nor their column shows one.
    pub default_country: Country,
    /// What all rows say of each column, by column index. Of a column that is not there nothing is known.
    pub columns: Vec<ColumnFacts>,
    /// The headers, by column index, for what a person is told of columns. May be empty.
    pub headers: Vec<String>,
}

/// What all rows of a table say of one of its columns, as far as its cells are read by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ColumnFacts {
    /// The order of day and month.
    pub date_order: ColumnDateOrder,
    /// What a number in a column of dates counts.
    pub date_numbers: DateNumbers,
    /// Day and month of typed dates were swapped.
    pub has_swapped_dates: bool,
    /// How numbers are written.
    pub numbers: ColumnNumbers,
    /// What happened to its texts on their way here.
    pub text: ColumnText,
    /// Where its telephone numbers, postcodes or plates are from.
    pub origin: Origin,
    /// Its titles are salutations, and not jobs.
    pub salutations: bool,
    /// How its whole names are meant.
    pub names: ColumnNames,
    /// Of a column of telephone numbers: the column that says of what type they are, such as `Phone 1 - Type`.
    pub type_column: Option<usize>,
    /// Of a column of an address, where several of the same kind stand in a row (home and business): which of them it
    /// belongs to, from 1; the first that is filled is taken. 0: to all.
    pub address: u16,
}

impl Default for ColumnFacts {
    /// Nothing is known: dates are day-first, titles are salutations.
    fn default() -> Self {
        Self {
            date_order: ColumnDateOrder::Assumed(DateOrder::DayFirst),
            date_numbers: DateNumbers::default(),
            has_swapped_dates: false,
            numbers: ColumnNumbers::default(),
            text: ColumnText::default(),
            origin: Origin::Unknown,
            salutations: true,
            names: ColumnNames::default(),
            type_column: None,
            address: 0,
        }
    }
}

impl ColumnFacts {
    /// The same with this order of day and month.
    #[must_use]
    pub fn with_date_order(mut self, date_order: ColumnDateOrder) -> Self {
        self.date_order = date_order;
        self
    }

    /// The same with this meaning of numbers in a column of dates.
    #[must_use]
    pub fn with_date_numbers(mut self, date_numbers: DateNumbers) -> Self {
        self.date_numbers = date_numbers;
        self
    }

    /// The same with typed dates of which day and month were swapped, or not.
    #[must_use]
    pub fn with_swapped_dates(mut self, has_swapped_dates: bool) -> Self {
        self.has_swapped_dates = has_swapped_dates;
        self
    }

    /// The same with numbers that are written so.
    #[must_use]
    pub fn with_numbers(mut self, numbers: ColumnNumbers) -> Self {
        self.numbers = numbers;
        self
    }

    /// The same with texts that were damaged so.
    #[must_use]
    pub fn with_text(mut self, text: ColumnText) -> Self {
        self.text = text;
        self
    }

    /// The same with numbers or postcodes from there.
    #[must_use]
    pub fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same with titles that are salutations, or are none.
    #[must_use]
    pub fn with_salutations(mut self, salutations: bool) -> Self {
        self.salutations = salutations;
        self
    }

    /// The same with whole names that are meant so.
    #[must_use]
    pub fn with_names(mut self, names: ColumnNames) -> Self {
        self.names = names;
        self
    }

    /// The same with numbers whose type stands in this column.
    #[must_use]
    pub fn with_type_column(mut self, type_column: Option<usize>) -> Self {
        self.type_column = type_column;
        self
    }

    /// The same as a part of this address, from 1; 0: of all.
    #[must_use]
    pub fn with_address(mut self, address: u16) -> Self {
        self.address = address;
        self
    }
}

impl Context {
    /// A British context in which nothing is known of any column yet.
    pub fn new(as_of: Date) -> Self {
        Self {
            as_of,
            default_country: Country::GB,
            columns: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// The same with these facts, by column index.
    #[must_use]
    pub fn with_columns(mut self, columns: Vec<ColumnFacts>) -> Self {
        self.columns = columns;
        self
    }

    /// The same with these headers, by column index.
    #[must_use]
    pub fn with_headers(mut self, headers: Vec<String>) -> Self {
        self.headers = headers;
        self
    }

    /// The same for data from another country.
    #[must_use]
    pub fn with_default_country(mut self, country: Country) -> Self {
        self.default_country = country;
        self
    }

    /// The facts of one column; an adapter's own cells have no column, and nothing is known of them.
    pub(crate) fn column(&self, column: Option<usize>) -> ColumnFacts {
        column
            .and_then(|index| self.columns.get(index))
            .copied()
            .unwrap_or_default()
    }

    /// The header of a column, if it has one.
    pub(crate) fn header(&self, column: Option<usize>) -> Option<&str> {
        let header = self.headers.get(column?)?.trim();
        (!header.is_empty()).then_some(header)
    }
}
