//! Several machines that share nothing but the database and an S3-compatible bucket.

use std::env;
use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use torqueflow_test_support::postgres::TestDatabase;
use uuid::Uuid;

use crate::support::Workspace;

/// The environment variable that names the store of the tests. `cargo xtask test` sets it.
const TEST_S3: &str = "TORQUEFLOW_TEST_S3";
const PATIENCE: Duration = Duration::from_mins(1);
/// One row is good, one has no way to reach the customer.
const CUSTOMERS: &str = "Customer ID,First Name,Last Name,Email\nC-1,Marta,Ellwood,marta@ellwood.example\nC-2,,,\n";

/// A bucket of its own.
struct Bucket {
    store: String,
    name: String,
}

impl Bucket {
    fn new() -> Self {
        let store = env::var(TEST_S3).unwrap_or_else(|_| {
            panic!("{TEST_S3} is not set, so there is no store to test on: run the tests with `cargo xtask test`")
        });
        let bucket = Self {
            store,
            name: format!("torqueflow-{}", Uuid::now_v7()),
        };
        let made = ureq::put(bucket.url("")).send_empty().unwrap();
        assert_eq!(made.status(), 200);
        bucket
    }

    fn url(&self, rest: &str) -> String {
        format!("{}/{}{rest}", self.store, self.name)
    }

    /// The keys of everything in it.
    fn keys(&self) -> Vec<String> {
        let listed = ureq::get(self.url("?list-type=2"))
            .call()
            .unwrap()
            .body_mut()
            .read_to_string()
            .unwrap();
        let parts = listed.split("<Key>").skip(1);
        parts.map(|part| part.split('<').next().unwrap().to_owned()).collect()
    }

    /// Has a program keep its files in the bucket, with copies in a folder of its own.
    fn settings<'a>(&'a self, workspace: &'a Workspace, machine: &str) -> impl FnOnce(&mut Command) + 'a {
        let data = workspace.path(machine);
        move |command| {
            command
                .env("TORQUEFLOW_DATA_DIR", data)
                .env("TORQUEFLOW_BUCKET", format!("s3://{}/garage", self.name))
                .env("TORQUEFLOW_AUDIT_KEY_FILE", workspace.path("audit.key"))
                .env("AWS_ENDPOINT_URL", &self.store)
                .env("AWS_ALLOW_HTTP", "true")
                .env("AWS_REGION", "us-east-1")
                .env("AWS_ACCESS_KEY_ID", "somebody")
                .env("AWS_SECRET_ACCESS_KEY", "something");
        }
    }
}

#[test]
fn machines_that_share_a_bucket_read_what_others_have_kept() {
    let bucket = Bucket::new();
    let workspace = Workspace::new(TestDatabase::postgresql());
    workspace.write("audit.key", "0123456789abcdef".repeat(4));
    let service = workspace.serve_with("--no-worker", bucket.settings(&workspace, "first"));
    let worker = workspace.work_with("", bucket.settings(&workspace, "second"));
    let other = workspace.serve_with("--no-worker", bucket.settings(&workspace, "third"));
    let client = service.client("default", "owner");
    let elsewhere = other.client("default", "owner");
    assert_eq!(client.get("/readyz").ok(), json!({ "status": "ok" }));

    let options = [("options", r#"{"auto_start": true}"#)];
    let run = client
        .upload("/v1/import-runs", &[("a.csv", CUSTOMERS.as_bytes().to_vec())], &options)
        .ok();
    let of_run = format!("/v1/import-runs/{}", run["id"].as_str().unwrap());
    let done = client.done(run["id"].as_str().unwrap());
    assert_eq!(done["status"], "completed_with_errors", "{done}");
    assert_eq!(
        (&done["totals"]["imported"], &done["totals"]["failed"]),
        (&json!(1), &json!(1))
    );
    let failed = elsewhere.get(&format!("{of_run}/failed-rows"));
    assert!(failed.text().contains("C-2"), "{}", failed.text());
    let id = run["id"].as_str().unwrap();
    let keys = bucket.keys();
    assert!(
        keys.iter().all(|key| key.starts_with(&format!("garage/{id}/"))),
        "{keys:?}"
    );
    assert_eq!(keys.len(), 4, "upload, rows, findings, rows left out: {keys:?}");
    assert_eq!(worker.stop(), 0);

    let sweeper = workspace.work_with("--retention-days 0", bucket.settings(&workspace, "fourth"));
    let begun = Instant::now();
    while !bucket.keys().is_empty() {
        assert!(begun.elapsed() < PATIENCE, "{:?}", bucket.keys());
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(sweeper.stop(), 0);
    elsewhere.get(&format!("{of_run}/failed-rows")).refused(410, "expired");
    assert!(
        !fs::exists(workspace.path("data")).unwrap(),
        "nothing is kept but in the machines' own folders"
    );
}

/// An upload that is refused leaves nothing in the bucket, and a store that is away is told of, not taken for a bad file.
#[test]
fn a_store_that_is_away_is_no_fault_of_the_file() {
    let bucket = Bucket {
        store: "http://127.0.0.1:9".to_owned(),
        name: "nowhere".to_owned(),
    };
    let workspace = Workspace::on_sqlite();
    workspace.write("audit.key", "0123456789abcdef".repeat(4));
    let service = workspace.serve_with("--no-worker", bucket.settings(&workspace, "data"));
    let client = service.client("default", "owner");
    assert_eq!(client.get("/readyz").status, 503);
    let answer = client.upload("/v1/import-runs", &[("a.csv", CUSTOMERS.as_bytes().to_vec())], &[]);
    answer.refused(503, "not_ready");
    assert_eq!(workspace.number("SELECT count(*) FROM import_run"), 0);
}
