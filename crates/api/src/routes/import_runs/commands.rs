//! Telling a run to start, to stop, to try again.

use actix_web::{HttpResponse, post, web};
use torqueflow_app::runs;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::view::RunView;
use crate::auth::{Allowed, ToManageImports};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(start_import_run)
        .service(cancel_import_run)
        .service(retry_import_run);
}

/// Start a run
///
/// It must be `ready`: every file unlocked or removed, the source confirmed where that is asked for, every likely duplicate
/// decided or covered by a default. The answer
/// comes at once; follow the run by its events or by polling.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((status = 202, description = "It is queued.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "run_busy", "wrong_state", "password_needed", "source_unconfirmed", "duplicates_undecided", "nothing_to_import"]))
    )
)]
#[post("/import-runs/{run_id}/start")]
async fn start_import_run(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    runs::start(&service.app, &caller.caller, *run_id).await?;
    accepted(&caller, *run_id, &service).await
}

/// Cancel a run
///
/// Before its start nothing of it is kept. While it is importing, it stops after the batch at hand: what has landed stays,
/// and can be rolled back.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((status = 202, description = "It is cancelled.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "run_busy", "wrong_state"]))
    )
)]
#[post("/import-runs/{run_id}/cancel")]
async fn cancel_import_run(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    runs::cancel(&service.app, &caller.caller, *run_id).await?;
    accepted(&caller, *run_id, &service).await
}

/// Run again what failed
///
/// Nothing that succeeded is touched. What failed rows refer to may be there by now.
#[utoipa::path(
    tag = "import-runs",
    params(("run_id" = Uuid, Path, description = "The run's id.")),
    responses((status = 202, description = "It is queued.", body = RunView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "run_busy", "wrong_state", "nothing_to_import", "expired"]))
    )
)]
#[post("/import-runs/{run_id}/retry")]
async fn retry_import_run(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    runs::retry(&service.app, &caller.caller, *run_id).await?;
    accepted(&caller, *run_id, &service).await
}

async fn accepted(
    caller: &Allowed<ToManageImports>,
    run_id: Uuid,
    service: &Service,
) -> Result<HttpResponse, ApiError> {
    let details = runs::get(&service.app, caller.caller.organization, run_id).await?;
    Ok(HttpResponse::Accepted().json(RunView::from(&details)))
}
