//! Work on a run under a lease: preparing it and importing it, with a sign of life while it lasts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use torqueflow_model::{JobStatus, RunStatus};
use torqueflow_persistence::{Actor, AuditEvent, FileStatus, ImportFile, Job, JobCounts, Lease, OrganizationId, Run};
use torqueflow_pipeline::Password;
use uuid::Uuid;

use crate::analyse::Analysis;
use crate::detect::{open_file, order_jobs};
use crate::error::AppError;
use crate::import::Importer;
use crate::job_rows::JobRows;
use crate::options::RunOptions;
use crate::owner;
use crate::progress::{Event, Listener, Phase, TableProgress};
use crate::{App, Caller};

/// How long a lease holds without a sign of life. Each batch is one, and so is each third of this time.
const LEASE_TTL: Duration = Duration::seconds(30);

/// The options that a run was made with.
fn options_of(run: &Run) -> Result<RunOptions, AppError> {
    serde_json::from_value(run.options.clone()).map_err(|_| AppError::Internal("a run's options can't be read back"))
}

/// A run that this process works on.
pub(crate) struct Work<'a> {
    pub app: &'a App,
    pub organization: OrganizationId,
    pub actor: Actor,
    pub run: Run,
    pub lease: Lease,
    heartbeat: tokio::task::JoinHandle<()>,
    pub listener: Listener<'a>,
}

impl<'a> Work<'a> {
    pub async fn begin(app: &'a App, caller: &Caller, run_id: Uuid, listener: Listener<'a>) -> Result<Self, AppError> {
        let organization = caller.organization;
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
            actor: caller.actor.clone(),
            run: store.run_get(organization, run_id).await?,
            lease,
            heartbeat,
            listener,
        })
    }

    /// Gives the lease back and hands the run on.
    pub async fn end(self, outcome: Result<Run, AppError>) -> Result<Run, AppError> {
        self.heartbeat.abort();
        let released = self.app.store.lease_release(&self.lease).await;
        let run = outcome?;
        released?;
        Ok(run)
    }

    /// Moves a run to its next state, if the table of states allows it.
    pub async fn move_on(&self, run: &mut Run, next: RunStatus) -> Result<(), AppError> {
        if run.status != next && !run.status.can_become(next) {
            return Err(AppError::WrongState {
                status: run.status,
                action: "moved on",
            });
        }
        let mut events = Vec::new();
        if run.status != next {
            events.push(AuditEvent::now(&self.actor, &format!("import_run.{next}")).in_run(run.id));
        }
        run.status = next;
        if next.is_done() {
            run.finished_at = Some(OffsetDateTime::now_utc());
        }
        let store = &self.app.store;
        Ok(store.run_save(self.organization, &self.lease, run, &events).await?)
    }

    async fn save(&self, job: &Job) -> Result<(), AppError> {
        Ok(self.app.store.job_save(self.organization, &self.lease, job).await?)
    }

    /// Opens, recognises and analyses. See [`runs::prepare`](crate::runs::prepare).
    pub async fn prepare(&self, password: Option<&Password>) -> Result<Run, AppError> {
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
            self.move_on(&mut run, RunStatus::AwaitingPassword).await?;
            return Ok(run);
        }
        let jobs = order_jobs(self.app, self.organization, &self.lease, run.id).await?;
        if jobs
            .iter()
            .all(|job| matches!(job.status, JobStatus::Unrecognised | JobStatus::Failed))
        {
            return self.fail_unusable(run, &files, &jobs).await;
        }
        self.move_on(&mut run, RunStatus::Analysing).await?;
        self.analyse(&mut run, &options, &files, jobs).await?;
        run.analysed_at = Some(OffsetDateTime::now_utc());
        self.move_on(&mut run, RunStatus::Ready).await?;
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
        self.move_on(&mut run, RunStatus::Failed).await?;
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
            self.save(&job).await?;
            let rows = self.rows(job.clone(), run)?;
            let report = self.reporter(files, &job, Event::Analysed);
            job.row_count = Some(analysis.run(&rows, report).await?);
            job.status = JobStatus::Ready;
            self.save(&job).await?;
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

    /// Lets the run begin. See [`runs::start`](crate::runs::start).
    pub async fn start(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
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
        let store = &self.app.store;
        if options_of(&run)?.on_duplicate.is_none() {
            let count = store.duplicate_count_undecided(self.organization, run.id).await?;
            if count > 0 {
                return Err(AppError::UndecidedDuplicates { count });
            }
        }
        for mut job in store.job_list(self.organization, run.id).await? {
            if job.status == JobStatus::Ready {
                job.status = JobStatus::Queued;
                self.save(&job).await?;
            }
        }
        run.started_at = Some(OffsetDateTime::now_utc());
        self.move_on(&mut run, RunStatus::Queued).await?;
        Ok(run)
    }

    /// Gives the run up. See [`runs::cancel`](crate::runs::cancel).
    pub async fn cancel(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        if run.started_at.is_some() || run.status.is_done() {
            return Err(AppError::WrongState {
                status: run.status,
                action: "given up",
            });
        }
        let store = &self.app.store;
        for mut job in store.job_list(self.organization, run.id).await? {
            if job.status.can_become(JobStatus::Cancelled) {
                store.analysis_reset(self.organization, job.id).await?;
                job.status = JobStatus::Cancelled;
                self.save(&job).await?;
            }
        }
        self.move_on(&mut run, RunStatus::Cancelled).await?;
        self.app.blobs.remove_run(run.id);
        Ok(run)
    }

    /// Changes the options of a run that is taken up again.
    pub async fn change_options(&self, options: serde_json::Value) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        run.options = options;
        let changed = AuditEvent::now(&self.actor, "import_run.options_changed").in_run(run.id);
        let store = &self.app.store;
        store.run_save(self.organization, &self.lease, &run, &[changed]).await?;
        Ok(run)
    }

    /// Imports to the end. See [`runs::import`](crate::runs::import).
    pub async fn import(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        if run.status == RunStatus::Queued {
            self.move_on(&mut run, RunStatus::Importing).await?;
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
        self.move_on(&mut run, end).await?;
        Ok(run)
    }

    async fn import_job(&self, importer: &Importer<'_>, files: &[ImportFile], mut job: Job) -> Result<(), AppError> {
        if job.status == JobStatus::Queued {
            job.status = JobStatus::Importing;
            self.save(&job).await?;
        }
        let rows = self.rows(job.clone(), importer.run)?;
        let report = self.reporter(files, &job, Event::Imported);
        report(job.checkpoint);
        let state = importer.run(&rows, |state| report(state.checkpoint)).await?;
        job.checkpoint = state.checkpoint;
        job.counts = state.counts;
        job.entity_counts = state.entity_counts;
        job.status = end_of_job(job.counts);
        self.save(&job).await
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
