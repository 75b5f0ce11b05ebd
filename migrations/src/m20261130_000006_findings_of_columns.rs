//! A finding may be about many cells of a column. It then stands on no row, so its row is 0.

use sea_orm_migration::prelude::*;

use crate::table::Null::{No, Yes};
use crate::table::Type::{Integer, Json};
use crate::table::{add_column, column};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut cells = column(("cells", Integer, No));
        cells.default(1);
        manager.alter_table(add_column("import_finding", cells)).await?;
        // The first of the cells: row, value, detail. Null on a row.
        let examples = column(("examples", Json, Yes));
        manager.alter_table(add_column("import_finding", examples)).await
    }
}
