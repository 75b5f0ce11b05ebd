//! What became of things in few words, for comparing: `2.customer` is the customer of row 2 of the run, `#7` a record of the store.

use std::fmt::Write;

use torqueflow_model::import::{EntityCounts, ImportBatch, JournalEntry, StoredFinding};
use torqueflow_model::{RowPart, RunIds};
use uuid::Uuid;

use super::support::RUN;
use crate::fate::Fate;
use crate::resolve::Followed;

pub fn shown(id: Uuid) -> String {
    let Some(place) = RunIds::of(RUN).place(id.as_u128()) else {
        return format!("#{}", id.as_u128());
    };
    match place.part() {
        Some(RowPart::Record(slot)) => format!("{}.{}", place.row(), slot.name()),
        Some(RowPart::Lookup(slot, field)) => format!("{}.{}.{field}", place.row(), slot.name()),
        None => panic!("no part of a row: {id}"),
    }
}

/// `Create 2.customer`.
pub fn told_fate(fate: Fate) -> String {
    let name = format!("{fate:?}");
    let name = name.split('(').next().unwrap();
    match fate.id() {
        Some(id) => format!("{name} {}", shown(id)),
        None => name.to_owned(),
    }
}

/// `to #7`, `fails orphan (customer C9)`.
pub fn told_link(followed: Followed) -> String {
    match followed {
        Followed::To(id) => format!("to {}", shown(id)),
        Followed::New(kind, folded) => format!("new {kind} {folded}"),
        Followed::Nowhere => "nowhere".to_owned(),
        Followed::Untold(finding) => format!("untold {} ({})", finding.code.code(), finding.detail),
        Followed::Fails(finding) => format!("fails {} ({})", finding.code.code(), finding.detail),
    }
}

/// `2 imported`.
pub fn told_results(batch: &ImportBatch) -> Vec<String> {
    let results = batch.results.iter();
    results
        .map(|(row, outcome)| format!("{row} {}", outcome.name()))
        .collect()
}

/// `customer created 1 skipped 2`.
pub fn told_counts(batch: &ImportBatch) -> Vec<String> {
    let counts = batch.progress.entity_counts.iter();
    counts
        .map(|(entity, counts)| format!("{entity}{}", told_count(counts)))
        .collect()
}

fn told_count(counts: &EntityCounts) -> String {
    let named = [
        ("created", counts.created),
        ("updated", counts.updated),
        ("merged", counts.merged),
        ("preserved", counts.preserved),
        ("unchanged", counts.unchanged),
        ("skipped", counts.skipped),
        ("failed", counts.failed),
    ];
    let mut told = String::new();
    for (name, count) in named.into_iter().filter(|(_, count)| *count != 0) {
        write!(told, " {name} {count}").unwrap();
    }
    told
}

/// `2:64 mapped customer #7`.
pub fn told_entry(entry: &JournalEntry) -> String {
    format!(
        "{}:{} {} {} {}",
        entry.row_number,
        entry.ordinal,
        entry.action.name(),
        entry.entity,
        shown(entry.record_id)
    )
}

pub fn told_journal(batch: &ImportBatch) -> Vec<String> {
    batch.journal.iter().map(told_entry).collect()
}

/// `2:1000000 orphan customer C9`.
pub fn told_finding(finding: &StoredFinding) -> String {
    let told = format!(
        "{}:{} {} {}",
        finding.row_number, finding.ordinal, finding.code, finding.detail
    );
    told.trim_end().to_owned()
}

pub fn told_findings(batch: &ImportBatch) -> Vec<String> {
    batch.findings.iter().map(told_finding).collect()
}
