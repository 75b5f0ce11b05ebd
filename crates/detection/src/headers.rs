//! The header row, folded once.

use std::collections::BTreeMap;

use torqueflow_model::fold_header;

/// The header row of a table, ready to be looked up in.
pub struct Headers {
    texts: Vec<String>,
    folded: Vec<String>,
    first: BTreeMap<String, usize>,
}

impl Headers {
    pub fn new(columns: &[String]) -> Self {
        let folded: Vec<String> = columns.iter().map(|text| fold_header(text)).collect();
        let mut first = BTreeMap::new();
        for (index, text) in folded.iter().enumerate() {
            if !text.is_empty() {
                first.entry(text.clone()).or_insert(index);
            }
        }
        Self {
            texts: columns.to_vec(),
            folded,
            first,
        }
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// How many different headers there are, not counting empty ones.
    pub fn distinct(&self) -> usize {
        self.first.len()
    }

    /// The first column with this folded header.
    pub fn position(&self, folded: &str) -> Option<usize> {
        self.first.get(folded).copied()
    }

    pub fn text(&self, index: usize) -> &str {
        self.texts.get(index).map_or("", String::as_str)
    }

    pub fn folded(&self, index: usize) -> &str {
        self.folded.get(index).map_or("", String::as_str)
    }

    /// Columns without a header.
    pub fn empty(&self) -> Vec<usize> {
        self.folded
            .iter()
            .enumerate()
            .filter(|(_, text)| text.is_empty())
            .map(|(index, _)| index)
            .collect()
    }

    /// Headers that more than one column has, as first written.
    pub fn duplicates(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (index, text) in self.folded.iter().enumerate() {
            if let Some(first) = self.position(text).filter(|first| *first != index) {
                let name = self.text(first);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}
