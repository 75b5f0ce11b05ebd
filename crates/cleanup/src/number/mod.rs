//! Money, quantities and whole numbers.
//!
//! What: currency signs, thousands separators and units go; `(12.50)` and `12.50-` are negative; a decimal comma is read
//! where it can't be anything else. What has more digits than the field keeps is rounded half to even, and said so.
//! Why: money is kept as scaled integers, and a point read as a comma is wrong by a factor of a thousand.
//! Example: `£1,234.50` becomes 1234.50; `64,210 miles` becomes 64210; `12,5` becomes 12.5.

use torqueflow_model::{CellKind, Decimal, FindingCode, Value};

use crate::verdict::Verdict;

/// What may stand beside a number without changing it.
const UNITS: &[&str] = &[
    "miles", "mile", "mls", "mi", "m", "cc", "ccm", "cm3", "hours", "hour", "hrs", "hr", "h", "%", "gbp", "eur", "usd",
    "pcs", "each", "ea", "off", "approx", "approx.", "c.", "+vat",
];

/// The digits of a number: `digits / 10^scale`, with its sign.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number {
    negative: bool,
    digits: u128,
    scale: u32,
}

/// A decimal with this many digits after the point.
pub(crate) fn decimal(text: &str, kind: CellKind, scale: u8) -> Verdict {
    let Some(number) = read(text, kind) else {
        return Verdict::null(FindingCode::NumberInvalid);
    };
    let Some((unscaled, exact)) = number.rescale(u32::from(scale)) else {
        return Verdict::null(FindingCode::NumberOutOfRange);
    };
    let decimal = Decimal { unscaled, scale };
    Verdict::of(Value::Decimal(decimal)).note_if(!exact, FindingCode::NumberRounded, decimal.to_string())
}

/// A whole number.
pub(crate) fn integer(text: &str, kind: CellKind) -> Verdict {
    let Some(number) = read(text, kind) else {
        return Verdict::null(FindingCode::NumberInvalid);
    };
    match number.rescale(0) {
        Some((whole, exact)) => {
            Verdict::of(Value::Integer(whole)).note_if(!exact, FindingCode::NumberRounded, whole.to_string())
        }
        None => Verdict::null(FindingCode::NumberOutOfRange),
    }
}

/// Typed numbers count as they are, to the 15 digits that spreadsheets keep; their text may be rounded for show.
fn read(text: &str, kind: CellKind) -> Option<Number> {
    match kind {
        CellKind::Number(number) if number.is_finite() => parse(&format!("{number:.14e}")),
        CellKind::Number(_) => None,
        _ => parse(text),
    }
}

impl Number {
    /// The integer `self * 10^scale`, rounded half to even, and whether it is exact. `None` beyond 64 bits.
    fn rescale(self, scale: u32) -> Option<(i64, bool)> {
        let (magnitude, exact) = if self.scale <= scale {
            let grown = match self.digits {
                0 => 0,
                digits => digits.checked_mul(10_u128.checked_pow(scale - self.scale)?)?,
            };
            (grown, true)
        } else {
            // More than 38 digits after the point are nothing at all.
            let Some(divisor) = 10_u128.checked_pow(self.scale - scale) else {
                return Some((0, self.digits == 0));
            };
            let (quotient, remainder) = (self.digits / divisor, self.digits % divisor);
            let half = divisor / 2;
            let up = remainder > half || (remainder == half && quotient % 2 == 1);
            (quotient + u128::from(up), remainder == 0)
        };
        let magnitude = i64::try_from(magnitude).ok()?;
        Some((if self.negative { -magnitude } else { magnitude }, exact))
    }
}

/// Reads what people write.
fn parse(text: &str) -> Option<Number> {
    let (negative, body) = strip_dressing(text)?;
    let (mantissa, exponent) = split_exponent(&body)?;
    let (digits, scale) = read_digits(mantissa)?;
    let scale = i32::try_from(scale).ok()? - exponent;
    match u32::try_from(scale) {
        Ok(scale) => Some(Number {
            negative,
            digits,
            scale,
        }),
        Err(_) => Some(Number {
            negative,
            digits: digits.checked_mul(10_u128.checked_pow(scale.unsigned_abs())?)?,
            scale: 0,
        }),
    }
}

/// Takes off the sign, the brackets, the currency and the units. What remains begins and ends with a digit or a point.
fn strip_dressing(text: &str) -> Option<(bool, String)> {
    let mut body = text.trim().to_lowercase();
    let mut negative = false;
    loop {
        let inner = body.trim();
        let shorter = if let Some(bracketed) = inner.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            if negative {
                return None;
            }
            negative = true;
            bracketed
        } else if let Some(unsigned) = inner
            .strip_prefix(['-', '\u{2212}'])
            .or_else(|| inner.strip_suffix(['-', '\u{2212}']))
        {
            if negative {
                return None;
            }
            negative = true;
            unsigned
        } else if let Some(rest) = inner.strip_prefix(['+', '£', '$', '€', '~']) {
            rest
        } else if let Some(rest) = inner.strip_suffix(['£', '$', '€']) {
            rest
        } else if let Some(rest) = strip_unit(inner) {
            rest
        } else {
            return Some((negative, inner.to_owned()));
        };
        body = shorter.to_owned();
    }
}

fn strip_unit(text: &str) -> Option<&str> {
    let of_word = |word: &&&str| {
        let before = text
            .strip_suffix(**word)
            .filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit() || c == ' ' || c == '.'));
        let after = || {
            text.strip_prefix(**word)
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == ' '))
        };
        before.or_else(after).is_some()
    };
    let word = UNITS.iter().find(of_word)?;
    let rest = text.strip_suffix(word).or_else(|| text.strip_prefix(word))?;
    Some(rest)
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

/// The digits and how many of them stand after the decimal mark.
fn read_digits(text: &str) -> Option<(u128, u32)> {
    let (whole, fraction) = split_fraction(text)?;
    let mut digits: u128 = 0;
    let mut count = 0_u32;
    for byte in whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit) {
        digits = digits.checked_mul(10)?.checked_add(u128::from(byte - b'0'))?;
        count += 1;
    }
    (count > 0).then_some((digits, fraction.len() as u32))
}

/// Splits at the decimal mark. A single comma followed by three digits separates thousands, as in Britain, unless a lone
/// zero stands before it; any other single comma, and the later of a comma and a point, is the decimal mark.
fn split_fraction(text: &str) -> Option<(&str, &str)> {
    let commas = text.matches(',').count();
    let points = text.matches('.').count();
    let mark = match (commas, points) {
        (0, 1) => Some('.'),
        (1, 0) => is_decimal_comma(text).then_some(','),
        (_, 0) => None,
        (0, _) => return grouped(text, '.').then_some((text, "")),
        (_, 1) if text.rfind('.') > text.rfind(',') => Some('.'),
        (1, _) => Some(','),
        _ => return None,
    };
    let (whole, fraction) = match mark {
        Some(mark) => text.rsplit_once(mark)?,
        None => (text, ""),
    };
    let separator = if mark == Some(',') { '.' } else { ',' };
    let fraction_fits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    let whole_fits = whole.is_empty() || grouped(whole, separator) || grouped(whole, ' ') || grouped(whole, '\'');
    (fraction_fits && whole_fits).then_some((whole, fraction))
}

fn is_decimal_comma(text: &str) -> bool {
    text.split_once(',')
        .is_some_and(|(whole, fraction)| fraction.len() != 3 || whole == "0" || whole.is_empty())
}

/// Digits, in groups of three after the first where they are grouped at all.
fn grouped(text: &str, separator: char) -> bool {
    let digits_only = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only(text) {
        return true;
    }
    let mut groups = text.split(separator);
    let first = groups.next().unwrap_or_default();
    digits_only(first) && first.len() <= 3 && groups.all(|group| group.len() == 3 && digits_only(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(decimal(input, CellKind::Text, 2).to_string(), expected, "{input:?}");
    }

    #[test]
    fn dressing_is_dropped() {
        check("£1,234.50", "1234.50");
        check("12.5", "12.50");
        check("1 234.50 GBP", "1234.50");
        check("20%", "20.00");
        check("€ 99", "99.00");
        check(".5", "0.50");
        check("5.", "5.00");
    }

    #[test]
    fn every_way_of_saying_minus_is_read() {
        check("-12.50", "-12.50");
        check("12.50-", "-12.50");
        check("(12.50)", "-12.50");
        check("-£12.50", "-12.50");
        check("£-12.50", "-12.50");
        check("(-12.50)", "- [number_invalid]");
    }

    #[test]
    fn decimal_commas_are_read_where_provable() {
        check("12,5", "12.50");
        check("1.234,56", "1234.56");
        check("1.234.567,8", "1234567.80");
        check("1.234.567", "1234567.00");
        check("1,234", "1234.00");
        check("0,500", "0.50");
        check("1,234,567.89", "1234567.89");
    }

    #[test]
    fn wrong_grouping_is_no_number() {
        for wrong in [
            "1,23,456",
            "12,34.5",
            "1.2.3",
            "abc",
            "12 miles 3",
            "1e",
            "100 km",
            "--5",
            "",
            "-",
            "12/13",
        ] {
            check(wrong, "- [number_invalid]");
        }
    }

    #[test]
    fn rounding_is_half_to_even_and_reported() {
        check("0.125", "0.12 [number_rounded: 0.12]");
        check("0.135", "0.14 [number_rounded: 0.14]");
        check("0.1251", "0.13 [number_rounded: 0.13]");
        check("0.120", "0.12");
    }

    #[test]
    fn numbers_beyond_the_field_are_null() {
        check("99999999999999999999", "- [number_out_of_range]");
        check("1E+5", "100000.00");
        check("1E-99", "0.00 [number_rounded: 0.00]");
    }

    #[track_caller]
    fn check_typed(number: f64, expected: &str) {
        assert_eq!(decimal("shown", CellKind::Number(number), 2).to_string(), expected);
    }

    #[test]
    fn typed_numbers_are_exact() {
        check_typed(12.5, "12.50");
        check_typed(0.1 + 0.2, "0.30");
        check_typed(-1e3, "-1000.00");
        check_typed(f64::NAN, "- [number_invalid]");
        check_typed(f64::INFINITY, "- [number_invalid]");
        check_typed(1e300, "- [number_invalid]");
    }

    #[test]
    fn whole_numbers_have_the_same_dressing() {
        assert_eq!(integer("64,210 miles", CellKind::Text).to_string(), "64210");
        assert_eq!(integer("1968cc", CellKind::Text).to_string(), "1968");
        assert_eq!(integer("64210.0", CellKind::Text).to_string(), "64210");
        assert_eq!(integer("2.5", CellKind::Text).to_string(), "2 [number_rounded: 2]");
        assert_eq!(integer("x", CellKind::Number(64210.0)).to_string(), "64210");
    }
}
