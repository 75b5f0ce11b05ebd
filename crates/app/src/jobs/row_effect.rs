//! What it means for other rows that one is left out: which stand in for it, and which lose what they refer to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use torqueflow_engine::{Target, WantedLink, id_hash, wanted};
use torqueflow_model::{EntityKind, FieldKind, JobStatus, OnMissing, Record, SourceId};
use torqueflow_persistence::{Job, OrganizationId, Run};
use torqueflow_pipeline::{CleanRow, customer_names, id_text, key_hash};
use uuid::Uuid;

use crate::App;
use crate::error::AppError;
use crate::job_rows::{CHUNK_ROWS, JobRows};
use crate::matching::{of_registration, stored_postings};
use crate::options::Orphans;
use crate::work::options_of;

/// What it means for other rows that one is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowEffect {
    /// Rows that bring a record in its place.
    pub standing_in: u64,
    /// Rows that take part and refer to what comes with no row any more, also by way of others.
    pub losing_reference: u64,
}

/// A row of a run: its job and its number.
type RowPlace = (Uuid, i64);

/// What comes with no row any more.
#[derive(Default)]
struct Lost {
    kinds: HashSet<EntityKind>,
    hashes: HashSet<u128>,
    /// Of vehicles, where no stored one has them.
    registrations: HashSet<String>,
    /// Of customers.
    names: HashSet<String>,
}

/// What it means that this row is left out.
pub(super) async fn effect_of(
    app: &App,
    organization: OrganizationId,
    run: &Run,
    (job_id, row_number): RowPlace,
) -> Result<RowEffect, AppError> {
    let mut jobs = app.store.job_list(organization, run.id).await?;
    jobs.retain(|job| job.status == JobStatus::Ready);
    let mut effects = Effects {
        app,
        organization,
        run,
        orphans_fail: options_of(run)?.orphans == Orphans::Fail,
        positions: jobs.iter().map(|job| job.id).zip(0..).collect(),
        standing_in: HashSet::new(),
        failing: HashSet::new(),
        lost: Lost::default(),
    };
    let Some(job) = jobs.iter().find(|job| job.id == job_id) else {
        return Ok(RowEffect::default());
    };
    let rows = effects.open(job).await?;
    if let Some(row) = rows.row_of_number(row_number)? {
        effects.leave_out(&rows, (job_id, row_number), &row).await?;
    }
    let mut losing = 0;
    for job in &jobs {
        losing += effects.follow(job).await?;
    }
    Ok(RowEffect {
        standing_in: effects.standing_in.len() as u64,
        losing_reference: losing,
    })
}

struct Effects<'a> {
    app: &'a App,
    organization: OrganizationId,
    run: &'a Run,
    orphans_fail: bool,
    /// The places of the jobs in the import order.
    positions: HashMap<Uuid, usize>,
    standing_in: HashSet<RowPlace>,
    /// Rows that fail since they lose what they can't do without.
    failing: HashSet<RowPlace>,
    lost: Lost,
}

impl Effects<'_> {
    async fn open(&self, job: &Job) -> Result<Arc<JobRows>, AppError> {
        let (blobs, sources) = (&self.app.blobs, self.app.sources());
        let rows = JobRows::open(self.organization, blobs, sources, job.clone(), self.run).await?;
        Ok(Arc::new(rows))
    }

    /// Takes note of who brings the records of a row that takes no part, and of those that nobody does.
    async fn leave_out(&mut self, job: &JobRows, place: RowPlace, row: &CleanRow) -> Result<(), AppError> {
        let store = &self.app.store;
        for record in &row.records {
            let entity = record.slot.entity();
            let hash = key_hash(&job.source_system, entity, &record.source_id);
            if matches!(record.source_id, SourceId::Content(_)) {
                continue;
            }
            let ids = [id_text(&record.source_id, 0)];
            let mapped = store
                .mapping_find(self.organization, &job.source_system, entity, &ids)
                .await?;
            let mut places = self.places(hash).await?;
            if places.is_empty() {
                places.push(place);
            }
            let taking_part = self.taking_part(&places).await?;
            match taking_part.first() {
                Some(next) => {
                    let is_before = |other: &&RowPlace| **other == place || *other == next;
                    if places.iter().find(is_before) == Some(&place) {
                        self.standing_in.insert(*next);
                    }
                }
                None if mapped.is_empty() => self.lose(record, hash).await?,
                None => {}
            }
        }
        Ok(())
    }

    /// The rows that hold a record, in import order.
    async fn places(&self, hash: u128) -> Result<Vec<RowPlace>, AppError> {
        let store = &self.app.store;
        let known = store.record_find(self.organization, self.run.id, &[hash]).await?;
        let repeats = store.repeat_find(self.organization, self.run.id, &[hash]).await?;
        let mut places: Vec<RowPlace> = repeats
            .iter()
            .map(|repeat| (repeat.job_id, repeat.row_number))
            .collect();
        places.extend(known.values().map(|known| (known.job_id, known.found.row_number)));
        places.sort_by_key(|(job, row)| (self.positions.get(job).copied(), *row));
        places.dedup();
        Ok(places)
    }

    async fn taking_part(&self, places: &[RowPlace]) -> Result<Vec<RowPlace>, AppError> {
        let store = &self.app.store;
        let out = store.rows_out(self.organization, places.iter().copied()).await?;
        let takes_part = |place: &&RowPlace| !out.contains(*place) && !self.failing.contains(*place);
        Ok(places.iter().filter(takes_part).copied().collect())
    }

    async fn lose(&mut self, record: &Record, hash: u128) -> Result<(), AppError> {
        self.lost.kinds.insert(record.slot.entity());
        self.lost.hashes.insert(hash);
        if record.slot.entity() == EntityKind::Customer {
            self.lost.names.extend(customer_names(record));
        }
        if record.slot.entity() == EntityKind::Vehicle
            && let Some(registration) = record.text("registration")
        {
            let wanted = of_registration(registration.to_owned());
            let stored = stored_postings(self.app, self.organization, EntityKind::Vehicle, &[&wanted]).await?;
            if stored.is_empty() {
                self.lost.registrations.insert(registration.to_owned());
            }
        }
        Ok(())
    }

    /// How many rows of a job lose what they refer to.
    async fn follow(&mut self, job: &Job) -> Result<u64, AppError> {
        let mut fields = job.entities.iter().flat_map(|entity| entity.fields());
        let may_lose = fields.any(|field| match field.kind {
            FieldKind::Reference { to, .. } => self.lost.kinds.contains(&to),
            _ => false,
        });
        if !may_lose {
            return Ok(0);
        }
        let store = &self.app.store;
        let rows = self.open(job).await?;
        let mut chunks = rows.stream(0, CHUNK_ROWS, false);
        let mut losing = 0;
        while let Some(chunk) = chunks.recv().await {
            let mut chunk = chunk?;
            chunk.retain(|row| row.clean.is_record() && wanted(&row.clean).iter().any(|link| self.loses(&rows, link)));
            let (Some(first), Some(last)) = (chunk.first(), chunk.last()) else {
                continue;
            };
            let (first, last) = (first.number, last.number);
            let failed = store
                .finding_failed_rows(self.organization, job.id, first, last)
                .await?;
            let excluded = store
                .row_choice_excluded(self.organization, job.id, first, last)
                .await?;
            chunk.retain(|row| !failed.contains(&row.number) && !excluded.contains(&row.number));
            losing += chunk.len() as u64;
            for row in &chunk {
                let links = wanted(&row.clean);
                let fails = |link: &WantedLink| link.on_missing == OnMissing::FailRow && self.loses(&rows, link);
                if self.orphans_fail && links.iter().any(fails) {
                    self.failing.insert((job.id, row.number));
                    self.leave_out(&rows, (job.id, row.number), &row.clean).await?;
                }
            }
        }
        Ok(losing)
    }

    /// What the link leads to comes with no row any more.
    fn loses(&self, job: &JobRows, link: &WantedLink) -> bool {
        if !self.lost.kinds.contains(&link.to) {
            return false;
        }
        let id = link.target.source_id();
        let by_id = id.is_some_and(|id| self.lost.hashes.contains(&id_hash(&job.source_system, link.to, &id)));
        by_id
            || match &link.target {
                Target::Registration { registration, .. } => self.lost.registrations.contains(registration),
                Target::Named { called, .. } => called.names.iter().any(|name| self.lost.names.contains(name)),
                Target::Row(_) | Target::Id(_) | Target::Name(_) => false,
            }
    }
}
