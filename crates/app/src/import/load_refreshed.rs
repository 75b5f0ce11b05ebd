//! What a refresh has to know of a batch's records. What the source has not changed costs no more than a look at ids.

use std::collections::{HashMap, HashSet};

use torqueflow_engine::{ImportedValues, JobRow, row_hash};
use torqueflow_model::EntityKind;
use torqueflow_pipeline::id_text;
use uuid::Uuid;

use super::load::Loader;
use crate::error::AppError;
use crate::existing::{codes, find_by_code};

impl Loader<'_> {
    /// Reads what the records of the batch need that earlier runs imported, or that have the code of a stored one.
    pub(super) async fn load_imported(&mut self, rows: &[JobRow]) -> Result<(), AppError> {
        self.find_gone().await?;
        if self.importer.options.update_existing == Some(true) {
            self.find_existing(rows).await?;
        }
        if self.importer.updates() {
            self.load_changed(rows).await?;
        }
        let customers = self.customers_with_new_addresses(rows);
        self.load_addresses(&customers).await
    }

    /// Finds the mappings whose record is there no more.
    async fn find_gone(&mut self) -> Result<(), AppError> {
        let mut ids: HashMap<EntityKind, HashSet<Uuid>> = HashMap::new();
        for ((entity, _), mapped) in &self.facts.mappings {
            if mapped.run_id != self.importer.run.id {
                ids.entry(*entity).or_default().insert(mapped.record_id);
            }
        }
        for (entity, ids) in ids {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let store = &self.importer.app.store;
            let existing = store
                .business_existing(self.job.organization, entity, &ids, None)
                .await?;
            self.facts
                .gone
                .extend(ids.into_iter().filter(|id| !existing.contains(id)));
        }
        Ok(())
    }

    /// Finds the stored records that have the codes of records that are not mapped.
    async fn find_existing(&mut self, rows: &[JobRow]) -> Result<(), AppError> {
        let new = rows.iter().flat_map(|row| {
            row.clean.records.iter().filter(|record| {
                let occurrence = self.facts.found(row, record.slot).map_or(0, |found| found.occurrence);
                !self
                    .facts
                    .is_mapped(record.slot.entity(), &record.source_id, occurrence)
            })
        });
        let codes = codes(new);
        let store = &self.importer.app.store;
        self.facts.existing = find_by_code(store, self.job.organization, codes, self.importer.run.created_at).await?;
        let mut single: HashMap<EntityKind, Vec<Uuid>> = HashMap::new();
        for ((entity, _), ids) in &self.facts.existing {
            if let [id] = ids.as_slice() {
                single.entry(*entity).or_default().push(*id);
            }
        }
        for (entity, ids) in single {
            self.load_records(entity, &ids).await?;
        }
        Ok(())
    }

    /// Reads the records of which the source says something else than last time, and what it said then.
    async fn load_changed(&mut self, rows: &[JobRow]) -> Result<(), AppError> {
        let mut changed: HashMap<EntityKind, (Vec<String>, Vec<Uuid>)> = HashMap::new();
        for row in rows {
            for record in &row.clean.records {
                let Some(found) = self.facts.found(row, record.slot) else {
                    continue;
                };
                let entity = record.slot.entity();
                let id = id_text(&record.source_id, found.occurrence);
                if let Some(mapped) = self.facts.mappings.get(&(entity, id.clone()))
                    && self.facts.may_change(self.importer.run.id, mapped)
                    && mapped.row_hash != row_hash(record, Some(found), self.job.country)
                {
                    let (ids, records) = changed.entry(entity).or_default();
                    ids.push(id);
                    records.push(mapped.record_id);
                }
            }
        }
        for (entity, (ids, records)) in changed {
            self.load_last(entity, &ids, &records).await?;
        }
        Ok(())
    }

    /// Reads what was imported last under these ids, and the records that they lead to.
    pub(super) async fn load_last(
        &mut self,
        entity: EntityKind,
        ids: &[String],
        records: &[Uuid],
    ) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        let values = store
            .mapping_imported_values(self.job.organization, &self.job.source_system, entity, ids)
            .await?;
        let values = values.into_iter();
        self.facts
            .imported
            .extend(values.map(|(id, json)| ((entity, id), ImportedValues::read(json))));
        self.load_records(entity, records).await
    }

    async fn load_records(&mut self, entity: EntityKind, ids: &[Uuid]) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        for row in store.business_load(self.job.organization, entity, ids).await? {
            self.facts.targets.insert(row.id, (entity, row));
        }
        Ok(())
    }

    /// Stored customers to which a row brings an address that is not mapped: they may have it already.
    fn customers_with_new_addresses(&self, rows: &[JobRow]) -> Vec<Uuid> {
        let policy = self.importer.policy();
        let mut customers = HashSet::new();
        for row in rows {
            for (index, record) in row.clean.records.iter().enumerate() {
                let entity = record.slot.entity();
                if entity != EntityKind::CustomerAddress || self.facts.is_mapped(entity, &record.source_id, 0) {
                    continue;
                }
                let parent = row.clean.linked(index, "customer");
                let Some(parent) = parent.and_then(|parent| row.clean.records.get(parent)) else {
                    continue;
                };
                let occurrence = self.facts.found(row, parent.slot).map_or(0, |found| found.occurrence);
                let id = id_text(&parent.source_id, occurrence);
                let mapped = self.facts.mappings.get(&(EntityKind::Customer, id));
                customers.extend(
                    mapped
                        .filter(|mapped| !policy.creates(mapped.record_id))
                        .map(|mapped| mapped.record_id),
                );
                customers.extend(self.facts.existing(parent).iter().copied());
            }
        }
        customers.into_iter().collect()
    }
}
