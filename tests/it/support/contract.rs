//! The committed specification: which operations there are, and whether an answer is as it says.

use std::collections::HashMap;
use std::fs;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

use super::program::repository;
use super::service::Answer;

/// An operation of the specification.
#[derive(Debug, Clone)]
pub struct Operation {
    pub method: String,
    /// The path as the specification has it: `/v1/vehicles/{vehicle_id}`.
    pub path: String,
    pub value: Value,
}

/// The committed specification.
pub fn document() -> &'static Value {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        let text = fs::read_to_string(repository().join("api-spec/openapi.json")).unwrap();
        serde_json::from_str(&text).unwrap()
    });
    &DOCUMENT
}

/// Every operation.
pub fn operations() -> &'static [Operation] {
    static OPERATIONS: LazyLock<Vec<Operation>> = LazyLock::new(|| {
        let mut operations = Vec::new();
        for (path, item) in document()["paths"].as_object().unwrap() {
            for (method, value) in item.as_object().unwrap() {
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    value: value.clone(),
                });
            }
        }
        operations
    });
    &OPERATIONS
}

impl Operation {
    /// Whether it needs no token.
    pub fn is_open(&self) -> bool {
        self.value["security"].as_array().is_some_and(Vec::is_empty)
    }

    /// The path with something in place of each parameter.
    pub fn path_with(&self, parameter: impl Fn(&str) -> String) -> String {
        let mut path = String::new();
        let mut rest = self.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap();
            path += before;
            path += &parameter(name);
            rest = behind;
        }
        path + rest
    }

    /// Whether a path is one of this operation.
    fn fits(&self, path: &str) -> bool {
        let (mut ours, mut theirs) = (self.path.split('/'), path.split('/'));
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return true,
                (Some(ours), Some(theirs)) if segment_fits(ours, theirs) => {}
                _ => return false,
            }
        }
    }
}

fn segment_fits(pattern: &str, segment: &str) -> bool {
    let Some((before, after)) = pattern.split_once('{') else {
        return pattern == segment;
    };
    let behind = after.split_once('}').unwrap().1;
    let variable = segment.strip_prefix(before).and_then(|rest| rest.strip_suffix(behind));
    variable.is_some_and(|variable| !variable.is_empty())
}

/// Checks that an answer is as the specification says: its status, its media type, its body, its headers.
#[track_caller]
pub fn check(method: &str, path: &str, answer: &Answer) {
    assert!(
        !answer.header("x-request-id").is_empty(),
        "{method} {path}: no request id"
    );
    let path = path.split('?').next().unwrap();
    let fitting = operations()
        .iter()
        .filter(|known| known.method == method && known.fits(path));
    // Of several the one without parameters.
    let Some(operation) = fitting.min_by_key(|known| known.path.matches('{').count()) else {
        assert!(
            [401, 404, 405].contains(&answer.status),
            "{method} {path} is not in the specification"
        );
        return check_body("#/components/schemas/Problem", path, answer);
    };
    let status = answer.status.to_string();
    let mut place = format!(
        "#/paths/{}/{}/responses/{status}",
        operation.path.replace('~', "~0").replace('/', "~1"),
        method.to_lowercase()
    );
    let mut response = &operation.value["responses"][&status];
    assert!(
        !response.is_null(),
        "{method} {path}: {status} is not documented: {}",
        answer.text()
    );
    if let Some(reference) = response["$ref"].as_str() {
        place = reference.to_owned();
        response = document().pointer(&reference[1..]).unwrap();
    }
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let required = header["required"] == true;
        assert!(
            !required || answer.headers.contains_key(name),
            "{method} {path}: no header {name}"
        );
    }
    let media_type = answer.header("content-type").split(';').next().unwrap().trim();
    match response["content"].as_object() {
        None => assert!(answer.body.is_empty(), "{method} {path}: {status} has a body"),
        Some(content) => {
            assert!(
                content.contains_key(media_type),
                "{method} {path}: {status} is `{media_type}`, not {:?}",
                content.keys()
            );
            if media_type.ends_with("json") {
                let media_type = media_type.replace('~', "~0").replace('/', "~1");
                check_body(&format!("{place}/content/{media_type}/schema"), path, answer);
            }
        }
    }
}

#[track_caller]
fn check_body(schema: &str, path: &str, answer: &Answer) {
    let validator = validator(schema);
    let body = answer.json();
    let errors: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{path} is not as {schema} says: {}\n{body:#}",
        errors.join("; ")
    );
}

/// The schema at this place of the specification, ready to be asked.
fn validator(place: &str) -> Arc<Validator> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let mut validators = VALIDATORS.lock().unwrap();
    if let Some(validator) = validators.get(place) {
        return Arc::clone(validator);
    }
    // The whole specification, so that references in it are found.
    let mut schema = document().clone();
    // Braces of paths are none of a URI's characters (RFC 3986, 2).
    schema["$ref"] = place.replace('{', "%7B").replace('}', "%7D").into();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema);
    let validator = Arc::new(validator.unwrap_or_else(|error| panic!("{place}: {error}")));
    validators.insert(place.to_owned(), Arc::clone(&validator));
    validator
}
