//! Tables that stand below each other, and the rows of each that are no records.

use sea_orm_migration::prelude::*;

use crate::table::Null::Yes;
use crate::table::Type::{Integer, Json};
use crate::table::column;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The row of its header, else its first row; null for tables that were opened before this was kept.
        // Per class the number of rows and the first of them.
        for spec in [("first_row", Integer, Yes), ("left_out", Json, Yes)] {
            let mut job = Table::alter();
            job.table(Alias::new("import_job")).add_column(column(spec));
            manager.alter_table(job).await?;
        }
        Ok(())
    }

}
