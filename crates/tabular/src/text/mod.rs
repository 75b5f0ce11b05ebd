//! Delimited text: what encoding, what dialect, and its records.

mod decode;
mod dialect;
mod encoding;
mod guard;
mod records;
mod whole_lines;

use std::io::{Read, SeekFrom};

use crate::error::OpenError;
use crate::limits::Limits;
use crate::options::ReadSeek;
use crate::table::{Dialect, TableReader};

pub(crate) use decode::Decode;
pub(crate) use encoding::Profile;
pub(crate) use records::cut_cell;

/// Text that the dialect is told from, in bytes.
const HEAD_BYTES: u64 = 128 * 1024;

/// Reads a text file through once: its encoding, and whether it is text at all.
pub(crate) fn profile(reader: &mut dyn ReadSeek) -> Result<Profile, OpenError> {
    encoding::profile(reader)
}

/// Opens the one table of a text file.
pub(crate) fn read_table<'d>(
    reader: &'d mut dyn ReadSeek,
    profile: &Profile,
    limits: &Limits,
) -> Result<TableReader<'d>, OpenError> {
    let mut head = Vec::new();
    decode(&mut *reader, profile)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    let are_lines_quoted = whole_lines::are_quoted(&head, head.len() as u64 == HEAD_BYTES);
    if are_lines_quoted {
        head.clear();
        let unquoted = whole_lines::Unquote::new(decode(&mut *reader, profile)?, limits.max_row_bytes);
        unquoted.take(HEAD_BYTES).read_to_end(&mut head)?;
    }
    let dialect = dialect::detect(&head);
    let decoded = decode(reader, profile)?;
    let mut evidence = profile.evidence();
    if are_lines_quoted {
        let why = "Each line is quoted as a whole, so the quotes around the lines were taken off.";
        evidence.push(why.to_owned());
    }
    evidence.extend(dialect.evidence.iter().cloned());
    let known = Dialect {
        encoding: Some(profile.encoding.name()),
        delimiter: Some(char::from(dialect.delimiter)),
        quote: Some(char::from(dialect.quote)),
        escape: dialect.escape.map(char::from),
        evidence,
        date1904: false,
    };
    if are_lines_quoted {
        let unquoted = whole_lines::Unquote::new(decoded, limits.max_row_bytes);
        let records = records::Records::new(unquoted, &dialect, profile, limits);
        return TableReader::new(Box::new(records), known, limits);
    }
    let records = records::Records::new(decoded, &dialect, profile, limits);
    TableReader::new(Box::new(records), known, limits)
}

/// The text from its beginning.
fn decode<'d>(reader: &'d mut dyn ReadSeek, profile: &Profile) -> Result<Decode<&'d mut dyn ReadSeek>, OpenError> {
    reader.seek(SeekFrom::Start(profile.bom_bytes))?;
    let clean = profile.encoding == encoding::Encoding::Utf8 && !profile.malformed;
    Ok(Decode::new(
        reader,
        (!clean).then(|| profile.encoding.whatwg()),
        profile.has_cr,
    ))
}
