//! Where a table begins: its titles, its header row, its columns. The same rules for text and for workbooks.

mod groups;
mod header;
pub(crate) mod kinds;
pub(crate) mod words;

use torqueflow_model::{Finding, Row};

use crate::merged::Span;

/// A sampled row with what was found in it.
pub(crate) type Sampled = (Row, Vec<Finding>);

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

/// Decides from the first rows of a table. `spans` are the cells that are merged over several columns.
pub(crate) fn decide(sample: &[Sampled], spans: &[Span], max_columns: usize) -> HeadDecision {
    let mut rows: Vec<&Row> = sample.iter().map(|(row, _)| row).collect();
    let widths: Vec<usize> = rows.iter().map(|row| filled_width(row)).collect();
    let Some(mut start) = first_table_row(&rows, &widths) else {
        return HeadDecision::default();
    };
    let mut evidence = Vec::new();
    let joined = groups::join(&rows, start, spans);
    let titles = joined.as_ref().map_or(start, |joined| joined.lower - 1);
    if titles > 0 {
        evidence.push(format!("{titles} lines above the table were taken for titles."));
    }
    if let Some(joined) = &joined {
        start = joined.lower;
        if let Some(lower) = rows.get_mut(start) {
            *lower = &joined.row;
        }
        evidence.push(joined.evidence.clone());
    }
    let (is_header, why) = header::judge(&rows, start);
    evidence.push(why);
    let header = is_header.then_some(start);
    let first_data = start + usize::from(is_header);
    let columns = column_count(&rows, start, header).min(max_columns.saturating_add(1));
    HeadDecision {
        header,
        first_data,
        columns: column_names(&rows, header, columns),
        evidence,
    }
}

/// What follows for a table whose header is known to be the first of these rows.
pub(crate) fn below_header(rows: &[&Row], max_columns: usize) -> HeadDecision {
    let columns = column_count(rows, 0, Some(0)).min(max_columns.saturating_add(1));
    let number = rows.first().map_or(0, |row| row.number);
    HeadDecision {
        header: Some(0),
        first_data: 1,
        columns: column_names(rows, Some(0), columns),
        evidence: vec![format!(
            "Row {number} names other columns than the table above it, so another table begins there."
        )],
    }
}

/// Cells up to the last that says something.
fn filled_width(row: &Row) -> usize {
    row.cells
        .iter()
        .rposition(|cell| !cell.is_blank())
        .map_or(0, |last| last + 1)
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
    let usual = usual_fill(rows);
    if usual <= 1 {
        return rows
            .iter()
            .position(|row| filled(row) > 0 && !is_remark(row))
            .or(Some(first));
    }
    // A header is nearly as full as the rows below it; a title rarely fills half.
    let enough = (usual * 3).div_ceil(5).max(2);
    let is_start = |index: &usize| rows.get(*index).is_some_and(|row| filled(row) >= enough);
    let start = (first..rows.len().min(DEEPEST_HEADER)).find(is_start).unwrap_or(first);
    Some(header_of_several(rows, start))
}

/// How many cells the rows of the table usually fill. The first rows may be titles, so later rows count more; remarks
/// count for nothing.
fn usual_fill(rows: &[&Row]) -> usize {
    let fills: Vec<usize> = rows
        .iter()
        .filter(|row| !is_remark(row))
        .map(|row| filled(row))
        .filter(|n| *n > 0)
        .collect();
    let body = if fills.len() > 8 {
        fills.get(fills.len() / 4..).unwrap_or(&fills)
    } else {
        &fills
    };
    let mut sorted = body.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// A line such as `# exported by …`: one cell that begins with a number sign.
fn is_remark(row: &Row) -> bool {
    filled(row) == 1
        && row
            .cells
            .first()
            .is_some_and(|cell| cell.text.trim_start().starts_with('#'))
}

/// Where two rows stand above a body of values, the lower names the columns if it is the fuller one, or if the upper
/// repeats itself or is made of sentences.
fn header_of_several(rows: &[&Row], start: usize) -> usize {
    let below = start + 1;
    let (Some(upper), Some(lower)) = (rows.get(start), rows.get(below)) else {
        return start;
    };
    let body_holds_values = rows.iter().skip(below + 1).take(5).any(|row| !is_all_words(row));
    // Titles are repeated above the names of their columns; a row that names but a few columns is no header below one.
    let is_repeating =
        header::duplicates(upper) > 0.0 && header::duplicates(lower) == 0.0 && filled(lower) * 2 >= filled(upper);
    let is_group_row = is_all_words(upper) && (filled(lower) > filled(upper) || is_repeating);
    let is_sentence = longest(upper) > 40 && longest(lower) * 2 < longest(upper);
    let width = mode(rows.iter().skip(start).map(|row| row.cells.len()));
    let is_off_width = upper.cells.len() > width && lower.cells.len() == width;
    if is_all_words(lower) && body_holds_values && (is_group_row || is_sentence || is_off_width) {
        return below;
    }
    start
}

fn is_all_words(row: &Row) -> bool {
    row.cells
        .iter()
        .filter(|cell| !cell.is_blank())
        .all(|cell| !kinds::looks(cell).is_value())
}

/// Characters of the longest cell.
fn longest(row: &Row) -> usize {
    row.cells
        .iter()
        .map(|cell| cell.text.chars().count())
        .max()
        .unwrap_or(0)
}

/// The header's columns, and more if most rows have more.
fn column_count(rows: &[&Row], start: usize, header: Option<usize>) -> usize {
    let below = rows.get(start + usize::from(header.is_some())..).unwrap_or_default();
    let body = mode(below.iter().map(|row| row.cells.len()));
    let Some(header) = header.and_then(|index| rows.get(index)) else {
        return body;
    };
    // Delimiters after the last name make columns only where the rows have as many.
    let own = filled_width(header).max(header.cells.len().min(body));
    let of_width = |width: usize| below.iter().filter(move |row| row.cells.len() == width);
    if body > own && of_width(body).count() > of_width(own).count() {
        return own.max(often_filled(of_width(body).map(|row| filled_width(row))));
    }
    own
}

/// How far several rows are filled: every tenth, but at least two where there are two.
fn often_filled(widths: impl Iterator<Item = usize>) -> usize {
    let mut widths: Vec<usize> = widths.collect();
    widths.sort_unstable();
    let several = widths.len().div_ceil(10).max(2);
    widths.get(widths.len().saturating_sub(several)).copied().unwrap_or(0)
}

fn column_names(rows: &[&Row], header: Option<usize>, columns: usize) -> Vec<String> {
    let cells = header
        .and_then(|index| rows.get(index))
        .map_or(&[][..], |row| row.cells.as_slice());
    let mut names: Vec<String> = cells.iter().take(columns).map(|cell| clean_name(&cell.text)).collect();
    names.resize(columns, String::new());
    names
}

/// A header without byte order marks, line breaks and blanks around it.
fn clean_name(text: &str) -> String {
    let text = text.trim_matches(|character: char| character.is_whitespace() || character == '\u{FEFF}');
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
