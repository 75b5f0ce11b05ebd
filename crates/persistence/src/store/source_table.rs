//! The tables of programs that nobody recognises: by their headers a later run finds the source system that they count as.

use std::ops::RangeInclusive;

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::import_job;
use crate::entity::source_table::{ActiveModel, Column, Entity};
use crate::{OrganizationId, Store, StoreError};

/// A table of a source system, known by its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceTable {
    /// The source system.
    pub source_system: String,
    /// The fingerprint of the set of headers.
    pub fingerprint: u128,
    /// The folded headers, sorted.
    pub headers: Vec<String>,
    /// The run that last had such a table.
    pub run_id: Uuid,
    /// When that was.
    pub used_at: OffsetDateTime,
}

impl Store {
    /// The tables that have so many headers.
    pub async fn source_table_list(
        &self,
        organization: OrganizationId,
        header_count: RangeInclusive<usize>,
    ) -> Result<Vec<SourceTable>, StoreError> {
        let (least, most) = header_count.into_inner();
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::HeaderCount.between(least as i64, most as i64))
            .all(&self.reader)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(SourceTable {
                    source_system: row.source_system,
                    fingerprint: row.fingerprint.as_u128(),
                    headers: serde_json::from_value(row.headers)
                        .map_err(|_| StoreError::Damaged { what: "source table" })?,
                    run_id: row.run_id,
                    used_at: row.used_at,
                })
            })
            .collect()
    }

    /// The source systems that tables were imported of under names that people gave or that were derived.
    pub async fn source_table_systems(&self, organization: OrganizationId) -> Result<Vec<String>, StoreError> {
        Ok(Entity::find()
            .select_only()
            .column(Column::SourceSystem)
            .distinct()
            .filter(Column::OrganizationId.eq(organization.0))
            .order_by_asc(Column::SourceSystem)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// The plans of the jobs of a source system of which rows were imported, the newest first, and no more than so many.
    pub async fn job_plans_of_source(
        &self,
        organization: OrganizationId,
        source_system: &str,
        most: u64,
    ) -> Result<Vec<serde_json::Value>, StoreError> {
        Ok(import_job::Entity::find()
            .select_only()
            .column(import_job::Column::Plan)
            .filter(import_job::Column::OrganizationId.eq(organization.0))
            .filter(import_job::Column::SourceSystem.eq(source_system))
            .filter(import_job::Column::Checkpoint.gt(0))
            .order_by_desc(import_job::Column::Id)
            .limit(most)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }
}

/// Keeps tables, or notes that they were used again.
pub(super) async fn put(
    transaction: &DatabaseTransaction,
    organization: OrganizationId,
    tables: &[SourceTable],
) -> Result<(), StoreError> {
    for table in tables {
        let row = ActiveModel {
            organization_id: Set(organization.0),
            source_system: Set(table.source_system.clone()),
            fingerprint: Set(Uuid::from_u128(table.fingerprint)),
            header_count: Set(table.headers.len() as i64),
            headers: Set(serde_json::Value::from(table.headers.clone())),
            run_id: Set(table.run_id),
            used_at: Set(table.used_at),
        };
        let known = OnConflict::columns([Column::OrganizationId, Column::SourceSystem, Column::Fingerprint])
            .update_columns([Column::RunId, Column::UsedAt])
            .to_owned();
        Entity::insert(row)
            .on_conflict(known)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}
