//! The rows of a run that failed, in the format of the upload: to be corrected and imported again.
//!
//! There is one file per file of the upload, with the headers as they stand there and each cell as a person sees it. A CSV
//! stays a CSV, with its delimiter, in UTF-8 with a byte order mark, by which spreadsheets know it; every other file
//! becomes an `.xlsx` workbook, with a worksheet per table and every cell as text, so that leading zeros stay. The files
//! of an encrypted workbook are not encrypted.

use std::collections::{HashSet, VecDeque};
use std::io::{self, Write};
use std::path::Path;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use torqueflow_model::Row;
use torqueflow_persistence::{Job, OrganizationId, RowOutcome};
use torqueflow_pipeline::staging::Owner;
use torqueflow_pipeline::{OwnerNames, OwnerRule, TablePlan, sheet_index};
use uuid::Uuid;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::AppError;
use crate::job_rows::{RowReader, rows_of};
use crate::reports::Places;
use crate::spreadsheet::neutral;
use crate::work::plan_of;
use crate::{App, boxed};

/// Row numbers that are read at a time.
const PAGE: u64 = 5000;
/// Characters of a cell of a workbook at most.
const MAX_CELL_CHARS: usize = 32_767;
/// The byte order mark.
const BOM: &[u8] = "\u{FEFF}".as_bytes();

/// The failed rows of one file of the upload.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedFile {
    /// The name of the file to be written: `customers - failed rows.csv`.
    pub name: String,
    /// How many rows failed.
    pub rows: i64,
    format: FileFormat,
    jobs: Vec<Job>,
}

/// The format of a file with failed rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Text with this delimiter.
    Csv {
        /// What stands between cells.
        delimiter: char,
    },
    /// A workbook.
    Xlsx,
}

impl FileFormat {
    /// The media type, as HTTP names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv { .. } => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

impl FailedFile {
    /// Its format.
    pub fn format(&self) -> FileFormat {
        self.format
    }
}

/// The files of a run that have failed rows, in the order of the upload.
#[boxed]
pub async fn list(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<Vec<FailedFile>, AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    let places = Places::load(app, organization, run_id).await?;
    let mut files = Vec::new();
    let mut names = HashSet::new();
    for file in &places.files {
        let mut jobs: Vec<Job> = places
            .jobs
            .iter()
            .filter(|job| job.file_id == file.id && job.counts.failed > 0)
            .cloned()
            .collect();
        jobs.sort_by_key(|job| (sheet_index(job.table_index as usize), job.table_index));
        let Some(first) = jobs.first() else { continue };
        if run.expired_at.is_some() {
            return Err(AppError::Expired);
        }
        let delimiter = first.delimiter.as_deref().and_then(|text| text.chars().next());
        let format = match first.sheet {
            None => FileFormat::Csv {
                delimiter: delimiter.unwrap_or(','),
            },
            Some(_) => FileFormat::Xlsx,
        };
        files.push(FailedFile {
            name: unused_name(&file.name, format, &mut names),
            rows: jobs.iter().map(|job| job.counts.failed).sum(),
            format,
            jobs,
        });
    }
    Ok(files)
}

/// A name that follows from the upload's and was not given yet. Only its last part counts, without what separates
/// folders anywhere.
fn unused_name(upload: &str, format: FileFormat, names: &mut HashSet<String>) -> String {
    let stem = Path::new(upload).file_stem().map(|stem| stem.to_string_lossy());
    let stem = stem.unwrap_or_default().replace(['/', '\\', ':', '\0'], "_");
    let ending = match format {
        FileFormat::Csv { .. } => "csv",
        FileFormat::Xlsx => "xlsx",
    };
    let mut name = format!("{stem} - failed rows.{ending}");
    let mut number = 2;
    while !names.insert(name.to_lowercase()) {
        name = format!("{stem} - failed rows ({number}).{ending}");
        number += 1;
    }
    name
}

/// Writes the failed rows of one file.
#[boxed]
pub async fn write_file(
    app: &App,
    organization: OrganizationId,
    file: &FailedFile,
    writer: &mut (dyn Write + Send),
) -> Result<(), AppError> {
    match file.format {
        FileFormat::Csv { delimiter } => write_csv(app, organization, file, delimiter, writer).await,
        FileFormat::Xlsx => write_workbook(app, organization, file, writer).await,
    }
}

/// Writes the failed rows of several files as a zip.
#[boxed]
pub async fn write_zip(
    app: &App,
    organization: OrganizationId,
    files: &[FailedFile],
    writer: &mut (dyn Write + Send),
) -> Result<(), AppError> {
    let mut zip = ZipWriter::new_stream(writer);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .large_file(true);
    for file in files {
        zip.start_file(file.name.as_str(), options)
            .map_err(|error| failed(error.into()))?;
        write_file(app, organization, file, &mut zip).await?;
    }
    let writer = zip.finish().map_err(|error| failed(error.into()))?.into_inner();
    writer.flush().map_err(failed)
}

fn failed(error: io::Error) -> AppError {
    AppError::io("the failed rows".as_ref())(error)
}

async fn write_csv(
    app: &App,
    organization: OrganizationId,
    file: &FailedFile,
    delimiter: char,
    writer: &mut (dyn Write + Send),
) -> Result<(), AppError> {
    writer.write_all(BOM).map_err(failed)?;
    let mut csv = csv::WriterBuilder::new()
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .flexible(true)
        .from_writer(writer);
    let broken = |error: csv::Error| failed(io::Error::other(error));
    for job in &file.jobs {
        let mut begun = false;
        each_row(app, organization, job, &mut |headers, row| {
            if !std::mem::replace(&mut begun, true) && has_names(headers) {
                csv.write_record(headers.iter().map(|header| neutral(header)))
                    .map_err(broken)?;
            }
            let cells = row.cells.iter().map(|cell| neutral(&cell.text));
            let missing = headers.len().saturating_sub(row.cells.len());
            csv.write_record(cells.chain(std::iter::repeat_n(String::new(), missing)))
                .map_err(broken)
        })
        .await?;
    }
    csv.flush().map_err(failed)
}

async fn write_workbook(
    app: &App,
    organization: OrganizationId,
    file: &FailedFile,
    writer: &mut (dyn Write + Send),
) -> Result<(), AppError> {
    let broken = |error: XlsxError| failed(io::Error::other(error));
    let mut workbook = Workbook::new();
    let text = Format::new().set_num_format("@");
    // Tables that stood below each other in a worksheet stand so again.
    for tables in file.jobs.chunk_by(|above, below| above.sheet == below.sheet) {
        let name = tables.first().and_then(|job| job.sheet.as_deref());
        // Rows go to a temporary file: memory does not grow with them.
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(broken)?;
        sheet.set_name(name.unwrap_or("Sheet1")).map_err(broken)?;
        let mut next = 0;
        for job in tables {
            let mut begun = false;
            // A blank row tells them apart.
            next += u32::from(next > 0);
            each_row(app, organization, job, &mut |headers, row| {
                if !std::mem::replace(&mut begun, true) && has_names(headers) {
                    write_row(sheet, next, headers.iter().map(String::as_str), &text).map_err(broken)?;
                    next += 1;
                }
                let cells = row.cells.iter().map(|cell| cell.text.as_str());
                write_row(sheet, next, cells, &text).map_err(broken)?;
                next += 1;
                Ok(())
            })
            .await?;
        }
    }
    workbook.save_to_writer(&mut *writer).map_err(broken)?;
    writer.flush().map_err(failed)
}

fn write_row<'a>(
    sheet: &mut Worksheet,
    row: u32,
    cells: impl Iterator<Item = &'a str>,
    text: &Format,
) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        let shown: String = cell.chars().take(MAX_CELL_CHARS).collect();
        if !shown.is_empty() {
            sheet.write_string_with_format(row, column, shown, text)?;
        }
    }
    Ok(())
}

/// A table without a header is written without one.
fn has_names(headers: &[String]) -> bool {
    headers.iter().any(|header| !header.is_empty())
}

/// Takes headers and a failed row.
type Each<'a> = &'a mut (dyn FnMut(&[String], &Row) -> Result<(), AppError> + Send);

/// Calls `each` with every failed row of a job, in the order of the file. A row that belongs to the row above comes with
/// that one before it, or nobody would know whose it is; and with the namesakes of that one, or it would be taken for the
/// first of them.
async fn each_row(app: &App, organization: OrganizationId, job: &Job, each: Each<'_>) -> Result<(), AppError> {
    let plan = plan_of(job)?;
    let headers = plan.headers();
    let names = OwnerNames::of(&plan);
    let namesakes = namesakes(app, organization, job, &plan, &names).await?;
    let is_namesake = |row: &Row| {
        let name = if namesakes.is_empty() {
            None
        } else {
            names.bare_name(row)
        };
        name.is_some_and(|name| namesakes.contains(&name))
    };
    let mut rows = FailedRows::open(app, organization, job, &plan).await?;
    let mut row = Row::default();
    // The row that the next one would belong to, as far as it was given out.
    let mut owner_given = 0;
    while let Some(has_failed) = rows.next(&mut row).await? {
        if has_failed {
            match rows.staged.owner().filter(|owner| owner.number != row.number) {
                Some(owner) if plan.owners == OwnerRule::Above && owner.number != owner_given => {
                    owner_given = owner.number;
                    each(&headers, &row_of(owner))?;
                }
                Some(_) => {}
                None => owner_given = row.number,
            }
            each(&headers, &row)?;
        } else if is_namesake(&row) {
            owner_given = row.number;
            each(&headers, &row)?;
        }
    }
    Ok(())
}

fn row_of(owner: &Owner) -> Row {
    Row {
        number: owner.number,
        cells: owner.cells.clone(),
    }
}

/// The names of owners of failed rows that another owner above has too, where nothing but the name tells them apart.
async fn namesakes(
    app: &App,
    organization: OrganizationId,
    job: &Job,
    plan: &TablePlan,
    names: &OwnerNames,
) -> Result<HashSet<u128>, AppError> {
    let mut namesakes = HashSet::new();
    if plan.owners != OwnerRule::Above {
        return Ok(namesakes);
    }
    let mut rows = FailedRows::open(app, organization, job, plan).await?;
    let mut row = Row::default();
    while let Some(has_failed) = rows.next(&mut row).await? {
        let Some(owner) = rows.staged.owner().filter(|owner| has_failed && owner.occurrence > 0) else {
            continue;
        };
        namesakes.extend(if owner.number == row.number {
            names.bare_name(&row)
        } else {
            names.bare_name(&row_of(owner))
        });
    }
    Ok(namesakes)
}

/// The staged rows of a job up to the last one that failed.
struct FailedRows<'a> {
    app: &'a App,
    organization: OrganizationId,
    job: &'a Job,
    staged: RowReader,
    /// The numbers of the next ones that failed.
    failed: VecDeque<i64>,
    after: Option<i64>,
}

impl<'a> FailedRows<'a> {
    async fn open(
        app: &'a App,
        organization: OrganizationId,
        job: &'a Job,
        plan: &TablePlan,
    ) -> Result<Self, AppError> {
        Ok(Self {
            app,
            organization,
            job,
            staged: rows_of(&app.blobs, job, plan.header).await?,
            failed: VecDeque::new(),
            after: None,
        })
    }

    /// Reads the next row, and says whether it failed. `None` when no further one did.
    async fn next(&mut self, row: &mut Row) -> Result<Option<bool>, AppError> {
        if self.failed.is_empty() {
            let outcome = Some(RowOutcome::Failed.name());
            let store = &self.app.store;
            let page = store
                .export_row_results(self.organization, self.job.id, outcome, self.after, PAGE)
                .await?;
            self.failed.extend(page.into_iter().map(|(number, _)| number));
            self.after = self.failed.back().copied();
        }
        let Some(next) = self.failed.front().copied() else {
            return Ok(None);
        };
        if !self.staged.next_row(row)? {
            return Ok(None);
        }
        let has_failed = row.number as i64 == next;
        if has_failed {
            self.failed.pop_front();
        }
        Ok(Some(has_failed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_upload_and_differ() {
        let mut names = HashSet::new();
        let mut check = |upload: &str, format, expected: &str| {
            assert_eq!(unused_name(upload, format, &mut names), expected);
        };
        let csv = FileFormat::Csv { delimiter: ',' };
        check("customers.csv", csv, "customers - failed rows.csv");
        check("Customers.CSV", csv, "Customers - failed rows (2).csv");
        check("export.xls", FileFormat::Xlsx, "export - failed rows.xlsx");
        check("..\\evil.csv", csv, ".._evil - failed rows.csv");
        check("", csv, " - failed rows.csv");
    }
}
