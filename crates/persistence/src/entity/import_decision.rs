//! What a person decided on an incoming record and what it matched.

use sea_orm::entity::prelude::*;

/// What a person decided on an incoming record and what it matched.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_decision")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub run_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub occurrence: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub match_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub match_occurrence: i64,
    pub job_id: Uuid,
    pub row_number: i64,
    pub slot: String,
    pub match_job_id: Option<Uuid>,
    pub match_row_number: Option<i64>,
    pub action: Option<String>,
    pub decided_at: TimeDateTimeWithTimeZone,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
