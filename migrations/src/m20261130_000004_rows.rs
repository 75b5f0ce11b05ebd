//! What the rows of a table are.

use sea_orm_migration::prelude::*;

use crate::table::Null::Yes;
use crate::table::Type::Json;
use crate::table::{add_column, column};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Rows that hold no record, by class: how many, and the first ones.
        let left_out = column(("left_out", Json, Yes));
        manager.alter_table(add_column("import_job", left_out)).await
    }
}
