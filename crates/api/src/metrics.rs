//! What the service counts of itself, in Prometheus' text format
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use prometheus::{HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder};

use crate::config::ServeError;

/// The media type of Prometheus' text.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Bounds of the times that requests take, in seconds.
const SECONDS: &[f64] = &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What tells requests apart. Each has few values, whatever is asked.
const LABELS: &[&str] = &["method", "route", "status"];

/// The metrics of one service. Cheap to clone.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
}

impl Metrics {
    /// Nothing is counted yet.
    pub fn new() -> Result<Self, ServeError> {
        let requests = Opts::new("torqueflow_http_requests_total", "Requests answered.");
        let durations = HistogramOpts::new(
            "torqueflow_http_request_duration_seconds",
            "Time from a request to its answer.",
        );
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(requests, LABELS)?,
            durations: HistogramVec::new(durations.buckets(SECONDS.to_vec()), LABELS)?,
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.durations.clone()))?;
        Ok(metrics)
    }

    /// Counts a request that was answered. `method` and `route` come from fixed sets, not from whoever asked.
    pub fn answered(&self, method: &str, route: &str, status: StatusCode, duration: Duration) {
        let labels = [method, route, status.as_str()];
        self.requests.with_label_values(&labels).inc();
        self.durations
            .with_label_values(&labels)
            .observe(duration.as_secs_f64());
    }

    /// The page that Prometheus reads.
    pub fn page(&self) -> HttpResponse {
        let mut text = String::new();
        match TextEncoder::new().encode_utf8(&self.registry.gather(), &mut text) {
            Ok(()) => HttpResponse::Ok().content_type(PROMETHEUS_TEXT).body(text),
            Err(error) => {
                tracing::error!(%error, "the metrics can't be written");
                HttpResponse::InternalServerError().finish()
            }
        }
    }
}

/// The metrics on an address of their own.
pub fn alone(metrics: Metrics) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        let show = move || std::future::ready(metrics.page());
        config.route("/metrics", web::get().to(show));
    }
}
