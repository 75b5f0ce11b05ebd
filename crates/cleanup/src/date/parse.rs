//! Reading the parts of a date, without judging them.

use time::{Date, Duration, PrimitiveDateTime, Time};

use super::MIDNIGHT;
use super::words::{is_link, is_weekday, month};

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parts<'t> {
    pub date: DateParts,
    pub time: Time,
    /// What stands behind the date and is no time of day that can be read.
    pub unread: &'t str,
}

/// What a bare number in a column of dates counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum DateNumbers {
    /// Days, as spreadsheets count them: 1 is 1 January 1900 (ECMA-376 part 1, 18.17.4.1).
    #[default]
    Serial1900,
    /// Days of a workbook that counts from 1904: 0 is 1 January 1904.
    Serial1904,
    /// Seconds since the beginning of 1970 (POSIX.1-2017, 4.16), read as the clock of Universal Time.
    UnixSeconds,
    /// Thousandths of them.
    UnixMilliseconds,
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
/// By how many days the two systems of serials differ.
const DAYS_TO_1904: i64 = 1_462;
/// Seconds from the beginning of the year 1 to that of 1970, in the calendar of today: `FileMaker` counts from there, by the local
/// clock (`FileMaker` Pro, "About date and time calculations"). Numbers of eleven digits that are a date so are nothing else.
const YEAR_ONE_TO_1970: f64 = 62_135_596_800.0;
/// Seconds of 1980-01-01 to 2049-12-31.
const UNIX_SECONDS: std::ops::Range<f64> = 315_532_800.0..2_524_608_000.0;

/// Reads a typed number: a compact date, a serial with its time of day, or Unix time.
pub(super) fn number(number: f64, numbers: DateNumbers) -> Option<Parts<'static>> {
    if let Some(parts) = unix(number, numbers).or_else(|| since_year_one(number)) {
        return Some(parts);
    }
    if !number.is_finite() || !(0.0..100_000_000.0).contains(&number) {
        return None;
    }
    let whole = number.floor() as i64;
    if number.fract() == 0.0 && whole >= 1_000_000 {
        return compact(&format!("{whole:08}"), MIDNIGHT);
    }
    serial(number, numbers)
}

fn serial(number: f64, numbers: DateNumbers) -> Option<Parts<'static>> {
    let since_1900 = match numbers {
        DateNumbers::Serial1904 => DAYS_TO_1904,
        _ => 0,
    };
    let days = number.floor() as i64 + since_1900;
    if !SERIALS.contains(&days) {
        return None;
    }
    let start = Date::from_calendar_date(1899, time::Month::December, 30).ok()?;
    let seconds = (number.fract() * 86_400.0).round() as i64;
    let moment = start
        .checked_add(Duration::days(days))?
        .midnight()
        .checked_add(Duration::seconds(seconds))?;
    Some(Parts::moment(moment))
}

impl Parts<'static> {
    fn moment(moment: PrimitiveDateTime) -> Self {
        Self {
            date: DateParts::Moment(moment),
            time: moment.time(),
            unread: "",
        }
    }
}

/// Seconds since the beginning of the year 1.
fn since_year_one(number: f64) -> Option<Parts<'static>> {
    let seconds = number - YEAR_ONE_TO_1970;
    UNIX_SECONDS
        .contains(&seconds)
        .then(|| unix(seconds, DateNumbers::UnixSeconds))?
}

/// A number in a column that counts Unix time. Its zero stands for no date.
fn unix(number: f64, numbers: DateNumbers) -> Option<Parts<'static>> {
    let seconds = match numbers {
        DateNumbers::UnixSeconds => number,
        DateNumbers::UnixMilliseconds => number / 1000.0,
        DateNumbers::Serial1900 | DateNumbers::Serial1904 => return None,
    };
    if seconds == 0.0 {
        let none = fixed(0, 0, Year::Full(1970));
        return Some(Parts {
            date: DateParts::Triple(none),
            time: MIDNIGHT,
            unread: "",
        });
    }
    if !UNIX_SECONDS.contains(&seconds) {
        return None;
    }
    let start = Date::from_calendar_date(1970, time::Month::January, 1).ok()?;
    let moment = start
        .midnight()
        .checked_add(Duration::seconds(seconds.floor() as i64))?;
    Some(Parts::moment(moment))
}

/// Which Unix time a number may be.
pub(super) fn may_be_unix(number: f64) -> Option<DateNumbers> {
    [DateNumbers::UnixSeconds, DateNumbers::UnixMilliseconds]
        .into_iter()
        .find(|numbers| number != 0.0 && unix(number, *numbers).is_some())
}

/// The number that a text of digits is, with decimals perhaps.
pub(super) fn plain_number(text: &str) -> Option<f64> {
    let is_plain = (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_plain.then(|| text.parse().ok())?
}

/// Reads a text.
pub(super) fn parse(text: &str, numbers: DateNumbers) -> Option<Parts<'_>> {
    let mut cursor = Cursor::new(text)?;
    if let Some(parts) = bare_number(text, numbers) {
        return Some(parts);
    }
    cursor.skip_weekday();
    let triple = cursor.date()?;
    let behind = cursor.rest;
    let (time, unread) = match cursor.time() {
        Some(time) => (time, ""),
        None if may_be_left_out(behind) => (MIDNIGHT, behind.trim_start_matches(['T', 't', ',', ' '])),
        None => return None,
    };
    Some(Parts {
        date: DateParts::Triple(triple),
        time,
        unread,
    })
}

/// Whether what stands behind a date is apart from it and no second date.
fn may_be_left_out(behind: &str) -> bool {
    let after_t = behind.strip_prefix(['T', 't']);
    let is_apart = behind.starts_with([' ', ','])
        || after_t.is_some_and(|time| time.starts_with(|next: char| next.is_ascii_digit()));
    is_apart && !behind.contains('/') && behind.bytes().filter(u8::is_ascii_digit).count() <= 6
}

/// Nothing but digits, perhaps with a fraction.
fn bare_number(text: &str, numbers: DateNumbers) -> Option<Parts<'static>> {
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    if let Some(parts) = plain_number(text).and_then(|number| unix(number, numbers)) {
        return Some(parts);
    }
    match (text.len(), text.contains('.')) {
        (7, false) => compact(&format!("0{text}"), MIDNIGHT),
        (8, false) => compact(text, MIDNIGHT),
        (14, false) => {
            let (date, time) = text.split_at_checked(8)?;
            compact(date, compact_time(time)?)
        }
        (5, false) => serial(text.parse().ok()?, numbers),
        (11, false) => since_year_one(text.parse().ok()?),
        // A point after five digits is a serial's; in any other place it separates the parts of a date.
        (6.., true) if text.find('.') == Some(5) && text.matches('.').count() == 1 => {
            serial(text.parse().ok()?, numbers)
        }
        _ => None,
    }
}

/// `yyyymmdd`, else `ddmmyyyy` in the column's order.
fn compact(digits: &str, time: Time) -> Option<Parts<'static>> {
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
        unread: "",
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

/// A place in a text; beside ASCII dates have letters of other languages only.
pub(super) struct Cursor<'a> {
    pub(super) rest: &'a str,
}

impl<'a> Cursor<'a> {
    /// Texts beyond any date's length are none, and are not looked at.
    fn new(text: &'a str) -> Option<Self> {
        let is_plain = |character: char| character.is_ascii() || character.is_alphabetic();
        let are_plain = || text.is_ascii() || text.chars().all(is_plain);
        (text.len() <= 64 && are_plain()).then_some(Self { rest: text })
    }

    pub(super) fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'a str {
        let end = self
            .rest
            .bytes()
            .position(|byte| !keep(byte))
            .unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    pub(super) fn digits(&mut self) -> &'a str {
        self.take_while(|byte| byte.is_ascii_digit())
    }

    pub(super) fn word(&mut self) -> &'a str {
        let end = self.rest.find(|next: char| !next.is_alphabetic());
        let (word, rest) = self
            .rest
            .split_at_checked(end.unwrap_or(self.rest.len()))
            .unwrap_or(("", self.rest));
        self.rest = rest;
        word
    }

    /// A word that only joins the parts of a date, and the space behind it: `5 de enero de 2024`.
    fn skip_link(&mut self) {
        let before = self.rest;
        if !is_link(self.word()) || self.separators().is_empty() {
            self.rest = before;
        }
    }

    fn begins_word(&self) -> bool {
        self.rest.starts_with(char::is_alphabetic)
    }

    fn separators(&mut self) -> &'a str {
        self.take_while(|byte| matches!(byte, b' ' | b'-' | b'/' | b'.' | b',' | b'\''))
    }

    fn skip_weekday(&mut self) {
        if !self.begins_word() {
            return;
        }
        let before = self.rest;
        if is_weekday(self.word()) {
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
        if self.begins_word() {
            return self.month_name_second(first);
        }
        if separator.is_empty() || ordinal {
            return None;
        }
        self.numeric(first, separator)
    }

    /// `31/12/2024`, `2024-12-31`, `2024-12`, `12/2024`.
    fn numeric(&mut self, first: &str, separator: &str) -> Option<Triple> {
        let second = self.digits();
        if let Some(month) = month_of_year(first, separator, second) {
            return Some(month);
        }
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

    /// `12 Mar 2024`, `12-Mar-24`, `2024 Mar 12`, `12 de marzo de 2024`.
    fn month_name_second(&mut self, first: &str) -> Option<Triple> {
        self.skip_link();
        let month = month(self.word())?;
        self.separators();
        self.skip_link();
        let last = self.digits();
        if first.len() == 4 {
            let day = if last.is_empty() { 1 } else { last.parse().ok()? };
            return Some(fixed(day, month, Year::Full(first.parse().ok()?)));
        }
        Some(fixed(first.parse().ok()?, month, year(last)?))
    }

    /// `March 12, 2024`, `Mar-24`, `March 2024`, `marzo de 2024`.
    fn month_name_first(&mut self) -> Option<Triple> {
        let month = month(self.word())?;
        self.separators();
        self.skip_link();
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

    /// `st`, `nd`, `rd`, `th` after a day, `er` and `º` where it is the first.
    fn skip_ordinal(&mut self) -> bool {
        if !self.begins_word() {
            return false;
        }
        let before = self.rest;
        let word = self.word().to_ascii_lowercase();
        let found = matches!(word.as_str(), "st" | "nd" | "rd" | "th" | "er" | "ste" | "\u{ba}");
        if !found {
            self.rest = before;
        }
        found
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

/// A month without a day, `12/2024`, as registration documents give them: its first.
fn month_of_year(month: &str, separator: &str, year: &str) -> Option<Triple> {
    if !matches!(separator, "/" | "-") || month.len() > 2 || year.len() != 4 {
        return None;
    }
    let (month, year) = (month.parse().ok()?, year.parse().ok()?);
    let is_month = (1..=12).contains(&month) && (1850..=2150).contains(&year);
    is_month.then(|| fixed(1, month, Year::Full(year)))
}

fn year(digits: &str) -> Option<Year> {
    match digits.len() {
        2 => Some(Year::Short(digits.parse().ok()?)),
        4 => Some(Year::Full(digits.parse().ok()?)),
        _ => None,
    }
}
