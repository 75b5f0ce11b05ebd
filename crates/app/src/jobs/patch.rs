//! What a person changes of a table.

use serde::Serialize;
use torqueflow_model::DateOrder;
use torqueflow_persistence::{Actor, AuditEvent, ImportFile, Job, OrganizationId, SavedMapping};
use torqueflow_pipeline::{Mapping, column_keys, column_named, mapping_for};
use uuid::Uuid;

use super::head_of;
use crate::App;
use crate::detect::choices_of;
use crate::error::AppError;
use crate::saved_mappings::{self, learn};
use crate::tables::{Head, TableChoices, plan_again};

/// What a person changes of a table. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct JobPatch {
    /// The type: `generic.customers`.
    pub table_type: Option<String>,
    /// What changes of the mapping.
    pub mapping: Option<MappingPatch>,
    /// Whether the first row is a header.
    pub has_header_row: Option<bool>,
    /// The order of day and month in all date columns.
    pub date_order: Option<DateOrder>,
    /// Whether the table is imported at all.
    pub included: Option<bool>,
    /// Remembers the mapping under this name, for tables with the same headers.
    pub save_mapping_as: Option<String>,
}

/// What a person changes of a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum MappingPatch {
    /// Everything that people said of the columns, now or in a saved mapping.
    TakeBack,
    /// What becomes of these columns. Those that are not named stay.
    Columns(Mapping),
}

/// Changes a job as a person says. Gives the mapping that is to be saved with it, if any. Nothing is kept yet.
pub(crate) async fn change(
    app: &App,
    organization: OrganizationId,
    actor: &Actor,
    job: &mut Job,
    files: &[ImportFile],
    source_system: Option<&str>,
    patch: &JobPatch,
) -> Result<Option<SavedMapping>, AppError> {
    let choices = choices_of(job.choices.as_ref())?;
    let found = head_of(app, job, files).await?;
    let has_header_row = patch.has_header_row.or(choices.has_header_row);
    let head = Head::new(&found.headers, job.header_row, found.rows, has_header_row);
    let learned = learn(app, organization, job, &head, choices).await?;
    let choices = patch.over(learned, &head.headers);
    plan_again(job, app.sources(), source_system, &head, &choices)?;
    job.choices = serde_json::to_value(&choices).ok();
    job.version += 1;
    match &patch.save_mapping_as {
        Some(name) => Ok(Some(saved_mappings::named(app, organization, actor, job, name).await?)),
        None => Ok(None),
    }
}

impl JobPatch {
    /// The choices so far, with these over them. `headers`: those of the table by now.
    fn over(&self, choices: TableChoices, headers: &[String]) -> TableChoices {
        let retyped = self.table_type.is_some() && self.table_type != choices.table_type;
        let takes_back = self.mapping == Some(MappingPatch::TakeBack);
        // The fields of another type are other fields, and another header has other columns.
        let before = choices.mapping.filter(|_| !retyped && !takes_back);
        let before = before.map(|mapping| mapping_for(headers, &mapping));
        // A type that was taken from a saved mapping goes with it.
        let type_before = choices.table_type.filter(|_| !(takes_back && choices.saved.is_some()));
        TableChoices {
            table_type: self.table_type.clone().or(type_before),
            mapping: match &self.mapping {
                Some(MappingPatch::Columns(columns)) => Some(merged(before.unwrap_or_default(), columns, headers)),
                Some(MappingPatch::TakeBack) | None => before,
            },
            has_header_row: self.has_header_row.or(choices.has_header_row),
            date_order: self.date_order.or(choices.date_order),
            included: self.included.or(choices.included),
            saved: choices.saved.filter(|_| !retyped && !takes_back),
            without_saved: choices.without_saved || takes_back,
        }
    }

    /// What is told of it.
    pub(crate) fn event(&self, actor: &Actor, job_id: Uuid) -> AuditEvent {
        AuditEvent::now(actor, "import_job.changed")
            .on("import_job", job_id.to_string())
            .with(serde_json::json!({
                "type": self.table_type,
                "mapping": self.mapping,
                "has_header_row": self.has_header_row,
                "date_order": self.date_order,
                "included": self.included,
                "save_mapping_as": self.save_mapping_as,
            }))
    }
}

/// A mapping with these entries in place of its own, by the columns that they mean.
fn merged(mut mapping: Mapping, columns: &Mapping, headers: &[String]) -> Mapping {
    let keys = column_keys(headers);
    for (name, choice) in columns {
        let key = column_named(&keys, name).and_then(|index| keys.get(index));
        // What is no column was a constant, which null takes away.
        if key.is_none() && *choice == torqueflow_pipeline::ColumnChoice::LeftOut && mapping.remove(name).is_some() {
            continue;
        }
        mapping.insert(key.unwrap_or(name).clone(), choice.clone());
    }
    mapping
}
