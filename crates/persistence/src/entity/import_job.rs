//! A table of a file.

use sea_orm::entity::prelude::*;

/// A table of a file.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "import_job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub run_id: Uuid,
    pub file_id: Uuid,
    pub ordinal: i64,
    pub position: i64,
    pub sheet: Option<String>,
    pub status: String,
    pub table_type: Option<String>,
    pub label: Option<String>,
    pub noun: Option<String>,
    pub source_system: Option<String>,
    pub entities: Json,
    pub confidence: f64,
    pub confidence_level: String,
    pub header_row: Option<i64>,
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub plan: Json,
    pub warnings: Json,
    pub staged_key: Option<String>,
    pub row_count: Option<i64>,
    pub left_out: Option<Json>,
    pub checkpoint: i64,
    pub imported: i64,
    pub updated: i64,
    pub skipped_duplicate: i64,
    pub skipped_choice: i64,
    pub unchanged: i64,
    pub failed: i64,
    pub entity_counts: Json,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
    pub table_index: i64,
    pub analysed: i64,
    pub attempt: i64,
    pub provisional: bool,
    pub choices: Option<Json>,
    pub version: i64,
    pub replaced: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
