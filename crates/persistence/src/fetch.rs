//! Reading inside a transaction of the bulk writer, so that what is read holds until what follows from it is written.

use std::vec::IntoIter;

use sea_orm::sqlx::postgres::PgRow;
use sea_orm::sqlx::sqlite::SqliteRow;
use sea_orm::sqlx::types::Uuid;
use sea_orm::sqlx::types::time::{Date, OffsetDateTime, PrimitiveDateTime};
use sea_orm::sqlx::{self, AssertSqlSafe, Row};
use torqueflow_model::ColumnType;

use crate::bulk::{BulkTransaction, Connection, Scalar, bind_postgres, bind_sqlite, numbered};
use crate::error::StoreError;

/// A row that was read. Its cells are taken one after the other.
pub(crate) struct Fetched(IntoIter<Scalar>);

impl Fetched {
    /// The next cell, whatever is in it.
    pub fn scalar(&mut self) -> Scalar {
        self.0.next().unwrap_or(Scalar::Null)
    }

    /// The next cell, an id.
    pub fn uuid(&mut self) -> Result<Uuid, StoreError> {
        match self.scalar() {
            Scalar::Uuid(id) => Ok(id),
            _ => Err(StoreError::Damaged { what: "id" }),
        }
    }

    /// The next cell, a number.
    pub fn integer(&mut self) -> Result<i64, StoreError> {
        self.maybe_integer().ok_or(StoreError::Damaged { what: "number" })
    }

    /// The next cell, a number or null.
    pub fn maybe_integer(&mut self) -> Option<i64> {
        match self.scalar() {
            Scalar::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// The next cell, text.
    pub fn text(&mut self) -> Result<String, StoreError> {
        self.maybe_text().ok_or(StoreError::Damaged { what: "text" })
    }

    /// The next cell, text or null.
    pub fn maybe_text(&mut self) -> Option<String> {
        match self.scalar() {
            Scalar::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The next cell, JSON or null.
    pub fn maybe_json(&mut self) -> Result<Option<serde_json::Value>, StoreError> {
        match self.scalar() {
            Scalar::Json(text) => match serde_json::from_str(&text) {
                Ok(json) => Ok(Some(json)),
                Err(_) => Err(StoreError::Damaged { what: "JSON" }),
            },
            _ => Ok(None),
        }
    }
}

impl BulkTransaction {
    /// Runs one query, with `?` for each argument, and reads its columns as these types.
    pub async fn fetch(
        &mut self,
        sql: &str,
        arguments: &[Scalar],
        columns: &[ColumnType],
    ) -> Result<Vec<Fetched>, StoreError> {
        match &mut self.connection {
            Connection::Postgres(transaction) => {
                let mut query = sqlx::query(AssertSqlSafe(numbered(sql, arguments)));
                for argument in arguments {
                    query = bind_postgres(query, argument);
                }
                let rows = query.fetch_all(&mut **transaction).await?;
                rows.iter().map(|row| fetched(columns, row, postgres_cell)).collect()
            }
            Connection::Sqlite(transaction) => {
                let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                for argument in arguments {
                    query = bind_sqlite(query, argument);
                }
                let rows = query.fetch_all(&mut **transaction).await?;
                rows.iter().map(|row| fetched(columns, row, sqlite_cell)).collect()
            }
        }
    }
}

type ReadCell<R> = fn(&R, usize, ColumnType) -> Result<Scalar, sqlx::Error>;

fn fetched<R>(columns: &[ColumnType], row: &R, read: ReadCell<R>) -> Result<Fetched, StoreError> {
    let cells = columns.iter().enumerate().map(|(place, kind)| read(row, place, *kind));
    let cells = cells.collect::<Result<Vec<_>, _>>()?;
    Ok(Fetched(cells.into_iter()))
}

macro_rules! cell {
    ($row:expr, $place:expr, $type:ty, $variant:ident) => {
        $row.try_get::<Option<$type>, _>($place)?
            .map_or(Scalar::Null, Scalar::$variant)
    };
}

fn postgres_cell(row: &PgRow, place: usize, kind: ColumnType) -> Result<Scalar, sqlx::Error> {
    Ok(match kind {
        ColumnType::Text => cell!(row, place, String, Text),
        ColumnType::BigInteger => cell!(row, place, i64, Integer),
        ColumnType::Boolean => cell!(row, place, bool, Boolean),
        ColumnType::Date => cell!(row, place, Date, Date),
        ColumnType::DateTime => cell!(row, place, PrimitiveDateTime, DateTime),
        ColumnType::Timestamp => cell!(row, place, OffsetDateTime, Timestamp),
        ColumnType::Uuid => cell!(row, place, Uuid, Uuid),
        ColumnType::Float => cell!(row, place, f64, Float),
        ColumnType::Json => row
            .try_get::<Option<serde_json::Value>, _>(place)?
            .map_or(Scalar::Null, |json| Scalar::Json(json.to_string())),
    })
}

fn sqlite_cell(row: &SqliteRow, place: usize, kind: ColumnType) -> Result<Scalar, sqlx::Error> {
    Ok(match kind {
        ColumnType::Text => cell!(row, place, String, Text),
        ColumnType::BigInteger => cell!(row, place, i64, Integer),
        ColumnType::Boolean => cell!(row, place, bool, Boolean),
        ColumnType::Date => cell!(row, place, Date, Date),
        ColumnType::DateTime => cell!(row, place, PrimitiveDateTime, DateTime),
        ColumnType::Timestamp => cell!(row, place, OffsetDateTime, Timestamp),
        ColumnType::Uuid => cell!(row, place, Uuid, Uuid),
        ColumnType::Float => cell!(row, place, f64, Float),
        ColumnType::Json => cell!(row, place, String, Json),
    })
}
