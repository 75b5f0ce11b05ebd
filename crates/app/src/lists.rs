//! Lists that people make or edit for us in a spreadsheet: tables whose columns have names that we know.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use torqueflow_model::Row;
use torqueflow_pipeline::{OpenError, TableReader, open};

use crate::Opener;

/// Problems that a message names one by one.
const NAMED_PROBLEMS: usize = 10;

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListLine {
    /// Its row in the file, from 1.
    pub row: u64,
    texts: HashMap<&'static str, String>,
}

impl ListLine {
    /// What it says in this column, trimmed; empty where the list has no such column.
    pub fn text(&self, column: &str) -> &str {
        self.texts.get(column).map(String::as_str).unwrap_or_default()
    }
}

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Its row in the file, from 1.
    pub row: u64,
    /// What is wrong, for a person.
    pub message: String,
}

/// The first problems in words.
pub(crate) fn problems_text(problems: &[LineProblem]) -> String {
    let named = problems.iter().take(NAMED_PROBLEMS);
    let mut text: Vec<_> = named
        .map(|problem| format!("row {}: {}", problem.row, problem.message))
        .collect();
    if problems.len() > NAMED_PROBLEMS {
        text.push(format!("and {} more", problems.len() - NAMED_PROBLEMS));
    }
    text.join("; ")
}

/// Why a list can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// Its file can't be opened or read.
    #[error("failed to read `{file}`")]
    Open {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// It lacks a column.
    #[error("`{file}` has no column `{column}`; it needs {}", .needed.join(", "))]
    NoColumn {
        /// The file.
        file: String,
        /// Which column.
        column: &'static str,
        /// All that it needs.
        needed: Vec<&'static str>,
    },
}

/// Reads the first table of a CSV or workbook, in whatever encoding and with whatever delimiter a spreadsheet saved it.
/// All `needed` columns have to be there, by these names in upper or lower case; `optional` ones may.
pub fn read_list(
    opener: &Opener,
    path: &Path,
    needed: &[&'static str],
    optional: &[&'static str],
) -> Result<Vec<ListLine>, ListError> {
    let file = || path.display().to_string();
    let failed = |source: OpenError| ListError::Open { file: file(), source };
    let reader = File::open(path).map_err(OpenError::from).map_err(failed)?;
    let reader = Box::new(opener.deadline().reader(reader));
    let mut document = open(&file(), reader, &opener.options(None)).map_err(failed)?;
    let mut table = document.read_table(0).map_err(failed)?;
    let columns = &table.head().columns;
    let mut places = Vec::new();
    for &column in needed.iter().chain(optional) {
        match columns.iter().position(|name| name.eq_ignore_ascii_case(column)) {
            Some(place) => places.push((column, place)),
            None if optional.contains(&column) => {}
            None => {
                let (file, needed) = (file(), needed.to_vec());
                return Err(ListError::NoColumn { file, column, needed });
            }
        }
    }
    lines(&mut table, &places).map_err(failed)
}

fn lines(table: &mut TableReader<'_>, places: &[(&'static str, usize)]) -> Result<Vec<ListLine>, OpenError> {
    let mut lines = Vec::new();
    let (mut row, mut findings) = (Row::default(), Vec::new());
    while table.next_row(&mut row, &mut findings)? {
        let text = |place: usize| row.cells.get(place).map(|cell| cell.text.trim().to_owned());
        let texts = places
            .iter()
            .filter_map(|(column, place)| Some((*column, text(*place)?)));
        lines.push(ListLine {
            row: row.number,
            texts: texts.collect(),
        });
    }
    Ok(lines)
}
