//! Ids at a source that several records have.

use std::collections::HashSet;

use torqueflow_model::EntityKind;

/// A source system, a kind of record, and an id.
type Ids = HashSet<(String, EntityKind, String)>;

/// The ids by which no link can be followed, since different records have them.
#[derive(Debug, Default)]
pub struct AmbiguousIds {
    own: Ids,
    earlier: Ids,
}

impl AmbiguousIds {
    /// Adds ids of tables of this run.
    pub fn add_own<'a>(&mut self, source_system: &str, ids: impl Iterator<Item = (EntityKind, &'a str)>) {
        self.own.extend(keys(source_system, ids));
    }

    /// Adds ids of tables of earlier runs, for what was imported then.
    pub fn add_earlier<'a>(&mut self, source_system: &str, ids: impl Iterator<Item = (EntityKind, &'a str)>) {
        self.earlier.extend(keys(source_system, ids));
    }

    /// Different records of this source have this id. `is_mapped`: an earlier run imported one of them.
    pub fn contains(&self, source_system: &str, entity: EntityKind, id: &str, is_mapped: bool) -> bool {
        if self.own.is_empty() && self.earlier.is_empty() {
            return false;
        }
        let key = (source_system.to_owned(), entity, id.to_owned());
        self.own.contains(&key) || is_mapped && self.earlier.contains(&key)
    }
}

fn keys<'a>(
    source_system: &str,
    ids: impl Iterator<Item = (EntityKind, &'a str)>,
) -> impl Iterator<Item = (String, EntityKind, String)> {
    ids.map(move |(entity, id)| (source_system.to_owned(), entity, id.to_owned()))
}
