//! Keeps a quote that is never closed from swallowing the rest of the file.
//!
//! The `csv` crate reads as RFC 4180 says: a quoted field ends at its closing quote, wherever that is. Between the text
//! and it stands this guard, which looks ahead for the closing quote of each quoted field; where none comes, it rewrites
//! the one field so that its quote is an ordinary character.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::dialect::TextDialect;
use crate::limits::{self, Limits};

const CHUNK_BYTES: usize = 64 * 1024;
/// Delimiters in a row, in its texts too, up to which its columns are not counted here: the parser keeps them all.
const MOST_DELIMITERS: usize = 4 << 20;
/// Fruitless looks ahead to the limit, after which quotes that open a field are no longer followed so far.
const FRUITLESS_LOOKS: u32 = 64;

/// What became of a quote that opens a field.
enum Close {
    /// Its field goes up to here; what follows is read as unquoted.
    At(usize),
    /// It is never closed.
    Never,
}

/// Text on its way to the CSV parser.
pub(crate) struct Guard<R> {
    inner: R,
    quote: u8,
    delimiter: u8,
    escape: Option<u8>,
    blank_before_quote: bool,
    buffer: Vec<u8>,
    /// Up to here, the buffer is ready to be handed out.
    ready: usize,
    /// Up to here, it was handed out.
    taken: usize,
    /// A field that was rewritten. It is handed out next, in place of the bytes of the buffer that it stands for.
    rewritten: io::Cursor<Vec<u8>>,
    replaced: usize,
    ended: bool,
    /// The character before the buffer's first.
    before: u8,
    /// Lines that are ready, from 0.
    line: u64,
    max_quoted_bytes: usize,
    max_quoted_lines: usize,
    fruitless: u32,
    /// Lines, from 1, where a quote is never closed.
    unclosed: VecDeque<u64>,
    row_bytes: usize,
    max_row_bytes: usize,
    row_delimiters: usize,
    max_columns: usize,
}

impl<R: Read> Guard<R> {
    pub(crate) fn new(inner: R, dialect: &TextDialect, limits: &Limits) -> Self {
        Self {
            inner,
            quote: dialect.quote,
            delimiter: dialect.delimiter,
            escape: dialect.escape,
            blank_before_quote: dialect.blank_before_quote,
            buffer: Vec::new(),
            ready: 0,
            taken: 0,
            rewritten: io::Cursor::default(),
            replaced: 0,
            ended: false,
            before: b'\n',
            line: 0,
            max_quoted_bytes: limits.max_cell_chars.saturating_mul(4).min(limits.max_row_bytes),
            max_quoted_lines: limits.max_quoted_lines,
            fruitless: 0,
            unclosed: VecDeque::new(),
            row_bytes: 0,
            max_row_bytes: limits.max_row_bytes,
            row_delimiters: 0,
            max_columns: limits.max_columns,
        }
    }

    /// Begins to count the bytes of a row.
    pub(crate) fn start_row(&mut self) {
        self.row_bytes = 0;
        self.row_delimiters = 0;
    }

    /// Says whether a quote that is never closed stands in lines `first..last`, and forgets those before `last`.
    pub(crate) fn take_unclosed(&mut self, first: u64, last: u64) -> bool {
        let mut found = false;
        while let Some(line) = self.unclosed.front().copied().filter(|line| *line < last) {
            self.unclosed.pop_front();
            found |= line >= first;
        }
        found
    }

    /// Appends a chunk of text, dropping what was handed out.
    fn fill(&mut self) -> io::Result<()> {
        if let Some(last) = self.taken.checked_sub(1).and_then(|last| self.buffer.get(last)) {
            self.before = *last;
        }
        self.buffer.drain(..self.taken);
        self.ready -= self.taken;
        self.taken = 0;
        let old = self.buffer.len();
        self.buffer.resize(old + CHUNK_BYTES, 0);
        let read = match self.buffer.get_mut(old..) {
            Some(target) => self.inner.read(target)?,
            None => 0,
        };
        self.buffer.truncate(old + read);
        if read == 0 && !self.ended {
            self.ended = true;
            self.close_last_line();
        }
        Ok(())
    }

    /// Every line ends, so that the parser's line numbers are right.
    fn close_last_line(&mut self) {
        if self.previous(self.buffer.len()) != b'\n' {
            self.buffer.push(b'\n');
        }
    }

    fn at(&self, index: usize) -> Option<u8> {
        self.buffer.get(index).copied()
    }

    fn previous(&self, index: usize) -> u8 {
        index
            .checked_sub(1)
            .map_or(self.before, |index| self.at(index).unwrap_or(self.before))
    }

    fn find(&self, byte: u8, from: usize) -> Option<usize> {
        let rest = self.buffer.get(from..)?;
        memchr::memchr(byte, rest).map(|offset| from + offset)
    }

    /// Makes more of the buffer ready. There is something to work on after `ready`, or the text has ended.
    fn advance(&mut self) -> io::Result<()> {
        loop {
            let Some(quote) = self.find(self.quote, self.ready) else {
                self.count_lines(self.buffer.len());
                return Ok(());
            };
            if self.blank_before_quote {
                self.drop_blanks(quote);
                if self.at(quote) != Some(self.quote) {
                    continue;
                }
            }
            let previous = self.previous(quote);
            if previous != self.delimiter && previous != b'\n' {
                self.count_lines(quote + 1);
                continue;
            }
            self.count_lines(quote);
            match self.look_for_close()? {
                Close::At(end) => self.count_lines(end),
                Close::Never => self.make_literal(),
            }
            return Ok(());
        }
    }

    /// Takes out the blanks between a delimiter and the quote at `quote`, as far as they are still here.
    fn drop_blanks(&mut self, quote: usize) {
        let mut start = quote;
        while start > self.ready && self.at(start - 1) == Some(b' ') {
            start -= 1;
        }
        let before = self.previous(start);
        if start < quote && (before == self.delimiter || before == b'\n') {
            self.buffer.drain(start..quote);
            self.count_lines(start);
        }
    }

    /// Declares everything before `end` ready.
    fn count_lines(&mut self, end: usize) {
        if let Some(text) = self.buffer.get(self.ready..end) {
            self.line += memchr::memchr_iter(b'\n', text).count() as u64;
            self.ready = end;
        }
    }

    /// Looks for the quote that closes the one at `ready`. What is before it may be dropped meanwhile, so places are
    /// counted from there.
    fn look_for_close(&mut self) -> io::Result<Close> {
        let mut offset = 1;
        let mut lines = 0;
        loop {
            let from = self.ready + offset;
            let found = self.find(self.quote, from);
            let end = found.unwrap_or(self.buffer.len());
            if let Some(text) = self.buffer.get(from..end) {
                lines += memchr::memchr_iter(b'\n', text).count();
            }
            offset = end - self.ready;
            if self.is_too_long(offset, lines) {
                return Ok(Close::Never);
            }
            let Some(at) = found else {
                if self.ended {
                    return Ok(Close::Never);
                }
                self.fill()?;
                continue;
            };
            if at + 1 >= self.buffer.len() && !self.ended {
                self.fill()?;
                continue;
            }
            let next = self.at(self.ready + offset + 1);
            if self.is_escaped(self.ready + offset) {
                offset += 1;
            } else if next == Some(self.quote) {
                offset += 2;
            } else {
                return Ok(self.judge(self.ready + offset, next, lines));
            }
        }
    }

    fn is_too_long(&mut self, bytes: usize, lines: usize) -> bool {
        let far = if self.fruitless < FRUITLESS_LOOKS { 1 } else { 1_000 };
        let too_long = bytes > self.max_quoted_bytes / far || lines > self.max_quoted_lines / far;
        if too_long {
            self.fruitless = self.fruitless.saturating_add(1);
        }
        too_long
    }

    /// A quote that seems to close a field of several lines, but opens one itself, shows that the first was not closed.
    fn judge(&self, quote: usize, next: Option<u8>, lines: usize) -> Close {
        let previous = self.previous(quote);
        let ends_field = next.is_none_or(|next| next == self.delimiter || next == b'\n');
        let opens_field = previous == self.delimiter || previous == b'\n';
        if lines > 0 && !ends_field && opens_field {
            return Close::Never;
        }
        Close::At(quote + 1)
    }

    /// An odd number of escapes stands before the quote.
    fn is_escaped(&self, quote: usize) -> bool {
        let Some(escape) = self.escape else {
            return false;
        };
        let text = self.buffer.get(self.ready + 1..quote).unwrap_or_default();
        text.iter().rev().take_while(|byte| **byte == escape).count() % 2 == 1
    }

    /// Rewrites the field at `ready` so that its quotes are ordinary characters.
    fn make_literal(&mut self) {
        let start = self.ready;
        let rest = self.buffer.get(start..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| *byte == self.delimiter || *byte == b'\n')
            .unwrap_or(rest.len());
        let mut field = Vec::with_capacity(length + 4);
        field.push(self.quote);
        for byte in rest.iter().take(length) {
            if *byte == self.quote {
                field.push(self.quote);
            } else if Some(*byte) == self.escape {
                field.push(*byte);
            }
            field.push(*byte);
        }
        field.push(self.quote);
        self.rewritten = io::Cursor::new(field);
        self.replaced = length;
        self.unclosed.push_back(self.line + 1);
    }

    /// Makes more ready to be handed out, until something is or the text has ended.
    fn prepare(&mut self) -> io::Result<()> {
        while self.taken >= self.ready && self.replaced == 0 {
            if self.ready >= self.buffer.len() {
                if self.ended {
                    return Ok(());
                }
                self.fill()?;
            }
            self.advance()?;
        }
        Ok(())
    }

    /// Hands out what is ready; nothing at the end of the text.
    fn hand_out(&mut self, target: &mut [u8]) -> io::Result<usize> {
        if self.taken < self.ready {
            let mut text = self.buffer.get(self.taken..self.ready).unwrap_or_default();
            let count = text.read(target)?;
            self.taken += count;
            return Ok(count);
        }
        let count = self.rewritten.read(target)?;
        if self.rewritten.position() == self.rewritten.get_ref().len() as u64 {
            self.ready += std::mem::take(&mut self.replaced);
            self.taken = self.ready;
        }
        Ok(count)
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        self.prepare()?;
        let count = self.hand_out(target)?;
        let text = target.get(..count).unwrap_or_default();
        self.row_delimiters += memchr::memchr_iter(self.delimiter, text).count();
        self.row_bytes += count;
        if self.row_bytes > self.max_row_bytes.saturating_add(2 * CHUNK_BYTES) {
            return Err(limits::ROW_BYTES.exceeded(self.max_row_bytes).into());
        }
        if self.row_delimiters > self.max_columns.max(MOST_DELIMITERS) {
            return Err(limits::COLUMNS.exceeded(self.max_columns).into());
        }
        Ok(count)
    }
}
