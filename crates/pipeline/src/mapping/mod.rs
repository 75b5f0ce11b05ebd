//! What a person says of the columns of a table: which field each feeds, in which order, in parts, put together, or always
//! the same.

mod nearest;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use torqueflow_model::FieldRef;

pub use self::nearest::nearest;
use self::nearest::nearest_field;
pub use self::read::{ColumnChoice, Feed, Split};
use crate::plan::{ColumnShape, PlannedColumn, PlannedConstant, PlannedSplit, TablePlan};

/// Per column what becomes of it, by the names that [`column_keys`] gives; and, under names that are no column's, values that
/// each row has.
pub type Mapping = BTreeMap<String, ColumnChoice>;

/// The greatest `order`.
const MAX_ORDER: u16 = 1000;

/// Something in a mapping that can't be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingError {
    /// The header whose entry it is in.
    pub header: String,
    /// Where in the entry, as a JSON pointer: `/field`; empty: the header itself.
    pub pointer: String,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for MappingError {
    /// Says where it is too; the message of a header that can't be names it already.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "column `{}`: ", self.header)?;
        }
        f.write_str(&self.message)
    }
}

/// The name of a column for a person: its header, or its place.
pub fn column_name(headers: &[String], index: usize) -> String {
    match headers.get(index).map(|header| header.trim()) {
        Some(header) if !header.is_empty() => header.to_owned(),
        _ => format!("Column {}", index + 1),
    }
}

/// The names of all columns in a mapping, each once: of columns with the same header, the second is `Phone (2)`.
///
/// ```
/// let headers = ["Phone", "", "Phone"].map(str::to_owned);
/// assert_eq!(torqueflow_pipeline::column_keys(&headers), ["Phone", "Column 2", "Phone (2)"]);
/// ```
pub fn column_keys(headers: &[String]) -> Vec<String> {
    let names: Vec<String> = (0..headers.len()).map(|index| column_name(headers, index)).collect();
    let all: BTreeSet<&String> = names.iter().collect();
    let mut used = BTreeSet::new();
    let mut keys = Vec::with_capacity(names.len());
    for name in &names {
        let mut key = name.clone();
        let mut number = 1;
        while used.contains(&key) || (number > 1 && all.contains(&key)) {
            number += 1;
            key = format!("{name} ({number})");
        }
        used.insert(key.clone());
        keys.push(key);
    }
    keys
}

/// The column with this name, by its exact header, else by one that differs in case, spaces and marks only.
pub fn column_named(keys: &[String], name: &str) -> Option<usize> {
    let exact = keys.iter().position(|key| key == name.trim());
    let folded = torqueflow_model::fold_header(name);
    let is_like = |key: &String| !folded.is_empty() && torqueflow_model::fold_header(key) == folded;
    exact.or_else(|| {
        let mut like = (0..keys.len()).filter(|index| keys.get(*index).is_some_and(is_like));
        like.next().filter(|_| like.next().is_none())
    })
}

/// What is said of a column under two names, `Wie` and `WIE`, where it is not the same. `keys`: those of the columns.
pub fn said_twice(keys: &[String], mapping: &Mapping) -> Vec<MappingError> {
    let mut said = BTreeMap::new();
    let mut errors = Vec::new();
    for (name, choice) in mapping {
        let Some(index) = column_named(keys, name) else {
            continue;
        };
        let (first, before) = *said.entry(index).or_insert((name, choice));
        if before != choice {
            errors.push(MappingError {
                header: name.clone(),
                pointer: String::new(),
                message: format!("`{first}` and `{name}` are the same column; say once what becomes of it"),
            });
        }
    }
    errors
}

/// What is told of a column whose field a person gave to another.
pub fn given_away(column: &str, field: &str, receiver: &str) -> String {
    format!(
        "Column `{column}` is not imported, since its field {field} was given to `{receiver}`. Map both to it to have both."
    )
}

/// What a mapping says once its names are found.
#[derive(Default)]
struct Found {
    columns: BTreeMap<usize, Option<(FieldRef, ColumnShape)>>,
    constants: Vec<PlannedConstant>,
    /// The fields that are given, each with whom it is given to.
    given: Vec<(FieldRef, String)>,
    errors: Vec<MappingError>,
}

/// Puts a person's mapping in place of what was detected. Columns that it does not name stay as they were, but for those whose
/// field it gives to another one: these are told in the sentences that are returned.
///
/// # Errors
///
/// Everything that can't be, entry by entry; nothing of the plan is changed then.
pub fn map_columns(
    plan: &mut TablePlan,
    headers: &[String],
    mapping: &Mapping,
) -> Result<Vec<String>, Vec<MappingError>> {
    let keys = column_keys(headers);
    let mut found = Found {
        errors: said_twice(&keys, mapping),
        ..Found::default()
    };
    for (name, choice) in mapping {
        found.add(&keys, name, choice);
    }
    if !found.errors.is_empty() {
        return Err(found.errors);
    }
    let mut notes = Vec::new();
    for (index, column) in plan.columns.iter_mut().enumerate() {
        let Some(choice) = found.columns.remove(&index) else {
            notes.extend(take_away(column, keys.get(index), &found.given));
            continue;
        };
        let (field, shape) = choice.unzip();
        let shape = shape.unwrap_or_default();
        if column.field != field || column.shape != shape {
            column.ask_again();
        }
        column.field = field;
        column.shape = shape;
        column.date_order = None;
        "person".clone_into(&mut column.by);
    }
    plan.constants = found.constants;
    Ok(notes)
}

/// What a person gave to another column is no longer this one's.
fn take_away(column: &mut PlannedColumn, key: Option<&String>, given: &[(FieldRef, String)]) -> Option<String> {
    let field = column.field?;
    let (_, receiver) = given.iter().find(|(given, _)| *given == field)?;
    column.field = None;
    column.ask_again();
    Some(given_away(key.map_or("", String::as_str), &field.to_string(), receiver))
}

impl Found {
    fn add(&mut self, keys: &[String], name: &str, choice: &ColumnChoice) {
        let column = column_named(keys, name);
        let ColumnChoice::Feeds(feed) = choice else {
            match column {
                Some(index) => drop(self.columns.insert(index, None)),
                None => self.unknown_column(keys, name),
            }
            return;
        };
        let before = self.errors.len();
        let field = self.field(name, "/field", &feed.field);
        let split = feed.split.as_ref().map(|split| self.split(name, split));
        self.check(name, feed);
        let (Some(field), true) = (field, self.errors.len() == before) else {
            return;
        };
        self.given.push((field, name.to_owned()));
        if let Some(text) = &feed.constant {
            let key = column.and_then(|index| keys.get(index));
            self.add_constant(name, key, field, feed, text);
            if let Some(index) = column {
                self.columns.insert(index, None);
            }
            return;
        }
        let Some(index) = column else {
            self.unknown_column(keys, name);
            return;
        };
        let parts = split.iter().flat_map(|split| &split.into).flatten();
        self.given.extend(parts.map(|part| (*part, name.to_owned())));
        let shape = ColumnShape {
            order: feed.order,
            split,
            join: feed.join.clone(),
        };
        self.columns.insert(index, Some((field, shape)));
    }

    /// `key`: the column that it takes the place of.
    fn add_constant(&mut self, name: &str, key: Option<&String>, field: FieldRef, feed: &Feed, text: &str) {
        if let Some(other) = self.constants.iter().find(|constant| constant.field == field) {
            let message = format!("`{}` is a constant of {field} already, and a field has one", other.name);
            self.refuse(name, "/field", message);
            return;
        }
        self.constants.push(PlannedConstant {
            name: key.map_or(name, String::as_str).to_owned(),
            field,
            order: feed.order,
            join: feed.join.clone(),
            text: text.to_owned(),
        });
    }

    fn refuse(&mut self, header: &str, pointer: impl Into<String>, message: impl Into<String>) {
        self.errors.push(MappingError {
            header: header.to_owned(),
            pointer: pointer.into(),
            message: message.into(),
        });
    }

    fn unknown_column(&mut self, keys: &[String], name: &str) {
        let meant = match nearest(name, keys.iter().map(String::as_str)) {
            Some(key) => format!("; `{key}` is the nearest"),
            None => String::new(),
        };
        self.refuse(name, "", format!("the table has no column `{name}`{meant}"));
    }

    fn field(&mut self, header: &str, pointer: &str, text: &str) -> Option<FieldRef> {
        match FieldRef::parse(text.trim()) {
            Some(field) if field.spec.mappable => return Some(field),
            Some(field) => {
                let message = format!("`{field}` is made from other fields, so no column can be mapped to it");
                self.refuse(header, pointer, message);
            }
            None => {
                let meant = match nearest_field(text) {
                    Some(field) => format!("; `{field}` is the nearest"),
                    None => "; the templates have all fields".to_owned(),
                };
                self.refuse(header, pointer, format!("there is no field `{text}`{meant}"));
            }
        }
        None
    }

    fn split(&mut self, header: &str, split: &Split) -> PlannedSplit {
        if split.by.is_empty() {
            self.refuse(header, "/split/by", "a column is split by some text, such as a comma");
        }
        let mut into = Vec::with_capacity(split.into.len());
        for (index, part) in split.into.iter().enumerate() {
            let pointer = format!("/split/into/{index}");
            into.push(part.as_ref().and_then(|part| self.field(header, &pointer, part)));
        }
        PlannedSplit {
            by: split.by.clone(),
            into,
        }
    }

    fn check(&mut self, header: &str, feed: &Feed) {
        if feed.order.is_some_and(|order| !(1..=MAX_ORDER).contains(&order)) {
            self.refuse(header, "/order", format!("the order is a number from 1 to {MAX_ORDER}"));
        }
        let Some(constant) = &feed.constant else { return };
        if constant.trim().is_empty() {
            self.refuse(header, "/constant", "a constant is some text; null leaves a column out");
        }
        if feed.split.is_some() {
            self.refuse(header, "/split", "a constant is the same in each row and is not split");
        }
    }
}

/// The mapping that a plan has, in the form in which a person can give it.
pub fn mapping_of(plan: &TablePlan) -> Mapping {
    let headers = plan.headers();
    let columns = column_keys(&headers).into_iter().zip(&plan.columns);
    let mut mapping: Mapping = columns.map(|(key, column)| (key, choice_of(column))).collect();
    for constant in &plan.constants {
        let feed = Feed {
            field: constant.field.to_string(),
            order: constant.order,
            split: None,
            join: constant.join.clone(),
            constant: Some(constant.text.clone()),
        };
        mapping.insert(constant.name.clone(), ColumnChoice::Feeds(feed));
    }
    mapping
}

fn choice_of(column: &PlannedColumn) -> ColumnChoice {
    let Some(field) = column.field else {
        return ColumnChoice::LeftOut;
    };
    let split = column.shape.split.as_ref();
    ColumnChoice::Feeds(Feed {
        field: field.to_string(),
        order: column.shape.order,
        split: split.map(|split| Split {
            by: split.by.clone(),
            into: split
                .into
                .iter()
                .map(|part| part.map(|part| part.to_string()))
                .collect(),
        }),
        join: column.shape.join.clone(),
        constant: None,
    })
}

/// A mapping that was made for a table with headers like these, for this one: by their names, without what it has not.
pub fn mapping_for(headers: &[String], mapping: &Mapping) -> Mapping {
    let keys = column_keys(headers);
    let entry = |(name, choice): (&String, &ColumnChoice)| match column_named(&keys, name) {
        Some(index) => Some((keys.get(index)?.clone(), choice.clone())),
        None => choice.is_constant().then(|| (name.clone(), choice.clone())),
    };
    mapping.iter().filter_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What is wrong with a mapping of `Wie` and `Waar`, as a person reads it.
    #[track_caller]
    fn check(mapping: &Value, expected: &[&str]) {
        let headers = ["Wie", "Waar"].map(str::to_owned);
        let mapping = serde_json::from_value(mapping.clone()).unwrap();
        let mut plan = TablePlan::of_headers("generic.customers", &headers);
        let told = map_columns(&mut plan, &headers, &mapping).err().unwrap_or_default();
        assert_eq!(told.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_can_not_be_names_its_column() {
        check(
            &json!({ "Wie": "shoe size" }),
            &["column `Wie`: there is no field `shoe size`; the templates have all fields"],
        );
        check(
            &json!({ "Wi": null }),
            &["the table has no column `Wi`; `Wie` is the nearest"],
        );
    }

    #[test]
    fn a_column_is_said_once() {
        check(
            &json!({ "WIE": "customer.company", "Wie": "customer.display_name" }),
            &["`WIE` and `Wie` are the same column; say once what becomes of it"],
        );
        check(
            &json!({ "WIE": "customer.display_name", "Wie": "customer.display_name" }),
            &[],
        );
    }

    #[test]
    fn a_field_has_one_constant() {
        let constant = |text: &str| json!({ "field": "customer.customer_group", "constant": text });
        check(
            &json!({ "group": constant("Retail"), "soort": constant("Trade") }),
            &["column `soort`: `group` is a constant of customer.customer_group already, and a field has one"],
        );
        check(
            &json!({ "group": constant("Retail"), "Wie": "customer.display_name" }),
            &[],
        );
    }
}
