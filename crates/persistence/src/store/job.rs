//! Jobs: the tables of a run's files.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use torqueflow_model::import::{EntityCounts, JobCounts};
use torqueflow_model::{EntityKind, JobStatus, LeftOut};
use uuid::Uuid;

use crate::entity::import_job::{ActiveModel, Column, Entity, Model};
use crate::{OrganizationId, Store, StoreError};

/// One table of a file and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its id.
    pub id: Uuid,
    /// Its run.
    pub run_id: Uuid,
    /// Its file.
    pub file_id: Uuid,
    /// The number of the table in the ids of its records. The store gives it when the job comes to its run; whatever is here
    /// before does not count. No other table of the run ever has it.
    pub ordinal: i64,
    /// Its place in the run's import order, from 0.
    pub position: i64,
    /// The worksheet; `None` for a CSV.
    pub sheet: Option<String>,
    /// Its state.
    pub status: JobStatus,
    /// What it is: `techman.jobs`. `None` as long as nobody knows.
    pub table_type: Option<String>,
    /// What a person calls that.
    pub label: Option<String>,
    /// What its rows are called in a summary.
    pub noun: Option<String>,
    /// Whose export it is.
    pub source_system: Option<String>,
    /// What is in it.
    pub entities: Vec<EntityKind>,
    /// How sure the detection is, 0 to 1.
    pub confidence: f64,
    /// The same in a word.
    pub confidence_level: String,
    /// The row of the header as a person sees it.
    pub header_row: Option<i64>,
    /// The encoding of a CSV.
    pub encoding: Option<String>,
    /// The delimiter of a CSV.
    pub delimiter: Option<String>,
    /// How its rows are cleaned, as the pipeline writes it.
    pub plan: serde_json::Value,
    /// What a person should know: a list of code and message.
    pub warnings: serde_json::Value,
    /// Where its staged rows are kept.
    pub staged_key: Option<String>,
    /// Its rows that hold records, once they are counted.
    pub row_count: Option<i64>,
    /// Its rows that hold none, by class.
    pub left_out: LeftOut,
    /// Staged rows that are committed.
    pub checkpoint: i64,
    /// What became of its rows so far.
    pub counts: JobCounts,
    /// What became of its records so far.
    pub entity_counts: BTreeMap<String, EntityCounts>,
    /// Why it failed: code and message.
    pub error: Option<(String, String)>,
    /// Its place in its file, from 0.
    pub table_index: i64,
    /// Rows whose analysis is committed.
    pub analysed: i64,
    /// How often it was started; from the second time on, rows that have a result are left alone.
    pub attempt: i64,
    /// Only the head of the file was looked at so far.
    pub provisional: bool,
    /// What people said of it; it outlives a new detection.
    pub choices: Option<serde_json::Value>,
    /// Grows with each change by a person.
    pub version: i64,
    /// The records that it has again, and the other people and cars that it has under their ids.
    pub replaced: Option<serde_json::Value>,
}

impl Job {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        let damaged = |_| StoreError::Damaged { what: "job" };
        Ok(Self {
            id: model.id,
            run_id: model.run_id,
            file_id: model.file_id,
            ordinal: model.ordinal,
            position: model.position,
            sheet: model.sheet,
            status: JobStatus::from_name(&model.status).ok_or(StoreError::Damaged { what: "job status" })?,
            table_type: model.table_type,
            label: model.label,
            noun: model.noun,
            source_system: model.source_system,
            entities: serde_json::from_value(model.entities).map_err(damaged)?,
            confidence: model.confidence,
            confidence_level: model.confidence_level,
            header_row: model.header_row,
            encoding: model.encoding,
            delimiter: model.delimiter,
            plan: model.plan,
            warnings: model.warnings,
            staged_key: model.staged_key,
            row_count: model.row_count,
            left_out: match model.left_out {
                Some(left_out) => serde_json::from_value(left_out).map_err(damaged)?,
                None => LeftOut::default(),
            },
            checkpoint: model.checkpoint,
            counts: JobCounts {
                imported: model.imported,
                updated: model.updated,
                skipped_duplicate: model.skipped_duplicate,
                skipped_choice: model.skipped_choice,
                unchanged: model.unchanged,
                failed: model.failed,
            },
            entity_counts: serde_json::from_value(model.entity_counts).map_err(damaged)?,
            error: model
                .error_code
                .map(|code| (code, model.error_message.unwrap_or_default())),
            table_index: model.table_index,
            analysed: model.analysed,
            attempt: model.attempt,
            provisional: model.provisional,
            choices: model.choices,
            version: model.version,
            replaced: model.replaced,
        })
    }

    pub(super) fn to_row(&self, organization: OrganizationId) -> ActiveModel {
        let (error_code, error_message) = self.error.clone().unzip();
        ActiveModel {
            organization_id: Set(organization.0),
            id: Set(self.id),
            run_id: Set(self.run_id),
            file_id: Set(self.file_id),
            ordinal: Set(self.ordinal),
            position: Set(self.position),
            sheet: Set(self.sheet.clone()),
            status: Set(self.status.name().to_owned()),
            table_type: Set(self.table_type.clone()),
            label: Set(self.label.clone()),
            noun: Set(self.noun.clone()),
            source_system: Set(self.source_system.clone()),
            entities: Set(self.entities.iter().map(|kind| kind.name()).collect()),
            confidence: Set(self.confidence),
            confidence_level: Set(self.confidence_level.clone()),
            header_row: Set(self.header_row),
            encoding: Set(self.encoding.clone()),
            delimiter: Set(self.delimiter.clone()),
            plan: Set(self.plan.clone()),
            warnings: Set(self.warnings.clone()),
            staged_key: Set(self.staged_key.clone()),
            row_count: Set(self.row_count),
            left_out: Set(serde_json::to_value(&self.left_out).ok()),
            checkpoint: Set(self.checkpoint),
            imported: Set(self.counts.imported),
            updated: Set(self.counts.updated),
            skipped_duplicate: Set(self.counts.skipped_duplicate),
            skipped_choice: Set(self.counts.skipped_choice),
            unchanged: Set(self.counts.unchanged),
            failed: Set(self.counts.failed),
            entity_counts: Set(serde_json::to_value(&self.entity_counts).unwrap_or_default()),
            error_code: Set(error_code),
            error_message: Set(error_message),
            table_index: Set(self.table_index),
            analysed: Set(self.analysed),
            attempt: Set(self.attempt),
            provisional: Set(self.provisional),
            choices: Set(self.choices.clone()),
            version: Set(self.version),
            replaced: Set(self.replaced.clone()),
        }
    }
}

impl Store {
    /// The job with this id.
    pub async fn job_get(&self, organization: OrganizationId, id: Uuid) -> Result<Job, StoreError> {
        let model = Entity::find_by_id((organization.0, id)).one(&self.writer).await?;
        model
            .map(Job::from_model)
            .transpose()?
            .ok_or_else(|| StoreError::NotFound {
                entity: "job",
                id: id.to_string(),
            })
    }

    /// The jobs of a run, in import order.
    pub async fn job_list(&self, organization: OrganizationId, run_id: Uuid) -> Result<Vec<Job>, StoreError> {
        Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::RunId.eq(run_id))
            .order_by_asc(Column::Position)
            .all(&self.reader)
            .await?
            .into_iter()
            .map(Job::from_model)
            .collect()
    }
}
