//! Checking the chain: is every entry what and where it was when it was sealed?

use serde::Serialize;
use torqueflow_persistence::{AuditHead, OrganizationId, StoredAuditEvent};

use super::Heads;
use super::chain::Chain;
use crate::error::AppError;
use crate::{App, boxed};

/// Entries that are read at a time.
const PAGE: u64 = 1000;
/// How many entries may have been taken out in one place for us to count them.
const MAX_REMOVED: i64 = 1000;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// How many entries were checked before the first that is wrong, or all.
    pub entries: i64,
    /// Events that are not sealed yet, and so can't be checked.
    pub unsealed: u64,
    /// The head of the chain as it is, `COUNT:MAC`; `None` while it is empty.
    pub head: Option<String>,
    /// How many heads it was checked against. Without one, entries that were cut off at the end do not show.
    pub heads_checked: usize,
    /// The first thing that is wrong.
    pub problem: Option<Problem>,
}

/// Something that is wrong with the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The place of the first entry that is wrong or missing.
    pub seq: i64,
    /// What is wrong.
    pub kind: ProblemKind,
    /// The same in words.
    pub message: String,
}

/// What can be wrong with the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// The entry says something else than when it was sealed.
    Changed,
    /// Only its link was changed.
    LinkChanged,
    /// Entries are missing.
    Removed,
    /// The entries stand in another order.
    Reordered,
    /// An entry was put in.
    Inserted,
    /// The entry does not follow the one before it, and what was done can't be told.
    Broken,
    /// The chain ends before the head.
    CutOff,
    /// The chain was another one when the head was kept: it was sealed anew.
    HeadDiffers,
}

/// Checks the organisation's chain from its first entry to its last, and against the heads.
#[boxed]
pub async fn verify(app: &App, organization: OrganizationId, heads: &Heads) -> Result<Verification, AppError> {
    let (key, _) = app.audit_key()?;
    let check = Check {
        app,
        chain: Chain {
            key: &key,
            organization,
        },
        heads,
    };
    let (entries, last, problem) = check.run().await?;
    Ok(Verification {
        entries,
        unsealed: app.store.audit_count_unsealed(organization).await?,
        head: last.map(|head| format!("{}:{}", head.count, head.mac)),
        heads_checked: heads.len(),
        problem,
    })
}

struct Check<'a> {
    app: &'a App,
    chain: Chain<'a>,
    heads: &'a Heads,
}

impl Check<'_> {
    /// How many entries are right, the end of the chain, and the first thing that is wrong.
    async fn run(&self) -> Result<(i64, Option<AuditHead>, Option<Problem>), AppError> {
        let mut good: Option<AuditHead> = None;
        let mut after = None;
        loop {
            let page = self.page(after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for entry in &page {
                let count = good.as_ref().map_or(0, |good| good.count);
                if let Some(problem) = self.check(entry, good.as_ref()).await? {
                    let end = self.app.store.audit_head(self.chain.organization).await?;
                    return Ok((count, end, Some(problem)));
                }
                good = Some(AuditHead {
                    count: count + 1,
                    mac: entry.mac.clone().unwrap_or_default(),
                });
            }
        }
        let count = good.as_ref().map_or(0, |good| good.count);
        let cut = self.heads.longest().filter(|head| head.count > count).map(|head| {
            let missing = head.count - count;
            let message = format!(
                "the log ends after entry {count}, but it had {} when the head was kept: {missing} cut off at the end",
                head.count
            );
            problem(count + 1, ProblemKind::CutOff, message)
        });
        Ok((count, good, cut))
    }

    async fn page(&self, after: Option<i64>) -> Result<Vec<StoredAuditEvent>, AppError> {
        let store = &self.app.store;
        Ok(store.audit_list_sealed(self.chain.organization, after, PAGE).await?)
    }

    /// What is wrong with an entry behind those that are right.
    async fn check(&self, entry: &StoredAuditEvent, good: Option<&AuditHead>) -> Result<Option<Problem>, AppError> {
        let expected = good.map_or(1, |good| good.count + 1);
        let seq = entry.seq.unwrap_or_default();
        if seq > expected {
            let message = match seq - expected {
                1 => format!("entry {expected} is missing"),
                _ => format!("entries {expected} to {} are missing", seq - 1),
            };
            return Ok(Some(problem(expected, ProblemKind::Removed, message)));
        }
        if seq < expected {
            let message = format!("an entry was put in as number {seq}");
            return Ok(Some(problem(seq, ProblemKind::Inserted, message)));
        }
        let previous = good.map(|good| good.mac.as_str());
        if !self.chain.fits(entry, seq, previous) {
            return Ok(Some(self.diagnose(entry, seq, previous).await?));
        }
        let differs = self.heads.at(seq).any(|head| Some(&head.mac) != entry.mac.as_ref());
        Ok(differs.then(|| {
            let message = format!(
                "entry {seq} is not the one that the head names: it or entries before it were changed and sealed anew"
            );
            problem(seq, ProblemKind::HeadDiffers, message)
        }))
    }

    /// What was done to an entry that does not follow the one before it.
    async fn diagnose(&self, entry: &StoredAuditEvent, seq: i64, previous: Option<&str>) -> Result<Problem, AppError> {
        let next = self.page(Some(seq)).await?.into_iter().next();
        let right_link = self.chain.link(entry, seq, previous);
        if let Some(next) = &next {
            let follows = |link: Option<&str>, place: i64| self.chain.fits(next, place, link);
            if follows(entry.mac.as_deref(), seq + 1) {
                let message = format!("entry {seq} was changed");
                return Ok(problem(seq, ProblemKind::Changed, message));
            }
            if follows(Some(&right_link), seq + 1) {
                let message = format!("the link of entry {seq} was changed");
                return Ok(problem(seq, ProblemKind::LinkChanged, message));
            }
        }
        if let Some(problem) = self.find_rightful(entry, seq, previous).await? {
            return Ok(problem);
        }
        let Some(next) = next else {
            let message = format!("entry {seq}, the last one, was changed, or entries before it were removed");
            return Ok(problem(seq, ProblemKind::Changed, message));
        };
        let removed = (1..=MAX_REMOVED).find(|removed| self.chain.fits(&next, seq + 1 + removed, entry.mac.as_deref()));
        if let Some(removed) = removed {
            let message = format!("{removed} removed before entry {seq}, and those behind were given new numbers");
            return Ok(problem(seq, ProblemKind::Removed, message));
        }
        if let Some(last) = self.last_changed(entry, seq).await? {
            let message = format!("entries {seq} to {last} were changed");
            return Ok(problem(seq, ProblemKind::Changed, message));
        }
        let key = if seq == 1 {
            ", or this is not the key that it was sealed with"
        } else {
            ""
        };
        let message =
            format!("entry {seq} does not follow the one before it: entries were changed, moved or removed{key}");
        Ok(problem(seq, ProblemKind::Broken, message))
    }

    /// The last of several neighbours that were changed: the entry behind it follows its link, and no link is missing.
    async fn last_changed(&self, entry: &StoredAuditEvent, seq: i64) -> Result<Option<i64>, AppError> {
        let mut link = entry.mac.clone();
        for (other, place) in self.page(Some(seq)).await?.iter().zip(seq + 1..) {
            if link.is_none() || other.seq != Some(place) {
                return Ok(None);
            }
            if self.chain.fits(other, place, link.as_deref()) {
                return Ok(Some(place - 1));
            }
            link.clone_from(&other.mac);
        }
        Ok(None)
    }

    /// Looks among the entries behind for the one that belongs into this place.
    async fn find_rightful(
        &self,
        entry: &StoredAuditEvent,
        seq: i64,
        previous: Option<&str>,
    ) -> Result<Option<Problem>, AppError> {
        let mut rightful: Option<StoredAuditEvent> = None;
        // The entry in question has moved when it fits behind some other one.
        let mut has_moved = false;
        let mut after = Some(seq);
        loop {
            let page = self.page(after).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for other in page {
                let place = other.seq.unwrap_or_default() + 1;
                has_moved |= self.chain.fits(entry, place, other.mac.as_deref());
                if rightful.is_none() {
                    let link = self.chain.link(&other, seq, previous);
                    // Moved with its link, or without it.
                    let is_rightful = other.mac.as_ref() == Some(&link) || entry.mac.as_ref() == Some(&link);
                    has_moved |= is_rightful && entry.mac.as_ref() == Some(&link);
                    has_moved |= is_rightful && self.chain.fits(entry, seq + 1, Some(&link));
                    rightful = is_rightful.then_some(other);
                }
            }
        }
        let Some(rightful) = rightful else { return Ok(None) };
        let at = rightful.seq.unwrap_or_default();
        Ok(Some(if has_moved {
            let message = format!("entries were reordered: the one that belongs to place {seq} is number {at}");
            problem(seq, ProblemKind::Reordered, message)
        } else {
            let message = format!("an entry was put in as number {seq}: the one that belongs there is number {at}");
            problem(seq, ProblemKind::Inserted, message)
        }))
    }
}

fn problem(seq: i64, kind: ProblemKind, message: String) -> Problem {
    Problem { seq, kind, message }
}
