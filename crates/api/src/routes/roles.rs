//! What roles may do.

use std::collections::BTreeSet;

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use torqueflow_app::access::{self, Capability, Role, RoleCapabilities};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Type};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{Allowed, SignedIn, ToManageRoles};
use crate::extract::Body;
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_roles).service(update_role);
}

/// A role and what it may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "role": "technician",
    "base": ["records.read"],
    "granted": ["customers.read"],
    "capabilities": ["records.read", "customers.read"]
})))]
struct RoleView {
    /// The role.
    role: String,
    /// What it may do by itself.
    base: Vec<&'static str>,
    /// What an owner gave to it besides.
    granted: Vec<&'static str>,
    /// All that it may do.
    capabilities: Vec<&'static str>,
}

impl From<RoleCapabilities> for RoleView {
    fn from(role: RoleCapabilities) -> Self {
        let names = |set: &BTreeSet<Capability>| set.iter().map(|capability| capability.name()).collect();
        Self {
            capabilities: names(&role.all()),
            base: names(&role.base),
            granted: names(&role.granted),
            role: role.role.name().to_owned(),
        }
    }
}

/// The roles of an organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "items": [], "next_cursor": null })))]
struct RolePage {
    /// Those that every organisation has, and those that an owner gave capabilities to.
    items: Vec<RoleView>,
    /// Null: there is one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// What a role is to be given.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "granted": ["customers.read"] })))]
struct RoleRequest {
    /// The capabilities that it has beyond its own; all others are taken back.
    #[schema(schema_with = grantable)]
    granted: BTreeSet<Capability>,
}

fn grantable() -> Array {
    let capabilities = Capability::ALL.iter().filter(|capability| capability.is_grantable());
    ArrayBuilder::new()
        .items(one_of(capabilities))
        .description(Some(
            "The capabilities that it has beyond its own; all others are taken back.",
        ))
        .build()
}

/// The name of one of these capabilities.
pub fn one_of<'a>(capabilities: impl Iterator<Item = &'a Capability>) -> ObjectBuilder {
    let names: Vec<&str> = capabilities.map(|capability| capability.name()).collect();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names))
}

/// List the roles
///
/// What each may do by itself, and what an owner gave to it.
#[utoipa::path(tag = "access", responses((status = 200, description = "The roles.", body = RolePage)))]
#[get("/roles")]
async fn list_roles(caller: SignedIn, service: web::Data<Service>) -> Result<web::Json<RolePage>, ApiError> {
    let roles = access::role_list(&service.app, caller.caller.organization).await?;
    let items = roles.into_iter().map(RoleView::from).collect();
    Ok(web::Json(RolePage {
        items,
        next_cursor: None,
    }))
}

/// Give capabilities to a role
///
/// Beyond what it may do by itself, which can't be taken away. A name that is not known yet is a role of your own.
#[utoipa::path(
    tag = "access",
    params(("role" = String, Path, description = "The role.", pattern = "^[a-z0-9_]{1,50}$", example = "technician")),
    request_body = RoleRequest,
    responses((status = 200, description = "The role as it is now.", body = RoleView)),
    extensions(
        ("x-capability" = json!("settings.roles.manage")),
        ("x-problems" = json!(["validation_failed"]))
    )
)]
#[put("/roles/{role}")]
async fn update_role(
    caller: Allowed<ToManageRoles>,
    role: web::Path<Role>,
    request: Body<RoleRequest>,
    service: web::Data<Service>,
) -> Result<web::Json<RoleView>, ApiError> {
    let role = access::role_update(&service.app, &caller.caller, role.into_inner(), request.0.granted).await?;
    Ok(web::Json(role.into()))
}
