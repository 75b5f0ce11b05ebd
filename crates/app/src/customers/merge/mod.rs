//! Merging customers: proposing a survivor, showing what would happen, doing it.

mod decide;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use torqueflow_persistence::{AuditEvent, MergePlan};
use uuid::Uuid;

use super::{Customer, CustomerError, Suggestion, get, get_all, suggestions_of};
use crate::error::AppError;
use crate::{App, Caller, OrganizationId, boxed};
use decide::{Decided, comparable, decide};
pub(super) use decide::{Fields, columns, flat, make_names, path};

/// How many customers a merge takes, with the survivor.
const MAX_CUSTOMERS: usize = 50;
/// How often a merge is put together anew when somebody changes one of the customers at the same moment.
pub(super) const ATTEMPTS: usize = 5;

/// What a merge is asked to do.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MergeRequest {
    /// The customers that end up in the survivor, the most trusted first.
    pub secondary_ids: Vec<Uuid>,
    /// Per field the customer whose value wins. What is not here: the survivor's value, else the first that there is.
    #[serde(default)]
    pub fields: BTreeMap<String, Uuid>,
}

/// How a merge of some customers could be done.
#[derive(Debug, Clone, Serialize)]
pub struct MergeProposal {
    /// The customer with the most filled fields; of equals the oldest.
    pub survivor_id: Uuid,
    /// The customers, the proposed survivor first.
    pub customers: Vec<Customer>,
    /// Every field that one of them has.
    pub fields: Vec<FieldComparison>,
    /// Other customers that are likely to be the same as one of these, the surest first.
    pub likely: Vec<Suggestion>,
}

/// A field of customers side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldComparison {
    /// The field: a column, or `column.key` of a JSON column.
    pub field: String,
    /// What a person calls it.
    pub label: &'static str,
    /// The values of those that have one.
    pub values: BTreeMap<Uuid, Json>,
    /// Several of them differ.
    pub conflict: bool,
    /// Whose value wins without another choice.
    pub winner: Option<Uuid>,
    /// A choice can be made for it; the others go with the field that they belong to.
    pub can_be_chosen: bool,
}

/// What a merge would do.
#[derive(Debug, Clone, Serialize)]
pub struct MergePreview {
    /// The survivor as it is now.
    pub survivor: Customer,
    /// The customers that will be hidden.
    pub others: Vec<Customer>,
    /// What changes about the survivor.
    pub changes: Vec<MergeChange>,
    /// Records that will belong to the survivor, by kind.
    pub moved: BTreeMap<String, u64>,
    /// Mappings that will lead to the survivor.
    pub mappings: u64,
    /// Every field that one of them has.
    pub fields: Vec<FieldComparison>,
}

/// A field of the survivor that changes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MergeChange {
    /// The field.
    pub field: String,
    /// What a person calls it.
    pub label: &'static str,
    /// Its value now.
    pub before: Json,
    /// Its value after the merge.
    pub after: Json,
    /// Whose value it is.
    pub from: Option<Uuid>,
}

/// What a merge has done.
#[derive(Debug, Clone, Serialize)]
pub struct MergeOutcome {
    /// The merge, by which it can be undone.
    pub merge_id: Uuid,
    /// The survivor as it is now.
    pub survivor: Customer,
    /// What changed about it.
    pub changes: Vec<MergeChange>,
    /// Records that belong to the survivor now, by kind.
    pub moved: BTreeMap<String, u64>,
    /// Mappings that lead to the survivor now.
    pub mappings: u64,
}

/// Proposes how to merge these customers, and which others are likely to belong to them. One customer is enough to ask.
#[boxed]
pub async fn propose(app: &App, organization: OrganizationId, ids: &[Uuid]) -> Result<MergeProposal, AppError> {
    let mut customers = read(app, organization, ids).await?;
    customers.sort_by_key(|customer| (std::cmp::Reverse(filled(customer)), customer.created_at, customer.id));
    let survivor_id = customers.first().map(|first| first.id).ok_or(CustomerError::TooFew)?;
    let decided = decided(&customers, &BTreeMap::new())?;
    let mut likely: Vec<Suggestion> = Vec::new();
    let given: HashSet<Uuid> = ids.iter().copied().collect();
    for id in ids {
        for suggestion in suggestions_of(app, organization, *id).await? {
            let is_given = given.contains(&suggestion.first.id) && given.contains(&suggestion.second.id);
            if !is_given && !likely.iter().any(|known| known.id == suggestion.id) {
                likely.push(suggestion);
            }
        }
    }
    likely.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
    Ok(MergeProposal {
        survivor_id,
        fields: compare(&customers, &decided),
        customers,
        likely,
    })
}

/// Says what a merge would do, and does nothing.
#[boxed]
pub async fn merge_preview(
    app: &App,
    organization: OrganizationId,
    survivor_id: Uuid,
    request: &MergeRequest,
) -> Result<MergePreview, AppError> {
    let customers = involved(app, organization, survivor_id, request).await?;
    let decided = decided(&customers, &request.fields)?;
    let (moved, mappings) = app
        .store
        .customer_count_related(organization, &request.secondary_ids)
        .await?;
    let fields = compare(&customers, &decided);
    let changes = changes(&decided);
    let mut customers = customers.into_iter();
    let survivor = customers.next().ok_or(CustomerError::TooFew)?;
    Ok(MergePreview {
        survivor,
        others: customers.collect(),
        changes,
        moved: by_name(moved),
        mappings,
        fields,
    })
}

/// Merges customers into the survivor: all that belongs to them moves to it, mappings lead to it, and the others are
/// hidden. One transaction; [`undo`](super::undo()) takes it back.
#[boxed]
pub async fn merge(
    app: &App,
    caller: &Caller,
    survivor_id: Uuid,
    request: &MergeRequest,
) -> Result<MergeOutcome, AppError> {
    for attempt in 1.. {
        let customers = involved(app, caller.organization, survivor_id, request).await?;
        let decided = decided(&customers, &request.fields)?;
        let plan = plan(caller, &customers, &decided, request)?;
        let event = AuditEvent::now(&caller.actor, "customer.merged")
            .on(EntityKind::Customer.name(), survivor_id.to_string())
            .with(json!({
                "merge_id": plan.id,
                "secondary_ids": request.secondary_ids,
                "fields": plan.images.after.keys().collect::<Vec<_>>(),
            }));
        match app.store.customer_merge(caller.organization, &plan, &[event]).await {
            // Somebody changed one of them at the same moment, or two of us waited for each other.
            Err(error) if attempt < ATTEMPTS && error.is_transient() => {}
            merged => {
                let counts = merged?;
                return Ok(MergeOutcome {
                    merge_id: plan.id,
                    survivor: get(app, caller.organization, survivor_id).await?,
                    changes: changes(&decided),
                    moved: by_name(counts.moved),
                    mappings: counts.mappings,
                });
            }
        }
    }
    Err(AppError::Internal("merging ended without an outcome"))
}

/// The customers of a merge, the survivor first. None of them is hidden.
async fn involved(
    app: &App,
    organization: OrganizationId,
    survivor_id: Uuid,
    request: &MergeRequest,
) -> Result<Vec<Customer>, AppError> {
    let ids: Vec<Uuid> = std::iter::once(survivor_id)
        .chain(request.secondary_ids.iter().copied())
        .collect();
    if ids.len() < 2 {
        return Err(CustomerError::TooFew.into());
    }
    read(app, organization, &ids).await
}

async fn read(app: &App, organization: OrganizationId, ids: &[Uuid]) -> Result<Vec<Customer>, AppError> {
    let distinct: BTreeSet<Uuid> = ids.iter().copied().collect();
    if distinct.len() != ids.len() {
        return Err(CustomerError::TooFew.into());
    }
    if ids.len() > MAX_CUSTOMERS {
        return Err(CustomerError::TooMany { max: MAX_CUSTOMERS }.into());
    }
    let customers = get_all(app, organization, ids).await?;
    customers.into_iter().map(Customer::visible).collect()
}

fn decided(customers: &[Customer], choices: &BTreeMap<String, Uuid>) -> Result<Decided, AppError> {
    let today = OffsetDateTime::now_utc().date();
    decide(customers, choices, today).map_err(|errors| CustomerError::Invalid(errors).into())
}

fn plan(
    caller: &Caller,
    customers: &[Customer],
    decided: &Decided,
    request: &MergeRequest,
) -> Result<MergePlan, AppError> {
    let [survivor, others @ ..] = customers else {
        return Err(CustomerError::TooFew.into());
    };
    let changes = columns(&survivor.values, &decided.images.after);
    Ok(MergePlan {
        id: Uuid::now_v7(),
        survivor: (survivor.id, survivor.version),
        others: others.iter().map(|other| (other.id, other.version)).collect(),
        changes,
        images: decided.images.clone(),
        demoted: demoted(customers),
        request: serde_json::to_value(request).unwrap_or_default(),
        created_by: caller.actor.name.clone(),
    })
}

/// Of each type, the primary address of the first customer that has one stays primary; those of the others do not.
fn demoted(customers: &[Customer]) -> Vec<Uuid> {
    let mut taken: HashSet<Option<&str>> = HashSet::new();
    let mut demoted = Vec::new();
    for customer in customers {
        let primary = customer
            .addresses
            .iter()
            .filter(|address| address.values.get("is_primary") == Some(&Json::Bool(true)));
        let of_type: Vec<_> = primary
            .map(|address| (address.values.get("address_type").and_then(Json::as_str), address.id))
            .collect();
        demoted.extend(
            of_type
                .iter()
                .filter(|(kind, _)| taken.contains(kind))
                .map(|(_, id)| *id),
        );
        taken.extend(of_type.iter().map(|(kind, _)| *kind));
    }
    demoted
}

/// How much is known of a customer.
fn filled(customer: &Customer) -> usize {
    flat(&customer.values).len() + customer.addresses.len()
}

fn compare(customers: &[Customer], decided: &Decided) -> Vec<FieldComparison> {
    let all: Vec<(Uuid, Fields)> = customers.iter().map(|one| (one.id, flat(&one.values))).collect();
    let mut compared = Vec::new();
    for spec in comparable() {
        let field = path(spec);
        let values: BTreeMap<Uuid, Json> = all
            .iter()
            .filter_map(|(id, fields)| Some((*id, fields.get(&field)?.clone())))
            .collect();
        if values.is_empty() {
            continue;
        }
        let mut different = values.values();
        let first = different.next();
        compared.push(FieldComparison {
            label: spec.label,
            conflict: different.any(|value| Some(value) != first),
            winner: decided.winners.get(&field).copied(),
            can_be_chosen: spec.mappable,
            field,
            values,
        });
    }
    compared
}

fn changes(decided: &Decided) -> Vec<MergeChange> {
    let value = |fields: &Fields, field: &str| fields.get(field).cloned().unwrap_or_default();
    let changed = comparable().map(|spec| (path(spec), spec.label));
    changed
        .filter(|(field, _)| decided.images.after.contains_key(field))
        .map(|(field, label)| MergeChange {
            before: value(&decided.images.before, &field),
            after: value(&decided.images.after, &field),
            from: decided.winners.get(&field).copied(),
            label,
            field,
        })
        .collect()
}

fn by_name(counts: BTreeMap<EntityKind, u64>) -> BTreeMap<String, u64> {
    let counted = counts.into_iter().filter(|(_, count)| *count > 0);
    counted.map(|(kind, count)| (kind.name().to_owned(), count)).collect()
}
