//! What a person says of a customer, cleaned as an import would clean it. Where an import leaves a blank, a person is told.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use time::Date;
use torqueflow_cleanup::{Cleaned, Context, clean_record};
use torqueflow_model::{
    Cell, CellKind, EntityKind, FieldKind, FieldRef, FieldSpec, FindingCode, MappedCell, Slot, Storage,
};
use uuid::Uuid;

use super::FieldError;

/// Columns and their values; `null` where there is none.
pub(super) type Values = BTreeMap<String, Json>;

const SLOT: Slot = Slot::Main(EntityKind::Customer);
/// The JSON column of a customer.
const PREFERENCES: &str = "notification_preferences";
/// Who the customer is.
const NAMES: &[&str] = &[
    "display_name",
    "title",
    "first_name",
    "last_name",
    "company",
    "contact_name",
];
/// What cleanup makes of the names.
const MADE_NAMES: &[&str] = &["sort_name", "search_name"];
/// How the customer is reached by telephone; consent depends on it.
const PHONES: &[&str] = &["phone", "landline", "phone_extension", "sms_consent"];
/// Findings after which a field is blank or dubious.
const REFUSED: &[FindingCode] = &[
    FindingCode::BooleanInvalid,
    FindingCode::CountryUnknown,
    FindingCode::DateImplausible,
    FindingCode::DateInvalid,
    FindingCode::DateNull,
    FindingCode::EmailInvalid,
    FindingCode::EmailPlaceholder,
    FindingCode::EmailSeveral,
    FindingCode::PhoneNormalisationFailed,
    FindingCode::PhonePlaceholder,
    FindingCode::PostcodeUnknownFormat,
    FindingCode::SmsConsentWithoutMobile,
    FindingCode::ValuePlaceholder,
];

/// What a customer with these columns becomes with what is given: all columns that change, and what is wrong.
///
/// `current` is empty for a new customer. Names and contacts are asked for where they are given, and of a new customer.
pub(super) fn change(current: &Values, given: &Map<String, Json>, context: &Context) -> (Values, Vec<FieldError>) {
    let mut errors = Vec::new();
    let given = known(given, &mut errors);
    let cells = cells(current, &given);
    let cleaned = clean_record(SLOT, &cells, context);
    refuse(&cleaned, "", &given, &mut errors);
    let mut after = current.clone();
    let touches = |group: &[&str]| group.iter().any(|name| given.contains_key(*name));
    if touches(NAMES) {
        take(&mut after, &cleaned, NAMES.iter().chain(MADE_NAMES));
    }
    if touches(PHONES) {
        take(&mut after, &cleaned, PHONES);
        take_as_given(&mut after, current, &cleaned);
    }
    for (name, value) in &given {
        if link(name).is_some() {
            after.insert(name.clone(), value.clone());
        } else if name == PREFERENCES {
            after.insert(name.clone(), preferences(current.get(name), value));
        } else if !NAMES.contains(&name.as_str()) && !PHONES.contains(&name.as_str()) {
            take(&mut after, &cleaned, &[name.as_str()]);
        }
    }
    if current.is_empty() || touches(NAMES) {
        require_name(&after, &mut errors);
    }
    if current.is_empty() || touches(&["email", "phone", "landline"]) {
        require_contact(&after, &mut errors);
    }
    after.retain(|name, value| current.get(name).unwrap_or(&Json::Null) != value);
    (after, errors)
}

/// The columns of an address that a person gives with a new customer.
pub(super) fn address(slot: Slot, given: &Map<String, Json>, context: &Context) -> (Values, Vec<FieldError>) {
    let mut errors = Vec::new();
    let pointer = format!("/{}", slot.name());
    let mut cells = Vec::new();
    let mut known = Map::new();
    for (name, value) in given {
        match (FieldRef::new(slot, name), value) {
            (Some(field), Json::String(text)) if field.spec.mappable && is_plain(field.spec) => {
                cells.push(cell(field, Cell::text(text.clone())));
                known.insert(name.clone(), value.clone());
            }
            (Some(field), Json::Null) if field.spec.mappable && is_plain(field.spec) => {}
            (Some(field), _) if field.spec.mappable && is_plain(field.spec) => {
                errors.push(wrong_type(&format!("{pointer}/{name}"), "text"));
            }
            _ => errors.push(unknown_field(&format!("{pointer}/{name}"))),
        }
    }
    let cleaned = clean_record(slot, &cells, context);
    refuse(&cleaned, &pointer, &known, &mut errors);
    if cleaned.fields.is_empty() && errors.is_empty() {
        errors.push(FieldError::new(
            pointer,
            FindingCode::RequiredMissing.code(),
            "An address needs at least one line, a town or a postcode",
        ));
    }
    let mut values = Values::new();
    for field in &cleaned.fields {
        values.insert(field.spec.name.to_owned(), field.value.to_json());
    }
    (values, errors)
}

/// The names for sorting and searching of a customer with these columns.
pub(super) fn made_names(values: &Values, today: Date) -> Values {
    let cells = cells(values, &Map::new());
    let cleaned = clean_record(SLOT, &cells, &Context::new(today));
    let mut made = Values::new();
    take(&mut made, &cleaned, MADE_NAMES);
    made
}

/// What is given under names that exist, with the right type. Blank text is no value.
fn known(given: &Map<String, Json>, errors: &mut Vec<FieldError>) -> Map<String, Json> {
    let mut known = Map::new();
    for (name, value) in given {
        let pointer = format!("/{name}");
        let expected = if name == PREFERENCES {
            check_preferences(value, errors);
            "an object"
        } else if link(name).is_some() {
            "an id"
        } else {
            match FieldRef::new(SLOT, name) {
                Some(field) if field.spec.mappable && is_plain(field.spec) => match field.spec.kind {
                    FieldKind::Boolean => "true or false",
                    _ => "text",
                },
                _ => {
                    errors.push(unknown_field(&pointer));
                    continue;
                }
            }
        };
        let fits = match (expected, value) {
            (_, Json::Null)
            | ("an object", Json::Object(_))
            | ("true or false", Json::Bool(_))
            | ("text", Json::String(_)) => true,
            ("an id", Json::String(text)) => Uuid::parse_str(text).is_ok(),
            _ => false,
        };
        if !fits {
            errors.push(wrong_type(&pointer, expected));
            continue;
        }
        let is_blank = value.as_str().is_some_and(|text| text.trim().is_empty());
        known.insert(name.clone(), if is_blank { Json::Null } else { value.clone() });
    }
    known
}

/// A column of a customer that is not made of others and leads nowhere.
fn is_plain(spec: &FieldSpec) -> bool {
    !matches!(spec.kind, FieldKind::Reference { .. } | FieldKind::SourceId)
        && !matches!(spec.storage, Storage::Json { .. })
}

/// The kind of record that a column such as `location_id` leads to.
pub(super) fn link(column: &str) -> Option<EntityKind> {
    SLOT.entity().fields().iter().find_map(|spec| match spec.kind {
        FieldKind::Reference { to, .. } if spec.column().as_deref() == Some(column) => Some(to),
        _ => None,
    })
}

/// The customer as cells: what is given, and what it has besides.
fn cells(current: &Values, given: &Map<String, Json>) -> Vec<MappedCell> {
    let mut cells = Vec::new();
    for spec in SLOT.entity().fields() {
        let Some(field) = FieldRef::new(SLOT, spec.name).filter(|_| spec.mappable && is_plain(spec)) else {
            continue;
        };
        let value = match given.get(spec.name) {
            Some(value) => Some(value),
            None if is_outdated(spec.name, current, given) => None,
            None => current.get(spec.name),
        };
        match value {
            Some(Json::String(text)) => cells.push(cell(field, Cell::text(text.clone()))),
            Some(Json::Bool(flag)) => cells.push(cell(
                field,
                Cell {
                    text: flag.to_string(),
                    kind: CellKind::Boolean(*flag),
                },
            )),
            _ => {}
        }
    }
    cells
}

fn cell(field: FieldRef, cell: Cell) -> MappedCell {
    MappedCell {
        field,
        column: None,
        cell,
    }
}

/// Whether a name says no more what it should, since others are given that it is made of, or of which it is a part.
fn is_outdated(name: &str, current: &Values, given: &Map<String, Json>) -> bool {
    const PARTS: &[&str] = &["title", "first_name", "last_name"];
    let is_company = current.get("company").is_some() && current.get("company") == current.get("display_name");
    match name {
        "display_name" if is_company => given.contains_key("company"),
        "display_name" => PARTS.iter().any(|part| given.contains_key(*part)),
        "company" => is_company && given.contains_key("display_name"),
        _ if PARTS.contains(&name) => given.contains_key("display_name"),
        _ => false,
    }
}

/// What an import would warn of, a person has to correct.
fn refuse(cleaned: &Cleaned, pointer: &str, given: &Map<String, Json>, errors: &mut Vec<FieldError>) {
    for finding in &cleaned.findings {
        let name = finding.field.map(|field| field.spec.name).unwrap_or_default();
        let is_given = given.get(name).is_some_and(|value| !value.is_null());
        if is_given && REFUSED.contains(&finding.code) {
            let message = finding.message();
            errors.push(FieldError::new(
                format!("{pointer}/{name}"),
                finding.code.code(),
                message,
            ));
        }
    }
}

fn take<'a>(after: &mut Values, cleaned: &Cleaned, names: impl IntoIterator<Item = &'a &'a str>) {
    for name in names {
        after.insert((*name).to_owned(), value(cleaned, name));
    }
}

fn value(cleaned: &Cleaned, name: &str) -> Json {
    let field = cleaned.fields.iter().find(|field| field.spec.name == name);
    field.map_or(Json::Null, |field| field.value.to_json())
}

/// A number that stays keeps what was once given for it.
fn take_as_given(after: &mut Values, current: &Values, cleaned: &Cleaned) {
    for (number, as_given) in [("phone", "phone_as_given"), ("landline", "landline_as_given")] {
        if after.get(number) != Some(current.get(number).unwrap_or(&Json::Null)) {
            after.insert(as_given.to_owned(), value(cleaned, as_given));
        }
    }
}

fn check_preferences(value: &Json, errors: &mut Vec<FieldError>) {
    let Json::Object(object) = value else { return };
    let known = |key: &str| {
        let mut fields = SLOT.entity().fields().iter();
        fields.any(|spec| matches!(spec.storage, Storage::Json { column: PREFERENCES, key: known } if known == key))
    };
    for (key, value) in object {
        let pointer = format!("/{PREFERENCES}/{key}");
        if !known(key) {
            errors.push(unknown_field(&pointer));
        } else if !value.is_boolean() && !value.is_null() {
            errors.push(wrong_type(&pointer, "true or false"));
        }
    }
}

/// The preferences with those that are given; `null` takes one back.
fn preferences(current: Option<&Json>, given: &Json) -> Json {
    let Json::Object(given) = given else { return Json::Null };
    let mut merged = current.and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in given {
        if value.is_null() {
            merged.remove(key);
        } else {
            merged.insert(key.clone(), value.clone());
        }
    }
    if merged.is_empty() {
        Json::Null
    } else {
        Json::Object(merged)
    }
}

fn has(values: &Values, name: &str) -> bool {
    values.get(name).is_some_and(|value| !value.is_null())
}

fn require_name(after: &Values, errors: &mut Vec<FieldError>) {
    if has(after, "company") {
        return;
    }
    for (name, label) in [("first_name", "first name"), ("last_name", "last name")] {
        if !has(after, name) {
            let message = format!("A customer needs a {label}, or a company");
            errors.push(FieldError::new(
                format!("/{name}"),
                FindingCode::RequiredMissing.code(),
                message,
            ));
        }
    }
}

fn require_contact(after: &Values, errors: &mut Vec<FieldError>) {
    let reachable = ["email", "phone", "landline"].into_iter().any(|name| has(after, name));
    let refused = errors
        .iter()
        .any(|error| ["/email", "/phone", "/landline"].contains(&error.pointer.as_str()));
    if !reachable && !refused {
        let code = FindingCode::ContactMissing;
        errors.push(FieldError::new("/email", code.code(), code.message("")));
    }
}

fn unknown_field(pointer: &str) -> FieldError {
    FieldError::new(pointer, "unknown_field", "There is no such field, or it can't be set")
}

fn wrong_type(pointer: &str, expected: &str) -> FieldError {
    FieldError::new(pointer, "wrong_type", format!("This must be {expected}, or null"))
}

#[cfg(test)]
mod tests;
