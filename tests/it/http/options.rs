//! What an upload says beside its files, and what a request may leave out.

use serde_json::{Value, json};

use crate::support::{Client, Workspace, csv_file, on_each_database, table};

const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email                 | Phone
    C-1         | Marta      | Ellwood   | marta@ellwood.example | 07700 900123
";
const LOCATIONS: &str = "
    Location Name
    Leeds
";
const RUNS: &str = "/v1/import-runs";

fn files() -> [(&'static str, Vec<u8>); 1] {
    [("customers.csv", csv_file(&table("file", CUSTOMERS)))]
}

/// Uploads with these options, and gives those that are in force.
#[track_caller]
fn options(client: &Client, fields: &[(&str, &str)]) -> Value {
    client.upload(RUNS, &files(), fields).ok()["options"].clone()
}

#[test]
fn every_option_of_an_upload_is_in_force() {
    on_each_database(|workspace| {
        workspace.write("places.csv", csv_file(&table("file", LOCATIONS)));
        workspace.import("places.csv --organization garage", 0);
        let service = workspace.serve("--no-worker");
        let client = service.client("garage", "owner");
        let location = client.items("/v1/locations")[0]["id"].clone();
        let nothing_said = json!({
            "source_system": null, "on_duplicate": { "high": null, "medium": null, "low": null }, "mode": null,
            "update_existing": null, "create_missing": null, "orphans": "fail", "location_id": null, "blank_wipes": false,
            "auto_start": false, "country": "GB", "source_confirmation": false
        });
        assert_eq!(options(&client, &[]), nothing_said);
        let said = json!({
            "on_duplicate": { "high": "merge", "low": "skip" }, "mode": "initial", "update_existing": true,
            "create_missing": false, "orphans": "unlinked", "location_id": location, "blank_wipes": true, "auto_start": true,
            "country": "ie", "source_confirmation": true
        });
        let expected = json!({
            "source_system": "generic", "on_duplicate": { "high": "merge", "medium": null, "low": "skip" }, "mode": "initial",
            "update_existing": true, "create_missing": false, "orphans": "unlinked", "location_id": location,
            "blank_wipes": true, "auto_start": true, "country": "IE", "source_confirmation": true
        });
        let fields = [("options", said.to_string()), ("source_system", "generic".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(options(&client, &fields), expected);
        // The field of the form goes before that of the options.
        let both = [("mode", "refresh"), ("options", r#"{"mode": "initial"}"#)];
        assert_eq!(options(&client, &both)["mode"], "refresh");
    });
}

#[test]
fn a_mode_that_was_chosen_is_kept() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = client.upload(RUNS, &files(), &[("mode", "refresh")]).ok();
        let ready = client
            .get(&format!("{RUNS}/{}?wait=60", run["id"].as_str().unwrap()))
            .ok();
        assert_eq!((&ready["status"], &ready["mode"]), (&json!("ready"), &json!("refresh")));
    });
}

#[test]
fn what_a_form_says_wrongly_is_pointed_to() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let client = service.client("garage", "owner");
        let check = |path: &str, field: &str, value: &str, pointer: &str| {
            let refused = client
                .upload(path, &files(), &[(field, value)])
                .refused(422, "validation_failed");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
        };
        check(RUNS, "mode", "later", "/mode");
        check(RUNS, "source_system", " ", "/source_system");
        check(RUNS, "options", r#"{"colour": "red"}"#, "/options");
        check(RUNS, "colour/hue", "red", "/colour~1hue");
        let nowhere = r#"{"location_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23"}"#;
        check(RUNS, "options", nowhere, "/options/location_id");
        assert!(client.items(RUNS).is_empty());

        let run = client.upload(RUNS, &files(), &[]).ok();
        let add = format!("{RUNS}/{}/files", run["id"].as_str().unwrap());
        // Options were said when the run was made.
        check(&add, "options", "{}", "/options");
        check(&add, "mode", "refresh", "/mode");
        client
            .upload(&add, &[], &[("password", "x")])
            .refused(422, "validation_failed");
        assert_eq!(
            client.upload(&add, &files(), &[]).ok()["files"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    });
}

/// A request whose meaning hangs on a field that was forgotten, or on an order of values, would do harm.
#[test]
fn bodies_are_objects_and_say_what_they_mean() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = client.upload(RUNS, &files(), &[]).ok();
        let path = format!("{RUNS}/{}", run["id"].as_str().unwrap());
        client.get(&format!("{path}?wait=60")).ok();
        let check = |method: &str, path: &str, body: Value| {
            client
                .send(method, path, &[], Some(&body))
                .refused(400, "invalid_request");
        };
        check("PATCH", &format!("{path}/duplicates"), json!({ "filter": {} }));
        check(
            "PATCH",
            &format!("{path}/duplicates"),
            json!({ "filter": [], "action": null }),
        );
        check(
            "PUT",
            &format!("{path}/duplicate-default"),
            json!({ "per_level": ["skip", "skip", "skip"] }),
        );
        check("PUT", &format!("{path}/duplicate-default"), json!(["skip"]));
        check("POST", "/v1/api-keys", json!(["Sync", "admin"]));
        let decided = client.send(
            "PATCH",
            &format!("{path}/duplicates"),
            &[],
            Some(&json!({ "filter": {}, "action": null })),
        );
        assert_eq!(decided.ok()["decided"], 0);
    });
}

#[test]
fn a_ticket_opens_an_url_with_parameters() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let client = service.client("garage", "owner");
        client.upload(RUNS, &files(), &[]).ok();
        let url = format!("{RUNS}?status=detecting&limit=1");
        let ticket = client.post("/v1/tickets", &json!({ "url": url })).ok();
        let found = service.client_with("").get(ticket["url"].as_str().unwrap()).ok();
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
    });
}

/// Whoever waits for a run that starts by itself is not told in between that it waits for a person.
#[test]
fn a_run_that_starts_by_itself_is_never_ready() {
    let workspace = Workspace::on_sqlite();
    workspace.run("migrate").exits(0);
    workspace.execute(
        "CREATE TABLE seen (status text); CREATE TRIGGER see AFTER UPDATE OF status ON import_run \
         BEGIN INSERT INTO seen VALUES (NEW.status); END",
    );
    let service = workspace.serve("");
    let client = service.client("garage", "owner");
    let run = client
        .upload(RUNS, &files(), &[("options", r#"{"auto_start": true}"#)])
        .ok();
    let ended = client
        .get(&format!("{RUNS}/{}?wait=60", run["id"].as_str().unwrap()))
        .ok();
    assert_eq!(ended["status"], "completed");
    assert_eq!(workspace.number("SELECT count(*) FROM seen WHERE status = 'ready'"), 0);
    assert!(workspace.number("SELECT count(*) FROM seen WHERE status = 'queued'") > 0);
}
