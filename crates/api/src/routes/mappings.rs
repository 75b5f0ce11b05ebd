//! Which record of ours is which record of a source.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_app::records::{self, MappingKey, MappingQuery, MappingRow};
use torqueflow_model::EntityKind;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{Allowed, ToManageImports};
use crate::extract::{PageRequest, Params};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_import_mappings);
}

/// The link between a record at its source and ours.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "source_system": "techman",
    "entity_type": "customer",
    "source_id": "C1001",
    "record_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "derived": false,
    "origin": "created",
    "import_run_id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d24",
    "created_at": "2026-11-22T09:30:00Z",
    "updated_at": "2026-11-22T09:30:00Z"
})))]
struct MappingView {
    /// The source system.
    source_system: String,
    /// What the record is.
    entity_type: &'static str,
    /// Its id at the source.
    source_id: String,
    /// Our record.
    record_id: Uuid,
    /// The source gave no id; this one was concluded from the record.
    derived: bool,
    /// How it came to be: `created` from the source's record, `merged` with it, or `skipped` in favour of ours.
    origin: &'static str,
    /// The run that last imported it.
    import_run_id: Uuid,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    /// When it was last imported.
    #[serde(with = "time::serde::rfc3339")]
    updated_at: OffsetDateTime,
}

impl From<MappingRow> for MappingView {
    fn from(row: MappingRow) -> Self {
        let MappingRow {
            source_system,
            entity,
            source_id,
            record_id,
            derived,
            origin,
            run_id,
            created_at,
            updated_at,
        } = row;
        Self {
            source_system,
            entity_type: entity.name(),
            source_id,
            record_id,
            derived,
            origin: origin.name(),
            import_run_id: run_id,
            created_at,
            updated_at,
        }
    }
}

/// A page of mappings.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct MappingPage {
    /// The mappings, by source system, entity type and source id.
    items: Vec<MappingView>,
    /// The cursor of the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// Which mappings, and which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MappingParams {
    /// Only of this source system.
    #[param(example = "techman")]
    source_system: Option<String>,
    /// Only of this kind of record.
    #[param(value_type = Option<String>, example = "customer")]
    entity_type: Option<EntityKind>,
    /// Only of this id at the source.
    #[param(example = "C1001")]
    source_id: Option<String>,
    /// Only of this record of ours.
    record_id: Option<Uuid>,
    /// How many items a page has at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// List mappings
///
/// By source system, entity type, id at the source, or id here, in any combination.
#[utoipa::path(
    tag = "mappings",
    params(MappingParams),
    responses((status = 200, description = "A page of mappings.", body = MappingPage)),
    extensions(("x-capability" = json!("settings.import.manage")))
)]
#[get("/import-mappings")]
async fn list_import_mappings(
    caller: Allowed<ToManageImports>,
    params: Params<MappingParams>,
    service: web::Data<Service>,
) -> Result<web::Json<MappingPage>, ApiError> {
    let params = params.0;
    let page = PageRequest::<MappingKey>::parse(params.limit, params.cursor.as_deref())?;
    let query = MappingQuery {
        source_system: params.source_system,
        entity: params.entity_type,
        source_id: params.source_id,
        record_id: params.record_id,
        after: page.after.clone(),
        limit: page.fetch(),
    };
    let mut rows = records::mappings(&service.app, caller.caller.organization, &query).await?;
    let next_cursor = page.cut(&mut rows, |row| {
        (
            row.source_system.clone(),
            row.entity.name().to_owned(),
            row.source_id.clone(),
        )
    });
    let items = rows.into_iter().map(MappingView::from).collect();
    Ok(web::Json(MappingPage { items, next_cursor }))
}
