//! Where a table begins: its titles, its header row, its columns. The same rules for text and for workbooks.

mod kinds;
mod words;

use std::collections::HashSet;

use torqueflow_model::{Cell, Finding, Row};

use kinds::Looks;

/// A sampled row with what was found in it.
type Sampled = (Row, Vec<Finding>);

/// How far down a table may begin.
const DEEPEST_HEADER: usize = 60;

/// Where a table begins, by indices into the sample.
#[derive(Debug, Default)]
pub(crate) struct HeadDecision {
    /// The header.
    pub(crate) header: Option<usize>,
    /// The first row below titles and header.
    pub(crate) first_data: usize,
    pub(crate) columns: Vec<String>,
    pub(crate) evidence: Vec<String>,
}

/// Decides from the first rows of a table.
pub(crate) fn decide(sample: &[Sampled], max_columns: usize) -> HeadDecision {
    let rows: Vec<&Row> = sample.iter().map(|(row, _)| row).collect();
    let widths: Vec<usize> = rows.iter().map(|row| filled_width(row)).collect();
    let Some(start) = first_table_row(&rows, &widths) else {
        return HeadDecision { first_data: rows.len(), ..HeadDecision::default() };
    };
    let mut evidence = Vec::new();
    if start > 0 {
        evidence.push(format!("{start} lines above the table were taken for titles."));
    }
    let (is_header, why) = judge_header(&rows, start);
    evidence.push(why);
    let header = is_header.then_some(start);
    let first_data = start + usize::from(is_header);
    let columns = column_count(&rows, start, header).min(max_columns.saturating_add(1));
    HeadDecision { header, first_data, columns: column_names(&rows, header, columns), evidence }
}

/// Cells up to the last that says something.
fn filled_width(row: &Row) -> usize {
    row.cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |last| last + 1)
}

fn filled(row: &Row) -> usize {
    row.cells.iter().filter(|cell| !cell.is_blank()).count()
}

/// The most common value, the larger one of equals; zero does not count.
fn mode(values: impl Iterator<Item = usize>) -> usize {
    let mut sorted: Vec<usize> = values.filter(|value| *value > 0).collect();
    sorted.sort_unstable();
    sorted
        .chunk_by(|left, right| left == right)
        .max_by_key(|run| (run.len(), run.first().copied()))
        .and_then(|run| run.first().copied())
        .unwrap_or(0)
}

/// The first row that is as full as the rows of the table are: its header, or its first row.
fn first_table_row(rows: &[&Row], widths: &[usize]) -> Option<usize> {
    let first = widths.iter().position(|width| *width > 0)?;
    let counts: Vec<usize> = rows.iter().map(|row| filled(row)).collect();
    let usual = usual_fill(&counts);
    if usual <= 1 {
        return Some(first);
    }
    // A header is nearly as full as the rows below it; a title rarely fills half.
    let enough = (usual * 3).div_ceil(5).max(2);
    let is_start = |index: &usize| counts.get(*index).is_some_and(|count| *count >= enough);
    let start = (first..rows.len().min(DEEPEST_HEADER)).find(is_start).unwrap_or(first);
    Some(header_of_several(rows, &counts, start))
}

/// How many cells the rows of the table usually fill. The first rows may be titles, so later rows count as well.
fn usual_fill(counts: &[usize]) -> usize {
    let filled: Vec<usize> = counts.iter().copied().filter(|count| *count > 0).collect();
    let body = if filled.len() > 8 { filled.get(filled.len() / 4..).unwrap_or(&filled) } else { &filled };
    let mut sorted = body.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// Where headers stand in several rows, the fullest of them is the one that names the columns.
fn header_of_several(rows: &[&Row], counts: &[usize], start: usize) -> usize {
    let looks_like_words = |index: usize| {
        rows.get(index).is_some_and(|row| {
            row.cells.iter().filter(|cell| !cell.is_blank()).all(|cell| kinds::looks(cell) == Looks::Words)
        })
    };
    let fill = |index: usize| counts.get(index).copied().unwrap_or(0);
    let below = start + 1;
    let has_repeats = rows.get(start).is_some_and(|row| distinct(row) < fill(start));
    let body_differs = (below + 1..rows.len().min(below + 6)).any(|index| fill(index) > 0 && !looks_like_words(index));
    if looks_like_words(start)
        && looks_like_words(below)
        && body_differs
        && (fill(below) > fill(start) || has_repeats)
        && rows.get(below).is_some_and(|row| distinct(row) == fill(below))
    {
        return below;
    }
    start
}

fn distinct(row: &Row) -> usize {
    let texts = row.cells.iter().filter(|cell| !cell.is_blank()).map(|cell| cell.text.trim().to_lowercase());
    texts.collect::<HashSet<_>>().len()
}

/// Says whether the row at `start` is a header, and why.
fn judge_header(rows: &[&Row], start: usize) -> (bool, String) {
    let Some(row) = rows.get(start) else {
        return (false, "There is no row.".to_owned());
    };
    let cells: Vec<&Cell> = row.cells.iter().filter(|cell| !cell.is_blank()).collect();
    let values = cells.iter().filter(|cell| kinds::looks(cell) != Looks::Words).count();
    let known = cells.iter().filter(|cell| words::is_header_word(&cell.text)).count();
    let body: Vec<&Row> = rows.iter().skip(start + 1).filter(|row| filled(row) > 0).take(100).copied().collect();
    let contrast = contrast(row, &body);
    let repeated = repeated_below(row, &body);
    let distinct_share = distinct(row) as f64 / cells.len().max(1) as f64;

    let mut score = 0.0;
    score += if values == 0 { 1.0 } else { -3.0 * values as f64 / cells.len().max(1) as f64 };
    score += 2.0 * (known as f64 / cells.len().max(1) as f64).min(0.5) * 2.0;
    score += 3.0 * contrast;
    score -= 2.0 * repeated;
    score -= 2.0 * (1.0 - distinct_share);
    if cells.iter().any(|cell| cell.text.chars().count() > 120) {
        score -= 1.0;
    }
    let number = row.number;
    if score > 0.5 {
        let why = if contrast > 0.0 {
            format!("Row {number} holds words where the rows below hold values, so it is the header.")
        } else if known > 0 {
            format!("Row {number} holds {known} usual column names, so it is the header.")
        } else {
            format!("Row {number} holds words that the rows below do not repeat, so it is the header.")
        };
        return (true, why);
    }
    (false, format!("Row {number} looks like the rows below it, so there is no header."))
}

/// The share of columns that hold values below and words in the header; below zero where both hold values.
fn contrast(header: &Row, body: &[&Row]) -> f64 {
    let mut columns = 0.0;
    let mut score = 0.0;
    for (column, cell) in header.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
        let below: Vec<Looks> =
            body.iter().filter_map(|row| row.cells.get(column)).filter(|cell| !cell.is_blank()).map(kinds::looks).collect();
        if below.is_empty() {
            continue;
        }
        columns += 1.0;
        let words = below.iter().filter(|looks| **looks == Looks::Words).count() as f64 / below.len() as f64;
        if words < 0.2 {
            score += if kinds::looks(cell) == Looks::Words { 1.0 } else { -1.0 };
        }
    }
    if columns == 0.0 { 0.0 } else { score / columns }
}

/// The share of the header's texts that appear again in their own column.
fn repeated_below(header: &Row, body: &[&Row]) -> f64 {
    let cells = header.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
    let mut count = 0.0;
    let mut repeated = 0.0;
    for (column, cell) in cells {
        count += 1.0;
        let text = cell.text.trim();
        if body.iter().filter_map(|row| row.cells.get(column)).any(|below| below.text.trim() == text) {
            repeated += 1.0;
        }
    }
    if count == 0.0 { 0.0 } else { repeated / count }
}

/// The header's columns, and more if the rows usually have more.
fn column_count(rows: &[&Row], start: usize, header: Option<usize>) -> usize {
    let body = mode(rows.iter().skip(start + usize::from(header.is_some())).map(|row| row.cells.len()));
    let filled_body = mode(rows.iter().skip(start).map(|row| filled_width(row)));
    match header.and_then(|index| rows.get(index)) {
        Some(row) => {
            let own = row.cells.len();
            if body > own { own.max(filled_body) } else { own }
        }
        None => body,
    }
}

fn column_names(rows: &[&Row], header: Option<usize>, columns: usize) -> Vec<String> {
    let cells = header.and_then(|index| rows.get(index)).map_or(&[][..], |row| row.cells.as_slice());
    let mut names: Vec<String> = cells.iter().take(columns).map(|cell| clean_name(&cell.text)).collect();
    names.resize(columns, String::new());
    names
}

/// A header without byte order marks, line breaks and blanks around it.
fn clean_name(text: &str) -> String {
    let text = text.trim_matches(|character: char| character.is_whitespace() || character == '\u{FEFF}');
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A row that can stand below a table without belonging to it: one cell of a wide table, or a total.
pub(crate) fn looks_like_footer(row: &Row, columns: usize) -> bool {
    if columns < 3 {
        return false;
    }
    let mut cells = row.cells.iter().enumerate().filter(|(_, cell)| !cell.is_blank());
    let Some((first, cell)) = cells.next() else {
        return false;
    };
    let alone = cells.next().is_none();
    (alone && first == 0 && words::is_footer_sentence(&cell.text)) || words::is_total(&cell.text)
}
