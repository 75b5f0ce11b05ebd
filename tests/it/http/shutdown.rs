//! The end of the service, and what happens without anybody asking: the audit log, the retention of files.

use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Client, Workspace, on_each_database};

/// So many that the service is told to end long before the last, on any machine: what a client sees of a run may be seconds
/// behind.
const ROWS: usize = 15_000;
/// Rows of a batch.
const BATCH: i64 = 100;
const PATIENCE: Duration = Duration::from_mins(1);

fn customers(rows: usize) -> Vec<u8> {
    let rows = (0..rows).map(|row| format!("C-{row},Marta{row},Ellwood,marta{row}@ellwood.example\n"));
    let header = "Customer ID,First Name,Last Name,Email\n".to_owned();
    (header + &rows.collect::<String>()).into_bytes()
}

/// Uploads customers, to be imported at once.
fn upload(client: &Client, rows: usize) -> Value {
    let options = [("options", r#"{"auto_start": true, "on_duplicate": "create"}"#)];
    client
        .upload("/v1/import-runs", &[("customers.csv", customers(rows))], &options)
        .ok()
}

#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The folder with the files of a run.
fn files_of(workspace: &Workspace, run: &Value) -> PathBuf {
    workspace.path("data").join(run["id"].as_str().unwrap())
}

#[test]
fn a_service_that_is_told_to_end_gives_its_run_back_between_two_batches() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let run = upload(&client, ROWS);
        let events = client.follow(&format!("/v1/import-runs/{}/events", run["id"].as_str().unwrap()));
        let importing = events.iter().find(|event| event.rows_done() > 0);
        assert!(importing.is_some(), "the stream ended before anything was imported");
        assert_eq!(service.stop(), 0);
        // The stream ended with the service, or this would wait for ever.
        let last = events.iter().last().or(importing).unwrap();
        assert!(last.rows_done() < ROWS as i64, "{last:?}");

        let done = workspace.number("SELECT checkpoint FROM import_job");
        assert!(done > 0 && done < ROWS as i64 && done % BATCH == 0, "{done}");
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), done);
        assert_eq!(workspace.query("SELECT status FROM import_run"), [["importing"]]);
        assert_eq!(workspace.number("SELECT count(*) FROM work_lease"), 0);
        assert_eq!(
            workspace.number("SELECT count(*) FROM audit_event WHERE seq IS NULL"),
            0
        );

        let worker = workspace.work("");
        until("nobody goes on with the run", || {
            workspace.query("SELECT status FROM import_run") == [["completed"]]
        });
        assert_eq!(worker.stop(), 0);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), ROWS as i64);
        assert_eq!(workspace.number("SELECT count(*) FROM import_row_result"), ROWS as i64);
    });
}

#[test]
fn the_audit_log_is_sealed_while_the_service_runs() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("default", "owner");
    upload(&client, 1);
    let sealed = |entry: &Value| !entry["seq"].is_null();
    until("the log is not sealed", || {
        let entries = client.items("/v1/audit-log");
        let ended = entries.iter().any(|entry| entry["action"] == "import_run.completed");
        ended && entries.iter().all(sealed)
    });
    workspace.run("audit verify").exits(0);
}

#[test]
fn files_of_ended_runs_are_removed_when_their_time_is_over() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let (ended, waiting) = (
            upload(&client, 1),
            client.upload("/v1/import-runs", &[("b.csv", customers(2))], &[]).ok(),
        );
        let job = format!("/v1/import-jobs/{}/preview", ended["jobs"][0]["id"].as_str().unwrap());
        client.done(ended["id"].as_str().unwrap());
        for run in [&ended, &waiting] {
            client
                .get(&format!("/v1/import-runs/{}?wait=30", run["id"].as_str().unwrap()))
                .ok();
            assert!(
                files_of(workspace, run).read_dir().unwrap().count() > 2,
                "upload, rows, findings"
            );
        }
        client.get(&job).ok();
        assert_eq!(service.stop(), 0);

        let service = workspace.serve("--retention-days 0");
        let client = service.client("default", "owner");
        until("the files of the ended run stay", || {
            !files_of(workspace, &ended).exists()
        });
        assert!(
            files_of(workspace, &waiting).exists(),
            "the other run still needs its files"
        );
        until("it is not said that they are gone", || client.get(&job).status == 410);
        client.get(&job).refused(410, "expired");
        let entries = client.items("/v1/audit-log?action=import_run.expired");
        assert_eq!(entries.len(), 1, "{}", json!(entries));
    });
}
