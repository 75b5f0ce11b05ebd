//! Whose files they are: the source system of each table, where detection alone does not say it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use time::OffsetDateTime;
use torqueflow_model::{JobStatus, fold};
use torqueflow_persistence::{Job, Run, SourceTable};
use torqueflow_pipeline::{HeaderSet, TablePlan};

use super::{Work, options_of, plan_of};
use crate::error::AppError;
use crate::options::RunOptions;
use crate::replaced::SourceConfirmation;
use crate::saved_mappings;
use crate::source_name::{NO_PARTICULAR, is_known};

/// The most jobs that are asked for their headers.
const MAX_JOBS: u64 = 10_000;

/// A table as far as it matters whose it is.
struct Table {
    /// The system whose form it has.
    system: String,
    headers: Vec<String>,
    set: Option<HeaderSet>,
    /// It is to be imported.
    counts: bool,
}

impl Table {
    /// `None` where nobody knows what the table is.
    fn of(job: &Job) -> Option<Self> {
        let plan = plan_of(job).ok()?;
        let headers: Vec<String> = plan.columns.into_iter().map(|column| column.header).collect();
        Some(Self {
            system: plan.source_system?,
            set: HeaderSet::of(&headers),
            headers,
            counts: matches!(job.status, JobStatus::Pending | JobStatus::Analysing | JobStatus::Ready),
        })
    }

    fn is_unrecognised(&self) -> bool {
        self.system == NO_PARTICULAR
    }
}

/// A table of an earlier run, and whose it was.
struct Known {
    source_system: String,
    set: HeaderSet,
    used_at: OffsetDateTime,
}

impl Work<'_> {
    /// Says of each table which source system it belongs to; what belongs to another one than before is analysed anew.
    ///
    /// A program that is recognised is its own. All others of a run are one: by the name that a person gave, or that a
    /// mapping was saved under; else the one that had a table with the same headers before; else a new one.
    pub(super) async fn settle_sources(&self, options: &RunOptions, jobs: &mut [Job]) -> Result<(), AppError> {
        let tables: Vec<Option<Table>> = jobs.iter().map(Table::of).collect();
        let given = options.source_system.as_deref().filter(|name| *name != NO_PARTICULAR);
        let given = match given {
            Some(name) if is_known(self.app.sources(), name) => Some(name.to_owned()),
            Some(name) => Some(self.known_name(name).await?.unwrap_or_else(|| name.to_owned())),
            None => None,
        };
        let recognised: BTreeSet<&str> = tables.iter().flatten().map(|table| table.system.as_str()).collect();
        // One name can't be that of two programs.
        let programs = recognised.iter().filter(|system| **system != NO_PARTICULAR).count();
        let renames = programs <= 1 && given.as_ref().is_some_and(|name| !is_known(self.app.sources(), name));
        let unrecognised = match &given {
            Some(name) => name.clone(),
            None if recognised.contains(NO_PARTICULAR) => self.source_of(&tables).await?,
            None => String::new(),
        };
        for (job, table) in jobs.iter_mut().zip(&tables) {
            let Some(table) = table else { continue };
            let system = match &given {
                _ if table.is_unrecognised() => &unrecognised,
                Some(name) if renames => name,
                _ => &table.system,
            };
            if job.source_system.as_ref() != Some(system) {
                job.source_system = Some(system.clone());
                if job.status == JobStatus::Ready {
                    job.status = JobStatus::Pending;
                }
            }
        }
        Ok(())
    }

    /// The source of the tables that nobody recognises, where no person named it for the run.
    async fn source_of(&self, tables: &[Option<Table>]) -> Result<String, AppError> {
        let tables: Vec<&Table> = tables
            .iter()
            .flatten()
            .filter(|table| table.counts && table.is_unrecognised())
            .collect();
        let saved = self.saved_name(&tables).await?;
        if let Some(name) = &saved
            && let Some(system) = self.known_name(name).await?
        {
            return Ok(system);
        }
        let mut votes: Vec<(String, usize)> = Vec::new();
        for set in tables.iter().filter_map(|table| table.set.as_ref()) {
            let Some(system) = self.source_with(set).await? else {
                continue;
            };
            match votes.iter_mut().find(|(voted, _)| *voted == system) {
                Some((_, count)) => *count += 1,
                None => votes.push((system, 1)),
            }
        }
        // Of equals the first: what others refer to stands before them.
        votes.sort_by_key(|(_, count)| Reverse(*count));
        let of_most = votes.into_iter().next().map(|(system, _)| system);
        Ok(of_most.or(saved).unwrap_or_else(|| self.new_source(&tables)))
    }

    /// The name that a mapping of one of these tables was saved under.
    async fn saved_name(&self, tables: &[&Table]) -> Result<Option<String>, AppError> {
        for table in tables {
            let found = saved_mappings::find(self.app, self.organization, &table.headers).await?;
            let name = found.map(|found| found.saved.name.trim().to_owned());
            // A known system's name would make one program of two.
            if let Some(name) = name.filter(|name| !name.is_empty() && !is_known(self.app.sources(), name)) {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// The source that had a table with these headers before, at best exactly these, at best lately.
    async fn source_with(&self, set: &HeaderSet) -> Result<Option<String>, AppError> {
        let mut known = self.known_like(set).await?;
        if known.iter().all(|known| known.set != *set) {
            known.extend(self.imported_before_sources_were_told_apart(set).await?);
        }
        let best = known.into_iter().max_by_key(|known| (known.set == *set, known.used_at));
        Ok(best.map(|known| known.source_system))
    }

    async fn known_like(&self, set: &HeaderSet) -> Result<Vec<Known>, AppError> {
        let count = set.headers().len();
        let store = &self.app.store;
        let tables = store
            .source_table_list(self.organization, count.saturating_sub(1)..=count + 1)
            .await?;
        let known = tables.into_iter().filter_map(|table| {
            Some(Known {
                source_system: table.source_system,
                set: HeaderSet::of(&table.headers)?,
                used_at: table.used_at,
            })
        });
        Ok(known.filter(|known| known.set.is_like(set)).collect())
    }

    /// Once all programs that nobody recognises were one source system. What was imported of it stays its own: the plans
    /// of those jobs have the headers.
    async fn imported_before_sources_were_told_apart(&self, set: &HeaderSet) -> Result<Option<Known>, AppError> {
        let store = &self.app.store;
        if store.mapping_count(self.organization, NO_PARTICULAR).await? == 0 {
            return Ok(None);
        }
        let plans = store
            .job_plans_of_source(self.organization, NO_PARTICULAR, MAX_JOBS)
            .await?;
        let sets = plans.into_iter().filter_map(|plan| {
            let plan: TablePlan = serde_json::from_value(plan).ok()?;
            HeaderSet::of(plan.columns.iter().map(|column| &column.header))
        });
        let like: Vec<HeaderSet> = sets.filter(|known| known.is_like(set)).collect();
        let best = like.iter().find(|known| *known == set).or(like.first());
        Ok(best.map(|known| Known {
            source_system: NO_PARTICULAR.to_owned(),
            set: known.clone(),
            used_at: OffsetDateTime::UNIX_EPOCH,
        }))
    }

    /// A source that is met for the first time. Its name follows from the headers, so that it is the same for runs that
    /// are looked at side by side; without headers it is no other run's.
    fn new_source(&self, tables: &[&Table]) -> String {
        let set = tables.iter().find_map(|table| table.set.as_ref());
        let fingerprint = set.map_or(self.run.id.as_u128(), HeaderSet::fingerprint);
        format!("{NO_PARTICULAR}-{:012x}", fingerprint & 0xffff_ffff_ffff)
    }

    /// The name as it was first given, if it was.
    async fn known_name(&self, name: &str) -> Result<Option<String>, AppError> {
        let known = self.app.store.source_table_systems(self.organization).await?;
        Ok(known.into_iter().find(|system| fold(system) == fold(name)))
    }

    /// What later runs find the sources of these jobs by.
    pub(super) fn source_tables(run: &Run, jobs: &[Job]) -> Vec<SourceTable> {
        let used_at = run.started_at.unwrap_or_else(OffsetDateTime::now_utc);
        let mut tables: Vec<SourceTable> = Vec::new();
        for job in jobs {
            let is_named = |table: &Table| job.source_system.as_ref() != Some(&table.system);
            let table = Table::of(job).filter(|table| table.is_unrecognised() || is_named(table));
            let set = table.and_then(|table| table.set);
            if let (Some(source_system), Some(set)) = (&job.source_system, set) {
                tables.push(SourceTable {
                    source_system: source_system.clone(),
                    fingerprint: set.fingerprint(),
                    headers: set.headers().to_vec(),
                    run_id: run.id,
                    used_at,
                });
            }
        }
        // Runs that start at the same time write them in the same order, and wait for each other at most once.
        tables.sort_by_key(|table| (table.source_system.clone(), table.fingerprint));
        tables.dedup();
        tables
    }

    /// What a person has to confirm of the sources before the start, if anything.
    pub(super) async fn unconfirmed_source(&self, run: &Run) -> Result<Option<SourceConfirmation>, AppError> {
        let store = &self.app.store;
        let files = store.file_list(self.organization, run.id).await?;
        let jobs = store.job_list(self.organization, run.id).await?;
        Ok(SourceConfirmation::needed(run, &options_of(run)?, &files, &jobs))
    }
}
