//! The first rows of a run's tables, as they are and as they will be imported.

use comfy_table::Cell;
use serde::Serialize;
use torqueflow_app::jobs::{self, Preview, PreviewRow};
use torqueflow_app::summary::RunSummary;
use torqueflow_app::{App, AppError, OrganizationId, runs};
use torqueflow_pipeline::table_ordinal;
use uuid::Uuid;

use crate::render;

/// The rows that are shown of each table where nobody says how many; a hundred at most.
pub const USUAL_ROWS: &str = "20";

/// The first rows of one table.
#[derive(Debug, Serialize)]
pub struct TablePreview {
    file: String,
    sheet: Option<String>,
    table: usize,
    #[serde(flatten)]
    preview: Preview,
}

/// A run in JSON, with previews where they were asked for.
#[derive(Debug, Serialize)]
pub struct WithPreviews<'a> {
    #[serde(flatten)]
    pub summary: &'a RunSummary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previews: Option<&'a [TablePreview]>,
}

/// The first rows of each table of a run, so many of each. None, if nobody asked.
pub async fn previews(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    rows: Option<u16>,
) -> Result<Option<Vec<TablePreview>>, AppError> {
    let Some(rows) = rows else { return Ok(None) };
    let run = runs::get(app, organization, run_id).await?;
    let mut previews = Vec::new();
    for job in &run.jobs {
        let file = run.files.iter().find(|file| file.id == job.file_id);
        let mut preview = jobs::preview(app, organization, job.id).await?;
        preview.rows.truncate(rows.into());
        previews.push(TablePreview {
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            sheet: job.sheet.clone(),
            table: table_ordinal(job.table_index as usize),
            preview,
        });
    }
    Ok(Some(previews))
}

impl TablePreview {
    /// The rows for a terminal: a line per cell, with what it becomes and what was found.
    pub fn render(&self) -> String {
        let mut table = render::table(&["Row", "Column", "In the file", "Becomes", "Found"]);
        for row in &self.preview.rows {
            for line in self.lines(row) {
                table.add_row(line.map(Cell::new));
            }
        }
        let name = render::table_name(self.sheet.as_ref().unwrap_or(&self.file), self.table);
        format!("{name}:\n{table}")
    }

    fn lines(&self, row: &PreviewRow) -> Vec<[String; 5]> {
        let found = |column: Option<&str>| -> String {
            let findings = row
                .findings
                .iter()
                .filter(|finding| finding.column.as_deref() == column);
            findings
                .map(|finding| finding.message.clone())
                .collect::<Vec<_>>()
                .join("\n")
        };
        let mut lines = Vec::new();
        for (cell, column) in row.cells.iter().zip(&self.preview.columns) {
            if cell.original.trim().is_empty() && cell.cleaned.is_none() {
                continue;
            }
            let becomes = match (&cell.field, &cell.cleaned) {
                (None, _) => "not imported".to_owned(),
                (Some(field), None) => format!("{field}: nothing"),
                (Some(field), Some(value)) => format!("{field}: {value}"),
            };
            let line = [
                String::new(),
                column.clone(),
                cell.original.clone(),
                becomes,
                found(Some(column.as_str())),
            ];
            lines.push(line);
        }
        if lines.is_empty() {
            let filled = row.original.iter().filter(|text| !text.trim().is_empty());
            let text = filled.cloned().collect::<Vec<_>>().join(" | ");
            lines.push([String::new(), String::new(), text, String::new(), String::new()]);
        }
        if let Some([number, _, _, _, said]) = lines.first_mut() {
            *number = what(row);
            let both = [found(None), std::mem::take(said)].join("\n");
            both.trim().clone_into(said);
        }
        lines
    }
}

/// The number of a row, and what is special about it: `9: no record (total)`.
fn what(row: &PreviewRow) -> String {
    let mut said = Vec::new();
    match row.class {
        Some(class) => said.push(format!("no record ({})", class.name().replace('_', " "))),
        None if !row.included => said.push("excluded".to_owned()),
        None => {}
    }
    if row.duplicate {
        said.push("likely duplicate".to_owned());
    }
    said.extend(row.owner_row.map(|owner| format!("belongs to row {owner}")));
    let number = row.row.to_string();
    if said.is_empty() {
        number
    } else {
        format!("{number}: {}", said.join(", "))
    }
}
