//! Runs: from files to imported records, one step after the other, each of which can be taken up again.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use torqueflow_model::{EntityKind, JobStatus, RunStatus};
use torqueflow_persistence::{AuditEvent, FileStatus, ImportFile, Job, OrganizationId, Run, RunChange};
use torqueflow_pipeline::Password;
use uuid::Uuid;

use crate::blobs::note_leftovers;
use crate::detect::try_open_file;
use crate::duplicates::undecided_count;
use crate::error::AppError;
use crate::intake::{fingerprint, keep_files};
use crate::options::RunOptions;
use crate::organizations::{self, read_country};
use crate::progress::{Event, Listener};
use crate::replaced::SourceConfirmation;
use crate::wishes::Wishes;
use crate::work::{Work, command, options_of};
use crate::{App, Caller, boxed};

/// How often a waiting caller looks again.
const WAIT_STEP: Duration = Duration::from_millis(250);

/// What a run is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To import. An unfinished run of the same files with the same options is taken up again.
    Import,
    /// To see what would happen. Always a run of its own, so that it disturbs no other.
    DryRun,
}

/// A run with its files and jobs.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDetails {
    /// The run.
    pub run: Run,
    /// Its files, in upload order.
    pub files: Vec<ImportFile>,
    /// Its jobs, in import order.
    pub jobs: Vec<Job>,
    /// Likely duplicates that stop the start.
    pub undecided_duplicates: u64,
}

impl RunDetails {
    /// The options that it has.
    pub fn options(&self) -> RunOptions {
        options_of(&self.run).unwrap_or_default()
    }

    /// What keeps the run from being started, in the words of the contract; empty when it can be.
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if self
            .files
            .iter()
            .any(|file| file.status == FileStatus::AwaitingPassword)
        {
            missing.push("password");
        }
        if matches!(self.run.status, RunStatus::Detecting | RunStatus::Analysing) {
            missing.push("analysis");
        }
        if self.source_confirmation().is_some() {
            missing.push("source_confirmation");
        }
        if self.undecided_duplicates > 0 {
            missing.push("duplicate_decisions");
        }
        if self.run.status == RunStatus::Ready && self.jobs.iter().all(|job| job.status != JobStatus::Ready) {
            missing.push("importable_table");
        }
        missing
    }

    /// What a person has to confirm of the sources before the start, if anything.
    pub fn source_confirmation(&self) -> Option<SourceConfirmation> {
        SourceConfirmation::needed(&self.run, &self.options(), &self.files, &self.jobs)
    }

    /// It does nothing more by itself: it waits for a person, or is done.
    pub fn is_at_rest(&self) -> bool {
        let status = self.run.status;
        status.is_done() || matches!(status, RunStatus::Ready | RunStatus::AwaitingPassword)
    }
}

/// A run with its files and jobs.
#[boxed]
pub async fn get(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<RunDetails, AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    details(app, organization, run).await
}

pub(crate) async fn details(app: &App, organization: OrganizationId, run: Run) -> Result<RunDetails, AppError> {
    let before_start = run.started_at.is_none() && !run.status.is_done();
    Ok(RunDetails {
        files: app.store.file_list(organization, run.id).await?,
        jobs: app.store.job_list(organization, run.id).await?,
        undecided_duplicates: if before_start {
            undecided_count(app, organization, &run).await?
        } else {
            0
        },
        run,
    })
}

/// Runs, the newest first: those before this one, in this state.
#[boxed]
pub async fn list(
    app: &App,
    organization: OrganizationId,
    status: Option<RunStatus>,
    before: Option<Uuid>,
    limit: u64,
) -> Result<Vec<RunDetails>, AppError> {
    let mut items = Vec::new();
    for run in app.store.run_list(organization, status, before, limit).await? {
        items.push(details(app, organization, run).await?);
    }
    Ok(items)
}

/// The run as soon as it needs a person or is done, or as it is when the time is over.
#[boxed]
pub async fn wait(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    at_most: Duration,
) -> Result<RunDetails, AppError> {
    let deadline = Instant::now() + at_most;
    let mut seen = None;
    loop {
        let version = app.store.run_progress_version(organization, run_id).await?;
        if seen != Some(version) {
            seen = Some(version);
            let run = get(app, organization, run_id).await?;
            if run.is_at_rest() || Instant::now() >= deadline {
                return Ok(run);
            }
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() || app.stop.is_cancelled() {
            return get(app, organization, run_id).await;
        }
        tokio::time::sleep(left.min(WAIT_STEP)).await;
    }
}

/// Keeps files as a new run, or finds the unfinished run of the same files with the same options.
///
/// Files are copied and fingerprinted; nothing is opened yet. A file that can't be read becomes a file with an error.
#[boxed]
pub async fn create<'a>(
    app: &App,
    caller: &'a Caller,
    files: &[PathBuf],
    options: &RunOptions,
    purpose: Purpose,
    listener: Listener<'a>,
) -> Result<Run, AppError> {
    let organization = caller.organization;
    let options = &settled(app, organization, options).await?;
    let mut run = Run::new(&caller.actor, serde_json::to_value(options).unwrap_or_default(), None);
    let kept = keep_files(app, run.id, files).await?;
    if purpose == Purpose::Import {
        let fingerprint = fingerprint(organization, &kept, options);
        if let Some(unfinished) = app.store.run_find_unfinished(organization, fingerprint).await? {
            note_leftovers(app.blobs.remove_run(run.id).await);
            listener(Event::Resumed);
            // The decision on duplicates may come later than the files.
            let work = Work::begin(app, caller, unfinished.id, listener).await?;
            let outcome = work.change_options(run.options).await;
            return work.end(outcome).await;
        }
        run.fingerprint = Some(fingerprint);
    }
    let created = AuditEvent::now(&caller.actor, "import_run.created").in_run(run.id);
    app.store
        .run_create(organization, &run, &kept, &[], None, &[created])
        .await?;
    Ok(run)
}

/// The options that a run is made with. It keeps the country that it has by then, so that all of its rows are read alike.
pub(crate) async fn settled(
    app: &App,
    organization: OrganizationId,
    options: &RunOptions,
) -> Result<RunOptions, AppError> {
    check_location(app, organization, options).await?;
    let country = match &options.country {
        Some(code) => read_country(code).map_err(AppError::InvalidCountry)?,
        None => organizations::get(app, organization).await?.country,
    };
    Ok(RunOptions {
        country: Some(country.code().to_owned()),
        ..options.clone()
    })
}

/// The location that new records get has to be there.
async fn check_location(app: &App, organization: OrganizationId, options: &RunOptions) -> Result<(), AppError> {
    let Some(id) = options.location_id else {
        return Ok(());
    };
    let known = app
        .store
        .business_existing(organization, EntityKind::Location, &[id], None)
        .await?;
    if known.is_empty() {
        return Err(AppError::NoSuchLocation { id });
    }
    Ok(())
}

/// Opens the files of a run, recognises their tables and analyses every row, until the run is ready, waits for a
/// password, or has failed. What was done before is not done again.
///
/// The password is used for the files that need one, and kept nowhere.
#[boxed]
pub async fn prepare<'a>(
    app: &App,
    caller: &'a Caller,
    run_id: Uuid,
    password: Option<&Password>,
    listener: Listener<'a>,
) -> Result<Run, AppError> {
    prepare_as(app, caller, run_id, password, &Said::default(), listener).await
}

/// What a person says of the tables of a run before it is prepared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    /// Types and columns.
    pub wishes: Wishes,
    /// The name under which the mappings of these tables are kept.
    pub save_mapping_as: Option<String>,
}

/// The same, where a person says what some of the tables are. A run that is ready is analysed anew as far as it has to be.
///
/// What can't be meant of any table is an [`AppError::Wish`] or an [`AppError::Choice`]; the run stays as it is.
#[boxed]
pub async fn prepare_as<'a>(
    app: &App,
    caller: &'a Caller,
    run_id: Uuid,
    password: Option<&Password>,
    said: &Said,
    listener: Listener<'a>,
) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, listener).await?;
    let outcome = work.prepare(password, said).await;
    work.end(outcome).await
}

/// Starts a run that is ready.
///
/// Refuses while a file waits for its password, or while a likely duplicate waits for a decision and there is no default.
#[boxed]
pub async fn start(app: &App, caller: &Caller, run_id: Uuid) -> Result<Run, AppError> {
    let run = command(app, caller, run_id, async |work| work.start().await).await?;
    app.queue.notify_waiters();
    Ok(run)
}

/// Imports a started run to its end.
#[boxed]
pub async fn import<'a>(app: &App, caller: &'a Caller, run_id: Uuid, listener: Listener<'a>) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, listener).await?;
    let outcome = work.import().await;
    work.end(outcome).await
}

/// Stops a run. Before its start nothing of it is kept; after it, what has landed stays and can be rolled back.
#[boxed]
pub async fn cancel(app: &App, caller: &Caller, run_id: Uuid) -> Result<Run, AppError> {
    command(app, caller, run_id, async |work| work.cancel().await).await
}

/// Runs again what failed in an ended run; nothing that succeeded is touched.
#[boxed]
pub async fn retry(app: &App, caller: &Caller, run_id: Uuid) -> Result<Run, AppError> {
    let run = command(app, caller, run_id, async |work| work.retry().await).await?;
    app.queue.notify_waiters();
    Ok(run)
}

/// Opens a file with its password: its worksheets become jobs, and the analysis goes on.
///
/// A wrong password, or a damaged workbook, is an [`AppError::Open`], and the file stays as it is. The password is kept nowhere.
#[boxed(?Send)]
pub async fn unlock(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    file_id: Uuid,
    password: &Password,
) -> Result<RunDetails, AppError> {
    let organization = caller.organization;
    let before = get(app, organization, run_id).await?;
    let file = before.files.iter().find(|file| file.id == file_id);
    let file = file.ok_or(AppError::NotFound { what: "file" })?;
    if file.status != FileStatus::AwaitingPassword {
        return Err(AppError::NotLocked);
    }
    let options = options_of(&before.run)?;
    let system = options.source_system.as_deref();
    let opened = match try_open_file(app, organization, file, &[], system, Some(password)).await? {
        Ok(opened) => opened,
        Err(error) => {
            let refused = AuditEvent::now(&caller.actor, "import_file.unlock_failed")
                .in_run(run_id)
                .on("import_file", file_id.to_string())
                .with(serde_json::json!({ "code": error.code() }));
            app.store.audit_append(organization, &refused).await?;
            return Err(AppError::Open(error));
        }
    };
    let run = command(app, caller, run_id, async |work| {
        let mut run = work.editable()?;
        let event = work.advance(&mut run, RunStatus::Analysing)?;
        let unlocked = AuditEvent::now(&work.actor, "import_file.unlocked").on("import_file", file_id.to_string());
        let mut change = RunChange::of(&run).with_event(unlocked);
        if let Some(event) = event {
            change = change.with_event(event);
        }
        opened.clone().add_to(&mut change);
        work.commit(change).await?;
        Ok(run)
    })
    .await?;
    app.queue.notify_waiters();
    details(app, organization, run).await
}

/// Takes a file out of a run before its start.
#[boxed(?Send)]
pub async fn remove_file(app: &App, caller: &Caller, run_id: Uuid, file_id: Uuid) -> Result<RunDetails, AppError> {
    let run = command(app, caller, run_id, async |work| {
        let mut run = work.editable()?;
        let files = app.store.file_list(work.organization, run_id).await?;
        let file = files.iter().find(|file| file.id == file_id);
        let file = file.ok_or(AppError::NotFound { what: "file" })?;
        let jobs = app.store.job_list(work.organization, run_id).await?;
        let (removed, mut left): (Vec<Job>, Vec<Job>) = jobs.into_iter().partition(|job| job.file_id == file_id);
        // What was analysed after the file's tables may have matched them.
        left.retain(|job| job.status == JobStatus::Ready);
        for job in &mut left {
            job.status = JobStatus::Pending;
        }
        let event = work.advance(&mut run, RunStatus::Analysing)?;
        let gone = AuditEvent::now(&work.actor, "import_file.removed")
            .on("import_file", file_id.to_string())
            .with(serde_json::json!({ "name": file.name }));
        let mut change = RunChange::of(&run).with_jobs(left).with_event(gone);
        change.events.extend(event.map(|event| event.in_run(run_id)));
        change.removed_files.push(file_id);
        change.removed_jobs.extend(removed.iter().map(|job| job.id));
        work.commit(change).await?;
        Ok(run)
    })
    .await?;
    app.queue.notify_waiters();
    note_leftovers(app.blobs.remove_file(run_id, file_id).await);
    details(app, caller.organization, run).await
}

/// Leaves a row out of the import, named as a person names it. Before the start only.
#[boxed(?Send)]
pub async fn exclude_row(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    file: &str,
    sheet: Option<&str>,
    row_number: i64,
) -> Result<(), AppError> {
    let run = get(app, caller.organization, run_id).await?;
    let of_sheet = run.jobs.iter().filter(|job| {
        let of_file = run
            .files
            .iter()
            .any(|known| known.id == job.file_id && known.name == file);
        of_file && job.sheet.as_deref() == sheet
    });
    // Of tables that stand below each other, the row is in the last one that begins above it.
    let begins_at = |job: &&Job| job.header_row.filter(|row| *row < row_number).unwrap_or(0);
    let job = of_sheet.max_by_key(begins_at);
    let job = job.ok_or_else(|| AppError::NoSuchTable {
        file: file.to_owned(),
        sheet: sheet.map(str::to_owned),
    })?;
    crate::jobs::choose_row(app, caller, job.id, row_number, false).await
}
