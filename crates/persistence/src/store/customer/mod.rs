//! Customers as people work with them: found, read, created, changed.

pub mod merge;
pub mod search;
pub mod suggestion;
pub mod undo;
pub mod write;

use std::collections::{BTreeMap, HashMap};

use sea_orm::QueryResult;
use time::OffsetDateTime;
use torqueflow_model::import::{BusinessRow, StoredCandidate};
use torqueflow_model::{ColumnType, EntityKind, FieldKind, Storage};
use uuid::Uuid;

use super::batch::business_columns;
use super::business::read_row;
use super::candidate::{CUSTOMER_COLUMNS, customer};
use super::padded_chunks;
use crate::sql::{bytes, places, query};
use crate::{OrganizationId, Store, StoreError};

/// A customer of the store.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerRow {
    /// Its columns.
    pub row: BusinessRow,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
    /// The customer that it was merged into; such a customer is hidden.
    pub merged_into: Option<Uuid>,
}

impl Store {
    /// The customers that are not hidden whose name for sorting is one of these, by that name.
    pub async fn customer_named(
        &self,
        organization: OrganizationId,
        names: impl IntoIterator<Item = String>,
    ) -> Result<HashMap<String, Vec<StoredCandidate>>, StoreError> {
        let names: Vec<String> = names.into_iter().collect();
        let mut found: HashMap<String, Vec<StoredCandidate>> = HashMap::new();
        for chunk in padded_chunks(&names) {
            let sql = format!(
                "SELECT {CUSTOMER_COLUMNS} FROM customer AS c WHERE c.organization_id = ? \
                 AND (COALESCE(c.sort_name, '') {}) IN ({}) AND c.merged_into_id IS NULL ORDER BY c.id",
                bytes(&self.reader),
                places(chunk.len())
            );
            let values = std::iter::once(organization.0.into()).chain(chunk.into_iter().map(Into::into));
            for row in query(&self.reader, &sql, values).await? {
                let customer = customer(&row)?;
                let name = customer.values.name.clone().unwrap_or_default();
                found.entry(name).or_default().push(customer);
            }
        }
        let namesakes = || found.values().filter(|customers| customers.len() > 1).flatten();
        let ids: Vec<Uuid> = namesakes().map(|customer| customer.id).collect();
        let mut postcodes = self.billing_postcodes(organization, &ids).await?;
        for customer in found.values_mut().flatten() {
            customer.values.postcodes = postcodes.remove(&customer.id).unwrap_or_default();
        }
        Ok(found)
    }

    /// The customers with these ids that exist, hidden ones too.
    pub async fn customer_load(
        &self,
        organization: OrganizationId,
        ids: &[Uuid],
    ) -> Result<Vec<CustomerRow>, StoreError> {
        let mut loaded = Vec::new();
        for chunk in padded_chunks(ids) {
            let sql = format!(
                "SELECT {} FROM customer AS c WHERE c.organization_id = ? AND c.id IN ({})",
                selected_columns(),
                places(chunk.len())
            );
            let values = std::iter::once(organization.0).chain(chunk).map(Into::into);
            for row in query(&self.reader, &sql, values).await? {
                loaded.push(CustomerRow::read(&row)?);
            }
        }
        Ok(loaded)
    }

    /// Where hidden customers among these ids ended up: the one that is not hidden, however many merges are between.
    pub async fn customer_survivors(
        &self,
        organization: OrganizationId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Uuid>, StoreError> {
        let mut survivors = HashMap::new();
        for chunk in padded_chunks(ids) {
            let sql = format!(
                "WITH RECURSIVE up (first_id, id) AS (\
                 SELECT id, merged_into_id FROM customer \
                 WHERE organization_id = ? AND id IN ({}) AND merged_into_id IS NOT NULL \
                 UNION SELECT up.first_id, c.merged_into_id FROM up JOIN customer AS c \
                 ON c.organization_id = ? AND c.id = up.id WHERE c.merged_into_id IS NOT NULL) \
                 SELECT up.first_id, up.id FROM up JOIN customer AS c ON c.organization_id = ? AND c.id = up.id \
                 WHERE c.merged_into_id IS NULL",
                places(chunk.len())
            );
            let values = std::iter::once(organization.0)
                .chain(chunk)
                .chain([organization.0, organization.0])
                .map(Into::into);
            for row in query(&self.reader, &sql, values).await? {
                survivors.insert(row.try_get("", "first_id")?, row.try_get("", "id")?);
            }
        }
        Ok(survivors)
    }

    /// The hidden customers that ended up in these: hidden one and survivor.
    pub async fn customer_absorbed(
        &self,
        organization: OrganizationId,
        ids: &[Uuid],
    ) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let mut absorbed = Vec::new();
        for chunk in padded_chunks(ids) {
            let sql = format!(
                "WITH RECURSIVE down (id, last_id) AS (\
                 SELECT id, merged_into_id FROM customer WHERE organization_id = ? AND merged_into_id IN ({}) \
                 UNION SELECT c.id, down.last_id FROM down JOIN customer AS c \
                 ON c.organization_id = ? AND c.merged_into_id = down.id) \
                 SELECT id, last_id FROM down ORDER BY id",
                places(chunk.len())
            );
            let values = std::iter::once(organization.0)
                .chain(chunk)
                .chain([organization.0])
                .map(Into::into);
            for row in query(&self.reader, &sql, values).await? {
                absorbed.push((row.try_get("", "id")?, row.try_get("", "last_id")?));
            }
        }
        Ok(absorbed)
    }

    /// How many records of each kind belong to these customers, and how many mappings lead to them.
    pub async fn customer_count_related(
        &self,
        organization: OrganizationId,
        ids: &[Uuid],
    ) -> Result<(BTreeMap<EntityKind, u64>, u64), StoreError> {
        let mut counts = BTreeMap::new();
        for kind in related_kinds() {
            let count = self.count_of(organization, kind.name(), "customer_id", ids).await?;
            counts.insert(kind, count);
        }
        let mappings = self.count_of(organization, "import_mapping", "record_id", ids).await?;
        Ok((counts, mappings))
    }

    async fn count_of(
        &self,
        organization: OrganizationId,
        table: &str,
        column: &str,
        ids: &[Uuid],
    ) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT count(*) AS number FROM {table} WHERE organization_id = ? AND {column} IN ({})",
            places(ids.len())
        );
        let values = std::iter::once(organization.0)
            .chain(ids.iter().copied())
            .map(Into::into);
        let rows = query(&self.reader, &sql, values).await?;
        let count: i64 = rows.first().map_or(Ok(0), |row| row.try_get("", "number"))?;
        Ok(count as u64)
    }
}

/// The kinds of records that belong to a customer, by the catalogue.
pub(super) fn related_kinds() -> impl Iterator<Item = EntityKind> {
    EntityKind::ALL.into_iter().filter(|kind| {
        kind.fields().iter().any(|field| {
            field.name == "customer"
                && field.storage == Storage::Column
                && matches!(
                    field.kind,
                    FieldKind::Reference {
                        to: EntityKind::Customer,
                        ..
                    }
                )
        })
    })
}

/// The columns of a customer, of the table `c`.
fn selected_columns() -> String {
    let own = customer_columns().into_iter().map(|(name, _)| name);
    let all = ["id", "version", "created_at", "updated_at", "merged_into_id"]
        .into_iter()
        .map(str::to_owned)
        .chain(own);
    all.map(|name| format!("c.\"{name}\"")).collect::<Vec<_>>().join(", ")
}

fn customer_columns() -> Vec<(String, ColumnType)> {
    business_columns(EntityKind::Customer)
}

impl CustomerRow {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        Ok(Self {
            created_at: row.try_get("", "created_at")?,
            updated_at: row.try_get("", "updated_at")?,
            merged_into: row.try_get("", "merged_into_id")?,
            row: read_row(row, &customer_columns())?,
        })
    }
}
