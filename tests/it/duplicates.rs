//! What becomes of a customer who is there already, and of everything that belongs to them.

use crate::support::{Records, Workspace, csv_file, on_each_database, table, workbook};

/// A customer from another system, without a phone, a group or flags.
const EXISTING: &str = "
    Customer ID | First Name | Last Name | Email                  | Landline      | Address      | City    | Postcode
    A-1         | Marta      | Ellwood   | marta@ellwood.example  | 01632 960001  | 14 Mill Lane | Norbury | NB1 2AB
";
/// The same person in Techman, with another landline and another address.
const INCOMING: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|AddressLine1|Town|Postcode|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VehicleMake
    000001|Marta Ellwood|07181 050327|01632 960777|Marta@Ellwood.example|9 Station Road|Kelbridge|KB3 4CD|Retail|False|True|True|TX69RYA|Ford
";
const JOBS: &str = "
    JobNumber|CustomerNumber|VehicleRegistration|JobDate
    20001|000001|TX69RYA|21/03/2024 09:00:00
";
const INVOICES: &str = "
    InvoiceNumber|JobNumber|CustomerNumber|InvoiceDate|TotalGross
    30001|20001|000001|22/03/2024 09:00:00|120.00
";
const PAYMENTS: &str = "
    PaymentNumber|InvoiceNumber|CustomerNumber|PaymentDate|Amount
    40001|30001|000001|23/03/2024 09:00:00|120.00
";

/// The two of them in one file: the same person under two numbers, each with a vehicle.
const TWICE: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration
    000001|Marta Ellwood||01632 960001|marta@ellwood.example|Retail|False|True|True|TX69RYA
    000002|Marta Ellwood|07181 050327|01632 960777|marta@ellwood.example|Trade|False|True|True|JX20ABC
";
const JOB_OF_SECOND: &str = "
    JobNumber|CustomerNumber|VehicleRegistration|JobDate
    20002|000002|JX20ABC|21/03/2024 09:00:00
";

/// Imports the existing customer, then the Techman export with a decision.
fn import_over_existing(workspace: &Workspace, action: &str) -> serde_json::Value {
    workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
    workspace.import("crm.csv --source crm", 0);
    let export = [
        table("CustomersAndVehicles", INCOMING),
        table("Jobs", JOBS),
        table("Invoices", INVOICES),
        table("Payments", PAYMENTS),
    ];
    workspace.write("export.xlsx", workbook(&export));
    let report = workspace.import(&format!("export.xlsx --on-duplicate {action}"), 0);
    assert_eq!(report["source_system"], "techman");
    report
}

fn import_twice_in_one_file(workspace: &Workspace, action: &str) -> serde_json::Value {
    let export = [table("CustomersAndVehicles", TWICE), table("Jobs", JOB_OF_SECOND)];
    workspace.write("export.xlsx", workbook(&export));
    workspace.import(&format!("export.xlsx --on-duplicate {action}"), 0)
}

fn customers(workspace: &Workspace) -> i64 {
    workspace.number("SELECT count(*) FROM customer")
}

/// Everything in the export belongs to this customer, and to each other.
#[track_caller]
fn assert_dependants_belong_to(records: &Records, customer: &str) {
    for entity in ["vehicle", "work_order", "invoice", "payment"] {
        assert_eq!(records.only(entity).text("customer_id"), customer, "{entity}");
    }
    let vehicle = records.only("vehicle");
    assert_eq!(
        records.only("work_order").text("vehicle_id"),
        format!("techman:{}", vehicle.source_id)
    );
    assert_eq!(records.only("invoice").text("work_order_id"), "techman:20001");
    assert_eq!(records.only("payment").text("invoice_id"), "techman:30001");
}

#[test]
fn a_match_without_a_decision_writes_nothing_more() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        workspace.import("crm.csv --source crm", 0);
        let before = (workspace.dump(), workspace.written());
        workspace.write("export.xlsx", workbook(&[table("CustomersAndVehicles", INCOMING)]));
        let undecided = workspace.run("import export.xlsx").exits(4);
        assert!(undecided.stdout.contains("same e-mail address"), "{}", undecided.stdout);
        assert!(
            undecided.stdout.contains("customer Marta Ellwood in the database"),
            "{}",
            undecided.stdout
        );
        assert_eq!((workspace.dump(), workspace.written()), before);
    });
}

#[test]
fn skip_leaves_the_match_as_it_is_and_attaches_what_belongs_to_it() {
    on_each_database(|workspace| {
        let report = import_over_existing(workspace, "skip");
        assert_eq!(report["entities"]["customer"]["skipped"], 1);
        assert_eq!(report["entities"]["customer"]["created"], 0);
        assert_eq!(report["entities"]["vehicle"]["created"], 1);
        assert_eq!(customers(workspace), 1);
        assert_eq!(workspace.number("SELECT count(*) FROM customer_address"), 1);
        let records = workspace.records();
        let known = records.get("customer", "crm", "A-1");
        assert_eq!(
            records.get("customer", "techman", "000001").values,
            known.values,
            "one record under two source ids"
        );
        assert_eq!((known.text("phone"), known.text("landline")), ("", "+441632960001"));
        assert_eq!(known.text("external_customer_number"), "A-1");
        assert_eq!(known.text("customer_group_id"), "");
        assert_dependants_belong_to(&records, "crm:A-1");
    });
}

#[test]
fn merge_fills_blanks_overwrites_nothing_and_adds_a_differing_address() {
    on_each_database(|workspace| {
        let report = import_over_existing(workspace, "merge");
        assert_eq!(report["entities"]["customer"]["merged"], 1);
        assert_eq!(report["entities"]["customer"]["created"], 0);
        assert_eq!(customers(workspace), 1);
        let records = workspace.records();
        let merged = records.get("customer", "crm", "A-1");
        assert_eq!(merged.text("phone"), "+447181050327", "was blank");
        assert_eq!(merged.text("customer_group_id"), "techman:retail", "was blank");
        assert_eq!(merged.values["on_stop"], false, "was unknown");
        assert_eq!(
            merged.values["notification_preferences"],
            serde_json::json!({"vehicle_reminders": true, "notifications": true})
        );
        assert_eq!(merged.text("landline"), "+441632960001", "was there");
        assert_eq!(merged.text("email"), "marta@ellwood.example", "was there");
        assert_eq!(merged.text("external_customer_number"), "A-1", "was there");
        let lines = records.texts("customer_address", "line_1");
        assert_eq!(
            lines.into_iter().collect::<Vec<_>>(),
            ["14 Mill Lane", "9 Station Road"]
        );
        assert_eq!(records.texts("customer_address", "customer_id").len(), 1);
        assert_dependants_belong_to(&records, "crm:A-1");
    });
}

#[test]
fn create_makes_a_customer_of_their_own_with_what_belongs_to_them() {
    on_each_database(|workspace| {
        let report = import_over_existing(workspace, "create");
        assert_eq!(report["entities"]["customer"]["created"], 1);
        assert_eq!(customers(workspace), 2);
        let records = workspace.records();
        let known = records.get("customer", "crm", "A-1");
        assert_eq!((known.text("phone"), known.text("landline")), ("", "+441632960001"));
        let own = records.get("customer", "techman", "000001");
        assert_eq!(
            (own.text("phone"), own.text("landline")),
            ("+447181050327", "+441632960777")
        );
        assert_dependants_belong_to(&records, "techman:000001");
    });
}

#[test]
fn a_second_import_after_skip_merge_or_create_changes_nothing() {
    for action in ["skip", "merge", "create"] {
        on_each_database(|workspace| {
            import_over_existing(workspace, action);
            let before = workspace.dump();
            let report = workspace.import(&format!("export.xlsx --on-duplicate {action}"), 0);
            assert_eq!(report["totals"]["imported"], 0, "{action}: {report}");
            assert_eq!(workspace.dump(), before, "{action}");
        });
    }
}

#[test]
fn skip_within_a_file_attaches_the_later_vehicle_and_job_to_the_first_record() {
    on_each_database(|workspace| {
        import_twice_in_one_file(workspace, "skip");
        assert_eq!(customers(workspace), 1);
        let records = workspace.records();
        let first = records.get("customer", "techman", "000001");
        assert_eq!(
            (first.text("phone"), first.text("customer_group_id")),
            ("", "techman:retail")
        );
        assert_eq!(records.of("vehicle").count(), 2);
        let owners = records.texts("vehicle", "customer_id");
        assert_eq!(owners.into_iter().collect::<Vec<_>>(), ["techman:000001"]);
        assert_eq!(records.only("work_order").text("customer_id"), "techman:000001");
        assert_eq!(records.only("work_order").text("vehicle_id"), "techman:000002|JX20ABC");
    });
}

#[test]
fn merge_within_a_file_fills_the_blanks_of_the_first_record() {
    on_each_database(|workspace| {
        import_twice_in_one_file(workspace, "merge");
        assert_eq!(customers(workspace), 1);
        let records = workspace.records();
        let first = records.get("customer", "techman", "000001");
        assert_eq!(first.text("phone"), "+447181050327", "was blank");
        assert_eq!(first.text("landline"), "+441632960001", "was there");
        assert_eq!(first.text("customer_group_id"), "techman:retail", "was there");
        assert_eq!(records.only("work_order").text("customer_id"), "techman:000001");
    });
}

#[test]
fn create_within_a_file_keeps_both_records_apart() {
    on_each_database(|workspace| {
        import_twice_in_one_file(workspace, "create");
        assert_eq!(customers(workspace), 2);
        let records = workspace.records();
        let owners = records.texts("vehicle", "customer_id");
        assert_eq!(
            owners.into_iter().collect::<Vec<_>>(),
            ["techman:000001", "techman:000002"]
        );
        assert_eq!(records.only("work_order").text("customer_id"), "techman:000002");
    });
}

/// What somebody who opens the list in a spreadsheet gets back, by column.
fn exported(workspace: &Workspace, run: &str) -> Vec<std::collections::HashMap<String, String>> {
    workspace.run(&format!("duplicates {run} --export decide.csv"));
    let text = workspace.read("decide.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

#[test]
fn decisions_are_taken_in_a_spreadsheet() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        workspace.import("crm.csv --source crm", 0);
        let export = [table("CustomersAndVehicles", TWICE)];
        workspace.write("export.xlsx", workbook(&export));
        let asked = workspace.run("import export.xlsx").exits(4);
        let run = workspace.newest_run();
        assert!(
            asked.stderr.contains(&format!("duplicates {run} --export")),
            "{}",
            asked.stderr
        );
        let listed = workspace.run(&format!("duplicates {run}")).exits(4);
        assert!(listed.stdout.contains("same e-mail address"), "{}", listed.stdout);

        let matches = exported(workspace, &run);
        let found: Vec<_> = matches
            .iter()
            .map(|found| (&*found["row"], &*found["action"]))
            .collect();
        assert_eq!(found, [("2", ""), ("3", "")]);
        let fills = &matches[1]["merge_fills"];
        assert!(fills.starts_with("Mobile: +447181050327; "), "{fills}");

        // As a German Excel saves it, with the columns moved.
        let decided = format!(
            "Action;note;ID\r\nmerge;so;{}\r\nCreate;;{}\r\n",
            matches[0]["id"], matches[1]["id"]
        );
        workspace.write("decided.csv", decided);
        workspace.run(&format!("duplicates {run} --apply decided.csv")).exits(0);
        let actions: Vec<_> = exported(workspace, &run)
            .iter()
            .map(|found| found["action"].clone())
            .collect();
        assert_eq!(actions, ["merge", "create"]);
        workspace.run("import export.xlsx").exits(0);
        assert_eq!(customers(workspace), 2);
        let late = workspace.run(&format!("duplicates {run} --apply decided.csv")).exits(1);
        assert!(late.stderr.contains("can't be decided on"), "{}", late.stderr);
    });
}

#[test]
fn decisions_that_make_no_sense_are_named_by_row_and_none_is_taken() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        workspace.import("crm.csv --source crm", 0);
        workspace.write("export.xlsx", workbook(&[table("CustomersAndVehicles", TWICE)]));
        workspace.run("import export.xlsx").exits(4);
        let run = workspace.newest_run();
        let id = exported(workspace, &run)[0]["id"].clone();
        let refused = |content: String, expected: &str| {
            workspace.write("decided.csv", content);
            let refused = workspace.run(&format!("duplicates {run} --apply decided.csv")).exits(1);
            assert!(refused.stderr.contains(expected), "{}", refused.stderr);
            assert!(exported(workspace, &run).iter().all(|found| found["action"].is_empty()));
        };
        refused(
            format!("id,action\n{id},merge\n{id},delete\nnobody,skip\n"),
            "row 3: `delete` is no action; use skip, merge, create or nothing; row 4: the run has no match `nobody`",
        );
        refused(
            format!("id,action\n{id},merge\n{id},skip\n"),
            "is there twice, with two actions",
        );
        refused(
            format!("id,decision\n{id},merge\n"),
            "has no column `action`; it needs id, action",
        );
        refused(String::new(), "decided.csv");
        let elsewhere = format!("duplicates {run} --organization elsewhere");
        workspace.run(&elsewhere).exits(1);
        workspace.run(&format!("{elsewhere} --apply decided.csv")).exits(1);
    });
}
