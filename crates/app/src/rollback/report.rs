//! What became, or would become, of what a run wrote, for people and programs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use torqueflow_model::RunStatus;
use torqueflow_persistence::{OrganizationId, RollbackOutcome, RollbackReason, Run};
use uuid::Uuid;

use super::state::{ReasonTally, RollbackState};
use crate::App;
use crate::error::AppError;

/// What became, or in a preview would become, of what a run wrote. Everything is counted in writes: a record that was
/// created and later filled by the same run counts twice.
#[derive(Debug, Clone, Serialize)]
pub struct RollbackReport {
    /// The run.
    pub run_id: Uuid,
    /// Its state.
    pub status: RunStatus,
    /// Writes that there are to take back.
    pub writes: i64,
    /// Those that are done.
    pub done: i64,
    /// All kinds together.
    pub totals: Totals,
    /// By kind of record.
    pub entities: BTreeMap<String, EntityOutcomes>,
    /// Why something is not simply taken back.
    pub reasons: Vec<Reason>,
    /// Records of earlier runs that the run has confirmed, which counts no longer.
    pub confirmations: i64,
}

/// How many writes became what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// Taken back.
    pub reversed: i64,
    /// Left, since somebody else changed the record, or since its owner stays.
    pub kept: i64,
    /// Left, since something that remains needs the record.
    pub blocked: i64,
    /// Could not be taken back.
    pub failed: i64,
}

/// What became of writes to one kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntityOutcomes {
    /// Created records that are gone.
    pub deleted: i64,
    /// Changes that are put back.
    pub restored: i64,
    /// Links of the source's records to ours that are gone or put back; the records are as they were.
    pub unlinked: i64,
    /// Left, since somebody else changed the record, or since its owner stays.
    pub kept: i64,
    /// Left, since something that remains needs the record.
    pub blocked: i64,
    /// Could not be taken back.
    pub failed: i64,
}

/// Why writes are not simply taken back.
#[derive(Debug, Clone, Serialize)]
pub struct Reason {
    /// The kind of record.
    pub entity: String,
    /// What becomes of them.
    pub outcome: RollbackOutcome,
    /// The stable code.
    pub code: &'static str,
    /// The same in words.
    pub message: String,
    /// How many.
    pub count: i64,
    /// The first few.
    pub examples: Vec<Example>,
}

/// A write by its place.
#[derive(Debug, Clone, Serialize)]
pub struct Example {
    /// The record.
    pub record_id: Uuid,
    /// The file that it came from.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// The row, as the person's spreadsheet shows it.
    pub row: i64,
}

impl EntityOutcomes {
    /// All that are taken back.
    pub fn reversed(&self) -> i64 {
        self.deleted + self.restored + self.unlinked
    }
}

impl RollbackReport {
    /// Whether all of it is, or would be, taken back.
    pub fn is_complete(&self) -> bool {
        self.totals.kept + self.totals.blocked + self.totals.failed == 0
    }
}

pub(super) async fn build(
    app: &App,
    organization: OrganizationId,
    run: &Run,
    state: &RollbackState,
) -> Result<RollbackReport, AppError> {
    let mut totals = Totals::default();
    for outcomes in state.tally.entities.values() {
        totals.reversed += outcomes.reversed();
        totals.kept += outcomes.kept;
        totals.blocked += outcomes.blocked;
        totals.failed += outcomes.failed;
    }
    let files = app.store.file_list(organization, run.id).await?;
    let jobs = app.store.job_list(organization, run.id).await?;
    let place = |(job_id, row, record_id): (Uuid, i64, Uuid)| {
        let job = jobs.iter().find(|job| job.id == job_id);
        let file = job.and_then(|job| files.iter().find(|file| file.id == job.file_id));
        Example {
            record_id,
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            sheet: job.and_then(|job| job.sheet.clone()),
            row,
        }
    };
    let reason = |tally: &ReasonTally| Reason {
        entity: tally.entity.name().to_owned(),
        outcome: tally.outcome,
        code: tally.reason.code(),
        message: message(tally.reason),
        count: tally.count,
        examples: tally.examples.iter().copied().map(place).collect(),
    };
    let entities = state.tally.entities.iter();
    Ok(RollbackReport {
        run_id: run.id,
        status: run.status,
        writes: state.total,
        done: state.done,
        totals,
        entities: entities
            .map(|(kind, outcomes)| (kind.name().to_owned(), *outcomes))
            .collect(),
        reasons: state.tally.reasons.iter().map(reason).collect(),
        confirmations: state.confirmations,
    })
}

fn message(reason: RollbackReason) -> String {
    match reason {
        RollbackReason::ChangedSince => "a person or another import changed it since".to_owned(),
        RollbackReason::MergedSince => "it was merged into another customer since".to_owned(),
        RollbackReason::MappingChangedSince => "another import or a merge changed what it leads to since".to_owned(),
        RollbackReason::ConfirmedSince => "a later import found that its source still has it so".to_owned(),
        RollbackReason::OwnerKept(kind) => format!("the {} that it belongs to stays", kind.spec().label.to_lowercase()),
        RollbackReason::InUse(kind) => format!("{} that stay need it", kind.spec().plural),
        RollbackReason::InOtherImport => "records of another import lead to it".to_owned(),
        RollbackReason::TargetGone => "what it referred to before the import is gone".to_owned(),
        RollbackReason::Refused => "the database refused".to_owned(),
        RollbackReason::Gone => "it was gone already".to_owned(),
    }
}
