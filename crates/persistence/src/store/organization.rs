//! Organisations.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::organization;
use crate::{OrganizationId, Store, StoreError};

impl Store {
    /// The organisation with this slug, made when it is new.
    pub async fn organization_ensure(&self, slug: &str) -> Result<OrganizationId, StoreError> {
        let known = organization::Entity::find()
            .filter(organization::Column::Slug.eq(slug))
            .one(&self.reader)
            .await?;
        if let Some(known) = known {
            return Ok(OrganizationId(known.id));
        }
        let row = organization::ActiveModel {
            id: Set(Uuid::now_v7()),
            slug: Set(slug.to_owned()),
            created_at: Set(OffsetDateTime::now_utc()),
        };
        organization::Entity::insert(row)
            .on_conflict(OnConflict::column(organization::Column::Slug).do_nothing().to_owned())
            .exec_without_returning(&self.writer)
            .await?;
        organization::Entity::find()
            .filter(organization::Column::Slug.eq(slug))
            .one(&self.writer)
            .await?
            .map(|found| OrganizationId(found.id))
            .ok_or_else(|| StoreError::NotFound {
                entity: "organization",
                id: slug.to_owned(),
            })
    }

    /// The slug of an organisation, if there is one with this id.
    pub async fn organization_slug(&self, id: OrganizationId) -> Result<Option<String>, StoreError> {
        let found = organization::Entity::find_by_id(id.0).one(&self.reader).await?;
        Ok(found.map(|found| found.slug))
    }
}
