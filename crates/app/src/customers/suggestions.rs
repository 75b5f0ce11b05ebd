//! Customers of the store that may be the same: by their match keys, with reasons in words.
//!
//! A key that many customers hold identifies none of them and is left out, so a page costs a bounded number of look-ups
//! however many customers share an e-mail address.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use serde_json::json;
use torqueflow_dedupe::{KeyKind, MAX_HOLDERS, SharedKey, assess, keys_of};
use torqueflow_model::{EntityKind, MatchValues, hash128};
use torqueflow_persistence::{AuditEvent, MatchLevel};
use uuid::Uuid;

use super::keys::match_values;
use super::{Customer, CustomerError, get, load};
use crate::error::AppError;
use crate::matching::{level_of, stored_postings};
use crate::{App, Caller, OrganizationId, boxed};

/// Customers that are looked at in one step.
const STEP: u64 = 500;
/// Customers that are looked at for one page at most; a page may be empty and still have a next one.
const MAX_SCANNED: u64 = 10_000;
/// The most suggestions of a page.
const MAX_LIMIT: usize = 200;

/// Two customers that may be the same.
#[derive(Debug, Clone, Serialize)]
pub struct Suggestion {
    /// Its id, by which it can be dismissed.
    pub id: SuggestionId,
    /// The customer that was created first.
    pub first: Customer,
    /// The other one.
    pub second: Customer,
    /// How sure.
    #[serde(rename = "confidence_level")]
    pub level: MatchLevel,
    /// 0 to 1.
    pub confidence: f64,
    /// Why, in words, the strongest reason first.
    pub reasons: Vec<String>,
}

/// A pair of customers, whichever is named first. Written `<id>~<id>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SuggestionId {
    first: Uuid,
    second: Uuid,
}

impl SuggestionId {
    /// The pair of these.
    pub fn new(one: Uuid, other: Uuid) -> Self {
        Self {
            first: one.min(other),
            second: one.max(other),
        }
    }

    /// The id under which the pair is kept.
    fn key(self) -> Uuid {
        Uuid::from_u128(hash128([self.first.as_bytes().as_slice(), self.second.as_bytes()]))
    }
}

impl fmt::Display for SuggestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.first, self.second)
    }
}

impl FromStr for SuggestionId {
    type Err = CustomerError;

    fn from_str(text: &str) -> Result<Self, CustomerError> {
        let pair = text.split_once('~');
        let ids = pair.and_then(|(one, other)| Some((Uuid::parse_str(one).ok()?, Uuid::parse_str(other).ok()?)));
        match ids {
            Some((one, other)) if one != other => Ok(Self::new(one, other)),
            _ => Err(CustomerError::NoSuggestion(text.to_owned())),
        }
    }
}

impl Serialize for SuggestionId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A page of suggestions, in the order of the older customer.
#[derive(Debug, Clone, Serialize)]
pub struct SuggestionPage {
    /// The suggestions.
    pub items: Vec<Suggestion>,
    /// Where the next page begins; `None` after the last. A page may have fewer suggestions than were asked for and yet
    /// not be the last.
    pub next_cursor: Option<String>,
}

/// Which suggestions are asked for.
#[derive(Debug, Clone)]
pub struct SuggestionQuery {
    /// Those that are at least so sure.
    pub min_level: MatchLevel,
    /// About so many: all of the same older customer are on the same page. 200 is the most.
    pub limit: usize,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Default for SuggestionQuery {
    fn default() -> Self {
        Self {
            min_level: MatchLevel::Low,
            limit: 50,
            cursor: None,
        }
    }
}

/// Pairs of customers that may be the same, each once, without those that people dismissed.
#[boxed]
pub async fn suggestions(
    app: &App,
    organization: OrganizationId,
    query: &SuggestionQuery,
) -> Result<SuggestionPage, AppError> {
    let limit = query.limit.clamp(1, MAX_LIMIT);
    let cursor = query.cursor.as_deref();
    let mut after = cursor
        .map(Uuid::parse_str)
        .transpose()
        .map_err(|_| CustomerError::BadCursor)?;
    let mut items = Vec::new();
    let mut scanned = 0;
    while scanned < MAX_SCANNED {
        let ids = app.store.customer_ids_after(organization, after, STEP).await?;
        scanned += ids.len() as u64;
        let is_last = (ids.len() as u64) < STEP;
        let mut found = pairs(app, organization, &ids).await?;
        // Each pair once: with the older of the two.
        found.retain(|found| ids.binary_search(&found.id.first).is_ok() && found.level >= query.min_level);
        found.sort_by(|a, b| a.id.first.cmp(&b.id.first).then(b.confidence.total_cmp(&a.confidence)));
        for suggestion in found {
            let of_next = items
                .last()
                .is_some_and(|last: &Suggestion| last.id.first != suggestion.id.first);
            if items.len() >= limit && of_next {
                let last = items.last().map(|last| last.id.first.to_string());
                return Ok(SuggestionPage {
                    items,
                    next_cursor: last,
                });
            }
            items.push(suggestion);
        }
        after = ids.last().copied().or(after);
        if is_last {
            return Ok(SuggestionPage {
                items,
                next_cursor: None,
            });
        }
        if items.len() >= limit {
            break;
        }
    }
    Ok(SuggestionPage {
        items,
        next_cursor: after.map(|id| id.to_string()),
    })
}

/// The customers that may be the same as this one, the surest first, without those that people dismissed.
#[boxed]
pub async fn suggestions_of(
    app: &App,
    organization: OrganizationId,
    customer_id: Uuid,
) -> Result<Vec<Suggestion>, AppError> {
    get(app, organization, customer_id).await?.visible()?;
    let mut found = pairs(app, organization, &[customer_id]).await?;
    found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
    Ok(found)
}

/// Keeps that the two customers of a suggestion are two, so that nobody is asked again.
#[boxed]
pub async fn dismiss(app: &App, caller: &Caller, suggestion: SuggestionId) -> Result<(), AppError> {
    let pair = (suggestion.first, suggestion.second);
    for id in [pair.0, pair.1] {
        get(app, caller.organization, id).await?.visible()?;
    }
    let event = AuditEvent::now(&caller.actor, "duplicate_suggestion.dismissed")
        .on("duplicate_suggestion", suggestion.to_string())
        .with(json!({"customer_ids": [pair.0, pair.1]}));
    let name = &caller.actor.name;
    app.store
        .dismissal_create(caller.organization, suggestion.key(), pair, name, &[event])
        .await?;
    Ok(())
}

/// All pairs of one of these customers and any other that were not dismissed.
async fn pairs(app: &App, organization: OrganizationId, ids: &[Uuid]) -> Result<Vec<Suggestion>, AppError> {
    let shared = shared_keys(app, organization, ids).await?;
    let keys: Vec<Uuid> = shared.keys().map(|pair| pair.key()).collect();
    let dismissed = app.store.dismissal_find(organization, &keys).await?;
    let wanted: BTreeSet<Uuid> = shared.keys().flat_map(|pair| [pair.first, pair.second]).collect();
    let wanted: Vec<Uuid> = wanted.into_iter().collect();
    let customers: HashMap<Uuid, Customer> = load(app, organization, &wanted)
        .await?
        .into_iter()
        .map(|customer| (customer.id, customer))
        .collect();
    let mut suggestions = Vec::new();
    for (pair, keys) in shared {
        let both = (customers.get(&pair.first), customers.get(&pair.second));
        if let (Some(found), (Some(first), Some(second))) = (assess(&keys), both)
            && !dismissed.contains(&pair.key())
        {
            suggestions.push(Suggestion {
                id: pair,
                first: first.clone(),
                second: second.clone(),
                level: level_of(found.level),
                confidence: found.confidence,
                reasons: found.reasons,
            });
        }
    }
    Ok(suggestions)
}

/// Which keys these customers share with which others. What hidden customers hold counts for those they were merged into.
async fn shared_keys(
    app: &App,
    organization: OrganizationId,
    ids: &[Uuid],
) -> Result<BTreeMap<SuggestionId, Vec<SharedKey>>, AppError> {
    let seeds: HashSet<Uuid> = ids.iter().copied().collect();
    let absorbed = app.store.customer_absorbed(organization, ids).await?;
    let own: Vec<Uuid> = ids.iter().copied().chain(absorbed.iter().map(|(id, _)| *id)).collect();
    let own: Vec<MatchValues> = load(app, organization, &own).await?.iter().map(match_values).collect();
    let own: Vec<&MatchValues> = own.iter().collect();
    let kinds: HashMap<u128, KeyKind> = own
        .iter()
        .flat_map(|values| keys_of(values))
        .map(|key| (key.hash, key.kind))
        .collect();
    let mut holders: BTreeMap<u128, Vec<Uuid>> = BTreeMap::new();
    for posting in stored_postings(app, organization, EntityKind::Customer, &own).await? {
        holders.entry(posting.key_hash).or_default().push(posting.record_id);
    }
    let mut shared: BTreeMap<SuggestionId, Vec<SharedKey>> = BTreeMap::new();
    for (hash, holders) in holders {
        let Some(kind) = kinds.get(&hash).filter(|_| holders.len() < MAX_HOLDERS) else {
            continue;
        };
        let others = holders.len().saturating_sub(1);
        for one in holders.iter().filter(|id| seeds.contains(id)) {
            for other in holders.iter().filter(|other| *other != one) {
                // Of two that were asked for, the pair is made once.
                if !(seeds.contains(other) && other < one) {
                    shared
                        .entry(SuggestionId::new(*one, *other))
                        .or_default()
                        .push(SharedKey {
                            kind: *kind,
                            holders: others,
                        });
                }
            }
        }
    }
    Ok(shared)
}
