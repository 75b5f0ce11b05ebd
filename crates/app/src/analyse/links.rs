//! What is wrong with the links of rows, as far as one can tell before the import.

use std::collections::HashSet;

use torqueflow_dedupe::MatchKey;
use torqueflow_engine::{JobRow, Orphans, Target, WantedLink, id_hash, named, wrong_name};
use torqueflow_model::{Finding, FindingCode, OnMissing};
use torqueflow_pipeline::{CleanRow, key_hash};

use super::{Analysis, Known};
use crate::job_rows::JobRows;

impl Analysis<'_> {
    /// What is wrong with a link, as far as one can tell before the import.
    pub(super) fn check_link(
        &self,
        job: &JobRows,
        row: &CleanRow,
        link: &WantedLink,
        known: &Known,
        in_chunk: &HashSet<u128>,
    ) -> Option<Finding> {
        if matches!(link.target, Target::Row(_) | Target::Name(_)) {
            return None;
        }
        if self.is_ambiguous(job, link, known) {
            return Some(link.finding(&job.cleaner, row, FindingCode::LinkAmbiguous, link.describe()));
        }
        if let Some(id) = link.target.source_id() {
            let hash = id_hash(&job.source_system, link.to, &id);
            let is_known = known.records.contains_key(&hash) || in_chunk.contains(&hash);
            if is_known || known.mappings.contains_key(&(link.to, id)) {
                return None;
            }
        }
        if let Target::Named { id, called } = &link.target {
            let found = wrong_name(id, &self.names.find(called), &named(&known.named, called));
            return found.map(|(code, detail)| link.finding(&job.cleaner, row, code, detail));
        }
        if let Target::Registration { registration, .. } = &link.target {
            let key = MatchKey::of_registration(registration).hash;
            match known.registrations.get(&key).map_or(0, HashSet::len) {
                0 => {}
                1 => return None,
                // Decisions on duplicates may still settle it.
                _ => {
                    let code = FindingCode::RegistrationAmbiguous;
                    return Some(link.finding(&job.cleaner, row, code, registration.clone()));
                }
            }
        }
        let code = match (link.on_missing, self.options.orphans) {
            (OnMissing::FailRow, Orphans::Fail) => FindingCode::Orphan,
            (OnMissing::FailRow, Orphans::Unlinked) => FindingCode::OrphanUnlinked,
            (OnMissing::Warn | OnMissing::CreateLookup, _) => FindingCode::LinkNotFound,
        };
        Some(link.finding(&job.cleaner, row, code, link.describe()))
    }

    /// Rows of different records have the id that the link names, in a table of this run or of an earlier one.
    fn is_ambiguous(&self, job: &JobRows, link: &WantedLink, known: &Known) -> bool {
        let (Target::Id(id) | Target::Named { id, .. }) = &link.target else {
            return false;
        };
        let is_mapped = known.mappings.contains_key(&(link.to, id.clone()));
        if self.ambiguous.contains(&job.source_system, link.to, id, is_mapped) {
            return true;
        }
        let mut others = self
            .jobs
            .values()
            .filter(|other| other.source_system == job.source_system);
        others.any(|other| other.cleaner.is_conflicting(link.to, id))
    }
}

/// The identities of all rows of the chunk that can be imported as far as their own cells go.
pub(super) fn identities(job: &JobRows, rows: &[JobRow]) -> HashSet<u128> {
    rows.iter()
        .filter(|row| !row.clean.has_error())
        .flat_map(|row| &row.clean.records)
        .map(|record| key_hash(&job.source_system, record.slot.entity(), &record.source_id))
        .collect()
}
