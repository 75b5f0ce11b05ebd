//! Decimal digits of a number, as many as Excel shows: fifteen.

use std::fmt::Write;

/// Numbers below this are exact whole numbers of at most fifteen digits.
const EXACT: f64 = 1e15;

/// A number as decimal digits: `0.d₁d₂… × 10^exponent`, at most fifteen of them, without trailing zeros.
#[derive(Debug, PartialEq)]
pub(crate) struct Digits {
    pub(crate) digits: Vec<u8>,
    pub(crate) exponent: i32,
}

impl Digits {
    /// The digits of the magnitude of a finite number.
    pub(crate) fn new(value: f64) -> Self {
        Self::few(value.abs()).unwrap_or_else(|| Self::many(value))
    }

    /// Numbers with few decimals, which are most, by whole numbers.
    fn few(magnitude: f64) -> Option<Self> {
        const POWERS: [f64; 5] = [1.0, 10.0, 100.0, 1000.0, 10_000.0];
        // Below it, a whole number and a number that differs by rounding have the same fifteen digits.
        const SAFE: f64 = 1e14;
        let (decimals, whole) = (0..).zip(POWERS).find_map(|(decimals, power)| {
            let scaled = magnitude * power;
            let whole = scaled.round();
            ((scaled - whole).abs() <= scaled * f64::EPSILON && whole < SAFE).then_some((decimals, whole as u64))
        })?;
        let mut digits = Vec::with_capacity(16);
        let mut rest = whole;
        while rest > 0 {
            digits.push((rest % 10) as u8);
            rest /= 10;
        }
        digits.reverse();
        let exponent = digits.len() as i32 - decimals;
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let exponent = if digits.is_empty() { 0 } else { exponent };
        Some(Self { digits, exponent })
    }

    /// Any number, by the standard library.
    fn many(value: f64) -> Self {
        let text = format!("{:.14e}", value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let mut digits: Vec<u8> = mantissa
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(|digit| digit - b'0')
            .collect();
        while digits.last() == Some(&0) {
            digits.pop();
        }
        let exponent = if digits.is_empty() {
            0
        } else {
            exponent.parse::<i32>().unwrap_or(0) + 1
        };
        Self { digits, exponent }
    }

    /// Rounds half away from zero to a number of decimals.
    pub(crate) fn round(&mut self, decimals: i32) {
        let keep = self.exponent + decimals;
        if keep < 0 {
            self.digits.clear();
            return;
        }
        let Some(next) = self.digits.get(keep as usize).copied() else {
            return;
        };
        self.digits.truncate(keep as usize);
        if next >= 5 {
            self.increment();
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        self.digits.insert(0, 1);
        self.exponent += 1;
    }

    /// The digit at 10^`power`.
    pub(crate) fn at(&self, power: i32) -> u8 {
        let index = self.exponent - 1 - power;
        usize::try_from(index)
            .ok()
            .and_then(|index| self.digits.get(index))
            .map_or(b'0', |digit| digit + b'0')
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }
}

/// Appends a number as the format `General` shows it in a cell that is wide enough: no exponent up to 10²¹, no trailing
/// `.0`, no noise beyond the fifteenth digit.
pub(crate) fn push_general(value: f64, text: &mut String) {
    if value.fract() == 0.0 && value.abs() < EXACT {
        // Infallible: writing to a string.
        let _ = write!(text, "{}", value as i64);
        return;
    }
    let digits = Digits::new(value);
    if value < 0.0 {
        text.push('-');
    }
    if digits.exponent > 21 || digits.exponent < -6 {
        push_scientific(&digits, text);
        return;
    }
    if digits.exponent <= 0 {
        text.push('0');
    }
    for power in (0..digits.exponent).rev() {
        text.push(char::from(digits.at(power)));
    }
    let last = digits.exponent - digits.digits.len() as i32;
    if last < 0 {
        text.push('.');
        for power in (last..0).rev() {
            text.push(char::from(digits.at(power)));
        }
    }
}

fn push_scientific(digits: &Digits, text: &mut String) {
    for (index, digit) in digits.digits.iter().enumerate() {
        if index == 1 {
            text.push('.');
        }
        text.push(char::from(digit + b'0'));
    }
    let _ = write!(text, "E{:+03}", digits.exponent - 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: f64, expected: &str) {
        let mut text = String::new();
        push_general(value, &mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn numbers_show_what_was_typed() {
        check(0.0, "0");
        check(-0.0, "0");
        check(1234.0, "1234");
        check(0.1 + 0.2, "0.3");
        check(1234.5, "1234.5");
        check(-1.5, "-1.5");
        check(447_911_123_456.0, "447911123456");
        check(1e15, "1000000000000000");
        check(12_345_678_901_234_567_890.0, "12345678901234600000");
        check(1e308, "1E+308");
        check(1.25e-9, "1.25E-09");
        check(0.000_123, "0.000123");
        check(99.999_999_999_999_99, "100");
    }

    #[test]
    fn both_ways_find_the_same_digits() {
        for numerator in (0..2_000_000_u32).step_by(37) {
            for power in [1.0, 10.0, 100.0, 1000.0, 3.0] {
                let value = f64::from(numerator) / power;
                assert_eq!(Digits::new(value), Digits::many(value), "{value}");
            }
        }
    }

    #[test]
    fn rounding_is_that_of_decimal_digits() {
        for (value, decimals, digits, exponent) in [
            (1.005, 2, &[1, 0, 1][..], 1),
            (0.5, 0, &[1], 1),
            (0.4, 0, &[], 0),
            (999.5, 0, &[1], 4),
            (0.04, 0, &[], -1),
        ] {
            let mut number = Digits::new(value);
            number.round(decimals);
            assert_eq!(
                (number.digits.as_slice(), number.exponent),
                (digits, exponent),
                "{value}"
            );
        }
    }
}
