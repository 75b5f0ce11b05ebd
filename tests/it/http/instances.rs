//! Several instances of the service and several workers on one database.

use std::fmt::Write as _;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use torqueflow_test_support::postgres::TestDatabase;

use crate::support::{Client, Told, Worker, Workspace};

const RUNS: usize = 20;
/// One run has enough rows to be followed.
const ROWS_OF_THE_FIRST: usize = 3000;
const ROWS_OF_OTHERS: usize = 150;
/// How often a worker is killed, and after how long the next.
const KILLS: usize = 6;
const BETWEEN_KILLS: Duration = Duration::from_millis(2500);
/// How far events may be behind what is committed.
const MOST_BEHIND: Duration = Duration::from_secs(2);
/// All of it, on a machine that does other things as well.
const PATIENCE: Duration = Duration::from_mins(3);

/// Workers that die in the middle of anything lose nothing and write nothing twice, and what they do is told by an instance
/// that they know nothing of.
#[test]
fn killed_workers_leave_twenty_runs_complete_and_each_row_imported_once() {
    let workspace = Workspace::new(TestDatabase::postgresql());
    let services = [workspace.serve("--no-worker"), workspace.serve("--no-worker")];
    let clients = services.each_ref().map(|service| service.client("default", "owner"));
    let mut workers = [workspace.work(""), workspace.work("")];
    let begun = Instant::now();

    let runs: Vec<String> = (0..RUNS).map(|run| upload(&clients[run % 2], run)).collect();
    let first = &runs[0];
    let events = clients[0].follow(&format!("/v1/import-runs/{first}/events"));
    let seen = thread::scope(|scope| {
        let observed = scope.spawn(|| observe(&clients[1], first));
        for kill in 0..KILLS {
            thread::sleep(BETWEEN_KILLS);
            let worker = &mut workers[kill % 2];
            std::mem::replace(worker, workspace.work("")).kill();
        }
        observed.join().unwrap()
    });
    for (number, run) in runs.iter().enumerate() {
        assert_complete(&finished(&clients[number % 2], run, begun), rows_of(number));
    }
    println!("{RUNS} runs with {KILLS} kills took {:?}", begun.elapsed());
    assert_told_in_time(&events.iter().collect::<Vec<_>>(), &seen);
    assert_each_row_is_there_once(&workspace);
    for worker in workers {
        assert_eq!(Worker::stop(worker), 0);
    }
}

fn rows_of(run: usize) -> usize {
    if run == 0 { ROWS_OF_THE_FIRST } else { ROWS_OF_OTHERS }
}

/// Uploads a file of customers that no other file has. Says the run's id.
fn upload(client: &Client, run: usize) -> String {
    let mut file = "Customer ID,First Name,Last Name,Email\n".to_owned();
    for row in 0..rows_of(run) {
        let _ = writeln!(
            file,
            "R{run}-{row},Marta{row},Ellwood{run},marta{row}@ellwood{run}.example"
        );
    }
    let files = [(format!("{run}.csv"), file.into_bytes())];
    let files = files.each_ref().map(|(name, bytes)| (name.as_str(), bytes.clone()));
    let options = [("options", r#"{"auto_start": true, "on_duplicate": "create"}"#)];
    let made = client.upload("/v1/import-runs", &files, &options).ok();
    made["id"].as_str().unwrap().to_owned()
}

/// Looks at a run until it is done: when how many rows were seen to be committed.
fn observe(client: &Client, run: &str) -> Vec<(Instant, i64)> {
    let mut seen = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let now = client.get(&format!("/v1/import-runs/{run}")).ok();
        let done = now["jobs"][0]["progress"]["done"].as_i64().unwrap_or_default();
        seen.push((Instant::now(), done));
        if now["done"] == true {
            return seen;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("the run does not end");
}

/// The run when it is done.
fn finished(client: &Client, run: &str, begun: Instant) -> Value {
    loop {
        let now = client.get(&format!("/v1/import-runs/{run}?wait=20")).ok();
        if now["done"] == true {
            return now;
        }
        assert!(begun.elapsed() < PATIENCE, "the run does not end: {now}");
    }
}

#[track_caller]
fn assert_complete(run: &Value, rows: usize) {
    assert_eq!(run["status"], "completed", "{run}");
    let totals = &run["totals"];
    assert_eq!(
        (&totals["rows"], &totals["imported"]),
        (&rows.into(), &rows.into()),
        "{run}"
    );
}

/// Whatever was seen to be committed was told soon after.
fn assert_told_in_time(told: &[Told], seen: &[(Instant, i64)]) {
    let mut longest = Duration::ZERO;
    for (at, done) in seen {
        let first = told.iter().find(|event| event.rows_done() >= *done);
        let first = first.unwrap_or_else(|| panic!("{done} rows were never told of: {told:#?}"));
        longest = longest.max(first.at.saturating_duration_since(*at));
    }
    let steps = told.iter().filter(|event| event.name == "progress").count();
    println!("{steps} events of progress, at most {longest:?} behind");
    assert!(longest <= MOST_BEHIND, "{longest:?}");
    // How many there are depends on how fast the machine is; that each is in time was seen above. The run may be over before
    // anybody listens.
    let was_over = told.first().is_some_and(|event| event.data["done"] == true);
    assert!(steps >= 1 || was_over, "no progress was told: {told:#?}");
}

fn assert_each_row_is_there_once(workspace: &Workspace) {
    let rows: usize = (0..RUNS).map(rows_of).sum();
    for counted in [
        "count(*) FROM customer",
        "count(DISTINCT external_customer_number) FROM customer",
        "count(*) FROM import_row_result WHERE outcome = 'imported'",
        "count(*) FROM import_row_result",
        "count(*) FROM import_mapping",
        "count(DISTINCT record_id) FROM import_mapping WHERE origin = 'created'",
        "count(*) FROM import_mapping AS entry JOIN customer ON customer.id = entry.record_id",
        "sum(checkpoint) FROM import_job",
    ] {
        assert_eq!(workspace.number(&format!("SELECT {counted}")), rows as i64, "{counted}");
    }
    assert_eq!(
        workspace.record_places().len(),
        rows,
        "created by the runs, as the ids say"
    );
    assert_eq!(workspace.number("SELECT count(*) FROM work_lease"), 0);
}
