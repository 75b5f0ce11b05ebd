//! Running again what failed: results of failed rows are forgotten, those of all others stay.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, Statement};
use torqueflow_model::import::FIRST_FINDING_OF_IMPORT;
use uuid::Uuid;

use crate::bulk::Scalar;
use crate::store::lease::Lease;
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// Forgets what became of the failed rows of a job and what the import found in them, so that they can be run again.
    pub async fn row_result_forget_failed(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        lease: &Lease,
    ) -> Result<(), StoreError> {
        let organization_id = Scalar::from(organization.0);
        let job = Scalar::from(job_id);
        let mut transaction = self.begin().await?;
        transaction
            .execute(
                "DELETE FROM import_finding WHERE organization_id = ? AND job_id = ? AND ordinal >= ? AND row_number IN \
                 (SELECT row_number FROM import_row_result WHERE organization_id = ? AND job_id = ? AND outcome = 'failed')",
                &[
                    organization_id.clone(),
                    job.clone(),
                    FIRST_FINDING_OF_IMPORT.into(),
                    organization_id.clone(),
                    job.clone(),
                ],
            )
            .await?;
        transaction
            .execute(
                "DELETE FROM import_row_result WHERE organization_id = ? AND job_id = ? AND outcome = 'failed'",
                &[organization_id, job],
            )
            .await?;
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }

    /// Forgets the records, and their matches, that the analysis met in rows of these jobs which have no result yet, so that
    /// none of them is met when these rows are analysed anew. What people decided on matches stays.
    pub async fn analysis_reset_unfinished(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        job_ids: &[Uuid],
        lease: &Lease,
    ) -> Result<(), StoreError> {
        const UNFINISHED: &str = "AND row_number NOT IN \
            (SELECT row_number FROM import_row_result WHERE organization_id = ? AND job_id = ?)";
        let organization = Scalar::from(organization.0);
        let mut transaction = self.begin().await?;
        for job_id in job_ids.iter().copied().map(Scalar::from) {
            let key = [organization.clone(), run_id.into(), job_id.clone()];
            let unfinished = [key.as_slice(), &[organization.clone(), job_id]].concat();
            transaction.forget_found(UNFINISHED, &unfinished).await?;
        }
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }

    /// Forgets what the analysis found in these rows of a job.
    pub async fn finding_forget_rows(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        lease: &Lease,
        rows: &[i64],
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for row in rows {
            transaction
                .execute(
                    "DELETE FROM import_finding WHERE organization_id = ? AND job_id = ? AND row_number = ?",
                    &[organization.0.into(), job_id.into(), Scalar::from(*row)],
                )
                .await?;
        }
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }

    /// The rows of a job, between first and last, of which it is decided what became of them.
    pub async fn row_result_done(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        first: i64,
        last: i64,
    ) -> Result<HashSet<i64>, StoreError> {
        let backend = self.reader.get_database_backend();
        let sql = match backend {
            sea_orm::DatabaseBackend::Postgres => {
                "SELECT row_number FROM import_row_result WHERE organization_id = $1 AND job_id = $2 AND row_number \
                 BETWEEN $3 AND $4"
            }
            _ => {
                "SELECT row_number FROM import_row_result WHERE organization_id = ? AND job_id = ? AND row_number \
                 BETWEEN ? AND ?"
            }
        };
        let values = [organization.0.into(), job_id.into(), first.into(), last.into()];
        let rows = self
            .reader
            .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
            .await?;
        rows.iter().map(|row| Ok(row.try_get("", "row_number")?)).collect()
    }
}
