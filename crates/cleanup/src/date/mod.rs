//! Dates and times.
//!
//! What: British and ISO dates, month names in eleven languages, compact dates, spreadsheet serials and times of day, with the order of day and
//! month proven per column by all of its rows ([`DateVote`]). Dates that stand for no date become null.
//! Why: 05/06/2024 is two different days; guessing from the first ten rows goes wrong at the eleventh.
//! Example: in a day-first column `13/05/2024 09:30` is 2024-05-13T09:30:00; `01/01/0001` becomes null with `date_null`.
//!
//! A time of day that can't be read never costs the date. Numbers are serials, or Unix time where the column proves it.
//!
//! Times are the garage's own local time. A trailing `Z` or offset is dropped and the clock reading kept: the sources
//! that write one write local time with it more often than not, and a job's hour is what a person reads on the card.

mod clock;
mod parse;
mod vote;
mod words;

use time::{Date, Duration, Month, PrimitiveDateTime, Time};
use torqueflow_model::{CellKind, DateOrder, DateRole, FindingCode, Value};

use crate::context::{ColumnFacts, Context};
use crate::verdict::Verdict;
pub use parse::DateNumbers;
use parse::{Parts, Triple, Year};
pub(crate) use vote::DateSign;
pub use vote::{ColumnDateOrder, DateVote};

/// Nobody's date: what programs store for none, and the first days of the calendars of spreadsheets.
const NULL_YEARS: [i32; 2] = [0, 1];

/// How far a date may lie in the future and still have happened: vehicles are registered ahead of their delivery.
const PAST_TOLERANCE: Duration = Duration::days(31);

/// What a rule needs to know of the field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DateField<'a> {
    pub role: DateRole,
    pub column: Option<usize>,
    pub context: &'a Context,
}

/// Whether a text is a date in any order, written with marks between its parts.
pub(crate) fn is_date(text: &str) -> bool {
    let is_day = |parts: Parts| match parts.date {
        parse::DateParts::Moment(_) => true,
        parse::DateParts::Triple(triple) => !triple.is_zero(),
    };
    // `3/2024` may be the third invoice of a year.
    let parts = text.split_once(['/', '-']);
    let is_month = parts.is_some_and(|(month, year)| month.len() <= 2 && year.len() == 4);
    text.contains(['/', '-', '.', ' ']) && !is_month && parse::parse(text, DateNumbers::default()).is_some_and(is_day)
}

/// A calendar date; a time of day is left out.
pub(crate) fn date(text: &str, kind: CellKind, field: DateField<'_>) -> Verdict {
    let mut verdict = moment(text, kind, field);
    if let Some(Value::DateTime(moment)) = verdict.value {
        verdict.value = Some(Value::Date(moment.date()));
    }
    verdict
}

/// A date with its time of day, midnight where none is given.
pub(crate) fn moment(text: &str, kind: CellKind, field: DateField<'_>) -> Verdict {
    match kind {
        CellKind::Date(date) => typed(date.midnight(), field),
        CellKind::DateTime(moment) => typed(moment, field),
        CellKind::Number(number) => match parse::number(number, field.facts().date_numbers) {
            Some(parts) => resolve(&parts, field),
            None => read(text, field),
        },
        _ => read(text, field),
    }
}

impl DateField<'_> {
    fn facts(&self) -> ColumnFacts {
        self.context.column(self.column)
    }
}

fn read(text: &str, field: DateField<'_>) -> Verdict {
    match parse::parse(text, field.facts().date_numbers) {
        Some(parts) => {
            let verdict = resolve(&parts, field);
            let is_time_lost = !parts.unread.is_empty() && verdict.value.is_some();
            verdict.note_if(is_time_lost, FindingCode::TimeInvalid, parts.unread)
        }
        None => Verdict::null(FindingCode::DateInvalid),
    }
}

/// A date that the file types. Where the column's texts prove that a program has swapped those that it could read, this one
/// is kept as it is, and said so.
fn typed(moment: PrimitiveDateTime, field: DateField<'_>) -> Verdict {
    let verdict = judge(moment, field);
    let date = moment.date();
    let (day, month) = (u8::from(date.month()), date.day());
    match calendar(date.year(), month, day) {
        Some(other) if verdict.value.is_some() && day != month => {
            let is_swapped = field.facts().has_swapped_dates;
            verdict.note_if(
                is_swapped,
                FindingCode::DateMaybeSwapped,
                Value::Date(other).to_string(),
            )
        }
        _ => verdict,
    }
}

/// Settles the order and the century, and looks at the result.
fn resolve(parts: &Parts<'_>, field: DateField<'_>) -> Verdict {
    let triple = match parts.date {
        parse::DateParts::Moment(moment) => return judge(moment, field),
        parse::DateParts::Triple(triple) => triple,
    };
    if triple.is_zero() {
        return Verdict::null(FindingCode::DateNull);
    }
    let order = match field.facts().date_order {
        ColumnDateOrder::Proven(order) | ColumnDateOrder::Assumed(order) => order,
        ColumnDateOrder::Mixed if triple.proves().is_some() || !triple.is_ambiguous() => DateOrder::DayFirst,
        ColumnDateOrder::Mixed => return Verdict::null(FindingCode::DateOrderMixed),
    };
    let (day, month) = triple.day_and_month(order);
    match triple.year {
        Year::Full(year) => match calendar(year, month, day) {
            Some(date) => judge(date.with_time(parts.time), field),
            None => Verdict::null(FindingCode::DateInvalid),
        },
        Year::Short(year) => match century(year, month, day, field) {
            Some(date) => judge(date.with_time(parts.time), field)
                .note_if(true, FindingCode::DateCenturyAssumed, date.year().to_string())
                .without_century_if_null(),
            None => Verdict::null(FindingCode::DateInvalid),
        },
    }
}

impl Verdict {
    /// A century says nothing where there is no date.
    fn without_century_if_null(mut self) -> Self {
        if self.value.is_none() {
            self.notes.retain(|note| note.code != FindingCode::DateCenturyAssumed);
        }
        self
    }
}

fn calendar(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// The year that a two-digit year means: what has happened is not in the future, what falls due does so within ten
/// years, and what happens around now is as near to now as it can be.
fn century(short: u8, month: u8, day: u8, field: DateField<'_>) -> Option<Date> {
    let as_of = field.context.as_of;
    let this = as_of.year() - as_of.year().rem_euclid(100);
    let candidates = [this - 100, this, this + 100].map(|century| calendar(century + i32::from(short), month, day));
    let latest = match field.role {
        DateRole::Past => as_of,
        DateRole::Due => Date::from_calendar_date(as_of.year() + 10, Month::December, 31).ok()?,
        DateRole::Event => {
            return candidates
                .into_iter()
                .flatten()
                .min_by_key(|date| (*date - as_of).whole_days().abs());
        }
    };
    candidates.into_iter().flatten().rfind(|date| *date <= latest)
}

/// Refuses dates that stand for none and those that can't be right.
fn judge(moment: PrimitiveDateTime, field: DateField<'_>) -> Verdict {
    let date = moment.date();
    if is_null(date) {
        return Verdict::null(FindingCode::DateNull);
    }
    let as_of = field.context.as_of;
    let in_reach = (1850..=as_of.year() + 100).contains(&date.year());
    let in_future = field.role == DateRole::Past && date > as_of.checked_add(PAST_TOLERANCE).unwrap_or(Date::MAX);
    if !in_reach || in_future {
        let shown = Value::Date(date).to_string();
        return Verdict::default().note(FindingCode::DateImplausible, shown);
    }
    Verdict::of(Value::DateTime(round_to_second(moment)))
}

/// The zero dates of .NET, spreadsheets, Delphi, SQL Server and Unix.
fn is_null(date: Date) -> bool {
    NULL_YEARS.contains(&date.year())
        || matches!(
            (date.year(), date.month(), date.day()),
            (1899, Month::December, 30 | 31) | (1900, Month::January, 0..=1) | (1753, Month::January, 1)
        )
        || date.year() == 9999
}

/// Floating-point serials are off by parts of a second.
fn round_to_second(moment: PrimitiveDateTime) -> PrimitiveDateTime {
    let nanosecond = moment.nanosecond();
    let whole = moment.replace_nanosecond(0).unwrap_or(moment);
    if nanosecond >= 500_000_000 {
        return whole.checked_add(Duration::SECOND).unwrap_or(whole);
    }
    whole
}

impl Triple {
    /// Whether the numbers alone leave it open which is the day.
    fn is_ambiguous(&self) -> bool {
        !self.fixed && self.first <= 12 && self.second <= 12 && self.first != self.second
    }

    /// The order that this date proves, being possible in no other.
    fn proves(&self) -> Option<DateOrder> {
        match (self.first, self.second) {
            _ if self.fixed => None,
            (13..=31, 1..=12) => Some(DateOrder::DayFirst),
            (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    fn day_and_month(&self, order: DateOrder) -> (u8, u8) {
        match (self.proves().unwrap_or(order), self.fixed) {
            (DateOrder::DayFirst, _) | (_, true) => (self.first, self.second),
            (DateOrder::MonthFirst, false) => (self.second, self.first),
        }
    }

    /// 00/00/0000 in any order.
    fn is_zero(&self) -> bool {
        self.first == 0 && self.second == 0
    }
}

/// Midnight, where the text gives no time.
const MIDNIGHT: Time = Time::MIDNIGHT;

#[cfg(test)]
mod tests;
