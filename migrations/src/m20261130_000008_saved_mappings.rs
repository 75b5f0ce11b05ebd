//! A saved mapping is found by the set of its headers, also by one that has a header more or less.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::Yes;
use crate::table::Type::Integer;
use crate::table::{add_column, column};

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    // How many headers the set has. Null in mappings of before: their fingerprint is that of the headers in their order.
    let count = column(("header_count", Integer, Yes));
    schema.alter_table(add_column("saved_mapping", count)).await
}
