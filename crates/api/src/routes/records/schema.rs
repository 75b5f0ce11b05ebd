//! What the specification says of records, made from the catalogue.

use serde_json::{Map, Value, json};
use torqueflow_model::{EntityKind, FieldKind, FieldSpec};
use utoipa::openapi::path::{HttpMethod, Operation, PathItem, Paths};
use utoipa::openapi::{RefOr, Schema};

use super::{links, list_path, needed, plural, record_path, shown_fields, view};
use crate::extract::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::openapi::put;

/// The paths of a kind: its list, and one record.
pub fn paths(kind: EntityKind) -> Paths {
    let mut paths = Paths::new();
    for (path, operation) in [
        (list_path(kind), list_operation(kind)),
        (record_path(kind), record_operation(kind)),
    ] {
        // What can't be read is left out, and the test that compares routes and specification fails.
        if let Ok(operation) = serde_json::from_value::<Operation>(operation) {
            paths.paths.insert(path, PathItem::new(HttpMethod::Get, operation));
        }
    }
    paths
}

/// The schemas of a kind: a record, and a page of them.
pub fn schemas(kind: EntityKind) -> Vec<(String, RefOr<Schema>)> {
    let schemas = [
        (schema_name(kind), record_schema(kind)),
        (page_name(kind), page_schema(kind)),
    ];
    let read = schemas
        .into_iter()
        .filter_map(|(name, schema)| Some((name, RefOr::T(serde_json::from_value(schema).ok()?))));
    read.collect()
}

/// `WorkOrder`.
fn schema_name(kind: EntityKind) -> String {
    let words = kind.name().split('_').map(|word| {
        let (first, rest) = word.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect()
}

fn page_name(kind: EntityKind) -> String {
    format!("{}Page", schema_name(kind))
}

/// A name as it is said: `work orders`. Garages call some things otherwise; whoever reads this knows the names.
fn in_words(name: &str) -> String {
    name.replace('_', " ")
}

/// `an invoice`.
fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {noun}")
}

fn list_operation(kind: EntityKind) -> Value {
    let name = plural(kind);
    let people_say = in_words(&name);
    let mut parameters = vec![
        json!({
            "name": "limit", "in": "query", "required": false,
            "description": "How many items a page has at most.",
            "schema": { "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT }
        }),
        json!({
            "name": "cursor", "in": "query", "required": false,
            "description": "The `next_cursor` of the page before.",
            "schema": { "type": "string" }
        }),
    ];
    parameters.extend(links(kind).map(|(spec, column)| {
        json!({
            "name": column, "in": "query", "required": false,
            "description": format!("Only those of this {}.", spec.label.to_lowercase()),
            "schema": { "type": "string", "format": "uuid" }
        })
    }));
    json!({
        "tags": ["records"],
        "summary": format!("List {people_say}"),
        "description": format!("A page of {people_say}, the newest first."),
        "operationId": format!("list_{name}"),
        "parameters": parameters,
        "responses": { "200": answer("A page.", &page_name(kind)) },
        "x-capability": needed(kind).name(),
    })
}

fn record_operation(kind: EntityKind) -> Value {
    let name = kind.name();
    json!({
        "tags": ["records"],
        "summary": format!("Get {}", with_article(&in_words(name))),
        "description": format!("The {} with this id.", in_words(name)),
        "operationId": format!("get_{name}"),
        "parameters": [{
            "name": format!("{name}_id"), "in": "path", "required": true,
            "description": "Its id.",
            "schema": { "type": "string", "format": "uuid" }
        }],
        "responses": { "200": answer("The record.", &schema_name(kind)) },
        "x-capability": needed(kind).name(),
        "x-problems": ["not_found"],
    })
}

fn answer(description: &str, schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn page_schema(kind: EntityKind) -> Value {
    json!({
        "type": "object",
        "description": format!("A page of {}.", in_words(&plural(kind))),
        "required": ["items", "next_cursor"],
        "properties": {
            "items": {
                "type": "array",
                "description": "The records, the newest first.",
                "items": { "$ref": format!("#/components/schemas/{}", schema_name(kind)) }
            },
            "next_cursor": {
                "type": ["string", "null"],
                "description": "The cursor of the next page; null on the last one."
            }
        },
        "examples": [{ "items": [], "next_cursor": null }]
    })
}

fn record_schema(kind: EntityKind) -> Value {
    let id = "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23";
    let moment = "2026-11-22T09:30:00Z";
    let mut properties = Map::new();
    let mut example = Map::new();
    let mut add = |name: &str, schema: Value, value: Value| {
        properties.insert(name.to_owned(), schema);
        example.insert(name.to_owned(), value);
    };
    let own_id = json!({ "type": "string", "format": "uuid", "description": "Its id." });
    add("id", own_id, id.into());
    let version = json!({ "type": "integer", "format": "int64", "description": "Grows with each change." });
    add("version", version, 1.into());
    for (name, description) in [
        ("created_at", "When it was made."),
        ("updated_at", "When it was last changed."),
    ] {
        let schema = json!({ "type": "string", "format": "date-time", "description": description });
        add(name, schema, moment.into());
    }
    if view::has_money(kind) {
        let schema = json!({ "type": "string", "description": "The currency of all its amounts, by ISO 4217: that of the organisation." });
        add("currency", schema, "GBP".into());
    }
    for (spec, column) in shown_fields(kind) {
        add(&column, field_schema(spec), field_example(spec, id));
    }
    for column in view::json_columns(kind) {
        add(column, json_column_schema(kind), json!({ "sms": true, "email": false }));
    }
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "type": "object",
        "description": format!("{}. A field that nothing is known of is null.", kind.spec().label),
        "required": required,
        "properties": properties,
        "examples": [example]
    })
}

fn field_schema(spec: &FieldSpec) -> Value {
    let (kind, format) = match spec.kind {
        FieldKind::Boolean => ("boolean", None),
        FieldKind::Integer => ("integer", Some("int64")),
        FieldKind::Date(_) => ("string", Some("date")),
        FieldKind::Reference { .. } => ("string", Some("uuid")),
        FieldKind::Json => ("object", None),
        _ => ("string", None),
    };
    let mut schema = json!({ "type": [kind, "null"], "description": description(spec) });
    if let Some(format) = format {
        put(&mut schema, "format", format.into());
    }
    let pattern = match spec.kind {
        FieldKind::Decimal { scale: 0 } => Some(r"^-?\d+$".to_owned()),
        FieldKind::Decimal { scale } => Some(format!(r"^-?\d+\.\d{{{scale}}}$")),
        FieldKind::DateTime(_) => Some(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$".to_owned()),
        _ => None,
    };
    if let Some(pattern) = pattern {
        put(&mut schema, "pattern", pattern.into());
    }
    schema
}

fn description(spec: &FieldSpec) -> String {
    let label = spec.label;
    match spec.kind {
        FieldKind::Choice(words) => format!("{label}: {}; other words may come.", words.join(", ")),
        FieldKind::DateTime(_) => format!("{label}, in the garage's own time."),
        FieldKind::Reference { to, .. } => format!("{label}: the id of one of the {}.", in_words(&plural(to))),
        FieldKind::Phone | FieldKind::Landline => format!("{label}, in E.164."),
        _ => format!("{label}."),
    }
}

/// The catalogue's example as it would be answered.
fn field_example(spec: &FieldSpec, id: &str) -> Value {
    match spec.kind {
        FieldKind::Reference { .. } => id.into(),
        _ if spec.example.is_empty() => Value::Null,
        FieldKind::Boolean => (spec.example == "True").into(),
        FieldKind::Integer => spec.example.parse::<i64>().map_or(Value::Null, Value::from),
        FieldKind::Decimal { scale } => {
            let (whole, part) = spec.example.split_once('.').unwrap_or((spec.example, ""));
            let digits = format!("{part:0<width$}", width = usize::from(scale));
            format!("{whole}.{digits}").into()
        }
        _ => spec.example.into(),
    }
}

/// A column that holds several fields: each is there where it is known.
fn json_column_schema(kind: EntityKind) -> Value {
    let mut properties = Map::new();
    for spec in kind.fields() {
        if let torqueflow_model::Storage::Json { key, .. } = spec.storage {
            let schema = json!({ "type": "boolean", "description": format!("{}.", spec.label) });
            properties.insert(key.to_owned(), schema);
        }
    }
    json!({
        "type": ["object", "null"],
        "description": "What the customer wants to be told of, and how; a channel that nothing is known of is absent.",
        "properties": properties
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: EntityKind, list: &str, record: &str) {
        let (of_list, of_record) = (list_operation(kind), record_operation(kind));
        let said =
            |operation: &Value| format!("{}: {}", operation["summary"], operation["description"]).replace('"', "");
        assert_eq!(said(&of_list), list);
        assert_eq!(said(&of_record), record);
    }

    #[test]
    fn operations_are_described_by_the_names_in_their_paths() {
        check(
            EntityKind::WorkOrder,
            "List work orders: A page of work orders, the newest first.",
            "Get a work order: The work order with this id.",
        );
        check(
            EntityKind::Invoice,
            "List invoices: A page of invoices, the newest first.",
            "Get an invoice: The invoice with this id.",
        );
    }
}
