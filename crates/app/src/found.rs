//! Which records the rows of a table bring: each is brought by the first row that holds it.

use std::collections::HashSet;

use torqueflow_engine::{FoundInRows, JobRow, found_at};
use torqueflow_persistence::Store;

use crate::error::AppError;
use crate::job_rows::JobRows;

/// What these rows of a table bring, in their order. `failed`: rows that the analysis found an error in, which bring nothing.
/// `has_shared`: some records of the table stand in several rows, or are of equal content.
pub(crate) async fn found_in_rows(
    store: &Store,
    job: &JobRows,
    rows: &[JobRow],
    has_shared: bool,
    failed: &HashSet<i64>,
) -> Result<FoundInRows, AppError> {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Ok(FoundInRows::new());
    };
    let (organization, job_id) = (job.organization, job.job.id);
    let (mut shared, mut again) = (FoundInRows::new(), HashSet::new());
    if has_shared {
        let told = store
            .record_list_of_rows(organization, job_id, first.number, last.number)
            .await?;
        shared.extend(told.into_iter().map(|known| (found_at(&known.found), known.found)));
        again = store
            .repeat_places_of_rows(organization, job_id, first.number, last.number)
            .await?;
    }
    let bringing = rows
        .iter()
        .filter(|row| row.clean.is_record() && !failed.contains(&row.number));
    let table = job.table();
    let mut found = FoundInRows::new();
    for row in bringing {
        for record in &row.clean.records {
            let place = (row.number, record.slot);
            if again.contains(&place) {
                continue;
            }
            let brought = shared.remove(&place).or_else(|| table.found(row, record, 0));
            found.extend(brought.map(|brought| (place, brought)));
        }
    }
    Ok(found)
}
