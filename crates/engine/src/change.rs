//! A change of a stored record: what is written, and what it takes to take that back.

use serde_json::{Map, Value as Json};
use torqueflow_model::import::{BusinessRow, UpdatedRecord};
use torqueflow_model::{EntityKind, FieldSpec, Value};
use uuid::Uuid;

use crate::values::stored_json;

/// What is written, what its columns held before, and the record's version after.
pub(crate) struct Change {
    pub updated: UpdatedRecord,
    pub before: Json,
    pub version_after: i64,
}

/// A change in the making. The record as it was read changes with it, for whoever changes it next.
pub(crate) struct Changing<'a> {
    stored: &'a mut BusinessRow,
    updated: UpdatedRecord,
    before: Map<String, Json>,
}

impl<'a> Changing<'a> {
    pub fn of(entity: EntityKind, stored: &'a mut BusinessRow) -> Self {
        Self {
            updated: UpdatedRecord {
                entity,
                id: stored.id,
                version: stored.version,
                values: Vec::new(),
                links: Vec::new(),
                json: Vec::new(),
            },
            stored,
            before: Map::new(),
        }
    }

    /// Whether a column has something.
    pub fn has(&self, column: &str) -> bool {
        self.stored.values.contains_key(column)
    }

    /// Whether a key of a JSON column has something.
    pub fn has_key(&self, column: &str, key: &str) -> bool {
        let object = self.stored.values.get(column);
        object.is_some_and(|object| object.get(key).is_some())
    }

    /// Writes a field into its column; `None` is null.
    pub fn set(&mut self, spec: &'static FieldSpec, column: String, value: Option<Value>) {
        self.replace(column, value.as_ref().map(stored_json));
        self.updated.values.push((spec, value));
    }

    /// Lets a reference lead to a record; `None`: nowhere.
    pub fn set_link(&mut self, name: &'static str, id: Option<Uuid>) {
        self.replace(format!("{name}_id"), id.map(|id| Json::from(id.to_string())));
        self.updated.links.push((name, id));
    }

    /// Writes one key of a JSON column; the others stay.
    pub fn set_key(&mut self, column: &'static str, key: &str, value: Option<&Value>) {
        let old = self.stored.values.get(column).cloned();
        let mut object = match &old {
            Some(Json::Object(object)) => object.clone(),
            _ => Map::new(),
        };
        match value {
            Some(value) => object.insert(key.to_owned(), value.to_json()),
            None => object.remove(key),
        };
        self.before.entry(column).or_insert(old.unwrap_or(Json::Null));
        let object = (!object.is_empty()).then_some(Json::Object(object));
        match &object {
            Some(object) => self.stored.values.insert(column.to_owned(), object.clone()),
            None => self.stored.values.remove(column),
        };
        self.updated.json.retain(|(name, _)| *name != column);
        self.updated.json.push((column, object));
    }

    fn replace(&mut self, column: String, value: Option<Json>) {
        let old = match value {
            Some(value) => self.stored.values.insert(column.clone(), value),
            None => self.stored.values.remove(&column),
        };
        self.before.insert(column, old.unwrap_or(Json::Null));
    }

    /// The change. `None`: there is none.
    pub fn finish(self) -> Option<Change> {
        if self.before.is_empty() {
            return None;
        }
        self.stored.version += 1;
        Some(Change {
            updated: self.updated,
            before: Json::Object(self.before),
            version_after: self.stored.version,
        })
    }
}
