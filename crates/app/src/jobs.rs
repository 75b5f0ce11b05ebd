//! The tables of a run: looking at them, and saying what they are.

mod cells;
pub(crate) mod patch;
mod row_effect;

use std::collections::BTreeMap;

use serde::Serialize;
use torqueflow_engine::stored;
use torqueflow_model::{FindingCode, JobStatus, Row, RowClass, RunStatus};
use torqueflow_persistence::{AuditEvent, FindingCount, FindingFilter, Job, OrganizationId, RunChange, StoredFinding};
use torqueflow_pipeline::OwnerTracker;
use uuid::Uuid;

pub use self::cells::PreviewCell;
pub use self::patch::{JobPatch, MappingPatch};
pub use self::row_effect::RowEffect;
use crate::detect::{FoundHead, choices_of, order_jobs, read_heads};
use crate::error::AppError;
use crate::job_rows::{SAMPLE_ROWS, cleaner_of, staged_head, staged_left_out};
use crate::tables::{Head, column_name};
use crate::values::message_of;
use crate::work::{command, options_of, plan_of};
use crate::{App, Caller, boxed};

/// The first rows of a table: as they are, and as they will be imported.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<PreviewRow>,
    /// Only the head of the file was looked at; duplicates are not known yet.
    pub provisional: bool,
}

/// A row of a preview.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewRow {
    /// Its number, as the person's program shows it.
    pub row: i64,
    /// What it is, where it holds no record: it is left out. `None`: it is a record.
    pub class: Option<RowClass>,
    /// The row above that it belongs to.
    pub owner_row: Option<i64>,
    /// The cells as they are in the file.
    pub original: Vec<String>,
    /// The same by column, each beside what becomes of it. None of a row that holds no record.
    pub cells: Vec<PreviewCell>,
    /// The records that it becomes.
    pub cleaned: Vec<PreviewRecord>,
    /// What was found in it.
    pub findings: Vec<FindingView>,
    /// It matches another record.
    pub duplicate: bool,
    /// It will be imported, as far as a person has a say.
    pub included: bool,
}

/// A cleaned record of a preview.
#[derive(Debug, Clone, Serialize)]
pub struct PreviewRecord {
    /// Which record of the row: `customer`, `billing_address`.
    pub slot: String,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
}

/// A finding with its words.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView {
    /// The row; `None` where it is about many cells of a column.
    pub row: Option<i64>,
    /// How many cells it is about.
    pub cells: i64,
    /// The first rows of a column that it is about.
    pub first_rows: Vec<i64>,
    /// The column's name, where it is about one.
    pub column: Option<String>,
    /// The field: `customer.phone`.
    pub field: Option<String>,
    /// The text of the cell; of a column's cells, that of the first.
    pub value: String,
    /// The stable code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// A page of findings.
#[derive(Debug, Clone, Serialize)]
pub struct FindingPage {
    /// The findings: those of columns, then those of rows in their order.
    pub items: Vec<FindingView>,
    /// Where the next page begins: row and place in the row.
    pub next: Option<(i64, i64)>,
    /// How often each code occurs in the whole table.
    pub counts: Vec<FindingCount>,
}

/// A job.
#[boxed]
pub async fn get(app: &App, organization: OrganizationId, job_id: Uuid) -> Result<Job, AppError> {
    Ok(app.store.job_get(organization, job_id).await?)
}

/// Changes what a table is, or how it is read; before the start only. `expected_version`: what the person has seen.
///
/// The run is analysed anew as far as it has to be.
#[boxed(?Send)]
pub async fn patch(
    app: &App,
    caller: &Caller,
    job_id: Uuid,
    patch: &JobPatch,
    expected_version: Option<i64>,
) -> Result<Job, AppError> {
    let run_id = get(app, caller.organization, job_id).await?.run_id;
    let job = command(app, caller, run_id, async |work| {
        let mut run = work.editable()?;
        let files = app.store.file_list(work.organization, run_id).await?;
        let mut jobs = app.store.job_list(work.organization, run_id).await?;
        let place = jobs.iter().position(|job| job.id == job_id);
        let job = place.and_then(|place| jobs.get_mut(place));
        let job = job.ok_or(AppError::NotFound { what: "job" })?;
        if expected_version.is_some_and(|version| version != job.version) {
            return Err(AppError::Stale);
        }
        let options = options_of(&run)?;
        let system = options.source_system.as_deref();
        let save = patch::change(app, work.organization, &work.actor, job, &files, system, patch).await?;
        let changed = job.clone();
        // Later tables may have matched what this one brought.
        for other in &mut jobs {
            if other.status == JobStatus::Ready {
                other.status = JobStatus::Pending;
            }
        }
        order_jobs(&files, &mut jobs);
        let next = if matches!(run.status, RunStatus::Detecting) {
            RunStatus::Detecting
        } else {
            RunStatus::Analysing
        };
        let event = work.advance(&mut run, next)?;
        let mut change = RunChange::of(&run)
            .with_jobs(jobs)
            .with_event(patch.event(&work.actor, job_id));
        change.events.extend(event.map(|event| event.in_run(run_id)));
        // With the job: the run looks for the name of its source among the saved mappings.
        change.saved_mappings.extend(save);
        work.commit(change).await?;
        Ok(changed)
    })
    .await?;
    app.queue.notify_waiters();
    get(app, caller.organization, job.id).await
}

/// The headers of a job as they were found, and its first rows.
pub(crate) async fn head_of(
    app: &App,
    job: &Job,
    files: &[torqueflow_persistence::ImportFile],
) -> Result<FoundHead, AppError> {
    if let Some(key) = &job.staged_key {
        let (headers, rows) = staged_head(&app.blobs, key).await?;
        let is_kept = |class: RowClass| !matches!(class, RowClass::Blank | RowClass::EmptyRecord);
        let left_out = if job.left_out.iter().any(|(class, _)| is_kept(class)) {
            staged_left_out(&app.blobs, key).await?
        } else {
            Vec::new()
        };
        return Ok(FoundHead {
            headers,
            rows,
            left_out,
        });
    }
    let file = files.iter().find(|file| file.id == job.file_id);
    let file = file.ok_or(AppError::Internal("a job has no file"))?;
    let mut heads = read_heads(app, file).await?;
    Ok(heads.remove(job.table_index as usize).unwrap_or_default())
}

/// The first rows of a table, those that hold no record too: at once from the head of the file, later with all that the
/// analysis found.
#[boxed]
pub async fn preview(app: &App, organization: OrganizationId, job_id: Uuid) -> Result<Preview, AppError> {
    let job = get(app, organization, job_id).await?;
    let run = app.store.run_get(organization, job.run_id).await?;
    if run.expired_at.is_some() {
        return Err(AppError::Expired);
    }
    let files = app.store.file_list(organization, job.run_id).await?;
    let found = head_of(app, &job, &files).await?;
    let mut left_out = found.left_out;
    let choices = choices_of(job.choices.as_ref())?;
    let head = Head::new(&found.headers, job.header_row, found.rows, choices.has_header_row);
    let plan = plan_of(&job)?;
    let cleaner = cleaner_of(&run, app.sources(), &plan)?;
    if let Some(last) = head.samples.get(SAMPLE_ROWS - 1) {
        left_out.retain(|(_, row)| row.number < last.number);
    }
    let shown = head.samples.iter().chain(left_out.iter().map(|(_, row)| row));
    let numbers = shown.map(|row| row.number as i64);
    let mut known = KnownOfRows::load(app, organization, &job, numbers.clone().min().zip(numbers.max())).await?;
    let is_analysed = job.analysed > 0 || job.left_out.count(RowClass::EmptyRecord) > 0;
    let columns = (0..head.headers.len()).map(|index| column_name(&head.headers, index));
    let mut owners = OwnerTracker::of(&plan);
    let mut rows = Vec::with_capacity(head.samples.len() + left_out.len());
    for row in &head.samples {
        let owner = owners.owner_of(row);
        let clean = cleaner.clean_owned(row, owner.as_ref());
        let mut shown = known.row(row, clean.class, &head.headers);
        // Each row shows what was done to it, also where that is said of its column.
        if !is_analysed {
            shown.findings.clear();
        }
        let is_shown = |finding: &StoredFinding| {
            !is_analysed || known.of_columns.iter().any(|of_column| of_column.covers(finding))
        };
        let numbered = clean.findings.iter().enumerate();
        let of_cleaning = numbered.map(|(ordinal, finding)| stored(shown.row, ordinal as i64, finding));
        let of_cleaning: Vec<_> = of_cleaning
            .filter(is_shown)
            .map(|finding| finding_view(&head.headers, finding))
            .collect();
        shown.findings.splice(0..0, of_cleaning);
        if clean.is_record() {
            shown.owner_row = cleaner.owner_row(row, owner.as_ref()).map(|number| number as i64);
            shown.cells = cells::cells(&plan, row, &clean);
            shown.cleaned = clean.records.iter().map(record_view).collect();
        }
        rows.push(shown);
    }
    for (class, row) in &left_out {
        rows.push(known.row(row, *class, &head.headers));
    }
    rows.sort_by_key(|row| row.row);
    rows.truncate(SAMPLE_ROWS);
    Ok(Preview {
        rows,
        columns: columns.collect(),
        provisional: !is_analysed,
    })
}

/// What is known of the first rows of a job.
struct KnownOfRows {
    of_columns: Vec<StoredFinding>,
    findings: BTreeMap<i64, Vec<StoredFinding>>,
    duplicates: Vec<i64>,
    excluded: std::collections::HashSet<i64>,
}

impl KnownOfRows {
    /// What is known of the rows with these numbers, the first and the last.
    async fn load(
        app: &App,
        organization: OrganizationId,
        job: &Job,
        numbers: Option<(i64, i64)>,
    ) -> Result<Self, AppError> {
        let store = &app.store;
        let (first, last) = numbers.unwrap_or_default();
        let mut findings: BTreeMap<i64, Vec<StoredFinding>> = BTreeMap::new();
        let all = FindingFilter::default();
        let page = store.finding_list(organization, job.id, &all, None, MANY).await?;
        for finding in page.into_iter().filter(|finding| finding.row_number <= last) {
            findings.entry(finding.row_number).or_default().push(finding);
        }
        let duplicates = store.duplicate_list_of_rows(organization, job.id, first, last).await?;
        Ok(Self {
            of_columns: findings.remove(&0).unwrap_or_default(),
            findings,
            duplicates: duplicates.into_iter().map(|duplicate| duplicate.row_number).collect(),
            excluded: store.row_choice_excluded(organization, job.id, first, last).await?,
        })
    }

    /// A row with what is known of it.
    fn row(&mut self, row: &Row, class: RowClass, headers: &[String]) -> PreviewRow {
        let number = row.number as i64;
        let findings = self.findings.remove(&number).unwrap_or_default();
        PreviewRow {
            row: number,
            class: (class != RowClass::Record).then_some(class),
            owner_row: None,
            original: row.cells.iter().map(|cell| cell.text.clone()).collect(),
            cells: Vec::new(),
            cleaned: Vec::new(),
            findings: findings
                .into_iter()
                .map(|finding| finding_view(headers, finding))
                .collect(),
            duplicate: self.duplicates.contains(&number),
            included: class == RowClass::Record && !self.excluded.contains(&number),
        }
    }
}

/// Findings that the first rows of a table can have between them, for all we show.
const MANY: u64 = 5_000;

fn record_view(record: &torqueflow_model::Record) -> PreviewRecord {
    PreviewRecord {
        slot: record.slot.name().to_owned(),
        fields: record
            .fields
            .iter()
            .map(|field| (field.spec.name.to_owned(), field.value.to_string()))
            .collect(),
    }
}

pub(crate) fn finding_view(headers: &[String], finding: StoredFinding) -> FindingView {
    let code = FindingCode::from_code(&finding.code);
    FindingView {
        row: finding.row(),
        cells: finding.cells,
        first_rows: finding.examples.iter().map(|cell| cell.row).collect(),
        column: finding.column_index.map(|index| column_name(headers, index as usize)),
        message: message_of(&finding),
        field: finding.field,
        fix: code.map_or_else(String::new, |code| code.fix().to_owned()),
        value: finding.value,
        code: finding.code,
        severity: finding.severity,
    }
}

/// The findings of a whole table that pass the filter, in row order, after this place.
#[boxed]
pub async fn findings(
    app: &App,
    organization: OrganizationId,
    job_id: Uuid,
    filter: &FindingFilter,
    after: Option<(i64, i64)>,
    limit: u64,
) -> Result<FindingPage, AppError> {
    let job = get(app, organization, job_id).await?;
    let plan = plan_of(&job)?;
    let headers: Vec<String> = plan.columns.into_iter().map(|column| column.header).collect();
    let store = &app.store;
    let mut page = store
        .finding_list(organization, job_id, filter, after, limit + 1)
        .await?;
    let more = page.len() as u64 > limit;
    page.truncate(limit as usize);
    let next = page.last().filter(|_| more).map(|last| (last.row_number, last.ordinal));
    Ok(FindingPage {
        items: page
            .into_iter()
            .map(|finding| finding_view(&headers, finding))
            .collect(),
        next,
        counts: store.finding_count(organization, job_id).await?,
    })
}

/// Leaves a row out of the import, or takes it in again. Before the start only. Says what that means for other rows.
#[boxed(?Send)]
pub async fn set_row_included(
    app: &App,
    caller: &Caller,
    job_id: Uuid,
    row_number: i64,
    included: bool,
) -> Result<RowEffect, AppError> {
    choose_row(app, caller, job_id, row_number, included).await?;
    if included {
        return Ok(RowEffect::default());
    }
    let organization = caller.organization;
    let job = get(app, organization, job_id).await?;
    let run = app.store.run_get(organization, job.run_id).await?;
    row_effect::effect_of(app, organization, &run, (job_id, row_number)).await
}

/// Leaves a row out of the import, or takes it in again.
pub(crate) async fn choose_row(
    app: &App,
    caller: &Caller,
    job_id: Uuid,
    row_number: i64,
    included: bool,
) -> Result<(), AppError> {
    let job = get(app, caller.organization, job_id).await?;
    command(app, caller, job.run_id, async |work| {
        if work.run.status != RunStatus::Ready {
            return Err(work.refusal("changed"));
        }
        let store = &app.store;
        store
            .row_choice_set(work.organization, job_id, &[row_number], included)
            .await?;
        let event = AuditEvent::now(&work.actor, "import_job.row_choice")
            .on("import_job", job_id.to_string())
            .with(serde_json::json!({ "row": row_number, "included": included }));
        work.commit(RunChange::of(&work.run).with_event(event)).await
    })
    .await
}
