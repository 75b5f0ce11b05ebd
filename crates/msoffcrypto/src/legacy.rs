//! Other compound files, so that a refusal can say what the file is.
//!
//! Documents of Office 97-2003 keep their encryption in streams of their own; rights management
//! leaves the description of a password out.

use std::io::{Read, Seek};

use crate::bytes::u16_at;
use crate::cfb::CompoundFile;
use crate::error::Error;

/// Enough of a stream for the records before and at the one that announces encryption.
const HEAD_BYTES: u64 = 4096;

/// Names what a compound file without an `EncryptionInfo` stream is.
pub(crate) fn describe<R: Read + Seek>(file: &mut CompoundFile<R>) -> Result<Error, Error> {
    let names = [
        "EncryptedPackage",
        "\u{9}DRMContent",
        "Workbook",
        "Book",
        "WordDocument",
        "PowerPoint Document",
        "EncryptedSummary",
    ];
    let [package, rights, workbook, book, word, slides, slides_locked] = file.find(names)?;
    if package.or(rights).is_some() {
        return Ok(Error::unsupported("information rights management", ""));
    }
    let mut head = |entry| {
        let stream = file.stream(entry)?;
        file.read_head(&stream, HEAD_BYTES)
    };
    let what = if let Some(entry) = workbook.or(book) {
        if let Some(name) = workbook_encryption(&head(entry)?) {
            return Ok(Error::unsupported(name, "of an Excel 97-2003 workbook"));
        }
        "it is an Excel 97-2003 workbook (.xls) without a password"
    } else if let Some(entry) = word {
        if is_word_encrypted(&head(entry)?) {
            return Ok(Error::unsupported("encryption", "of a Word 97-2003 document"));
        }
        "it is a Word 97-2003 document (.doc) without a password"
    } else if slides.is_some() {
        if slides_locked.is_some() {
            let name = "of a PowerPoint 97-2003 presentation";
            return Ok(Error::unsupported("encryption", name));
        }
        "it is a PowerPoint 97-2003 presentation (.ppt) without a password"
    } else {
        "it is a compound file without encryption"
    };
    Ok(Error::NotEncrypted { what })
}

/// The encryption that the `FilePass` record of a workbook names ([MS-XLS] 2.4.117), which stands
/// among the first records.
fn workbook_encryption(stream: &[u8]) -> Option<&'static str> {
    const FILE_PASS: u16 = 0x2F;
    const RECORDS: usize = 8;
    let mut at = 0;
    for _ in 0..RECORDS {
        let (record, bytes) = (u16_at(stream, at)?, u16_at(stream, at + 2)?);
        let body = at + 4;
        if record == FILE_PASS {
            // Before Excel 97 the record held two numbers and meant obfuscation.
            let kind = if bytes < 6 { 0 } else { u16_at(stream, body)? };
            return Some(match (kind, u16_at(stream, body + 2)) {
                (0, _) => "XOR obfuscation",
                (_, Some(1)) => "RC4 encryption",
                _ => "RC4 CryptoAPI encryption",
            });
        }
        at = body + usize::from(bytes);
    }
    None
}

/// Reads the flag of the file information block ([MS-DOC] 2.5.2, `fEncrypted`).
fn is_word_encrypted(stream: &[u8]) -> bool {
    u16_at(stream, 10).is_some_and(|flags| flags & 0x0100 != 0)
}
