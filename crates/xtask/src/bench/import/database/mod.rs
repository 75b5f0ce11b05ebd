//! The databases that are imported into, and what is asked of them without the program.

mod postgres;
mod sqlite;
mod tables;

use std::time::Duration;

pub use self::postgres::Postgres;
pub use self::sqlite::Sqlite;
use super::content::Content;

/// A database that an import fills.
pub trait Database {
    /// What people call it.
    fn name(&self) -> &'static str;

    /// Where the program finds it.
    fn url(&self) -> String;

    /// A copy of its own, to try something on. Nobody may use the database meanwhile.
    fn copy(&self) -> anyhow::Result<Box<dyn Database>>;

    /// What a query finds that gives one line of text per record.
    fn content(&self, query: &str) -> anyhow::Result<Content>;

    /// How many records the business tables have.
    fn business_records(&self) -> anyhow::Result<u64>;

    /// The bytes that the tables of the importer take, with their indexes.
    fn control_bytes(&self) -> anyhow::Result<u64>;

    /// The floor of an import: what it takes to load the rows of the business tables, nothing else, into the same schema.
    /// The database has only these rows afterwards.
    fn load_business(&self) -> anyhow::Result<Duration>;

    /// The floor of a rollback: what it takes to delete the rows of the business tables, children first, in one transaction.
    fn delete_business(&self) -> anyhow::Result<Duration>;
}

/// Deletes the rows of tables, those first that refer to others. It says whose rows, as every statement of the program does,
/// so that no database takes it for the emptying of a table.
fn deletes(business: &[String]) -> String {
    let statement = |table| format!("DELETE FROM \"{table}\" WHERE organization_id = (SELECT id FROM organization);\n");
    business.iter().rev().map(statement).collect()
}

/// Counts the rows of tables.
fn count(tables: &[String]) -> String {
    let counts: Vec<String> = tables
        .iter()
        .map(|table| format!("(SELECT count(*) FROM \"{table}\")"))
        .collect();
    format!("SELECT {};", counts.join(" + "))
}
