//! Rates that are written as fractions of one: `0,22` for 22 %.

/// Rates of value added taxes, in hundredths of a percent, that are or were in use (European Commission, "VAT rates applied in
/// the Member States"; for the United Kingdom, Switzerland, Norway, Iceland, Turkey, Canada, New Zealand and India their revenue
/// services).
#[rustfmt::skip]
const RATES: [u64; 42] = [
    100, 210, 250, 260, 300, 370, 380, 400, 480, 500, 550, 600, 700, 770, 800, 810, 850, 900, 950, 1000, 1100, 1200,
    1250, 1300, 1350, 1400, 1500, 1600, 1700, 1750, 1800, 1900, 1960, 2000, 2100, 2200, 2300, 2400, 2500, 2550,
    2700, 2800,
];

/// Whether the decimals of a number below one make a rate in use. `None`: it is nothing.
pub(super) fn fraction(core: &str) -> Option<bool> {
    let decimals = core.split(['.', ',']).nth(1).unwrap_or_default();
    let mut digits = decimals.bytes().map(|byte| u64::from(byte.wrapping_sub(b'0')));
    let rate = (0..4).fold(0, |rate, _| rate * 10 + digits.next().unwrap_or_default());
    let is_more = digits.any(|digit| digit > 0);
    (rate > 0 || is_more).then_some(!is_more && is_rate(rate))
}

/// The same of a typed number.
pub(super) fn typed_fraction(number: f64) -> Option<bool> {
    if !(0.0..1.0).contains(&number) {
        return Some(false);
    }
    let rate = number * 10_000.0;
    let is_exact = (rate - rate.round()).abs() < 1e-6;
    (number > 0.0).then(|| is_exact && is_rate(rate.round() as u64))
}

fn is_rate(hundredths: u64) -> bool {
    RATES.contains(&hundredths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_rates_in_use_or_not() {
        for (text, expected) in [
            ("0,22", Some(true)),
            ("0.055", Some(true)),
            (".2", Some(true)),
            ("0.2000", Some(true)),
            ("0.221", Some(false)),
            ("0.20001", Some(false)),
            ("0.5", Some(false)),
            ("0,0", None),
            ("0", None),
        ] {
            assert_eq!(fraction(text), expected, "{text}");
        }
        for (number, expected) in [
            (0.1 + 0.1, Some(true)),
            (0.33, Some(false)),
            (0.0, None),
            (-0.2, Some(false)),
            (f64::NAN, Some(false)),
        ] {
            assert_eq!(typed_fraction(number), expected, "{number}");
        }
    }
}
