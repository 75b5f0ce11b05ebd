//! The organisation's own settings.

use actix_web::{HttpRequest, HttpResponse, get, patch, web};
use serde::{Deserialize, Deserializer, Serialize};
use torqueflow_app::organizations::{self, Organization, OrganizationPatch};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use crate::auth::{Allowed, SignedIn, ToManageOrganization};
use crate::extract::{Body, etag, if_match};
use crate::problem::ApiError;
use crate::service::Service;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_organization).service(update_organization);
}

/// The organisation that everything belongs to, and what holds for its data where nothing else says it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23", "slug": "mill-lane-garage",
    "country": "GB", "currency": "GBP", "time_zone": "Europe/London", "language": "en-GB"
})))]
struct OrganizationSettings {
    /// Its id.
    id: Uuid,
    /// Its short name.
    slug: String,
    /// The country of telephone numbers and postcodes that name none, by ISO 3166-1 alpha-2: of what people type, and of
    /// files, as far as neither their rows, nor their columns, nor the options of their run say another one.
    #[schema(pattern = "^[A-Z]{2}$")]
    country: &'static str,
    /// The currency of all amounts, by ISO 4217. Amounts stay as they are when it changes.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: String,
    /// The time zone, by its name in the IANA database.
    time_zone: String,
    /// The language, by BCP 47.
    language: String,
}

fn answer(organization: Organization) -> HttpResponse {
    let version = organization.version;
    let view = OrganizationSettings {
        id: organization.id.0,
        slug: organization.slug,
        country: organization.country.code(),
        currency: organization.currency,
        time_zone: organization.time_zone,
        language: organization.language,
    };
    HttpResponse::Ok().insert_header(etag(version)).json(view)
}

/// Read the organisation's settings
///
/// A new organisation is British: `GB`, `GBP`, `Europe/London`, `en-GB`.
#[utoipa::path(
    tag = "account",
    responses((
        status = 200,
        description = "The organisation.",
        body = OrganizationSettings,
        headers(("ETag" = String, description = "For `If-Match`."))
    ))
)]
#[get("/organization")]
async fn get_organization(caller: SignedIn, service: web::Data<Service>) -> Result<HttpResponse, ApiError> {
    let organization = organizations::get(&service.app, caller.caller.organization).await?;
    Ok(answer(organization))
}

/// What changes of the organisation's settings. What is left out stays as it is; letters may be in any case.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "country": "IE", "currency": "EUR", "time_zone": "Europe/Dublin", "language": "en-IE" })))]
struct OrganizationPatchRequest {
    /// The country, by ISO 3166-1 alpha-2. Runs that are made already keep theirs.
    #[serde(default, deserialize_with = "text")]
    #[schema(nullable = false, pattern = "^[A-Za-z]{2}$")]
    country: Option<String>,
    /// The currency: one in use, by ISO 4217.
    #[serde(default, deserialize_with = "text")]
    #[schema(nullable = false, pattern = "^[A-Za-z]{3}$")]
    currency: Option<String>,
    /// The time zone, by a name of the IANA database.
    #[serde(default, deserialize_with = "text")]
    #[schema(nullable = false, max_length = 64, pattern = "^[A-Za-z0-9_+/-]+$")]
    time_zone: Option<String>,
    /// The language, by BCP 47: language, script, region and variants, as far as it needs them.
    #[serde(default, deserialize_with = "text")]
    #[schema(nullable = false, max_length = 35, pattern = "^[A-Za-z0-9-]+$")]
    language: Option<String>,
}

/// Every setting has a value, so that null is none.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// Change the organisation's settings
///
/// All that are given, or none. With the organisation's `ETag` in `If-Match`, it is refused when somebody else changed
/// the settings in between.
#[utoipa::path(
    tag = "account",
    params(
        ("If-Match" = Option<String>, Header, description = "The `ETag` of the organisation as it was seen.", pattern = r#"^"[0-9]{1,18}"$"#, example = "\"3\"")
    ),
    request_body = OrganizationPatchRequest,
    responses((
        status = 200,
        description = "The organisation as it is now.",
        body = OrganizationSettings,
        headers(("ETag" = String, description = "For `If-Match`."))
    )),
    extensions(
        ("x-capability" = json!("settings.organization.manage")),
        ("x-problems" = json!(["changed_meanwhile", "validation_failed"]))
    )
)]
#[patch("/organization")]
async fn update_organization(
    caller: Allowed<ToManageOrganization>,
    request: HttpRequest,
    body: Body<OrganizationPatchRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let expected = if_match(&request)?;
    let OrganizationPatchRequest {
        country,
        currency,
        time_zone,
        language,
    } = body.0;
    let patch = OrganizationPatch {
        country,
        currency,
        time_zone,
        language,
    };
    let organization = organizations::update(&service.app, &caller.caller, &patch, expected).await?;
    Ok(answer(organization))
}
