//! Writes staged rows.

use std::io::Write;

use torqueflow_model::Row;
use xxhash_rust::xxh3::xxh3_64;

use super::codec::{push_row, push_text, push_varint};
use super::{BLOCK_BYTES, BLOCK_ROWS, MAGIC, MAX_BLOCK_BYTES, Owner, StagingError};

/// What was staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct StagedInfo {
    /// Rows written.
    pub rows: u64,
    /// Bytes written.
    pub bytes: u64,
}

/// Writes rows one after the other. Nothing is complete before [`finish`](Self::finish).
pub struct StagingWriter<W: Write> {
    inner: W,
    written: u64,
    block: Vec<u8>,
    block_rows: u64,
    offsets: Vec<u64>,
    rows: u64,
}

impl<W: Write> StagingWriter<W> {
    /// Begins a table with these header texts.
    pub fn new(mut inner: W, columns: &[String]) -> Result<Self, StagingError> {
        let mut head = Vec::new();
        push_varint(&mut head, columns.len() as u64);
        for column in columns {
            push_text(&mut head, column);
        }
        let mut start = MAGIC.to_vec();
        start.extend_from_slice(&(head.len() as u32).to_le_bytes());
        start.extend_from_slice(&xxh3_64(&head).to_le_bytes());
        start.extend_from_slice(&head);
        inner.write_all(&start)?;
        let written = start.len() as u64;
        Ok(Self {
            inner,
            written,
            block: Vec::new(),
            block_rows: 0,
            offsets: Vec::new(),
            rows: 0,
        })
    }

    /// Appends a row that stands on its own.
    pub fn write(&mut self, row: &Row) -> Result<(), StagingError> {
        self.write_owned(row, None)
    }

    /// Appends a row and the row that it belongs to.
    pub fn write_owned(&mut self, row: &Row, owner: Option<&Owner>) -> Result<(), StagingError> {
        push_row(&mut self.block, row, owner);
        self.block_rows += 1;
        self.rows += 1;
        if self.block_rows == BLOCK_ROWS || self.block.len() >= BLOCK_BYTES {
            self.end_block()?;
        }
        Ok(())
    }

    fn end_block(&mut self) -> Result<(), StagingError> {
        let length = u32::try_from(self.block.len())
            .ok()
            .filter(|length| *length <= MAX_BLOCK_BYTES);
        let length = length.ok_or(StagingError::damaged("a row is too big"))?;
        self.offsets.push(self.written);
        self.offsets.push(self.rows - self.block_rows);
        self.inner.write_all(&length.to_le_bytes())?;
        self.inner.write_all(&xxh3_64(&self.block).to_le_bytes())?;
        self.inner.write_all(&self.block)?;
        self.written += 12 + self.block.len() as u64;
        self.block.clear();
        self.block_rows = 0;
        Ok(())
    }

    /// Writes the index and hands the inner writer back, flushed.
    pub fn finish(mut self) -> Result<(W, StagedInfo), StagingError> {
        if self.block_rows > 0 {
            self.end_block()?;
        }
        let mut tail = Vec::with_capacity(self.offsets.len() * 8 + 40);
        for value in &self.offsets {
            tail.extend_from_slice(&value.to_le_bytes());
        }
        tail.extend_from_slice(&self.written.to_le_bytes());
        tail.extend_from_slice(&(self.offsets.len() as u64 / 2).to_le_bytes());
        tail.extend_from_slice(&self.rows.to_le_bytes());
        let hash = xxh3_64(&tail);
        tail.extend_from_slice(&hash.to_le_bytes());
        tail.extend_from_slice(MAGIC);
        self.inner.write_all(&tail)?;
        self.inner.flush()?;
        let info = StagedInfo {
            rows: self.rows,
            bytes: self.written + tail.len() as u64,
        };
        Ok((self.inner, info))
    }
}
