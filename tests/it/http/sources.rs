//! Whose files they are, over HTTP: names, confirmations, and what other organisations can't see or say.

use serde_json::{Value, json};

use crate::support::{Client, Service, on_each_database};

const RUNS: &str = "/v1/import-runs";
/// The customers of a till that nobody has heard of.
const TILL: &str = "Customer No,Customer Name,Telephone\n\
    1,Marta Ellwood,07181 050327\n\
    2,Piotr Nowicki,07181 050330\n\
    3,Ines Duarte,07181 050331\n";
/// The same table with others under these numbers.
const OTHERS: &str = "Customer No,Customer Name,Telephone\n\
    1,Zadie Quill,07181 070327\n\
    2,Hamid Rostami,07181 070330\n\
    3,Freya Lindqvist,07181 070331\n";
/// Headers that nobody would recognise.
const STRANGE: &str = "Spalte eins,Spalte zwei,Spalte drei\n1,Marta Ellwood,marta@ellwood.example\n";

fn path(run: &Value, rest: &str) -> String {
    format!("{RUNS}/{}{rest}", run["id"].as_str().unwrap())
}

/// Uploads a list, and waits until the run needs somebody.
#[track_caller]
fn upload(client: &Client, text: &str, fields: &[(&str, &str)]) -> Value {
    let files = [("list.csv", text.as_bytes().to_vec())];
    let run = client.upload(RUNS, &files, fields).ok();
    client.get(&path(&run, "?wait=60")).ok()
}

#[track_caller]
fn finish(client: &Client, run: &Value) -> Value {
    client.post(&path(run, "/start"), &json!({})).ok();
    client.done(run["id"].as_str().unwrap())
}

fn patch(client: &Client, run: &Value, change: &Value) -> Value {
    client.send("PATCH", &path(run, ""), &[], Some(change)).ok();
    client.get(&path(run, "?wait=60")).ok()
}

/// A garage whose till was imported, and a later list of others under the same numbers.
fn garage(service: &Service<'_>, fields: &[(&str, &str)]) -> (Client, Value) {
    let client = service.client("garage", "owner");
    let first = upload(&client, TILL, &[("source_system", "Our till")]);
    assert_eq!(first["jobs"][0]["source_system"], "Our till");
    finish(&client, &first);
    let run = upload(&client, OTHERS, fields);
    (client, run)
}

#[test]
fn a_run_that_would_replace_people_waits_until_somebody_confirms_the_source() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (client, run) = garage(&service, &[]);
        assert_eq!(
            (&run["status"], &run["mode"], &run["missing"]),
            (&json!("ready"), &json!("refresh"), &json!(["source_confirmation"]))
        );
        let confirmation = &run["source_confirmation"];
        assert_eq!(
            (&confirmation["replaced"], &confirmation["mapped"]),
            (&json!(3), &json!(3))
        );
        assert_eq!(confirmation["pairs"][1]["before"], "Piotr Nowicki");
        assert_eq!(confirmation["pairs"][1]["after"], "Hamid Rostami");
        let refused = client
            .post(&path(&run, "/start"), &json!({}))
            .refused(409, "source_unconfirmed");
        assert_eq!(refused["errors"].as_array().unwrap().len(), 3);
        assert_eq!(refused["errors"][0]["file"], "list.csv");

        let confirm = json!({ "options": { "source_confirmation": true } });
        let stranger = service.client("elsewhere", "owner");
        stranger
            .send("PATCH", &path(&run, ""), &[], Some(&confirm))
            .refused(404, "not_found");
        let technician = service.client("garage", "technician");
        technician
            .send("PATCH", &path(&run, ""), &[], Some(&confirm))
            .refused(403, "capability_required");
        client
            .send("PATCH", &path(&run, ""), &[("if-match", "\"0\"")], Some(&confirm))
            .refused(412, "changed_meanwhile");
        let seen = client.get(&path(&run, "")).header("etag").to_owned();
        let confirmed = client
            .send("PATCH", &path(&run, ""), &[("if-match", &seen)], Some(&confirm))
            .ok();
        assert_eq!(
            (&confirmed["missing"], &confirmed["source_confirmation"]),
            (&json!([]), &Value::Null)
        );
        let done = finish(&client, &run);
        assert_eq!(
            (&done["status"], &done["totals"]["updated"]),
            (&json!("completed"), &json!(3))
        );
        client
            .send("PATCH", &path(&run, ""), &[], Some(&confirm))
            .refused(409, "wrong_state");
    });
}

#[test]
fn another_name_makes_other_people_of_them() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (client, run) = garage(&service, &[]);
        let renamed = patch(&client, &run, &json!({ "source_system": "The other till" }));
        assert_eq!(
            (
                &renamed["mode"],
                &renamed["missing"],
                &renamed["jobs"][0]["source_system"]
            ),
            (&json!("initial"), &json!([]), &json!("The other till"))
        );
        let done = finish(&client, &run);
        assert_eq!(done["totals"]["imported"], 3);
        assert_eq!(client.items("/v1/customers").len(), 6);
        // Both are known from now on, by name.
        let again = upload(&client, TILL, &[("source_system", "our till")]);
        assert_eq!((&again["mode"], &again["missing"]), (&json!("refresh"), &json!([])));
        client
            .send("PATCH", &path(&again, ""), &[], Some(&json!({ "source_system": "" })))
            .refused(422, "validation_failed");
        // A system that has tables of its own does not know this one.
        let techman = patch(&client, &again, &json!({ "source_system": "Techman" }));
        assert_eq!(techman["missing"], json!(["importable_table"]));
        let back = patch(&client, &again, &json!({ "source_system": "OUR TILL" }));
        assert_eq!(
            (&back["jobs"][0]["source_system"], &back["mode"]),
            (&json!("Our till"), &json!("refresh"))
        );
    });
}

#[test]
fn a_run_that_starts_by_itself_waits_for_the_confirmation_too() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (client, run) = garage(&service, &[("options", r#"{"auto_start": true}"#)]);
        assert_eq!(
            (&run["status"], &run["missing"]),
            (&json!("ready"), &json!(["source_confirmation"]))
        );
        let confirm = json!({ "options": { "source_confirmation": true } });
        client.send("PATCH", &path(&run, ""), &[], Some(&confirm)).ok();
        let done = client.done(run["id"].as_str().unwrap());
        assert_eq!(
            (&done["status"], &done["totals"]["updated"]),
            (&json!("completed"), &json!(3))
        );
    });
}

#[test]
fn what_was_said_beforehand_is_not_asked() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (_, run) = garage(&service, &[("options", r#"{"source_confirmation": true}"#)]);
        assert_eq!((&run["mode"], &run["missing"]), (&json!("refresh"), &json!([])));
        let client = service.client("garage", "owner");
        let initial = upload(&client, OTHERS, &[("mode", "initial")]);
        assert_eq!(initial["missing"], json!([]), "nothing is replaced");
    });
}

#[test]
fn a_saved_mapping_names_the_source() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, STRANGE, &[]);
        let job = format!("/v1/import-jobs/{}", run["jobs"][0]["id"].as_str().unwrap());
        let taught = json!({
            "type": "generic.customers", "save_mapping_as": "Alte Kasse",
            "mapping": {
                "Spalte eins": "customer.external_customer_number", "Spalte zwei": "customer.display_name",
                "Spalte drei": "customer.email"
            }
        });
        client.send("PATCH", &job, &[], Some(&taught)).ok();
        let run = client.get(&path(&run, "?wait=60")).ok();
        assert_eq!(run["jobs"][0]["source_system"], "Alte Kasse");
        finish(&client, &run);
        let again = upload(&client, STRANGE, &[]);
        assert_eq!(
            (&again["mode"], &again["jobs"][0]["source_system"]),
            (&json!("refresh"), &json!("Alte Kasse"))
        );
        let stranger = service.client("elsewhere", "owner");
        let elsewhere = upload(&stranger, STRANGE, &[]);
        assert_eq!(elsewhere["jobs"][0]["source_system"], Value::Null);
    });
}
