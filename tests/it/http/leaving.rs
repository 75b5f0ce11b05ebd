//! Clients that go away in the middle of something: nothing of them stays.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Client, Workspace, form, on_each_database};

const STREAMS: usize = 50;
const CUT_UPLOADS: usize = 10;
/// Connections of the database that are opened when many ask at once, and stay for those who ask next.
const POOL: usize = 12;
/// How long until the service has noticed: a stream is only written to when something happens, or every 15 seconds.
const PATIENCE: Duration = Duration::from_mins(1);

const CUSTOMERS: &[u8] = b"Customer ID,First Name,Last Name,Email\nC-1,Marta,Ellwood,marta@ellwood.example\n";

/// Begins to upload a form, of which only so many bytes come.
fn cut_upload(client: &Client, path: &str, (media_type, body): &(String, Vec<u8>), sent: usize) -> TcpStream {
    let headers = [("content-type", media_type.as_str()), ("idempotency-key", "the-upload")];
    let mut connection = client.begin("POST", path, &headers, body.len());
    connection.write_all(&body[..sent]).unwrap();
    connection
}

/// The run of an uploaded file, when it is ready.
fn ready_run(client: &Client) -> Value {
    let run = client
        .upload("/v1/import-runs", &[("customers.csv", CUSTOMERS.to_vec())], &[])
        .ok();
    let run = client
        .get(&format!("/v1/import-runs/{}?wait=30", run["id"].as_str().unwrap()))
        .ok();
    assert_eq!(run["status"], "ready");
    run
}

/// Everything below the data folder.
fn kept(workspace: &Workspace) -> Vec<String> {
    let folders = fs::read_dir(workspace.path("data")).unwrap().map(Result::unwrap);
    let folders = folders.filter(|folder| folder.path().is_dir());
    let files = folders.flat_map(|folder| fs::read_dir(folder.path()).unwrap().map(Result::unwrap));
    let mut names: Vec<String> = files.map(|file| file.path().display().to_string()).collect();
    names.sort();
    names
}

#[test]
fn ended_streams_and_cut_uploads_leave_nothing_behind() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let client = service.client("default", "owner");
    let run = ready_run(&client);
    let of_run = format!("/v1/import-runs/{}", run["id"].as_str().unwrap());
    let before = (service.open_files(), kept(&workspace));

    let streams: Vec<TcpStream> = (0..STREAMS)
        .map(|_| {
            let mut stream = client.begin("GET", &format!("{of_run}/events"), &[], 0);
            let mut answered = Vec::new();
            while !answered.windows(8).any(|part| part == b"snapshot") {
                let mut part = [0; 4096];
                let read = stream.read(&mut part).unwrap();
                assert!(read > 0, "the stream ended: {}", String::from_utf8_lossy(&answered));
                answered.extend_from_slice(&part[..read]);
            }
            stream
        })
        .collect();
    let large = form(&[("customers.csv", CUSTOMERS.repeat(20_000))], &[]);
    let uploads: Vec<TcpStream> = (0..CUT_UPLOADS)
        .map(|number| {
            let path = if number % 2 == 0 {
                "/v1/import-runs".to_owned()
            } else {
                format!("{of_run}/files")
            };
            cut_upload(&client, &path, &large, 400_000)
        })
        .collect();
    assert!(service.open_files() > STREAMS);
    drop((streams, uploads));

    let begun = Instant::now();
    loop {
        let now = (service.open_files(), kept(&workspace));
        if now.0 <= before.0 + POOL && now.1 == before.1 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{before:?} {now:?}");
        thread::sleep(Duration::from_millis(100));
    }
    println!("all was given back after {:?}", begun.elapsed());
    assert_eq!(client.items("/v1/import-runs").len(), 1);
}

/// However far a request came before its client went away, its key makes one run of it.
#[test]
fn a_request_whose_client_went_away_can_be_repeated_with_its_key() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let upload = form(&[("customers.csv", CUSTOMERS.repeat(2000))], &[]);
        let (media_type, body) = &upload;
        for sent in [1000, body.len() - 1, body.len()] {
            drop(cut_upload(&client, "/v1/import-runs", &upload, sent));
        }
        let begun = Instant::now();
        let repeated = loop {
            let headers = [("idempotency-key", "the-upload"), ("content-type", media_type.as_str())];
            let answer = client.send_bytes("POST", "/v1/import-runs", &headers, Some(body.clone()));
            if answer.status == 201 {
                break answer;
            }
            answer.refused(409, "request_running");
            assert!(begun.elapsed() < PATIENCE, "the key is never free again");
            thread::sleep(Duration::from_millis(100));
        };
        let runs = client.items("/v1/import-runs");
        assert_eq!(runs.len(), 1, "{runs:?}");
        assert_eq!(runs[0]["id"], repeated.json()["id"]);
    });
}
