//! Undoing a merge: one transaction that gives everything back that nobody changed since, and says what it kept.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Value};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use uuid::Uuid;

use super::merge::{HIDDEN, MAPPING, MOVED, SURVIVOR};
use super::related_kinds;
use super::write::{ColumnValues, change};
use crate::sql::{execute, places, query};
use crate::store::audit::{self, AuditEvent};
use crate::{OrganizationId, Store, StoreError};

/// How many kept values a report lists; all of them are counted.
pub const MAX_KEPT: usize = 1000;

/// All that undoing a merge writes, beyond what its entries say.
#[derive(Debug, Clone)]
pub struct UndoPlan {
    /// The merge.
    pub merge_id: Uuid,
    /// The customer that stayed, and the version that it was read with.
    pub survivor: (Uuid, i64),
    /// The customers that were hidden.
    pub others: Vec<Uuid>,
    /// The columns of the survivor that get their values back.
    pub changes: ColumnValues,
    /// Later merges that changed a field again: what they have to give back now.
    pub handed_on: Vec<(Uuid, ColumnValues)>,
    /// What is known of the report so far: the survivor's fields.
    pub report: UndoReport,
    /// Who asks.
    pub undone_by: String,
}

/// What undoing a merge restored, and what it kept as people or imports had left it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UndoReport {
    /// Fields of the survivor that hold again what they held before the merge.
    pub fields: Vec<String>,
    /// Records by kind that belong again to whom they belonged.
    pub records: BTreeMap<String, u64>,
    /// Mappings that lead again where they led.
    pub mappings: u64,
    /// What was changed since and stays so, at most [`MAX_KEPT`].
    pub kept: Vec<KeptValue>,
    /// How many of those there are.
    pub kept_count: u64,
}

/// A value that was changed after the merge, and so stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptValue {
    /// The kind of record, or `import_mapping`.
    pub entity: String,
    /// The record; of a mapping, the customer that it led to before the merge.
    pub record_id: Uuid,
    /// Its field.
    pub field: String,
    /// What it held before the merge.
    pub before: Json,
    /// What the merge made it.
    pub merged: Json,
    /// What it holds now; `null` also where the record is gone.
    pub current: Json,
    /// Why it stays.
    pub reason: KeptReason,
}

/// Why a value stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptReason {
    /// A person or an import changed it.
    ChangedSince,
    /// A later merge into the same customer set it; undoing that one gives it back.
    LaterMerge,
    /// The record is gone.
    Gone,
}

impl Store {
    /// Undoes a merge, all of it or nothing; with `keep` false, only says what it would do.
    ///
    /// Fails with [`StoreError::Outdated`] when the merge is undone already, or the survivor is not as it was read.
    pub async fn customer_merge_undo(
        &self,
        organization: OrganizationId,
        plan: &UndoPlan,
        events: &[AuditEvent],
        keep: bool,
    ) -> Result<UndoReport, StoreError> {
        let transaction = self.begin_writing().await?;
        let mut undo = Undo {
            transaction: &transaction,
            organization,
            plan,
            now: OffsetDateTime::now_utc(),
            report: plan.report.clone(),
        };
        undo.claim().await?;
        undo.lock_customers().await?;
        undo.restore_survivor().await?;
        for kind in related_kinds() {
            undo.move_back(kind).await?;
        }
        undo.promote_addresses().await?;
        undo.lead_mappings_back().await?;
        undo.show_others().await?;
        undo.keep_report().await?;
        let report = undo.report;
        if keep {
            audit::insert(&transaction, organization, events).await?;
            transaction.commit().await?;
        } else {
            transaction.rollback().await?;
        }
        Ok(report)
    }
}

/// An undoing being written.
struct Undo<'a> {
    transaction: &'a DatabaseTransaction,
    organization: OrganizationId,
    plan: &'a UndoPlan,
    now: OffsetDateTime,
    report: UndoReport,
}

impl Undo<'_> {
    /// A merge is undone once.
    async fn claim(&self) -> Result<(), StoreError> {
        let sql = "UPDATE customer_merge SET status = 'undone', undone_by = ?, undone_at = ? \
                   WHERE organization_id = ? AND id = ? AND undone_at IS NULL";
        let values = [
            self.plan.undone_by.as_str().into(),
            self.now.into(),
            self.organization.0.into(),
            self.plan.merge_id.into(),
        ];
        if execute(self.transaction, sql, values).await? == 1 {
            return Ok(());
        }
        Err(StoreError::Outdated)
    }

    /// In the same order as a merge locks them.
    async fn lock_customers(&self) -> Result<(), StoreError> {
        if self.transaction.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let ids: Vec<Uuid> = std::iter::once(self.plan.survivor.0)
            .chain(self.plan.others.iter().copied())
            .collect();
        let sql = format!(
            "SELECT id FROM customer WHERE organization_id = ? AND id IN ({}) ORDER BY id FOR UPDATE",
            places(ids.len())
        );
        let values = std::iter::once(self.organization.0).chain(ids).map(Into::into);
        execute(self.transaction, &sql, values).await?;
        Ok(())
    }

    async fn restore_survivor(&self) -> Result<(), StoreError> {
        let (id, version) = self.plan.survivor;
        let changed = change(self.transaction, self.organization, id, version, &self.plan.changes).await?;
        if changed != 1 {
            return Err(StoreError::Outdated);
        }
        for (merge_id, before) in &self.plan.handed_on {
            let sql = "UPDATE customer_merge_entry SET before = ? \
                       WHERE organization_id = ? AND merge_id = ? AND kind = ?";
            let values = [
                serde_json::to_value(before).unwrap_or_default().into(),
                self.organization.0.into(),
                (*merge_id).into(),
                SURVIVOR.into(),
            ];
            execute(self.transaction, sql, values).await?;
        }
        Ok(())
    }

    /// Gives the records of a kind back whose customer is still the survivor. What else was changed about them stays.
    async fn move_back(&mut self, kind: EntityKind) -> Result<(), StoreError> {
        let table = kind.name();
        let sql = format!(
            "UPDATE {table} SET customer_id = e.customer_id, version = {table}.version + 1, updated_at = ? \
             FROM customer_merge_entry AS e WHERE e.organization_id = ? AND e.merge_id = ? AND e.kind = '{MOVED}' \
             AND e.entity_type = '{table}' AND {table}.organization_id = e.organization_id \
             AND {table}.id = e.record_id AND {table}.customer_id = ?"
        );
        let values = [
            self.now.into(),
            self.organization.0.into(),
            self.plan.merge_id.into(),
            self.plan.survivor.0.into(),
        ];
        let restored = execute(self.transaction, &sql, values).await?;
        if restored > 0 {
            self.report.records.insert(table.to_owned(), restored);
        }
        let sql = format!(
            "UPDATE customer_merge_entry SET undo_version = t.version FROM {table} AS t \
             WHERE customer_merge_entry.organization_id = ? AND customer_merge_entry.merge_id = ? \
             AND customer_merge_entry.kind = '{MOVED}' AND customer_merge_entry.entity_type = '{table}' \
             AND t.organization_id = customer_merge_entry.organization_id AND t.id = customer_merge_entry.record_id \
             AND t.customer_id = customer_merge_entry.customer_id"
        );
        execute(self.transaction, &sql, self.of_merge()).await?;
        let kept = format!(
            "FROM customer_merge_entry AS e LEFT JOIN {table} AS t \
             ON t.organization_id = e.organization_id AND t.id = e.record_id \
             WHERE e.organization_id = ? AND e.merge_id = ? AND e.kind = '{MOVED}' AND e.entity_type = '{table}' \
             AND e.undo_version IS NULL"
        );
        let entries = Kept {
            entity: table,
            field: "customer_id",
            sql: &kept,
            values: self.of_merge().to_vec(),
            current: "t.customer_id",
            exists: "t.id",
        };
        self.report_kept(&entries).await
    }

    /// Addresses that were primary before the merge, unless somebody said otherwise since.
    async fn promote_addresses(&self) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE customer_address SET is_primary = ? WHERE organization_id = ? AND is_primary = ? AND id IN \
             (SELECT record_id FROM customer_merge_entry WHERE organization_id = ? AND merge_id = ? \
             AND kind = '{MOVED}' AND entity_type = 'customer_address' AND before IS NOT NULL \
             AND undo_version IS NOT NULL)"
        );
        let values: [Value; 3] = [true.into(), self.organization.0.into(), false.into()];
        execute(self.transaction, &sql, values.into_iter().chain(self.of_merge())).await?;
        Ok(())
    }

    async fn lead_mappings_back(&mut self) -> Result<(), StoreError> {
        let of_entry = "m.organization_id = e.organization_id AND m.source_system = e.source_system \
                        AND m.entity_type = e.entity_type AND m.source_id = e.source_id";
        let of_merge = format!("e.organization_id = ? AND e.merge_id = ? AND e.kind = '{MAPPING}'");
        let kept = format!(
            "FROM customer_merge_entry AS e LEFT JOIN import_mapping AS m ON {of_entry} \
             WHERE {of_merge} AND (m.record_id IS NULL OR m.record_id <> ?)"
        );
        let survivor: Value = self.plan.survivor.0.into();
        let entries = Kept {
            entity: "import_mapping",
            field: "record_id",
            sql: &kept,
            values: self.of_merge().into_iter().chain([survivor.clone()]).collect(),
            current: "m.record_id",
            exists: "m.record_id",
        };
        self.report_kept(&entries).await?;
        let sql = format!(
            "UPDATE import_mapping AS m SET record_id = e.record_id FROM customer_merge_entry AS e \
             WHERE {of_merge} AND {of_entry} AND m.record_id = ?"
        );
        let values = self.of_merge().into_iter().chain([survivor]);
        self.report.mappings = execute(self.transaction, &sql, values).await?;
        Ok(())
    }

    async fn show_others(&self) -> Result<(), StoreError> {
        let sql = format!(
            "UPDATE customer SET merged_into_id = NULL, version = version + 1, updated_at = ? \
             WHERE organization_id = ? AND merged_into_id = ? AND id IN ({})",
            places(self.plan.others.len())
        );
        let values: [Value; 3] = [self.now.into(), self.organization.0.into(), self.plan.survivor.0.into()];
        let others = self.plan.others.iter().map(|id| (*id).into());
        execute(self.transaction, &sql, values.into_iter().chain(others)).await?;
        let sql = format!(
            "UPDATE customer_merge_entry SET undo_version = (SELECT version FROM customer AS c \
             WHERE c.organization_id = customer_merge_entry.organization_id AND c.id = customer_merge_entry.record_id) \
             WHERE organization_id = ? AND merge_id = ? AND kind IN ('{SURVIVOR}', '{HIDDEN}')"
        );
        execute(self.transaction, &sql, self.of_merge()).await?;
        Ok(())
    }

    async fn keep_report(&self) -> Result<(), StoreError> {
        let sql = "UPDATE customer_merge SET report = ? WHERE organization_id = ? AND id = ?";
        let report: Value = serde_json::to_value(&self.report).unwrap_or_default().into();
        execute(self.transaction, sql, std::iter::once(report).chain(self.of_merge())).await?;
        Ok(())
    }

    fn of_merge(&self) -> [Value; 2] {
        [self.organization.0.into(), self.plan.merge_id.into()]
    }

    /// Counts and lists what was not given back.
    async fn report_kept(&mut self, kept: &Kept<'_>) -> Result<(), StoreError> {
        let count = format!("SELECT count(*) AS number {}", kept.sql);
        let counted = query(self.transaction, &count, kept.values.clone()).await?;
        let count: i64 = counted.first().map_or(Ok(0), |row| row.try_get("", "number"))?;
        self.report.kept_count += count as u64;
        let room = MAX_KEPT.saturating_sub(self.report.kept.len());
        if count == 0 || room == 0 {
            return Ok(());
        }
        let sql = format!(
            "SELECT e.record_id, e.customer_id, {} AS current_id, CASE WHEN {} IS NULL THEN 1 ELSE 0 END AS gone {} \
             ORDER BY e.ordinal LIMIT {room}",
            kept.current, kept.exists, kept.sql
        );
        for row in query(self.transaction, &sql, kept.values.clone()).await? {
            let value = read_kept(&row, kept.entity, kept.field, self.plan.survivor.0)?;
            self.report.kept.push(value);
        }
        Ok(())
    }
}

/// Entries of a merge that were not given back, joined with what they tell of.
struct Kept<'a> {
    entity: &'a str,
    field: &'a str,
    /// From `FROM` on; the entries are `e`.
    sql: &'a str,
    values: Vec<Value>,
    /// The column that holds the customer now.
    current: &'a str,
    /// The column that is null where there is nothing any more.
    exists: &'a str,
}

fn read_kept(row: &QueryResult, entity: &str, field: &str, survivor: Uuid) -> Result<KeptValue, StoreError> {
    let before: Option<Uuid> = row.try_get("", "customer_id")?;
    let current: Option<Uuid> = row.try_get("", "current_id")?;
    let gone: i32 = row.try_get("", "gone")?;
    let id = |id: Option<Uuid>| id.map_or(Json::Null, |id| Json::from(id.to_string()));
    Ok(KeptValue {
        entity: entity.to_owned(),
        record_id: row.try_get("", "record_id")?,
        field: field.to_owned(),
        before: id(before),
        merged: id(Some(survivor)),
        current: id(current),
        reason: if gone == 1 {
            KeptReason::Gone
        } else {
            KeptReason::ChangedSince
        },
    })
}
