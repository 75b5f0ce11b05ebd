//! The specification, collected from the routes themselves and finished from our tables.

mod examples;
mod finish;
mod links;

pub use finish::put;

use actix_web::App;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_actix_web::AppExt;

use crate::problem::{LimitView, Place, Problem};
use crate::routes;

/// What the specification says beside the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Torqueflow Import",
        description = include_str!("introduction.md"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
        contact(name = "Torqueflow Import", url = "https://github.com/torqueflow/torqueflow-import")
    ),
    servers((url = "/", description = "This service")),
    tags(
        (name = "account", description = "Who calls, what they may do, and the settings of their organisation."),
        (name = "access", description = "API keys, roles and tickets."),
        (name = "catalogue", description = "What can be imported: source systems, entities, fields, templates."),
        (name = "customers", description = "Customers as people work with them: found, created, changed, merged."),
        (name = "import-runs", description = "Uploads, decisions, starting, following, results."),
        (name = "import-jobs", description = "The tables of a run: what they are, what is in them, what was found."),
        (name = "mappings", description = "Which record of ours is which record of a source."),
        (name = "saved-mappings", description = "What people said of the columns of tables, by which later ones are understood."),
        (name = "records", description = "The records that imports fill."),
        (name = "service", description = "Health, metrics and this documentation.")
    ),
    components(schemas(Problem, Place, LimitView)),
    modifiers(&SecuritySchemes)
)]
struct Introduction;

struct SecuritySchemes;

impl utoipa::Modify for SecuritySchemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let mut bearer = Http::new(HttpAuthScheme::Bearer);
        bearer.description = Some(
            "A JSON web token (claims `sub`, `org`, `role`, `exp`, `iss`, `aud`) or an API key (`tfk_…`).".to_owned(),
        );
        components.add_security_scheme(finish::BEARER, SecurityScheme::Http(bearer));
        let ticket = utoipa::openapi::security::ApiKeyValue::with_description(
            "ticket",
            "A single-use ticket from `POST /v1/tickets`, for what can't send a header. For this one URL, and GET only.",
        );
        let ticket = utoipa::openapi::security::ApiKey::Query(ticket);
        components.add_security_scheme(finish::TICKET, SecurityScheme::ApiKey(ticket));
    }
}

/// The specification.
pub fn document() -> Value {
    let (_, openapi) = App::new()
        .into_utoipa_app()
        .openapi(Introduction::openapi())
        .configure(routes::configure)
        .split_for_parts();
    let mut document = serde_json::to_value(openapi).unwrap_or_default();
    finish::finish(&mut document);
    links::add(&mut document);
    document
}

/// The specification as it is committed and served.
pub fn document_text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

/// The specification of a running service, and the routes that are in it.
pub struct Contract {
    /// The specification as text.
    pub text: String,
    routes: Vec<(ResourceDef, Vec<Method>)>,
}

impl Contract {
    /// The specification of this program.
    pub fn new() -> Self {
        let document = document();
        let paths = document.get("paths").and_then(Value::as_object);
        let routes = paths.into_iter().flatten().map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            let methods = methods.filter_map(|(name, _)| Method::from_bytes(name.to_uppercase().as_bytes()).ok());
            (ResourceDef::new(path.as_str()), methods.collect())
        });
        Self {
            text: serde_json::to_string(&document).unwrap_or_default(),
            routes: routes.collect(),
        }
    }

    /// The methods that a path knows; none where there is no such path.
    pub fn methods(&self, path: &str) -> &[Method] {
        let route = self.routes.iter().find(|(pattern, _)| pattern.is_match(path));
        route.map_or(&[], |(_, methods)| methods)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: &[Method]) {
        assert_eq!(Contract::new().methods(path), expected, "{path}");
    }

    #[test]
    fn paths_know_their_methods() {
        check("/healthz", &[Method::GET]);
        check("/v1/api-keys", &[Method::GET, Method::POST]);
        check("/v1/api-keys/7", &[Method::DELETE]);
        check("/v1/templates/customer.csv", &[Method::GET]);
        check("/v1/templates/customer.pdf", &[]);
        check("/v2", &[]);
    }
}
