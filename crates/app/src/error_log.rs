//! The error log: every finding of a run with its place, its value and what to do.

use std::io::{self, Write};
use std::ops::ControlFlow;

use serde::Serialize;
use torqueflow_model::FindingCode;
use torqueflow_persistence::{FindingFilter, Job, OrganizationId, StoredFinding};
use uuid::Uuid;

use crate::error::AppError;
use crate::spreadsheet::neutral;
use crate::values::message_of;
use crate::work::plan_of;
use crate::{App, boxed};

/// Findings that are read at a time.
const PAGE: u64 = 5000;

/// A line of the error log.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// The row as a person's program shows it; `None` for what is wrong with the file or holds for a column.
    pub row: Option<i64>,
    /// The column's header.
    pub column: Option<String>,
    /// The text of the cell.
    pub value: String,
    /// The stable code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(skip)]
    pub fix: String,
}

/// Takes a line of the log, and says whether it wants more.
type Each<'a> = &'a mut (dyn FnMut(Entry) -> io::Result<ControlFlow<()>> + Send);

/// Calls `each` with every line of the log, or only with the errors, file by file, in row order, until it says that it
/// has enough.
#[boxed]
pub async fn each<'a>(
    app: &'a App,
    organization: OrganizationId,
    run_id: Uuid,
    severity: Option<&str>,
    each: Each<'a>,
) -> Result<(), AppError> {
    let files = app.store.file_list(organization, run_id).await?;
    for file in &files {
        if let Some(error) = &file.error
            && each(of_table(&file.name, None, error)).map_err(log_error)?.is_break()
        {
            return Ok(());
        }
    }
    for job in app.store.job_list(organization, run_id).await? {
        let file = files.iter().find(|file| file.id == job.file_id);
        let file = file.map(|file| file.name.as_str()).unwrap_or_default();
        if each_of_job(app, organization, &job, file, severity, each)
            .await?
            .is_break()
        {
            return Ok(());
        }
    }
    Ok(())
}

/// The lines of one table.
async fn each_of_job(
    app: &App,
    organization: OrganizationId,
    job: &Job,
    file: &str,
    severity: Option<&str>,
    each: Each<'_>,
) -> Result<ControlFlow<()>, AppError> {
    if let Some(error) = &job.error
        && each(of_table(file, job.sheet.clone(), error))
            .map_err(log_error)?
            .is_break()
    {
        return Ok(ControlFlow::Break(()));
    }
    let headers = headers(job);
    let filter = FindingFilter {
        severity: severity.map(str::to_owned),
        ..FindingFilter::default()
    };
    let mut after = None;
    loop {
        let page = app
            .store
            .finding_list(organization, job.id, &filter, after, PAGE)
            .await?;
        let Some(last) = page.last() else {
            return Ok(ControlFlow::Continue(()));
        };
        after = Some((last.row_number, last.ordinal));
        for finding in page {
            if each(of_row(file, job, &headers, finding))
                .map_err(log_error)?
                .is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
}

fn log_error(source: io::Error) -> AppError {
    AppError::io("the error log".as_ref())(source)
}

fn of_row(file: &str, job: &Job, headers: &[String], finding: StoredFinding) -> Entry {
    let code = FindingCode::from_code(&finding.code);
    let column = finding.column_index.and_then(|index| headers.get(index as usize));
    Entry {
        file: file.to_owned(),
        sheet: job.sheet.clone(),
        row: finding.row(),
        column: column.cloned(),
        message: message_of(&finding),
        value: finding.value,
        fix: code.map(FindingCode::fix).unwrap_or_default().to_owned(),
        code: finding.code,
        severity: finding.severity,
    }
}

/// The headers of a job's columns.
pub(crate) fn headers(job: &Job) -> Vec<String> {
    plan_of(job)
        .map(|plan| plan.columns.into_iter().map(|column| column.header).collect())
        .unwrap_or_default()
}

/// What is wrong with a file or a table as a whole.
fn of_table(file: &str, sheet: Option<String>, (code, message): &(String, String)) -> Entry {
    Entry {
        file: file.to_owned(),
        sheet,
        row: None,
        column: None,
        value: String::new(),
        code: code.clone(),
        severity: "error".to_owned(),
        message: message.clone(),
        fix: String::new(),
    }
}

/// Writes the log as CSV that is safe to open in a spreadsheet.
#[boxed]
pub async fn write_csv(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    writer: &mut (dyn Write + Send),
) -> Result<(), AppError> {
    let mut csv = csv::Writer::from_writer(writer);
    let failed = |error: csv::Error| io::Error::other(error);
    csv.write_record([
        "file", "sheet", "row", "column", "value", "code", "severity", "message", "fix",
    ])
    .map_err(failed)
    .map_err(AppError::io("the error log".as_ref()))?;
    each(app, organization, run_id, None, &mut |entry| {
        csv.write_record([
            neutral(&entry.file),
            neutral(entry.sheet.as_deref().unwrap_or_default()),
            entry.row.map(|row| row.to_string()).unwrap_or_default(),
            neutral(entry.column.as_deref().unwrap_or_default()),
            neutral(&entry.value),
            entry.code,
            entry.severity,
            neutral(&entry.message),
            entry.fix,
        ])
        .map_err(failed)?;
        Ok(ControlFlow::Continue(()))
    })
    .await?;
    csv.flush().map_err(log_error)
}
