//! The zip container of a workbook and its parts (ECMA-376 Part 2), inflated as streams under caps.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read};

use zip::ZipArchive;

use crate::error::OpenError;
use crate::limits::Limits;
use crate::options::ReadSeek;
use crate::text::Decode;

/// Inflated bytes up to which any ratio is fine.
const SMALL_PART_BYTES: u64 = 32 << 20;
const BUFFER_BYTES: usize = 64 * 1024;

/// A part of a package as a stream of UTF-8 bytes.
pub(crate) type Part<'p> = BufReader<Box<dyn Read + Send + 'p>>;

/// An open zip container.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Box<dyn ReadSeek + 'a>>,
    /// Entries by name in lower case; part names know no case.
    names: HashMap<String, usize>,
    max_bytes: u64,
    max_ratio: u64,
}

impl<'a> Package<'a> {
    pub(crate) fn open(reader: Box<dyn ReadSeek + 'a>, limits: &Limits) -> Result<Self, OpenError> {
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
        let packed = entry.compressed_size();
        let maximum = self
            .max_bytes
            .min(packed.saturating_mul(self.max_ratio).max(SMALL_PART_BYTES));
        let inflated = Inflated {
            entry,
            read: 0,
            maximum,
            by_ratio: maximum < self.max_bytes,
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
struct Inflated<R> {
    entry: R,
    read: u64,
    maximum: u64,
    by_ratio: bool,
    max_ratio: u64,
}

impl<R: Read> Read for Inflated<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.entry.read(buffer)?;
        self.read += count as u64;
        if self.read > self.maximum {
            return Err(if self.by_ratio {
                OpenError::LimitExceeded {
                    limit: "the ratio of inflated to packed bytes",
                    maximum: self.max_ratio,
                }
            } else {
                OpenError::LimitExceeded {
                    limit: "the inflated size of a part in bytes",
                    maximum: self.maximum,
                }
            }
            .into());
        }
        Ok(count)
    }
}
