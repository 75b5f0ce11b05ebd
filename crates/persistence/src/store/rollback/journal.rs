//! The journal of a run, read from its end.

use torqueflow_model::{ColumnType, EntityKind};
use uuid::Uuid;

use super::{RollbackPage, RollbackPart};
use crate::bulk::{BulkTransaction, Scalar};
use crate::fetch::Fetched;
use crate::store::batch::JournalEntry;
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// What a run wrote, by job and kind of record; in no order.
    pub async fn rollback_parts(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
    ) -> Result<Vec<RollbackPart>, StoreError> {
        let mut transaction = self.begin_reading().await?;
        let rows = transaction
            .fetch(
                "SELECT job_id, entity_type, count(*) FROM import_journal WHERE organization_id = ? AND run_id = ? \
                 GROUP BY job_id, entity_type",
                &[organization.0.into(), run_id.into()],
                &[ColumnType::Uuid, ColumnType::Text, ColumnType::BigInteger],
            )
            .await?;
        let parts = rows.into_iter().map(|mut row| {
            Ok(RollbackPart {
                job_id: row.uuid()?,
                entity: EntityKind::from_name(&row.text()?).ok_or(StoreError::Damaged { what: "journal" })?,
                entries: row.integer()?,
            })
        });
        parts.collect()
    }

    /// The jobs of a run with writes that were not taken back.
    pub async fn rollback_jobs_with_rest(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
    ) -> Result<Vec<Uuid>, StoreError> {
        let mut transaction = self.begin_reading().await?;
        let rows = transaction
            .fetch(
                "SELECT DISTINCT job_id FROM import_rollback_result WHERE organization_id = ? AND run_id = ? \
                 AND outcome IN ('kept', 'blocked', 'failed')",
                &[organization.0.into(), run_id.into()],
                &[ColumnType::Uuid],
            )
            .await?;
        rows.into_iter().map(|mut row| row.uuid()).collect()
    }
}

impl BulkTransaction {
    /// The next entries of a page, the newest first, and where they end: `None` when nothing is behind them.
    pub(super) async fn journal_page(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
    ) -> Result<(Vec<JournalEntry>, Option<(i64, i64)>), StoreError> {
        let (row, ordinal) = page.after.unwrap_or((i64::MAX, i64::MAX));
        let (columns, types) = entry_columns("j");
        let sql = format!(
            "SELECT {columns} FROM import_journal AS j \
             WHERE organization_id = ? AND run_id = ? AND job_id = ? AND entity_type = ? \
             AND (row_number, ordinal) < (?, ?) ORDER BY row_number DESC, ordinal DESC LIMIT ?"
        );
        let arguments = [
            organization.0.into(),
            page.run_id.into(),
            page.part.job_id.into(),
            page.part.entity.name().into(),
            row.into(),
            ordinal.into(),
            (page.limit as i64).into(),
        ];
        let rows = self.fetch(&sql, &arguments, &types).await?;
        let entries = rows.into_iter().map(|mut row| read_entry(page.part.entity, &mut row));
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        let end = entries.last().map(super::place).filter(|_| entries.len() == page.limit);
        if page.again {
            self.leave_out_reversed(organization, page, &mut entries).await?;
        }
        Ok((entries, end))
    }

    /// Leaves out what an earlier attempt has taken back.
    async fn leave_out_reversed(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &mut Vec<JournalEntry>,
    ) -> Result<(), StoreError> {
        let (Some(newest), Some(oldest)) = (entries.first(), entries.last()) else {
            return Ok(());
        };
        let rows = self
            .fetch(
                "SELECT row_number, ordinal FROM import_rollback_result \
                 WHERE organization_id = ? AND run_id = ? AND job_id = ? AND row_number BETWEEN ? AND ? \
                 AND outcome = 'reversed'",
                &[
                    organization.0.into(),
                    page.run_id.into(),
                    page.part.job_id.into(),
                    oldest.row_number.into(),
                    newest.row_number.into(),
                ],
                &[ColumnType::BigInteger, ColumnType::BigInteger],
            )
            .await?;
        let reversed = rows.into_iter().map(|mut row| Ok((row.integer()?, row.integer()?)));
        let reversed = reversed.collect::<Result<std::collections::HashSet<_>, StoreError>>()?;
        entries.retain(|entry| !reversed.contains(&super::place(entry)));
        Ok(())
    }
}

/// The columns of the journal that make an entry, and their types.
pub(super) fn entry_columns(table: &str) -> (String, Vec<ColumnType>) {
    use ColumnType::{BigInteger, Json, Text, Uuid as Id};
    let columns = [
        ("row_number", BigInteger),
        ("ordinal", BigInteger),
        ("record_id", Id),
        ("action", Text),
        ("mapping_source_system", Text),
        ("mapping_source_id", Text),
        ("before", Json),
        ("version_after", BigInteger),
        ("mapping_before", Json),
    ];
    let names = columns.map(|(name, _)| format!("{table}.\"{name}\""));
    (names.join(", "), columns.map(|(_, kind)| kind).to_vec())
}

/// Reads the next cells, those of [`entry_columns`], as an entry.
pub(super) fn read_entry(entity: EntityKind, row: &mut Fetched) -> Result<JournalEntry, StoreError> {
    Ok(JournalEntry {
        row_number: row.integer()?,
        ordinal: row.integer()?,
        entity,
        record_id: row.uuid()?,
        action: row
            .text()?
            .parse()
            .map_err(|_| StoreError::Damaged { what: "journal" })?,
        mapping: row.maybe_text().zip(row.maybe_text()),
        before: row.maybe_json()?,
        version_after: row.maybe_integer(),
        mapping_before: row.maybe_json()?,
    })
}

/// A condition that a column has one of these values, and its arguments. Padded by repeating the last one, so that there
/// are few different statements.
pub(super) fn among(column: &str, values: impl IntoIterator<Item = impl Into<Scalar>>) -> (String, Vec<Scalar>) {
    let mut arguments: Vec<Scalar> = values.into_iter().map(Into::into).collect();
    if let Some(last) = arguments.last().cloned() {
        arguments.resize(arguments.len().next_power_of_two(), last);
    }
    let marks = vec!["?"; arguments.len()].join(", ");
    (format!("{column} IN ({marks})"), arguments)
}
