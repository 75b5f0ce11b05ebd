//! What a later import found unchanged: it stays when the earlier one is taken back, until the later one is taken back too.

use serde_json::{Value, json};

use crate::support::{Client, Workspace, csv_file, on_each_database, table, workbook};

const LIST: &str = "
    Customer Number | First Name | Last Name | Mobile       | Reg No  | Make
    C1              | Ann        | Ash       | 07700 900001 | AB12CDE | Ford
    C2              | Ben        | Birch     | 07700 900002 | CD34EFG | Saab
    C3              | Cat        | Cole      | 07700 900003 | EF56GHJ | Seat
";
/// Two of these, and somebody new.
const LATER: &str = "
    Customer Number | First Name | Last Name | Mobile       | Reg No  | Make
    C1              | Ann        | Ash       | 07700 900001 | AB12CDE | Ford
    C3              | Cat        | Cole      | 07700 900003 | EF56GHJ | Seat
    C4              | Dan        | Dale      | 07700 900004 | GH78JKL | Fiat
";

fn import(workspace: &Workspace, list: &'static str) -> String {
    workspace.write("list.csv", csv_file(&table("Customers", list)));
    let report = workspace.import("list.csv --source garage --on-duplicate create", 0);
    report["run_id"].as_str().unwrap().to_owned()
}

fn customers(workspace: &Workspace) -> Vec<String> {
    let rows = workspace.query("SELECT external_customer_number FROM customer ORDER BY 1");
    rows.into_iter().map(|row| row[0].clone()).collect()
}

fn registrations(workspace: &Workspace) -> Vec<String> {
    let rows = workspace.query("SELECT registration FROM vehicle ORDER BY 1");
    rows.into_iter().map(|row| row[0].clone()).collect()
}

#[track_caller]
fn roll_back(workspace: &Workspace, run: &str, options: &str, exit_code: i32) -> Value {
    let ran = workspace.run(&format!("rollback {run} --yes --json {options}"));
    ran.exits(exit_code).json()
}

fn reasons(report: &Value) -> Vec<String> {
    let reasons = report["reasons"].as_array().unwrap().iter();
    let told = reasons.map(|reason| {
        let words = [&reason["entity"], &reason["outcome"], &reason["code"]].map(|word| word.as_str().unwrap());
        format!("{} {}", words.join(" "), reason["count"])
    });
    told.collect()
}

#[test]
fn what_a_later_import_found_unchanged_stays_until_that_is_taken_back_too() {
    on_each_database(|workspace| {
        let first = import(workspace, LIST);
        let second = import(workspace, LATER);
        let kept = ["vehicle kept confirmed_since 2", "customer kept confirmed_since 2"];

        let preview = workspace
            .run(&format!("rollback {first} --dry-run --json"))
            .exits(3)
            .json();
        assert_eq!(
            (reasons(&preview), &preview["confirmations"]),
            (kept.map(str::to_owned).to_vec(), &json!(0))
        );
        let report = roll_back(workspace, &first, "", 3);
        assert_eq!(reasons(&report), kept);
        assert_eq!(customers(workspace), ["C1", "C3", "C4"]);
        assert_eq!(registrations(workspace), ["AB12CDE", "EF56GHJ", "GH78JKL"]);

        let report = roll_back(workspace, &second, "", 0);
        assert_eq!((reasons(&report), &report["confirmations"]), (Vec::new(), &json!(4)));
        assert_eq!(customers(workspace), ["C1", "C3"]);

        let report = roll_back(workspace, &first, "", 0);
        assert!(reasons(&report).is_empty());
        assert!(customers(workspace).is_empty() && registrations(workspace).is_empty());
    });
}

#[test]
fn what_is_confirmed_goes_too_where_that_is_asked_for() {
    on_each_database(|workspace| {
        let first = import(workspace, LIST);
        import(workspace, LATER);
        let preview = format!("rollback {first} --dry-run --json --remove-confirmed");
        let preview = workspace.run(&preview).exits(0).json();
        assert_eq!(
            preview["totals"],
            json!({ "reversed": 6, "kept": 0, "blocked": 0, "failed": 0 })
        );
        roll_back(workspace, &first, "--remove-confirmed", 0);
        assert_eq!(customers(workspace), ["C4"]);
    });
}

#[test]
fn an_import_that_only_found_everything_unchanged_can_be_taken_back() {
    on_each_database(|workspace| {
        let first = import(workspace, LIST);
        let again = import(workspace, LIST);
        let before = workspace.dump();
        let shown = workspace.run(&format!("rollback {again} --dry-run")).exits(0);
        assert!(
            shown.stdout.contains("6 records of earlier imports"),
            "{}",
            shown.stdout
        );
        let report = roll_back(workspace, &again, "", 0);
        assert_eq!((&report["writes"], &report["confirmations"]), (&json!(0), &json!(6)));
        assert_eq!(workspace.dump(), before);
        workspace.run(&format!("rollback {again} --yes")).exits(1);
        roll_back(workspace, &first, "", 0);
        assert!(customers(workspace).is_empty());
    });
}

/// An earlier import does not keep what a later one made of a record.
#[test]
fn only_later_imports_keep_a_record() {
    on_each_database(|workspace| {
        import(workspace, LIST);
        import(workspace, LIST);
        let changed = LIST.replace("07700 900002", "07700 900012").leak();
        let third = import(workspace, changed);
        let phone = || workspace.query("SELECT phone FROM customer WHERE external_customer_number = 'C2'");
        assert_eq!(phone(), [["+447700900012"]]);
        roll_back(workspace, &third, "", 0);
        assert_eq!(phone(), [["+447700900002"]]);
    });
}

/// A record of another organisation with the same numbers is another record.
#[test]
fn over_http_each_organisation_has_its_own() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let (ours, theirs) = (service.client("ours", "owner"), service.client("theirs", "owner"));
        let file = csv_file(&table("Customers", LIST));
        let upload = |client: &Client| {
            let options = [
                ("options", r#"{"auto_start": true, "on_duplicate": "create"}"#),
                ("source_system", "garage"),
            ];
            let run = client
                .upload("/v1/import-runs", &[("list.csv", file.clone())], &options)
                .ok();
            let run = format!("/v1/import-runs/{}", run["id"].as_str().unwrap());
            let done = client.get(&format!("{run}?wait=30")).ok();
            assert_eq!(done["status"], "completed", "{done}");
            run
        };
        let first = upload(&ours);
        upload(&theirs);
        upload(&theirs);
        let preview = client_preview(&ours, &first, "");
        assert_eq!(preview["totals"]["kept"], 0);
        let second = upload(&ours);
        assert_eq!(client_preview(&ours, &first, "")["totals"]["kept"], 6);
        assert_eq!(client_preview(&ours, &first, "?confirmed=remove")["totals"]["kept"], 0);
        assert_eq!(client_preview(&ours, &second, "")["confirmations"], 6);
        ours.get(&format!("{first}/rollback-preview?confirmed=perhaps"))
            .refused(400, "invalid_parameter");
        ours.post(&format!("{first}/rollback"), &json!({ "confirmed": "perhaps" }))
            .refused(400, "invalid_request");
        ours.post(&format!("{first}/rollback"), &json!({ "confirmed": "remove" }))
            .ok();
        let done = ours.get(&format!("{first}?wait=30")).ok();
        assert_eq!(done["status"], "rolled_back");
        assert!(ours.items("/v1/customers").is_empty());
        assert_eq!(theirs.items("/v1/customers").len(), 3);
    });
}

fn client_preview(client: &Client, run: &str, query: &str) -> Value {
    client.get(&format!("{run}/rollback-preview{query}")).ok()
}

const EXPORT: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled
    000001|Marta Ellwood|07181 050327|01632 960777|marta@ellwood.example||False|True|True
";
const JOBS: &str = "
    JobNumber|CustomerNumber|VehicleRegistration|JobDate
    20001|000001||21/03/2024 09:00:00
";
const NOTES: &str = "
    JobNumber|NoteDate|NoteText
    20001|21/03/2024 10:00:00|Asked for the old pads
    20001|21/03/2024 11:00:00|Collected
";

/// Lines come with their job, and stay with it.
#[test]
fn what_a_confirmed_line_belongs_to_keeps_all_of_its_lines() {
    on_each_database(|workspace| {
        let tables = [
            table("CustomersAndVehicles", EXPORT),
            table("Jobs", JOBS),
            table("JobNotes", NOTES),
        ];
        workspace.write("export.xlsx", workbook(&tables));
        let first = workspace.import("export.xlsx --on-duplicate create", 0)["run_id"].clone();
        // One of the lines alone.
        let one = NOTES.replace("    20001|21/03/2024 11:00:00|Collected\n", "").leak();
        workspace.write("JobNotes.csv", csv_file(&table("JobNotes", one)));
        workspace.import("JobNotes.csv --source techman", 0);
        roll_back(workspace, first.as_str().unwrap(), "", 3);
        let count = |table: &str| workspace.number(&format!("SELECT count(*) FROM {table}"));
        assert_eq!([count("work_order"), count("work_order_note")], [1, 2]);
    });
}

/// What one source says of a record is no word on what another source's record was merged into it for.
#[test]
fn another_source_confirms_nothing_of_a_merge() {
    on_each_database(|workspace| {
        let crm = "
            Customer ID | First Name | Last Name | Email
            A-1         | Marta      | Ellwood   | marta@ellwood.example
        ";
        workspace.write("crm.csv", csv_file(&table("Customers", crm)));
        workspace.import("crm.csv --source crm", 0);
        let before = workspace.dump();
        workspace.write("export.csv", csv_file(&table("Customers", EXPORT)));
        let merged = workspace.import("export.csv --source techman --on-duplicate merge", 0)["run_id"].clone();
        workspace.import("crm.csv --source crm", 0);
        let report = roll_back(workspace, merged.as_str().unwrap(), "", 0);
        assert!(reasons(&report).is_empty(), "{report}");
        assert_eq!(workspace.dump(), before);
    });
}
