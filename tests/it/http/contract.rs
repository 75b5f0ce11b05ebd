//! The specification and the service are the same thing.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::support::contract::{Operation, document, operations};
use crate::support::{Workspace, on_each_database, repository};

/// An id that nothing has.
const NOBODY: &str = "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23";

/// A value for a parameter of a path, such that the request goes well as far as that is possible without data.
fn parameter(name: &str) -> String {
    let value = match name {
        "entity_type" => "customer",
        "role" => "technician",
        "file" => "index.html",
        _ => NOBODY,
    };
    value.to_owned()
}

/// The example of an operation's body.
fn example(operation: &Operation) -> Option<Value> {
    let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
    let reference = schema["$ref"].as_str()?;
    let schema = document().pointer(&reference[1..]).unwrap();
    Some(schema["examples"][0].clone())
}

#[test]
fn the_committed_specification_is_the_served_one() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let served = service.client_with("").get("/openapi.json").ok();
    assert_eq!(&served, document());
    let printed = workspace.run("openapi").exits(0);
    let committed = fs::read_to_string(repository().join("api-spec/openapi.json")).unwrap();
    assert_eq!(printed.stdout, committed);
}

#[test]
fn every_operation_is_served_and_refuses_strangers() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let (owner, stranger) = (service.client("garage", "owner"), service.client_with(""));
    for operation in operations() {
        let Operation { method, path, .. } = &operation;
        let (with_values, body) = (operation.path_with(parameter), example(&operation));
        let answer = owner.send(method, &with_values, &[], body.as_ref());
        let code = answer
            .header("content-type")
            .contains("problem")
            .then(|| answer.json()["code"].clone());
        for missing in [
            "route_not_found",
            "method_not_allowed",
            "invalid_request",
            "unsupported_media_type",
        ] {
            assert_ne!(code, Some(Value::from(missing)), "{method} {path}");
        }
        let answer = stranger.send(method, &with_values, &[], body.as_ref());
        if operation.is_open() {
            assert!(answer.status < 400, "{method} {path}: {}", answer.status);
        } else {
            answer.refused(401, "unauthenticated");
        }
    }
}

/// Routes are written down as `#[get("/…")]`; those of records follow from the catalogue.
#[test]
fn every_route_is_in_the_specification() {
    let known: BTreeSet<(String, String)> = operations().into_iter().map(|one| (one.method, one.path)).collect();
    let mut routes = 0;
    for file in fs::read_dir(repository().join("crates/api/src/routes")).unwrap() {
        let path = file.unwrap().path();
        let text = if path.is_file() {
            fs::read_to_string(&path).unwrap()
        } else {
            String::new()
        };
        assert!(
            !text.contains(".route(\""),
            "{}: routes are services, so that they are specified",
            path.display()
        );
        for line in text.lines() {
            let Some((method, rest)) = line.strip_prefix("#[").and_then(|line| line.split_once("(\"")) else {
                continue;
            };
            let Some(route) = rest.strip_suffix("\")]") else {
                continue;
            };
            let method = method.to_uppercase();
            let is_known = |prefix: &str| known.contains(&(method.clone(), format!("{prefix}{route}")));
            assert!(
                is_known("/v1") || is_known(""),
                "{method} {route} is not in the specification"
            );
            routes += 1;
        }
    }
    let of_records = operations()
        .iter()
        .filter(|one| one.value["tags"][0] == "records")
        .count();
    assert_eq!(routes + of_records, known.len());
}

#[test]
fn operations_say_what_they_are() {
    let mut ids = BTreeSet::new();
    let tags: BTreeSet<&str> = document()["tags"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|tag| tag["name"].as_str())
        .collect();
    for operation in operations() {
        let Operation { method, path, value } = &operation;
        let has_text = |key: &str| value[key].as_str().is_some_and(|text| text.len() > 3);
        assert!(
            has_text("summary") && has_text("description"),
            "{method} {path}: say what it does"
        );
        assert!(
            ids.insert(value["operationId"].as_str().unwrap().to_owned()),
            "{method} {path}: its id is not its own"
        );
        assert!(
            tags.contains(value["tags"][0].as_str().unwrap()),
            "{method} {path}: its tag is unknown"
        );
        assert!(
            value["responses"]["500"].is_object(),
            "{method} {path}: it can always fail"
        );
    }
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}: say what it is");
        assert!(schema["examples"].is_array(), "{name}: show one");
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_described = property["description"].is_string() || property["$ref"].is_string();
            assert!(is_described, "{name}.{field}: say what it is");
        }
    }
}

/// What belongs to one organisation is not found by another, whatever it is.
#[test]
fn another_organisation_finds_nothing() {
    on_each_database(|workspace| {
        workspace.add_samples(&["customers.csv"]);
        workspace.import("customers.csv --organization garage --on-duplicate create", 0);
        let service = workspace.serve("");
        let (owner, other) = (service.client("garage", "owner"), service.client("other", "owner"));
        let key = owner
            .post("/v1/api-keys", &serde_json::json!({ "name": "Sync", "role": "admin" }))
            .ok();
        let mut found = 0;
        for operation in operations()
            .iter()
            .filter(|one| !one.is_open() && one.path.contains("_id}"))
        {
            let list = operation.path.rsplit_once('/').unwrap().0;
            let items = owner.items(list);
            let Some(id) = items.first().and_then(|item| item["id"].as_str()) else {
                continue;
            };
            let path = operation.path_with(|_| id.to_owned());
            other
                .send(&operation.method, &path, &[], None)
                .refused(404, "not_found");
            assert!(other.items(list).is_empty(), "{list}");
            found += 1;
        }
        assert!(found >= 3, "{found}");
        let id = key["api_key"]["id"].as_str().unwrap();
        assert_eq!(owner.items("/v1/api-keys")[0]["id"], id);
        assert!(other.items("/v1/import-mappings").is_empty());
        assert!(!owner.items("/v1/import-mappings").is_empty());
    });
}
