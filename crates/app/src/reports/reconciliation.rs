//! Reconciliation: what a run did, per entity and per field.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use torqueflow_model::{EntityKind, FindingCode, JobStatus, RunStatus, Severity};
use torqueflow_persistence::{EntityCounts, FieldCount, OrganizationId};
use torqueflow_pipeline::table_ordinal;
use uuid::Uuid;

use super::{Places, column_label, column_of, finding_field, main_entity, write_csv};
use crate::error::AppError;
use crate::summary::Totals;
use crate::tables::is_left_out;
use crate::{App, boxed};

/// The finding that says that a field was left as a person set it.
pub(super) const PRESERVED: &str = "field_preserved";

/// What a run did, per entity and per field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// The run.
    pub run_id: Uuid,
    /// Its state.
    pub status: RunStatus,
    /// `initial` or `refresh`.
    pub mode: Option<String>,
    /// What became of the rows of all recognised tables.
    pub totals: RowReconciliation,
    /// What became of the rows, by table in import order.
    pub tables: Vec<TableReconciliation>,
    /// What became of the records, by entity in import order.
    pub entities: Vec<EntityReconciliation>,
}

/// Where the rows of a file went: those below its header are `rows` and all of `left_out`; `rows` are those in the database,
/// those that were skipped and those that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RowReconciliation {
    /// The rows below the header.
    pub rows_in_file: i64,
    /// Those of them whose records are in the database.
    pub in_database: i64,
    /// Those that were left out because of a match, or by a person.
    pub skipped: i64,
    /// The rows that hold records, by what became of them, and those that hold none, by class.
    #[serde(flatten)]
    pub totals: Totals,
}

impl From<Totals> for RowReconciliation {
    fn from(totals: Totals) -> Self {
        let left_out: u64 = totals.left_out.values().sum();
        Self {
            rows_in_file: totals.rows + left_out as i64,
            in_database: totals.in_database(),
            skipped: totals.skipped(),
            totals,
        }
    }
}

/// Where the rows of a table went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TableReconciliation {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// Its place among the tables that stand below each other there, from 1.
    pub table: usize,
    /// Its rows.
    #[serde(flatten)]
    pub rows: RowReconciliation,
}

/// What a run did with records, or with a field of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// New records; of a field, those that came with a value.
    pub created: i64,
    /// Records whose values were brought up to date.
    pub updated: i64,
    /// Records with fields that were left as a person set them.
    pub preserved: i64,
    /// Warnings about them; one that holds for a column counts once.
    pub flagged: i64,
    /// Incoming records that were merged into others; of a field, blanks that were filled.
    pub merged: i64,
    /// Incoming records that were left out in favour of others.
    pub skipped: i64,
    /// Records that say what they said before.
    pub unchanged: i64,
    /// Records of rows that failed.
    pub failed: i64,
}

/// What became of the records of an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityReconciliation {
    /// The entity: `customer`.
    pub entity: &'static str,
    /// What a person calls one.
    pub label: &'static str,
    /// The records.
    #[serde(flatten)]
    pub changes: Changes,
    /// Its fields that anything happened to, in the order of the catalogue.
    pub fields: Vec<FieldReconciliation>,
}

/// What became of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldReconciliation {
    /// The database column, or what the file gives where that has none.
    pub field: String,
    /// What a person calls it.
    pub label: String,
    /// How often what happened to it. Records are skipped, unchanged and failed as wholes, so those are 0.
    #[serde(flatten)]
    pub changes: Changes,
}

/// What a run did, per entity and per field.
///
/// Records are counted as the run counted them. Fields are counted from the mappings of the records that it created, from
/// its journal, and from its findings; after a rollback the first of these are gone.
#[boxed]
pub async fn reconciliation(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<Reconciliation, AppError> {
    let run = app.store.run_get(organization, run_id).await?;
    let places = Places::load(app, organization, run_id).await?;
    let mut draft = Draft::default();
    for job in &places.jobs {
        for (entity, counts) in &job.entity_counts {
            if let Some(entity) = EntityKind::from_name(entity) {
                add_counts(&mut draft.0.entry(entity).or_default().changes, counts);
            }
        }
    }
    let store = &app.store;
    draft.add(store.reconciliation_created(organization, run_id).await?, |changes| {
        &mut changes.created
    });
    draft.add(
        store.reconciliation_changed(organization, run_id, false).await?,
        |changes| &mut changes.updated,
    );
    draft.add(
        store.reconciliation_changed(organization, run_id, true).await?,
        |changes| &mut changes.merged,
    );
    for job in &places.jobs {
        for tally in store.reconciliation_findings(organization, job.id).await? {
            let field = tally.field.as_deref().and_then(finding_field);
            let Some(entity) = field.map(|(entity, _)| entity).or_else(|| main_entity(job)) else {
                continue;
            };
            let column = field.map(|(_, spec)| column_of(spec).unwrap_or_else(|| spec.name.to_owned()));
            let is_flag = is_flag(&tally.code, &tally.severity);
            let draft = draft.0.entry(entity).or_default();
            if is_flag {
                draft.changes.flagged += tally.count;
            }
            let Some(column) = column else { continue };
            let changes = draft.fields.entry(column).or_default();
            if is_flag {
                changes.flagged += tally.count;
            } else if tally.code == PRESERVED {
                changes.preserved += tally.count;
            }
        }
    }
    let jobs = places.jobs.iter();
    let recognised = jobs.filter(|job| job.status != JobStatus::Unrecognised && !is_left_out(job));
    let tables = recognised.map(|job| TableReconciliation {
        file: places.file(job).to_owned(),
        sheet: job.sheet.clone(),
        table: table_ordinal(job.table_index as usize),
        rows: Totals::of(job).into(),
    });
    Ok(Reconciliation {
        run_id,
        status: run.status,
        mode: run.mode,
        totals: Totals::of_all(&places.jobs).into(),
        tables: tables.collect(),
        entities: draft.finish(),
    })
}

/// Warnings flag a record. What fails a row is counted with the row, and what a person kept is no flaw.
pub(super) fn is_flag(code: &str, severity: &str) -> bool {
    severity == Severity::Warning.name() && code != PRESERVED && FindingCode::from_code(code).is_some()
}

fn add_counts(changes: &mut Changes, counts: &EntityCounts) {
    changes.created += counts.created;
    changes.updated += counts.updated;
    changes.preserved += counts.preserved;
    changes.merged += counts.merged;
    changes.skipped += counts.skipped;
    changes.unchanged += counts.unchanged;
    changes.failed += counts.failed;
}

/// The report in the making.
#[derive(Default)]
struct Draft(BTreeMap<EntityKind, EntityDraft>);

#[derive(Default)]
struct EntityDraft {
    changes: Changes,
    fields: BTreeMap<String, Changes>,
}

impl Draft {
    /// Adds what was counted per field. Mappings name what the file gives for a link by the field, and the link that was
    /// found by its column: only the latter is in the record.
    fn add(&mut self, counts: Vec<FieldCount>, counter: fn(&mut Changes) -> &mut i64) {
        for count in counts {
            let Some(entity) = EntityKind::from_name(&count.entity) else {
                continue;
            };
            let is_link_text = |spec: &&torqueflow_model::FieldSpec| {
                spec.name == count.field && spec.column().is_some_and(|column| column != count.field)
            };
            if entity.fields().iter().any(|spec| is_link_text(&spec)) {
                continue;
            }
            let fields = &mut self.0.entry(entity).or_default().fields;
            *counter(fields.entry(count.field).or_default()) += count.count;
        }
    }

    fn finish(self) -> Vec<EntityReconciliation> {
        let entities = self.0.into_iter().filter(|(_, draft)| {
            draft.changes != Changes::default() || draft.fields.values().any(|changes| *changes != Changes::default())
        });
        entities
            .map(|(entity, draft)| {
                let mut fields: Vec<_> = draft
                    .fields
                    .into_iter()
                    .filter(|(_, changes)| *changes != Changes::default())
                    .map(|(field, changes)| FieldReconciliation {
                        label: field_label(entity, &field),
                        field,
                        changes,
                    })
                    .collect();
                fields.sort_by_key(|field| place(entity, &field.field));
                EntityReconciliation {
                    entity: entity.name(),
                    label: entity.spec().label,
                    changes: draft.changes,
                    fields,
                }
            })
            .collect()
    }
}

/// The label of a column, or of a field without a column of its own.
fn field_label(entity: EntityKind, field: &str) -> String {
    let spec = entity.fields().iter().find(|spec| spec.name == field);
    spec.map_or_else(|| column_label(entity, field), |spec| spec.label.to_owned())
}

fn place(entity: EntityKind, field: &str) -> usize {
    let mut fields = entity.fields().iter();
    let place = fields.position(|spec| spec.name == field || column_of(spec).as_deref() == Some(field));
    place.unwrap_or(usize::MAX)
}

impl Reconciliation {
    /// The report as CSV that is safe to open in a spreadsheet: a line per entity, each followed by its fields.
    pub fn write_csv(&self, writer: impl Write) -> Result<(), AppError> {
        let header = [
            "entity",
            "field",
            "created",
            "updated",
            "preserved",
            "flagged",
            "merged",
            "skipped",
            "unchanged",
            "failed",
        ];
        let rows = self.entities.iter().flat_map(|entity| {
            let own = line(entity.entity, "", &entity.changes);
            let fields = entity.fields.iter();
            std::iter::once(own).chain(fields.map(|field| line(entity.entity, &field.field, &field.changes)))
        });
        write_csv(writer, header, rows)
    }
}

fn line(entity: &str, field: &str, changes: &Changes) -> [String; 10] {
    let number = |count: i64| count.to_string();
    [
        entity.to_owned(),
        field.to_owned(),
        number(changes.created),
        number(changes.updated),
        number(changes.preserved),
        number(changes.flagged),
        number(changes.merged),
        number(changes.skipped),
        number(changes.unchanged),
        number(changes.failed),
    ]
}
