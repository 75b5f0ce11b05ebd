//! Whether the database answers, and keeps what is written.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Statement};

use crate::connect::Backend;
use crate::{Store, StoreError};

/// How long a proof waits for its turn to write. A writer that is at work is none that can't write.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a proof holds: whoever asks more often writes no more often.
const PROVEN_FOR: Duration = Duration::from_secs(1);

/// When it was last proven that the database keeps what is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proof(Arc<Mutex<Option<Instant>>>);

impl Proof {
    fn holds(&self) -> bool {
        let proven = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        proven.is_some_and(|moment| moment.elapsed() < PROVEN_FOR)
    }

    fn renew(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }
}

impl Store {
    /// Asks the database for next to nothing.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let question = Statement::from_string(self.reader.get_database_backend(), "SELECT 1");
        self.reader.query_one_raw(question).await?;
        Ok(())
    }

    /// Proves that what is written is kept: by a commit that changes nothing and lets nothing grow. Where others are
    /// writing it does not wait for its turn for long, and believes them.
    pub async fn prove_writable(&self) -> Result<(), StoreError> {
        if self.proof.holds() {
            return Ok(());
        }
        match tokio::time::timeout(PATIENCE, self.commit_nothing()).await {
            Ok(Ok(())) => {
                self.proof.renew();
                Ok(())
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Ok(()),
        }
    }

    /// Commits a transaction that has to reach the disk, and changes nothing.
    async fn commit_nothing(&self) -> Result<(), StoreError> {
        let sql = match self.backend() {
            // A number that nobody uses is written to the first page, as it was. What is only rolled back would not be
            // written at all.
            Backend::Sqlite => "PRAGMA user_version = 0",
            // A server that takes no writes refuses the deletion; the number of a transaction makes it one whose commit
            // waits for the disk.
            Backend::Postgres => {
                "WITH nothing AS (DELETE FROM work_lease WHERE id = '00000000-0000-0000-0000-000000000000') \
                 SELECT txid_current()"
            }
        };
        self.writer.execute_unprepared(sql).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    async fn open(folder: &TempDir, mode: &str) -> Store {
        let url = format!("sqlite://{}/test.db?mode={mode}", folder.path().display());
        Store::connect(&url).await.unwrap()
    }

    #[tokio::test]
    async fn a_database_that_takes_no_writes_is_told_from_one_that_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder, "rwc").await;
        store.migrate().await.unwrap();
        let busy = store.begin().await.unwrap();
        let asked = Instant::now();
        store.prove_writable().await.unwrap();
        assert!(asked.elapsed() < PATIENCE * 3, "{:?}", asked.elapsed());
        drop(busy);
        store.prove_writable().await.unwrap();
        assert!(store.proof.holds());

        let read_only = open(&folder, "ro").await;
        read_only.ping().await.unwrap();
        let refused = read_only.prove_writable().await.unwrap_err();
        assert!(matches!(refused, StoreError::Unwritable(_)), "{refused:?}");
    }

    #[tokio::test]
    async fn a_proof_reaches_the_disk_and_lets_nothing_grow() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder, "rwc").await;
        store.migrate().await.unwrap();
        let size = || std::fs::metadata(folder.path().join("test.db-wal")).unwrap().len();
        let before = size();
        store.commit_nothing().await.unwrap();
        assert!(size() > before);
        // Otherwise it takes thousands until the log begins anew.
        let sooner = "PRAGMA wal_autocheckpoint = 20";
        store.writer.execute_unprepared(sooner).await.unwrap();
        let mut sizes = Vec::new();
        for _ in 0..2 {
            for _ in 0..100 {
                store.commit_nothing().await.unwrap();
            }
            sizes.push(size());
        }
        assert_eq!(sizes[0], sizes[1]);
    }
}
