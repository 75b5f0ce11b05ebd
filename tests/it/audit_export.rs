//! The audit export of a run: complete, unchanged on its way, without secrets, and enough to explain every value.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use serde_json::Value;
use sha2::{Digest, Sha256};
use torqueflow_model::EntityKind;
use torqueflow_test_support::rng::Rng;
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};
use uuid::Uuid;

use crate::explain::{Explainer, Origin, fields, is_sorted_out};
use crate::support::{Export, PASSWORD, Workspace, csv_file, encrypted_workbook, on_each_database, table, workbook};

/// Exports the newest run.
fn export(workspace: &Workspace) -> Export {
    let run = workspace.newest_run();
    workspace.run(&format!("audit export {run} -o export.zip")).exits(0);
    Export::read(&fs::read(workspace.path("export.zip")).unwrap())
}

/// The tables of a run, by file and sheet.
type Sources = HashMap<(String, Option<String>), SampleTable>;

fn sources(tables: impl IntoIterator<Item = (&'static str, bool, SampleTable)>) -> Sources {
    let keyed = tables.into_iter().map(|(file, has_sheet, table)| {
        let sheet = has_sheet.then(|| table.tab.to_owned());
        ((file.to_owned(), sheet), table)
    });
    keyed.collect()
}

/// Every value that the database has in these tables is explained by the export, and the source says the same.
/// Returns how many there are of each kind of origin.
fn check_every_value(workspace: &Workspace, export: &Export, sources: &Sources) -> BTreeMap<&'static str, usize> {
    let explainer = Explainer::new(export);
    let mut by_entity: BTreeMap<EntityKind, Vec<Uuid>> = BTreeMap::new();
    for (id, entity) in explainer.records() {
        by_entity.entry(entity).or_default().push(Uuid::parse_str(&id).unwrap());
    }
    let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (entity, ids) in by_entity {
        let rows = workspace
            .with_app(async |app, organization| app.store().business_load(organization, entity, &ids).await.unwrap());
        assert_eq!(
            rows.len() as i64,
            workspace.number(&format!("SELECT count(*) FROM {entity}")),
            "{entity}"
        );
        for row in rows {
            for (column, value) in &row.values {
                for (field, value) in fields(entity, column, value) {
                    let origin = explainer.explain(&row.id.to_string(), &field, &value);
                    let origin = origin.unwrap_or_else(|| panic!("{entity} {}: {field} = {value}", row.id));
                    *counts.entry(check_origin(&origin, &field, sources)).or_default() += 1;
                }
            }
        }
    }
    counts
}

/// Looks the origin up in the source.
fn check_origin(origin: &Origin, field: &str, sources: &Sources) -> &'static str {
    let cells = |file: &String, sheet: &Option<String>, row: usize, headers: &[String]| -> Vec<String> {
        let table = &sources[&(file.clone(), sheet.clone())];
        let of_row = &table.rows[row - 2];
        let places = headers.iter().map(|header| table.column(header).unwrap());
        places.map(|place| of_row[place].clone()).collect()
    };
    match origin {
        Origin::Cell {
            file,
            sheet,
            row,
            headers,
            raw,
        } => {
            let cells = cells(file, sheet, *row, headers);
            let found = cells
                .iter()
                .any(|cell| cell.trim() == raw.trim() || is_typed(cell, raw));
            assert!(found, "{field}: {origin:?} is not in {cells:?}");
            "cell"
        }
        Origin::Made {
            file,
            sheet,
            row,
            headers,
        } => {
            let cells = cells(file, sheet, *row, headers);
            // What is sorted out over several columns may be made though its own has something else.
            let blank = cells.iter().all(|cell| cell.trim().is_empty());
            assert!(
                blank || is_sorted_out(field),
                "{field}: {origin:?} is said to be made, but {cells:?} stands there"
            );
            "made"
        }
        Origin::Link { .. } => "link",
    }
}

/// A date that Excel has made a date of reads otherwise: 21/03/2024 09:00:00 is 2024-03-21T09:00:00. So does a number.
fn is_typed(cell: &str, raw: &str) -> bool {
    let digits = |text: &str| {
        let mut digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        digits.sort_unstable();
        digits
    };
    let number = |text: &str| text.parse::<f64>().ok();
    (cell.contains('/') && raw.contains('-') && digits(cell) == digits(raw))
        || (number(cell).is_some() && number(cell) == number(raw))
}

#[test]
fn the_export_explains_every_value_of_an_encrypted_workbook_that_was_merged() {
    let garage = Garage::generate(&SampleOptions {
        customers: 120,
        seed: 21,
    });
    let tables = garage.tables();
    let sources = sources(tables.iter().map(|table| ("garage.xlsx", true, table.clone())));
    let bytes = encrypted_workbook(&tables);
    on_each_database(|workspace| {
        workspace.write("garage.xlsx", &bytes);
        workspace.write("secret", PASSWORD);
        workspace
            .run("import garage.xlsx --password-file secret --on-duplicate merge")
            .exits(3);
        let export = export(workspace);
        let counts = check_every_value(workspace, &export, &sources);
        assert!(
            counts["cell"] > 5000 && counts["made"] > 500 && counts["link"] > 1000,
            "{counts:?}"
        );
        check_manifest(workspace, &export);
        for (name, content) in &export.0 {
            let found = content
                .windows(PASSWORD.len())
                .any(|window| window == PASSWORD.as_bytes());
            assert!(!found, "the password is in {name}");
        }
    });
}

#[test]
fn the_export_explains_values_that_later_rows_of_other_files_added() {
    for seed in [31, 32] {
        let garage = Garage::generate(&SampleOptions { customers: 80, seed });
        let mut rng = Rng::new(seed);
        let mut list = garage.customers_table();
        let mut tab = garage.table("CustomersAndVehicles").unwrap();
        // Holes at random: what one file lacks, the other has.
        for table in [&mut list, &mut tab] {
            let number = table.column("CustomerNumber").unwrap();
            for row in &mut table.rows {
                for (place, cell) in row.iter_mut().enumerate() {
                    if place != number && rng.per_mille(300) {
                        cell.clear();
                    }
                }
            }
        }
        let jobs = garage.table("Jobs").unwrap();
        let sources = sources([
            ("customers.csv", false, list.clone()),
            ("vehicles.csv", false, tab.clone()),
            ("jobs.csv", false, jobs.clone()),
        ]);
        on_each_database(|workspace| {
            for (name, table) in [("customers.csv", &list), ("vehicles.csv", &tab), ("jobs.csv", &jobs)] {
                workspace.write(name, csv_file(table));
            }
            workspace.run("import customers.csv vehicles.csv jobs.csv --on-duplicate create --orphans unlinked");
            let export = export(workspace);
            let fills = export.lines("fills.ndjson");
            assert!(fills.len() > 20, "{}", fills.len());
            check_every_value(workspace, &export, &sources);
        });
    }
}

const EXISTING: &str = "
    Customer ID | First Name | Last Name | Email                  | Landline      | Address      | City    | Postcode
    A-1         | Marta      | Ellwood   | marta@ellwood.example  | 01632 960001  | 14 Mill Lane | Norbury | NB1 2AB
";
const INCOMING: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|AddressLine1|Town|Postcode|CustomerGroupName|VehicleRegistration|VehicleMake
    000001|Marta Ellwood|07181 050327|01632 960777|Marta@Ellwood.example|9 Station Road|Kelbridge|KB3 4CD|Retail|TX69RYA|Ford
";

#[test]
fn a_merge_is_explained_by_what_it_filled_and_by_the_decision() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        workspace.import("crm.csv", 0);
        workspace.write("export.xlsx", workbook(&[table("CustomersAndVehicles", INCOMING)]));
        workspace.import("export.xlsx --on-duplicate merge", 0);
        let export = export(workspace);
        let explainer = Explainer::new(&export);
        let customer = workspace.query("SELECT id FROM customer");
        assert_eq!(customer.len(), 1);
        let [decision] = export.lines("duplicates.ndjson").try_into().unwrap();
        assert_eq!(
            (&decision["decision"], &decision["effective"]),
            (&Value::Null, &"merge".into())
        );
        let id = decision["match_record_id"].as_str().unwrap();
        let phone = explainer.explain(id, "phone", &"+447181050327".into());
        let Some(Origin::Cell {
            file,
            sheet,
            row,
            headers,
            raw,
        }) = phone
        else {
            panic!("{phone:?}")
        };
        assert_eq!(
            (file.as_str(), sheet.as_deref(), row),
            ("export.xlsx", Some("CustomersAndVehicles"), 2)
        );
        assert_eq!(raw, "07181 050327");
        assert!(headers.contains(&"Phone".to_owned()), "{headers:?}");
        // What the record had before, this run did not write.
        assert_eq!(explainer.explain(id, "landline", &"+441632960001".into()), None);
        let filled = export.lines("journal.ndjson");
        let filled = filled.iter().find(|line| line["action"] == "updated").unwrap();
        assert_eq!(filled["before"]["phone"], Value::Null);
        assert!(filled["before"].get("landline").is_none());
    });
}

/// The SHA-256 in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Every member is what the manifest says, and the log's head is in it.
fn check_manifest(workspace: &Workspace, export: &Export) {
    let manifest = export.json("manifest.json");
    assert_eq!(manifest["format"], "torqueflow-audit-export-1");
    let listed = manifest["members"].as_array().unwrap();
    assert_eq!(listed.len(), export.0.len() - 1);
    for member in listed {
        let content = &export.0[member["name"].as_str().unwrap()];
        let hash = sha256(content);
        assert_eq!(member["sha256"], hash.as_str(), "{member}");
        assert_eq!(member["size_bytes"], content.len());
    }
    let upload = &export.json("uploads.json")[0];
    let hash = sha256(&fs::read(workspace.path("garage.xlsx")).unwrap());
    assert_eq!(upload["sha256"], hash.as_str());
    let head = manifest["audit_head"].as_str().unwrap();
    workspace.run(&format!("audit verify --head {head}")).exits(0);
    let actions = export.lines("audit_log.ndjson");
    let actions: Vec<&str> = actions.iter().map(|line| line["action"].as_str().unwrap()).collect();
    assert_eq!(actions.first(), Some(&"import_run.created"));
    assert_eq!(actions.last(), Some(&"import_run.exported"));
    assert_eq!(manifest["run"]["id"], workspace.newest_run());
    assert_eq!(
        export.lines("row_results.ndjson").len() as i64,
        workspace.number("SELECT count(*) FROM import_row_result")
    );
    assert_eq!(
        export.lines("findings.ndjson").len() as i64,
        workspace.number("SELECT count(*) FROM import_finding")
    );
    assert_eq!(
        export.lines("journal.ndjson").len() as i64,
        workspace.number("SELECT count(*) FROM import_journal") + workspace.record_places().len() as i64,
        "changes, and records that were created"
    );
}
