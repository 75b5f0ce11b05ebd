//! Hours that are written as a duration: `1:30` is 1.5.

use torqueflow_model::CellKind;

/// Hours as an integer of this scale, where the cell shows a duration. A typed one counts days, whatever its format shows of
/// it (ECMA-376 part 1, 18.17.4); a typed time of day is what a spreadsheet makes of a typed `1:30`.
pub(super) fn hours(text: &str, kind: CellKind, scale: u8) -> Option<i64> {
    let seconds = match kind {
        CellKind::Number(days) if text.contains(':') => {
            let seconds = (days * 86_400.0).round();
            (seconds.abs() < 1e12).then_some(seconds as i64)?
        }
        CellKind::Time(time) => {
            i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
        }
        CellKind::Text => written(text)?,
        _ => return None,
    };
    let unit = 10_i64.checked_pow(u32::from(scale))?;
    let scaled = seconds.checked_mul(unit)?;
    Some((scaled + scaled.signum() * 1800) / 3600)
}

/// Seconds of `1:30`, `1:30:00`, `1h30`, `1 h 30 min`, `1h`, `90 min`, in any case.
fn written(text: &str) -> Option<i64> {
    if text.len() > 24 || !text.is_ascii() {
        return None;
    }
    let text = text.to_ascii_lowercase();
    if let Some((hours, rest)) = text.split_once(':') {
        let (minutes, seconds) = rest.split_once(':').unwrap_or((rest, "0"));
        return Some(part(hours, i64::from(u32::MAX))? * 3600 + part(minutes, 59)? * 60 + part(seconds, 59)?);
    }
    let words = ["hours", "hour", "hrs", "hr", "h"];
    let minute_words = ["minutes", "minute", "mins", "min", "m"];
    let without = |text: &str, words: &[&str]| {
        let found = words
            .iter()
            .find_map(|word| text.trim().strip_suffix(word).map(str::trim));
        found.map(str::to_owned)
    };
    // Hours alone may have a fraction, and are read as numbers.
    let hours = words.iter().find_map(|word| {
        let (hours, minutes) = text.split_once(word)?;
        let minutes = without(minutes, &minute_words).unwrap_or_else(|| minutes.trim().to_owned());
        Some(part(hours.trim(), i64::from(u32::MAX))? * 3600 + part(&minutes, 59)? * 60)
    });
    hours.or_else(|| Some(part(&without(&text, &minute_words)?, i64::from(u32::MAX))? * 60))
}

/// Digits of a number up to a largest one.
fn part(digits: &str, most: i64) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.len() <= 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok())?.filter(|number| *number <= most)
}

#[cfg(test)]
mod tests {
    use time::macros::time;

    use super::*;

    #[track_caller]
    fn check(text: &str, kind: CellKind, expected: Option<i64>) {
        assert_eq!(hours(text, kind, 3), expected, "{text:?}");
    }

    #[test]
    fn texts_are_read() {
        for (text, expected) in [
            ("1:30", 1500),
            ("01:30:00", 1500),
            ("36:00", 36_000),
            ("0:20", 333),
            ("1h30", 1500),
            ("1H 30", 1500),
            ("1 h 30 min", 1500),
            ("2 hrs 15 mins", 2250),
            ("90 min", 1500),
            ("90m", 1500),
        ] {
            check(text, CellKind::Text, Some(expected));
        }
        for text in [
            "1.5",
            "1.5h",
            "1:75",
            ":30",
            "1:",
            "a:b",
            "",
            "h",
            "1:30:99",
            "9999999999:00",
        ] {
            check(text, CellKind::Text, None);
        }
    }

    #[test]
    fn typed_durations_are_days_and_times_are_hours() {
        check("1:30:00", CellKind::Number(1.5 / 24.0), Some(1500));
        check("36:00:00", CellKind::Number(1.5), Some(36_000));
        check("1.5", CellKind::Number(1.5), None);
        check("01:30:00", CellKind::Time(time!(1:30)), Some(1500));
        check("1:00", CellKind::Number(f64::NAN), None);
    }
}
