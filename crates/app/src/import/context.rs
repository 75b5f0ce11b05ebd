//! What the database knows of the rows of a batch, read in a few queries before anything is decided.

use std::collections::{HashMap, HashSet};

use torqueflow_dedupe::{KeyKind, MatchKey, SharedKey, assess, keys_of, match_values};
use torqueflow_model::{EntityKind, MatchValues, RunIds, Slot, SourceId, fold};
use torqueflow_persistence::{
    BusinessRow, Duplicate, DuplicateAction, FoundRecord, JobFacts, MappedRecord, MatchLevel, MatchPosting,
    StoredCandidate,
};
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use super::Importer;
use super::imported::ImportedValues;
use super::stand_ins::SaidAgain;
use crate::customer_names::RunCustomer;
use crate::error::AppError;
use crate::found::{FoundInRows, found_in_rows};
use crate::job_rows::{JobRow, JobRows};
use crate::links::{Target, wanted};
use crate::matching::{MATCHED, level_of, of_registration, stored_postings};

/// How far a match leads from record to record: skipped into one that was itself skipped into another, and so on.
const MAX_HOPS: usize = 16;

/// What is known of the rows of a batch.
#[derive(Default)]
pub(super) struct BatchContext {
    /// Rows that the analysis found an error in.
    pub failed: HashSet<i64>,
    /// Rows of a job that is run again which have their result.
    pub done: HashSet<i64>,
    /// Rows that a person left out.
    pub excluded: HashSet<i64>,
    /// Records that rows of the batch bring, by row and slot: those whose first rows they are, and those for whose first
    /// rows they stand in.
    pub found: FoundInRows,
    /// Of these, the ones for whose first rows they stand in, by the ids that they get.
    pub stand_ins: HashSet<Uuid>,
    /// Records that the run has imported and of which the rows that take part say something else by now, by row and slot.
    pub said_again: HashMap<(i64, Slot), SaidAgain>,
    /// Records that no row before has brought although it could have, by identity.
    pub inherited: HashMap<u128, FoundRecord>,
    /// Decisions on those, by the id that they would get. What is not here is created.
    pub decisions: HashMap<Uuid, Decision>,
    /// Mappings of the records and of what they refer to, by entity and source id.
    pub mappings: HashMap<(EntityKind, String), MappedRecord>,
    /// Mapped records that are there no more.
    pub gone: HashSet<Uuid>,
    /// What was last imported of mapped records of which the source says something else now, by entity and source id.
    pub imported: HashMap<(EntityKind, String), ImportedValues>,
    /// Stored records that are to be updated by their code, by entity and code.
    pub existing: HashMap<(EntityKind, String), Vec<Uuid>>,
    /// Records that may be merged into or updated, by id.
    pub targets: HashMap<Uuid, (EntityKind, BusinessRow)>,
    /// Addresses of customers that may get another one, by customer.
    pub addresses: HashMap<Uuid, Vec<BusinessRow>>,
    /// Vehicles of the store, by the fingerprint of their registration.
    pub registrations: HashMap<u128, Vec<Uuid>>,
    /// Lookups of the store, by kind and folded name.
    pub lookups: HashMap<(EntityKind, String), Uuid>,
    /// Customers of the store, by name.
    pub named: HashMap<String, Vec<StoredCandidate>>,
    /// What became of customers of the run that rows name.
    pub of_run: HashMap<RunCustomer, Uuid>,
}

/// What happens with a record that matches another.
#[derive(Clone, Copy)]
pub(super) enum Decision {
    /// It is left out in favour of this record.
    Skip(Uuid),
    /// It is merged into this record.
    Merge(Uuid),
    /// It matches this record, and nobody said what to do then: the match appeared after the analysis.
    Undecided(Uuid),
}

impl Decision {
    /// What an action makes of a match; `None`: the record is created.
    fn of(action: Option<DuplicateAction>, target: Uuid) -> Option<Self> {
        match action {
            Some(DuplicateAction::Create) => None,
            Some(DuplicateAction::Skip) => Some(Self::Skip(target)),
            Some(DuplicateAction::Merge) => Some(Self::Merge(target)),
            None => Some(Self::Undecided(target)),
        }
    }

    fn target(self) -> Uuid {
        match self {
            Self::Skip(id) | Self::Merge(id) | Self::Undecided(id) => id,
        }
    }

    fn lead_to(&mut self, target: Uuid) {
        match self {
            Self::Skip(id) | Self::Merge(id) | Self::Undecided(id) => *id = target,
        }
    }
}

impl BatchContext {
    pub async fn load(
        importer: &Importer<'_>,
        job: &JobRows,
        facts: JobFacts,
        rows: &[JobRow],
        failed: &HashSet<i64>,
    ) -> Result<Self, AppError> {
        let mut context = Self::default();
        let numbers = rows.iter().map(|row| row.number);
        let (Some(first), Some(last)) = (numbers.clone().min(), numbers.max()) else {
            return Ok(context);
        };
        let store = &importer.app.store;
        let (organization, job_id) = (job.organization, job.job.id);
        if facts.has_errors {
            context.failed = store.finding_failed_rows(organization, job_id, first, last).await?;
        }
        if job.job.attempt > 1 {
            context.done = store.row_result_done(organization, job_id, first, last).await?;
        }
        if facts.has_rows_out {
            context.excluded = store.row_choice_excluded(organization, job_id, first, last).await?;
        }
        context.found = found_in_rows(store, job, rows, facts.has_shared_records, &context.failed).await?;
        if facts.has_rows_out || !failed.is_empty() {
            context.find_stand_ins(importer, job, rows, failed).await?;
        }
        let others_active = importer.others_active(job).await?;
        context.load_mappings(importer, job, rows, others_active).await?;
        context.load_imported(importer, job, rows).await?;
        context.load_inherited(importer, job, rows).await?;
        if job.job.attempt > 1 || !failed.is_empty() {
            context.find_said_again(importer, job, rows, failed).await?;
        }
        if facts.has_duplicates {
            context.load_decisions(importer, job, first, last).await?;
        }
        context.follow_decisions(importer, job).await?;
        context.turn_decisions(importer, job).await?;
        if others_active {
            context.find_late_matches(importer, job, rows).await?;
        }
        context.load_targets(importer, job).await?;
        Ok(context)
    }

    /// Some records match others, or are to change stored ones.
    pub fn has_matches(&self) -> bool {
        !self.decisions.is_empty() || !self.existing.is_empty()
    }

    /// The first record that this row has in this slot, if the record is met here for the first time.
    pub fn found(&self, row: &JobRow, slot: Slot) -> Option<&FoundRecord> {
        self.found.get(&(row.number, slot))
    }

    /// The record that this id at the source leads to, if it is there.
    pub fn mapped(&self, entity: EntityKind, id: String) -> Option<Uuid> {
        let mapped = self.mappings.get(&(entity, id))?;
        (!self.gone.contains(&mapped.record_id)).then_some(mapped.record_id)
    }

    async fn load_mappings(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        rows: &[JobRow],
        others_active: bool,
    ) -> Result<(), AppError> {
        let mut ids: HashMap<EntityKind, HashSet<String>> = HashMap::new();
        let mut names: HashMap<EntityKind, HashSet<String>> = HashMap::new();
        let (mut registrations, mut customers) = (HashSet::new(), HashSet::new());
        for row in rows {
            for record in &row.clean.records {
                let found = self.found(row, record.slot);
                // What has no id is met once in a run; only another run can have mapped it.
                let is_new = found.is_some() && importer.is_first_import() && !others_active;
                if is_new && matches!(record.source_id, SourceId::Content(_)) {
                    continue;
                }
                let id = id_text(&record.source_id, found.map_or(0, |found| found.occurrence));
                ids.entry(record.slot.entity()).or_default().insert(id);
            }
            for link in wanted(&row.clean) {
                ids.entry(link.to).or_default().extend(link.target.source_id());
                match link.target {
                    Target::Name(name) => {
                        names.entry(link.to).or_default().insert(fold(&name));
                    }
                    Target::Registration { registration, .. } => {
                        registrations.insert(registration);
                    }
                    Target::Named { called, .. } => customers.extend(called.names),
                    Target::Row(_) | Target::Id(_) => {}
                }
            }
        }
        let store = &importer.app.store;
        for (entity, ids) in ids {
            let ids: Vec<_> = ids.into_iter().collect();
            let found = store
                .mapping_find(job.organization, &job.source_system, entity, &ids)
                .await?;
            self.mappings
                .extend(found.into_iter().map(|(id, mapped)| ((entity, id), mapped)));
        }
        for (entity, names) in names {
            let names: Vec<_> = names.into_iter().collect();
            for row in store
                .business_load_by(job.organization, entity, "sort_name", &names)
                .await?
            {
                let name = row.text("sort_name").unwrap_or_default().to_owned();
                self.lookups.entry((entity, name)).or_insert(row.id);
            }
        }
        self.load_named(importer, job, customers).await?;
        self.load_registrations(importer, job, registrations).await
    }

    /// The customers that rows name: what became of those of the run, and those of the store.
    async fn load_named(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        names: HashSet<String>,
    ) -> Result<(), AppError> {
        let mut ids: HashMap<&str, Vec<String>> = HashMap::new();
        for name in &names {
            for customer in importer.names.of_name(name) {
                ids.entry(&customer.source_system)
                    .or_default()
                    .push(customer.id.clone());
            }
        }
        let store = &importer.app.store;
        let entity = EntityKind::Customer;
        for (source_system, ids) in ids {
            let found = store
                .mapping_find(job.organization, source_system, entity, &ids)
                .await?;
            let records: Vec<Uuid> = found.values().map(|mapped| mapped.record_id).collect();
            let existing = store
                .business_existing(job.organization, entity, &records, None)
                .await?;
            let there = found
                .into_iter()
                .filter(|(_, mapped)| existing.contains(&mapped.record_id));
            self.of_run.extend(there.map(|(id, mapped)| {
                let source_system = source_system.to_owned();
                (RunCustomer { source_system, id }, mapped.record_id)
            }));
        }
        self.named = store.customer_named(job.organization, names).await?;
        Ok(())
    }

    async fn load_registrations(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        registrations: HashSet<String>,
    ) -> Result<(), AppError> {
        let wanted: Vec<MatchValues> = registrations.into_iter().map(of_registration).collect();
        let wanted: Vec<&MatchValues> = wanted.iter().collect();
        let postings = stored_postings(importer.app, job.organization, EntityKind::Vehicle, &wanted).await?;
        for posting in postings {
            let vehicles = self.registrations.entry(posting.key_hash).or_default();
            vehicles.push(posting.record_id);
        }
        Ok(())
    }

    /// The decisions on the records of these rows.
    async fn load_decisions(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        first: i64,
        last: i64,
    ) -> Result<(), AppError> {
        let store = &importer.app.store;
        let duplicates = store
            .duplicate_list_of_rows(job.organization, job.job.id, first, last)
            .await?;
        for duplicate in &duplicates {
            self.decide(importer, duplicate);
        }
        Ok(())
    }

    /// Leads each decision on to where its match itself ended up.
    async fn follow_decisions(&mut self, importer: &Importer<'_>, job: &JobRows) -> Result<(), AppError> {
        let store = &importer.app.store;
        for _ in 0..MAX_HOPS {
            let targets: Vec<Uuid> = self.decisions.values().map(|decision| decision.target()).collect();
            if targets.is_empty() {
                break;
            }
            let onward: HashMap<Uuid, Uuid> = store
                .duplicate_find(job.organization, importer.run.id, &targets)
                .await?
                .into_iter()
                .filter(|(_, duplicate)| {
                    matches!(
                        effective(importer, duplicate),
                        Some(DuplicateAction::Skip | DuplicateAction::Merge)
                    )
                })
                .map(|(id, duplicate)| (id, duplicate.match_record_id))
                .collect();
            if onward.is_empty() {
                break;
            }
            for decision in self.decisions.values_mut() {
                if let Some(next) = onward.get(&decision.target()) {
                    decision.lead_to(*next);
                }
            }
        }
        Ok(())
    }

    /// Who was to be left out in favour of a record, or merged into it, is there before the row that stands in for it: then
    /// that one is left out, or merged.
    async fn turn_decisions(&mut self, importer: &Importer<'_>, job: &JobRows) -> Result<(), AppError> {
        let store = &importer.app.store;
        let stand_ins: Vec<Uuid> = self.stand_ins.iter().copied().collect();
        for duplicate in store
            .duplicate_list_of_matches(job.organization, importer.run.id, &stand_ins)
            .await?
        {
            let action = effective(importer, &duplicate);
            if let Some(decision) = action.and_then(|action| Decision::of(Some(action), duplicate.record_id)) {
                self.decisions.entry(duplicate.match_record_id).or_insert(decision);
            }
        }
        Ok(())
    }

    /// Records that belong to an earlier row which did not bring them, and the decisions on them and on those for whose first
    /// rows the batch stands in.
    async fn load_inherited(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        rows: &[JobRow],
    ) -> Result<(), AppError> {
        let here: HashSet<u128> = self.found.values().map(|found| found.key_hash).collect();
        let mut lost = HashSet::new();
        for record in rows.iter().flat_map(|row| &row.clean.records) {
            let hash = key_hash(&job.source_system, record.slot.entity(), &record.source_id);
            if !here.contains(&hash) && !self.is_mapped(record.slot.entity(), &record.source_id, 0) {
                lost.insert(hash);
            }
        }
        let lost: Vec<_> = lost.into_iter().collect();
        let store = &importer.app.store;
        let known = store.record_find(job.organization, importer.run.id, &lost).await?;
        let inherited = known.values().map(|known| known.found.record_id);
        let ids: Vec<Uuid> = inherited.chain(self.stand_ins.iter().copied()).collect();
        for duplicate in store
            .duplicate_find(job.organization, importer.run.id, &ids)
            .await?
            .values()
        {
            self.decide(importer, duplicate);
        }
        self.inherited = known.into_iter().map(|(hash, known)| (hash, known.found)).collect();
        Ok(())
    }

    fn decide(&mut self, importer: &Importer<'_>, duplicate: &Duplicate) {
        let decision = Decision::of(effective(importer, duplicate), duplicate.match_record_id);
        self.decisions
            .extend(decision.map(|decision| (duplicate.record_id, decision)));
    }

    /// Looks for matches that other runs brought into the store after the analysis.
    async fn find_late_matches(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        rows: &[JobRow],
    ) -> Result<(), AppError> {
        let store = &importer.app.store;
        let analysed_at = importer.run.analysed_at;
        for entity in MATCHED {
            let mut wanted: HashMap<Uuid, MatchValues> = HashMap::new();
            for row in rows {
                for record in row.clean.records.iter().filter(|record| record.slot.entity() == entity) {
                    if let Some(found) = self.found(row, record.slot)
                        && !self.decisions.contains_key(&found.record_id)
                        && !self.is_mapped(entity, &record.source_id, found.occurrence)
                        && self.existing(record).is_empty()
                    {
                        wanted.insert(found.record_id, match_values(record, &row.clean.records));
                    }
                }
            }
            let values: Vec<&MatchValues> = wanted.values().collect();
            let mut postings = stored_postings(importer.app, job.organization, entity, &values).await?;
            let ids: Vec<_> = postings.iter().map(|posting| posting.record_id).collect();
            let late = store
                .business_existing(job.organization, entity, &ids, analysed_at)
                .await?;
            let of_run = RunIds::of(importer.run.id.as_u128());
            let is_own = |id: Uuid| of_run.place(id.as_u128()).is_some();
            postings.retain(|posting| late.contains(&posting.record_id) && !is_own(posting.record_id));
            for (record_id, values) in wanted {
                if let Some((target, level)) = late_match(&keys_of(&values), &postings) {
                    let decision = Decision::of(importer.options.on_duplicate.of(level), target);
                    self.decisions.extend(decision.map(|decision| (record_id, decision)));
                }
            }
        }
        Ok(())
    }

    pub fn is_mapped(&self, entity: EntityKind, source_id: &SourceId, occurrence: i64) -> bool {
        self.mappings.contains_key(&(entity, id_text(source_id, occurrence)))
    }

    async fn load_targets(&mut self, importer: &Importer<'_>, job: &JobRows) -> Result<(), AppError> {
        let ids: Vec<Uuid> = self.decisions.values().map(|decision| decision.target()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let store = &importer.app.store;
        // A match that was merged into another customer since leads to that one.
        let survivors = store.customer_survivors(job.organization, &ids).await?;
        for decision in self.decisions.values_mut() {
            if let Some(survivor) = survivors.get(&decision.target()) {
                decision.lead_to(*survivor);
            }
        }
        let ids: Vec<Uuid> = self.decisions.values().map(|decision| decision.target()).collect();
        for entity in MATCHED {
            for row in store.business_load(job.organization, entity, &ids).await? {
                self.targets.insert(row.id, (entity, row));
            }
        }
        self.load_addresses(importer, job, &ids).await
    }

    /// Reads the addresses of stored customers.
    pub async fn load_addresses(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        customers: &[Uuid],
    ) -> Result<(), AppError> {
        let mut missing = customers.to_vec();
        missing.retain(|customer| !self.addresses.contains_key(customer));
        let store = &importer.app.store;
        let addresses = store
            .business_load_by(job.organization, EntityKind::CustomerAddress, "customer_id", &missing)
            .await?;
        for address in addresses {
            let customer = address.text("customer_id").and_then(|id| Uuid::parse_str(id).ok());
            if let Some(customer) = customer {
                self.addresses.entry(customer).or_default().push(address);
            }
        }
        Ok(())
    }
}

/// What happens with a match: what was decided for it, else the default. The default does not reach matches that are
/// worth no more than a look.
///
/// `None`: a match that needs a decision and has none. The start saw to it that there is none of these, so it appeared
/// when rows were run again.
fn effective(importer: &Importer<'_>, duplicate: &Duplicate) -> Option<DuplicateAction> {
    duplicate.action.or(importer.options.on_duplicate.of(duplicate.level))
}

/// The surest match among these postings, if it is more than worth a look.
fn late_match(keys: &[MatchKey], postings: &[MatchPosting]) -> Option<(Uuid, MatchLevel)> {
    let kinds: HashMap<u128, KeyKind> = keys.iter().map(|key| (key.hash, key.kind)).collect();
    let mut shared: HashMap<Uuid, Vec<SharedKey>> = HashMap::new();
    for posting in postings {
        if let Some(kind) = kinds.get(&posting.key_hash) {
            shared.entry(posting.record_id).or_default().push(SharedKey {
                kind: *kind,
                holders: 1,
            });
        }
    }
    let mut matches: Vec<_> = shared
        .into_iter()
        .filter_map(|(id, keys)| Some((id, assess(&keys)?)))
        .filter(|(_, found)| found.level > torqueflow_dedupe::MatchLevel::Low)
        .collect();
    matches.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence).then(a.0.cmp(&b.0)));
    matches.first().map(|(id, found)| (*id, level_of(found.level)))
}
