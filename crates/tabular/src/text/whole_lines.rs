//! Text of which each line is quoted as a whole: a table that stood in one column of a spreadsheet was saved as CSV.
//!
//! ```text
//! "Number,Name,Town"
//! "12,""Hill, Son & Co"",Otley"
//! ```
//!
//! As RFC 4180 has it, that is one column. Where every line of the head is one quoted field, and all of them have the same
//! delimiters inside, the quotes around the lines are taken off, and the text is read as what it was.

use std::io::{self, Read};

use super::dialect::{USUAL, count};
use crate::limits;

const QUOTE: u8 = b'"';
const CHUNK_BYTES: usize = 64 * 1024;

/// Says whether the lines of a text's head, each but the last complete, are quoted as a whole.
pub(super) fn are_quoted(head: &[u8], is_cut: bool) -> bool {
    let mut lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    if is_cut {
        lines.pop();
    }
    lines.retain(|line| !line.is_empty());
    let lines: Option<Vec<Vec<u8>>> = lines.into_iter().map(unquoted).collect();
    let Some(lines) = lines.filter(|lines| lines.len() >= 2) else {
        return false;
    };
    USUAL.into_iter().any(|delimiter| is_table(&lines, delimiter))
}

/// A line without the quotes around it, those inside no longer doubled; `None` if it is not one quoted field.
fn unquoted(line: &[u8]) -> Option<Vec<u8>> {
    let inside = line.strip_prefix(&[QUOTE])?.strip_suffix(&[QUOTE])?;
    let mut text = Vec::with_capacity(inside.len());
    let mut bytes = inside.iter();
    while let Some(byte) = bytes.next() {
        if *byte == QUOTE && bytes.next() != Some(&QUOTE) {
            return None;
        }
        text.push(*byte);
    }
    Some(text)
}

/// The lines are cut by this delimiter as a table's are, the first like the others. One delimiter in each line may belong
/// to the values (`Hill, Ada`), so it must do more: stand beside quotes, or without a blank behind it.
fn is_table(lines: &[Vec<u8>], delimiter: u8) -> bool {
    let of_first = lines.first().map_or(0, |line| count(line, delimiter, QUOTE));
    let alike = lines
        .iter()
        .filter(|line| count(line, delimiter, QUOTE) == of_first)
        .count();
    match of_first {
        0 => false,
        1 => alike == lines.len() && lines.iter().any(|line| is_cut_tightly(line, delimiter)),
        _ => alike * 10 >= lines.len() * 9,
    }
}

/// A delimiter that no blank follows, as programs write it.
fn is_cut_tightly(line: &[u8], delimiter: u8) -> bool {
    line.contains(&QUOTE)
        || line
            .windows(2)
            .any(|pair| matches!(pair, [first, second] if *first == delimiter && *second != b' '))
}

/// Takes the quotes around lines off. Lines that are not quoted as a whole are left as they are.
pub(super) struct Unquote<R> {
    inner: R,
    /// Text that was read and is not unquoted yet: the beginning of a line.
    line: Vec<u8>,
    output: io::Cursor<Vec<u8>>,
    ended: bool,
    max_line_bytes: usize,
}

impl<R: Read> Unquote<R> {
    /// Lines longer than this are an error, since each is kept in memory.
    pub(super) fn new(inner: R, max_line_bytes: usize) -> Self {
        Self {
            inner,
            line: Vec::new(),
            output: io::Cursor::default(),
            ended: false,
            max_line_bytes,
        }
    }

    /// Reads on, and hands out the lines that are complete.
    fn refill(&mut self) -> io::Result<()> {
        let old = self.line.len();
        let read = self
            .inner
            .by_ref()
            .take(CHUNK_BYTES as u64)
            .read_to_end(&mut self.line)?;
        self.ended = read == 0;
        let complete = if self.ended {
            self.line.len()
        } else {
            let new = self.line.get(old..).unwrap_or_default();
            memchr::memrchr(b'\n', new).map_or(0, |last| old + last + 1)
        };
        let rest = self.line.split_off(complete);
        let lines = std::mem::replace(&mut self.line, rest);
        if self.line.len() > self.max_line_bytes {
            return Err(limits::ROW_BYTES.exceeded(self.max_line_bytes).into());
        }
        let mut output = std::mem::take(&mut self.output).into_inner();
        output.clear();
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            let (line, end) = line.strip_suffix(b"\n").map_or((line, &b""[..]), |line| (line, b"\n"));
            match unquoted(line) {
                Some(text) => output.extend_from_slice(&text),
                None => output.extend_from_slice(line),
            }
            output.extend_from_slice(end);
        }
        self.output = io::Cursor::new(output);
        Ok(())
    }
}

impl<R: Read> Read for Unquote<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.output.read(buffer)?;
            if count > 0 || self.ended || buffer.is_empty() {
                return Ok(count);
            }
            self.refill()?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(are_quoted(text.as_bytes(), false), expected, "{text}");
    }

    #[test]
    fn lines_that_hold_a_whole_row_are_told() {
        check("\"Number,Name,Town\"\n\"12,\"\"Hill, Son & Co\"\",Otley\"\n", true);
        check("\"Number;Name\"\n\"12;Ada Lowe\"\n\"13;Ben Hill\"", true);
        check(
            "\"Name,Note\"\n\"\"\"Lowe, Ada\"\",\"\"She said \"\"\"\"no\"\"\"\"\"\"\"\n",
            true,
        );
        check("\"Number\tName\tTown\"\n\"12\tAda\tOtley\"\n", true);
        let long = format!("\"a,b,c\"\n{}\"x,y\"\n", "\"1,2,3\"\n".repeat(20));
        check(&long, true);
    }

    #[test]
    fn one_quoted_column_stays_one() {
        check("\"Name\"\n\"Hill, Ada\"\n\"Lowe, Ben\"\n", false);
        check("\"Surname, First name\"\n\"Hill, Ada\"\n\"Lowe, Ben\"\n", false);
        check(
            "\"Address\"\n\"12 High St,Otley,LS21 1AA\"\n\"3 Low St,Leeds,LS1 1AA\"\n",
            false,
        );
        check(
            "\"Notes, remarks, other\"\n\"Rang, no answer\"\n\"Rang again\"\n",
            false,
        );
        check("\"Name,Town\"\n\"Ada\"\n\"Ben,Otley\"\n", false);
        check("\"Name,Town,Phone\"\n", false);
    }

    #[test]
    fn quoted_fields_are_no_quoted_lines() {
        check("\"Name\",\"Town\"\n\"Ada\",\"Otley\"\n", false);
        check("\"Name,Town\"\nAda,Otley\n", false);
        check("\"Name\",Town,\"Phone\"\n\"Ada\",Otley,\"1\"\n", false);
        check("\"\",\"\"\n\"\",\"\"\n", false);
        check("Name,Town\nAda,Otley\n", false);
        check("\"\n\"\n\"\n", false);
        check("", false);
    }

    #[test]
    fn a_line_that_the_head_cuts_does_not_count() {
        let head = b"\"Number,Name,Town\"\n\"12,Ada,Otley\"\n\"13,Be";
        assert!(are_quoted(head, true));
        assert!(!are_quoted(head, false));
    }

    #[test]
    fn lines_are_unquoted_whatever_the_size_of_the_pieces() {
        /// Gives out so many bytes at a time.
        struct Slow(io::Cursor<&'static [u8]>, usize);
        impl Read for Slow {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let count = buffer.len().min(self.1);
                self.0.read(buffer.get_mut(..count).unwrap())
            }
        }
        let text: &[u8] = b"\"a,\"\"b, c\"\"\"\n\nplain,\"x\"\n\"d\",\"e\"\n\"last,line\"";
        for step in [1, 3, 1_000] {
            let mut unquoted = String::new();
            let mut reader = Unquote::new(Slow(io::Cursor::new(text), step), 100);
            reader.read_to_string(&mut unquoted).unwrap();
            assert_eq!(unquoted, "a,\"b, c\"\n\nplain,\"x\"\n\"d\",\"e\"\nlast,line");
        }
        let long = [b"\"a,b\"\n".to_vec(), vec![b'x'; 300_000]].concat();
        let mut reader = Unquote::new(&long[..], 100_000);
        let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("size of a row"), "{error}");
    }
}
