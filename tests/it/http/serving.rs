//! What surrounds every request, and the end of the service.

use std::fs;
use std::io::Read;
use std::process::Command;

use serde_json::json;

use crate::support::{Workspace, repository};

#[test]
fn the_service_is_healthy_until_it_is_told_to_end() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let anybody = service.client_with("");
    assert_eq!(anybody.get("/healthz").ok(), json!({ "status": "ok" }));
    assert_eq!(anybody.get("/readyz").ok(), json!({ "status": "ok" }));
    assert_eq!(service.stop(), 0);
}

/// What the image asks is asked of the program here, which needs no image for it.
#[test]
fn the_health_check_of_the_image_tells_a_service_from_none() {
    let image = fs::read_to_string(repository().join("Dockerfile")).unwrap();
    let check = image
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("CMD [\"bash\""))
        .unwrap();
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let port = service.address.rsplit(':').next().unwrap().to_owned();
    let words: Vec<String> = serde_json::from_str(&check.trim_start_matches("CMD ").replace("8080", &port)).unwrap();
    let is_healthy = || {
        let mut bash = Command::new(&words[0]);
        bash.args(&words[1..]).output().unwrap().status.success()
    };
    assert!(is_healthy());
    service.stop();
    assert!(!is_healthy());
}

#[test]
fn metrics_tell_of_routes_and_not_of_paths() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let owner = service.client("garage", "owner");
    owner.get("/v1/vehicles/0199c1f2-5b1e-7c3a-9d2e-6f0a4b8c1d23");
    owner.get("/no/such/path");
    let metrics = service.client_with("").get("/metrics");
    let text = metrics.text();
    for route in ["/v1/vehicles/{vehicle_id}", "(none)"] {
        let line = format!("torqueflow_http_requests_total{{method=\"GET\",route=\"{route}\",status=\"404\"}} 1");
        assert!(text.contains(&line), "{text}");
    }
    assert!(
        text.contains("torqueflow_http_request_duration_seconds_bucket"),
        "{text}"
    );
}

/// What callers without a token make up is kept nowhere.
#[test]
fn metrics_do_not_grow_with_what_callers_invent() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let anybody = service.client_with("");
    let ask = |method: &str, path: &str| {
        let mut answered = [0; 12];
        let mut connection = anybody.begin(method, path, &[("connection", "close")], 0);
        connection.read_exact(&mut answered).unwrap();
        assert!(answered.starts_with(b"HTTP/1.1 4"), "{method} {path}");
    };
    for number in 0..20 {
        ask(&format!("INVENTED-{number}"), "/healthz");
        ask("GET", &format!("/invented-{number}"));
        ask("GET", &format!("/v1/invented-{number}"));
        ask("GET", &format!("/v1/customers/invented-{number}"));
        ask("GET", &format!("/docs/invented-{number}"));
    }
    let metrics = anybody.get("/metrics");
    let text = metrics.text();
    assert!(!text.to_lowercase().contains("invented"), "{text}");
    assert!(text.contains("method=\"other\""), "{text}");
}

#[test]
fn metrics_can_have_an_address_of_their_own() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("--metrics-bind 127.0.0.1:0");
    service.client_with("").get("/metrics").refused(404, "route_not_found");
    let address = service.metrics_address.clone().unwrap();
    let text = ureq::get(address).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(text.contains("torqueflow_http_requests_total"), "{text}");
}

#[test]
fn browsers_are_told_what_they_may() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("--allow-origin https://app.example");
    let anybody = service.client_with("");
    let get = |origin| anybody.send("GET", "/healthz", &[("origin", origin)], None);
    assert_eq!(
        get("https://app.example").header("access-control-allow-origin"),
        "https://app.example"
    );
    assert_eq!(
        get("https://elsewhere.example").header("access-control-allow-origin"),
        ""
    );
    let refused = anybody.send("GET", "/v1/me", &[("origin", "https://app.example")], None);
    assert_eq!(refused.header("access-control-allow-origin"), "https://app.example");
    let answer = service.client("garage", "owner").get("/v1/me");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
}

#[test]
fn large_answers_are_compressed_for_those_who_take_it() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let owner = service.client("garage", "owner");
    let get = |encoding| {
        owner.send(
            "GET",
            "/v1/templates/customer.csv",
            &[("accept-encoding", encoding)],
            None,
        )
    };
    let (plain, packed) = (get("identity"), get("gzip"));
    assert_eq!(
        (plain.header("content-encoding"), packed.header("content-encoding")),
        ("", "gzip")
    );
    assert!(packed.body.len() < plain.body.len());
}

/// The page needs nothing from elsewhere: its policy forbids it, and what it names is there.
#[test]
fn the_documentation_comes_from_the_service_alone() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let anybody = service.client_with("");
    assert_eq!(anybody.get("/docs").header("location"), "/docs/index.html");
    let page = anybody.get("/docs/index.html");
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'; script-src 'self';")
    );
    let named = page
        .text()
        .split(['"', '\''])
        .filter_map(|part| part.strip_prefix("./"));
    let mut files = 0;
    for file in named {
        let answer = ureq::get(format!("{}/docs/{file}", service.address)).call();
        assert_eq!(answer.unwrap().status(), 200, "{file}");
        files += 1;
    }
    assert!(files > 3, "{}", page.text());
    assert!(!page.text().contains("https://"), "{}", page.text());
    let script = ureq::get(format!("{}/docs/swagger-initializer.js", service.address)).call();
    assert!(
        script
            .unwrap()
            .body_mut()
            .read_to_string()
            .unwrap()
            .contains("/openapi.json")
    );
}
