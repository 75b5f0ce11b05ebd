//! What the values of a column look like, whatever its header says.

use torqueflow_model::{Cell, CellKind, FieldKind, Party, Row, yes_or_no};

/// Values of a column that are looked at.
const MOST_VALUES: usize = 64;

/// A kind of value that is recognised without its header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Look {
    /// Yes and no in words.
    Flag,
    /// Nothing but ones and zeros, which may be a flag, or a number.
    Binary,
    Email,
    Vin,
    Postcode,
    Plate,
    Phone,
    Date,
    /// Nothing but words for companies and people.
    Party,
    /// Nothing but numbers, where words are expected.
    Number,
}

impl Look {
    /// Every value has to look like it: a column of names may have a `No` for none.
    pub fn is_of_all(self) -> bool {
        matches!(self, Self::Flag | Self::Binary)
    }

    /// Of so many values of a column, how many may look like something else.
    fn most_others(self, values: usize) -> usize {
        if self.is_of_all() { 0 } else { values / 5 }
    }

    /// Ids may look like it.
    pub fn may_be_id(self) -> bool {
        !matches!(
            self,
            Self::Flag | Self::Binary | Self::Email | Self::Vin | Self::Date | Self::Party
        )
    }

    /// In words, for several values.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Flag => "yes and no",
            Self::Binary => "ones and zeros",
            Self::Email => "e-mail addresses",
            Self::Vin => "VINs",
            Self::Postcode => "British postcodes",
            Self::Plate => "British plates",
            Self::Phone => "phone numbers",
            Self::Date => "dates",
            Self::Party => "companies and people",
            Self::Number => "numbers",
        }
    }

    /// A column of such values can't be a field of this kind.
    pub fn contradicts(self, kind: FieldKind) -> bool {
        use FieldKind as K;
        match self {
            Self::Flag => !matches!(
                kind,
                K::Boolean | K::Choice(_) | K::LongText | K::Integer | K::Decimal { .. }
            ),
            Self::Binary => matches!(
                kind,
                K::Text | K::FullName | K::PersonName | K::CompanyName | K::Title | K::Email | K::Country | K::Postcode
            ),
            Self::Email => matches!(
                kind,
                K::Vrm
                    | K::Vin
                    | K::Phone
                    | K::Landline
                    | K::Postcode
                    | K::Date(_)
                    | K::DateTime(_)
                    | K::Boolean
                    | K::Country
            ),
            Self::Vin => kind == K::Vrm,
            Self::Date => matches!(
                kind,
                K::Vrm
                    | K::Vin
                    | K::Phone
                    | K::Landline
                    | K::Postcode
                    | K::Email
                    | K::Boolean
                    | K::Country
                    | K::FullName
                    | K::PersonName
                    | K::CompanyName
            ),
            _ => false,
        }
    }
}

/// What the values of one column look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnLook {
    pub look: Look,
    /// How many values look like it.
    pub hits: usize,
    /// How many values there are.
    pub total: usize,
}

impl ColumnLook {
    /// What at least 80 % of the values that are there look like; at least two have to be.
    pub fn of(samples: &[Row], column: usize) -> Option<Self> {
        if let Some(total) = parties(samples, column) {
            return Some(Self {
                look: Look::Party,
                hits: total,
                total,
            });
        }
        let mut hits = [0_usize; LOOKS.len()];
        let mut total = 0_usize;
        for cell in values(samples, column) {
            total += 1;
            let typed_date = matches!(cell.kind, CellKind::Date(_) | CellKind::DateTime(_));
            let text = cell.text.trim();
            for ((look, test), hits) in LOOKS.iter().zip(&mut hits) {
                // Of as many values as there can be, too many are something else by now.
                if total - *hits <= look.most_others(MOST_VALUES) + 1 {
                    *hits += usize::from((typed_date && *look == Look::Date) || (!typed_date && test(text)));
                }
            }
        }
        LOOKS
            .iter()
            .zip(hits)
            .find(|((look, _), hits)| total >= 2 && total - *hits <= look.most_others(total))
            .map(|((look, _), hits)| Self {
                look: *look,
                hits,
                total,
            })
    }
}

/// As many values of a column as tell what it holds.
pub fn values(samples: &[Row], column: usize) -> impl Iterator<Item = &Cell> {
    let cells = samples.iter().filter_map(move |row| row.cells.get(column));
    cells.filter(|cell| !cell.is_blank()).take(MOST_VALUES)
}

/// How many values a column has, where all of them are words for companies or people, and one of them for nothing else.
fn parties(samples: &[Row], column: usize) -> Option<usize> {
    let mut total = 0;
    let mut is_plain = false;
    for cell in values(samples, column) {
        Party::of_word(&cell.text)?;
        is_plain |= Party::is_plain_word(&cell.text);
        total += 1;
    }
    (total >= 2 && is_plain).then_some(total)
}

/// Whether one value looks like something.
type Test = fn(&str) -> bool;

/// Strictest first: of two looks that fit, the first is taken.
const LOOKS: [(Look, Test); 8] = [
    (Look::Flag, is_flag),
    (Look::Binary, is_binary),
    (Look::Email, is_email),
    (Look::Vin, is_vin),
    (Look::Date, is_date),
    (Look::Postcode, is_postcode),
    (Look::Plate, is_plate),
    (Look::Phone, is_phone),
];

pub fn is_flag(text: &str) -> bool {
    ["y", "n"].iter().any(|word| word.eq_ignore_ascii_case(text)) || yes_or_no(text).is_some()
}

pub fn is_binary(text: &str) -> bool {
    matches!(text, "0" | "1")
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    !local.is_empty()
        && domain.len() >= 3
        && domain.contains('.')
        && !domain.contains('@')
        && !text.contains(char::is_whitespace)
}

fn is_vin(text: &str) -> bool {
    text.len() == 17
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() && !b"IOQioq".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Letters and digits of the longest plates and postcodes.
const LONGEST_CODE: usize = 7;

/// A text of letters and digits, between which spaces and hyphens may stand.
struct Code {
    /// The letters, in upper case, and digits; the rest is blank.
    bytes: [u8; LONGEST_CODE],
    /// The same with letters as `A` and digits as `9`.
    shape: [u8; LONGEST_CODE],
    len: usize,
}

impl Code {
    /// `None` where there is anything else, or more than the longest code has.
    fn of(text: &str) -> Option<Self> {
        let mut code = Self {
            bytes: [b' '; LONGEST_CODE],
            shape: [b' '; LONGEST_CODE],
            len: 0,
        };
        for byte in text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')) {
            *code.shape.get_mut(code.len)? = match byte {
                b'0'..=b'9' => b'9',
                b'a'..=b'z' | b'A'..=b'Z' => b'A',
                _ => return None,
            };
            *code.bytes.get_mut(code.len)? = byte.to_ascii_uppercase();
            code.len += 1;
        }
        Some(code)
    }

    /// The code cut at these two places.
    fn parts(&self, first: usize, second: usize) -> Option<(&[u8], &[u8], &[u8])> {
        let bytes = self.bytes.get(..self.len)?;
        Some((bytes.get(..first)?, bytes.get(first..second)?, bytes.get(second..)?))
    }
}

/// Plates since 1963, and those of Northern Ireland with four digits (DVLA leaflet INF104, which `cleanup` follows too).
/// Older shapes look like any code.
fn is_plate(text: &str) -> bool {
    let Some(code) = Code::of(text) else { return false };
    let none_of = |part: &[u8], letters: &[u8]| !part.iter().any(|letter| letters.contains(letter));
    match &code.shape {
        b"AA99AAA" => code.parts(2, 4).is_some_and(|(area, age, serial)| {
            none_of(area, b"IQZ") && none_of(serial, b"IQ") && !matches!(age, b"00" | b"01" | b"50")
        }),
        b"A999AAA" | b"A99AAA " | b"A9AAA  " => code.parts(1, code.len - 3).is_some_and(|(year, digits, serial)| {
            none_of(year, b"IOUZ") && !digits.starts_with(b"0") && none_of(serial, b"IQZ")
        }),
        b"AAA999A" | b"AAA99A " | b"AAA9A  " => code.parts(3, code.len - 1).is_some_and(|(serial, digits, year)| {
            none_of(year, b"IOQUZ") && !digits.starts_with(b"0") && none_of(serial, b"IQZ")
        }),
        b"AAA9999" => code.parts(3, 7).is_some_and(|(letters, digits, _)| {
            !none_of(letters, b"IZ") && !letters.starts_with(b"Z") && !digits.starts_with(b"0")
        }),
        _ => false,
    }
}

fn is_postcode(text: &str) -> bool {
    const SHAPES: [&[u8; LONGEST_CODE]; 6] = [b"A99AA  ", b"A999AA ", b"A9A9AA ", b"AA99AA ", b"AA999AA", b"AA9A9AA"];
    Code::of(text).is_some_and(|code| SHAPES.contains(&&code.shape))
}

/// Nine digits or more that start the way phone numbers do; other long numbers are ids.
fn is_phone(text: &str) -> bool {
    let digits = || text.bytes().filter(u8::is_ascii_digit).count();
    let starts = text.starts_with(['0', '+']) || text.starts_with("(0") || text.starts_with("(+");
    starts && (9..=15).contains(&digits()) && text.chars().all(|c| c.is_ascii_digit() || "+()-. /".contains(c))
}

pub fn is_date(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let day = text.split([' ', 'T']).next().unwrap_or_default();
    let mut parts = day.split(['/', '-', '.']);
    let mut width = || {
        let part = parts.next().unwrap_or_default();
        let are_digits = part.bytes().all(|byte| byte.is_ascii_digit());
        if are_digits { part.len() } else { 0 }
    };
    let widths = [width(), width(), width()];
    parts.next().is_none() && matches!(widths, [4, 1 | 2, 1 | 2] | [1 | 2, 1 | 2, 2 | 4])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(values: &[&str]) -> Option<Look> {
        let samples: Vec<Row> = values
            .iter()
            .map(|value| Row {
                number: 0,
                cells: vec![Cell::text(*value)],
            })
            .collect();
        ColumnLook::of(&samples, 0).map(|column| column.look)
    }

    #[test]
    fn values_are_known_by_their_shape() {
        let check = |values: &[&str], expected| assert_eq!(look(values), expected, "{values:?}");
        check(&["AB12 CDE", "p456xyc", "ABC 123D", "AIZ 4412"], Some(Look::Plate));
        // Codes of the same shape.
        check(&["FOU0001", "FOU0002"], None);
        check(&["POL7001", "POL7003"], None);
        check(&["AB00 CDE", "AB01 CDE"], None);
        check(&["WVWZZZ1KZ6W612305", "SALVA2AE4EH877322"], Some(Look::Vin));
        check(&["ada@smith.example", "bob@jones.example", ""], Some(Look::Email));
        check(&["LS1 4AP", "ec1a1bb"], Some(Look::Postcode));
        check(&["07911 123456", "+44 20 7946 0001"], Some(Look::Phone));
        check(&["13/05/2024", "2024-05-13 09:30:00"], Some(Look::Date));
        check(&["TRUE", "False", ""], Some(Look::Flag));
        check(&["Ja", "NEIN", "ja"], Some(Look::Flag));
        check(&["1", "0", "1"], Some(Look::Binary));
        check(&["yes", "No", "maybe", "yes", "no", "yes"], None);
        check(&["12345678", "23456789"], None);
        check(&["Blue", "Red"], None);
        check(&["Company", "Person", ""], Some(Look::Party));
        check(&["Firma", "privat"], Some(Look::Party));
        check(&["Private", "Business"], None);
        check(&["Company", "Person", "Dealer"], None);
        check(&["AB12 CDE"], None);
        check(&[], None);
    }

    #[test]
    fn one_value_in_five_may_be_different() {
        assert_eq!(
            look(&["AB12CDE", "AB13CDE", "TBA", "AB14CDE", "AB15CDE"]),
            Some(Look::Plate)
        );
        assert_eq!(look(&["AB12CDE", "AB13CDE", "TBA"]), None);
    }
}
