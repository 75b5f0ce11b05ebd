//! Changes of what the store has: records and mappings, each only as long as it is as it was read.

use time::OffsetDateTime;
use torqueflow_model::import::{MappingUpdate, UpdatedRecord};
use uuid::Uuid;

use super::batch::scalar;
use crate::bulk::{BulkTransaction, Scalar};
use crate::{OrganizationId, StoreError};

/// The columns that change, with their new values.
fn columns(updated: &UpdatedRecord) -> Vec<(String, Scalar)> {
    let values = updated.values.iter().filter_map(|(spec, value)| {
        let value = value.as_ref().map_or(Scalar::Null, scalar);
        Some((spec.column()?, value))
    });
    let links = updated
        .links
        .iter()
        .map(|(name, id)| (format!("{name}_id"), Scalar::from(*id)));
    let json = updated.json.iter().map(|(column, object)| {
        let text = object.as_ref().map(|object| Scalar::Json(object.to_string()));
        ((*column).to_owned(), text.unwrap_or(Scalar::Null))
    });
    values.chain(links).chain(json).collect()
}

impl BulkTransaction {
    /// Changes a record. Its version grows by one.
    pub(super) async fn update_record(
        &mut self,
        organization: OrganizationId,
        now: OffsetDateTime,
        updated: &UpdatedRecord,
    ) -> Result<(), StoreError> {
        let (columns, mut arguments): (Vec<_>, Vec<_>) = columns(updated).into_iter().unzip();
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
