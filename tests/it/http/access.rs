//! API keys, roles, tickets, and what the audit log tells of them.

use serde_json::{Value, json};

use crate::support::{Workspace, on_each_database};

/// What the audit log has, oldest first: actor, action and detail.
fn audit(workspace: &Workspace) -> Vec<(String, String, Value)> {
    let rows = workspace.query(
        "SELECT actor, action, detail FROM audit_event WHERE action LIKE 'a%' OR action LIKE 'role%' ORDER BY id",
    );
    rows.into_iter()
        .map(|row| (row[0].clone(), row[1].clone(), serde_json::from_str(&row[2]).unwrap()))
        .collect()
}

#[test]
fn a_key_comes_in_until_it_is_revoked() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let owner = service.client("garage", "owner");
        let request = json!({ "name": "Sync", "role": "admin", "capabilities": ["records.read"] });
        let made = owner.post("/v1/api-keys", &request);
        let key = made.ok();
        let path = made.header("location").to_owned();
        let secret = key["secret"].as_str().unwrap();
        assert_eq!(key["api_key"]["prefix"], secret[..12]);
        let program = service.client_with(secret);
        let me = program.get("/v1/me").ok();
        assert_eq!(
            me["user"],
            format!("api_key:{}", key["api_key"]["id"].as_str().unwrap())
        );
        assert_eq!(
            (&me["role"], &me["capabilities"]),
            (&json!("admin"), &json!(["records.read"]))
        );
        program.get("/v1/customers").refused(403, "capability_required");
        assert!(!owner.items("/v1/api-keys")[0]["last_used_at"].is_null());
        let stored = workspace.query("SELECT secret_hash FROM api_key");
        assert!(!stored[0][0].contains(&secret[4..]), "the secret is kept");
        owner.delete(&path);
        program.get("/v1/me").refused(401, "unauthenticated");
        assert!(!owner.items("/v1/api-keys")[0]["revoked_at"].is_null());
        let told: Vec<_> = audit(workspace).into_iter().map(|(_, action, _)| action).collect();
        assert_eq!(
            told,
            ["api_key.created", "access.denied", "api_key.revoked", "api_key.refused"]
        );
    });
}

#[test]
fn nobody_makes_a_key_that_can_do_more_than_they_can() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let (admin, manager) = (service.client("garage", "admin"), service.client("garage", "manager"));
    let request = |role| json!({ "name": "Sync", "role": role });
    let refused = admin
        .post("/v1/api-keys", &request("owner"))
        .refused(403, "capability_required");
    assert_eq!(refused["capability"], "settings.roles.manage");
    admin.post("/v1/api-keys", &request("manager")).ok();
    manager
        .post("/v1/api-keys", &request("manager"))
        .refused(403, "capability_required");
    let limited = json!({ "name": "Sync", "role": "owner", "capabilities": ["records.read"] });
    admin.post("/v1/api-keys", &limited).ok();
    let past = json!({ "name": "Sync", "role": "admin", "expires_at": "2020-01-01T00:00:00Z" });
    let refused = admin.post("/v1/api-keys", &past).refused(422, "validation_failed");
    assert_eq!(refused["errors"][0]["pointer"], "/expires_at");
}

#[test]
fn the_audit_log_is_read_in_pages_and_by_what_is_looked_for() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (owner, technician) = (
            service.client("garage", "owner"),
            service.client("garage", "technician"),
        );
        for name in ["a", "b", "c"] {
            owner
                .post("/v1/api-keys", &json!({ "name": name, "role": "admin" }))
                .ok();
        }
        technician.get("/v1/audit-log").refused(403, "capability_required");
        let log = owner.items("/v1/audit-log");
        let actions: Vec<_> = log.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
        assert_eq!(
            actions,
            ["access.denied", "api_key.created", "api_key.created", "api_key.created"]
        );
        let ids = |entries: &[Value]| entries.iter().map(|entry| entry["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&owner.items("/v1/audit-log?limit=1")), ids(&log));
        let created = owner.items("/v1/audit-log?action=api_key.created&actor=user:developer");
        assert_eq!(ids(&created), ids(&log[1..]));
        assert_eq!(
            (&log[0]["ip"], &log[0]["role"]),
            (&json!("127.0.0.1"), &json!("technician"))
        );
        let moment = log[2]["occurred_at"].as_str().unwrap();
        assert_eq!(
            ids(&owner.items(&format!("/v1/audit-log?since={moment}"))),
            ids(&log[..3])
        );
        assert_eq!(
            ids(&owner.items(&format!("/v1/audit-log?until={moment}"))),
            ids(&log[3..])
        );
        owner
            .get("/v1/audit-log?since=yesterday")
            .refused(400, "invalid_parameter");
        assert!(service.client("other", "owner").items("/v1/audit-log").is_empty());
    });
}

/// Stated once more, by hand: who may do what over HTTP.
#[test]
fn roles_may_do_what_their_table_says() {
    let workspace = Workspace::on_sqlite();
    let service = workspace.serve("");
    let paths = ["/v1/vehicles", "/v1/customers", "/v1/import-mappings", "/v1/api-keys"];
    for (role, expected) in [
        ("owner", [200, 200, 200, 200]),
        ("admin", [200, 200, 200, 200]),
        ("manager", [200, 200, 403, 403]),
        ("service_advisor", [200, 200, 403, 403]),
        ("technician", [200, 403, 403, 403]),
        ("kiosk_device", [403, 403, 403, 403]),
    ] {
        let client = service.client("garage", role);
        assert_eq!(paths.map(|path| client.get(path).status), expected, "{role}");
        let granting = client.put("/v1/roles/technician", &json!({ "granted": [] })).status;
        assert_eq!(granting, if role == "owner" { 200 } else { 403 }, "{role}");
    }
}

#[test]
fn an_owner_gives_capabilities_to_a_role_and_takes_them_back() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (owner, technician) = (
            service.client("garage", "owner"),
            service.client("garage", "technician"),
        );
        let elsewhere = service.client("other", "technician");
        let grant = |granted: Value| owner.put("/v1/roles/technician", &json!({ "granted": granted }));
        technician.get("/v1/customers").refused(403, "capability_required");
        let role = grant(json!(["customers.read", "records.read"])).ok();
        assert_eq!(role["granted"], json!(["customers.read"]));
        assert_eq!(role["capabilities"], json!(["records.read", "customers.read"]));
        technician.get("/v1/customers").ok();
        elsewhere.get("/v1/customers").refused(403, "capability_required");
        grant(json!([])).ok();
        technician.get("/v1/customers").refused(403, "capability_required");
        grant(json!(["settings.roles.manage"])).refused(422, "validation_failed");
        grant(json!(["spaceships.fly"])).refused(400, "invalid_request");
        owner
            .put("/v1/roles/kiosk", &json!({ "granted": ["records.read"] }))
            .ok();
        let roles = owner.items("/v1/roles");
        assert_eq!((roles.len(), &roles[5]["role"]), (6, &json!("kiosk")));
        service.client("garage", "kiosk").get("/v1/vehicles").ok();
        let (actor, action, detail) = audit(workspace)[1].clone();
        assert_eq!((actor.as_str(), action.as_str()), ("user:developer", "role.changed"));
        assert_eq!(detail, json!({ "granted_before": [], "granted": ["customers.read"] }));
        let (_, action, detail) = audit(workspace)[0].clone();
        assert_eq!(action, "access.denied");
        assert_eq!(
            detail,
            json!({ "capability": "customers.read", "operation": "GET /v1/customers" })
        );
    });
}

#[test]
fn a_ticket_opens_one_url_once() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (owner, browser) = (service.client("garage", "owner"), service.client_with(""));
        let ticket = |url: &str| owner.post("/v1/tickets", &json!({ "url": url })).ok();
        let issued = ticket("/v1/vehicles?limit=5");
        let url = issued["url"].as_str().unwrap();
        browser.get(url).ok();
        browser.get(url).refused(401, "unauthenticated");
        let secret = ticket("/v1/vehicles?limit=5")["ticket"].as_str().unwrap().to_owned();
        browser
            .get(&format!("/v1/vehicles?limit=6&ticket={secret}"))
            .refused(401, "unauthenticated");
        let path = format!("/v1/vehicles?ticket={secret}&limit=5");
        browser.send("DELETE", &path, &[], None).refused(401, "unauthenticated");
        browser.get(&path).ok();
        let refused = owner.post("/v1/tickets", &json!({ "url": "https://elsewhere.example/" }));
        refused.refused(422, "validation_failed");
        let technician = service.client("garage", "technician");
        let own = technician.post("/v1/tickets", &json!({ "url": "/v1/customers" })).ok();
        browser
            .get(own["url"].as_str().unwrap())
            .refused(403, "capability_required");
        let stored = workspace.query("SELECT secret_hash, url FROM ticket");
        assert!(stored.iter().flatten().all(|text| !text.contains(&secret[4..])));
    });
}
