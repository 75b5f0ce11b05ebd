//! Our own form of raw rows: written and read as a stream, sought by row.
//!
//! From here on, nothing knows what a zip or a code page is.
//!
//! ```text
//! magic "TFSTAGE2"
//! columns: varint count, per column varint length + UTF-8
//! blocks:  u32 payload length · u64 xxh3-64 of the payload · payload = up to 256 rows
//!            row:   varint number · varint cells · cells · owner
//!            owner: varint owner's row number, 0 for none · where there is one: varint occurrence · varint cells · cells
//!            cell:  u8 kind · varint length + UTF-8 · the exact value where the kind has one
//! index:   u64 offset of each block
//! footer:  u64 offset of the index · u64 blocks · u64 rows · u64 xxh3-64 of index and these three · magic
//! ```
//!
//! Integers are little-endian; a varint is LEB128. Whatever is cut short or changed is an error, never a panic.
//!
//! ```
//! use std::io::Cursor;
//! use torqueflow_model::{Cell, Row};
//! use torqueflow_tabular::staging::{StagingReader, StagingWriter};
//!
//! let mut writer = StagingWriter::new(Vec::new(), &["Name".to_owned()])?;
//! writer.write(&Row { number: 2, cells: vec![Cell::text("Ada")] })?;
//! let (bytes, info) = writer.finish()?;
//! assert_eq!(info.rows, 1);
//!
//! let mut reader = StagingReader::open(Cursor::new(bytes))?;
//! let mut row = Row::default();
//! assert!(reader.next_row(&mut row)?);
//! assert_eq!(row.cells[0].text, "Ada");
//! # Ok::<(), torqueflow_tabular::staging::StagingError>(())
//! ```

mod codec;
mod reader;
mod writer;

use std::io;

use torqueflow_model::Cell;

pub use reader::StagingReader;
pub use writer::{StagedInfo, StagingWriter};

const MAGIC: &[u8; 8] = b"TFSTAGE2";
/// Rows of a block: what one seek reads at most.
const BLOCK_ROWS: u64 = 256;
/// Bytes of a block after which it ends early.
const BLOCK_BYTES: usize = 1 << 20;
const FOOTER_BYTES: u64 = 40;
/// Bytes that a block can have, which bounds memory: a row larger than this can't be staged.
const MAX_BLOCK_BYTES: u32 = 1 << 30;

/// The row that a row belongs to: a vehicle's row below its customer's, where the customer is not said again.
///
/// It is kept with the row that belongs to it, so that reading can begin anywhere.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Owner {
    /// The owner's row. The row's own number says that it is an owner itself.
    pub number: u64,
    /// How many owners before it say just the same, where nothing but a name tells them apart.
    pub occurrence: u64,
    /// The cells of the owner's row, by column. Blank where the owner is the row itself.
    pub cells: Vec<Cell>,
}

/// Why staged rows could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StagingError {
    /// The reader or writer failed.
    #[error("failed to access the staged rows")]
    Io(#[from] io::Error),
    /// The bytes are not those that were written.
    #[error("the staged rows are damaged: {what}")]
    Damaged {
        /// What is wrong with them.
        what: &'static str,
    },
    /// There is no such row.
    #[error("there is no staged row {index}")]
    NoSuchRow {
        /// The row that was sought, from 0.
        index: u64,
    },
}

impl StagingError {
    pub(crate) fn damaged(what: &'static str) -> Self {
        Self::Damaged { what }
    }
}

#[cfg(test)]
mod tests;
