//! How good the data of a run is, counted by the database.

use torqueflow_model::EntityKind;
use torqueflow_model::import::FindingCell;
use uuid::Uuid;

use super::batch::business_columns;
use super::created::{IdRange, within};
use super::finding::cells_of;
use crate::sql::query;
use crate::{OrganizationId, Store, StoreError};

/// What was found in a column of a job, how often, and in how many rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingGroup {
    /// The stable code.
    pub code: String,
    /// The severity.
    pub severity: String,
    /// The column, from 0.
    pub column_index: Option<i64>,
    /// The field: `customer.phone`.
    pub field: Option<String>,
    /// How often.
    pub count: i64,
    /// In how many rows.
    pub rows: i64,
}

/// A finding that stands for many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingExample {
    /// The stable code.
    pub code: String,
    /// The column, from 0.
    pub column_index: Option<i64>,
    /// The field.
    pub field: Option<String>,
    /// The row as a person sees it; 0 for what stands on the column.
    pub row_number: i64,
    /// The text of the cell.
    pub value: String,
    /// What the message says beyond the code.
    pub detail: String,
    /// The first of the cells that a finding of a column is about.
    pub cells: Vec<FindingCell>,
}

/// How many records of an entity there are, and how many of them have a value in each column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// The records.
    pub records: i64,
    /// Per column how many have a value in it.
    pub filled: Vec<(String, i64)>,
}

impl Store {
    /// What was found in a job, per code and column.
    pub async fn quality_findings(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
    ) -> Result<Vec<FindingGroup>, StoreError> {
        let rows = self
            .select(
                "SELECT code, severity, column_index, field, CAST(sum(cells) AS BIGINT) AS count, \
                 CAST(sum(CASE WHEN row_number = 0 THEN cells ELSE 0 END) AS BIGINT) \
                 + count(DISTINCT CASE WHEN row_number > 0 THEN row_number END) AS row_count \
                 FROM import_finding WHERE organization_id = $1 AND job_id = $2 \
                 GROUP BY code, severity, column_index, field",
                vec![organization.0.into(), job_id.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(FindingGroup {
                    code: row.try_get("", "code")?,
                    severity: row.try_get("", "severity")?,
                    column_index: row.try_get("", "column_index")?,
                    field: row.try_get("", "field")?,
                    count: row.try_get("", "count")?,
                    rows: row.try_get("", "row_count")?,
                })
            })
            .collect()
    }

    /// The first few findings of each code and column of a job.
    pub async fn quality_examples(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        each: i64,
    ) -> Result<Vec<FindingExample>, StoreError> {
        let rows = self
            .select(
                "SELECT code, column_index, field, row_number, value, detail, examples FROM (\
                 SELECT code, column_index, field, row_number, ordinal, value, detail, examples, \
                 row_number() OVER (PARTITION BY code, column_index, field ORDER BY row_number, ordinal) AS place \
                 FROM import_finding WHERE organization_id = $1 AND job_id = $2) AS numbered \
                 WHERE place <= $3 ORDER BY row_number, ordinal",
                vec![organization.0.into(), job_id.into(), each.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(FindingExample {
                    code: row.try_get("", "code")?,
                    column_index: row.try_get("", "column_index")?,
                    field: row.try_get("", "field")?,
                    row_number: row.try_get("", "row_number")?,
                    value: row.try_get("", "value")?,
                    detail: row.try_get("", "detail")?,
                    cells: cells_of(row.try_get("", "examples")?),
                })
            })
            .collect()
    }

    /// How complete the records are that a run created or changed, as they are now.
    pub async fn quality_completeness(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        entity: EntityKind,
    ) -> Result<Completeness, StoreError> {
        let (table, columns) = (entity.name(), business_columns(entity));
        let counts: Vec<String> = columns
            .iter()
            .map(|(name, _)| format!("count(b.\"{name}\") AS \"filled_{name}\""))
            .collect();
        let sql = format!(
            "SELECT count(*) AS records, {} FROM (SELECT id FROM \"{table}\" WHERE organization_id = ? AND {} \
             UNION SELECT record_id FROM import_journal WHERE organization_id = ? AND run_id = ? AND entity_type = ? \
             AND action <> 'mapped') AS j JOIN \"{table}\" b ON b.organization_id = ? AND b.id = j.id",
            counts.join(", "),
            within(self.is_postgres(), "id"),
        );
        let own: sea_orm::Value = organization.0.into();
        let created = std::iter::once(own.clone()).chain(IdRange::of_run(run_id).values());
        let changed = [own.clone(), run_id.into(), table.into(), own];
        let rows = query(&self.reader, &sql, created.chain(changed)).await?;
        let row = rows.first().ok_or(StoreError::Damaged { what: "journal" })?;
        let filled = columns
            .into_iter()
            .map(|(name, _)| {
                let count = row.try_get("", &format!("filled_{name}"))?;
                Ok((name, count))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Completeness {
            records: row.try_get("", "records")?,
            filled,
        })
    }
}
