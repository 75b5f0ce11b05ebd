//! What we offer where customers and vehicles have things in common, and why: in an import, and among what is stored.

use std::fmt::Write as _;

use torqueflow_app::customers::{MatchLevel, Suggestion};

use crate::support::{Desk, PASSWORD, csv_file, encrypted_workbook, on_each_database, on_each_desk, table, workbook};

const HEADER: &str = "Customer ID,First Name,Last Name,Email,Mobile,Address,City,Postcode\n";

/// Imports people and says what is suggested among them then.
fn suggested(desk: &Desk<'_>, people: &str) -> Vec<Suggestion> {
    desk.import("people.csv", &format!("{HEADER}{people}"));
    desk.suggestions()
}

fn on_a_desk(check: impl Fn(&Desk<'_>)) {
    on_each_desk(|open, workspace| check(&open("default").desk(workspace)));
}

#[test]
fn a_phone_that_a_family_of_four_shares_is_worth_a_look_and_no_more() {
    const FAMILY: &str = "\
1,Ada,Ellwood,,07911 123456,,,
2,Ben,Ellwood,,07911 123456,,,
3,Cat,Ellwood,,07911 123456,,,
4,Dan,Ellwood,,07911 123456,,,
";
    on_each_database(|workspace| {
        workspace.write("people.csv", format!("{HEADER}{FAMILY}"));
        // Nobody is asked: four people can have one phone.
        let report = workspace.import("people.csv", 0);
        assert_eq!(report["entities"]["customer"]["created"], 4);
        let levels = workspace.query("SELECT DISTINCT level FROM import_duplicate");
        assert_eq!(levels, [["low"]]);
    });
    on_a_desk(|desk| {
        let found = suggested(desk, FAMILY);
        assert_eq!(found.len(), 6, "every pair, once");
        for suggestion in found {
            assert_eq!(suggestion.level, MatchLevel::Low);
            assert_eq!(
                suggestion.reasons,
                ["same phone number, other name (shared by 3 records)"]
            );
        }
    });
}

#[test]
fn an_email_that_eighty_drivers_of_a_fleet_share_identifies_none_of_them() {
    let mut fleet = String::new();
    for number in 0..80 {
        writeln!(
            fleet,
            "{number},Driver{number},Fleet{number},fleet@haulage.example,07911 1{number:05},,,"
        )
        .unwrap();
    }
    on_each_database(|workspace| {
        workspace.write("people.csv", format!("{HEADER}{fleet}"));
        // The second driver is the only one for whom one other customer alone has this address.
        let undecided = workspace.run("import people.csv").exits(4);
        assert_eq!(
            undecided.stdout.matches("same e-mail address").count(),
            1,
            "{}",
            undecided.stdout
        );
        let report = workspace.import("people.csv --on-duplicate create", 0);
        assert_eq!(report["entities"]["customer"]["created"], 80);
        // Behind the sixtieth the address is no key any more.
        assert_eq!(workspace.number("SELECT count(*) FROM import_duplicate"), 59);
    });
    on_a_desk(|desk| assert_eq!(suggested(desk, &fleet).len(), 0));
}

#[test]
fn two_john_smiths_in_one_street_are_worth_a_look_and_no_more() {
    const STREET: &str = "\
1,John,Smith,,07911 123456,1 Mill Lane,Norbury,NB1 2AB
2,John,Smith,,07911 123457,7 Mill Lane,Norbury,NB1 2AB
";
    on_each_database(|workspace| {
        workspace.write("people.csv", format!("{HEADER}{STREET}"));
        let report = workspace.import("people.csv", 0);
        assert_eq!(report["entities"]["customer"]["created"], 2);
    });
    on_a_desk(|desk| {
        let found = suggested(desk, STREET);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].level, MatchLevel::Low);
        assert_eq!(found[0].reasons, ["same name and postcode"]);
    });
}

const OWNED: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VIN
    000001|Marta Ellwood||01632 960001|marta@ellwood.example|Retail|False|True|True|A1ADA|WVWZZZ1KZ6W612305
";
const MOVED: &str = "
    CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VIN
    000002|Ben Archer||01632 960777|ben@archer.example|Retail|False|True|True|A1ADA|WBA3A5C50CF256985
";

#[test]
fn a_plate_that_moved_to_another_car_is_asked_about_and_makes_no_customers_alike() {
    on_each_database(|workspace| {
        workspace.write("owned.csv", csv_file(&table("CustomersAndVehicles", OWNED)));
        workspace.import("owned.csv", 0);
        workspace.write("moved.csv", csv_file(&table("CustomersAndVehicles", MOVED)));
        let asked = workspace.run("import moved.csv").exits(4);
        assert!(asked.stdout.contains("same registration"), "{}", asked.stdout);
        assert!(!asked.stdout.contains("same VIN"), "{}", asked.stdout);
        let report = workspace.import("moved.csv --on-duplicate create", 0);
        assert_eq!(report["entities"]["vehicle"]["created"], 1);
        let of_owner = workspace.records();
        assert_eq!(
            of_owner.get("vehicle", "techman", "000001|A1ADA").text("customer_id"),
            "techman:000001"
        );
        assert_eq!(
            of_owner.get("vehicle", "techman", "000002|A1ADA").text("customer_id"),
            "techman:000002"
        );
        let likely = workspace.run("merge 000001").exits(0);
        assert!(likely.stdout.contains("No other customer"), "{}", likely.stdout);
    });
}

#[test]
fn the_same_customer_in_a_tab_and_in_a_csv_is_one_by_number_and_a_match_without() {
    const LISTED: &str = "
        Customer ID | First Name | Last Name | Email                 | Landline
        A-1         | Marta      | Ellwood   | marta@ellwood.example | 01632 960001
    ";
    on_each_database(|workspace| {
        // The same system says the same number: the same record, and no question.
        workspace.write("export.xlsx", workbook(&[table("CustomersAndVehicles", OWNED)]));
        workspace.write("export.csv", csv_file(&table("CustomersAndVehicles", OWNED)));
        let report = workspace.import("export.xlsx export.csv", 0);
        assert_eq!(report["entities"]["customer"]["created"], 1);
        // Another list with numbers of its own: a match, with its reasons.
        workspace.write("listed.csv", csv_file(&table("Customers", LISTED)));
        let asked = workspace.run("import listed.csv").exits(4);
        assert!(asked.stdout.contains("same phone number and name"), "{}", asked.stdout);
        assert!(asked.stdout.contains("same e-mail address"), "{}", asked.stdout);
        let report = workspace.import("listed.csv --on-duplicate merge", 0);
        assert_eq!(report["entities"]["customer"]["merged"], 1);
        assert_eq!(workspace.number("SELECT count(*) FROM customer"), 1);
    });
    on_a_desk(|desk| {
        desk.import(
            "people.csv",
            &format!("{HEADER}1,Marta,Ellwood,marta@ellwood.example,07911 123456,,,\n"),
        );
        desk.import(
            "garage.csv",
            "CustomerNumber,CustomerName,Phone,Email,CustomerGroupName,CustomerOnStop,VehicleRemindersEnabled,\
             NotificationsEnabled,VehicleRegistration\n\
             000001,Marta Ellwood,07911 123456,marta@ellwood.example,Retail,False,True,True,TX69RYA\n",
        );
        let found = desk.suggestions();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].level, MatchLevel::High);
        assert_eq!(found[0].reasons, ["same phone number and name", "same e-mail address"]);
    });
}

#[test]
fn each_value_of_a_stored_record_finds_it_and_none_of_another_organisation() {
    const STORED: &str = "
        Customer ID | First Name | Last Name | Email                 | Mobile       | Landline     | Address  | City  | Postcode | Registration | VIN               | Make
        A-1         | Marta      | Ellwood   | marta@ellwood.example | 07911 123456 | 01632 960001 | 1 Low Rd | Leeds | LS1 4AB  | TX69 RYA     | WVWZZZ1KZ6W000017 | Ford
    ";
    // What each shares with the stored ones: nothing, then one value after the other.
    const LISTED: &str = "
        Customer ID | First Name | Last Name | Email                 | Mobile       | Landline     | Address  | City  | Postcode | Registration | VIN               | Make
        B-0         | Pavel      | Ingram    | pavel@ingram.example  | 07911 222220 | 01632 960010 | 2 Low Rd | Leeds | LS1 4AB  | AB12 CDE     | WVWZZZ1KZ6W000020 | Ford
        B-1         | Anna       | Keller    | marta@ellwood.example | 07911 222221 | 01632 960011 | 3 Low Rd | Leeds | LS1 4AC  | AB13 CDE     | WVWZZZ1KZ6W000021 | Ford
        B-2         | Ben        | Ness      | ben@ness.example      | 07911 123456 | 01632 960012 | 4 Low Rd | Leeds | LS1 4AD  | AB14 CDE     | WVWZZZ1KZ6W000022 | Ford
        B-3         | Cat        | Olsen     | cat@olsen.example     | 07911 222223 | 01632 960001 | 5 Low Rd | Leeds | LS1 4AE  | AB15 CDE     | WVWZZZ1KZ6W000023 | Ford
        B-4         | Marta      | Ellwood   | other@ellwood.example | 07911 222224 | 01632 960014 | 6 Low Rd | Leeds | LS1 4AB  | AB16 CDE     | WVWZZZ1KZ6W000024 | Ford
        B-5         | Dan        | Price     | dan@price.example     | 07911 222225 | 01632 960015 | 7 Low Rd | Leeds | LS1 4AF  | TX69 RYA     | WVWZZZ1KZ6W000025 | Ford
        B-6         | Eve        | Quill     | eve@quill.example     | 07911 222226 | 01632 960016 | 8 Low Rd | Leeds | LS1 4AG  | AB17 CDE     | WVWZZZ1KZ6W000017 | Ford
    ";
    on_each_database(|workspace| {
        workspace.write("stored.csv", csv_file(&table("CustomersAndVehicles", STORED)));
        workspace.write("listed.csv", csv_file(&table("CustomersAndVehicles", LISTED)));
        workspace.import("stored.csv --source old", 0);
        workspace.import("listed.csv --source new --organization elsewhere", 0);
        assert_eq!(workspace.number("SELECT count(*) FROM import_duplicate"), 0);
        workspace.import("listed.csv --source new --on-duplicate create", 0);
        let found = workspace.query("SELECT row_number, slot FROM import_duplicate ORDER BY row_number");
        let expected = [
            ("3", "customer"),
            ("4", "customer"),
            ("5", "customer"),
            ("6", "customer"),
            ("7", "vehicle"),
            ("8", "vehicle"),
        ];
        assert_eq!(found, expected.map(|(row, slot)| [row, slot]));
    });
}

#[test]
fn what_is_opened_later_is_matched_with_the_tables_that_were_analysed_before() {
    const FIRST: &str = "
        Customer ID | First Name | Last Name | Email                 | Mobile
        A-1         | Marta      | Ellwood   | marta@ellwood.example | 07911 123456
        A-2         | Pavel      | Ingram    | pavel@ingram.example  | 07911 222222
    ";
    const LOCKED: &str = "
        Name         | Phone        | E-mail                | Town
        Martha Elwod | 07911 123456 | marta@ellwood.example | Leeds
    ";
    on_each_database(|workspace| {
        workspace.write("first.csv", csv_file(&table("Customers", FIRST)));
        workspace.write("locked.xlsx", encrypted_workbook(&[table("Customers", LOCKED)]));
        workspace.write("password", PASSWORD);
        let waiting = workspace.import("first.csv locked.xlsx", 4);
        assert_eq!(waiting["status"], "awaiting_password");
        workspace.import(
            "first.csv locked.xlsx --password-file password --on-duplicate create",
            0,
        );
        let found = workspace
            .query("SELECT j.sheet, d.row_number FROM import_duplicate AS d JOIN import_job AS j ON j.id = d.job_id");
        assert_eq!(found, [["Customers", "2"]]);
        let leads = "SELECT count(*) FROM import_duplicate AS d JOIN customer AS c ON c.id = d.match_record_id";
        assert_eq!(workspace.number(leads), 1, "it leads to the customer of the first file");
    });
}
