//! What the service is put under.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::Value;

use super::client::{Client, Connection};
use super::server::{Held, Server};

/// Uploads whose clients go away.
const CUT_UPLOADS: usize = 50;
/// What comes of each of them, and what was announced.
const SENT_BYTES: usize = 2 << 20;
const ANNOUNCED_BYTES: u64 = 100 << 20;
/// How long until all is given back.
const PATIENCE: Duration = Duration::from_mins(1);
/// Clients that ask how a run is, how often each does, and for how long at most.
const CLIENTS: usize = 20;
const BETWEEN_POLLS: Duration = Duration::from_millis(50);
const POLLED_FOR: Duration = Duration::from_mins(1);
/// How often the preview is asked for.
const PREVIEWS: usize = 20;

/// What the service held before, during and after clients that went away.
pub struct Leaks {
    pub before: Held,
    pub during: Held,
    pub after: Held,
    /// Files of cut uploads that are still there.
    pub left: usize,
}

/// Opens event streams and begins uploads, a slow one among them; then all of these clients go away.
pub fn leaks(server: &Server, folder: &Path, small: &Path, streams: usize) -> anyhow::Result<Leaks> {
    let client = &server.client;
    let run = client.upload(small, "{}")?;
    let events = format!("/v1/import-runs/{}/events", id_of(&run)?);
    wait_until_ready(client, id_of(&run)?)?;
    // What is made once is there before.
    client.connect()?.follow(&events)?;
    thread::sleep(Duration::from_secs(1));
    let (before, files_before) = (server.held()?, uploads_below(&folder.join("data"))?);

    let mut held: Vec<Connection> = Vec::new();
    for _ in 0..streams {
        let mut connection = client.connect()?;
        connection.follow(&events)?;
        held.push(connection);
    }
    let bytes = vec![b'x'; SENT_BYTES];
    for _ in 0..CUT_UPLOADS {
        let mut connection = client.connect()?;
        connection.begin_upload(ANNOUNCED_BYTES, "{}")?;
        connection.send(&bytes)?;
        held.push(connection);
    }
    let mut slow = client.connect()?;
    slow.begin_upload(ANNOUNCED_BYTES, "{}")?;
    for _ in 0..100 {
        slow.send(b"x")?;
        thread::sleep(Duration::from_millis(10));
    }
    held.push(slow);
    let during = server.held()?;
    drop(held);

    let begun = Instant::now();
    loop {
        let (after, files) = (server.held()?, uploads_below(&folder.join("data"))?);
        let given_back = after.files <= before.files && files <= files_before;
        if given_back || begun.elapsed() > PATIENCE {
            return Ok(Leaks {
                before,
                during,
                after,
                left: files.saturating_sub(files_before),
            });
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// How long answers took.
pub struct Waits {
    /// The preview of the large file, the first right after its upload.
    pub previews: Vec<Duration>,
    /// The state of the run, from the clients' requests while it was imported, in ascending order.
    pub polls: Vec<Duration>,
}

/// Uploads a large file, asks for its preview, and has clients ask how its run is while it is worked on.
pub fn waits(client: &Client, large: &Path) -> anyhow::Result<Waits> {
    let run = client.upload(large, r#"{"auto_start": true, "on_duplicate": "create"}"#)?;
    let job = run
        .pointer("/jobs/0/id")
        .and_then(Value::as_str)
        .context("the run has no job")?;
    let mut connection = client.connect()?;
    let preview = format!("/v1/import-jobs/{job}/preview");
    let mut previews = Vec::new();
    for _ in 0..PREVIEWS {
        previews.push(timed(&mut connection, &preview)?.0);
        thread::sleep(BETWEEN_POLLS);
    }
    let path = format!("/v1/import-runs/{}", id_of(&run)?);
    loop {
        let run = connection.get(&path)?;
        if says(&run, "status", "importing") {
            break;
        }
        if says(&run, "done", true) {
            bail!("the run ended before anybody could ask: {run}");
        }
        thread::sleep(BETWEEN_POLLS);
    }
    let asked = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| poll(client, &path))).collect();
        let asked = clients.into_iter().map(|client| match client.join() {
            Ok(waits) => waits,
            Err(_) => bail!("a client failed"),
        });
        asked.collect::<anyhow::Result<Vec<_>>>()
    });
    let mut polls = asked?.concat();
    polls.sort();
    Ok(Waits { previews, polls })
}

/// Asks how a run is until it is done, or for long enough.
fn poll(client: &Client, path: &str) -> anyhow::Result<Vec<Duration>> {
    let begun = Instant::now();
    let mut connection = client.connect()?;
    let mut waits = Vec::new();
    while begun.elapsed() < POLLED_FOR {
        let (wait, run) = timed(&mut connection, path)?;
        waits.push(wait);
        if says(&run, "done", true) {
            break;
        }
        thread::sleep(BETWEEN_POLLS);
    }
    Ok(waits)
}

fn says(run: &Value, field: &str, value: impl Into<Value>) -> bool {
    run.get(field) == Some(&value.into())
}

fn timed(connection: &mut Connection, path: &str) -> anyhow::Result<(Duration, Value)> {
    let begun = Instant::now();
    let answer = connection.get(path)?;
    Ok((begun.elapsed(), answer))
}

fn wait_until_ready(client: &Client, run_id: &str) -> anyhow::Result<()> {
    let run = client.connect()?.get(&format!("/v1/import-runs/{run_id}?wait=60"))?;
    if !says(&run, "status", "ready") {
        bail!("the small run is not ready: {run}");
    }
    Ok(())
}

fn id_of(run: &Value) -> anyhow::Result<&str> {
    run["id"].as_str().context("the run has no id")
}

/// The uploads that are kept. A folder that goes while others are looked at holds none.
fn uploads_below(folder: &Path) -> anyhow::Result<usize> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    let mut uploads = 0;
    for entry in entries {
        let entry = entry?;
        uploads += if entry.file_type()?.is_dir() {
            uploads_below(&entry.path())?
        } else {
            usize::from(entry.path().extension().is_some_and(|extension| extension == "upload"))
        };
    }
    Ok(uploads)
}
