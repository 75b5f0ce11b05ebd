//! What was decided on the records of a batch that match others, and matches that appeared since.

use std::collections::HashMap;

use torqueflow_dedupe::{KeyKind, MatchKey, SharedKey, assess, keys_of, match_values};
use torqueflow_engine::{Decision, JobRow};
use torqueflow_model::MatchValues;
use torqueflow_persistence::{Duplicate, DuplicateAction, MatchLevel, MatchPosting};
use uuid::Uuid;

use super::Importer;
use super::load::Loader;
use crate::error::AppError;
use crate::matching::{MATCHED, level_of, stored_postings};

/// How far a match leads from record to record: skipped into one that was itself skipped into another, and so on.
const MAX_HOPS: usize = 16;

impl Loader<'_> {
    /// The decisions on the records of these rows.
    pub(super) async fn load_decisions(&mut self, first: i64, last: i64) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        let duplicates = store
            .duplicate_list_of_rows(self.job.organization, self.job.job.id, first, last)
            .await?;
        for duplicate in &duplicates {
            self.decide(duplicate);
        }
        Ok(())
    }

    /// Leads each decision on to where its match itself ended up.
    pub(super) async fn follow_decisions(&mut self) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        for _ in 0..MAX_HOPS {
            let targets: Vec<Uuid> = self
                .facts
                .decisions
                .values()
                .map(|decision| decision.target())
                .collect();
            if targets.is_empty() {
                break;
            }
            let onward: HashMap<Uuid, Uuid> = store
                .duplicate_find(self.job.organization, self.importer.run.id, &targets)
                .await?
                .into_iter()
                .filter(|(_, duplicate)| {
                    matches!(
                        effective(self.importer, duplicate),
                        Some(DuplicateAction::Skip | DuplicateAction::Merge)
                    )
                })
                .map(|(id, duplicate)| (id, duplicate.match_record_id))
                .collect();
            if onward.is_empty() {
                break;
            }
            for decision in self.facts.decisions.values_mut() {
                if let Some(next) = onward.get(&decision.target()) {
                    decision.lead_to(*next);
                }
            }
        }
        Ok(())
    }

    /// Who was to be left out in favour of a record, or merged into it, is there before the row that stands in for it: then
    /// that one is left out, or merged.
    pub(super) async fn turn_decisions(&mut self) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        let stand_ins: Vec<Uuid> = self.facts.stand_ins.iter().copied().collect();
        for duplicate in store
            .duplicate_list_of_matches(self.job.organization, self.importer.run.id, &stand_ins)
            .await?
        {
            let action = effective(self.importer, &duplicate);
            if let Some(decision) = action.and_then(|action| Decision::of(Some(action), duplicate.record_id)) {
                self.facts
                    .decisions
                    .entry(duplicate.match_record_id)
                    .or_insert(decision);
            }
        }
        Ok(())
    }

    pub(super) fn decide(&mut self, duplicate: &Duplicate) {
        let decision = Decision::of(effective(self.importer, duplicate), duplicate.match_record_id);
        self.facts
            .decisions
            .extend(decision.map(|decision| (duplicate.record_id, decision)));
    }

    /// Looks for matches that other runs brought into the store after the analysis.
    pub(super) async fn find_late_matches(&mut self, rows: &[JobRow]) -> Result<(), AppError> {
        let store = &self.importer.app.store;
        let analysed_at = self.importer.run.analysed_at;
        for entity in MATCHED {
            let mut wanted: HashMap<Uuid, MatchValues> = HashMap::new();
            for row in rows {
                for record in row.clean.records.iter().filter(|record| record.slot.entity() == entity) {
                    if let Some(found) = self.facts.found(row, record.slot)
                        && !self.facts.decisions.contains_key(&found.record_id)
                        && !self.facts.is_mapped(entity, &record.source_id, found.occurrence)
                        && self.facts.existing(record).is_empty()
                    {
                        wanted.insert(found.record_id, match_values(record, &row.clean.records));
                    }
                }
            }
            let values: Vec<&MatchValues> = wanted.values().collect();
            let mut postings = stored_postings(self.importer.app, self.job.organization, entity, &values).await?;
            let ids: Vec<_> = postings.iter().map(|posting| posting.record_id).collect();
            let late = store
                .business_existing(self.job.organization, entity, &ids, analysed_at)
                .await?;
            let policy = self.importer.policy();
            postings.retain(|posting| late.contains(&posting.record_id) && !policy.creates(posting.record_id));
            for (record_id, values) in wanted {
                if let Some((target, level)) = late_match(&keys_of(&values), &postings) {
                    let decision = Decision::of(self.importer.options.on_duplicate.of(level), target);
                    self.facts
                        .decisions
                        .extend(decision.map(|decision| (record_id, decision)));
                }
            }
        }
        Ok(())
    }

    /// Reads the records that the decisions lead to.
    pub(super) async fn load_targets(&mut self) -> Result<(), AppError> {
        let ids: Vec<Uuid> = self
            .facts
            .decisions
            .values()
            .map(|decision| decision.target())
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let store = &self.importer.app.store;
        // A match that was merged into another customer since leads to that one.
        let survivors = store.customer_survivors(self.job.organization, &ids).await?;
        for decision in self.facts.decisions.values_mut() {
            if let Some(survivor) = survivors.get(&decision.target()) {
                decision.lead_to(*survivor);
            }
        }
        let ids: Vec<Uuid> = self
            .facts
            .decisions
            .values()
            .map(|decision| decision.target())
            .collect();
        for entity in MATCHED {
            for row in store.business_load(self.job.organization, entity, &ids).await? {
                self.facts.targets.insert(row.id, (entity, row));
            }
        }
        self.load_addresses(&ids).await
    }
}

/// What happens with a match: what was decided for it, else the default. The default does not reach matches that are
/// worth no more than a look.
///
/// `None`: a match that needs a decision and has none. The start saw to it that there is none of these, so it appeared
/// when rows were run again.
fn effective(importer: &Importer<'_>, duplicate: &Duplicate) -> Option<DuplicateAction> {
    duplicate.action.or(importer.options.on_duplicate.of(duplicate.level))
}

/// The surest match among these postings, if it is more than worth a look.
fn late_match(keys: &[MatchKey], postings: &[MatchPosting]) -> Option<(Uuid, MatchLevel)> {
    let kinds: HashMap<u128, KeyKind> = keys.iter().map(|key| (key.hash, key.kind)).collect();
    let mut shared: HashMap<Uuid, Vec<SharedKey>> = HashMap::new();
    for posting in postings {
        if let Some(kind) = kinds.get(&posting.key_hash) {
            shared.entry(posting.record_id).or_default().push(SharedKey {
                kind: *kind,
                holders: 1,
            });
        }
    }
    let mut matches: Vec<_> = shared
        .into_iter()
        .filter_map(|(id, keys)| Some((id, assess(&keys)?)))
        .filter(|(_, found)| found.level > torqueflow_dedupe::MatchLevel::Low)
        .collect();
    matches.sort_by(|a, b| b.1.confidence.total_cmp(&a.1.confidence).then(a.0.cmp(&b.0)));
    matches.first().map(|(id, found)| (*id, level_of(found.level)))
}
