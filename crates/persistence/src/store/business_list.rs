//! Pages of the business tables.

use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Order};
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use torqueflow_model::import::BusinessRow;
use uuid::Uuid;

use super::batch::business_columns;
use super::business::{organization_select, read_row};
use crate::{OrganizationId, Store, StoreError};

/// The column that hides a customer that was merged into another.
const MERGED_INTO: &str = "merged_into_id";

/// A record with its times.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedRecord {
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last changed.
    pub updated_at: OffsetDateTime,
    /// The record itself.
    pub row: BusinessRow,
}

/// Which records of a kind, from where on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessQuery<'a> {
    /// Their kind.
    pub kind: EntityKind,
    /// The one record that has this id.
    pub id: Option<Uuid>,
    /// Links that they must have: the column and the id of the record that it leads to.
    pub links: &'a [(String, Uuid)],
    /// The last id of the page before.
    pub below: Option<Uuid>,
    /// How many at most.
    pub limit: u64,
}

impl Store {
    /// A page of the records of a kind, the newest first. Customers that were merged into others are not among them.
    pub async fn business_list(
        &self,
        organization: OrganizationId,
        query: BusinessQuery<'_>,
    ) -> Result<Vec<ListedRecord>, StoreError> {
        let columns = business_columns(query.kind);
        let mut select = organization_select(organization, query.kind);
        select.columns(["id", "version", "created_at", "updated_at"].map(Alias::new));
        select.columns(columns.iter().map(|(name, _)| Alias::new(name)));
        if let Some(id) = query.id {
            select.and_where(Expr::col(Alias::new("id")).eq(id));
        }
        for (column, id) in query.links {
            select.and_where(Expr::col(Alias::new(column)).eq(*id));
        }
        if query.kind == EntityKind::Customer {
            select.and_where(Expr::col(Alias::new(MERGED_INTO)).is_null());
        }
        if let Some(below) = query.below {
            select.and_where(Expr::col(Alias::new("id")).lt(below));
        }
        select.order_by(Alias::new("id"), Order::Desc).limit(query.limit);
        let rows = self.reader.query_all(&select).await?;
        rows.iter()
            .map(|row| {
                Ok(ListedRecord {
                    created_at: row.try_get("", "created_at")?,
                    updated_at: row.try_get("", "updated_at")?,
                    row: read_row(row, &columns)?,
                })
            })
            .collect()
    }
}
