//! What all rows of a column say of its values, whatever its header says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the values of a column are like, over all of its rows.
///
/// Everything but [`repeats`](Self::repeats) is the same in whatever order the rows stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnProfile {
    /// Rows of the table.
    pub rows: u64,
    /// Rows that say something in this column; the figures below are about these.
    pub filled: u64,
    /// How many different values there are.
    pub distinct: Distinct,
    /// Equal values in rows below each other.
    pub repeats: Repeats,
    /// How many values there are of each kind.
    pub kinds: BTreeMap<ValueKind, u64>,
    /// How many values look like what. Where a look is not named, no value has it.
    pub looks: BTreeMap<Look, Likeness>,
    /// Values that stand for none: `N/A`, `TBA`, `0000`.
    pub placeholders: u64,
    /// The forms of the values, commonest first: `9` for a digit, `A` for a letter, `A+` for letters where nothing else than
    /// letters stands beside them. Blank where there are too many forms to say anything.
    pub shapes: Vec<Shape>,
    /// The shortest and the longest value, in bytes.
    pub lengths: (u64, u64),
    /// For values that are numbers: how they are written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<NumberForms>,
    /// For values that are dates: what they prove of the order of day and month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateForms>,
    /// A few of the values, cut where they are long.
    pub examples: Vec<String>,
}

impl ColumnProfile {
    /// Which share of the values looks so, from 0 to 1. Placeholders do not count against it, nor do values that cleaning
    /// repairs. `None` where there is no value to go by.
    ///
    /// ```
    /// use torqueflow_model::{ColumnProfile, Likeness, Look};
    /// let mut phones = ColumnProfile { filled: 10, placeholders: 2, ..ColumnProfile::default() };
    /// phones.looks.insert(Look::Phone, Likeness { fits: 5, repairable: 3 });
    /// assert_eq!(phones.likeness(Look::Phone), Some(1.0));
    /// assert_eq!(phones.likeness(Look::Email), Some(0.0));
    /// ```
    pub fn likeness(&self, look: Look) -> Option<f64> {
        let like = self.looks.get(&look).copied().unwrap_or_default();
        let values = self.filled.saturating_sub(self.placeholders);
        (values > 0).then(|| ((like.fits + like.repairable) as f64 / values as f64).min(1.0))
    }

    /// Whether its whole numbers are written with a point and zeros, as programs do that take a column of them for decimals:
    /// `1002.0`. Not where any number has other decimals.
    pub fn writes_whole_numbers_with_zeros(&self) -> bool {
        self.numbers.is_some_and(|numbers| {
            let marked = numbers.decimal_point + numbers.decimal_comma + numbers.either_mark;
            numbers.point_zero > 0 && marked <= numbers.point_zero
        })
    }

    /// Which share of the rows is filled, from 0 to 1; 0 for no rows.
    pub fn filled_share(&self) -> f64 {
        if self.rows == 0 {
            0.0
        } else {
            self.filled as f64 / self.rows as f64
        }
    }
}

/// How many different values there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Distinct {
    /// Their number.
    pub values: u64,
    /// Whether it was counted, and not estimated.
    pub is_exact: bool,
    /// Whether no value stands in two rows; where the number is estimated, as far as the values that were watched say.
    pub is_unique: bool,
}

/// Equal values in rows directly below each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Repeats {
    /// Rows that say what the row above says.
    pub rows: u64,
    /// The longest stretch of equal rows.
    pub longest: u64,
}

/// What a value is, by its file or by its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ValueKind {
    /// Text that is none of the others.
    Text,
    /// Text of digits and marks.
    TextNumber,
    /// Text that is a date.
    TextDate,
    /// Letters and digits without a space: a code.
    Code,
    /// A typed number.
    Number,
    /// A typed date, perhaps with a time.
    Date,
    /// A typed time of day.
    Time,
    /// A typed truth value.
    Boolean,
    /// A spreadsheet's error.
    Error,
}

/// What a value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Look {
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A British plate.
    Plate,
    /// A vehicle identification number (ISO 3779).
    Vin,
    /// A British postcode; others may be repairable.
    Postcode,
    /// Yes or no, in words, or as 1 and 0.
    YesNo,
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Phone,
        Self::Email,
        Self::Plate,
        Self::Vin,
        Self::Postcode,
        Self::YesNo,
    ];
}

/// How many values of a column look like something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Likeness {
    /// Values that are so beyond doubt.
    pub fits: u64,
    /// Values that may be so: damaged in a way that cleaning repairs, or of a form that other things have too.
    pub repairable: u64,
}

/// A form that values have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The form: `AA99 AAA`.
    pub shape: String,
    /// Values that have it.
    pub count: u64,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct NumberForms {
    /// Numbers.
    pub values: u64,
    /// Numbers with a point that can stand before decimals only: `4.20`, `1,234.50`.
    pub decimal_point: u64,
    /// Numbers with a comma that can stand before decimals only: `4,20`, `1.234,50`.
    pub decimal_comma: u64,
    /// Numbers whose mark could stand before decimals or thousands: `1.250`.
    pub either_mark: u64,
    /// Numbers that begin with a zero that counts: `00417`.
    pub leading_zeros: u64,
    /// Whole numbers with nothing but zeros behind the point: `1002.0`.
    pub point_zero: u64,
    /// Numbers of which a spreadsheet has kept the first digits only: `1.23457E+15`.
    pub lost_digits: u64,
}

/// What the dates of a column prove of the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DateForms {
    /// Dates.
    pub values: u64,
    /// Dates that are possible with the day first only: `31/12/2024`.
    pub day_first: u64,
    /// Dates that are possible with the month first only: `12/31/2024`.
    pub month_first: u64,
    /// Dates that could be either: `05/06/2024`.
    pub either: u64,
}
