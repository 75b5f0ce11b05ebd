//! What is due from time to time, whoever works on which run: the audit log is sealed, and the files of runs that ended
//! long ago are removed. Any number of processes may do so at once.

use std::collections::HashMap;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{MissedTickBehavior, interval};
use torqueflow_persistence::{AuditEvent, OrganizationId, RunChange};
use uuid::Uuid;

use crate::audit;
use crate::error::AppError;
use crate::work::Work;
use crate::{App, Caller};

/// How often the audit log is sealed.
const SEALING: Duration = Duration::from_secs(5);
/// How often the files of ended runs are looked through.
const SWEEPING: Duration = Duration::from_mins(10);
/// Runs that one sweep removes the files of.
const SWEPT_AT_ONCE: u64 = 64;

/// How long what may be needed soon is left where it is.
const LEFT_ALONE: Duration = Duration::from_hours(24);
/// Runs that one query looks up.
const LOOKED_UP_AT_ONCE: usize = 500;

/// Does what is due until [`App::stop`] is called.
pub(crate) async fn keep_up(app: &App, retention: Duration) {
    let (mut sealing, mut sweeping) = (interval(SEALING), interval(SWEEPING));
    sealing.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = sealing.tick() => seal(app).await,
            _ = sweeping.tick() => {
                if let Err(error) = expire(app, retention).await {
                    tracing::warn!(%error, "old uploads can't be removed");
                }
                if let Err(error) = sweep(app).await {
                    tracing::warn!(%error, "files that nobody needs here can't be removed");
                }
            }
            () = app.stop.cancelled() => return,
        }
    }
}

/// Seals the audit log. What can't be sealed now is sealed later.
pub(crate) async fn seal(app: &App) {
    match audit::seal(app).await {
        Ok(sealed) => {
            if let Some(path) = sealed.new_key {
                tracing::warn!(
                    path = %path.display(),
                    "the audit log is sealed with a new key; keep a copy of it away from the database"
                );
            }
        }
        Err(error) => tracing::warn!(%error, "the audit log could not be sealed"),
    }
}

/// Removes uploads and staged rows of runs that ended so long ago.
async fn expire(app: &App, retention: Duration) -> Result<(), AppError> {
    let before = OffsetDateTime::now_utc() - retention;
    for (organization, run_id) in app.store.run_list_expired(before, SWEPT_AT_ONCE).await? {
        match expire_run(app, organization, run_id).await {
            Ok(()) | Err(AppError::Busy { .. }) => {}
            // One that can't be removed does not keep the others.
            Err(error) => tracing::warn!(%error, %run_id, "the files of an old run can't be removed"),
        }
    }
    Ok(())
}

async fn expire_run(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<(), AppError> {
    let caller = Caller::program(organization, "worker");
    let work = Work::begin(app, &caller, run_id, &|_| {}).await?;
    let mut run = work.run.clone();
    run.expired_at = Some(OffsetDateTime::now_utc());
    let event = AuditEvent::now(&caller.actor, "import_run.expired");
    let outcome = match app.blobs.remove_run(run_id).await {
        Ok(()) => work.commit(RunChange::of(&run).with_event(event)).await,
        Err(error) => Err(error),
    };
    work.end(outcome).await
}

/// Removes from this machine what a process that was killed left of an upload, and copies of runs that have ended.
async fn sweep(app: &App) -> Result<(), AppError> {
    let uploads = app.blobs.uploads_older_than(LEFT_ALONE);
    let runs = ends_of(app, &uploads).await?;
    for run_id in uploads {
        if runs.contains_key(&run_id) {
            app.blobs.upload_complete(run_id);
        } else {
            app.blobs.remove_run(run_id).await?;
        }
    }
    let ended_before = OffsetDateTime::now_utc() - LEFT_ALONE;
    for (run_id, end) in ends_of(app, &app.blobs.runs_copied()).await? {
        if end.is_some_and(|end| end < ended_before) {
            app.blobs.remove_copies(run_id);
        }
    }
    Ok(())
}

/// When these runs have ended; without those that there are not.
async fn ends_of(app: &App, run_ids: &[Uuid]) -> Result<HashMap<Uuid, Option<OffsetDateTime>>, AppError> {
    let mut ends = HashMap::new();
    for run_ids in run_ids.chunks(LOOKED_UP_AT_ONCE) {
        ends.extend(app.store.run_list_ends(run_ids).await?);
    }
    Ok(ends)
}
