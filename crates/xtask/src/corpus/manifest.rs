//! What a folder's `manifest.csv` says.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};

/// The files of a folder and what is known of them.
pub struct Manifest {
    pub shape: Shape,
    pub entries: Vec<Entry>,
}

/// What a manifest is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text files, and how they are written.
    Dialects,
    /// Encrypted workbooks, and the hash of what is in them.
    Encrypted,
    /// Files that mean harm, and what must happen.
    Hostile,
    /// Workbooks, and the cells that another program reads.
    Oracle,
}

/// One file: what the columns say of it.
pub struct Entry(BTreeMap<String, String>);

impl Manifest {
    /// Reads the manifest of a folder.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("manifest.csv");
        let failed = || format!("failed to read {}", path.display());
        let mut reader = csv::Reader::from_path(&path).with_context(failed)?;
        let columns = reader.headers().with_context(failed)?.clone();
        let Some(shape) = Shape::of(&columns.iter().collect::<Vec<_>>()) else {
            bail!(
                "{} has none of the columns delimiter, plain_sha256, must, calamine_…",
                path.display()
            );
        };
        let entries = reader.deserialize().map(|entry| entry.map(Entry));
        let entries: Vec<Entry> = entries.collect::<Result<_, _>>().with_context(failed)?;
        if entries.is_empty() {
            bail!("{} names no file", path.display());
        }
        Ok(Self { shape, entries })
    }
}

impl Shape {
    fn of(columns: &[&str]) -> Option<Self> {
        let has = |name: &str| columns.iter().any(|column| column.starts_with(name));
        if !has("file") {
            None
        } else if has("delimiter") {
            Some(Self::Dialects)
        } else if has("plain_sha256") {
            Some(Self::Encrypted)
        } else if has("must") {
            Some(Self::Hostile)
        } else if has(ORACLE) {
            Some(Self::Oracle)
        } else {
            None
        }
    }
}

/// How the column begins that says what calamine reads; its release follows.
const ORACLE: &str = "calamine_";

impl Entry {
    /// What a column says; nothing where there is no such column.
    pub fn get(&self, column: &str) -> &str {
        self.0.get(column).map_or("", String::as_str)
    }

    /// The file, below the folder.
    pub fn file(&self) -> &str {
        self.get("file")
    }

    /// What a column says as a number.
    pub fn number(&self, column: &str) -> Option<u64> {
        self.get(column).parse().ok()
    }

    /// The cells that the other program reads.
    pub fn oracle(&self) -> &str {
        let mut columns = self.0.iter();
        columns
            .find(|(column, _)| column.starts_with(ORACLE))
            .map_or("", |(_, cells)| cells)
    }
}

#[cfg(test)]
impl Entry {
    /// An entry of these columns.
    pub fn of(columns: &[(&str, &str)]) -> Self {
        let columns = columns
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self(columns.collect())
    }
}
