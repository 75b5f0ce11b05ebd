//! Following a run by server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>).

mod event_id;
mod follower;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use torqueflow_app::Job;
use torqueflow_app::events::follow;
use torqueflow_app::summary::Totals;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use self::follower::Follower;
use super::view::{JobView, ProgressView, RunView, TotalsView};
use crate::auth::{Allowed, ToManageImports};
use crate::problem::ApiError;
use crate::service::Service;

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
    "totals": { "rows": 490, "imported": 300, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": {} }
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

impl ProgressEvent {
    fn of(job: &Job) -> Self {
        Self {
            job_id: job.id,
            status: job.status.name().to_owned(),
            analysed: job.analysed,
            progress: ProgressView::of(job),
            totals: Totals::of(job).into(),
        }
    }
}

/// What the stream tells, one of them per event: `snapshot` and `run` carry a run, `job` a job, `progress` a progress.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(examples(json!({
    "job_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d25",
    "status": "importing",
    "analysed": 490,
    "progress": { "done": 300, "total": 490, "text": "300 of 490 imported" },
    "totals": { "rows": 490, "imported": 300, "updated": 0, "skipped_duplicate": 0, "skipped_choice": 0, "unchanged": 0, "failed": 0, "left_out": {} }
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
/// table changed) and `run` (the run changed), each with its data as JSON. Comments keep the stream open. It ends when the
/// run is done, always with a `run`, which has the whole run in its last state. Any instance can serve the stream of any
/// run.
///
/// Each event has an id of its own, whose form is not for clients to know. Sent as `Last-Event-ID` after a break, it leaves
/// the snapshot out where nothing was missed. Where something was, or where that can't be told, there is a snapshot again.
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
    let last_event = request.headers().get("last-event-id");
    let last_event = last_event.and_then(|id| id.to_str().ok()).map(str::to_owned);
    let follower = Follower::new(feed, service.ending.clone(), last_event);
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A compressor would hold events back.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(follower.stream()))
}
