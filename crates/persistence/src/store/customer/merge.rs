//! Merging customers: one transaction that moves everything and writes down what it did.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryFilter, QueryOrder, Set,
};
use serde_json::Value as Json;
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use uuid::Uuid;

use super::related_kinds;
use super::write::{ColumnValues, change};
use crate::entity::{customer_merge, customer_merge_entry};
use crate::sql::{execute, places};
use crate::store::audit::{self, AuditEvent};
use crate::{OrganizationId, Store, StoreError};

/// All that a merge writes.
#[derive(Debug, Clone)]
pub struct MergePlan {
    /// The id of the merge.
    pub id: Uuid,
    /// The customer that stays, and the version that it was read with.
    pub survivor: (Uuid, i64),
    /// The customers that are hidden, and the versions that they were read with.
    pub others: Vec<(Uuid, i64)>,
    /// The columns of the survivor that change.
    pub changes: ColumnValues,
    /// What the changed fields held before, and what they hold then: see [`MergeImages`].
    pub images: MergeImages,
    /// Addresses that are no primary ones any more.
    pub demoted: Vec<Uuid>,
    /// What was asked for.
    pub request: Json,
    /// Who asks.
    pub created_by: String,
}

/// The fields of the survivor that a merge changed. A field is a column, or `column.key` of a JSON column; `null` where
/// there is no value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MergeImages {
    /// Before the merge.
    pub before: ColumnValues,
    /// After it.
    pub after: ColumnValues,
}

/// A merge that was done, and perhaps undone.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerMerge {
    /// Its id. Ids grow with time.
    pub id: Uuid,
    /// The customer that stayed.
    pub survivor_id: Uuid,
    /// The customers that were hidden.
    pub others: Vec<Uuid>,
    /// The changed fields of the survivor.
    pub images: MergeImages,
    /// Who merged, and when.
    pub created: (String, OffsetDateTime),
    /// Who undid it, and when.
    pub undone: Option<(String, OffsetDateTime)>,
    /// What the undoing restored and what it kept.
    pub report: Option<Json>,
}

/// What a merge moved.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MergeCounts {
    /// Records by kind.
    pub moved: BTreeMap<EntityKind, u64>,
    /// Mappings.
    pub mappings: u64,
}

/// The kinds of a merge's entries.
pub(super) const SURVIVOR: &str = "survivor";
pub(super) const HIDDEN: &str = "hidden";
pub(super) const MOVED: &str = "moved";
pub(super) const MAPPING: &str = "mapping";

impl Store {
    /// Merges customers, all of it or nothing. Fails with [`StoreError::Outdated`] when one of them is not as it was read.
    pub async fn customer_merge(
        &self,
        organization: OrganizationId,
        plan: &MergePlan,
        events: &[AuditEvent],
    ) -> Result<MergeCounts, StoreError> {
        let transaction = self.begin_writing().await?;
        let mut writer = Writer {
            transaction: &transaction,
            organization,
            plan,
            now: OffsetDateTime::now_utc(),
            ordinal: 0,
        };
        writer.lock_customers().await?;
        writer.write_merge().await?;
        writer.change_survivor().await?;
        writer.hide_others().await?;
        let mut counts = MergeCounts::default();
        for kind in related_kinds() {
            counts.moved.insert(kind, writer.move_records(kind).await?);
        }
        writer.demote_addresses().await?;
        counts.mappings = writer.move_mappings().await?;
        audit::insert(&transaction, organization, events).await?;
        transaction.commit().await?;
        Ok(counts)
    }

    /// The merge with this id.
    pub async fn customer_merge_get(
        &self,
        organization: OrganizationId,
        id: Uuid,
    ) -> Result<CustomerMerge, StoreError> {
        let found = customer_merge::Entity::find_by_id((organization.0, id))
            .one(&self.reader)
            .await?;
        let model = found.ok_or_else(|| StoreError::NotFound {
            entity: "merge",
            id: id.to_string(),
        })?;
        self.customer_merge_read(organization, model).await
    }

    /// The merges into this customer that were not undone, the oldest first.
    pub async fn customer_merge_list_standing(
        &self,
        organization: OrganizationId,
        survivor_id: Uuid,
    ) -> Result<Vec<CustomerMerge>, StoreError> {
        let models = customer_merge::Entity::find()
            .filter(customer_merge::Column::OrganizationId.eq(organization.0))
            .filter(customer_merge::Column::SurvivorId.eq(survivor_id))
            .filter(customer_merge::Column::UndoneAt.is_null())
            .order_by_asc(customer_merge::Column::Id)
            .all(&self.reader)
            .await?;
        let mut merges = Vec::new();
        for model in models {
            merges.push(self.customer_merge_read(organization, model).await?);
        }
        Ok(merges)
    }

    /// The merge that hides this customer.
    pub async fn customer_merge_hiding(
        &self,
        organization: OrganizationId,
        customer_id: Uuid,
    ) -> Result<Option<Uuid>, StoreError> {
        use customer_merge_entry::Column;
        let entries = customer_merge_entry::Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RecordId.eq(customer_id))
            .filter(Column::Kind.eq(HIDDEN))
            .filter(Column::UndoVersion.is_null())
            .order_by_desc(Column::MergeId)
            .one(&self.reader)
            .await?;
        Ok(entries.map(|entry| entry.merge_id))
    }

    async fn customer_merge_read(
        &self,
        organization: OrganizationId,
        model: customer_merge::Model,
    ) -> Result<CustomerMerge, StoreError> {
        use customer_merge_entry::Column;
        let entries = customer_merge_entry::Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::MergeId.eq(model.id))
            .filter(Column::Kind.is_in([SURVIVOR, HIDDEN]))
            .order_by_asc(Column::Ordinal)
            .all(&self.reader)
            .await?;
        let mut merge = CustomerMerge {
            id: model.id,
            survivor_id: model.survivor_id,
            others: Vec::new(),
            images: MergeImages::default(),
            created: (model.created_by, model.created_at),
            undone: model.undone_by.zip(model.undone_at),
            report: model.report,
        };
        for entry in entries {
            if entry.kind == SURVIVOR {
                merge.images = MergeImages {
                    before: image(entry.before)?,
                    after: image(entry.after)?,
                };
            } else {
                merge.others.push(entry.record_id);
            }
        }
        Ok(merge)
    }
}

fn image(json: Option<Json>) -> Result<ColumnValues, StoreError> {
    serde_json::from_value(json.unwrap_or_default()).map_err(|_| StoreError::Damaged { what: "merge" })
}

/// A merge being written.
struct Writer<'a> {
    transaction: &'a DatabaseTransaction,
    organization: OrganizationId,
    plan: &'a MergePlan,
    now: OffsetDateTime,
    /// Entries so far.
    ordinal: i64,
}

impl Writer<'_> {
    /// Waits for whoever is adding something to one of the customers, and keeps others from it: a foreign key takes a lock
    /// that a mere update would not meet. SQLite has one writer anyway.
    async fn lock_customers(&self) -> Result<(), StoreError> {
        if self.transaction.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let ids: Vec<Uuid> = self.everybody().collect();
        let sql = format!(
            "SELECT id FROM customer WHERE organization_id = ? AND id IN ({}) ORDER BY id FOR UPDATE",
            places(ids.len())
        );
        let values = std::iter::once(self.organization.0).chain(ids).map(Into::into);
        execute(self.transaction, &sql, values).await?;
        Ok(())
    }

    fn everybody(&self) -> impl Iterator<Item = Uuid> {
        let others = self.plan.others.iter().map(|(id, _)| *id);
        std::iter::once(self.plan.survivor.0).chain(others)
    }

    async fn write_merge(&self) -> Result<(), StoreError> {
        let row = customer_merge::ActiveModel {
            organization_id: Set(self.organization.0),
            id: Set(self.plan.id),
            survivor_id: Set(self.plan.survivor.0),
            status: Set("merged".to_owned()),
            request: Set(self.plan.request.clone()),
            created_by: Set(self.plan.created_by.clone()),
            created_at: Set(self.now),
            undone_by: Set(None),
            undone_at: Set(None),
            report: Set(None),
        };
        customer_merge::Entity::insert(row)
            .exec_without_returning(self.transaction)
            .await?;
        Ok(())
    }

    async fn change_survivor(&mut self) -> Result<(), StoreError> {
        let (id, version) = self.plan.survivor;
        let changed = change(self.transaction, self.organization, id, version, &self.plan.changes).await?;
        if changed != 1 {
            return Err(StoreError::Outdated);
        }
        let mut entry = self.entry(SURVIVOR, EntityKind::Customer.name(), id);
        entry.before = Set(serde_json::to_value(&self.plan.images.before).ok());
        entry.after = Set(serde_json::to_value(&self.plan.images.after).ok());
        entry.version_after = Set(Some(version + 1));
        self.keep(entry).await
    }

    async fn hide_others(&mut self) -> Result<(), StoreError> {
        for (id, version) in &self.plan.others {
            let sql = "UPDATE customer SET merged_into_id = ?, version = version + 1, updated_at = ? \
                       WHERE organization_id = ? AND id = ? AND version = ? AND merged_into_id IS NULL";
            let values = [
                self.plan.survivor.0.into(),
                self.now.into(),
                self.organization.0.into(),
                (*id).into(),
                (*version).into(),
            ];
            if execute(self.transaction, sql, values).await? != 1 {
                return Err(StoreError::Outdated);
            }
            let mut entry = self.entry(HIDDEN, EntityKind::Customer.name(), *id);
            entry.version_after = Set(Some(version + 1));
            self.keep(entry).await?;
        }
        Ok(())
    }

    /// Moves all records of a kind. Their number does not matter: they never leave the database.
    async fn move_records(&mut self, kind: EntityKind) -> Result<u64, StoreError> {
        let table = kind.name();
        let others = places(self.plan.others.len());
        let of_others = format!("organization_id = ? AND customer_id IN ({others})");
        if self.transaction.get_database_backend() == DbBackend::Postgres {
            let sql = format!("SELECT id FROM {table} WHERE {of_others} FOR UPDATE");
            execute(
                self.transaction,
                &format!("SELECT count(*) FROM ({sql}) AS locked"),
                self.others(),
            )
            .await?;
        }
        let sql = format!(
            "INSERT INTO customer_merge_entry \
             (organization_id, merge_id, ordinal, kind, entity_type, record_id, customer_id, version_after) \
             SELECT organization_id, ?, ? + ROW_NUMBER() OVER (ORDER BY id), '{MOVED}', '{table}', id, customer_id, \
             version + 1 FROM {table} WHERE {of_others}"
        );
        let values = [self.plan.id.into(), (self.ordinal - 1).into()];
        let moved = execute(self.transaction, &sql, values.into_iter().chain(self.others())).await?;
        self.ordinal += moved as i64;
        let sql =
            format!("UPDATE {table} SET customer_id = ?, version = version + 1, updated_at = ? WHERE {of_others}");
        let values = [self.plan.survivor.0.into(), self.now.into()];
        execute(self.transaction, &sql, values.into_iter().chain(self.others())).await?;
        Ok(moved)
    }

    /// The organisation and the others, as values.
    fn others(&self) -> impl Iterator<Item = sea_orm::Value> {
        let others = self.plan.others.iter().map(|(id, _)| (*id).into());
        std::iter::once(self.organization.0.into()).chain(others)
    }

    /// One customer has one primary address of a type.
    async fn demote_addresses(&self) -> Result<(), StoreError> {
        for id in &self.plan.demoted {
            let sql = "UPDATE customer_address SET is_primary = ? WHERE organization_id = ? AND id = ?";
            let values = [false.into(), self.organization.0.into(), (*id).into()];
            execute(self.transaction, sql, values).await?;
            let sql = "UPDATE customer_merge_entry SET before = ?, after = ? \
                       WHERE organization_id = ? AND merge_id = ? AND record_id = ?";
            let values = [
                serde_json::json!({"is_primary": true}).into(),
                serde_json::json!({"is_primary": false}).into(),
                self.organization.0.into(),
                self.plan.id.into(),
                (*id).into(),
            ];
            execute(self.transaction, sql, values).await?;
        }
        Ok(())
    }

    async fn move_mappings(&mut self) -> Result<u64, StoreError> {
        let customer = EntityKind::Customer.name();
        let others = places(self.plan.others.len());
        let of_others = format!("organization_id = ? AND record_id IN ({others}) AND entity_type = '{customer}'");
        let sql = format!(
            "INSERT INTO customer_merge_entry (organization_id, merge_id, ordinal, kind, entity_type, record_id, \
             customer_id, source_system, source_id) \
             SELECT organization_id, ?, ? + ROW_NUMBER() OVER (ORDER BY source_system, source_id), '{MAPPING}', \
             '{customer}', record_id, record_id, source_system, source_id FROM import_mapping WHERE {of_others}"
        );
        let values = [self.plan.id.into(), (self.ordinal - 1).into()];
        let moved = execute(self.transaction, &sql, values.into_iter().chain(self.others())).await?;
        self.ordinal += moved as i64;
        // What it says of the last import stays, its time too.
        let sql = format!("UPDATE import_mapping SET record_id = ? WHERE {of_others}");
        let values = std::iter::once(self.plan.survivor.0.into()).chain(self.others());
        execute(self.transaction, &sql, values).await?;
        Ok(moved)
    }

    fn entry(&mut self, kind: &str, entity: &str, record_id: Uuid) -> customer_merge_entry::ActiveModel {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        customer_merge_entry::ActiveModel {
            organization_id: Set(self.organization.0),
            merge_id: Set(self.plan.id),
            ordinal: Set(ordinal),
            kind: Set(kind.to_owned()),
            entity_type: Set(entity.to_owned()),
            record_id: Set(record_id),
            ..Default::default()
        }
    }

    async fn keep(&self, entry: customer_merge_entry::ActiveModel) -> Result<(), StoreError> {
        customer_merge_entry::Entity::insert(entry)
            .exec_without_returning(self.transaction)
            .await?;
        Ok(())
    }
}
