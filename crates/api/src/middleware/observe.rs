//! The outermost middleware: gives every request an id, every error its document, every answer its headers, and tells
//! log and metrics.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse, web};
use futures_util::FutureExt;
use tracing::Instrument;

use super::context::{REQUEST_ID, RequestContext};
use crate::problem::{ApiError, Code, PROBLEM_JSON, Problem};
use crate::service::Service;

/// What answers forbid browsers by default. Pages of documentation say something else.
const CONTENT_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// The methods of HTTP (RFC 9110, and RFC 5789 for `PATCH`).
const METHODS: [&str; 9] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT",
];
/// What metrics call all other methods: anybody can make them up, and each name is kept for as long as the process lives.
const OTHER_METHOD: &str = "other";

/// A request on its way, for what is to be told of it afterwards.
#[derive(Clone)]
struct Passing {
    service: Option<web::Data<Service>>,
    context: RequestContext,
    method: Method,
    path: String,
    begun: Instant,
}

/// See the module.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let service = request.app_data::<web::Data<Service>>();
    let behind_proxy = service.is_some_and(|service| service.behind_proxy);
    let passing = Passing {
        service: service.cloned(),
        context: RequestContext::new(&request, behind_proxy),
        method: request.method().clone(),
        path: request.path().to_owned(),
        begun: Instant::now(),
    };
    request.extensions_mut().insert(passing.context.clone());
    let span = tracing::info_span!("request", id = %passing.context.request_id);
    let handled = AssertUnwindSafe(next.call(request))
        .catch_unwind()
        .instrument(span.clone());
    let outcome = match handled.await {
        Ok(outcome) => outcome,
        // The panic itself was printed where it happened; nothing of it leaves the process.
        Err(_) => Err(ApiError::internal("a handler panicked").into()),
    };
    let _entered = span.enter();
    match outcome {
        Ok(response) => Ok(finish_response(response, &passing)),
        Err(mut error) => {
            passing.tell(
                None,
                error.as_response_error().status_code(),
                error.as_error::<ApiError>(),
            );
            let problem = passing.problem(error.as_response_error().status_code(), Some(&error));
            error.add_response_mapper(move |response| passing.finish(response, Some(&problem)));
            Err(error)
        }
    }
}

fn finish_response(
    response: ServiceResponse<impl MessageBody + 'static>,
    passing: &Passing,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let error = response.response().error();
    let ours = error.and_then(|error| error.as_error::<ApiError>());
    let pattern = response.request().match_pattern();
    passing.tell(pattern.as_deref(), status, ours);
    let is_error = status.is_client_error() || status.is_server_error();
    let has_document = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes() == PROBLEM_JSON.as_bytes());
    let problem = (is_error && !has_document).then(|| passing.problem(status, error));
    let (request, response) = response.into_parts();
    let response = passing.finish(response.map_into_boxed_body(), problem.as_ref());
    ServiceResponse::new(request, response)
}

impl Passing {
    /// The document of an error: ours says what it is, others are known by their status.
    fn problem(&self, status: StatusCode, error: Option<&Error>) -> Problem {
        let instance = &self.path;
        let request_id = &self.context.request_id;
        if let Some(error) = error.and_then(|error| error.as_error::<ApiError>()) {
            return error.problem(instance, request_id);
        }
        let code = Code::of_status(status);
        // What the framework says of a request is about the request; of its own failures nobody is told.
        let said = error.filter(|_| status.is_client_error()).map(ToString::to_string);
        let detail = said.unwrap_or_else(|| code.advice().to_owned());
        let mut problem = ApiError::new(code, detail).problem(instance, request_id);
        problem.status = status.as_u16();
        problem
    }

    /// Puts in what every answer has, and the document of an error.
    fn finish(&self, mut response: HttpResponse, problem: Option<&Problem>) -> HttpResponse {
        if let Some(problem) = problem {
            let body = serde_json::to_vec(problem).unwrap_or_default();
            response.headers_mut().remove(header::CONTENT_ENCODING);
            let media_type = HeaderValue::from_static(PROBLEM_JSON);
            response.headers_mut().insert(header::CONTENT_TYPE, media_type);
            response = response.set_body(BoxBody::new(body));
        }
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&self.context.request_id) {
            headers.insert(REQUEST_ID, id);
        }
        set_default(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        set_default(headers, header::REFERRER_POLICY, "no-referrer");
        set_default(headers, header::CONTENT_SECURITY_POLICY, CONTENT_POLICY);
        set_default(headers, header::CACHE_CONTROL, "no-store");
        response
    }

    /// Tells log and metrics. Failures of ours are told with all their causes, once.
    fn tell(&self, pattern: Option<&str>, status: StatusCode, error: Option<&ApiError>) {
        let route = pattern.unwrap_or("(none)");
        let duration = self.begun.elapsed();
        if let Some(service) = &self.service {
            let method = method_label(&self.method);
            service.metrics.answered(method, route, status, duration);
        }
        let cause = error.map(causes).unwrap_or_default();
        let code = error.map_or("", |error| error.code().name());
        let (method, status, ip) = (&self.method, status.as_u16(), &self.context.ip);
        let duration_ms = duration.as_millis() as u64;
        if status >= 500 {
            tracing::error!(%method, route, status, duration_ms, ip, code, cause, "answered");
        } else {
            tracing::info!(%method, route, status, duration_ms, ip, code, cause, "answered");
        }
    }
}

fn method_label(method: &Method) -> &'static str {
    let known = METHODS.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or(OTHER_METHOD)
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    if !headers.contains_key(&name) {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// The causes of an error, the nearest first.
fn causes(error: &ApiError) -> String {
    let mut texts = Vec::new();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts.join(": ")
}
