//! Following a run by its events, over connections that do not last.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Client, Told, Workspace, on_each_database};

/// Tables that change at once when the run ends.
const TABLES: usize = 5;
const ROWS: usize = 120;
const PATIENCE: Duration = Duration::from_mins(2);

/// A file of customers that no other file has.
fn customers(table: usize) -> Vec<u8> {
    let mut file = "Customer ID,First Name,Last Name,Email\n".to_owned();
    for row in 0..ROWS {
        let _ = writeln!(
            file,
            "T{table}-{row},Marta{row},Ellwood{table},m{row}@ellwood{table}.example"
        );
    }
    file.into_bytes()
}

fn upload(client: &Client, options: &str) -> String {
    let names: Vec<String> = (0..TABLES).map(|table| format!("{table}.csv")).collect();
    let files: Vec<(&str, Vec<u8>)> = names
        .iter()
        .map(String::as_str)
        .zip((0..TABLES).map(customers))
        .collect();
    let run = client.upload("/v1/import-runs", &files, &[("options", options)]).ok();
    run["id"].as_str().unwrap().to_owned()
}

fn events_of(run: &str) -> String {
    format!("/v1/import-runs/{run}/events")
}

fn is_the_end(event: &Told) -> bool {
    event.name == "run" && event.data["done"] == true
}

/// Follows a run over connections that are cut off after each so many events, until its end was told.
fn follow_in_pieces(client: &Client, run: &str, cut_after: usize) -> Vec<Told> {
    let begun = Instant::now();
    let mut told: Vec<Told> = Vec::new();
    loop {
        let last_event = told.last().map_or("", |event| event.id.as_str());
        let events = client.follow_after(&events_of(run), last_event);
        told.extend(events.iter().take(cut_after));
        if told.last().is_some_and(is_the_end) {
            return told;
        }
        assert!(
            begun.elapsed() < PATIENCE,
            "cut off after {cut_after}, it is never told the end: {told:#?}"
        );
    }
}

#[test]
fn a_client_that_is_cut_off_after_each_so_many_events_is_always_told_the_end() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let run = upload(&client, r#"{"auto_start": true, "on_duplicate": "create"}"#);
        thread::scope(|scope| {
            let followers = (1..=TABLES + 2).map(|cut_after| {
                let (client, run) = (client.clone(), run.as_str());
                scope.spawn(move || follow_in_pieces(&client, run, cut_after))
            });
            for follower in followers.collect::<Vec<_>>() {
                let told = follower.join().unwrap();
                let done = client.get(&format!("/v1/import-runs/{run}")).ok();
                assert_eq!(told.last().unwrap().data, done);
            }
        });
        // Whoever has got everything is told the end again, and nothing else.
        let told = follow_in_pieces(&client, &run, usize::MAX);
        let last_event = &told.last().unwrap().id;
        let again: Vec<Told> = client.follow_after(&events_of(&run), last_event).iter().collect();
        assert_eq!(again.len(), 1, "{again:#?}");
        assert!(is_the_end(&again[0]));
    });
}

#[test]
fn events_of_one_stream_have_ids_of_their_own() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("default", "owner");
    let run = upload(&client, r#"{"auto_start": true, "on_duplicate": "create"}"#);
    let told: Vec<Told> = client.follow(&events_of(&run)).iter().collect();
    let ids: HashSet<&str> = told.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), told.len(), "{told:#?}");
    assert!(told.last().is_some_and(is_the_end), "{told:#?}");
}

/// The next event, if one comes within this time.
#[track_caller]
fn next(events: &Receiver<Told>, within: Duration) -> Option<Told> {
    match events.recv_timeout(within) {
        Ok(event) => Some(event),
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => panic!("the stream has ended"),
    }
}

/// A state that could not be read when it came about is told when it can be.
#[test]
fn a_database_that_fails_for_a_moment_hides_no_end() {
    on_each_database(|workspace| {
        let service = workspace.serve("--no-worker");
        let client = service.client("default", "owner");
        let run = upload(&client, "{}");
        let events = client.follow(&events_of(&run));
        let snapshot = next(&events, PATIENCE).unwrap();
        assert_eq!(snapshot.name, "snapshot");
        let status: Value = workspace.query("SELECT DISTINCT status FROM import_job")[0][0]
            .clone()
            .into();

        workspace.execute(
            "UPDATE import_job SET status = 'unreadable'; \
             UPDATE import_run SET status = 'cancelled', progress_version = progress_version + 1",
        );
        assert!(next(&events, Duration::from_secs(2)).is_none(), "it can't be read");
        workspace.execute(&format!(
            "UPDATE import_job SET status = '{}'",
            status.as_str().unwrap()
        ));
        let end = next(&events, Duration::from_secs(10)).expect("the end is told");
        assert!(is_the_end(&end), "{end:?}");
    });
}
