//! Where the bytes of a stream lie in the file.

use std::io::{self, Read, Seek, SeekFrom};

/// A run of bytes that is contiguous both in the stream and in the file.
#[derive(Debug, Clone, Copy)]
struct Extent {
    logical: u64,
    physical: u64,
    bytes: u64,
}

/// A stream as runs of the file, in order; few for a file written at once, since neighbours merge.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extents {
    list: Vec<Extent>,
}

impl Extents {
    /// Adds bytes behind all earlier ones; what lies between is a hole that cannot be read.
    pub(super) fn push(&mut self, logical: u64, physical: u64, bytes: u64) {
        if let Some(last) = self.list.last_mut()
            && last.logical + last.bytes == logical
            && last.physical + last.bytes == physical
        {
            last.bytes += bytes;
            return;
        }
        self.list.push(Extent {
            logical,
            physical,
            bytes,
        });
    }

    /// Runs that are kept in memory.
    pub(super) fn fragments(&self) -> u64 {
        self.list.len() as u64
    }

    /// Bytes up to the end of the last run.
    pub(crate) fn len(&self) -> u64 {
        self.list.last().map_or(0, |extent| extent.logical + extent.bytes)
    }

    /// Where in the file a position is, and how many bytes follow without a gap.
    pub(super) fn locate(&self, position: u64) -> Option<(u64, u64)> {
        let after = self.list.partition_point(|extent| extent.logical <= position);
        let extent = self.list.get(after.checked_sub(1)?)?;
        let within = position - extent.logical;
        let left = extent.bytes.checked_sub(within).filter(|left| *left > 0)?;
        Some((extent.physical + within, left))
    }

    /// Fills `buffer` from `position` on, up to the end of the stream or a hole in it.
    pub(crate) fn read_at<R: Read + Seek>(
        &self,
        reader: &mut R,
        position: u64,
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            let Some((physical, available)) = self.locate(position + filled as u64) else {
                break;
            };
            let count = (rest.len() as u64).min(available) as usize;
            let Some(target) = rest.get_mut(..count) else {
                break;
            };
            reader.seek(SeekFrom::Start(physical))?;
            reader.read_exact(target)?;
            filled += count;
        }
        Ok(filled)
    }

    /// Fills the whole of `buffer` from `position` on.
    pub(crate) fn read_exact_at<R: Read + Seek>(
        &self,
        reader: &mut R,
        position: u64,
        buffer: &mut [u8],
    ) -> io::Result<()> {
        if self.read_at(reader, position, buffer)? < buffer.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads 8 bytes of a stream of runs over the file `0, 1, 2, …, 63`.
    #[track_caller]
    fn check(runs: &[(u64, u64, u64)], position: u64, fragments: u64, expected: &[u8]) {
        let mut extents = Extents::default();
        for &(logical, physical, bytes) in runs {
            extents.push(logical, physical, bytes);
        }
        let mut file = io::Cursor::new((0..64).collect::<Vec<u8>>());
        let mut buffer = [0; 8];
        let count = extents.read_at(&mut file, position, &mut buffer).unwrap();
        assert_eq!(&buffer[..count], expected);
        assert_eq!(extents.fragments(), fragments);
    }

    #[test]
    fn neighbours_merge() {
        check(&[(0, 8, 4), (4, 12, 4)], 2, 1, &[10, 11, 12, 13, 14, 15]);
    }

    #[test]
    fn a_read_crosses_runs() {
        check(&[(0, 40, 4), (4, 8, 8)], 2, 2, &[42, 43, 8, 9, 10, 11, 12, 13]);
    }

    #[test]
    fn a_read_stops_at_a_hole() {
        check(&[(0, 40, 4), (16, 8, 8)], 2, 2, &[42, 43]);
    }

    #[test]
    fn nothing_lies_past_the_end() {
        check(&[(0, 40, 4)], 4, 1, &[]);
        check(&[], 0, 0, &[]);
    }
}
