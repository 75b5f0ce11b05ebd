//! Undoing a merge.
//!
//! What nobody changed since the merge is as it was before, with the same ids. What a person or an import changed since
//! stays, field by field, and is reported. What was added to the survivor since stays with it.
//!
//! Merges into the same customer can be undone in any order: where a later one changed a field again, that one is told
//! what was there before the one that is undone, and gives it back when its turn comes. Only when the survivor was itself
//! merged into another customer does that merge have to be undone first.

use std::collections::BTreeMap;

use serde_json::json;
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use torqueflow_persistence::{AuditEvent, CustomerMerge, KeptReason, KeptValue, UndoPlan, UndoReport};
use uuid::Uuid;

use super::edit::applied;
use super::merge::{ATTEMPTS, Fields, columns, flat, make_names};
use super::{Customer, CustomerError, get};
use crate::error::AppError;
use crate::{App, Caller, OrganizationId, boxed};

/// Made of other fields: never a person's own.
const MADE: &[&str] = &["sort_name", "search_name"];

/// The merge with this id.
#[boxed]
pub async fn get_merge(app: &App, organization: OrganizationId, merge_id: Uuid) -> Result<CustomerMerge, AppError> {
    Ok(app.store.customer_merge_get(organization, merge_id).await?)
}

/// Undoes a merge, and says what it restored and what it kept. Fails when it is undone already.
#[boxed]
pub async fn undo(app: &App, caller: &Caller, merge_id: Uuid) -> Result<UndoReport, AppError> {
    write(app, caller, merge_id, true).await
}

/// Says what undoing a merge would restore and keep, and does nothing.
#[boxed]
pub async fn undo_preview(app: &App, caller: &Caller, merge_id: Uuid) -> Result<UndoReport, AppError> {
    write(app, caller, merge_id, false).await
}

async fn write(app: &App, caller: &Caller, merge_id: Uuid, keep: bool) -> Result<UndoReport, AppError> {
    for attempt in 1.. {
        let plan = plan(app, caller, merge_id).await?;
        let event = AuditEvent::now(&caller.actor, "customer_merge.undone")
            .on("customer_merge", merge_id.to_string())
            .with(json!({"survivor_id": plan.survivor.0, "secondary_ids": plan.others}));
        let undone = app
            .store
            .customer_merge_undo(caller.organization, &plan, &[event], keep)
            .await;
        match undone {
            // Who undid the merge meanwhile is found out by the next plan.
            Err(error) if attempt < ATTEMPTS && error.is_transient() => {}
            undone => return Ok(undone?),
        }
    }
    Err(AppError::Internal("undoing ended without an outcome"))
}

async fn plan(app: &App, caller: &Caller, merge_id: Uuid) -> Result<UndoPlan, AppError> {
    let (store, organization) = (&app.store, caller.organization);
    let merge = store.customer_merge_get(organization, merge_id).await?;
    if merge.undone.is_some() {
        return Err(CustomerError::UndoneAlready(merge_id).into());
    }
    let survivor = get(app, organization, merge.survivor_id).await?;
    if survivor.merged_into_id.is_some() {
        let later = store.customer_merge_hiding(organization, survivor.id).await?;
        let later = later.ok_or(AppError::Internal("a hidden customer was hidden by no merge"))?;
        return Err(CustomerError::UndoFirst { later }.into());
    }
    let standing = store.customer_merge_list_standing(organization, survivor.id).await?;
    let later: Vec<_> = standing.into_iter().filter(|other| other.id > merge_id).collect();
    let restored = restore(&merge, &survivor, &later);
    let changes = columns(&survivor.values, &restored.fields);
    Ok(UndoPlan {
        merge_id,
        survivor: (survivor.id, survivor.version),
        others: merge.others.clone(),
        changes,
        handed_on: restored.handed_on.into_iter().collect(),
        report: UndoReport {
            fields: restored.fields.into_keys().collect(),
            kept_count: restored.kept.len() as u64,
            kept: restored.kept,
            ..UndoReport::default()
        },
        undone_by: caller.actor.name.clone(),
    })
}

/// What becomes of the survivor's fields.
#[derive(Default)]
struct Restored {
    /// Fields that get back what they held before the merge.
    fields: Fields,
    /// Fields that stay as they are.
    kept: Vec<KeptValue>,
    /// Later merges: what they have to give back now.
    handed_on: BTreeMap<Uuid, Fields>,
}

fn restore(merge: &CustomerMerge, survivor: &Customer, later: &[CustomerMerge]) -> Restored {
    let current = flat(&survivor.values);
    let mut restored = Restored::default();
    for (field, before) in &merge.images.before {
        let merged = merge.images.after.get(field).cloned().unwrap_or_default();
        let now = current.get(field).cloned().unwrap_or_default();
        let next = later.iter().find(|later| later.images.before.contains_key(field));
        let reason = match next {
            Some(next) if next.images.before.get(field) == Some(&merged) => {
                let handed_on = restored.handed_on.entry(next.id);
                let images = handed_on.or_insert_with(|| next.images.before.clone());
                images.insert(field.clone(), before.clone());
                KeptReason::LaterMerge
            }
            None if now == merged => {
                restored.fields.insert(field.clone(), before.clone());
                continue;
            }
            _ if now == *before => continue,
            _ => KeptReason::ChangedSince,
        };
        if !MADE.contains(&field.as_str()) {
            restored.kept.push(KeptValue {
                entity: EntityKind::Customer.name().to_owned(),
                record_id: survivor.id,
                field: field.clone(),
                before: before.clone(),
                merged,
                current: now,
                reason,
            });
        }
    }
    remake_names(&current, &mut restored);
    restored
}

/// Where a name stays that somebody changed, the names for sorting and searching follow from what is there in the end.
fn remake_names(current: &Fields, restored: &mut Restored) {
    let mut after = applied(current, &restored.fields);
    let names_kept = restored
        .kept
        .iter()
        .any(|kept| kept.entity == EntityKind::Customer.name());
    if !names_kept {
        return;
    }
    for name in MADE {
        restored.fields.remove(*name);
    }
    let today = OffsetDateTime::now_utc().date();
    make_names(current, &mut after, today);
    for name in MADE {
        let (old, new) = (current.get(*name), after.get(*name));
        if old != new {
            restored
                .fields
                .insert((*name).to_owned(), new.cloned().unwrap_or_default());
        }
    }
}
