//! The rows of a job: staged, read back in chunks, and cleaned, all off the async threads.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Lines, Write};
use std::iter::Peekable;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use torqueflow_engine::{JobRow, Table};
use torqueflow_model::{Cell, Finding, FindingCode, Row, RowClass, Slot};
use torqueflow_persistence::{Job, OrganizationId, Run};
use torqueflow_pipeline::staging::{Owner, StagingReader, StagingWriter};
use torqueflow_pipeline::{
    CleanRow, Cleaner, ColumnFinding, ColumnTally, Country, HeaderChoice, OwnerVotes, RowSink, Sources, TablePlan,
    TableVotes,
};

use crate::blobs::BlobStore;
use crate::error::AppError;
use crate::tables::row_of_headers;
use crate::work::{options_of, plan_of, source_of};

/// Rows of a head: what detection looks at, and what a preview shows.
pub(crate) const SAMPLE_ROWS: usize = 100;
/// Rows that are read at a time where nothing asks for less: a step of an analysis is one transaction, and its look-ups are a few
/// queries each.
pub(crate) const CHUNK_ROWS: usize = 1000;
/// Rows that wait between the reader and the writer.
const ROWS_AHEAD: usize = 1000;

/// Everything that working through a job's rows takes.
pub(crate) struct JobRows {
    pub organization: OrganizationId,
    pub job: Job,
    pub source_system: String,
    pub cleaner: Cleaner,
    /// By which numbers and postcodes are read that name none.
    pub country: Country,
    header: HeaderChoice,
    of_table: Vec<ColumnFinding>,
    blobs: BlobStore,
    key: String,
}

/// Counts what was found in the columns, while the rows are on their way.
#[derive(Clone)]
pub(crate) struct SharedTally(Arc<Mutex<ColumnTally>>);

impl SharedTally {
    fn observe(&self, row: &Row, findings: &mut Vec<Finding>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .observe(row, findings);
    }

    /// What is said of columns, once all rows have come.
    pub fn settle(&self) -> Vec<ColumnFinding> {
        let tally = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        tally.settle().into_vec()
    }
}

impl JobRows {
    pub async fn open(
        organization: OrganizationId,
        blobs: &BlobStore,
        sources: &Sources,
        job: Job,
        run: &Run,
    ) -> Result<Self, AppError> {
        let plan = plan_of(&job)?;
        let key = job
            .staged_key
            .clone()
            .ok_or(AppError::Internal("a job was used before it was staged"))?;
        fetch_staged(blobs, &key).await?;
        Ok(Self {
            organization,
            cleaner: cleaner_of(run, sources, &plan)?,
            country: options_of(run)?.default_country(),
            source_system: source_of(&job, &plan),
            header: plan.header,
            of_table: plan.findings(),
            job,
            blobs: blobs.clone(),
            key,
        })
    }

    /// What is to be said of the table as a whole.
    pub fn plan_findings(&self) -> &[ColumnFinding] {
        &self.of_table
    }

    /// Reads and cleans all rows, in chunks, with what was found when the file was read. What is certain to be said of a column
    /// stands on no row; the tally knows the rest once the last chunk is there.
    pub fn stream_tallied(
        self: &Arc<Self>,
        chunk_rows: usize,
    ) -> (mpsc::Receiver<Result<Vec<JobRow>, AppError>>, SharedTally) {
        let known = self.job.row_count.and_then(|rows| u64::try_from(rows).ok());
        let tally = SharedTally(Arc::new(Mutex::new(ColumnTally::new(known))));
        let receiver = self.send(0, chunk_rows, true, Some(tally.clone()));
        (receiver, tally)
    }

    /// Reads and cleans the rows from this place on, in chunks. With `reading_findings`, what was found when the file
    /// was read stands before what cleaning finds.
    pub fn stream(
        self: &Arc<Self>,
        from: i64,
        chunk_rows: usize,
        reading_findings: bool,
    ) -> mpsc::Receiver<Result<Vec<JobRow>, AppError>> {
        self.send(from, chunk_rows, reading_findings, None)
    }

    fn send(
        self: &Arc<Self>,
        from: i64,
        chunk_rows: usize,
        reading_findings: bool,
        tally: Option<SharedTally>,
    ) -> mpsc::Receiver<Result<Vec<JobRow>, AppError>> {
        let (sender, receiver) = mpsc::channel(ROWS_AHEAD.div_ceil(chunk_rows));
        let rows = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let sent = rows.send_chunks(from, chunk_rows, reading_findings, tally.as_ref(), &sender);
            if let Err(error) = sent {
                // A receiver that has gone does not want the error either.
                let _ = sender.blocking_send(Err(error));
            }
        });
        receiver
    }

    fn send_chunks(
        &self,
        from: i64,
        chunk_rows: usize,
        reading_findings: bool,
        tally: Option<&SharedTally>,
        sender: &mpsc::Sender<Result<Vec<JobRow>, AppError>>,
    ) -> Result<(), AppError> {
        let mut reader = self.reader(from)?;
        let mut noted = if reading_findings {
            Some(NotedFindings::open(&self.blobs, &self.key)?)
        } else {
            None
        };
        let mut chunk = Vec::with_capacity(chunk_rows);
        let mut row = Row::default();
        let mut index = from;
        while reader.next_row(&mut row)? {
            let mut clean = self.cleaner.clean_owned(&row, reader.owner());
            if let Some(noted) = &mut noted {
                let noted = noted.of_row(row.number).into_iter();
                let noted = noted.filter(|finding| self.cleaner.concerns(finding));
                clean.findings.splice(0..0, noted);
            }
            if let Some(tally) = tally {
                tally.observe(&row, &mut clean.findings);
            }
            chunk.push(JobRow {
                index,
                number: row.number as i64,
                clean,
            });
            index += 1;
            if chunk.len() == chunk_rows {
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(chunk_rows));
                if sender.blocking_send(Ok(full)).is_err() {
                    return Ok(());
                }
            }
        }
        if !chunk.is_empty() {
            let _ = sender.blocking_send(Ok(chunk));
        }
        Ok(())
    }

    /// Reads rows from this place on.
    fn reader(&self, from: i64) -> Result<RowReader, AppError> {
        open_rows(&self.blobs, &self.job, self.header, from)
    }

    /// The votes of all rows on open questions: the order of day and month, and whose rows are that name no owner.
    pub fn vote(&self, votes: &mut TableVotes, owners: &mut OwnerVotes) -> Result<(), AppError> {
        let mut reader = self.reader(0)?;
        let mut row = Row::default();
        while reader.next_row(&mut row)? {
            votes.observe(&row);
            owners.observe(&row);
        }
        Ok(())
    }

    /// What the rules have to know of it.
    pub fn table(&self) -> Table<'_> {
        Table {
            run_id: self.job.run_id,
            job_id: self.job.id,
            ordinal: self.job.ordinal,
            attempt: self.job.attempt,
            source_system: &self.source_system,
            country: self.country,
            cleaner: &self.cleaner,
        }
    }

    /// Goes back to one record of one row.
    pub fn record_at(&self, index: i64, slot: Slot) -> Result<Option<torqueflow_model::Record>, AppError> {
        let mut reader = self.reader(index)?;
        let mut row = Row::default();
        if !reader.next_row(&mut row)? {
            return Ok(None);
        }
        let clean = self.cleaner.clean_owned(&row, reader.owner());
        Ok(clean.records.into_iter().find(|record| record.slot == slot))
    }

    /// The row with this number, cleaned. Rows stand in the order of their numbers, and most numbers have one.
    pub fn row_of_number(&self, number: i64) -> Result<Option<CleanRow>, AppError> {
        let mut row = Row::default();
        if !self.reader(0)?.next_row(&mut row)? {
            return Ok(None);
        }
        let first = row.number as i64;
        let mut places = 0..number - first + 1;
        let mut place = number - first;
        while !places.is_empty() {
            let mut reader = self.reader(place)?;
            if !reader.next_row(&mut row)? || row.number as i64 > number {
                places.end = place;
            } else if (row.number as i64) < number {
                places.start = place + 1;
            } else {
                return Ok(Some(self.cleaner.clean_owned(&row, reader.owner())));
            }
            place = i64::midpoint(places.start, places.end);
        }
        Ok(None)
    }
}

/// What cleans the rows of a table of this run: as of its day, and for its country.
pub(crate) fn cleaner_of(run: &Run, sources: &Sources, plan: &TablePlan) -> Result<Cleaner, AppError> {
    let system = plan.source_system.as_deref();
    let adapter = system.and_then(|system| sources.adapter(system));
    let country = options_of(run)?.default_country();
    Ok(Cleaner::new(plan, adapter, run.as_of).with_default_country(country))
}

/// Brings the staged rows of a job here, and what was noted beside them.
async fn fetch_staged(blobs: &BlobStore, key: &str) -> Result<(), AppError> {
    blobs.fetch(key).await?;
    blobs.fetch(&findings_key(key)).await
}

/// Makes the staged rows of a table readable for others, and what was noted beside them.
pub(crate) async fn keep_staged(blobs: &BlobStore, key: &str) -> Result<(), AppError> {
    blobs.keep(key).await?;
    blobs.keep(&left_out_key(key)).await?;
    blobs.keep(&findings_key(key)).await
}

/// The first rows of a staged table that hold no record, with their classes.
pub(crate) async fn staged_left_out(blobs: &BlobStore, key: &str) -> Result<Vec<(RowClass, Row)>, AppError> {
    let key = left_out_key(key);
    blobs.fetch(&key).await?;
    let lines = BufReader::new(blobs.read(&key)?).lines();
    let rows = lines.filter_map(|line| serde_json::from_str::<NotedRow>(&line.ok()?).ok());
    let rows = rows.map(|noted| {
        let cells = noted.cells.into_iter().map(Cell::text).collect();
        (
            noted.class,
            Row {
                number: noted.row,
                cells,
            },
        )
    });
    Ok(rows.collect())
}

/// Opens the rows of a job for whoever only reads them.
pub(crate) async fn rows_of(blobs: &BlobStore, job: &Job, header: HeaderChoice) -> Result<RowReader, AppError> {
    if let Some(key) = &job.staged_key {
        blobs.fetch(key).await?;
    }
    open_rows(blobs, job, header, 0)
}

/// Opens the rows of a job from this place on. Places count the rows as a person wants them understood: with what was
/// taken for a header, or without the first row that is one.
fn open_rows(blobs: &BlobStore, job: &Job, header: HeaderChoice, from: i64) -> Result<RowReader, AppError> {
    let key = job.staged_key.as_deref();
    let key = key.ok_or(AppError::Internal("a job was used before it was staged"))?;
    let mut inner = open_staged(blobs, key)?;
    let mut pending = None;
    let skipped = match header {
        HeaderChoice::AsFound => from,
        HeaderChoice::FirstRow => from + 1,
        HeaderChoice::IsData if from == 0 => {
            pending = Some(row_of_headers(inner.columns(), job.header_row.unwrap_or(1)));
            0
        }
        HeaderChoice::IsData => from - 1,
    };
    if skipped > 0 {
        inner.seek_to((skipped as u64).min(inner.row_count()))?;
    }
    Ok(RowReader { inner, pending })
}

/// The rows of a job, one after the other.
pub(crate) struct RowReader {
    inner: StagingReader<BufReader<File>>,
    /// The header, where it is a row of data.
    pending: Option<Row>,
}

impl RowReader {
    /// Reads the next row. `false` at the end.
    pub fn next_row(&mut self, row: &mut Row) -> Result<bool, AppError> {
        if let Some(header) = self.pending.take() {
            *row = header;
            return Ok(true);
        }
        Ok(self.inner.next_row(row)?)
    }

    /// The row that the row which was read last belongs to.
    pub fn owner(&self) -> Option<&Owner> {
        self.inner.owner()
    }
}

fn open_staged(blobs: &BlobStore, key: &str) -> Result<StagingReader<BufReader<File>>, AppError> {
    Ok(StagingReader::open(BufReader::new(blobs.read(key)?))?)
}

/// The headers of a staged table as they were found, and its first rows.
pub(crate) async fn staged_head(blobs: &BlobStore, key: &str) -> Result<(Vec<String>, Vec<Row>), AppError> {
    blobs.fetch(key).await?;
    let mut reader = open_staged(blobs, key)?;
    let headers = reader.columns().to_vec();
    let mut samples = Vec::new();
    let mut row = Row::default();
    while samples.len() < SAMPLE_ROWS && reader.next_row(&mut row)? {
        samples.push(row.clone());
    }
    Ok((headers, samples))
}

/// Stages the tables of a file as they are read.
pub(crate) struct Stager<'a> {
    blobs: &'a BlobStore,
    prefix: String,
    current: Option<Staged>,
}

/// The table that is being staged.
struct Staged {
    rows: StagingWriter<BufWriter<File>>,
    findings: BufWriter<File>,
    left_out: BufWriter<File>,
}

impl<'a> Stager<'a> {
    /// Stages into blobs whose keys begin with this prefix.
    pub fn new(blobs: &'a BlobStore, prefix: String) -> Self {
        Self {
            blobs,
            prefix,
            current: None,
        }
    }

    /// The key of the table with this place in the file.
    pub fn key(&self, table: usize) -> String {
        format!("{}-{table}.rows", self.prefix)
    }
}

fn findings_key(key: &str) -> String {
    format!("{key}.findings")
}

fn left_out_key(key: &str) -> String {
    format!("{key}.left_out")
}

impl RowSink for Stager<'_> {
    fn begin(&mut self, table: usize, headers: &[String]) -> std::io::Result<()> {
        let key = self.key(table);
        let rows = self.blobs.create(&key).map_err(std::io::Error::other)?;
        let findings = self.blobs.create(&findings_key(&key)).map_err(std::io::Error::other)?;
        let left_out = self.blobs.create(&left_out_key(&key)).map_err(std::io::Error::other)?;
        self.current = Some(Staged {
            rows: StagingWriter::new(BufWriter::new(rows), headers).map_err(std::io::Error::other)?,
            findings: BufWriter::new(findings),
            left_out: BufWriter::new(left_out),
        });
        Ok(())
    }

    fn row(&mut self, row: &Row, owner: Option<&Owner>, findings: &[Finding]) -> std::io::Result<()> {
        let Some(staged) = &mut self.current else {
            return Ok(());
        };
        staged.rows.write_owned(row, owner).map_err(std::io::Error::other)?;
        for finding in findings {
            let line = NotedFinding {
                row: row.number,
                code: finding.code.code().to_owned(),
                column: finding.column,
                value: finding.value.clone(),
                detail: finding.detail.clone(),
            };
            serde_json::to_writer(&mut staged.findings, &line)?;
            staged.findings.write_all(b"\n")?;
        }
        Ok(())
    }

    fn left_out(&mut self, class: RowClass, row: &Row) -> std::io::Result<()> {
        let Some(staged) = &mut self.current else {
            return Ok(());
        };
        let line = NotedRow {
            row: row.number,
            class,
            cells: row.cells.iter().map(|cell| cell.text.clone()).collect(),
        };
        serde_json::to_writer(&mut staged.left_out, &line)?;
        staged.left_out.write_all(b"\n")
    }

    fn end(&mut self) -> std::io::Result<()> {
        if let Some(mut staged) = self.current.take() {
            let (mut file, _) = staged.rows.finish().map_err(std::io::Error::other)?;
            file.flush()?;
            staged.findings.flush()?;
            staged.left_out.flush()?;
        }
        Ok(())
    }
}

/// What was found in a row while its file was read, kept beside the staged rows.
#[derive(Serialize, Deserialize)]
struct NotedFinding {
    row: u64,
    code: String,
    column: Option<usize>,
    value: String,
    detail: String,
}

/// A row that holds no record, kept beside the staged rows.
#[derive(Serialize, Deserialize)]
struct NotedRow {
    row: u64,
    class: RowClass,
    cells: Vec<String>,
}

/// The noted findings of a table, in row order.
struct NotedFindings {
    lines: Peekable<NotedLines>,
}

struct NotedLines(Lines<BufReader<File>>);

impl Iterator for NotedLines {
    type Item = NotedFinding;

    fn next(&mut self) -> Option<NotedFinding> {
        let line = self.0.next()?.ok()?;
        serde_json::from_str(&line).ok()
    }
}

impl NotedFindings {
    fn open(blobs: &BlobStore, key: &str) -> Result<Self, AppError> {
        let file = blobs.read(&findings_key(key))?;
        Ok(Self {
            lines: NotedLines(BufReader::new(file).lines()).peekable(),
        })
    }

    fn of_row(&mut self, number: u64) -> Vec<Finding> {
        let mut findings = Vec::new();
        while let Some(noted) = self.lines.next_if(|noted| noted.row <= number) {
            if let Some(code) = FindingCode::from_code(&noted.code) {
                findings.push(Finding {
                    code,
                    column: noted.column,
                    field: None,
                    value: noted.value,
                    detail: noted.detail,
                });
            }
        }
        findings
    }
}
