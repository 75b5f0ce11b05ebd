//! Everything that a run did, page by page in the order in which it did it, for an export.

use std::collections::HashMap;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use torqueflow_model::import::JournalAction;
use uuid::Uuid;

use super::padded_chunks;
use crate::entity::{import_duplicate, import_mapping, import_record, import_row_choice};
use crate::store::created::CreationFilter;
use crate::store::duplicate::Duplicate;
use crate::{OrganizationId, Store, StoreError};

/// A place in what a run did: job, row, and which of several things in the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The job.
    pub job_id: Uuid,
    /// The row as a person sees it.
    pub row_number: i64,
    /// Which of several.
    pub ordinal: i64,
}

impl Place {
    /// Before everything.
    pub const START: Self = Self {
        job_id: Uuid::nil(),
        row_number: i64::MIN,
        ordinal: i64::MIN,
    };
}

/// A write of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedJournal {
    /// Where.
    pub place: Place,
    /// The kind of record.
    pub entity: String,
    /// The record.
    pub record_id: Uuid,
    /// `created`, `updated` or `mapped`.
    pub action: String,
    /// The mapping that was written with it: source system and source id.
    pub mapping: Option<(String, String)>,
    /// What the changed columns held before.
    pub before: Option<serde_json::Value>,
    /// The version of the record after it.
    pub version_after: Option<i64>,
    /// What the mapping said before.
    pub mapping_before: Option<serde_json::Value>,
}

/// A mapping as a run left it.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedMapping {
    /// Our record.
    pub record_id: Uuid,
    /// The id was concluded, not given.
    pub derived: bool,
    /// `created`, `merged` or `skipped`.
    pub origin: String,
    /// Per field what was imported, raw and cleaned; per link the record.
    pub imported_values: serde_json::Value,
    /// A later run has imported the record again since.
    pub superseded: bool,
}

/// What later rows of a run added to a record that an earlier row brought.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedFills {
    /// The row that brought the record.
    pub row_number: i64,
    /// The record's slot in it.
    pub slot: String,
    /// The id that the record got if it was created.
    pub record_id: Uuid,
    /// Per field raw text, value, and where those stand.
    pub fills: serde_json::Value,
}

impl Store {
    /// The writes of a run behind this place, by job, row and order in the row: what the journal has, and the records that the
    /// run created, which come first in their rows.
    pub async fn export_journal(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        after: Place,
        limit: u64,
    ) -> Result<Vec<ExportedJournal>, StoreError> {
        let rows = self
            .select(
                "SELECT job_id, row_number, ordinal, entity_type, record_id, action, mapping_source_system, \
                 mapping_source_id, before, version_after, mapping_before FROM import_journal \
                 WHERE organization_id = $1 AND run_id = $2 AND (job_id, row_number, ordinal) > ($3, $4, $5) \
                 ORDER BY job_id, row_number, ordinal LIMIT $6",
                vec![
                    organization.0.into(),
                    run_id.into(),
                    after.job_id.into(),
                    after.row_number.into(),
                    after.ordinal.into(),
                    (limit as i64).into(),
                ],
            )
            .await?;
        let journalled = rows.iter().map(|row| {
            let system: Option<String> = row.try_get("", "mapping_source_system")?;
            let source_id: Option<String> = row.try_get("", "mapping_source_id")?;
            Ok(ExportedJournal {
                place: Place {
                    job_id: row.try_get("", "job_id")?,
                    row_number: row.try_get("", "row_number")?,
                    ordinal: row.try_get("", "ordinal")?,
                },
                entity: row.try_get("", "entity_type")?,
                record_id: row.try_get("", "record_id")?,
                action: row.try_get("", "action")?,
                mapping: system.zip(source_id),
                before: row.try_get("", "before")?,
                version_after: row.try_get("", "version_after")?,
                mapping_before: row.try_get("", "mapping_before")?,
            })
        });
        let mut written = journalled.collect::<Result<Vec<_>, StoreError>>()?;
        let created = self
            .creations_after(organization, run_id, CreationFilter::default(), after, limit)
            .await?;
        written.extend(created.into_iter().map(|created| ExportedJournal {
            place: created.place,
            entity: created.entity.name().to_owned(),
            record_id: created.record_id,
            action: JournalAction::Created.name().to_owned(),
            mapping: created.mapping,
            before: None,
            version_after: Some(1),
            mapping_before: None,
        }));
        written.sort_by_key(|written| written.place);
        written.truncate(limit as usize);
        Ok(written)
    }

    /// The mappings of these source ids as the run left them. Those that a later run wrote again are read from that
    /// run's journal. Those that are gone are left out.
    pub async fn export_mappings(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        source_system: &str,
        entity: &str,
        source_ids: &[String],
    ) -> Result<HashMap<String, ExportedMapping>, StoreError> {
        use import_mapping::Column;
        let mut mappings = HashMap::with_capacity(source_ids.len());
        let mut superseded = Vec::new();
        for chunk in padded_chunks(source_ids) {
            let rows = import_mapping::Entity::find()
                .filter(Column::OrganizationId.eq(organization.0))
                .filter(Column::SourceSystem.eq(source_system))
                .filter(Column::EntityType.eq(entity))
                .filter(Column::SourceId.is_in(chunk))
                .all(&self.reader)
                .await?;
            for row in rows {
                if row.run_id != run_id {
                    superseded.push(row.record_id);
                }
                let mapping = ExportedMapping {
                    record_id: row.record_id,
                    derived: row.derived,
                    origin: row.origin,
                    imported_values: row.imported_values,
                    superseded: row.run_id != run_id,
                };
                mappings.insert(row.source_id, mapping);
            }
        }
        for chunk in padded_chunks(&superseded) {
            self.restore(organization, run_id, source_system, &chunk, &mut mappings)
                .await?;
        }
        Ok(mappings)
    }

    /// Puts back into mappings of these records what they said before the next run after this one wrote them.
    async fn restore(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        source_system: &str,
        record_ids: &[Uuid],
        mappings: &mut HashMap<String, ExportedMapping>,
    ) -> Result<(), StoreError> {
        let column = |name: &str| Expr::col(Alias::new(name));
        let mut select = Query::select();
        select
            .columns(["mapping_source_id", "mapping_before"].map(Alias::new))
            .from(Alias::new("import_journal"))
            .and_where(column("organization_id").eq(organization.0))
            .and_where(column("record_id").is_in(record_ids.iter().copied()))
            .and_where(column("mapping_source_system").eq(source_system))
            .and_where(column("mapping_before").is_not_null());
        let run_id = run_id.to_string();
        for row in self.reader.query_all(&select).await? {
            let before: serde_json::Value = row.try_get("", "mapping_before")?;
            let text = |key: &str| before.get(key).and_then(serde_json::Value::as_str);
            let source_id: String = row.try_get("", "mapping_source_id")?;
            let (Some(mapping), Some(values)) = (mappings.get_mut(&source_id), before.get("imported_values")) else {
                continue;
            };
            if text("run_id") == Some(run_id.as_str()) {
                mapping.imported_values.clone_from(values);
                text("origin")
                    .unwrap_or(&mapping.origin.clone())
                    .clone_into(&mut mapping.origin);
            }
        }
        Ok(())
    }

    /// What became of the rows of a job behind this one: row and outcome; only those with this outcome, if one is given.
    pub async fn export_row_results(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        outcome: Option<&str>,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<(i64, String)>, StoreError> {
        let rows = self
            .select(
                "SELECT row_number, outcome FROM import_row_result WHERE organization_id = $1 AND job_id = $2 \
                 AND row_number > $3 AND ($4 = '' OR outcome = $4) ORDER BY row_number LIMIT $5",
                vec![
                    organization.0.into(),
                    job_id.into(),
                    after.unwrap_or(i64::MIN).into(),
                    outcome.unwrap_or_default().into(),
                    (limit as i64).into(),
                ],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "row_number")?, row.try_get("", "outcome")?)))
            .collect()
    }

    /// The rows of a job that a person left out, behind this one.
    pub async fn export_rows_left_out(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        after: Option<i64>,
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        use import_row_choice::Column;
        Ok(import_row_choice::Entity::find()
            .select_only()
            .column(Column::RowNumber)
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::Included.eq(false))
            .filter(Column::RowNumber.gt(after.unwrap_or(i64::MIN)))
            .order_by_asc(Column::RowNumber)
            .limit(limit)
            .into_tuple()
            .all(&self.reader)
            .await?)
    }

    /// The matches of a run behind the one with this id.
    pub async fn export_duplicates(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<Duplicate>, StoreError> {
        use import_duplicate::Column;
        import_duplicate::Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .filter(Column::Id.gt(after.unwrap_or(Uuid::nil())))
            .order_by_asc(Column::Id)
            .limit(limit)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Duplicate::from_model)
            .collect()
    }

    /// What later rows added to the records of a job, behind this row and slot.
    pub async fn export_fills(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        after: Option<(i64, String)>,
        limit: u64,
    ) -> Result<Vec<ExportedFills>, StoreError> {
        use import_record::Column;
        let mut query = import_record::Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::Fills.is_not_null());
        if let Some((row_number, slot)) = after {
            let same_row = Column::RowNumber.eq(row_number).and(Column::Slot.gt(slot));
            query = query.filter(Column::RowNumber.gt(row_number).or(same_row));
        }
        let rows = query
            .order_by_asc(Column::RowNumber)
            .order_by_asc(Column::Slot)
            .limit(limit)
            .all(&self.reader)
            .await?;
        Ok(rows
            .into_iter()
            .map(|row| ExportedFills {
                row_number: row.row_number,
                slot: row.slot,
                record_id: row.record_id,
                fills: row.fills.unwrap_or_default(),
            })
            .collect())
    }
}
