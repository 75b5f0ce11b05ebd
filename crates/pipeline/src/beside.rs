//! The tables of a workbook, looked at before they are read, so that each can be held against the others.

use torqueflow_detection::{Beside, Landmark, Surroundings};
use torqueflow_model::Row;
use torqueflow_tabular::{Document, OpenError, TableHead, TableInfo, TableReader};

use crate::open::{Reading, SAMPLE_ROWS, table_index};
use crate::sources::Sources;

/// Workbooks with more worksheets are no lists that belong together.
const MOST_SHEETS: usize = 100;

/// A table as the others see it, and its [`OpenedTable::index`](crate::OpenedTable::index).
pub(crate) struct PlacedLandmark {
    index: usize,
    landmark: Landmark,
}

/// The words around a table: its file, its worksheet, the lines above its header.
pub(crate) fn around(file: &str, info: &TableInfo, head: &TableHead) -> Surroundings {
    Surroundings {
        file_name: file.to_owned(),
        sheet: info.name.clone(),
        titles: head.titles.clone(),
        beside: Vec::new(),
    }
}

/// What ties a table of the workbook to the others.
pub(crate) fn beside(
    sources: &Sources,
    landmarks: &[PlacedLandmark],
    index: usize,
    headers: &[String],
    samples: &[Row],
) -> Vec<Beside> {
    let others = landmarks.iter().filter(|other| other.index != index);
    let mut others = others.map(|other| &other.landmark).peekable();
    if others.peek().is_none() {
        return Vec::new();
    }
    sources.detector().beside(headers, samples, others)
}

/// The tables of a workbook with several worksheets, by their first rows. Of tables below each other, those are among them that
/// begin in the first rows of their worksheet.
pub(crate) fn landmarks(
    document: &mut Document<'_>,
    infos: &[TableInfo],
    file: &str,
    reading: Reading<'_>,
) -> Result<Vec<PlacedLandmark>, OpenError> {
    let mut landmarks = Vec::new();
    if !(2..=MOST_SHEETS).contains(&infos.len()) {
        return Ok(landmarks);
    }
    for (sheet_index, info) in infos.iter().enumerate() {
        let mut table = document.read_table(sheet_index)?;
        loop {
            let head = table.head();
            let around = around(file, info, head);
            let headers = head.columns.clone();
            let is_nothing = headers.is_empty() || head.header_row.is_none();
            let (samples, is_whole) = first_rows(&mut table)?;
            if !is_nothing {
                let index = table_index(sheet_index, table.ordinal());
                let detection = reading.understand(index, &headers, &samples, &around).detection;
                let name = info.name.as_deref().unwrap_or(file);
                let detector = reading.sources.detector();
                landmarks.push(PlacedLandmark {
                    index,
                    landmark: detector.landmark(name, &headers, &samples, is_whole, &detection, &around),
                });
            }
            if !is_whole || !table.next_table()? {
                break;
            }
        }
    }
    Ok(landmarks)
}

/// The rows that detection looks at, and whether they are all.
fn first_rows(table: &mut TableReader<'_>) -> Result<(Vec<Row>, bool), OpenError> {
    let (mut row, mut findings) = (Row::default(), Vec::new());
    let mut rows = Vec::new();
    while rows.len() < SAMPLE_ROWS {
        if !table.next_row(&mut row, &mut findings)? {
            return Ok((rows, true));
        }
        rows.push(row.clone());
        findings.clear();
    }
    Ok((rows, false))
}
