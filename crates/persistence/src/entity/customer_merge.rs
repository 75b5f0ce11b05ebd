//! A merge of customers.

use sea_orm::entity::prelude::*;

/// A merge of customers.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer_merge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub survivor_id: Uuid,
    pub status: String,
    pub request: Json,
    pub created_by: String,
    pub created_at: TimeDateTimeWithTimeZone,
    pub undone_by: Option<String>,
    pub undone_at: Option<TimeDateTimeWithTimeZone>,
    pub report: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
