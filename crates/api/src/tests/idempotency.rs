//! Requests that are repeated.

use std::time::{Duration, Instant};

use actix_web::http::Method;
use actix_web::test::TestRequest;
use torqueflow_app::idempotency::{self, Held, IdempotencyRequest, Reserved};

use super::support::{Fixture, request, with_body};

const BODY: &str = r#"{"name": "Sync", "role": "admin"}"#;

fn create(token: &str, key: &str, body: &str) -> TestRequest {
    with_body(Method::POST, "/v1/api-keys", token, body).insert_header(("idempotency-key", key))
}

#[actix_web::test]
async fn a_repeated_request_gets_the_first_answer_without_the_secret() {
    let fixture = Fixture::new().await;
    let owner = fixture.token("owner");
    let answers = fixture
        .send_all([
            create(&owner, "k1", BODY),
            create(&owner, "k1", BODY),
            create(&owner, "k2", BODY),
            request(Method::GET, "/v1/api-keys", &owner),
        ])
        .await;
    let [first, again, other, list] = answers.as_slice() else {
        panic!("{}", answers.len());
    };
    assert_eq!((first.status, again.status, other.status), (201, 201, 201));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(first.json()["api_key"], again.json()["api_key"]);
    assert!(first.json()["secret"].as_str().unwrap().starts_with("tfk_"));
    assert!(again.json()["secret"].is_null());
    assert_ne!(first.json()["api_key"]["id"], other.json()["api_key"]["id"]);
    assert_eq!(list.json()["items"].as_array().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_key_is_good_for_one_request() {
    let fixture = Fixture::new().await;
    let owner = fixture.token("owner");
    let other_body = r#"{"name": "Other", "role": "admin"}"#;
    let answers = fixture
        .send_all([
            create(&owner, "k1", BODY),
            create(&owner, "k1", other_body),
            create(&owner, "", BODY),
            // Refused, so the key stays free.
            create(&owner, "k2", r#"{"name": "", "role": "admin"}"#),
            create(&owner, "k2", BODY),
        ])
        .await;
    let codes: Vec<_> = answers.iter().map(|answer| answer.json()["code"].clone()).collect();
    assert_eq!(codes[1], "idempotency_key_reused");
    assert_eq!(codes[2], "invalid_parameter");
    assert_eq!(codes[3], "validation_failed");
    assert_eq!((answers[0].status, answers[4].status), (201, 201));
}

#[actix_web::test]
async fn a_request_that_is_being_answered_is_not_answered_twice() {
    let fixture = Fixture::new().await;
    let organization = fixture.app.organization("garage").await.unwrap();
    let running = IdempotencyRequest {
        key: "user:ada/k1".to_owned(),
        operation: "create_api_key".to_owned(),
        fingerprint: crate::idempotency::fingerprint(
            &serde_json::json!({ "name": "Sync", "role": "admin", "capabilities": null, "expires_at": null }),
        ),
    };
    let reserved = idempotency::begin(&fixture.app, organization, &running).await.unwrap();
    assert!(matches!(reserved, Reserved::New(_)));
    let answer = fixture.send(create(&fixture.token("owner"), "k1", BODY)).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (409, &"request_running".into())
    );
}

#[actix_web::test]
async fn a_key_is_free_again_when_its_request_is_given_up_halfway() {
    let fixture = Fixture::new().await;
    let organization = fixture.app.organization("garage").await.unwrap();
    let request = IdempotencyRequest {
        key: "user:ada/k1".to_owned(),
        operation: "create_api_key".to_owned(),
        fingerprint: String::new(),
    };
    let reserve = async || idempotency::begin(&fixture.app, organization, &request).await.unwrap();
    let Reserved::New(reservation) = reserve().await else {
        panic!("the key is not free");
    };
    let held = Held::new(&fixture.app, organization, &reservation);
    assert_eq!(reserve().await, Reserved::Running);
    // As when the client's connection ends: nobody waits for the request any more.
    drop(held);
    let begun = Instant::now();
    while reserve().await == Reserved::Running {
        assert!(begun.elapsed() < Duration::from_secs(30), "the key is not free again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
