//! Metrics for Prometheus. Whatever the crates of the program measure with `metrics` is in them.

use std::sync::{Mutex, OnceLock, PoisonError};

use actix_web::{HttpResponse, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::config::ServeError;

/// The media type of Prometheus' text.
pub const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Bounds of the times that requests take, in seconds.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The one recorder of the process.
pub fn recorder() -> Result<PrometheusHandle, ServeError> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _installing = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(recorder) = RECORDER.get() {
        return Ok(recorder.clone());
    }
    let failed = |error: &dyn std::fmt::Display| ServeError::Metrics(error.to_string());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| failed(&error))?;
    Ok(RECORDER.get_or_init(|| recorder).clone())
}

/// The metrics on an address of their own.
pub fn alone(recorder: PrometheusHandle) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let show = move || {
            let text = recorder.render();
            async move { HttpResponse::Ok().content_type(PROMETHEUS_TEXT).body(text) }
        };
        config.route("/metrics", web::get().to(show));
    }
}
