//! Changing a run before its start.

use actix_web::{HttpRequest, HttpResponse, patch, web};
use serde::Deserialize;
use torqueflow_app::options::RunMode;
use torqueflow_app::run_patch;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::options::{OptionsRequest, source_system};
use super::view::RunView;
use crate::auth::{Allowed, ToManageImports};
use crate::extract::{Body, etag, if_match};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(patch_import_run);
}

/// What changes of a run. What is left out or null stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "options": { "source_confirmation": true } })))]
struct RunPatchRequest {
    /// The source system: one of those that are known, or a name for one that is not.
    source_system: Option<String>,
    /// `initial` or `refresh`, instead of `mode` in `options`.
    #[schema(value_type = Option<String>, pattern = "^(initial|refresh)$")]
    mode: Option<RunMode>,
    /// The options that change.
    options: Option<OptionsRequest>,
}

/// Change a run
///
/// Before its start: whose files they are, and its options. The run is analysed again as far as it has to be. With the `ETag`
/// of an earlier answer in `If-Match` it is refused when anything has changed since.
#[utoipa::path(
    tag = "import-runs",
    params(
        ("run_id" = Uuid, Path, description = "The run's id."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the run as it was seen.", pattern = r#"^"[0-9]{1,18}"$"#, example = "\"17\"")
    ),
    request_body = RunPatchRequest,
    responses((status = 200, description = "The run.", body = RunView, headers(("ETag" = String, description = "Changes with the run.")))),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "wrong_state", "run_busy", "changed_meanwhile", "validation_failed"]))
    )
)]
#[patch("/import-runs/{run_id}")]
async fn patch_import_run(
    caller: Allowed<ToManageImports>,
    run_id: web::Path<Uuid>,
    request: HttpRequest,
    body: Body<RunPatchRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match(&request)?;
    let RunPatchRequest {
        source_system: named,
        mode,
        options,
    } = body.0;
    let named = named.map(|name| source_system(&service, &name)).transpose()?;
    let said = options.unwrap_or_default();
    let details = run_patch::patch(&service.app, &caller.caller, *run_id, expected, &|options| {
        let mut options = said.over(options);
        options.mode = mode.or(options.mode);
        options.source_system = named.clone().or(options.source_system);
        options
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header(etag(details.run.progress_version))
        .json(RunView::from(&details)))
}
