//! The records that imports fill, and their mappings.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{csv_file, on_each_database, table};

#[test]
fn lists_come_in_pages_without_gaps_or_repeats() {
    on_each_database(|workspace| {
        workspace.add_samples(&["customers.csv"]);
        workspace.import("customers.csv --on-duplicate create", 0);
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let all = client.items("/v1/customer-addresses?limit=200");
        let count = workspace.number("SELECT count(*) FROM customer_address");
        assert_eq!(all.len() as i64, count);
        assert_eq!(client.items("/v1/customer-addresses?limit=7"), all);
        let ids: Vec<&str> = all.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert!(ids.is_sorted_by(|first, second| first > second), "the newest first");
        let one = client.get(&format!("/v1/customer-addresses/{}", ids[0])).ok();
        assert_eq!(one, all[0]);
        client
            .get("/v1/customer-addresses?limit=201")
            .refused(400, "invalid_parameter");
        client
            .get("/v1/customer-addresses?cursor=x")
            .refused(400, "invalid_parameter");
        let mappings = client.items("/v1/import-mappings?limit=9");
        let places: BTreeSet<_> = mappings
            .iter()
            .map(|one| (one["entity_type"].to_string(), one["source_id"].to_string()))
            .collect();
        assert_eq!(places.len(), mappings.len());
        assert_eq!(
            mappings.len() as i64,
            workspace.number("SELECT count(*) FROM import_mapping")
        );
    });
}

#[test]
fn records_are_found_by_their_links_and_their_mappings() {
    on_each_database(|workspace| {
        let jobs = table(
            "Jobs",
            "Job number | Customer number | First name | Last name | Registration | Job date | Gross total
             J1 | C1 | Ada | Smith | AB12CDE | 13/05/2024 | 1,120.5
             J2 | C2 | Bob | Jones | CD34EFG | 14/05/2024 |",
        );
        workspace.write("jobs.csv", csv_file(&jobs));
        workspace.run("import jobs.csv --on-duplicate create --orphans unlinked --json");
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let orders = client.items("/v1/work-orders");
        let first = orders
            .iter()
            .find(|one| one["number"] == "J1")
            .unwrap_or_else(|| panic!("{orders:?}"));
        assert_eq!(
            (&first["total_gross"], &first["currency"]),
            (&json!("1120.50"), &json!("GBP"))
        );
        assert_eq!(first["opened_at"], "2024-05-13T00:00:00");
        assert_eq!(
            orders.iter().find(|one| one["number"] == "J2").unwrap()["total_gross"],
            Value::Null
        );
        let id = first["id"].as_str().unwrap();
        let mapping = client.items(&format!("/v1/import-mappings?record_id={id}"));
        assert_eq!((mapping.len(), &mapping[0]["entity_type"]), (1, &json!("work_order")));
        let source_id = mapping[0]["source_id"].as_str().unwrap();
        let system = mapping[0]["source_system"].as_str().unwrap();
        let query = format!("source_system={system}&entity_type=work_order&source_id={source_id}");
        assert_eq!(client.items(&format!("/v1/import-mappings?{query}")), mapping);
        assert!(client.items("/v1/import-mappings?source_system=xero").is_empty());
        client
            .get("/v1/import-mappings?entity_type=spaceship")
            .refused(400, "invalid_parameter");
    });
}

#[test]
fn vehicles_are_listed_by_customer() {
    on_each_database(|workspace| {
        workspace.add_samples(&["techman-export.xlsx", "password.txt"]);
        workspace.import(
            "techman-export.xlsx --password-file password.txt --on-duplicate create",
            3,
        );
        let service = workspace.serve("");
        let client = service.client("default", "service_advisor");
        let vehicles = client.items("/v1/vehicles?limit=200");
        let customer = vehicles.iter().find_map(|one| one["customer_id"].as_str()).unwrap();
        let own = client.items(&format!("/v1/vehicles?customer_id={customer}"));
        let expected: Vec<_> = vehicles
            .iter()
            .filter(|one| one["customer_id"] == customer)
            .cloned()
            .collect();
        assert_eq!(own, expected);
        // Every kind of record is as the specification says: the client checks it.
        for list in [
            "suppliers",
            "products",
            "labour-units",
            "customer-addresses",
            "work-orders",
            "invoices",
            "payments",
        ] {
            let items = client.items(&format!("/v1/{list}?limit=200"));
            assert!(!items.is_empty(), "{list}");
            let id = items[0]["id"].as_str().unwrap();
            assert_eq!(client.get(&format!("/v1/{list}/{id}")).ok(), items[0]);
        }
    });
}
