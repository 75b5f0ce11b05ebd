//! How far a rollback is, and what became of what it has seen: kept with the run, and committed with each page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use torqueflow_persistence::{JournalAction, JournalEntry, PageEnd, RollbackOutcome, RollbackReason, Run, Verdict};
use uuid::Uuid;

use super::report::EntityOutcomes;
use crate::error::AppError;

/// Examples that are kept of each reason.
const EXAMPLES: usize = 3;

/// How far a rollback is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct RollbackState {
    /// How often it was requested.
    pub attempt: u32,
    pub requested_by: String,
    #[serde(with = "time::serde::rfc3339::option")]
    pub requested_at: Option<OffsetDateTime>,
    #[serde(with = "time::serde::rfc3339::option")]
    pub finished_at: Option<OffsetDateTime>,
    /// Writes that this attempt has to do with.
    pub total: i64,
    /// Those of them that it has seen.
    pub done: i64,
    /// Parts that it has seen whole.
    pub parts_done: usize,
    /// Where it is in the next part.
    pub after: Option<PageEnd>,
    pub tally: Tally,
    /// What becomes of records that later runs have confirmed.
    #[serde(default)]
    pub confirmed: Confirmed,
    /// Records of earlier runs that the run has confirmed itself, which is withdrawn.
    #[serde(default)]
    pub confirmations: i64,
}

/// What becomes of records that later runs have confirmed: their source still had them as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmed {
    /// They stay.
    #[default]
    Keep,
    /// They are taken back like all others.
    Remove,
}

/// What became of writes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Tally {
    pub entities: BTreeMap<EntityKind, EntityOutcomes>,
    pub reasons: Vec<ReasonTally>,
}

/// Writes of which the same became for the same reason.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ReasonTally {
    pub entity: EntityKind,
    pub outcome: RollbackOutcome,
    pub reason: RollbackReason,
    pub count: i64,
    /// Job, row and record of the first.
    pub examples: Vec<(Uuid, i64, Uuid)>,
}

impl RollbackState {
    /// What a run keeps of its rollback.
    pub fn of(run: &Run) -> Result<Option<Self>, AppError> {
        run.rollback
            .clone()
            .map(|json| {
                serde_json::from_value(json).map_err(|_| AppError::Internal("a run's rollback can't be read back"))
            })
            .transpose()
    }

    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// A new attempt. What was taken back before stays so and is not looked at again.
    pub fn requested(self, by: &str, (entries, confirmations): (i64, i64), confirmed: Confirmed) -> Self {
        let mut tally = self.tally;
        for outcomes in tally.entities.values_mut() {
            (outcomes.kept, outcomes.blocked, outcomes.failed) = (0, 0, 0);
        }
        tally
            .reasons
            .retain(|reason| reason.outcome == RollbackOutcome::Reversed);
        let reversed: i64 = tally.entities.values().map(EntityOutcomes::reversed).sum();
        Self {
            attempt: self.attempt + 1,
            requested_by: by.to_owned(),
            requested_at: Some(OffsetDateTime::now_utc()),
            finished_at: None,
            total: entries - reversed,
            done: 0,
            parts_done: 0,
            after: None,
            tally,
            confirmed,
            confirmations: self.confirmations + confirmations,
        }
    }
}

impl Tally {
    /// Whether everything was taken back.
    pub fn is_complete(&self) -> bool {
        self.entities
            .values()
            .all(|outcomes| outcomes.kept + outcomes.blocked + outcomes.failed == 0)
    }

    /// Counts an entry.
    pub fn add(&mut self, entry: &JournalEntry, verdict: Verdict) {
        let outcomes = self.entities.entry(entry.entity).or_default();
        let counter = match (verdict.outcome, entry.action) {
            (RollbackOutcome::Reversed, JournalAction::Created) => &mut outcomes.deleted,
            (RollbackOutcome::Reversed, JournalAction::Updated) => &mut outcomes.restored,
            (RollbackOutcome::Reversed, JournalAction::Mapped) => &mut outcomes.unlinked,
            (RollbackOutcome::Kept, _) => &mut outcomes.kept,
            (RollbackOutcome::Blocked, _) => &mut outcomes.blocked,
            (RollbackOutcome::Failed, _) => &mut outcomes.failed,
        };
        *counter += 1;
        if let Some(reason) = verdict.reason {
            self.add_reason(entry, verdict.outcome, reason);
        }
    }

    fn add_reason(&mut self, entry: &JournalEntry, outcome: RollbackOutcome, reason: RollbackReason) {
        let example = (entry.job_id, entry.row_number, entry.record_id);
        let known = self
            .reasons
            .iter_mut()
            .find(|known| (known.entity, known.outcome, known.reason) == (entry.entity, outcome, reason));
        if let Some(known) = known {
            known.count += 1;
            if known.examples.len() < EXAMPLES {
                known.examples.push(example);
            }
        } else {
            self.reasons.push(ReasonTally {
                entity: entry.entity,
                outcome,
                reason,
                count: 1,
                examples: vec![example],
            });
        }
    }
}
