//! Mappings: which record of ours is which record of a source.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use torqueflow_model::EntityKind;
use torqueflow_model::import::MappedRecord;
use uuid::Uuid;

use super::padded_chunks;
use crate::entity::import_mapping::{Column, Entity};
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// The mappings of these source ids, by source id.
    pub async fn mapping_find(
        &self,
        organization: OrganizationId,
        source_system: &str,
        entity: EntityKind,
        source_ids: &[String],
    ) -> Result<HashMap<String, MappedRecord>, StoreError> {
        let mut found = HashMap::with_capacity(source_ids.len());
        for chunk in padded_chunks(source_ids) {
            let rows: Vec<(String, Uuid, String, Uuid, Uuid)> = Entity::find()
                .select_only()
                .columns([
                    Column::SourceId,
                    Column::RecordId,
                    Column::Origin,
                    Column::RowHash,
                    Column::RunId,
                ])
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::SourceSystem.eq(source_system))
                .filter(Column::EntityType.eq(entity.name()))
                .filter(Column::SourceId.is_in(chunk))
                .into_tuple()
                .all(&self.reader)
                .await?;
            for (source_id, record_id, origin, row_hash, run_id) in rows {
                let origin = origin.parse().map_err(|_| StoreError::Damaged { what: "mapping" })?;
                found.insert(
                    source_id,
                    MappedRecord {
                        record_id,
                        origin,
                        row_hash: row_hash.as_u128(),
                        run_id,
                    },
                );
            }
        }
        Ok(found)
    }

    /// What was last imported of the records with these source ids, as [`Mapping::imported_values`] has it, by source id.
    ///
    /// [`Mapping::imported_values`]: crate::Mapping::imported_values
    pub async fn mapping_imported_values(
        &self,
        organization: OrganizationId,
        source_system: &str,
        entity: EntityKind,
        source_ids: &[String],
    ) -> Result<HashMap<String, serde_json::Value>, StoreError> {
        let mut values = HashMap::with_capacity(source_ids.len());
        for chunk in padded_chunks(source_ids) {
            let rows: Vec<(String, serde_json::Value)> = Entity::find()
                .select_only()
                .columns([Column::SourceId, Column::ImportedValues])
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::SourceSystem.eq(source_system))
                .filter(Column::EntityType.eq(entity.name()))
                .filter(Column::SourceId.is_in(chunk))
                .into_tuple()
                .all(&self.reader)
                .await?;
            values.extend(rows);
        }
        Ok(values)
    }

    /// How many records of a source are mapped.
    pub async fn mapping_count(&self, organization: OrganizationId, source_system: &str) -> Result<u64, StoreError> {
        Ok(Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::SourceSystem.eq(source_system))
            .count(&self.reader)
            .await?)
    }
}
