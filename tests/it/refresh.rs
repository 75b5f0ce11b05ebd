//! A later file from the same source: what the source changed is taken over, what people did here is left alone.

use serde_json::{Value, json};

use crate::findings::{self, Finding};
use crate::support::{Workspace, csv_file, on_each_database, table, workbook};

/// Two customers as Techman has them, the first with a vehicle.
const FIRST: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|AddressLine1|AddressLine2|Town|Postcode|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VehicleMake
    000001|Mrs Marta Ellwood|07181 050327|01632 960777|marta@ellwood.example|9 Station Road|Elmfield|Kelbridge|KB3 4AB|Retail|False|True|True|TX69RYA|Ford
    000002|Piotr Nowicki|07181 050330||piotr@nowicki.example|1 High Street||Kelbridge|KB3 5EF|Trade|False|False|True||
";
/// The record that the first of them became.
const MARTA: &str = "(SELECT record_id FROM import_mapping WHERE entity_type = 'customer' AND source_id = '000001')";

/// Imports a table as the only tab of a workbook.
#[track_caller]
fn import(workspace: &Workspace, text: &str, options: &str) -> Value {
    let text: &'static str = text.to_owned().leak();
    workspace.write("export.xlsx", workbook(&[table("CustomersAndVehicles", text)]));
    workspace.import(&format!("export.xlsx --error-log log.csv {options}"), 0)
}

/// Changes a customer as a person would.
fn edit(workspace: &Workspace, number: &str, assignments: &str) {
    workspace.execute(&format!(
        "UPDATE customer SET {assignments}, version = version + 1 WHERE external_customer_number = '{number}'"
    ));
}

fn customer(workspace: &Workspace, number: &str) -> crate::support::Record {
    workspace.records().get("customer", "techman", number).clone()
}

/// What was written of all records and mappings: no two writes leave it the same.
fn traces(workspace: &Workspace) -> Vec<Vec<String>> {
    workspace.query(
        "SELECT 'customer', id, version, updated_at FROM customer \
         UNION ALL SELECT 'customer_address', id, version, updated_at FROM customer_address \
         UNION ALL SELECT 'vehicle', id, version, updated_at FROM vehicle \
         UNION ALL SELECT 'mapping', record_id, 0, updated_at FROM import_mapping \
         UNION ALL SELECT 'journal', record_id, row_number, NULL FROM import_journal ORDER BY 1, 2, 3, 4",
    )
}

/// The lines of the error log that tell of preserved fields.
fn preserved(workspace: &Workspace) -> Vec<Finding> {
    let mut lines = findings::read(workspace, "log.csv");
    lines.retain(|line| line.code == "field_preserved");
    lines
}

fn codes(workspace: &Workspace) -> Vec<String> {
    let lines = findings::read(workspace, "log.csv");
    lines.into_iter().map(|line| line.code).collect()
}

#[track_caller]
fn check_counts(report: &Value, entity: &str, expected: &Value) {
    let counts = report["entities"][entity].as_object().cloned().unwrap_or_default();
    let counts: Value = counts.into_iter().filter(|(_, count)| *count != 0).collect();
    assert_eq!(&counts, expected, "{entity}");
}

#[track_caller]
fn check_rows(report: &Value, expected: &Value) {
    let totals = report["totals"].as_object().unwrap().clone();
    let is_none = |count: &Value| *count == 0 || *count == json!({});
    let totals: Value = totals.into_iter().filter(|(_, count)| !is_none(count)).collect();
    assert_eq!(&totals, expected);
}

#[test]
fn what_the_source_changed_is_taken_over_and_nothing_else_is_written() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let before = traces(workspace);
        let report = import(workspace, &FIRST.replace("07181 050327", "07181 050999"), "");
        assert_eq!(report["mode"], "refresh");
        check_rows(&report, &json!({"rows": 2, "updated": 1, "unchanged": 1}));
        check_counts(&report, "customer", &json!({"updated": 1, "unchanged": 1}));
        check_counts(&report, "customer_address", &json!({"unchanged": 2}));
        check_counts(&report, "vehicle", &json!({"unchanged": 1}));
        let marta = customer(workspace, "000001");
        assert_eq!(marta.text("phone"), "+447181050999");
        assert_eq!(marta.text("phone_as_given"), "07181 050999");
        assert_eq!(marta.text("landline"), "+441632960777");

        let after = traces(workspace);
        let gone: Vec<_> = before.iter().filter(|trace| !after.contains(trace)).collect();
        assert_eq!(gone.len(), 2, "a customer and its mapping were written: {gone:?}");
        assert_eq!(after.len(), before.len() + 1, "and a line of the journal");
        let journal = workspace.query(
            "SELECT action, version_after, CAST(before AS TEXT), mapping_source_id FROM import_journal \
             WHERE mapping_before IS NOT NULL",
        );
        let [action, version_after, images, source_id] = journal[0].as_slice() else {
            panic!("{journal:?}");
        };
        assert_eq!(
            (action.as_str(), version_after.as_str(), source_id.as_str()),
            ("updated", "2", "000001")
        );
        assert_eq!(
            serde_json::from_str::<Value>(images).unwrap(),
            json!({"phone": "+447181050327", "phone_as_given": "07181 050327"})
        );
    });
}

#[test]
fn a_second_refresh_of_the_same_file_writes_nothing() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let changed = FIRST
            .replace("07181 050327", "07181 050999")
            .replace("Elmfield", "Ashfield");
        import(workspace, &changed, "");
        let before = traces(workspace);
        let report = import(workspace, &changed, "");
        check_rows(&report, &json!({"rows": 2, "unchanged": 2}));
        assert_eq!(traces(workspace), before);
    });
}

#[test]
fn a_field_that_a_person_changed_is_preserved_and_reported_with_its_three_values() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        edit(workspace, "000001", "phone = '+447181050111', notes = 'Rings twice'");
        edit(workspace, "000002", "phone = '+447181050222'");
        let changed = FIRST
            .replace("07181 050327", "07181 050999")
            .replace("piotr@nowicki.example", "post@nowicki.example");
        let report = import(workspace, &changed, "");
        check_rows(&report, &json!({"rows": 2, "updated": 1, "unchanged": 1}));
        check_counts(&report, "customer", &json!({"updated": 1, "preserved": 1}));
        let marta = customer(workspace, "000001");
        assert_eq!(
            (marta.text("phone"), marta.text("notes")),
            ("+447181050111", "Rings twice")
        );
        let piotr = customer(workspace, "000002");
        assert_eq!(
            (piotr.text("phone"), piotr.text("email")),
            ("+447181050222", "post@nowicki.example"),
            "only the e-mail changed at the source"
        );
        let lines = preserved(workspace);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!((lines[0].row, lines[0].column.as_str()), (2, "Phone"));
        assert_eq!(
            (lines[0].severity.as_str(), lines[0].value.as_str()),
            ("info", "07181 050999")
        );
        assert!(
            lines[0].message.ends_with(
                "Mobile is `+447181050111` here, was imported as `+447181050327`, and is `+447181050999` at the source now"
            ),
            "{}",
            lines[0].message
        );

        // It was said once. The source says the same again, and something else of another field.
        import(workspace, &changed.replace("marta@ellwood", "m@ellwood"), "");
        assert!(preserved(workspace).is_empty());
        let marta = customer(workspace, "000001");
        assert_eq!(
            (marta.text("phone"), marta.text("email")),
            ("+447181050111", "m@ellwood.example")
        );
    });
}

#[test]
fn blanks_wipe_only_when_asked_and_only_what_nobody_changed() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let blank = FIRST
            .replace("01632 960777", "")
            .replace("07181 050330", "")
            .replace("07181 050327", "not known");
        edit(workspace, "000002", "phone = '+447181050222'");
        let report = import(workspace, &blank, "");
        check_rows(&report, &json!({"rows": 2, "unchanged": 2}));
        let marta = customer(workspace, "000001");
        assert_eq!(
            (marta.text("phone"), marta.text("landline")),
            ("+447181050327", "+441632960777")
        );
        assert!(!codes(workspace).contains(&"field_preserved".to_owned()));

        import(workspace, FIRST, "");
        let report = import(workspace, &blank, "--blank-wipes");
        check_rows(&report, &json!({"rows": 2, "updated": 1, "unchanged": 1}));
        let marta = customer(workspace, "000001");
        assert_eq!(marta.values.get("landline"), None);
        assert_eq!(
            marta.text("phone"),
            "+447181050327",
            "a cell that can't be read is not blank"
        );
        assert_eq!(customer(workspace, "000002").text("phone"), "+447181050222");
        assert_eq!(preserved(workspace).len(), 1);
    });
}

#[test]
fn a_column_that_a_later_file_does_not_have_wipes_nothing() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let fewer = "
            CustomerNumber|CustomerName|Phone|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration
            000001|Mrs Marta Ellwood|07181 050327|new@ellwood.example|Retail|False|True|True|TX69RYA
        ";
        let report = import(workspace, fewer, "--blank-wipes");
        check_counts(&report, "customer", &json!({"updated": 1}));
        let marta = customer(workspace, "000001");
        assert_eq!(marta.text("email"), "new@ellwood.example");
        assert_eq!(marta.text("phone"), "+447181050327");
        assert_eq!(
            workspace.number("SELECT count(*) FROM customer_address WHERE line_1 IS NOT NULL"),
            2
        );
    });
}

#[test]
fn new_rows_are_created_and_rows_that_are_missing_change_nothing() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let later = "
            CustomerNumber|CustomerName|Phone|Email|AddressLine1|Town|Postcode|DeliveryAddressLine1|DeliveryTown|DeliveryPostcode|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration
            000003|Ines Duarte|07181 050444||4 Quay Street|Kelbridge|KB3 6GH||||Trade|False|True|True|JX20ABC
            000001|Mrs Marta Ellwood|07181 050327|marta@ellwood.example|9 Station Road|Kelbridge|KB3 4AB|Unit 4|Norbury|NB1 2AB|Retail|False|True|True|KX21DEF
        ";
        let report = import(workspace, later, "");
        check_rows(&report, &json!({"rows": 2, "imported": 2}));
        check_counts(&report, "customer", &json!({"created": 1, "unchanged": 1}));
        check_counts(&report, "vehicle", &json!({"created": 2}));
        // The new customer's, and a place of delivery for the one who is known.
        check_counts(&report, "customer_address", &json!({"created": 2, "unchanged": 1}));
        let records = workspace.records();
        assert_eq!(records.source_ids("customer").len(), 3);
        assert_eq!(records.source_ids("vehicle").len(), 3);
        assert_eq!(
            records.get("customer", "techman", "000002").text("phone"),
            "+447181050330"
        );
    });
}

#[test]
fn records_that_people_made_are_invisible() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        workspace.execute(&format!(
            "INSERT INTO customer (organization_id, id, created_at, updated_at, version, display_name, sort_name, phone) \
             SELECT organization_id, {}, created_at, updated_at, 7, 'Ines Duarte', 'duarte ines', '+447181050444' \
             FROM customer WHERE external_customer_number = '000001'",
            own_id(workspace)
        ));
        let report = import(workspace, &FIRST.replace("07181 050327", "07181 050444"), "");
        check_rows(&report, &json!({"rows": 2, "updated": 1, "unchanged": 1}));
        let native = workspace.query("SELECT version, phone FROM customer WHERE display_name = 'Ines Duarte'");
        assert_eq!(native, [["7", "+447181050444"]]);
        assert_eq!(customer(workspace, "000001").text("phone"), "+447181050444");
    });
}

/// The id of a person's record, as the database has ids.
fn own_id(workspace: &Workspace) -> &'static str {
    if workspace.database_name() == "sqlite" {
        "X'01900000000070008000000000000001'"
    } else {
        "'01900000-0000-7000-8000-000000000001'"
    }
}

#[test]
fn an_address_that_moved_is_taken_over_whole_and_a_corrected_one_is_left_whole() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        workspace.execute(
            "UPDATE customer_address SET line_1 = '1a High Street', version = version + 1 WHERE line_1 = '1 High Street'",
        );
        let moved = FIRST
            .replace(
                "9 Station Road|Elmfield|Kelbridge|KB3 4AB",
                "2 Mill Lane||Norbury|NB1 2AB",
            )
            .replace(
                "1 High Street||Kelbridge|KB3 5EF",
                "8 Park Row|Top floor|Norbury|NB1 3DE",
            );
        let report = import(workspace, &moved, "");
        check_counts(&report, "customer_address", &json!({"updated": 1, "preserved": 1}));
        let addresses =
            workspace.query("SELECT line_1, line_2, city, postal_code FROM customer_address ORDER BY line_1");
        assert_eq!(
            addresses,
            [
                ["1a High Street", "", "Kelbridge", "KB3 5EF"],
                ["2 Mill Lane", "", "Norbury", "NB1 2AB"]
            ]
        );
        let columns: Vec<_> = preserved(workspace).into_iter().map(|line| line.column).collect();
        assert_eq!(columns, ["AddressLine1", "AddressLine2", "Town", "Postcode"]);
    });
}

#[test]
fn the_parts_of_a_name_follow_it() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        import(workspace, &FIRST.replace("Mrs Marta Ellwood", "Ellwood Motors Ltd"), "");
        let marta = customer(workspace, "000001");
        assert_eq!(
            (marta.text("display_name"), marta.text("company")),
            ("Ellwood Motors Ltd", "Ellwood Motors Ltd")
        );
        for part in ["title", "first_name", "last_name"] {
            assert_eq!(marta.values.get(part), None, "{part}");
        }
    });
}

#[test]
fn preferences_are_refreshed_key_by_key() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let preferences = r#"{"vehicle_reminders": true, "notifications": false, "email": true}"#;
        edit(
            workspace,
            "000001",
            &format!("notification_preferences = '{preferences}'"),
        );
        // Reminders are switched off at the source, notifications too, where a person has done so here already.
        let changed = FIRST.replace("Retail|False|True|True", "Retail|False|False|False");
        let report = import(workspace, &changed, "");
        check_counts(&report, "customer", &json!({"updated": 1, "unchanged": 1}));
        assert_eq!(
            customer(workspace, "000001").values["notification_preferences"],
            json!({"vehicle_reminders": false, "notifications": false, "email": true})
        );
    });
}

#[test]
fn lookups_are_refreshed_by_name_and_made_only_when_asked() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let report = import(workspace, &FIRST.replace("|Retail|", "|Trade|"), "");
        check_counts(&report, "customer", &json!({"updated": 1, "unchanged": 1}));
        assert_eq!(customer(workspace, "000001").text("customer_group_id"), "techman:trade");

        let unknown = FIRST.replace("|Retail|", "|Fleet|");
        let report = import(workspace, &unknown, "");
        check_counts(&report, "customer", &json!({"unchanged": 2}));
        assert!(codes(workspace).contains(&"lookup_not_created".to_owned()));
        assert_eq!(customer(workspace, "000001").text("customer_group_id"), "techman:trade");

        // A lookup that a person renamed stays that lookup, as long as the source calls it what it did.
        workspace
            .execute("UPDATE customer_group SET name = 'Traders', sort_name = 'traders' WHERE sort_name = 'trade'");
        let report = import(
            workspace,
            &unknown.replace("07181 050330", "07181 050331"),
            "--create-missing on",
        );
        check_counts(&report, "customer", &json!({"updated": 1, "unchanged": 1}));
        assert_eq!(customer(workspace, "000002").text("customer_group_id"), "techman:trade");
        let report = import(
            workspace,
            &unknown.replace("01632 960777", "01632 960778"),
            "--create-missing on",
        );
        check_counts(&report, "customer", &json!({"updated": 2}));
        assert_eq!(customer(workspace, "000001").text("customer_group_id"), "techman:fleet");
    });
}

#[test]
fn a_job_that_moves_to_another_customer_and_vehicle_is_linked_anew() {
    const JOBS: &str = "
        JobNumber|CustomerNumber|VehicleRegistration|JobDate
        20001|000001|TX69RYA|21/03/2024 09:00:00
        20002|000001|TX69RYA|25/03/2024 09:00:00
    ";
    let garage = FIRST.replace("|True||\n", "|True|JX20ABC|Seat\n").leak();
    on_each_database(|workspace| {
        workspace.write(
            "export.xlsx",
            workbook(&[table("CustomersAndVehicles", garage), table("Jobs", JOBS)]),
        );
        workspace.import("export.xlsx", 0);
        // A person gave the second job to somebody else.
        workspace.execute(
            "UPDATE work_order SET customer_id = (SELECT id FROM customer WHERE external_customer_number = '000002'), \
             version = version + 1 WHERE number = '20002'",
        );
        let moved = JOBS.replace("20001|000001|TX69RYA", "20001|000002|JX20ABC").leak();
        workspace.write("jobs.csv", csv_file(&table("Jobs", moved)));
        let report = workspace.import("jobs.csv", 0);
        check_counts(&report, "work_order", &json!({"updated": 1, "unchanged": 1}));
        let records = workspace.records();
        let job = records.get("work_order", "techman", "20001");
        assert_eq!(
            (job.text("customer_id"), job.text("vehicle_id")),
            ("techman:000002", "techman:000002|JX20ABC")
        );
        let other = records.get("work_order", "techman", "20002");
        assert_eq!(other.text("customer_id"), "techman:000002", "as the person left it");
    });
}

#[test]
fn what_has_no_id_is_known_by_its_content() {
    const JOBS: &str = "
        JobNumber|CustomerNumber|VehicleRegistration|JobDate
        20001|000001|TX69RYA|21/03/2024 09:00:00
    ";
    const NOTES: &str = "
        JobNumber|NoteDate|NoteText
        20001|21/03/2024 10:00:00|Rang the customer
        20001|21/03/2024 10:00:00|Rang the customer
        20001|21/03/2024 12:00:00|Parts are here
    ";
    on_each_database(|workspace| {
        let export = [
            table("CustomersAndVehicles", FIRST),
            table("Jobs", JOBS),
            table("JobNotes", NOTES),
        ];
        workspace.write("export.xlsx", workbook(&export));
        workspace.import("export.xlsx", 0);
        assert_eq!(workspace.number("SELECT count(*) FROM work_order_note"), 3);
        let changed = NOTES.replace("Parts are here", "Parts are fitted").leak();
        workspace.write("notes.csv", csv_file(&table("JobNotes", changed)));
        let report = workspace.import("notes.csv", 0);
        check_counts(&report, "work_order_note", &json!({"created": 1, "unchanged": 2}));
        let report = workspace.import("notes.csv", 0);
        check_counts(&report, "work_order_note", &json!({"unchanged": 3}));
    });
}

#[test]
fn a_record_that_a_person_removed_is_not_created_again() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        workspace.execute(
            "DELETE FROM customer_address WHERE line_1 = '1 High Street'; \
             DELETE FROM customer WHERE external_customer_number = '000002'",
        );
        let changed = FIRST
            .replace("07181 050330", "07181 050331")
            .replace("|False|True||", "|False|True|JX20ABC|Seat");
        workspace.write(
            "export.xlsx",
            workbook(&[table("CustomersAndVehicles", changed.leak())]),
        );
        let report = workspace.import("export.xlsx --error-log log.csv", 3);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 1);
        assert_eq!(codes(workspace), ["orphan"], "the new vehicle belongs to nobody");
        check_rows(&report, &json!({"rows": 2, "unchanged": 1, "failed": 1}));

        let report = import(workspace, &FIRST.replace("07181 050330", "07181 050332"), "");
        check_rows(&report, &json!({"rows": 2, "skipped_choice": 1, "unchanged": 1}));
        check_counts(&report, "customer", &json!({"skipped": 1, "unchanged": 1}));
        assert_eq!(codes(workspace), ["record_gone"]);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 1);
    });
}

/// A customer from another system.
const EXISTING: &str = "
    Customer ID | First Name | Last Name | Email                  | Landline
    A-1         | Marta      | Ellwood   | marta@ellwood.example  | 01632 960001
";

#[test]
fn of_a_record_that_was_merged_into_only_what_the_source_filled_is_refreshed() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        workspace.import("crm.csv", 0);
        import(workspace, FIRST, "--on-duplicate merge");
        let changed = FIRST
            .replace("07181 050327", "07181 050999")
            .replace("01632 960777", "01632 960778");
        let report = import(workspace, &changed, "");
        check_counts(&report, "customer", &json!({"updated": 1, "unchanged": 1}));
        let marta = customer(workspace, "000001");
        assert_eq!(
            (marta.text("phone"), marta.text("landline")),
            ("+447181050999", "+441632960001"),
            "the mobile came from here, the landline did not"
        );
        assert_eq!(preserved(workspace).len(), 1);
    });
}

#[test]
fn a_skipped_record_is_never_updated() {
    on_each_database(|workspace| {
        workspace.write("crm.csv", csv_file(&table("Customers", EXISTING)));
        workspace.import("crm.csv", 0);
        import(workspace, FIRST, "--on-duplicate skip");
        let before = workspace.query(&format!("SELECT version, phone FROM customer WHERE id = {MARTA}"));
        let changed = FIRST.replace("07181 050327", "07181 050999").replace("|Ford", "|Fiat");
        let report = import(workspace, &changed, "");
        check_rows(&report, &json!({"rows": 2, "updated": 1, "unchanged": 1}));
        check_counts(&report, "customer", &json!({"skipped": 1, "unchanged": 1}));
        check_counts(&report, "vehicle", &json!({"updated": 1}));
        let after = workspace.query(&format!("SELECT version, phone FROM customer WHERE id = {MARTA}"));
        assert_eq!(after, before);
    });
}

#[test]
fn an_initial_import_leaves_and_never_repeats_what_is_mapped() {
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        let before = traces(workspace);
        let changed = FIRST.replace("07181 050327", "07181 050999");
        let report = import(workspace, &changed, "--mode initial");
        assert_eq!(report["mode"], "initial");
        check_rows(&report, &json!({"rows": 2, "unchanged": 2}));
        assert_eq!(codes(workspace), ["already_imported_changed"]);
        assert_eq!(traces(workspace), before);

        let report = import(workspace, &changed, "--update-existing=off");
        assert_eq!(report["mode"], "refresh");
        check_rows(&report, &json!({"rows": 2, "unchanged": 2}));
        assert_eq!(traces(workspace), before);
    });
}

#[test]
fn records_are_updated_by_their_code_when_asked() {
    const PRODUCTS: &str = "
        Product Code | Name             | Retail Price
        OF-1021      | Oil filter, long | 12.50
        OF-1022      | Oil filter       | 9.99
    ";
    on_each_database(|workspace| {
        import(workspace, FIRST, "");
        workspace.execute(&format!(
            "INSERT INTO product (organization_id, id, created_at, updated_at, version, code, name, stock_location) \
             SELECT organization_id, {}, created_at, updated_at, 3, 'OF-1021', 'Filter', 'A3' FROM customer LIMIT 1",
            own_id(workspace)
        ));
        workspace.write("products.csv", csv_file(&table("Products", PRODUCTS)));
        let report = workspace.import("products.csv --update-existing", 0);
        check_counts(&report, "product", &json!({"created": 1, "updated": 1}));
        check_rows(&report, &json!({"rows": 2, "imported": 1, "updated": 1}));
        let products =
            workspace.query("SELECT code, name, retail_price, stock_location, version FROM product ORDER BY code");
        assert_eq!(
            products,
            [
                ["OF-1021", "Oil filter, long", "125000", "A3", "4"],
                ["OF-1022", "Oil filter", "99900", "", "1"]
            ]
        );
        // From now on it is mapped, and a refresh knows what was imported.
        let dearer = PRODUCTS.replace("12.50", "13.50").leak();
        workspace.write("products.csv", csv_file(&table("Products", dearer)));
        let report = workspace.import("products.csv", 0);
        check_counts(&report, "product", &json!({"updated": 1, "unchanged": 1}));
        assert_eq!(
            workspace.number("SELECT retail_price FROM product WHERE code = 'OF-1021'"),
            135_000
        );
    });
}

#[test]
fn a_code_that_several_records_have_is_never_guessed() {
    on_each_database(|workspace| {
        for (number, name) in [(1, "One"), (2, "Other")] {
            workspace.write(
                "other.csv",
                format!("Customer ID,First Name,Last Name,Email\nK-{number},{name},Ellwood,{name}@ellwood.example\n"),
            );
            workspace.import("other.csv", 0);
        }
        workspace.execute("UPDATE customer SET external_customer_number = '000001', version = version + 1");
        workspace.write("export.xlsx", workbook(&[table("CustomersAndVehicles", FIRST)]));
        let report = workspace.import("export.xlsx --update-existing --error-log log.csv", 3);
        check_rows(&report, &json!({"rows": 2, "imported": 1, "failed": 1}));
        assert_eq!(codes(workspace), ["code_ambiguous"]);
    });
}
