//! Runs: from files to imported records, one step after the other, each of which can be taken up again.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};
use torqueflow_model::{JobStatus, RunStatus, hash128};
use torqueflow_persistence::{FileStatus, ImportFile, Job, JobCounts, Lease, OrganizationId, Run};
use torqueflow_pipeline::Password;
use uuid::Uuid;

use crate::App;
use crate::analyse::Analysis;
use crate::detect::{open_file, order_jobs};
use crate::error::AppError;
use crate::import::Importer;
use crate::job_rows::JobRows;
use crate::options::RunOptions;
use crate::owner;
use crate::progress::{Event, Listener, Phase, TableProgress};

/// How long a lease holds without a sign of life. Each batch is one, and so is each third of this time.
const LEASE_TTL: Duration = Duration::seconds(30);

/// Keeps files as a new run, or finds the unfinished run of the same files with the same options.
///
/// Files are copied and fingerprinted; nothing is opened yet. A file that can't be read becomes a file with an error.
pub async fn create(
    app: &App,
    organization: OrganizationId,
    files: &[PathBuf],
    options: &RunOptions,
    listener: Listener<'_>,
) -> Result<Run, AppError> {
    let mut run = Run::new(serde_json::to_value(options).unwrap_or_default(), None);
    let mut kept = Vec::new();
    for (position, path) in files.iter().enumerate() {
        kept.push(keep_file(app, run.id, position as i64, path).await?);
    }
    let fingerprint = fingerprint(organization, &kept, options);
    if let Some(mut unfinished) = app.store.run_find_unfinished(organization, fingerprint).await? {
        app.blobs.remove_run(run.id);
        // The decision on duplicates may come later than the files.
        unfinished.options = run.options;
        app.store.run_save(organization, &unfinished).await?;
        listener(Event::Resumed);
        return Ok(unfinished);
    }
    run.fingerprint = Some(fingerprint);
    app.store.run_create(organization, &run).await?;
    for file in &kept {
        app.store.file_create(organization, file).await?;
    }
    Ok(run)
}

async fn keep_file(app: &App, run_id: Uuid, position: i64, path: &Path) -> Result<ImportFile, AppError> {
    let id = Uuid::now_v7();
    let mut file = ImportFile {
        id,
        run_id,
        position,
        name: path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        ),
        size_bytes: 0,
        sha256: String::new(),
        blob_key: format!("{run_id}/{id}.upload"),
        status: FileStatus::Stored,
        encrypted: false,
        notes: Vec::new(),
        error: None,
    };
    let (app, path, key) = (app.clone(), path.to_owned(), file.blob_key.clone());
    let kept = tokio::task::spawn_blocking(move || {
        let source = match std::fs::File::open(&path) {
            Ok(source) if source.metadata().is_ok_and(|metadata| metadata.is_file()) => source,
            Ok(_) => return Ok(Err(io::Error::other("it is not a file"))),
            Err(error) => return Ok(Err(error)),
        };
        let mut source = HashingReader::new(source);
        app.blobs.copy_from(&key, &mut source)?;
        Ok::<_, AppError>(Ok(source.finish()))
    })
    .await
    .map_err(|_| AppError::Internal("keeping a file ended early"))??;
    match kept {
        Ok((size_bytes, sha256)) => {
            file.size_bytes = size_bytes;
            file.sha256 = sha256;
        }
        Err(error) => {
            file.status = FileStatus::Failed;
            file.error = Some((
                "file_unreadable".to_owned(),
                format!("The file could not be read ({error}). Check that it exists and that you may read it."),
            ));
        }
    }
    Ok(file)
}

/// Counts and hashes what is read through it.
struct HashingReader<R> {
    inner: R,
    hasher: Sha256,
    bytes: i64,
}

impl<R: Read> HashingReader<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hasher: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> (i64, String) {
        let mut text = String::with_capacity(64);
        for byte in self.hasher.finalize() {
            let _ = write!(text, "{byte:02x}");
        }
        (self.bytes, text)
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        self.bytes += read as i64;
        Ok(read)
    }
}

fn fingerprint(organization: OrganizationId, files: &[ImportFile], options: &RunOptions) -> Uuid {
    let options = options.identity().to_string();
    let mut parts: Vec<&[u8]> = vec![organization.0.as_bytes(), options.as_bytes()];
    for file in files {
        parts.extend([file.name.as_bytes(), file.sha256.as_bytes()]);
    }
    Uuid::from_u128(hash128(parts))
}

/// Opens the files of a run, recognises their tables and analyses every row, until the run is ready, waits for a
/// password, or has failed. What was done before is not done again.
///
/// The password is used for the files that need one, and kept nowhere.
pub async fn prepare(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    password: Option<&Password>,
    listener: Listener<'_>,
) -> Result<Run, AppError> {
    let work = Work::begin(app, organization, run_id, listener).await?;
    let outcome = work.prepare(password).await;
    work.end(outcome).await
}

/// Starts a run that is ready.
///
/// Refuses while a file waits for its password, or while a likely duplicate waits for a decision and there is no default.
/// A run that was started before stays as it is.
pub async fn start(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<Run, AppError> {
    let mut run = app.store.run_get(organization, run_id).await?;
    match run.status {
        RunStatus::Queued | RunStatus::Importing => return Ok(run),
        RunStatus::Ready => {}
        RunStatus::AwaitingPassword => return Err(AppError::PasswordNeeded),
        status => {
            return Err(AppError::WrongState {
                status,
                action: "started",
            });
        }
    }
    let options = options_of(&run)?;
    if options.on_duplicate.is_none() {
        let count = app.store.duplicate_count_undecided(organization, run_id).await?;
        if count > 0 {
            return Err(AppError::UndecidedDuplicates { count });
        }
    }
    for mut job in app.store.job_list(organization, run_id).await? {
        if job.status == JobStatus::Ready {
            job.status = JobStatus::Queued;
            app.store.job_save(organization, &job).await?;
        }
    }
    run.started_at = Some(OffsetDateTime::now_utc());
    become_state(app, organization, &mut run, RunStatus::Queued).await?;
    Ok(run)
}

/// Imports a started run to its end.
pub async fn import(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    listener: Listener<'_>,
) -> Result<Run, AppError> {
    let work = Work::begin(app, organization, run_id, listener).await?;
    let outcome = work.import().await;
    work.end(outcome).await
}

/// Gives up a run that has not been started: nothing of it was written to the business tables.
pub async fn cancel(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<Run, AppError> {
    let mut run = app.store.run_get(organization, run_id).await?;
    for mut job in app.store.job_list(organization, run_id).await? {
        if job.status.can_become(JobStatus::Cancelled) {
            app.store.analysis_reset(organization, job.id).await?;
            job.status = JobStatus::Cancelled;
            app.store.job_save(organization, &job).await?;
        }
    }
    run.finished_at = Some(OffsetDateTime::now_utc());
    become_state(app, organization, &mut run, RunStatus::Cancelled).await?;
    app.blobs.remove_run(run_id);
    Ok(run)
}

/// Leaves a row out of the import, named as a person names it. Before the start only.
pub async fn exclude_row(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    file: &str,
    sheet: Option<&str>,
    row_number: i64,
) -> Result<(), AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    if run.status != RunStatus::Ready {
        return Err(AppError::WrongState {
            status: run.status,
            action: "changed",
        });
    }
    let files = app.store.file_list(organization, run_id).await?;
    let jobs = app.store.job_list(organization, run_id).await?;
    let job = jobs.iter().find(|job| {
        let of_file = files.iter().any(|known| known.id == job.file_id && known.name == file);
        of_file && job.sheet.as_deref() == sheet
    });
    let job = job.ok_or_else(|| AppError::NoSuchTable {
        file: file.to_owned(),
        sheet: sheet.map(str::to_owned),
    })?;
    Ok(app
        .store
        .row_choice_exclude(organization, job.id, &[row_number])
        .await?)
}

fn options_of(run: &Run) -> Result<RunOptions, AppError> {
    serde_json::from_value(run.options.clone()).map_err(|_| AppError::Internal("a run's options can't be read back"))
}

/// Moves a run to its next state, if the table of states allows it.
async fn become_state(app: &App, organization: OrganizationId, run: &mut Run, next: RunStatus) -> Result<(), AppError> {
    if run.status != next && !run.status.can_become(next) {
        return Err(AppError::WrongState {
            status: run.status,
            action: "moved on",
        });
    }
    run.status = next;
    if next.is_done() {
        run.finished_at = Some(OffsetDateTime::now_utc());
    }
    Ok(app.store.run_save(organization, run).await?)
}

/// Work on a run under a lease, with a sign of life while it lasts.
struct Work<'a> {
    app: &'a App,
    organization: OrganizationId,
    run: Run,
    lease: Lease,
    heartbeat: tokio::task::JoinHandle<()>,
    listener: Listener<'a>,
}

impl<'a> Work<'a> {
    async fn begin(
        app: &'a App,
        organization: OrganizationId,
        run_id: Uuid,
        listener: Listener<'a>,
    ) -> Result<Self, AppError> {
        let store = &app.store;
        let lease = store
            .lease_acquire(organization, run_id, &owner::name(), LEASE_TTL, owner::is_dead)
            .await
            .map_err(|error| AppError::from_lease(error, run_id))?;
        let heartbeat = tokio::spawn({
            let (store, lease) = (store.clone(), lease.clone());
            async move {
                let pause = LEASE_TTL.unsigned_abs() / 3;
                loop {
                    tokio::time::sleep(pause).await;
                    // A renewal that fails is not ours to report: the fence of the next batch does.
                    let _ = store.lease_renew(&lease).await;
                }
            }
        });
        Ok(Self {
            app,
            organization,
            run: store.run_get(organization, run_id).await?,
            lease,
            heartbeat,
            listener,
        })
    }

    /// Gives the lease back and hands the run on.
    async fn end(self, outcome: Result<Run, AppError>) -> Result<Run, AppError> {
        self.heartbeat.abort();
        let released = self.app.store.lease_release(&self.lease).await;
        let run = outcome?;
        released?;
        Ok(run)
    }

    async fn prepare(&self, password: Option<&Password>) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        let before_analysis = [RunStatus::Detecting, RunStatus::AwaitingPassword, RunStatus::Analysing];
        if !before_analysis.contains(&run.status) {
            return Ok(run);
        }
        (self.listener)(Event::Phase(Phase::Detecting));
        let options = options_of(&run)?;
        let mut files = self.app.store.file_list(self.organization, run.id).await?;
        for file in &mut files {
            if matches!(file.status, FileStatus::Stored | FileStatus::AwaitingPassword) {
                let system = options.source_system.clone();
                open_file(self.app, self.organization, file, system, password).await?;
            }
        }
        if files.iter().any(|file| file.status == FileStatus::AwaitingPassword) {
            become_state(self.app, self.organization, &mut run, RunStatus::AwaitingPassword).await?;
            return Ok(run);
        }
        let jobs = order_jobs(self.app, self.organization, run.id).await?;
        if jobs
            .iter()
            .all(|job| matches!(job.status, JobStatus::Unrecognised | JobStatus::Failed))
        {
            return self.fail_unusable(run, &files, &jobs).await;
        }
        become_state(self.app, self.organization, &mut run, RunStatus::Analysing).await?;
        self.analyse(&mut run, &options, &files, jobs).await?;
        run.analysed_at = Some(OffsetDateTime::now_utc());
        become_state(self.app, self.organization, &mut run, RunStatus::Ready).await?;
        Ok(run)
    }

    /// Nothing in the files can be imported.
    async fn fail_unusable(&self, mut run: Run, files: &[ImportFile], jobs: &[Job]) -> Result<Run, AppError> {
        let of_files = files.iter().find_map(|file| file.error.clone());
        let of_jobs = jobs.iter().find_map(|job| job.error.clone());
        let unrecognised = || {
            (
                "unrecognised_file".to_owned(),
                "This file wasn't recognised. Check the format and try again.".to_owned(),
            )
        };
        run.error = Some(of_jobs.or(of_files).unwrap_or_else(unrecognised));
        become_state(self.app, self.organization, &mut run, RunStatus::Failed).await?;
        Ok(run)
    }

    async fn analyse(
        &self,
        run: &mut Run,
        options: &RunOptions,
        files: &[ImportFile],
        jobs: Vec<Job>,
    ) -> Result<(), AppError> {
        (self.listener)(Event::Phase(Phase::Analysing));
        let mapped_systems = self.mapped_systems(&jobs).await?;
        run.mode = Some(
            if mapped_systems.is_empty() {
                "initial"
            } else {
                "refresh"
            }
            .to_owned(),
        );
        let mut analysis = Analysis {
            app: self.app,
            run_id: run.id,
            lease: &self.lease,
            orphans: options.orphans,
            jobs: HashMap::new(),
            mapped_systems,
        };
        for mut job in jobs {
            if !matches!(job.status, JobStatus::Pending | JobStatus::Analysing | JobStatus::Ready) {
                continue;
            }
            job.status = JobStatus::Analysing;
            self.app.store.job_save(self.organization, &job).await?;
            let rows = self.rows(job.clone(), run)?;
            let report = self.reporter(files, &job, Event::Analysed);
            job.row_count = Some(analysis.run(&rows, report).await?);
            job.status = JobStatus::Ready;
            self.app.store.job_save(self.organization, &job).await?;
        }
        Ok(())
    }

    /// The source systems of these jobs of which records were imported before.
    async fn mapped_systems(&self, jobs: &[Job]) -> Result<HashSet<String>, AppError> {
        let systems: HashSet<&String> = jobs.iter().filter_map(|job| job.source_system.as_ref()).collect();
        let mut mapped = HashSet::new();
        for system in systems {
            if self.app.store.mapping_count(self.organization, system).await? > 0 {
                mapped.insert(system.clone());
            }
        }
        Ok(mapped)
    }

    fn rows(&self, job: Job, run: &Run) -> Result<Arc<JobRows>, AppError> {
        let (blobs, sources) = (&self.app.blobs, &self.app.sources);
        Ok(Arc::new(JobRows::open(
            self.organization,
            blobs,
            sources,
            job,
            run.as_of,
        )?))
    }

    /// Reports how far a job is.
    fn reporter(&self, files: &[ImportFile], job: &Job, event: fn(TableProgress) -> Event) -> impl Fn(i64) + use<'a> {
        let listener = self.listener;
        let file = files.iter().find(|file| file.id == job.file_id);
        let file = file.map(|file| file.name.clone()).unwrap_or_default();
        let (sheet, total) = (job.sheet.clone(), job.row_count.unwrap_or_default());
        move |done| {
            listener(event(TableProgress {
                file: file.clone(),
                sheet: sheet.clone(),
                done,
                total,
            }));
        }
    }

    async fn import(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        if run.status == RunStatus::Queued {
            become_state(self.app, self.organization, &mut run, RunStatus::Importing).await?;
        }
        if run.status != RunStatus::Importing {
            return Err(AppError::WrongState {
                status: run.status,
                action: "imported",
            });
        }
        (self.listener)(Event::Phase(Phase::Importing));
        let options = options_of(&run)?;
        let files = self.app.store.file_list(self.organization, run.id).await?;
        let importer = Importer {
            app: self.app,
            run: &run,
            lease: &self.lease,
            options: &options,
            create_missing: options.create_missing.unwrap_or(run.mode.as_deref() != Some("refresh")),
            listener: self.listener,
        };
        for job in self.app.store.job_list(self.organization, run.id).await? {
            if matches!(job.status, JobStatus::Queued | JobStatus::Importing) {
                self.import_job(&importer, &files, job).await?;
            }
        }
        let jobs = self.app.store.job_list(self.organization, run.id).await?;
        let end = end_of_run(&jobs, &files);
        become_state(self.app, self.organization, &mut run, end).await?;
        Ok(run)
    }

    async fn import_job(&self, importer: &Importer<'_>, files: &[ImportFile], mut job: Job) -> Result<(), AppError> {
        if job.status == JobStatus::Queued {
            job.status = JobStatus::Importing;
            self.app.store.job_save(self.organization, &job).await?;
        }
        let rows = self.rows(job.clone(), importer.run)?;
        let report = self.reporter(files, &job, Event::Imported);
        report(job.checkpoint);
        let state = importer.run(&rows, |state| report(state.checkpoint)).await?;
        job.checkpoint = state.checkpoint;
        job.counts = state.counts;
        job.entity_counts = state.entity_counts;
        job.status = end_of_job(job.counts);
        Ok(self.app.store.job_save(self.organization, &job).await?)
    }
}

fn end_of_job(counts: JobCounts) -> JobStatus {
    match counts.failed {
        0 => JobStatus::Completed,
        failed if failed == counts.rows() => JobStatus::Failed,
        _ => JobStatus::CompletedWithErrors,
    }
}

fn end_of_run(jobs: &[Job], files: &[ImportFile]) -> RunStatus {
    let all = |status| jobs.iter().all(|job| job.status == status);
    let files_opened = files.iter().all(|file| file.status == FileStatus::Opened);
    if all(JobStatus::Completed) && files_opened {
        return RunStatus::Completed;
    }
    let landed = jobs
        .iter()
        .any(|job| matches!(job.status, JobStatus::Completed | JobStatus::CompletedWithErrors));
    if landed {
        RunStatus::CompletedWithErrors
    } else {
        RunStatus::Failed
    }
}
