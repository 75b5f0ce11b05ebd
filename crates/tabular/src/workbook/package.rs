//! The zip container of a workbook and its parts (ECMA-376 Part 2), inflated as streams under caps.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;

use crate::error::OpenError;
use crate::limits::{self, Limits};
use crate::options::ReadSeek;
use crate::text::Decode;

/// Inflated bytes up to which any ratio is fine.
const SMALL_PART_BYTES: u64 = 32 << 20;
/// Bytes of the directory of a zip container: some forty thousand entries. Workbooks have some hundreds.
const MOST_DIRECTORY_BYTES: usize = 4 << 20;
const BUFFER_BYTES: usize = 64 * 1024;

/// A part of a package as a stream of UTF-8 bytes.
pub(crate) type Part<'p> = BufReader<Box<dyn Read + Send + 'p>>;

/// An open zip container.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Box<dyn ReadSeek + 'a>>,
    /// Entries by name in lower case; part names know no case.
    names: HashMap<String, usize>,
    /// Bytes that its parts may still inflate to: many parts may be the same few bytes of the file.
    left: u64,
    /// The same by the size of the file.
    left_by_ratio: u64,
    max_bytes: u64,
    max_ratio: u64,
}

impl<'a> Package<'a> {
    pub(crate) fn open(mut reader: Box<dyn ReadSeek + 'a>, limits: &Limits) -> Result<Self, OpenError> {
        let file_bytes = reader.seek(SeekFrom::End(0))?;
        // The archive keeps its whole directory in memory, so one that is too long is refused before.
        ZipArchive::new(Directory::new(reader.as_mut()))?;
        let archive = ZipArchive::new(reader)?;
        let mut names = HashMap::with_capacity(archive.len());
        for index in 0..archive.len() {
            if let Some(Ok(name)) = archive.name_for_index(index) {
                names.entry(part_name(&name)).or_insert(index);
            }
        }
        Ok(Self {
            archive,
            names,
            left: limits.max_inflated_bytes,
            left_by_ratio: inflated_at_most(file_bytes, limits.max_inflation_ratio),
            max_bytes: limits.max_inflated_bytes,
            max_ratio: limits.max_inflation_ratio,
        })
    }

    /// The container's bytes.
    pub(crate) fn into_reader(self) -> Box<dyn ReadSeek + 'a> {
        self.archive.into_inner()
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains_key(&part_name(name))
    }

    /// The names of all entries, in lower case.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// A part as a stream; `None` if the package has none of this name.
    pub(crate) fn part(&mut self, name: &str) -> Result<Option<Part<'_>>, OpenError> {
        let Some(index) = self.names.get(&part_name(name)).copied() else {
            return Ok(None);
        };
        let entry = self.archive.by_index(index)?;
        let part_left = inflated_at_most(entry.compressed_size(), self.max_ratio);
        // What it says that it inflates to is believed where it is too much; the archive gives out no more than that.
        if entry.size() > part_left {
            return Err(limits::INFLATION_RATIO.exceeded(self.max_ratio));
        }
        limits::INFLATED_BYTES.check(entry.size(), self.max_bytes)?;
        let inflated = Inflated {
            part_left,
            entry,
            left: &mut self.left,
            left_by_ratio: &mut self.left_by_ratio,
            max_bytes: self.max_bytes,
            max_ratio: self.max_ratio,
        };
        decoded(inflated).map(Some)
    }
}

/// The name of a part for comparison: no leading slash, forward slashes, lower case.
fn part_name(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_lowercase()
}

/// XML may be UTF-16, which the parser does not read.
fn decoded<'p>(part: impl Read + Send + 'p) -> Result<Part<'p>, OpenError> {
    let mut part: Part<'p> = BufReader::with_capacity(BUFFER_BYTES, Box::new(part));
    let encoding = match part.fill_buf()? {
        [0xFF, 0xFE, ..] => encoding_rs::UTF_16LE,
        [0xFE, 0xFF, ..] => encoding_rs::UTF_16BE,
        _ => return Ok(part),
    };
    part.consume(2);
    Ok(BufReader::with_capacity(
        BUFFER_BYTES,
        Box::new(Decode::new(part, Some(encoding), false)),
    ))
}

/// A part on its way out of the zip, counted.
struct Inflated<'p, R> {
    entry: R,
    /// Bytes that are left to this part by its packed size.
    part_left: u64,
    /// Bytes that are left to all parts of the package.
    left: &'p mut u64,
    left_by_ratio: &'p mut u64,
    max_bytes: u64,
    max_ratio: u64,
}

impl<R: Read> Read for Inflated<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.entry.read(buffer)?;
        take(self.left, count).ok_or_else(|| limits::INFLATED_BYTES.exceeded(self.max_bytes))?;
        take(&mut self.part_left, count)
            .and_then(|()| take(self.left_by_ratio, count))
            .ok_or_else(|| limits::INFLATION_RATIO.exceeded(self.max_ratio))?;
        Ok(count)
    }
}

/// What this many packed bytes may inflate to.
fn inflated_at_most(packed: u64, ratio: u64) -> u64 {
    packed.saturating_mul(ratio).max(SMALL_PART_BYTES)
}

/// Takes from what is left; `None` if there is not enough.
fn take(left: &mut u64, count: usize) -> Option<()> {
    *left = left.checked_sub(count as u64)?;
    Some(())
}

/// A zip archive of which only the directory is read.
struct Directory<'r, 'a> {
    reader: &'r mut (dyn ReadSeek + 'a),
    read: usize,
}

impl<'r, 'a> Directory<'r, 'a> {
    fn new(reader: &'r mut (dyn ReadSeek + 'a)) -> Self {
        Self { reader, read: 0 }
    }
}

impl Read for Directory<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        self.read += count;
        if self.read > MOST_DIRECTORY_BYTES {
            return Err(OpenError::malformed("its zip directory is missing or too long").into());
        }
        Ok(count)
    }
}

impl Seek for Directory<'_, '_> {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.reader.seek(place)
    }
}
