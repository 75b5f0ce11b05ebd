//! XML as a stream of events, as much of it as workbooks need, in memory that does not grow with the document.
//!
//! Elements, texts, CDATA sections and the references of XML 1.0 are read; comments and processing instructions are
//! skipped; a document type declaration, which no workbook has, is refused, so there are no entities to expand. Whether
//! elements nest as they should is not checked, so that nothing grows with their depth.

use std::borrow::Cow;
use std::io::{self, Read};

use memchr::{memchr, memchr2, memmem};

use super::package::Part;
use crate::error::OpenError;
use crate::limits;

const CHUNK_BYTES: usize = 128 * 1024;

/// A piece of a document. Names are without their prefix.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event<'x> {
    /// `<name attributes>`, or `<name attributes/>`, which has no end of its own.
    Start {
        name: &'x [u8],
        attributes: &'x [u8],
        empty: bool,
    },
    /// `</name>`
    End(&'x [u8]),
    /// Text between tags, as it is written.
    Text(&'x [u8]),
    /// The text of a CDATA section.
    CData(&'x [u8]),
    /// Nothing more.
    Eof,
}

/// A parser of one part.
pub(crate) struct Xml<'p> {
    part: Part<'p>,
    buffer: Vec<u8>,
    /// Where the next event begins.
    start: usize,
    ended: bool,
    max_token_bytes: usize,
}

/// Where a token ends, by its kind.
enum Token {
    Tag(usize),
    Text(usize),
    CData(usize),
}

impl<'p> Xml<'p> {
    pub(crate) fn new(part: Part<'p>, max_token_bytes: usize) -> Self {
        Self {
            part,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            max_token_bytes,
        }
    }

    /// The next event.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, OpenError> {
        let Some(token) = self.next_token()? else {
            return Ok(Event::Eof);
        };
        let start = self.start;
        let (end, event) = match token {
            Token::Tag(end) => (end, tag(self.buffer.get(start + 1..end - 1).unwrap_or_default())),
            Token::Text(end) => (end, Event::Text(self.buffer.get(start..end).unwrap_or_default())),
            Token::CData(end) => (
                end,
                Event::CData(self.buffer.get(start + 9..end - 3).unwrap_or_default()),
            ),
        };
        if end - start > self.max_token_bytes {
            return Err(limits::TOKEN_BYTES.exceeded(self.max_token_bytes));
        }
        self.start = end;
        Ok(event)
    }

    /// Reads the rest of the part without looking at it, so that its checksum is checked.
    pub(crate) fn finish(&mut self) -> Result<(), OpenError> {
        self.start = self.buffer.len();
        self.ended = true;
        io::copy(&mut self.part, &mut io::sink())?;
        Ok(())
    }

    /// Finds the end of the next token, and skips what is none.
    fn next_token(&mut self) -> Result<Option<Token>, OpenError> {
        loop {
            // Nine bytes tell what a piece of markup is.
            while self.rest().len() < 9 && !self.ended {
                self.fill()?;
            }
            match self.rest() {
                [] => return Ok(None),
                [b'<', b'?', ..] => self.skip(b"?>")?,
                [b'<', b'!', b'-', b'-', ..] => self.skip(b"-->")?,
                [b'<', b'!', b'[', b'C', b'D', b'A', b'T', b'A', b'[', ..] => {
                    return Ok(Some(Token::CData(
                        self.find(|text| memmem::find(text, b"]]>").map(|at| at + 3))?,
                    )));
                }
                [b'<', b'!', ..] => return Err(OpenError::malformed("its XML declares a document type")),
                [b'<', ..] => return Ok(Some(Token::Tag(self.find(tag_end)?))),
                _ => return self.text_end().map(|end| Some(Token::Text(end))),
            }
        }
    }

    fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// What has been read and not been given out yet, as far as a token may be long, for a caller that knows what to
    /// expect.
    pub(crate) fn peek(&self) -> &[u8] {
        let rest = self.rest();
        rest.get(..self.max_token_bytes).unwrap_or(rest)
    }

    /// Leaves out the first bytes of [`peek`](Self::peek), which the caller has understood.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.start = self.buffer.len().min(self.start + bytes);
    }

    /// Reads more, dropping what is done.
    fn fill(&mut self) -> Result<(), OpenError> {
        self.buffer.drain(..self.start);
        self.start = 0;
        if self.buffer.len() > self.max_token_bytes {
            return Err(limits::TOKEN_BYTES.exceeded(self.max_token_bytes));
        }
        // A long token is looked at again each time, so each time more is read.
        let wanted = self.buffer.len().max(CHUNK_BYTES) as u64;
        let read = self.part.by_ref().take(wanted).read_to_end(&mut self.buffer)?;
        self.ended = read == 0;
        Ok(())
    }

    /// The end of the token at `start`, as `end` finds it.
    fn find(&mut self, end: impl Fn(&[u8]) -> Option<usize>) -> Result<usize, OpenError> {
        loop {
            if let Some(end) = end(self.rest()) {
                return Ok(self.start + end);
            }
            if self.ended {
                return Err(OpenError::malformed("its XML ends in the middle"));
            }
            self.fill()?;
        }
    }

    /// The end of the text at `start`; the end of the document ends it as well.
    fn text_end(&mut self) -> Result<usize, OpenError> {
        let mut searched = 0;
        loop {
            let rest = self.rest();
            if let Some(end) = rest.get(searched..).and_then(|rest| near(b'<', rest)) {
                return Ok(self.start + searched + end);
            }
            searched = rest.len();
            if self.ended {
                return Ok(self.buffer.len());
            }
            self.fill()?;
        }
    }

    /// Skips a piece of markup up to and including its end mark.
    fn skip(&mut self, mark: &[u8]) -> Result<(), OpenError> {
        loop {
            if let Some(end) = memmem::find(self.rest(), mark) {
                self.start += end + mark.len();
                return Ok(());
            }
            if self.ended {
                return Err(OpenError::malformed("its XML ends in the middle"));
            }
            // The mark may have begun.
            self.start = self.buffer.len().saturating_sub(mark.len() - 1).max(self.start);
            self.fill()?;
        }
    }
}

/// The index after the `>` that ends a tag; a `>` inside quotes does not. Tags are short, so bytes are looked at one by
/// one.
fn tag_end(text: &[u8]) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in text.iter().copied().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

/// The first place of a byte, which is expected to be near.
fn near(byte: u8, text: &[u8]) -> Option<usize> {
    const NEAR: usize = 24;
    let (head, tail) = text.split_at(text.len().min(NEAR));
    match head.iter().position(|candidate| *candidate == byte) {
        None if !tail.is_empty() => memchr(byte, tail).map(|at| NEAR + at),
        found => found,
    }
}

/// Takes apart what stands between `<` and `>`.
fn tag(inside: &[u8]) -> Event<'_> {
    if let Some(name) = inside.strip_prefix(b"/") {
        return Event::End(local(name.trim_ascii_end()));
    }
    let (inside, empty) = inside
        .strip_suffix(b"/")
        .map_or((inside, false), |inside| (inside, true));
    let end = inside.iter().position(u8::is_ascii_whitespace).unwrap_or(inside.len());
    let (name, attributes) = inside.split_at(end);
    Event::Start {
        name: local(name),
        attributes,
        empty,
    }
}

/// A name without its prefix.
fn local(name: &[u8]) -> &[u8] {
    match name.iter().position(|byte| *byte == b':') {
        Some(colon) => name.get(colon + 1..).unwrap_or_default(),
        None => name,
    }
}

/// The first attribute: its local name, its raw value and what follows it.
pub(crate) fn next_attribute(raw: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let equals = near(b'=', raw)?;
    let (key, rest) = raw.split_at(equals);
    let rest = rest.get(1..)?.trim_ascii_start();
    let quote = *rest.first().filter(|first| **first == b'"' || **first == b'\'')?;
    let rest = rest.get(1..)?;
    let end = near(quote, rest)?;
    Some((local(key.trim_ascii()), rest.get(..end)?, rest.get(end + 1..)?))
}

/// The raw value of an attribute by its local name.
pub(crate) fn attribute<'x>(mut raw: &'x [u8], name: &str) -> Option<&'x [u8]> {
    while let Some((key, value, rest)) = next_attribute(raw) {
        if key == name.as_bytes() {
            return Some(value);
        }
        raw = rest;
    }
    None
}

/// As [`attribute`], as text with its references resolved.
pub(crate) fn attribute_text(raw: &[u8], name: &str) -> Option<String> {
    let mut text = String::new();
    push_text(attribute(raw, name)?, &mut text);
    Some(text)
}

/// As [`attribute`], as a number.
pub(crate) fn attribute_number<N: std::str::FromStr>(raw: &[u8], name: &str) -> Option<N> {
    std::str::from_utf8(attribute(raw, name)?.trim_ascii())
        .ok()?
        .parse()
        .ok()
}

/// A truth value of XML Schema.
pub(crate) fn is_true(value: &[u8]) -> bool {
    matches!(value, b"1" | b"true" | b"on")
}

/// As [`push_text`], but uses `buffer` only where the text is not meant as it is written.
pub(crate) fn text<'x>(raw: &'x [u8], buffer: &'x mut String) -> &'x str {
    if memchr2(b'&', b'\r', raw).is_none()
        && let Ok(plain) = std::str::from_utf8(raw)
    {
        return plain;
    }
    buffer.clear();
    push_text(raw, buffer);
    buffer
}

/// Appends text as it is written in XML: references are resolved, line ends become LF, and bytes that are not UTF-8 become
/// U+FFFD.
pub(crate) fn push_text(raw: &[u8], text: &mut String) {
    let decoded = match std::str::from_utf8(raw) {
        Ok(valid) => Cow::Borrowed(valid),
        Err(_) => String::from_utf8_lossy(raw),
    };
    let mut rest: &str = &decoded;
    while let Some(at) = memchr2(b'&', b'\r', rest.as_bytes()) {
        let (before, special) = rest.split_at(at);
        text.push_str(before);
        rest = if let Some(after) = special.strip_prefix('\r') {
            if !after.starts_with('\n') {
                text.push('\n');
            }
            after
        } else {
            push_reference(special, text)
        };
    }
    text.push_str(rest);
}

/// Appends what the reference at the beginning of `rest` stands for, and returns what follows it. An unknown one is kept
/// as it is written.
fn push_reference<'x>(rest: &'x str, text: &mut String) -> &'x str {
    const LONGEST: usize = 12;
    let name = rest.get(1..).unwrap_or_default();
    let end = name.bytes().take(LONGEST).position(|byte| byte == b';');
    let resolved = end.and_then(|end| name.get(..end)).and_then(resolve);
    let Some(character) = resolved else {
        text.push('&');
        return name;
    };
    text.push(character);
    end.and_then(|end| name.get(end + 1..)).unwrap_or_default()
}

fn resolve(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use super::*;

    /// All events of a document in short form, read in pieces of `step` bytes.
    fn events(document: &'static str, step: usize) -> Result<String, OpenError> {
        struct Slow(Cursor<&'static [u8]>, usize);
        impl Read for Slow {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = buffer.len().min(self.1);
                self.0.read(&mut buffer[..count])
            }
        }
        let slow = Slow(Cursor::new(document.as_bytes()), step);
        let mut xml = Xml::new(BufReader::with_capacity(1, Box::new(slow)), 1000);
        let mut shown = String::new();
        loop {
            let (kind, bytes) = match xml.next()? {
                Event::Eof => return Ok(shown),
                Event::Start { name, empty: false, .. } => ("+", name.to_vec()),
                Event::Start { name, .. } => ("=", name.to_vec()),
                Event::End(name) => ("-", name.to_vec()),
                Event::Text(text) => ("'", text.to_vec()),
                Event::CData(text) => ("!", text.to_vec()),
            };
            let mut text = String::new();
            push_text(&bytes, &mut text);
            shown = format!("{shown}{kind}{text} ");
        }
    }

    #[track_caller]
    fn check(document: &'static str, expected: &str) {
        for step in [1, 2, 7, 1000] {
            assert_eq!(
                events(document, step).map_err(|error| error.to_string()).unwrap(),
                expected,
                "step {step}"
            );
        }
    }

    #[test]
    fn documents_are_taken_apart() {
        check("<a>x</a>", "+a 'x -a ");
        check("<?xml version='1.0'?><x:a b=\"1>2\" c='\"'/>", "=a ");
        check("<a><!-- <b> -- > --><c /></a >", "+a =c -a ");
        check("<a>1 &lt; 2 &#65;&#x42; &no; &</a>", "+a '1 < 2 AB &no; & -a ");
        check("<a><![CDATA[<b>]]]></a>", "+a !<b>] -a ");
        check("<a>x\r\ny\rz</a>", "+a 'x\ny\nz -a ");
        check("", "");
        check("<a/>tail", "=a 'tail ");
    }

    #[test]
    fn documents_that_break_off_are_errors() {
        for document in ["<a", "<a b='", "<!-- x", "<![CDATA[ x", "<?xml", "<!DOCTYPE a []><a/>"] {
            assert!(events(document, 3).is_err(), "{document}");
        }
    }

    #[test]
    fn attributes_are_found() {
        let raw = br#" r="A1" x:s = '5' t="a&amp;b""#;
        assert_eq!(attribute(raw, "r"), Some(&b"A1"[..]));
        assert_eq!(attribute_number::<u32>(raw, "s"), Some(5));
        assert_eq!(attribute_text(raw, "t").as_deref(), Some("a&b"));
        assert_eq!(attribute(raw, "u"), None);
        assert_eq!(attribute(b" r=\"A1", "r"), None);
    }
}
