//! Data quality: what was found in which column, and how complete the records are.

use std::collections::HashMap;
use std::io::Write;

use serde::Serialize;
use torqueflow_model::{EntityKind, FindingCode};
use torqueflow_persistence::{FindingCell, FindingExample, FindingGroup, Job, OrganizationId};
use uuid::Uuid;

use super::{Places, column_label, write_csv};
use crate::error::AppError;
use crate::error_log::headers;
use crate::{App, boxed};

/// Examples of each finding.
const EXAMPLES: i64 = 5;

/// How good the data of a run is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataQuality {
    /// The run.
    pub run_id: Uuid,
    /// What was found, per table, code and column: errors first, then the commonest.
    pub findings: Vec<QualityLine>,
    /// How complete the records are that the run created or changed, as they are now.
    pub completeness: Vec<CompletenessLine>,
}

/// A kind of finding in a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct QualityLine {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// The column's header; `None` for what is about the row.
    pub column: Option<String>,
    /// The field that it feeds: `customer.phone`.
    pub field: Option<String>,
    /// The stable code.
    pub code: String,
    /// The severity.
    pub severity: String,
    /// What it means; `…` stands for what differs.
    pub message: String,
    /// What to do about it.
    pub fix: String,
    /// In how many cells, or rows where it is about no cell.
    pub count: i64,
    /// In how many rows.
    pub rows: i64,
    /// The share of the table's rows, 0 to 1.
    pub share: f64,
    /// Some of them, the first in the file.
    pub examples: Vec<Example>,
}

/// A finding that stands for many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// The row as a person's program shows it.
    pub row: i64,
    /// The text of the cell.
    pub value: String,
    /// What is wrong with it.
    pub message: String,
}

/// How complete a field is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CompletenessLine {
    /// The entity.
    pub entity: &'static str,
    /// The column.
    pub field: String,
    /// What a person calls it.
    pub label: String,
    /// How many records there are.
    pub records: i64,
    /// How many of them have a value in it.
    pub filled: i64,
    /// The same as a share, 0 to 1.
    pub share: f64,
}

/// How good the data of a run is.
#[boxed]
pub async fn data_quality(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<DataQuality, AppError> {
    let places = Places::load(app, organization, run_id).await?;
    let mut findings = Vec::new();
    for job in &places.jobs {
        let groups = app.store.quality_findings(organization, job.id).await?;
        if !groups.is_empty() {
            let examples = app.store.quality_examples(organization, job.id, EXAMPLES).await?;
            findings.extend(lines(places.file(job), job, groups, examples));
        }
    }
    let mut completeness = Vec::new();
    for entity in EntityKind::ALL {
        let counted = app.store.quality_completeness(organization, run_id, entity).await?;
        let records = counted.records;
        if records == 0 {
            continue;
        }
        completeness.extend(counted.filled.into_iter().map(|(field, filled)| CompletenessLine {
            entity: entity.name(),
            label: column_label(entity, &field),
            field,
            records,
            filled,
            share: share(filled, records),
        }));
    }
    Ok(DataQuality {
        run_id,
        findings,
        completeness,
    })
}

/// `part` of `whole`, to four digits.
fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0
}

/// The lines of one table.
fn lines(file: &str, job: &Job, groups: Vec<FindingGroup>, examples: Vec<FindingExample>) -> Vec<QualityLine> {
    let headers = headers(job);
    let mut by_group: HashMap<_, Vec<Example>> = HashMap::new();
    for example in examples {
        let code = FindingCode::from_code(&example.code);
        let shown = by_group
            .entry((example.code, example.column_index, example.field))
            .or_default();
        let own = FindingCell {
            row: example.row_number,
            value: example.value,
            detail: example.detail,
        };
        let is_of_row = own.row > 0;
        let cells = example.cells.into_iter().chain(is_of_row.then_some(own));
        shown.extend(cells.map(|cell| Example {
            row: cell.row,
            value: cell.value,
            message: code.map_or_else(String::new, |code| code.message(&cell.detail).into_owned()),
        }));
    }
    for shown in by_group.values_mut() {
        shown.sort_by_key(|example| example.row);
        shown.truncate(EXAMPLES as usize);
    }
    let mut lines: Vec<QualityLine> = groups
        .into_iter()
        .map(|group| {
            let code = FindingCode::from_code(&group.code);
            let key = (group.code, group.column_index, group.field);
            let examples = by_group.remove(&key).unwrap_or_default();
            let (code_name, column_index, field) = key;
            QualityLine {
                file: file.to_owned(),
                sheet: job.sheet.clone(),
                column: column_index.and_then(|index| headers.get(index as usize).cloned()),
                field,
                message: code.map_or_else(|| code_name.clone(), |code| code.template().replace("{}", "…")),
                fix: code.map(FindingCode::fix).unwrap_or_default().to_owned(),
                code: code_name,
                severity: group.severity,
                count: group.count,
                rows: group.rows,
                share: share(group.rows, job.row_count.unwrap_or_default()),
                examples,
            }
        })
        .collect();
    lines.sort_by(|a, b| {
        let key = |line: &QualityLine| {
            (
                line.severity != "error",
                std::cmp::Reverse(line.count),
                line.code.clone(),
            )
        };
        key(a).cmp(&key(b)).then_with(|| a.column.cmp(&b.column))
    });
    lines
}

impl DataQuality {
    /// The report as CSV that is safe to open in a spreadsheet. The first column says whether a line is a finding or tells
    /// how complete a field is.
    pub fn write_csv(&self, writer: impl Write) -> Result<(), AppError> {
        let header = [
            "section", "file", "sheet", "column", "field", "code", "severity", "count", "rows", "share", "message",
            "fix", "examples",
        ];
        let findings = self.findings.iter().map(finding_line);
        let completeness = self.completeness.iter().map(completeness_line);
        write_csv(writer, header, findings.chain(completeness))
    }
}

fn finding_line(line: &QualityLine) -> [String; 13] {
    let examples = line
        .examples
        .iter()
        .map(|example| format!("row {}: {}", example.row, example.value));
    [
        "finding".to_owned(),
        line.file.clone(),
        line.sheet.clone().unwrap_or_default(),
        line.column.clone().unwrap_or_default(),
        line.field.clone().unwrap_or_default(),
        line.code.clone(),
        line.severity.clone(),
        line.count.to_string(),
        line.rows.to_string(),
        line.share.to_string(),
        line.message.clone(),
        line.fix.clone(),
        examples.collect::<Vec<_>>().join("; "),
    ]
}

fn completeness_line(line: &CompletenessLine) -> [String; 13] {
    let mut cells: [String; 13] = Default::default();
    let [section, _, _, _, field, _, _, count, rows, share, message, _, _] = &mut cells;
    "completeness".clone_into(section);
    *field = format!("{}.{}", line.entity, line.field);
    *count = line.filled.to_string();
    *rows = line.records.to_string();
    *share = line.share.to_string();
    line.label.clone_into(message);
    cells
}
