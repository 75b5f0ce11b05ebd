//! Reports on a run agree with what it says of itself, with the error log, and with the tables.

use std::collections::BTreeMap;

use serde_json::Value;
use torqueflow_app::reports::{Outcome, RecordsWanted, ReportedRecord, reconciliation_records};
use torqueflow_model::EntityKind;
use torqueflow_test_support::sample::{Garage, SampleOptions};
use uuid::Uuid;

use crate::findings;
use crate::support::{Export, Workspace, csv_file, on_each_database, table, workbook};

const OUTCOMES: [(&str, Outcome); 4] = [
    ("created", Outcome::Created),
    ("merged", Outcome::Merged),
    ("skipped", Outcome::Skipped),
    ("flagged", Outcome::Flagged),
];

fn garage() -> Garage {
    Garage::generate(&SampleOptions {
        customers: 150,
        seed: 17,
    })
}

/// Imports the garage and reports on the run.
fn import(workspace: &Workspace, on_duplicate: &str) -> (Value, Value) {
    workspace.write("garage.xlsx", workbook(&garage().tables()));
    let arguments = format!("garage.xlsx --on-duplicate {on_duplicate} --error-log log.csv");
    let summary = workspace.import(&arguments, 3);
    let run = workspace.newest_run();
    let report = workspace.run(&format!("report {run} --json")).exits(0).json();
    (summary, report)
}

/// A number of a report: of an entity, or of a field of it.
type Number<'a> = (&'a str, Option<&'a str>, Outcome);

/// All records behind each number, over small pages.
fn records_behind(workspace: &Workspace, numbers: &[Number<'_>]) -> Vec<Vec<ReportedRecord>> {
    let run_id = Uuid::parse_str(&workspace.newest_run()).unwrap();
    workspace.with_app(async |app, organization| {
        let mut behind = Vec::new();
        for (entity, field, outcome) in numbers {
            let wanted = RecordsWanted {
                entity: EntityKind::from_name(entity).unwrap(),
                field: field.map(str::to_owned),
                outcome: *outcome,
            };
            let (mut items, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let page = reconciliation_records(&app, organization, run_id, &wanted, cursor.as_deref(), 37)
                    .await
                    .unwrap();
                items.extend(page.items);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            behind.push(items);
        }
        behind
    })
}

#[test]
fn reconciliation_agrees_with_the_run_and_leads_to_its_records() {
    on_each_database(|workspace| {
        for on_duplicate in ["merge", "skip"] {
            let workspace = Workspace::beside(workspace);
            let (summary, report) = import(&workspace, on_duplicate);
            let entities = report["reconciliation"]["entities"].as_array().unwrap();
            let counted = summary["entities"].as_object().unwrap();
            assert_eq!(entities.len(), counted.len());
            for entity in entities {
                let name = entity["entity"].as_str().unwrap();
                for (outcome, count) in counted[name].as_object().unwrap() {
                    assert_eq!(&entity[outcome], count, "{name} {outcome}");
                }
                let found = records_behind(&workspace, &OUTCOMES.map(|(_, outcome)| (name, None, outcome)));
                for ((key, _), found) in OUTCOMES.iter().zip(found) {
                    assert_eq!(entity[*key], found.len(), "{name} {key}");
                }
            }
            check_fields(&workspace, entities);
        }
    });
}

/// The numbers of a few fields lead to as many records; those of a created field are in the table.
fn check_fields(workspace: &Workspace, entities: &[Value]) {
    for (entity, field) in [
        ("customer", "phone"),
        ("customer", "customer_group_id"),
        ("vehicle", "customer_id"),
        ("vehicle", "registration"),
        ("work_order", "vehicle_id"),
        ("product", "cost_price"),
    ] {
        let of_entity = entities.iter().find(|line| line["entity"] == entity).unwrap();
        let line = of_entity["fields"]
            .as_array()
            .unwrap()
            .iter()
            .find(|line| line["field"] == field);
        let line = line.unwrap_or_else(|| panic!("{entity} {field}: {of_entity}"));
        let outcomes = OUTCOMES.into_iter().filter(|(key, _)| *key != "skipped");
        let numbers: Vec<_> = outcomes
            .clone()
            .map(|(_, outcome)| (entity, Some(field), outcome))
            .collect();
        for ((key, _), found) in outcomes.zip(records_behind(workspace, &numbers)) {
            assert_eq!(line[key], found.len(), "{entity} {field} {key}");
        }
        let stored = workspace.number(&format!("SELECT count({field}) FROM {entity}"));
        let written = line["created"].as_i64().unwrap() + line["merged"].as_i64().unwrap();
        // A record that a later row of its own batch was merged into is written whole, and counted as it was created.
        assert!(
            stored - written <= 2 && written <= stored,
            "{entity} {field}: {stored} {written}"
        );
    }
}

#[test]
fn data_quality_agrees_with_the_error_log_and_the_tables() {
    on_each_database(|workspace| {
        let (_, report) = import(workspace, "create");
        let quality = &report["data_quality"];
        let mut logged: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        for finding in findings::read(workspace, "log.csv") {
            let cells = finding.cells();
            *logged.entry((finding.sheet, finding.column, finding.code)).or_default() += cells;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut reported: BTreeMap<(String, String, String), i64> = BTreeMap::new();
        for line in quality["findings"].as_array().unwrap() {
            let key = (text(&line["sheet"]), text(&line["column"]), text(&line["code"]));
            *reported.entry(key).or_default() += line["count"].as_i64().unwrap();
            let examples = line["examples"].as_array().unwrap();
            let expected = line["count"].as_i64().unwrap().min(5);
            assert_eq!(examples.len() as i64, expected, "{line}");
            assert!(!text(&line["fix"]).is_empty() && !text(&line["message"]).is_empty());
            let share = line["share"].as_f64().unwrap();
            assert!(share > 0.0 && share <= 1.0, "{line}");
        }
        assert_eq!(reported, logged);
        let lines = quality["completeness"].as_array().unwrap();
        for line in lines {
            let (entity, field) = (text(&line["entity"]), text(&line["field"]));
            let stored = workspace.query(&format!("SELECT count(*), count({field}) FROM {entity}"));
            let counted = [&line["records"], &line["filled"]].map(Value::to_string);
            assert_eq!(stored, [counted], "{entity} {field}");
        }
        assert!(lines.len() > 60, "{}", lines.len());
    });
}

#[test]
fn reports_as_csv_are_safe_to_open_in_a_spreadsheet() {
    let workspace = Workspace::on_sqlite();
    let risky = table(
        "Customers",
        "Customer ID|First Name|Last Name|Email|Mobile\nA-1|Marta|Ellwood|marta@ellwood.example|=HYPERLINK(1)\n",
    );
    workspace.write("=risky.csv", csv_file(&risky));
    workspace.run("import =risky.csv");
    let run = workspace.newest_run();
    for (report, columns) in [("reconciliation", 10), ("data-quality", 13)] {
        let csv = workspace.run(&format!("report {run} --{report} --csv")).exits(0).stdout;
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        assert_eq!(reader.headers().unwrap().len(), columns);
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert!(!rows.is_empty());
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
    }
    let csv = workspace
        .run(&format!("report {run} --data-quality --csv"))
        .exits(0)
        .stdout;
    assert!(csv.contains("'=risky.csv") && csv.contains("=HYPERLINK(1)"), "{csv}");
}

#[test]
fn a_report_for_people_names_what_was_created_and_what_is_wrong() {
    let workspace = Workspace::on_sqlite();
    import(&workspace, "create");
    let run = workspace.newest_run();
    let said = workspace.run(&format!("report {run}")).exits(0).stdout;
    for words in ["Customer group", "Preserved", "With a value", "What to do"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

const FIRST: &str = "
    Customer ID | First Name | Last Name | Email                 | Mobile
    A-1         | Marta      | Ellwood   | marta@ellwood.example | 07911 123456
    A-2         | Ada        | Norbury   | ada@norbury.example   | 07911 123457
";
/// Both have changed at the source: the e-mail of one, the phone of both.
const LATER: &str = "
    Customer ID | First Name | Last Name | Email               | Mobile
    A-1         | Marta      | Ellwood   | new@ellwood.example | 07911 123458
    A-2         | Ada        | Norbury   | ada@norbury.example | 07911 123459
";

#[test]
fn a_refresh_is_told_field_by_field_with_what_people_kept() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", FIRST)));
        workspace.import("crm.csv", 0);
        let first = workspace.newest_run();
        workspace
            .execute("UPDATE customer SET phone = '+447700900123', version = version + 1 WHERE first_name = 'Marta'");
        workspace.write("crm.csv", csv_file(&table("Customers", LATER)));
        let summary = workspace.import("crm.csv", 0);
        let run = workspace.newest_run();
        let report = workspace
            .run(&format!("report {run} --reconciliation --json"))
            .exits(0)
            .json();
        let customer = &report["entities"][0];
        for (outcome, count) in summary["entities"]["customer"].as_object().unwrap() {
            assert_eq!(&customer[outcome], count, "{outcome}");
        }
        let of = |field: &str, outcome: &str| {
            let mut fields = customer["fields"].as_array().unwrap().iter();
            fields
                .find(|line| line["field"] == field)
                .map_or(0, |line| line[outcome].as_i64().unwrap())
        };
        assert_eq!((of("email", "updated"), of("email", "preserved")), (1, 0));
        assert_eq!((of("phone", "updated"), of("phone", "preserved")), (1, 1));
        let numbers = [None, Some("email"), Some("phone")].map(|field| ("customer", field));
        for (outcome, expected) in [
            (Outcome::Updated, [2, 1, 1]),
            (Outcome::Preserved, [1, 0, 1]),
            (Outcome::Merged, [0, 0, 0]),
        ] {
            let found = records_behind(workspace, &numbers.map(|(entity, field)| (entity, field, outcome)));
            assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), expected);
        }

        // The first run's export still says what that run left, whatever came later.
        workspace.run(&format!("audit export {first} -o first.zip")).exits(0);
        let export = Export::read(&std::fs::read(workspace.path("first.zip")).unwrap());
        let mappings = export.lines("mappings.ndjson");
        let marta = mappings.iter().find(|line| line["source_id"] == "A-1").unwrap();
        assert_eq!(marta["superseded"], true);
        assert_eq!(marta["values"]["email"]["value"], "marta@ellwood.example");
        assert_eq!(marta["values"]["phone"]["raw"], "07911 123456");
    });
}
