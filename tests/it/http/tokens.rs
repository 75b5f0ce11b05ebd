//! Tokens: of development, with a secret of one's own, of an issuer with public keys.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;

use serde_json::{Value, json};

use super::issuer::{key_set, sign};
use crate::support::Workspace;

/// What a good token says, some of it changed.
fn claims(changes: &Value) -> Value {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let mut claims = json!({
        "sub": "ada", "org": "garage", "role": "owner", "exp": now + 600, "iss": "https://issuer.example", "aud": "garage-api"
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// The same token, with another letter in its signature.
fn changed(token: &str) -> String {
    let at = token.len() - 20;
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

#[test]
fn the_algorithms_of_an_issuer_can_be_chosen() {
    let workspace = Workspace::on_sqlite();
    workspace.write("keys.json", key_set(true));
    let service = workspace.serve(&format!("--jwks keys.json --jwt-algorithms PS384,RS512 {ISSUER}"));
    let good = claims(&json!({}));
    for (algorithm, expected) in [("PS384", 200), ("RS512", 200), ("RS256", 401), ("HS256", 401)] {
        let token = sign(algorithm, Some("rsa"), &good);
        assert_eq!(
            service.client_with(&token).get("/v1/me").status,
            expected,
            "{algorithm}"
        );
        assert_eq!(
            service.client_with(&changed(&token)).get("/v1/me").status,
            401,
            "{algorithm}"
        );
    }
}

const ISSUER: &str = "--jwt-issuer https://issuer.example --jwt-audience garage-api";

#[test]
fn tokens_of_an_issuer_are_checked_with_its_public_keys() {
    let workspace = Workspace::on_sqlite();
    workspace.write("keys.json", key_set(true));
    let service = workspace.serve(&format!("--jwks keys.json {ISSUER}"));
    let status = |token: String| service.client_with(&token).get("/v1/me").status;
    let good = claims(&json!({}));
    assert_eq!(status(sign("RS256", Some("rsa"), &good)), 200);
    assert_eq!(status(sign("ES256", Some("ec"), &good)), 200);
    for (what, token) in [
        ("another algorithm", sign("RS512", Some("rsa"), &good)),
        ("another key's id", sign("ES256", Some("rsa"), &good)),
        ("an unknown key", sign("RS256", Some("new"), &good)),
        ("no key of two", sign("RS256", None, &good)),
        ("a secret", sign("HS256", Some("rsa"), &good)),
        ("no signature", sign("none", Some("rsa"), &good)),
        ("a changed signature", changed(&sign("RS256", Some("rsa"), &good))),
        (
            "a changed signature of a curve",
            changed(&sign("ES256", Some("ec"), &good)),
        ),
        (
            "another issuer",
            sign("RS256", Some("rsa"), &claims(&json!({ "iss": "x" }))),
        ),
        (
            "another audience",
            sign("RS256", Some("rsa"), &claims(&json!({ "aud": "x" }))),
        ),
        (
            "no audience",
            sign("RS256", Some("rsa"), &claims(&json!({ "aud": null }))),
        ),
        (
            "expired",
            sign("RS256", Some("rsa"), &claims(&json!({ "exp": 1_000_000_000 }))),
        ),
        (
            "not valid yet",
            sign("RS256", Some("rsa"), &claims(&json!({ "nbf": 4_000_000_000_u64 }))),
        ),
        ("no role", sign("RS256", Some("rsa"), &claims(&json!({ "role": "" })))),
        (
            "an organisation that is not there",
            sign(
                "RS256",
                Some("rsa"),
                &claims(&json!({ "org": "0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23" })),
            ),
        ),
    ] {
        assert_eq!(status(token), 401, "{what}");
    }
    let refused = workspace.run(&format!("token --jwks keys.json {ISSUER}")).exits(1);
    assert!(refused.stderr.contains("only the issuer"), "{}", refused.stderr);
}

#[test]
fn an_organisation_is_named_by_slug_or_id() {
    let workspace = Workspace::on_sqlite();
    workspace.write("keys.json", key_set(false));
    let service = workspace.serve(&format!("--jwks keys.json {ISSUER}"));
    let me = |org: &str| {
        let token = sign("RS256", None, &claims(&json!({ "org": org })));
        service.client_with(&token).get("/v1/me").ok()["organization"].clone()
    };
    let by_slug = me("garage");
    assert_eq!(by_slug["slug"], "garage");
    assert_eq!(me(by_slug["id"].as_str().unwrap()), by_slug);
}

/// An issuer that adds a key, and is asked again only when a token names one that is not known.
#[test]
fn new_keys_of_an_issuer_are_found() {
    let asked = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let counter = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let keys = key_set(counter.fetch_add(1, Ordering::SeqCst) > 0);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{keys}", keys.len());
        }
    });
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve(&format!("--jwks http://{address}/keys {ISSUER}"));
    let status = |algorithm, id| {
        let token = sign(algorithm, Some(id), &claims(&json!({})));
        service.client_with(&token).get("/v1/me").status
    };
    assert_eq!(status("RS256", "rsa"), 200);
    assert_eq!(status("RS256", "rsa"), 200);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    // Unknown keys can be named by anybody: the issuer is not asked at once.
    assert_eq!(status("ES256", "ec"), 401);
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    std::thread::sleep(std::time::Duration::from_secs(10));
    assert_eq!(status("ES256", "ec"), 200);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[test]
fn the_secret_of_tokens_can_be_ones_own() {
    let workspace = Workspace::on_sqlite();
    workspace.write("secret.txt", "Kestrel-7731-Lantern-Harbour-2204-Meadow\n");
    let service = workspace.serve("--jwt-secret-file secret.txt");
    let own = workspace
        .run("token --jwt-secret-file secret.txt --role manager")
        .exits(0);
    let me = service.client_with(own.stdout.trim()).get("/v1/me").ok();
    assert_eq!(
        (&me["role"], &me["user"]),
        (&json!("manager"), &json!("user:developer"))
    );
    service
        .client("default", "owner")
        .get("/v1/me")
        .refused(401, "unauthenticated");
    workspace.write("short.txt", "short\n");
    let refused = workspace
        .run("serve --bind 127.0.0.1:0 --jwt-secret-file short.txt")
        .exits(1);
    assert!(refused.stderr.contains("32 at least"), "{}", refused.stderr);
}

#[test]
fn the_development_secret_stays_on_this_machine() {
    let workspace = Workspace::on_sqlite();
    let refused = workspace.run("serve --bind 0.0.0.0:0").exits(1);
    assert!(refused.stderr.contains("development secret"), "{}", refused.stderr);
    let refused = workspace
        .run("serve --bind 127.0.0.1:0 --jwks http://issuer.example/keys")
        .exits(1);
    assert!(refused.stderr.contains("needs https"), "{}", refused.stderr);
}
