//! The compound file as a whole: finding streams and following their chains.

use std::io::{Read, Seek, SeekFrom};

use crate::bytes::u32_at;
use crate::cfb::directory::{ENTRY_BYTES, Entry, EntryKind};
use crate::cfb::extents::Extents;
use crate::cfb::header::{HEADER_BYTES, Header, MINI_SECTOR_BYTES, SIGNATURE};
use crate::cfb::table::{Table, Visited, is_sector};
use crate::error::Error;
use crate::limits::Limits;

/// A stream found in the directory, its chain not yet followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StreamEntry {
    first_sector: u32,
    bytes: u64,
}

/// Streams below the cutoff: their sectors and the stream these lie in.
struct MiniStream {
    table: Table,
    data: Extents,
}

/// An opened compound file.
pub(crate) struct CompoundFile<R> {
    reader: R,
    header: Header,
    table: Table,
    directory: Extents,
    mini: Option<MiniStream>,
    limits: Limits,
}

impl<R: Read + Seek> CompoundFile<R> {
    pub(crate) fn open(mut reader: R, limits: &Limits) -> Result<Self, Error> {
        let file_bytes = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        let mut head = Vec::with_capacity(HEADER_BYTES);
        reader.by_ref().take(HEADER_BYTES as u64).read_to_end(&mut head)?;
        if !head.starts_with(&SIGNATURE) {
            return Err(Error::NotEncrypted {
                what: "it is no compound file",
            });
        }
        let header = Header::parse(&head, file_bytes)?;
        let table = Table::new(table_extents(&mut reader, &header, limits)?);
        let first_directory_sector = header.first_directory_sector;
        let mut file = Self {
            reader,
            header,
            table,
            directory: Extents::default(),
            mini: None,
            limits: limits.clone(),
        };
        file.directory = file.chain(first_directory_sector, None)?;
        Ok(file)
    }

    /// Looks for streams directly under the root, in whatever order the tree keeps them.
    ///
    /// The whole tree is walked rather than searched by name, since writers disagree on the order.
    pub(crate) fn find<const N: usize>(&mut self, names: [&str; N]) -> Result<[Option<StreamEntry>; N], Error> {
        let mut found = [None; N];
        let mut visited = Visited::default();
        let mut seen = 0_u64;
        let mut pending = vec![self.entry(0)?.child];
        while let Some(id) = pending.pop() {
            // The mark for "no entry" is one of those for "no sector".
            if !is_sector(id) {
                continue;
            }
            seen += 1;
            let maximum = self.limits.max_directory_entries.into();
            Error::check_limit("number of directory entries", seen, maximum)?;
            let entry = self.entry(id)?;
            visited.insert(id)?;
            pending.extend(entry.siblings);
            if entry.kind != EntryKind::Stream {
                continue;
            }
            for (name, slot) in names.iter().zip(&mut found) {
                if slot.is_none() && entry.is_named(name) {
                    *slot = Some(StreamEntry {
                        first_sector: entry.first_sector,
                        bytes: entry.bytes,
                    });
                }
            }
        }
        Ok(found)
    }

    /// Follows the chain of a stream, checking that the file has all of it.
    pub(crate) fn stream(&mut self, entry: StreamEntry) -> Result<Extents, Error> {
        if entry.bytes == 0 {
            return Ok(Extents::default());
        }
        if entry.bytes > self.header.file_bytes {
            return Err(Error::malformed("a stream is longer than the file"));
        }
        if entry.bytes < self.header.mini_cutoff {
            self.mini_chain(entry)
        } else {
            self.chain(entry.first_sector, Some(entry.bytes))
        }
    }

    /// Reads the first bytes of a stream, at most `limit` of them.
    pub(crate) fn read_head(&mut self, stream: &Extents, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; stream.len().min(limit) as usize];
        stream.read_exact_at(&mut self.reader, 0, &mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn into_reader(self) -> R {
        self.reader
    }

    fn entry(&mut self, id: u32) -> Result<Entry, Error> {
        let mut bytes = [0; ENTRY_BYTES];
        let position = u64::from(id) * ENTRY_BYTES as u64;
        let count = self.directory.read_at(&mut self.reader, position, &mut bytes)?;
        if count < ENTRY_BYTES {
            return Err(Error::malformed("a directory entry lies outside the directory"));
        }
        Entry::parse(&bytes, self.header.sector_bytes)
    }

    /// Follows a chain of sectors: for `wanted` bytes, or to its end.
    fn chain(&mut self, first: u32, wanted: Option<u64>) -> Result<Extents, Error> {
        let mut extents = Extents::default();
        let mut visited = Visited::default();
        let mut position = 0;
        let mut next = is_sector(first).then_some(first);
        while let Some(sector) = next {
            let left = wanted.map_or(u64::MAX, |wanted| wanted - position);
            if left == 0 {
                break;
            }
            let (physical, available) = self.header.sector(sector)?;
            visited.insert(sector)?;
            let count = left.min(self.header.sector_bytes);
            if wanted.is_some() && available < count {
                return Err(Error::malformed("the end of a stream is cut off"));
            }
            extents.push(position, physical, count.min(available));
            self.check_fragments(&extents)?;
            position += count;
            next = match wanted {
                // The mark at the end of the chain is not looked at: the length is known.
                Some(wanted) if wanted == position => None,
                _ => self.table.next(&mut self.reader, sector)?,
            };
        }
        if wanted.is_some_and(|wanted| position < wanted) {
            return Err(Error::malformed("a chain ends before its stream does"));
        }
        Ok(extents)
    }

    /// Follows a chain of mini sectors, each a piece of the stream that belongs to the root entry.
    fn mini_chain(&mut self, entry: StreamEntry) -> Result<Extents, Error> {
        let mut mini = match self.mini.take() {
            Some(mini) => mini,
            None => self.open_mini_stream()?,
        };
        let mut extents = Extents::default();
        let mut visited = Visited::default();
        let mut position = 0;
        let mut next = Some(entry.first_sector);
        while position < entry.bytes {
            let Some(sector) = next else {
                return Err(Error::malformed("a chain ends before its stream does"));
            };
            let count = (entry.bytes - position).min(MINI_SECTOR_BYTES);
            let (physical, _) = mini
                .data
                .locate(u64::from(sector) * MINI_SECTOR_BYTES)
                .filter(|(_, available)| *available >= count)
                .ok_or(Error::malformed("a mini sector lies outside its stream"))?;
            visited.insert(sector)?;
            extents.push(position, physical, count);
            position += count;
            if position < entry.bytes {
                next = mini.table.next(&mut self.reader, sector)?;
            }
        }
        self.mini = Some(mini);
        Ok(extents)
    }

    fn open_mini_stream(&mut self) -> Result<MiniStream, Error> {
        let root = self.entry(0)?;
        let table = self.chain(self.header.first_mini_table_sector, None)?;
        Ok(MiniStream {
            table: Table::new(table),
            data: self.chain(root.first_sector, None)?,
        })
    }

    fn check_fragments(&self, extents: &Extents) -> Result<(), Error> {
        check_fragments(extents, &self.limits)
    }
}

/// Finds the sectors of the allocation table: 109 in the header, the others in a chain of their
/// own. A place marked as free keeps its number, so that later entries stay where they belong.
fn table_extents<R: Read + Seek>(reader: &mut R, header: &Header, limits: &Limits) -> Result<Extents, Error> {
    let mut extents = Extents::default();
    let mut position = 0;
    let mut add = |sectors: &mut dyn Iterator<Item = u32>| -> Result<(), Error> {
        for sector in sectors {
            // A table may be longer than its file has sectors; the surplus is never asked for.
            if let Ok((physical, available)) = header.sector(sector) {
                extents.push(position, physical, available);
                check_fragments(&extents, limits)?;
            }
            position += header.sector_bytes;
        }
        Ok(())
    };
    add(&mut header.table_sectors.iter().copied())?;

    let mut visited = Visited::default();
    let mut next = header.first_difat_sector.filter(|next| is_sector(*next));
    let mut bytes = vec![0; header.sector_bytes as usize];
    while let Some(sector) = next {
        let (physical, available) = header.sector(sector)?;
        visited.insert(sector)?;
        if available < header.sector_bytes {
            return Err(Error::malformed("the list of table sectors is cut off"));
        }
        reader.seek(SeekFrom::Start(physical))?;
        reader.read_exact(&mut bytes)?;
        let last = bytes.len() - 4;
        add(&mut (0..last).step_by(4).filter_map(|at| u32_at(&bytes, at)))?;
        next = u32_at(&bytes, last).filter(|next| is_sector(*next));
    }
    Ok(extents)
}

fn check_fragments(extents: &Extents, limits: &Limits) -> Result<(), Error> {
    let maximum = limits.max_fragments.into();
    Error::check_limit("number of fragments of a stream", extents.fragments(), maximum)
}
