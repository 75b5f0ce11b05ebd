//! Taking a run back: what is shown before, what goes, what stays and why, and how to go on.

use serde_json::{Value, json};

use crate::support::{Contents, Row, Workspace, csv_file, on_each_database, table, workbook};

/// A customer who was there before.
const EXISTING: &str = "
    Customer ID | First Name | Last Name | Email                 | Landline
    A-1         | Marta      | Ellwood   | marta@ellwood.example | 01632 960001
";
/// The same person, and another one.
const INCOMING: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|AddressLine1|Town|Postcode|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VehicleMake
    000001|Marta Ellwood|07181 050327|01632 960777|Marta@Ellwood.example|9 Station Road|Kelbridge|KB3 4CD|Retail|False|True|True|TX69RYA|Ford
    000002|Jonas Birch|07181 050328|01632 960778|jonas@birch.example|3 Mill Lane|Norbury|NB1 2AB|Retail|False|True|True|JX20ABC|Saab
";
const JOBS: &str = "
    JobNumber|CustomerNumber|VehicleRegistration|JobDate
    20001|000001|TX69RYA|21/03/2024 09:00:00
    20002|000002|JX20ABC|22/03/2024 09:00:00
";

const ORPHANED_JOBS: &str = "
    JobNumber|CustomerNumber|VehicleRegistration|JobDate
    30001|009999|ZZ19ZZZ|21/03/2024 09:00:00
";

/// Imports the existing customer; then the export, merged into it. Says what was there in between, and which run it was.
fn import_over_existing(workspace: &Workspace) -> (Contents, String) {
    workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
    workspace.import("crm.csv", 0);
    let before = workspace.contents();
    let export = [table("CustomersAndVehicles", INCOMING), table("Jobs", JOBS)];
    workspace.write("export.xlsx", workbook(&export));
    (before, import_export(workspace))
}

fn import_export(workspace: &Workspace) -> String {
    run_of(&workspace.import("export.xlsx --on-duplicate merge", 0))
}

fn run_of(report: &Value) -> String {
    report["run_id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn roll_back(workspace: &Workspace, run: &str, exit_code: i32) -> Value {
    let ran = workspace.run(&format!("rollback {run} --yes --json")).exits(exit_code);
    ran.json()
}

fn status(workspace: &Workspace, run: &str) -> Value {
    let shown = workspace.run(&format!("show {run} --json")).exits(0).json();
    let jobs: Vec<Value> = shown["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| job["status"].clone())
        .collect();
    json!([shown["status"], jobs])
}

/// What stays, and why: `["vehicle kept changed_since 1", …]`.
fn reasons(report: &Value) -> Vec<String> {
    let reasons = report["reasons"].as_array().unwrap();
    let line = |reason: &Value| {
        let text = |key: &str| reason[key].as_str().unwrap().to_owned();
        format!(
            "{} {} {} {}",
            text("entity"),
            text("outcome"),
            text("code"),
            reason["count"]
        )
    };
    reasons.iter().map(line).collect()
}

#[test]
fn a_run_is_taken_back_after_a_preview_and_can_be_imported_again() {
    on_each_database(|workspace| {
        let (before, run) = import_over_existing(workspace);
        let (imported, dump) = (workspace.contents(), workspace.dump());

        let preview = workspace
            .run(&format!("rollback {run} --dry-run --json"))
            .exits(0)
            .json();
        let customers = json!({ "deleted": 1, "restored": 1, "unlinked": 1, "kept": 0, "blocked": 0, "failed": 0 });
        assert_eq!(preview["entities"]["customer"], customers);
        assert_eq!(preview["entities"]["work_order"]["deleted"], 2);
        assert_eq!(preview["entities"]["customer_group"]["deleted"], 1);
        assert_eq!(preview["reasons"], json!([]));
        let refused = workspace.run(&format!("rollback {run}")).exits(2);
        assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
        assert_eq!(workspace.contents(), imported);
        assert_eq!(
            status(workspace, &run),
            json!(["completed", ["completed", "completed"]])
        );

        let report = roll_back(workspace, &run, 0);
        assert_eq!(report["entities"], preview["entities"]);
        assert_eq!(
            (&report["done"], &report["writes"]),
            (&preview["writes"], &preview["writes"])
        );
        assert_eq!(workspace.contents(), before);
        assert_eq!(
            status(workspace, &run),
            json!(["rolled_back", ["rolled_back", "rolled_back"]])
        );
        let again = workspace.run(&format!("rollback {run} --yes")).exits(1);
        assert!(again.stderr.contains("rolled_back"), "{}", again.stderr);

        import_export(workspace);
        assert_eq!(workspace.dump(), dump);
    });
}

#[test]
fn what_a_person_changed_stays_with_what_it_needs_until_it_is_gone() {
    on_each_database(|workspace| {
        let (before, run) = import_over_existing(workspace);
        workspace.execute("UPDATE vehicle SET colour = 'red', version = version + 1 WHERE registration = 'JX20ABC'");
        let edited = workspace.contents();

        let preview = workspace
            .run(&format!("rollback {run} --dry-run --json"))
            .exits(3)
            .json();
        let report = roll_back(workspace, &run, 3);
        let expected = [
            "vehicle kept changed_since 1",
            "customer_address kept owner_kept 1",
            "customer blocked in_use 1",
            "customer_group blocked in_use 1",
        ];
        assert_eq!(
            (reasons(&report), reasons(&preview)),
            (expected.map(str::to_owned).to_vec(), reasons(&report))
        );
        let example = json!({ "file": "export.xlsx", "sheet": "CustomersAndVehicles", "row": 3 });
        for (key, value) in example.as_object().unwrap() {
            assert_eq!(&report["reasons"][0]["examples"][0][key], value);
        }
        assert_eq!(report["reasons"][1]["message"], "the customer that it belongs to stays");
        assert_eq!(report["reasons"][2]["message"], "vehicles that stay need it");
        assert_eq!(
            status(workspace, &run),
            json!(["rollback_incomplete", ["completed", "rolled_back"]])
        );
        let after = workspace.contents();
        for table in ["vehicle", "customer_group"] {
            assert_eq!(rows(&after, table), 1, "{table}");
        }
        assert_eq!((rows(&after, "customer"), rows(&after, "customer_address")), (2, 1));
        let stays = |(key, row): (&(String, String), _)| before.get(key) == Some(row) || edited.get(key) == Some(row);
        assert!(after.iter().all(stays), "{after:#?}");

        workspace.execute("DELETE FROM vehicle WHERE registration = 'JX20ABC'");
        let report = roll_back(workspace, &run, 0);
        assert_eq!(reasons(&report), ["vehicle reversed gone 1"]);
        assert_eq!(workspace.contents(), before);
        assert_eq!(
            status(workspace, &run),
            json!(["rolled_back", ["rolled_back", "rolled_back"]])
        );
    });
}

#[test]
fn a_customer_that_stays_keeps_its_address() {
    on_each_database(|workspace| {
        let (before, run) = import_over_existing(workspace);
        workspace.execute("UPDATE customer SET notes = 'rings first', version = version + 1 WHERE last_name = 'Birch'");
        let edited = workspace.contents();
        let preview = workspace
            .run(&format!("rollback {run} --dry-run --json"))
            .exits(3)
            .json();
        let report = roll_back(workspace, &run, 3);
        let expected = [
            "customer_address kept owner_kept 1",
            "customer kept changed_since 1",
            "customer_group blocked in_use 1",
        ];
        assert_eq!(
            (reasons(&report), reasons(&preview)),
            (expected.map(str::to_owned).to_vec(), reasons(&report))
        );
        let after = workspace.contents();
        let addresses = |contents: &Contents| {
            let of_birch = |row: &Row| row.get("line_1").is_some_and(|line| line == "3 Mill Lane");
            let rows = contents
                .iter()
                .filter(|((table, _), row)| table == "customer_address" && of_birch(row));
            rows.map(|(key, row)| (key.clone(), row.clone())).collect::<Vec<_>>()
        };
        assert_eq!(addresses(&after).len(), 1);
        assert_eq!(addresses(&after), addresses(&edited));

        // As long as the customer is there, its address is.
        assert_eq!(reasons(&roll_back(workspace, &run, 3)), expected);
        workspace.execute("UPDATE customer SET notes = NULL, version = version - 1 WHERE last_name = 'Birch'");
        roll_back(workspace, &run, 0);
        assert_eq!(workspace.contents(), before);
    });
}

#[test]
fn importing_again_completes_what_a_rollback_had_to_leave() {
    on_each_database(|workspace| {
        let export = [table("CustomersAndVehicles", INCOMING), table("Jobs", JOBS)];
        workspace.write("export.xlsx", workbook(&export));
        let run = import_export(workspace);
        workspace.execute("UPDATE vehicle SET colour = 'red', version = version + 1 WHERE registration = 'JX20ABC'");
        let before = workspace.dump();
        roll_back(workspace, &run, 3);
        assert_ne!(workspace.dump(), before);
        import_export(workspace);
        assert_eq!(workspace.dump(), before);
    });
}

fn rows(contents: &Contents, table: &str) -> usize {
    contents.keys().filter(|(of, _)| of == table).count()
}

#[test]
fn runs_on_top_of_runs_are_taken_back_in_any_order() {
    on_each_database(|workspace| {
        let (_, above) = import_over_existing(workspace);
        let runs = workspace.run("runs --json").exits(0).json();
        let below = run_of(&runs[1]);

        let report = roll_back(workspace, &below, 3);
        assert_eq!(reasons(&report), ["customer kept changed_since 1"]);
        assert_eq!(roll_back(workspace, &above, 0)["reasons"], json!([]));
        assert_eq!(roll_back(workspace, &below, 0)["reasons"], json!([]));
        assert_eq!(workspace.contents(), Contents::new());
    });
}

#[test]
fn a_record_that_another_source_leads_to_stays() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        let below = run_of(&workspace.import("crm.csv", 0));
        // Skipped: nothing of the customer changes, and no vehicle is attached to it.
        workspace.write("export.csv", csv_file(&table("Customers", "
            CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled
            000001|Marta Ellwood|07181 050327|01632 960777|Marta@Ellwood.example||False|True|True
        ")));
        let above = run_of(&workspace.import("export.csv --source techman --on-duplicate skip", 0));
        assert_eq!(
            reasons(&roll_back(workspace, &below, 3)),
            ["customer blocked in_other_import 1"]
        );
        roll_back(workspace, &above, 0);
        roll_back(workspace, &below, 0);
        assert_eq!(workspace.contents(), Contents::new());
    });
}

#[test]
fn what_was_merged_stays_until_the_merge_is_undone() {
    on_each_database(|workspace| {
        let export = [table("CustomersAndVehicles", INCOMING), table("Jobs", JOBS)];
        workspace.write("export.xlsx", workbook(&export));
        let run = import_export(workspace);
        let merged = workspace.run("merge 000001 000002 --yes --json").exits(0).json();
        let preview = workspace
            .run(&format!("rollback {run} --dry-run --json"))
            .exits(3)
            .json();
        let reasons = reasons(&preview);
        for expected in [
            "customer kept merged_since 1",
            "customer kept changed_since 1",
            "vehicle kept changed_since 1",
        ] {
            assert!(
                reasons.iter().any(|reason| reason == expected),
                "{expected}: {reasons:?}"
            );
        }
        let merge = merged["merge_id"].as_str().unwrap();
        workspace.run(&format!("merge --undo {merge} --yes")).exits(0);
        roll_back(workspace, &run, 0);
        assert_eq!(workspace.contents(), Contents::new());
    });
}

/// A later file from the same source, in which a phone has changed.
#[test]
fn a_refresh_is_taken_back_to_what_the_first_import_said() {
    on_each_database(|workspace| {
        let write = |name: &str, customers: &str| {
            workspace.write(name, customers.replace('|', ","));
        };
        let lines: Vec<&str> = INCOMING
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .collect();
        write("first.csv", &lines.join("\n"));
        let first = run_of(&workspace.import("first.csv --source techman", 0));
        let before = workspace.contents();
        write(
            "second.csv",
            &lines.join("\n").replace("050327", "050999").replace("Ford", "Opel"),
        );
        let report = workspace.import("second.csv --source techman", 0);
        assert_eq!(report["entities"]["customer"]["updated"], 1);
        assert_ne!(workspace.contents(), before);

        let report = roll_back(workspace, &run_of(&report), 0);
        assert_eq!(report["entities"]["customer"]["restored"], 1);
        assert_eq!(workspace.contents(), before);
        roll_back(workspace, &first, 0);
        assert_eq!(workspace.contents(), Contents::new());
    });
}

#[test]
fn what_wrote_nothing_or_is_not_there_is_refused() {
    on_each_database(|workspace| {
        import_over_existing(workspace);
        // Nobody has this number, so no row lands.
        let orphans = table("Jobs", ORPHANED_JOBS);
        workspace.write("orphans.csv", csv_file(&orphans));
        let failed = run_of(&workspace.import("orphans.csv --source techman", 3));
        for (run, says) in [
            (failed.as_str(), "wrote nothing"),
            ("0190a0a0-0000-7000-8000-000000000000", "There is no run"),
        ] {
            for option in ["--dry-run", "--yes"] {
                let refused = workspace.run(&format!("rollback {run} {option}")).exits(1);
                assert!(refused.stderr.contains(says), "{}", refused.stderr);
            }
        }
        workspace.run("rollback first --yes").exits(2);
    });
}

#[test]
fn who_took_a_run_back_is_in_the_audit_log() {
    on_each_database(|workspace| {
        let (_, run) = import_over_existing(workspace);
        roll_back(workspace, &run, 0);
        let events = workspace.query(
            "SELECT actor, action FROM audit_event WHERE action LIKE 'import_run.roll%' ORDER BY occurred_at, id",
        );
        let expected = [["cli", "import_run.rolling_back"], ["cli", "import_run.rolled_back"]];
        assert_eq!(events, expected.map(|event| event.map(str::to_owned).to_vec()).to_vec());
    });
}
