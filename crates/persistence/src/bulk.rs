//! Bulk writing below SeaORM: many rows of a table in few statements, inside one transaction.
//!
//! PostgreSQL takes whole columns as arrays (`INSERT … SELECT … FROM UNNEST`), which is near the speed of COPY and,
//! unlike COPY, one round trip. SQLite takes blocks of rows in one statement each; equal blocks use the same statement.
//!
//! PostgreSQL plans by statistics that nobody gathers while a fresh table grows, and then scans what it should look up,
//! for foreign keys too. So the writer has a table analysed whenever it has written four times as much as the last time.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use sea_orm::sqlx::postgres::PgArguments;
use sea_orm::sqlx::query::Query;
use sea_orm::sqlx::sqlite::SqliteArguments;
use sea_orm::sqlx::types::Uuid;
use sea_orm::sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime};
use sea_orm::sqlx::{self, AssertSqlSafe, Postgres, Sqlite, Transaction};
use torqueflow_model::ColumnType;

use crate::connect::{Pool, Store};
use crate::error::StoreError;

/// The largest block of rows in one SQLite statement: a batch fits into one, a larger insert repeats the same one.
const MAX_BLOCK: usize = 128;
/// SQLite's limit of parameters in a statement (`SQLITE_MAX_VARIABLE_NUMBER`).
const MAX_PARAMETERS: usize = 32_766;

/// A value for a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Date(Date),
    DateTime(PrimitiveDateTime),
    Timestamp(OffsetDateTime),
    Json(String),
    Uuid(Uuid),
}

impl<T: Into<Self>> From<Option<T>> for Scalar {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

macro_rules! scalar_from {
    ($($type:ty => $variant:ident),*) => {
        $(impl From<$type> for Scalar {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

scalar_from!(String => Text, &str => Text, i64 => Integer, bool => Boolean, OffsetDateTime => Timestamp, Uuid => Uuid);

/// Rows of one table, column by column.
pub(crate) struct Rows {
    pub table: &'static str,
    pub columns: Vec<(String, ColumnType, Vec<Scalar>)>,
}

impl Rows {
    /// No rows yet, of these columns.
    pub fn new(table: &'static str, columns: impl IntoIterator<Item = (impl Into<String>, ColumnType)>) -> Self {
        Self {
            table,
            columns: columns
                .into_iter()
                .map(|(name, kind)| (name.into(), kind, Vec::new()))
                .collect(),
        }
    }

    /// Adds a row: a value for each column, in their order.
    pub fn push(&mut self, row: impl IntoIterator<Item = Scalar>) {
        let mut cells = row.into_iter();
        for (_, _, column) in &mut self.columns {
            column.push(cells.next().unwrap_or(Scalar::Null));
        }
        debug_assert!(cells.next().is_none(), "more cells than columns in {}", self.table);
    }

    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, |(_, _, column)| column.len())
    }

    fn names(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, ..)| format!("\"{name}\"")).collect();
        names.join(", ")
    }
}

/// An open transaction of the bulk writer.
pub(crate) struct BulkTransaction {
    pub connection: Connection,
    /// Rows written so far, per table.
    written: HashMap<&'static str, usize>,
}

/// The transaction of the driver.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// How much was written to each table since the store was opened, and how much it was when PostgreSQL last looked.
#[derive(Debug, Default)]
pub(crate) struct Growth(Mutex<HashMap<&'static str, (usize, usize)>>);

impl Growth {
    /// Rows after which a table is analysed for the first time.
    const FIRST: usize = 1000;

    /// Adds what a transaction has written; returns the tables that should be analysed.
    fn add(&self, written: &HashMap<&'static str, usize>) -> Vec<&'static str> {
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        for (table, rows) in written {
            let (total, next) = tables.entry(table).or_insert((0, Self::FIRST));
            *total += rows;
            if *total >= *next {
                *next = *total * 4;
                due.push(*table);
            }
        }
        due
    }
}

impl Store {
    /// Begins a transaction that will write.
    pub(crate) async fn begin(&self) -> Result<BulkTransaction, StoreError> {
        let connection = match &self.pool {
            // At once the writer, so that the lock is waited for here and never fails half-way.
            Pool::Sqlite(pool) => Connection::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres(pool) => Connection::Postgres(pool.begin().await?),
        };
        Ok(BulkTransaction {
            connection,
            written: HashMap::new(),
        })
    }

    /// Begins a transaction that reads, and leaves nothing behind but what it wrote to temporary tables until it ends.
    /// All of it sees the same state of the database.
    pub(crate) async fn begin_reading(&self) -> Result<BulkTransaction, StoreError> {
        let connection = match &self.pool {
            Pool::Sqlite(_) => Connection::Sqlite(self.reader.get_sqlite_connection_pool().begin().await?),
            Pool::Postgres(pool) => {
                Connection::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ").await?)
            }
        };
        Ok(BulkTransaction {
            connection,
            written: HashMap::new(),
        })
    }

    /// Commits, and keeps PostgreSQL's statistics in step with what was written.
    pub(crate) async fn commit(&self, transaction: BulkTransaction) -> Result<(), StoreError> {
        let due = self.growth.add(&transaction.written);
        match transaction.connection {
            Connection::Postgres(inner) => inner.commit().await?,
            Connection::Sqlite(inner) => inner.commit().await?,
        }
        if let Pool::Postgres(pool) = &self.pool {
            for table in due {
                // The rows are committed whatever becomes of this; without it later statements are slow, not wrong.
                let analyse = format!("ANALYZE \"{table}\"");
                let _ = sqlx::query(AssertSqlSafe(analyse)).execute(pool).await;
            }
        }
        Ok(())
    }
}

impl BulkTransaction {
    /// Writes all rows.
    pub async fn insert(&mut self, rows: &Rows) -> Result<(), StoreError> {
        self.insert_or(rows, "").await
    }

    /// Writes the rows that are not there yet.
    pub async fn insert_missing(&mut self, rows: &Rows) -> Result<(), StoreError> {
        self.insert_or(rows, " ON CONFLICT DO NOTHING").await
    }

    async fn insert_or(&mut self, rows: &Rows, on_conflict: &str) -> Result<(), StoreError> {
        if rows.len() == 0 {
            return Ok(());
        }
        *self.written.entry(rows.table).or_default() += rows.len();
        match &mut self.connection {
            Connection::Postgres(transaction) => insert_postgres(transaction, rows, on_conflict).await,
            Connection::Sqlite(transaction) => insert_sqlite(transaction, rows, on_conflict).await,
        }
    }

    /// Runs one statement, with `?` for each argument, and says how many rows it touched.
    pub async fn execute(&mut self, sql: &str, arguments: &[Scalar]) -> Result<u64, StoreError> {
        Ok(match &mut self.connection {
            Connection::Postgres(transaction) => {
                let mut query = sqlx::query(AssertSqlSafe(numbered(sql, arguments)));
                for argument in arguments {
                    query = bind_postgres(query, argument);
                }
                query.execute(&mut **transaction).await?.rows_affected()
            }
            Connection::Sqlite(transaction) => {
                let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                for argument in arguments {
                    query = bind_sqlite(query, argument);
                }
                query.execute(&mut **transaction).await?.rows_affected()
            }
        })
    }

    /// On PostgreSQL, lets this commit return before it is on disk: a crash may lose it, but nothing after it
    /// without it. SQLite in WAL mode with `synchronous=NORMAL` does so anyway.
    pub async fn relax_durability(&mut self) -> Result<(), StoreError> {
        if let Connection::Postgres(transaction) = &mut self.connection {
            sqlx::query("SET LOCAL synchronous_commit = off")
                .execute(&mut **transaction)
                .await?;
        }
        Ok(())
    }

    /// Whether it is PostgreSQL's.
    pub fn is_postgres(&self) -> bool {
        matches!(self.connection, Connection::Postgres(_))
    }
}

/// `?` becomes `$1`, `$2` …, with a cast where PostgreSQL would not take the argument's type for the column's.
/// A null has no type at all, so it is written out instead of bound.
pub(crate) fn numbered(sql: &str, arguments: &[Scalar]) -> String {
    let mut numbered = String::with_capacity(sql.len() + arguments.len() * 2);
    let mut pieces = sql.split('?');
    numbered.push_str(pieces.next().unwrap_or_default());
    let mut bound = 0;
    for (piece, argument) in pieces.zip(arguments) {
        if *argument == Scalar::Null {
            numbered.push_str("NULL");
        } else {
            bound += 1;
            let cast = if matches!(argument, Scalar::Json(_)) {
                "::json"
            } else {
                ""
            };
            let _ = write!(numbered, "${bound}{cast}");
        }
        numbered.push_str(piece);
    }
    numbered
}

async fn insert_postgres(
    transaction: &mut Transaction<'static, Postgres>,
    rows: &Rows,
    on_conflict: &str,
) -> Result<(), StoreError> {
    let mut selected = Vec::new();
    let mut unnested = Vec::new();
    for (position, (name, kind, _)) in rows.columns.iter().enumerate() {
        let (array, cast) = array_type(*kind);
        selected.push(format!("u.\"{name}\"{cast}"));
        unnested.push(format!("${}::{array}[]", position + 1));
    }
    let names = rows.names();
    let sql = format!(
        "INSERT INTO \"{}\" ({names}) SELECT {} FROM UNNEST({}) AS u({names}){on_conflict}",
        rows.table,
        selected.join(", "),
        unnested.join(", "),
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (_, kind, column) in &rows.columns {
        query = bind_array(query, *kind, column);
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

/// The type of the array that carries a column, and the cast of its elements.
pub(crate) fn array_type(kind: ColumnType) -> (&'static str, &'static str) {
    match kind {
        ColumnType::Text => ("text", ""),
        ColumnType::BigInteger => ("bigint", ""),
        ColumnType::Boolean => ("boolean", ""),
        ColumnType::Date => ("date", ""),
        ColumnType::DateTime => ("timestamp", ""),
        ColumnType::Timestamp => ("timestamptz", ""),
        ColumnType::Json => ("text", "::json"),
        ColumnType::Uuid => ("uuid", ""),
        ColumnType::Float => ("double precision", ""),
    }
}

pub(crate) type PgQuery<'q> = Query<'q, Postgres, PgArguments>;

macro_rules! array_of {
    ($column:expr, $($variant:ident)|+, $value:ident => $converted:expr) => {
        $column
            .iter()
            .map(|scalar| match scalar {
                $(Scalar::$variant($value) => Some($converted),)+
                _ => None,
            })
            .collect::<Vec<_>>()
    };
}

pub(crate) fn bind_array<'q>(query: PgQuery<'q>, kind: ColumnType, column: &'q [Scalar]) -> PgQuery<'q> {
    match kind {
        ColumnType::Text | ColumnType::Json => query.bind(array_of!(column, Text | Json, text => text.as_str())),
        ColumnType::BigInteger => query.bind(array_of!(column, Integer, number => *number)),
        ColumnType::Boolean => query.bind(array_of!(column, Boolean, flag => *flag)),
        ColumnType::Date => query.bind(array_of!(column, Date, date => *date)),
        ColumnType::DateTime => query.bind(array_of!(column, DateTime, moment => *moment)),
        ColumnType::Timestamp => query.bind(array_of!(column, Timestamp, moment => *moment)),
        ColumnType::Uuid => query.bind(array_of!(column, Uuid, id => *id)),
        ColumnType::Float => query.bind(array_of!(column, Float, number => *number)),
    }
}

pub(crate) fn bind_postgres<'q>(query: PgQuery<'q>, argument: &'q Scalar) -> PgQuery<'q> {
    match argument {
        Scalar::Null => query,
        Scalar::Text(text) | Scalar::Json(text) => query.bind(text.as_str()),
        Scalar::Integer(number) => query.bind(*number),
        Scalar::Float(number) => query.bind(*number),
        Scalar::Boolean(flag) => query.bind(*flag),
        Scalar::Date(date) => query.bind(*date),
        Scalar::DateTime(moment) => query.bind(*moment),
        Scalar::Timestamp(moment) => query.bind(*moment),
        Scalar::Uuid(id) => query.bind(*id),
    }
}

pub(crate) type SqliteQuery<'q> = Query<'q, Sqlite, SqliteArguments>;

pub(crate) fn bind_sqlite<'q>(query: SqliteQuery<'q>, argument: &'q Scalar) -> SqliteQuery<'q> {
    match argument {
        Scalar::Null => query.bind(None::<String>),
        Scalar::Text(text) | Scalar::Json(text) => query.bind(text.clone()),
        Scalar::Integer(number) => query.bind(*number),
        Scalar::Float(number) => query.bind(*number),
        Scalar::Boolean(flag) => query.bind(*flag),
        Scalar::Date(date) => query.bind(*date),
        Scalar::DateTime(moment) => query.bind(*moment),
        Scalar::Timestamp(moment) => query.bind(*moment),
        Scalar::Uuid(id) => query.bind(*id),
    }
}

async fn insert_sqlite(
    transaction: &mut Transaction<'static, Sqlite>,
    rows: &Rows,
    on_conflict: &str,
) -> Result<(), StoreError> {
    let width = rows.columns.len();
    let head = format!("INSERT INTO \"{}\" ({}) VALUES ", rows.table, rows.names());
    let tuple = format!("({})", vec!["?"; width].join(","));
    let mut done = 0;
    while done < rows.len() {
        let block = block(rows.len() - done, width);
        let sql = format!("{head}{}{on_conflict}", vec![tuple.as_str(); block].join(","));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in done..done + block {
            for (_, _, column) in &rows.columns {
                query = bind_sqlite(query, column.get(row).unwrap_or(&Scalar::Null));
            }
        }
        query.execute(&mut **transaction).await?;
        done += block;
    }
    Ok(())
}

/// How many of so many rows with so many columns one statement writes: a power of two, so that a table has few statements. Each
/// is kept prepared, with memory for all of its cells.
fn block(rows: usize, width: usize) -> usize {
    let most = MAX_BLOCK.min(rows).min(MAX_PARAMETERS / width.max(1)).max(1);
    1 << most.ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_powers_of_two_that_fit() {
        let blocks = |mut rows: usize, width| {
            std::iter::from_fn(move || {
                let next = (rows > 0).then(|| block(rows, width))?;
                rows -= next;
                Some(next)
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(blocks(300, 12), [128, 128, 32, 8, 4]);
        assert_eq!(blocks(1, 12), [1]);
        assert_eq!(blocks(3, 20_000), [1, 1, 1]);
        assert_eq!(blocks(0, 12), [0; 0]);
    }

    #[test]
    fn question_marks_are_numbered_and_json_is_cast() {
        let sql = numbered(
            "UPDATE t SET a = ?, b = ?, c = ? WHERE d = ?",
            &[
                Scalar::Integer(1),
                Scalar::Null,
                Scalar::Json("{}".into()),
                Scalar::Integer(2),
            ],
        );
        assert_eq!(sql, "UPDATE t SET a = $1, b = NULL, c = $2::json WHERE d = $3");
    }
}
