//! Organisations, and what holds for their data where nothing else says it.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::entity::organization;
use crate::sql::execute;
use crate::store::audit::{self, AuditEvent};
use crate::{OrganizationId, Store, StoreError};

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its short name.
    pub slug: String,
    /// Its settings.
    pub settings: OrganizationSettings,
    /// Grows with each change of the settings.
    pub version: i64,
}

/// What holds for an organisation's data where nothing else says it. The store keeps it as it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSettings {
    /// The country, ISO 3166-1 alpha-2.
    pub country: String,
    /// The currency of all amounts, ISO 4217.
    pub currency: String,
    /// The time zone, by its name in the IANA database.
    pub time_zone: String,
    /// The language, BCP 47.
    pub language: String,
}

impl From<organization::Model> for Organization {
    fn from(model: organization::Model) -> Self {
        Self {
            id: OrganizationId(model.id),
            slug: model.slug,
            settings: OrganizationSettings {
                country: model.country,
                currency: model.currency,
                time_zone: model.time_zone,
                language: model.language,
            },
            version: model.version,
        }
    }
}

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
            // The settings have defaults of their own.
            ..Default::default()
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

    /// The organisation with this id.
    pub async fn organization_get(&self, id: OrganizationId) -> Result<Organization, StoreError> {
        let found = organization::Entity::find_by_id(id.0).one(&self.reader).await?;
        found.map(Organization::from).ok_or_else(|| StoreError::NotFound {
            entity: "organization",
            id: id.0.to_string(),
        })
    }

    /// Changes the settings of an organisation that still has this version, and tells of it.
    pub async fn organization_update(
        &self,
        id: OrganizationId,
        version: i64,
        settings: &OrganizationSettings,
        event: &AuditEvent,
    ) -> Result<(), StoreError> {
        let transaction = self.begin_writing().await?;
        let sql = "UPDATE organization SET country = ?, currency = ?, time_zone = ?, language = ?, version = version + 1 \
                   WHERE id = ? AND version = ?";
        let values = [
            settings.country.clone().into(),
            settings.currency.clone().into(),
            settings.time_zone.clone().into(),
            settings.language.clone().into(),
            id.0.into(),
            version.into(),
        ];
        if execute(&transaction, sql, values).await? != 1 {
            return Err(StoreError::Outdated);
        }
        audit::insert(&transaction, id, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }
}
