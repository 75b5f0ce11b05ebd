//! Styles: which number format each cell style has (ECMA-376 Part 1, 18.8).

use std::collections::HashMap;

use super::number::NumberFormat;
use super::package::Part;
use super::xml::{Event, Xml, attribute_number, attribute_text};
use crate::error::OpenError;
use crate::limits::Limits;

/// The number formats of a workbook, by cell style.
#[derive(Debug)]
pub(crate) struct Styles {
    general: NumberFormat,
    formats: Vec<NumberFormat>,
    /// For each cell style, the index of its format.
    by_style: Vec<u32>,
}

impl Default for Styles {
    fn default() -> Self {
        Self {
            general: NumberFormat::general(),
            formats: Vec::new(),
            by_style: Vec::new(),
        }
    }
}

impl Styles {
    pub(crate) fn read(part: Part<'_>, limits: &Limits) -> Result<Self, OpenError> {
        const MOST_STYLES: usize = 1_000_000;
        let mut styles = Self::default();
        let mut codes: HashMap<u32, String> = HashMap::new();
        let mut compiled: HashMap<u32, u32> = HashMap::new();
        let mut in_cell_styles = false;
        let mut xml = Xml::new(part, limits.max_token_bytes);
        loop {
            match xml.next()? {
                Event::Start {
                    name: b"cellXfs",
                    empty,
                    ..
                } => in_cell_styles = !empty,
                Event::Start {
                    name: b"numFmt",
                    attributes,
                    ..
                } if codes.len() < 100_000 => {
                    let id = attribute_number(attributes, "numFmtId");
                    if let (Some(id), Some(code)) = (id, attribute_text(attributes, "formatCode")) {
                        codes.insert(id, code);
                    }
                }
                Event::Start {
                    name: b"xf",
                    attributes,
                    ..
                } if in_cell_styles => {
                    let id = attribute_number(attributes, "numFmtId").unwrap_or(0);
                    let index = *compiled.entry(id).or_insert_with(|| styles.compile(id, &codes));
                    styles.by_style.push(index);
                    if styles.by_style.len() > MOST_STYLES {
                        return Err(OpenError::malformed("it has too many cell styles"));
                    }
                }
                Event::End(b"cellXfs") => in_cell_styles = false,
                Event::Eof => return Ok(styles),
                _ => {}
            }
        }
    }

    fn compile(&mut self, id: u32, codes: &HashMap<u32, String>) -> u32 {
        let code = codes
            .get(&id)
            .map(String::as_str)
            .or_else(|| NumberFormat::built_in(id));
        self.formats
            .push(code.map_or_else(NumberFormat::general, NumberFormat::new));
        self.formats.len() as u32 - 1
    }

    /// The number format of a cell style; `General` for one that does not exist.
    pub(crate) fn format(&self, style: usize) -> &NumberFormat {
        let index = self.by_style.get(style).map(|index| *index as usize);
        index.and_then(|index| self.formats.get(index)).unwrap_or(&self.general)
    }
}
