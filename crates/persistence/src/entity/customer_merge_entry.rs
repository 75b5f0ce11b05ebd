//! A write of a merge of customers.

use sea_orm::entity::prelude::*;

/// A write of a merge of customers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_merge_entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub merge_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i64,
    pub kind: String,
    pub entity_type: String,
    pub record_id: Uuid,
    pub customer_id: Option<Uuid>,
    pub source_system: Option<String>,
    pub source_id: Option<String>,
    pub before: Option<Json>,
    pub after: Option<Json>,
    pub version_after: Option<i64>,
    pub undo_version: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
