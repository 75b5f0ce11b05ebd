//! Which value of which customer wins, field by field. Nothing here reads or writes anything.
//!
//! A field is a column, or `column.key` of a JSON column. What is chosen wins; else the survivor's value; else the first
//! value of the others, in their order. The parts of a name go with the name, and what was given for a number goes with
//! the number. Consent to SMS goes with the number that it was given for: a merge never invents consent.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use time::Date;
use torqueflow_model::{EntityKind, FieldKind, FieldSpec, Storage};
use torqueflow_persistence::MergeImages;
use uuid::Uuid;

use super::super::fields::made_names;
use super::super::{Customer, FieldError};

/// Fields and their values.
pub(in crate::customers) type Fields = BTreeMap<String, Json>;

/// Fields that go with another one: the field, and what goes with it.
const TOGETHER: &[(&str, &[&str])] = &[
    ("display_name", &["title", "first_name", "last_name"]),
    ("phone", &["phone_as_given"]),
    ("landline", &["landline_as_given"]),
];
/// What the names for sorting and searching are made of.
const NAMES: &[&str] = &[
    "display_name",
    "title",
    "first_name",
    "last_name",
    "company",
    "contact_name",
];
const PHONE: &str = "phone";
const CONSENT: &str = "sms_consent";

/// What a merge makes of the survivor.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::customers) struct Decided {
    /// Its fields after the merge.
    pub after: Fields,
    /// Whose value each field has.
    pub winners: BTreeMap<String, Uuid>,
    /// The fields that change.
    pub images: MergeImages,
}

/// Decides every field. The first customer is the survivor.
pub(in crate::customers) fn decide(
    customers: &[Customer],
    choices: &BTreeMap<String, Uuid>,
    today: Date,
) -> Result<Decided, Vec<FieldError>> {
    check_choices(customers, choices)?;
    let all: Vec<(Uuid, Fields)> = customers.iter().map(|one| (one.id, flat(&one.values))).collect();
    let mut after = Fields::new();
    let mut winners = BTreeMap::new();
    let mut win = |field: &str, winner: Option<&(Uuid, Fields)>| {
        if let Some((id, fields)) = winner {
            winners.insert(field.to_owned(), *id);
            if let Some(value) = fields.get(field) {
                after.insert(field.to_owned(), value.clone());
            }
        }
    };
    let chosen = |field: &str| {
        let id = choices.get(field)?;
        all.iter().find(|(known, _)| known == id)
    };
    let first = |field: &str| all.iter().find(|(_, fields)| fields.contains_key(field));
    let phone = chosen(PHONE).or_else(|| first(PHONE));
    let number = phone.and_then(|(_, fields)| fields.get(PHONE));
    for field in comparable().map(path) {
        let lead = TOGETHER.iter().find(|(_, others)| others.contains(&field.as_str()));
        let with_lead = lead.and_then(|(lead, _)| chosen(lead).or_else(|| first(lead)));
        let winner = if field == CONSENT {
            let same_number = |fields: &Fields| fields.get(PHONE) == number;
            chosen(CONSENT).or_else(|| {
                let mut with_number = all.iter().filter(|(_, fields)| same_number(fields));
                with_number.find(|(_, fields)| fields.contains_key(CONSENT))
            })
        } else {
            chosen(&field).or(with_lead).or_else(|| first(&field))
        };
        win(&field, winner);
    }
    let before = all.first().map(|(_, fields)| fields.clone()).unwrap_or_default();
    make_names(&before, &mut after, today);
    let images = images(&before, &after);
    Ok(Decided { after, winners, images })
}

/// The fields that customers are compared by, in the order of the catalogue.
pub(in crate::customers) fn comparable() -> impl Iterator<Item = &'static FieldSpec> {
    let is_made_of_names = |spec: &FieldSpec| ["sort_name", "search_name"].contains(&spec.name);
    let fields = EntityKind::Customer.fields().iter();
    fields.filter(move |spec| {
        spec.storage != Storage::Input && spec.kind != FieldKind::SourceId && !is_made_of_names(spec)
    })
}

/// What a field is called here.
pub(in crate::customers) fn path(spec: &FieldSpec) -> String {
    match spec.storage {
        Storage::Json { column, key } => format!("{column}.{key}"),
        Storage::Column | Storage::Input => spec.column().unwrap_or_else(|| spec.name.to_owned()),
    }
}

/// Columns as fields: JSON columns key by key.
pub(in crate::customers) fn flat(values: &Fields) -> Fields {
    let mut fields = Fields::new();
    for (column, value) in values {
        match value {
            Json::Object(object) => {
                let keys = object
                    .iter()
                    .map(|(key, value)| (format!("{column}.{key}"), value.clone()));
                fields.extend(keys);
            }
            Json::Null => {}
            value => {
                fields.insert(column.clone(), value.clone());
            }
        }
    }
    fields
}

/// The columns that change when these fields get these values.
pub(in crate::customers) fn columns(current: &Fields, fields: &Fields) -> Fields {
    let mut columns = Fields::new();
    for (field, value) in fields {
        let Some((column, key)) = field.split_once('.') else {
            columns.insert(field.clone(), value.clone());
            continue;
        };
        let held = columns.get(column).or_else(|| current.get(column));
        let mut object: Map<String, Json> = held.and_then(Json::as_object).cloned().unwrap_or_default();
        if value.is_null() {
            object.remove(key);
        } else {
            object.insert(key.to_owned(), value.clone());
        }
        let value = if object.is_empty() {
            Json::Null
        } else {
            Json::Object(object)
        };
        columns.insert(column.to_owned(), value);
    }
    columns
}

/// Makes the names for sorting and searching anew where a name has changed.
pub(in crate::customers) fn make_names(before: &Fields, after: &mut Fields, today: Date) {
    let made = if NAMES.iter().any(|name| before.get(*name) != after.get(*name)) {
        made_names(after, today)
    } else {
        let kept =
            ["sort_name", "search_name"].map(|name| (name.to_owned(), before.get(name).cloned().unwrap_or_default()));
        kept.into_iter().collect()
    };
    after.extend(made.into_iter().filter(|(_, value)| !value.is_null()));
}

fn images(before: &Fields, after: &Fields) -> MergeImages {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let mut images = MergeImages::default();
    for name in names {
        let (old, new) = (before.get(name), after.get(name));
        if old != new {
            images.before.insert(name.clone(), old.cloned().unwrap_or_default());
            images.after.insert(name.clone(), new.cloned().unwrap_or_default());
        }
    }
    images
}

fn check_choices(customers: &[Customer], choices: &BTreeMap<String, Uuid>) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    let value = |id: &Uuid, column: &str| {
        let customer = customers.iter().find(|customer| customer.id == *id);
        customer.and_then(|customer| customer.values.get(column))
    };
    for (field, id) in choices {
        let pointer = format!("/fields/{field}");
        if !comparable().any(|spec| path(spec) == *field && spec.mappable) {
            errors.push(FieldError::new(
                pointer,
                "unknown_field",
                "There is no such field to choose",
            ));
        } else if !customers.iter().any(|customer| customer.id == *id) {
            let message = "This must be the id of one of the customers that are merged";
            errors.push(FieldError::new(pointer, "not_merged", message));
        } else if field == CONSENT && value(id, CONSENT) == Some(&Json::Bool(true)) {
            let phone = choices.get(PHONE).map_or_else(
                || customers.iter().find_map(|customer| customer.values.get(PHONE)),
                |chosen| value(chosen, PHONE),
            );
            if value(id, PHONE) != phone {
                let message = "This consent was given for another number; choose the number of the same customer too";
                errors.push(FieldError::new(pointer, "sms_consent_without_mobile", message));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}
