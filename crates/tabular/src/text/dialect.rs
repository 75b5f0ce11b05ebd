//! Which delimiter, quote and escape a text file uses, told from its head.

use csv_nose::{Quote, SampleSize, Sniffer};

/// How records and fields are written.
#[derive(Debug, Clone)]
pub(crate) struct TextDialect {
    pub(crate) delimiter: u8,
    pub(crate) quote: u8,
    /// Set where a quote inside quotes is written `\"`.
    pub(crate) escape: Option<u8>,
    /// Blanks stand between a delimiter and an opening quote.
    pub(crate) blank_before_quote: bool,
    /// The first line says `sep=`, so it is no data.
    pub(crate) separator_line: bool,
    /// Why, for a person.
    pub(crate) evidence: Vec<String>,
}

/// Tells the dialect from decoded text with LF line ends.
pub(crate) fn detect(head: &[u8]) -> TextDialect {
    if let Some(delimiter) = separator_line(head) {
        let (quote, _) = sniff(head, Some(delimiter));
        let why = format!("The first line says that the delimiter is {}.", name(delimiter));
        return finish(head, delimiter, quote, true, why);
    }
    let (quote, delimiter) = sniff(head, None);
    let delimiter = second_opinion(head, quote, delimiter.unwrap_or(b','));
    let why = format!("The rows are most alike when cut at {}.", name(delimiter));
    finish(head, delimiter, quote, false, why)
}

fn finish(head: &[u8], delimiter: u8, quote: u8, separator_line: bool, why: String) -> TextDialect {
    TextDialect {
        delimiter,
        quote,
        escape: escape(head, delimiter, quote),
        blank_before_quote: blank_before_quote(head, delimiter, quote),
        separator_line,
        evidence: vec![why],
    }
}

/// A first line such as `sep=;`, which Excel understands.
fn separator_line(head: &[u8]) -> Option<u8> {
    let line = head.split(|byte| *byte == b'\n').next()?;
    let line = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    if let [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] = line {
        return Some(*delimiter);
    }
    None
}

/// Asks the sniffer for quote and delimiter.
fn sniff(head: &[u8], delimiter: Option<u8>) -> (u8, Option<u8>) {
    let mut sniffer = Sniffer::new();
    sniffer.sample_size(SampleSize::Records(100));
    if let Some(delimiter) = delimiter {
        sniffer.delimiter(delimiter);
    }
    match sniffer.sniff_bytes(head) {
        Ok(metadata) => {
            let delimiter = metadata.dialect.delimiter;
            let quote = match metadata.dialect.quote {
                Quote::Some(quote)
                    if opens(head, delimiter, quote) > opens(head, delimiter, b'"')
                        && closes(head, delimiter, quote) =>
                {
                    quote
                }
                _ => b'"',
            };
            (quote, Some(delimiter))
        }
        Err(_) => (b'"', None),
    }
}

/// How many fields begin with this quote.
fn opens(head: &[u8], delimiter: u8, quote: u8) -> usize {
    let inside = head.windows(2).filter(
        |pair| matches!(pair, [before, second] if *second == quote && (*before == delimiter || *before == b'\n')),
    );
    inside.count() + usize::from(head.first() == Some(&quote))
}

/// Whether the fields that begin with this quote end with it too, but for a few. Where they do not, it is no quote: an
/// apostrophe in front of a cell is how spreadsheets mark a text (`'00417`).
fn closes(head: &[u8], delimiter: u8, quote: u8) -> bool {
    let inside = head.windows(2).filter(
        |pair| matches!(pair, [first, behind] if *first == quote && (*behind == delimiter || *behind == b'\n')),
    );
    let ends = inside.count() + usize::from(head.last() == Some(&quote));
    ends * 10 >= opens(head, delimiter, quote) * 9
}

/// Delimiters that people's programs write.
pub(super) const USUAL: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Where the sniffer's delimiter does not cut the lines, or is a blank although the first line is cut by a usual one, or is
/// the comma of decimal numbers, the usual one that cuts most lines alike is taken.
fn second_opinion(head: &[u8], quote: u8, sniffed: u8) -> u8 {
    let lines: Vec<&[u8]> = head
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .take(200)
        .collect();
    let is_cut = |delimiter: u8| lines.iter().filter(|line| count(line, delimiter, quote) > 0).count();
    let first_is_cut = |delimiter: u8| lines.first().is_some_and(|line| count(line, delimiter, quote) >= 2);
    let candidate = |delimiter: &u8| alike(&lines, *delimiter, quote);
    let best = USUAL.into_iter().max_by_key(candidate).unwrap_or(b',');
    let cuts_nothing = is_cut(sniffed) == 0 && is_cut(best) > 0;
    let is_blank = sniffed == b' ' && first_is_cut(best);
    let is_decimal = sniffed == b',' && candidate(&best) > candidate(&sniffed) && lines.iter().all(is_decimal_comma);
    if cuts_nothing || is_blank || is_decimal {
        best
    } else {
        sniffed
    }
}

/// Every comma of a line stands between digits, as in `1,50`.
fn is_decimal_comma(line: &&[u8]) -> bool {
    let is_digit = |place: Option<usize>| place.and_then(|place| line.get(place)).is_some_and(u8::is_ascii_digit);
    memchr::memchr_iter(b',', line).all(|place| is_digit(place.checked_sub(1)) && is_digit(Some(place + 1)))
}

/// How many lines have the most common number of this delimiter.
fn alike(lines: &[&[u8]], delimiter: u8, quote: u8) -> usize {
    let mut counts: Vec<usize> = lines
        .iter()
        .map(|line| count(line, delimiter, quote))
        .filter(|count| *count > 0)
        .collect();
    counts.sort_unstable();
    counts
        .chunk_by(|left, right| left == right)
        .map(<[usize]>::len)
        .max()
        .unwrap_or(0)
}

/// How often a delimiter stands in a line outside quotes.
pub(super) fn count(line: &[u8], delimiter: u8, quote: u8) -> usize {
    let mut quoted = false;
    let mut found = 0;
    for byte in line {
        if *byte == quote {
            quoted = !quoted;
        } else if *byte == delimiter && !quoted {
            found += 1;
        }
    }
    found
}

/// A backslash escapes quotes if it stands before quotes inside fields, and quotes are not doubled.
fn escape(head: &[u8], delimiter: u8, quote: u8) -> Option<u8> {
    let mut escaped = 0;
    let mut doubled = 0;
    for window in head.windows(3) {
        match window {
            [b'\\', middle, next] if *middle == quote && *next != delimiter && *next != b'\n' => escaped += 1,
            [before, first, second]
                if *first == quote && *second == quote && *before != delimiter && *before != b'\n' =>
            {
                doubled += 1;
            }
            _ => {}
        }
    }
    (escaped > doubled).then_some(b'\\')
}

/// Blanks before quotes are layout if they are common, as in `1, "Smith, J", 2`.
fn blank_before_quote(head: &[u8], delimiter: u8, quote: u8) -> bool {
    if delimiter == b' ' {
        return false;
    }
    let mut with_blank = 0;
    let mut without = 0;
    for window in head.windows(3) {
        match window {
            [first, b' ', second] if *first == delimiter && *second == quote => with_blank += 1,
            [first, second, _] if *first == delimiter && *second == quote => without += 1,
            _ => {}
        }
    }
    with_blank > without
}

/// The delimiter's name for a person.
fn name(delimiter: u8) -> String {
    match delimiter {
        b',' => "commas".to_owned(),
        b';' => "semicolons".to_owned(),
        b'\t' => "tabs".to_owned(),
        b'|' => "vertical bars".to_owned(),
        b' ' => "spaces".to_owned(),
        other => format!("`{}`", char::from(other)),
    }
}
