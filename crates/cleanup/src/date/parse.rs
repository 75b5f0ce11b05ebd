//! Reading the parts of a date, without judging them.

use time::{Date, Duration, PrimitiveDateTime, Time};

use super::MIDNIGHT;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parts {
    pub date: DateParts,
    pub time: Time,
}

/// A date, as far as the text alone decides it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum DateParts {
    /// Three numbers.
    Triple(Triple),
    /// A moment on the calendar, from a serial number.
    Moment(PrimitiveDateTime),
}

/// Day, month and year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Triple {
    /// The first of day and month as written; the day when `fixed`.
    pub first: u8,
    /// The second; the month when `fixed`.
    pub second: u8,
    pub year: Year,
    /// The text itself says which is the day: ISO 8601, or a month by name.
    pub fixed: bool,
}

/// A year as written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Year {
    Full(i32),
    Short(u8),
}

/// Serials of 1930-01-01 to 2099-12-31. Other numbers in a date column are something else.
const SERIALS: std::ops::RangeInclusive<i64> = 10_959..=73_050;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Reads a typed number: a compact date or a serial with its time of day (ECMA-376 part 1, 18.17.4.1, 1900 system).
pub(super) fn number(number: f64) -> Option<Parts> {
    if !number.is_finite() || !(0.0..100_000_000.0).contains(&number) {
        return None;
    }
    let whole = number.floor() as i64;
    if number.fract() == 0.0 && whole >= 1_000_000 {
        return compact(&format!("{whole:08}"), MIDNIGHT);
    }
    serial(number)
}

fn serial(number: f64) -> Option<Parts> {
    let days = number.floor() as i64;
    if !SERIALS.contains(&days) {
        return None;
    }
    let start = Date::from_calendar_date(1899, time::Month::December, 30).ok()?;
    let seconds = (number.fract() * 86_400.0).round() as i64;
    let moment = start
        .checked_add(Duration::days(days))?
        .midnight()
        .checked_add(Duration::seconds(seconds))?;
    Some(Parts {
        date: DateParts::Moment(moment),
        time: moment.time(),
    })
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Option<Parts> {
    let mut cursor = Cursor::new(text)?;
    if let Some(parts) = bare_number(text) {
        return Some(parts);
    }
    cursor.skip_weekday();
    let triple = cursor.date()?;
    let time = cursor.time()?;
    Some(Parts {
        date: DateParts::Triple(triple),
        time,
    })
}

/// Nothing but digits, perhaps with a fraction.
fn bare_number(text: &str) -> Option<Parts> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    match (text.len(), text.contains('.')) {
        (7, false) => compact(&format!("0{text}"), MIDNIGHT),
        (8, false) => compact(text, MIDNIGHT),
        (14, false) => {
            let (date, time) = text.split_at_checked(8)?;
            compact(date, compact_time(time)?)
        }
        (5, false) => serial(text.parse().ok()?),
        // A point after five digits is a serial's; in any other place it separates the parts of a date.
        (6.., true) if text.find('.') == Some(5) && text.matches('.').count() == 1 => serial(text.parse().ok()?),
        _ => None,
    }
}

/// `yyyymmdd`, else `ddmmyyyy` in the column's order.
fn compact(digits: &str, time: Time) -> Option<Parts> {
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u16>().ok();
    let is_year = |year: u16| (1850..=2150).contains(&year);
    let is_part = |part: u16, most: u16| (1..=most).contains(&part);
    let triple = |first: u16, second: u16, year: u16, fixed: bool| Parts {
        date: DateParts::Triple(Triple {
            first: first as u8,
            second: second as u8,
            year: Year::Full(i32::from(year)),
            fixed,
        }),
        time,
    };
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    if is_year(year) && is_part(month, 12) && is_part(day, 31) {
        return Some(triple(day, month, year, true));
    }
    let (first, second, year) = (part(0..2)?, part(2..4)?, part(4..8)?);
    let null = first == 0 && second == 0 && year == 0;
    let possible =
        is_part(first, 31) && is_part(second, 31) && (first <= 12 || second <= 12) && (is_year(year) || year == 1);
    (null || possible).then(|| triple(first, second, year, false))
}

fn compact_time(digits: &str) -> Option<Time> {
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u8>().ok();
    Time::from_hms(part(0..2)?, part(2..4)?, part(4..6)?).ok()
}

/// A place in a text of ASCII; dates have nothing else.
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Texts beyond any date's length are none, and are not looked at.
    fn new(text: &'a str) -> Option<Self> {
        (text.len() <= 64 && text.is_ascii()).then_some(Self { rest: text })
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a str {
        let end = self
            .rest
            .bytes()
            .position(|byte| !keep(byte))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn digits(&mut self) -> &'a str {
        self.take_while(|byte| byte.is_ascii_digit())
    }

    fn word(&mut self) -> &'a str {
        self.take_while(|byte| byte.is_ascii_alphabetic())
    }

    fn separators(&mut self) -> &'a str {
        self.take_while(|byte| matches!(byte, b' ' | b'-' | b'/' | b'.' | b',' | b'\''))
    }

    fn skip_weekday(&mut self) {
        let before = self.rest;
        let word = self.word();
        if word.len() >= 3 && is_start_of(word, &WEEKDAYS).is_some() {
            self.separators();
        } else {
            self.rest = before;
        }
    }

    /// The date, leaving the time.
    fn date(&mut self) -> Option<Triple> {
        let first = self.digits();
        if first.is_empty() {
            return self.month_name_first();
        }
        if first.len() > 4 {
            return None;
        }
        let ordinal = self.skip_ordinal();
        let separator = self.separators();
        if separator.len() > 2 {
            return None;
        }
        if self.rest.starts_with(|next: char| next.is_ascii_alphabetic()) {
            return self.month_name_second(first);
        }
        if separator.is_empty() || ordinal {
            return None;
        }
        self.numeric(first, separator)
    }

    /// `31/12/2024`, `2024-12-31`, `2024-12`.
    fn numeric(&mut self, first: &str, separator: &str) -> Option<Triple> {
        let second = self.digits();
        if second.is_empty() || second.len() > 2 {
            return None;
        }
        if first.len() == 4 {
            let year = Year::Full(first.parse().ok()?);
            let before = self.rest;
            let third = if self.separators() == separator {
                self.digits()
            } else {
                ""
            };
            if third.is_empty() {
                // A month without a day, as DVLA gives them: its first.
                self.rest = before;
                return Some(fixed(1, second.parse().ok()?, year));
            }
            return (third.len() <= 2).then_some(fixed(third.parse().ok()?, second.parse().ok()?, year));
        }
        if first.len() > 2 || self.separators() != separator {
            return None;
        }
        Some(Triple {
            first: first.parse().ok()?,
            second: second.parse().ok()?,
            year: year(self.digits())?,
            fixed: false,
        })
    }

    /// `12 Mar 2024`, `12-Mar-24`, `2024 Mar 12`.
    fn month_name_second(&mut self, first: &str) -> Option<Triple> {
        let month = month(self.word())?;
        self.separators();
        let last = self.digits();
        if first.len() == 4 {
            let day = if last.is_empty() { 1 } else { last.parse().ok()? };
            return Some(fixed(day, month, Year::Full(first.parse().ok()?)));
        }
        Some(fixed(first.parse().ok()?, month, year(last)?))
    }

    /// `March 12, 2024`, `Mar-24`, `March 2024`.
    fn month_name_first(&mut self) -> Option<Triple> {
        let month = month(self.word())?;
        self.separators();
        let second = self.digits();
        let before = self.rest;
        self.skip_ordinal();
        let separator = self.separators();
        let next = self.digits();
        let time_follows = self.rest.starts_with(':');
        if second.len() <= 2 && !separator.is_empty() && !next.is_empty() && !time_follows {
            return Some(fixed(second.parse().ok()?, month, year(next)?));
        }
        self.rest = before;
        Some(fixed(1, month, year(second)?))
    }

    /// `st`, `nd`, `rd`, `th` after a day.
    fn skip_ordinal(&mut self) -> bool {
        let before = self.rest;
        let word = self.word().to_ascii_lowercase();
        let found = matches!(word.as_str(), "st" | "nd" | "rd" | "th");
        if !found {
            self.rest = before;
        }
        found
    }

    /// The time of day up to the end of the text, midnight where there is none.
    fn time(&mut self) -> Option<Time> {
        if self.rest.is_empty() {
            return Some(MIDNIGHT);
        }
        if let Some(rest) = self.rest.strip_prefix(['T', 't']) {
            self.rest = rest;
        } else if self.take_while(|byte| matches!(byte, b' ' | b',')).is_empty() {
            return None;
        }
        let hour: u8 = self.digits().parse().ok()?;
        let minute = self.part_of_time()?;
        let second = if self.rest.starts_with([':', '.']) {
            self.part_of_time()?
        } else {
            0
        };
        if self.rest.starts_with(['.', ',']) {
            self.take_while(|byte| matches!(byte, b'.' | b','));
            self.digits();
        }
        let hour = self.half_of_day(hour)?;
        self.skip_zone()?;
        Time::from_hms(hour, minute, second).ok()
    }

    fn part_of_time(&mut self) -> Option<u8> {
        self.rest = self.rest.strip_prefix([':', '.'])?;
        let digits = self.digits();
        (digits.len() == 2).then(|| digits.parse().ok())?
    }

    fn half_of_day(&mut self, hour: u8) -> Option<u8> {
        let before = self.rest;
        self.take_while(|byte| byte == b' ');
        let half = self
            .take_while(|byte| byte.is_ascii_alphabetic() || byte == b'.')
            .to_ascii_lowercase();
        match (half.as_str(), hour) {
            ("am" | "a.m." | "a", 12) => Some(0),
            ("am" | "a.m." | "a", 0..=11) | ("pm" | "p.m." | "p", 12..=23) => Some(hour),
            ("pm" | "p.m." | "p", 0..=11) => Some(hour + 12),
            ("am" | "a.m." | "a" | "pm" | "p.m." | "p", _) => None,
            _ => {
                self.rest = before;
                Some(hour)
            }
        }
    }

    /// A zone or an offset, which is dropped; anything else is no date.
    fn skip_zone(&mut self) -> Option<()> {
        self.take_while(|byte| byte == b' ');
        let name = self.word().to_ascii_lowercase();
        if !matches!(name.as_str(), "" | "z" | "utc" | "gmt" | "bst") {
            return None;
        }
        if self.rest.starts_with(['+', '-']) {
            let offset = self.take_while(|byte| matches!(byte, b'+' | b'-' | b':') || byte.is_ascii_digit());
            if !(3..=6).contains(&offset.len()) {
                return None;
            }
        }
        self.rest.is_empty().then_some(())
    }
}

fn fixed(day: u8, month: u8, year: Year) -> Triple {
    Triple {
        first: day,
        second: month,
        year,
        fixed: true,
    }
}

fn year(digits: &str) -> Option<Year> {
    match digits.len() {
        2 => Some(Year::Short(digits.parse().ok()?)),
        4 => Some(Year::Full(digits.parse().ok()?)),
        _ => None,
    }
}

/// A month by its name or the start of it, at least three letters.
fn month(word: &str) -> Option<u8> {
    let index = if word.len() < 3 {
        None
    } else {
        is_start_of(word, &MONTHS)
    }?;
    Some(index as u8 + 1)
}

fn is_start_of(word: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| {
        name.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word))
    })
}
