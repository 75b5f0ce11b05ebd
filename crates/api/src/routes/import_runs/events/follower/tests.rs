use std::collections::BTreeMap;

use futures_util::FutureExt;
use serde_json::{Value, json};
use torqueflow_app::{Actor, Job, JobCounts, Run};
use torqueflow_model::{JobStatus, LeftOut, RunStatus};
use uuid::Uuid;

use super::*;

/// As many tables as a workbook of Techman has.
const TABLES: u128 = 11;
const ROWS: i64 = 100;

/// An event as a client reads it.
#[derive(Debug, Clone)]
struct Read {
    id: String,
    name: String,
    data: Value,
}

impl Read {
    fn new(bytes: &Bytes) -> Self {
        let text = std::str::from_utf8(bytes).unwrap();
        let field = |name: &str| {
            let mut lines = text.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap().to_owned()
        };
        Self {
            id: field("id"),
            name: field("event"),
            data: serde_json::from_str(&field("data")).unwrap(),
        }
    }

    /// `snapshot 0-all`: the name, and the id without its state.
    fn in_short(&self) -> String {
        let (_, rest) = self.id.split_once('-').unwrap();
        let (_, number) = rest.split_once('-').unwrap();
        format!("{} {number}", self.name)
    }
}

fn job(number: u128, status: JobStatus, done: i64) -> Job {
    Job {
        id: Uuid::from_u128(number),
        run_id: Uuid::nil(),
        file_id: Uuid::nil(),
        ordinal: number as i64,
        position: number as i64,
        sheet: None,
        status,
        table_type: None,
        label: None,
        noun: None,
        source_system: None,
        entities: Vec::new(),
        confidence: 1.0,
        confidence_level: "high".to_owned(),
        header_row: Some(1),
        encoding: None,
        delimiter: None,
        plan: json!({}),
        warnings: json!([]),
        staged_key: None,
        row_count: Some(ROWS),
        left_out: LeftOut::default(),
        checkpoint: done,
        counts: JobCounts {
            imported: done,
            ..JobCounts::default()
        },
        entity_counts: BTreeMap::new(),
        error: None,
        table_index: 0,
        analysed: ROWS,
        attempt: 1,
        provisional: false,
        choices: None,
        version: 1,
        replaced: None,
    }
}

/// A state of the one run that all is about: so many rows of each table are imported.
fn state(status: RunStatus, version: i64, done: i64) -> Arc<RunDetails> {
    let mut run = Run::new(&Actor::default(), json!({}), None);
    run.id = Uuid::nil();
    run.created_at = time::OffsetDateTime::UNIX_EPOCH;
    run.status = status;
    run.progress_version = version;
    let of_jobs = match status {
        RunStatus::Ready => JobStatus::Ready,
        RunStatus::Completed => JobStatus::Completed,
        _ => JobStatus::Importing,
    };
    Arc::new(RunDetails {
        run,
        files: Vec::new(),
        jobs: (0..TABLES).map(|number| job(number, of_jobs, done)).collect(),
        undecided_duplicates: 0,
    })
}

fn ready() -> Arc<RunDetails> {
    state(RunStatus::Ready, 16, 0)
}

fn importing() -> Arc<RunDetails> {
    state(RunStatus::Importing, 17, 40)
}

fn completed() -> Arc<RunDetails> {
    state(RunStatus::Completed, 18, ROWS)
}

/// A run that is followed.
struct Followed {
    feed: watch::Sender<Arc<RunDetails>>,
    ending: watch::Sender<bool>,
}

impl Followed {
    fn new(now: Arc<RunDetails>) -> Self {
        Self {
            feed: watch::channel(now).0,
            ending: watch::channel(false).0,
        }
    }

    fn follower(&self, last_event: Option<&str>) -> Follower {
        let last_event = last_event.map(str::to_owned);
        Follower::new(self.feed.subscribe(), self.ending.subscribe(), last_event)
    }
}

/// What a follower is told without waiting for anything.
fn told(follower: &mut Follower) -> Vec<Read> {
    let next = || follower.next().now_or_never().flatten();
    std::iter::from_fn(next)
        .map(|event| Read::new(&event.unwrap()))
        .collect()
}

fn in_short(events: &[Read]) -> Vec<String> {
    events.iter().map(Read::in_short).collect()
}

/// All that is told to a client that follows from one state to another.
fn told_between(before: Arc<RunDetails>, after: Arc<RunDetails>) -> Vec<Read> {
    let watched = Followed::new(before);
    let mut follower = watched.follower(None);
    told(&mut follower);
    watched.feed.send_replace(after);
    told(&mut follower)
}

/// Checks what is told at first to somebody who comes back with this id.
#[track_caller]
fn check(last_event: Option<&str>, now: Arc<RunDetails>, expected: &[&str]) {
    let watched = Followed::new(now);
    let mut follower = watched.follower(last_event);
    assert_eq!(in_short(&told(&mut follower)), expected, "{last_event:?}");
}

#[actix_web::test]
async fn who_comes_first_gets_a_snapshot_and_of_a_run_that_is_done_its_end() {
    check(None, ready(), &["snapshot 0-all"]);
    check(None, importing(), &["snapshot 0-all"]);
    check(None, completed(), &["snapshot 0-all", "run 1-all"]);
}

#[actix_web::test]
async fn who_has_got_all_of_a_state_is_told_nothing_twice_but_the_end() {
    let changes = told_between(ready(), importing());
    assert_eq!(changes.len(), TABLES as usize + 1);
    let (last, others) = changes.split_last().unwrap();
    check(Some(&last.id), importing(), &[]);
    for event in others {
        check(Some(&event.id), importing(), &["snapshot 0-all"]);
    }
    let changes = told_between(importing(), completed());
    let (last, others) = changes.split_last().unwrap();
    check(Some(&last.id), completed(), &["run 1-all"]);
    for event in others {
        check(Some(&event.id), completed(), &["snapshot 0-all", "run 1-all"]);
    }
}

#[actix_web::test]
async fn what_is_not_known_exactly_gets_a_snapshot() {
    let of_others = told_between(ready(), importing()).pop().unwrap().id;
    // After a crash another state got the number of one that the database had forgotten.
    check(
        Some(&of_others),
        state(RunStatus::Importing, 17, 20),
        &["snapshot 0-all"],
    );
    check(
        Some(&of_others),
        state(RunStatus::Importing, 18, 40),
        &["snapshot 0-all"],
    );
    for malformed in [
        "",
        "17",
        "0",
        "-1",
        "17-all",
        "17--0-all",
        "é",
        "9999999999999999999999",
    ] {
        check(Some(malformed), importing(), &["snapshot 0-all"]);
        check(Some(malformed), completed(), &["snapshot 0-all", "run 1-all"]);
    }
}

#[actix_web::test]
async fn no_two_events_have_the_same_id_and_only_the_last_of_a_state_says_that_it_is() {
    let watched = Followed::new(ready());
    let mut follower = watched.follower(None);
    let mut events = told(&mut follower);
    for next in [importing(), state(RunStatus::Importing, 19, 60), completed()] {
        watched.feed.send_replace(next);
        let new = told(&mut follower);
        let (last, others) = new.split_last().unwrap();
        assert!(last.id.ends_with("-all"), "{}", last.id);
        assert!(others.iter().all(|event| !event.id.ends_with("-all")));
        events.extend(new);
    }
    let mut ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events.len());
}

/// What a client knows of a run that it follows.
#[derive(Default)]
struct Client {
    run: Value,
    events: Vec<Read>,
}

impl Client {
    fn take(&mut self, event: Read) {
        match event.name.as_str() {
            "snapshot" | "run" => self.run = event.data.clone(),
            "job" => {
                let place = self.job(&event.data["id"]);
                *place = event.data.clone();
            }
            "progress" => {
                let fields = event.data.as_object().unwrap();
                let job = self.job(&event.data["job_id"]);
                for (name, value) in fields.iter().filter(|(name, _)| *name != "job_id") {
                    job[name] = value.clone();
                }
            }
            other => panic!("{other}"),
        }
        self.events.push(event);
    }

    fn job(&mut self, id: &Value) -> &mut Value {
        let jobs = self.run["jobs"].as_array_mut().unwrap();
        jobs.iter_mut().find(|job| job["id"] == *id).unwrap()
    }

    fn last_event(&self) -> Option<&str> {
        self.events.last().map(|event| event.id.as_str())
    }

    fn has_the_end(&self) -> bool {
        let last = self.events.last();
        last.is_some_and(|event| event.name == "run" && event.data["done"] == true)
    }
}

#[actix_web::test]
async fn whoever_is_cut_off_after_each_so_many_events_knows_the_whole_run_in_the_end() {
    let states = [
        ready(),
        importing(),
        state(RunStatus::Importing, 18, 40),
        state(RunStatus::Importing, 19, 80),
        completed(),
    ];
    for cut_after in 1..=TABLES as usize + 2 {
        let watched = Followed::new(ready());
        let mut client = Client::default();
        for now in &states {
            watched.feed.send_replace(Arc::clone(now));
            // Somebody who is cut off before anything new has come comes back for nothing.
            for _ in 0..=TABLES {
                let mut follower = watched.follower(client.last_event());
                for event in told(&mut follower).into_iter().take(cut_after) {
                    client.take(event);
                }
                if client.has_the_end() {
                    break;
                }
            }
        }
        assert!(client.has_the_end(), "cut off after {cut_after}");
        let whole = serde_json::to_value(RunView::from(completed().as_ref())).unwrap();
        assert_eq!(client.run, whole, "cut off after {cut_after}");
    }
}

#[actix_web::test]
async fn whoever_is_cut_off_in_the_middle_of_a_change_misses_nothing_of_it() {
    let changes = TABLES as usize + 1;
    for cut_after in 1..=changes {
        let watched = Followed::new(ready());
        let mut client = Client::default();
        let mut follower = watched.follower(None);
        for event in told(&mut follower) {
            client.take(event);
        }
        watched.feed.send_replace(completed());
        for event in told(&mut follower).into_iter().take(cut_after) {
            client.take(event);
        }
        let mut follower = watched.follower(client.last_event());
        for event in told(&mut follower) {
            client.take(event);
        }
        assert!(client.has_the_end(), "cut off after {cut_after}");
        let whole = serde_json::to_value(RunView::from(completed().as_ref())).unwrap();
        assert_eq!(client.run, whole, "cut off after {cut_after}");
    }
}

#[actix_web::test]
async fn a_stream_ends_with_the_run_and_with_the_service() {
    let done = Followed::new(completed());
    let mut follower = done.follower(None);
    assert_eq!(told(&mut follower).len(), 2);
    assert!(matches!(follower.next().now_or_never(), Some(None)));

    let unfinished = Followed::new(importing());
    let mut follower = unfinished.follower(None);
    told(&mut follower);
    assert!(follower.next().now_or_never().is_none(), "it waits for what comes");
    unfinished.ending.send_replace(true);
    assert!(matches!(follower.next().now_or_never(), Some(None)));
}
