//! Taking a run back: what it created is deleted, what it changed is put back, and what others have built on since stays.
//!
//! [`preview`] says what would happen, [`request`] decides that it shall, [`rollback`] does it, and [`report`] says what
//! became of it. Kinds of records are taken back in the reverse of the import's order, so that what refers to a record
//! is gone before it; of each kind first all that the run changed, the newest first, then all that it created.

mod report;
mod state;
mod undo;

use time::OffsetDateTime;
use torqueflow_model::{JobStatus, RunStatus};
use torqueflow_persistence::{AuditEvent, Job, OrganizationId, RollbackPage, RollbackPart, Run, RunChange};
use uuid::Uuid;

pub use report::{EntityOutcomes, Example, Reason, RollbackReport, Totals};
pub use state::Confirmed;

use crate::error::AppError;
use crate::progress::Listener;
use crate::work::{Work, command};
use crate::{App, Caller, boxed};
use state::{RollbackState, Tally};
use undo::{Judging, PAGE};

/// Says what would become of everything that a run wrote, if it were taken back now. Writes nothing.
///
/// Of a run that was taken back in part, it tells of the rest.
#[boxed]
pub async fn preview(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    confirmed: Confirmed,
) -> Result<RollbackReport, AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    check_state(&run)?;
    let (_, confirmations) = writes_of(app, organization, run_id).await?;
    let parts = ordered_parts(app, organization, run_id).await?;
    let pages: Vec<RollbackPage> = parts
        .iter()
        .map(|part| RollbackPage {
            run_id,
            part: *part,
            after: None,
            limit: PAGE,
            again: run.rollback.is_some(),
            keeps_confirmed: confirmed == Confirmed::Keep,
        })
        .collect();
    let mut judging = Judging::default();
    app.store.rollback_preview(organization, &pages, &mut judging).await?;
    let state = RollbackState {
        total: judging.state.done,
        confirmations,
        ..judging.state
    };
    report::build(app, organization, &run, &state).await
}

/// Lets a run be taken back: it is `rolling_back` afterwards, and [`rollback`] does the work. A run that is being taken
/// back already stays as it is.
///
/// Refuses where the table of states does not allow it, and where the run neither wrote nor confirmed anything.
///
/// With `background`, a worker takes it up; otherwise the caller goes on with [`rollback`].
#[boxed(?Send)]
pub async fn request(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    confirmed: Confirmed,
    background: bool,
) -> Result<Run, AppError> {
    let run = command(app, caller, run_id, async |work| {
        work.request_rollback(confirmed, background).await
    })
    .await?;
    app.queue.notify_waiters();
    Ok(run)
}

/// Takes a requested run back, to the end. What an earlier attempt did is not done again.
///
/// The run ends as `rolled_back`, or as `rollback_incomplete` where something stayed; that can be requested again, when
/// what was in the way is gone.
#[boxed]
pub async fn rollback<'a>(
    app: &App,
    caller: &'a Caller,
    run_id: Uuid,
    listener: Listener<'a>,
) -> Result<Run, AppError> {
    let work = Work::begin(app, caller, run_id, listener).await?;
    let outcome = work.roll_back().await;
    work.end(outcome).await
}

/// Says what became of a run that was, or is being, taken back.
#[boxed]
pub async fn report(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<RollbackReport, AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    let state = RollbackState::of(&run)?.ok_or(AppError::WrongState {
        status: run.status,
        action: "reported on as taken back",
    })?;
    report::build(app, organization, &run, &state).await
}

fn check_state(run: &Run) -> Result<(), AppError> {
    if run.status == RunStatus::RollingBack || run.status.can_become(RunStatus::RollingBack) {
        return Ok(());
    }
    Err(AppError::WrongState {
        status: run.status,
        action: "taken back",
    })
}

/// How much the run wrote, and how much of earlier runs it confirmed. Nothing at all can't be taken back.
async fn writes_of(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<(i64, i64), AppError> {
    let writes = app.store.rollback_count(organization, run_id).await?;
    let confirmations = app.store.confirmation_count(organization, run_id).await?;
    if writes + confirmations == 0 {
        return Err(AppError::NothingToRollBack);
    }
    Ok((writes, confirmations))
}

/// What the run wrote, in the order in which it is taken back: children before parents, changes before creations, late jobs
/// before early ones. A rollback that is taken up again finds the same order.
async fn ordered_parts(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<Vec<RollbackPart>, AppError> {
    let jobs = app.store.job_list(organization, run_id).await?;
    let mut parts = app.store.rollback_parts(organization, run_id).await?;
    // `None`, what was created, is the least of a kind, and so the last.
    let position = |part: &RollbackPart| {
        let job = part.job_id?;
        Some(jobs.iter().position(|known| known.id == job))
    };
    parts.sort_by_key(|part| std::cmp::Reverse((part.entity, position(part))));
    Ok(parts)
}

impl Work<'_> {
    async fn request_rollback(&self, confirmed: Confirmed, background: bool) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        check_state(&run)?;
        if run.status == RunStatus::RollingBack {
            let asked_for = RollbackState::of(&run)?.unwrap_or_default().confirmed;
            return if asked_for == confirmed {
                Ok(run)
            } else {
                Err(AppError::WrongState {
                    status: run.status,
                    action: "taken back otherwise than it was asked for",
                })
            };
        }
        let writes = writes_of(self.app, self.organization, run.id).await?;
        let state = RollbackState::of(&run)?.unwrap_or_default();
        let state = state.requested(&self.actor.name, writes, confirmed);
        run.background = background;
        self.save_rollback(&mut run, RunStatus::RollingBack, &state, Vec::new())
            .await?;
        Ok(run)
    }

    pub(crate) async fn roll_back(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        if run.status != RunStatus::RollingBack {
            return Err(AppError::WrongState {
                status: run.status,
                action: "taken back before it is asked for",
            });
        }
        let parts = ordered_parts(self.app, self.organization, run.id).await?;
        let mut state = self.take_back(&parts).await?;
        let store = &self.app.store;
        store
            .confirmation_forget(self.organization, run.id, &self.lease)
            .await?;
        let rest = store.rollback_jobs_with_rest(self.organization, run.id).await?;
        let mut jobs = store.job_list(self.organization, run.id).await?;
        jobs.retain(|job| job.status.can_become(JobStatus::RolledBack) && !rest.contains(&job.id));
        for job in &mut jobs {
            job.status = JobStatus::RolledBack;
        }
        state.finished_at = Some(OffsetDateTime::now_utc());
        let end = if state.tally.is_complete() {
            RunStatus::RolledBack
        } else {
            RunStatus::RollbackIncomplete
        };
        self.save_rollback(&mut run, end, &state, jobs).await?;
        Ok(run)
    }

    /// Keeps the run in its next state. When it ended as an import stays as it was.
    async fn save_rollback(
        &self,
        run: &mut Run,
        next: RunStatus,
        state: &RollbackState,
        jobs: Vec<Job>,
    ) -> Result<(), AppError> {
        run.status = next;
        run.rollback = Some(state.to_json());
        let event = AuditEvent::now(&self.actor, &format!("import_run.{next}")).with(event_detail(state));
        self.commit(RunChange::of(run).with_jobs(jobs).with_event(event)).await
    }
}

fn event_detail(state: &RollbackState) -> serde_json::Value {
    let Tally { entities, .. } = &state.tally;
    serde_json::json!({
        "attempt": state.attempt,
        "writes": state.total,
        "entities": entities,
        "confirmed": state.confirmed,
        "confirmations": state.confirmations,
    })
}
