//! Mappings that people made: a table with the same headers is understood by them the next time.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_persistence::{Actor, AuditEvent, Job, OrganizationId, SavedMapping, StoreError};
use torqueflow_pipeline::{
    ChoiceError, HeaderSet, Mapping, Surroundings, TableChoice, TablePlan, map_columns, mapping_for, mapping_of,
    understand,
};
use uuid::Uuid;

use crate::error::AppError;
use crate::jobs::patch::merged;
use crate::source_name::NO_PARTICULAR;
use crate::tables::{Head, TableChoices};
use crate::work::plan_of;
use crate::{App, Caller, boxed};

/// Characters of a name.
const MAX_CHARS: usize = 100;

/// Which saved mapping a table is understood by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedUse {
    /// Its id.
    pub id: Uuid,
    /// Its name; `None` where nobody gave it one.
    pub name: Option<String>,
}

/// A page of the mappings, the newest first, from below this id on.
#[boxed]
pub async fn list(
    app: &App,
    organization: OrganizationId,
    below: Option<Uuid>,
    limit: u64,
) -> Result<Vec<SavedMapping>, AppError> {
    Ok(app.store.saved_mapping_list(organization, below, limit).await?)
}

/// The mapping with this id.
#[boxed]
pub async fn get(app: &App, organization: OrganizationId, id: Uuid) -> Result<SavedMapping, AppError> {
    Ok(app.store.saved_mapping_get(organization, id).await?)
}

/// Gives a mapping another name, and changes it header by header. Tables that were understood by it before stay as they are.
#[boxed]
pub async fn change(
    app: &App,
    caller: &Caller,
    id: Uuid,
    name: Option<&str>,
    columns: &Mapping,
) -> Result<SavedMapping, AppError> {
    let mut saved = app.store.saved_mapping_get(caller.organization, id).await?;
    let seen = saved.updated_at;
    if let Some(name) = name {
        saved.name = checked_name(name)?;
    }
    if !columns.is_empty() {
        let mut plan = TablePlan::of_headers(&saved.table_type, &saved.headers);
        let (mapping, _) = merged(mapping_read(&saved).unwrap_or_default(), columns, &saved.headers)?;
        map_columns(&mut plan, &saved.headers, &mapping).map_err(ChoiceError::Mapping)?;
        saved.mapping = serde_json::to_value(mapping_of(&plan)).unwrap_or_default();
    }
    saved.updated_at = OffsetDateTime::now_utc();
    let event = AuditEvent::now(&caller.actor, "saved_mapping.changed")
        .on("saved_mapping", id.to_string())
        .with(serde_json::json!({ "name": name, "mapping": columns }));
    let changed = app
        .store
        .saved_mapping_change(caller.organization, &saved, seen, &event)
        .await;
    match changed {
        Err(StoreError::Outdated) => return Err(AppError::Stale),
        changed => changed?,
    }
    get(app, caller.organization, id).await
}

/// Removes a mapping: later tables with its headers are understood by what they say again.
#[boxed]
pub async fn delete(app: &App, caller: &Caller, id: Uuid) -> Result<(), AppError> {
    let event = AuditEvent::now(&caller.actor, "saved_mapping.removed").on("saved_mapping", id.to_string());
    Ok(app.store.saved_mapping_delete(caller.organization, id, &event).await?)
}

/// The saved mapping that a job is understood by, if any.
pub fn used_by(job: &Job) -> Option<SavedUse> {
    crate::detect::choices_of(job.choices.as_ref()).ok()?.saved
}

/// What a saved mapping says; `None` where that can't be read back.
pub fn mapping_read(saved: &SavedMapping) -> Option<Mapping> {
    serde_json::from_value(saved.mapping.clone()).ok()
}

/// The name as it is kept.
fn checked_name(name: &str) -> Result<String, ChoiceError> {
    let name = name.trim();
    let fits = (1..=MAX_CHARS).contains(&name.chars().count()) && !name.contains(char::is_control);
    if fits {
        Ok(name.to_owned())
    } else {
        Err(ChoiceError::InvalidName)
    }
}

/// A mapping that was found for a table.
pub(crate) struct FoundMapping {
    pub saved: SavedMapping,
    /// It was made for a table with the very same headers.
    pub is_exact: bool,
}

/// The mapping that was made for a table with these headers, at best exactly these, at best lately.
pub(crate) async fn find(
    app: &App,
    organization: OrganizationId,
    headers: &[String],
) -> Result<Option<FoundMapping>, AppError> {
    let Some(set) = HeaderSet::of(headers) else {
        return Ok(None);
    };
    let count = set.headers().len();
    let like = app
        .store
        .saved_mapping_like(organization, set.fingerprint(), count.saturating_sub(1)..=count + 1)
        .await?;
    let found = like.into_iter().filter_map(|saved| {
        let of_saved = HeaderSet::of(&saved.headers)?;
        of_saved.is_like(&set).then(|| FoundMapping {
            is_exact: of_saved == set,
            saved,
        })
    });
    // Of equals the first, which changed last.
    Ok(found.min_by_key(|found| !found.is_exact))
}

/// What people chose for a table, else what they said of one like it before, as long as that can be.
pub(crate) async fn learn(
    app: &App,
    organization: OrganizationId,
    job: &Job,
    head: &Head,
    choices: TableChoices,
) -> Result<TableChoices, AppError> {
    if choices.table_type.is_some() || choices.mapping.is_some() || choices.without_saved {
        return Ok(choices);
    }
    let Some(FoundMapping { saved, is_exact }) = find(app, organization, &head.headers).await? else {
        return Ok(choices);
    };
    // With a column more it may be the table of a system that is recognised.
    let is_recognised = plan_of(job)?
        .source_system
        .is_some_and(|system| system != NO_PARTICULAR);
    let Some(mapping) = mapping_read(&saved).filter(|_| is_exact || !is_recognised) else {
        return Ok(choices);
    };
    let choice = TableChoice {
        table_type: Some(saved.table_type),
        mapping: Some(mapping_for(&head.headers, &mapping)),
    };
    let name = Some(saved.name).filter(|name| !name.is_empty());
    // What stands around a table does not matter to whether a choice can be taken.
    let around = Surroundings::default();
    if let Err(error) = understand(app.sources(), None, &head.headers, &head.samples, &around, &choice) {
        let named = name.map(|name| format!(" “{name}”")).unwrap_or_default();
        return Ok(TableChoices {
            notes: vec![format!(
                "The saved mapping{named} of these columns can't be used: {error}."
            )],
            ..choices
        });
    }
    Ok(TableChoices {
        table_type: choice.table_type,
        mapping: choice.mapping,
        saved: Some(SavedUse { id: saved.id, name }),
        ..choices
    })
}

/// The mapping of a job under a name, to be kept for tables with the same headers.
pub(crate) async fn named(
    app: &App,
    organization: OrganizationId,
    actor: &Actor,
    job: &Job,
    name: &str,
) -> Result<SavedMapping, AppError> {
    let name = checked_name(name)?;
    if job.table_type.is_none() {
        return Err(ChoiceError::NoType.into());
    }
    let (saved, _) = saved_of(app, organization, actor, job)
        .await?
        .ok_or(ChoiceError::NoHeader)?;
    Ok(SavedMapping { name, ..saved })
}

/// What is to be remembered of these jobs when they are imported: what a person said of tables that nobody recognises. What was
/// taken from a saved mapping and left so is not said again: that mapping may have been changed or removed since.
pub(crate) async fn to_remember(
    app: &App,
    organization: OrganizationId,
    actor: &Actor,
    jobs: &[Job],
) -> Result<Vec<SavedMapping>, AppError> {
    let mut kept = Vec::new();
    let mut sets = HashSet::new();
    for job in jobs {
        let choices = crate::detect::choices_of(job.choices.as_ref())?;
        let is_chosen = choices.table_type.is_some() || choices.mapping.is_some();
        let is_said = is_chosen && (choices.saved.is_none() || choices.changed_since);
        if !is_said || plan_of(job)?.source_system.is_none_or(|system| system != NO_PARTICULAR) {
            continue;
        }
        if let Some((saved, true)) = saved_of(app, organization, actor, job).await?
            && sets.insert(saved.fingerprint)
        {
            kept.push(saved);
        }
    }
    Ok(kept)
}

/// The mapping of a job as it is kept, without a name, and whether that is news. `None` where the table has no header to be found by.
async fn saved_of(
    app: &App,
    organization: OrganizationId,
    actor: &Actor,
    job: &Job,
) -> Result<Option<(SavedMapping, bool)>, AppError> {
    let plan = plan_of(job)?;
    let headers = plan.headers();
    let (Some(set), Some(table_type)) = (HeaderSet::of(&headers), job.table_type.clone()) else {
        return Ok(None);
    };
    let mapping = serde_json::to_value(mapping_of(&plan)).unwrap_or_default();
    let now = OffsetDateTime::now_utc();
    let found = find(app, organization, &headers).await?;
    let before = found.filter(|found| found.is_exact).map(|found| found.saved);
    let is_news = before
        .as_ref()
        .is_none_or(|before| before.table_type != table_type || before.mapping != mapping);
    let saved = SavedMapping {
        id: before.as_ref().map_or_else(Uuid::now_v7, |before| before.id),
        name: String::new(),
        fingerprint: set.fingerprint(),
        header_count: i64::try_from(set.headers().len()).ok(),
        table_type,
        headers,
        mapping,
        created_by: before
            .as_ref()
            .map_or_else(|| actor.name.clone(), |before| before.created_by.clone()),
        created_at: before.map_or(now, |before| before.created_at),
        updated_at: now,
    };
    Ok(Some((saved, is_news)))
}
