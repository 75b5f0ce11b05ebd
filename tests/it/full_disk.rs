//! A disk that is full: said so, survived, and nothing is lost that was acknowledged.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use torqueflow_test_support::postgres::TestDatabase;

use crate::support::{Answer, Client, Ran, Service, Workspace, fill_disk, make_room, survive_full_disk};

/// More than is imported before the disk is full.
const ROWS: usize = 3000;
const PATIENCE: Duration = Duration::from_mins(1);

fn customers() -> String {
    let rows = (0..ROWS).map(|row| format!("C-{row},Marta{row},Ellwood,marta{row}@ellwood.example\n"));
    let header = "Customer ID,First Name,Last Name,Email\n".to_owned();
    header + &rows.collect::<String>()
}

/// Uploads a customer, to be imported at once.
fn upload(client: &Client, id: &str) -> Answer {
    let text = format!("Customer ID,First Name,Last Name,Email\n{id},Marta,Ellwood,{id}@ellwood.example\n");
    upload_text(client, &text)
}

fn upload_text(client: &Client, text: &str) -> Answer {
    let options = [("options", r#"{"auto_start": true, "on_duplicate": "create"}"#)];
    let files = [("customers.csv", text.as_bytes().to_vec())];
    client.upload("/v1/import-runs", &files, &options)
}

fn make_key(client: &Client, name: &str) -> Answer {
    client.post("/v1/api-keys", &json!({ "name": name, "role": "admin" }))
}

/// The names of the keys, and whether they still come in.
fn keys(client: &Client) -> Vec<(String, bool)> {
    let keys = client.items("/v1/api-keys").into_iter().rev();
    keys.map(|key| (key["name"].as_str().unwrap().to_owned(), key["revoked_at"].is_null()))
        .collect()
}

#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[track_caller]
fn is_refused(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert!(!answer.header("retry-after").is_empty());
}

/// A process that can't write says so, and refuses what would need it.
#[track_caller]
fn refuses_to_write(service: &Service<'_>, owner: &Client, key: &str) {
    let ready = service.client_with("").get("/readyz");
    let detail = ready.refused(503, "not_ready")["detail"].clone();
    assert_eq!(detail, "nothing can be written to the database");
    make_key(owner, "refused").refused(503, "database_unavailable");
    owner.delete(key).refused(503, "database_unavailable");
    owner.get("/v1/api-keys").ok();
}

#[test]
fn what_was_acknowledged_after_the_disk_was_full_is_there_after_a_restart() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve_with("", survive_full_disk);
    let owner = service.client("default", "owner");
    let before = make_key(&owner, "before").header("location").to_owned();

    fill_disk(service.process_id());
    refuses_to_write(&service, &owner, &before);
    is_refused(&upload(&owner, "refused"));

    make_room(service.process_id());
    owner.get("/readyz").ok();
    for number in 1..=3 {
        // What is refused in the middle of a transaction must not take others with it.
        let unknown = "/v1/api-keys/0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23";
        owner.delete(unknown).refused(404, "not_found");
        make_key(&owner, &format!("after {number}")).ok();
    }
    assert_eq!(owner.delete(&before).status, 204);
    let run = upload(&owner, "after").ok();
    assert_eq!(owner.done(run["id"].as_str().unwrap())["status"], "completed");
    let kept = [
        ("before", false),
        ("after 1", true),
        ("after 2", true),
        ("after 3", true),
    ];
    let kept = kept.map(|(name, comes_in)| (name.to_owned(), comes_in));
    assert_eq!(keys(&owner), kept);
    service.stop();

    let service = workspace.serve("");
    assert_eq!(keys(&service.client("default", "owner")), kept);
    let customers = workspace.query("SELECT external_customer_number FROM customer");
    assert_eq!(customers, [["after"]]);
}

#[test]
fn a_run_that_meets_a_full_disk_goes_on_when_there_is_room() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve_with("", survive_full_disk);
    let owner = service.client("default", "owner");
    let run = upload_text(&owner, &customers()).ok();
    let run_id = run["id"].as_str().unwrap();
    let landed = || workspace.number("SELECT count(*) FROM customer");
    until("nothing is imported", || landed() > 0);
    fill_disk(service.process_id());
    thread::sleep(Duration::from_secs(1));
    let before = landed();
    assert!(before < ROWS as i64, "it was over too soon");
    let run: Value = owner.get(&format!("/v1/import-runs/{run_id}")).ok();
    assert_eq!(run["status"], "importing");
    make_room(service.process_id());
    let run = owner.done(run_id);
    assert_eq!((&run["status"], landed()), (&json!("completed"), ROWS as i64));
}

#[test]
fn an_import_that_meets_a_full_disk_says_so_and_is_taken_up_again() {
    let (workspace, undisturbed) = (Workspace::on_sqlite(), Workspace::on_sqlite());
    workspace.write("customers.csv", customers());
    undisturbed.write("customers.csv", customers());
    let import = "import customers.csv --on-duplicate create";
    let mut command = workspace.command(import);
    survive_full_disk(&mut command);
    let process = command.spawn().unwrap();
    let landed = || workspace.number("SELECT count(*) FROM customer");
    until("nothing is imported", || landed() > 0);
    fill_disk(process.id());
    let ended = Ran::from(process.wait_with_output().unwrap()).exits(1);
    assert!(
        ended.stderr.contains("the database can't be written to"),
        "{}",
        ended.stderr
    );
    assert!(landed() < ROWS as i64, "it was over too soon");

    let report = workspace.import("customers.csv --on-duplicate create", 0);
    assert_eq!(report["totals"]["imported"], ROWS);
    assert_eq!(workspace.number("SELECT count(*) FROM import_run"), 1);
    undisturbed.run(import).exits(0);
    assert_eq!(workspace.dump(), undisturbed.dump());
}

/// The disk of a server is not ours to fill; that it became one that is only read from is noticed the same way.
#[test]
fn a_server_that_takes_no_writes_any_more_is_noticed() {
    let workspace = Workspace::new(TestDatabase::postgresql());
    let let_it_write = |may: bool| {
        let read_only = if may { "off" } else { "on" };
        workspace.execute(&format!(
            "SET TRANSACTION READ WRITE; \
             DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = {read_only}', \
             current_database()); END $$"
        ));
        // It goes for new connections.
        workspace.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    };
    let service = workspace.serve("");
    let owner = service.client("default", "owner");
    let before = make_key(&owner, "before").header("location").to_owned();
    let_it_write(false);
    until("it goes on", || owner.get("/readyz").status == 503);
    refuses_to_write(&service, &owner, &before);
    let_it_write(true);
    until("it does not go on", || owner.get("/readyz").status == 200);
    make_key(&owner, "after").ok();
}
