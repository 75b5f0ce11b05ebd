//! Who calls.

use actix_web::{get, web};
use serde::Serialize;
use torqueflow_app::Limits;
use torqueflow_app::access::Capability;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::SignedIn;
use crate::config::RequestLimits;
use crate::extract::MAX_LIMIT;
use crate::problem::{ApiError, LimitView};
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_me);
}

/// Who calls, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "organization": { "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23", "slug": "mill-lane-garage" },
    "user": "user:ada",
    "role": "manager",
    "capabilities": ["records.read", "customers.read", "customers.access", "customers.merge"],
    "limits": [{ "name": "requests_per_minute", "maximum": 1200 }]
})))]
struct MeView {
    /// The organisation that everything belongs to.
    organization: OrganizationView,
    /// The caller, as the audit log names them: `user:…` or `api_key:…`.
    user: String,
    /// The caller's role; new ones may come.
    role: String,
    /// What the caller may do; new ones may come.
    capabilities: Vec<&'static str>,
    /// The limits in force: on requests, and on what files may ask for.
    limits: Vec<LimitView>,
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({ "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23", "slug": "mill-lane-garage" })))]
struct OrganizationView {
    /// Its id.
    id: Uuid,
    /// Its short name.
    slug: String,
}

/// Say who calls
///
/// The organisation, the caller, their role and capabilities, and the limits in force.
#[utoipa::path(tag = "account", responses((status = 200, description = "The caller.", body = MeView)))]
#[get("/me")]
async fn get_me(caller: SignedIn, service: web::Data<Service>) -> Result<web::Json<MeView>, ApiError> {
    let organization = caller.caller.organization;
    let slug = service.app.organization_slug(organization).await?;
    Ok(web::Json(MeView {
        organization: OrganizationView {
            id: organization.0,
            slug: slug.unwrap_or_default(),
        },
        user: caller.caller.actor.name.clone(),
        role: caller.role.name().to_owned(),
        capabilities: caller
            .capabilities
            .iter()
            .map(|capability: &Capability| capability.name())
            .collect(),
        limits: limits(&service.limits, service.app.limits()),
    }))
}

fn limits(requests: &RequestLimits, files: &Limits) -> Vec<LimitView> {
    let of_requests = [
        ("body_bytes", requests.body_bytes as u64),
        ("requests_per_minute", u64::from(requests.requests_per_minute)),
        ("page_items", MAX_LIMIT),
    ];
    let of_files = files.in_force().into_iter().map(|limit| (limit.name, limit.value));
    let view = |(name, maximum): (&str, u64)| LimitView {
        name: name.to_owned(),
        maximum,
    };
    of_requests.into_iter().chain(of_files).map(view).collect()
}
