//! What an import leads to while others merge customers and take imports back at the same moment.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use torqueflow_model::import::ImportBatch;
use torqueflow_model::{ColumnType, EntityKind};
use uuid::Uuid;

use crate::bulk::{BulkTransaction, Scalar};
use crate::store::{links_of, padded_chunks};
use crate::{OrganizationId, StoreError};

impl BulkTransaction {
    /// Holds the records that a batch leads to until it is committed. Where one was deleted or merged into another since
    /// the batch was put together, it is [`StoreError::Outdated`]. Who deletes or merges them waits for the batch, then
    /// sees what it has attached to them.
    pub(in crate::store) async fn hold_existing(
        &mut self,
        organization: OrganizationId,
        batch: &ImportBatch,
    ) -> Result<(), StoreError> {
        for (entity, ids) in existing(batch) {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let mut held = 0;
            for chunk in padded_chunks(&ids) {
                held += self.hold(organization, entity, chunk).await?;
            }
            if held != ids.len() {
                return Err(StoreError::Outdated);
            }
        }
        Ok(())
    }

    /// Says how many of them there are.
    async fn hold(
        &mut self,
        organization: OrganizationId,
        entity: EntityKind,
        ids: Vec<Uuid>,
    ) -> Result<usize, StoreError> {
        let is_visible = if entity == EntityKind::Customer {
            "AND merged_into_id IS NULL "
        } else {
            ""
        };
        // In the order of the ids, so that two who lock the same records do not wait for each other.
        let lock = if self.is_postgres() {
            "ORDER BY id FOR KEY SHARE"
        } else {
            ""
        };
        let sql = format!(
            "SELECT id FROM \"{}\" WHERE organization_id = ? AND id IN ({}) {is_visible}{lock}",
            entity.name(),
            crate::sql::places(ids.len()),
        );
        let arguments: Vec<_> = std::iter::once(organization.0).chain(ids).map(Scalar::from).collect();
        Ok(self.fetch(&sql, &arguments, &[ColumnType::Uuid]).await?.len())
    }
}

/// The records that a batch links to, maps to or changes, and does not create itself.
fn existing(batch: &ImportBatch) -> BTreeMap<EntityKind, BTreeSet<Uuid>> {
    let of_created = batch.created.iter().flat_map(|record| {
        let links = record.links.iter();
        links.map(|(name, id)| (record.record.slot.entity(), *name, *id))
    });
    let of_updated = batch.updated.iter().flat_map(|record| {
        let links = record.links.iter();
        links.filter_map(|(name, id)| Some((record.entity, *name, (*id)?)))
    });
    let linked = of_created.chain(of_updated).filter_map(|(entity, name, id)| {
        let mut links = links_of(entity);
        let (_, target) = links.find(|(column, _)| column.strip_suffix("_id") == Some(name))?;
        Some((target, id))
    });
    let mapped = batch.mappings.iter().map(|mapping| (mapping.entity, mapping.record_id));
    let updated = batch.updated.iter().map(|record| (record.entity, record.id));
    let created: HashSet<Uuid> = batch.created.iter().map(|record| record.id).collect();
    let mut existing: BTreeMap<EntityKind, BTreeSet<Uuid>> = BTreeMap::new();
    for (entity, id) in linked.chain(mapped).chain(updated) {
        if !created.contains(&id) {
            existing.entry(entity).or_default().insert(id);
        }
    }
    existing
}
