//! What the database knows of the rows of a batch, read in a few queries before anything is decided.

use std::collections::{HashMap, HashSet};

use torqueflow_engine::{Facts, JobRow, RunCustomer, Target, wanted};
use torqueflow_model::{EntityKind, MatchValues, SourceId, fold};
use torqueflow_persistence::JobFacts;
use torqueflow_pipeline::{id_text, key_hash};
use uuid::Uuid;

use super::Importer;
use crate::error::AppError;
use crate::found::found_in_rows;
use crate::job_rows::JobRows;
use crate::matching::{of_registration, stored_postings};

/// Reads facts of rows.
pub(super) struct Loader<'a> {
    pub importer: &'a Importer<'a>,
    pub job: &'a JobRows,
    pub facts: Facts,
}

impl Loader<'_> {
    /// Reads what there is to know of rows. `failed`: rows of them that are known to fail.
    pub async fn load(
        importer: &Importer<'_>,
        job: &JobRows,
        known: JobFacts,
        rows: &[JobRow],
        failed: &HashSet<i64>,
    ) -> Result<Facts, AppError> {
        let facts = Facts::default();
        let mut loader = Loader { importer, job, facts };
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            loader.read(known, rows, (first.number, last.number), failed).await?;
        }
        Ok(loader.facts)
    }

    async fn read(
        &mut self,
        known: JobFacts,
        rows: &[JobRow],
        (first, last): (i64, i64),
        failed: &HashSet<i64>,
    ) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        let (organization, job_id) = (self.job.organization, self.job.job.id);
        let is_again = self.job.job.attempt > 1;
        if known.has_errors {
            self.facts.failed = store.finding_failed_rows(organization, job_id, first, last).await?;
        }
        if is_again {
            self.facts.done = store.row_result_done(organization, job_id, first, last).await?;
        }
        if known.has_rows_out {
            self.facts.excluded = store.row_choice_excluded(organization, job_id, first, last).await?;
        }
        self.facts.found = found_in_rows(store, self.job, rows, known.has_shared_records, &self.facts.failed).await?;
        if known.has_rows_out || !failed.is_empty() {
            self.find_stand_ins(rows, failed).await?;
        }
        let others_active = self.importer.others_active(self.job).await?;
        self.load_mappings(rows, others_active).await?;
        self.load_imported(rows).await?;
        self.load_inherited(rows).await?;
        if is_again || !failed.is_empty() {
            self.find_said_again(rows, failed).await?;
        }
        if known.has_duplicates {
            self.load_decisions(first, last).await?;
        }
        self.follow_decisions().await?;
        self.turn_decisions().await?;
        if others_active {
            self.find_late_matches(rows).await?;
        }
        self.load_targets().await
    }

    async fn load_mappings(&mut self, rows: &[JobRow], others_active: bool) -> Result<(), AppError> {
        let mut ids: HashMap<EntityKind, HashSet<String>> = HashMap::new();
        let mut names: HashMap<EntityKind, HashSet<String>> = HashMap::new();
        let (mut registrations, mut customers) = (HashSet::new(), HashSet::new());
        for row in rows {
            for record in &row.clean.records {
                let found = self.facts.found(row, record.slot);
                // What has no id is met once in a run; only another run can have mapped it.
                let is_new = found.is_some() && self.importer.is_first_import() && !others_active;
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
        let store = &self.importer.app.store;
        for (entity, ids) in ids {
            let ids: Vec<_> = ids.into_iter().collect();
            let found = store
                .mapping_find(self.job.organization, &self.job.source_system, entity, &ids)
                .await?;
            self.facts
                .mappings
                .extend(found.into_iter().map(|(id, mapped)| ((entity, id), mapped)));
        }
        for (entity, names) in names {
            let names: Vec<_> = names.into_iter().collect();
            for row in store
                .business_load_by(self.job.organization, entity, "sort_name", &names)
                .await?
            {
                let name = row.text("sort_name").unwrap_or_default().to_owned();
                self.facts.lookups.entry((entity, name)).or_insert(row.id);
            }
        }
        self.load_named(customers).await?;
        self.load_registrations(registrations).await
    }

    /// The customers that rows name: what became of those of the run, and those of the store.
    async fn load_named(&mut self, names: HashSet<String>) -> Result<(), AppError> {
        let mut ids: HashMap<&str, Vec<String>> = HashMap::new();
        for name in &names {
            for customer in self.importer.names.of_name(name) {
                ids.entry(&customer.source_system)
                    .or_default()
                    .push(customer.id.clone());
            }
        }
        let store = &self.importer.app.store;
        let entity = EntityKind::Customer;
        for (source_system, ids) in ids {
            let found = store
                .mapping_find(self.job.organization, source_system, entity, &ids)
                .await?;
            let records: Vec<Uuid> = found.values().map(|mapped| mapped.record_id).collect();
            let existing = store
                .business_existing(self.job.organization, entity, &records, None)
                .await?;
            let there = found
                .into_iter()
                .filter(|(_, mapped)| existing.contains(&mapped.record_id));
            self.facts.of_run.extend(there.map(|(id, mapped)| {
                let source_system = source_system.to_owned();
                (RunCustomer { source_system, id }, mapped.record_id)
            }));
        }
        self.facts.named = store.customer_named(self.job.organization, names).await?;
        Ok(())
    }

    async fn load_registrations(&mut self, registrations: HashSet<String>) -> Result<(), AppError> {
        let wanted: Vec<MatchValues> = registrations.into_iter().map(of_registration).collect();
        let wanted: Vec<&MatchValues> = wanted.iter().collect();
        let postings = stored_postings(self.importer.app, self.job.organization, EntityKind::Vehicle, &wanted).await?;
        for posting in postings {
            let vehicles = self.facts.registrations.entry(posting.key_hash).or_default();
            vehicles.push(posting.record_id);
        }
        Ok(())
    }

    /// Records that belong to an earlier row which did not bring them, and the decisions on them and on those for whose first
    /// rows the batch stands in.
    async fn load_inherited(&mut self, rows: &[JobRow]) -> Result<(), AppError> {
        let here: HashSet<u128> = self.facts.found.values().map(|found| found.key_hash).collect();
        let mut lost = HashSet::new();
        for record in rows.iter().flat_map(|row| &row.clean.records) {
            let hash = key_hash(&self.job.source_system, record.slot.entity(), &record.source_id);
            if !here.contains(&hash) && !self.facts.is_mapped(record.slot.entity(), &record.source_id, 0) {
                lost.insert(hash);
            }
        }
        let lost: Vec<_> = lost.into_iter().collect();
        let store = &self.importer.app.store;
        let known = store
            .record_find(self.job.organization, self.importer.run.id, &lost)
            .await?;
        let inherited = known.values().map(|known| known.found.record_id);
        let ids: Vec<Uuid> = inherited.chain(self.facts.stand_ins.iter().copied()).collect();
        for duplicate in store
            .duplicate_find(self.job.organization, self.importer.run.id, &ids)
            .await?
            .values()
        {
            self.decide(duplicate);
        }
        self.facts.inherited = known.into_iter().map(|(hash, known)| (hash, known.found)).collect();
        Ok(())
    }

    /// Reads the addresses of stored customers.
    pub async fn load_addresses(&mut self, customers: &[Uuid]) -> Result<(), AppError> {
        let mut missing = customers.to_vec();
        missing.retain(|customer| !self.facts.addresses.contains_key(customer));
        let store = &self.importer.app.store;
        let addresses = store
            .business_load_by(
                self.job.organization,
                EntityKind::CustomerAddress,
                "customer_id",
                &missing,
            )
            .await?;
        for address in addresses {
            let customer = address.text("customer_id").and_then(|id| Uuid::parse_str(id).ok());
            if let Some(customer) = customer {
                self.facts.addresses.entry(customer).or_default().push(address);
            }
        }
        Ok(())
    }
}
