//! What holds for an organisation's data where nothing else says it. Those that are there are British.

use sea_orm::DbErr;

use crate::schema::Schema;
use crate::table::Null::No;
use crate::table::Type::{Integer, Text};
use crate::table::{add_column, column};

/// The settings and their defaults.
const SETTINGS: &[(&str, &str)] = &[
    ("country", "GB"),
    ("currency", "GBP"),
    ("time_zone", "Europe/London"),
    ("language", "en-GB"),
];

pub async fn up(schema: &Schema<'_>) -> Result<(), DbErr> {
    for (name, default) in SETTINGS {
        let mut setting = column((*name, Text, No));
        setting.default(*default);
        schema.alter_table(add_column("organization", setting)).await?;
    }
    // Grows with each change of them.
    let mut version = column(("version", Integer, No));
    version.default(1);
    schema.alter_table(add_column("organization", version)).await
}
