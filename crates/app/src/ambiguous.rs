//! Ids at a source that several records have, by what the tables of this run and of earlier ones say.

use std::collections::{BTreeSet, HashSet};

use torqueflow_model::EntityKind;
use torqueflow_persistence::{Job, OrganizationId, Store};
use torqueflow_pipeline::{HeaderSet, TablePlan};

use crate::error::AppError;
use crate::tables::takes_part;
use crate::work::{plan_of, source_of};

/// Jobs of earlier runs of a source that are asked, the newest first.
const EARLIER_JOBS: u64 = 50;

/// A source system, a kind of record, and an id.
type Ids = HashSet<(String, EntityKind, String)>;

/// The ids by which no link can be followed, since different records have them.
#[derive(Debug, Default)]
pub(crate) struct AmbiguousIds {
    /// Of this run.
    own: Ids,
    /// Of earlier runs, for what was imported then.
    earlier: Ids,
}

impl AmbiguousIds {
    /// Those of the tables of a run, and those that earlier runs of these source systems found. A newer table says of the
    /// ids in it what holds, so of tables with the same headers the newest is asked.
    pub async fn of(store: &Store, organization: OrganizationId, jobs: &[Job]) -> Result<Self, AppError> {
        let mut ids = Self::default();
        let mut systems: BTreeSet<String> = BTreeSet::new();
        let mut tables: Vec<(String, HeaderSet)> = Vec::new();
        for job in jobs.iter().filter(|job| takes_part(job)) {
            let plan = plan_of(job)?;
            let system = source_of(job, &plan);
            tables.extend(HeaderSet::of(plan.headers()).map(|set| (system.clone(), set)));
            add(&mut ids.own, &system, &plan);
            systems.insert(system);
        }
        for system in systems {
            let plans = store.job_plans_of_source(organization, &system, EARLIER_JOBS).await?;
            for plan in plans {
                let Ok(plan) = serde_json::from_value::<TablePlan>(plan) else {
                    continue;
                };
                let Some(set) = HeaderSet::of(plan.headers()) else {
                    continue;
                };
                let mut newer = tables.iter().filter(|(of, _)| *of == system);
                if newer.all(|(_, known)| !known.is_like(&set)) {
                    add(&mut ids.earlier, &system, &plan);
                    tables.push((system.clone(), set));
                }
            }
        }
        Ok(ids)
    }

    /// Different records of this source have this id. `is_mapped`: an earlier run imported one of them.
    pub fn contains(&self, source_system: &str, entity: EntityKind, id: &str, is_mapped: bool) -> bool {
        if self.own.is_empty() && self.earlier.is_empty() {
            return false;
        }
        let key = (source_system.to_owned(), entity, id.to_owned());
        self.own.contains(&key) || is_mapped && self.earlier.contains(&key)
    }
}

fn add(ids: &mut Ids, system: &str, plan: &TablePlan) {
    let of_plan = plan.conflicting_ids();
    ids.extend(of_plan.map(|(entity, id)| (system.to_owned(), entity, id.to_owned())));
}
