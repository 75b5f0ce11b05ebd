//! A finding may be about many cells of a column. It then stands on no row, so its row is 0.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::{No, Yes};
use crate::table::Type::{Integer, Json};
use crate::table::{add_column, column};

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    let mut cells = column(("cells", Integer, No));
    cells.default(1);
    schema.alter_table(add_column("import_finding", cells)).await?;
    // The first of the cells: row, value, detail. Null on a row.
    let examples = column(("examples", Json, Yes));
    schema.alter_table(add_column("import_finding", examples)).await
}
