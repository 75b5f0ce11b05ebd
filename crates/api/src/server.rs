//! Listening.

use std::future::Future;
use std::net::SocketAddr;

use actix_cors::Cors;
use actix_web::body::BoxBody;
use actix_web::dev::{ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, Condition, from_fn};
use actix_web::{App, Error, HttpServer, web};
use tokio::sync::watch;
use utoipa_actix_web::AppExt;

use crate::config::{ServeConfig, ServeError};
use crate::metrics::{self, Metrics};
use crate::middleware::observe;
use crate::routes;
use crate::service::Service;

/// A service that listens.
pub struct Listening {
    /// The address that it listens on.
    pub address: SocketAddr,
    /// The address of the metrics, where they have their own.
    pub metrics_address: Option<SocketAddr>,
    servers: Vec<actix_web::dev::Server>,
    end: watch::Sender<bool>,
}

/// Listens, with these use cases behind it. Nothing is answered before [`Listening::run`].
pub fn listen(config: &ServeConfig, app: torqueflow_app::App) -> Result<Listening, ServeError> {
    config.check()?;
    let metrics = Metrics::new()?;
    let (end, ending) = watch::channel(false);
    let service = web::Data::new(Service::new(config, app, metrics.clone(), ending));
    let origins = config.allowed_origins.clone();
    let server = HttpServer::new(move || application(service.clone(), &origins))
        .disable_signals()
        .shutdown_timeout(config.shutdown_timeout.as_secs())
        .bind(config.bind)
        .map_err(|source| bind_error(config.bind, source))?;
    let address = server.addrs().first().copied().unwrap_or(config.bind);
    let mut servers = vec![server.run()];
    let mut metrics_address = None;
    if let Some(bind) = config.metrics_bind {
        let server = HttpServer::new(move || App::new().configure(metrics::alone(metrics.clone())))
            .workers(1)
            .disable_signals()
            .bind(bind)
            .map_err(|source| bind_error(bind, source))?;
        metrics_address = server.addrs().first().copied();
        servers.push(server.run());
    }
    Ok(Listening {
        address,
        metrics_address,
        servers,
        end,
    })
}

fn bind_error(address: SocketAddr, source: std::io::Error) -> ServeError {
    ServeError::Bind { address, source }
}

impl Listening {
    /// Answers until `ended` is ready: then streams end, requests are finished, and nothing new is taken.
    pub async fn run(self, ended: impl Future<Output = ()>) -> Result<(), ServeError> {
        let handles: Vec<ServerHandle> = self.servers.iter().map(actix_web::dev::Server::handle).collect();
        let serving = futures_util::future::try_join_all(self.servers);
        let ending = async {
            ended.await;
            self.end.send_replace(true);
            futures_util::future::join_all(handles.iter().map(|handle| handle.stop(true))).await;
        };
        let (served, ()) = tokio::join!(serving, ending);
        served.map(drop).map_err(ServeError::Server)
    }
}

/// The routes with everything around them, for a server and for tests alike.
pub fn application(
    service: web::Data<Service>,
    origins: &[String],
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
    + use<>,
> {
    App::new()
        .app_data(service)
        .app_data(routes::path_config())
        .into_utoipa_app()
        .configure(routes::configure)
        .into_app()
        .default_service(web::to(routes::unknown))
        .wrap(Compress::default())
        .wrap(Condition::new(!origins.is_empty(), cors(origins)))
        .wrap(from_fn(observe))
}

/// Lets pages of these origins call the service. Tokens come in a header, so no cookies are asked for.
fn cors(origins: &[String]) -> Cors {
    let allowed = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allow_any_header()
        .expose_headers([
            "content-disposition",
            "etag",
            "idempotent-replayed",
            "location",
            "retry-after",
            "x-request-id",
        ])
        .max_age(3600);
    origins.iter().fold(allowed, |cors, origin| cors.allowed_origin(origin))
}
