//! A match that waits for a decision or has one.

use sea_orm::entity::prelude::*;

/// A match that waits for a decision or has one.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_duplicate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub job_id: Uuid,
    pub row_number: i64,
    pub slot: String,
    pub record_id: Uuid,
    pub key_hash: Uuid,
    pub occurrence: i64,
    pub label: String,
    pub match_record_id: Uuid,
    pub match_key: Uuid,
    pub match_occurrence: i64,
    pub match_job_id: Option<Uuid>,
    pub match_row_number: Option<i64>,
    pub level: String,
    pub confidence: f64,
    pub reasons: Json,
    pub action: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
