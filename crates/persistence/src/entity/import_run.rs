//! An import run.

use sea_orm::entity::prelude::*;

/// An import run.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_run")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub status: String,
    pub mode: Option<String>,
    pub options: Json,
    pub fingerprint: Option<Uuid>,
    pub as_of: TimeDate,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub progress_version: i64,
    pub tables_made: i64,
    pub created_at: TimeDateTimeWithTimeZone,
    pub analysed_at: Option<TimeDateTimeWithTimeZone>,
    pub started_at: Option<TimeDateTimeWithTimeZone>,
    pub finished_at: Option<TimeDateTimeWithTimeZone>,
    pub created_by: Option<String>,
    pub background: bool,
    pub expired_at: Option<TimeDateTimeWithTimeZone>,
    pub rollback: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
