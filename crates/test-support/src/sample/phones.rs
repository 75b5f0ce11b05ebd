//! Telephone numbers that belong to nobody we know, and the ways in which people type them.
//!
//! Landlines come from the ranges that Ofcom keeps for films and plays. Those for mobiles hold 1,000 numbers that strict
//! validators refuse, so mobiles are drawn from 071, which is meant for mobiles and passes for valid. Nobody is to call
//! or to text any of them.

use crate::rng::Rng;
use crate::sample::rates;

/// Area code and first digits of the ranges for films and plays that number libraries take for valid: 1,000 numbers each.
const DRAMA_LANDLINES: [(&str, &str); 14] = [
    ("0113", "4960"),
    ("0114", "4960"),
    ("0116", "4960"),
    ("0117", "4960"),
    ("0118", "4960"),
    ("0121", "4960"),
    ("0131", "4960"),
    ("0141", "4960"),
    ("0151", "4960"),
    ("0161", "4960"),
    ("020", "79460"),
    ("0191", "4980"),
    ("028", "96496"),
    ("029", "20180"),
];

/// A number, without spaces and with its leading zero.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    /// `07112`, `0113`.
    code: String,
    /// The digits after the code.
    local: String,
}

impl Number {
    /// A mobile: each `index` has its own.
    pub fn mobile(seed: u64, index: u64) -> Self {
        // The factor has no divisor in common with the modulus: different indices, different numbers.
        let start = seed.wrapping_mul(2_654_435_761) % 100_000_000;
        let subscriber = (index % 100_000_000 * 61_803_399 + start) % 100_000_000;
        let digits = format!("071{subscriber:08}");
        Self {
            code: digits.chars().take(5).collect(),
            local: digits.chars().skip(5).collect(),
        }
    }

    /// A mobile of the 1,000 that are kept for films and plays. Strict validators refuse it.
    pub fn drama_mobile(index: u64) -> Self {
        Self {
            code: "07700".to_owned(),
            local: format!("900{:03}", index % 1000),
        }
    }

    /// A landline: each `index` has its own.
    pub fn landline(seed: u64, index: u64) -> Self {
        let ranges = DRAMA_LANDLINES.len() as u64;
        let (code, start) = DRAMA_LANDLINES[(index % ranges) as usize];
        let round = index / ranges;
        if round < 1000 {
            let last = (round * 37 + seed % 1000) % 1000;
            return Self {
                code: code.to_owned(),
                local: format!("{start}{last:03}"),
            };
        }
        // Past the ranges for films: local numbers that start with a zero, which no exchange hands out.
        let (code, _) = DRAMA_LANDLINES[(index % 10) as usize];
        Self {
            code: code.to_owned(),
            local: format!("0{:06}", index / 10 * 7 % 1_000_000),
        }
    }

    /// `07112345678`.
    pub fn national(&self) -> String {
        format!("{}{}", self.code, self.local)
    }

    /// `7112345678`.
    fn without_zero(&self) -> String {
        self.national().chars().skip(1).collect()
    }

    /// `+447112345678`.
    pub fn e164(&self) -> String {
        format!("+44{}", self.without_zero())
    }

    /// The number as one of many people types it.
    pub fn typed(&self, rng: &mut Rng) -> String {
        let Self { code, local } = self;
        let (head, tail) = local.split_at(local.len() / 2);
        match rng.below(10) {
            0..=4 => format!("{code}{local}"),
            5..=6 => format!("{code} {local}"),
            7..=8 => format!("{code} {head} {tail}"),
            _ => format!("({code}) {local}"),
        }
    }
}

/// What is odd about the cell of the column for mobiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhoneQuirk {
    /// Nothing: a mobile, grouped in one of the usual ways.
    Plain,
    /// Nothing is known.
    Blank,
    /// `00000000000`, `N/A`.
    Placeholder,
    /// A mobile of the range for films and plays, which strict validators refuse.
    Drama,
    /// `07700900982 MARIA`; the first such cell of a garage is just that.
    ContactName,
    /// `7112345678`: Excel took it for a number.
    LostZero,
    /// `7.112345678E+9`: Excel took it for a large number.
    Scientific,
    /// `+44 7112 345678`.
    International,
    /// `+44 (0)7112 345678`.
    BracketedZero,
    /// `0044 7112 345678`.
    DoubleZero,
    /// A landline with an extension.
    Extension,
    /// A mobile and a landline.
    TwoNumbers,
    /// A landline.
    Landline,
}

/// A cell of the column for mobiles, and what is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneCell {
    /// What the export writes.
    pub text: String,
    /// What is odd about it.
    pub quirk: PhoneQuirk,
    /// The first number in it, in E.164.
    pub e164: Option<String>,
    /// The second number in it, in E.164.
    pub second_e164: Option<String>,
    /// The extension in it.
    pub extension: Option<String>,
}

impl PhoneCell {
    /// A cell with `quirk` for the person called `first_name`.
    pub fn new(quirk: PhoneQuirk, mobile: &Number, landline: &Number, first_name: &str, rng: &mut Rng) -> Self {
        let number = match quirk {
            PhoneQuirk::Blank | PhoneQuirk::Placeholder => None,
            PhoneQuirk::Extension | PhoneQuirk::Landline => Some(landline),
            _ => Some(mobile),
        };
        let extension = (quirk == PhoneQuirk::Extension).then(|| rng.between(2, 499).to_string());
        let text = match quirk {
            PhoneQuirk::Plain | PhoneQuirk::Drama => mobile.typed(rng),
            PhoneQuirk::Blank => String::new(),
            PhoneQuirk::Placeholder => rng
                .pick(&["00000000000", "N/A", "TBC", "-", "0", "07000000000", "none"])
                .to_owned(),
            PhoneQuirk::ContactName => format!("{} {}", mobile.national(), first_name.to_uppercase()),
            PhoneQuirk::LostZero => mobile.without_zero(),
            PhoneQuirk::Scientific => scientific(&mobile.without_zero()),
            PhoneQuirk::International => format!("+44 {} {}", &mobile.code[1..], mobile.local),
            PhoneQuirk::BracketedZero => format!("+44 (0){} {}", &mobile.code[1..], mobile.local),
            PhoneQuirk::DoubleZero => format!("0044 {} {}", &mobile.code[1..], mobile.local),
            PhoneQuirk::Extension => {
                let word = rng.pick(&["ext", "ext.", "x", "extn"]);
                format!(
                    "{} {word} {}",
                    landline.typed(rng),
                    extension.as_deref().unwrap_or_default()
                )
            }
            PhoneQuirk::TwoNumbers => {
                let between = rng.pick(&[" / ", " or ", ", ", "/"]);
                format!("{}{between}{}", mobile.typed(rng), landline.typed(rng))
            }
            PhoneQuirk::Landline => landline.typed(rng),
        };
        Self {
            text,
            quirk,
            e164: number.map(Number::e164),
            second_e164: (quirk == PhoneQuirk::TwoNumbers).then(|| landline.e164()),
            extension,
        }
    }

    /// The quirks of `count` cells, at the rates of [`rates::PHONE`].
    pub fn deal_quirks(count: usize, rng: &mut Rng) -> Vec<PhoneQuirk> {
        rng.deal(count, PhoneQuirk::Plain, &rates::PHONE)
    }
}

/// `7.112345678E+9`, without zeros at the end, as Excel writes it.
fn scientific(digits: &str) -> String {
    let (head, tail) = digits.split_at(1);
    let tail = tail.trim_end_matches('0');
    if tail.is_empty() {
        format!("{head}E+9")
    } else {
        format!("{head}.{tail}E+9")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_index_has_its_own_number() {
        let mobiles: BTreeSet<Number> = (0..50_000).map(|index| Number::mobile(7, index)).collect();
        let landlines: BTreeSet<Number> = (0..50_000).map(|index| Number::landline(7, index)).collect();
        assert_eq!((mobiles.len(), landlines.len()), (50_000, 50_000));
    }

    #[test]
    fn numbers_have_eleven_digits() {
        for index in [0, 1, 13, 14, 13_999, 14_000, 199_999] {
            assert_eq!(Number::mobile(1, index).national().len(), 11);
            assert_eq!(Number::landline(1, index).national().len(), 11);
            assert_eq!(Number::drama_mobile(index).national().len(), 11);
        }
    }

    #[test]
    fn quirks_look_as_they_do_in_real_files() {
        let mobile = Number::drama_mobile(982);
        let landline = Number::landline(0, 0);
        let text = |quirk| PhoneCell::new(quirk, &mobile, &landline, "Maria", &mut Rng::new(3)).text;
        assert_eq!(text(PhoneQuirk::ContactName), "07700900982 MARIA");
        assert_eq!(text(PhoneQuirk::LostZero), "7700900982");
        assert_eq!(text(PhoneQuirk::Scientific), "7.700900982E+9");
        assert_eq!(text(PhoneQuirk::BracketedZero), "+44 (0)7700 900982");
        assert_eq!(text(PhoneQuirk::DoubleZero), "0044 7700 900982");
        assert_eq!(mobile.e164(), "+447700900982");
    }
}
