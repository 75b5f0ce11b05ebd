//! What is due from time to time, whoever works on which run: the audit log is sealed, and the files of runs that ended
//! long ago are removed. Any number of processes may do so at once.

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
    app.blobs.remove_run(run_id);
    let event = AuditEvent::now(&caller.actor, "import_run.expired");
    let outcome = work.commit(RunChange::of(&run).with_event(event)).await;
    work.end(outcome).await
}
