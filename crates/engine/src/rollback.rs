//! What becomes of a write that is to be taken back: the rules, without a database.
//!
//! **A record is untouched** if each of its versions after the write is accounted for: made by a write that has been
//! taken back since, by a merge of customers that was undone since, or by taking back or undoing one. So whatever a
//! person did keeps the record, and runs that were imported on top of each other can be taken back in any order: what a
//! later run changed is kept until that run is taken back too, and then is as if that run had never been.
//!
//! **What a kept record owns is kept**: what a record owns by the catalogue (an address of a customer, a line of a job)
//! stays as the run left it where anything stays of what the run wrote to the owner, for whatever reason. It is taken back
//! before its owner, so what becomes of the owner is decided on beforehand, with the same rules.

use std::collections::{HashMap, HashSet};

use torqueflow_model::import::{
    JournalAction, JournalEntry, Owners, RollbackFacts, RollbackOutcome as Outcome, RollbackReason as Reason, Verdict,
    Writes,
};
use torqueflow_model::{EntityKind, FieldKind};
use uuid::Uuid;

/// Decides on entries of a run, the newest first.
pub fn decide_rollback(run_id: Uuid, entries: &[JournalEntry], facts: &RollbackFacts) -> Vec<Verdict> {
    let owners = facts.owners.as_deref();
    let staying = owners.map_or_else(HashSet::new, |owners| staying_owners(run_id, owners));
    let owner_stays = |entry: &JournalEntry| {
        let owner = owners.and_then(|owners| owners.of.get(&entry.record_id));
        owner.is_some_and(|owner| staying.contains(owner))
    };
    let mut accounted = facts.reversed_versions.clone();
    let mut verdicts = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut verdict = verdict(run_id, entry, facts, &accounted);
        if verdict.is_reversed()
            && entry.action != JournalAction::Mapped
            && let Some((_, owner)) = entry.entity.owner()
            && owner_stays(entry)
        {
            verdict = Verdict::new(Outcome::Kept, Reason::OwnerKept(owner));
        }
        if verdict.is_reversed()
            && let Some(version) = entry.version_after
        {
            accounted.entry(entry.record_id).or_default().insert(version);
        }
        verdicts.push(verdict);
    }
    verdicts
}

/// The owners of which something stays that the run wrote, whatever becomes of what they own.
fn staying_owners(run_id: Uuid, owners: &Owners) -> HashSet<Uuid> {
    let stay = |writes: &Writes| {
        let verdicts = decide_rollback(run_id, &writes.entries, &writes.facts);
        let records = writes.entries.iter().map(|entry| entry.record_id).zip(verdicts);
        let stay = records.filter(|(_, verdict)| !verdict.is_reversed());
        stay.map(|(record_id, _)| record_id).collect::<Vec<_>>()
    };
    let mut staying: HashSet<Uuid> = stay(&owners.writes).into_iter().collect();
    // What is owned and stays by itself needs its owner.
    let created = owners.writes.entries.iter();
    let created = created.filter(|entry| entry.action == JournalAction::Created);
    let created: HashSet<Uuid> = created.map(|entry| entry.record_id).collect();
    let owned = owners.owned.iter().flat_map(stay);
    let needed = owned.filter_map(|record_id| owners.of.get(&record_id));
    staying.extend(needed.filter(|owner| created.contains(owner)));
    staying
}

fn verdict(
    run_id: Uuid,
    entry: &JournalEntry,
    facts: &RollbackFacts,
    accounted: &HashMap<Uuid, HashSet<i64>>,
) -> Verdict {
    let is_confirmed = facts.confirmed.contains(&entry.record_id);
    let confirmed = Verdict::new(Outcome::Kept, Reason::ConfirmedSince);
    if entry.action == JournalAction::Mapped {
        let verdict = mapping_verdict(run_id, entry, facts);
        let key = entry.mapping.as_ref();
        let is_there = key.is_some_and(|key| facts.mappings.contains_key(key));
        return if verdict.is_reversed() && is_there && is_confirmed {
            confirmed
        } else {
            verdict
        };
    }
    let Some(record) = facts.records.get(&entry.record_id) else {
        return Verdict::new(Outcome::Reversed, Reason::Gone);
    };
    if !is_untouched(entry, record.version, accounted.get(&entry.record_id)) {
        let reason = if record.merged {
            Reason::MergedSince
        } else {
            Reason::ChangedSince
        };
        return Verdict::new(Outcome::Kept, reason);
    }
    if is_confirmed {
        return confirmed;
    }
    if entry.action == JournalAction::Created {
        return deletion_verdict(entry, facts);
    }
    if links_before(entry).any(|id| !facts.targets.contains(&id)) {
        return Verdict::new(Outcome::Failed, Reason::TargetGone);
    }
    mapping_verdict(run_id, entry, facts)
}

fn is_untouched(entry: &JournalEntry, version: i64, accounted: Option<&HashSet<i64>>) -> bool {
    entry.version_after.is_some_and(|after| {
        (after + 1..=version).all(|version| accounted.is_some_and(|known| known.contains(&version)))
    })
}

fn deletion_verdict(entry: &JournalEntry, facts: &RollbackFacts) -> Verdict {
    let in_use = facts.referred_by.get(&entry.record_id).copied();
    let is_owned = |kind: EntityKind| kind.owner().is_some_and(|(_, owner)| owner == entry.entity);
    // What it owns may stay for no other reason than that the record does, so that is named last.
    match in_use {
        Some(kind) if !is_owned(kind) => Verdict::new(Outcome::Blocked, Reason::InUse(kind)),
        _ if facts.mapped_elsewhere.contains(&entry.record_id) => Verdict::new(Outcome::Blocked, Reason::InOtherImport),
        Some(kind) => Verdict::new(Outcome::Blocked, Reason::InUse(kind)),
        None => Verdict::REVERSED,
    }
}

/// A mapping is taken back while it says what this run wrote. One that is gone needs nothing. One that was there before
/// says again what it said, wherever it leads by now: merges and what undoes them move it, and go by themselves.
fn mapping_verdict(run_id: Uuid, entry: &JournalEntry, facts: &RollbackFacts) -> Verdict {
    let current = entry.mapping.as_ref().and_then(|key| facts.mappings.get(key));
    match current {
        Some(current)
            if current.run_id != run_id || current.record_id != entry.record_id && entry.mapping_before.is_none() =>
        {
            Verdict::new(Outcome::Kept, Reason::MappingChangedSince)
        }
        _ => Verdict::REVERSED,
    }
}

/// What the before-image refers to.
fn links_before(entry: &JournalEntry) -> impl Iterator<Item = Uuid> {
    let links = entry.entity.fields().iter().filter_map(|spec| match spec.kind {
        FieldKind::Reference { .. } => spec.column(),
        _ => None,
    });
    links.filter_map(|column| {
        let text = entry.before.as_ref()?.get(&column)?.as_str()?;
        Uuid::parse_str(text).ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use torqueflow_model::import::{CurrentMapping, CurrentRecord};

    use super::*;

    const RUN: Uuid = Uuid::from_u128(1);
    const OTHER_RUN: Uuid = Uuid::from_u128(2);
    const RECORD: Uuid = Uuid::from_u128(10);
    const OTHER_RECORD: Uuid = Uuid::from_u128(11);

    fn key() -> (String, String) {
        ("techman".to_owned(), "000101".to_owned())
    }

    fn entry(action: JournalAction, version_after: i64) -> JournalEntry {
        JournalEntry {
            job_id: Uuid::nil(),
            row_number: 2,
            ordinal: 0,
            entity: EntityKind::Vehicle,
            record_id: RECORD,
            action,
            mapping: Some(key()),
            before: (action == JournalAction::Updated).then(|| json!({ "colour": null })),
            version_after: (action != JournalAction::Mapped).then_some(version_after),
            mapping_before: None,
        }
    }

    /// The record has this version, these of its versions were taken back, and its mapping is the run's.
    fn facts(version: i64, reversed: &[i64]) -> RollbackFacts {
        let record = CurrentRecord { version, merged: false };
        let mapping = CurrentMapping {
            record_id: RECORD,
            run_id: RUN,
        };
        RollbackFacts {
            records: HashMap::from([(RECORD, record)]),
            reversed_versions: HashMap::from([(RECORD, reversed.iter().copied().collect())]),
            mappings: HashMap::from([(key(), mapping)]),
            ..RollbackFacts::default()
        }
    }

    fn name(verdict: Verdict) -> String {
        let reason = verdict.reason.map(|reason| format!(" {}", reason.code()));
        format!("{}{}", verdict.outcome.name(), reason.unwrap_or_default())
    }

    #[track_caller]
    fn check(entries: &[JournalEntry], facts: &RollbackFacts, expected: &[&str]) {
        let verdicts: Vec<_> = decide_rollback(RUN, entries, facts).into_iter().map(name).collect();
        assert_eq!(verdicts, expected);
    }

    #[test]
    fn a_record_is_untouched_while_all_its_later_versions_are_accounted_for() {
        use JournalAction::{Created, Updated};
        for (written, version, reversed, expected) in [
            (1, 1, &[][..], "reversed"),
            (1, 2, &[], "kept changed_since"),
            // A later run made 2, taking it back made 3.
            (1, 3, &[2, 3], "reversed"),
            // A person made 4 on top of that, or 3 in between.
            (1, 4, &[2, 3], "kept changed_since"),
            (1, 5, &[2, 4, 5], "kept changed_since"),
            // What was before does not matter.
            (4, 4, &[], "reversed"),
            (4, 6, &[5, 6], "reversed"),
        ] {
            for action in [Created, Updated] {
                check(&[entry(action, written)], &facts(version, reversed), &[expected]);
            }
        }
    }

    #[test]
    fn several_writes_to_a_record_are_taken_back_down_to_the_first_that_is_not_ours() {
        let updated = |version| entry(JournalAction::Updated, version);
        let created = entry(JournalAction::Created, 1);
        check(
            &[updated(3), updated(2), created.clone()],
            &facts(3, &[]),
            &["reversed"; 3],
        );
        check(
            &[updated(4), updated(2), created.clone()],
            &facts(4, &[]),
            &["reversed", "kept changed_since", "kept changed_since"],
        );
        check(
            &[updated(3), updated(2), created],
            &facts(4, &[]),
            &["kept changed_since"; 3],
        );
    }

    #[test]
    fn what_others_need_blocks_a_deletion_and_nothing_else() {
        let mut used = facts(1, &[]);
        used.referred_by.insert(RECORD, EntityKind::WorkOrder);
        check(&[entry(JournalAction::Created, 1)], &used, &["blocked in_use"]);
        check(&[entry(JournalAction::Updated, 1)], &used, &["reversed"]);
        check(&[entry(JournalAction::Mapped, 0)], &used, &["reversed"]);
        let mut mapped = facts(1, &[]);
        mapped.mapped_elsewhere.insert(RECORD);
        check(
            &[entry(JournalAction::Created, 1)],
            &mapped,
            &["blocked in_other_import"],
        );
        check(&[entry(JournalAction::Updated, 1)], &mapped, &["reversed"]);
    }

    #[test]
    fn a_mapping_is_kept_once_it_says_something_else() {
        use JournalAction::{Mapped, Updated};
        for (record_id, run_id, expected) in [
            (RECORD, RUN, "reversed"),
            (RECORD, OTHER_RUN, "kept mapping_changed_since"),
            (OTHER_RECORD, RUN, "kept mapping_changed_since"),
        ] {
            let mut facts = facts(1, &[]);
            facts.mappings.insert(key(), CurrentMapping { record_id, run_id });
            check(&[entry(Mapped, 0)], &facts, &[expected]);
            check(&[entry(Updated, 1)], &facts, &[expected]);
        }
        let mut moved = facts(1, &[]);
        let record_id = OTHER_RECORD;
        moved.mappings.insert(key(), CurrentMapping { record_id, run_id: RUN });
        for action in [Mapped, Updated] {
            let mut rewritten = entry(action, 1);
            rewritten.mapping_before = Some(json!({}));
            check(&[rewritten], &moved, &["reversed"]);
        }
        let mut gone = facts(1, &[]);
        gone.mappings.clear();
        check(&[entry(Mapped, 0)], &gone, &["reversed"]);
    }

    #[test]
    fn what_a_later_run_confirmed_is_kept_as_it_is() {
        use JournalAction::{Created, Mapped, Updated};
        let confirmed = |version| RollbackFacts {
            confirmed: HashSet::from([RECORD]),
            ..facts(version, &[])
        };
        for action in [Created, Updated, Mapped] {
            check(&[entry(action, 1)], &confirmed(1), &["kept confirmed_since"]);
        }
        // Whoever changed it since is named first, and who needs it last.
        check(&[entry(Created, 1)], &confirmed(2), &["kept changed_since"]);
        let mut used = confirmed(1);
        used.referred_by.insert(RECORD, EntityKind::WorkOrder);
        check(&[entry(Created, 1)], &used, &["kept confirmed_since"]);
        // There is nothing left of it.
        let mut gone = confirmed(1);
        gone.records.clear();
        gone.mappings.clear();
        check(&[entry(Created, 1)], &gone, &["reversed gone"]);
        check(&[entry(Mapped, 0)], &gone, &["reversed"]);
    }

    /// An address of the run's customer, at these versions; whether the customer is in use, and the version of another
    /// address that the run gave it.
    fn address_facts(customer: i64, address: i64, in_use: bool, sibling: i64) -> RollbackFacts {
        let written = |entity, record_id, version| {
            let mut written = Writes {
                entries: vec![entry(JournalAction::Created, 1)],
                ..Writes::default()
            };
            written.entries[0].entity = entity;
            written.entries[0].record_id = record_id;
            let merged = false;
            written.facts.records = HashMap::from([(record_id, CurrentRecord { version, merged })]);
            written
        };
        let (owner, other) = (OTHER_RECORD, Uuid::from_u128(12));
        let mut owners = Owners {
            of: HashMap::from([(RECORD, owner), (other, owner)]),
            writes: written(EntityKind::Customer, owner, customer),
            owned: vec![written(EntityKind::CustomerAddress, other, sibling)],
        };
        if in_use {
            owners.writes.facts.referred_by.insert(owner, EntityKind::Vehicle);
        }
        RollbackFacts {
            owners: Some(Box::new(owners)),
            ..facts(address, &[])
        }
    }

    #[test]
    fn what_a_record_that_stays_owns_is_kept() {
        for (customer, address, in_use, sibling, expected) in [
            (1, 1, false, 1, "reversed"),
            (2, 1, false, 1, "kept owner_kept"),
            (1, 1, true, 1, "kept owner_kept"),
            // Another address of the customer was changed, which needs the customer.
            (1, 1, false, 2, "kept owner_kept"),
            (2, 2, false, 1, "kept changed_since"),
        ] {
            let facts = address_facts(customer, address, in_use, sibling);
            for action in [JournalAction::Created, JournalAction::Updated] {
                let mut written = entry(action, 1);
                written.entity = EntityKind::CustomerAddress;
                check(&[written], &facts, &[expected]);
            }
            let mut mapped = entry(JournalAction::Mapped, 0);
            mapped.entity = EntityKind::CustomerAddress;
            check(&[mapped], &facts, &["reversed"]);
        }
        let mut changed = address_facts(2, 1, false, 2);
        let owners = changed.owners.as_mut().unwrap();
        owners.writes.entries[0].action = JournalAction::Updated;
        owners.writes.entries[0].version_after = Some(2);
        let mut written = entry(JournalAction::Created, 1);
        written.entity = EntityKind::CustomerAddress;
        // The customer was there before, and is put back whatever refers to it.
        check(&[written], &changed, &["reversed"]);
    }

    #[test]
    fn of_what_needs_a_record_what_it_owns_is_named_last() {
        let mut facts = facts(1, &[]);
        facts.referred_by.insert(RECORD, EntityKind::CustomerAddress);
        let mut created = entry(JournalAction::Created, 1);
        created.entity = EntityKind::Customer;
        check(&[created.clone()], &facts, &["blocked in_use"]);
        facts.mapped_elsewhere.insert(RECORD);
        check(&[created], &facts, &["blocked in_other_import"]);
    }

    #[test]
    fn what_is_gone_needs_nothing_and_what_was_merged_says_so() {
        let mut gone = facts(1, &[]);
        gone.records.clear();
        check(&[entry(JournalAction::Created, 1)], &gone, &["reversed gone"]);
        let merged = RollbackFacts {
            records: HashMap::from([(
                RECORD,
                CurrentRecord {
                    version: 2,
                    merged: true,
                },
            )]),
            ..RollbackFacts::default()
        };
        check(&[entry(JournalAction::Created, 1)], &merged, &["kept merged_since"]);
    }

    #[test]
    fn a_link_is_put_back_only_to_what_is_there() {
        let mut moved = entry(JournalAction::Updated, 2);
        moved.before = Some(json!({ "customer_id": OTHER_RECORD.to_string(), "location_id": null }));
        let mut facts = facts(2, &[]);
        check(&[moved.clone()], &facts, &["failed target_gone"]);
        facts.targets.insert(OTHER_RECORD);
        check(&[moved], &facts, &["reversed"]);
    }

    #[test]
    fn a_write_whose_version_is_not_known_is_left() {
        let mut unknown = entry(JournalAction::Created, 1);
        unknown.version_after = None;
        check(&[unknown], &facts(1, &[]), &["kept changed_since"]);
    }
}
