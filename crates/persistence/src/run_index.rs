//! What the rows of a run have brought so far, kept by the process that analyses it: its records by identity, and by their
//! match keys.
//!
//! All of it is made of the rows again whenever it is needed, so the main database has none of it: it is in memory up to a
//! bound, and in a temporary file beyond it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use sea_orm::DbErr;
use tempfile::TempPath;
use uuid::Uuid;

use crate::StoreError;

/// Memory for the index before it is in the file alone, in KiB.
const CACHE_KIB: i64 = 12 * 1024;

/// A record's entry under one of its match keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MatchPosting {
    /// The fingerprint of the key.
    pub key_hash: u128,
    /// The record.
    pub record_id: Uuid,
}

/// A record at its first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexedRecord {
    /// The fingerprint of its identity.
    pub key_hash: u128,
    /// Which of several equal contents; 0 for a record with an id.
    pub occurrence: i64,
    /// The id that it gets when it is created. It says where the record stands.
    pub record_id: Uuid,
    /// The ordinal of its row among the staged rows, for going back to it.
    pub row_index: i64,
    /// The fingerprint of what the file says of it.
    pub raw_hash: u128,
}

/// The records of a run, by identity and by match key.
#[derive(Debug)]
pub struct RunIndex {
    // Closed before its file is removed.
    database: Mutex<Connection>,
    _file: TempPath,
}

impl RunIndex {
    /// Empty. The file is made in this folder, which must be there, and goes with the value.
    ///
    /// # Errors
    /// The folder can't be written to.
    pub fn create(folder: &Path) -> Result<Self, StoreError> {
        let file = tempfile::Builder::new()
            .prefix("run-index-")
            .tempfile_in(folder)
            .map_err(|error| StoreError::Unwritable(DbErr::Custom(error.to_string())))?
            .into_temp_path();
        let database = Connection::open(&file)?;
        let setup = format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
             PRAGMA cache_size = -{CACHE_KIB}; \
             CREATE TABLE posting (key_hash BLOB, record_id BLOB, source INTEGER, PRIMARY KEY (key_hash, record_id)) \
             WITHOUT ROWID; \
             CREATE TABLE record (key_hash BLOB, occurrence INTEGER, record_id BLOB, row_index INTEGER, raw_hash BLOB, \
             source INTEGER, PRIMARY KEY (key_hash, occurrence)) WITHOUT ROWID; \
             CREATE INDEX record_by_id ON record (record_id);"
        );
        database.execute_batch(&setup)?;
        Ok(Self {
            database: Mutex::new(database),
            _file: file,
        })
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The postings under these match keys.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn postings(&self, key_hashes: &[u128]) -> Result<Vec<MatchPosting>, StoreError> {
        let database = self.database();
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
    pub fn add_postings(&self, table: i64, postings: &[MatchPosting]) -> Result<(), StoreError> {
        let mut database = self.database();
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

    /// The last records with these identities, by identity: of a record with an id the only one, of equal contents the one that
    /// came last.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn records(&self, key_hashes: &[u128]) -> Result<HashMap<u128, IndexedRecord>, StoreError> {
        let database = self.database();
        let mut select = database.prepare(
            "SELECT occurrence, record_id, row_index, raw_hash FROM record WHERE key_hash = ? \
             ORDER BY occurrence DESC LIMIT 1",
        )?;
        let mut found = HashMap::new();
        for key_hash in key_hashes {
            let mut rows = select.query([key_hash.to_be_bytes()])?;
            if let Some(row) = rows.next()? {
                let (record_id, raw_hash): ([u8; 16], [u8; 16]) = (row.get(1)?, row.get(3)?);
                let record = IndexedRecord {
                    key_hash: *key_hash,
                    occurrence: row.get(0)?,
                    record_id: Uuid::from_bytes(record_id),
                    row_index: row.get(2)?,
                    raw_hash: u128::from_be_bytes(raw_hash),
                };
                found.insert(*key_hash, record);
            }
        }
        Ok(found)
    }

    /// The identities of these records: fingerprint and occurrence.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn identities(&self, record_ids: &[Uuid]) -> Result<HashMap<Uuid, (u128, i64)>, StoreError> {
        let database = self.database();
        let mut select = database.prepare("SELECT key_hash, occurrence FROM record WHERE record_id = ?")?;
        let mut found = HashMap::new();
        for record_id in record_ids {
            let mut rows = select.query([record_id.into_bytes()])?;
            if let Some(row) = rows.next()? {
                let key_hash: [u8; 16] = row.get(0)?;
                found.insert(*record_id, (u128::from_be_bytes(key_hash), row.get(1)?));
            }
        }
        Ok(found)
    }

    /// Adds records of a table of the run, which has this number.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn add_records(&self, table: i64, records: &[IndexedRecord]) -> Result<(), StoreError> {
        let mut database = self.database();
        let transaction = database.transaction()?;
        {
            let mut insert = transaction.prepare(
                "INSERT OR IGNORE INTO record (key_hash, occurrence, record_id, row_index, raw_hash, source) \
                 VALUES (?, ?, ?, ?, ?, ?)",
            )?;
            for record in records {
                insert.execute((
                    record.key_hash.to_be_bytes(),
                    record.occurrence,
                    record.record_id.into_bytes(),
                    record.row_index,
                    record.raw_hash.to_be_bytes(),
                    table,
                ))?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// Forgets what a table has brought.
    ///
    /// # Errors
    /// The file can't be written.
    pub fn forget(&self, table: i64) -> Result<(), StoreError> {
        let database = self.database();
        database.execute("DELETE FROM posting WHERE source = ?", [table])?;
        database.execute("DELETE FROM record WHERE source = ?", [table])?;
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

    fn record(key_hash: u128, occurrence: i64) -> IndexedRecord {
        IndexedRecord {
            key_hash,
            occurrence,
            record_id: Uuid::from_u128(key_hash * 10 + u128::from(occurrence.unsigned_abs())),
            row_index: 7,
            raw_hash: u128::MAX - key_hash,
        }
    }

    #[test]
    fn what_was_added_is_found_by_its_key_once() {
        let folder = tempfile::tempdir().unwrap();
        let index = RunIndex::create(folder.path()).unwrap();
        index.add_postings(0, &[posting(1, 10), posting(2, 10)]).unwrap();
        index.add_postings(1, &[posting(1, 11), posting(1, 10)]).unwrap();
        assert_eq!(index.postings(&[1, 3]).unwrap(), [posting(1, 10), posting(1, 11)]);
        index.forget(1).unwrap();
        assert_eq!(index.postings(&[1, 3]).unwrap(), [posting(1, 10)]);
    }

    #[test]
    fn a_record_is_found_by_its_identity_and_of_equal_contents_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let index = RunIndex::create(folder.path()).unwrap();
        index
            .add_records(0, &[record(1, 0), record(2, 0), record(2, 1)])
            .unwrap();
        index.add_records(1, &[record(2, 2), record(3, 0)]).unwrap();
        let found = |key_hash| index.records(&[key_hash]).unwrap().remove(&key_hash);
        assert_eq!(found(1), Some(record(1, 0)));
        assert_eq!(found(2), Some(record(2, 2)));
        assert_eq!(found(4), None);
        let identities = index.identities(&[record(2, 1).record_id, Uuid::nil()]).unwrap();
        assert_eq!(identities, HashMap::from([(record(2, 1).record_id, (2, 1))]));
        index.forget(1).unwrap();
        assert_eq!((found(2), found(3)), (Some(record(2, 1)), None));
    }

    #[test]
    fn nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let index = RunIndex::create(folder.path()).unwrap();
        let many: Vec<MatchPosting> = (0..1000).map(|number| posting(number << 64, number)).collect();
        index.add_postings(0, &many).unwrap();
        assert!(folder.path().read_dir().unwrap().next().is_some());
        drop(index);
        assert!(folder.path().read_dir().unwrap().next().is_none());
    }
}
