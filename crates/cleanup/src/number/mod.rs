//! Money, quantities and whole numbers.
//!
//! What: currency signs, words about tax beside a price, thousands separators and units go; `(12.50)`, `12.50-` and `12.50 CR` are negative; which mark
//! stands before decimals is proven per column by all of its rows ([`NumberVote`]); formats that say what a number counts
//! (20 % for 0.2, 1:30 for an hour and a half) are read; fractions of one in a column of rates are percents of a hundredth. What has more digits than the field keeps is rounded half to even,
//! and said so, unless the digits are no more than the noise of computing.
//! Why: money is kept as scaled integers, and a point read as a comma is wrong by a factor of a thousand.
//! Example: `£1,234.50` becomes 1234.50; `64,210 miles` becomes 64210; `3,125` is 3.125 where another row says `4,20`.

mod currency;
mod dress;
mod duration;
mod marks;
mod measure;
mod rates;
mod read;
mod vote;

#[cfg(test)]
mod tests;

use torqueflow_model::{CellKind, Decimal, FieldKind, FieldSpec, FindingCode, Measure, Value};

use crate::context::Context;
use crate::verdict::Verdict;
pub use marks::DecimalMark;
use read::{Reading, read};
pub(crate) use vote::NumberSign;
pub use vote::{ColumnDecimalMark, ColumnNumbers, ColumnUnit, NumberVote, Proof};

/// What a rule needs to know of the field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberField<'a> {
    pub spec: &'static FieldSpec,
    /// It is part of a payment, in which a credit is what came in.
    pub is_payment: bool,
    pub column: Option<usize>,
    pub context: &'a Context,
}

impl NumberField<'_> {
    fn numbers(&self) -> ColumnNumbers {
        self.context.column(self.column).numbers
    }

    fn is_whole(&self) -> bool {
        self.spec.kind == FieldKind::Integer
    }
}

/// A decimal with this many digits after the point.
pub(crate) fn decimal(text: &str, kind: CellKind, scale: u8, field: NumberField<'_>) -> Verdict {
    if field.spec.measure == Some(Measure::Hours)
        && let Some(unscaled) = duration::hours(text, kind, scale)
    {
        return Verdict::of(Value::Decimal(Decimal { unscaled, scale }));
    }
    let reading = match read(text, kind, field) {
        Ok(reading) => reading,
        Err(code) => return Verdict::null(code),
    };
    match field.spec.measure {
        Some(Measure::Percent) => measure::percent(reading, text, scale, field),
        _ => rounded(reading, scale),
    }
}

/// A whole number.
pub(crate) fn integer(text: &str, kind: CellKind, field: NumberField<'_>) -> Verdict {
    match field.spec.measure {
        Some(Measure::Year) => measure::year(text, kind, field),
        Some(Measure::Miles) => measure::miles(text, kind, field),
        Some(Measure::CubicCentimetres) => measure::cubic_centimetres(text, kind, field),
        _ => read(text, kind, field).map_or_else(Verdict::null, whole),
    }
}

/// A number as a decimal of this scale.
fn rounded(reading: Reading, scale: u8) -> Verdict {
    let Some(rescaled) = reading.number.rescale(u32::from(scale)) else {
        return Verdict::null(FindingCode::NumberOutOfRange);
    };
    let decimal = Decimal {
        unscaled: rescaled.unscaled,
        scale,
    };
    Verdict::of(Value::Decimal(decimal))
        .note_if(
            reading.contradicts,
            FindingCode::NumberMarkContradicted,
            decimal.to_string(),
        )
        .note_if(rescaled.is_rounded, FindingCode::NumberRounded, decimal.to_string())
}

fn whole(reading: Reading) -> Verdict {
    let Some(rescaled) = reading.number.rescale(0) else {
        return Verdict::null(FindingCode::NumberOutOfRange);
    };
    let whole = rescaled.unscaled;
    Verdict::of(Value::Integer(whole))
        .note_if(
            reading.contradicts,
            FindingCode::NumberMarkContradicted,
            whole.to_string(),
        )
        .note_if(rescaled.is_rounded, FindingCode::NumberRounded, whole.to_string())
}
