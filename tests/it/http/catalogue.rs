//! Who calls, and what can be imported.

use serde_json::{Value, json};

use crate::support::Workspace;

fn names(items: &[Value], key: &str) -> Vec<String> {
    items
        .iter()
        .map(|item| item[key].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn me_says_who_calls_and_within_which_limits() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let me = service.client("garage", "manager").get("/v1/me").ok();
    assert_eq!(
        (&me["organization"]["slug"], &me["user"]),
        (&json!("garage"), &json!("user:developer"))
    );
    let limits = me["limits"].as_array().unwrap();
    assert!(
        limits.contains(&json!({ "name": "page_items", "maximum": 200 })),
        "{limits:?}"
    );
    assert!(names(limits, "name").contains(&"file_bytes".to_owned()));
}

#[test]
fn the_catalogue_says_what_can_be_imported() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("garage", "technician");
    let systems = client.items("/v1/source-systems");
    let ids = names(&systems, "id");
    assert!(
        ["techman", "generic", "xero"]
            .iter()
            .all(|id| ids.contains(&(*id).to_owned())),
        "{ids:?}"
    );
    let entities = client.items("/v1/entity-types");
    assert_eq!(entities.len(), 18);
    let customer = entities.iter().find(|one| one["name"] == "customer").unwrap();
    let fields = customer["fields"].as_array().unwrap();
    let group = fields.iter().find(|field| field["name"] == "customer_group").unwrap();
    assert_eq!(
        (&group["kind"], &group["refers_to"]),
        (&json!("reference"), &json!("customer_group"))
    );
    let techman = systems.iter().find(|one| one["id"] == "techman").unwrap();
    let columns: Vec<_> = techman["tables"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|table| table["columns"].as_array().unwrap())
        .collect();
    assert!(
        columns
            .iter()
            .any(|column| column["field"] == "customer.external_customer_number")
    );
}

/// What is downloaded is what the command prints.
#[test]
fn templates_are_downloaded_under_their_name() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("garage", "technician");
    let csv = client.get("/v1/templates/vehicle.csv");
    assert_eq!(csv.text(), workspace.run("template vehicle").exits(0).stdout);
    assert_eq!(
        csv.header("content-disposition"),
        "attachment; filename=\"vehicle.csv\""
    );
    let workbook = client.get("/v1/templates/vehicle.xlsx");
    assert_eq!((workbook.status, &workbook.body[..2]), (200, &b"PK"[..]));
    client.get("/v1/templates/spaceship.csv").refused(404, "not_found");
}
