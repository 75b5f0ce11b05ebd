//! The header `Idempotency-Key`: a request that is repeated gets the first answer.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use serde::Serialize;
use sha2::{Digest, Sha256};
use torqueflow_app::access::Principal;
use torqueflow_app::idempotency::{self, Held, IdempotencyRequest, Once, Reserved};

use crate::problem::{ApiError, Code};
use crate::service::Service;

/// The header with the key.
const HEADER: &str = "idempotency-key";
/// Says that an answer was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// The longest key.
const MAX_KEY_CHARS: usize = 255;

/// The key of a request, if it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(header) = request.headers().get(HEADER) else {
            return ready(Ok(Self(None)));
        };
        let key = header.to_str().ok().filter(|key| {
            (1..=MAX_KEY_CHARS).contains(&key.len()) && key.chars().all(|character| character.is_ascii_graphic())
        });
        let refused = || {
            let message = format!("it needs 1 to {MAX_KEY_CHARS} printable ASCII characters without spaces");
            ApiError::parameter("Idempotency-Key", message)
        };
        ready(key.map(|key| Self(Some(key.to_owned()))).ok_or_else(refused))
    }
}

/// What became of a request that creates something.
pub enum Outcome<T> {
    /// It was created now.
    Created(T),
    /// It was created by an earlier request with the same key: this is the answer that it got.
    Replayed(HttpResponse),
}

impl IdempotencyKey {
    /// Creates something once.
    ///
    /// `asked` is what the request says, without secrets: a key is good for one `operation` and one of these.
    /// `render` makes the status and body that are kept with what is created; `create` hands them to the store.
    pub async fn once<T, E: Into<ApiError>>(
        self,
        service: &Service,
        principal: &Principal,
        operation: &'static str,
        asked: &impl Serialize,
        render: &(dyn Fn(&T) -> (u16, String) + Sync),
        create: impl AsyncFnOnce(Option<Once<'_, T>>) -> Result<T, E>,
    ) -> Result<Outcome<T>, ApiError> {
        let Some(key) = self.0 else {
            return create(None).await.map(Outcome::Created).map_err(Into::into);
        };
        let request = IdempotencyRequest {
            // Another user's key of the same name is another key.
            key: format!("{}/{key}", principal.caller.actor.name),
            operation: operation.to_owned(),
            fingerprint: fingerprint(asked),
        };
        let organization = principal.caller.organization;
        match idempotency::begin(&service.app, organization, &request).await? {
            Reserved::Answered { status, body } => Ok(Outcome::Replayed(replay(status, body))),
            Reserved::Running => Err(ApiError::new(
                Code::RequestRunning,
                "the first request with this key is still being answered",
            )),
            Reserved::New(reservation) => {
                let held = Held::new(&service.app, organization, &reservation);
                match create(Some(Once::new(&reservation, render))).await {
                    Ok(created) => {
                        held.answered();
                        Ok(Outcome::Created(created))
                    }
                    Err(refused) => {
                        // What was refused may be repeated. If this fails too, the reservation ends by itself.
                        if let Err(error) = held.give_back().await {
                            tracing::warn!(%error, "the key of a refused request is not free again yet");
                        }
                        Err(refused.into())
                    }
                }
            }
            _ => Err(ApiError::new(
                Code::IdempotencyKeyReused,
                "the key was used for a request with another body or for another operation",
            )),
        }
    }
}

fn replay(status: u16, body: String) -> HttpResponse {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
    HttpResponse::build(status)
        .insert_header((REPLAYED, "true"))
        .content_type("application/json")
        .body(body)
}

pub(crate) fn fingerprint(asked: &impl Serialize) -> String {
    // As a value, in which the order of fields does not matter.
    let value = serde_json::to_value(asked).unwrap_or_default();
    hex::encode(Sha256::digest(value.to_string()))
}
