//! Archives: a zip of tables, or one table packed with gzip, is opened as the files in it.
//!
//! A workbook is a zip archive too, and no archive here. Of an archive, only what can be a table is a member, by its
//! ending; hidden files and what macOS adds are passed over. Archives inside of archives are not opened. All members
//! together may inflate to what a workbook may.
//!
//! ```
//! use std::io::{Cursor, Read, Write};
//! use torqueflow_tabular::archive::{Archive, is_archive};
//! use torqueflow_tabular::Limits;
//!
//! let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
//! packed.write_all(b"Name\nAda\n")?;
//! let mut file = Cursor::new(packed.finish()?);
//! assert!(is_archive(&mut file)?);
//!
//! let mut archive = Archive::open("customers.csv.gz", Box::new(file), &Limits::default())?;
//! assert_eq!(archive.members()[0].name, "customers.csv.gz/customers.csv");
//! let mut text = String::new();
//! archive.read(0)?.read_to_string(&mut text)?;
//! assert_eq!(text, "Name\nAda\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::{BufReader, Read, SeekFrom};

use flate2::bufread::MultiGzDecoder;

use crate::error::OpenError;
use crate::format::{self, Container};
use crate::limits::{self, Limits};
use crate::options::ReadSeek;
use crate::rows::without_nul;
use crate::workbook::{Budget, Inflated, Package, is_plain_zip};

/// Endings of files that can be tables.
const TABLES: &[&str] = &[
    "csv", "tsv", "tab", "txt", "xlsx", "xlsm", "xltx", "xltm", "xlsb", "xls", "ods",
];
/// How gzip files begin (RFC 1952, 2.3.1).
const GZIP: &[u8] = b"\x1F\x8B";
/// Names that are told of what was left out.
const TOLD: usize = 5;
/// Characters of a name that are kept.
const LONGEST_NAME: usize = 200;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// What a person calls it: `export.zip/2024/customers.csv`. It is no path, and leads nowhere.
    pub name: String,
    /// Its place among the entries of the archive.
    entry: usize,
}

/// An open archive.
pub struct Archive<'a> {
    packed: Packed<'a>,
    members: Vec<Member>,
    left_out: Vec<String>,
    max_file_bytes: u64,
}

enum Packed<'a> {
    Zip(Box<Package<'a>>),
    Gzip(Box<dyn ReadSeek + 'a>, Budget),
}

/// Says whether a file is an archive of tables, and leaves it at its start. A workbook is none.
pub fn is_archive(reader: &mut dyn ReadSeek) -> Result<bool, OpenError> {
    let mut head = Vec::new();
    reader.rewind()?;
    reader.take(GZIP.len() as u64).read_to_end(&mut head)?;
    reader.rewind()?;
    if head.is_empty() {
        return Ok(false);
    }
    if head == GZIP {
        return Ok(true);
    }
    if !matches!(format::container(reader), Ok(Container::Zip)) {
        return Ok(false);
    }
    // What can't be opened is told when it is opened as a table.
    let package = Package::open(Box::new(&mut *reader), &Limits::default());
    let is_archive = package.is_ok_and(|package| is_plain_zip(&package));
    reader.rewind()?;
    Ok(is_archive)
}

impl<'a> Archive<'a> {
    /// Opens an archive. `name` is what a person calls it, and what the names of its members begin with.
    pub fn open(name: &str, mut reader: Box<dyn ReadSeek + 'a>, limits: &Limits) -> Result<Self, OpenError> {
        let bytes = reader.seek(SeekFrom::End(0))?;
        limits::FILE_BYTES.check(bytes, limits.max_file_bytes)?;
        reader.rewind()?;
        let mut head = Vec::new();
        reader.by_ref().take(GZIP.len() as u64).read_to_end(&mut head)?;
        reader.rewind()?;
        let (packed, members, left_out) = if head == GZIP {
            let members = vec![gzip_member(name)?];
            (Packed::Gzip(reader, Budget::new(bytes, limits)), members, Vec::new())
        } else {
            let package = Package::open(reader, limits)?;
            let (members, left_out) = zip_members(name, &package)?;
            (Packed::Zip(Box::new(package)), members, left_out)
        };
        if members.is_empty() {
            return Err(OpenError::NotATable {
                what: "an archive without a table in it".to_owned(),
            });
        }
        Ok(Self {
            packed,
            members,
            left_out,
            max_file_bytes: limits.max_file_bytes,
        })
    }

    /// The files in it that can be tables, in its order.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What was left out, in a sentence for a person; `None` if nothing was.
    pub fn note(&self) -> Option<String> {
        let more = self.left_out.len().saturating_sub(TOLD);
        let told: Vec<&str> = self.left_out.iter().take(TOLD).map(String::as_str).collect();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        (!told.is_empty()).then(|| {
            format!(
                "Left out of the archive, since they are no tables: {}{more}.",
                told.join(", ")
            )
        })
    }

    /// The bytes of a member, as a stream. An [`io::Error`](std::io::Error) of it that is an [`OpenError`] turns into that
    /// with `OpenError::from`.
    pub fn read(&mut self, index: usize) -> Result<Box<dyn Read + Send + '_>, OpenError> {
        let member = self.members.get(index).ok_or(OpenError::NoSuchTable { index })?;
        let bytes: Box<dyn Read + Send + '_> = match &mut self.packed {
            Packed::Zip(package) => Box::new(package.entry(member.entry)?),
            Packed::Gzip(reader, budget) => {
                reader.rewind()?;
                Box::new(Inflated::new(MultiGzDecoder::new(BufReader::new(reader)), budget))
            }
        };
        Ok(Box::new(OneFile {
            bytes,
            left: self.max_file_bytes,
            max_file_bytes: self.max_file_bytes,
        }))
    }
}

/// The one file of a gzip archive; its name is that of the archive without its ending.
fn gzip_member(name: &str) -> Result<Member, OpenError> {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_tar = |ending: &str| ending.eq_ignore_ascii_case("tar");
    let holds_tar = stem.rsplit_once('.').is_some_and(|(_, ending)| is_tar(ending));
    if ending.eq_ignore_ascii_case("tgz") || holds_tar {
        return Err(OpenError::NotATable {
            what: "a tar archive".to_owned(),
        });
    }
    let is_gzip = ["gz", "gzip"].iter().any(|gzip| ending.eq_ignore_ascii_case(gzip));
    let inside = clean_path(if is_gzip { stem } else { name });
    Ok(Member {
        name: format!("{name}/{}", inside.rsplit('/').next().unwrap_or_default()),
        entry: 0,
    })
}

/// The members of a zip archive, and the names of what is left out.
fn zip_members(name: &str, package: &Package<'_>) -> Result<(Vec<Member>, Vec<String>), OpenError> {
    let (mut members, mut left_out) = (Vec::new(), Vec::new());
    for entry in package.entries() {
        let path = clean_path(&entry.name);
        let hidden = path
            .split('/')
            .any(|step| step.starts_with('.') || step == "__MACOSX" || step.starts_with("~$"));
        if entry.is_folder || hidden || path.is_empty() {
            continue;
        }
        let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
        if !ending.is_some_and(|ending| TABLES.contains(&ending.as_str())) {
            left_out.push(path);
            continue;
        }
        if entry.is_encrypted {
            return Err(OpenError::Unsupported {
                what: "an encrypted zip archive".to_owned(),
            });
        }
        members.push(Member {
            name: format!("{name}/{path}"),
            entry: entry.index,
        });
    }
    Ok((members, left_out))
}

/// The name of an entry without what leads out of the archive, and without what is no text.
fn clean_path(name: &str) -> String {
    let name = without_nul(name);
    let steps = name.split(['/', '\\']).map(str::trim);
    let steps = steps.filter(|step| !step.is_empty() && *step != "." && *step != ".." && !step.ends_with(':'));
    let path = steps.collect::<Vec<_>>().join("/");
    let shown = path.chars().filter(|character| !character.is_control());
    let skipped = path.chars().count().saturating_sub(LONGEST_NAME);
    shown.skip(skipped).collect()
}

/// A member on its way out: no larger than any other file.
struct OneFile<R> {
    bytes: R,
    left: u64,
    max_file_bytes: u64,
}

impl<R: Read> Read for OneFile<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| limits::FILE_BYTES.exceeded(self.max_file_bytes))?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere() {
        for (name, expected) in [
            ("2024/customers.csv", "2024/customers.csv"),
            ("..\\..\\etc\\passwd.csv", "etc/passwd.csv"),
            ("/tmp/./a.csv", "tmp/a.csv"),
            ("C:\\a.csv", "a.csv"),
            ("a\u{7}\n.csv", "a.csv"),
            ("../..", ""),
        ] {
            assert_eq!(clean_path(name), expected);
        }
        assert_eq!(clean_path(&"x/".repeat(1_000)).len(), LONGEST_NAME);
    }

    #[test]
    fn what_gzip_packs_is_called_as_the_archive() {
        for (name, expected) in [
            ("customers.csv.gz", Some("customers.csv.gz/customers.csv")),
            ("Customers.CSV.GZ", Some("Customers.CSV.GZ/Customers.CSV")),
            ("upload", Some("upload/upload")),
            ("all.tar.gz", None),
            ("all.tgz", None),
        ] {
            let member = gzip_member(name).ok().map(|member| member.name);
            assert_eq!(member.as_deref(), expected);
        }
    }
}
