//! The records of the business tables, read from the canonical dump.

use std::collections::BTreeSet;

use serde_json::Value;

/// A record under one of its source ids.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub system: String,
    pub entity: String,
    pub source_id: String,
    pub values: Value,
}

impl Record {
    /// The text of a column; empty where it is null. Of a link: `techman:000101`.
    pub fn text(&self, column: &str) -> &str {
        self.values[column].as_str().unwrap_or_default()
    }
}

/// All records.
#[derive(Debug)]
pub struct Records(Vec<Record>);

impl Records {
    /// Reads a dump: on each line system, entity, source id and values, with tabs between them.
    pub fn parse(dump: &str) -> Self {
        let lines = dump.lines().filter(|line| !line.is_empty());
        Self(lines.map(parse_line).collect())
    }

    /// The records of an entity. One with several source ids is there once for each.
    pub fn of(&self, entity: &str) -> impl Iterator<Item = &Record> {
        self.0.iter().filter(move |record| record.entity == entity)
    }

    /// The only record of an entity.
    #[track_caller]
    pub fn only(&self, entity: &str) -> &Record {
        let found: Vec<_> = self.of(entity).collect();
        assert_eq!(found.len(), 1, "{entity}: {found:#?}");
        found[0]
    }

    /// The record with this source id.
    #[track_caller]
    pub fn get(&self, entity: &str, system: &str, source_id: &str) -> &Record {
        let mut found = self.of(entity);
        let found = found.find(|record| record.system == system && record.source_id == source_id);
        found.unwrap_or_else(|| panic!("no {entity} {system}:{source_id}"))
    }

    /// The texts of a column, each once.
    pub fn texts(&self, entity: &str, column: &str) -> BTreeSet<&str> {
        self.of(entity).map(|record| record.text(column)).collect()
    }

    /// The source ids of an entity.
    pub fn source_ids(&self, entity: &str) -> BTreeSet<&str> {
        self.of(entity).map(|record| record.source_id.as_str()).collect()
    }
}

fn parse_line(line: &str) -> Record {
    let mut parts = line.splitn(4, '\t').map(str::to_owned);
    let mut next = || {
        parts
            .next()
            .unwrap_or_else(|| panic!("a line of the dump is short: {line}"))
    };
    Record {
        system: next(),
        entity: next(),
        source_id: next(),
        values: serde_json::from_str(&next()).unwrap(),
    }
}
