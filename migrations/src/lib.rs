//! The database schema: an ordered list of migrations, one text for SQLite and PostgreSQL.
//!
//! A migration never changes once released; a change of the schema is a new one. See `docs/how-to/add-a-migration.md`.

mod m20261122_000001_control;
mod m20261122_000002_business;
mod m20261122_000003_service;
mod m20261130_000001_sources;
mod m20261130_000004_rows;
mod m20261130_000005_organization_settings;
mod m20261130_000006_findings_of_columns;
mod table;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// Brings a database up to date.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_control::Migration),
            Box::new(m20261122_000002_business::Migration),
            Box::new(m20261122_000003_service::Migration),
            Box::new(m20261130_000001_sources::Migration),
            Box::new(m20261130_000004_rows::Migration),
            Box::new(m20261130_000005_organization_settings::Migration),
            Box::new(m20261130_000006_findings_of_columns::Migration),
        ]
    }
}
