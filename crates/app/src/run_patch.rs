//! What people change of a run before its start: whose files they are, and its options.

use torqueflow_model::{JobStatus, RunStatus};
use torqueflow_persistence::{AuditEvent, ImportFile, Job, Run, RunChange};
use uuid::Uuid;

use crate::detect::{choices_of, order_jobs};
use crate::error::AppError;
use crate::jobs::head_of;
use crate::options::RunOptions;
use crate::runs::{RunDetails, details, settled};
use crate::saved_mappings::learn;
use crate::source_name::is_known;
use crate::tables::{Head, TableChoices, plan_again};
use crate::work::{Work, command, options_of};
use crate::{App, Caller, boxed};

/// Changes the options of a run, of which the source system is one; before the start only. `change` gets the options that
/// it has. `expected_version`: the version of the run that the person has seen.
///
/// The run is analysed anew as far as it has to be.
#[boxed(?Send)]
pub async fn patch(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    expected_version: Option<i64>,
    change: &dyn Fn(RunOptions) -> RunOptions,
) -> Result<RunDetails, AppError> {
    let run = command(app, caller, run_id, async |work| {
        let run = work.editable()?;
        if expected_version.is_some_and(|version| version != run.progress_version) {
            return Err(AppError::Stale);
        }
        let before = options_of(&run)?;
        let after = settled(app, work.organization, &change(before.clone())).await?;
        work.take_over(run, &before, &after).await
    })
    .await?;
    app.queue.notify_waiters();
    details(app, caller.organization, run).await
}

impl Work<'_> {
    /// Gives the run other options.
    async fn take_over(&self, mut run: Run, before: &RunOptions, after: &RunOptions) -> Result<Run, AppError> {
        run.options = serde_json::to_value(after).unwrap_or_default();
        let changed = AuditEvent::now(&self.actor, "import_run.options_changed").with(run.options.clone());
        let mut jobs = Vec::new();
        let mut next = run.status;
        if before.identity() != after.identity() {
            jobs = self.jobs_again(before, after).await?;
            next = RunStatus::Analysing;
        } else if after.auto_start && run.status == RunStatus::Ready {
            // Nothing is to be done but to look whether anything still waits.
            next = RunStatus::Analysing;
        }
        if run.status == RunStatus::Detecting {
            next = RunStatus::Detecting;
        }
        let event = self.advance(&mut run, next)?;
        let mut change = RunChange::of(&run).with_jobs(jobs).with_event(changed);
        change.events.extend(event.map(|event| event.in_run(run.id)));
        self.commit(change).await?;
        Ok(run)
    }

    /// The jobs as other options have them: to be analysed again, and recognised again where a system is named that has
    /// tables of its own.
    async fn jobs_again(&self, before: &RunOptions, after: &RunOptions) -> Result<Vec<Job>, AppError> {
        let store = &self.app.store;
        let files = store.file_list(self.organization, self.run.id).await?;
        let mut jobs = store.job_list(self.organization, self.run.id).await?;
        let names_known = |options: &RunOptions| {
            let system = options.source_system.as_deref();
            system.is_some_and(|system| is_known(self.app.sources(), system))
        };
        let otherwise = before.source_system != after.source_system && (names_known(before) || names_known(after));
        for job in &mut jobs {
            if otherwise {
                self.recognise_again(job, &files, after).await?;
            } else if job.status == JobStatus::Ready {
                job.status = JobStatus::Pending;
            }
        }
        order_jobs(&files, &mut jobs);
        Ok(jobs)
    }

    async fn recognise_again(&self, job: &mut Job, files: &[ImportFile], options: &RunOptions) -> Result<(), AppError> {
        let choices = choices_of(job.choices.as_ref())?;
        let found = head_of(self.app, job, files).await?;
        let head = Head::new(&found.headers, job.header_row, found.rows, choices.has_header_row);
        let learned = learn(self.app, self.organization, job, &head, choices).await?;
        let system = options.source_system.as_deref();
        plan_again(job, self.app.sources(), system, &head, &learned)?;
        if job.choices.is_some() || learned != TableChoices::default() {
            job.choices = serde_json::to_value(&learned).ok();
        }
        Ok(())
    }
}
