//! The match keys of what a run has found so far, kept by the process that analyses it.
//!
//! They are made of its rows again whenever they are needed, so the main database has none of them: they are in memory up
//! to a bound, and in a temporary file beyond it.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use sea_orm::DbErr;
use tempfile::TempPath;
use uuid::Uuid;

use crate::StoreError;

/// Memory for keys before they are in the file alone, in KiB.
const CACHE_KIB: i64 = 8 * 1024;

/// A record's entry under one of its match keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MatchPosting {
    /// The fingerprint of the key.
    pub key_hash: u128,
    /// The record.
    pub record_id: Uuid,
}

/// The match keys of a run's records, by key.
#[derive(Debug)]
pub struct RunKeys {
    // Closed before its file is removed.
    database: Mutex<Connection>,
    _file: TempPath,
}

impl RunKeys {
    /// None yet. The file is made in this folder, which must be there, and goes with the value.
    ///
    /// # Errors
    /// The folder can't be written to.
    pub fn create(folder: &Path) -> Result<Self, StoreError> {
        let file = tempfile::Builder::new()
            .prefix("match-keys-")
            .tempfile_in(folder)
            .map_err(|error| StoreError::Unwritable(DbErr::Custom(error.to_string())))?
            .into_temp_path();
        let database = Connection::open(&file)?;
        let setup = format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
             PRAGMA cache_size = -{CACHE_KIB}; \
             CREATE TABLE posting (key_hash BLOB, record_id BLOB, source INTEGER, PRIMARY KEY (key_hash, record_id)) \
             WITHOUT ROWID;"
        );
        database.execute_batch(&setup)?;
        Ok(Self {
            database: Mutex::new(database),
            _file: file,
        })
    }

    /// The postings under these keys.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn find(&self, key_hashes: &[u128]) -> Result<Vec<MatchPosting>, StoreError> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let mut select = database.prepare("SELECT record_id FROM posting WHERE key_hash = ?")?;
        let mut found = Vec::new();
        for key_hash in key_hashes {
            let mut rows = select.query([key_hash.to_be_bytes()])?;
            while let Some(row) = rows.next()? {
                let record_id: [u8; 16] = row.get(0)?;
                found.push(MatchPosting {
                    key_hash: *key_hash,
                    record_id: Uuid::from_bytes(record_id),
                });
            }
        }
        Ok(found)
    }

    /// Adds postings of a table of the run, which has this number.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn add(&self, table: i64, postings: &[MatchPosting]) -> Result<(), StoreError> {
        let mut database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = database.transaction()?;
        {
            let mut insert =
                transaction.prepare("INSERT OR IGNORE INTO posting (key_hash, record_id, source) VALUES (?, ?, ?)")?;
            for posting in postings {
                insert.execute((posting.key_hash.to_be_bytes(), posting.record_id.into_bytes(), table))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Forgets the postings of a table.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn forget(&self, table: i64) -> Result<(), StoreError> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        database.execute("DELETE FROM posting WHERE source = ?", [table])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(key_hash: u128, record: u128) -> MatchPosting {
        MatchPosting {
            key_hash,
            record_id: Uuid::from_u128(record),
        }
    }

    #[test]
    fn what_was_added_is_found_by_its_key_once() {
        let folder = tempfile::tempdir().unwrap();
        let keys = RunKeys::create(folder.path()).unwrap();
        keys.add(0, &[posting(1, 10), posting(2, 10)]).unwrap();
        keys.add(1, &[posting(1, 11), posting(1, 10)]).unwrap();
        assert_eq!(keys.find(&[1, 3]).unwrap(), [posting(1, 10), posting(1, 11)]);
        keys.forget(1).unwrap();
        assert_eq!(keys.find(&[1, 3]).unwrap(), [posting(1, 10)]);
    }

    #[test]
    fn nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let keys = RunKeys::create(folder.path()).unwrap();
        let many: Vec<MatchPosting> = (0..1000).map(|number| posting(number << 64, number)).collect();
        keys.add(0, &many).unwrap();
        assert!(folder.path().read_dir().unwrap().next().is_some());
        drop(keys);
        assert!(folder.path().read_dir().unwrap().next().is_none());
    }
}
