//! A look at each connection to SQLite before it goes back to its pool.
//!
//! When a disk is full or fails, SQLite takes the open transaction back by itself. Nobody tells the driver, which goes on
//! counting it as open: what others do on this connection would then be savepoints, sooner or later in a transaction that
//! nobody commits, and gone with the process. So such a connection is closed, and the pool opens another one.

use sea_orm::sqlx::sqlite::{SqliteConnection, SqlitePoolOptions};
use sea_orm::sqlx::{Connection, Executor};

/// A pool of at most so many connections, each of which is at rest when somebody gets it.
pub(crate) fn pool_of(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .after_release(|connection, _| Box::pin(async move { Ok(is_at_rest(connection).await) }))
}

/// Whether no transaction is open, neither by the driver's count nor by SQLite's.
async fn is_at_rest(connection: &mut SqliteConnection) -> bool {
    // SQLite begins no transaction inside of another one. The driver runs one command after the other, so whatever was
    // given up is rolled back, and counted, before this.
    let begins = connection.execute("BEGIN; ROLLBACK").await.is_ok();
    begins && !connection.is_in_transaction()
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use sea_orm::sqlx::{self, AssertSqlSafe};
    use sea_orm::{ConnectionTrait, Statement, TransactionTrait};
    use tempfile::TempDir;
    use time::OffsetDateTime;
    use torqueflow_model::ColumnType;
    use uuid::Uuid;

    use crate::bulk::Rows;
    use crate::connect::Pool;
    use crate::{Store, StoreError};

    /// The ways in which the store writes.
    #[derive(Debug, Clone, Copy)]
    enum Way {
        Statement,
        Transaction,
        Bulk,
    }

    const WAYS: [Way; 3] = [Way::Statement, Way::Transaction, Way::Bulk];

    /// A store on a database of its own.
    struct Fixture {
        folder: TempDir,
        store: Store,
    }

    impl Fixture {
        async fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let store = open(&folder).await;
            store.migrate().await.unwrap();
            Self { folder, store }
        }

        /// Adds an organisation.
        async fn write(&self, way: Way, slug: &str) -> Result<(), StoreError> {
            match way {
                Way::Statement => insert(&self.store.writer, slug).await,
                Way::Transaction => {
                    let transaction = self.store.writer.begin().await?;
                    insert(&transaction, slug).await?;
                    Ok(transaction.commit().await?)
                }
                Way::Bulk => {
                    let columns = [
                        ("id", ColumnType::Uuid),
                        ("slug", ColumnType::Text),
                        ("created_at", ColumnType::Timestamp),
                    ];
                    let mut rows = Rows::new("organization", columns);
                    rows.push([Uuid::now_v7().into(), slug.into(), OffsetDateTime::now_utc().into()]);
                    let mut transaction = self.store.begin().await?;
                    transaction.insert(&rows).await?;
                    self.store.commit(transaction).await
                }
            }
        }

        /// Writes and changes its mind.
        async fn give_up(&self, way: Way) {
            match way {
                Way::Statement => {}
                Way::Transaction => {
                    let transaction = self.store.writer.begin().await.unwrap();
                    insert(&transaction, "given up").await.unwrap();
                }
                Way::Bulk => {
                    let mut transaction = self.store.begin().await.unwrap();
                    transaction.execute("DELETE FROM organization", &[]).await.unwrap();
                }
            }
        }

        /// Sets how many pages the database may have; one is fewer than it has, so that nothing more goes in.
        async fn limit_pages(&self, pages: u32) {
            let Pool::Sqlite(pool) = &self.store.pool else { panic!() };
            let pragma = AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
            sqlx::query(pragma).execute(pool).await.unwrap();
        }

        /// What somebody finds who opens the database anew.
        async fn slugs(self) -> Vec<String> {
            self.store.close().await.unwrap();
            let store = open(&self.folder).await;
            let sql = "SELECT slug FROM organization ORDER BY id";
            let query = Statement::from_string(store.reader.get_database_backend(), sql);
            let rows = store.reader.query_all_raw(query).await.unwrap();
            rows.iter().map(|row| row.try_get("", "slug").unwrap()).collect()
        }
    }

    async fn open(folder: &TempDir) -> Store {
        let url = format!("sqlite://{}/test.db?mode=rwc", folder.path().display());
        Store::connect(&url).await.unwrap()
    }

    async fn insert(connection: &impl ConnectionTrait, slug: &str) -> Result<(), StoreError> {
        let values = [Uuid::now_v7().into(), slug.into(), OffsetDateTime::now_utc().into()];
        let sql = "INSERT INTO organization (id, slug, created_at) VALUES (?, ?, ?)";
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        connection.execute_raw(statement).await?;
        Ok(())
    }

    #[tokio::test]
    async fn what_is_acknowledged_after_the_disk_was_full_is_kept() {
        for failing in WAYS {
            for later in WAYS {
                let fixture = Fixture::new().await;
                let mut acknowledged = Vec::new();
                fixture.limit_pages(1).await;
                let refusal = loop {
                    let slug = format!("{} {}", acknowledged.len(), "long ".repeat(1000));
                    match fixture.write(failing, &slug).await {
                        Ok(()) => acknowledged.push(slug),
                        Err(error) => break error,
                    }
                };
                assert!(matches!(refusal, StoreError::Unwritable(_)), "{refusal:?}");
                fixture.limit_pages(u32::MAX >> 2).await;
                for number in 0..3 {
                    fixture.give_up(later).await;
                    let slug = format!("later {number}");
                    fixture.write(later, &slug).await.unwrap();
                    acknowledged.push(slug);
                }
                assert_eq!(fixture.slugs().await, acknowledged, "{failing:?}, then {later:?}");
            }
        }
    }

    /// Prints what a look costs: `cargo test -p torqueflow-persistence -- --ignored --nocapture a_look`
    #[tokio::test]
    #[ignore = "a measurement"]
    async fn a_look_takes_microseconds() {
        let fixture = Fixture::new().await;
        let Pool::Sqlite(pool) = &fixture.store.pool else {
            panic!()
        };
        let mut connection = pool.acquire().await.unwrap();
        let begun = Instant::now();
        let looks = 10_000;
        for _ in 0..looks {
            assert!(super::is_at_rest(&mut connection).await);
        }
        println!("{:?} each", begun.elapsed() / looks);
    }
}
