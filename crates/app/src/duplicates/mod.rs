//! Likely duplicates of a run, as a person sees them before deciding, and the decisions.

mod sheet;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Serialize;
use torqueflow_engine::whole;
use torqueflow_model::{EntityKind, Record, Slot, Storage, Value};
use torqueflow_persistence::{
    AuditEvent, BusinessRow, Duplicate, DuplicateAction, DuplicateFilter, ImportFile, Job, MatchLevel, OrganizationId,
    Run, StoreError,
};
use uuid::Uuid;

use crate::decisions::decisions_on;
use crate::error::AppError;
use crate::job_rows::JobRows;
use crate::options::OnDuplicate;
use crate::work::{command, options_of};
use crate::{App, Caller, boxed};

pub use sheet::{DecisionError, apply_sheet, write_csv};

/// A match, with both records.
#[derive(Debug, Clone, Serialize)]
pub struct DuplicateView {
    /// Its id.
    pub id: Uuid,
    /// The job of the incoming record.
    #[serde(skip)]
    pub job_id: Uuid,
    /// The file of the incoming record.
    pub file: String,
    /// The worksheet of the incoming record.
    pub sheet: Option<String>,
    /// The row of the incoming record.
    pub row: i64,
    /// The kind of both records.
    pub entity: EntityKind,
    /// What the incoming record is called.
    pub incoming: String,
    /// What it matches: a record of the database, or an earlier row.
    pub matches: String,
    /// The matching record, if it is in the database; `None` for an earlier row.
    pub match_id: Option<Uuid>,
    /// `low`, `medium` or `high`.
    pub confidence_level: MatchLevel,
    /// 0 to 1.
    pub confidence: f64,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// What was decided for this one.
    pub action: Option<DuplicateAction>,
    /// What will happen with it as things stand; `None`: it waits for a decision.
    pub effective_action: Option<DuplicateAction>,
    /// What was decided for the incoming record when another one was its best match.
    pub earlier_decision: Option<EarlierDecision>,
    /// Field by field: what the incoming record says, what the matching one says.
    pub fields: Vec<ComparedField>,
}

/// What was decided for an incoming record when another one was its best match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierDecision {
    /// What was decided.
    pub action: DuplicateAction,
    /// What it matched then: a record of the database, or an earlier row.
    pub matches: String,
}

/// A field of both records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComparedField {
    /// Its name: `phone`.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// What the incoming record says.
    pub incoming: Option<String>,
    /// What the matching record says.
    pub existing: Option<String>,
    /// Merge would write the incoming value, since there is none.
    pub merge_fills: bool,
}

/// A page of matches.
#[derive(Debug, Clone, Serialize)]
pub struct DuplicatePage {
    /// The matches, the surest first.
    pub items: Vec<DuplicateView>,
    /// Where the next page begins.
    pub next: Option<(f64, Uuid)>,
    /// How many pass the filter in all.
    pub total: u64,
    /// How many stop the start, whatever the filter.
    pub undecided: u64,
}

/// The matches of a run that pass the filter, the surest first.
#[boxed]
pub async fn list(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    filter: &DuplicateFilter,
    after: Option<(f64, Uuid)>,
    limit: u64,
) -> Result<DuplicatePage, AppError> {
    let store = &app.store;
    let run = store.run_get(organization, run_id).await?;
    let duplicates = store
        .duplicate_list(organization, run_id, filter, after, limit + 1)
        .await?;
    let next = duplicates
        .get(limit as usize)
        .and(duplicates.get((limit as usize).saturating_sub(1)))
        .map(|last| (last.confidence, last.id));
    let mut viewer = Viewer::new(app, organization, &run).await?;
    let mut items = Vec::new();
    for duplicate in duplicates.into_iter().take(limit as usize) {
        items.push(viewer.view(duplicate).await?);
    }
    Ok(DuplicatePage {
        items,
        next,
        total: store.duplicate_count(organization, run_id, filter).await?,
        undecided: undecided_count(app, organization, &run).await?,
    })
}

/// One match of a run.
#[boxed]
pub async fn get(
    app: &App,
    organization: OrganizationId,
    run_id: Uuid,
    duplicate_id: Uuid,
) -> Result<DuplicateView, AppError> {
    let filter = only(duplicate_id);
    let mut page = list(app, organization, run_id, &filter, None, 1).await?;
    page.items.pop().ok_or(AppError::NotFound { what: "duplicate" })
}

/// How many matches stop the start of a run. Those of records that come with no row, since a person left them out, do not.
#[boxed]
pub async fn undecided_count(app: &App, organization: OrganizationId, run: &Run) -> Result<u64, AppError> {
    let default = options_of(run)?.on_duplicate;
    let mut count = 0;
    for level in [MatchLevel::Medium, MatchLevel::High] {
        if default.of(level).is_none() {
            let filter = DuplicateFilter {
                level: Some(level),
                ..DuplicateFilter::undecided()
            };
            let of_level = app.store.duplicate_count(organization, run.id, &filter).await?;
            if of_level > 0 {
                let store = &app.store;
                let gone = store.duplicate_count_of_rows_left_out(organization, run.id, level);
                count += of_level.saturating_sub(gone.await?);
            }
        }
    }
    Ok(count)
}

/// Decides all matches of a ready run that pass the filter; with `None`, takes decisions back. Says how many.
#[boxed]
pub async fn decide(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    filter: &DuplicateFilter,
    action: Option<DuplicateAction>,
) -> Result<u64, AppError> {
    let run = app.store.run_get(caller.organization, run_id).await?;
    let event = AuditEvent::now(&caller.actor, "import_run.duplicates_decided")
        .in_run(run_id)
        .with(serde_json::json!({
            "action": action,
            "duplicate_id": filter.id,
            "job_id": filter.job_id,
            "level": filter.level,
            "entity": filter.entity,
        }));
    let decided = app
        .store
        .duplicate_decide(caller.organization, run_id, filter, action, &event)
        .await;
    decided.map_err(|error| refusal(error, &run))
}

/// What is not ready can't be decided on.
fn refusal(error: StoreError, run: &Run) -> AppError {
    match error {
        StoreError::NotFound { .. } => AppError::WrongState {
            status: run.status,
            action: "decided on",
        },
        error => error.into(),
    }
}

/// Decides one match of a ready run.
#[boxed]
pub async fn decide_one(
    app: &App,
    caller: &Caller,
    run_id: Uuid,
    duplicate_id: Uuid,
    action: Option<DuplicateAction>,
) -> Result<DuplicateView, AppError> {
    if decide(app, caller, run_id, &only(duplicate_id), action).await? == 0 {
        return Err(AppError::NotFound { what: "duplicate" });
    }
    get(app, caller.organization, run_id, duplicate_id).await
}

/// Sets what happens with every match that is not decided by itself. Before the start only.
#[boxed(?Send)]
pub async fn set_default(app: &App, caller: &Caller, run_id: Uuid, default: OnDuplicate) -> Result<Run, AppError> {
    command(app, caller, run_id, async |work| {
        if work.run.started_at.is_some() || work.run.status.is_done() {
            return Err(work.refusal("changed"));
        }
        let mut options = options_of(&work.run)?;
        options.on_duplicate = default;
        work.change_options(serde_json::to_value(&options).unwrap_or_default())
            .await
    })
    .await
}

fn only(duplicate_id: Uuid) -> DuplicateFilter {
    DuplicateFilter {
        id: Some(duplicate_id),
        ..DuplicateFilter::default()
    }
}

/// What a run's records are looked up in, to show matches.
struct Viewer<'a> {
    app: &'a App,
    organization: OrganizationId,
    run: &'a Run,
    default: OnDuplicate,
    files: Vec<ImportFile>,
    jobs: Vec<Job>,
    /// The rows of jobs that were looked into.
    rows: HashMap<Uuid, Arc<JobRows>>,
}

impl<'a> Viewer<'a> {
    async fn new(app: &'a App, organization: OrganizationId, run: &'a Run) -> Result<Self, AppError> {
        Ok(Self {
            app,
            organization,
            run,
            default: options_of(run)?.on_duplicate,
            files: app.store.file_list(organization, run.id).await?,
            jobs: app.store.job_list(organization, run.id).await?,
            rows: HashMap::new(),
        })
    }

    async fn view(&mut self, duplicate: Duplicate) -> Result<DuplicateView, AppError> {
        let slot = Slot::from_name(&duplicate.slot).ok_or(AppError::Internal("a duplicate has no slot"))?;
        let incoming = self.record(duplicate.job_id, duplicate.row_number, slot).await?;
        let earlier_decision = self.earlier_decision(&duplicate, slot.entity()).await?;
        let place = duplicate.matched.place;
        let (matches, existing) = match place {
            Some((job_id, row)) => {
                let existing = fields_of(self.record(job_id, row, slot).await?.as_ref());
                (self.label_of_row(job_id, row), existing)
            }
            None => self.stored(slot.entity(), duplicate.match_record_id).await?,
        };
        let (file, sheet) = self.place(duplicate.job_id);
        let match_id = place.is_none().then_some(duplicate.match_record_id);
        Ok(DuplicateView {
            id: duplicate.id,
            job_id: duplicate.job_id,
            file,
            sheet,
            row: duplicate.row_number,
            entity: slot.entity(),
            incoming: duplicate.label,
            matches,
            match_id,
            confidence_level: duplicate.level,
            confidence: duplicate.confidence,
            reasons: duplicate.reasons,
            action: duplicate.action,
            effective_action: duplicate.action.or(self.default.of(duplicate.level)),
            earlier_decision,
            fields: compare(slot.entity(), &fields_of(incoming.as_ref()), &existing),
        })
    }

    fn label_of_row(&self, job_id: Uuid, row: i64) -> String {
        let (file, sheet) = self.place(job_id);
        format!("row {row} of {}", sheet.unwrap_or(file))
    }

    async fn earlier_decision(
        &self,
        duplicate: &Duplicate,
        entity: EntityKind,
    ) -> Result<Option<EarlierDecision>, AppError> {
        let store = &self.app.store;
        let key = [duplicate.record.key];
        let row = (duplicate.job_id, duplicate.row_number, duplicate.row_number);
        let decisions = store.decision_find(self.organization, self.run.id, &key, row).await?;
        let earlier = decisions_on(duplicate, &decisions).on_another;
        let Some((decision, action)) = earlier.and_then(|earlier| Some((earlier, earlier.action?))) else {
            return Ok(None);
        };
        let matches = match decision.matched.place {
            Some((job_id, _)) if self.jobs.iter().all(|job| job.id != job_id) => {
                "a row of a file that was removed".to_owned()
            }
            Some((job_id, row)) => self.label_of_row(job_id, row),
            None => self.stored(entity, Uuid::from_u128(decision.matched.key)).await?.0,
        };
        Ok(Some(EarlierDecision { action, matches }))
    }

    fn place(&self, job_id: Uuid) -> (String, Option<String>) {
        let job = self.jobs.iter().find(|job| job.id == job_id);
        let file = job.and_then(|job| self.files.iter().find(|file| file.id == job.file_id));
        let sheet = job.and_then(|job| job.sheet.clone());
        (file.map(|file| file.name.clone()).unwrap_or_default(), sheet)
    }

    /// A record of the run, with what later rows add to it. `None` when its staged row is gone.
    async fn record(&mut self, job_id: Uuid, row: i64, slot: Slot) -> Result<Option<Record>, AppError> {
        if self.run.expired_at.is_some() {
            return Ok(None);
        }
        let Some(rows) = self.rows_of(job_id).await? else {
            return Ok(None);
        };
        let records = rows.row_of_number(row)?.map(|row| row.records).unwrap_or_default();
        let Some(record) = records.into_iter().find(|record| record.slot == slot) else {
            return Ok(None);
        };
        let store = &self.app.store;
        let told = store.record_list_of_rows(self.organization, job_id, row, row).await?;
        let told = told.iter().find(|known| known.found.slot == slot);
        Ok(Some(whole(&record, told.map(|known| &known.found))))
    }

    async fn rows_of(&mut self, job_id: Uuid) -> Result<Option<Arc<JobRows>>, AppError> {
        if let Some(rows) = self.rows.get(&job_id) {
            return Ok(Some(Arc::clone(rows)));
        }
        let Some(job) = self.jobs.iter().find(|job| job.id == job_id) else {
            return Ok(None);
        };
        let (blobs, sources) = (&self.app.blobs, self.app.sources());
        let rows = JobRows::open(self.organization, blobs, sources, job.clone(), self.run).await?;
        let rows = Arc::new(rows);
        self.rows.insert(job_id, Arc::clone(&rows));
        Ok(Some(rows))
    }

    async fn stored(&self, entity: EntityKind, id: Uuid) -> Result<(String, BTreeMap<String, String>), AppError> {
        let store = &self.app.store;
        let rows = store.business_load(self.organization, entity, &[id]).await?;
        let Some(row) = rows.first() else {
            return Ok((id.to_string(), BTreeMap::new()));
        };
        let name = if entity == EntityKind::Customer {
            row.text("display_name")
        } else {
            row.text("registration")
        };
        let kind = entity.spec().label.to_lowercase();
        let label = format!("{kind} {} in the database", name.unwrap_or_default());
        Ok((label, fields_of_row(entity, row)))
    }
}

/// The fields of a record as text.
fn fields_of(record: Option<&Record>) -> BTreeMap<String, String> {
    let fields = record.into_iter().flat_map(|record| &record.fields);
    fields
        .map(|field| (field.spec.name.to_owned(), field.value.to_string()))
        .collect()
}

/// The fields of a stored record as text. Links are left out.
fn fields_of_row(entity: EntityKind, row: &BusinessRow) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    for spec in entity.fields() {
        let value = match spec.storage {
            Storage::Column => row.values.get(spec.name),
            Storage::Json { column, key } => row.values.get(column).and_then(|object| object.get(key)),
            Storage::Input => None,
        };
        let text = value.and_then(|json| Value::from_json(spec.kind, json));
        if let Some(text) = text {
            fields.insert(spec.name.to_owned(), text.to_string());
        }
    }
    fields
}

/// Both records side by side, in the order of the catalogue; what neither has is left out.
fn compare(
    entity: EntityKind,
    incoming: &BTreeMap<String, String>,
    existing: &BTreeMap<String, String>,
) -> Vec<ComparedField> {
    let shown = entity.fields().iter().filter(|spec| spec.mappable);
    shown
        .filter(|spec| incoming.contains_key(spec.name) || existing.contains_key(spec.name))
        .map(|spec| ComparedField {
            field: spec.name.to_owned(),
            label: spec.label.to_owned(),
            incoming: incoming.get(spec.name).cloned(),
            existing: existing.get(spec.name).cloned(),
            merge_fills: incoming.contains_key(spec.name) && !existing.contains_key(spec.name),
        })
        .collect()
}
