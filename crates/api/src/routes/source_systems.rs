//! The systems whose exports are recognised.

use actix_web::{get, web};
use serde::Serialize;
use torqueflow_app::App;
use torqueflow_model::{SourceDefinition, TableSignature};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::SignedIn;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_source_systems);
}

/// A system whose exports are recognised.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "techman",
    "label": "Techman",
    "tables": [{
        "type": "techman.suppliers",
        "label": "Techman Suppliers",
        "entities": ["supplier"],
        "not_imported": null,
        "columns": [{ "header": "SupplierCode", "field": "supplier.code", "required": true }]
    }]
})))]
struct SourceSystemView {
    /// Its stable name.
    id: String,
    /// What people call it.
    label: String,
    /// The tables that it exports.
    tables: Vec<SourceTableView>,
}

/// A table that a system exports.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "type": "techman.suppliers",
    "label": "Techman Suppliers",
    "entities": ["supplier"],
    "not_imported": null,
    "columns": [{ "header": "SupplierCode", "field": "supplier.code", "required": true }]
})))]
struct SourceTableView {
    /// Its stable name.
    #[serde(rename = "type")]
    kind: String,
    /// What people call it.
    label: String,
    /// What its rows hold; nothing where such tables are left out.
    entities: Vec<&'static str>,
    /// Why such tables are left out, as half a sentence; null where they are imported.
    #[schema(required)]
    not_imported: Option<String>,
    /// The columns that it may have.
    columns: Vec<SourceColumnView>,
}

/// A column that a table may have.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "header": "SupplierCode", "field": "supplier.code", "required": true })))]
struct SourceColumnView {
    /// Its header as the system writes it; other spellings are recognised too.
    header: String,
    /// Where its values go; null where they are not imported.
    #[schema(required)]
    field: Option<String>,
    /// Whether the table must have it, or one of several columns of which it is one.
    required: bool,
}

/// The systems.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct SourceSystemPage {
    /// All of them.
    items: Vec<SourceSystemView>,
    /// Null: there is one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// List the source systems
///
/// The systems whose exports are recognised, with their tables and columns: those that are built in, and those that the
/// service was given (`TORQUEFLOW_SOURCES`). `generic` stands for tables of no particular system.
#[utoipa::path(tag = "catalogue", responses((status = 200, description = "The systems.", body = SourceSystemPage)))]
#[get("/source-systems")]
async fn list_source_systems(_caller: SignedIn, service: web::Data<Service>) -> web::Json<SourceSystemPage> {
    web::Json(SourceSystemPage {
        items: systems(&service.app),
        next_cursor: None,
    })
}

fn systems(app: &App) -> Vec<SourceSystemView> {
    let view = |system: &SourceDefinition| SourceSystemView {
        id: system.id.clone(),
        label: system.label.clone(),
        tables: system.tables.iter().map(table).collect(),
    };
    app.sources().definitions().iter().map(view).collect()
}

fn table(table: &TableSignature) -> SourceTableView {
    let column = |(place, column): (usize, &torqueflow_model::ColumnSignature)| SourceColumnView {
        header: column.header.clone(),
        field: column.field.map(|field| field.to_string()),
        required: table.required.iter().any(|group| group.contains(&place)),
    };
    SourceTableView {
        kind: table.type_id.clone(),
        label: table.label.clone(),
        entities: table
            .entities()
            .into_iter()
            .map(torqueflow_model::EntityKind::name)
            .collect(),
        not_imported: table.not_imported.clone(),
        columns: table.columns.iter().enumerate().map(column).collect(),
    }
}
