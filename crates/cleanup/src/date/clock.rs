//! Reading the time of day behind a date.

use time::Time;

use super::MIDNIGHT;
use super::parse::Cursor;
use super::words::is_before_time;

/// Names of zones that stand behind a time of day, in lower case.
const ZONES: [&str; 21] = [
    "z", "utc", "gmt", "bst", "ist", "wet", "west", "cet", "cest", "mez", "mesz", "eet", "eest", "est", "edt", "cst",
    "cdt", "mst", "mdt", "pst", "pdt",
];

/// A time of day as written, whose minute may be missing.
#[derive(Debug, Clone, Copy)]
struct Clock {
    hour: u8,
    minute: Option<u8>,
    second: u8,
}

/// An hour of the day, and whether words say which half of it.
#[derive(Debug, Clone, Copy)]
struct Hour {
    hour: u8,
    is_named: bool,
}

/// `930`, `0930`, `093015`.
fn compact_clock(digits: &str) -> Option<Clock> {
    let (hour, rest) = digits.split_at_checked(digits.len() - if digits.len() < 5 { 2 } else { 4 })?;
    let (minute, second) = rest.split_at_checked(2)?;
    Some(Clock {
        hour: hour.parse().ok()?,
        minute: Some(minute.parse().ok()?),
        second: if second.is_empty() { 0 } else { second.parse().ok()? },
    })
}

impl Cursor<'_> {
    /// The time of day up to the end of the text, midnight where there is none.
    pub(super) fn time(&mut self) -> Option<Time> {
        if self.rest.is_empty() {
            return Some(MIDNIGHT);
        }
        if let Some(rest) = self.rest.strip_prefix(['T', 't']) {
            self.rest = rest;
        } else if self.take_while(|byte| matches!(byte, b' ' | b',')).is_empty() {
            return None;
        }
        self.skip_words_before();
        let clock = self.clock()?;
        let hour = self.half_of_day(clock.hour)?;
        let is_hour = self.skip_hour_word();
        let minute = clock.minute.or((is_hour || hour.is_named).then_some(0))?;
        self.skip_zone()?;
        Time::from_hms(hour.hour, minute, clock.second).ok()
    }

    /// Words before a time of day, each apart from what follows: `um 9.30`, `a las 9.30`, `kl. 9.30`.
    fn skip_words_before(&mut self) {
        let mut before = self.rest;
        while is_before_time(self.word()) && !self.take_while(|byte| matches!(byte, b' ' | b'.')).is_empty() {
            before = self.rest;
        }
        self.rest = before;
    }

    /// `9:30`, `09:30:15.123`, `9.30`, `0930`, `093015`, `14h30`, or an hour alone.
    fn clock(&mut self) -> Option<Clock> {
        let digits = self.digits();
        if let 3..=6 = digits.len() {
            return compact_clock(digits);
        }
        let hour: u8 = digits.parse().ok()?;
        let mut clock = Clock {
            hour,
            minute: None,
            second: 0,
        };
        if let Some(rest) = self.rest.strip_prefix(['h', 'H'])
            && rest.starts_with(|next: char| next.is_ascii_digit())
        {
            self.rest = rest;
            clock.minute = Some(self.two_digits()?);
            return Some(clock);
        }
        if !self.rest.starts_with([':', '.']) {
            return Some(clock);
        }
        clock.minute = Some(self.part_of_time()?);
        if self.rest.starts_with([':', '.']) {
            clock.second = self.part_of_time()?;
        }
        if self.rest.starts_with(['.', ',']) {
            self.take_while(|byte| matches!(byte, b'.' | b','));
            self.digits();
        }
        Some(clock)
    }

    fn part_of_time(&mut self) -> Option<u8> {
        self.rest = self.rest.strip_prefix([':', '.'])?;
        self.two_digits()
    }

    fn two_digits(&mut self) -> Option<u8> {
        let digits = self.digits();
        (digits.len() == 2).then(|| digits.parse().ok())?
    }

    fn half_of_day(&mut self, hour: u8) -> Option<Hour> {
        let before = self.rest;
        self.take_while(|byte| byte == b' ');
        let half = self
            .take_while(|byte| byte.is_ascii_alphabetic() || byte == b'.')
            .to_ascii_lowercase();
        let named = |hour| Some(Hour { hour, is_named: true });
        match (half.as_str(), hour) {
            ("am" | "a.m." | "a", 12) => named(0),
            ("am" | "a.m." | "a", 0..=11) | ("pm" | "p.m." | "p", 12..=23) => named(hour),
            ("pm" | "p.m." | "p", 0..=11) => named(hour + 12),
            ("am" | "a.m." | "a" | "pm" | "p.m." | "p", _) => None,
            _ => {
                self.rest = before;
                Some(Hour { hour, is_named: false })
            }
        }
    }

    /// The word for hours that some write behind a time of day: `9.30 Uhr`, `14h`.
    fn skip_hour_word(&mut self) -> bool {
        let before = self.rest;
        self.take_while(|byte| byte == b' ');
        let word = self.word().to_ascii_lowercase();
        let found = matches!(
            word.as_str(),
            "uhr" | "h" | "hrs" | "hours" | "uur" | "heures" | "horas"
        );
        if !found {
            self.rest = before;
        }
        found
    }

    /// A zone or an offset, which is dropped; anything else is no date.
    fn skip_zone(&mut self) -> Option<()> {
        self.take_while(|byte| byte == b' ');
        let name = self.word().to_ascii_lowercase();
        if !name.is_empty() && !ZONES.contains(&name.as_str()) {
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
