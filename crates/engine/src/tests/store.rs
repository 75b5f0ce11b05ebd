//! A small store: what batches write can be read again, as facts for the rows that follow.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value as Json};
use torqueflow_dedupe::MatchKey;
use torqueflow_model::import::{BusinessRow, CreatedRecord, ImportBatch, MappedRecord, UpdatedRecord};
use torqueflow_model::{EntityKind, FieldKind, FieldSpec, Storage, Value};
use torqueflow_pipeline::{Country, id_text};
use uuid::Uuid;

use super::support::{Case, RUN};
use crate::facts::Facts;
use crate::policy::JobRow;
use crate::values::stored_json;
use crate::{ImportedValues, row_hash};

#[derive(Debug, Clone, Default)]
pub struct Store {
    pub records: BTreeMap<Uuid, (EntityKind, BusinessRow)>,
    pub mappings: HashMap<(EntityKind, String), MappedRecord>,
    pub imported: HashMap<(EntityKind, String), Json>,
}

impl Store {
    /// What is known of rows of a case. What the case says of the time before the run stays true.
    pub fn facts(&self, case: &Case, rows: &[JobRow]) -> Facts {
        let mut facts = Facts {
            found: case.facts.found.clone(),
            decisions: case.facts.decisions.clone(),
            existing: case.facts.existing.clone(),
            mappings: self.mappings.clone(),
            ..Facts::default()
        };
        facts
            .found
            .retain(|(row, _), _| rows.iter().any(|one| one.number == *row));
        let targets = facts.decisions.values().map(|decision| decision.target());
        let targets: Vec<Uuid> = targets.chain(facts.existing.values().flatten().copied()).collect();
        self.load_targets(&mut facts, &targets);
        if case.updates {
            self.load_changed(&mut facts, rows);
        }
        for (id, (entity, row)) in &self.records {
            load_linked(&mut facts, *id, *entity, row);
        }
        facts
    }

    fn load_targets(&self, facts: &mut Facts, ids: &[Uuid]) {
        for id in ids {
            if let Some(record) = self.records.get(id) {
                facts.targets.insert(*id, record.clone());
            }
        }
    }

    fn load_changed(&self, facts: &mut Facts, rows: &[JobRow]) {
        for record in rows
            .iter()
            .flat_map(|row| row.clean.records.iter().map(move |record| (row, record)))
        {
            let (row, record) = record;
            let Some(found) = facts.found(row, record.slot) else {
                continue;
            };
            let key = (record.slot.entity(), id_text(&record.source_id, found.occurrence));
            if let Some(mapped) = self.mappings.get(&key)
                && facts.may_change(Uuid::from_u128(RUN), mapped)
                && mapped.row_hash != row_hash(record, Some(found), Country::GB)
            {
                let last = ImportedValues::read(self.imported[&key].clone());
                facts.imported.insert(key, last);
                self.load_targets(facts, &[mapped.record_id]);
            }
        }
    }

    pub fn write(&mut self, batch: &ImportBatch) {
        for created in &batch.created {
            let record = (created.record.slot.entity(), row_of(created));
            let known = self.records.insert(created.id, record);
            assert!(known.is_none(), "there already: {}", created.id);
        }
        for updated in &batch.updated {
            self.update(updated);
        }
        for mapping in &batch.mappings {
            let mapped = MappedRecord {
                record_id: mapping.record_id,
                origin: mapping.origin,
                row_hash: mapping.row_hash,
                run_id: Uuid::from_u128(RUN),
            };
            let key = (mapping.entity, mapping.source_id.clone());
            assert!(
                self.mappings.insert(key.clone(), mapped).is_none(),
                "mapped already: {key:?}"
            );
            self.imported
                .insert(key, serde_json::from_str(&mapping.imported_values).unwrap());
        }
        for update in &batch.remapped {
            let key = (update.entity, update.source_id.clone());
            let known = self.mappings.get_mut(&key).unwrap();
            assert_eq!(
                (known.record_id, known.run_id),
                (update.record_id, update.run_id_before)
            );
            known.row_hash = update.row_hash;
            known.run_id = Uuid::from_u128(RUN);
            self.imported
                .insert(key, serde_json::from_str(&update.imported_values).unwrap());
        }
    }

    fn update(&mut self, updated: &UpdatedRecord) {
        let (_, row) = self.records.get_mut(&updated.id).unwrap();
        assert_eq!(row.version, updated.version);
        row.version += 1;
        let values = updated.values.iter();
        let values = values.map(|(spec, value)| (spec.column().unwrap(), value.as_ref().map(stored_json)));
        let links = updated.links.iter();
        let links = links.map(|(name, id)| (format!("{name}_id"), id.map(|id| Json::from(id.to_string()))));
        let json = updated
            .json
            .iter()
            .map(|(column, object)| ((*column).to_owned(), object.clone()));
        for (column, value) in values.chain(links).chain(json) {
            match value {
                Some(value) => drop(row.values.insert(column, value)),
                None => drop(row.values.remove(&column)),
            }
        }
    }
}

/// What rows find by their links.
fn load_linked(facts: &mut Facts, id: Uuid, entity: EntityKind, row: &BusinessRow) {
    match (entity, row.text("customer_id"), row.text("registration")) {
        (EntityKind::CustomerAddress, Some(customer), _) => {
            let addresses = facts.addresses.entry(customer.parse().unwrap()).or_default();
            addresses.push(row.clone());
        }
        (EntityKind::Vehicle, _, Some(registration)) => {
            let key = MatchKey::of_registration(registration).hash;
            facts.registrations.entry(key).or_default().push(id);
        }
        _ if entity.is_lookup() => {
            let name = row.text("sort_name").unwrap().to_owned();
            facts.lookups.insert((entity, name), id);
        }
        _ => {}
    }
}

/// A new record as the store has it.
fn row_of(created: &CreatedRecord) -> BusinessRow {
    let mut values = BTreeMap::new();
    for field in &created.record.fields {
        write_field(&mut values, field.spec, &field.value);
    }
    for (name, id) in &created.links {
        values.insert(format!("{name}_id"), Json::from(id.to_string()));
    }
    BusinessRow {
        id: created.id,
        version: 1,
        values,
    }
}

fn write_field(values: &mut BTreeMap<String, Json>, spec: &FieldSpec, value: &Value) {
    match spec.storage {
        Storage::Column if !matches!(spec.kind, FieldKind::Reference { .. }) => {
            values.insert(spec.column().unwrap(), stored_json(value));
        }
        Storage::Json { column, key } => {
            let object = values
                .entry(column.to_owned())
                .or_insert_with(|| Json::Object(Map::new()));
            object[key] = value.to_json();
        }
        Storage::Column | Storage::Input => {}
    }
}
