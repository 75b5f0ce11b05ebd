//! The specification and the service are the same thing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::contract::{Operation, document, operations};
use crate::support::{Client, Workspace, on_each_database, repository};

/// An id that nothing has.
const NOBODY: &str = "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23";

/// A value for a parameter of a path, such that the request goes well as far as that is possible without data.
fn parameter(name: &str) -> String {
    let value = match name {
        "entity_type" => "customer",
        "role" => "technician",
        "file" => "index.html",
        "row" => "2",
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
        let needs_body = operation.value.get("requestBody").is_some();
        let Operation { method, path, .. } = &operation;
        let (with_values, body) = (operation.path_with(parameter), example(operation));
        // Forms have no example that could be sent.
        let is_tried = !needs_body || body.is_some();
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
            assert!(
                !is_tried || code != Some(Value::from(missing)),
                "{method} {path}: {missing}"
            );
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
    let known: BTreeSet<(String, String)> = operations()
        .iter()
        .map(|one| (one.method.clone(), one.path.clone()))
        .collect();
    let mut routes = 0;
    for path in files_below(&repository().join("crates/api/src/routes")) {
        let text = fs::read_to_string(&path).unwrap();
        let shown = path.display();
        assert!(
            !text.contains(".route(\""),
            "{shown}: routes are services, so that they are specified"
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
                "{shown}: {method} {route} is not in the specification"
            );
            routes += 1;
        }
    }
    let is_of_records = |one: &Operation| one.value["tags"][0] == "records";
    let of_records = operations().iter().filter(|one| is_of_records(one)).count();
    assert_eq!(routes + of_records, known.len());
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] })
        .collect()
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
        let Operation { method, path, value } = operation;
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

/// What belongs to one organisation is not found by another, whatever it is and whatever is asked of it.
#[test]
fn another_organisation_finds_nothing() {
    on_each_database(|workspace| {
        workspace.add_samples(&["customers.csv"]);
        workspace.import("customers.csv --organization garage --on-duplicate create", 0);
        let service = workspace.serve("--no-worker");
        let (owner, other) = (service.client("garage", "owner"), service.client("other", "owner"));
        owner
            .post("/v1/api-keys", &json!({ "name": "Sync", "role": "admin" }))
            .ok();
        let ids = ids(&owner);
        let mut asked = BTreeSet::new();
        for operation in operations().iter().filter(|one| !one.is_open()) {
            // The first id in a path says whose it is.
            let Some((_, rest)) = operation.path.split_once('{') else {
                continue;
            };
            let Some(id) = ids.get(rest.split('}').next().unwrap()) else {
                continue;
            };
            let body = example(operation);
            if operation.value["requestBody"].is_object() && body.is_none() {
                // A form, which has tests of its own.
                continue;
            }
            let path = operation.path_with(|name| ids.get(name).unwrap_or(&parameter(name)).clone());
            let answer = other.send(&operation.method, &path, &[], body.as_ref());
            assert_eq!(answer.status, 404, "{} {path}: {}", operation.method, answer.text());
            assert_eq!(
                answer.refused(404, "not_found")["code"],
                "not_found",
                "{} {path}: {id}",
                operation.method
            );
            asked.insert(operation.path.clone());
        }
        for path in [
            "/v1/customers/{customer_id}",
            "/v1/api-keys/{api_key_id}",
            "/v1/import-runs/{run_id}/start",
        ] {
            assert!(asked.contains(path), "{path} was not asked: {asked:?}");
        }
        for list in [
            "/v1/customers",
            "/v1/api-keys",
            "/v1/import-runs",
            "/v1/import-mappings",
        ] {
            assert!(!owner.items(list).is_empty(), "{list}");
            assert!(other.items(list).is_empty(), "{list}");
        }
    });
}

/// The ids of things that the organisation has, by the name of the parameter that takes them.
fn ids(owner: &Client) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    let mut add = |name: &str, items: &Value| {
        if let Some(id) = items[0]["id"].as_str() {
            ids.insert(name.to_owned(), id.to_owned());
        }
    };
    for (name, list) in [
        ("customer_id", "/v1/customers"),
        ("customer_address_id", "/v1/customer-addresses"),
        ("api_key_id", "/v1/api-keys"),
        ("run_id", "/v1/import-runs"),
    ] {
        add(name, &owner.items(list).into());
    }
    let runs = owner.items("/v1/import-runs");
    let run = owner
        .get(&format!("/v1/import-runs/{}", runs[0]["id"].as_str().unwrap()))
        .ok();
    add("job_id", &run["jobs"]);
    add("file_id", &run["files"]);
    ids
}
