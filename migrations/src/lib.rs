//! The database schema: an ordered list of migrations, one text for SQLite and PostgreSQL.
//!
//! A migration never changes once released; a change of the schema is a new one. See `docs/how-to/add-a-migration.md`.

mod applied;
mod schema;
mod table;

use std::pin::Pin;

use sea_orm::{DatabaseConnection, DbErr, TransactionTrait};

use crate::schema::Schema;

type Done<'a> = Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'a>>;

/// What changes the schema, and the name under which the database remembers that it has.
struct Migration {
    name: &'static str,
    up: for<'a> fn(&'a Schema<'a>) -> Done<'a>,
}

/// The migrations, oldest first: each is a file, and its name the one in the database.
macro_rules! migrations {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*

        const MIGRATIONS: &[Migration] = &[
            $(Migration { name: stringify!($file), up: |schema| Box::pin($file::up(schema)) }),*
        ];
    };
}

migrations![
    m20261122_000001_control,
    m20261122_000002_business,
    m20261122_000003_service,
    m20261130_000001_sources,
    m20261130_000004_rows,
    m20261130_000005_organization_settings,
    m20261130_000006_findings_of_columns,
    m20261130_000008_saved_mappings,
    m20261130_000010_rows_of_records,
];

/// Brings a database up to date, each migration in a transaction of its own. Several processes may do so at once: the
/// first statement of each transaction says which migration it is, so that whoever comes second waits, and finds it done.
///
/// # Errors
/// What the database refused. A database that a newer release has changed is left alone.
pub async fn migrate(database: &DatabaseConnection) -> Result<(), DbErr> {
    let applied = applied::names(database).await?;
    if let Some(unknown) = applied
        .iter()
        .find(|name| !MIGRATIONS.iter().any(|known| known.name == *name))
    {
        let message = format!("this release doesn't know the change {unknown} of the database: a newer one made it");
        return Err(DbErr::Migration(message));
    }
    for migration in MIGRATIONS {
        if applied.iter().any(|name| name == migration.name) {
            continue;
        }
        let transaction = database.begin().await?;
        if applied::add(&transaction, migration.name).await? {
            tracing::info!(target: "migrations", name = migration.name, "the schema is changed");
            (migration.up)(&Schema(&transaction)).await?;
        }
        transaction.commit().await?;
    }
    // Of interest to those who ask for everything: services begin with words of their own.
    tracing::info!(target: "migrations", applied = MIGRATIONS.len(), "the schema is up to date");
    Ok(())
}
