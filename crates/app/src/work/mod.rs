//! Work on a run under a lease, with a sign of life while it lasts.

mod commands;
mod import;
mod prepare;
mod said;
mod sources;

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use torqueflow_engine::CustomerNames;
use torqueflow_model::{EntityKind, RunStatus};
use torqueflow_persistence::{Actor, AuditEvent, ImportFile, Job, Lease, OrganizationId, Run, RunChange, StoreError};
use torqueflow_pipeline::TablePlan;
use uuid::Uuid;

use crate::customer_names::customer_names;
use crate::error::AppError;
use crate::job_rows::JobRows;
use crate::options::RunOptions;
use crate::owner;
use crate::progress::{Event, Listener, TableProgress};
use crate::tables::takes_part;
use crate::{App, Caller};

/// How long a lease holds without a sign of life. Each batch is one, and so is each third of this time.
const LEASE_TTL: Duration = Duration::seconds(30);
/// How often a command is tried again when another one took the run in between.
const COMMAND_ATTEMPTS: u32 = 10;

/// The options that a run was made with.
pub(crate) fn options_of(run: &Run) -> Result<RunOptions, AppError> {
    serde_json::from_value(run.options.clone()).map_err(|_| AppError::Internal("a run's options can't be read back"))
}

pub(crate) fn plan_of(job: &Job) -> Result<TablePlan, AppError> {
    serde_json::from_value(job.plan.clone()).map_err(|_| AppError::Internal("a job's plan can't be read back"))
}

/// The source by whose ids the records of a job are known: whose its table is. In jobs of before that was told apart, whose
/// form it has.
pub(crate) fn source_of(job: &Job, plan: &TablePlan) -> String {
    let system = job.source_system.clone().or_else(|| plan.source_system.clone());
    system.unwrap_or_default()
}

/// A run that this process works on.
pub(crate) struct Work<'a> {
    pub(crate) app: &'a App,
    pub(crate) organization: OrganizationId,
    pub(crate) actor: Actor,
    pub(crate) run: Run,
    pub(crate) lease: Lease,
    pub(crate) listener: Listener<'a>,
    /// Asks the work to stop after the batch that it is at.
    pub(crate) stop: CancellationToken,
    heartbeat: AbortOnDropHandle<()>,
    /// The lease was given back.
    ended: bool,
}

impl<'a> Work<'a> {
    /// Takes the run up, if nobody else works on it.
    pub async fn begin(app: &'a App, caller: &Caller, run_id: Uuid, listener: Listener<'a>) -> Result<Self, AppError> {
        let lease = app
            .store
            .lease_acquire(caller.organization, run_id, &owner::name(), LEASE_TTL, owner::is_dead)
            .await
            .map_err(|error| AppError::from_lease(error, run_id))?;
        Self::under(app, caller, lease, listener).await
    }

    /// Takes the run over from whoever works on it, for the moment that a person's command takes.
    pub async fn interrupt(app: &'a App, caller: &Caller, run_id: Uuid) -> Result<Self, AppError> {
        // Not before it is known that the run is one of this organisation.
        app.store.run_get(caller.organization, run_id).await?;
        let lease = app
            .store
            .lease_interrupt(caller.organization, run_id, &owner::name(), LEASE_TTL)
            .await?;
        Self::under(app, caller, lease, &|_| {}).await
    }

    async fn under(app: &'a App, caller: &Caller, lease: Lease, listener: Listener<'a>) -> Result<Self, AppError> {
        let store = &app.store;
        let run = match store.run_get(caller.organization, lease.id).await {
            Ok(run) => run,
            Err(error) => {
                store.lease_release(&lease).await?;
                return Err(error.into());
            }
        };
        let heartbeat = AbortOnDropHandle::new(tokio::spawn({
            let (store, lease) = (store.clone(), lease.clone());
            async move {
                let pause = LEASE_TTL.unsigned_abs() / 3;
                loop {
                    tokio::time::sleep(pause).await;
                    // A renewal that fails is not ours to report: the fence of the next batch does.
                    let _ = store.lease_renew(&lease).await;
                }
            }
        }));
        Ok(Self {
            app,
            organization: caller.organization,
            actor: caller.actor.clone(),
            run,
            lease,
            listener,
            stop: app.stop.clone(),
            heartbeat,
            ended: false,
        })
    }

    /// Gives the lease back and hands the outcome on.
    pub async fn end<T>(mut self, outcome: Result<T, AppError>) -> Result<T, AppError> {
        self.heartbeat.abort();
        let released = self.app.store.lease_release(&self.lease).await;
        self.ended = true;
        let value = outcome?;
        released?;
        Ok(value)
    }

    /// Commits a change of the run.
    pub async fn commit(&self, change: RunChange<'_>) -> Result<(), AppError> {
        Ok(self
            .app
            .store
            .run_change(self.organization, &self.lease, &change)
            .await?)
    }

    /// Sets a run to its next state, if the table of states allows it; the event tells of it.
    pub fn advance(&self, run: &mut Run, next: RunStatus) -> Result<Option<AuditEvent>, AppError> {
        if run.status == next {
            return Ok(None);
        }
        if !run.status.can_become(next) {
            return Err(AppError::WrongState {
                status: run.status,
                action: "moved on",
            });
        }
        run.status = next;
        run.finished_at = next.is_done().then(OffsetDateTime::now_utc);
        Ok(Some(AuditEvent::now(&self.actor, &format!("import_run.{next}"))))
    }

    /// Moves a run to its next state, and its jobs with it.
    pub async fn move_on(&self, run: &mut Run, next: RunStatus, jobs: Vec<Job>) -> Result<(), AppError> {
        let event = self.advance(run, next)?;
        let mut change = RunChange::of(run).with_jobs(jobs);
        if let Some(event) = event {
            change = change.with_event(event);
        }
        self.commit(change).await
    }

    /// Fails when the work is to stop.
    pub fn go_on(&self) -> Result<(), AppError> {
        if self.stop.is_cancelled() {
            return Err(AppError::Interrupted);
        }
        Ok(())
    }

    pub(crate) async fn rows(&self, job: Job) -> Result<Arc<JobRows>, AppError> {
        let (blobs, sources) = (&self.app.blobs, self.app.sources());
        let rows = JobRows::open(self.organization, blobs, sources, job, &self.run).await?;
        Ok(Arc::new(rows))
    }

    /// The customers of a run's tables by name, if any of these refers to customers so.
    async fn customer_names(&self, jobs: &[Job]) -> Result<CustomerNames, AppError> {
        let is_staged = |job: &&Job| job.staged_key.is_some() && job.table_type.is_some() && takes_part(job);
        let mut customers = Vec::new();
        let mut is_wanted = false;
        for job in jobs.iter().filter(is_staged) {
            is_wanted |= plan_of(job)?.names_customers();
            if job.entities.contains(&EntityKind::Customer) {
                customers.push(job);
            }
        }
        if !is_wanted {
            return Ok(CustomerNames::default());
        }
        let mut tables = Vec::with_capacity(customers.len());
        for job in customers {
            tables.push(self.rows(job.clone()).await?);
        }
        customer_names(&tables).await
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
}

impl Drop for Work<'_> {
    /// Gives the lease back when the work is given up halfway, since whoever asked for it has gone. What ended in a panic
    /// keeps it until it runs out: so it is taken up again after a while, and not for ever.
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if self.ended || std::thread::panicking() {
            return;
        }
        let (store, lease) = (self.app.store.clone(), self.lease.clone());
        runtime.spawn(async move {
            // A lease that can't be given back runs out.
            let _ = store.lease_release(&lease).await;
        });
    }
}

/// Runs a person's command on a run: takes the run over for that moment, and tries again when another command came in
/// between.
pub(crate) async fn command<T>(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    action: impl AsyncFn(&Work<'_>) -> Result<T, AppError>,
) -> Result<T, AppError> {
    for attempt in 1.. {
        let work = Work::interrupt(app, caller, run_id).await?;
        let outcome = action(&work).await;
        match work.end(outcome).await {
            Err(AppError::Store(StoreError::LeaseLost)) if attempt < COMMAND_ATTEMPTS => {}
            outcome => return outcome,
        }
    }
    Err(AppError::Internal("a command ended without an outcome"))
}

#[cfg(test)]
mod tests {
    use std::panic::AssertUnwindSafe;

    use futures_util::FutureExt;

    use super::*;
    use crate::AppConfig;

    #[tokio::test]
    async fn what_ends_in_a_panic_keeps_its_lease_until_it_runs_out() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db?mode=rwc", folder.path().display());
        let app = App::open(&AppConfig::new(url, folder.path().join("data")))
            .await
            .unwrap();
        let caller = Caller::program(app.organization("default").await.unwrap(), "tests");
        let run = Run::new(&caller.actor, serde_json::json!({}), None);
        app.store
            .run_create(caller.organization, &run, &[], &[], None, &[])
            .await
            .unwrap();
        let panics = async {
            let _work = Work::begin(&app, &caller, run.id, &|_| {}).await.unwrap();
            panic!("in the middle of a run");
        };
        AssertUnwindSafe(panics).catch_unwind().await.unwrap_err();
        // Time enough to give it back.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let again = Work::begin(&app, &caller, run.id, &|_| {}).await;
        assert!(matches!(again, Err(AppError::Busy { .. })));
    }
}
