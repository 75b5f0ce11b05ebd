//! Somebody who follows a run: from its states to the bytes of the stream.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};
use russe::{Event, Message};
use tokio::sync::watch;
use torqueflow_app::events::{RunEvent, changes};
use torqueflow_app::runs::RunDetails;

use super::ProgressEvent;
use super::event_id::StateId;
use crate::routes::import_runs::view::{JobView, RunView};

/// How long a stream is silent before a comment keeps it open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The name of the event that begins a stream, with the whole run.
const SNAPSHOT: &str = "snapshot";
/// The name of the event that the run has changed, with the whole run.
const RUN: &str = "run";

/// The name of an event, and its data as JSON.
type Told = (&'static str, String);
/// An event can't be put into bytes: a mistake of ours, which ends the stream.
type Untellable = Box<dyn Error>;

/// Somebody who follows a run.
pub struct Follower {
    feed: watch::Receiver<Arc<RunDetails>>,
    ending: watch::Receiver<bool>,
    /// The id of the last event that the client got before it lost the stream.
    last_event: Option<String>,
    /// The state of the run that was told last.
    seen: Option<Arc<RunDetails>>,
    waiting: VecDeque<Bytes>,
    ended: bool,
}

impl Follower {
    /// Somebody who comes for the first time, or again after this event.
    pub fn new(
        feed: watch::Receiver<Arc<RunDetails>>,
        ending: watch::Receiver<bool>,
        last_event: Option<String>,
    ) -> Self {
        Self {
            feed,
            ending,
            last_event,
            seen: None,
            waiting: VecDeque::new(),
            ended: false,
        }
    }

    /// The bytes that they get.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, Untellable>> {
        stream::unfold(self, |mut follower| async move {
            let bytes = follower.next().await?;
            Some((bytes, follower))
        })
    }

    async fn next(&mut self) -> Option<Result<Bytes, Untellable>> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(Ok(event));
            }
            if self.ended {
                return None;
            }
            if self.seen.is_some() {
                tokio::select! {
                    changed = self.feed.changed() => {
                        // The last state was told, and no other will come.
                        changed.ok()?;
                    }
                    _ = self.ending.wait_for(|ending| *ending) => return None,
                    () = tokio::time::sleep(KEEP_ALIVE) => return Some(bytes(Event::Comment("still here".into()))),
                }
            }
            let now = Arc::clone(&self.feed.borrow_and_update());
            if let Err(error) = self.tell(now) {
                tracing::error!(%error, "an event of a run can't be told");
                self.ended = true;
                return Some(Err(error));
            }
        }
    }

    /// Puts into events what is new of a state. Those of a run that is done end with the whole run, whoever has missed
    /// what before.
    fn tell(&mut self, now: Arc<RunDetails>) -> Result<(), Untellable> {
        let run = serde_json::to_string(&RunView::from(now.as_ref()))?;
        let state = StateId::new(now.run.progress_version, &run);
        let mut events = match (&self.seen, &self.last_event) {
            (Some(before), _) => changed(before, &now, &run)?,
            (None, Some(event)) if state.is_known_from(event) => Vec::new(),
            (None, _) => vec![(SNAPSHOT, run.clone())],
        };
        self.ended = now.run.status.is_done();
        if self.ended && events.last().is_none_or(|(name, _)| *name != RUN) {
            events.push((RUN, run));
        }
        let count = events.len();
        // The snapshot comes before all changes, as number 0.
        let first = usize::from(events.first().is_none_or(|(name, _)| *name != SNAPSHOT));
        for (index, (name, data)) in events.into_iter().enumerate() {
            let knows_all = name == SNAPSHOT || index + 1 == count;
            self.waiting.push_back(bytes(Event::Message(Message {
                id: Some(state.event(first + index, knows_all).into()),
                event: Some(name.into()),
                data: data.into(),
                retry: None,
            }))?);
        }
        self.seen = Some(now);
        Ok(())
    }
}

/// The events that lead from one state to a later one, whose run is written in `run`.
fn changed(before: &RunDetails, now: &RunDetails, run: &str) -> Result<Vec<Told>, serde_json::Error> {
    let mut events = Vec::new();
    for change in changes(before, now) {
        events.push(match change {
            RunEvent::Progress(job) => {
                let progress = ProgressEvent::of(&job);
                ("progress", serde_json::to_string(&progress)?)
            }
            RunEvent::Job(job) => ("job", serde_json::to_string(&JobView::new(&job, &now.files))?),
            RunEvent::Run => (RUN, run.to_owned()),
            // Clients are told of a new kind of change when there is an event for it.
            _ => continue,
        });
    }
    Ok(events)
}

fn bytes(event: Event) -> Result<Bytes, Untellable> {
    Ok(event.into_bytestring()?.into_bytes())
}

#[cfg(test)]
mod tests;
