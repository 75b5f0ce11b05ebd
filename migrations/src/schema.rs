//! The database as a migration sees it: a transaction, and what can be changed in it.

use sea_orm::sea_query::{IndexCreateStatement, TableAlterStatement, TableCreateStatement};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, StatementBuilder};

/// The schema, within the transaction of one migration.
pub struct Schema<'a>(pub &'a DatabaseTransaction);

impl Schema<'_> {
    pub fn backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    pub async fn create_table(&self, table: TableCreateStatement) -> Result<(), DbErr> {
        self.change(&table).await
    }

    pub async fn alter_table(&self, change: TableAlterStatement) -> Result<(), DbErr> {
        self.change(&change).await
    }

    pub async fn create_index(&self, index: IndexCreateStatement) -> Result<(), DbErr> {
        self.change(&index).await
    }

    /// What the statements above can't say, in the SQL of both databases.
    pub async fn execute(&self, sql: &str) -> Result<(), DbErr> {
        self.0.execute_unprepared(sql).await.map(drop)
    }

    async fn change(&self, statement: &impl StatementBuilder) -> Result<(), DbErr> {
        self.0.execute(statement).await.map(drop)
    }
}
