//! Decimal digits of a number, as many as Excel shows: fifteen.

use std::fmt::{self, Write};

/// Numbers below this are exact whole numbers of at most fifteen digits.
const EXACT: f64 = 1e15;

/// Digits that a number is shown with.
const MOST_DIGITS: usize = 15;

/// A number as decimal digits: `0.d₁d₂… × 10^exponent`, at most fifteen of them, without trailing zeros.
#[derive(Debug, Clone, Default)]
pub(crate) struct Digits {
    places: [u8; MOST_DIGITS],
    length: usize,
    pub(crate) exponent: i32,
}

impl Digits {
    /// The digits of the magnitude of a finite number.
    pub(crate) fn new(value: f64) -> Self {
        Self::few(value.abs()).unwrap_or_else(|| Self::many(value.abs()))
    }

    /// Numbers with few decimals, which are most, by whole numbers.
    fn few(magnitude: f64) -> Option<Self> {
        const POWERS: [f64; 5] = [1.0, 10.0, 100.0, 1000.0, 10_000.0];
        // Below it, a whole number and a number that differs by rounding have the same fifteen digits.
        const SAFE: f64 = 1e14;
        let (decimals, mut rest) = (0..).zip(POWERS).find_map(|(decimals, power)| {
            let scaled = magnitude * power;
            let whole = scaled.round();
            ((scaled - whole).abs() <= scaled * f64::EPSILON && whole < SAFE).then_some((decimals, whole as u64))
        })?;
        let mut digits = Self::default();
        let length = rest.checked_ilog10().map_or(0, |power| power as usize + 1);
        for digit in digits.places.iter_mut().take(length).rev() {
            *digit = (rest % 10) as u8;
            rest /= 10;
        }
        digits.length = length;
        digits.exponent = length as i32 - decimals;
        digits.trim();
        Some(digits)
    }

    /// Any number, by the standard library.
    fn many(magnitude: f64) -> Self {
        let mut written = Scientific::default();
        // Infallible: nothing is ever refused.
        let _ = write!(written, "{:.*e}", MOST_DIGITS - 1, magnitude);
        let mut digits = written.digits;
        digits.exponent = if written.is_negative_power {
            1 - written.power
        } else {
            1 + written.power
        };
        digits.trim();
        digits
    }

    /// The digits, the highest first.
    fn as_slice(&self) -> &[u8] {
        self.places.get(..self.length).unwrap_or_default()
    }

    /// Leaves zeros at the end out; zero has no digits at all.
    fn trim(&mut self) {
        let last = self.as_slice().iter().rposition(|digit| *digit != 0);
        self.length = last.map_or(0, |last| last + 1);
        if self.length == 0 {
            self.exponent = 0;
        }
    }

    /// Rounds half away from zero to a number of decimals.
    pub(crate) fn round(&mut self, decimals: i32) {
        let Ok(keep) = usize::try_from(self.exponent + decimals) else {
            self.length = 0;
            return;
        };
        let Some(next) = self.as_slice().get(keep).copied() else {
            return;
        };
        self.length = keep;
        if next >= 5 {
            self.increment();
        }
        let exponent = self.exponent;
        self.trim();
        self.exponent = exponent;
    }

    fn increment(&mut self) {
        for digit in self.places.iter_mut().take(self.length).rev() {
            if *digit < 9 {
                *digit += 1;
                return;
            }
            *digit = 0;
        }
        // All were nines.
        self.places = [0; MOST_DIGITS];
        if let Some(first) = self.places.first_mut() {
            *first = 1;
        }
        self.length = 1;
        self.exponent += 1;
    }

    /// The power of ten of the last digit.
    pub(crate) fn lowest(&self) -> i32 {
        self.exponent - self.length as i32
    }

    /// The digit at 10^`power`.
    pub(crate) fn at(&self, power: i32) -> u8 {
        let index = self.exponent - 1 - power;
        usize::try_from(index)
            .ok()
            .and_then(|index| self.as_slice().get(index))
            .map_or(b'0', |digit| digit + b'0')
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.length == 0
    }
}

/// Takes in a number that the standard library writes as `1.25e-9`.
#[derive(Default)]
struct Scientific {
    digits: Digits,
    power: i32,
    in_power: bool,
    is_negative_power: bool,
}

impl Write for Scientific {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'e' => self.in_power = true,
                b'-' => self.is_negative_power = true,
                b'0'..=b'9' if self.in_power => self.power = self.power * 10 + i32::from(byte - b'0'),
                b'0'..=b'9' => {
                    if let Some(digit) = self.digits.places.get_mut(self.digits.length) {
                        *digit = byte - b'0';
                        self.digits.length += 1;
                    }
                }
                _ => {}
            }
        }
        Ok(())
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
    if digits.lowest() < 0 {
        text.push('.');
        for power in (digits.lowest()..0).rev() {
            text.push(char::from(digits.at(power)));
        }
    }
}

fn push_scientific(digits: &Digits, text: &mut String) {
    for (index, digit) in digits.as_slice().iter().enumerate() {
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
                let (one, other) = (Digits::new(value), Digits::many(value));
                assert_eq!(
                    (one.as_slice(), one.exponent),
                    (other.as_slice(), other.exponent),
                    "{value}"
                );
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
            assert_eq!((number.as_slice(), number.exponent), (digits, exponent), "{value}");
        }
    }
}
