//! XML as a stream of events whose size is bounded.

use std::io::{self, BufRead, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::package::Part;
use crate::error::OpenError;

/// A parser of one part.
pub(crate) struct Xml<'p> {
    reader: Reader<TokenGuard<'p>>,
    buffer: Vec<u8>,
}

impl<'p> Xml<'p> {
    pub(crate) fn new(part: Part<'p>, max_token_bytes: usize) -> Self {
        let mut reader = Reader::from_reader(TokenGuard { part, since: 0, maximum: max_token_bytes });
        let config = reader.config_mut();
        // Checking that ends match starts would keep a stack as deep as the file says.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::with_capacity(4096) }
    }

    /// The next event; [`Event::Eof`] at the end.
    pub(crate) fn next(&mut self) -> Result<Event<'_>, OpenError> {
        self.buffer.clear();
        self.reader.get_mut().since = 0;
        Ok(self.reader.read_event_into(&mut self.buffer)?)
    }
}

/// Refuses to deliver more than a number of bytes for one event.
struct TokenGuard<'p> {
    part: Part<'p>,
    since: usize,
    maximum: usize,
}

impl Read for TokenGuard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.part.read(buffer)?;
        self.since += count;
        Ok(count)
    }
}

impl BufRead for TokenGuard<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > self.maximum {
            let limit = "the length of an XML token in bytes";
            return Err(OpenError::LimitExceeded { limit, maximum: self.maximum as u64 }.into());
        }
        self.part.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.since += count;
        self.part.consume(count);
    }
}

/// The raw value of an attribute by its local name, out of the text between an element's name and its end.
pub(crate) fn attribute<'x>(mut raw: &'x str, name: &str) -> Option<&'x str> {
    while let Some((key, rest)) = raw.split_once('=') {
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|first| *first == '"' || *first == '\'')?;
        let (value, after) = rest.get(1..)?.split_once(quote)?;
        let key = key.trim();
        if key.rsplit_once(':').map_or(key, |(_, local)| local) == name {
            return Some(value);
        }
        raw = after;
    }
    None
}

/// As [`attribute`], with its references resolved.
pub(crate) fn attribute_text(raw: &str, name: &str) -> Option<String> {
    let value = attribute(raw, name)?;
    Some(quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned))
}

/// A truth value of XML Schema.
pub(crate) fn is_true(value: &str) -> bool {
    matches!(value, "1" | "true" | "on")
}

/// Appends what a reference such as `&amp;` or `&#10;` stands for. An unknown one is kept as it is written.
pub(crate) fn push_reference(text: &mut String, reference: &quick_xml::events::BytesRef<'_>) {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        text.push(character);
        return;
    }
    let name = reference.xml10_content();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(known) => text.push_str(known),
        None => {
            text.push('&');
            text.push_str(&name);
            text.push(';');
        }
    }
}
