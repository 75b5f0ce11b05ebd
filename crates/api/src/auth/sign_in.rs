//! The middleware in front of everything that needs a token.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::Uri;
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use serde_json::json;
use torqueflow_app::access::{self, AccessError, KEY_PREFIX, Principal};
use torqueflow_app::{Actor, Caller, OrganizationId};
use uuid::Uuid;

use crate::middleware::RequestContext;
use crate::problem::{ApiError, Code};
use crate::service::Service;

/// The parameter of the query that has a ticket.
pub const TICKET_PARAMETER: &str = "ticket";

/// Finds out who calls, or refuses; counts requests; has the audit log tell of what was denied.
pub async fn authenticate(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let service = match Service::of(request.request()) {
        Ok(service) => service,
        Err(error) => return Ok(refuse(request, error)),
    };
    let context = RequestContext::of(request.request());
    let principal = match sign_in(&service, &mut request, &context).await {
        Ok(principal) => principal,
        Err(error) => {
            let error = service.rates.refusal(&context.ip).err().unwrap_or(error);
            return Ok(refuse(request, error));
        }
    };
    if let Err(error) = service.rates.request(&principal.caller) {
        return Ok(refuse(request, error));
    }
    let caller = principal.caller.clone();
    let operation = format!("{} {}", request.method(), request.path());
    request.extensions_mut().insert(principal);
    let response = next.call(request).await?;
    let error = response.response().error();
    let denied = error.and_then(|error| error.as_error::<ApiError>()?.capability());
    if let Some(capability) = denied {
        let detail = json!({ "capability": capability, "operation": operation });
        if let Err(error) = access::note(&service.app, &caller, "access.denied", detail).await {
            tracing::error!(%error, "a denied request can't be noted in the audit log");
        }
    }
    Ok(response.map_into_boxed_body())
}

fn refuse(request: ServiceRequest, error: ApiError) -> ServiceResponse<BoxBody> {
    ServiceResponse::from_err(error, request.into_parts().0)
}

async fn sign_in(
    service: &Service,
    request: &mut ServiceRequest,
    context: &RequestContext,
) -> Result<Principal, ApiError> {
    let from = Actor {
        ip: Some(context.ip.clone()),
        request_id: Some(context.request_id.clone()),
        ..Actor::default()
    };
    if let Some(bearer) = bearer(request) {
        return if bearer.starts_with(KEY_PREFIX) {
            access::sign_in_with_key(&service.app, &bearer, from)
                .await
                .map_err(|error| refused(error, "the API key"))
        } else {
            sign_in_with_token(service, &bearer, from).await
        };
    }
    let Some(ticket) = take_ticket(request) else {
        let detail = "send a token or an API key: `Authorization: Bearer …`";
        return Err(ApiError::new(Code::Unauthenticated, detail));
    };
    if request.method() != Method::GET {
        return Err(ApiError::new(
            Code::Unauthenticated,
            "a ticket is for reading; send a token",
        ));
    }
    access::ticket_redeem(&service.app, &ticket, &request.uri().to_string(), from)
        .await
        .map_err(|error| refused(error, "the ticket"))
}

fn refused(error: AccessError, what: &str) -> ApiError {
    match error {
        AccessError::Refused => {
            let detail = format!("{what} is not known, has ended, or is not for this");
            ApiError::new(Code::Unauthenticated, detail)
        }
        error => error.into(),
    }
}

fn bearer(request: &ServiceRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

async fn sign_in_with_token(service: &Service, token: &str, from: Actor) -> Result<Principal, ApiError> {
    let claims = service.verifier.verify(token).await?;
    let organization = organization(service, &claims.org).await?;
    let capabilities = access::capabilities(&service.app, organization, &claims.role, None).await?;
    let actor = Actor {
        name: format!("user:{}", claims.sub),
        role: Some(claims.role.name().to_owned()),
        ..from
    };
    Ok(Principal {
        caller: Caller { organization, actor },
        role: claims.role,
        limit: None,
        capabilities,
    })
}

/// The organisation that a token names. The issuer is believed: a new slug is a new organisation.
async fn organization(service: &Service, name: &str) -> Result<OrganizationId, ApiError> {
    let Ok(id) = Uuid::parse_str(name) else {
        return Ok(service.app.organization(name).await?);
    };
    let organization = OrganizationId(id);
    match service.app.organization_slug(organization).await? {
        Some(_) => Ok(organization),
        None => Err(ApiError::new(
            Code::Unauthenticated,
            "the token's organisation does not exist",
        )),
    }
}

/// Takes the ticket out of the URL, so that neither handlers nor logs see it.
fn take_ticket(request: &mut ServiceRequest) -> Option<String> {
    let (ticket, url) = ticket_url(request.uri());
    let ticket = ticket?;
    request.head_mut().uri = url.parse().ok()?;
    Some(ticket)
}

/// The ticket in a URL, and the URL without it, in the one form in which such URLs are compared.
pub fn ticket_url(url: &Uri) -> (Option<String>, String) {
    let mut ticket = None;
    let mut rest = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(url.query().unwrap_or_default().as_bytes()) {
        if name == TICKET_PARAMETER {
            ticket = Some(value.into_owned());
        } else {
            rest.append_pair(&name, &value);
        }
    }
    let query = rest.finish();
    let separator = if query.is_empty() { "" } else { "?" };
    (ticket, format!("{}{separator}{query}", url.path()))
}
