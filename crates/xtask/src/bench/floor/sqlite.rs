//! The floor of SQLite: prepared inserts of the same rows, in one transaction, into a fresh file.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, Rows, params_from_iter};

use super::{Floor, in_order, is_business};

/// Rows that are read before they are written, so that reading is not timed.
const CHUNK: usize = 10_000;

/// As the importer opens its files: see `Store::connect`.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
                        PRAGMA cache_size = -32000;";

/// Measures with the rows of the database in this file.
pub fn measure(file: &Path, folder: &Path) -> anyhow::Result<Floor> {
    let source = Connection::open(file)?;
    let tables = texts(
        &source,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let mut references = Vec::new();
    for table in &tables {
        let sql = format!("SELECT \"table\" FROM pragma_foreign_key_list('{table}')");
        references.extend(texts(&source, &sql)?.into_iter().map(|to| (table.clone(), to)));
    }
    let tables = in_order(tables, &references)?;
    let business: Vec<String> = tables.iter().filter(|table| is_business(table)).cloned().collect();
    let (rows, all) = copy(&source, &folder.join("floor-all.db"), &tables)?;
    let (_, business) = copy(&source, &folder.join("floor-business.db"), &business)?;
    Ok(Floor { rows, all, business })
}

/// Copies tables into a fresh file with the whole schema: how many rows, and how long writing them took.
fn copy(source: &Connection, file: &Path, tables: &[String]) -> anyhow::Result<(u64, Duration)> {
    let target = Connection::open(file)?;
    target.execute_batch(SETTINGS)?;
    // Tables stand before their indexes. What SQLite makes by itself has no text.
    let schema = texts(
        source,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid",
    )?;
    target.execute_batch(&schema.join(";\n"))?;
    let start = Instant::now();
    target.execute_batch("BEGIN IMMEDIATE")?;
    let (mut rows, mut written) = (0, start.elapsed());
    for table in tables {
        let (copied, time) = copy_table(source, &target, table)?;
        rows += copied;
        written += time;
    }
    let start = Instant::now();
    target.execute_batch("COMMIT")?;
    Ok((rows, written + start.elapsed()))
}

fn copy_table(source: &Connection, target: &Connection, table: &str) -> anyhow::Result<(u64, Duration)> {
    let mut select = source.prepare(&format!("SELECT * FROM \"{table}\""))?;
    let width = select.column_count();
    let places = vec!["?"; width].join(", ");
    let mut insert = target.prepare(&format!("INSERT INTO \"{table}\" VALUES ({places})"))?;
    let mut rows = select.query([])?;
    let (mut copied, mut written) = (0, Duration::ZERO);
    loop {
        let chunk = read(&mut rows, width)?;
        if chunk.is_empty() {
            return Ok((copied, written));
        }
        copied += chunk.len() as u64;
        let start = Instant::now();
        for row in &chunk {
            insert.execute(params_from_iter(row))?;
        }
        written += start.elapsed();
    }
}

/// The next rows.
fn read(rows: &mut Rows<'_>, width: usize) -> rusqlite::Result<Vec<Vec<Value>>> {
    let mut chunk = Vec::new();
    while chunk.len() < CHUNK
        && let Some(row) = rows.next()?
    {
        chunk.push((0..width).map(|column| row.get(column)).collect::<Result<_, _>>()?);
    }
    Ok(chunk)
}

/// The first column of a query.
fn texts(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let texts = statement.query_map([], |row| row.get(0))?;
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_rows_are_copied_with_their_indexes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.db");
        let source = Connection::open(&file).unwrap();
        source
            .execute_batch(
                "CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX ix_name ON customer (name); \
                 CREATE TABLE vehicle (id INTEGER, customer_id INTEGER REFERENCES customer (id)); \
                 CREATE TABLE import_run (id INTEGER); INSERT INTO customer VALUES (1, 'Ann'), (2, NULL); \
                 INSERT INTO vehicle VALUES (1, 2); INSERT INTO import_run VALUES (7);",
            )
            .unwrap();
        let floor = measure(&file, folder.path()).unwrap();
        assert_eq!(floor.rows, 4);
        let names = |file: &str, sql: &str| texts(&Connection::open(folder.path().join(file)).unwrap(), sql).unwrap();
        let rows = "SELECT count(*) || '' FROM customer UNION ALL SELECT count(*) || '' FROM import_run";
        assert_eq!(names("floor-all.db", rows), ["2", "1"]);
        assert_eq!(names("floor-business.db", rows), ["2", "0"]);
        let indexes = "SELECT name FROM sqlite_master WHERE type = 'index'";
        assert_eq!(names("floor-all.db", indexes), ["ix_name"]);
    }
}
