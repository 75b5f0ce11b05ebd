//! Something found in a row.

use sea_orm::entity::prelude::*;

/// Something found in a row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_finding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub row_number: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub ordinal: i64,
    pub severity: String,
    pub code: String,
    pub column_index: Option<i64>,
    pub field: Option<String>,
    pub value: String,
    pub detail: String,
    pub cells: i64,
    pub examples: Option<Json>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
