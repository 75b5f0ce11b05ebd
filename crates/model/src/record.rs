//! Records: what a row turned out to mean.

use crate::entity::Slot;
use crate::field::FieldSpec;
use crate::fold::hash128;
use crate::value::Value;

/// One cleaned record of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its place in the row, and so its kind.
    pub slot: Slot,
    /// How it is known at its source.
    pub source_id: SourceId,
    /// The fields that have a value. A field that is not here is null.
    pub fields: Vec<FieldValue>,
}

/// The id of a record at its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceId {
    /// The source itself says it: a customer number.
    Given(String),
    /// Concluded from what identifies the record: `C1001|AB12CDE`.
    Derived(String),
    /// Nothing identifies it but its content; equal rows are told apart by counting them.
    Content(u128),
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldValue {
    /// Which field.
    pub spec: &'static FieldSpec,
    /// The canonical value.
    pub value: Value,
    /// What the file says, before any cleaning. Empty for what no single cell says.
    pub raw: String,
}

impl Record {
    /// The value of the field with this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|field| field.spec.name == name)
            .map(|field| &field.value)
    }

    /// The text of the field with this name, when it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_text)
    }

    /// A fingerprint of what the file says of this record: equal as long as the source says the same.
    /// It does not depend on the order of the columns. What cleanup makes from cells that have no value of their own,
    /// such as a telephone number that can't be read, takes part with what was made of it.
    pub fn raw_hash(&self) -> u128 {
        let hash = |field: &FieldValue, text: &str| hash128([field.spec.name.as_bytes(), text.as_bytes()]);
        self.fields
            .iter()
            .filter_map(|field| match field.raw.as_str() {
                "" if field.spec.mappable => None,
                "" => Some(hash(field, &field.value.to_string())),
                raw => Some(hash(field, raw)),
            })
            .fold(0, u128::wrapping_add)
    }
}
