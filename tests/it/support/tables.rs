//! Looking into a database past the program.

use std::process::Command;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use torqueflow_model::EntityKind;
use torqueflow_persistence::Store;
use torqueflow_test_support::postgres::{TestDatabase, binaries};

use super::program::Ran;

/// The tables that only an import's batches write.
pub fn written_tables() -> impl Iterator<Item = &'static str> {
    let business = EntityKind::ALL.into_iter().map(EntityKind::name);
    business.chain(["import_mapping", "import_journal", "import_row_result"])
}

/// The canonical dump of the default organisation.
pub fn dump(url: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = Store::connect(url).await.unwrap();
        let organization = store.organization_ensure("default").await.unwrap();
        let dump = torqueflow_persistence::dump(&store, organization).await.unwrap();
        store.close().await.unwrap();
        dump
    })
}

/// The rows of a query, as text; null is empty, and on SQLite an id is its hexadecimal digits.
pub fn query(database: &TestDatabase, sql: &str) -> Vec<Vec<String>> {
    match sqlite_file(&database.url) {
        Some(file) => query_sqlite(file, sql),
        None => query_postgresql(&database.url, sql),
    }
}

/// Changes tables past the program: some statements, in one transaction.
pub fn execute(database: &TestDatabase, sql: &str) {
    if let Some(file) = sqlite_file(&database.url) {
        let connection = Connection::open(file).unwrap();
        connection.busy_timeout(Duration::from_mins(1)).unwrap();
        connection.execute_batch(&format!("BEGIN; {sql}; COMMIT")).unwrap();
        return;
    }
    let mut psql = Command::new(binaries("psql").unwrap().join("psql"));
    psql.args(["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]);
    psql.args(["--single-transaction", "--dbname", &database.url, "--command", sql]);
    Ran::from(psql.output().unwrap()).exits(0);
}

/// The file of a SQLite database.
pub fn sqlite_file(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite://")?.split('?').next()
}

fn query_sqlite(file: &str, sql: &str) -> Vec<Vec<String>> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        (0..columns).map(|column| Ok(text(row.get_ref(column)?))).collect()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        // An id: as text it would look like others of its run.
        ValueRef::Blob(bytes) => hex::encode(bytes),
    }
}

fn query_postgresql(url: &str, sql: &str) -> Vec<Vec<String>> {
    let output = Command::new(binaries("psql").unwrap().join("psql"))
        .args(["--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"])
        .args(["--csv", "--tuples-only", "--dbname", url, "--command", sql])
        .output()
        .unwrap();
    let answer = Ran::from(output).exits(0);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(answer.stdout.as_bytes());
    let rows = reader.records();
    rows.map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect()
}
