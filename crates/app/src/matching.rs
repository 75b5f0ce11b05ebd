//! Matches of new records: with the store, with earlier rows of the run, and with each other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use torqueflow_dedupe::{MAX_HOLDERS, MatchKey, SharedKey, assess, keys_of, match_values};
use torqueflow_engine::JobRow;
use torqueflow_model::{EntityKind, MatchValues};
use torqueflow_persistence::{
    DecidedRecord, Duplicate, FoundRecord, MatchLevel, MatchPosting, OrganizationId, RunIndex,
};
use torqueflow_pipeline::CleanRow;
use uuid::Uuid;

use crate::App;
use crate::error::AppError;
use crate::job_rows::JobRows;

/// Kinds of record that are matched.
pub(crate) const MATCHED: [EntityKind; 2] = [EntityKind::Customer, EntityKind::Vehicle];

/// The place of a record's table in the import order, if the record is of this run, and its id.
pub(crate) type OrderOfComing = (Option<i64>, Uuid);

/// A new record that can match others.
pub(crate) struct Candidate {
    found: FoundRecord,
    label: String,
    values: MatchValues,
    keys: Vec<MatchKey>,
}

impl Candidate {
    /// The record of a row, if it has anything to be found by.
    pub fn of(row: &JobRow, index: usize, found: &FoundRecord) -> Option<Self> {
        let record = row.clean.records.get(index)?;
        let values = match_values(record, &row.clean.records);
        let keys = keys_of(&values);
        (!keys.is_empty()).then(|| Self {
            found: found.clone(),
            label: CleanRow::label(&row.clean, index),
            values,
            keys,
        })
    }
}

/// Finds matches of a run's records, table after table. It knows the keys of all that the tables before have brought.
pub(crate) struct Matcher {
    app: App,
    index: Arc<RunIndex>,
}

impl Matcher {
    /// Knows what the index does.
    pub fn new(app: &App, index: &Arc<RunIndex>) -> Self {
        Self {
            app: app.clone(),
            index: Arc::clone(index),
        }
    }

    /// The best match of each of these records of a table, if it has one. From now on they are matched too. `order` tells
    /// records of the run from stored ones; which record a match of the run is, is for the caller to add.
    pub async fn matches(
        &self,
        job: &JobRows,
        candidates: &[Candidate],
        order: impl Fn(Uuid) -> OrderOfComing,
    ) -> Result<Vec<Duplicate>, AppError> {
        let mut duplicates = Vec::new();
        for entity in MATCHED {
            let of_entity = |candidate: &&Candidate| candidate.found.slot.entity() == entity;
            let candidates: Vec<&Candidate> = candidates.iter().filter(of_entity).collect();
            let values: Vec<&MatchValues> = candidates.iter().map(|candidate| &candidate.values).collect();
            let hashes = candidates
                .iter()
                .flat_map(|candidate| &candidate.keys)
                .map(|key| key.hash);
            let mut holders: HashMap<u128, Vec<Uuid>> = HashMap::new();
            for posting in self
                .postings(job.organization, entity, &values, hashes.collect())
                .await?
            {
                holders.entry(posting.key_hash).or_default().push(posting.record_id);
            }
            let mut new = Vec::new();
            for candidate in candidates {
                duplicates.extend(best_match(job, candidate, &holders, &order));
                for key in &candidate.keys {
                    let holders = holders.entry(key.hash).or_default();
                    if holders.len() < MAX_HOLDERS {
                        holders.push(candidate.found.record_id);
                        new.push(posting(key, candidate));
                    }
                }
            }
            self.add(job, new).await?;
        }
        Ok(duplicates)
    }

    /// Takes note of records of a table that were matched before.
    pub async fn know(&self, job: &JobRows, candidates: &[Candidate]) -> Result<(), AppError> {
        let postings = candidates
            .iter()
            .flat_map(|candidate| candidate.keys.iter().map(|key| posting(key, candidate)));
        self.add(job, postings.collect()).await
    }

    /// The vehicles of the run and of the store with these registrations, by the key of the registration.
    pub async fn vehicles(
        &self,
        organization: OrganizationId,
        registrations: HashSet<String>,
    ) -> Result<HashMap<u128, HashSet<Uuid>>, AppError> {
        let wanted: Vec<MatchValues> = registrations.into_iter().map(of_registration).collect();
        let wanted: Vec<&MatchValues> = wanted.iter().collect();
        let hashes = hashes_of(&wanted).collect();
        let mut vehicles: HashMap<u128, HashSet<Uuid>> = HashMap::new();
        for posting in self
            .postings(organization, EntityKind::Vehicle, &wanted, hashes)
            .await?
        {
            vehicles.entry(posting.key_hash).or_default().insert(posting.record_id);
        }
        Ok(vehicles)
    }

    /// Who of the run and of the store is under the keys of these values, which have these fingerprints.
    async fn postings(
        &self,
        organization: OrganizationId,
        entity: EntityKind,
        wanted: &[&MatchValues],
        mut hashes: Vec<u128>,
    ) -> Result<Vec<MatchPosting>, AppError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        hashes.sort_unstable();
        hashes.dedup();
        let index = Arc::clone(&self.index);
        let of_run = blocking(move || index.postings(&hashes)).await?;
        let mut postings = stored_postings(&self.app, organization, entity, wanted).await?;
        postings.extend(of_run);
        Ok(postings)
    }

    async fn add(&self, job: &JobRows, mut postings: Vec<MatchPosting>) -> Result<(), AppError> {
        // Neighbours in the index are written together.
        postings.sort_unstable();
        let index = Arc::clone(&self.index);
        let table = job.job.ordinal;
        blocking(move || index.add_postings(table, &postings)).await
    }
}

fn posting(key: &MatchKey, candidate: &Candidate) -> MatchPosting {
    MatchPosting {
        key_hash: key.hash,
        record_id: candidate.found.record_id,
    }
}

/// Does what waits for a disk off the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, torqueflow_persistence::StoreError> + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| AppError::Internal("the index of a run is lost"))??)
}

fn hashes_of(values: &[&MatchValues]) -> impl Iterator<Item = u128> {
    values.iter().flat_map(|values| keys_of(values)).map(|key| key.hash)
}

/// What a vehicle with this registration is found by.
pub(crate) fn of_registration(registration: String) -> MatchValues {
    MatchValues {
        registration: Some(registration),
        ..MatchValues::default()
    }
}

/// The stored records under the keys of these values. Customers that were merged into others are led on to those. A key
/// that very many hold has as many postings as identify none of them.
pub(crate) async fn stored_postings(
    app: &App,
    organization: OrganizationId,
    entity: EntityKind,
    wanted: &[&MatchValues],
) -> Result<Vec<MatchPosting>, AppError> {
    let store = &app.store;
    let found = store.candidate_find(organization, entity, wanted, MAX_HOLDERS).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let hidden: Vec<Uuid> = found.iter().filter(|one| one.is_hidden).map(|one| one.id).collect();
    let survivors = store.customer_survivors(organization, &hidden).await?;
    let wanted: HashSet<u128> = hashes_of(wanted).collect();
    let mut holders: BTreeMap<u128, Vec<Uuid>> = BTreeMap::new();
    for candidate in &found {
        let survivor = survivors.get(&candidate.id).copied();
        let Some(record_id) = survivor.or((!candidate.is_hidden).then_some(candidate.id)) else {
            continue;
        };
        for key in keys_of(&candidate.values) {
            if wanted.contains(&key.hash) {
                holders.entry(key.hash).or_default().push(record_id);
            }
        }
    }
    let postings = holders.into_iter().flat_map(|(key_hash, mut holders)| {
        if holders.len() < MAX_HOLDERS {
            holders.sort_unstable();
            holders.dedup();
        }
        holders
            .into_iter()
            .map(move |record_id| MatchPosting { key_hash, record_id })
    });
    Ok(postings.collect())
}

/// The best match among those that share a key with the record: the surest, and of equals the one that came first.
fn best_match(
    job: &JobRows,
    candidate: &Candidate,
    holders: &HashMap<u128, Vec<Uuid>>,
    order: impl Fn(Uuid) -> OrderOfComing,
) -> Option<Duplicate> {
    let mut shared: BTreeMap<OrderOfComing, Vec<SharedKey>> = BTreeMap::new();
    for key in &candidate.keys {
        let others = holders.get(&key.hash).map(Vec::as_slice).unwrap_or_default();
        if others.len() >= MAX_HOLDERS {
            continue;
        }
        for other in others {
            shared.entry(order(*other)).or_default().push(SharedKey {
                kind: key.kind,
                holders: others.len(),
            });
        }
    }
    let mut best: Option<(Uuid, torqueflow_dedupe::Match)> = None;
    for ((_, record_id), keys) in shared {
        if let Some(found) = assess(&keys)
            && best.as_ref().is_none_or(|(_, best)| found.confidence > best.confidence)
        {
            best = Some((record_id, found));
        }
    }
    let (match_record_id, found) = best?;
    let incoming = &candidate.found;
    Some(Duplicate {
        id: Uuid::now_v7(),
        job_id: job.job.id,
        row_number: incoming.row_number,
        slot: incoming.slot.name().to_owned(),
        record_id: incoming.record_id,
        record: DecidedRecord {
            key: incoming.key_hash,
            occurrence: incoming.occurrence,
            place: Some((job.job.id, incoming.row_number)),
        },
        label: candidate.label.clone(),
        match_record_id,
        matched: DecidedRecord::stored(match_record_id),
        level: level_of(found.level),
        confidence: found.confidence,
        reasons: found.reasons,
        action: None,
    })
}

/// The level as the store keeps it.
pub(crate) fn level_of(level: torqueflow_dedupe::MatchLevel) -> MatchLevel {
    match level {
        torqueflow_dedupe::MatchLevel::Low => MatchLevel::Low,
        torqueflow_dedupe::MatchLevel::Medium => MatchLevel::Medium,
        torqueflow_dedupe::MatchLevel::High => MatchLevel::High,
    }
}
