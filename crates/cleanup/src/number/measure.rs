//! Numbers that count something: which units they come in, and what is plausible.

use torqueflow_model::{CellKind, FindingCode, Value};

use super::dress::Unit;
use super::read::{Number, Reading, read, round};
use super::vote::{ColumnUnit, FEWEST_CUBIC_CENTIMETRES};
use super::{NumberField, rounded, whole};
use crate::verdict::Verdict;

/// One car in the world and few lorries have gone further.
const MOST_MILES: i64 = 2_000_000;
/// The largest engines of machines that garages look after have some thirty litres.
const MOST_CUBIC_CENTIMETRES: i64 = 40_000;
/// The first cars that still run.
const FIRST_YEAR: i64 = 1900;

/// Hundredths. What is below one is no rate of any tax: it is converted where all of its column are fractions of one, else it
/// may be meant as such and is kept as it is.
pub(super) fn percent(mut reading: Reading, text: &str, scale: u8, field: NumberField<'_>) -> Verdict {
    let in_fractions = field.numbers().unit == Some(ColumnUnit::Fractions) && !text.contains('%');
    if in_fractions
        && reading.number.is_below(1)
        && let Some(number) = reading.number.hundredfold().filter(|number| !number.is_below(1))
    {
        reading.number = number;
    }
    let verdict = rounded(reading, scale);
    let number = reading.number;
    let Some(Value::Decimal(rate)) = verdict.value else {
        return verdict;
    };
    let most = 100 * 10_i64.pow(u32::from(scale).min(16));
    if !(0..=most).contains(&rate.unscaled) {
        return Verdict::default().note(FindingCode::NumberImplausible, rate.to_string());
    }
    let may_be_fraction = !number.is_zero() && number.is_below(1);
    verdict.note_if(may_be_fraction, FindingCode::RateMaybeFraction, rate.to_string())
}

/// Miles on the clock. Kilometres are converted (1 mile = 1.609344 km, Weights and Measures Act 1985, schedule 1).
pub(super) fn miles(text: &str, kind: CellKind, field: NumberField<'_>) -> Verdict {
    let mut reading = match read(text, kind, field) {
        Ok(reading) => reading,
        Err(code) => return Verdict::null(code),
    };
    if reading.in_thousands {
        match reading.number.times(1000) {
            Some(number) => reading.number = number,
            None => return Verdict::null(FindingCode::NumberOutOfRange),
        }
    }
    let column_unit = field.numbers().unit;
    let says_kilometres = reading.unit == Some(Unit::Kilometres);
    let is_kilometres = says_kilometres || (reading.unit.is_none() && column_unit == Some(ColumnUnit::Kilometres));
    if is_kilometres {
        match to_miles(reading.number) {
            Some(number) => reading.number = number,
            None => return Verdict::null(FindingCode::NumberOutOfRange),
        }
    }
    let is_converted = reading.in_thousands || (says_kilometres && column_unit != Some(ColumnUnit::Kilometres));
    let verdict = plausible(whole(reading), |miles| (0..=MOST_MILES).contains(&miles));
    converted(verdict, is_converted, "miles")
}

/// Whole miles.
fn to_miles(kilometres: Number) -> Option<Number> {
    let millimetres = kilometres.times(1_000_000)?;
    let divisor = 10_u128.checked_pow(kilometres.scale)?.checked_mul(1_609_344)?;
    let (digits, _) = round(millimetres.digits, divisor);
    Some(Number {
        digits,
        scale: 0,
        is_negative: kilometres.is_negative,
    })
}

/// The capacity of an engine. What is too small for one is in litres, and words behind it name the engine: `1.6 TDI`.
pub(super) fn cubic_centimetres(text: &str, kind: CellKind, field: NumberField<'_>) -> Verdict {
    let reading = read(text, kind, field).or_else(|code| match litres_of(text) {
        Some(number) if kind == CellKind::Text => read(number, kind, field),
        _ => Err(code),
    });
    let mut reading = match reading {
        Ok(reading) => reading,
        Err(code) => return Verdict::null(code),
    };
    let is_small = reading.number.is_below(FEWEST_CUBIC_CENTIMETRES as u32) && !reading.number.is_zero();
    let is_litres = reading.unit == Some(Unit::Litres) || (is_small && reading.unit.is_none());
    if is_litres {
        match reading.number.times(1000) {
            Some(number) => reading.number = number,
            None => return Verdict::null(FindingCode::NumberOutOfRange),
        }
    }
    let is_converted = is_litres && field.numbers().unit != Some(ColumnUnit::Litres);
    let verdict = plausible(whole(reading), |capacity| {
        capacity == 0 || (FEWEST_CUBIC_CENTIMETRES..=MOST_CUBIC_CENTIMETRES).contains(&capacity)
    });
    converted(verdict, is_converted, "cc")
}

/// The number before the name of an engine.
fn litres_of(text: &str) -> Option<&str> {
    let (number, name) = text.split_once(' ')?;
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && name.bytes().any(|byte| byte.is_ascii_alphabetic());
    (is_name && number.contains(['.', ','])).then_some(number)
}

/// A year of the calendar, of two digits too: the latest that is not beyond next year. Of a date its year.
pub(super) fn year(text: &str, kind: CellKind, field: NumberField<'_>) -> Verdict {
    let last = i64::from(field.context.as_of.year()) + 1;
    let is_plausible = |year: i64| (FIRST_YEAR..=last).contains(&year);
    let typed = match kind {
        CellKind::Date(date) => Some(date.year()),
        CellKind::DateTime(moment) => Some(moment.year()),
        _ => None,
    };
    if let Some(year) = typed {
        return plausible(Verdict::of(Value::Integer(i64::from(year))), is_plausible);
    }
    let reading = match read(text, kind, field) {
        Ok(reading) => reading,
        Err(code) => return Verdict::null(code),
    };
    let verdict = whole(reading);
    let has_two_digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    match verdict.value {
        Some(Value::Integer(short)) if has_two_digits => {
            let this_century = last - last.rem_euclid(100) + short;
            let year = if this_century > last {
                this_century - 100
            } else {
                this_century
            };
            Verdict::of(Value::Integer(year)).note(FindingCode::DateCenturyAssumed, year.to_string())
        }
        _ => plausible(verdict, is_plausible),
    }
}

/// Leaves out what can't be right.
fn plausible(verdict: Verdict, is_plausible: impl Fn(i64) -> bool) -> Verdict {
    match verdict.value {
        Some(Value::Integer(number)) if !is_plausible(number) => {
            Verdict::default().note(FindingCode::NumberImplausible, number.to_string())
        }
        _ => verdict,
    }
}

/// Says what a number was converted to.
fn converted(verdict: Verdict, is_converted: bool, unit: &str) -> Verdict {
    let shown = match verdict.value {
        Some(Value::Integer(number)) if is_converted => format!("{number} {unit}"),
        _ => return verdict,
    };
    verdict.note(FindingCode::NumberConverted, shown)
}
