//! Whether the database answers.

use sea_orm::{ConnectionTrait, Statement};

use crate::{Store, StoreError};

impl Store {
    /// Asks the database for next to nothing.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let question = Statement::from_string(self.reader.get_database_backend(), "SELECT 1");
        self.reader.query_one_raw(question).await?;
        Ok(())
    }
}
