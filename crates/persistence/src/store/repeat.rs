//! The rows of a record after its first one.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use torqueflow_model::ColumnType;
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
    pub slot: String,
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
            found.extend(rows.into_iter().map(|row| Repeat {
                key_hash: row.key_hash.as_u128(),
                job_id: row.job_id,
                row_number: row.row_number,
                slot: row.slot,
                row_index: row.row_index,
            }));
        }
        Ok(found)
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
            repeat.slot.as_str().into(),
            repeat.row_index.into(),
        ]);
    }
    rows
}
