//! Likely duplicates of a run, as a person sees them before deciding.

use serde::Serialize;
use torqueflow_model::{EntityKind, Slot};
use torqueflow_persistence::{BusinessRow, OrganizationId};
use uuid::Uuid;

use crate::App;
use crate::error::AppError;

/// A match that waits for a decision.
#[derive(Debug, Clone, Serialize)]
pub struct DuplicateView {
    /// Its id.
    pub id: Uuid,
    /// The file of the incoming record.
    pub file: String,
    /// The worksheet of the incoming record.
    pub sheet: Option<String>,
    /// The row of the incoming record.
    pub row: i64,
    /// What the incoming record is called.
    pub incoming: String,
    /// What it matches: a record of the database, or an earlier row.
    pub matches: String,
    /// `medium` or `high`.
    pub confidence_level: &'static str,
    /// 0 to 1.
    pub confidence: f64,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// The matches of a run that wait for a decision, the surest first, and how many there are in all.
pub async fn undecided(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    limit: u64,
) -> Result<(u64, Vec<DuplicateView>), AppError> {
    let store = &app.store;
    let count = store.duplicate_count_undecided(organization, run_id).await?;
    let duplicates = store.duplicate_list_undecided(organization, run_id, limit).await?;
    let files = store.file_list(organization, run_id).await?;
    let jobs = store.job_list(organization, run_id).await?;
    let targets: Vec<Uuid> = duplicates.iter().map(|duplicate| duplicate.match_record_id).collect();
    let in_run = store.record_places(organization, run_id, &targets).await?;
    let mut views = Vec::new();
    for duplicate in duplicates {
        let place = |job_id: Uuid| {
            let job = jobs.iter().find(|job| job.id == job_id);
            let file = job.and_then(|job| files.iter().find(|file| file.id == job.file_id));
            let sheet = job.and_then(|job| job.sheet.clone());
            (file.map(|file| file.name.clone()).unwrap_or_default(), sheet)
        };
        let matches = match in_run.get(&duplicate.match_record_id) {
            Some((job_id, row)) => {
                let (file, sheet) = place(*job_id);
                let table = sheet.unwrap_or(file);
                format!("row {row} of {table}")
            }
            None => stored_label(app, organization, &duplicate.slot, duplicate.match_record_id).await?,
        };
        let (file, sheet) = place(duplicate.job_id);
        views.push(DuplicateView {
            id: duplicate.id,
            file,
            sheet,
            row: duplicate.row_number,
            incoming: duplicate.label,
            matches,
            confidence_level: duplicate.level.name(),
            confidence: duplicate.confidence,
            reasons: duplicate.reasons,
        });
    }
    Ok((count, views))
}

async fn stored_label(app: &App, organization: OrganizationId, slot: &str, id: Uuid) -> Result<String, AppError> {
    let Some(entity) = Slot::from_name(slot).map(Slot::entity) else {
        return Ok(id.to_string());
    };
    let rows = app.store.business_load(organization, entity, &[id]).await?;
    let label = |row: &BusinessRow| {
        let column = if entity == EntityKind::Customer {
            "display_name"
        } else {
            "registration"
        };
        let name = row.text(column).unwrap_or_default();
        format!("{} {name} in the database", entity.spec().label.to_lowercase())
    };
    Ok(rows.first().map_or_else(|| id.to_string(), label))
}
