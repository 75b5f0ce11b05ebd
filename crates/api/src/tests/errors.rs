//! Every code of the table, and what every error document has.

use std::collections::BTreeSet;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::Value;

use super::support::{Answer, Fixture, request, with_body};
use crate::config::{KeySetSource, RequestLimits, TokenKeys};
use crate::problem::{Code, PROBLEM_JSON};

/// What comes about with runs alone: `refusals` and `imports` in `tests/it/http` see them, through the real program.
const OF_RUNS: [Code; 14] = [
    Code::RunBusy,
    Code::WrongState,
    Code::PasswordNeeded,
    Code::SourceUnconfirmed,
    Code::DuplicatesUndecided,
    Code::NotLocked,
    Code::NothingToImport,
    Code::NothingToRollBack,
    Code::Expired,
    Code::ChangedMeanwhile,
    Code::WrongPassword,
    Code::NoUsableSheets,
    Code::UnreadableFile,
    Code::MissingRequiredColumn,
];
/// What `idempotency` tests.
const OF_REPETITION: [Code; 2] = [Code::RequestRunning, Code::IdempotencyKeyReused];

/// Checks that an answer is a document with this code, and that it has what every document has.
#[track_caller]
fn check(answer: &Answer, code: Code) {
    let problem = answer.json();
    assert_eq!(problem["code"], code.name(), "{problem}");
    assert_eq!(answer.status, code.status().as_u16(), "{problem}");
    assert_eq!(problem["status"], answer.status);
    assert_eq!(problem["title"], code.title());
    assert_eq!(problem["type"], Value::from(code.link()));
    assert_eq!(answer.header("content-type"), PROBLEM_JSON);
    assert_eq!(answer.header("x-request-id"), problem["request_id"].as_str().unwrap());
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    assert!(problem["instance"].as_str().unwrap().starts_with('/'));
    assert!(!answer.body.contains(".rs"), "it tells of our inside: {problem}");
}

#[actix_web::test]
async fn every_code_can_come_about() {
    let mut seen: BTreeSet<Code> = [OF_RUNS.as_slice(), &OF_REPETITION].concat().into_iter().collect();
    seen.extend(of_requests().await);
    seen.extend(of_the_service().await);
    let missing: Vec<_> = Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "no test sees {missing:?}");
}

/// The codes that say that a request is wrong.
async fn of_requests() -> Vec<Code> {
    let fixture = Fixture::new().await;
    let owner = fixture.token("owner");
    let (get, post) = (Method::GET, Method::POST);
    let unknown_id = "/v1/vehicles/0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23";
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(fixture.config.limits.body_bytes));
    let expired = fixture.token_for("owner", Duration::ZERO);
    let mut no_leeway = Fixture::new().await;
    no_leeway.config.tokens.leeway = Duration::ZERO;
    let cases = [
        (
            with_body(post.clone(), "/v1/api-keys", &owner, "{"),
            Code::InvalidRequest,
        ),
        (
            with_body(post.clone(), "/v1/api-keys", &owner, &large),
            Code::PayloadTooLarge,
        ),
        (
            with_body(post.clone(), "/v1/api-keys", &owner, r#"{"name": "", "role": "admin"}"#),
            Code::ValidationFailed,
        ),
        (
            request(post.clone(), "/v1/api-keys", &owner).set_payload("{}"),
            Code::UnsupportedMediaType,
        ),
        (
            request(get.clone(), "/v1/vehicles?limit=0", &owner),
            Code::InvalidParameter,
        ),
        (request(get.clone(), "/v1/vehicles/7", &owner), Code::InvalidParameter),
        (
            request(get.clone(), "/v1/vehicles?limit=%", &owner),
            Code::InvalidParameter,
        ),
        (TestRequest::get().uri("/v1/me"), Code::Unauthenticated),
        (request(get.clone(), "/v1/me", "tfk_unknown"), Code::Unauthenticated),
        (request(get.clone(), "/v1/me", "a.b.c"), Code::Unauthenticated),
        (
            request(get.clone(), "/v1/me?ticket=tft_unknown", ""),
            Code::Unauthenticated,
        ),
        (
            request(get.clone(), "/v1/api-keys", &fixture.token("technician")),
            Code::CapabilityRequired,
        ),
        (request(get.clone(), unknown_id, &owner), Code::NotFound),
        (
            request(get.clone(), "/v1/templates/spaceship.csv", &owner),
            Code::NotFound,
        ),
        (request(get.clone(), "/v1/nothing", &owner), Code::RouteNotFound),
        (TestRequest::get().uri("/nothing"), Code::RouteNotFound),
        (TestRequest::get().uri("/docs/nothing.js"), Code::NotFound),
        (TestRequest::delete().uri("/healthz"), Code::MethodNotAllowed),
        (request(Method::PUT, "/v1/vehicles", &owner), Code::MethodNotAllowed),
        (
            TestRequest::get()
                .uri("/healthz")
                .insert_header(("accept-encoding", "identity;q=0, br")),
            Code::NotAcceptable,
        ),
    ];
    let (requests, codes): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let answers = fixture.send_all(requests).await;
    for (answer, code) in answers.iter().zip(&codes) {
        check(answer, *code);
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    check(
        &no_leeway.send(request(get, "/v1/me", &expired)).await,
        Code::TokenExpired,
    );
    [codes, vec![Code::TokenExpired]].concat()
}

/// The codes that say that the service can't do what it is asked for.
async fn of_the_service() -> Vec<Code> {
    let mut fixture = Fixture::new().await;
    let owner = fixture.token("owner");
    let me = || request(Method::GET, "/v1/me", &owner);
    check(&fixture.send(TestRequest::get().uri("/panic")).await, Code::Internal);
    fixture.config.limits = RequestLimits {
        requests_per_minute: 4,
        ..RequestLimits::default()
    };
    let answers = fixture.send_all([me(), me()]).await;
    assert_eq!(answers[0].status, 200);
    check(&answers[1], Code::RateLimited);
    assert!(!answers[1].header("retry-after").is_empty());
    fixture.config.tokens.keys = TokenKeys::KeySet(
        KeySetSource::File("no-such-file.json".into()),
        vec![jsonwebtoken::Algorithm::HS256],
    );
    check(&fixture.send(me()).await, Code::SignInUnavailable);
    fixture.config.tokens.keys = TokenKeys::Development;
    let ready = || TestRequest::get().uri("/readyz");
    fixture.ending.send_replace(true);
    check(&fixture.send(ready()).await, Code::NotReady);
    fixture.ending.send_replace(false);
    fixture.break_uploads();
    check(&fixture.send(ready()).await, Code::NotReady);
    fixture.app.store().clone().close().await.unwrap();
    let answer = fixture.send(ready()).await;
    check(&answer, Code::NotReady);
    assert_eq!(answer.json()["detail"], "the database does not answer");
    check(&fixture.send(me()).await, Code::DatabaseUnavailable);
    vec![
        Code::Internal,
        Code::RateLimited,
        Code::SignInUnavailable,
        Code::NotReady,
        Code::DatabaseUnavailable,
    ]
}

#[actix_web::test]
async fn errors_say_what_is_wrong_and_where() {
    let fixture = Fixture::new().await;
    let owner = fixture.token("owner");
    let body = r#"{"name": "Sync", "role": "admin", "colour": "red"}"#;
    let answers = fixture
        .send_all([
            with_body(Method::POST, "/v1/api-keys", &owner, body),
            request(Method::GET, "/v1/vehicles?colour=red", &owner),
            request(Method::GET, "/v1/roles", &owner).insert_header(("x-request-id", "web-42")),
            request(Method::PATCH, "/v1/api-keys", &owner),
            request(Method::GET, "/v1/customers", &fixture.token("technician")),
            TestRequest::get().uri("/v1/me"),
        ])
        .await;
    let [unknown_field, parameter, roles, method, denied, unsigned] = answers.as_slice() else {
        panic!("{}", answers.len());
    };
    assert_eq!(unknown_field.json()["errors"][0]["pointer"], "/colour");
    assert_eq!(parameter.json()["errors"][0]["parameter"], "colour");
    assert_eq!((roles.status, roles.header("x-request-id")), (200, "web-42"));
    assert_eq!(method.header("allow"), "GET, POST");
    assert_eq!(denied.json()["capability"], "customers.read");
    assert!(
        denied.json()["detail"]
            .as_str()
            .unwrap()
            .contains("an owner can give it")
    );
    assert!(unsigned.header("www-authenticate").starts_with("Bearer"));
}
