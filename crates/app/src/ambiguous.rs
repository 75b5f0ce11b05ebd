//! Ids at a source that several records of a run have.

use std::collections::HashSet;

use torqueflow_model::{EntityKind, JobStatus};
use torqueflow_persistence::Job;

use crate::error::AppError;
use crate::work::{plan_of, source_of};

/// The ids by which no link can be followed, since different records of the run have them.
#[derive(Debug, Default)]
pub(crate) struct AmbiguousIds {
    ids: HashSet<(String, EntityKind, String)>,
}

impl AmbiguousIds {
    /// Those of the tables of a run.
    pub fn of(jobs: &[Job]) -> Result<Self, AppError> {
        let mut ids = HashSet::new();
        let is_imported = |job: &&Job| !matches!(job.status, JobStatus::Skipped | JobStatus::Unrecognised);
        for job in jobs.iter().filter(is_imported) {
            let plan = plan_of(job)?;
            let system = source_of(job, &plan);
            let of_plan = plan.conflicting_ids();
            ids.extend(of_plan.map(|(entity, id)| (system.clone(), entity, id.to_owned())));
        }
        Ok(Self { ids })
    }

    /// Different records of this source have this id.
    pub fn contains(&self, source_system: &str, entity: EntityKind, id: &str) -> bool {
        !self.ids.is_empty() && self.ids.contains(&(source_system.to_owned(), entity, id.to_owned()))
    }
}
