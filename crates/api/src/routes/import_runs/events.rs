//! Following a run by server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;
use torqueflow_app::events::{RunEvent, changes, follow};
use torqueflow_app::runs::RunDetails;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::view::{JobView, ProgressView, RunView, TotalsView};
use crate::auth::{Allowed, ToManageImports};
use crate::problem::ApiError;
use crate::service::Service;

/// How long a stream is silent before a comment keeps it open.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(follow_import_run);
}

/// `progress`: rows of a table were analysed or imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "job_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d25",
    "status": "importing",
    "analysed": 490,
    "progress": { "done": 300, "total": 490, "text": "300 of 490 imported" },
    "totals": { "rows": 490, "imported": 300, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0 }
})))]
struct ProgressEvent {
    /// The table.
    job_id: Uuid,
    /// Its state.
    status: String,
    /// Rows that are analysed.
    analysed: i64,
    /// Rows that are imported.
    progress: ProgressView,
    /// What became of its rows.
    totals: TotalsView,
}

/// What the stream tells, one of them per event: `snapshot` and `run` carry a run, `job` a job, `progress` a progress.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(examples(json!({
    "job_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d25",
    "status": "importing",
    "analysed": 490,
    "progress": { "done": 300, "total": 490, "text": "300 of 490 imported" },
    "totals": { "rows": 490, "imported": 300, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0 }
})))]
#[expect(dead_code, reason = "it only describes the stream; each event is written by itself")]
enum RunStreamEvent {
    /// `snapshot` and `run`: the whole run.
    Run(Box<RunView>),
    /// `job`: a table that came, changed its state, or was changed by a person.
    Job(Box<JobView>),
    /// `progress`: rows of a table were analysed or imported.
    Progress(ProgressEvent),
}

/// Follow a run
///
/// A stream of server-sent events: first a `snapshot` of the run, then `progress` (rows were analysed or imported), `job` (a
/// table changed) and `run` (the run changed), each with its data as JSON. The id of an event is the run's
/// `progress_version`: sent as `Last-Event-ID` after a break, it leaves the snapshot out where nothing was missed. Comments
/// keep the stream open; it ends when the run is done. Any instance can serve the stream of any run.
///
/// Browsers: use a client over `fetch`, which can send the bearer token, or `EventSource` with a ticket in the URL.
#[utoipa::path(
    tag = "import-runs",
    params(
        ("run_id" = Uuid, Path, description = "The run's id."),
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was received.")
    ),
    responses((status = 200, description = "The events.", body = RunStreamEvent, content_type = "text/event-stream")),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}/events")]
async fn follow_import_run(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    request: HttpRequest,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let feed = follow(&service.app, caller.caller.organization, *run_id).await?;
    let last = request
        .headers()
        .get("last-event-id")
        .and_then(|value| value.to_str().ok());
    let follower = Follower {
        feed,
        ending: service.ending.clone(),
        seen: None,
        missed_nothing_since: last.and_then(|id| id.parse().ok()),
        waiting: VecDeque::new(),
        ended: false,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A compressor would hold events back.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(follower.stream()))
}

/// Somebody who follows a run.
struct Follower {
    feed: watch::Receiver<Arc<RunDetails>>,
    ending: watch::Receiver<bool>,
    /// The state of the run that was told last.
    seen: Option<Arc<RunDetails>>,
    /// The version that the client had before it lost the stream.
    missed_nothing_since: Option<i64>,
    waiting: VecDeque<Bytes>,
    ended: bool,
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Bytes, actix_web::Error>> {
        stream::unfold(self, |mut follower| async move {
            let event = follower.next().await?;
            Some((Ok(event), follower))
        })
    }

    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
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
                    () = tokio::time::sleep(KEEP_ALIVE) => return Some(Bytes::from_static(b": still here\n\n")),
                }
            }
            let now = Arc::clone(&self.feed.borrow_and_update());
            self.tell(now);
        }
    }

    /// Puts what is new into words.
    fn tell(&mut self, now: Arc<RunDetails>) {
        let version = now.run.progress_version;
        match &self.seen {
            None if self.missed_nothing_since == Some(version) => {}
            None => self
                .waiting
                .push_back(event("snapshot", version, &RunView::from(now.as_ref()))),
            Some(before) => {
                for change in changes(before, &now) {
                    self.waiting.extend(told(&change, &now));
                }
            }
        }
        self.ended = now.run.status.is_done();
        self.seen = Some(now);
    }
}

fn told(change: &RunEvent, now: &RunDetails) -> Option<Bytes> {
    let version = now.run.progress_version;
    Some(match change {
        RunEvent::Progress(job) => {
            let view = JobView::new(job, &now.files);
            let progress = ProgressEvent {
                job_id: view.id,
                status: view.status,
                analysed: view.analysed,
                progress: view.progress,
                totals: view.totals,
            };
            event("progress", version, &progress)
        }
        RunEvent::Job(job) => event("job", version, &JobView::new(job, &now.files)),
        RunEvent::Run => event("run", version, &RunView::from(now)),
        _ => return None,
    })
}

fn event(name: &str, id: i64, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).unwrap_or_default();
    Bytes::from(format!("event: {name}\nid: {id}\ndata: {data}\n\n"))
}
