//! Dates and times as days since an epoch (ECMA-376 Part 1, 18.17.4), and as ISO 8601 text.

use std::fmt::Write;

use time::{Date, Duration, Month, PrimitiveDateTime, Time};
use torqueflow_model::{Cell, CellKind};

use super::code::Class;

const SECONDS_PER_DAY: f64 = 86_400.0;
/// 31 December 9999 in the 1900 system; no program shows a later day.
const LAST_SERIAL: f64 = 2_958_466.0;
/// 31 December 9999 in the 1904 system.
const LAST_SERIAL_1904: f64 = 2_957_004.0;

/// The number is no date that a program can show.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange;

/// Makes a date, a time or both of a serial number, rounded to the second.
pub(crate) fn set_date(cell: &mut Cell, serial: f64, class: Class, date1904: bool) -> Result<(), OutOfRange> {
    let last = if date1904 { LAST_SERIAL_1904 } else { LAST_SERIAL };
    if !(0.0..last).contains(&serial) {
        return Err(OutOfRange);
    }
    let seconds = (serial * SECONDS_PER_DAY).round() as i64;
    if class == Class::Elapsed {
        let _ = write!(
            cell.text,
            "{}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        );
        cell.kind = CellKind::Number(serial);
        return Ok(());
    }
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let time = Time::MIDNIGHT + Duration::seconds(second);
    if class == Class::Time && days == 0 {
        set_time(cell, time);
        return Ok(());
    }
    // A day that never was: Excel counts 29 February 1900, and calls the day before the first one day 0 of January.
    if !date1904 && (days == 0 || days == 60) {
        cell.text.push_str(if days == 0 { "1900-01-00" } else { "1900-02-29" });
        cell.kind = CellKind::Text;
        return Ok(());
    }
    let day = day(days, date1904).ok_or(OutOfRange)?;
    if class == Class::Date {
        set_day(cell, day);
    } else {
        set_moment(cell, PrimitiveDateTime::new(day, time));
    }
    Ok(())
}

fn day(days: i64, date1904: bool) -> Option<Date> {
    let (year, month, day) = match (date1904, days) {
        (true, _) => (1904, Month::January, 1),
        (false, ..60) => (1899, Month::December, 31),
        (false, _) => (1899, Month::December, 30),
    };
    Date::from_calendar_date(year, month, day)
        .ok()?
        .checked_add(Duration::days(days))
}

fn set_day(cell: &mut Cell, day: Date) {
    push_day(&mut cell.text, day);
    cell.kind = CellKind::Date(day);
}

fn set_time(cell: &mut Cell, time: Time) {
    push_time(&mut cell.text, time);
    cell.kind = CellKind::Time(time);
}

fn set_moment(cell: &mut Cell, moment: PrimitiveDateTime) {
    push_day(&mut cell.text, moment.date());
    cell.text.push('T');
    push_time(&mut cell.text, moment.time());
    cell.kind = CellKind::DateTime(moment);
}

/// Appends `2024-03-01`.
fn push_day(text: &mut String, day: Date) {
    let year = day.year().unsigned_abs();
    push_two(text, year / 100);
    push_two(text, year % 100);
    text.push('-');
    push_two(text, u32::from(u8::from(day.month())));
    text.push('-');
    push_two(text, u32::from(day.day()));
}

/// Appends `09:50:00`.
fn push_time(text: &mut String, time: Time) {
    push_two(text, u32::from(time.hour()));
    text.push(':');
    push_two(text, u32::from(time.minute()));
    text.push(':');
    push_two(text, u32::from(time.second()));
}

/// Appends a number below 100 with two digits.
fn push_two(text: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        text.push(char::from(b'0' + digit as u8));
    }
}

/// Reads a cell of type `d`: a day, a time, or both as ISO 8601. A midnight shown as a day is a day.
pub(crate) fn set_iso(cell: &mut Cell, iso: &str, class: Class) -> Result<(), OutOfRange> {
    let iso = iso.trim().trim_end_matches('Z');
    let (day_text, time_text) = match iso.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None if iso.contains(':') => ("", Some(iso)),
        None => (iso, None),
    };
    let time = time_text.map(parse_time).transpose()?;
    match (day_text, time) {
        ("", Some(time)) => set_time(cell, time),
        (day, None) => set_day(cell, parse_day(day)?),
        (day, Some(time)) if time == Time::MIDNIGHT && class == Class::Date => set_day(cell, parse_day(day)?),
        (day, Some(time)) => set_moment(cell, PrimitiveDateTime::new(parse_day(day)?, time)),
    }
    Ok(())
}

/// Reads `2024-03-01`.
fn parse_day(text: &str) -> Result<Date, OutOfRange> {
    let mut parts = text.splitn(3, '-');
    let year = number(parts.next())?;
    let month = u8::try_from(number(parts.next())?)
        .ok()
        .and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(number(parts.next())?).map_err(|_| OutOfRange)?;
    Date::from_calendar_date(i32::from(year), month.ok_or(OutOfRange)?, day).map_err(|_| OutOfRange)
}

/// Reads `09:50`, `09:50:00` or `09:50:00.123`.
fn parse_time(text: &str) -> Result<Time, OutOfRange> {
    let mut parts = text.splitn(3, ':');
    let hour = part(number(parts.next())?)?;
    let minute = part(number(parts.next())?)?;
    let second = match parts.next() {
        Some(second) => part(number(second.split('.').next())?)?,
        None => 0,
    };
    Time::from_hms(hour, minute, second).map_err(|_| OutOfRange)
}

fn part(number: u16) -> Result<u8, OutOfRange> {
    u8::try_from(number).map_err(|_| OutOfRange)
}

fn number(text: Option<&str>) -> Result<u16, OutOfRange> {
    text.and_then(|text| text.parse().ok()).ok_or(OutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(serial: f64, class: Class, date1904: bool, expected: Option<&str>) {
        let mut cell = Cell::default();
        let result = set_date(&mut cell, serial, class, date1904);
        assert_eq!(
            result.is_ok().then_some(cell.text.as_str()),
            expected,
            "{serial} {class:?}"
        );
    }

    #[test]
    fn serials_become_days() {
        check(45_000.0, Class::Date, false, Some("2023-03-15"));
        check(45_000.0, Class::Date, true, Some("2027-03-16"));
        check(45_000.75, Class::DateTime, false, Some("2023-03-15T18:00:00"));
        check(45_000.75, Class::Date, false, Some("2023-03-15"));
        check(1.0, Class::Date, false, Some("1900-01-01"));
        check(59.0, Class::Date, false, Some("1900-02-28"));
        check(60.0, Class::Date, false, Some("1900-02-29"));
        check(61.0, Class::Date, false, Some("1900-03-01"));
        check(0.0, Class::Date, false, Some("1900-01-00"));
        check(0.0, Class::Date, true, Some("1904-01-01"));
        check(2_958_465.0, Class::Date, false, Some("9999-12-31"));
    }

    #[test]
    fn serials_out_of_range_are_no_dates() {
        for serial in [-5.0, 2_958_466.0, 1e300, f64::NAN, f64::INFINITY] {
            check(serial, Class::Date, false, None);
        }
    }

    #[test]
    fn times_are_rounded_to_the_second() {
        check(0.409_722_222_222, Class::Time, false, Some("09:50:00"));
        check(1.5, Class::Elapsed, false, Some("36:00:00"));
        check(44_999.999_999_9, Class::DateTime, false, Some("2023-03-15T00:00:00"));
    }

    #[test]
    fn iso_texts_are_read() {
        for (iso, class, expected) in [
            ("2021-03-04T00:00:00", Class::Date, Some("2021-03-04")),
            ("2021-03-04T00:00:00", Class::DateTime, Some("2021-03-04T00:00:00")),
            ("2021-03-04", Class::DateTime, Some("2021-03-04")),
            ("2021-03-04T10:11:12.5Z", Class::DateTime, Some("2021-03-04T10:11:12")),
            ("09:50", Class::Time, Some("09:50:00")),
            ("2021-02-30", Class::Date, None),
            ("yesterday", Class::Date, None),
        ] {
            let mut cell = Cell::default();
            let result = set_iso(&mut cell, iso, class);
            assert_eq!(result.is_ok().then_some(cell.text.as_str()), expected, "{iso}");
        }
    }
}
