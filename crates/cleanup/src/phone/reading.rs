//! How the numbers of a cell are read that do not say where they are from.

use crate::clean::Draft;
use crate::country::Country;
use crate::origin::Origin;

/// What is known of the numbers of a cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    /// Whose numbers they are; `None` when they are not British and nothing says whose else.
    pub country: Option<Country>,
    /// Whether zeros got lost.
    pub zeros: Zeros,
    /// The data as a whole is British.
    pub home_is_british: bool,
    /// The column's numbers are North American, whatever the row's address says.
    pub column_is_american: bool,
}

/// Whether British numbers may have lost the zero in front of them, as spreadsheets drop it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zeros {
    /// The row or the column is British: ten digits without a zero are a number without its zero.
    Lost,
    /// Nothing is known: so is a number that can be nothing else, and a mobile.
    Unknown,
    /// The column is from elsewhere: nothing got lost.
    Kept,
}

impl Reading {
    /// How the cells of this column are read.
    pub fn of(draft: &Draft<'_>, column: Option<usize>) -> Self {
        let context = draft.context();
        let zeros = match context.column(column).origin {
            of_column if of_column.is_british() => Zeros::Lost,
            Origin::Unknown if draft.origin().is_british() => Zeros::Lost,
            Origin::Unknown => Zeros::Unknown,
            Origin::From(_) | Origin::Abroad => Zeros::Kept,
        };
        Self {
            country: draft.country(column),
            zeros,
            home_is_british: context.default_country.has_british_postcodes(),
            column_is_american: context.column(column).origin == Origin::From(Country::US),
        }
    }

    /// They are not British, and nothing says whose they are.
    pub fn is_from_elsewhere(self) -> bool {
        self.country.is_none()
    }

    /// They are British.
    pub fn is_british(self) -> bool {
        self.country.is_some_and(Country::has_british_postcodes)
    }
}
