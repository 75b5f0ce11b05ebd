//! Opening a database and bringing it up to date.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions, Executor, PgPool, SqlitePool};
use sea_orm::{DatabaseConnection, DbErr, RuntimeErr, SqlxPostgresConnector, SqlxSqliteConnector};
use torqueflow_migrations::migrate;

use crate::bulk::Growth;
use crate::error::StoreError;
use crate::handback::pool_of;
use crate::store::health::Proof;

/// How long a statement waits for a lock of another process before it is called busy.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections to PostgreSQL.
const MAX_CONNECTIONS: u32 = 8;
/// Reading connections to SQLite. Each has a page cache of its own.
const SQLITE_READERS: u32 = 4;
/// How long to wait for a PostgreSQL that does not answer.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection: one per table and block size of the bulk writer, and the rest.
const STATEMENT_CACHE: usize = 512;
/// The advisory lock under which PostgreSQL is migrated. Any fixed number does.
const MIGRATION_LOCK: i64 = 0x7466_6d69;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// The embedded default.
    Sqlite,
    /// For production.
    Postgres,
}

/// The pools below SeaORM, for the bulk writer.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    /// For reading. On SQLite a pool of its own, so that readers never wait for the writer.
    pub(crate) reader: DatabaseConnection,
    /// For writing. On SQLite a single connection.
    pub(crate) writer: DatabaseConnection,
    pub(crate) pool: Pool,
    pub(crate) growth: Arc<Growth>,
    pub(crate) proof: Proof,
}

impl Store {
    /// Opens the database at this URL: `sqlite://file.db?mode=rwc` or `postgres://user@host/database`.
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), torqueflow_persistence::StoreError> {
    /// let store = torqueflow_persistence::Store::connect("sqlite://torqueflow.db?mode=rwc").await?;
    /// store.migrate().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            Self::connect_sqlite(url).await
        } else {
            Self::connect_postgres(url).await
        }
    }

    async fn connect_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(connect_error)?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .statement_cache_capacity(STATEMENT_CACHE)
            .pragma("cache_size", "-16000")
            // Checkpoints cost a sync each; a batch has a few dozen pages.
            .pragma("wal_autocheckpoint", "8000")
            .disable_statement_logging();
        make_private(options.get_filename());
        let writer = pool_of(1).connect_with(options.clone()).await.map_err(connect_error)?;
        let reader = pool_of(SQLITE_READERS)
            .connect_with(options.pragma("cache_size", "-4000"))
            .await
            .map_err(connect_error)?;
        Ok(Self {
            reader: SqlxSqliteConnector::from_sqlx_sqlite_pool(reader),
            writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer.clone()),
            pool: Pool::Sqlite(writer),
            growth: Arc::default(),
            proof: Proof::default(),
        })
    }

    async fn connect_postgres(url: &str) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(connect_error)?
            .statement_cache_capacity(STATEMENT_CACHE)
            .application_name("torqueflow")
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(connect_error)?;
        let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Self {
            reader: connection.clone(),
            writer: connection,
            pool: Pool::Postgres(pool),
            growth: Arc::default(),
            proof: Proof::default(),
        })
    }

    /// Which database it is.
    pub fn backend(&self) -> Backend {
        match self.pool {
            Pool::Sqlite(_) => Backend::Sqlite,
            Pool::Postgres(_) => Backend::Postgres,
        }
    }

    /// Several transactions that write can't run side by side.
    pub fn has_one_writer(&self) -> bool {
        self.backend() == Backend::Sqlite
    }

    /// Brings the schema up to date. Safe to call from several processes at once.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        match &self.pool {
            Pool::Postgres(pool) => {
                let mut guard = pool.acquire().await?;
                guard
                    .execute(sea_orm::sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATION_LOCK))
                    .await?;
                let outcome = migrate(&self.writer).await;
                guard
                    .execute(sea_orm::sqlx::query("SELECT pg_advisory_unlock($1)").bind(MIGRATION_LOCK))
                    .await?;
                Ok(outcome?)
            }
            Pool::Sqlite(_) => Ok(migrate(&self.writer).await?),
        }
    }

    /// Closes all connections.
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        self.writer.close().await?;
        Ok(())
    }
}

/// Makes a new database file one that only this user can read. What can't be made here fails when it is opened.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

fn connect_error(error: sea_orm::sqlx::Error) -> StoreError {
    StoreError::Connect(DbErr::Conn(RuntimeErr::SqlxError(error.into())))
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait;

    use super::*;

    #[tokio::test]
    async fn whoever_migrates_second_waits_and_finds_the_work_done() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db?mode=rwc", folder.path().display());
        let (one, other) = (Store::connect(&url).await.unwrap(), Store::connect(&url).await.unwrap());
        let (first, second) = tokio::join!(one.migrate(), other.migrate());
        first.unwrap();
        second.unwrap();
        one.migrate().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_of_a_newer_release_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/test.db?mode=rwc", folder.path().display());
        let store = Store::connect(&url).await.unwrap();
        store.migrate().await.unwrap();
        let future = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000001_future', 0)";
        store.writer.execute_unprepared(future).await.unwrap();
        let refused = format!("{:?}", store.migrate().await.unwrap_err());
        assert!(refused.contains("m29991231_000001_future"), "{refused}");
    }
}
