//! What a run did to records and fields, counted by the database, and record by record.

use sea_orm::QueryResult;
use torqueflow_model::EntityKind;
use uuid::Uuid;

use super::created::{CreationFilter, IdRange, created_mappings, created_mappings_values};
use super::export::Place;
use crate::sql::query;
use crate::{OrganizationId, Store, StoreError};

/// How often a run did something with a column of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldCount {
    /// The entity.
    pub entity: String,
    /// The column, or the field that the file gave.
    pub field: String,
    /// How often.
    pub count: i64,
}

/// How often something was found in the rows of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingTally {
    /// The field: `customer.phone`; `None` for what is about the row.
    pub field: Option<String>,
    /// The stable code.
    pub code: String,
    /// The severity.
    pub severity: String,
    /// How often.
    pub count: i64,
}

/// What a run did with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteOutcome {
    /// It was created.
    Created,
    /// It was changed by a refresh.
    Updated,
    /// An incoming record was merged into it.
    Merged,
    /// An incoming record was skipped in favour of it.
    Skipped,
}

/// Which of the records that a run wrote are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenFilter<'a> {
    /// The entity.
    pub entity: EntityKind,
    /// What was done with them.
    pub outcome: WriteOutcome,
    /// Only those of which this field was written. For created records it is named as in
    /// [`reconciliation_created`](Store::reconciliation_created), else it is a column.
    pub field: Option<&'a str>,
}

/// A record that a run wrote, and the row that did it.
#[derive(Debug, Clone, PartialEq)]
pub struct WrittenRecord {
    /// Where.
    pub place: Place,
    /// Our record.
    pub record_id: Uuid,
    /// Its id at the source.
    pub source_id: Option<String>,
    /// What the changed columns held before.
    pub before: Option<serde_json::Value>,
}

/// The journal of a run, each entry with its mapping as it is now.
const JOURNAL: &str = "FROM import_journal j LEFT JOIN import_mapping m ON m.organization_id = j.organization_id \
     AND m.source_system = j.mapping_source_system AND m.entity_type = j.entity_type \
     AND m.source_id = j.mapping_source_id";

impl Store {
    /// Per entity and field, how many of the records that the run created have a value in it. Fields are named as the
    /// mappings name them; a link that was found is named by its column.
    pub async fn reconciliation_created(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
    ) -> Result<Vec<FieldCount>, StoreError> {
        let sql = format!(
            "SELECT c.entity_type AS entity, k.key AS field, count(*) AS count FROM ({}) AS c CROSS JOIN {} \
             GROUP BY c.entity_type, k.key",
            created_mappings(self.is_postgres()).join(" UNION ALL "),
            self.json_keys("c.imported_values"),
        );
        let values = created_mappings_values(organization, &IdRange::of_run(run_id));
        let twice = values.clone().into_iter().chain(values);
        field_counts(&query(&self.reader, &sql, twice).await?)
    }

    /// Per entity and column, how many records the run changed: by merging into them, or else by refreshing them.
    pub async fn reconciliation_changed(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        merged: bool,
    ) -> Result<Vec<FieldCount>, StoreError> {
        let sql = format!(
            "SELECT j.entity_type AS entity, k.key AS field, count(*) AS count FROM import_journal j CROSS JOIN {} \
             WHERE j.organization_id = $1 AND j.run_id = $2 AND j.action = 'updated' AND {} \
             GROUP BY j.entity_type, k.key",
            self.json_keys("j.before"),
            changed_by(merged),
        );
        field_counts(&self.select(&sql, vec![organization.0.into(), run_id.into()]).await?)
    }

    /// How often each code was found in each field of a job's rows.
    pub async fn reconciliation_findings(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
    ) -> Result<Vec<FindingTally>, StoreError> {
        let rows = self
            .select(
                "SELECT field, code, severity, count(*) AS count FROM import_finding \
                 WHERE organization_id = $1 AND job_id = $2 GROUP BY field, code, severity",
                vec![organization.0.into(), job_id.into()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(FindingTally {
                    field: row.try_get("", "field")?,
                    code: row.try_get("", "code")?,
                    severity: row.try_get("", "severity")?,
                    count: row.try_get("", "count")?,
                })
            })
            .collect()
    }

    /// Records that a run wrote, behind this place.
    pub async fn reconciliation_records(
        &self,
        organization: OrganizationId,
        run_id: Uuid,
        filter: WrittenFilter<'_>,
        after: Place,
        limit: u64,
    ) -> Result<Vec<WrittenRecord>, StoreError> {
        let condition = filter.condition();
        let sql = format!(
            "SELECT j.job_id, j.row_number, j.ordinal, j.record_id, j.mapping_source_id, j.before {JOURNAL} \
             WHERE j.organization_id = $1 AND j.run_id = $2 AND j.entity_type = $3 AND {condition} \
             AND (j.job_id, j.row_number, j.ordinal) > ($4, $5, $6) \
             ORDER BY j.job_id, j.row_number, j.ordinal LIMIT $7"
        );
        let mut values = vec![
            organization.0.into(),
            run_id.into(),
            filter.entity.name().into(),
            after.job_id.into(),
            after.row_number.into(),
            after.ordinal.into(),
            (limit as i64).into(),
        ];
        if condition.contains("$8") {
            values.push(filter.field.unwrap_or_default().into());
        }
        let rows = self.select(&sql, values).await?;
        let written = rows.iter().map(|row| {
            Ok(WrittenRecord {
                place: Place {
                    job_id: row.try_get("", "job_id")?,
                    row_number: row.try_get("", "row_number")?,
                    ordinal: row.try_get("", "ordinal")?,
                },
                record_id: row.try_get("", "record_id")?,
                source_id: row.try_get("", "mapping_source_id")?,
                before: row.try_get("", "before")?,
            })
        });
        let mut written = written.collect::<Result<Vec<_>, StoreError>>()?;
        if filter.outcome == WriteOutcome::Created {
            let of = CreationFilter {
                entity: Some(filter.entity),
                field: filter.field,
            };
            let created = self.creations_after(organization, run_id, of, after, limit).await?;
            written.extend(created.into_iter().map(|created| WrittenRecord {
                place: created.place,
                record_id: created.record_id,
                source_id: created.mapping.map(|(_, source_id)| source_id),
                before: None,
            }));
            written.sort_by_key(|written| written.place);
            written.truncate(limit as usize);
        }
        Ok(written)
    }
}

fn field_counts(rows: &[QueryResult]) -> Result<Vec<FieldCount>, StoreError> {
    rows.iter()
        .map(|row| {
            Ok(FieldCount {
                entity: row.try_get("", "entity")?,
                field: row.try_get("", "field")?,
                count: row.try_get("", "count")?,
            })
        })
        .collect()
}

impl WrittenFilter<'_> {
    /// The condition on a line of [`JOURNAL`], where `$8` is the field. It has few of the created records; see `created`.
    fn condition(&self) -> String {
        let changed = |merged| format!("j.action = 'updated' AND {}", changed_by(merged));
        let has_field = "j.before -> $8 IS NOT NULL";
        match (self.outcome, self.field) {
            (WriteOutcome::Created, None) => "j.action = 'created'".to_owned(),
            (WriteOutcome::Created, Some(_)) => {
                "j.action = 'created' AND m.imported_values -> $8 IS NOT NULL".to_owned()
            }
            (WriteOutcome::Updated, None) => changed(false),
            (WriteOutcome::Updated, Some(_)) => format!("{} AND {has_field}", changed(false)),
            // An address that is there already is mapped as merged, and nothing is written to it.
            (WriteOutcome::Merged, None) => {
                format!("{NEWLY_MAPPED} AND m.origin = 'merged' AND j.entity_type <> 'customer_address'")
            }
            (WriteOutcome::Merged, Some(_)) => format!("{} AND {has_field}", changed(true)),
            (WriteOutcome::Skipped, _) => format!("{NEWLY_MAPPED} AND m.origin = 'skipped'"),
        }
    }
}

/// A refresh that changes nothing but what the mapping remembers says what that was before.
const NEWLY_MAPPED: &str = "j.action = 'mapped' AND j.mapping_before IS NULL";

/// A merge writes the mapping in an entry of its own before the change; a refresh writes both in one.
fn changed_by(merged: bool) -> &'static str {
    if merged {
        "j.mapping_source_id IS NULL"
    } else {
        "j.mapping_source_id IS NOT NULL"
    }
}
