//! Following a run by its events, as they come.

use std::io::{BufRead, BufReader};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Instant;

use serde_json::Value;

use super::service::Client;

/// One event of a stream.
#[derive(Debug, Clone)]
pub struct Told {
    /// When it came.
    pub at: Instant,
    pub id: String,
    /// `snapshot`, `progress`, `job` or `run`.
    pub name: String,
    pub data: Value,
}

impl Told {
    /// How many rows of its table are imported by then, where it tells of one table or of a run that has one.
    pub fn rows_done(&self) -> i64 {
        let tells = match self.name.as_str() {
            "progress" | "job" => &self.data,
            _ => &self.data["jobs"][0],
        };
        tells["progress"]["done"].as_i64().unwrap_or_default()
    }
}

impl Client {
    /// Follows the events of a path. The receiver ends with the stream.
    #[track_caller]
    pub fn follow(&self, path: &str) -> Receiver<Told> {
        self.follow_after(path, "")
    }

    /// Follows the events of a path, after the one with this id. The receiver ends with the stream.
    #[track_caller]
    pub fn follow_after(&self, path: &str, last_event: &str) -> Receiver<Told> {
        let body = self.open(path, last_event);
        let (sender, receiver) = channel();
        thread::spawn(move || {
            let (mut id, mut name) = (String::new(), String::new());
            let mut lines = BufReader::new(body.into_reader()).lines();
            while let Some(Ok(line)) = lines.next() {
                if let Some(event) = line.strip_prefix("event: ") {
                    event.clone_into(&mut name);
                } else if let Some(event) = line.strip_prefix("id: ") {
                    event.clone_into(&mut id);
                } else if let Some(data) = line.strip_prefix("data: ") {
                    let told = Told {
                        at: Instant::now(),
                        id: id.clone(),
                        name: name.clone(),
                        data: serde_json::from_str(data).unwrap(),
                    };
                    if sender.send(told).is_err() {
                        return;
                    }
                }
            }
        });
        receiver
    }
}
