//! Moments and amounts, written as the export writes them.

use std::fmt;

use crate::rng::Rng;

/// The day on which the sample was exported: nothing in it asks the clock.
pub const EXPORT_DAY: Moment = Moment {
    days: 19_905,
    seconds: 0,
};

/// What the export writes where a date is not known.
pub const NULL_DATES: [&str; 2] = ["01/01/0001 00:00:00", "30/12/1899"];

/// A point in time, without a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Days since 1 January 1970.
    pub days: i64,
    /// Seconds since midnight.
    pub seconds: i64,
}

impl Moment {
    /// Midnight, `days` after the day of the export (before it, where negative).
    pub fn from_export(days: i64) -> Self {
        Self {
            days: EXPORT_DAY.days + days,
            seconds: 0,
        }
    }

    /// The same day at a time when a garage is open.
    #[must_use]
    pub fn in_working_hours(self, rng: &mut Rng) -> Self {
        Self {
            days: self.days,
            seconds: rng.between(8 * 60, 17 * 60 + 59) * 60,
        }
    }

    /// The same time, `days` later.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self {
            days: self.days + days,
            ..self
        }
    }

    /// Year, month and day of the Gregorian calendar.
    pub fn ymd(self) -> (i64, i64, i64) {
        // Counted from 1 March of year 0, so that the leap day is the last day of a year.
        let days = self.days + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        let (hour, minute, second) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        write!(
            formatter,
            "{day:02}/{month:02}/{year:04} {hour:02}:{minute:02}:{second:02}"
        )
    }
}

/// A cell that should hold a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateCell {
    /// The truth; `None` where the garage does not know.
    pub value: Option<Moment>,
    /// What the export writes: the date, a null date or nothing.
    pub text: String,
}

impl DateCell {
    /// A known date.
    pub fn known(value: Moment) -> Self {
        Self {
            value: Some(value),
            text: value.to_string(),
        }
    }

    /// An unknown date, written as one of [`NULL_DATES`].
    pub fn null(rng: &mut Rng) -> Self {
        Self {
            value: None,
            text: rng.pick(&NULL_DATES).to_owned(),
        }
    }

    /// A cell with nothing in it.
    pub fn blank() -> Self {
        Self {
            value: None,
            text: String::new(),
        }
    }

    /// A known date, but a null date in `rate` of 1,000 cases.
    pub fn mostly_known(value: Moment, rate: u32, rng: &mut Rng) -> Self {
        if rng.per_mille(rate) {
            Self::null(rng)
        } else {
            Self::known(value)
        }
    }
}

/// An amount of money. Written as `1,234.56`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Pence(pub i64);

impl Pence {
    /// The VAT on this amount at the standard rate of 20 %, to the nearest penny.
    #[must_use]
    pub fn vat(self) -> Self {
        Self((self.0 * 20 + 50).div_euclid(100))
    }
}

impl fmt::Display for Pence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (pounds, pence) = (self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100);
        write!(formatter, "{sign}{}.{pence:02}", thousands(pounds))
    }
}

/// `12,345` for 12345.
pub fn thousands(number: u64) -> String {
    let (above, below) = (number / 1000, number % 1000);
    if above == 0 {
        below.to_string()
    } else {
        format!("{},{below:03}", thousands(above))
    }
}

/// `1.25` for 125: hours, quantities and rates.
pub fn hundredths(number: i64) -> String {
    format!("{}.{:02}", number / 100, number % 100)
}

/// `True` or `False`, as the export writes them.
pub fn flag(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_day_first() {
        assert_eq!(EXPORT_DAY.to_string(), "01/07/2024 00:00:00");
        assert_eq!(Moment { days: 0, seconds: 3723 }.to_string(), "01/01/1970 01:02:03");
        assert_eq!(
            Moment {
                days: 19_782,
                seconds: 86_399
            }
            .to_string(),
            "29/02/2024 23:59:59"
        );
        assert_eq!(Moment { days: -1, seconds: 0 }.to_string(), "31/12/1969 00:00:00");
    }

    #[test]
    fn money_has_thousands_separators() {
        assert_eq!(Pence(123_456_789).to_string(), "1,234,567.89");
        assert_eq!(Pence(100_005).to_string(), "1,000.05");
        assert_eq!(Pence(-5).to_string(), "-0.05");
        assert_eq!(Pence(99_999).to_string(), "999.99");
    }

    #[test]
    fn vat_is_rounded_to_the_penny() {
        assert_eq!(Pence(333).vat(), Pence(67));
        assert_eq!(Pence(332).vat(), Pence(66));
    }
}
