//! The routes, one file per resource: what comes in, one call, what goes out.

mod api_keys;
mod audit_log;
mod column_mapping;
mod customers;
mod docs;
mod entity_types;
mod health;
mod import_jobs;
mod import_runs;
mod mappings;
mod me;
mod metrics;
mod organization;
mod records;
mod roles;
mod saved_mappings;
mod source_systems;
mod templates;
mod tickets;

use actix_web::http::header;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::authenticate;
use crate::problem::{ApiError, Code};
use crate::service::Service;

/// Every route of the service, with its entry in the specification.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .configure(health::routes)
        .configure(metrics::routes)
        .configure(docs::routes)
        .service(scope("/v1").wrap(from_fn(authenticate)).configure(signed_in));
}

/// What needs a token.
fn signed_in(config: &mut ServiceConfig<'_>) {
    config
        .configure(me::routes)
        .configure(organization::routes)
        .configure(api_keys::routes)
        .configure(audit_log::routes)
        .configure(roles::routes)
        .configure(tickets::routes)
        .configure(customers::routes)
        .configure(import_runs::routes)
        .configure(import_jobs::routes)
        .configure(source_systems::routes)
        .configure(entity_types::routes)
        .configure(templates::routes)
        .configure(mappings::routes)
        .configure(saved_mappings::routes)
        .configure(records::routes);
}

/// Says which part of a path is wrong.
pub fn path_config() -> web::PathConfig {
    web::PathConfig::default().error_handler(|error, request| {
        let parameters: Vec<&str> = request.match_info().iter().map(|(name, _)| name).collect();
        ApiError::parameter(&parameters.join(", "), error.to_string()).into()
    })
}

/// Whatever no route fits: the path is not known, or not with this method.
pub async fn unknown(request: HttpRequest, service: web::Data<Service>) -> Result<HttpResponse, ApiError> {
    let allowed = service.contract.methods(request.path());
    if allowed.is_empty() {
        let detail = format!("there is no path `{}`", request.path());
        return Err(ApiError::new(Code::RouteNotFound, detail));
    }
    let names: Vec<&str> = allowed.iter().map(actix_web::http::Method::as_str).collect();
    let names = names.join(", ");
    let detail = format!(
        "`{}` does not know {}; it knows {names}",
        request.path(),
        request.method()
    );
    Err(ApiError::new(Code::MethodNotAllowed, detail).header(header::ALLOW, &names))
}
