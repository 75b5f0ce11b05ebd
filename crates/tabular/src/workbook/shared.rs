//! The shared strings of a workbook (ECMA-376 Part 1, 18.4), in one block of bytes.

use super::escapes::unescape_into;
use super::package::Part;
use super::run::Run;
use super::usual;
use super::xml::{Event, Xml, push_text};
use crate::error::OpenError;
use crate::limits::{self, Limits};

/// Shared strings are shared, so a program writes the empty one once.
const MOST_EMPTY: u32 = 1 << 20;

/// All shared strings: one text, and where each of them ends in it.
#[derive(Debug, Default)]
pub(crate) struct SharedStrings {
    text: String,
    ends: Vec<u32>,
    empty: u32,
}

impl SharedStrings {
    /// Reads the part. What it says about its own size is not believed.
    pub(crate) fn read(part: Part<'_>, limits: &Limits) -> Result<Self, OpenError> {
        let mut strings = Self::default();
        let mut xml = Xml::new(part, limits.max_token_bytes);
        let mut raw = String::new();
        let (mut in_text, mut in_phonetic) = (false, false);
        let mut run = Run::default();
        loop {
            while !in_text
                && !in_phonetic
                && let Some((text, bytes)) = usual::shared_string(xml.peek())
            {
                strings.push(text.resolve(&mut raw), limits)?;
                raw.clear();
                xml.advance(bytes);
            }
            match xml.next()? {
                Event::Start { name: b"si", empty, .. } => {
                    raw.clear();
                    if empty {
                        strings.push(&raw, limits)?;
                    }
                }
                Event::Start {
                    name: b"t",
                    attributes,
                    empty,
                } => {
                    in_text = !empty && !in_phonetic;
                    run = Run::begin(&raw, attributes);
                }
                Event::Start {
                    name: b"rPh", empty, ..
                } => in_phonetic = !empty,
                Event::Text(text) if in_text => push_text(text, &mut raw),
                Event::CData(text) if in_text => raw.push_str(&String::from_utf8_lossy(text)),
                Event::End(b"t") => {
                    run.end(&mut raw);
                    in_text = false;
                }
                Event::End(b"rPh") => in_phonetic = false,
                Event::End(b"si") => {
                    strings.push(&raw, limits)?;
                    raw.clear();
                }
                Event::Eof => return Ok(strings),
                _ => {}
            }
            check_string(raw.len(), limits)?;
        }
    }

    fn push(&mut self, raw: &str, limits: &Limits) -> Result<(), OpenError> {
        check_string(raw.len(), limits)?;
        self.empty += u32::from(raw.is_empty());
        if self.empty > MOST_EMPTY {
            return Err(OpenError::malformed("it shares one empty text too often"));
        }
        // Checked before it grows: growing takes twice the memory for a moment.
        let memory = self.text.len() + raw.len() + (self.ends.len() + 1) * size_of::<u32>();
        let maximum = limits.max_shared_strings_bytes.min(u32::MAX as usize);
        limits::SHARED_STRINGS_BYTES.check(memory as u64, maximum as u64)?;
        unescape_into(raw, &mut self.text);
        self.ends.push(self.text.len() as u32);
        Ok(())
    }

    /// The string of this number, from 0.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .map_or(0, |start| *start as usize);
        self.text.get(start..end)
    }
}

/// A string is part of a row, so it may not be longer.
fn check_string(bytes: usize, limits: &Limits) -> Result<(), OpenError> {
    limits::ROW_BYTES.check(bytes as u64, limits.max_row_bytes as u64)
}
