//! What the rows of a table are.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::Yes;
use crate::table::Type::Json;
use crate::table::{add_column, column};

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    // Rows that hold no record, by class: how many, and the first ones.
    let left_out = column(("left_out", Json, Yes));
    schema.alter_table(add_column("import_job", left_out)).await
}
