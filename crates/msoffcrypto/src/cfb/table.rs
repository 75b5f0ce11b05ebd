//! Allocation tables: for each sector the next one of its chain ([MS-CFB] 2.3 and 2.4).

use std::io::{Read, Seek};

use crate::bytes::u32_at;
use crate::cfb::extents::Extents;
use crate::error::Error;

/// Larger values are marks, not sectors.
const MAX_REGULAR_SECTOR: u32 = 0xFFFF_FFFA;
const END_OF_CHAIN: u32 = 0xFFFF_FFFE;
const WINDOW_BYTES: u64 = 512;

/// Says whether an entry names a sector rather than being a mark such as "free".
pub(super) fn is_sector(entry: u32) -> bool {
    entry <= MAX_REGULAR_SECTOR
}

/// The numbers seen so far, so that a chain or tree that returns to itself is found out.
#[derive(Default)]
pub(super) struct Visited {
    /// Grows to the largest number met, which callers bound by the length of the file.
    words: Vec<u64>,
}

impl Visited {
    /// Remembers a number; an error if it was there before.
    pub(super) fn insert(&mut self, number: u32) -> Result<(), Error> {
        let index = (number / u64::BITS) as usize;
        let bit = 1_u64 << (number % u64::BITS);
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        match self.words.get_mut(index) {
            Some(word) if *word & bit == 0 => {
                *word |= bit;
                Ok(())
            }
            _ => Err(Error::malformed("a chain or tree returns to itself")),
        }
    }
}

/// A table that is read from the file a piece at a time, so that it takes no memory.
pub(super) struct Table {
    extents: Extents,
    window: Vec<u8>,
    window_start: u64,
}

impl Table {
    pub(super) fn new(extents: Extents) -> Self {
        Self {
            extents,
            window: Vec::new(),
            window_start: 0,
        }
    }

    /// The sector after `sector`, or nothing at the end of the chain.
    pub(super) fn next<R: Read + Seek>(&mut self, reader: &mut R, sector: u32) -> Result<Option<u32>, Error> {
        let position = u64::from(sector) * 4;
        let start = position - position % WINDOW_BYTES;
        if self.window.is_empty() || start != self.window_start {
            self.window.resize(WINDOW_BYTES as usize, 0);
            let count = self.extents.read_at(reader, start, &mut self.window)?;
            self.window.truncate(count);
            self.window_start = start;
        }
        match u32_at(&self.window, (position - start) as usize) {
            Some(END_OF_CHAIN) => Ok(None),
            Some(next) if is_sector(next) => Ok(Some(next)),
            Some(_) => Err(Error::malformed("a chain runs into an unallocated sector")),
            None => Err(Error::malformed("a chain leaves the allocation table")),
        }
    }
}
