//! What follows from our tables and is not said at each route: errors, security, headers.

use serde_json::{Map, Value, json};

use super::examples;
use crate::problem::{ApiError, Code, PROBLEM_JSON};

/// The security scheme of tokens and API keys.
pub const BEARER: &str = "bearer";
/// The security scheme of tickets.
pub const TICKET: &str = "ticket";

/// Where an operation names the errors that only it has.
const PROBLEMS: &str = "x-problems";
/// Where an operation names the capability that it needs.
const CAPABILITY: &str = "x-capability";

/// Examples of parameters that several operations have, as JSON.
const PARAMETER_EXAMPLES: &[(&str, &str)] = &[
    ("cursor", r#""IjAxOTljMWYyLTViMWUtN2MzYS05ZDJlLTZmMGE0YjhjMWQyMyI""#),
    ("limit", "50"),
    ("Idempotency-Key", r#""3f0c2a52-6a0e-4c55-9a7e-0a1c3a1f9b11""#),
    ("If-None-Match", r#""\"17\"""#),
    ("Last-Event-ID", r#""17-8c1f02ab-3-all""#),
];

/// Finishes a specification.
pub fn finish(document: &mut Value) {
    let mut responses = Map::new();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            for (method, operation) in item.iter_mut() {
                if let Some(operation) = operation.as_object_mut() {
                    finish_operation(method, operation, &mut responses);
                }
            }
        }
    }
    document["security"] = json!([{ BEARER: [] }]);
    if let Some(components) = document.get_mut("components") {
        if let Some(schemas) = components.get_mut("schemas").and_then(Value::as_object_mut) {
            schemas.insert("ProblemCode".to_owned(), problem_code());
            for schema in schemas.values_mut() {
                let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
                properties
                    .into_iter()
                    .flat_map(Map::values_mut)
                    .for_each(lift_description);
            }
            examples::complete(schemas);
        }
        components["responses"] = responses.into();
        components["headers"] = json!({
            "RequestId": {
                "description": "The id under which the log has the request.",
                "schema": { "type": "string", "examples": ["0199c1f2-5b1e-7c3a-9d2e-000000000000"] }
            },
            "RetryAfter": {
                "description": "How many seconds to wait.",
                "schema": { "type": "integer", "minimum": 0, "examples": [2] }
            }
        });
    }
}

fn finish_operation(method: &str, operation: &mut Map<String, Value>, responses: &mut Map<String, Value>) {
    let is_open = operation.get("security") == Some(&json!([{}]));
    if is_open {
        operation.insert("security".to_owned(), json!([]));
    } else if method == "get" {
        operation.insert("security".to_owned(), json!([{ BEARER: [] }, { TICKET: [] }]));
    }
    if let Some(capability) = operation.get(CAPABILITY).and_then(Value::as_str) {
        let note = format!("Needs the capability `{capability}`.");
        let description = operation.get("description").and_then(Value::as_str).unwrap_or_default();
        let description = format!("{description}\n\n{note}").trim().to_owned();
        operation.insert("description".to_owned(), description.into());
    }
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    parameters.into_iter().flatten().for_each(finish_parameter);
    let body = operation
        .get_mut("requestBody")
        .and_then(|body| body.get_mut("content"));
    let content = body.and_then(Value::as_object_mut);
    content.into_iter().flatten().for_each(finish_media);
    let codes = codes(operation, is_open);
    let own = operation.entry("responses").or_insert_with(|| json!({}));
    for response in own.as_object_mut().into_iter().flat_map(Map::values_mut) {
        if let Some(response) = response.as_object_mut() {
            let headers = response.entry("headers").or_insert_with(|| json!({}));
            put(
                headers,
                "X-Request-Id",
                json!({ "$ref": "#/components/headers/RequestId" }),
            );
            let content = response.get_mut("content").and_then(Value::as_object_mut);
            content.into_iter().flatten().for_each(finish_media);
        }
    }
    for group in codes.chunk_by(|first, second| first.status() == second.status()) {
        let (Some(first), name) = (group.first(), response_name(group)) else {
            continue;
        };
        own[first.status().as_str()] = json!({ "$ref": format!("#/components/responses/{name}") });
        responses.entry(name).or_insert_with(|| response(group));
    }
}

/// The codes that there are, for programs that tell them apart.
fn problem_code() -> Value {
    let names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    json!({
        "type": "string",
        "description": "The codes of errors that this version knows; new ones may come.",
        "enum": names,
        "examples": [Code::NotFound.name()]
    })
}

/// A parameter that is left out is not there; none is null. What all operations mean alike has one example.
fn finish_parameter(parameter: &mut Value) {
    let name = parameter.get("name").and_then(Value::as_str).unwrap_or_default();
    let example = PARAMETER_EXAMPLES.iter().find(|(known, _)| *known == name);
    if let Some((_, example)) = example.filter(|_| parameter.get("example").is_none()) {
        put(parameter, "example", example.parse().unwrap_or_default());
    }
    if let Some(schema) = parameter.get_mut("schema") {
        forbid_null(schema);
    }
}

/// Bytes are bytes, and no list of numbers.
fn finish_media((_, media): (&String, &mut Value)) {
    if media.pointer("/schema/items/format") == Some(&json!("int32")) {
        put(media, "schema", json!({ "type": "string", "format": "binary" }));
    }
    // A body that may be left out is no `null` for that.
    if media.pointer("/schema/oneOf/1") == Some(&json!({ "type": "null" }))
        && let Some(schema) = media.pointer("/schema/oneOf/0").cloned()
    {
        put(media, "schema", schema);
    }
}

/// What is said of a property that may be null is written beside its type; it belongs to the property.
fn lift_description(property: &mut Value) {
    let first = property.get_mut("oneOf").and_then(|choices| choices.get_mut(0));
    let said = first
        .and_then(Value::as_object_mut)
        .and_then(|first| first.remove("description"));
    if let Some(said) = said {
        put(property, "description", said);
    }
}

/// Puts a value into an object.
pub fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

fn forbid_null(schema: &mut Value) {
    let types = schema
        .get("type")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if let [first, second] = types.as_slice()
        && second == "null"
    {
        put(schema, "type", first.clone());
    }
}

/// Every error that an operation can end in, in the order of the table, which is that of their statuses.
fn codes(operation: &Map<String, Value>, is_open: bool) -> Vec<Code> {
    let own = operation.get(PROBLEMS).and_then(Value::as_array).into_iter().flatten();
    let own: Vec<Code> = own.filter_map(|name| Code::from_name(name.as_str()?)).collect();
    let has_body = operation.contains_key("requestBody");
    let has_parameters = operation.contains_key("parameters");
    let applies = |code: &Code| match code {
        Code::InvalidParameter => has_parameters,
        Code::InvalidRequest | Code::PayloadTooLarge | Code::UnsupportedMediaType => has_body,
        Code::Unauthenticated
        | Code::TokenExpired
        | Code::RateLimited
        | Code::DatabaseUnavailable
        | Code::SignInUnavailable => !is_open,
        Code::CapabilityRequired => operation.contains_key(CAPABILITY),
        Code::NotAcceptable | Code::Internal => true,
        _ => false,
    };
    let all = Code::ALL.iter().copied();
    all.filter(|code| own.contains(code) || applies(code)).collect()
}

/// `Unauthenticated`, `NotFoundOrRouteNotFound`.
fn response_name(group: &[Code]) -> String {
    let names: Vec<String> = group.iter().map(|code| format!("{code:?}")).collect();
    names.join("Or")
}

fn response(group: &[Code]) -> Value {
    let lines: Vec<String> = group
        .iter()
        .map(|code| format!("`{}`: {}. {}", code.name(), code.title(), code.advice()))
        .collect();
    let examples = group.iter().map(|code| {
        let problem = ApiError::new(*code, code.title()).problem("/v1/me", "0199c1f2-5b1e-7c3a-9d2e-000000000000");
        (
            code.name().to_owned(),
            json!({ "summary": code.title(), "value": problem }),
        )
    });
    let mut headers = json!({ "X-Request-Id": { "$ref": "#/components/headers/RequestId" } });
    if group.iter().any(|code| [429, 503].contains(&code.status().as_u16())) {
        put(
            &mut headers,
            "Retry-After",
            json!({ "$ref": "#/components/headers/RetryAfter" }),
        );
    }
    json!({
        "description": lines.join("\n\n"),
        "headers": headers,
        "content": {
            PROBLEM_JSON: {
                "schema": { "$ref": "#/components/schemas/Problem" },
                "examples": examples.collect::<Map<_, _>>()
            }
        }
    })
}
