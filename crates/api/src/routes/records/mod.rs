//! The records that imports fill. Their routes, their answers and their schemas all follow from the field catalogue: a
//! new field is a row there and nothing here.

mod schema;
pub mod view;

use std::collections::BTreeMap;

use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::{HttpRequest, web};
use serde_json::Value;
use torqueflow_app::access::Capability;
use torqueflow_app::{AppError, OrganizationId, organizations, records};
use torqueflow_model::{EntityKind, FieldKind, FieldSpec};
use utoipa::openapi::path::Paths;
use utoipa::openapi::{RefOr, Schema};
use utoipa_actix_web::OpenApiFactory;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{SignedIn, require};
use crate::extract::{PageRequest, Params};
use crate::problem::ApiError;
use crate::routes::unknown;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    for kind in EntityKind::ALL {
        config.service(RecordRoutes { kind });
    }
}

/// The two routes of a kind of record: its list, and one of them.
struct RecordRoutes {
    kind: EntityKind,
}

impl HttpServiceFactory for RecordRoutes {
    fn register(self, config: &mut AppService) {
        let kind = self.kind;
        if kind == EntityKind::Customer {
            return;
        }
        let list = move |caller: SignedIn, query: Params<BTreeMap<String, String>>, service: web::Data<Service>| {
            list_records(kind, caller, query, service)
        };
        let get = move |caller: SignedIn, id: web::Path<Uuid>, service: web::Data<Service>| {
            get_record(kind, caller, id, service)
        };
        let other = |request: HttpRequest, service: web::Data<Service>| unknown(request, service);
        web::resource(list_path(kind))
            .route(web::get().to(list))
            .default_service(web::to(other))
            .register(config);
        web::resource(record_path(kind))
            .route(web::get().to(get))
            .default_service(web::to(other))
            .register(config);
    }
}

impl OpenApiFactory for RecordRoutes {
    fn paths(&self) -> Paths {
        // Customers have routes of their own.
        if self.kind == EntityKind::Customer {
            return Paths::new();
        }
        schema::paths(self.kind)
    }

    fn schemas(&self, schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.extend(schema::schemas(self.kind));
    }
}

/// `/work-orders`.
fn list_path(kind: EntityKind) -> String {
    format!("/{}", plural(kind).replace('_', "-"))
}

/// `/work-orders/{work_order_id}`.
fn record_path(kind: EntityKind) -> String {
    format!("{}/{{{}_id}}", list_path(kind), kind.name())
}

/// The stable name of several: `work_orders`.
fn plural(kind: EntityKind) -> String {
    let name = kind.name();
    if let Some(stem) = name.strip_suffix('y') {
        format!("{stem}ies")
    } else if name.ends_with('s') {
        format!("{name}es")
    } else if kind == EntityKind::WorkOrderLabour {
        name.to_owned()
    } else {
        format!("{name}s")
    }
}

/// What it takes to read records of a kind.
fn needed(kind: EntityKind) -> Capability {
    match kind {
        EntityKind::Customer | EntityKind::CustomerAddress => Capability::CustomersRead,
        _ => Capability::RecordsRead,
    }
}

/// The fields of a kind that people read: those with a column, but for the ones that only serve sorting and searching.
fn shown_fields(kind: EntityKind) -> impl Iterator<Item = (&'static FieldSpec, String)> {
    let fields = kind.fields().iter();
    fields.filter_map(|spec| {
        let is_internal = spec.name == "sort_name" || spec.name == "search_name";
        spec.column().filter(|_| !is_internal).map(|column| (spec, column))
    })
}

/// The columns that lead to other records, by which lists can be filtered.
fn links(kind: EntityKind) -> impl Iterator<Item = (&'static FieldSpec, String)> {
    shown_fields(kind).filter(|(spec, _)| matches!(spec.kind, FieldKind::Reference { .. }))
}

/// One kind's list, the newest first.
async fn list_records(
    kind: EntityKind,
    caller: SignedIn,
    query: Params<BTreeMap<String, String>>,
    service: web::Data<Service>,
) -> Result<web::Json<Value>, ApiError> {
    require(&caller, needed(kind))?;
    let (page, links) = parse(kind, &query.0)?;
    let organization = caller.caller.organization;
    let mut found = records::list(&service.app, organization, kind, &links, page.after, page.fetch()).await?;
    let next_cursor = page.cut(&mut found, |record| record.row.id);
    let currency = currency_of(kind, organization, &service).await?;
    let (currency, next_cursor) = (currency.as_deref(), next_cursor.as_deref());
    Ok(web::Json(view::page(kind, &found, currency, next_cursor)))
}

/// One record.
async fn get_record(
    kind: EntityKind,
    caller: SignedIn,
    id: web::Path<Uuid>,
    service: web::Data<Service>,
) -> Result<web::Json<Value>, ApiError> {
    require(&caller, needed(kind))?;
    let organization = caller.caller.organization;
    let found = records::get(&service.app, organization, kind, *id).await?;
    let currency = currency_of(kind, organization, &service).await?;
    Ok(web::Json(view::record(kind, &found, currency.as_deref())))
}

/// The currency of a kind's amounts, which is that of the organisation; none where it has no amounts.
async fn currency_of(
    kind: EntityKind,
    organization: OrganizationId,
    service: &Service,
) -> Result<Option<String>, AppError> {
    if !view::has_money(kind) {
        return Ok(None);
    }
    let organization = organizations::get(&service.app, organization).await?;
    Ok(Some(organization.currency))
}

type Links = Vec<(String, Uuid)>;

fn parse(kind: EntityKind, query: &BTreeMap<String, String>) -> Result<(PageRequest<Uuid>, Links), ApiError> {
    let (mut limit, mut cursor, mut filter) = (None, None, Links::new());
    for (name, value) in query {
        match name.as_str() {
            "limit" => {
                let number = value.parse();
                limit = Some(number.map_err(|_| ApiError::parameter(name, "it must be a whole number"))?);
            }
            "cursor" => cursor = Some(value.as_str()),
            _ if links(kind).any(|(_, column)| column == *name) => {
                let id = Uuid::parse_str(value);
                filter.push((
                    name.clone(),
                    id.map_err(|_| ApiError::parameter(name, "it must be a UUID"))?,
                ));
            }
            _ => {
                let known: Vec<String> = links(kind).map(|(_, column)| column).collect();
                let message = format!("it is not known here; there are limit, cursor, {}", known.join(", "));
                return Err(ApiError::parameter(name, message.trim_end_matches(", ")));
            }
        }
    }
    Ok((PageRequest::parse(limit, cursor)?, filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn these_are_the_paths() {
        let paths: Vec<String> = EntityKind::ALL.into_iter().map(list_path).collect();
        let expected = "/customer-groups /product-families /locations /suppliers /products /labour-units /customers \
                        /customer-addresses /vehicles /work-orders /work-order-notes /work-order-parts \
                        /work-order-labour /invoices /payments /reminders /devices /reward-codes";
        assert_eq!(paths.join(" "), expected);
        assert_eq!(record_path(EntityKind::WorkOrder), "/work-orders/{work_order_id}");
    }

    #[track_caller]
    fn check(query: &[(&str, &str)], expected: Result<(u64, usize), &str>) {
        let query = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let parsed = parse(EntityKind::Payment, &query.collect());
        let found = parsed
            .map(|(page, links)| (page.limit, links.len()))
            .map_err(|error| error.to_string());
        assert_eq!(found, expected.map_err(str::to_owned));
    }

    #[test]
    fn lists_are_filtered_by_their_links() {
        let id = Uuid::nil().to_string();
        check(&[], Ok((50, 0)));
        check(&[("invoice_id", &id), ("customer_id", &id), ("limit", "7")], Ok((7, 2)));
        check(&[("invoice_id", "7")], Err("`invoice_id`: it must be a UUID"));
        check(&[("limit", "many")], Err("`limit`: it must be a whole number"));
        check(
            &[("colour", "red")],
            Err("`colour`: it is not known here; there are limit, cursor, invoice_id, customer_id"),
        );
    }
}
