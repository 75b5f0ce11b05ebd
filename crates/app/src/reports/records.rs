//! The records behind a number of the reconciliation, page by page.

use serde::{Deserialize, Serialize};
use torqueflow_model::{EntityKind, FieldSpec, FindingCode, Severity};
use torqueflow_persistence::{
    FindingFilter, OrganizationId, Place, RowOutcome, StoredFinding, WriteOutcome, WrittenFilter,
};
use uuid::Uuid;

use super::reconciliation::{PRESERVED, is_flag};
use super::{Places, column_of, finding_field, main_entity};
use crate::error::AppError;
use crate::values::message_of;
use crate::{App, boxed};

/// Records of a page at most.
const MAX_PAGE: u64 = 1000;
/// Findings that are looked through at a time.
const FINDINGS: u64 = 5000;

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is new.
    Created,
    /// It was brought up to date.
    Updated,
    /// A field of it was left as a person set it.
    Preserved,
    /// There is a warning about it.
    Flagged,
    /// An incoming record was merged into it.
    Merged,
    /// An incoming record was left out in favour of it.
    Skipped,
    /// Its row says nothing new. What is listed are rows.
    Unchanged,
    /// Its row failed. What is listed are rows.
    Failed,
}

/// Which records are asked for.
#[derive(Debug, Clone)]
pub struct RecordsWanted {
    /// The entity.
    pub entity: EntityKind,
    /// The field, as the reconciliation names it; `None`: whatever field.
    pub field: Option<String>,
    /// What became of them.
    pub outcome: Outcome,
}

/// A record behind a number, and where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportedRecord {
    /// The file's name.
    pub file: String,
    /// The worksheet.
    pub sheet: Option<String>,
    /// The row as a person's program shows it; `None` for a warning about many cells of a column.
    pub row: Option<i64>,
    /// Our record; `None` where the row is all that is known.
    pub record_id: Option<Uuid>,
    /// The record's id at its source.
    pub source_id: Option<String>,
    /// The field that a warning is about.
    pub field: Option<String>,
    /// The text of the cell that a warning is about.
    pub value: Option<String>,
    /// What the warning says.
    pub message: Option<String>,
    /// What the changed columns held before.
    pub before: Option<serde_json::Value>,
}

/// Some of the records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RecordPage {
    /// The records, by table and row.
    pub items: Vec<ReportedRecord>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

/// The records behind a number of the reconciliation: as many as `limit`, at most 1,000, behind the cursor of the page
/// before.
#[boxed]
pub async fn reconciliation_records(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    wanted: &RecordsWanted,
    cursor: Option<&str>,
    limit: u64,
) -> Result<RecordPage, AppError> {
    let query = Query {
        app,
        organization,
        run_id,
        places: Places::load(app, organization, run_id).await?,
        wanted,
        after: cursor.map_or(Ok(Place::START), parse_cursor)?,
        limit: limit.clamp(1, MAX_PAGE) as usize,
    };
    let mut found = match wanted.outcome {
        Outcome::Created => query.written(WriteOutcome::Created).await?,
        Outcome::Updated => query.written(WriteOutcome::Updated).await?,
        Outcome::Merged => query.written(WriteOutcome::Merged).await?,
        Outcome::Skipped => query.written(WriteOutcome::Skipped).await?,
        Outcome::Flagged | Outcome::Preserved => query.found().await?,
        Outcome::Unchanged => query.rows(RowOutcome::Unchanged).await?,
        Outcome::Failed => query.rows(RowOutcome::Failed).await?,
    };
    // One more than was asked for says that there are more.
    let has_more = found.len() > query.limit;
    found.truncate(query.limit);
    let next_cursor = found.last().filter(|_| has_more).map(|(place, _)| cursor_of(*place));
    Ok(RecordPage {
        items: found.into_iter().map(|(_, record)| record).collect(),
        next_cursor,
    })
}

fn cursor_of(place: Place) -> String {
    format!("{}.{}.{}", place.job_id.simple(), place.row_number, place.ordinal)
}

fn parse_cursor(text: &str) -> Result<Place, AppError> {
    let mut parts = text.split('.');
    let mut next = || parts.next().ok_or(AppError::InvalidCursor);
    let (job_id, row_number, ordinal) = (next()?, next()?, next()?);
    let number = |text: &str| text.parse().map_err(|_| AppError::InvalidCursor);
    let place = Place {
        job_id: Uuid::parse_str(job_id).map_err(|_| AppError::InvalidCursor)?,
        row_number: number(row_number)?,
        ordinal: number(ordinal)?,
    };
    match parts.next() {
        None => Ok(place),
        Some(_) => Err(AppError::InvalidCursor),
    }
}

/// What is asked for, and where to look.
struct Query<'a> {
    app: &'a App,
    organization: OrganizationId,
    run_id: Uuid,
    places: Places,
    wanted: &'a RecordsWanted,
    after: Place,
    limit: usize,
}

type Found = Vec<(Place, ReportedRecord)>;

impl Query<'_> {
    fn record(&self, place: Place) -> ReportedRecord {
        let (file, sheet) = self.places.table(place.job_id);
        ReportedRecord {
            file,
            sheet,
            row: (place.row_number > 0).then_some(place.row_number),
            record_id: None,
            source_id: None,
            field: None,
            value: None,
            message: None,
            before: None,
        }
    }

    /// Records that the journal has.
    async fn written(&self, outcome: WriteOutcome) -> Result<Found, AppError> {
        let written = self
            .app
            .store
            .reconciliation_records(
                self.organization,
                self.run_id,
                WrittenFilter {
                    entity: self.wanted.entity,
                    outcome,
                    field: self.wanted.field.as_deref(),
                },
                self.after,
                self.limit as u64 + 1,
            )
            .await?;
        let found = written.into_iter().map(|written| {
            let record = ReportedRecord {
                record_id: Some(written.record_id),
                source_id: written.source_id,
                before: written.before,
                ..self.record(written.place)
            };
            (written.place, record)
        });
        Ok(found.collect())
    }

    /// The jobs from the cursor on, by id, each with the place in it to go on from.
    fn jobs(&self) -> Vec<(&torqueflow_persistence::Job, Option<(i64, i64)>)> {
        let mut jobs: Vec<_> = self
            .places
            .jobs
            .iter()
            .filter(|job| job.id >= self.after.job_id)
            .collect();
        jobs.sort_by_key(|job| job.id);
        let after = |job: &torqueflow_persistence::Job| {
            (job.id == self.after.job_id).then_some((self.after.row_number, self.after.ordinal))
        };
        jobs.into_iter().map(|job| (job, after(job))).collect()
    }

    /// Records that findings are about.
    async fn found(&self) -> Result<Found, AppError> {
        let mut found = Found::new();
        let filter = match self.wanted.outcome {
            Outcome::Preserved => FindingFilter {
                code: Some(PRESERVED.to_owned()),
                ..FindingFilter::default()
            },
            _ => FindingFilter {
                severity: Some(Severity::Warning.name().to_owned()),
                ..FindingFilter::default()
            },
        };
        for (job, mut after) in self.jobs() {
            while found.len() <= self.limit {
                let page = self
                    .app
                    .store
                    .finding_list(self.organization, job.id, &filter, after, FINDINGS)
                    .await?;
                let Some(last) = page.last() else { break };
                after = Some((last.row_number, last.ordinal));
                let wanted = page.into_iter().filter(|finding| self.is_wanted(job, finding));
                found.extend(wanted.map(|finding| self.of_finding(job.id, finding)));
            }
        }
        Ok(found)
    }

    fn is_wanted(&self, job: &torqueflow_persistence::Job, finding: &StoredFinding) -> bool {
        let is_outcome = match self.wanted.outcome {
            Outcome::Preserved => finding.code == PRESERVED,
            _ => is_flag(&finding.code, &finding.severity),
        };
        let field = finding.field.as_deref().and_then(finding_field);
        let entity = field.map(|(entity, _)| entity).or_else(|| main_entity(job));
        let named = |spec: &FieldSpec| column_of(spec).unwrap_or_else(|| spec.name.to_owned());
        let is_field = match &self.wanted.field {
            Some(wanted) => field.is_some_and(|(_, spec)| named(spec) == *wanted),
            None => true,
        };
        is_outcome && entity == Some(self.wanted.entity) && is_field
    }

    fn of_finding(&self, job_id: Uuid, finding: StoredFinding) -> (Place, ReportedRecord) {
        let place = Place {
            job_id,
            row_number: finding.row_number,
            ordinal: finding.ordinal,
        };
        let message = FindingCode::from_code(&finding.code).map(|_| message_of(&finding));
        let record = ReportedRecord {
            field: finding.field,
            value: Some(finding.value),
            message,
            ..self.record(place)
        };
        (place, record)
    }

    /// Rows of tables that hold such records.
    async fn rows(&self, outcome: RowOutcome) -> Result<Found, AppError> {
        let mut found = Found::new();
        for (job, after) in self.jobs() {
            if !job.entities.contains(&self.wanted.entity) || found.len() > self.limit {
                continue;
            }
            let after = after.map(|(row, _)| row);
            let missing = (self.limit + 1 - found.len()) as u64;
            let rows = self
                .app
                .store
                .export_row_results(self.organization, job.id, Some(outcome.name()), after, missing)
                .await?;
            found.extend(rows.into_iter().map(|(row_number, _)| {
                let place = Place {
                    job_id: job.id,
                    row_number,
                    ordinal: 0,
                };
                (place, self.record(place))
            }));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_others_are_refused() {
        let place = Place {
            job_id: Uuid::from_u128(7),
            row_number: 12,
            ordinal: 1_000_003,
        };
        assert_eq!(parse_cursor(&cursor_of(place)).unwrap(), place);
        for text in [
            "",
            "x",
            "1.2.3",
            "00000000000000000000000000000007.1",
            "00000000000000000000000000000007.1.2.3",
        ] {
            assert!(matches!(parse_cursor(text), Err(AppError::InvalidCursor)), "{text}");
        }
    }
}
