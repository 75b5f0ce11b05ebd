//! Writing customers that people create and change.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use serde_json::Value as Json;
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use uuid::Uuid;

use crate::sql::{execute, places};
use crate::store::audit::{self, AuditEvent};
use crate::store::batch::business_columns;
use crate::store::business::column_value;
use crate::{OrganizationId, Store, StoreError};

/// Columns and their values, as [`BusinessRow`](crate::BusinessRow) has them; `null` for what becomes null.
pub type ColumnValues = BTreeMap<String, Json>;

/// A record that a person creates.
#[derive(Debug, Clone)]
pub struct NewRecord {
    /// Which kind.
    pub entity: EntityKind,
    /// Its id.
    pub id: Uuid,
    /// Its columns.
    pub values: ColumnValues,
}

impl Store {
    /// Creates a customer with what belongs to it, in the order of the links, and tells of it.
    pub async fn customer_create(
        &self,
        organization: OrganizationId,
        records: &[NewRecord],
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let transaction = self.begin_writing().await?;
        for record in records {
            insert(&transaction, organization, record).await?;
        }
        audit::insert(&transaction, organization, events).await?;
        Ok(transaction.commit().await?)
    }

    /// Changes columns of a customer that is not hidden and still has this version, and tells of it.
    pub async fn customer_update(
        &self,
        organization: OrganizationId,
        id: Uuid,
        version: i64,
        changes: &ColumnValues,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let transaction = self.begin_writing().await?;
        if change(&transaction, organization, id, version, changes).await? != 1 {
            return Err(StoreError::Outdated);
        }
        audit::insert(&transaction, organization, events).await?;
        Ok(transaction.commit().await?)
    }
}

async fn insert(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    record: &NewRecord,
) -> Result<(), StoreError> {
    let now = OffsetDateTime::now_utc();
    let mut columns = ["organization_id", "id", "created_at", "updated_at", "version"]
        .map(str::to_owned)
        .to_vec();
    let mut values: Vec<Value> = vec![
        organization.0.into(),
        record.id.into(),
        now.into(),
        now.into(),
        1_i64.into(),
    ];
    for (column, kind) in business_columns(record.entity) {
        if let Some(json) = record.values.get(&column) {
            values.push(column_value(kind, json));
            columns.push(format!("\"{column}\""));
        }
    }
    let sql = format!(
        "INSERT INTO {} ({}) VALUES ({})",
        record.entity.name(),
        columns.join(", "),
        places(columns.len())
    );
    execute(transaction, &sql, values).await?;
    Ok(())
}

/// Changes columns of a customer that is not hidden, if it has this version; says how many rows that were.
pub(super) async fn change(
    transaction: &impl ConnectionTrait,
    organization: OrganizationId,
    id: Uuid,
    version: i64,
    changes: &ColumnValues,
) -> Result<u64, StoreError> {
    let mut assignments = String::new();
    let mut values: Vec<Value> = Vec::new();
    for (column, kind) in business_columns(EntityKind::Customer) {
        if let Some(json) = changes.get(&column) {
            let _ = write!(assignments, "\"{column}\" = ?, ");
            values.push(column_value(kind, json));
        }
    }
    let sql = format!(
        "UPDATE customer SET {assignments}version = version + 1, updated_at = ? \
         WHERE organization_id = ? AND id = ? AND version = ? AND merged_into_id IS NULL"
    );
    values.extend([
        OffsetDateTime::now_utc().into(),
        organization.0.into(),
        id.into(),
        version.into(),
    ]);
    execute(transaction, &sql, values).await
}
