//! The form in which a person says what becomes of a column.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What becomes of a column: `"customer.phone"`, null, or a [`Feed`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnChoice {
    /// It is left out.
    LeftOut,
    /// It feeds a field.
    Feeds(Feed),
}

/// How a column feeds a field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The field: `customer.phone`, `billing_address.city`.
    pub field: String,
    /// Its place among the columns of the same field, from 1; those without come behind, in the order of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<u16>,
    /// Its cells hold several values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// It is put together with the other columns of the field, with this between them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// The text that each row has, whether there is such a column or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
}

/// How cells are taken apart: a text, or `{"by", "into"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// What stands between the parts.
    pub by: String,
    /// The fields of the second part and those behind it; `None` for a part that is left out. Without any, each part is a
    /// value of the column's field.
    pub into: Vec<Option<String>>,
}

impl ColumnChoice {
    /// The column feeds this field, whole.
    pub fn field(field: &str) -> Self {
        Self::Feeds(Feed {
            field: field.to_owned(),
            ..Feed::default()
        })
    }

    /// The field that the column feeds, whole and not as one of several.
    pub fn whole_field(&self) -> Option<&str> {
        match self {
            Self::Feeds(feed) if *self == Self::field(&feed.field) => Some(&feed.field),
            Self::Feeds(_) | Self::LeftOut => None,
        }
    }

    /// It needs no column.
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Feeds(feed) if feed.constant.is_some())
    }
}

impl Serialize for ColumnChoice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::LeftOut => serializer.serialize_none(),
            Self::Feeds(feed) if *self == Self::field(&feed.field) => serializer.serialize_str(&feed.field),
            Self::Feeds(feed) => feed.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ColumnChoice {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Choices)
    }
}

struct Choices;

impl<'de> Visitor<'de> for Choices {
    type Value = ColumnChoice;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field, null, or an object with a field")
    }

    fn visit_unit<E: Error>(self) -> Result<ColumnChoice, E> {
        Ok(ColumnChoice::LeftOut)
    }

    fn visit_none<E: Error>(self) -> Result<ColumnChoice, E> {
        Ok(ColumnChoice::LeftOut)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<ColumnChoice, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, field: &str) -> Result<ColumnChoice, E> {
        Ok(ColumnChoice::field(field))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ColumnChoice, A::Error> {
        Feed::deserialize(MapAccessDeserializer::new(map)).map(ColumnChoice::Feeds)
    }
}

/// The long form of a [`Split`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    by: String,
    #[serde(default)]
    into: Vec<Option<String>>,
}

impl Serialize for Split {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.into.is_empty() {
            return serializer.serialize_str(&self.by);
        }
        let parts = Parts {
            by: self.by.clone(),
            into: self.into.clone(),
        };
        parts.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Split {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Splits)
    }
}

struct Splits;

impl<'de> Visitor<'de> for Splits {
    type Value = Split;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text between the parts, or an object with it as `by`")
    }

    fn visit_str<E: Error>(self, by: &str) -> Result<Split, E> {
        Ok(Split {
            by: by.to_owned(),
            into: Vec::new(),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Split, A::Error> {
        let Parts { by, into } = Parts::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Split { by, into })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(said: &Value) {
        let read: ColumnChoice = serde_json::from_value(said.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), *said);
    }

    #[test]
    fn what_is_said_is_shown_again() {
        check(&json!(null));
        check(&json!("customer.phone"));
        check(&json!({ "field": "customer.phone", "order": 2 }));
        check(&json!({ "field": "customer.phone", "split": ";" }));
        check(
            &json!({ "field": "billing_address.city", "split": { "by": ",", "into": ["billing_address.postal_code", null] } }),
        );
        check(&json!({ "field": "customer.display_name", "join": " " }));
        check(&json!({ "field": "customer.customer_group", "constant": "Retail" }));
    }

    #[test]
    fn what_is_no_choice_is_refused() {
        for wrong in [
            json!(3),
            json!(false),
            json!({}),
            json!({ "field": "customer.phone", "oder": 2 }),
            json!({ "field": "customer.phone", "split": { "into": [] } }),
            json!(["customer.phone"]),
        ] {
            assert!(
                serde_json::from_value::<ColumnChoice>(wrong.clone()).is_err(),
                "{wrong}"
            );
        }
    }
}
