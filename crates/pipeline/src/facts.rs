//! What all rows of a table say of a column, in the form in which it is kept between steps.

use serde::{Deserialize, Serialize};
use torqueflow_cleanup::{
    ColumnDecimalMark, ColumnNames, ColumnNumbers, ColumnText, ColumnUnit, Damage, DateNumbers, DecimalMark,
};

/// What all rows say of a column besides the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PlannedFacts {
    /// For a column of numbers: the mark before decimals, and how sure that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_mark: Option<PlannedDecimalMark>,
    /// For a column of numbers: their unit, where it is not the field's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<PlannedUnit>,
    /// For a date column: its numbers are Unix time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unix_time: Option<PlannedUnixTime>,
    /// For a date column: a program has swapped day and month of its typed dates.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub swapped_dates: bool,
    /// Its characters are written as HTML does.
    #[serde(skip_serializing_if = "PlannedDamage::is_none")]
    pub html: PlannedDamage,
    /// Its texts were encoded twice.
    #[serde(skip_serializing_if = "PlannedDamage::is_none")]
    pub encoded_twice: PlannedDamage,
    /// Its texts were written in code page 850 and read as Windows-1252.
    #[serde(skip_serializing_if = "PlannedDamage::is_none")]
    pub code_page: PlannedDamage,
}

/// What all rows of a table say of a column of whole names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct PlannedNames {
    /// Initials stand behind surnames.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub initials: bool,
    /// At least half of them are names of firms, domains and the like.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub few_people: bool,
    /// Surnames may stand first without a comma.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub order_unclear: bool,
    /// People have two surnames.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub two_surnames: bool,
    /// Next to none of them has a comma.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rare_commas: bool,
    /// Next to none of them is a single word.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rare_singles: bool,
}

/// The mark before decimals in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedDecimalMark {
    /// The rows prove 1,234.50.
    Point,
    /// The rows prove 1.234,50.
    Comma,
    /// No row proves anything; 1,234.50 is taken.
    AssumedPoint,
    /// No row proves anything; 1.234,50 is taken.
    AssumedComma,
    /// Some rows prove one, some the other.
    Mixed,
}

/// The unit of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedUnit {
    /// Kilometres, in a field of miles.
    Kilometres,
    /// Litres, in a field of cubic centimetres.
    Litres,
    /// Fractions of one, in a field of percent.
    Fractions,
}

/// What numbers in a column count since the beginning of 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedUnixTime {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
}

/// Whether texts were damaged in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlannedDamage {
    /// No row says so.
    #[default]
    None,
    /// The rows prove it; it is undone.
    Proven,
    /// Some rows say so and others contradict; it is reported.
    Doubtful,
}

impl PlannedFacts {
    pub(crate) fn numbers(self) -> ColumnNumbers {
        ColumnNumbers {
            decimal_mark: self
                .decimal_mark
                .map_or(ColumnNumbers::default().decimal_mark, ColumnDecimalMark::from),
            unit: self.unit.map(ColumnUnit::from),
        }
    }

    pub(crate) fn text(self) -> ColumnText {
        ColumnText {
            html: self.html.into(),
            decoding: self.encoded_twice.into(),
            code_page: self.code_page.into(),
        }
    }
}

impl PlannedDamage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl From<ColumnNames> for PlannedNames {
    fn from(names: ColumnNames) -> Self {
        Self {
            initials: names.initials,
            few_people: names.few_people,
            order_unclear: names.order_unclear,
            two_surnames: names.two_surnames,
            rare_commas: names.rare_commas,
            rare_singles: names.rare_singles,
        }
    }
}

impl From<PlannedNames> for ColumnNames {
    fn from(names: PlannedNames) -> Self {
        Self {
            initials: names.initials,
            few_people: names.few_people,
            order_unclear: names.order_unclear,
            two_surnames: names.two_surnames,
            rare_commas: names.rare_commas,
            rare_singles: names.rare_singles,
        }
    }
}

impl From<ColumnDecimalMark> for PlannedDecimalMark {
    fn from(mark: ColumnDecimalMark) -> Self {
        match mark {
            ColumnDecimalMark::Proven(DecimalMark::Point) => Self::Point,
            ColumnDecimalMark::Proven(DecimalMark::Comma) => Self::Comma,
            ColumnDecimalMark::Assumed(DecimalMark::Point) => Self::AssumedPoint,
            ColumnDecimalMark::Assumed(DecimalMark::Comma) => Self::AssumedComma,
            ColumnDecimalMark::Mixed => Self::Mixed,
        }
    }
}

impl From<PlannedDecimalMark> for ColumnDecimalMark {
    fn from(mark: PlannedDecimalMark) -> Self {
        match mark {
            PlannedDecimalMark::Point => Self::Proven(DecimalMark::Point),
            PlannedDecimalMark::Comma => Self::Proven(DecimalMark::Comma),
            PlannedDecimalMark::AssumedPoint => Self::Assumed(DecimalMark::Point),
            PlannedDecimalMark::AssumedComma => Self::Assumed(DecimalMark::Comma),
            PlannedDecimalMark::Mixed => Self::Mixed,
        }
    }
}

impl From<PlannedUnit> for ColumnUnit {
    fn from(unit: PlannedUnit) -> Self {
        match unit {
            PlannedUnit::Kilometres => Self::Kilometres,
            PlannedUnit::Litres => Self::Litres,
            PlannedUnit::Fractions => Self::Fractions,
        }
    }
}

impl From<PlannedUnixTime> for DateNumbers {
    fn from(unit: PlannedUnixTime) -> Self {
        match unit {
            PlannedUnixTime::Seconds => Self::UnixSeconds,
            PlannedUnixTime::Milliseconds => Self::UnixMilliseconds,
        }
    }
}

impl From<Damage> for PlannedDamage {
    fn from(damage: Damage) -> Self {
        match damage {
            Damage::None => Self::None,
            Damage::Proven => Self::Proven,
            Damage::Doubtful => Self::Doubtful,
        }
    }
}

impl From<PlannedDamage> for Damage {
    fn from(damage: PlannedDamage) -> Self {
        match damage {
            PlannedDamage::None => Self::None,
            PlannedDamage::Proven => Self::Proven,
            PlannedDamage::Doubtful => Self::Doubtful,
        }
    }
}
