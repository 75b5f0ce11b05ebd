//! Metrics on the service's own address.

use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::problem::{ApiError, Code};
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_metrics);
}

/// Show the metrics
///
/// In Prometheus' text format. They are not here where they have an address of their own.
#[utoipa::path(
    tag = "service",
    security(()),
    responses((status = 200, description = "The metrics.", content_type = "text/plain", body = String, example = json!("torqueflow_http_requests_total{method=\"GET\",route=\"/v1/me\",status=\"200\"} 4"))),
    extensions(("x-problems" = json!(["route_not_found"])))
)]
#[get("/metrics")]
async fn get_metrics(service: web::Data<Service>) -> Result<HttpResponse, ApiError> {
    if service.metrics_are_elsewhere {
        return Err(ApiError::new(
            Code::RouteNotFound,
            "the metrics have an address of their own",
        ));
    }
    Ok(service.metrics.page())
}
