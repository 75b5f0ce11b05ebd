//! The password of encrypted workbooks, as people and their programs write it down.
//!
//! Windows PowerShell writes a byte order mark before it, UTF-16 where its output goes to a file, and CR and LF behind it.
//! None of these belong to the password.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use anyhow::{Context, ensure};
use torqueflow_pipeline::Password;
use zeroize::Zeroizing;

use crate::args::PasswordSource;

/// Bytes that are looked at, far more than any password has.
const MOST_BYTES: usize = 64 * 1024;

/// The password, if one was named.
pub(super) fn read(source: &PasswordSource) -> anyhow::Result<Option<Password>> {
    let (line, place) = if let Some(path) = &source.password_file {
        let place = format!("`{}`", path.display());
        (
            File::open(path).and_then(|file| first_line(BufReader::new(file))),
            place,
        )
    } else if source.password_stdin {
        (first_line(io::stdin().lock()), "standard input".to_owned())
    } else {
        return Ok(None);
    };
    let line = line.with_context(|| format!("failed to read the password from {place}"))?;
    let text = decode(&line);
    let mut text = text.with_context(|| format!("the password in {place} is neither UTF-8 nor UTF-16"))?;
    ensure!(
        line.len() < MOST_BYTES,
        "the first line of {place} is too long for a password"
    );
    Ok(Some(Password::new(std::mem::take(&mut *text))))
}

/// How text is kept in bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
}

/// Told by the byte order mark, else by a zero in the first character, which no password has.
fn encoding(bytes: &[u8]) -> Encoding {
    match bytes {
        [0xFF, 0xFE, ..] | [_, 0, ..] => Encoding::Utf16Le,
        [0xFE, 0xFF, ..] | [0, ..] => Encoding::Utf16Be,
        _ => Encoding::Utf8,
    }
}

/// The bytes of the first line, and its end as far as it was read. Nothing behind it is waited for.
fn first_line(reader: impl BufRead) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut reader = reader.take(MOST_BYTES as u64);
    // Reserved at once, since a buffer that grows leaves its old contents behind.
    let mut line = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    loop {
        if reader.read_until(b'\n', &mut line)? == 0 {
            return Ok(line);
        }
        let is_whole = match encoding(&line) {
            Encoding::Utf8 => true,
            Encoding::Utf16Be => line.len().is_multiple_of(2) && line.ends_with(&[0, b'\n']),
            Encoding::Utf16Le => {
                // The other half of the last character is still to come.
                let is_half = !line.len().is_multiple_of(2);
                if is_half {
                    reader.by_ref().take(1).read_to_end(&mut line)?;
                }
                is_half && line.ends_with(&[b'\n', 0])
            }
        };
        if is_whole {
            return Ok(line);
        }
    }
}

/// The text of a line without its mark and its end; `None` if it is no text.
fn decode(line: &[u8]) -> Option<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(line.len() * 2));
    let encoding = encoding(line);
    if encoding == Encoding::Utf8 {
        text.push_str(std::str::from_utf8(line).ok()?);
    } else {
        let (pairs, _) = line.as_chunks::<2>();
        let units = pairs.iter().map(|pair| match encoding {
            Encoding::Utf16Be => u16::from_be_bytes(*pair),
            _ => u16::from_le_bytes(*pair),
        });
        for character in char::decode_utf16(units) {
            text.push(character.ok()?);
        }
    }
    let line = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let line = line.split(['\r', '\n']).next().unwrap_or_default();
    Some(Zeroizing::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a line in these bytes is, and how many bytes are left for whoever reads on.
    #[track_caller]
    fn check(bytes: &[u8], expected: Option<&str>, left: usize) {
        for capacity in [1, 2, 3, 100] {
            let mut reader = BufReader::with_capacity(capacity, bytes);
            let line = first_line(&mut reader).unwrap();
            let text = decode(&line);
            assert_eq!(text.as_ref().map(|text| text.as_str()), expected, "{bytes:?}");
            let mut rest = Vec::new();
            reader.read_to_end(&mut rest).unwrap();
            assert_eq!(rest.len(), left, "{bytes:?}");
        }
    }

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn the_first_line_is_the_password() {
        check(b"secret", Some("secret"), 0);
        check(b"secret\n", Some("secret"), 0);
        check(b"secret\r\nmore\r\n", Some("secret"), 6);
        check(b"", Some(""), 0);
        check(b"\n", Some(""), 0);
        check(" s\u{e9}c ret \n".as_bytes(), Some(" s\u{e9}c ret "), 0);
        check(b"s\xE9c\n", None, 0);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_it() {
        check(b"\xEF\xBB\xBFsecret\r\n", Some("secret"), 0);
        check(b"\xEF\xBB\xBF", Some(""), 0);
    }

    #[test]
    fn utf_16_is_decoded() {
        // The low or high byte of some characters is that of a line feed.
        let password = "s\u{e9}cret\u{10A}\u{A0A}\u{A00}\u{1F511}";
        for mark in ["\u{FEFF}", ""] {
            for end in ["", "\r\n", "\n"] {
                let text = format!("{mark}{password}{end}");
                check(&utf16(&text, u16::to_le_bytes), Some(password), 0);
                check(&utf16(&text, u16::to_be_bytes), Some(password), 0);
                check(
                    &utf16(&format!("{text}\nx"), u16::to_le_bytes),
                    Some(password),
                    if end.is_empty() { 2 } else { 4 },
                );
            }
        }
        check(b"\xFF\xFE\x00\xD8", None, 0);
    }
}
