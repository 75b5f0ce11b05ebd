//! What a refresh has to know of a batch's records. What the source has not changed costs no more than a look at ids.

use std::collections::{HashMap, HashSet};

use torqueflow_model::{EntityKind, Record};
use torqueflow_persistence::{MappedRecord, MappingOrigin};
use torqueflow_pipeline::id_text;
use uuid::Uuid;

use crate::error::AppError;
use crate::existing::{codes, find_by_code};
use crate::import::Importer;
use crate::import::context::BatchContext;
use crate::import::imported::ImportedValues;
use crate::job_rows::{JobRow, JobRows};
use crate::values::row_hash;

impl BatchContext {
    /// Reads what the records of the batch need that earlier runs imported, or that have the code of a stored one.
    pub(in crate::import) async fn load_imported(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        rows: &[JobRow],
    ) -> Result<(), AppError> {
        self.find_gone(importer, job).await?;
        if importer.options.update_existing == Some(true) {
            self.find_existing(importer, job, rows).await?;
        }
        if importer.updates() {
            self.load_changed(importer, job, rows).await?;
        }
        let customers = self.customers_with_new_addresses(importer.run.id, rows);
        self.load_addresses(importer, job, &customers).await
    }

    /// Finds the mappings whose record is there no more.
    async fn find_gone(&mut self, importer: &Importer<'_>, job: &JobRows) -> Result<(), AppError> {
        let mut ids: HashMap<EntityKind, HashSet<Uuid>> = HashMap::new();
        for ((entity, _), mapped) in &self.mappings {
            if mapped.run_id != importer.run.id {
                ids.entry(*entity).or_default().insert(mapped.record_id);
            }
        }
        for (entity, ids) in ids {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let store = &importer.app.store;
            let existing = store.business_existing(job.organization, entity, &ids, None).await?;
            self.gone.extend(ids.into_iter().filter(|id| !existing.contains(id)));
        }
        Ok(())
    }

    /// Finds the stored records that have the codes of records that are not mapped.
    async fn find_existing(&mut self, importer: &Importer<'_>, job: &JobRows, rows: &[JobRow]) -> Result<(), AppError> {
        let new = rows.iter().flat_map(|row| {
            row.clean.records.iter().filter(|record| {
                let occurrence = self.found(row, record.slot).map_or(0, |found| found.occurrence);
                !self.is_mapped(record.slot.entity(), &record.source_id, occurrence)
            })
        });
        let codes = codes(new);
        let store = &importer.app.store;
        self.existing = find_by_code(store, job.organization, codes, importer.run.created_at).await?;
        let mut single: HashMap<EntityKind, Vec<Uuid>> = HashMap::new();
        for ((entity, _), ids) in &self.existing {
            if let [id] = ids.as_slice() {
                single.entry(*entity).or_default().push(*id);
            }
        }
        for (entity, ids) in single {
            self.load_records(importer, job, entity, &ids).await?;
        }
        Ok(())
    }

    /// Reads the records of which the source says something else than last time, and what it said then.
    async fn load_changed(&mut self, importer: &Importer<'_>, job: &JobRows, rows: &[JobRow]) -> Result<(), AppError> {
        let mut changed: HashMap<EntityKind, (Vec<String>, Vec<Uuid>)> = HashMap::new();
        for row in rows {
            for record in &row.clean.records {
                let Some(found) = self.found(row, record.slot) else {
                    continue;
                };
                let entity = record.slot.entity();
                let id = id_text(&record.source_id, found.occurrence);
                if let Some(mapped) = self.mappings.get(&(entity, id.clone()))
                    && self.may_change(importer.run.id, mapped)
                    && mapped.row_hash != row_hash(record, Some(found), job.country)
                {
                    let (ids, records) = changed.entry(entity).or_default();
                    ids.push(id);
                    records.push(mapped.record_id);
                }
            }
        }
        for (entity, (ids, records)) in changed {
            self.load_last(importer, job, entity, &ids, &records).await?;
        }
        Ok(())
    }

    /// Reads what was imported last under these ids, and the records that they lead to.
    pub(in crate::import) async fn load_last(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        entity: EntityKind,
        ids: &[String],
        records: &[Uuid],
    ) -> Result<(), AppError> {
        let store = &importer.app.store;
        let values = store
            .mapping_imported_values(job.organization, &job.source_system, entity, ids)
            .await?;
        let values = values.into_iter();
        self.imported
            .extend(values.map(|(id, json)| ((entity, id), ImportedValues::read(json))));
        self.load_records(importer, job, entity, records).await
    }

    /// A mapped record that this run may change: an earlier run imported it, and it is still there.
    fn may_change(&self, run_id: Uuid, mapped: &MappedRecord) -> bool {
        mapped.run_id != run_id && mapped.origin != MappingOrigin::Skipped && !self.gone.contains(&mapped.record_id)
    }

    async fn load_records(
        &mut self,
        importer: &Importer<'_>,
        job: &JobRows,
        entity: EntityKind,
        ids: &[Uuid],
    ) -> Result<(), AppError> {
        let store = &importer.app.store;
        for row in store.business_load(job.organization, entity, ids).await? {
            self.targets.insert(row.id, (entity, row));
        }
        Ok(())
    }

    /// Stored customers to which a row brings an address that is not mapped: they may have it already.
    fn customers_with_new_addresses(&self, run_id: Uuid, rows: &[JobRow]) -> Vec<Uuid> {
        let mut customers = HashSet::new();
        for row in rows {
            for (index, record) in row.clean.records.iter().enumerate() {
                let entity = record.slot.entity();
                if entity != EntityKind::CustomerAddress || self.is_mapped(entity, &record.source_id, 0) {
                    continue;
                }
                let parent = row.clean.linked(index, "customer");
                let Some(parent) = parent.and_then(|parent| row.clean.records.get(parent)) else {
                    continue;
                };
                let occurrence = self.found(row, parent.slot).map_or(0, |found| found.occurrence);
                let id = id_text(&parent.source_id, occurrence);
                let mapped = self.mappings.get(&(EntityKind::Customer, id));
                customers.extend(
                    mapped
                        .filter(|mapped| mapped.run_id != run_id)
                        .map(|mapped| mapped.record_id),
                );
                customers.extend(self.existing(parent).iter().copied());
            }
        }
        customers.into_iter().collect()
    }

    /// The stored records that have the code of this one.
    pub(in crate::import) fn existing(&self, record: &Record) -> &[Uuid] {
        let entity = record.slot.entity();
        let code = entity.code_field().and_then(|field| record.text(field));
        code.and_then(|code| self.existing.get(&(entity, code.to_owned())))
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Whether a mapped record, met in its first row, is to be refreshed.
    pub(in crate::import) fn is_changed(&self, entity: EntityKind, id: &str, mapped: &MappedRecord) -> bool {
        self.imported.contains_key(&(entity, id.to_owned())) && self.targets.contains_key(&mapped.record_id)
    }
}
