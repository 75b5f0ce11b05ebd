//! Mappings as people look them up.

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use time::OffsetDateTime;
use torqueflow_model::EntityKind;
use torqueflow_model::import::MappingOrigin;
use uuid::Uuid;

use crate::entity::import_mapping::{Column, Entity, Model};
use crate::{OrganizationId, Store, StoreError};

/// The link between a record at its source and ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRow {
    /// The source system.
    pub source_system: String,
    /// What the record is.
    pub entity: EntityKind,
    /// Its id at the source.
    pub source_id: String,
    /// Our record.
    pub record_id: Uuid,
    /// The source gave no id; this one was concluded from the record.
    pub derived: bool,
    /// How the mapping came to be.
    pub origin: MappingOrigin,
    /// The run that last imported it.
    pub run_id: Uuid,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it was last imported.
    pub updated_at: OffsetDateTime,
}

/// The place of a mapping in the order of all: source system, entity, source id.
pub type MappingKey = (String, String, String);

/// Which mappings, from where on. What is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MappingQuery {
    /// The source system.
    pub source_system: Option<String>,
    /// What the records are.
    pub entity: Option<EntityKind>,
    /// The id at the source.
    pub source_id: Option<String>,
    /// Our record.
    pub record_id: Option<Uuid>,
    /// The last mapping of the page before.
    pub after: Option<MappingKey>,
    /// How many at most.
    pub limit: u64,
}

impl Store {
    /// A page of mappings, in the order of source system, entity and source id.
    pub async fn mapping_list(
        &self,
        organization: OrganizationId,
        query: &MappingQuery,
    ) -> Result<Vec<MappingRow>, StoreError> {
        let mut condition = Condition::all().add(Column::OrganizationId.eq(organization.0));
        if let Some(system) = &query.source_system {
            condition = condition.add(Column::SourceSystem.eq(system));
        }
        if let Some(entity) = query.entity {
            condition = condition.add(Column::EntityType.eq(entity.name()));
        }
        if let Some(source_id) = &query.source_id {
            condition = condition.add(Column::SourceId.eq(source_id));
        }
        if let Some(record_id) = query.record_id {
            condition = condition.add(Column::RecordId.eq(record_id));
        }
        if let Some((system, entity, source_id)) = &query.after {
            let key = [Column::SourceSystem, Column::EntityType, Column::SourceId].map(Expr::col);
            let place = [system, entity, source_id].map(|part| Expr::value(part.as_str()));
            condition = condition.add(Expr::tuple(key).gt(Expr::tuple(place)));
        }
        let models = Entity::find()
            .filter(condition)
            .order_by_asc(Column::SourceSystem)
            .order_by_asc(Column::EntityType)
            .order_by_asc(Column::SourceId)
            .limit(query.limit)
            .all(&self.reader)
            .await?;
        models.into_iter().map(MappingRow::from_model).collect()
    }
}

impl MappingRow {
    fn from_model(model: Model) -> Result<Self, StoreError> {
        let damaged = StoreError::Damaged { what: "mapping" };
        let (Some(entity), Ok(origin)) = (EntityKind::from_name(&model.entity_type), model.origin.parse()) else {
            return Err(damaged);
        };
        Ok(Self {
            source_system: model.source_system,
            entity,
            source_id: model.source_id,
            record_id: model.record_id,
            derived: model.derived,
            origin,
            run_id: model.run_id,
            created_at: model.created_at,
            updated_at: model.updated_at,
        })
    }
}
