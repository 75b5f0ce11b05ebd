//! Tables of files as jobs: what detection says of them, and what people say instead.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use torqueflow_engine::stored;
use torqueflow_model::{Cell, DateOrder, Finding, JobStatus, LeftOut, LeftOutRows, Row, RowClass};
use torqueflow_persistence::{ImportFile, Job, JobCounts, StoredFinding};
pub use torqueflow_pipeline::{ChoiceError, column_name};
use torqueflow_pipeline::{
    Detection, HeaderChoice, Mapping, OpenedTable, PlannedDateOrder, Sources, TableChoice, TablePlan, Understood,
    understand,
};
use uuid::Uuid;

use crate::saved_mappings::SavedUse;
use crate::work::plan_of;

/// What a person said of a table. What is `None` is left to the detection.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableChoices {
    /// The type: `generic.customers`.
    pub table_type: Option<String>,
    /// What becomes of columns, by their names; of a column without a header, `Column 3`.
    pub mapping: Option<Mapping>,
    /// Whether the first row is a header.
    pub has_header_row: Option<bool>,
    /// The order of day and month in all date columns.
    pub date_order: Option<DateOrder>,
    /// Whether the table is imported at all.
    pub included: Option<bool>,
    /// The saved mapping that type and mapping were taken from, before people changed them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved: Option<SavedUse>,
    /// Saved mappings are not asked: a person took everything back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_saved: bool,
    /// A person changed type or columns after they were taken from a saved mapping.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub changed_since: bool,
    /// What is to be told when the table is understood by them, in sentences.
    #[serde(skip)]
    pub notes: Vec<String>,
}

/// The first rows of a table as they are to be understood.
pub(crate) struct Head {
    pub headers: Vec<String>,
    pub samples: Vec<Row>,
    pub header: HeaderChoice,
}

impl Head {
    /// What a person's word on the header makes of the rows as they were found.
    pub fn new(found: &[String], header_row: Option<i64>, samples: Vec<Row>, has_header_row: Option<bool>) -> Self {
        let (mut headers, mut samples, mut header) = (found.to_vec(), samples, HeaderChoice::AsFound);
        match (has_header_row, header_row) {
            (Some(false), Some(number)) => {
                samples.insert(0, row_of_headers(found, number));
                headers = vec![String::new(); found.len()];
                header = HeaderChoice::IsData;
            }
            (Some(true), None) if !samples.is_empty() => {
                headers = headers_of_row(&samples.remove(0), found.len());
                header = HeaderChoice::FirstRow;
            }
            _ => {}
        }
        Self {
            headers,
            samples,
            header,
        }
    }
}

/// A header taken for a row of data.
pub(crate) fn row_of_headers(headers: &[String], number: i64) -> Row {
    Row {
        number: number as u64,
        cells: headers.iter().map(Cell::text).collect(),
    }
}

/// A row of data taken for the header.
pub(crate) fn headers_of_row(row: &Row, columns: usize) -> Vec<String> {
    let mut headers: Vec<String> = row.cells.iter().map(|cell| cell.text.trim().to_owned()).collect();
    headers.resize(columns, String::new());
    headers
}

/// The job of a table that was opened, or looked into.
pub(crate) fn new_job(file: &ImportFile, table: &OpenedTable, staged_key: Option<String>) -> Job {
    let mut job = Job {
        id: Uuid::now_v7(),
        run_id: file.run_id,
        file_id: file.id,
        ordinal: 0,
        position: 0,
        sheet: table.sheet.clone(),
        status: JobStatus::Unrecognised,
        table_type: None,
        label: None,
        noun: None,
        source_system: None,
        entities: Vec::new(),
        confidence: 0.0,
        confidence_level: String::new(),
        header_row: table.head.header_row.map(|row| row as i64),
        encoding: table.head.encoding.map(str::to_owned),
        delimiter: table.head.delimiter.map(String::from),
        plan: serde_json::Value::Null,
        warnings: serde_json::Value::Null,
        provisional: staged_key.is_none(),
        row_count: staged_key.is_some().then_some(table.row_count as i64),
        left_out: if staged_key.is_some() {
            table.left_out.clone()
        } else {
            LeftOut::default()
        },
        staged_key,
        checkpoint: 0,
        counts: JobCounts::default(),
        entity_counts: BTreeMap::new(),
        error: None,
        table_index: table.index as i64,
        analysed: 0,
        attempt: 1,
        choices: None,
        version: 1,
        replaced: None,
    };
    job.warnings = table.findings.iter().map(warning).collect();
    describe(&mut job, &table.detection, &table.plan, &table.notes);
    job
}

fn warning(finding: &Finding) -> serde_json::Value {
    serde_json::json!({"code": finding.code.code(), "message": finding.message()})
}

/// Notes what the analysis says of a job's rows: how many there are, and which of them are empty records.
pub(crate) fn note_rows(job: &mut Job, rows: i64, empty: LeftOutRows) {
    job.row_count = Some(rows - empty.count as i64);
    job.analysed = rows - empty.count as i64;
    job.left_out.replace(RowClass::EmptyRecord, empty);
    let told = of_rows_left_out(job);
    if let Some(warnings) = job.warnings.as_array_mut() {
        warnings.retain(|warning| !told.contains(warning));
        warnings.extend(job.left_out.findings().iter().map(warning));
    }
}

/// A finding per class of the rows that are left out, in the place of the first of them.
pub(crate) fn findings_of_rows_left_out(left_out: &LeftOut, empty: &LeftOutRows) -> Vec<StoredFinding> {
    let mut left_out = left_out.clone();
    left_out.replace(RowClass::EmptyRecord, empty.clone());
    let in_place = left_out
        .findings_of_rows()
        .filter_map(|(rows, finding)| Some(stored(*rows.first.first()? as i64, 0, &finding)));
    in_place.collect()
}

/// What was said of the rows that are left out, which stands however the table is understood.
fn of_rows_left_out(job: &Job) -> Vec<serde_json::Value> {
    let codes: Vec<&str> = RowClass::ALL
        .iter()
        .filter_map(|class| Some(class.finding_code()?.code()))
        .collect();
    let warnings = job.warnings.as_array().into_iter().flatten();
    let is_one = |warning: &&serde_json::Value| {
        let code = warning.get("code").and_then(serde_json::Value::as_str);
        code.is_some_and(|code| codes.contains(&code))
    };
    warnings.filter(is_one).cloned().collect()
}

/// Writes down in the job what the table is and how its rows are read.
fn describe(job: &mut Job, detection: &Detection, plan: &TablePlan, notes: &[String]) {
    let detected = detection.table_type.as_ref();
    let missing = detection.warning("missing_required_column");
    let warnings = detection
        .warnings
        .iter()
        .map(|warning| serde_json::json!({"code": warning.code, "message": warning.message}));
    let left_out = of_rows_left_out(job);
    let notes = notes
        .iter()
        .map(|note| serde_json::json!({"code": "note", "message": note}));
    job.status = match (detected, missing) {
        (None, _) => JobStatus::Unrecognised,
        (Some(table), _) if table.is_left_out() => JobStatus::Skipped,
        (Some(_), Some(_)) => JobStatus::Failed,
        (Some(_), None) => JobStatus::Pending,
    };
    job.table_type = detected.map(|table| table.type_id.clone());
    job.label = detected.map(|table| table.label.clone());
    job.noun = detected.map(|table| table.noun.clone());
    job.source_system = detected.map(|table| table.source_system.clone());
    job.entities = detected.map(|table| table.entities.clone()).unwrap_or_default();
    job.confidence = detection.confidence;
    detection.confidence_level.name().clone_into(&mut job.confidence_level);
    job.plan = serde_json::to_value(plan).unwrap_or_default();
    job.warnings = warnings.chain(left_out).chain(notes).collect();
    job.error = missing.map(|warning| (warning.code.to_owned(), warning.message.clone()));
}

/// The code of what is said of a table whose type is not imported.
pub(crate) const NOT_IMPORTED: &str = "not_imported";

/// The table brings records to its run: it is known what it is, and nobody left it out.
pub(crate) fn takes_part(job: &Job) -> bool {
    !matches!(job.status, JobStatus::Skipped | JobStatus::Unrecognised)
}

/// It is known what the table is, and tables of that type are left out. One that a person left out has kinds of record.
pub(crate) fn is_left_out(job: &Job) -> bool {
    job.status == JobStatus::Skipped && job.table_type.is_some() && job.entities.is_empty()
}

/// What is said of such a table.
pub(crate) fn why_left_out(job: &Job) -> Option<String> {
    let mut warnings = job.warnings.as_array()?.iter();
    let told = warnings.find(|warning| warning.get("code").is_some_and(|code| *code == NOT_IMPORTED))?;
    Some(told.get("message")?.as_str()?.to_owned())
}

/// Understands a table anew, by what people chose.
pub(crate) fn plan_again(
    job: &mut Job,
    sources: &Sources,
    run_system: Option<&str>,
    head: &Head,
    choices: &TableChoices,
) -> Result<(), ChoiceError> {
    let around = plan_of(job).map(|before| before.around).unwrap_or_default();
    let choice = TableChoice {
        table_type: choices.table_type.clone(),
        mapping: choices.mapping.clone(),
    };
    let Understood {
        detection,
        mut plan,
        mut notes,
    } = understand(sources, run_system, &head.headers, &head.samples, &around, &choice)?;
    notes.extend(choices.notes.iter().cloned());
    plan.header = head.header;
    plan.around = around;
    keep_what_it_holds(job, &mut plan);
    if let Some(order) = choices.date_order {
        plan.set_date_order(match order {
            DateOrder::DayFirst => PlannedDateOrder::DayFirst,
            DateOrder::MonthFirst => PlannedDateOrder::MonthFirst,
        });
    }
    if let Some(saved) = &choices.saved {
        notes.insert(
            0,
            match &saved.name {
                Some(name) => format!("Understood as saved under “{name}”."),
                None => "Understood as a person mapped a table with these columns before.".to_owned(),
            },
        );
    }
    describe(job, &detection, &plan, &notes);
    if choices.table_type.is_some() && job.status != JobStatus::Unrecognised {
        job.confidence = 1.0;
        "high".clone_into(&mut job.confidence_level);
    }
    if choices.included == Some(false) {
        job.status = JobStatus::Skipped;
    }
    Ok(())
}

/// What the workbook says of itself, and what the columns hold, stands however the table is understood. What the columns hold
/// depends on whether the first row is one of them.
fn keep_what_it_holds(job: &Job, plan: &mut TablePlan) {
    let Ok(before) = plan_of(job) else { return };
    plan.date1904 = before.date1904;
    if before.header == plan.header && before.columns.len() == plan.columns.len() {
        plan.profiles = before.profiles;
    }
}
