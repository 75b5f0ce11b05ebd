//! What all rows of a column say of its values, as clients see it.

use std::collections::BTreeMap;

use serde::Serialize;
use torqueflow_model::{ColumnProfile, DateForms, Likeness, NumberForms};
use torqueflow_pipeline::{PlannedIdVerdict, PlannedIdentity};
use utoipa::ToSchema;

use super::columns::name;

/// What the values of a column are like, over all of its rows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({
    "rows": 490, "filled": 488, "filled_share": 0.996, "distinct": { "values": 488, "is_exact": true, "is_unique": true },
    "repeats": { "rows": 0, "longest": 1 }, "kinds": { "code": 488 },
    "looks": { "plate": { "fits": 12, "repairable": 3, "share": 0.03 } }, "placeholders": 2,
    "shapes": [{ "shape": "A9999", "count": 471 }], "shortest": 4, "longest": 6, "numbers": null, "dates": null,
    "examples": ["C1001", "C1204", "C1377"]
})))]
pub struct ProfileView {
    /// Rows of the table.
    pub rows: u64,
    /// Rows that say something here.
    pub filled: u64,
    /// Their share, from 0 to 1.
    pub filled_share: f64,
    /// How many different values there are.
    pub distinct: DistinctView,
    /// Equal values in rows below each other.
    pub repeats: RepeatsView,
    /// How many values there are of each kind: `text`, `text_number`, `text_date`, `code`, `number`, `date`, `time`, `boolean`
    /// or `error`.
    pub kinds: BTreeMap<String, u64>,
    /// How many values look like a `phone`, `email`, `plate`, `vin`, `postcode` or `yes_no`.
    pub looks: BTreeMap<String, LikenessView>,
    /// Values that stand for none, such as `TBA`; they count against no look.
    pub placeholders: u64,
    /// The commonest forms of the values; blank where there are too many.
    pub shapes: Vec<ShapeView>,
    /// The shortest value, in bytes.
    pub shortest: u64,
    /// The longest value, in bytes.
    pub longest: u64,
    /// For numbers: how they are written.
    #[schema(required)]
    pub numbers: Option<NumberFormsView>,
    /// For dates: what they prove of the order of day and month.
    #[schema(required)]
    pub dates: Option<DateFormsView>,
    /// A few of the values, cut where they are long.
    pub examples: Vec<String>,
}

/// How many different values a column has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "values": 488, "is_exact": true, "is_unique": true })))]
pub struct DistinctView {
    /// Their number.
    pub values: u64,
    /// Whether it was counted, and not estimated.
    pub is_exact: bool,
    /// Whether no value stands in two rows, as far as that was watched.
    pub is_unique: bool,
}

/// Equal values in rows directly below each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "rows": 0, "longest": 1 })))]
pub struct RepeatsView {
    /// Rows that say what the row above says.
    pub rows: u64,
    /// The longest stretch of equal rows.
    pub longest: u64,
}

/// How many values look like something.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({ "fits": 12, "repairable": 3, "share": 0.03 })))]
pub struct LikenessView {
    /// Values that are so beyond doubt.
    pub fits: u64,
    /// Values that may be so, or that cleaning repairs.
    pub repairable: u64,
    /// The share of both among all values but placeholders, from 0 to 1.
    pub share: f64,
}

/// A form that values have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "shape": "A9999", "count": 471 })))]
pub struct ShapeView {
    /// `9` for a digit, `A` for a letter, `A+` for several.
    pub shape: String,
    /// Values that have it.
    pub count: u64,
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "values": 480, "decimal_point": 0, "decimal_comma": 471, "either_mark": 9, "leading_zeros": 0, "point_zero": 0, "lost_digits": 0
})))]
pub struct NumberFormsView {
    /// Numbers.
    pub values: u64,
    /// Numbers with a point before decimals: `4.20`.
    pub decimal_point: u64,
    /// Numbers with a comma before decimals: `4,20`.
    pub decimal_comma: u64,
    /// Numbers whose mark could stand before decimals or thousands: `1.250`.
    pub either_mark: u64,
    /// Numbers that begin with a zero: `00417`.
    pub leading_zeros: u64,
    /// Whole numbers with a point and zeros: `1002.0`.
    pub point_zero: u64,
    /// Numbers that have lost digits: `1.23457E+15`.
    pub lost_digits: u64,
}

/// What the dates of a column prove of the order of day and month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "values": 480, "day_first": 291, "month_first": 0, "either": 189 })))]
pub struct DateFormsView {
    /// Dates.
    pub values: u64,
    /// Dates that are possible with the day first only.
    pub day_first: u64,
    /// Dates that are possible with the month first only.
    pub month_first: u64,
    /// Dates that could be either.
    pub either: u64,
}

/// Whether a column identifies the records of its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "verdict": "id", "conflicts": [{ "id": "C1002", "first_row": 14, "other_row": 97 }], "is_sampled": false })))]
pub struct IdentityView {
    /// `id`; else why it does not: `foreign` (its header names something else), `differs` (its values stand beside different
    /// records), `lost_digits`, `spare` (another column is the id).
    pub verdict: String,
    /// Ids that different records have. Each is the id of the first one only.
    pub conflicts: Vec<IdConflictView>,
    /// There were so many ids that only some were watched.
    pub is_sampled: bool,
}

/// An id that different records have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({ "id": "C1002", "first_row": 14, "other_row": 97 })))]
pub struct IdConflictView {
    /// The id.
    pub id: String,
    /// The row that has it first, and keeps it.
    pub first_row: u64,
    /// The first row that is of another record.
    pub other_row: u64,
}

impl From<&ColumnProfile> for ProfileView {
    fn from(profile: &ColumnProfile) -> Self {
        let (shortest, longest) = profile.lengths;
        let likeness = |likeness: &Likeness, share: Option<f64>| LikenessView {
            fits: likeness.fits,
            repairable: likeness.repairable,
            share: share.unwrap_or_default(),
        };
        let shape = |shape: &torqueflow_model::Shape| ShapeView {
            shape: shape.shape.clone(),
            count: shape.count,
        };
        Self {
            rows: profile.rows,
            filled: profile.filled,
            filled_share: profile.filled_share(),
            distinct: DistinctView {
                values: profile.distinct.values,
                is_exact: profile.distinct.is_exact,
                is_unique: profile.distinct.is_unique,
            },
            repeats: RepeatsView {
                rows: profile.repeats.rows,
                longest: profile.repeats.longest,
            },
            kinds: profile
                .kinds
                .iter()
                .filter_map(|(kind, count)| Some((name(kind)?, *count)))
                .collect(),
            looks: profile
                .looks
                .iter()
                .filter_map(|(look, found)| Some((name(look)?, likeness(found, profile.likeness(*look)))))
                .collect(),
            placeholders: profile.placeholders,
            shapes: profile.shapes.iter().map(shape).collect(),
            shortest,
            longest,
            numbers: profile.numbers.map(NumberFormsView::from),
            dates: profile.dates.map(DateFormsView::from),
            examples: profile.examples.clone(),
        }
    }
}

impl From<NumberForms> for NumberFormsView {
    fn from(forms: NumberForms) -> Self {
        Self {
            values: forms.values,
            decimal_point: forms.decimal_point,
            decimal_comma: forms.decimal_comma,
            either_mark: forms.either_mark,
            leading_zeros: forms.leading_zeros,
            point_zero: forms.point_zero,
            lost_digits: forms.lost_digits,
        }
    }
}

impl From<DateForms> for DateFormsView {
    fn from(forms: DateForms) -> Self {
        Self {
            values: forms.values,
            day_first: forms.day_first,
            month_first: forms.month_first,
            either: forms.either,
        }
    }
}

impl From<&PlannedIdentity> for IdentityView {
    fn from(identity: &PlannedIdentity) -> Self {
        let conflict = |conflict: &torqueflow_pipeline::PlannedConflict| IdConflictView {
            id: conflict.id.clone(),
            first_row: conflict.first_row,
            other_row: conflict.other_row,
        };
        let verdict: PlannedIdVerdict = identity.verdict;
        Self {
            verdict: name(verdict).unwrap_or_default(),
            conflicts: identity.conflicts.iter().map(conflict).collect(),
            is_sampled: identity.is_sampled,
        }
    }
}
