//! Following a run: how it is now, and what changes, from whatever process works on it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use torqueflow_persistence::{Job, OrganizationId};
use uuid::Uuid;

use crate::error::AppError;
use crate::runs::{RunDetails, get};
use crate::supervise::supervise;
use crate::{App, boxed};

/// How often a followed run is looked at. What a batch has changed is seen by then, whoever committed it.
const LOOK: Duration = Duration::from_millis(500);

/// What has changed between two states of a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RunEvent {
    /// A job came, changed its state, or was changed by a person.
    Job(Box<Job>),
    /// Rows of a job were analysed or imported.
    Progress(Box<Job>),
    /// The run changed its state, its files, or what it waits for.
    Run,
}

/// The runs that this process follows, each with the one task that looks at it.
#[derive(Clone, Default)]
pub(crate) struct Feeds(Arc<Mutex<HashMap<Uuid, watch::Sender<Arc<RunDetails>>>>>);

/// Follows a run. The receiver always has its newest state; it closes when the run is done and the last state was handed
/// over, and when this process stops.
///
/// However many follow a run, one task of this process looks at it.
#[boxed]
pub async fn follow(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
) -> Result<watch::Receiver<Arc<RunDetails>>, AppError> {
    // Also for a run that is followed already: whether it is one of this organisation is asked each time.
    let now = Arc::new(get(app, organization, run_id).await?);
    let mut feeds = app.feeds.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(feed) = feeds.get(&run_id) {
        return Ok(feed.subscribe());
    }
    let (sender, receiver) = watch::channel(now);
    feeds.insert(run_id, sender);
    let app = app.clone();
    tokio::spawn(async move {
        let begin = async || {
            // What ended in a panic is begun anew only for whoever still follows.
            if !app.feeds.close_if_alone(run_id) {
                look(&app, organization, run_id).await;
            }
        };
        supervise("looking at a run", &app.stop, begin).await;
    });
    Ok(receiver)
}

/// Looks at a run until it is done, nobody follows it any more, or the process stops.
async fn look(app: &App, organization: OrganizationId, run_id: Uuid) {
    let mut seen = None;
    loop {
        let version = app.store.run_progress_version(organization, run_id).await.ok();
        if version.is_some()
            && version != seen
            && let Ok(details) = get(app, organization, run_id).await
        {
            // Not before: what could not be read is looked at again.
            seen = version;
            let done = details.run.status.is_done();
            app.feeds.publish(run_id, details);
            if done {
                break;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = app.stop.cancelled() => break,
        }
        if app.feeds.close_if_alone(run_id) {
            return;
        }
    }
    app.feeds.close(run_id);
}

impl Feeds {
    fn publish(&self, run_id: Uuid, details: RunDetails) {
        let feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&run_id) {
            feed.send_replace(Arc::new(details));
        }
    }

    fn close_if_alone(&self, run_id: Uuid) -> bool {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let alone = feeds.get(&run_id).is_none_or(watch::Sender::is_closed);
        if alone {
            feeds.remove(&run_id);
        }
        alone
    }

    fn close(&self, run_id: Uuid) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&run_id);
    }
}

/// What has changed from one state of a run to a later one.
pub fn changes(before: &RunDetails, after: &RunDetails) -> Vec<RunEvent> {
    let mut events = Vec::new();
    for job in &after.jobs {
        let known = before.jobs.iter().find(|known| known.id == job.id);
        let told = |job: &Job| {
            (
                job.status,
                job.version,
                job.row_count,
                job.provisional,
                job.error.clone(),
            )
        };
        match known {
            Some(known) if known == job => {}
            Some(known) if told(known) == told(job) => events.push(RunEvent::Progress(Box::new(job.clone()))),
            _ => events.push(RunEvent::Job(Box::new(job.clone()))),
        }
    }
    let told = |details: &RunDetails| {
        let run = &details.run;
        let jobs: Vec<Uuid> = details.jobs.iter().map(|job| job.id).collect();
        (
            run.status,
            run.mode.clone(),
            run.options.clone(),
            details.files.clone(),
            details.undecided_duplicates,
            jobs,
        )
    };
    let rollback_went_on = before.run.rollback != after.run.rollback;
    if told(before) != told(after) || rollback_went_on {
        events.push(RunEvent::Run);
    }
    events
}
