//! What a file is, by its content; its name decides nothing.

use std::io::{Read, SeekFrom};

use strum::IntoStaticStr;

use crate::error::OpenError;
use crate::options::ReadSeek;

/// The form of a file that tables are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr)]
#[non_exhaustive]
#[strum(serialize_all = "lowercase")]
pub enum Format {
    /// Delimited text (RFC 4180 and its many relatives).
    Csv,
    /// An Office Open XML workbook, with or without macros (ECMA-376 Part 1, 18).
    Xlsx,
    /// A binary workbook of Excel 2007 and later (MS-XLSB).
    Xlsb,
    /// A workbook of Excel 97-2003 (MS-XLS).
    Xls,
    /// An `OpenDocument` spreadsheet (ISO/IEC 26300).
    Ods,
}

impl Format {
    /// The short name: `csv`.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// What a person calls it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Csv => "a text file",
            Self::Xlsx => "an Excel workbook",
            Self::Xlsb => "a binary Excel workbook (.xlsb)",
            Self::Xls => "a workbook of Excel 97-2003 (.xls)",
            Self::Ods => "an OpenDocument spreadsheet (.ods)",
        }
    }

    /// True for everything but delimited text.
    pub fn is_workbook(self) -> bool {
        self != Self::Csv
    }
}

/// What the first bytes of a file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// A zip archive: a modern workbook, or something else.
    Zip,
    /// A compound file: an encrypted workbook, an old one, or something else.
    Compound,
    /// Nothing known, so text unless it turns out otherwise.
    Text,
}

/// Beginnings of files that are certainly no tables, and what they are.
const MAGIC: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "an image"),
    (b"\xFF\xD8\xFF", "an image"),
    (b"GIF8", "an image"),
    (b"II*\0", "an image"),
    (b"MM\0*", "an image"),
    (b"RIFF", "a media file"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xFD7zXZ", "an xz archive"),
    (b"\x28\xB5\x2F\xFD", "a zstd archive"),
    (b"\x7FELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"%!PS", "a PostScript document"),
    (b"BEGIN:VCARD", "a vCard file"),
    (b"BEGIN:VCALENDAR", "a calendar"),
];

/// Looks at the first bytes and leaves the reader at the start.
pub(crate) fn container(reader: &mut dyn ReadSeek) -> Result<Container, OpenError> {
    let mut head = Vec::with_capacity(4096);
    reader.rewind()?;
    reader.take(4096).read_to_end(&mut head)?;
    reader.rewind()?;
    if head.is_empty() {
        return Err(OpenError::Empty);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Container::Zip);
    }
    if msoffcrypto::is_compound_file(&head) {
        return Ok(Container::Compound);
    }
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(OpenError::NotATable {
            what: (*what).to_owned(),
        });
    }
    markup(&head)?;
    Ok(Container::Text)
}

/// Refuses web pages, XML and JSON, which would pass for text.
fn markup(head: &[u8]) -> Result<(), OpenError> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start().to_ascii_lowercase();
    let refuse = |what: &str| Err(OpenError::NotATable { what: what.to_owned() });
    if text.starts_with("<?xml") || text.starts_with("<workbook") {
        if text.contains("urn:schemas-microsoft-com:office:spreadsheet") {
            return Err(OpenError::Unsupported {
                what: "an Excel 2003 XML spreadsheet".to_owned(),
            });
        }
        return refuse(if text.contains("<html") {
            "a web page"
        } else {
            "an XML document"
        });
    }
    let pages = ["<!doctype html", "<html", "<head", "<body", "<table", "<meta"];
    if pages.iter().any(|tag| text.starts_with(tag)) {
        return refuse("a web page");
    }
    let mut marks = text.chars().filter(|character| !character.is_whitespace());
    match (marks.next(), marks.next()) {
        (Some('{'), Some('"' | '}')) | (Some('['), Some('{')) if text.contains("\":") => refuse("a JSON document"),
        _ => Ok(()),
    }
}

/// Names of streams in a compound file, and what they make of it.
const STREAMS: &[(&str, Result<Format, &str>)] = &[
    ("Workbook", Ok(Format::Xls)),
    ("Book", Ok(Format::Xls)),
    ("WordDocument", Err("a Word document")),
    ("PowerPoint Document", Err("a presentation")),
    ("VisioDocument", Err("a drawing")),
    ("__properties_version1.0", Err("an e-mail message")),
    ("__nameid_version1.0", Err("an e-mail message")),
];

/// Says what an unencrypted compound file is, by the names in the first part of its directory (MS-CFB 2.6).
pub(crate) fn compound(reader: &mut dyn ReadSeek) -> Result<Format, OpenError> {
    let mut header = [0_u8; 52];
    reader.rewind()?;
    reader.read_exact(&mut header)?;
    let shift = u32::from(u16::from_le_bytes([header[30], header[31]])).clamp(9, 12);
    let sector = u32::from_le_bytes([header[48], header[49], header[50], header[51]]);
    let mut directory = Vec::new();
    reader.seek(SeekFrom::Start((u64::from(sector) + 1) << shift))?;
    reader.take(16 * 1024).read_to_end(&mut directory)?;
    reader.rewind()?;
    for entry in directory.chunks_exact(128) {
        let (name, _) = entry.split_at(64);
        let (pairs, _) = name.as_chunks::<2>();
        let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
        let name: String = char::decode_utf16(units.take_while(|unit| *unit != 0))
            .filter_map(Result::ok)
            .collect();
        match STREAMS.iter().find(|(known, _)| *known == name) {
            Some((_, Ok(format))) => return Ok(*format),
            Some((_, Err(what))) => {
                return Err(OpenError::NotATable {
                    what: (*what).to_owned(),
                });
            }
            None => {}
        }
    }
    Err(OpenError::NotATable {
        what: "an Office file without a workbook".to_owned(),
    })
}
