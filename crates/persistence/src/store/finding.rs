//! Findings of whole files.

use std::collections::HashSet;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use torqueflow_model::import::{FIRST_FINDING_OF_IMPORT, FindingCell, StoredFinding};
use uuid::Uuid;

use crate::bulk::Scalar;
use crate::entity::import_finding::{Column, Entity, Model};
use crate::store::analysis::finding_rows;
use crate::store::lease::Lease;
use crate::{OrganizationId, Store, StoreError};

/// Findings of columns that one statement looks for the cells of.
const COVERED: usize = 100;

impl From<Model> for StoredFinding {
    fn from(model: Model) -> Self {
        Self {
            row_number: model.row_number,
            ordinal: model.ordinal,
            severity: model.severity,
            code: model.code,
            column_index: model.column_index,
            field: model.field,
            value: model.value,
            detail: model.detail,
            cells: model.cells,
            examples: cells_of(model.examples),
        }
    }
}

/// The cells that a finding of a column names.
pub(super) fn cells_of(examples: Option<serde_json::Value>) -> Vec<FindingCell> {
    examples
        .and_then(|examples| serde_json::from_value(examples).ok())
        .unwrap_or_default()
}

/// How often a code occurs in a job.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, serde::Serialize)]
pub struct FindingCount {
    /// The stable code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// In how many cells, or rows.
    pub count: i64,
    /// In how many findings: those of columns count once.
    pub findings: i64,
}

/// Which findings are meant. Everything that is `None` lets all of them pass.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Those of this severity.
    pub severity: Option<String>,
    /// Those with this code.
    pub code: Option<String>,
    /// Those in this column, from 0.
    pub column: Option<i64>,
}

impl Store {
    /// Findings of a job that pass the filter, in row order, after this place (row, ordinal).
    pub async fn finding_list(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        filter: &FindingFilter,
        after: Option<(i64, i64)>,
        limit: u64,
    ) -> Result<Vec<StoredFinding>, StoreError> {
        let mut query = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(
                Condition::all()
                    .add_option(filter.severity.as_ref().map(|severity| Column::Severity.eq(severity)))
                    .add_option(filter.code.as_ref().map(|code| Column::Code.eq(code)))
                    .add_option(filter.column.map(|column| Column::ColumnIndex.eq(column))),
            );
        if let Some((row_number, ordinal)) = after {
            query = query.filter(
                Column::RowNumber
                    .gt(row_number)
                    .or(Column::RowNumber.eq(row_number).and(Column::Ordinal.gt(ordinal))),
            );
        }
        let rows = query
            .order_by_asc(Column::RowNumber)
            .order_by_asc(Column::Ordinal)
            .limit(limit)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(StoredFinding::from).collect())
    }

    /// How often each code occurs in a job, the commonest first.
    pub async fn finding_count(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
    ) -> Result<Vec<FindingCount>, StoreError> {
        let mut counts = Entity::find()
            .select_only()
            .column(Column::Code)
            .column(Column::Severity)
            .column_as(Column::Cells.sum().cast_as("bigint"), "count")
            .column_as(Column::Code.count(), "findings")
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .group_by(Column::Code)
            .group_by(Column::Severity)
            .into_model::<FindingCount>()
            .all(&self.reader)
            .await?;
        counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.code.cmp(&b.code)));
        Ok(counts)
    }

    /// Says once of columns what was found in many of their cells: keeps these findings, which stand on no row, and forgets
    /// those of rows that they [cover](StoredFinding::covers), if the lease still holds.
    pub async fn finding_of_columns(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        lease: &Lease,
        findings: &[StoredFinding],
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        transaction.relax_durability().await?;
        for some in findings.chunks(COVERED) {
            let mut arguments: Vec<Scalar> = vec![organization.0.into(), job_id.into()];
            let covered: Vec<String> = some.iter().map(|finding| covered_by(finding, &mut arguments)).collect();
            let sql = format!(
                "DELETE FROM import_finding WHERE organization_id = ? AND job_id = ? AND row_number > 0 AND ({})",
                covered.join(" OR ")
            );
            transaction.execute(&sql, &arguments).await?;
        }
        transaction
            .insert(&finding_rows(organization, job_id, findings))
            .await?;
        transaction.fence(lease).await?;
        self.commit(transaction).await
    }

    /// What is said once of columns of a job.
    pub async fn finding_list_of_columns(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
    ) -> Result<Vec<StoredFinding>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::RowNumber.eq(0))
            .order_by_asc(Column::Ordinal)
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().map(StoredFinding::from).collect())
    }

    /// The rows of a job, between first and last, in which the analysis found an error.
    pub async fn finding_failed_rows(
        &self,
        organization: OrganizationId,
        job_id: Uuid,
        first: i64,
        last: i64,
    ) -> Result<HashSet<i64>, StoreError> {
        let rows: Vec<i64> = Entity::find()
            .select_only()
            .column(Column::RowNumber)
            .filter(Column::OrganizationId.eq(organization.0))
            .filter(Column::JobId.eq(job_id))
            .filter(Column::RowNumber.between(first, last))
            .filter(Column::Severity.eq("error"))
            .filter(Column::Ordinal.lt(FIRST_FINDING_OF_IMPORT))
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().collect())
    }
}

/// The condition for the findings of rows that one of a column covers.
fn covered_by(finding: &StoredFinding, arguments: &mut Vec<Scalar>) -> String {
    arguments.push(finding.code.as_str().into());
    let column = finding.column_index.map_or("column_index IS NULL", |index| {
        arguments.push(index.into());
        "column_index = ?"
    });
    let field = finding.field.as_ref().map_or("field IS NULL", |field| {
        arguments.push(field.as_str().into());
        "field = ?"
    });
    let value = if finding.is_of_text() {
        arguments.push(finding.value.as_str().into());
        " AND value = ?"
    } else {
        ""
    };
    format!("(code = ? AND {column} AND {field}{value})")
}
