//! Whether the service lives, and whether it can work.

use actix_web::http::header::RETRY_AFTER;
use actix_web::{get, web};
use serde::Serialize;
use torqueflow_app::health;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{ApiError, Code};
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_health).service(get_readiness);
}

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "status": "ok" })))]
struct HealthView {
    /// `ok`.
    status: &'static str,
}

const OK: HealthView = HealthView { status: "ok" };

/// Say that the service lives
///
/// Answers as long as the process does; restart it when it does not.
#[utoipa::path(
    tag = "service",
    security(()),
    responses((status = 200, description = "It lives.", body = HealthView))
)]
#[get("/healthz")]
async fn get_health() -> web::Json<HealthView> {
    web::Json(OK)
}

/// Say whether the service can work
///
/// The database answers and keeps what is written, uploads can be kept, and the worker in this process is alive. Send it no
/// requests while it can't.
#[utoipa::path(
    tag = "service",
    security(()),
    responses((status = 200, description = "It can work.", body = HealthView)),
    extensions(("x-problems" = json!(["not_ready"])))
)]
#[get("/readyz")]
async fn get_readiness(service: web::Data<Service>) -> Result<web::Json<HealthView>, ApiError> {
    if *service.ending.borrow() {
        return Err(ApiError::new(Code::NotReady, "the service is about to end"));
    }
    let health = health::check(&service.app).await;
    for (what, outcome) in [
        ("the database does not answer", health.database),
        ("nothing can be written to the database", health.writing),
        ("uploads can't be kept", health.uploads),
        ("the worker of this service is dead; restart it", health.worker),
    ] {
        if let Err(error) = outcome {
            return Err(ApiError::new(Code::NotReady, what)
                .header(RETRY_AFTER, "5")
                .caused_by(error));
        }
    }
    Ok(web::Json(OK))
}
