//! Import templates.

use actix_web::{HttpResponse, get, web};
use torqueflow_app::template::{template_csv, template_xlsx};
use torqueflow_model::EntityKind;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::SignedIn;
use crate::download::attachment;
use crate::problem::{ApiError, Code};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_template_csv).service(get_template_xlsx);
}

/// Download a template as CSV
///
/// The headers that an entity is recognised by, and a sample row.
#[utoipa::path(
    tag = "catalogue",
    params(("entity_type" = String, Path, description = "The entity.", example = "customer")),
    responses((
        status = 200,
        description = "The template.",
        content_type = "text/csv",
        body = String,
        headers(("Content-Disposition" = String, description = "The name of the file.")),
        example = json!("Customer number,First name,Last name,Email\r\nC1017,Ada,Smith,ada@smith.example\r\n")
    )),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[get("/templates/{entity_type}.csv")]
async fn get_template_csv(_caller: SignedIn, entity: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let entity = known(&entity)?;
    Ok(download(
        entity,
        "csv",
        "text/csv; charset=utf-8",
        template_csv(entity)?,
    ))
}

/// Download a template as a workbook
///
/// The headers that an entity is recognised by, and a sample row. Its cells are text, so that leading zeros stay.
#[utoipa::path(
    tag = "catalogue",
    params(("entity_type" = String, Path, description = "The entity.", example = "customer")),
    responses((
        status = 200,
        description = "The template.",
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        body = Vec<u8>,
        headers(("Content-Disposition" = String, description = "The name of the file."))
    )),
    extensions(("x-problems" = json!(["not_found"])))
)]
#[get("/templates/{entity_type}.xlsx")]
async fn get_template_xlsx(_caller: SignedIn, entity: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let entity = known(&entity)?;
    Ok(download(entity, "xlsx", XLSX, template_xlsx(entity)?))
}

fn known(name: &str) -> Result<EntityKind, ApiError> {
    let unknown = || {
        let names: Vec<_> = EntityKind::ALL.iter().map(|kind| kind.name()).collect();
        let detail = format!("`{name}` is not an entity; there are {}", names.join(", "));
        ApiError::new(Code::NotFound, detail)
    };
    EntityKind::from_name(name).ok_or_else(unknown)
}

fn download(entity: EntityKind, extension: &str, media_type: &str, bytes: Vec<u8>) -> HttpResponse {
    attachment(&format!("{entity}.{extension}"), media_type).body(bytes)
}
