//! What stands behind the rows of a worksheet and must be known before them: which cells are merged (ECMA-376 Part 1,
//! 18.3.1.55).
//!
//! The part is looked through for the end of its rows without being taken apart, which takes a fraction of the time that
//! reading the rows does.

use std::io::{BufRead, BufReader, Cursor, Read};

use memchr::memmem;

use super::package::Part;
use super::reference;
use super::xml::{Event, Xml, attribute};
use crate::error::OpenError;
use crate::limits::Limits;
use crate::merged::Regions;

const ROWS: &[u8] = b"sheetData";
/// Bytes that an end tag can have before it: `</`, a prefix and a colon.
const LONGEST_PREFIX: usize = 64;

/// The merged cells of a worksheet. What is wrong with the part is left to whoever reads the rows.
pub(crate) fn merged(part: Part<'_>, limits: &Limits) -> Result<Regions, OpenError> {
    let mut regions = Regions::default();
    if let Some(mut tail) = behind_rows(part, limits) {
        while let Ok(event) = tail.next() {
            match event {
                Event::Start {
                    name: b"mergeCell",
                    attributes,
                    ..
                } => {
                    if let Some((first, last)) = attribute(attributes, "ref").and_then(corners) {
                        regions.add(first, last);
                        regions.check(limits)?;
                    }
                }
                Event::End(b"mergeCells") | Event::Eof => break,
                _ => {}
            }
        }
    }
    Ok(regions)
}

/// The rest of the part behind the end tag of its rows.
fn behind_rows<'p>(mut part: Part<'p>, limits: &Limits) -> Option<Xml<'p>> {
    let finder = memmem::Finder::new(ROWS);
    let mut text: Vec<u8> = Vec::new();
    loop {
        let chunk = part.fill_buf().ok()?;
        if chunk.is_empty() {
            return None;
        }
        text.extend_from_slice(chunk);
        let read = chunk.len();
        part.consume(read);
        if let Some(end) = end_of_rows(&text, &finder) {
            text.drain(..end);
            let rest: Box<dyn Read + Send + 'p> = Box::new(Cursor::new(text).chain(part));
            return Some(Xml::new(BufReader::new(rest), limits.max_token_bytes));
        }
        // The tag may have begun.
        text.drain(..text.len().saturating_sub(LONGEST_PREFIX + ROWS.len() + 1));
    }
}

/// Where the end tag of `sheetData` ends, but for its last bracket.
fn end_of_rows(text: &[u8], finder: &memmem::Finder<'_>) -> Option<usize> {
    finder.find_iter(text).find_map(|start| {
        let end = start + ROWS.len();
        let is_whole = text
            .get(end)
            .is_some_and(|next| *next == b'>' || next.is_ascii_whitespace());
        let before = text.get(start.saturating_sub(LONGEST_PREFIX)..start)?;
        let open = before.iter().rposition(|byte| *byte == b'<')?;
        let prefix = before.get(open + 1..)?.strip_prefix(b"/")?;
        let is_name = prefix.is_empty() || prefix.ends_with(b":") && !prefix.contains(&b'>');
        (is_whole && is_name).then_some(end)
    })
}

/// The corners of a region such as `A2:B4`.
fn corners(reference: &[u8]) -> Option<((usize, u64), (usize, u64))> {
    let colon = reference.iter().position(|byte| *byte == b':')?;
    let (first, last) = reference.split_at(colon);
    let (first, last) = (reference::parse(first)?, reference::parse(last.get(1..)?)?);
    Some((
        (first.0.min(last.0), first.1.min(last.1)),
        (first.0.max(last.0), first.1.max(last.1)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merged::Region;

    /// Compares the regions over several rows as `column:first-last`, whatever the size of the pieces that are read.
    #[track_caller]
    fn check(document: &'static str, expected: &str) {
        for capacity in [1, 7, 64, 1_000] {
            let part: Part<'_> = BufReader::with_capacity(capacity, Box::new(document.as_bytes()));
            let regions = merged(part, &Limits::default()).unwrap();
            let shown: Vec<String> = regions
                .vertical()
                .iter()
                .map(
                    |Region {
                         first_row,
                         last_row,
                         column,
                     }| format!("{column}:{first_row}-{last_row}"),
                )
                .collect();
            assert_eq!(shown.join(" "), expected, "{document} in pieces of {capacity}");
        }
    }

    #[test]
    fn merged_cells_are_found_behind_the_rows() {
        check(
            "<sheetData><row/></sheetData><mergeCells count='2'><mergeCell ref='A2:A4'/><mergeCell ref=\"$C$3:D9\"/></mergeCells>",
            "0:2-4 2:3-9",
        );
        check(
            "<x:sheetData><x:row/></x:sheetData ><x:mergeCells><x:mergeCell ref='B9:B7'></x:mergeCell></x:mergeCells>",
            "1:7-9",
        );
        check("<sheetData></sheetData><mergeCell ref='A1:G1'/>", "");
        check("<sheetData></sheetData><pageMargins left='1'/>", "");
    }

    #[test]
    fn what_is_no_region_is_none() {
        check("<sheetData/><mergeCell ref='A2:A4'/>", "");
        check("<mergeCell ref='A2:A4'/><sheetData></sheetData>", "");
        check("<sheetData>sheetData> &lt;/sheetData></sheetDatas>", "");
        check(
            "<sheetData></sheetData><mergeCell ref='A2'/><mergeCell/><mergeCell ref='A0:A9'/><mergeCell ref='A2:ZZZZ9'/>",
            "",
        );
        check("<sheetData></sheetData><mergeCell ref='A2:A4'/><mergeCell", "0:2-4");
        check("", "");
    }
}
