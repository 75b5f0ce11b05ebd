//! The writes that take a page back.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use torqueflow_model::import::{FIRST_ENTRY, JournalAction, JournalEntry, RollbackFacts, RollbackReason, Verdict};
use torqueflow_model::{ColumnType, DateRole, EntityKind, FieldKind, Value};
use uuid::Uuid;

use super::facts::with;
use super::journal::among;
use super::{MappingImage, RollbackPage, place};
use crate::bulk::{BulkTransaction, Rows, Scalar};
use crate::store::batch::business_columns;
use crate::{OrganizationId, StoreError};

impl BulkTransaction {
    /// Takes back what the verdicts say, and keeps them.
    pub(super) async fn apply(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        now: OffsetDateTime,
        entries: &[JournalEntry],
        facts: &RollbackFacts,
        verdicts: &[Verdict],
    ) -> Result<(), StoreError> {
        let reversed: Vec<&JournalEntry> = entries
            .iter()
            .zip(verdicts)
            .filter(|(_, verdict)| verdict.is_reversed())
            .map(|(entry, _)| entry)
            .collect();
        let deleted: HashSet<Uuid> = reversed
            .iter()
            .filter(|entry| entry.action == JournalAction::Created)
            .map(|entry| entry.record_id)
            .collect();
        self.take_mappings_back(organization, page, now, &reversed).await?;
        let restored = restorations(&reversed, facts, &deleted);
        self.restore(organization, page.part.entity, now, &restored).await?;
        self.delete(organization, page, &deleted).await?;
        self.keep_results(organization, page, entries, verdicts, facts, &restored)
            .await
    }

    async fn delete(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        ids: &HashSet<Uuid>,
    ) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let (condition, mut arguments) = among("record_id", ids.iter().copied());
        arguments.push(page.run_id.into());
        let sql = format!("DELETE FROM import_mapping WHERE organization_id = ? AND {condition} AND run_id = ?");
        self.execute(&sql, &with(organization, arguments)).await?;
        let (condition, arguments) = among("id", ids.iter().copied());
        let sql = format!(
            "DELETE FROM \"{}\" WHERE organization_id = ? AND {condition}",
            page.part.entity.name()
        );
        self.execute(&sql, &with(organization, arguments)).await?;
        Ok(())
    }

    /// Mappings to records that were there before: removed, or as they were.
    async fn take_mappings_back(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        now: OffsetDateTime,
        reversed: &[&JournalEntry],
    ) -> Result<(), StoreError> {
        // The newest entry comes first, so what stays in the map is what the oldest says.
        let mut before: BTreeMap<(&str, &str), Option<&Json>> = BTreeMap::new();
        for entry in reversed.iter().filter(|entry| entry.action != JournalAction::Created) {
            if let Some((system, id)) = &entry.mapping {
                before.insert((system, id), entry.mapping_before.as_ref());
            }
        }
        let mut removed: HashMap<&str, Vec<&str>> = HashMap::new();
        let mut rows = mapping_rows();
        for ((system, id), image) in before {
            match image {
                None => removed.entry(system).or_default().push(id),
                Some(image) => {
                    let image: MappingImage =
                        serde_json::from_value(image.clone()).map_err(|_| StoreError::Damaged { what: "journal" })?;
                    push_mapping(&mut rows, organization, page.part.entity, (system, id), &image);
                }
            }
        }
        for (system, ids) in removed {
            let (condition, arguments) = among("source_id", ids);
            let sql = format!(
                "DELETE FROM import_mapping WHERE organization_id = ? AND source_system = ? AND entity_type = ? \
                 AND run_id = ? AND {condition}"
            );
            let key = [
                organization.0.into(),
                system.into(),
                page.part.entity.name().into(),
                page.run_id.into(),
            ];
            let arguments: Vec<Scalar> = key.into_iter().chain(arguments).collect();
            self.execute(&sql, &arguments).await?;
        }
        self.revise(&rows, 4, "updated_at = ?", &[now.into()]).await
    }

    /// Puts before-images back: one statement for all records of which the same columns change.
    async fn restore(
        &mut self,
        organization: OrganizationId,
        entity: EntityKind,
        now: OffsetDateTime,
        restored: &BTreeMap<Uuid, Map<String, Json>>,
    ) -> Result<(), StoreError> {
        let columns = business_columns(entity);
        let mut groups: BTreeMap<Vec<&str>, Rows> = BTreeMap::new();
        for (id, image) in restored {
            let names: Vec<&str> = image.keys().map(String::as_str).collect();
            let changed = || columns.iter().filter(|(name, _)| image.contains_key(name));
            let rows = groups.entry(names).or_insert_with(|| {
                let key = ["organization_id", "id"].map(|name| (name.to_owned(), ColumnType::Uuid));
                Rows::new(entity.name(), key.into_iter().chain(changed().cloned()))
            });
            let mut cells = vec![organization.0.into(), (*id).into()];
            for (name, kind) in changed() {
                cells.push(scalar(*kind, image.get(name).unwrap_or(&Json::Null))?);
            }
            rows.push(cells);
        }
        for rows in groups.values() {
            self.revise(rows, 2, "version = version + 1, updated_at = ?", &[now.into()])
                .await?;
        }
        Ok(())
    }

    /// Keeps what became of each entry, in place of what an earlier attempt said.
    async fn keep_results(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &[JournalEntry],
        verdicts: &[Verdict],
        facts: &RollbackFacts,
        restored: &BTreeMap<Uuid, Map<String, Json>>,
    ) -> Result<(), StoreError> {
        if page.again {
            self.forget_results(organization, page, entries).await?;
        }
        let mut rows = result_rows();
        for (entry, verdict) in entries.iter().zip(verdicts) {
            let restored = verdict.is_reversed() && restored.contains_key(&entry.record_id);
            let version = facts.records.get(&entry.record_id).filter(|_| restored);
            // What goes with a record that the journal does not have.
            let mapping = entry.mapping.clone();
            let (system, source_id) = mapping
                .filter(|_| verdict.is_reversed() && entry.ordinal < FIRST_ENTRY)
                .unzip();
            rows.push([
                organization.0.into(),
                page.run_id.into(),
                entry.job_id.into(),
                entry.row_number.into(),
                entry.ordinal.into(),
                entry.entity.name().into(),
                entry.record_id.into(),
                verdict.outcome.name().into(),
                verdict.reason.map(RollbackReason::stored).into(),
                version.map(|record| record.version + 1).into(),
                system.into(),
                source_id.into(),
            ]);
        }
        self.insert(&rows).await
    }

    /// Forgets what an earlier attempt said of the entries of a page: of those of the journal, or of created records.
    async fn forget_results(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &[JournalEntry],
    ) -> Result<(), StoreError> {
        let of_part = if page.part.job_id.is_some() {
            "ordinal >= ?"
        } else {
            "ordinal < ?"
        };
        let sql = format!(
            "DELETE FROM import_rollback_result WHERE organization_id = ? AND run_id = ? AND job_id = ? \
             AND entity_type = ? AND (row_number, ordinal) <= (?, ?) AND (row_number, ordinal) >= (?, ?) \
             AND {of_part} AND outcome <> 'reversed'"
        );
        for (newest, oldest) in super::by_job(entries) {
            let ((last_row, last), (first_row, first)) = (place(&newest), place(&oldest));
            let arguments = [
                organization.0.into(),
                page.run_id.into(),
                newest.job_id.into(),
                page.part.entity.name().into(),
                last_row.into(),
                last.into(),
                first_row.into(),
                first.into(),
                FIRST_ENTRY.into(),
            ];
            self.execute(&sql, &arguments).await?;
        }
        Ok(())
    }
}

/// The columns to put back, by record. Of several writes to a record the oldest says what was there before.
fn restorations(
    reversed: &[&JournalEntry],
    facts: &RollbackFacts,
    deleted: &HashSet<Uuid>,
) -> BTreeMap<Uuid, Map<String, Json>> {
    let mut restored: BTreeMap<Uuid, Map<String, Json>> = BTreeMap::new();
    for entry in reversed {
        let is_there = facts.records.contains_key(&entry.record_id) && !deleted.contains(&entry.record_id);
        if let (true, JournalAction::Updated, Some(Json::Object(before))) = (is_there, entry.action, &entry.before) {
            restored.entry(entry.record_id).or_default().extend(before.clone());
        }
    }
    restored
}

/// A value of a before-image as its column keeps it.
fn scalar(kind: ColumnType, json: &Json) -> Result<Scalar, StoreError> {
    if json.is_null() {
        return Ok(Scalar::Null);
    }
    let value = match kind {
        ColumnType::Date => Value::from_json(FieldKind::Date(DateRole::Event), json),
        ColumnType::DateTime => Value::from_json(FieldKind::DateTime(DateRole::Event), json),
        _ => None,
    };
    let scalar = match (kind, value) {
        (ColumnType::Date, Some(Value::Date(date))) => Some(Scalar::Date(date)),
        (ColumnType::DateTime, Some(Value::DateTime(moment))) => Some(Scalar::DateTime(moment)),
        (ColumnType::Text, _) => json.as_str().map(Scalar::from),
        (ColumnType::BigInteger, _) => json.as_i64().map(Scalar::from),
        (ColumnType::Boolean, _) => json.as_bool().map(Scalar::from),
        (ColumnType::Float, _) => json.as_f64().map(Scalar::Float),
        (ColumnType::Json, _) => Some(Scalar::Json(json.to_string())),
        (ColumnType::Uuid, _) => json
            .as_str()
            .and_then(|text| Uuid::parse_str(text).ok())
            .map(Scalar::from),
        _ => None,
    };
    scalar.ok_or(StoreError::Damaged { what: "journal" })
}

fn mapping_rows() -> Rows {
    use ColumnType::{Json, Text, Uuid as Id};
    Rows::new(
        "import_mapping",
        [
            ("organization_id", Id),
            ("source_system", Text),
            ("entity_type", Text),
            ("source_id", Text),
            ("origin", Text),
            ("row_hash", Id),
            ("imported_values", Json),
            ("run_id", Id),
        ],
    )
}

fn push_mapping(
    rows: &mut Rows,
    organization: OrganizationId,
    entity: EntityKind,
    (system, id): (&str, &str),
    image: &MappingImage,
) {
    rows.push([
        organization.0.into(),
        system.into(),
        entity.name().into(),
        id.into(),
        image.origin.as_str().into(),
        image.row_hash.into(),
        Scalar::Json(image.imported_values.to_string()),
        image.run_id.into(),
    ]);
}

fn result_rows() -> Rows {
    use ColumnType::{BigInteger, Text, Uuid as Id};
    Rows::new(
        "import_rollback_result",
        [
            ("organization_id", Id),
            ("run_id", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("ordinal", BigInteger),
            ("entity_type", Text),
            ("record_id", Id),
            ("outcome", Text),
            ("reason", Text),
            ("version_after", BigInteger),
            ("mapping_source_system", Text),
            ("mapping_source_id", Text),
        ],
    )
}
