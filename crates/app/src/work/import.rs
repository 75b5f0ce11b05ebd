//! The import of a started run: its jobs, each after those that it depends on.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use torqueflow_model::{EntityKind, FieldKind, JobStatus, RunStatus};
use torqueflow_persistence::{FileStatus, ImportFile, Job, JobCounts, Run, RunChange};
use uuid::Uuid;

use super::{Work, options_of};
use crate::ambiguous::ambiguous_ids;
use crate::error::AppError;
use crate::import::Importer;
use crate::options::RunMode;
use crate::progress::{Event, Phase};
use crate::tables::takes_part;

/// Jobs of a run that are imported side by side, where the database takes several writers.
const JOBS_AT_ONCE: usize = 4;

impl Work<'_> {
    /// Imports to the end. See [`runs::import`](crate::runs::import).
    pub async fn import(&self) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        let options = options_of(&run)?;
        let files = self.app.store.file_list(self.organization, run.id).await?;
        if run.status == RunStatus::Queued {
            let jobs = self.app.store.job_list(self.organization, run.id).await?;
            self.analyse_failed_rows(&mut run, &jobs).await?;
            self.move_on(&mut run, RunStatus::Importing, Vec::new()).await?;
        }
        if run.status != RunStatus::Importing {
            return Err(self.refusal("imported"));
        }
        (self.listener)(Event::Phase(Phase::Importing));
        let jobs = self.app.store.job_list(self.organization, run.id).await?;
        let importer = Importer {
            ambiguous: ambiguous_ids(&self.app.store, self.organization, &jobs).await?,
            names: self.customer_names(&jobs).await?,
            app: self.app,
            run: &run,
            lease: &self.lease,
            options: &options,
            create_missing: options
                .create_missing
                .unwrap_or(run.mode.as_deref() != Some(RunMode::Refresh.name())),
            listener: self.listener,
            stop: self.stop.clone(),
        };
        self.import_jobs(&importer, &files).await?;
        let jobs = self.app.store.job_list(self.organization, run.id).await?;
        let end = end_of_run(&jobs, &files);
        self.move_on(&mut run, end, Vec::new()).await?;
        Ok(run)
    }

    /// Imports the jobs, each when those that it depends on have ended.
    async fn import_jobs(&self, importer: &Importer<'_>, files: &[ImportFile]) -> Result<(), AppError> {
        let mut waiting = self.app.store.job_list(self.organization, self.run.id).await?;
        waiting.retain(|job| matches!(job.status, JobStatus::Queued | JobStatus::Importing));
        let at_once = if self.app.store.has_one_writer() {
            1
        } else {
            JOBS_AT_ONCE
        };
        let mut running = FuturesUnordered::new();
        let mut busy: Vec<Job> = Vec::new();
        loop {
            while running.len() < at_once
                && let Some(position) = next_free(&waiting, &busy)
            {
                let job = waiting.remove(position);
                busy.push(job.clone());
                running.push(async move {
                    let id = job.id;
                    self.import_job(importer, files, job).await.map(|()| id)
                });
            }
            match running.next().await {
                Some(ended) => {
                    let id = ended?;
                    busy.retain(|job| job.id != id);
                }
                None => return Ok(()),
            }
        }
    }

    async fn import_job(&self, importer: &Importer<'_>, files: &[ImportFile], mut job: Job) -> Result<(), AppError> {
        if job.status == JobStatus::Queued {
            job.status = JobStatus::Importing;
            self.commit(RunChange::of(importer.run).with_jobs([job.clone()]))
                .await?;
        }
        let rows = self.rows(job.clone()).await?;
        let report = self.reporter(files, &job, Event::Imported);
        report(job.counts.rows());
        let state = importer.run(&rows, |state| report(state.counts.rows())).await?;
        job.checkpoint = state.checkpoint;
        job.counts = state.counts;
        job.entity_counts = state.entity_counts;
        job.status = end_of_job(job.counts);
        self.commit(RunChange::of(importer.run).with_jobs([job])).await
    }

    /// Rows that are run again are looked at anew: what they refer to may be there by now.
    async fn analyse_failed_rows(&self, run: &mut Run, jobs: &[Job]) -> Result<(), AppError> {
        if jobs.iter().all(|job| job.attempt == 1) {
            return Ok(());
        }
        let options = options_of(run)?;
        let mode = run.mode.clone();
        let mut analysis = self.analysis(run, &options, jobs).await?;
        run.mode = mode;
        let is_again = |job: &Job| job.attempt > 1 && job.status == JobStatus::Queued;
        let again: Vec<Uuid> = jobs.iter().filter(|job| is_again(job)).map(|job| job.id).collect();
        let store = &self.app.store;
        store
            .analysis_reset_unfinished(self.organization, run.id, &again, &self.lease)
            .await?;
        let mut rows_again = Vec::new();
        for job in jobs.iter().filter(|job| job.staged_key.is_some()) {
            let rows = self.rows(job.clone()).await?;
            if is_again(job) {
                analysis.finished(&rows, || self.go_on()).await?;
                rows_again.push(rows);
            } else if takes_part(job) && job.error.is_none() {
                analysis.stands(&rows);
            } else {
                analysis.knows(&rows);
            }
        }
        for rows in rows_again {
            analysis.run_again(&rows, || self.go_on()).await?;
        }
        Ok(())
    }
}

/// The first waiting job that depends on none that waits before it or is being imported.
fn next_free(waiting: &[Job], busy: &[Job]) -> Option<usize> {
    (0..waiting.len()).find(|position| {
        let (before, rest) = waiting.split_at(*position);
        let Some(job) = rest.first() else { return false };
        busy.iter().chain(before).all(|other| !depends(job, other))
    })
}

/// Whether a job can't run beside an earlier one: they bring the same kinds of record, or it refers to what the other
/// brings.
fn depends(job: &Job, earlier: &Job) -> bool {
    let mut needed: Vec<EntityKind> = job.entities.clone();
    let mut next = 0;
    while let Some(kind) = needed.get(next).copied() {
        for field in kind.fields() {
            if let FieldKind::Reference { to, .. } = field.kind
                && !needed.contains(&to)
            {
                needed.push(to);
            }
        }
        next += 1;
    }
    earlier.entities.iter().any(|kind| needed.contains(kind))
}

fn end_of_job(counts: JobCounts) -> JobStatus {
    match counts.failed {
        0 => JobStatus::Completed,
        failed if failed == counts.rows() => JobStatus::Failed,
        _ => JobStatus::CompletedWithErrors,
    }
}

fn end_of_run(jobs: &[Job], files: &[ImportFile]) -> RunStatus {
    let files_opened = files.iter().all(|file| file.status == FileStatus::Opened);
    let fine = |job: &Job| matches!(job.status, JobStatus::Completed | JobStatus::Skipped);
    if jobs.iter().all(fine) && files_opened {
        return RunStatus::Completed;
    }
    let landed = jobs
        .iter()
        .any(|job| matches!(job.status, JobStatus::Completed | JobStatus::CompletedWithErrors));
    if landed {
        RunStatus::CompletedWithErrors
    } else {
        RunStatus::Failed
    }
}
