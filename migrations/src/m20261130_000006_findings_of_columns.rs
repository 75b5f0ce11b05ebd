//! A finding may be about many cells of a column. It then stands on no row, so its row is 0.

use sea_orm_migration::prelude::*;

use crate::table::Null::{No, Yes};
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
        let mut cells = column(("cells", Integer, No));
        cells.default(1);
        manager.alter_table(added(cells)).await?;
        // The first of the cells: row, value, detail. Null on a row.
        manager.alter_table(added(column(("examples", Json, Yes)))).await
    }
}

fn added(column: ColumnDef) -> TableAlterStatement {
    let mut alter = Table::alter();
    alter.table(Alias::new("import_finding")).add_column(column);
    alter
}
