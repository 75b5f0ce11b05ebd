//! The rows of a record after its first one, and which rows bring nothing.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use torqueflow_model::ColumnType;
use uuid::Uuid;

use super::padded_chunks;
use crate::bulk::{Rows, Scalar};
use crate::entity::{import_repeat, import_row_choice};
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

    /// Which of these rows, by job, bring nothing: a person left them out, or they have failed.
    pub async fn rows_out(
        &self,
        organization: OrganizationId,
        rows: &HashMap<Uuid, HashSet<i64>>,
    ) -> Result<HashSet<(Uuid, i64)>, StoreError> {
        use import_row_choice::{Column, Entity};
        let mut out = HashSet::new();
        for (job_id, numbers) in rows {
            let numbers: Vec<i64> = numbers.iter().copied().collect();
            for chunk in padded_chunks(&numbers) {
                let left_out: Vec<i64> = Entity::find()
                    .select_only()
                    .column(Column::RowNumber)
                    .filter(Column::OrganizationId.eq(organization.0))
                    .filter(Column::JobId.eq(*job_id))
                    .filter(Column::RowNumber.is_in(chunk.clone()))
                    .filter(Column::Included.eq(false))
                    .into_tuple()
                    .all(&self.reader)
                    .await?;
                out.extend(left_out.into_iter().map(|row| (*job_id, row)));
                let numbered: Vec<String> = (3..chunk.len() + 3).map(|place| format!("${place}")).collect();
                let sql = format!(
                    "SELECT row_number FROM import_row_result WHERE organization_id = $1 AND job_id = $2 AND row_number IN \
                     ({}) AND outcome = 'failed'",
                    numbered.join(", ")
                );
                let mut values = vec![organization.0.into(), (*job_id).into()];
                values.extend(chunk.into_iter().map(sea_orm::Value::from));
                for row in self.select(&sql, values).await? {
                    out.insert((*job_id, row.try_get("", "row_number")?));
                }
            }
        }
        Ok(out)
    }

    /// Rows of a job that a person left out, between first and last.
    pub async fn row_choice_excluded(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        first: i64,
        last: i64,
    ) -> Result<HashSet<i64>, StoreError> {
        use import_row_choice::{Column, Entity};
        let rows: Vec<i64> = Entity::find()
            .select_only()
            .column(Column::RowNumber)
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::RowNumber.between(first, last))
            .filter(Column::Included.eq(false))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().collect())
    }

    /// Leaves rows of a job out.
    pub async fn row_choice_set(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        row_numbers: &[i64],
        included: bool,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for row_number in row_numbers {
            transaction
                .execute(
                    "INSERT INTO import_row_choice (organization_id, job_id, row_number, included) VALUES (?, ?, ?, ?) \
                     ON CONFLICT (organization_id, job_id, row_number) DO UPDATE SET included = excluded.included",
                    &[
                        Scalar::from(organization.0),
                        Scalar::from(job_id),
                        Scalar::from(*row_number),
                        Scalar::from(included),
                    ],
                )
                .await?;
        }
        self.commit(transaction).await
    }

    /// Whether a person left rows of these jobs out.
    pub async fn row_choice_exists(&self, organization: OrganizationId, job_ids: &[Uuid]) -> Result<bool, StoreError> {
        use import_row_choice::{Column, Entity};
        let found = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.is_in(job_ids.iter().copied()))
            .filter(Column::Included.eq(false))
            .one(&self.reader)
            .await?;
        Ok(found.is_some())
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
