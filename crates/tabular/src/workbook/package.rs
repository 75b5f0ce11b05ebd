//! The zip container of a workbook and its parts (ECMA-376 Part 2), inflated as streams under caps.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::inflate::{Budget, Inflated};
use crate::error::OpenError;
use crate::limits::Limits;
use crate::options::ReadSeek;
use crate::text::Decode;

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
    budget: Budget,
    /// That of what is looked at ahead.
    ahead: Budget,
}

/// An entry of a zip container, by what its directory says.
pub(crate) struct Entry {
    pub(crate) index: usize,
    pub(crate) name: String,
    pub(crate) is_folder: bool,
    pub(crate) is_encrypted: bool,
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
        let budget = Budget::new(file_bytes, limits);
        Ok(Self {
            archive,
            names,
            budget,
            ahead: budget,
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
        decoded(self.entry(index)?).map(Some)
    }

    /// The bytes of an entry, by its index.
    pub(crate) fn entry(&mut self, index: usize) -> Result<impl Read + Send + '_, OpenError> {
        let entry = self.archive.by_index(index)?;
        let part_left = self.budget.of_part(entry.compressed_size(), entry.size())?;
        Ok(Inflated::of_part(entry, part_left, &mut self.budget))
    }

    /// All entries, in the order of the directory; those without a name that can be read are left out.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let entry = |index| {
            let entry = self.archive.by_index_data(index).ok()?;
            Some(Entry {
                index,
                name: entry.name().ok()?.into_owned(),
                is_folder: entry.is_dir(),
                is_encrypted: entry.encrypted(),
            })
        };
        (0..self.archive.len()).filter_map(entry).collect()
    }

    /// Looks at a part that will be read later. What is looked at is bounded as what is read, and apart from it.
    pub(crate) fn look_ahead<T>(
        &mut self,
        name: &str,
        look: impl FnOnce(Part<'_>) -> T,
    ) -> Result<Option<T>, OpenError> {
        std::mem::swap(&mut self.budget, &mut self.ahead);
        let seen = self.part(name).map(|part| part.map(look));
        std::mem::swap(&mut self.budget, &mut self.ahead);
        seen
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
