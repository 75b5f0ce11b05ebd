//! A service on an empty SQLite database, and somebody who calls it.

use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::test::{TestRequest, init_service};
use actix_web::{Error, HttpResponse, web};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::watch;
use torqueflow_app::access::Role;
use torqueflow_app::{App, AppConfig};
use torqueflow_test_support::postgres::TestDatabase;

use crate::auth::{DevelopmentToken, development_token};
use crate::config::ServeConfig;
use crate::metrics::Metrics;
use crate::server::application;
use crate::service::Service;

/// A service, its database and its folder.
pub struct Fixture {
    pub app: App,
    pub config: ServeConfig,
    pub ending: watch::Sender<bool>,
    folder: TempDir,
    _database: TestDatabase,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

impl Fixture {
    pub async fn new() -> Self {
        let database = TestDatabase::sqlite();
        let folder = tempfile::tempdir().unwrap();
        let config = AppConfig::new(&database.url, folder.path().join("data"));
        Self {
            app: App::open(&config).await.unwrap(),
            config: ServeConfig::default(),
            ending: watch::channel(false).0,
            folder,
            _database: database,
        }
    }

    /// Makes it impossible to keep uploads.
    pub fn break_uploads(&self) {
        std::fs::write(self.folder.path().join("data"), "in the way").unwrap();
    }

    /// A token for this role.
    pub fn token(&self, role: &str) -> String {
        self.token_for(role, Duration::from_mins(1))
    }

    /// A token for this role that is good for so long.
    pub fn token_for(&self, role: &str, lifetime: Duration) -> String {
        let token = DevelopmentToken {
            organization: "garage".to_owned(),
            user: "ada".to_owned(),
            role: Role::parse(role).unwrap(),
            lifetime,
        };
        development_token(&self.config.tokens, &token).unwrap()
    }

    /// Sends requests to a service that has just been started, one after the other.
    pub async fn send_all(&self, requests: impl IntoIterator<Item = TestRequest>) -> Vec<Answer> {
        let service = Service::new(
            &self.config,
            self.app.clone(),
            Metrics::new().unwrap(),
            self.ending.subscribe(),
        );
        let routes = application(web::Data::new(service), &self.config.allowed_origins);
        let service = init_service(routes.route("/panic", web::get().to(panics))).await;
        let mut answers = Vec::new();
        for request in requests {
            answers.push(answer(service.call(request.to_request()).await).await);
        }
        answers
    }

    /// Sends one request.
    pub async fn send(&self, request: TestRequest) -> Answer {
        self.send_all([request]).await.remove(0)
    }
}

async fn panics() -> HttpResponse {
    panic!("the inside of a handler")
}

async fn answer<B: MessageBody>(outcome: Result<ServiceResponse<B>, Error>) -> Answer {
    let (status, headers, body) = match outcome {
        Ok(response) => {
            let (status, headers) = (response.status(), response.headers().clone());
            let body = actix_web::body::to_bytes(response.into_body()).await;
            (status, headers, body.unwrap_or_default())
        }
        // As the server itself answers what no middleware could.
        Err(error) => {
            let response = error.error_response();
            let (status, headers) = (response.status(), response.headers().clone());
            (
                status,
                headers,
                actix_web::body::to_bytes(response.into_body()).await.unwrap(),
            )
        }
    };
    Answer {
        status: status.as_u16(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// A request with a token.
pub fn request(method: Method, path: &str, token: &str) -> TestRequest {
    TestRequest::default()
        .method(method)
        .uri(path)
        .insert_header(("authorization", format!("Bearer {token}")))
}

/// A request with a token and a JSON body.
pub fn with_body(method: Method, path: &str, token: &str, body: &str) -> TestRequest {
    let media_type = (HeaderName::from_static("content-type"), "application/json");
    request(method, path, token)
        .insert_header(media_type)
        .set_payload(body.to_owned())
}
