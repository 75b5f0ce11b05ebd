//! What an analysis finds and keeps: the run's records, their matches and findings.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use torqueflow_model::import::{DuplicateAction, FoundRecord, StoredFinding};
use torqueflow_model::{ColumnType, Slot};
use uuid::Uuid;

use super::padded_chunks;
use crate::bulk::{BulkTransaction, Rows, Scalar};
use crate::entity::import_record;
use crate::store::duplicate::Duplicate;
use crate::store::lease::Lease;
use crate::store::repeat::{Repeat, repeat_rows};
use crate::{OrganizationId, Store, StoreError};

/// The same, and in which table of the run it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRecord {
    /// The job of its row.
    pub job_id: Uuid,
    /// The record there.
    pub found: FoundRecord,
}

/// Values that a later row adds to a record found before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordFill {
    /// The job of the record.
    pub job_id: Uuid,
    /// The row of the record.
    pub row_number: i64,
    /// The slot of the record.
    pub slot: Slot,
    /// All fills of it, the earlier ones too.
    pub fills: serde_json::Value,
}

/// What one step of an analysis keeps, in one transaction.
#[derive(Debug, Default)]
pub struct AnalysisChunk {
    /// Records of which their first row alone does not tell all, those of earlier chunks and jobs too; they may be there
    /// already.
    pub records: Vec<KnownRecord>,
    /// Additions to records of earlier chunks.
    pub fills: Vec<RecordFill>,
    /// Rows that hold records again.
    pub repeats: Vec<Repeat>,
    /// Matches.
    pub duplicates: Vec<Duplicate>,
    /// Findings.
    pub findings: Vec<StoredFinding>,
}

/// What there is to know about rows of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each saves a query per batch, independently of the others"
)]
pub struct JobFacts {
    /// A row has an error.
    pub has_errors: bool,
    /// A record matches another.
    pub has_duplicates: bool,
    /// A record stands in other rows too, or is one of several equal contents.
    pub has_shared_records: bool,
    /// Rows of the run, in this job or another, take no part: a person left them out, or they have failed.
    pub has_rows_out: bool,
}

impl KnownRecord {
    fn from_model(model: import_record::Model) -> Result<Self, StoreError> {
        Ok(Self {
            job_id: model.job_id,
            found: FoundRecord {
                row_number: model.row_number,
                slot: super::slot(&model.slot)?,
                row_index: model.row_index,
                key_hash: model.key_hash.as_u128(),
                occurrence: model.occurrence,
                record_id: model.record_id,
                fills: model.fills,
            },
        })
    }
}

fn as_uuids(hashes: &[u128]) -> Vec<Uuid> {
    hashes.iter().map(|hash| Uuid::from_u128(*hash)).collect()
}

impl Store {
    /// Forgets what an analysis has kept of these jobs of a run, all of it at once, so that none of it is met when they are
    /// analysed anew. What people decided on matches stays.
    pub async fn analysis_reset(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        job_ids: &[Uuid],
        lease: &Lease,
    ) -> Result<(), StoreError> {
        let filled = self.fills_without(organization, run_id, job_ids).await?;
        let organization = Scalar::from(organization.0);
        let mut transaction = self.begin().await?;
        for fill in filled {
            transaction.set_fills(&organization, &fill).await?;
        }
        for job_id in job_ids.iter().copied().map(Scalar::from) {
            let key = [organization.clone(), run_id.into(), job_id.clone()];
            transaction.forget_found("", &key).await?;
            transaction
                .execute(
                    "DELETE FROM import_finding WHERE organization_id = ? AND job_id = ?",
                    &[organization.clone(), job_id],
                )
                .await?;
        }
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }

    /// What is filled in records of other jobs of a run by rows of these jobs: the fills without theirs.
    async fn fills_without(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        job_ids: &[Uuid],
    ) -> Result<Vec<RecordFill>, StoreError> {
        use import_record::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .filter(Column::JobId.is_not_in(job_ids.iter().copied()))
            .filter(Column::Fills.is_not_null())
            .all(&self.reader)
            .await?;
        let gone: Vec<String> = job_ids.iter().map(Uuid::to_string).collect();
        let mut filled = Vec::new();
        for row in rows {
            let Some(serde_json::Value::Object(mut fills)) = row.fills else {
                continue;
            };
            let all = fills.len();
            fills.retain(|_, entry| !gone.iter().any(|job| entry.get(2).is_some_and(|by| by == job.as_str())));
            if fills.len() < all {
                filled.push(RecordFill {
                    job_id: row.job_id,
                    row_number: row.row_number,
                    slot: super::slot(&row.slot)?,
                    fills: serde_json::Value::Object(fills),
                });
            }
        }
        Ok(filled)
    }

    /// Keeps one step of an analysis, if the lease still holds. `analysed`: the rows of the job that are done with it.
    pub async fn analysis_commit(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        job_id: Uuid,
        lease: &Lease,
        chunk: &AnalysisChunk,
        analysed: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        transaction.relax_durability().await?;
        transaction
            .insert_missing(&record_rows(organization, run_id, &chunk.records))
            .await?;
        for fill in &chunk.fills {
            transaction.set_fills(&Scalar::from(organization.0), fill).await?;
        }
        transaction
            .insert(&repeat_rows(organization, run_id, &chunk.repeats))
            .await?;
        transaction
            .insert(&duplicate_rows(organization, run_id, &chunk.duplicates))
            .await?;
        transaction
            .insert(&finding_rows(organization, job_id, &chunk.findings))
            .await?;
        transaction
            .execute(
                "UPDATE import_job SET analysed = ? WHERE organization_id = ? AND id = ?",
                &[analysed.into(), organization.0.into(), job_id.into()],
            )
            .await?;
        transaction.bump_progress(organization, run_id).await?;
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }

    /// The records of this run with these identities, as far as they stand in several rows.
    pub async fn record_find(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        key_hashes: &[u128],
    ) -> Result<HashMap<u128, KnownRecord>, StoreError> {
        use import_record::{Column, Entity};
        let mut found = HashMap::new();
        for chunk in padded_chunks(&as_uuids(key_hashes)) {
            let rows = Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::RunId.eq(run_id))
                .filter(Column::KeyHash.is_in(chunk))
                .filter(Column::Occurrence.eq(0))
                .all(&self.reader)
                .await?;
            for row in rows {
                found.insert(row.key_hash.as_u128(), KnownRecord::from_model(row)?);
            }
        }
        Ok(found)
    }

    /// The records that these rows of a job bring, first and last row included, as far as the rows alone do not tell all of
    /// them.
    pub async fn record_list_of_rows(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        first: i64,
        last: i64,
    ) -> Result<Vec<KnownRecord>, StoreError> {
        use import_record::{Column, Entity};
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::RowNumber.between(first, last))
            .all(&self.reader)
            .await?;
        rows.into_iter().map(KnownRecord::from_model).collect()
    }

    /// Whether anything was found or decided about rows of a job, so that it has to be asked for batch by batch.
    pub async fn job_facts(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        job_id: Uuid,
    ) -> Result<JobFacts, StoreError> {
        use crate::entity::{import_duplicate, import_finding, import_job, import_repeat};
        let jobs: Vec<(Uuid, i64)> = import_job::Entity::find()
            .select_only()
            .columns([import_job::Column::Id, import_job::Column::Failed])
            .filter(import_job::Column::OrganizationId.eq(organization.0))
            .filter(import_job::Column::RunId.eq(run_id))
            .into_tuple()
            .all(&self.reader)
            .await?;
        let all: Vec<Uuid> = jobs.iter().map(|(id, _)| *id).collect();
        let has_rows_out =
            jobs.iter().any(|(_, failed)| *failed > 0) || self.row_choice_exists(organization, &all).await?;
        let errors = import_finding::Entity::find()
            .filter(import_finding::Column::OrganizationId.eq(organization.0))
            .filter(import_finding::Column::JobId.eq(job_id))
            .filter(import_finding::Column::Severity.eq("error"))
            .one(&self.reader);
        let duplicates = import_duplicate::Entity::find()
            .filter(import_duplicate::Column::OrganizationId.eq(organization.0))
            .filter(import_duplicate::Column::JobId.eq(job_id))
            .one(&self.reader);
        let first = import_record::Entity::find()
            .filter(import_record::Column::OrganizationId.eq(organization.0))
            .filter(import_record::Column::JobId.eq(job_id))
            .one(&self.reader);
        let again = import_repeat::Entity::find()
            .filter(import_repeat::Column::OrganizationId.eq(organization.0))
            .filter(import_repeat::Column::JobId.eq(job_id))
            .one(&self.reader);
        Ok(JobFacts {
            has_errors: errors.await?.is_some(),
            has_duplicates: duplicates.await?.is_some(),
            has_shared_records: first.await?.is_some() || again.await?.is_some(),
            has_rows_out,
        })
    }
}

impl BulkTransaction {
    /// Forgets the records that were met in rows of a job, and their matches. `arguments`: the organisation, the run, the job, and
    /// what the further condition on the rows asks for.
    pub(super) async fn forget_found(&mut self, and: &str, arguments: &[Scalar]) -> Result<(), StoreError> {
        for table in ["import_record", "import_duplicate", "import_repeat"] {
            let sql = format!("DELETE FROM {table} WHERE organization_id = ? AND run_id = ? AND job_id = ? {and}");
            self.execute(&sql, arguments).await?;
        }
        Ok(())
    }

    /// Keeps what later rows add to a record; nothing, where that is empty.
    async fn set_fills(&mut self, organization: &Scalar, fill: &RecordFill) -> Result<(), StoreError> {
        let is_empty = fill.fills.as_object().is_some_and(serde_json::Map::is_empty);
        let fills = (!is_empty).then(|| fill.fills.to_string());
        self.execute(
            "UPDATE import_record SET fills = ? WHERE organization_id = ? AND job_id = ? AND row_number = ? AND slot = ?",
            &[
                fills.map_or(Scalar::Null, Scalar::Json),
                organization.clone(),
                Scalar::from(fill.job_id),
                Scalar::from(fill.row_number),
                Scalar::from(fill.slot.name()),
            ],
        )
        .await?;
        Ok(())
    }
}

fn record_rows(organization: OrganizationId, run_id: Uuid, records: &[KnownRecord]) -> Rows {
    use ColumnType::{BigInteger, Json, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_record",
        [
            ("organization_id", Id),
            ("run_id", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("slot", Text),
            ("row_index", BigInteger),
            ("key_hash", Id),
            ("occurrence", BigInteger),
            ("record_id", Id),
            ("fills", Json),
        ],
    );
    for KnownRecord { job_id, found: record } in records {
        rows.push([
            organization.0.into(),
            run_id.into(),
            (*job_id).into(),
            record.row_number.into(),
            record.slot.name().into(),
            record.row_index.into(),
            Uuid::from_u128(record.key_hash).into(),
            record.occurrence.into(),
            record.record_id.into(),
            record
                .fills
                .as_ref()
                .map_or(Scalar::Null, |fills| Scalar::Json(fills.to_string())),
        ]);
    }
    rows
}

fn duplicate_rows(organization: OrganizationId, run_id: Uuid, duplicates: &[Duplicate]) -> Rows {
    use ColumnType::{BigInteger, Float, Json, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_duplicate",
        [
            ("organization_id", Id),
            ("id", Id),
            ("run_id", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("slot", Text),
            ("record_id", Id),
            ("key_hash", Id),
            ("occurrence", BigInteger),
            ("label", Text),
            ("match_record_id", Id),
            ("match_key", Id),
            ("match_occurrence", BigInteger),
            ("match_job_id", Id),
            ("match_row_number", BigInteger),
            ("level", Text),
            ("confidence", Float),
            ("reasons", Json),
            ("action", Text),
        ],
    );
    for duplicate in duplicates {
        let (match_job_id, match_row_number) = duplicate.matched.place.unzip();
        rows.push([
            organization.0.into(),
            duplicate.id.into(),
            run_id.into(),
            duplicate.job_id.into(),
            duplicate.row_number.into(),
            duplicate.slot.as_str().into(),
            duplicate.record_id.into(),
            Uuid::from_u128(duplicate.record.key).into(),
            duplicate.record.occurrence.into(),
            duplicate.label.as_str().into(),
            duplicate.match_record_id.into(),
            Uuid::from_u128(duplicate.matched.key).into(),
            duplicate.matched.occurrence.into(),
            match_job_id.into(),
            match_row_number.into(),
            duplicate.level.name().into(),
            Scalar::Float(duplicate.confidence),
            Scalar::Json(serde_json::Value::from(duplicate.reasons.clone()).to_string()),
            duplicate.action.map(DuplicateAction::name).into(),
        ]);
    }
    rows
}

/// The rows of findings of a job.
pub(super) fn finding_rows(organization: OrganizationId, job_id: Uuid, findings: &[StoredFinding]) -> Rows {
    use ColumnType::{BigInteger, Json, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_finding",
        [
            ("organization_id", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("ordinal", BigInteger),
            ("severity", Text),
            ("code", Text),
            ("column_index", BigInteger),
            ("field", Text),
            ("value", Text),
            ("detail", Text),
            ("cells", BigInteger),
            ("examples", Json),
        ],
    );
    for finding in findings {
        rows.push([
            organization.0.into(),
            job_id.into(),
            finding.row_number.into(),
            finding.ordinal.into(),
            finding.severity.as_str().into(),
            finding.code.as_str().into(),
            finding.column_index.into(),
            finding.field.clone().into(),
            finding.value.as_str().into(),
            finding.detail.as_str().into(),
            finding.cells.into(),
            examples(finding),
        ]);
    }
    rows
}

fn examples(finding: &StoredFinding) -> Scalar {
    if finding.examples.is_empty() {
        return Scalar::Null;
    }
    serde_json::to_string(&finding.examples).map_or(Scalar::Null, Scalar::Json)
}
