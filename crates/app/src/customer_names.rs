//! Reads the customers of a run by their names, for links that give no number.

use std::sync::Arc;

use torqueflow_engine::CustomerNames;

use crate::error::AppError;
use crate::job_rows::{CHUNK_ROWS, JobRows};

/// The customers of these tables.
pub(crate) async fn customer_names(tables: &[Arc<JobRows>]) -> Result<CustomerNames, AppError> {
    let mut names = CustomerNames::default();
    for table in tables {
        let mut chunks = table.stream(0, CHUNK_ROWS, false);
        while let Some(rows) = chunks.recv().await {
            for row in rows?.iter().filter(|row| !row.clean.has_error()) {
                names.add_row(&table.source_system, &row.clean);
            }
        }
    }
    Ok(names)
}
