//! A file of SQLite.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::types::Value;
use rusqlite::{Connection, Rows, params_from_iter};
use tempfile::TempDir;

use super::super::content::Content;
use super::tables::Tables;
use super::{Database, count, deletes};

/// Rows that are read before they are written, so that reading is not timed.
const CHUNK: usize = 10_000;

/// As the importer opens its files: see `Store::connect`.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; \
                        PRAGMA cache_size = -32000;";

/// A file in a folder of its own, which ends with this value.
pub struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    /// Where a file can be made.
    pub fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("torqueflow-bench-").tempdir()?;
        Ok(Self { folder })
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("bench.db")
    }

    fn open(&self) -> anyhow::Result<Connection> {
        connect(&self.file())
    }
}

impl Database for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn url(&self) -> String {
        format!("sqlite://{}?mode=rwc", self.file().display())
    }

    fn copy(&self) -> anyhow::Result<Box<dyn Database>> {
        self.open()?
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let copy = Self::new()?;
        fs::copy(self.file(), copy.file())?;
        // Else the kernel would write it while something is measured.
        File::open(copy.file())?.sync_all()?;
        Ok(Box::new(copy))
    }

    fn content(&self, query: &str) -> anyhow::Result<Content> {
        let connection = self.open()?;
        let mut statement = connection.prepare(query)?;
        let mut rows = statement.query([])?;
        let mut content = Content::default();
        while let Some(row) = rows.next()? {
            content.add(row.get_ref(0)?.as_str()?);
        }
        Ok(content)
    }

    fn business_records(&self) -> anyhow::Result<u64> {
        let connection = self.open()?;
        let tables = tables(&connection)?;
        let records: i64 = connection.query_row(&count(&tables.business), [], |row| row.get(0))?;
        Ok(u64::try_from(records)?)
    }

    fn control_bytes(&self) -> anyhow::Result<u64> {
        let connection = self.open()?;
        let control = tables(&connection)?.control;
        // An index has a line of its own, which names its table.
        let mut statement = connection.prepare(
            "SELECT sum(pgsize) FROM dbstat JOIN sqlite_master USING (name) WHERE aggregate = TRUE AND tbl_name = ?",
        )?;
        let size = |table: &String| statement.query_row([table], |row| row.get::<_, i64>(0));
        let bytes = control.iter().map(size).sum::<rusqlite::Result<i64>>()?;
        Ok(u64::try_from(bytes)?)
    }

    /// Prepared inserts in one transaction, into a fresh file.
    fn load_business(&self) -> anyhow::Result<Duration> {
        let loaded = self.folder.path().join("loaded.db");
        let source = self.open()?;
        let time = load(&source, &loaded, &tables(&source)?.business)?;
        drop(source);
        Ok(fs::rename(loaded, self.file()).map(|()| time)?)
    }

    fn delete_business(&self) -> anyhow::Result<Duration> {
        let connection = self.open()?;
        let statements = deletes(&tables(&connection)?.business);
        let start = Instant::now();
        connection.execute_batch(&format!("BEGIN IMMEDIATE;\n{statements}COMMIT;"))?;
        Ok(start.elapsed())
    }
}

fn connect(file: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(SETTINGS)?;
    Ok(connection)
}

fn tables(connection: &Connection) -> anyhow::Result<Tables> {
    let all = texts(
        connection,
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )?;
    let mut references = Vec::new();
    for table in &all {
        let sql = format!("SELECT \"table\" FROM pragma_foreign_key_list('{table}')");
        references.extend(texts(connection, &sql)?.into_iter().map(|to| (table.clone(), to)));
    }
    Tables::sort(all, &references)
}

/// Copies tables into a fresh file with the whole schema: how long writing them took.
fn load(source: &Connection, file: &Path, tables: &[String]) -> anyhow::Result<Duration> {
    let target = connect(file)?;
    // Tables stand before their indexes. What SQLite makes by itself has no text.
    let schema = texts(
        source,
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid",
    )?;
    target.execute_batch(&schema.join(";\n"))?;
    let start = Instant::now();
    target.execute_batch("BEGIN IMMEDIATE")?;
    let mut written = start.elapsed();
    for table in tables {
        written += load_table(source, &target, table)?;
    }
    let start = Instant::now();
    target.execute_batch("COMMIT")?;
    Ok(written + start.elapsed())
}

fn load_table(source: &Connection, target: &Connection, table: &str) -> anyhow::Result<Duration> {
    let mut select = source.prepare(&format!("SELECT * FROM \"{table}\""))?;
    let width = select.column_count();
    let places = vec!["?"; width].join(", ");
    let mut insert = target.prepare(&format!("INSERT INTO \"{table}\" VALUES ({places})"))?;
    let mut rows = select.query([])?;
    let mut written = Duration::ZERO;
    loop {
        let chunk = read(&mut rows, width)?;
        if chunk.is_empty() {
            return Ok(written);
        }
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

    fn garage() -> Sqlite {
        let garage = Sqlite::new().unwrap();
        garage
            .open()
            .unwrap()
            .execute_batch(
                "CREATE TABLE organization (id INTEGER PRIMARY KEY); INSERT INTO organization VALUES (1); \
                 CREATE TABLE customer (organization_id INTEGER, id INTEGER PRIMARY KEY, name TEXT); \
                 CREATE INDEX ix_name ON customer (name); INSERT INTO customer VALUES (1, 1, 'Ann'), (1, 2, NULL); \
                 CREATE TABLE vehicle (organization_id INTEGER, customer_id INTEGER REFERENCES customer (id)); \
                 INSERT INTO vehicle VALUES (1, 2); CREATE TABLE import_run (id INTEGER); \
                 CREATE INDEX ix_run ON import_run (id); INSERT INTO import_run VALUES (7);",
            )
            .unwrap();
        garage
    }

    #[test]
    fn business_rows_alone_are_loaded_with_their_indexes() {
        let loaded = garage().copy().unwrap();
        loaded.load_business().unwrap();
        assert_eq!(loaded.business_records().unwrap(), 3);
        let content = |query: &str| loaded.content(query).unwrap();
        let names: Content = ["Ann", ""].iter().collect();
        assert_eq!(content("SELECT coalesce(name, '') FROM customer"), names);
        assert_eq!(content("SELECT id || '' FROM import_run"), Content::default());
        let indexes = "SELECT name FROM sqlite_master WHERE type = 'index' ORDER BY name";
        assert_eq!(content(indexes), ["ix_name", "ix_run"].iter().collect());
    }

    #[test]
    fn rows_are_deleted_from_a_copy() {
        let garage = garage();
        let copy = garage.copy().unwrap();
        copy.delete_business().unwrap();
        assert_eq!(copy.business_records().unwrap(), 0);
        assert_eq!(garage.business_records().unwrap(), 3);
    }

    #[test]
    fn tables_of_the_importer_are_counted_with_their_indexes() {
        // A page for each of `organization`, `import_run` and `ix_run`.
        assert_eq!(garage().control_bytes().unwrap(), 3 * 4096);
    }
}
