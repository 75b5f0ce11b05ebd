//! Errors as clients see them: problem documents by RFC 9457.

mod codes;
mod from_app;

use std::error::Error as StdError;
use std::fmt;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use torqueflow_app::access::Capability;
use utoipa::ToSchema;
use utoipa::openapi::Ref;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, Type};

pub use codes::{Code, errors_page};

/// The media type of problem documents.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A name as a part of a JSON pointer (RFC 6901).
pub fn pointer_part(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// An error, by RFC 9457. Programs go by `code`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(examples(json!({
    "type": "https://github.com/torqueflow/torqueflow-import/blob/main/docs/errors.md#not_found",
    "title": "There is no such thing",
    "status": 404,
    "detail": "vehicle `0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23` does not exist",
    "instance": "/v1/vehicles/0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23",
    "code": "not_found",
    "request_id": "0199c1f2-5b1e-7c3a-9d2e-000000000000"
})))]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(format = "uri")]
    pub kind: String,
    /// What the code means, in a few words.
    pub title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong this time.
    pub detail: String,
    /// The path of the request.
    #[schema(format = "uri-reference")]
    pub instance: String,
    /// The stable code; new ones may come.
    #[schema(schema_with = code_schema)]
    pub code: String,
    /// The id under which the log has the request.
    pub request_id: String,
    /// The capability that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub capability: Option<String>,
    /// The limit that was gone over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub limit: Option<LimitView>,
    /// What is wrong, place by place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Place>,
}

/// One of the codes that this version knows, or one that came later.
fn code_schema() -> Schema {
    let later = ObjectBuilder::new().schema_type(Type::String);
    AnyOfBuilder::new()
        .description(Some("The stable code; new ones may come."))
        .item(Ref::from_schema_name("ProblemCode"))
        .item(later)
        .into()
}

/// A limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(examples(json!({ "name": "requests_per_minute", "maximum": 600 })))]
pub struct LimitView {
    /// Which.
    pub name: String,
    /// How much is allowed.
    #[schema(minimum = 0)]
    pub maximum: u64,
}

/// A place that is wrong: in the body, among the parameters, or in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[schema(examples(json!({ "message": "the name needs 1 to 100 characters", "pointer": "/name" })))]
pub struct Place {
    /// What is wrong, and what would be right.
    pub message: String,
    /// A JSON pointer into the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub pointer: Option<String>,
    /// The name of a parameter in the path, the query or the headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parameter: Option<String>,
    /// The name of the uploaded file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub file: Option<String>,
    /// The worksheet of that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub sheet: Option<String>,
}

/// An error on its way to the client.
#[derive(Debug)]
pub struct ApiError(Box<Told>);

/// What is told of an error, and what only the log is told.
#[derive(Debug)]
struct Told {
    code: Code,
    detail: String,
    capability: Option<Capability>,
    limit: Option<LimitView>,
    errors: Vec<Place>,
    headers: Vec<(HeaderName, HeaderValue)>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl ApiError {
    /// An error with what is wrong this time, in a sentence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self(Box::new(Told {
            code,
            detail: detail.into(),
            capability: None,
            limit: None,
            errors: Vec::new(),
            headers: Vec::new(),
            source: None,
        }))
    }

    /// A failure of ours: the client is told nothing of the cause, and the log all of it.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let detail = "the service failed, and its log has the reason";
        Self::new(Code::Internal, detail).caused_by(source)
    }

    /// A parameter of the path, the query or the headers is not valid.
    pub fn parameter(name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut error = Self::new(Code::InvalidParameter, format!("`{name}`: {message}"));
        error.0.errors.push(Place {
            message,
            parameter: Some(name.to_owned()),
            ..Place::default()
        });
        error
    }

    /// A value of the body is not valid.
    pub fn value(code: Code, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut error = Self::new(code, message.clone());
        error.0.errors.push(Place {
            message,
            pointer: Some(pointer.into()),
            ..Place::default()
        });
        error
    }

    /// Several values of the body are not valid: JSON pointer and message of each.
    pub fn values(code: Code, detail: impl Into<String>, places: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut error = Self::new(code, detail);
        error
            .0
            .errors
            .extend(places.into_iter().map(|(pointer, message)| Place {
                message,
                pointer: Some(pointer),
                ..Place::default()
            }));
        error
    }

    /// A table of an uploaded file is not as it must be.
    pub fn table(code: Code, detail: impl Into<String>, file: &str, sheet: Option<&str>, message: &str) -> Self {
        let mut error = Self::new(code, detail);
        error.0.errors.push(Place {
            message: message.to_owned(),
            file: Some(file.to_owned()),
            sheet: sheet.map(str::to_owned),
            ..Place::default()
        });
        error
    }

    /// A capability is missing.
    pub fn forbidden(capability: Capability) -> Self {
        let detail = format!("this needs the capability `{capability}`; an owner can give it to your role");
        let mut error = Self::new(Code::CapabilityRequired, detail);
        error.0.capability = Some(capability);
        error
    }

    /// The same, with the limit that was gone over.
    #[must_use]
    pub fn over(mut self, name: &str, maximum: u64) -> Self {
        self.0.limit = Some(LimitView {
            name: name.to_owned(),
            maximum,
        });
        self
    }

    /// The same, with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers.push((name, value));
        }
        self
    }

    /// The same, with its cause for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The capability that is missing.
    pub fn capability(&self) -> Option<Capability> {
        self.0.capability
    }

    /// The document that tells of it.
    pub fn problem(&self, instance: &str, request_id: &str) -> Problem {
        Problem {
            kind: self.0.code.link(),
            title: self.0.code.title().to_owned(),
            status: self.0.code.status().as_u16(),
            detail: self.0.detail.clone(),
            instance: instance.to_owned(),
            code: self.0.code.name().to_owned(),
            request_id: request_id.to_owned(),
            capability: self.0.capability.map(|capability| capability.name().to_owned()),
            limit: self.0.limit.clone(),
            errors: self.0.errors.clone(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl StdError for ApiError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

impl actix_web::ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// Status and headers; the document itself is written once it is known which request it answers.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::new(self.status_code());
        if self.0.code == Code::Unauthenticated || self.0.code == Code::TokenExpired {
            let challenge = HeaderValue::from_static("Bearer realm=\"torqueflow\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        for (name, value) in &self.0.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response
    }
}
