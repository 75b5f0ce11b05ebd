//! What holds for an organisation's data where nothing else says it. Those that are there are British.

use sea_orm_migration::prelude::*;

use crate::table::Null::No;
use crate::table::Type::{Integer, Text};
use crate::table::{add_column, column};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The settings and their defaults.
const SETTINGS: &[(&str, &str)] = &[
    ("country", "GB"),
    ("currency", "GBP"),
    ("time_zone", "Europe/London"),
    ("language", "en-GB"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, default) in SETTINGS {
            let mut setting = column((*name, Text, No));
            setting.default(*default);
            manager.alter_table(add_column("organization", setting)).await?;
        }
        // Grows with each change of them.
        let mut version = column(("version", Integer, No));
        version.default(1);
        manager.alter_table(add_column("organization", version)).await
    }
}
