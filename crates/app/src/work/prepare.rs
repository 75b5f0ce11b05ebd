//! From files to a run that can be started: opening, recognising, analysing.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;
use torqueflow_model::{JobStatus, RunStatus};
use torqueflow_persistence::{FileStatus, ImportFile, Job, Run, RunChange, RunIndex};
use torqueflow_pipeline::{OwnerVotes, Password, TableVotes};
use uuid::Uuid;

use super::{Work, options_of, plan_of};
use crate::ambiguous::ambiguous_ids;
use crate::analyse::Analysis;
use crate::crossed::Crossed;
use crate::detect::{open_file, order_jobs};
use crate::duplicates::undecided_count;
use crate::error::AppError;
use crate::matching::Matcher;
use crate::options::{RunMode, RunOptions};
use crate::progress::{Event, Phase};
use crate::replaced::Tallies;
use crate::runs::Said;
use crate::tables::{NOT_IMPORTED, is_left_out, note_rows, takes_part, why_left_out};

impl Work<'_> {
    /// Opens, recognises and analyses. See [`runs::prepare`](crate::runs::prepare).
    pub async fn prepare(&self, password: Option<&Password>, said: &Said) -> Result<Run, AppError> {
        let mut run = self.run.clone();
        let was_ready = run.status == RunStatus::Ready;
        if was_ready && !self.take_at_its_word(&mut run, said, RunStatus::Analysing).await? {
            return Ok(run);
        }
        let before_analysis = [RunStatus::Detecting, RunStatus::AwaitingPassword, RunStatus::Analysing];
        if !before_analysis.contains(&run.status) {
            return Ok(run);
        }
        (self.listener)(Event::Phase(Phase::Detecting));
        let options = options_of(&run)?;
        self.open_files(&run, &options, password).await?;
        let files = self.app.store.file_list(self.organization, run.id).await?;
        let waits = files.iter().any(|file| file.status == FileStatus::AwaitingPassword);
        if !waits && !was_ready {
            let status = run.status;
            self.take_at_its_word(&mut run, said, status).await?;
        }
        let mut jobs = self.app.store.job_list(self.organization, run.id).await?;
        order_jobs(&files, &mut jobs);
        self.settle_sources(&options, &mut jobs).await?;
        if !waits && !has_prospects(&run, &jobs) {
            return self.fail_unusable(run, &files, jobs).await;
        }
        if waits && jobs.is_empty() {
            self.move_on(&mut run, RunStatus::AwaitingPassword, jobs).await?;
            return Ok(run);
        }
        self.move_on(&mut run, RunStatus::Analysing, jobs.clone()).await?;
        self.analyse(&mut run, &options, &files, jobs).await?;
        if waits {
            self.move_on(&mut run, RunStatus::AwaitingPassword, Vec::new()).await?;
            return Ok(run);
        }
        run.analysed_at = Some(OffsetDateTime::now_utc());
        let made_ready = self.advance(&mut run, RunStatus::Ready)?;
        if options.auto_start && self.may_start(&run).await? {
            return self.start_ready(run, made_ready).await;
        }
        let change = RunChange::of(&run);
        self.commit(made_ready.into_iter().fold(change, RunChange::with_event))
            .await?;
        Ok(run)
    }

    /// Opens the files that were not opened yet, one by one, and keeps each outcome.
    async fn open_files(&self, run: &Run, options: &RunOptions, password: Option<&Password>) -> Result<(), AppError> {
        for file in self.app.store.file_list(self.organization, run.id).await? {
            let waits = file.status == FileStatus::AwaitingPassword;
            if file.status != FileStatus::Stored && !(waits && password.is_some()) {
                continue;
            }
            self.go_on()?;
            let jobs = self.app.store.job_list(self.organization, run.id).await?;
            let known: Vec<Job> = jobs.into_iter().filter(|job| job.file_id == file.id).collect();
            let system = options.source_system.as_deref();
            let opened = open_file(self.app, self.organization, &file, &known, system, password).await?;
            let mut change = RunChange::of(run);
            opened.add_to(&mut change);
            self.commit(change).await?;
        }
        Ok(())
    }

    /// Nothing in the files can be imported.
    async fn fail_unusable(&self, mut run: Run, files: &[ImportFile], jobs: Vec<Job>) -> Result<Run, AppError> {
        let of_files = files.iter().find_map(|file| file.error.clone());
        let of_jobs = jobs.iter().find_map(|job| job.error.clone());
        let left_out = jobs.iter().find_map(why_left_out);
        let left_out = left_out.map(|message| (NOT_IMPORTED.to_owned(), message));
        let unrecognised = || {
            (
                "unrecognised_file".to_owned(),
                "This file wasn't recognised. Check the format and try again.".to_owned(),
            )
        };
        run.error = Some(of_jobs.or(of_files).or(left_out).unwrap_or_else(unrecognised));
        self.move_on(&mut run, RunStatus::Failed, jobs).await?;
        Ok(run)
    }

    async fn analyse(
        &self,
        run: &mut Run,
        options: &RunOptions,
        files: &[ImportFile],
        mut jobs: Vec<Job>,
    ) -> Result<(), AppError> {
        (self.listener)(Event::Phase(Phase::Analysing));
        // What comes before the first table that is new or was changed has been analysed, and stays so.
        let standing = jobs.iter().position(is_to_do).unwrap_or(jobs.len());
        self.begin_anew(&mut jobs, standing).await?;
        let mut analysis = self.analysis(run, options, &jobs).await?;
        for (place, mut job) in jobs.into_iter().enumerate() {
            if job.status != JobStatus::Ready && !is_to_do(&job) {
                continue;
            }
            if place < standing {
                analysis.stands(&self.rows(job).await?);
                continue;
            }
            job.status = JobStatus::Analysing;
            job.analysed = 0;
            self.settle_open(&mut job).await?;
            self.commit(RunChange::of(run).with_jobs([job.clone()])).await?;
            analysis.crossed = Some(Vec::new());
            let mut rows = self.rows(job.clone()).await?;
            let report = self.reporter(files, &job, Event::Analysed);
            let (mut count, mut empty) = analysis.run(&rows, || self.go_on(), report).await?;
            let crossed = analysis.crossed.take().unwrap_or_default();
            if !crossed.is_empty() {
                keep_apart(&crossed, &analysis, files, &mut job)?;
                self.commit(RunChange::of(run).with_jobs([job.clone()])).await?;
                self.forget_analysis(&[job.id]).await?;
                rows = self.rows(job.clone()).await?;
                let report = self.reporter(files, &job, Event::Analysed);
                (count, empty) = analysis.run(&rows, || self.go_on(), report).await?;
            }
            note_rows(&mut job, count, empty);
            job.replaced = std::mem::take(&mut analysis.replaced).into_json();
            job.status = JobStatus::Ready;
            self.commit(RunChange::of(run).with_jobs([job])).await?;
        }
        Ok(())
    }

    /// Forgets what was found in the tables that do not stand, and in those that are left out by now, before any is analysed:
    /// none may match what will be gone.
    async fn begin_anew(&self, jobs: &mut [Job], standing: usize) -> Result<(), AppError> {
        let mut forgotten = Vec::new();
        for (place, job) in jobs.iter_mut().enumerate() {
            if place < standing && job.status == JobStatus::Ready {
                continue;
            }
            forgotten.push(job.id);
            if is_to_do(job) || job.status == JobStatus::Ready {
                let mut plan = plan_of(job)?;
                plan.forget_conflicts_of_other_tables();
                job.plan = serde_json::to_value(&plan).unwrap_or_default();
            }
        }
        self.forget_analysis(&forgotten).await
    }

    /// Forgets what an analysis has found in these jobs.
    pub(super) async fn forget_analysis(&self, jobs: &[Uuid]) -> Result<(), AppError> {
        let store = &self.app.store;
        let forgotten = store.analysis_reset(self.organization, self.run.id, jobs, &self.lease);
        Ok(forgotten.await?)
    }

    /// An analysis of this run, which also says whether it is its source's first.
    pub(super) async fn analysis(
        &self,
        run: &mut Run,
        options: &RunOptions,
        jobs: &[Job],
    ) -> Result<Analysis<'_>, AppError> {
        let mapped_systems = self.mapped_systems(jobs).await?;
        let detected = if mapped_systems.is_empty() {
            RunMode::Initial
        } else {
            RunMode::Refresh
        };
        run.mode = Some(options.mode.unwrap_or(detected).name().to_owned());
        let index = Arc::new(RunIndex::create(&self.app.blobs.folder(run.id)?)?);
        Ok(Analysis {
            app: self.app,
            run_id: run.id,
            lease: self.lease.clone(),
            run_created_at: run.created_at,
            options: options.clone(),
            jobs: HashMap::new(),
            mapped_systems,
            replaced: Tallies::default(),
            matcher: Matcher::new(self.app, &index),
            index,
            standing: Vec::new(),
            is_again: false,
            names: self.customer_names(jobs).await?,
            ambiguous: ambiguous_ids(&self.app.store, self.organization, jobs).await?,
            crossed: None,
        })
    }

    /// Asks all rows what is open since a person mapped columns anew: the order of day and month, and whose the rows are
    /// that name no owner.
    async fn settle_open(&self, job: &mut Job) -> Result<(), AppError> {
        let mut plan = plan_of(job)?;
        let (mut votes, mut owners) = (TableVotes::of(&plan), OwnerVotes::of(&plan));
        if votes.is_empty() && owners.is_empty() {
            return Ok(());
        }
        self.rows(job.clone()).await?.vote(&mut votes, &mut owners)?;
        let doubts = votes.settle(&mut plan, None);
        owners.settle(&mut plan);
        job.plan = serde_json::to_value(&plan).unwrap_or_default();
        if let Some(warnings) = job.warnings.as_array_mut() {
            warnings.extend(
                doubts
                    .iter()
                    .map(|doubt| serde_json::json!({"code": "note", "message": doubt})),
            );
        }
        Ok(())
    }

    /// The source systems of these jobs of which records were imported before.
    async fn mapped_systems(&self, jobs: &[Job]) -> Result<HashSet<String>, AppError> {
        let taking_part = jobs.iter().filter(|job| takes_part(job));
        let systems: HashSet<&String> = taking_part.filter_map(|job| job.source_system.as_ref()).collect();
        let mut mapped = HashSet::new();
        for system in systems {
            if self.app.store.mapping_count(self.organization, system).await? > 0 {
                mapped.insert(system.clone());
            }
        }
        Ok(mapped)
    }

    /// Nothing waits for a person.
    async fn may_start(&self, run: &Run) -> Result<bool, AppError> {
        let jobs = self.app.store.job_list(self.organization, run.id).await?;
        Ok(jobs.iter().any(|job| job.status == JobStatus::Ready)
            && undecided_count(self.app, self.organization, run).await? == 0
            && self.unconfirmed_source(run).await?.is_none())
    }
}

/// Takes note in a job's plan of its ids that plainly other records of tables before it have, so that these are kept apart.
fn keep_apart(
    crossed: &[Crossed],
    analysis: &Analysis<'_>,
    files: &[ImportFile],
    job: &mut Job,
) -> Result<(), AppError> {
    let mut plan = plan_of(job)?;
    let file_of = |job_id| {
        let file = analysis.jobs.get(&job_id).map(|known| known.job.file_id);
        let file = files.iter().find(|other| Some(other.id) == file);
        file.map_or_else(String::new, |file| file.name.clone())
    };
    for crossed in crossed {
        crossed.note_in(&mut plan, file_of);
    }
    job.plan = serde_json::to_value(&plan).unwrap_or_default();
    Ok(())
}

/// The job waits to be analysed.
fn is_to_do(job: &Job) -> bool {
    matches!(job.status, JobStatus::Pending | JobStatus::Analysing)
}

/// Something can be imported, or could be once a person says what it is.
fn has_prospects(run: &Run, jobs: &[Job]) -> bool {
    let hopeless = |job: &Job| matches!(job.status, JobStatus::Unrecognised | JobStatus::Failed) || is_left_out(job);
    if run.background {
        !jobs.is_empty()
    } else {
        !jobs.iter().all(hopeless)
    }
}
