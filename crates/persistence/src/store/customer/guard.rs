//! What an import attaches to customers that people merge at the same moment.

use std::collections::{BTreeSet, HashSet};

use torqueflow_model::EntityKind;
use uuid::Uuid;

use crate::bulk::{BulkTransaction, Scalar};
use crate::store::batch::ImportBatch;
use crate::store::padded_chunks;
use crate::{OrganizationId, StoreError};

impl BulkTransaction {
    /// Nothing may be attached to a customer that was merged into another since the batch was put together: it has to be
    /// put together again. The merge in turn waits for what a batch has attached.
    pub(in crate::store) async fn refuse_hidden(
        &mut self,
        organization: OrganizationId,
        batch: &ImportBatch,
    ) -> Result<(), StoreError> {
        for ids in padded_chunks(&existing_customers(batch)) {
            let places = crate::sql::places(ids.len());
            let sql = format!(
                "UPDATE customer SET merged_into_id = merged_into_id WHERE organization_id = ? AND id IN ({places}) \
                 AND merged_into_id IS NOT NULL"
            );
            let arguments: Vec<_> = std::iter::once(organization.0).chain(ids).map(Scalar::from).collect();
            if self.execute(&sql, &arguments).await? > 0 {
                return Err(StoreError::Outdated);
            }
        }
        Ok(())
    }
}

/// The customers that a batch attaches something to and does not create itself.
fn existing_customers(batch: &ImportBatch) -> Vec<Uuid> {
    let created: HashSet<Uuid> = batch.created.iter().map(|record| record.id).collect();
    let of_created = batch.created.iter().flat_map(|record| record.links.iter().copied());
    let of_updated = batch.updated.iter().flat_map(|record| &record.links);
    let of_updated = of_updated.filter_map(|(name, id)| Some((*name, (*id)?)));
    let links = of_created.chain(of_updated);
    let linked = links.filter(|(name, _)| *name == "customer").map(|(_, id)| id);
    let is_customer = |entity: EntityKind| entity == EntityKind::Customer;
    let mapped = batch.mappings.iter().filter(|mapping| is_customer(mapping.entity));
    let updated = batch.updated.iter().filter(|record| is_customer(record.entity));
    let all = linked
        .chain(mapped.map(|mapping| mapping.record_id))
        .chain(updated.map(|record| record.id));
    let existing: BTreeSet<Uuid> = all.filter(|id| !created.contains(id)).collect();
    existing.into_iter().collect()
}
