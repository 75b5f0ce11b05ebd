//! The shape of a source system's TOML file, before its names are checked.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, MapAccess, SeqAccess, Visitor, value};
use toml::Spanned;
use torqueflow_model::DateOrder;

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    pub id: Spanned<String>,
    pub label: Spanned<String>,
    /// Field (`customer.email`, or `*.notes` for every slot that has it) → how people spell its header.
    #[serde(default)]
    pub spellings: BTreeMap<String, Spanned<Vec<String>>>,
    /// How the spellings of a slot are used.
    #[serde(default)]
    pub slots: BTreeMap<String, Spanned<SlotRules>>,
    /// Headers that are no field, however much they look like one.
    #[serde(default)]
    pub not_fields: Vec<String>,
    #[serde(default)]
    pub table: Vec<TableEntry>,
}

/// How the spellings of one slot are used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotRules {
    /// Words that may stand before any spelling: `Customer` before `Email`.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// A spelling means this slot only with a prefix before it: `Delivery Town`.
    #[serde(default)]
    pub prefix_needed: bool,
}

/// One `[[table]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    #[serde(rename = "type")]
    pub type_id: Spanned<String>,
    pub label: Spanned<String>,
    pub noun: Spanned<String>,
    /// Why tables of this type are left out: they are recognised, and hold nothing that has a place here.
    pub not_imported: Option<Spanned<String>>,
    /// Each entry: a column, or columns of which one is enough. A column is named by its header or by its field.
    #[serde(default)]
    pub required: Vec<Spanned<OneOrMany>>,
    #[serde(default)]
    pub required_values: Vec<Spanned<OneOrMany>>,
    /// Headers that speak against it; a field stands for all of its spellings.
    #[serde(default)]
    pub excluded: Vec<String>,
    /// What people call such a table, in file names, names of sheets and titles.
    #[serde(default)]
    pub names: Vec<String>,
    /// Headers of columns of yes and no that say whether a row is of this kind.
    #[serde(default)]
    pub flags: Vec<String>,
    /// It is this table only where a header, a flag or the words around it name it.
    #[serde(default)]
    pub must_be_named: bool,
    /// Headers of which one is as good as a name, where it must be named.
    #[serde(default)]
    pub signs: Vec<String>,
    /// Headers of which two raise the question whether it is this table.
    #[serde(default)]
    pub hints: Vec<String>,
    /// Headers that feed these fields only where the words around the table name it.
    #[serde(default)]
    pub when_named: BTreeMap<String, Spanned<OneOrMany>>,
    pub date_order: Option<DateOrder>,
    /// Slots whose fields are all recognised by the file's `[spellings]` and by the catalogue's names.
    #[serde(default)]
    pub slots: Vec<Spanned<String>>,
    /// Fields of those slots that the table does not have.
    #[serde(default)]
    pub without: Vec<Spanned<String>>,
    #[serde(default)]
    pub columns: BTreeMap<String, Spanned<ColumnEntry>>,
}

/// `"a"` or `["a", "b"]`.
#[derive(Debug)]
pub struct OneOrMany(pub Vec<String>);

/// `"customer.email"`, `""` (known, not imported), or `{ field = "customer.email", aliases = ["Mail"] }`.
#[derive(Debug, Default)]
pub struct ColumnEntry {
    pub field: String,
    pub aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnTable {
    #[serde(default)]
    field: String,
    #[serde(default)]
    aliases: Vec<String>,
}

// Written by hand instead of `#[serde(untagged)]`, whose errors say neither what was expected nor where.
impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = OneOrMany;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name, or a list of names of which one is enough")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<OneOrMany, A::Error> {
                Vec::deserialize(value::SeqAccessDeserializer::new(seq)).map(OneOrMany)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for ColumnEntry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = ColumnEntry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field, an empty text, or { field = …, aliases = […] }")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<ColumnEntry, E> {
                Ok(ColumnEntry {
                    field: text.to_owned(),
                    aliases: Vec::new(),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ColumnEntry, A::Error> {
                let ColumnTable { field, aliases } = ColumnTable::deserialize(value::MapAccessDeserializer::new(map))?;
                Ok(ColumnEntry { field, aliases })
            }
        }
        deserializer.deserialize_any(Either)
    }
}
