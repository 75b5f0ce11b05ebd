//! What a mapping keeps of a record: per field what its source said when it was last imported.

use serde_json::{Map, Value as Json};
use torqueflow_model::{Record, Storage};
use uuid::Uuid;

use crate::values::plain;

/// Marks the entry of a field that had a value of its own, which the import left.
const KEPT: &str = "kept";

/// Resolved references: field and record.
pub(crate) type RecordLinks = Vec<(&'static str, Uuid)>;

/// What was imported of a record, in the form of [`Mapping::imported_values`].
///
/// [`Mapping::imported_values`]: torqueflow_model::import::Mapping::imported_values
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ImportedValues(Map<String, Json>);

/// One entry of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Imported<'a> {
    entry: &'a Json,
}

impl ImportedValues {
    /// All that a record says. `is_kept` tells, by column or field, where the stored record's own value was left.
    pub(crate) fn of(record: &Record, links: &RecordLinks, is_kept: impl Fn(&str) -> bool) -> Self {
        let mut values = Self::default();
        for field in &record.fields {
            if field.spec.source_owned && field.spec.storage != Storage::Input {
                let name = field.spec.name;
                values.insert(name, &field.raw, field.value.to_json(), is_kept(name));
            }
        }
        for (name, id) in links {
            let column = format!("{name}_id");
            let is_kept = is_kept(&column);
            let id = id.to_string();
            values.insert(&column, &id, Json::from(id.as_str()), is_kept);
        }
        values
    }

    /// Reads back what a mapping has.
    pub fn read(json: Json) -> Self {
        match json {
            Json::Object(entries) => Self(entries),
            _ => Self::default(),
        }
    }

    /// The entry of a field, or of a link by its column.
    pub(crate) fn get(&self, key: &str) -> Option<Imported<'_>> {
        self.0.get(key).map(|entry| Imported { entry })
    }

    /// Sets an entry. An empty `raw` stands for what no single cell says; it is kept, to tell that from what a cell says
    /// just so.
    pub(crate) fn insert(&mut self, key: &str, raw: &str, value: Json, is_kept: bool) {
        let is_as_given = raw == plain(&value);
        let entry = match (is_kept, is_as_given) {
            (true, _) => Json::from(vec![Json::from(raw), value, Json::from(KEPT)]),
            (false, true) => value,
            (false, false) => Json::from(vec![Json::from(raw), value]),
        };
        self.0.insert(key.to_owned(), entry);
    }

    /// Removes an entry: the source says nothing.
    pub(crate) fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    /// As a mapping and the journal keep it.
    pub(crate) fn into_json(self) -> Json {
        Json::Object(self.0)
    }
}

impl<'a> Imported<'a> {
    /// The cleaned value.
    pub fn value(self) -> &'a Json {
        self.entry.get(1).unwrap_or(self.entry)
    }

    /// What the file said.
    pub fn text(self) -> String {
        match self.entry.get(0).and_then(Json::as_str) {
            Some(raw) if !raw.is_empty() => raw.to_owned(),
            _ => plain(self.value()),
        }
    }

    /// The record had a value of its own, which was left.
    pub fn is_kept(self) -> bool {
        self.entry.get(2).is_some()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(raw: &str, value: &Json, is_kept: bool, expected: &Json) {
        let mut values = ImportedValues::default();
        values.insert("phone", raw, value.clone(), is_kept);
        let entry = values.get("phone").unwrap();
        assert_eq!((entry.value(), entry.is_kept()), (value, is_kept));
        let text = if raw.is_empty() { plain(value) } else { raw.to_owned() };
        assert_eq!(entry.text(), text);
        assert_eq!(values.into_json(), json!({ "phone": expected }));
    }

    #[test]
    fn a_text_is_kept_where_it_differs_from_its_value() {
        let phone = json!("+447911123456");
        check("07911 123456", &phone, false, &json!(["07911 123456", "+447911123456"]));
        check("+447911123456", &phone, false, &phone);
        check("", &phone, false, &json!(["", "+447911123456"]));
        check("True", &json!(true), false, &json!(["True", true]));
        check("64210", &json!(64210), false, &json!(64210));
    }

    #[test]
    fn what_the_record_had_itself_is_marked() {
        let email = json!("a@b.example");
        check(
            "a@b.example",
            &email,
            true,
            &json!(["a@b.example", "a@b.example", "kept"]),
        );
        check("", &json!(false), true, &json!(["", false, "kept"]));
    }
}
