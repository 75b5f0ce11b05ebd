//! What every handler can reach.

use actix_web::{HttpRequest, web};
use tokio::sync::watch;
use torqueflow_app::App;

use crate::auth::Verifier;
use crate::config::{RequestLimits, ServeConfig};
use crate::metrics::Metrics;
use crate::middleware::Rates;
use crate::openapi::Contract;
use crate::problem::ApiError;

/// What every handler can reach.
pub struct Service {
    /// The use cases.
    pub app: App,
    /// Checks tokens.
    pub verifier: Verifier,
    /// Counts requests.
    pub rates: Rates,
    /// Bounds on requests.
    pub limits: RequestLimits,
    /// Whether a proxy says where requests come from.
    pub behind_proxy: bool,
    /// The specification.
    pub contract: Contract,
    /// What the service counts of itself.
    pub metrics: Metrics,
    /// The metrics have an address of their own, and are not on the service's.
    pub metrics_are_elsewhere: bool,
    /// Becomes true when the service is about to end: streams end then, which would hold it up otherwise.
    pub ending: watch::Receiver<bool>,
}

impl Service {
    /// A service with these use cases.
    pub fn new(config: &ServeConfig, app: App, metrics: Metrics, ending: watch::Receiver<bool>) -> Self {
        Self {
            app,
            verifier: Verifier::new(&config.tokens),
            rates: Rates::new(config.limits),
            limits: config.limits,
            behind_proxy: config.behind_proxy,
            contract: Contract::new(),
            metrics,
            metrics_are_elsewhere: config.metrics_bind.is_some(),
            ending,
        }
    }

    /// The service that a request came to.
    pub fn of(request: &HttpRequest) -> Result<web::Data<Self>, ApiError> {
        let service = request.app_data::<web::Data<Self>>().cloned();
        service.ok_or_else(|| ApiError::internal("the service is not there"))
    }
}
