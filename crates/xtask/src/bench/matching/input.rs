//! Labelled records from CSV files.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, bail, ensure};
use torqueflow_dedupe::{Role, Scope};

/// `header=role`.
#[derive(Debug, Clone)]
pub struct Mapped {
    header: String,
    role: Role,
}

impl FromStr for Mapped {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (header, role) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is not `header=role`"))?;
        let names: Vec<&str> = Role::names().collect();
        let role = role
            .parse()
            .map_err(|error| format!("{error}; there are {}", names.join(", ")))?;
        Ok(Self {
            header: header.trim().to_owned(),
            role,
        })
    }
}

/// Which columns are read.
pub struct Columns<'a> {
    pub id: &'a str,
    pub source: Option<&'a str>,
    pub map: &'a [Mapped],
}

/// A record with its id.
pub struct Record {
    pub id: String,
    source: String,
    values: Vec<(Role, String)>,
}

impl Record {
    pub fn cells(&self) -> Vec<(Role, &str)> {
        self.values.iter().map(|(role, text)| (*role, text.as_str())).collect()
    }

    /// What it says, for a person.
    pub fn line(&self) -> String {
        let values = self
            .values
            .iter()
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty());
        values.collect::<Vec<_>>().join(" | ")
    }
}

/// Records, those that are stored first, and which of them are the same.
pub struct Labelled {
    pub records: Vec<Record>,
    /// By place of the records, the earlier one first.
    pub pairs: HashSet<(u32, u32)>,
    stored: u32,
    is_link: bool,
}

impl Labelled {
    pub fn read(records: &Path, pairs: &Path, columns: &Columns<'_>) -> anyhow::Result<Self> {
        let mut records = read_records(records, columns)?;
        let is_link = columns.source.is_some();
        if is_link {
            records.sort_by(|one, other| one.source.cmp(&other.source));
        }
        let first = records.first().map(|record| record.source.clone()).unwrap_or_default();
        let stored = if is_link {
            records.iter().filter(|record| record.source == first).count()
        } else {
            0
        };
        let places: HashMap<&str, u32> = records
            .iter()
            .enumerate()
            .map(|(at, record)| (record.id.as_str(), at as u32))
            .collect();
        ensure!(places.len() == records.len(), "an id stands twice among the records");
        let mut found = HashSet::new();
        let mut reader =
            csv::Reader::from_path(pairs).with_context(|| format!("failed to open `{}`", pairs.display()))?;
        for row in reader.records() {
            let row = row?;
            let place = |at| row.get(at).and_then(|id| places.get(id)).copied();
            let (Some(one), Some(other)) = (place(0), place(1)) else {
                bail!("a pair names a record that is not there: {row:?}");
            };
            let pair = (one.min(other), one.max(other));
            if one != other && (!is_link || (pair.0 < stored as u32 && pair.1 >= stored as u32)) {
                found.insert(pair);
            }
        }
        Ok(Self {
            records,
            pairs: found,
            stored: stored as u32,
            is_link,
        })
    }

    pub fn scope(&self) -> Scope {
        Scope {
            stored: self.stored,
            among_new: !self.is_link,
        }
    }
}

fn read_records(path: &Path, columns: &Columns<'_>) -> anyhow::Result<Vec<Record>> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("failed to open `{}`", path.display()))?;
    let headers = reader.headers()?.clone();
    let place = |header: &str| {
        let at = headers.iter().position(|other| other.trim() == header);
        at.with_context(|| format!("`{}` has no column `{header}`", path.display()))
    };
    let id = place(columns.id)?;
    let source = columns.source.map(place).transpose()?;
    let mapped: Vec<(usize, Role)> = columns
        .map
        .iter()
        .map(|mapped| Ok((place(&mapped.header)?, mapped.role)))
        .collect::<anyhow::Result<_>>()?;
    let text = |row: &csv::StringRecord, at: usize| row.get(at).unwrap_or_default().to_owned();
    let rows = reader.records().map(|row| {
        let row = row?;
        Ok(Record {
            id: text(&row, id),
            source: source.map(|at| text(&row, at)).unwrap_or_default(),
            values: mapped.iter().map(|(at, role)| (*role, text(&row, *at))).collect(),
        })
    });
    rows.collect()
}
