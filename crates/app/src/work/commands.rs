//! What people tell a run to do.

use time::OffsetDateTime;
use torqueflow_model::{JobStatus, RunStatus};
use torqueflow_persistence::{AuditEvent, FileStatus, Job, Run, RunChange};
use uuid::Uuid;

use super::Work;
use crate::blobs::note_leftovers;
use crate::duplicates::undecided_count;
use crate::error::AppError;
use crate::saved_mappings;

impl Work<'_> {
    /// Lets the run begin. See [`runs::start`](crate::runs::start).
    pub async fn start(&self) -> Result<Run, AppError> {
        let run = self.run.clone();
        match run.status {
            RunStatus::Ready => {}
            RunStatus::AwaitingPassword => return Err(AppError::PasswordNeeded),
            _ => return Err(self.refusal("started")),
        }
        let store = &self.app.store;
        let files = store.file_list(self.organization, run.id).await?;
        if files.iter().any(|file| file.status == FileStatus::AwaitingPassword) {
            return Err(AppError::PasswordNeeded);
        }
        if let Some(confirmation) = self.unconfirmed_source(&run).await? {
            return Err(AppError::SourceUnconfirmed(Box::new(confirmation)));
        }
        let count = undecided_count(self.app, self.organization, &run).await?;
        if count > 0 {
            return Err(AppError::UndecidedDuplicates { count });
        }
        self.start_ready(run, None).await
    }

    /// Queues a run that nothing stands in the way of; with `made_ready`, as soon as it is ready, so that it never is.
    pub(super) async fn start_ready(&self, mut run: Run, made_ready: Option<AuditEvent>) -> Result<Run, AppError> {
        let mut jobs = self.jobs_in(&[JobStatus::Ready]).await?;
        if jobs.is_empty() {
            return Err(AppError::NothingToImport);
        }
        for job in &mut jobs {
            job.status = JobStatus::Queued;
        }
        run.started_at = Some(OffsetDateTime::now_utc());
        let queued = self.advance(&mut run, RunStatus::Queued)?;
        let mut change = RunChange::of(&run);
        change.source_tables = Self::source_tables(&run, &jobs);
        change.saved_mappings = saved_mappings::to_remember(self.app, self.organization, &self.actor, &jobs).await?;
        let remembered = change.saved_mappings.iter().map(|saved| {
            AuditEvent::now(&self.actor, "saved_mapping.remembered").on("saved_mapping", saved.id.to_string())
        });
        let remembered: Vec<AuditEvent> = remembered.collect();
        let change = change.with_jobs(jobs);
        let events = made_ready.into_iter().chain(queued).chain(remembered);
        self.commit(events.fold(change, RunChange::with_event)).await?;
        Ok(run)
    }

    /// Stops the run. Before the start nothing of it stays; after it, what has landed stays and can be rolled back.
    pub async fn cancel(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        if !run.status.can_become(RunStatus::Cancelled) {
            return Err(self.refusal("cancelled"));
        }
        let mut jobs = self.app.store.job_list(self.organization, run.id).await?;
        if run.started_at.is_none() {
            let all: Vec<Uuid> = jobs.iter().map(|job| job.id).collect();
            self.forget_analysis(&all).await?;
            self.app.store.decision_forget(self.organization, run.id).await?;
        }
        jobs.retain(|job| job.status.can_become(JobStatus::Cancelled));
        for job in &mut jobs {
            job.status = JobStatus::Cancelled;
            let left = job.row_count.unwrap_or_default() - job.counts.rows();
            job.counts.skipped_choice += left.max(0);
        }
        if run.started_at.is_none() {
            run.expired_at = Some(OffsetDateTime::now_utc());
        }
        self.move_on(&mut run, RunStatus::Cancelled, jobs).await?;
        if run.started_at.is_none() {
            note_leftovers(self.app.blobs.remove_run(run.id).await);
        }
        Ok(run)
    }

    /// Runs again what failed; nothing that succeeded is touched.
    pub async fn retry(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        let may = matches!(run.status, RunStatus::CompletedWithErrors | RunStatus::Failed) && run.started_at.is_some();
        if !may {
            return Err(self.refusal("retried"));
        }
        if run.expired_at.is_some() {
            return Err(AppError::Expired);
        }
        let failed = [
            JobStatus::CompletedWithErrors,
            JobStatus::Failed,
            JobStatus::Queued,
            JobStatus::Importing,
        ];
        let mut jobs = self.jobs_in(&failed).await?;
        jobs.retain(|job| job.staged_key.is_some() && job.error.is_none());
        if jobs.is_empty() {
            return Err(AppError::NothingToImport);
        }
        for job in &mut jobs {
            self.app
                .store
                .row_result_forget_failed(self.organization, job.id, &self.lease)
                .await?;
            job.counts.failed = 0;
            for counts in job.entity_counts.values_mut() {
                counts.failed = 0;
            }
            job.checkpoint = 0;
            job.attempt += 1;
            job.status = JobStatus::Queued;
        }
        run.error = None;
        run.background = true;
        self.move_on(&mut run, RunStatus::Queued, jobs).await?;
        Ok(run)
    }

    /// Changes the options of a run before its start.
    pub async fn change_options(&self, options: serde_json::Value) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        run.options = options;
        let changed = AuditEvent::now(&self.actor, "import_run.options_changed");
        self.commit(RunChange::of(&run).with_event(changed)).await?;
        Ok(run)
    }

    /// A run that can't go on has failed.
    pub async fn give_up(&self, code: &str, message: &str) -> Result<Run, AppError> {
        let mut run = self.app.store.run_get(self.organization, self.run.id).await?;
        run.error = Some((code.to_owned(), message.to_owned()));
        let mut jobs = self.app.store.job_list(self.organization, run.id).await?;
        jobs.retain(|job| job.status.can_become(JobStatus::Failed) && !job.status.is_done());
        for job in &mut jobs {
            job.status = JobStatus::Failed;
        }
        self.move_on(&mut run, RunStatus::Failed, jobs).await?;
        Ok(run)
    }

    /// The jobs in one of these states.
    async fn jobs_in(&self, statuses: &[JobStatus]) -> Result<Vec<Job>, AppError> {
        let mut jobs = self.app.store.job_list(self.organization, self.run.id).await?;
        jobs.retain(|job| statuses.contains(&job.status));
        Ok(jobs)
    }

    /// The run, as long as its files and tables can be changed: before the start.
    pub(crate) fn editable(&self) -> Result<Run, AppError> {
        let before_start = [
            RunStatus::Detecting,
            RunStatus::AwaitingPassword,
            RunStatus::Analysing,
            RunStatus::Ready,
        ];
        if before_start.contains(&self.run.status) {
            Ok(self.run.clone())
        } else {
            Err(self.refusal("changed"))
        }
    }

    /// Why the state of the run does not allow it.
    pub(crate) fn refusal(&self, action: &'static str) -> AppError {
        AppError::WrongState {
            status: self.run.status,
            action,
        }
    }
}
