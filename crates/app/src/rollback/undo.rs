//! The work of a rollback: page after page, each behind the one that was committed last.

use torqueflow_engine::decide_rollback;
use torqueflow_persistence::{
    JournalEntry, Judge, PageEnd, RollbackFacts, RollbackOutcome, RollbackPage, RollbackPart, RollbackReason,
    StoreError, Verdict,
};

use super::state::{Confirmed, RollbackState};
use crate::error::AppError;
use crate::progress::{Event, Phase};
use crate::retry::Retries;
use crate::work::Work;

/// Entries of a page.
pub(super) const PAGE: usize = 1000;

/// Decides on pages and keeps count.
#[derive(Default)]
pub(super) struct Judging {
    /// The database has refused this page, which can't be split any more.
    refused: bool,
    pub state: RollbackState,
}

impl Judge for Judging {
    fn judge(&mut self, page: &RollbackPage, entries: &[JournalEntry], facts: &RollbackFacts) -> Vec<Verdict> {
        let verdicts = if self.refused {
            let failed = Verdict::new(RollbackOutcome::Failed, RollbackReason::Refused);
            vec![failed; entries.len()]
        } else {
            decide_rollback(page.run_id, entries, facts)
        };
        for (entry, verdict) in entries.iter().zip(&verdicts) {
            self.state.tally.add(entry, *verdict);
        }
        self.state.done += entries.len() as i64;
        verdicts
    }

    fn progress(&mut self, end: Option<PageEnd>) -> serde_json::Value {
        self.state.after = end;
        if end.is_none() {
            self.state.parts_done += 1;
        }
        self.state.to_json()
    }
}

impl Work<'_> {
    /// Takes all parts back, from where an earlier process stopped, and removes the match keys of what is gone.
    pub(super) async fn take_back(&self, parts: &[RollbackPart]) -> Result<RollbackState, AppError> {
        (self.listener)(Event::Phase(Phase::RollingBack));
        let mut state = self.stored_state().await?;
        let mut retries = Retries::default();
        let mut limit = PAGE;
        let mut refused = false;
        self.tell(&state);
        while let Some(part) = parts.get(state.parts_done) {
            self.go_on()?;
            let page = RollbackPage {
                run_id: self.run.id,
                part: *part,
                after: state.after,
                limit,
                again: state.attempt > 1,
                keeps_confirmed: state.confirmed == Confirmed::Keep,
            };
            let mut judging = Judging {
                refused,
                state: state.clone(),
            };
            let store = &self.app.store;
            match store
                .rollback_page(self.organization, &self.lease, &page, &mut judging)
                .await
            {
                Ok(_) => {
                    state = judging.state;
                    (retries, refused, limit) = (Retries::default(), false, (limit * 2).min(PAGE));
                    self.tell(&state);
                }
                // What the database refuses for good is looked for by halves, until it stands alone.
                Err(StoreError::Refused(_)) if limit > 1 => limit /= 2,
                Err(StoreError::Refused(_)) if !refused => refused = true,
                Err(error) => {
                    retries.wait(error.into(), self.listener).await?;
                    // A commit whose answer was lost has happened all the same.
                    state = self.stored_state().await?;
                }
            }
        }
        Ok(state)
    }

    fn tell(&self, state: &RollbackState) {
        (self.listener)(Event::RolledBack {
            done: state.done,
            total: state.total,
        });
    }

    async fn stored_state(&self) -> Result<RollbackState, AppError> {
        let run = self.app.store.run_get(self.organization, self.run.id).await?;
        Ok(RollbackState::of(&run)?.unwrap_or_default())
    }
}
