//! Which digits are a telephone number, and of which kind.

use phonenumber::{Mode, Type, country};

use crate::country::Country;

/// What a number reaches, as far as its digits tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NumberKind {
    /// A mobile telephone: it can receive SMS.
    Mobile,
    /// A line in a place, a freephone or service number, a pager, a personal number: it can't.
    Landline,
    /// In some countries, such as the United States, nobody can tell.
    Either,
}

impl NumberKind {
    /// Whether an SMS may arrive.
    pub fn may_receive_sms(self) -> bool {
        !matches!(self, Self::Landline)
    }
}

/// A number in E.164 with its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub e164: String,
    pub kind: NumberKind,
}

/// The ranges of national numbers that Ofcom keeps free for drama ("Telephone numbers for use in TV and radio drama
/// programmes"). libphonenumber takes some of them for invalid, but people use them in examples.
const DRAMA: &[(&str, NumberKind)] = &[
    ("1134960", NumberKind::Landline),
    ("1144960", NumberKind::Landline),
    ("1154960", NumberKind::Landline),
    ("1164960", NumberKind::Landline),
    ("1174960", NumberKind::Landline),
    ("1184960", NumberKind::Landline),
    ("1214960", NumberKind::Landline),
    ("1314960", NumberKind::Landline),
    ("1414960", NumberKind::Landline),
    ("1514960", NumberKind::Landline),
    ("1614960", NumberKind::Landline),
    ("1632960", NumberKind::Landline),
    ("1914980", NumberKind::Landline),
    ("2079460", NumberKind::Landline),
    ("2890180", NumberKind::Landline),
    ("2896496", NumberKind::Landline),
    ("2920180", NumberKind::Landline),
    ("3069990", NumberKind::Landline),
    ("7700900", NumberKind::Mobile),
    ("8081570", NumberKind::Landline),
    ("9098790", NumberKind::Landline),
];

/// The first four digits of which every ten-digit national number is a mobile in one of the four regions of +44.
/// Numbers that begin with other digits are looked up in the library's metadata; a test compares the two.
const MOBILES: &[(u16, u16)] = &[(7100, 7599), (7701, 7910), (7912, 7999)];

/// As [`MOBILES`], for lines in a place: the area codes (Ofcom, "National Telephone Numbering Plan").
#[rustfmt::skip]
const LANDLINES: &[(u16, u16)] = &[
    (1130, 1135), (1138, 1138), (1140, 1145), (1150, 1152), (1156, 1164), (1170, 1174), (1179, 1184), (1189, 1189),
    (1200, 1200), (1202, 1202), (1204, 1217), (1223, 1229), (1233, 1237), (1239, 1239), (1241, 1246), (1248, 1250),
    (1252, 1264), (1267, 1271), (1273, 1280), (1282, 1318), (1320, 1320), (1322, 1330), (1332, 1335), (1337, 1337),
    (1339, 1344), (1346, 1350), (1352, 1364), (1366, 1369), (1371, 1373), (1375, 1377), (1379, 1384), (1386, 1389),
    (1392, 1395), (1397, 1398), (1400, 1400), (1403, 1420), (1422, 1425), (1427, 1440), (1442, 1446), (1449, 1458),
    (1460, 1467), (1469, 1480), (1482, 1485), (1487, 1497), (1499, 1499), (1501, 1503), (1505, 1520), (1522, 1522),
    (1524, 1531), (1535, 1536), (1538, 1540), (1542, 1550), (1553, 1573), (1575, 1584), (1586, 1586), (1588, 1588),
    (1590, 1595), (1597, 1600), (1603, 1604), (1606, 1606), (1608, 1623), (1625, 1626), (1628, 1631), (1633, 1639),
    (1641, 1644), (1646, 1647), (1650, 1656), (1659, 1659), (1661, 1661), (1663, 1678), (1680, 1681), (1683, 1692),
    (1694, 1695), (1697, 1698), (1700, 1700), (1702, 1702), (1704, 1704), (1706, 1709), (1720, 1730), (1732, 1733),
    (1736, 1738), (1740, 1740), (1743, 1754), (1756, 1761), (1763, 1773), (1775, 1780), (1782, 1782), (1784, 1790),
    (1792, 1799), (1803, 1803), (1805, 1809), (1821, 1825), (1827, 1830), (1832, 1835), (1837, 1838), (1840, 1845),
    (1847, 1848), (1851, 1852), (1854, 1859), (1862, 1866), (1869, 1880), (1882, 1890), (1892, 1892), (1895, 1896),
    (1899, 1900), (1902, 1905), (1908, 1920), (1922, 1926), (1928, 1929), (1931, 1935), (1937, 1939), (1942, 1955),
    (1957, 1957), (1959, 1959), (1962, 1964), (1967, 1972), (1974, 1975), (1977, 1978), (1980, 1989), (1992, 1995),
    (1997, 1997), (2000, 2019), (2030, 2049), (2070, 2089), (2300, 2319), (2380, 2419), (2470, 2479), (2800, 2849),
    (2860, 2929),
];

const UNKNOWN: u8 = 0;
const MOBILE: u8 = 1;
const LANDLINE: u8 = 2;

/// The kind of every beginning of four digits.
static BEGINNINGS: [u8; 10_000] = {
    let mut table = [UNKNOWN; 10_000];
    fill(&mut table, MOBILES, MOBILE);
    fill(&mut table, LANDLINES, LANDLINE);
    table
};

#[expect(
    clippy::indexing_slicing,
    reason = "runs at compile time, where a wrong index is a compile error"
)]
const fn fill(table: &mut [u8; 10_000], ranges: &[(u16, u16)], kind: u8) {
    let mut range = 0;
    while range < ranges.len() {
        let (mut beginning, last) = ranges[range];
        while beginning <= last {
            table[beginning as usize] = kind;
            beginning += 1;
        }
        range += 1;
    }
}

/// The kind of a ten-digit national number of +44 by its beginning alone. `None` says nothing: ask the library.
fn kind_by_beginning(national: &str) -> Option<NumberKind> {
    if national.len() != 10 {
        return None;
    }
    let beginning: usize = national.get(..4)?.parse().ok()?;
    match *BEGINNINGS.get(beginning)? {
        MOBILE => Some(NumberKind::Mobile),
        LANDLINE => Some(NumberKind::Landline),
        _ => None,
    }
}

/// The kind of a number in E.164; `None` when it is not a valid number.
///
/// ```
/// use torqueflow_cleanup::{NumberKind, number_kind};
/// assert_eq!(number_kind("+447911123456"), Some(NumberKind::Mobile));
/// assert_eq!(number_kind("+441632960001"), Some(NumberKind::Landline));
/// assert_eq!(number_kind("+440000000000"), None);
/// ```
pub fn number_kind(e164: &str) -> Option<NumberKind> {
    match e164.strip_prefix("+44") {
        Some(national) => kind_of_national(national),
        None => international(e164.strip_prefix('+')?).map(|number| number.kind),
    }
}

fn kind_of_national(national: &str) -> Option<NumberKind> {
    if !national.bytes().all(|byte| byte.is_ascii_digit()) || national.starts_with('0') {
        return None;
    }
    kind_by_beginning(national)
        .or_else(|| kind_of_drama(national))
        .or_else(|| {
            let possible = matches!(national.len(), 7 | 9 | 10);
            possible
                .then(|| by_library(None, &format!("+44{national}")))?
                .map(|number| number.kind)
        })
}

fn kind_of_drama(national: &str) -> Option<NumberKind> {
    let range = DRAMA
        .iter()
        .find(|(range, _)| national.len() == 10 && national.starts_with(range));
    range.map(|(_, kind)| *kind)
}

/// A national significant number of +44.
pub(super) fn british(national: &str) -> Option<Number> {
    kind_of_national(national).map(|kind| Number {
        e164: format!("+44{national}"),
        kind,
    })
}

/// A number with its country calling code, without the plus.
pub(super) fn international(digits: &str) -> Option<Number> {
    if let Some(national) = digits.strip_prefix("44") {
        return british(national.trim_start_matches('0'));
    }
    let plausible = (7..=15).contains(&digits.len()) && !digits.starts_with('0');
    plausible.then(|| by_library(None, &format!("+{digits}")))?
}

/// A number as it is dialled within a country other than those of +44.
pub(super) fn domestic(digits: &str, country: Country) -> Option<Number> {
    let id: country::Id = country.code().parse().ok()?;
    (5..=15).contains(&digits.len()).then(|| by_library(Some(id), digits))?
}

/// A North American number of ten digits: an area code and a number that both begin with 2 to 9 (North American Numbering
/// Plan, ATIS-0300051), where the area code is in use.
pub(super) fn american(digits: &str) -> Option<Number> {
    looks_american(digits).then(|| domestic(digits, Country::US))?
}

/// Ten digits that could be a North American number, were every area code in use.
pub(super) fn looks_american(digits: &str) -> bool {
    let begins_well = |at: usize| {
        digits
            .as_bytes()
            .get(at)
            .is_some_and(|digit| (b'2'..=b'9').contains(digit))
    };
    digits.len() == 10 && begins_well(0) && begins_well(3)
}

/// The first digits that British numbers have after the zero, as far as spreadsheets are known to drop it.
pub(super) fn may_lose_zero(digits: &str) -> bool {
    matches!(digits.len(), 9 | 10) && digits.starts_with(['1', '2', '3', '7', '8'])
}

/// Where a number is from that has its country calling code, without the plus. Countries that share a code are not told
/// apart: see [`crate::Origin`].
pub(super) fn country_of(digits: &str) -> Option<Country> {
    if let Some(national) = digits.strip_prefix("44") {
        return british(national.trim_start_matches('0')).map(|_| Country::GB);
    }
    international(digits)?;
    if digits.starts_with('1') {
        return Some(Country::US);
    }
    let number = phonenumber::parse(None, format!("+{digits}")).ok()?;
    Country::from_name(number.country().id()?.as_ref())
}

/// Asks the library. It is given digits only: what people write around them is read here.
fn by_library(country: Option<country::Id>, digits: &str) -> Option<Number> {
    let number = phonenumber::parse(country, digits).ok()?;
    let kind = match number.number_type(&phonenumber::metadata::DATABASE) {
        Type::Mobile => NumberKind::Mobile,
        Type::FixedLineOrMobile => NumberKind::Either,
        // The type of a number that begins with zeros is unknown to the library. Only lines in a place do, as in Italy.
        Type::Unknown if number.national().zeros() == 0 || !number.is_valid() => return None,
        _ => NumberKind::Landline,
    };
    let e164 = number.format().mode(Mode::E164).to_string();
    // A library that dropped or added digits has read something else.
    let same = country.is_some() || e164 == digits;
    (same && e164.len() <= 16).then_some(Number { e164, kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict without our tables.
    fn library_says(national: &str) -> Option<NumberKind> {
        by_library(None, &format!("+44{national}")).map(|number| number.kind)
    }

    #[test]
    fn the_tables_agree_with_the_library() {
        let mut seed = 7_u32;
        for beginning in 1000..10_000_u32 {
            for _ in 0..4 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let national = format!("{beginning}{:06}", (seed >> 8) % 1_000_000);
                if let Some(kind) = kind_by_beginning(&national) {
                    assert_eq!(library_says(&national), Some(kind), "{national}");
                }
            }
        }
    }

    #[track_caller]
    fn check(e164: &str, expected: Option<NumberKind>) {
        assert_eq!(number_kind(e164), expected, "{e164}");
    }

    #[test]
    fn all_four_regions_of_44_count() {
        check("+447624123456", Some(NumberKind::Mobile));
        check("+447797123456", Some(NumberKind::Mobile));
        check("+447781123456", Some(NumberKind::Mobile));
        check("+447911123456", Some(NumberKind::Mobile));
        check("+441481234567", Some(NumberKind::Landline));
        check("+441534234567", Some(NumberKind::Landline));
        check("+441624512345", Some(NumberKind::Landline));
    }

    #[test]
    fn drama_and_service_numbers_count() {
        check("+447700900123", Some(NumberKind::Mobile));
        check("+441632960001", Some(NumberKind::Landline));
        check("+442079460000", Some(NumberKind::Landline));
        check("+448081570123", Some(NumberKind::Landline));
        check("+448001111", Some(NumberKind::Landline));
        check("+447012345678", Some(NumberKind::Landline));
    }

    #[test]
    fn foreign_numbers_count() {
        check("+33612345678", Some(NumberKind::Mobile));
        check("+390236618300", Some(NumberKind::Landline));
        check("+12125550123", Some(NumberKind::Either));
        check("+353871234567", Some(NumberKind::Mobile));
    }

    #[test]
    fn impossible_numbers_do_not() {
        for wrong in [
            "+440000000000",
            "+44123",
            "+4479111234567",
            "+999123456789",
            "+1",
            "",
            "447911123456",
            "+44x911123456",
        ] {
            check(wrong, None);
        }
    }
}
