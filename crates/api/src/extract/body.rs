//! A JSON body.

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use crate::problem::{ApiError, Code, pointer_part};
use crate::service::Service;

/// A JSON body. Unknown fields are refused by the types themselves.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let limit = Service::of(request).map(|service| service.limits.body_bytes);
        let payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(not_json());
            }
            let bytes = read(payload, limit?).await?;
            parse(&bytes).map(Self)
        })
    }
}

/// A JSON body that may be left out, which says the same as an empty object.
#[derive(Debug)]
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let limit = Service::of(request).map(|service| service.limits.body_bytes);
        let payload = payload.take();
        Box::pin(async move {
            let bytes = read(payload, limit?).await?;
            if bytes.is_empty() {
                return Ok(Self(T::default()));
            }
            if !is_json {
                return Err(not_json());
            }
            parse(&bytes).map(Self)
        })
    }
}

fn not_json() -> ApiError {
    let detail = "the body must be JSON, and `Content-Type` must say so: application/json";
    ApiError::new(Code::UnsupportedMediaType, detail)
}

fn is_json(request: &HttpRequest) -> bool {
    let value = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

async fn read(mut payload: Payload, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| {
            ApiError::new(Code::InvalidRequest, "the body did not arrive whole").caused_by(error.to_string())
        })?;
        if bytes.len() + chunk.len() > limit {
            let detail = format!("the body may have {limit} bytes at most");
            return Err(ApiError::new(Code::PayloadTooLarge, detail).over("body_bytes", limit as u64));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Types would also take their fields from an array, one after the other.
    if bytes.trim_ascii_start().starts_with(b"[") {
        let message = "invalid type: sequence, expected an object";
        return Err(ApiError::value(Code::InvalidRequest, "", message));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let refused =
        |pointer: String, error: &serde_json::Error| ApiError::value(Code::InvalidRequest, pointer, error.to_string());
    let parsed =
        serde_path_to_error::deserialize(&mut reader).map_err(|error| refused(pointer(error.path()), error.inner()))?;
    reader.end().map_err(|error| refused(String::new(), &error))?;
    Ok(parsed)
}

/// Reads a field whose value is an object; what derives its reading would also take an array of the fields' values.
pub fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let fields = Map::deserialize(deserializer)?;
    T::deserialize(Value::Object(fields)).map_err(D::Error::custom)
}

/// The JSON pointer (RFC 6901) of a place.
fn pointer(path: &Path) -> String {
    let parts = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } => Some(pointer_part(key)),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    parts.fold(String::new(), |pointer, part| format!("{pointer}/{part}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let error = parse::<BTreeMap<String, Vec<u8>>>(body.as_bytes()).unwrap_err();
        let problem = error.problem("/", "1");
        assert_eq!(problem.code, "invalid_request");
        let place = problem.errors.first().unwrap();
        let pointer = place.pointer.as_deref().unwrap();
        assert_eq!(format!("{pointer}: {}", place.message), expected);
    }

    #[test]
    fn what_is_wrong_is_pointed_to() {
        check(
            r#"{"a/b": [1, "x"]}"#,
            "/a~1b/1: invalid type: string \"x\", expected u8 at line 1 column 15",
        );
        check(
            r#"{"a": 1}"#,
            "/a: invalid type: integer `1`, expected a sequence at line 1 column 7",
        );
        check(" [[1]]", ": invalid type: sequence, expected an object");
        check("{", ": EOF while parsing an object at line 1 column 1");
        check("{} {}", ": trailing characters at line 1 column 4");
        check("\u{ff}", ": expected value at line 1 column 1");
    }
}
