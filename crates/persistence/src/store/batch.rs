//! A batch of an import: rows, mappings, journal, results and checkpoint, committed together or not at all.

use time::OffsetDateTime;
use torqueflow_model::import::{CreatedRecord, ImportBatch, JobProgress, JournalEntry, Mapping, RowOutcome};
use torqueflow_model::{ColumnType, EntityKind, FieldKind, Storage, Value};
use uuid::Uuid;

use crate::bulk::{BulkTransaction, Rows, Scalar};
use crate::store::analysis::finding_rows;
use crate::store::confirmation::confirmation_rows;
use crate::store::lease::Lease;
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// Writes a batch, if the lease still holds. All of it or nothing: where a record or mapping that it changes is not
    /// as it was read any more, it is [`StoreError::Outdated`], and the batch is to be made anew.
    pub async fn batch_commit(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        job_id: Uuid,
        lease: &Lease,
        batch: &ImportBatch,
    ) -> Result<(), StoreError> {
        let now = OffsetDateTime::now_utc();
        let mut transaction = self.begin().await?;
        transaction.relax_durability().await?;
        transaction.hold_existing(organization, batch).await?;
        for kind in EntityKind::ALL {
            let rows = business_rows(organization, kind, now, &batch.created);
            transaction.insert(&rows).await?;
        }
        for updated in &batch.updated {
            transaction.update_record(organization, now, updated).await?;
        }
        transaction
            .insert(&mapping_rows(organization, run_id, now, &batch.mappings))
            .await?;
        for remapped in &batch.remapped {
            transaction.update_mapping(organization, run_id, now, remapped).await?;
        }
        transaction
            .insert(&journal_rows(organization, run_id, &batch.journal))
            .await?;
        transaction
            .insert(&confirmation_rows(organization, run_id, job_id, &batch.confirmed))
            .await?;
        transaction
            .insert(&result_rows(organization, job_id, &batch.results))
            .await?;
        transaction
            .insert(&finding_rows(organization, job_id, &batch.findings))
            .await?;
        transaction
            .progress(organization, run_id, job_id, &batch.progress)
            .await?;
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }
}

impl BulkTransaction {
    async fn progress(
        &mut self,
        organization: OrganizationId,
        run_id: Uuid,
        job_id: Uuid,
        progress: &JobProgress,
    ) -> Result<(), StoreError> {
        let counts = progress.counts;
        let entity_counts = serde_json::to_string(&progress.entity_counts).unwrap_or_default();
        self.execute(
            "UPDATE import_job SET checkpoint = ?, imported = ?, updated = ?, skipped_duplicate = ?, skipped_choice = ?, \
             unchanged = ?, failed = ?, entity_counts = ? WHERE organization_id = ? AND id = ?",
            &[
                progress.checkpoint.into(),
                counts.imported.into(),
                counts.updated.into(),
                counts.skipped_duplicate.into(),
                counts.skipped_choice.into(),
                counts.unchanged.into(),
                counts.failed.into(),
                Scalar::Json(entity_counts),
                organization.0.into(),
                job_id.into(),
            ],
        )
        .await?;
        self.bump_progress(organization, run_id).await
    }

    /// Lets whoever follows the run know that something has changed.
    pub(super) async fn bump_progress(&mut self, organization: OrganizationId, run_id: Uuid) -> Result<(), StoreError> {
        self.execute(
            "UPDATE import_run SET progress_version = progress_version + 1 WHERE organization_id = ? AND id = ?",
            &[organization.0.into(), run_id.into()],
        )
        .await?;
        Ok(())
    }

    /// The last statement of every batch: prolongs the lease, and fails when its token holds no more, so that a worker
    /// that was thought dead writes nothing.
    pub(super) async fn fence(&mut self, lease: &Lease) -> Result<(), StoreError> {
        // The database's clock decides; SQLite is on this machine, so its clock is ours.
        let (expires_at, argument) = if self.is_postgres() {
            let seconds = Scalar::Float(lease.ttl.as_seconds_f64());
            ("now() + make_interval(secs => ?)", seconds)
        } else {
            ("?", Scalar::from(OffsetDateTime::now_utc() + lease.ttl))
        };
        let sql = format!("UPDATE work_lease SET expires_at = {expires_at}, attempts = 1 WHERE id = ? AND token = ?");
        let touched = self
            .execute(&sql, &[argument, lease.id.into(), lease.token.into()])
            .await?;
        Lease::check(touched)
    }
}

/// The value as a column keeps it.
pub(super) fn scalar(value: &Value) -> Scalar {
    match value {
        Value::Text(text) => Scalar::Text(text.clone()),
        Value::Integer(number) => Scalar::Integer(*number),
        Value::Decimal(decimal) => Scalar::Integer(decimal.unscaled),
        Value::Boolean(flag) => Scalar::Boolean(*flag),
        Value::Date(date) => Scalar::Date(*date),
        Value::DateTime(moment) => Scalar::DateTime(*moment),
        other => Scalar::Json(other.to_string()),
    }
}

/// The columns of a business table beyond the common ones, in catalogue order: name, type.
/// Fields that share a JSON column make one column.
pub(super) fn business_columns(kind: EntityKind) -> Vec<(String, ColumnType)> {
    let mut columns: Vec<(String, ColumnType)> = Vec::new();
    for spec in kind.fields() {
        let column = match spec.storage {
            Storage::Json { column, .. } => Some((column.to_owned(), ColumnType::Json)),
            Storage::Column | Storage::Input => spec.column().map(|name| (name, spec.kind.column_type())),
        };
        if let Some(column) = column
            && !columns.contains(&column)
        {
            columns.push(column);
        }
    }
    columns
}

fn business_rows(
    organization: OrganizationId,
    kind: EntityKind,
    now: OffsetDateTime,
    created: &[CreatedRecord],
) -> Rows {
    let own = business_columns(kind);
    let common = [
        ("organization_id".to_owned(), ColumnType::Uuid),
        ("id".to_owned(), ColumnType::Uuid),
        ("created_at".to_owned(), ColumnType::Timestamp),
        ("updated_at".to_owned(), ColumnType::Timestamp),
        ("version".to_owned(), ColumnType::BigInteger),
    ];
    let mut rows = Rows::new(kind.name(), common.into_iter().chain(own.iter().cloned()));
    for record in created.iter().filter(|record| record.record.slot.entity() == kind) {
        let common = [
            organization.0.into(),
            record.id.into(),
            now.into(),
            now.into(),
            Scalar::Integer(1),
        ];
        let values = own.iter().map(|(column, kind)| column_value(record, column, *kind));
        rows.push(common.into_iter().chain(values));
    }
    rows
}

fn column_value(created: &CreatedRecord, column: &str, kind: ColumnType) -> Scalar {
    let fields = &created.record.fields;
    if kind == ColumnType::Json {
        let object: serde_json::Map<_, _> = fields
            .iter()
            .filter_map(|field| match (field.spec.storage, &field.value) {
                (Storage::Json { column: of, key }, Value::Boolean(flag)) if of == column => {
                    Some((key.to_owned(), serde_json::Value::from(*flag)))
                }
                _ => None,
            })
            .collect();
        return if object.is_empty() {
            Scalar::Null
        } else {
            Scalar::Json(serde_json::Value::Object(object).to_string())
        };
    }
    if kind == ColumnType::Uuid {
        let link = created
            .links
            .iter()
            .find(|(name, _)| column.strip_suffix("_id") == Some(name));
        return Scalar::from(link.map(|(_, id)| *id));
    }
    fields
        .iter()
        .find(|field| {
            field.spec.name == column
                && field.spec.storage == Storage::Column
                && !matches!(field.spec.kind, FieldKind::Reference { .. })
        })
        .map_or(Scalar::Null, |field| scalar(&field.value))
}

fn mapping_rows(organization: OrganizationId, run_id: Uuid, now: OffsetDateTime, mappings: &[Mapping]) -> Rows {
    use ColumnType::{Boolean, Json, Text, Timestamp, Uuid as Id};
    let mut rows = Rows::new(
        "import_mapping",
        [
            ("organization_id", Id),
            ("source_system", Text),
            ("entity_type", Text),
            ("source_id", Text),
            ("record_id", Id),
            ("derived", Boolean),
            ("origin", Text),
            ("row_hash", Id),
            ("imported_values", Json),
            ("run_id", Id),
            ("created_at", Timestamp),
            ("updated_at", Timestamp),
        ],
    );
    for mapping in mappings {
        rows.push([
            organization.0.into(),
            mapping.source_system.as_str().into(),
            mapping.entity.name().into(),
            mapping.source_id.as_str().into(),
            mapping.record_id.into(),
            mapping.derived.into(),
            mapping.origin.name().into(),
            Uuid::from_u128(mapping.row_hash).into(),
            Scalar::Json(mapping.imported_values.clone()),
            run_id.into(),
            now.into(),
            now.into(),
        ]);
    }
    rows
}

fn json(value: Option<&serde_json::Value>) -> Scalar {
    value.map_or(Scalar::Null, |value| Scalar::Json(value.to_string()))
}

fn journal_rows(organization: OrganizationId, run_id: Uuid, journal: &[JournalEntry]) -> Rows {
    use ColumnType::{BigInteger, Json, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_journal",
        [
            ("organization_id", Id),
            ("run_id", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("ordinal", BigInteger),
            ("entity_type", Text),
            ("record_id", Id),
            ("action", Text),
            ("mapping_source_system", Text),
            ("mapping_source_id", Text),
            ("before", Json),
            ("version_after", BigInteger),
            ("mapping_before", Json),
        ],
    );
    for entry in journal {
        let (system, id) = entry.mapping.clone().unzip();
        rows.push([
            organization.0.into(),
            run_id.into(),
            entry.job_id.into(),
            entry.row_number.into(),
            entry.ordinal.into(),
            entry.entity.name().into(),
            entry.record_id.into(),
            entry.action.name().into(),
            system.into(),
            id.into(),
            json(entry.before.as_ref()),
            entry.version_after.into(),
            json(entry.mapping_before.as_ref()),
        ]);
    }
    rows
}

fn result_rows(organization: OrganizationId, job_id: Uuid, results: &[(i64, RowOutcome)]) -> Rows {
    use ColumnType::{BigInteger, Text, Uuid as Id};
    let mut rows = Rows::new(
        "import_row_result",
        [
            ("organization_id", Id),
            ("job_id", Id),
            ("row_number", BigInteger),
            ("outcome", Text),
        ],
    );
    for (row_number, outcome) in results {
        rows.push([
            organization.0.into(),
            job_id.into(),
            (*row_number).into(),
            outcome.name().into(),
        ]);
    }
    rows
}
