//! Reading a number: what stands beside it goes, its marks are read as its column writes them.

use torqueflow_model::{CellKind, FindingCode, Measure};

use super::NumberField;
use super::dress::{Side, Unit, Wardrobe, undress};
use super::marks::{DecimalMark, Layout, layout, split};
use super::vote::ColumnDecimalMark;

/// A number and what its cell says of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reading {
    pub(super) number: Number,
    pub(super) unit: Option<Unit>,
    /// The cell says `k`.
    pub(super) in_thousands: bool,
    /// Its marks are not those of its column.
    pub(super) contradicts: bool,
}

/// The digits of a number: `digits / 10^scale`, with its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    pub(super) is_negative: bool,
    pub(super) digits: u128,
    pub(super) scale: u32,
}

/// A number as an integer of a field's scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rescaled {
    pub(super) unscaled: i64,
    /// Digits were lost that are more than the noise of floating-point arithmetic.
    pub(super) is_rounded: bool,
}

impl Number {
    pub(super) fn is_zero(self) -> bool {
        self.digits == 0
    }

    /// A typed number to the 15 digits that spreadsheets keep.
    fn typed(number: f64) -> Option<Self> {
        number
            .is_finite()
            .then(|| scientific(&format!("{number:.14e}"), DecimalMark::Point))?
    }

    /// A hundred times as much.
    pub(super) fn hundredfold(self) -> Option<Self> {
        match self.scale.checked_sub(2) {
            Some(scale) => Some(Self { scale, ..self }),
            None => self
                .times(10_u128.pow(2 - self.scale))
                .map(|grown| Self { scale: 0, ..grown }),
        }
    }

    pub(super) fn times(self, factor: u128) -> Option<Self> {
        let digits = self.digits.checked_mul(factor)?;
        Some(Self { digits, ..self })
    }

    /// Whether the magnitude is below a whole number.
    pub(super) fn is_below(self, whole: u32) -> bool {
        let Some(limit) = 10_u128
            .checked_pow(self.scale)
            .and_then(|one| one.checked_mul(u128::from(whole)))
        else {
            return true;
        };
        self.digits < limit
    }

    /// The integer `self * 10^scale`, rounded half to even. `None` beyond 64 bits.
    pub(super) fn rescale(self, scale: u32) -> Option<Rescaled> {
        let (magnitude, is_rounded) = if self.scale <= scale {
            let grown = match self.digits {
                0 => 0,
                digits => digits.checked_mul(10_u128.checked_pow(scale - self.scale)?)?,
            };
            (grown, false)
        } else {
            // More than 38 digits after the point are nothing at all.
            let Some(divisor) = 10_u128.checked_pow(self.scale - scale) else {
                return Some(Rescaled {
                    unscaled: 0,
                    is_rounded: false,
                });
            };
            round(self.digits, divisor)
        };
        let magnitude = i64::try_from(magnitude).ok()?;
        Some(Rescaled {
            unscaled: if self.is_negative { -magnitude } else { magnitude },
            is_rounded,
        })
    }
}

/// Divides, rounding half to even, and says whether what was lost is more than noise. Computed numbers are off by parts of
/// a billionth: `12.499999999` is 12.50.
pub(super) fn round(digits: u128, divisor: u128) -> (u128, bool) {
    const UNITS_TO_NOISE: u128 = 100_000;
    let (quotient, remainder) = (digits / divisor, digits % divisor);
    let half = divisor / 2;
    let up = remainder > half || (remainder == half && quotient % 2 == 1);
    let lost = remainder.min(divisor - remainder);
    (quotient + u128::from(up), lost > divisor / UNITS_TO_NOISE)
}

/// Reads a cell. Typed numbers count as they are; their text may be rounded for show, but says their unit.
pub(super) fn read(text: &str, kind: CellKind, field: NumberField<'_>) -> Result<Reading, FindingCode> {
    let lower = text.to_lowercase();
    let wardrobe = field.wardrobe();
    let dressed = undress(&lower, wardrobe);
    if let CellKind::Number(number) = kind {
        let number = Number::typed(number).ok_or(FindingCode::NumberInvalid)?;
        let is_share = wardrobe.measure == Some(Measure::Percent) && lower.contains('%');
        return Ok(Reading {
            number: if is_share { number.hundredfold() } else { Some(number) }.ok_or(FindingCode::NumberOutOfRange)?,
            unit: dressed.and_then(|dressed| dressed.unit),
            in_thousands: false,
            contradicts: false,
        });
    }
    let dressed = dressed.ok_or(FindingCode::NumberInvalid)?;
    let (mut number, contradicts) = read_digits(dressed.body, field)?;
    let side_is_minus = dressed.side.is_some_and(|side| side == field.negative_side());
    if dressed.side.is_some() && dressed.is_negative {
        return Err(FindingCode::NumberInvalid);
    }
    number.is_negative = dressed.is_negative || side_is_minus;
    Ok(Reading {
        number,
        unit: dressed.unit,
        in_thousands: dressed.in_thousands,
        contradicts,
    })
}

impl NumberField<'_> {
    fn wardrobe(&self) -> Wardrobe {
        Wardrobe {
            measure: self.spec.measure,
            is_money: self.spec.is_money,
        }
    }

    /// The side of an account that takes off. What a customer owes stands in the debit of their account, so a credit lowers
    /// it; what they pay stands in the credit, and a debit takes it back.
    fn negative_side(&self) -> Side {
        if self.is_payment { Side::Debit } else { Side::Credit }
    }
}

/// Reads digits and marks by the column, and says whether the marks contradict it.
fn read_digits(body: &str, field: NumberField<'_>) -> Result<(Number, bool), FindingCode> {
    let column = field.numbers().decimal_mark;
    let (mantissa, _) = body.split_once('e').unwrap_or((body, ""));
    let found = layout(mantissa).ok_or(FindingCode::NumberInvalid)?;
    let contradicts = |decimal: DecimalMark| column == ColumnDecimalMark::Proven(decimal.other());
    let (decimal, contradicts) = match (found, column) {
        (Layout::Unmarked, _) => (DecimalMark::Point, false),
        (Layout::Certain(decimal), _) => (decimal, contradicts(decimal)),
        // In a whole number no decimals stand behind a mark.
        (Layout::Open { mark, is_round: false }, _) if field.is_whole() => (mark.other(), contradicts(mark.other())),
        (Layout::Open { .. }, ColumnDecimalMark::Proven(decimal) | ColumnDecimalMark::Assumed(decimal)) => {
            (decimal, false)
        }
        (Layout::Open { .. }, ColumnDecimalMark::Mixed) => return Err(FindingCode::NumberMarkMixed),
    };
    let number = scientific(body, decimal).ok_or(FindingCode::NumberInvalid)?;
    Ok((number, contradicts))
}

/// Reads digits with a decimal mark and perhaps an exponent.
fn scientific(text: &str, decimal: DecimalMark) -> Option<Number> {
    let (mantissa, exponent) = split_exponent(text)?;
    let (whole, fraction) = split(mantissa, decimal);
    let mut digits: u128 = 0;
    let mut count = 0_u32;
    for byte in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
        digits = digits.checked_mul(10)?.checked_add(u128::from(byte - b'0'))?;
        count += 1;
    }
    let scale = i32::try_from(fraction.len()).ok()? - exponent;
    let number = Number {
        is_negative: text.starts_with('-'),
        digits,
        scale: u32::try_from(scale).unwrap_or_default(),
    };
    match scale {
        _ if count == 0 => None,
        0.. => Some(number),
        _ => number.times(10_u128.checked_pow(scale.unsigned_abs())?),
    }
}

fn split_exponent(text: &str) -> Option<(&str, i32)> {
    match text.split_once('e') {
        None => Some((text, 0)),
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().ok()?;
            (-400..=400).contains(&exponent).then_some((mantissa, exponent))
        }
    }
}
