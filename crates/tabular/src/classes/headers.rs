//! Rows that name columns: the table's own header once more, or another table's.

use std::collections::HashSet;

use torqueflow_model::{Cell, Finding, Row, fold_header, header_words};

use super::Shape;
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

/// How many of the first rows of a file belong to its first table, where another one with a header of its own stands below
/// it. All of them, unless that is plain.
pub(crate) fn first_table_end(rows: &[(Row, Vec<Finding>)]) -> usize {
    let shapes: Vec<Shape<'_>> = rows.iter().map(|(row, _)| Shape::of(row)).collect();
    let is_header = |index: usize| {
        let row = shapes.get(index);
        row.is_some_and(|row| looks_like_header(row) && (row.filled.len() >= FEWEST_NAMES || known_share(row) >= 1.0))
    };
    let Some(first) = (0..shapes.len()).find(|index| is_header(*index)) else {
        return rows.len();
    };
    let texts = |index: usize| -> HashSet<String> {
        let cells = shapes.get(index).into_iter().flat_map(|shape| &shape.filled);
        cells.map(|(_, cell)| fold_header(&cell.text)).collect()
    };
    let own = texts(first);
    let mut records = 0;
    let mut index = first + 1;
    while let Some(shape) = shapes.get(index) {
        let begins = |index: usize| is_header(index) && texts(index) != own;
        let apart = is_apart(rows, index);
        let titles = shapes
            .iter()
            .skip(index)
            .take(super::MOST_TITLES)
            .take_while(|shape| shape.filled.len() <= 1)
            .count();
        let stands_apart = apart || titles > 0;
        let is_followed = |header: usize| shapes.get(header + 1).is_some_and(|row| row.filled.len() >= 2);
        if records > 0 && stands_apart && begins(index + titles) && is_followed(index + titles) {
            return index;
        }
        records += usize::from(shape.filled.len() >= 2);
        index += 1;
    }
    rows.len()
}

/// Blank lines stand above the row.
fn is_apart(rows: &[(Row, Vec<Finding>)], index: usize) -> bool {
    let number = |index: usize| rows.get(index).map(|(row, _)| row.number);
    let before = index.checked_sub(1).and_then(|before| rows.get(before));
    let Some(((above, _), number)) = before.zip(number(index)) else {
        return false;
    };
    above.is_blank() || number > above.number + 1 + line_breaks(above)
}

/// Lines that a record of a text takes beyond its first.
fn line_breaks(row: &Row) -> u64 {
    let inside = |cell: &Cell| cell.text.bytes().filter(|byte| *byte == b'\n').count() as u64;
    row.cells.iter().map(inside).sum()
}
