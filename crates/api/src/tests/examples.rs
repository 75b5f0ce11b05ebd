//! What the examples of the specification teach exists.

use serde_json::{Map, Value};
use torqueflow_model::FindingCode;
use torqueflow_pipeline::OpenError;

use crate::openapi::document_text;

fn document() -> Value {
    serde_json::from_str(&document_text()).unwrap()
}

/// Hands over every object of the document, and every row of its CSV.
fn each_object(value: &Value, look: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            look(object);
            object.values().for_each(|inner| each_object(inner, look));
        }
        Value::Array(items) => items.iter().for_each(|item| each_object(item, look)),
        Value::String(text) if text.contains("\r\n") => {
            let mut lines = text.lines().map(|line| line.split(','));
            let headers: Vec<&str> = lines.next().into_iter().flatten().collect();
            for cells in lines {
                let cells = cells.map(Value::from);
                look(&headers.iter().map(ToString::to_string).zip(cells).collect());
            }
        }
        _ => {}
    }
}

/// The objects that have a text for each of these names.
fn objects_with(names: &[&str]) -> Vec<Map<String, Value>> {
    let mut found = Vec::new();
    each_object(&document(), &mut |object| {
        if names.iter().all(|name| object.get(*name).is_some_and(Value::is_string)) {
            found.push(object.clone());
        }
    });
    assert!(!found.is_empty(), "no example has {names:?}");
    found
}

#[test]
fn every_finding_in_an_example_is_one_of_ours() {
    for example in objects_with(&["code", "severity"]) {
        let text = |name: &str| example.get(name).and_then(Value::as_str);
        let code = FindingCode::from_code(text("code").unwrap());
        let code = code.unwrap_or_else(|| panic!("there is no such finding: {example:?}"));
        assert_eq!(text("severity"), Some(code.severity().name()), "{example:?}");
        let first_rows = example.get("first_rows").and_then(Value::as_array);
        let first_rows: Vec<u64> = first_rows.into_iter().flatten().filter_map(Value::as_u64).collect();
        let message = match example.get("cells").and_then(Value::as_u64) {
            Some(cells) if cells > 1 => code.message_of_column("", cells, &first_rows),
            _ => code.template().to_owned(),
        };
        assert_eq!(text("message").unwrap_or(&message), message, "{example:?}");
        assert_eq!(text("fix").unwrap_or(code.fix()), code.fix(), "{example:?}");
    }
}

#[test]
fn a_list_can_be_asked_for_the_finding_in_the_example() {
    for parameter in objects_with(&["name", "in", "example"]) {
        if parameter["name"] == "code" {
            let code = parameter["example"].as_str().unwrap();
            assert!(FindingCode::from_code(code).is_some(), "there is no finding `{code}`");
        }
    }
}

#[test]
fn every_notice_in_an_example_is_one_of_ours() {
    let known = [OpenError::NeedsPassword, OpenError::WrongPassword];
    for example in objects_with(&["code", "message"]) {
        if example.len() == 2 {
            let is_known = |error: &OpenError| example["code"] == error.code() && example["message"] == error.message();
            assert!(known.iter().any(is_known), "{example:?}");
        }
    }
}
