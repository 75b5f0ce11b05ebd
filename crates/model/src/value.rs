//! Canonical values: what cleanup makes of cells.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime};

use crate::field::FieldKind;

/// A cleaned value, ready for a column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Text, also codes, phones in E.164, plates and keys of references.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A scaled decimal.
    Decimal(Decimal),
    /// A truth value.
    Boolean(bool),
    /// A calendar date.
    Date(Date),
    /// A date and time without a zone.
    DateTime(PrimitiveDateTime),
    /// Structured data.
    Json(serde_json::Value),
}

impl Value {
    /// The text of a [`Value::Text`].
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Value {
    /// The value as JSON: decimals and dates as text, so that nothing is lost.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Integer(number) => serde_json::Value::from(*number),
            Self::Boolean(flag) => serde_json::Value::from(*flag),
            Self::Json(json) => json.clone(),
            Self::Text(_) | Self::Decimal(_) | Self::Date(_) | Self::DateTime(_) => {
                serde_json::Value::from(self.to_string())
            }
        }
    }

    /// Reads what [`to_json`](Self::to_json) wrote for a field of this kind. `None` for what it never writes.
    ///
    /// ```
    /// use torqueflow_model::{Decimal, FieldKind, Value};
    /// let price = Value::Decimal(Decimal { unscaled: 1205, scale: 2 });
    /// assert_eq!(Value::from_json(FieldKind::Decimal { scale: 2 }, &price.to_json()), Some(price));
    /// ```
    pub fn from_json(kind: FieldKind, json: &serde_json::Value) -> Option<Self> {
        match kind {
            FieldKind::Integer => json.as_i64().map(Self::Integer),
            FieldKind::Boolean => json.as_bool().map(Self::Boolean),
            FieldKind::Json => Some(Self::Json(json.clone())),
            FieldKind::Decimal { scale } => {
                let digits: String = json.as_str()?.chars().filter(|character| *character != '.').collect();
                Some(Self::Decimal(Decimal {
                    unscaled: digits.parse().ok()?,
                    scale,
                }))
            }
            FieldKind::Date(_) => Date::parse(json.as_str()?, DATE_FORMAT).ok().map(Self::Date),
            FieldKind::DateTime(_) => PrimitiveDateTime::parse(json.as_str()?, MOMENT_FORMAT)
                .ok()
                .map(Self::DateTime),
            _ => json.as_str().map(|text| Self::Text(text.to_owned())),
        }
    }
}

const DATE_FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const MOMENT_FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");

/// The canonical text of a value: ISO 8601 dates, plain decimals, `true` and `false`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Decimal(decimal) => write!(f, "{decimal}"),
            Self::Boolean(flag) => write!(f, "{flag}"),
            Self::Date(date) => write_date(f, *date),
            Self::DateTime(moment) => {
                write_date(f, moment.date())?;
                let (hour, minute, second) = moment.as_hms();
                write!(f, "T{hour:02}:{minute:02}:{second:02}")
            }
            Self::Json(json) => write!(f, "{json}"),
        }
    }
}

fn write_date(f: &mut fmt::Formatter<'_>, date: Date) -> fmt::Result {
    write!(f, "{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// A decimal number: `unscaled / 10^scale`. Never a float, so that pennies stay pennies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decimal {
    /// All digits, without the point.
    pub unscaled: i64,
    /// How many of them stand after the point.
    pub scale: u8,
}

/// Plain decimal notation with exactly `scale` digits after the point.
///
/// ```
/// use torqueflow_model::Decimal;
/// assert_eq!(Decimal { unscaled: -1205, scale: 2 }.to_string(), "-12.05");
/// ```
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.unscaled < 0 { "-" } else { "" };
        let digits = self.unscaled.unsigned_abs();
        if self.scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let one = 10_u64.pow(u32::from(self.scale).min(19));
        let width = usize::from(self.scale);
        write!(f, "{sign}{}.{:0width$}", digits / one, digits % one)
    }
}
