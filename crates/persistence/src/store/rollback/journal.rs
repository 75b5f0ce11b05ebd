//! What a run wrote, read from its end.

use std::collections::HashSet;

use torqueflow_model::import::{FIRST_ENTRY, JournalAction, JournalEntry};
use torqueflow_model::{ColumnType, EntityKind, RecordPlace};
use uuid::Uuid;

use super::facts::with;
use super::{PageEnd, RollbackPage, RollbackPart};
use crate::bulk::{BulkTransaction, Scalar};
use crate::fetch::Fetched;
use crate::store::created::{IdRange, place_of, within};
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// What a run wrote, in no order: by job and kind of record what the journal has, and by kind what the run created. The same
    /// however much of it was taken back.
    pub async fn rollback_parts(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
    ) -> Result<Vec<RollbackPart>, StoreError> {
        let mut transaction = self.begin_reading().await?;
        let rows = transaction
            .fetch(
                "SELECT DISTINCT job_id, entity_type FROM import_journal WHERE organization_id = ? AND run_id = ?",
                &[organization.0.into(), run_id.into()],
                &[ColumnType::Uuid, ColumnType::Text],
            )
            .await?;
        let parts = rows.into_iter().map(|mut row| {
            Ok(RollbackPart {
                job_id: Some(row.uuid()?),
                entity: EntityKind::from_name(&row.text()?).ok_or(StoreError::Damaged { what: "journal" })?,
            })
        });
        let created = EntityKind::ALL.map(|entity| RollbackPart { job_id: None, entity });
        parts.chain(created.map(Ok)).collect()
    }

    /// How many writes of a run there are to take back, those that were taken back before among them.
    pub async fn rollback_count(&self, organization: OrganizationId, run_id: Uuid) -> Result<i64, StoreError> {
        let mut transaction = self.begin_reading().await?;
        let own = [organization.0.into(), run_id.into()];
        let mut count = transaction
            .count(
                "SELECT count(*) FROM import_journal WHERE organization_id = ? AND run_id = ?",
                &own,
            )
            .await?;
        let mut of_results = own.to_vec();
        of_results.push(FIRST_ENTRY.into());
        count += transaction
            .count(
                "SELECT count(*) FROM import_rollback_result WHERE organization_id = ? AND run_id = ? AND ordinal < ? \
                 AND outcome = 'reversed'",
                &of_results,
            )
            .await?;
        for entity in EntityKind::ALL {
            count += transaction.count_created(organization, run_id, entity).await?;
        }
        Ok(count)
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
    async fn count(&mut self, sql: &str, arguments: &[Scalar]) -> Result<i64, StoreError> {
        let mut rows = self.fetch(sql, arguments, &[ColumnType::BigInteger]).await?;
        rows.first_mut().map_or(Ok(0), Fetched::integer)
    }

    /// The records of a kind that a run created and that are there, or are named by a mapping though they are gone; without
    /// those of the journal.
    async fn count_created(
        &mut self,
        organization: OrganizationId,
        run_id: Uuid,
        entity: EntityKind,
    ) -> Result<i64, StoreError> {
        let range = IdRange::of_run(run_id).scalars();
        let table = entity.name();
        // Not `EXISTS`: PostgreSQL would read the whole journal, and keep it in a hash table.
        let journalled = |id: &str| {
            format!(
                "(SELECT 1 FROM import_journal AS j WHERE j.organization_id = t.organization_id AND j.record_id = {id} \
                 AND j.run_id = ? AND j.action = 'created' LIMIT 1) IS NOT NULL"
            )
        };
        let there = format!(
            "SELECT count(*) FROM \"{table}\" AS t WHERE t.organization_id = ? AND {} AND NOT ({})",
            within(self.is_postgres(), "t.id"),
            journalled("t.id"),
        );
        let arguments = |others: Vec<Scalar>| {
            let own = std::iter::once(organization.0.into()).chain(range.clone());
            own.chain(others).collect::<Vec<Scalar>>()
        };
        let there = self.count(&there, &arguments(vec![run_id.into()])).await?;
        let gone = format!(
            "SELECT count(DISTINCT t.record_id) FROM import_mapping AS t WHERE t.organization_id = ? AND {} \
             AND t.entity_type = ? AND t.origin = 'created' AND NOT EXISTS (SELECT 1 FROM \"{table}\" AS c \
             WHERE c.organization_id = t.organization_id AND c.id = t.record_id) AND NOT ({}) \
             AND NOT EXISTS (SELECT 1 FROM import_rollback_result AS r WHERE r.organization_id = t.organization_id \
             AND r.run_id = ? AND r.record_id = t.record_id AND r.ordinal < ? AND r.outcome = 'reversed')",
            within(self.is_postgres(), "t.record_id"),
            journalled("t.record_id"),
        );
        let others = vec![table.into(), run_id.into(), run_id.into(), FIRST_ENTRY.into()];
        Ok(there + self.count(&gone, &arguments(others)).await?)
    }

    /// The next entries of a page, the newest first, and where they end: `None` when nothing is behind them.
    pub(super) async fn written_page(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
    ) -> Result<(Vec<JournalEntry>, Option<PageEnd>), StoreError> {
        let (mut entries, end) = match page.part.job_id {
            Some(job_id) => self.journal_page(organization, page, job_id).await?,
            None => self.created_page(organization, page).await?,
        };
        if page.again {
            self.leave_out_reversed(organization, page, &mut entries).await?;
        }
        Ok((entries, end))
    }

    /// What the run created, in the form of journal entries; without what the journal has.
    async fn created_page(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
    ) -> Result<(Vec<JournalEntry>, Option<PageEnd>), StoreError> {
        let range = IdRange::of_run(page.run_id);
        let range = match page.after {
            Some(PageEnd::Record(id)) => range.below(id),
            _ => range,
        };
        let created = self
            .created_below(organization, page.part.entity, &range, page.limit)
            .await?;
        let tables = self.tables(organization, page.run_id).await?;
        let journalled = self
            .journalled_creations(organization, page.run_id, &created.ids)
            .await?;
        let end = created.ids.last().filter(|_| created.has_more);
        let mut mappings = created.mappings;
        let ids = created.ids.iter().filter(|id| !journalled.contains(id));
        let entries = ids.filter_map(|id| {
            let place = place_of(page.run_id, *id)?;
            Some(JournalEntry {
                job_id: *tables.get(&place.table())?,
                mapping: mappings.remove(id),
                ..creation(page.part.entity, *id, place)
            })
        });
        Ok((entries.collect(), end.copied().map(PageEnd::Record)))
    }

    async fn journalled_creations(
        &mut self,
        organization: OrganizationId,
        run_id: Uuid,
        ids: &[Uuid],
    ) -> Result<HashSet<Uuid>, StoreError> {
        if ids.is_empty() {
            return Ok(HashSet::new());
        }
        let (condition, mut arguments) = among("record_id", ids.iter().copied());
        arguments.push(run_id.into());
        let sql = format!(
            "SELECT record_id FROM import_journal WHERE organization_id = ? AND {condition} AND run_id = ? \
             AND action = 'created'"
        );
        let rows = self
            .fetch(&sql, &with(organization, arguments), &[ColumnType::Uuid])
            .await?;
        rows.into_iter().map(|mut row| row.uuid()).collect()
    }

    /// The next entries of the journal of a job.
    async fn journal_page(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        job_id: Uuid,
    ) -> Result<(Vec<JournalEntry>, Option<PageEnd>), StoreError> {
        let (row, ordinal) = match page.after {
            Some(PageEnd::Entry(row, ordinal)) => (row, ordinal),
            _ => (i64::MAX, i64::MAX),
        };
        let (columns, types) = entry_columns("j");
        let sql = format!(
            "SELECT {columns} FROM import_journal AS j \
             WHERE organization_id = ? AND run_id = ? AND job_id = ? AND entity_type = ? \
             AND (row_number, ordinal) < (?, ?) ORDER BY row_number DESC, ordinal DESC LIMIT ?"
        );
        let arguments = [
            organization.0.into(),
            page.run_id.into(),
            job_id.into(),
            page.part.entity.name().into(),
            row.into(),
            ordinal.into(),
            (page.limit as i64).into(),
        ];
        let rows = self.fetch(&sql, &arguments, &types).await?;
        let entries = rows.into_iter().map(|mut row| read_entry(page.part.entity, &mut row));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        let end = entries.last().map(super::place).filter(|_| entries.len() == page.limit);
        Ok((entries, end.map(|(row, ordinal)| PageEnd::Entry(row, ordinal))))
    }

    /// Leaves out what an earlier attempt has taken back.
    async fn leave_out_reversed(
        &mut self,
        organization: OrganizationId,
        page: &RollbackPage,
        entries: &mut Vec<JournalEntry>,
    ) -> Result<(), StoreError> {
        let mut reversed: HashSet<(Uuid, (i64, i64))> = HashSet::new();
        for (newest, oldest) in super::by_job(entries) {
            let rows = self
                .fetch(
                    "SELECT row_number, ordinal FROM import_rollback_result \
                     WHERE organization_id = ? AND run_id = ? AND job_id = ? AND row_number BETWEEN ? AND ? \
                     AND outcome = 'reversed'",
                    &[
                        organization.0.into(),
                        page.run_id.into(),
                        newest.job_id.into(),
                        oldest.row_number.into(),
                        newest.row_number.into(),
                    ],
                    &[ColumnType::BigInteger, ColumnType::BigInteger],
                )
                .await?;
            for mut row in rows {
                reversed.insert((newest.job_id, (row.integer()?, row.integer()?)));
            }
        }
        entries.retain(|entry| !reversed.contains(&(entry.job_id, super::place(entry))));
        Ok(())
    }
}

/// The columns of the journal that make an entry, and their types.
pub(super) fn entry_columns(table: &str) -> (String, Vec<ColumnType>) {
    use ColumnType::{BigInteger, Json, Text, Uuid as Id};
    let columns = [
        ("job_id", Id),
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
        job_id: row.uuid()?,
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

/// The creation of a record, in the form of a journal entry; of no job yet.
pub(super) fn creation(entity: EntityKind, record_id: Uuid, place: RecordPlace) -> JournalEntry {
    JournalEntry {
        job_id: Uuid::nil(),
        row_number: place.row(),
        ordinal: place.part_number(),
        entity,
        record_id,
        action: JournalAction::Created,
        mapping: None,
        before: None,
        version_after: Some(1),
        mapping_before: None,
    }
}

/// A condition that a column has one of these values, and its arguments. Padded by repeating the last one, so that there
/// are few different statements.
pub(in crate::store) fn among(
    column: &str,
    values: impl IntoIterator<Item = impl Into<Scalar>>,
) -> (String, Vec<Scalar>) {
    let mut arguments: Vec<Scalar> = values.into_iter().map(Into::into).collect();
    if let Some(last) = arguments.last().cloned() {
        arguments.resize(arguments.len().next_power_of_two(), last);
    }
    let marks = vec!["?"; arguments.len()].join(", ");
    (format!("{column} IN ({marks})"), arguments)
}
