//! What is refused about runs, each with its code. The codes that need no run are in the tests of the service's crate.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use torqueflow_test_support::sample::SampleTable;

use crate::support::contract::document;
use crate::support::{Client, PASSWORD, Workspace, csv_file, encrypted_workbook, on_each_database, table};

const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email                 | Phone
    C-1         | Marta      | Ellwood   | marta@ellwood.example | 07700 900123
";
/// A vehicle of nobody that is known.
const VEHICLES: &str = "
    Registration | Customer ID | Make
    TX69 RYA     | C-404       | Ford
";
/// Who holds it.
const HOLDERS: &str = "
    Customer ID | First Name | Last Name | Email                | Phone
    C-404       | Ivor       | Penrose   | ivor@penrose.example | 07700 900456
";
/// Nothing that anybody would recognise.
const UNKNOWN: &str = "
    Spalte eins | Spalte zwei
    Otto Weber  | otto@weber.example
";
/// Customers and vehicles as Techman exports them, without the customers' names.
const INCOMPLETE: &str = "
    CustomerNumber|Phone|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration
    000001|07700 900123|marta@ellwood.example|Retail|False|True|True|TX69RYA
";
const RUNS: &str = "/v1/import-runs";

fn file(name: &'static str, text: &'static str) -> (&'static str, Vec<u8>) {
    (name, csv_file(&table("file", text)))
}

fn path(run: &Value, rest: &str) -> String {
    format!("{RUNS}/{}{rest}", run["id"].as_str().unwrap())
}

/// Uploads files, and waits until the run needs somebody.
#[track_caller]
fn upload(client: &Client, files: &[(&str, Vec<u8>)]) -> Value {
    let run = client.upload(RUNS, files, &[]).ok();
    client.get(&path(&run, "?wait=60")).ok()
}

#[track_caller]
fn finish(client: &Client, run: &Value) -> Value {
    client.post(&path(run, "/start"), &json!({})).ok();
    client.get(&path(run, "?wait=60")).ok()
}

/// `/files/{file_id}/unlock` of a run's only file.
fn unlock(run: &Value) -> String {
    path(
        run,
        &format!("/files/{}/unlock", run["files"][0]["id"].as_str().unwrap()),
    )
}

#[test]
fn a_file_that_is_open_is_not_unlocked() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, &[file("customers.csv", CUSTOMERS)]);
        client
            .post(&unlock(&run), &json!({ "password": "any" }))
            .refused(409, "not_locked");
    });
}

#[test]
fn a_workbook_without_rows_is_of_no_use() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let empty = encrypted_workbook(&[SampleTable::new("Empty", &[], Vec::new())]);
        let run = upload(&client, &[("empty.xlsx", empty)]);
        assert_eq!(run["status"], "awaiting_password");
        client
            .post(&unlock(&run), &json!({ "password": PASSWORD }))
            .refused(422, "no_usable_sheets");
        // The file stays, to be removed.
        let file = path(&run, &format!("/files/{}", run["files"][0]["id"].as_str().unwrap()));
        assert!(client.delete(&file).ok()["files"].as_array().unwrap().is_empty());
    });
}

#[test]
fn a_damaged_workbook_is_no_wrong_password() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let mut damaged = encrypted_workbook(&[table("Customers", CUSTOMERS)]);
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x10;
        let run = upload(&client, &[("damaged.xlsx", damaged)]);
        assert_eq!(run["status"], "awaiting_password");
        let refused = client
            .post(&unlock(&run), &json!({ "password": PASSWORD }))
            .refused(422, "unreadable_file");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("The password is right"), "{detail}");
    });
}

#[test]
fn columns_that_a_named_source_must_have_are_demanded() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let files = [file("export.csv", INCOMPLETE)];
        let refused = client
            .upload(RUNS, &files, &[("source_system", "techman")])
            .refused(422, "missing_required_column");
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.contains("Missing required column: CustomerName"), "{detail}");
        assert_eq!(refused["errors"][0]["file"], "export.csv");
        assert!(client.items(RUNS).is_empty(), "a refused upload leaves no run behind");
    });
}

#[test]
fn a_run_without_anything_to_import_is_not_started() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, &[file("unknown.csv", UNKNOWN)]);
        assert_eq!(
            (&run["status"], &run["missing"]),
            (&json!("ready"), &json!(["importable_table"]))
        );
        client
            .post(&path(&run, "/start"), &json!({}))
            .refused(409, "nothing_to_import");
    });
}

#[test]
fn a_run_whose_files_are_gone_can_only_be_looked_at() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, &[file("vehicles.csv", VEHICLES)]);
        let done = finish(&client, &run);
        assert_eq!(done["status"], "failed");
        assert!(!client.get(&path(&run, "/failed-rows")).body.is_empty());
        workspace.execute("UPDATE import_run SET expired_at = created_at");
        let job = format!("/v1/import-jobs/{}", done["jobs"][0]["id"].as_str().unwrap());
        client.post(&path(&run, "/retry"), &json!({})).refused(410, "expired");
        client.get(&path(&run, "/failed-rows")).refused(410, "expired");
        client.get(&format!("{job}/preview")).refused(410, "expired");
        client.get(&format!("{job}/findings")).ok();
        client.get(&path(&run, "/summary")).ok();
    });
}

/// Nothing is kept of a run that is cancelled before its start; the preview says so.
#[test]
fn a_run_that_was_cancelled_before_its_start_has_no_files() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, &[file("customers.csv", CUSTOMERS)]);
        let cancelled = client.post(&path(&run, "/cancel"), &json!({})).ok();
        assert_eq!(cancelled["status"], "cancelled");
        assert!(!cancelled["expired_at"].is_null());
        let job = format!("/v1/import-jobs/{}/preview", run["jobs"][0]["id"].as_str().unwrap());
        client.get(&job).refused(410, "expired");
    });
}

#[test]
fn a_change_to_an_older_state_of_a_table_is_refused() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(&client, &[file("customers.csv", CUSTOMERS)]);
        let job = format!("/v1/import-jobs/{}", run["jobs"][0]["id"].as_str().unwrap());
        let etag = client.get(&job).header("etag").to_owned();
        let patch = |etag: &str| {
            let change = json!({ "date_order": "day_first" });
            client.send("PATCH", &job, &[("if-match", etag)], Some(&change))
        };
        patch("yesterday").refused(400, "invalid_parameter");
        patch(&etag).ok();
        patch(&etag).refused(412, "changed_meanwhile");
    });
}

/// Somebody who takes the run away again and again; a trigger, so that it is sure to happen.
#[test]
fn a_command_that_never_gets_hold_of_the_run_gives_up() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("--no-worker");
    let client = service.client("garage", "owner");
    let run = client.upload(RUNS, &[file("customers.csv", CUSTOMERS)], &[]).ok();
    workspace.execute(
        "CREATE TRIGGER thief AFTER INSERT ON work_lease BEGIN UPDATE work_lease SET token = randomblob(16); END; \
         CREATE TRIGGER other_thief AFTER UPDATE OF owner ON work_lease \
         BEGIN UPDATE work_lease SET token = randomblob(16); END",
    );
    client.post(&path(&run, "/cancel"), &json!({})).refused(409, "run_busy");
    workspace.execute("DROP TRIGGER thief; DROP TRIGGER other_thief");
    assert_eq!(
        client.post(&path(&run, "/cancel"), &json!({})).ok()["status"],
        "cancelled"
    );
}

/// What failed is run again when what was missing is there, and nothing else is touched.
#[test]
fn a_retry_imports_what_failed_before() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = upload(
            &client,
            &[file("customers.csv", CUSTOMERS), file("vehicles.csv", VEHICLES)],
        );
        let done = finish(&client, &run);
        assert_eq!(
            (&done["status"], &done["totals"]["failed"]),
            (&json!("completed_with_errors"), &json!(1))
        );
        let holders = upload(&client, &[file("holders.csv", HOLDERS)]);
        assert_eq!(finish(&client, &holders)["status"], "completed");
        let again = client.post(&path(&run, "/retry"), &json!({})).ok();
        assert_eq!(again["status"], "queued");
        let ended = client.get(&path(&run, "?wait=60")).ok();
        assert_eq!(
            (
                &ended["status"],
                &ended["totals"]["imported"],
                &ended["totals"]["failed"]
            ),
            (&json!("completed"), &json!(2), &json!(0))
        );
        client
            .post(&path(&run, "/retry"), &json!({}))
            .refused(409, "wrong_state");
    });
}

/// A code that is new comes with a test that sees it: here, in another test of this folder, or in the service's crate.
#[test]
fn the_specification_lists_every_code() {
    let listed = &document()["components"]["schemas"]["ProblemCode"]["enum"];
    let listed: BTreeSet<&str> = listed.as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let responses = document()["components"]["responses"].as_object().unwrap();
    let shown = responses.values().flat_map(|response| {
        let examples = response["content"]["application/problem+json"]["examples"].as_object();
        examples.unwrap().keys().map(String::as_str)
    });
    // The one code that no operation has: there is none for the method.
    let shown: BTreeSet<&str> = shown.chain(["method_not_allowed"]).collect();
    assert_eq!(shown, listed);
}
