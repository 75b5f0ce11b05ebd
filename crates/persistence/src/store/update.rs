//! Changes of what the store has: records and mappings, each only as long as it is as it was read.

use time::OffsetDateTime;
use torqueflow_model::{EntityKind, FieldSpec, Value};
use uuid::Uuid;

use super::batch::scalar;
use crate::bulk::{BulkTransaction, Scalar};
use crate::{OrganizationId, StoreError};

/// A record of the store that gets other values.
#[derive(Debug, Clone)]
pub struct UpdatedRecord {
    /// Which kind.
    pub entity: EntityKind,
    /// Its id.
    pub id: Uuid,
    /// The version that was read. No other is changed.
    pub version: i64,
    /// The values; `None` is null.
    pub values: Vec<(&'static FieldSpec, Option<Value>)>,
    /// Resolved references: field name and record; `None` is null.
    pub links: Vec<(&'static str, Option<Uuid>)>,
    /// All keys of JSON columns that change, the unchanged ones too: column and object; `None` is null.
    pub json: Vec<(&'static str, Option<serde_json::Value>)>,
}

/// A mapping of the store that keeps what was imported now.
#[derive(Debug, Clone)]
pub struct MappingUpdate {
    /// Whose record.
    pub source_system: String,
    /// Which kind.
    pub entity: EntityKind,
    /// Its id there.
    pub source_id: String,
    /// The record that it was read to lead to. No other mapping is changed.
    pub record_id: Uuid,
    /// The run that was read to have written it last.
    pub run_id_before: Uuid,
    /// The fingerprint of what the source says.
    pub row_hash: u128,
    /// What was imported, as [`Mapping::imported_values`](crate::Mapping::imported_values) has it.
    pub imported_values: String,
}

impl UpdatedRecord {
    /// Columns with their new values.
    fn columns(&self) -> Vec<(String, Scalar)> {
        let values = self.values.iter().filter_map(|(spec, value)| {
            let value = value.as_ref().map_or(Scalar::Null, scalar);
            Some((spec.column()?, value))
        });
        let links = self
            .links
            .iter()
            .map(|(name, id)| (format!("{name}_id"), Scalar::from(*id)));
        let json = self.json.iter().map(|(column, object)| {
            let text = object.as_ref().map(|object| Scalar::Json(object.to_string()));
            ((*column).to_owned(), text.unwrap_or(Scalar::Null))
        });
        values.chain(links).chain(json).collect()
    }
}

impl BulkTransaction {
    /// Changes a record. Its version grows by one.
    pub(super) async fn update_record(
        &mut self,
        organization: OrganizationId,
        now: OffsetDateTime,
        updated: &UpdatedRecord,
    ) -> Result<(), StoreError> {
        let (columns, mut arguments): (Vec<_>, Vec<_>) = updated.columns().into_iter().unzip();
        let assignments: Vec<_> = columns.iter().map(|column| format!("\"{column}\" = ?")).collect();
        let sql = format!(
            "UPDATE \"{}\" SET {}, updated_at = ?, version = version + 1 \
             WHERE organization_id = ? AND id = ? AND version = ?",
            updated.entity.name(),
            assignments.join(", "),
        );
        arguments.extend([
            now.into(),
            organization.0.into(),
            updated.id.into(),
            updated.version.into(),
        ]);
        as_read(self.execute(&sql, &arguments).await?)
    }

    /// Changes a mapping. From now on it is this run's.
    pub(super) async fn update_mapping(
        &mut self,
        organization: OrganizationId,
        run_id: Uuid,
        now: OffsetDateTime,
        mapping: &MappingUpdate,
    ) -> Result<(), StoreError> {
        let touched = self
            .execute(
                "UPDATE import_mapping SET row_hash = ?, imported_values = ?, run_id = ?, updated_at = ? \
                 WHERE organization_id = ? AND source_system = ? AND entity_type = ? AND source_id = ? \
                 AND record_id = ? AND run_id = ?",
                &[
                    Uuid::from_u128(mapping.row_hash).into(),
                    Scalar::Json(mapping.imported_values.clone()),
                    run_id.into(),
                    now.into(),
                    organization.0.into(),
                    mapping.source_system.as_str().into(),
                    mapping.entity.name().into(),
                    mapping.source_id.as_str().into(),
                    mapping.record_id.into(),
                    mapping.run_id_before.into(),
                ],
            )
            .await?;
        as_read(touched)
    }
}

/// What it means that a statement that names what was read touched so many rows.
fn as_read(rows_affected: u64) -> Result<(), StoreError> {
    if rows_affected == 1 {
        Ok(())
    } else {
        Err(StoreError::Outdated)
    }
}
