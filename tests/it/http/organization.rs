//! The settings of an organisation, and what they hold for.

use std::thread;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Workspace, csv_file, on_each_database, table};

const PATH: &str = "/v1/organization";
const RUNS: &str = "/v1/import-runs";
/// A number that names no country, and is none in Great Britain.
const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email               | Phone
    C-1         | Anke       | Brandt    | anke@brandt.example | 0171 3920014
";
const GERMAN: &str = "+491713920014";

fn patch(client: &Client, change: &Value) -> Answer {
    client.send("PATCH", PATH, &[], Some(change))
}

/// The four settings of the client's organisation.
#[track_caller]
fn settings(client: &Client) -> Value {
    let organization = client.get(PATH).ok();
    let names = ["country", "currency", "time_zone", "language"];
    names.map(|name| organization[name].clone()).to_vec().into()
}

fn british() -> Value {
    json!(["GB", "GBP", "Europe/London", "en-GB"])
}

/// Uploads the customers with these options; the run as soon as it waits for somebody.
#[track_caller]
fn upload(client: &Client, options: &Value) -> Value {
    let files = [("customers.csv", csv_file(&table("file", CUSTOMERS)))];
    let run = client.upload(RUNS, &files, &[("options", &options.to_string())]).ok();
    client
        .get(&format!("{RUNS}/{}?wait=60", run["id"].as_str().unwrap()))
        .ok()
}

/// The phone of the first row of a run, as it will be imported.
#[track_caller]
fn phone(client: &Client, run: &Value) -> Value {
    let job = run["jobs"][0]["id"].as_str().unwrap();
    let preview = client.get(&format!("/v1/import-jobs/{job}/preview")).ok();
    preview["rows"][0]["cleaned"][0]["fields"]["phone"].clone()
}

#[test]
fn a_new_organisation_is_british() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let technician = service.client("garage", "technician");
        let answer = technician.get(PATH);
        assert_eq!(answer.header("etag"), "\"1\"");
        let (organization, me) = (answer.ok(), technician.get("/v1/me").ok());
        assert_eq!(organization["slug"], "garage");
        assert_eq!(organization["id"], me["organization"]["id"]);
        assert_eq!(settings(&technician), british());
    });
}

#[test]
fn what_is_named_changes_and_the_rest_stays() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let (owner, other) = (service.client("garage", "owner"), service.client("other", "owner"));
        assert_eq!(settings(&other), british());
        let answer = patch(&owner, &json!({ "country": "ie", "currency": "eur" }));
        assert_eq!(
            (&answer.ok()["country"], answer.header("etag")),
            (&json!("IE"), "\"2\"")
        );
        assert_eq!(settings(&owner), json!(["IE", "EUR", "Europe/London", "en-GB"]));
        patch(&owner, &json!({ "time_zone": "europe/dublin", "language": "GA-ie" })).ok();
        assert_eq!(settings(&owner), json!(["IE", "EUR", "Europe/Dublin", "ga-IE"]));
        // What changes nothing leaves no trace.
        for same in [json!({}), json!({ "country": "IE", "language": "ga-IE" })] {
            assert_eq!(patch(&owner, &same).header("etag"), "\"3\"");
        }
        assert_eq!(settings(&other), british());
        let told = owner.items("/v1/audit-log?action=organization.updated");
        let details: Vec<&Value> = told.iter().map(|entry| &entry["detail"]).collect();
        let expected = [
            json!({
                "before": { "time_zone": "Europe/London", "language": "en-GB" },
                "after": { "time_zone": "Europe/Dublin", "language": "ga-IE" }
            }),
            json!({ "before": { "country": "GB", "currency": "GBP" }, "after": { "country": "IE", "currency": "EUR" } }),
        ];
        assert_eq!(details, expected.each_ref());
        assert_eq!(
            (&told[0]["actor"], &told[0]["subject_id"]),
            (&json!("user:developer"), &owner.get(PATH).ok()["id"])
        );
        assert!(other.items("/v1/audit-log").is_empty());
    });
}

#[test]
fn settings_that_can_not_be_taken_are_all_pointed_to_and_nothing_changes() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let owner = service.client("garage", "owner");
        let wrong = json!({ "country": "UK", "currency": "DEM", "time_zone": "London", "language": "en_GB" });
        let refused = patch(&owner, &wrong).refused(422, "validation_failed");
        let places = refused["errors"].as_array().unwrap();
        let pointers: Vec<&Value> = places.iter().map(|place| &place["pointer"]).collect();
        assert_eq!(pointers, ["/country", "/currency", "/time_zone", "/language"]);
        let message = places[0]["message"].as_str().unwrap();
        assert!(message.ends_with("use `GB`"), "{message}");
        let half = patch(&owner, &json!({ "country": "IE", "currency": "" })).refused(422, "validation_failed");
        assert_eq!(half["errors"][0]["pointer"], "/currency");
        for (body, pointer) in [
            (json!({ "country": null }), "/country"),
            (json!({ "currency": 7 }), "/currency"),
            (json!({ "slug": "other" }), "/slug"),
            (json!(["IE", "EUR"]), ""),
        ] {
            let refused = patch(&owner, &body).refused(400, "invalid_request");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        }
        assert_eq!(settings(&owner), british());
        assert!(owner.items("/v1/audit-log").is_empty());
    });
}

#[test]
fn settings_are_changed_by_those_who_may() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let (owner, manager) = (service.client("garage", "owner"), service.client("garage", "manager"));
        let change = json!({ "country": "IE" });
        for role in ["manager", "service_advisor", "technician", "kiosk_device"] {
            let client = service.client("garage", role);
            let refused = patch(&client, &change).refused(403, "capability_required");
            assert_eq!(refused["capability"], "settings.organization.manage", "{role}");
            assert_eq!(settings(&client), british(), "{role}");
        }
        let grant = json!({ "granted": ["settings.organization.manage"] });
        owner.put("/v1/roles/manager", &grant).ok();
        patch(&manager, &change).ok();
        patch(&service.client("garage", "admin"), &json!({ "country": "GB" })).ok();
        service.client_with("").get(PATH).refused(401, "unauthenticated");
    });
}

#[test]
fn a_change_to_an_older_state_of_the_settings_is_refused() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let owner = service.client("garage", "owner");
        let change = |etag: &str, change: Value| owner.send("PATCH", PATH, &[("if-match", etag)], Some(&change));
        change("\"1\"", json!({ "country": "IE" })).ok();
        change("\"1\"", json!({ "country": "FR" })).refused(412, "changed_meanwhile");
        change("*", json!({ "country": "FR" })).refused(400, "invalid_parameter");
        change("\"2\"", json!({ "currency": "EUR" })).ok();
        assert_eq!(settings(&owner), json!(["IE", "EUR", "Europe/London", "en-GB"]));
    });
}

#[test]
fn changes_of_different_settings_at_once_are_all_kept() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let owner = service.client("garage", "owner");
        owner.get(PATH).ok();
        thread::scope(|scope| {
            for (name, values) in [("country", ["DE", "IE"]), ("currency", ["USD", "EUR"])] {
                let owner = owner.clone();
                scope.spawn(move || {
                    for round in 0..10 {
                        patch(&owner, &json!({ name: values[round % 2] })).ok();
                    }
                });
            }
        });
        assert_eq!(settings(&owner), json!(["IE", "EUR", "Europe/London", "en-GB"]));
        assert_eq!(owner.get(PATH).header("etag"), "\"21\"");
    });
}

#[test]
fn a_run_keeps_the_country_that_it_was_made_with() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let owner = service.client("garage", "owner");
        let before = upload(&owner, &json!({}));
        assert_eq!(
            (&before["options"]["country"], phone(&owner, &before)),
            (&json!("GB"), Value::Null)
        );
        patch(&owner, &json!({ "country": "DE" })).ok();
        let again = owner.get(&format!("{RUNS}/{}", before["id"].as_str().unwrap())).ok();
        assert_eq!(
            (&again["options"]["country"], phone(&owner, &again)),
            (&json!("GB"), Value::Null)
        );
        let after = upload(&owner, &json!({}));
        assert_eq!(
            (&after["options"]["country"], phone(&owner, &after)),
            (&json!("DE"), json!(GERMAN))
        );
        // What is said of the run goes before.
        let said = upload(&owner, &json!({ "country": "gb" }));
        assert_eq!(
            (&said["options"]["country"], phone(&owner, &said)),
            (&json!("GB"), Value::Null)
        );
        // What was analysed is what lands.
        owner
            .post(&format!("{RUNS}/{}/start", after["id"].as_str().unwrap()), &json!({}))
            .ok();
        owner.done(after["id"].as_str().unwrap());
        assert_eq!(workspace.query("SELECT phone FROM customer"), [[GERMAN]]);
    });
}

#[test]
fn a_country_of_a_run_that_is_none_is_pointed_to() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let owner = service.client("garage", "owner");
        let files = [("customers.csv", csv_file(&table("file", CUSTOMERS)))];
        let refused = owner
            .upload(RUNS, &files, &[("options", r#"{"country": "Germany"}"#)])
            .refused(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/options/country");
        assert!(refused["detail"].as_str().unwrap().ends_with("use `DE`"), "{refused}");
        assert!(owner.items(RUNS).is_empty());
    });
}

#[test]
fn what_people_type_is_read_in_the_country_of_their_organisation() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let (owner, other) = (service.client("garage", "owner"), service.client("other", "owner"));
        patch(&owner, &json!({ "country": "DE" })).ok();
        let customer = json!({ "fields": { "company": "Brandt GmbH", "phone": "0171 3920014" } });
        assert_eq!(owner.post("/v1/customers", &customer).ok()["phone"], GERMAN);
        assert_eq!(owner.items("/v1/customers?q=0171%203920014").len(), 1);
        let refused = other.post("/v1/customers", &customer).refused(422, "validation_failed");
        assert_eq!(refused["errors"][0]["pointer"], "/fields/phone");
    });
}

#[test]
fn amounts_are_in_the_currency_of_the_organisation() {
    let workspace = Workspace::on_sqlite();
    let products = table(
        "Products",
        "Product Code | Product Name | Retail Price\n P-1 | Wiper blade | 12.50",
    );
    workspace.write("products.csv", csv_file(&products));
    workspace.import("products.csv --organization garage", 0);
    let service = workspace.serve("--no-worker");
    let owner = service.client("garage", "owner");
    let product = || owner.items("/v1/products")[0].clone();
    assert_eq!(product()["currency"], "GBP");
    patch(&owner, &json!({ "currency": "EUR" })).ok();
    assert_eq!(product()["currency"], "EUR");
    let path = format!("/v1/products/{}", product()["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).ok(), product());
    assert!(owner.get("/v1/vehicles").ok()["items"].as_array().unwrap().is_empty());
}
