//! Tickets, for what can't send a header.

use actix_web::http::Uri;
use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use torqueflow_app::access;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::auth::{SignedIn, TICKET_PARAMETER, ticket_url};
use crate::extract::Body;
use crate::problem::{ApiError, Code};
use crate::service::Service;

/// The longest URL.
const MAX_URL_CHARS: usize = 2000;

pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(create_ticket);
}

/// What a ticket is to open.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({ "url": "/v1/templates/customer.csv" })))]
struct TicketRequest {
    /// The path on this service, with its query.
    #[schema(pattern = "^/v1/", max_length = 2000)]
    url: String,
}

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(examples(json!({
    "url": "/v1/templates/customer.csv?ticket=tft_Zp3kQ8xLw0V5m1nT7yRb2cJd9fHg4sKu6aEi8oPqXz",
    "ticket": "tft_Zp3kQ8xLw0V5m1nT7yRb2cJd9fHg4sKu6aEi8oPqXz",
    "expires_at": "2026-11-22T09:31:00Z"
})))]
struct TicketView {
    /// The URL with the ticket in it.
    url: String,
    /// The ticket.
    ticket: String,
    /// When it ends, used or not.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Issue a ticket
///
/// It opens one URL, once, within 60 seconds, as its caller: for event streams and download links, which can't send a
/// header. It reads only.
#[utoipa::path(
    tag = "access",
    request_body = TicketRequest,
    responses((status = 201, description = "The ticket.", body = TicketView)),
    extensions(("x-problems" = json!(["validation_failed"])))
)]
#[post("/tickets")]
async fn create_ticket(
    caller: SignedIn,
    request: Body<TicketRequest>,
    service: web::Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let url = checked(&request.0.url)?;
    let issued = access::ticket_issue(&service.app, &caller, &url).await?;
    let separator = if url.contains('?') { '&' } else { '?' };
    Ok(HttpResponse::Created().json(TicketView {
        url: format!("{url}{separator}{TICKET_PARAMETER}={}", issued.secret),
        ticket: issued.secret,
        expires_at: issued.expires_at,
    }))
}

/// The URL in the form in which it is compared.
fn checked(url: &str) -> Result<String, ApiError> {
    let parsed = url.parse::<Uri>().ok();
    let own =
        parsed.filter(|uri| uri.authority().is_none() && uri.path().starts_with("/v1/") && url.len() <= MAX_URL_CHARS);
    let refused = || {
        let message =
            format!("it must be a path on this service that begins with /v1/, of {MAX_URL_CHARS} characters at most");
        ApiError::value(Code::ValidationFailed, "/url", message)
    };
    own.map(|uri| ticket_url(&uri).1).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(checked(url).ok().as_deref(), expected, "{url}");
    }

    #[test]
    fn tickets_are_for_paths_of_this_service() {
        check("/v1/me", Some("/v1/me"));
        check(
            "/v1/vehicles?limit=5&cursor=a%2Fb",
            Some("/v1/vehicles?limit=5&cursor=a%2Fb"),
        );
        check("/v1/me?ticket=old", Some("/v1/me"));
        check("https://elsewhere.example/v1/me", None);
        check("//elsewhere.example/v1/me", None);
        check("/metrics", None);
        check("v1/me", None);
        check(&format!("/v1/{}", "x".repeat(MAX_URL_CHARS)), None);
    }
}
