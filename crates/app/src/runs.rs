//! Runs: from files to imported records, one step after the other, each of which can be taken up again.

use std::path::PathBuf;

use torqueflow_model::RunStatus;
use torqueflow_persistence::{AuditEvent, OrganizationId, Run};
use torqueflow_pipeline::Password;
use uuid::Uuid;

use crate::error::AppError;
use crate::intake::{fingerprint, keep_file};
use crate::options::RunOptions;
use crate::progress::{Event, Listener};
use crate::work::Work;
use crate::{App, Caller};

/// What a run is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To import. An unfinished run of the same files with the same options is taken up again.
    Import,
    /// To see what would happen. Always a run of its own, so that it disturbs no other.
    DryRun,
}

/// Keeps files as a new run, or finds the unfinished run of the same files with the same options.
///
/// Files are copied and fingerprinted; nothing is opened yet. A file that can't be read becomes a file with an error.
pub async fn create(
    app: &App,
    caller: &Caller,
    files: &[PathBuf],
    options: &RunOptions,
    purpose: Purpose,
    listener: Listener<'_>,
) -> Result<Run, AppError> {
    let organization = caller.organization;
    let mut run = Run::new(&caller.actor, serde_json::to_value(options).unwrap_or_default(), None);
    let mut kept = Vec::new();
    for (position, path) in files.iter().enumerate() {
        kept.push(keep_file(app, run.id, position as i64, path).await?);
    }
    if purpose == Purpose::Import {
        let fingerprint = fingerprint(organization, &kept, options);
        if let Some(unfinished) = app.store.run_find_unfinished(organization, fingerprint).await? {
            app.blobs.remove_run(run.id);
            listener(Event::Resumed);
            // The decision on duplicates may come later than the files.
            let work = Work::begin(app, caller, unfinished.id, listener).await?;
            let outcome = work.change_options(run.options).await;
            return work.end(outcome).await;
        }
        run.fingerprint = Some(fingerprint);
    }
    let created = AuditEvent::now(&caller.actor, "import_run.created").in_run(run.id);
    app.store.run_create(organization, &run, &kept, &[created]).await?;
    Ok(run)
}

/// Opens the files of a run, recognises their tables and analyses every row, until the run is ready, waits for a
/// password, or has failed. What was done before is not done again.
///
/// The password is used for the files that need one, and kept nowhere.
pub async fn prepare(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    password: Option<&Password>,
    listener: Listener<'_>,
) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, listener).await?;
    let outcome = work.prepare(password).await;
    work.end(outcome).await
}

/// Starts a run that is ready.
///
/// Refuses while a file waits for its password, or while a likely duplicate waits for a decision and there is no default.
/// A run that was started before stays as it is.
pub async fn start(app: &App, caller: &Caller, run_id: Uuid) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, &|_| {}).await?;
    let outcome = work.start().await;
    work.end(outcome).await
}

/// Imports a started run to its end.
pub async fn import(app: &App, caller: &Caller, run_id: Uuid, listener: Listener<'_>) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, listener).await?;
    let outcome = work.import().await;
    work.end(outcome).await
}

/// Gives up a run that was never started: nothing of it is in the business tables, and nothing of it is kept.
pub async fn cancel(app: &App, caller: &Caller, run_id: Uuid) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, &|_| {}).await?;
    let outcome = work.cancel().await;
    work.end(outcome).await
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
