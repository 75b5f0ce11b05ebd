//! Import runs: upload, look, start, follow.

mod columns;
mod commands;
mod confirmation;
mod duplicates;
mod events;
mod options;
mod patch;
mod profile_view;
mod reports;
mod results;
mod rollback;
mod upload;
pub mod view;

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::{Deserialize, Serialize};
use torqueflow_app::runs;
use torqueflow_model::RunStatus;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{Allowed, ToManageImports};
use crate::extract::{PageRequest, Params, etag, has_seen};
use crate::problem::ApiError;
use crate::service::Service;
use view::RunView;

/// The longest that a request waits for a run.
const MAX_WAIT_SECONDS: u64 = 60;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .configure(upload::routes)
        .service(list_import_runs)
        .service(get_import_run)
        .configure(patch::routes)
        .configure(commands::routes)
        .configure(duplicates::routes)
        .configure(events::routes)
        .configure(results::routes)
        .configure(reports::routes)
        .configure(rollback::routes);
}

/// A page of runs.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct RunPage {
    /// The runs, the newest first.
    items: Vec<RunView>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which runs, and which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RunParams {
    /// Only runs in this state.
    #[param(value_type = Option<String>, example = "ready")]
    status: Option<RunStatus>,
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the import runs
///
/// The newest first.
#[utoipa::path(
    tag = "import-runs",
    params(RunParams),
    responses((status = 200, description = "A page of runs.", body = RunPage)),
    extensions(("x-capability" = json!("settings.import.manage")))
)]
#[get("/import-runs")]
async fn list_import_runs(
    caller: Allowed<ToManageImports>,
    params: Params<RunParams>,
    service: web::Data<Service>,
) -> Result<web::Json<RunPage>, ApiError> {
    let params = params.0;
    let page = PageRequest::<Uuid>::parse(params.limit, params.cursor.as_deref())?;
    let organization = caller.caller.organization;
    let mut runs = runs::list(&service.app, organization, params.status, page.after, page.fetch()).await?;
    let next_cursor = page.cut(&mut runs, |details| details.run.id);
    let items = runs.iter().map(RunView::from).collect();
    Ok(web::Json(RunPage { items, next_cursor }))
}

/// Whether to wait.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct WaitParams {
    /// Answers when the run next needs a person or is done, after so many seconds at the latest.
    #[param(minimum = 0, maximum = 60, example = 30)]
    wait: Option<u64>,
}

/// Read an import run
///
/// With its files and jobs. `wait` holds the answer back until the run needs a person or is done. With the `ETag` of an
/// earlier answer in `If-None-Match` it is 304 as long as nothing has changed: that is how to poll.
#[utoipa::path(
    tag = "import-runs",
    params(
        ("run_id" = Uuid, Path, description = "The run's id."),
        WaitParams,
        ("If-None-Match" = Option<String>, Header, description = "The `ETag` of an earlier answer.")
    ),
    responses(
        (status = 200, description = "The run.", body = RunView, headers(("ETag" = String, description = "Changes with the run."))),
        (status = 304, description = "Nothing has changed.")
    ),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/import-runs/{run_id}")]
async fn get_import_run(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    params: Params<WaitParams>,
    request: HttpRequest,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let organization = caller.caller.organization;
    let details = match params.0.wait {
        Some(seconds) if seconds > MAX_WAIT_SECONDS => {
            return Err(ApiError::parameter(
                "wait",
                format!("it must be 0 to {MAX_WAIT_SECONDS}"),
            ));
        }
        Some(seconds) => runs::wait(&service.app, organization, *run_id, Duration::from_secs(seconds)).await?,
        None => runs::get(&service.app, organization, *run_id).await?,
    };
    let version = details.run.progress_version;
    if has_seen(&request, version) {
        return Ok(HttpResponse::NotModified().insert_header(etag(version)).finish());
    }
    Ok(HttpResponse::Ok()
        .insert_header(etag(version))
        .json(RunView::from(&details)))
}
