//! Mappings of columns that people made, and by which later tables with the same headers are understood.

use actix_web::{HttpResponse, delete, get, patch, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_app::saved_mappings::{self, mapping_read};
use torqueflow_app::tables::ChoiceError;
use torqueflow_app::{AppError, SavedMapping};
use torqueflow_pipeline::Mapping;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::column_mapping::ColumnMapping;
use crate::auth::{Allowed, ToManageImports};
use crate::extract::{Body, PageRequest, Params};
use crate::problem::{ApiError, Code};
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_saved_mappings)
        .service(get_saved_mapping)
        .service(patch_saved_mapping)
        .service(delete_saved_mapping);
}

/// A mapping that a person made. A later table is understood by it by itself if its headers are the same, up to their order and
/// spelling and to one that is there or missing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "name": "Our old till",
    "type": "generic.customers",
    "headers": ["Klant", "Tel", "Intern"],
    "mapping": { "Intern": null, "Klant": "customer.display_name", "Tel": { "field": "customer.phone", "split": ";" } },
    "created_by": "user:ada",
    "created_at": "2026-11-22T09:30:00Z",
    "updated_at": "2026-11-22T09:30:00Z"
})))]
struct SavedMappingView {
    /// Its id.
    id: Uuid,
    /// What a person calls it; null where it was remembered when a table was imported. The name counts as that of the program
    /// that the tables are from.
    #[schema(required)]
    name: Option<String>,
    /// The type that the tables have.
    #[serde(rename = "type")]
    table_type: String,
    /// The headers of the table that it was made for, from the left.
    headers: Vec<String>,
    /// Per header what becomes of the column.
    #[schema(value_type = BTreeMap<String, ColumnMapping>)]
    mapping: Mapping,
    /// Who made it.
    created_by: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl From<SavedMapping> for SavedMappingView {
    fn from(saved: SavedMapping) -> Self {
        let mapping = mapping_read(&saved).unwrap_or_default();
        let SavedMapping {
            id,
            name,
            fingerprint: _,
            header_count: _,
            table_type,
            headers,
            mapping: _,
            created_by,
            created_at,
            updated_at,
        } = saved;
        Self {
            id,
            name: Some(name).filter(|name| !name.is_empty()),
            table_type,
            headers,
            mapping,
            created_by,
            created_at,
            updated_at,
        }
    }
}

/// A page of saved mappings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct SavedMappingPage {
    /// The mappings, the newest first.
    items: Vec<SavedMappingView>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SavedMappingParams {
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List the saved mappings
///
/// Those that were saved under a name, and those that were remembered when a table that nobody recognises was imported as a
/// person mapped it; the newest first.
#[utoipa::path(
    tag = "saved-mappings",
    params(SavedMappingParams),
    responses((status = 200, description = "A page of mappings.", body = SavedMappingPage)),
    extensions(("x-capability" = json!("settings.import.manage")))
)]
#[get("/saved-mappings")]
async fn list_saved_mappings(
    caller: Allowed<ToManageImports>,
    params: Params<SavedMappingParams>,
    service: web::Data<Service>,
) -> Result<web::Json<SavedMappingPage>, ApiError> {
    let page = PageRequest::<Uuid>::parse(params.0.limit, params.0.cursor.as_deref())?;
    let organization = caller.caller.organization;
    let mut saved = saved_mappings::list(&service.app, organization, page.after, page.fetch()).await?;
    let next_cursor = page.cut(&mut saved, |saved| saved.id);
    let items = saved.into_iter().map(SavedMappingView::from).collect();
    Ok(web::Json(SavedMappingPage { items, next_cursor }))
}

/// Read a saved mapping
#[utoipa::path(
    tag = "saved-mappings",
    params(("saved_mapping_id" = Uuid, Path, description = "The mapping's id.")),
    responses((status = 200, description = "The mapping.", body = SavedMappingView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[get("/saved-mappings/{saved_mapping_id}")]
async fn get_saved_mapping(
    caller: Allowed<ToManageImports>,
    id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<web::Json<SavedMappingView>, ApiError> {
    let saved = saved_mappings::get(&service.app, caller.caller.organization, *id).await?;
    Ok(web::Json(saved.into()))
}

/// What changes of a saved mapping. What is left out or null stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(examples(json!({ "name": "Our old till", "mapping": { "Intern": "customer.notes" } })))]
struct SavedMappingRequest {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// Per header what becomes of the column. Columns that are not named stay, but for one whose field is given to another; null
    /// takes a constant away.
    #[schema(value_type = Option<BTreeMap<String, ColumnMapping>>)]
    mapping: Option<Mapping>,
}

/// Change a saved mapping
///
/// Give it another name, or map its columns otherwise, header by header. It holds for tables that are uploaded from then on.
#[utoipa::path(
    tag = "saved-mappings",
    params(("saved_mapping_id" = Uuid, Path, description = "The mapping's id.")),
    request_body = SavedMappingRequest,
    responses((status = 200, description = "The mapping.", body = SavedMappingView)),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found", "validation_failed", "changed_meanwhile"]))
    )
)]
#[patch("/saved-mappings/{saved_mapping_id}")]
async fn patch_saved_mapping(
    caller: Allowed<ToManageImports>,
    id: web::Path<Uuid>,
    body: Body<SavedMappingRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<SavedMappingView>, ApiError> {
    let SavedMappingRequest { name, mapping } = body.0;
    let columns = mapping.unwrap_or_default();
    let changed = saved_mappings::change(&service.app, &caller.caller, *id, name.as_deref(), &columns).await;
    match changed {
        Err(AppError::Choice(error @ ChoiceError::InvalidName)) => {
            Err(ApiError::value(Code::ValidationFailed, "/name", error.to_string()))
        }
        changed => Ok(web::Json(changed?.into())),
    }
}

/// Remove a saved mapping
///
/// Later tables with its headers are understood by what they say again. What was imported stays.
#[utoipa::path(
    tag = "saved-mappings",
    params(("saved_mapping_id" = Uuid, Path, description = "The mapping's id.")),
    responses((status = 204, description = "It is removed.")),
    extensions(
        ("x-capability" = json!("settings.import.manage")),
        ("x-problems" = json!(["not_found"]))
    )
)]
#[delete("/saved-mappings/{saved_mapping_id}")]
async fn delete_saved_mapping(
    caller: Allowed<ToManageImports>,
    id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    saved_mappings::delete(&service.app, &caller.caller, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
