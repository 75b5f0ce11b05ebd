//! CSV files in the dialects that real programs write.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::sample::SampleTable;

/// How text becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvEncoding {
    /// UTF-8 as it is.
    #[default]
    Utf8,
    /// UTF-8 after a byte order mark, as Excel saves it.
    Utf8Bom,
    /// UTF-16, low byte first, after a byte order mark: what Excel calls Unicode text.
    Utf16Le,
    /// The code page of western Windows.
    Windows1252,
}

/// What ends a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LineEnding {
    /// Carriage return and line feed, as on Windows.
    #[default]
    CrLf,
    /// Line feed.
    Lf,
}

/// Which cells stand in quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quoting {
    /// Those that need it.
    #[default]
    WhereNeeded,
    /// All.
    All,
}

/// A dialect. The default is that of the Techman program: UTF-8, commas, CRLF, quotes where needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvStyle {
    /// How text becomes bytes.
    pub encoding: CsvEncoding,
    /// What stands between cells.
    pub delimiter: char,
    /// Which cells stand in quotes.
    pub quoting: Quoting,
    /// What ends a row.
    pub line_ending: LineEnding,
}

impl Default for CsvStyle {
    fn default() -> Self {
        Self {
            encoding: CsvEncoding::default(),
            delimiter: ',',
            quoting: Quoting::default(),
            line_ending: LineEnding::default(),
        }
    }
}

/// Writes `table`, header first. The same table gives the same bytes.
///
/// Fails on text that the code page does not have, rather than write something else.
pub fn write_csv(writer: impl Write, table: &SampleTable, style: CsvStyle) -> io::Result<()> {
    let mut rows = CsvRows::start(writer, style)?;
    rows.write(&table.header)?;
    table.rows.iter().try_for_each(|row| rows.write(row))
}

/// A CSV file that is written row by row.
#[derive(Debug)]
pub struct CsvRows<W> {
    writer: W,
    style: CsvStyle,
    line: String,
}

impl<W: Write> CsvRows<W> {
    /// Starts a file: writes the byte order mark, if it has one.
    pub fn start(mut writer: W, style: CsvStyle) -> io::Result<Self> {
        match style.encoding {
            CsvEncoding::Utf8Bom => writer.write_all(b"\xEF\xBB\xBF")?,
            CsvEncoding::Utf16Le => writer.write_all(b"\xFF\xFE")?,
            CsvEncoding::Utf8 | CsvEncoding::Windows1252 => {}
        }
        Ok(Self {
            writer,
            style,
            line: String::new(),
        })
    }

    /// Writes one row.
    pub fn write<T: AsRef<str>>(&mut self, cells: &[T]) -> io::Result<()> {
        self.line.clear();
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.line.push(self.style.delimiter);
            }
            self.line.push_str(&self.quoted(cell.as_ref()));
        }
        self.line.push_str(match self.style.line_ending {
            LineEnding::CrLf => "\r\n",
            LineEnding::Lf => "\n",
        });
        let bytes = encoded(&self.line, self.style.encoding)?;
        self.writer.write_all(&bytes)
    }

    fn quoted<'cell>(&self, cell: &'cell str) -> Cow<'cell, str> {
        let is_needed = cell.contains([self.style.delimiter, '"', '\r', '\n']);
        if is_needed || self.style.quoting == Quoting::All {
            Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
        } else {
            Cow::Borrowed(cell)
        }
    }
}

fn encoded(text: &str, encoding: CsvEncoding) -> io::Result<Cow<'_, [u8]>> {
    match encoding {
        CsvEncoding::Utf8 | CsvEncoding::Utf8Bom => Ok(Cow::Borrowed(text.as_bytes())),
        CsvEncoding::Utf16Le => Ok(Cow::Owned(text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
        CsvEncoding::Windows1252 => {
            let (bytes, _, has_unmappable) = encoding_rs::WINDOWS_1252.encode(text);
            if has_unmappable {
                let message = format!("not in Windows-1252: {text}");
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            Ok(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], style: CsvStyle, expected: &[u8]) {
        let mut bytes = Vec::new();
        CsvRows::start(&mut bytes, style).unwrap().write(cells).unwrap();
        assert_eq!(bytes, expected);
    }

    #[test]
    fn cells_are_quoted_where_needed() {
        check(
            &["a", "b,c", "say \"hi\"", ""],
            CsvStyle::default(),
            b"a,\"b,c\",\"say \"\"hi\"\"\",\r\n",
        );
    }

    #[test]
    fn another_delimiter_needs_other_quotes() {
        let style = CsvStyle {
            delimiter: ';',
            line_ending: LineEnding::Lf,
            ..CsvStyle::default()
        };
        check(&["b,c", "d;e"], style, b"b,c;\"d;e\"\n");
    }

    #[test]
    fn all_cells_can_be_quoted() {
        let style = CsvStyle {
            quoting: Quoting::All,
            ..CsvStyle::default()
        };
        check(&["a", ""], style, b"\"a\",\"\"\r\n");
    }

    #[test]
    fn encodings_are_what_they_say() {
        let style = |encoding| CsvStyle {
            encoding,
            ..CsvStyle::default()
        };
        check(&["é"], style(CsvEncoding::Utf8Bom), b"\xEF\xBB\xBF\xC3\xA9\r\n");
        check(&["é"], style(CsvEncoding::Utf16Le), b"\xFF\xFE\xE9\x00\r\x00\n\x00");
        check(&["é–"], style(CsvEncoding::Windows1252), b"\xE9\x96\r\n");
    }

    #[test]
    fn text_outside_the_code_page_is_refused() {
        let style = CsvStyle {
            encoding: CsvEncoding::Windows1252,
            ..CsvStyle::default()
        };
        let mut rows = CsvRows::start(Vec::new(), style).unwrap();
        assert!(rows.write(&["Łukasz"]).is_err());
    }
}
