//! The rows of a record after its first one.

use std::collections::HashSet;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use torqueflow_model::{ColumnType, Slot};
use uuid::Uuid;

use super::padded_chunks;
use crate::bulk::Rows;
use crate::entity::import_repeat;
use crate::{OrganizationId, Store, StoreError};

/// A row that holds a record after the row in which it was met first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    /// The fingerprint of the record's identity.
    pub key_hash: u128,
    /// The job of the row.
    pub job_id: Uuid,
    /// The row as a person sees it.
    pub row_number: i64,
    /// The slot in the row.
    pub slot: Slot,
    /// The ordinal of the row among the staged rows, for going back to it.
    pub row_index: i64,
}

impl Store {
    /// The rows that hold these records of a run after their first ones, in no order.
    pub async fn repeat_find(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        key_hashes: &[u128],
    ) -> Result<Vec<Repeat>, StoreError> {
        use import_repeat::{Column, Entity};
        let keys: Vec<Uuid> = key_hashes.iter().map(|hash| Uuid::from_u128(*hash)).collect();
        let mut found = Vec::new();
        for chunk in padded_chunks(&keys) {
            let rows = Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::RunId.eq(run_id))
                .filter(Column::KeyHash.is_in(chunk))
                .all(&self.reader)
                .await?;
            for row in rows {
                found.push(Repeat {
                    key_hash: row.key_hash.as_u128(),
                    job_id: row.job_id,
                    row_number: row.row_number,
                    slot: super::slot(&row.slot)?,
                    row_index: row.row_index,
                });
            }
        }
        Ok(found)
    }

    /// Where rows of a job, the first and the last row included, hold a record that an earlier row has brought.
    pub async fn repeat_places_of_rows(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        first: i64,
        last: i64,
    ) -> Result<HashSet<(i64, Slot)>, StoreError> {
        use import_repeat::{Column, Entity};
        let places: Vec<(i64, String)> = Entity::find()
            .select_only()
            .columns([Column::RowNumber, Column::Slot])
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::RowNumber.between(first, last))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let places = places.into_iter().map(|(row, slot)| Ok((row, super::slot(&slot)?)));
        places.collect()
    }
}

pub(super) fn repeat_rows(organization: OrganizationId, run_id: Uuid, repeats: &[Repeat]) -> Rows {
    use ColumnType::{BigInteger, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_repeat",
        [
            ("organization_id", Id),
            ("run_id", Id),
            ("key_hash", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("slot", Text),
            ("row_index", BigInteger),
        ],
    );
    for repeat in repeats {
        rows.push([
            organization.0.into(),
            run_id.into(),
            Uuid::from_u128(repeat.key_hash).into(),
            repeat.job_id.into(),
            repeat.row_number.into(),
            repeat.slot.name().into(),
            repeat.row_index.into(),
        ]);
    }
    rows
}
