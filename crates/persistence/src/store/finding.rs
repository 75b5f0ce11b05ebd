//! Findings of whole files.

use std::collections::HashSet;

use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::import_finding::{Column, Entity, Model};
use crate::{OrganizationId, Store, StoreError};

/// A finding with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    /// The row as a person sees it.
    pub row_number: i64,
    /// Tells the findings of a row apart.
    pub ordinal: i64,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// The stable code.
    pub code: String,
    /// The column, from 0.
    pub column_index: Option<i64>,
    /// The field: `customer.phone`.
    pub field: Option<String>,
    /// The text of the cell.
    pub value: String,
    /// What the message says beyond the code.
    pub detail: String,
}

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
        }
    }
}

/// How often a code occurs in a job.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult, serde::Serialize)]
pub struct FindingCount {
    /// The stable code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// How often.
    pub count: i64,
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
            .column_as(Column::Code.count(), "count")
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

    /// The rows of a job, between first and last, that have an error.
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
            .into_tuple()
            .all(&self.reader)
            .await?;
        Ok(rows.into_iter().collect())
    }
}
