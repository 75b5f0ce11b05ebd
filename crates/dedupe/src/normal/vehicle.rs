//! What a vehicle is told by, and days.

use super::placeholder::{is_placeholder, is_placeholder_code};
use super::text::{code, plain};

/// Makes that have more than one name.
const MAKES: &[(&str, &str)] = &[
    ("beamer", "bmw"),
    ("bayerische motoren werke", "bmw"),
    ("chevy", "chevrolet"),
    ("citroen ds", "ds"),
    ("landrover", "land rover"),
    ("merc", "mercedes benz"),
    ("mercedes", "mercedes benz"),
    ("mercedesbenz", "mercedes benz"),
    ("rangerover", "land rover"),
    ("range rover", "land rover"),
    ("rolls", "rolls royce"),
    ("vauxhall opel", "vauxhall"),
    ("v w", "volkswagen"),
    ("volkswagon", "volkswagen"),
    ("vw", "volkswagen"),
    ("vw vans", "volkswagen"),
];

/// A registration in capitals without gaps.
pub(crate) fn plate(cell: &str) -> Option<String> {
    let plate = code(cell);
    ((2..=12).contains(&plate.len()) && !is_placeholder_code(&plate)).then_some(plate)
}

/// A VIN, or the end of one.
pub(crate) fn vin(cell: &str) -> Option<String> {
    let vin = code(cell);
    ((6..=20).contains(&vin.len()) && !is_placeholder_code(&vin)).then_some(vin)
}

/// A code in which the signs that are taken for each other are one: O and Q are 0, I is 1.
pub(crate) fn folded(code: &[u8]) -> impl Iterator<Item = u8> + Clone + '_ {
    code.iter().map(|sign| match sign {
        b'O' | b'Q' => b'0',
        b'I' => b'1',
        sign => *sign,
    })
}

/// A make under one name.
pub(crate) fn make(cell: &str) -> Option<String> {
    let plain = plain(cell);
    let make = MAKES
        .iter()
        .find(|(other, _)| *other == plain)
        .map_or(plain.as_str(), |(_, make)| make);
    (!is_placeholder(make)).then(|| make.to_owned())
}

/// Words as they stand: a model, a colour, an owner.
pub(crate) fn words(cell: &str) -> Option<String> {
    let plain = plain(cell);
    (!is_placeholder(&plain)).then_some(plain)
}

/// A year, also where a spreadsheet made it `2014.0`.
pub(crate) fn year(cell: &str) -> Option<String> {
    let whole = cell.trim().split('.').next().unwrap_or_default();
    let is_year =
        !whole.is_empty() && whole.bytes().all(|byte| byte.is_ascii_digit()) && whole.bytes().any(|byte| byte != b'0');
    is_year.then(|| whole.to_owned())
}

/// A day as eight digits, year first. Of day and month the one above twelve is the day; otherwise the day stands first.
pub(crate) fn day(cell: &str) -> Option<String> {
    let parts: Vec<&str> = cell
        .trim()
        .split(['-', '/', '.', ' ', 'T'])
        .filter(|part| !part.is_empty())
        .take(3)
        .collect();
    let (year, first, second) = match *parts.as_slice() {
        [whole] if whole.len() == 8 => (whole.get(..4)?, whole.get(4..6)?, whole.get(6..)?),
        [year, month, day] if year.len() == 4 => (year, month, day),
        [day, month, year] => return day_first(day, month, year),
        _ => return None,
    };
    written(year.parse().ok()?, first.parse().ok()?, second.parse().ok()?)
}

fn day_first(first: &str, second: &str, year: &str) -> Option<String> {
    let year: u32 = year.parse().ok()?;
    let year = match year {
        0..=29 => 2000 + year,
        30..=99 => 1900 + year,
        _ => year,
    };
    match (month_named(first), month_named(second)) {
        (_, Some(month)) => written(year, month, first.parse().ok()?),
        (Some(month), None) => written(year, month, second.parse().ok()?),
        (None, None) => {
            let (first, second) = (first.parse().ok()?, second.parse().ok()?);
            if second > 12 {
                written(year, first, second)
            } else {
                written(year, second, first)
            }
        }
    }
}

fn month_named(word: &str) -> Option<u32> {
    const MONTHS: &[&str] = &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let word = word.to_ascii_lowercase();
    let at = MONTHS.iter().position(|name| word.starts_with(name))?;
    Some(at as u32 + 1)
}

fn written(year: u32, month: u32, day: u32) -> Option<String> {
    let is_day = (1000..3000).contains(&year) && (1..=31).contains(&day) && (1..=31).contains(&month);
    is_day.then(|| format!("{year:04}{month:02}{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(read: fn(&str) -> Option<String>, cell: &str, expected: Option<&str>) {
        assert_eq!(read(cell).as_deref(), expected, "{cell}");
    }

    #[test]
    fn codes_of_vehicles_have_one_form() {
        check(plate, "ab12 cde", Some("AB12CDE"));
        check(plate, "NOREG", None);
        check(plate, "TBA", None);
        check(vin, "WVWZZZ1KZ6W612305", Some("WVWZZZ1KZ6W612305"));
        check(vin, "00000000000000000", None);
        check(make, "VW", Some("volkswagen"));
        check(year, "2014.0", Some("2014"));
    }

    #[test]
    fn days_are_read_in_the_usual_forms() {
        for cell in [
            "19780601",
            "1978-06-01",
            "1978/6/1",
            "01/06/1978",
            "1.6.78",
            "1 Jun 1978",
            "Jun 1 1978",
        ] {
            check(day, cell, Some("19780601"));
        }
        check(day, "9/28/97", Some("19970928"));
        check(day, "soon", None);
    }
}
