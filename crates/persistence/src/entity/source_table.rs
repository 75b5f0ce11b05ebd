//! A table of a program that nobody recognises, and the source system that it counts as.

use sea_orm::entity::prelude::*;

/// A table of a program that nobody recognises, and the source system that it counts as.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "source_table")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub source_system: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub fingerprint: Uuid,
    pub header_count: i64,
    pub headers: Json,
    pub run_id: Uuid,
    pub used_at: TimeDateTimeWithTimeZone,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
