//! The specification and a page that shows it, without any request to elsewhere.

use std::sync::Arc;

use actix_web::http::header::{CONTENT_SECURITY_POLICY, LOCATION};
use actix_web::{HttpResponse, get, web};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::Config;

use crate::problem::{ApiError, Code};
use crate::service::Service;

/// The page needs its own scripts, styles and pictures, and the service itself.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                              img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-ancestors 'none'";

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(get_specification)
        .service(get_docs)
        .service(get_docs_file);
}

/// Get the specification
///
/// This document, OpenAPI 3.1.
#[utoipa::path(
    tag = "service",
    security(()),
    responses((status = 200, description = "The specification.", content_type = "application/json", body = Object, example = json!({ "openapi": "3.1.0", "info": { "title": "Torqueflow Import" }, "paths": {} })))
)]
#[get("/openapi.json")]
async fn get_specification(service: web::Data<Service>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(service.contract.text.clone())
}

/// Show the documentation
///
/// Leads to the page.
#[utoipa::path(
    tag = "service",
    security(()),
    responses((status = 307, description = "It is at `/docs/index.html`.", headers(("Location" = String, description = "The page."))))
)]
#[get("/docs")]
async fn get_docs() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((LOCATION, "/docs/index.html"))
        .finish()
}

/// Get a file of the documentation
///
/// The page and what it is made of.
#[utoipa::path(
    tag = "service",
    security(()),
    params(("file" = String, Path, description = "The name of the file.", example = "index.html")),
    responses((status = 200, description = "The file.", content_type = "text/html", body = String, example = json!("<!DOCTYPE html>"))),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[get("/docs/{file}")]
async fn get_docs_file(file: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let config = Config::from("/openapi.json");
    let found =
        utoipa_swagger_ui::serve(&file, Arc::new(config)).map_err(|error| ApiError::internal(error.to_string()))?;
    let Some(found) = found else {
        return Err(ApiError::new(Code::NotFound, format!("there is no file `{file}`")));
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .content_type(found.content_type)
        .body(found.bytes.into_owned()))
}
