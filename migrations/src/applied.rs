//! Which migrations a database has seen.

use sea_orm::sea_query::{Alias, ColumnDef, OnConflict, Order, Query, Table};
use sea_orm::{ConnectionTrait, DbErr};

/// The table's and its columns' names are those of SeaORM's own migrator, which made the first databases.
const TABLE: &str = "seaql_migrations";
const NAME: &str = "version";
const APPLIED_AT: &str = "applied_at";

/// Their names, oldest first. Makes the table that holds them where it is missing.
pub async fn names(database: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let mut table = Table::create();
    table
        .table(Alias::new(TABLE))
        .if_not_exists()
        .col(ColumnDef::new(Alias::new(NAME)).string().not_null().primary_key())
        .col(ColumnDef::new(Alias::new(APPLIED_AT)).big_integer().not_null());
    database.execute(&table).await?;
    let mut names = Query::select();
    names
        .column(Alias::new(NAME))
        .from(Alias::new(TABLE))
        .order_by(Alias::new(NAME), Order::Asc);
    let rows = database.query_all(&names).await?;
    rows.iter().map(|row| row.try_get("", NAME)).collect()
}

/// Says that this migration was applied. `false` if it was before.
pub async fn add(database: &impl ConnectionTrait, name: &str) -> Result<bool, DbErr> {
    let now = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    let mut row = Query::insert();
    row.into_table(Alias::new(TABLE))
        .columns([Alias::new(NAME), Alias::new(APPLIED_AT)])
        .values_panic([name.into(), (now as i64).into()])
        .on_conflict(OnConflict::column(Alias::new(NAME)).do_nothing().to_owned());
    Ok(database.execute(&row).await?.rows_affected() == 1)
}
