//! Opening the files of a run: their tables are staged, recognised, and become jobs.

use std::collections::HashMap;
use std::io::BufReader;
use std::path::Path;

use tokio_util::sync::CancellationToken;
use torqueflow_model::{EntityKind, Finding, Row, RowClass};
use torqueflow_persistence::{FileStatus, ImportFile, Job, OrganizationId, RunChange};
use torqueflow_pipeline::staging::Owner;
use torqueflow_pipeline::{
    OpenError, OpenOptions, OpenedFile, OpenedTable, Password, RowSink, Sources, open_heads, open_tables,
};

use crate::App;
use crate::error::{AppError, has_no_room};
use crate::job_rows::{Stager, keep_staged, staged_head};
use crate::limits::RUN_TABLES;
use crate::saved_mappings::learn;
use crate::tables::{Head, TableChoices, new_job, plan_again};

/// What opening a file makes of it and of its tables.
#[derive(Debug, Clone)]
pub(crate) struct OpenedJobs {
    pub file: ImportFile,
    /// Tables that are met for the first time.
    pub new_jobs: Vec<Job>,
    /// Tables that were known from the head of the file.
    pub jobs: Vec<Job>,
    /// Tables that turned out not to be there.
    pub removed_jobs: Vec<uuid::Uuid>,
}

impl OpenedJobs {
    /// Adds it to a change of its run.
    pub fn add_to(self, change: &mut RunChange<'_>) {
        change.files.push(self.file);
        change.new_jobs.extend(self.new_jobs);
        change.jobs.extend(self.jobs);
        change.removed_jobs.extend(self.removed_jobs);
    }

    fn of(file: ImportFile) -> Self {
        Self {
            file,
            new_jobs: Vec::new(),
            jobs: Vec::new(),
            removed_jobs: Vec::new(),
        }
    }

    /// The file can't be opened: whatever was known of its tables does not hold.
    fn refused(file: &ImportFile, known: &[Job], error: &OpenError) -> Self {
        let mut file = file.clone();
        file.error = Some((error.code().to_owned(), error.message()));
        file.status = if matches!(error, OpenError::NeedsPassword | OpenError::WrongPassword) {
            file.encrypted = true;
            FileStatus::AwaitingPassword
        } else {
            FileStatus::Failed
        };
        Self {
            removed_jobs: known.iter().map(|job| job.id).collect(),
            ..Self::of(file)
        }
    }
}

/// Opens a file and stages its tables. `known`: its jobs as far as they were made before. A file that can't be opened is
/// marked so; that is no error. Nothing is kept yet.
pub(crate) async fn open_file(
    app: &App,
    organization: OrganizationId,
    file: &ImportFile,
    known: &[Job],
    source_system: Option<&str>,
    password: Option<&Password>,
) -> Result<OpenedJobs, AppError> {
    let opened = try_open_file(app, organization, file, known, source_system, password).await?;
    Ok(opened.unwrap_or_else(|error| OpenedJobs::refused(file, known, &error)))
}

/// The same, for whoever has to know why it can't be opened.
pub(crate) async fn try_open_file(
    app: &App,
    organization: OrganizationId,
    file: &ImportFile,
    known: &[Job],
    source_system: Option<&str>,
    password: Option<&Password>,
) -> Result<Result<OpenedJobs, OpenError>, AppError> {
    let prefix = format!("{}/{}", file.run_id, file.id);
    let read = Reading::of(app, file, source_system, password);
    let opened = read
        .off_the_async_threads({
            let (blobs, prefix) = (app.blobs.clone(), prefix.clone());
            move |read| read.whole(&mut Stager::new(&blobs, prefix))
        })
        .await?;
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    let is_new = |table: &&OpenedTable| !known.iter().any(|job| job.table_index == table.index as i64);
    let added = opened.tables.iter().filter(is_new).count();
    match check_tables(app, organization, file.run_id, added).await {
        Err(AppError::LimitExceeded { limit, maximum }) => return Ok(Err(limit.exceeded(maximum))),
        checked => checked?,
    }
    let mut outcome = OpenedJobs::of(file.clone());
    accept(&mut outcome.file, &opened);
    let stager = Stager::new(&app.blobs, prefix);
    let mut teacher = Teacher::new(app, organization, source_system);
    for table in &opened.tables {
        let before = known.iter().find(|job| job.table_index == table.index as i64);
        let mut job = new_job(file, table, Some(stager.key(table.index)));
        let key = stager.key(table.index);
        keep_staged(&app.blobs, &key).await?;
        let (headers, samples) = staged_head(&app.blobs, &key).await?;
        teacher.teach(&mut job, before, &headers, samples).await?;
        match before {
            Some(before) => outcome.jobs.push(Job {
                id: before.id,
                ordinal: before.ordinal,
                position: before.position,
                version: before.version,
                ..job
            }),
            None => outcome.new_jobs.push(job),
        }
    }
    let gone = known.iter().filter(|job| {
        let mut indexes = opened.tables.iter().map(|table| table.index as i64);
        !indexes.any(|index| index == job.table_index)
    });
    outcome.removed_jobs = gone.map(|job| job.id).collect();
    Ok(Ok(outcome))
}

/// Refuses tables beyond those that a run may have.
pub(crate) async fn check_tables(
    app: &App,
    organization: OrganizationId,
    run_id: uuid::Uuid,
    added: usize,
) -> Result<(), AppError> {
    let made = app.store.run_tables_made(organization, run_id).await?;
    let maximum = app.limits().max_run_tables;
    if made as u64 + added as u64 > maximum {
        return Err(AppError::limit(&RUN_TABLES, maximum));
    }
    Ok(())
}

/// Looks into the first rows of a new file, for what can be said at once. Its jobs are provisional until it is opened.
pub(crate) async fn look_into(
    app: &App,
    organization: OrganizationId,
    file: &ImportFile,
    source_system: Option<&str>,
) -> Result<OpenedJobs, AppError> {
    if file.status == FileStatus::Failed {
        return Ok(OpenedJobs::of(file.clone()));
    }
    let read = Reading::of(app, file, source_system, None);
    let (opened, mut heads) = read
        .off_the_async_threads(|read| {
            let mut heads = Heads::default();
            let opened = read.heads(&mut heads)?;
            Ok((opened, heads))
        })
        .await?;
    let opened = match opened {
        Ok(opened) => opened,
        Err(error) => return Ok(OpenedJobs::refused(file, &[], &error)),
    };
    let mut outcome = OpenedJobs::of(file.clone());
    let mut teacher = Teacher::new(app, organization, source_system);
    for table in &opened.tables {
        let mut job = new_job(file, table, None);
        if let Some(head) = heads.remove(table.index) {
            teacher.teach(&mut job, None, &head.headers, head.rows).await?;
        }
        outcome.new_jobs.push(job);
    }
    Ok(outcome)
}

/// The first rows of the tables of a file that is not staged yet, by table.
pub(crate) async fn read_heads(app: &App, file: &ImportFile) -> Result<Heads, AppError> {
    let read = Reading::of(app, file, None, None);
    read.off_the_async_threads(|read| {
        let mut heads = Heads::default();
        // A file that can't be opened has no rows to show; why, is in the file.
        let _ = read.heads(&mut heads)?;
        Ok(heads)
    })
    .await
}

/// The heads of the tables of a file.
#[derive(Default)]
pub(crate) struct Heads {
    tables: HashMap<usize, FoundHead>,
    /// The table that is being read.
    current: usize,
}

/// The head of a table as it was found: its headers, its first rows, and the first that hold no record.
#[derive(Default)]
pub(crate) struct FoundHead {
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
    pub left_out: Vec<(RowClass, Row)>,
}

impl Heads {
    /// The head of the table with this place in the file.
    pub fn remove(&mut self, table: usize) -> Option<FoundHead> {
        self.tables.remove(&table)
    }
}

impl RowSink for Heads {
    fn begin(&mut self, table: usize, headers: &[String]) -> std::io::Result<()> {
        self.current = table;
        let head = FoundHead {
            headers: headers.to_vec(),
            ..FoundHead::default()
        };
        self.tables.insert(table, head);
        Ok(())
    }

    fn row(&mut self, row: &Row, _: Option<&Owner>, _: &[Finding]) -> std::io::Result<()> {
        if let Some(head) = self.tables.get_mut(&self.current) {
            head.rows.push(row.clone());
        }
        Ok(())
    }

    fn left_out(&mut self, class: RowClass, row: &Row) -> std::io::Result<()> {
        if let Some(head) = self.tables.get_mut(&self.current) {
            head.left_out.push((class, row.clone()));
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that reading a file takes, to be handed to a thread that may block.
struct Reading {
    app: App,
    name: String,
    blob_key: String,
    source_system: Option<String>,
    password: Option<Password>,
    /// Ends the reading: the process is to end, or nobody waits for what is read.
    stop: CancellationToken,
}

impl Reading {
    fn of(app: &App, file: &ImportFile, source_system: Option<&str>, password: Option<&Password>) -> Self {
        Self {
            app: app.clone(),
            name: file.name.clone(),
            blob_key: file.blob_key.clone(),
            source_system: source_system.map(str::to_owned),
            password: password.cloned(),
            stop: app.stop.child_token(),
        }
    }

    async fn off_the_async_threads<T: Send + 'static>(
        self,
        read: impl FnOnce(&Self) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        self.app.blobs.fetch(&self.blob_key).await?;
        let _ends_with_us = self.stop.clone().drop_guard();
        tokio::task::spawn_blocking(move || read(&self))
            .await
            .map_err(|_| AppError::Internal("opening a file ended early"))?
    }

    fn options(&self) -> OpenOptions<'_> {
        self.app.opener.options(self.password.as_ref())
    }

    fn whole(&self, sink: &mut dyn RowSink) -> Result<Result<OpenedFile, OpenError>, AppError> {
        self.read_by(open_tables, sink)
    }

    fn heads(&self, sink: &mut dyn RowSink) -> Result<Result<OpenedFile, OpenError>, AppError> {
        self.read_by(open_heads, sink)
    }

    fn read_by(&self, open: Open, sink: &mut dyn RowSink) -> Result<Result<OpenedFile, OpenError>, AppError> {
        let deadline = self.app.opener.deadline().or_when(&self.stop);
        let upload = match self.app.blobs.read(&self.blob_key) {
            Ok(upload) => upload,
            // An upload that is gone is the file's own trouble.
            Err(AppError::Io { source, .. }) => return Ok(Err(source.into())),
            Err(error) => return Err(error),
        };
        let system = self.source_system.as_deref();
        let opened = open(
            &self.name,
            Box::new(deadline.reader(BufReader::new(upload))),
            &self.options(),
            self.app.sources(),
            system,
            &mut deadline.sink(sink),
        );
        match opened {
            Err(_) if self.stop.is_cancelled() => Err(AppError::Interrupted),
            // Its rows could not be staged, which is not the file's fault.
            Err(OpenError::Io(source)) if has_no_room(&source) => Err(AppError::io(Path::new(&self.blob_key))(source)),
            opened => Ok(opened),
        }
    }
}

type Open = for<'a> fn(
    &str,
    Box<dyn torqueflow_pipeline::ReadSeek + 'a>,
    &OpenOptions<'_>,
    &Sources,
    Option<&str>,
    &mut dyn RowSink,
) -> Result<OpenedFile, OpenError>;

/// Applies to tables what people chose for them, or taught by others with the same headers.
struct Teacher<'a> {
    app: &'a App,
    organization: OrganizationId,
    source_system: Option<&'a str>,
}

impl<'a> Teacher<'a> {
    fn new(app: &'a App, organization: OrganizationId, source_system: Option<&'a str>) -> Self {
        Self {
            app,
            organization,
            source_system,
        }
    }

    async fn teach(
        &mut self,
        job: &mut Job,
        before: Option<&Job>,
        headers: &[String],
        samples: Vec<Row>,
    ) -> Result<(), AppError> {
        let chosen = before.and_then(|job| job.choices.clone());
        let choices = choices_of(chosen.as_ref())?;
        let head = Head::new(headers, job.header_row, samples, choices.has_header_row);
        let learned = learn(self.app, self.organization, job, &head, choices).await?;
        if chosen.is_none() && learned == TableChoices::default() {
            return Ok(());
        }
        job.choices = chosen;
        // Choices were checked when they were made; what the whole file contradicts is left to the person.
        if plan_again(job, self.app.sources(), self.source_system, &head, &learned).is_ok() {
            job.choices = serde_json::to_value(&learned).ok();
        }
        Ok(())
    }
}

/// What people chose for a table.
pub(crate) fn choices_of(choices: Option<&serde_json::Value>) -> Result<TableChoices, AppError> {
    match choices {
        Some(json) => {
            serde_json::from_value(json.clone()).map_err(|_| AppError::Internal("a table's choices can't be read back"))
        }
        None => Ok(TableChoices::default()),
    }
}

fn accept(file: &mut ImportFile, opened: &OpenedFile) {
    file.status = FileStatus::Opened;
    file.encrypted = opened.encrypted;
    // What was said when it was kept stays.
    let said = std::mem::take(&mut file.notes);
    let new: Vec<_> = opened
        .notes
        .iter()
        .filter(|note| !said.contains(note))
        .cloned()
        .collect();
    file.notes = said.into_iter().chain(new).collect();
    file.error = None;
}

/// Puts jobs into import order: what others refer to comes first; of equals, the upload order decides.
pub(crate) fn order_jobs(files: &[ImportFile], jobs: &mut [Job]) {
    let place = |job: &Job| files.iter().position(|file| file.id == job.file_id);
    jobs.sort_by_key(|job| {
        let last_entity = job.entities.iter().max().copied();
        (rank(last_entity), place(job), job.table_index)
    });
    for (position, job) in jobs.iter_mut().enumerate() {
        job.position = position as i64;
    }
}

fn rank(entity: Option<EntityKind>) -> usize {
    EntityKind::ALL
        .iter()
        .position(|kind| Some(*kind) == entity)
        .unwrap_or(EntityKind::ALL.len())
}
