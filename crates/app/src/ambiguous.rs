//! Ids at a source that several records have, by what the tables of this run and of earlier ones say.

use std::collections::BTreeSet;

use torqueflow_engine::AmbiguousIds;
use torqueflow_persistence::{Job, OrganizationId, Store};
use torqueflow_pipeline::{HeaderSet, TablePlan};

use crate::error::AppError;
use crate::tables::takes_part;
use crate::work::{plan_of, source_of};

/// Jobs of earlier runs of a source that are asked, the newest first.
const EARLIER_JOBS: u64 = 50;

/// Those of the tables of a run, and those that earlier runs of these source systems found. A newer table says of the
/// ids in it what holds, so of tables with the same headers the newest is asked.
pub(crate) async fn ambiguous_ids(
    store: &Store,
    organization: OrganizationId,
    jobs: &[Job],
) -> Result<AmbiguousIds, AppError> {
    let mut ids = AmbiguousIds::default();
    let mut systems: BTreeSet<String> = BTreeSet::new();
    let mut tables: Vec<(String, HeaderSet)> = Vec::new();
    for job in jobs.iter().filter(|job| takes_part(job)) {
        let plan = plan_of(job)?;
        let system = source_of(job, &plan);
        tables.extend(HeaderSet::of(plan.headers()).map(|set| (system.clone(), set)));
        ids.add_own(&system, plan.conflicting_ids());
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
                ids.add_earlier(&system, plan.conflicting_ids());
                tables.push((system.clone(), set));
            }
        }
    }
    Ok(ids)
}
