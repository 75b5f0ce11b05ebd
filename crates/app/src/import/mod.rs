//! The import of a job: batches of rows, each read, resolved and written in one transaction.

mod load;
mod load_decisions;
mod load_refreshed;
mod pace;
mod stand_ins;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use torqueflow_engine::{AmbiguousIds, Brought, CustomerNames, JobRow, Policy, plan_rows};
use torqueflow_persistence::{ImportBatch, JobFacts, JobProgress, Lease, Run, StoreError};

use crate::App;
use crate::error::AppError;
use crate::job_rows::JobRows;
use crate::options::{RunMode, RunOptions};
use crate::progress::Listener;
use crate::retry::Retries;
use load::Loader;
use pace::Pace;

/// Source rows of a batch: what is tried alone when the database refuses more. A commit carries as many batches as its
/// [`Pace`] says.
const BATCH_ROWS: usize = 100;

/// Rows with what becomes of them.
struct Planned {
    batch: ImportBatch,
    brought: Brought,
    /// Some of its records match others that are not new.
    matches: bool,
}

/// What comes before rows that are planned.
#[derive(Clone, Copy)]
enum After<'a> {
    /// All of it is committed.
    Commit,
    /// A group that brings this is being written.
    Uncommitted(&'a Brought),
    /// The database refused the one row for this reason.
    Refusal(&'a str),
}

/// Imports the jobs of a run.
pub(crate) struct Importer<'a> {
    pub app: &'a App,
    pub run: &'a Run,
    pub lease: &'a Lease,
    pub options: &'a RunOptions,
    /// Whether lookups that a row names are made.
    pub create_missing: bool,
    /// Ids by which no link can be followed.
    pub ambiguous: AmbiguousIds,
    /// The customers of the run, where a table refers to customers by name.
    pub names: CustomerNames,
    pub listener: Listener<'a>,
    /// Asks the import to stop after the batch that it is at.
    pub stop: CancellationToken,
}

impl Importer<'_> {
    /// Nothing of these source systems was imported before. A mode that a person chose says nothing about that.
    fn is_first_import(&self) -> bool {
        self.options.mode.is_none() && self.run.mode.as_deref() == Some(RunMode::Initial.name())
    }

    /// Whether records that were imported before are brought up to what the source says now.
    fn updates(&self) -> bool {
        let is_refresh = self.run.mode.as_deref() == Some(RunMode::Refresh.name());
        self.options.update_existing.unwrap_or(is_refresh)
    }

    /// Whether other runs wrote, or may have written, since this one was analysed.
    async fn others_active(&self, job: &JobRows) -> Result<bool, AppError> {
        let Some(analysed_at) = self.run.analysed_at else {
            return Ok(true);
        };
        let store = &self.app.store;
        Ok(store
            .run_others_active_since(job.organization, self.run.id, analysed_at)
            .await?)
    }

    /// Imports a job from its checkpoint to its end.
    pub async fn run(&self, job: &Arc<JobRows>, progress: impl Fn(&JobProgress)) -> Result<JobProgress, AppError> {
        let store = &self.app.store;
        let known = store.job_facts(job.organization, self.run.id, job.job.id).await?;
        let mut state = JobProgress {
            checkpoint: job.job.checkpoint,
            counts: job.job.counts,
            entity_counts: job.job.entity_counts.clone(),
        };
        let mut batches = job.stream(state.checkpoint, BATCH_ROWS, false);
        let mut pace = Pace::new(self.app.commit_interval);
        let mut next = next_group(&mut batches, pace.batches()).await?;
        let mut ahead = None;
        while let Some(rows) = next {
            if self.stop.is_cancelled() {
                return Err(AppError::Interrupted);
            }
            let begun = Instant::now();
            let planned = match ahead.take() {
                Some(planned) => Ok(planned),
                None => self.plan(job, known, &rows, &state, After::Commit).await,
            };
            let following = next_group(&mut batches, pace.batches()).await?;
            let written = match planned {
                Ok(planned) => {
                    let next = self.plan_ahead(job, known, following.as_deref(), &planned);
                    let (written, next) = tokio::join!(self.commit(job, &planned.batch), next);
                    ahead = next.filter(|_| written.is_ok());
                    written.map(|()| planned.batch.progress)
                }
                Err(error) => Err(error),
            };
            match written {
                Ok(after) => state = after,
                Err(error) => self.write(job, known, &rows, &mut state, error).await?,
            }
            pace.took(rows.len().div_ceil(BATCH_ROWS), begun.elapsed());
            progress(&state);
            next = following;
        }
        Ok(state)
    }

    /// Plans the next rows while a group is being written. That only goes where nothing of the group can change what becomes
    /// of them: where it writes no record, or where nothing was imported before and none of the rows matches others, so that what
    /// the group brings is all that matters, and is handed on. Later rows stand in for those that fail, which are known once they
    /// are written.
    async fn plan_ahead(
        &self,
        job: &JobRows,
        known: JobFacts,
        rows: Option<&[JobRow]>,
        before: &Planned,
    ) -> Option<Planned> {
        let is_quiet = before.batch.writes_no_record();
        if before.batch.has_failed_rows() || !is_quiet && (!self.is_first_import() || self.updates()) {
            return None;
        }
        // What fails here fails again when it is planned by itself, and is told then.
        let planned = self
            .plan(
                job,
                known,
                rows?,
                &before.batch.progress,
                After::Uncommitted(&before.brought),
            )
            .await;
        planned.ok().filter(|planned| is_quiet || !planned.matches)
    }

    /// Writes rows by themselves after an error. When the database refuses them for good, they are written batch by batch, and
    /// what it refuses then is split until the bad rows stand alone.
    async fn write(
        &self,
        job: &JobRows,
        known: JobFacts,
        rows: &[JobRow],
        state: &mut JobProgress,
        error: AppError,
    ) -> Result<(), AppError> {
        let mut error = Some(error);
        let mut pending = vec![rows];
        while let Some(rows) = pending.pop() {
            match self
                .write_once(job, known, rows, state, (After::Commit, error.take()))
                .await
            {
                Ok(after) => *state = after,
                // What is outdated each time it is read anew leads to something that can't be led to.
                Err(AppError::Store(reason @ (StoreError::Refused(_) | StoreError::Outdated))) => {
                    // Whoever took the run over may have written the same rows: that is not the data's fault.
                    self.app.store.lease_renew(self.lease).await?;
                    if let [row] = rows {
                        let reason = reason.to_string();
                        let after = (After::Refusal(&reason), None);
                        *state = self
                            .write_once(job, known, std::slice::from_ref(row), state, after)
                            .await?;
                    } else if rows.len() > BATCH_ROWS {
                        pending.extend(rows.chunks(BATCH_ROWS).rev());
                    } else {
                        let (first, second) = rows.split_at(rows.len() / 2);
                        pending.push(second);
                        pending.push(first);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Resolves and writes rows as one batch, trying again while the database fails for a moment only. `failed` says how a first
    /// attempt ended.
    async fn write_once(
        &self,
        job: &JobRows,
        known: JobFacts,
        rows: &[JobRow],
        state: &JobProgress,
        (after, failed): (After<'_>, Option<AppError>),
    ) -> Result<JobProgress, AppError> {
        let mut retries = Retries::default();
        if let Some(error) = failed {
            retries.wait(error, self.listener).await?;
        }
        loop {
            let outcome = async {
                // A commit whose answer was lost has happened all the same.
                if retries.have_begun()
                    && let Some(committed) = self.committed_after(job, state).await?
                {
                    return Ok(committed);
                }
                let planned = self.plan(job, known, rows, state, after).await?;
                self.commit(job, &planned.batch).await?;
                Ok::<_, AppError>(planned.batch.progress)
            };
            match outcome.await {
                Err(error) => retries.wait(error, self.listener).await?,
                done => return done,
            }
        }
    }

    /// How far the job is in the database, when that is further than we know.
    async fn committed_after(&self, job: &JobRows, state: &JobProgress) -> Result<Option<JobProgress>, AppError> {
        let stored = self.app.store.job_get(job.organization, job.job.id).await?;
        Ok((stored.checkpoint > state.checkpoint).then_some(JobProgress {
            checkpoint: stored.checkpoint,
            counts: stored.counts,
            entity_counts: stored.entity_counts,
        }))
    }

    /// What becomes of rows: all that is to be written.
    async fn plan(
        &self,
        job: &JobRows,
        known: JobFacts,
        rows: &[JobRow],
        state: &JobProgress,
        after: After<'_>,
    ) -> Result<Planned, AppError> {
        let known = JobFacts {
            has_rows_out: known.has_rows_out || state.counts.failed > 0,
            ..known
        };
        let mut failed: HashSet<i64> = HashSet::new();
        if let (After::Refusal(_), [row]) = (after, rows) {
            failed.insert(row.number);
        }
        let (before, refused) = match after {
            After::Commit => (None, None),
            After::Uncommitted(before) => (Some(before), None),
            After::Refusal(reason) => (None, Some(reason)),
        };
        let (policy, table) = (self.policy(), job.table());
        loop {
            let facts = Loader::load(self, job, known, rows, &failed).await?;
            let matches = facts.has_matches();
            let planned = plan_rows(&policy, &table, facts, state, before, rows, refused);
            // What a row that fails would have brought comes with the next one that holds it.
            let failed_before = failed.len();
            failed.extend(&planned.failed);
            if failed.len() == failed_before {
                return Ok(Planned {
                    batch: planned.batch,
                    brought: planned.brought,
                    matches,
                });
            }
        }
    }

    /// What holds for all rows of the run.
    fn policy(&self) -> Policy<'_> {
        Policy {
            run_id: self.run.id,
            updates: self.updates(),
            blank_wipes: self.options.blank_wipes,
            orphans: self.options.orphans,
            location_id: self.options.location_id,
            create_missing: self.create_missing,
            ambiguous: &self.ambiguous,
            names: &self.names,
        }
    }

    async fn commit(&self, job: &JobRows, batch: &ImportBatch) -> Result<(), AppError> {
        self.app
            .store
            .batch_commit(job.organization, self.run.id, job.job.id, self.lease, batch)
            .await?;
        Ok(())
    }
}

/// The rows of so many batches, or of as many as there are left. `None` at the end.
async fn next_group(
    batches: &mut mpsc::Receiver<Result<Vec<JobRow>, AppError>>,
    wanted: usize,
) -> Result<Option<Vec<JobRow>>, AppError> {
    let Some(mut rows) = batches.recv().await.transpose()? else {
        return Ok(None);
    };
    for _ in 1..wanted {
        match batches.recv().await.transpose()? {
            Some(more) => rows.extend(more),
            None => break,
        }
    }
    Ok(Some(rows))
}
