//! Reads staged rows.

use std::io::{self, Read, Seek, SeekFrom};

use torqueflow_model::Row;
use xxhash_rust::xxh3::xxh3_64;

use super::codec::Input;
use super::{FOOTER_BYTES, MAGIC, MAX_BLOCK_BYTES, Owner, StagingError};

/// Where a block is, and its first row.
#[derive(Debug, Clone, Copy)]
struct Block {
    offset: u64,
    first_row: u64,
}

/// Reads rows one after the other, from any of them on.
pub struct StagingReader<R: Read + Seek> {
    inner: R,
    columns: Vec<String>,
    rows: u64,
    blocks: Vec<Block>,
    /// The block to read when this one is done.
    next_block: usize,
    block: Vec<u8>,
    position: usize,
    /// The row that the last one belongs to.
    owner: Option<Owner>,
    /// Ordinal of the next row, from 0.
    next_row: u64,
}

impl<R: Read + Seek> StagingReader<R> {
    /// Opens staged rows and checks that they are complete.
    pub fn open(mut inner: R) -> Result<Self, StagingError> {
        let (blocks, rows) = read_index(&mut inner)?;
        inner.rewind()?;
        let mut magic = [0; 8];
        read_exact(&mut inner, &mut magic)?;
        if magic != *MAGIC {
            return Err(StagingError::damaged("they do not begin as staged rows do"));
        }
        let mut head = Vec::new();
        read_block(&mut inner, &mut head)?;
        let mut input = Input(&head);
        let count = input.varint()?;
        let columns = (0..count)
            .map(|_| input.text().map(str::to_owned))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            inner,
            columns,
            rows,
            blocks,
            next_block: 0,
            block: Vec::new(),
            position: 0,
            owner: None,
            next_row: 0,
        })
    }

    /// The header texts.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many rows there are.
    pub fn row_count(&self) -> u64 {
        self.rows
    }

    /// The ordinal of the row that [`next_row`](Self::next_row) reads, from 0.
    pub fn position(&self) -> u64 {
        self.next_row
    }

    /// Goes to a row by its ordinal among the data rows, from 0. The end is a row to go to.
    pub fn seek_to(&mut self, index: u64) -> Result<(), StagingError> {
        if index > self.rows {
            return Err(StagingError::NoSuchRow { index });
        }
        let block = self
            .blocks
            .partition_point(|block| block.first_row <= index)
            .saturating_sub(1);
        let first = self.blocks.get(block).map_or(0, |block| block.first_row);
        self.next_block = block;
        self.next_row = first;
        self.block.clear();
        self.position = 0;
        let mut skipped = Row::default();
        while self.next_row < index {
            self.next_row(&mut skipped)?;
        }
        Ok(())
    }

    /// Reads the next row into the buffers of `row`. `false` at the end.
    pub fn next_row(&mut self, row: &mut Row) -> Result<bool, StagingError> {
        if self.next_row >= self.rows {
            return Ok(false);
        }
        let is_read = self.position >= self.block.len();
        let begins = self.blocks.get(self.next_block);
        if is_read != begins.is_some_and(|block| block.first_row == self.next_row) {
            return Err(StagingError::damaged("the index does not fit the rows"));
        }
        if is_read {
            self.load_block()?;
        }
        let mut input = Input(self.block.get(self.position..).unwrap_or_default());
        self.owner = input.row(row)?;
        self.position = self.block.len() - input.0.len();
        self.next_row += 1;
        Ok(true)
    }

    /// The row that the row which was read last belongs to.
    pub fn owner(&self) -> Option<&Owner> {
        self.owner.as_ref()
    }

    fn load_block(&mut self) -> Result<(), StagingError> {
        let block = self.blocks.get(self.next_block).copied();
        let block = block.ok_or(StagingError::damaged("the index does not fit the rows"))?;
        self.inner.seek(SeekFrom::Start(block.offset))?;
        read_block(&mut self.inner, &mut self.block)?;
        self.position = 0;
        self.next_block += 1;
        Ok(())
    }
}

/// Reads the footer and the index before it.
fn read_index<R: Read + Seek>(inner: &mut R) -> Result<(Vec<Block>, u64), StagingError> {
    let length = inner.seek(SeekFrom::End(0))?;
    let footer_offset = length
        .checked_sub(FOOTER_BYTES)
        .ok_or(StagingError::damaged("they are cut short"))?;
    inner.seek(SeekFrom::Start(footer_offset))?;
    let mut footer = [0; FOOTER_BYTES as usize];
    read_exact(inner, &mut footer)?;
    let mut fields = footer.chunks_exact(8).map(word);
    let (Some(index_offset), Some(count), Some(rows), Some(hash)) =
        (fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return Err(StagingError::damaged("they are cut short"));
    };
    let index_bytes = count
        .checked_mul(16)
        .filter(|bytes| index_offset.checked_add(*bytes) == Some(footer_offset));
    let index_bytes = index_bytes.filter(|_| footer.ends_with(MAGIC));
    let index_bytes = index_bytes.ok_or(StagingError::damaged("they do not end as staged rows do"))?;
    inner.seek(SeekFrom::Start(index_offset))?;
    let mut tail = Vec::new();
    inner.take(index_bytes + 24).read_to_end(&mut tail)?;
    if xxh3_64(&tail) != hash {
        return Err(StagingError::damaged("the index has changed"));
    }
    let mut words = tail.chunks_exact(8).map(word);
    let blocks: Vec<Block> = (0..count)
        .map_while(|_| {
            Some(Block {
                offset: words.next()?,
                first_row: words.next()?,
            })
        })
        .collect();
    // Every block has a row, and every row is in a block.
    let starts = blocks.iter().map(|block| block.first_row);
    let is_sound = starts.chain([rows]).is_sorted_by(|left, right| left < right);
    if !is_sound || blocks.first().map_or(rows, |block| block.first_row) != 0 {
        return Err(StagingError::damaged("the index does not fit the rows"));
    }
    Ok((blocks, rows))
}

fn word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// Reads a block with its length and hash in front.
fn read_block(inner: &mut impl Read, block: &mut Vec<u8>) -> Result<(), StagingError> {
    let (mut length, mut hash) = ([0; 4], [0; 8]);
    read_exact(inner, &mut length)?;
    read_exact(inner, &mut hash)?;
    let length = u32::from_le_bytes(length);
    if length > MAX_BLOCK_BYTES {
        return Err(StagingError::damaged("a block is too long"));
    }
    block.clear();
    inner.take(u64::from(length)).read_to_end(block)?;
    if block.len() as u64 != u64::from(length) || xxh3_64(block) != u64::from_le_bytes(hash) {
        return Err(StagingError::damaged("a block has changed"));
    }
    Ok(())
}

/// An end that comes too early is damage, not a failure of the reader.
fn read_exact(inner: &mut impl Read, buffer: &mut [u8]) -> Result<(), StagingError> {
    inner.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => StagingError::damaged("they are cut short"),
        _ => StagingError::Io(error),
    })
}
