//! Rows that name columns: the table's own header once more, or another table's.

use std::collections::HashSet;

use torqueflow_model::{Cell, Row, fold_header, header_words};

use super::Shape;
use super::profile::Profile;
use crate::head::kinds::looks;
use crate::head::words;

/// Text longer than this names no column.
const LONGEST_NAME: usize = 60;
/// Fewer names than these make a header only if all of them are usual.
const FEWEST_NAMES: usize = 3;

/// The header's texts, folded, by column.
#[derive(Debug, Clone, Default)]
pub(super) struct HeaderTexts {
    texts: Vec<String>,
    named: usize,
    /// Columns whose header names something that tells records apart.
    ids: Vec<bool>,
}

impl HeaderTexts {
    pub(super) fn new(header: &[String]) -> Self {
        let texts: Vec<String> = header.iter().map(|text| fold_header(text)).collect();
        let named = texts.iter().filter(|text| !text.is_empty()).count();
        let ids = header.iter().map(|text| names_an_id(text)).collect();
        Self { texts, named, ids }
    }

    fn is_named_so(&self, column: usize, cell: &Cell) -> bool {
        let own = self.texts.get(column).filter(|text| !text.is_empty());
        own.is_some_and(|text| fold_header(&cell.text) == *text)
    }

    /// The first filled cell begins as its column's header does; a cheap reason to look closer.
    pub(super) fn begins_like(&self, cells: &[Cell]) -> bool {
        let first = cells.iter().enumerate().find(|(_, cell)| !cell.is_blank());
        first.is_some_and(|(column, cell)| {
            let own = self.texts.get(column).and_then(|text| text.chars().next());
            let mut letters = cell.text.chars().filter(|character| character.is_alphanumeric());
            let same = own.is_some() && letters.next().and_then(|letter| letter.to_lowercase().next()) == own;
            same && self.is_named_so(column, cell)
        })
    }

    /// The row says what the header says. One cell alone does not: somebody may be called so.
    pub(super) fn is_repeated_by(&self, shape: &Shape<'_>) -> bool {
        let filled = shape.filled.len();
        filled >= 2
            && filled * 2 >= self.named
            && shape
                .filled
                .iter()
                .all(|(column, cell)| self.is_named_so(*column, cell))
    }

    /// Most of the row says what the header says, at the same places.
    pub(super) fn is_resembled_by(&self, shape: &Shape<'_>) -> bool {
        let filled = shape.filled.len();
        let same = shape
            .filled
            .iter()
            .filter(|(column, cell)| self.is_named_so(*column, cell))
            .count();
        filled >= 3 && filled.abs_diff(self.named) <= 1 && same * 10 >= filled * 6
    }

    /// The row holds the header's texts at other places.
    pub(super) fn is_reordered_by(&self, shape: &Shape<'_>) -> bool {
        let filled = shape.filled.len();
        let known: HashSet<&str> = self
            .texts
            .iter()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
            .collect();
        let found = shape
            .filled
            .iter()
            .filter(|(_, cell)| known.contains(fold_header(&cell.text).as_str()));
        filled >= 2 && filled * 2 >= self.named && found.count() * 10 >= filled * 8
    }

    /// The column's header names something that tells records apart: an id, a telephone, a registration.
    pub(super) fn names_an_id(&self, column: usize) -> bool {
        self.ids.get(column).copied().unwrap_or(false)
    }
}

fn names_an_id(header: &str) -> bool {
    const LAST: [&str; 10] = [
        "id",
        "number",
        "no",
        "ref",
        "reference",
        "code",
        "key",
        "sku",
        "account",
        "acc",
    ];
    const ANY: [&str; 12] = [
        "phone",
        "mobile",
        "tel",
        "telephone",
        "landline",
        "fax",
        "cell",
        "reg",
        "registration",
        "vin",
        "vrm",
        "postcode",
    ];
    let words = header_words(header);
    words.last().is_some_and(|word| LAST.contains(&word.as_str()))
        || words.iter().any(|word| ANY.contains(&word.as_str()))
}

/// A row of distinct words such as headers are made of.
pub(super) fn looks_like_header(shape: &Shape<'_>) -> bool {
    is_all_names(shape) && known_share(shape) >= 0.6
}

/// Nothing but words as columns are named with.
pub(super) fn is_all_words(shape: &Shape<'_>) -> bool {
    let is_name = |cell: &Cell| looks(cell).is_words() && cell.text.chars().count() <= LONGEST_NAME;
    shape.filled.len() >= 2 && shape.filled.iter().all(|(_, cell)| is_name(cell))
}

/// Nothing but words, each of them once.
pub(super) fn is_all_names(shape: &Shape<'_>) -> bool {
    let texts: HashSet<String> = shape
        .filled
        .iter()
        .map(|(_, cell)| cell.text.trim().to_lowercase())
        .collect();
    texts.len() == shape.filled.len() && is_all_words(shape)
}

/// The share of cells that are usual names of columns.
pub(super) fn known_share(shape: &Shape<'_>) -> f64 {
    let known = shape
        .filled
        .iter()
        .filter(|(_, cell)| words::is_header_word(&cell.text))
        .count();
    known as f64 / shape.filled.len().max(1) as f64
}

/// Names, in whatever language, at least one of which stands above a value.
fn names_values(shape: &Shape<'_>, below: &Shape<'_>) -> bool {
    let mut cells = below.filled.iter();
    shape.filled.len() >= FEWEST_NAMES
        && is_all_names(shape)
        && below.filled.len() >= 2
        && cells.any(|(column, cell)| shape.has(*column) && looks(cell).is_value())
}

/// How many of these rows belong to the first table among them, where another one with a header of its own stands below it.
/// All of them, unless that is plain. `header` is the header's index, where it is known.
pub(crate) fn table_end(rows: &[&Row], header: Option<usize>) -> usize {
    let tables = Tables {
        rows,
        shapes: rows.iter().map(|row| Shape::of(row)).collect(),
    };
    let end = tables.first().and_then(|first| tables.end_by_known_words(first));
    let end = end.unwrap_or(rows.len());
    let first = header.or_else(|| tables.first_header_of_any_words());
    first
        .and_then(|first| tables.end_by_kinds(first))
        .map_or(end, |other| other.min(end))
}

/// Rows among which one table may end and another begin.
struct Tables<'r> {
    rows: &'r [&'r Row],
    shapes: Vec<Shape<'r>>,
}

impl Tables<'_> {
    /// The row is a header of words that are known.
    fn is_header(&self, index: usize) -> bool {
        let row = self.shapes.get(index);
        row.is_some_and(|row| looks_like_header(row) && (row.filled.len() >= FEWEST_NAMES || known_share(row) >= 1.0))
    }

    fn first(&self) -> Option<usize> {
        (0..self.shapes.len()).find(|index| self.is_header(*index))
    }

    /// The first row of words above a row of values.
    fn first_header_of_any_words(&self) -> Option<usize> {
        let first = self.shapes.iter().position(|shape| shape.filled.len() >= 2)?;
        let (header, below) = self.shapes.get(first).zip(self.shapes.get(first + 1))?;
        names_values(header, below).then_some(first)
    }

    fn texts(&self, index: usize) -> HashSet<String> {
        let cells = self.shapes.get(index).into_iter().flat_map(|shape| &shape.filled);
        cells.map(|(_, cell)| fold_header(&cell.text)).collect()
    }

    /// Rows of a single cell from this one on, as many as can stand above a header.
    fn titles(&self, index: usize) -> usize {
        let rows = self.shapes.iter().skip(index).take(super::MOST_TITLES);
        rows.take_while(|shape| shape.filled.len() <= 1).count()
    }

    /// The end of the table with this header, told by the words of the header below it.
    fn end_by_known_words(&self, first: usize) -> Option<usize> {
        let own = self.texts(first);
        let begins = |index: usize| self.is_header(index) && self.texts(index) != own;
        let is_followed = |header: usize| self.shapes.get(header + 1).is_some_and(|row| row.filled.len() >= 2);
        let mut records = 0;
        for (index, shape) in self.shapes.iter().enumerate().skip(first + 1) {
            let titles = self.titles(index);
            let stands_apart = titles > 0 || is_apart(self.rows, index);
            if records > 0 && stands_apart && begins(index + titles) && is_followed(index + titles) {
                return Some(index);
            }
            records += usize::from(shape.filled.len() >= 2);
        }
        None
    }

    /// The end of the table with this header, told by what its columns hold: words stand where its records have values, and
    /// the rows below them are no such records.
    fn end_by_kinds(&self, first: usize) -> Option<usize> {
        let columns = self.shapes.get(first)?.row.cells.len();
        let mut records = Profile::default();
        for (index, shape) in self.shapes.iter().enumerate().skip(first + 1) {
            let titles = self.titles(index);
            let stands_apart = titles > 0 || is_apart(self.rows, index);
            if stands_apart && records.rows > 0 && self.begins_others(index + titles, titles, &records, columns) {
                return Some(index);
            }
            if shape.filled.len() >= 2 {
                records.learn(shape.row);
            }
        }
        None
    }

    fn begins_others(&self, header: usize, titles: usize, records: &Profile, columns: usize) -> bool {
        let Some(shape) = self.shapes.get(header) else {
            return false;
        };
        let rows = self.shapes.iter().skip(header + 1);
        let below = rows.take(super::ROWS_AHEAD).take_while(|row| !row.filled.is_empty());
        names_others(shape, below, titles, records, columns)
    }
}

/// A row of words, in whatever language, names the columns of another table than that of these records: it has words where
/// they have values, and the rows below it are no such records. Where no row is below, a title has to stand above it.
pub(super) fn names_others<'r>(
    shape: &Shape<'_>,
    below: impl Iterator<Item = &'r Shape<'r>>,
    titles: usize,
    records: &Profile,
    columns: usize,
) -> bool {
    let contradicted = records.value_columns().filter(|column| shape.has(*column)).count();
    if contradicted == 0 || shape.filled.len() < FEWEST_NAMES || !is_all_names(shape) {
        return false;
    }
    let mut below = below.peekable();
    let Some(next) = below.peek().copied().filter(|row| !row.is_lone()) else {
        return titles > 0 && contradicted >= 2;
    };
    if !names_values(shape, next) {
        return false;
    }
    let (mut rows, mut misfits) = (0, 0);
    for row in below.filter(|row| !row.is_lone()) {
        rows += 1;
        misfits += usize::from(is_misfit(row.row, records, columns));
    }
    misfits > 0 && misfits * 2 >= rows
}

/// The row can't be one of these records.
pub(super) fn is_misfit(row: &Row, records: &Profile, columns: usize) -> bool {
    row.cells.iter().skip(columns).any(|cell| !cell.is_blank()) || records.does_not_fit(row)
}

/// Blank lines stand above the row.
fn is_apart(rows: &[&Row], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| rows.get(before));
    let Some((above, row)) = before.zip(rows.get(index)) else {
        return false;
    };
    above.is_blank() || row.number > above.number + 1 + line_breaks(above)
}

/// Lines that a record of a text takes beyond its first.
fn line_breaks(row: &Row) -> u64 {
    let inside = |cell: &Cell| cell.text.bytes().filter(|byte| *byte == b'\n').count() as u64;
    row.cells.iter().map(inside).sum()
}
