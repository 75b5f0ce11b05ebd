//! What a person says of the tables of a run before it is analysed.

use torqueflow_model::{JobStatus, RunStatus};
use torqueflow_persistence::{AuditEvent, ImportFile, Job, Run, RunChange, SavedMapping};
use torqueflow_pipeline::{TableChoice, table_ordinal};

use super::{Work, options_of};
use crate::detect::{choices_of, order_jobs};
use crate::error::AppError;
use crate::jobs::head_of;
use crate::jobs::patch::{self, JobPatch, MappingPatch};
use crate::runs::Said;
use crate::wishes::NamedTable;

/// What became of the tables of a run.
#[derive(Default)]
struct Changed {
    /// What is told of those that are otherwise now, or whose mapping was saved.
    events: Vec<AuditEvent>,
    /// Any table is otherwise now.
    differs: bool,
    saved: Vec<SavedMapping>,
}

impl Work<'_> {
    /// Does to the tables what a person says of them. Says whether anything changed; the run is in this state then.
    pub(super) async fn take_at_its_word(&self, run: &mut Run, said: &Said, next: RunStatus) -> Result<bool, AppError> {
        if said.wishes.is_empty() {
            return Ok(false);
        }
        let store = &self.app.store;
        let files = store.file_list(self.organization, run.id).await?;
        let mut jobs = store.job_list(self.organization, run.id).await?;
        let changed = self.change_tables(run, said, &files, &mut jobs).await?;
        let is_changed = changed.differs;
        if changed.events.is_empty() {
            return Ok(false);
        }
        let mut moved = None;
        if is_changed {
            // Later tables may have matched what these brought.
            for job in jobs.iter_mut().filter(|job| job.status == JobStatus::Ready) {
                job.status = JobStatus::Pending;
            }
            order_jobs(&files, &mut jobs);
            moved = self.advance(run, next)?;
        }
        let events = changed.events.into_iter().chain(moved);
        let mut change = events.fold(RunChange::of(run), RunChange::with_event);
        change.jobs = jobs;
        change.saved_mappings = changed.saved;
        self.commit(change).await?;
        Ok(is_changed)
    }

    async fn change_tables(
        &self,
        run: &Run,
        said: &Said,
        files: &[ImportFile],
        jobs: &mut [Job],
    ) -> Result<Changed, AppError> {
        let mut tables = Vec::with_capacity(jobs.len());
        for job in jobs.iter() {
            tables.push(self.named_table(job, files).await?);
        }
        let options = options_of(run)?;
        let system = options.source_system.as_deref();
        let mut outcome = Changed::default();
        for (place, choice) in said.wishes.resolve(&tables)? {
            let Some(job) = jobs.get_mut(place) else { continue };
            let TableChoice { table_type, mapping } = choice;
            let patch = JobPatch {
                table_type,
                mapping: mapping.map(MappingPatch::Columns),
                save_mapping_as: said.save_mapping_as.clone(),
                ..JobPatch::default()
            };
            let mut changed = job.clone();
            let (app, actor) = (self.app, &self.actor);
            let saved = patch::change(app, self.organization, actor, &mut changed, files, system, &patch).await?;
            // What was said before is said again when a run is taken up.
            let is_changed = changed.choices != job.choices;
            if is_changed || saved.is_some() {
                outcome.events.push(patch.event(actor, job.id));
            }
            outcome.saved.extend(saved);
            if is_changed {
                *job = changed;
                outcome.differs = true;
            }
        }
        Ok(outcome)
    }

    /// A table as a person can name it.
    async fn named_table(&self, job: &Job, files: &[ImportFile]) -> Result<NamedTable, AppError> {
        let file = files.iter().find(|file| file.id == job.file_id);
        // One that a person has said something of before can be meant again.
        let is_said = choices_of(job.choices.as_ref())?.table_type.is_some();
        Ok(NamedTable {
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            sheet: job.sheet.clone(),
            ordinal: table_ordinal(job.table_index as usize),
            headers: head_of(self.app, job, files).await?.headers,
            is_known: job.table_type.is_some() && !is_said,
        })
    }
}
