//! The worker: takes up runs that have something to do, any number of workers on any number of machines.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{self, JoinSet};
use torqueflow_model::RunStatus;
use torqueflow_persistence::StoreError;
use uuid::Uuid;

use crate::error::AppError;
use crate::runs::Said;
use crate::supervise::supervise;
use crate::work::Work;
use crate::{App, Caller, boxed, owner, upkeep};

/// The states in which a run has something to do.
const BUSY: &[RunStatus] = &[
    RunStatus::Detecting,
    RunStatus::Analysing,
    RunStatus::Queued,
    RunStatus::Importing,
    RunStatus::RollingBack,
];
/// How long a worker sleeps when there is nothing to do.
const IDLE: Duration = Duration::from_millis(500);
/// How long a run rests when a disk is full or fails.
const NO_ROOM: Duration = Duration::from_secs(5);
/// Runs that one look at the queue brings.
const GLANCE: u64 = 64;
/// How often a run is taken over before it counts as one that kills its workers.
const MAX_ATTEMPTS: i64 = 5;

/// How a worker works.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkerOptions {
    /// Runs that are worked on at once. Default 2.
    pub runs_at_once: usize,
    /// How long uploads and staged rows of an ended run are kept. Default 30 days.
    pub retention: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            runs_at_once: 2,
            retention: Duration::from_hours(30 * 24),
        }
    }
}

/// Works until [`App::stop`] is called, then finishes the batches at hand and gives the leases back. It also does what is
/// due from time to time: sealing the audit log, removing the files of runs that ended long ago.
///
/// ```no_run
/// # async fn example(app: torqueflow_app::App) {
/// use torqueflow_app::worker::{self, WorkerOptions};
///
/// worker::run(&app, &WorkerOptions::default()).await;
/// # }
/// ```
#[boxed]
pub async fn run(app: &App, options: &WorkerOptions) {
    tokio::join!(
        supervise("working on runs", &app.stop, || work(app, options)),
        supervise("keeping up", &app.stop, || upkeep::keep_up(app, options.retention)),
    );
    // What the last batches have told of.
    upkeep::seal(app).await;
}

async fn work(app: &App, options: &WorkerOptions) {
    let mut at_work = AtWork::default();
    while !app.stop.is_cancelled() {
        app.pulse.beat();
        let waiting = match app.store.lease_claimable(BUSY, GLANCE, owner::is_dead).await {
            Ok(runs) => runs,
            Err(error) => {
                tracing::warn!(%error, "the work queue can't be read");
                Vec::new()
            }
        };
        for (organization, run_id) in waiting {
            if at_work.runs.len() < options.runs_at_once {
                let app = app.clone();
                at_work.begin(run_id, async move {
                    drive(&app, &Caller::program(organization, "worker"), run_id).await;
                });
            }
        }
        tokio::select! {
            () = app.queue.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            () = app.stop.cancelled() => {}
            () = at_work.one_ended(), if !at_work.runs.is_empty() => {}
        }
    }
    while !at_work.runs.is_empty() {
        at_work.one_ended().await;
    }
}

/// The runs that this worker is at, each in a task of its own.
#[derive(Default)]
struct AtWork {
    tasks: JoinSet<()>,
    runs: HashMap<task::Id, Uuid>,
}

impl AtWork {
    /// Begins work on a run, unless it is being worked on.
    fn begin(&mut self, run_id: Uuid, work: impl Future<Output = ()> + Send + 'static) {
        if self.runs.values().all(|known| *known != run_id) {
            let task = self.tasks.spawn(work);
            self.runs.insert(task.id(), run_id);
        }
    }

    /// Waits until the work on one of the runs has ended.
    async fn one_ended(&mut self) {
        let task = match self.tasks.join_next_with_id().await {
            Some(Ok((task, ()))) => task,
            Some(Err(error)) => {
                let task = error.id();
                // Its lease runs out, and the run is taken up again.
                tracing::error!(%error, run_id = ?self.runs.get(&task), "work on a run ended in a panic");
                task
            }
            None => return,
        };
        self.runs.remove(&task);
    }
}

/// Works on a run until it waits for a person, has ended, or somebody takes it over.
async fn drive(app: &App, caller: &Caller, run_id: Uuid) {
    loop {
        match step(app, caller, run_id).await {
            Ok(true) => {}
            Ok(false) | Err(AppError::Busy { .. } | AppError::Interrupted | AppError::Store(StoreError::LeaseLost)) => {
                return;
            }
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, %run_id, "the database failed for a moment");
                return;
            }
            Err(error) if error.needs_room() => {
                tracing::error!(error = &error as &dyn std::error::Error, %run_id, "nothing can be written; the run waits");
                tokio::select! {
                    () = tokio::time::sleep(NO_ROOM) => {}
                    () = app.stop.cancelled() => {}
                }
                return;
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, %run_id, "a run can't go on");
                if let Err(error) = give_up(app, caller, run_id, "internal_error", &error.to_string()).await {
                    tracing::error!(%error, %run_id, "a run that can't go on could not be ended");
                }
                return;
            }
        }
    }
}

/// The next thing that a run has to do. Says whether there is more.
async fn step(app: &App, caller: &Caller, run_id: Uuid) -> Result<bool, AppError> {
    let work = Work::begin(app, caller, run_id, &|_| {}).await?;
    if work.lease.attempts > MAX_ATTEMPTS {
        let outcome = work
            .give_up(
                "crash_loop",
                "Working on this run has ended the program several times. Its files need a closer look.",
            )
            .await;
        return work.end(outcome).await.map(|_| false);
    }
    let outcome = match work.run.status {
        RunStatus::Detecting | RunStatus::Analysing => work.prepare(None, &Said::default()).await,
        RunStatus::Queued | RunStatus::Importing => work.import().await,
        RunStatus::RollingBack => work.roll_back().await,
        _ => Ok(work.run.clone()),
    };
    let run = work.end(outcome).await?;
    Ok(BUSY.contains(&run.status))
}

async fn give_up(app: &App, caller: &Caller, run_id: Uuid, code: &str, message: &str) -> Result<(), AppError> {
    let work = Work::begin(app, caller, run_id, &|_| {}).await?;
    let outcome = work.give_up(code, message).await;
    work.end(outcome).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_in_one_run_leaves_the_others_at_work() {
        let [panics, goes_on] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        let mut at_work = AtWork::default();
        at_work.begin(goes_on, std::future::pending());
        at_work.begin(panics, async { panic!("in the middle of a run") });
        at_work.one_ended().await;
        assert_eq!(at_work.runs.values().collect::<Vec<_>>(), [&goes_on]);
        at_work.begin(goes_on, async {});
        assert_eq!((at_work.runs.len(), at_work.tasks.len()), (1, 1));
        at_work.begin(panics, async {});
        assert_eq!(at_work.runs.len(), 2);
    }
}
