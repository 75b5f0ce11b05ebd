//! Rows that a person left out.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::padded_chunks;
use crate::bulk::Scalar;
use crate::entity::import_row_choice::{Column, Entity};
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// Which of these rows, each a job and a number, bring nothing: a person left them out, or they have failed.
    pub async fn rows_out(
        &self,
        organization: OrganizationId,
        rows: impl IntoIterator<Item = (Uuid, i64)>,
    ) -> Result<HashSet<(Uuid, i64)>, StoreError> {
        let mut of_jobs: HashMap<Uuid, HashSet<i64>> = HashMap::new();
        for (job_id, row) in rows {
            of_jobs.entry(job_id).or_default().insert(row);
        }
        let mut out = HashSet::new();
        for (job_id, numbers) in &of_jobs {
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
        let found = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.is_in(job_ids.iter().copied()))
            .filter(Column::Included.eq(false))
            .one(&self.reader)
            .await?;
        Ok(found.is_some())
    }
}
