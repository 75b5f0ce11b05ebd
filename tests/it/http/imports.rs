//! Imports over HTTP, from the upload to the rollback.

use std::fs;

use serde_json::{Value, json};

use crate::counting::OUTCOMES;
use crate::support::{Client, csv_file, on_each_database, repository, table};

const CUSTOMERS: &str = "
    Customer ID | First Name | Last Name | Email                 | Phone
    C-1         | Marta      | Ellwood   | marta@ellwood.example | 07700 900123
    C-2         | Ivor       | Penrose   | ivor@penrose.example  | 07700 900456
";
/// The same, with another telephone number for Marta and a newcomer.
const CUSTOMERS_LATER: &str = "
    Customer ID | First Name | Last Name | Email                 | Phone
    C-1         | Marta      | Ellwood   | marta@ellwood.example | 07700 900789
    C-2         | Ivor       | Penrose   | ivor@penrose.example  | 07700 900456
    C-3         | Bryn       | Talbot    | bryn@talbot.example   | 07700 900321
";
/// Marta once more, from elsewhere.
const TWIN: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration
    000001|Marta Ellwood||01632 960001|marta@ellwood.example|Retail|False|True|True|TX69RYA
";
/// Nothing that anybody would recognise.
const UNKNOWN: &str = "
    Spalte eins | Spalte zwei
    Otto Weber  | otto@weber.example
";

fn sample(name: &str) -> Vec<u8> {
    fs::read(repository().join("tests/samples").join(name)).unwrap()
}

fn file(text: &'static str) -> Vec<u8> {
    csv_file(&table("file", text))
}

fn path(run: &Value, rest: &str) -> String {
    format!("/v1/import-runs/{}{rest}", run["id"].as_str().unwrap())
}

/// The run when it next needs somebody or is done.
#[track_caller]
fn wait(client: &Client, run: &Value) -> Value {
    client.get(&path(run, "?wait=60")).ok()
}

/// Starts a run and waits for its end.
#[track_caller]
fn finish(client: &Client, run: &Value) -> Value {
    client.post(&path(run, "/start"), &json!({})).ok();
    wait(client, run)
}

#[track_caller]
fn import(client: &Client, name: &str, text: &'static str) -> Value {
    let run = client.upload("/v1/import-runs", &[(name, file(text))], &[]).ok();
    assert_eq!(wait(client, &run)["status"], "ready");
    finish(client, &run)
}

#[test]
fn the_sample_is_unlocked_decided_imported_and_rolled_back() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let files = [("techman-export.xlsx", sample("techman-export.xlsx"))];
        let run = client.upload("/v1/import-runs", &files, &[]).ok();
        let run = wait(&client, &run);
        assert_eq!(
            (&run["status"], &run["missing"]),
            (&json!("awaiting_password"), &json!(["password"]))
        );
        client
            .post(&path(&run, "/start"), &json!({}))
            .refused(409, "password_needed");

        let unlock = path(
            &run,
            &format!("/files/{}/unlock", run["files"][0]["id"].as_str().unwrap()),
        );
        let wrong = client
            .post(&unlock, &json!({ "password": "wrong" }))
            .refused(422, "wrong_password");
        assert_eq!(
            wrong["detail"],
            "Could not open the file - please check the password and try again."
        );
        let password = String::from_utf8(sample("password.txt")).unwrap();
        client.post(&unlock, &json!({ "password": password.trim() })).ok();
        let run = wait(&client, &run);
        assert_eq!(run["status"], "ready");
        assert_eq!(run["jobs"].as_array().unwrap().len(), 11);

        client
            .post(&path(&run, "/start"), &json!({}))
            .refused(409, "duplicates_undecided");
        let duplicates = client.get(&path(&run, "/duplicates?limit=1")).ok();
        let first = &duplicates["items"][0];
        assert!(!first["reasons"].as_array().unwrap().is_empty());
        let one = path(&run, &format!("/duplicates/{}", first["id"].as_str().unwrap()));
        let decided = client
            .send("PATCH", &one, &[], Some(&json!({ "action": "merge" })))
            .ok();
        assert_eq!(decided["effective_action"], "merge");
        let rest = json!({ "filter": { "decided": false }, "action": "skip" });
        client.send("PATCH", &path(&run, "/duplicates"), &[], Some(&rest)).ok();

        let done = finish(&client, &run);
        assert_eq!(done["status"], "completed_with_errors");
        let rows = |key: &str| done["totals"][key].as_i64().unwrap();
        assert_eq!(OUTCOMES.into_iter().map(rows).sum::<i64>(), rows("rows"));
        for refused in ["/start", "/cancel"] {
            client
                .post(&path(&run, refused), &json!({}))
                .refused(409, "wrong_state");
        }
        let job = format!("/v1/import-jobs/{}", done["jobs"][0]["id"].as_str().unwrap());
        client
            .send("PATCH", &job, &[], Some(&json!({ "included": false })))
            .refused(409, "wrong_state");

        let summary = client.get(&path(&run, "/summary")).ok();
        assert_eq!(summary["totals"], done["totals"]);
        assert!(
            client
                .get(&path(&run, "/error-log.csv"))
                .text()
                .starts_with("file,sheet,row,column")
        );
        let reconciled = client.get(&path(&run, "/reconciliation")).ok();
        assert!(
            reconciled["entities"]
                .as_array()
                .unwrap()
                .iter()
                .any(|line| line["entity"] == "customer")
        );
        assert!(client.get(&path(&run, "/audit-export")).body.starts_with(b"PK"));
        assert!(!client.get(&path(&run, "/failed-rows")).body.is_empty());

        let preview = client.get(&path(&run, "/rollback-preview")).ok();
        assert_eq!(preview["totals"]["kept"], 0);
        client.post(&path(&run, "/rollback"), &json!({})).ok();
        assert_eq!(wait(&client, &run)["status"], "rolled_back");
        assert!(client.items("/v1/customers").is_empty());
        client
            .post(&path(&run, "/rollback"), &json!({}))
            .refused(409, "wrong_state");
    });
}

#[test]
fn a_file_is_imported_again_after_a_rollback_and_refreshed_around_a_persons_edit() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let first = import(&client, "customers.csv", CUSTOMERS);
        assert_eq!(
            (&first["status"], &first["mode"]),
            (&json!("completed"), &json!("initial"))
        );
        client.post(&path(&first, "/rollback"), &json!({})).ok();
        assert_eq!(wait(&client, &first)["status"], "rolled_back");
        let again = import(&client, "customers.csv", CUSTOMERS);
        assert_eq!(
            (&again["status"], &again["totals"]["imported"]),
            (&json!("completed"), &json!(2))
        );

        let ivor = client.get("/v1/customers?q=penrose").ok()["items"][0].clone();
        let customer = format!("/v1/customers/{}", ivor["id"].as_str().unwrap());
        let etag = client.get(&customer).header("etag").to_owned();
        let edit = json!({ "fields": { "notes": "Knows the owner" } });
        client
            .send("PATCH", &customer, &[("if-match", &etag)], Some(&edit))
            .ok();
        client
            .send("PATCH", &customer, &[("if-match", &etag)], Some(&edit))
            .refused(412, "changed_meanwhile");

        let refresh = import(&client, "customers.csv", CUSTOMERS_LATER);
        assert_eq!(refresh["mode"], "refresh");
        let counts = ["imported", "updated", "unchanged"].map(|key| refresh["totals"][key].as_i64().unwrap());
        assert_eq!(counts, [1, 1, 1]);
        let marta = client.get("/v1/customers?q=07700900789").ok();
        assert_eq!(marta["items"][0]["phone"], "+447700900789");
        assert_eq!(client.get(&customer).ok()["notes"], "Knows the owner");
        let same = import(&client, "customers.csv", CUSTOMERS_LATER);
        assert_eq!(same["totals"]["unchanged"], 3);
        // It speaks for what it found unchanged, and no longer when it is taken back.
        let preview = client.get(&path(&same, "/rollback-preview")).ok();
        assert_eq!((&preview["writes"], &preview["confirmations"]), (&json!(0), &json!(3)));
        client.send("POST", &path(&same, "/rollback"), &[], None).ok();
        assert_eq!(wait(&client, &same)["status"], "rolled_back");
        assert_eq!(client.items("/v1/customers").len(), 3);
    });
}

#[test]
fn customers_are_merged_and_the_merge_is_undone() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "manager");
        let owner = service.client("garage", "owner");
        import(&owner, "customers.csv", CUSTOMERS);
        let run = owner.upload(
            "/v1/import-runs",
            &[("twin.csv", file(TWIN))],
            &[("options", r#"{"on_duplicate": "create"}"#)],
        );
        let run = run.ok();
        wait(&owner, &run);
        finish(&owner, &run);
        let suggestion = client.items("/v1/duplicate-suggestions").remove(0);
        let ids = ["first", "second"].map(|which| suggestion[which]["id"].as_str().unwrap().to_owned());
        let merge = format!("/v1/customers/{}/merge", ids[0]);
        let others = json!({ "secondary_ids": [ids[1]] });
        let done = client.post(&merge, &others).ok();
        assert_eq!(client.items("/v1/customers?q=ellwood").len(), 1);
        let undo = format!("/v1/customer-merges/{}/undo", done["merge_id"].as_str().unwrap());
        assert_eq!(client.post(&undo, &json!({})).ok()["kept_count"], 0);
        assert_eq!(client.items("/v1/customers?q=ellwood").len(), 2);
        client.post(&undo, &json!({})).refused(409, "wrong_state");
    });
}

#[test]
fn of_six_files_one_is_junk_and_one_unknown_until_somebody_says_what_it_is() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let files = [
            ("customers.csv", file(CUSTOMERS)),
            ("junk.csv", vec![0, 159, 146, 150, 1, 2, 3, 255, 254, 0, 0, 7]),
            ("unknown.csv", file(UNKNOWN)),
            ("vehicles.csv", sample("vehicles-generic.csv")),
            ("jobs.csv", sample("jobs.csv")),
            ("products.txt", sample("products-utf16.txt")),
        ];
        let options = r#"{"on_duplicate": "create", "orphans": "unlinked"}"#;
        let run = client.upload("/v1/import-runs", &files, &[("options", options)]).ok();
        let run = wait(&client, &run);
        assert_eq!(run["status"], "ready");
        assert_eq!(run["jobs"].as_array().unwrap().len(), 5);
        let failed = run["files"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|file| file["status"] == "failed");
        assert_eq!(
            failed.map(|file| file["name"].as_str().unwrap()).collect::<Vec<_>>(),
            ["junk.csv"]
        );
        let unknown = run["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|job| job["file"] == "unknown.csv")
            .unwrap();
        assert_eq!(unknown["status"], "unrecognised");

        let job = format!("/v1/import-jobs/{}", unknown["id"].as_str().unwrap());
        let choices = json!({
            "type": "generic.customers",
            "mapping": { "Spalte eins": "customer.display_name", "Spalte zwei": "customer.email" },
            "save_mapping_as": "German list"
        });
        client.send("PATCH", &job, &[], Some(&choices)).ok();
        let ready = wait(&client, &run);
        assert_eq!(ready["status"], "ready");
        let preview = client.get(&format!("{job}/preview")).ok();
        assert_eq!(
            preview["rows"][0]["cleaned"][0]["fields"]["email"],
            "otto@weber.example"
        );
        finish(&client, &run);
        assert_eq!(client.items("/v1/customers?q=weber").len(), 1);

        let next = client
            .upload("/v1/import-runs", &[("unknown.csv", file(UNKNOWN))], &[])
            .ok();
        assert_eq!(wait(&client, &next)["jobs"][0]["type"], "generic.customers");
    });
}

#[test]
fn a_repeated_upload_is_one_run_and_its_stream_tells_to_the_end() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("garage", "owner");
        let run = client.upload(
            "/v1/import-runs",
            &[("customers.csv", file(CUSTOMERS))],
            &[("options", r#"{"auto_start": true}"#)],
        );
        let run = run.ok();
        let events = client.get(&path(&run, "/events")).text().to_owned();
        let names: Vec<&str> = events.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
        assert_eq!(
            (names.first(), names.last()),
            (Some(&"snapshot"), Some(&"run")),
            "{events}"
        );
        let last = events.rsplit("event: ").next().unwrap();
        assert!(last.contains("\"status\":\"completed\""), "{last}");
        let version = client.get(&path(&run, "")).header("etag").to_owned();
        let same = client.send("GET", &path(&run, ""), &[("if-none-match", &version)], None);
        assert_eq!(same.status, 304);
    });
}
