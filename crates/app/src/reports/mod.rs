//! Reports on a run: what it did to records and fields, and how good its data is.

mod data_quality;
mod reconciliation;
mod records;

use std::io::{self, Write};

use torqueflow_model::{EntityKind, FieldRef, FieldSpec, Storage};
use torqueflow_persistence::{ImportFile, Job, OrganizationId};
use uuid::Uuid;

pub use data_quality::{CompletenessLine, DataQuality, Example, QualityLine, data_quality};
pub use reconciliation::{
    Changes, EntityReconciliation, FieldReconciliation, Reconciliation, RowReconciliation, TableReconciliation,
    reconciliation,
};
pub use records::{Outcome, RecordPage, RecordsWanted, ReportedRecord, reconciliation_records};

use crate::App;
use crate::error::AppError;
use crate::spreadsheet::neutral;

/// The files and tables of a run, by which rows are named.
pub(crate) struct Places {
    pub files: Vec<ImportFile>,
    pub jobs: Vec<Job>,
}

impl Places {
    /// Those of a run. An error when there is no such run.
    pub async fn load(app: &App, organization: OrganizationId, run_id: Uuid) -> Result<Self, AppError> {
        app.store.run_get(organization, run_id).await?;
        Ok(Self {
            files: app.store.file_list(organization, run_id).await?,
            jobs: app.store.job_list(organization, run_id).await?,
        })
    }

    pub fn job(&self, job_id: Uuid) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == job_id)
    }

    /// The name of a job's file.
    pub fn file(&self, job: &Job) -> &str {
        let file = self.files.iter().find(|file| file.id == job.file_id);
        file.map(|file| file.name.as_str()).unwrap_or_default()
    }

    /// File and worksheet of a job.
    pub fn table(&self, job_id: Uuid) -> (String, Option<String>) {
        let job = self.job(job_id);
        (
            job.map(|job| self.file(job).to_owned()).unwrap_or_default(),
            job.and_then(|job| job.sheet.clone()),
        )
    }
}

/// The entity and field that a finding is about: `customer.phone`.
fn finding_field(text: &str) -> Option<(EntityKind, &'static FieldSpec)> {
    FieldRef::parse(text).map(|field| (field.slot.entity(), field.spec))
}

/// The entity that the rows of a table are about.
fn main_entity(job: &Job) -> Option<EntityKind> {
    job.entities.iter().min().copied()
}

/// What a person calls a column: the label of its field. Fields that share a JSON column share its name.
fn column_label(entity: EntityKind, column: &str) -> String {
    let of_column = |spec: &&FieldSpec| spec.column().as_deref() == Some(column);
    if let Some(spec) = entity.fields().iter().find(of_column) {
        return spec.label.to_owned();
    }
    let words = column.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// The column that keeps a field.
fn column_of(spec: &FieldSpec) -> Option<String> {
    match spec.storage {
        Storage::Json { column, .. } => Some(column.to_owned()),
        Storage::Column | Storage::Input => spec.column(),
    }
}

/// Writes rows as CSV that is safe to open in a spreadsheet.
fn write_csv<const N: usize>(
    writer: impl Write,
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> Result<(), AppError> {
    let mut csv = csv::Writer::from_writer(writer);
    let written = (|| {
        csv.write_record(header)?;
        for row in rows {
            csv.write_record(row.each_ref().map(|cell| neutral(cell)))?;
        }
        csv.flush()?;
        Ok::<_, csv::Error>(())
    })();
    written.map_err(|error| AppError::io("the report".as_ref())(io::Error::other(error)))
}
