//! Examples that follow from others: what a schema's example leaves out is taken from the examples of the schemas in it.

use serde_json::{Map, Value};

use super::finish::put;

/// How deep schemas are in each other at most.
const MAX_DEPTH: usize = 8;

/// Completes the examples of all schemas: a property that leads to another schema and is left out, or is an empty list of
/// them, gets that schema's example.
pub fn complete(schemas: &mut Map<String, Value>) {
    let names: Vec<String> = schemas.keys().cloned().collect();
    let completed: Vec<(String, Value)> = names
        .into_iter()
        .filter_map(|name| Some((name.clone(), example(schemas, &name, MAX_DEPTH)?)))
        .collect();
    for (name, first) in completed {
        let examples = schemas.get_mut(&name).and_then(|schema| schema.get_mut("examples"));
        if let Some(place) = examples.and_then(|examples| examples.get_mut(0)) {
            *place = first;
        }
    }
}

/// The first example of a schema, completed.
fn example(schemas: &Map<String, Value>, name: &str, depth: usize) -> Option<Value> {
    let schema = schemas.get(name)?;
    let mut example = schema.get("examples")?.get(0)?.clone();
    if depth == 0 {
        return Some(example);
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (property, schema) in properties.into_iter().flatten() {
        let known = example.get(property);
        let is_empty = known.and_then(Value::as_array).is_some_and(Vec::is_empty);
        let of_items = schema.get("items").and_then(referred).filter(|_| is_empty);
        let of_property = referred(schema).filter(|_| known.is_none() && is_required(schemas, name, property));
        if let Some(items) = of_items.and_then(|of_items| self::example(schemas, of_items, depth - 1)) {
            put(&mut example, property, Value::Array(vec![items]));
        } else if let Some(value) = of_property.and_then(|of_property| self::example(schemas, of_property, depth - 1)) {
            put(&mut example, property, value);
        }
    }
    Some(example)
}

/// The name of the schema that a reference leads to.
fn referred(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/components/schemas/")
}

fn is_required(schemas: &Map<String, Value>, name: &str, property: &str) -> bool {
    let required = schemas.get(name).and_then(|schema| schema.get("required"));
    let mut required = required.and_then(Value::as_array).into_iter().flatten();
    required.any(|known| known == property)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_example_leaves_out_comes_from_the_schemas_in_it() {
        let mut schemas = json!({
            "Page": {
                "required": ["items", "first"],
                "properties": {
                    "items": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } },
                    "first": { "$ref": "#/components/schemas/Item" },
                    "other": { "$ref": "#/components/schemas/Item" }
                },
                "examples": [{ "items": [] }]
            },
            "Item": { "properties": { "name": { "type": "string" } }, "examples": [{ "name": "Ada" }, { "name": "Bo" }] }
        });
        complete(schemas.as_object_mut().unwrap());
        let ada = json!({ "name": "Ada" });
        assert_eq!(schemas["Page"]["examples"], json!([{ "items": [ada], "first": ada }]));
        assert_eq!(schemas["Item"]["examples"], json!([ada, { "name": "Bo" }]));
    }
}
