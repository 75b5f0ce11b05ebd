//! The match keys of customers of the store: the same that an import makes of its rows.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value as Json;
use torqueflow_dedupe::{MAX_HOLDERS, MatchKey, match_keys};
use torqueflow_model::{EntityKind, FieldValue, Record, Slot, SourceId, Value};
use torqueflow_persistence::PostingChange;

use super::Address;

/// The columns of a customer.
type Values = BTreeMap<String, Json>;

/// The match keys of a customer with these columns and addresses.
pub(super) fn keys_of(values: &Values, addresses: &[Address]) -> Vec<MatchKey> {
    let billing = addresses
        .iter()
        .find(|address| address.values.get("address_type").and_then(Json::as_str) == Some("billing"));
    let customer = record(Slot::Main(EntityKind::Customer), values);
    let row: Vec<Record> = billing
        .map(|address| record(Slot::BillingAddress, &address.values))
        .into_iter()
        .collect();
    match_keys(&customer, &row)
}

/// The match keys that a customer has more, and those that it has no more.
pub(super) fn key_change(before: &[MatchKey], after: &[MatchKey]) -> PostingChange {
    let hashes = |keys: &[MatchKey]| keys.iter().map(|key| key.hash).collect::<HashSet<_>>();
    let (old, new) = (hashes(before), hashes(after));
    let mut change = PostingChange {
        added: new.difference(&old).copied().collect(),
        removed: old.difference(&new).copied().collect(),
        max_holders: MAX_HOLDERS,
    };
    // Everybody writes them in the same order, so that nobody waits in a circle.
    change.added.sort_unstable();
    change.removed.sort_unstable();
    change
}

fn record(slot: Slot, values: &Values) -> Record {
    let fields = slot.entity().fields().iter().filter_map(|spec| {
        let text = values.get(&spec.column()?)?.as_str()?;
        Some(FieldValue {
            spec,
            value: Value::Text(text.to_owned()),
            raw: String::new(),
        })
    });
    Record {
        slot,
        source_id: SourceId::Content(0),
        fields: fields.collect(),
    }
}
