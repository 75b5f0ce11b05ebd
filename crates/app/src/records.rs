//! The records that imports fill, as people read them.

use torqueflow_model::EntityKind;
use torqueflow_persistence::{BusinessQuery, StoreError};
pub use torqueflow_persistence::{ListedRecord, MappingKey, MappingOrigin, MappingQuery, MappingRow};
use uuid::Uuid;

use crate::error::AppError;
use crate::{App, OrganizationId, boxed};

/// A page of the records of a kind that have these links (column and id), the newest first, from below this id on.
#[boxed]
pub async fn list(
    app: &App,
    organization: OrganizationId,
    kind: EntityKind,
    links: &[(String, Uuid)],
    below: Option<Uuid>,
    limit: u64,
) -> Result<Vec<ListedRecord>, AppError> {
    let query = BusinessQuery {
        kind,
        id: None,
        links,
        below,
        limit,
    };
    Ok(app.store.business_list(organization, query).await?)
}

/// The record of a kind with this id.
#[boxed]
pub async fn get(
    app: &App,
    organization: OrganizationId,
    kind: EntityKind,
    id: Uuid,
) -> Result<ListedRecord, AppError> {
    let query = BusinessQuery {
        kind,
        id: Some(id),
        links: &[],
        below: None,
        limit: 1,
    };
    let found = app.store.business_list(organization, query).await?.pop();
    Ok(found.ok_or_else(|| StoreError::NotFound {
        entity: kind.name(),
        id: id.to_string(),
    })?)
}

/// A page of mappings, in the order of source system, entity and source id.
#[boxed]
pub async fn mappings(
    app: &App,
    organization: OrganizationId,
    query: &MappingQuery,
) -> Result<Vec<MappingRow>, AppError> {
    Ok(app.store.mapping_list(organization, query).await?)
}
