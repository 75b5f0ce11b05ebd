//! Programs that nobody recognises are source systems of their own, known again by their tables; and what a refresh would
//! replace waits for a person.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::{No, Yes};
use crate::table::Type::{Integer, Json, Text, Timestamp, Uuid};
use crate::table::{Column, add_column, column, index, organization_table};

/// A table of such a program, and the source system that it counts as.
const SOURCE_TABLE: &[Column] = &[
    ("source_system", Text, No),
    // Fingerprint of the set of folded headers.
    ("fingerprint", Uuid, No),
    ("header_count", Integer, No),
    // The folded headers, sorted.
    ("headers", Json, No),
    // The run that last had such a table, and when it was started.
    ("run_id", Uuid, No),
    ("used_at", Timestamp, No),
];

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    let key = ["source_system", "fingerprint"];
    schema
        .create_table(organization_table("source_table", SOURCE_TABLE, &key))
        .await?;
    schema.create_index(index("source_table", &["header_count"])).await?;
    // How many imported records the table has again, and the other people and cars that it has under their ids.
    let replaced = column(("replaced", Json, Yes));
    schema.alter_table(add_column("import_job", replaced)).await
}
