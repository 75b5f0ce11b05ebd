//! Whose files they are: programs that nobody recognises are told apart, and nobody becomes somebody else unasked.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::support::{Workspace, csv_file, on_each_database, table};

/// The customers of a till that nobody has heard of.
const TILL: &str = "Customer No,Customer Name,Telephone,Town\n\
    1,Marta Ellwood,07181 050327,Kelbridge\n\
    2,Piotr Nowicki,07181 050330,Kelbridge\n\
    3,Ines Duarte,07181 050331,Norbury\n\
    4,Owen Pryce,07181 050332,Norbury\n";
/// Another program's, which has given the same numbers to others.
const OTHER: &str = "Account No,Full Name,Email Address,County\n\
    1,Zadie Quill,zadie@quill.example,Kent\n\
    2,Hamid Rostami,hamid@rostami.example,Devon\n\
    3,Freya Lindqvist,freya@lindqvist.example,Kent\n\
    4,Tomas Bezdek,tomas@bezdek.example,Devon\n";
/// What the till knows of vehicles.
const VEHICLES: &str = "Registration,Customer No,Make,Model\n\
    TX69 RYA,1,Ford,Focus\n\
    JX20 ABC,2,Seat,Leon\n";

#[track_caller]
fn import(workspace: &Workspace, text: &str, options: &str) -> Value {
    workspace.write("list.csv", text);
    workspace.import(&format!("list.csv {options}"), 0)
}

/// How many customers were created, updated and found unchanged.
fn customers(report: &Value) -> [i64; 3] {
    ["created", "updated", "unchanged"].map(|count| report["entities"]["customer"][count].as_i64().unwrap())
}

/// The names of all customers.
fn names(workspace: &Workspace) -> Vec<String> {
    let rows = workspace.query("SELECT display_name FROM customer ORDER BY display_name");
    rows.concat()
}

/// The till's list with other people under its numbers.
fn others_in_the_till() -> String {
    TILL.replace("Marta Ellwood", "Zadie Quill")
        .replace("Piotr Nowicki", "Hamid Rostami")
        .replace("Ines Duarte", "Freya Lindqvist")
        .replace("050", "070")
}

#[test]
fn another_program_with_the_same_numbers_brings_other_people() {
    on_each_database(|workspace| {
        let first = import(workspace, TILL, "");
        assert_eq!((&first["mode"], customers(&first)), (&json!("initial"), [4, 0, 0]));
        let second = import(workspace, OTHER, "");
        assert_eq!((&second["mode"], customers(&second)), (&json!("initial"), [4, 0, 0]));
        assert_ne!(first["source_system"], second["source_system"]);
        assert_eq!(names(workspace).len(), 8);
        assert!(names(workspace).contains(&"Marta Ellwood".to_owned()));
    });
}

#[test]
fn the_same_table_again_is_a_refresh_whatever_its_columns_order_and_one_more_or_less() {
    let moved = TILL.replace("050327", "050999");
    let shuffled = "TOWN,telephone,customer_no,Customer Name\nKelbridge,07181 050998,1,Marta Ellwood\n";
    let longer = "Customer No,Customer Name,Telephone,Town,Postcode\n1,Marta Ellwood,07181 050997,Kelbridge,KB3 4AB\n";
    let shorter = "Customer No,Customer Name,Telephone\n1,Marta Ellwood,07181 050996\n";
    on_each_database(|workspace| {
        let first = import(workspace, TILL, "");
        let again = import(workspace, TILL, "");
        assert_eq!((&again["mode"], customers(&again)), (&json!("refresh"), [0, 0, 4]));
        for (text, expected) in [
            (moved.as_str(), [0, 1, 3]),
            (shuffled, [0, 1, 0]),
            (longer, [0, 1, 0]),
            (shorter, [0, 1, 0]),
        ] {
            let report = import(workspace, text, "");
            assert_eq!(report["mode"], "refresh", "{text}");
            assert_eq!(customers(&report), expected, "{text}");
            assert_eq!(report["source_system"], first["source_system"]);
        }
        assert_eq!(names(workspace).len(), 4);
    });
}

#[test]
fn files_belong_together_by_the_name_of_their_program() {
    on_each_database(|workspace| {
        import(workspace, TILL, "--source Bay-Manager");
        workspace.write("vehicles.csv", VEHICLES);
        // Without a name nobody knows whose numbers these are.
        workspace.run("import vehicles.csv --json").exits(3);
        assert_eq!(workspace.number("SELECT count(*) FROM vehicle"), 0);
        let named = workspace.import("vehicles.csv --source bay-manager", 0);
        assert_eq!(named["source_system"], "Bay-Manager", "as it was first written");
        let records = workspace.records();
        assert_eq!(
            records.get("vehicle", "Bay-Manager", "1|TX69RYA").text("customer_id"),
            "Bay-Manager:1"
        );
        // From now on the tables of that program are known by their headers.
        let later = workspace.import("vehicles.csv", 0);
        assert_eq!(
            (&later["source_system"], &later["entities"]["vehicle"]["unchanged"]),
            (&json!("Bay-Manager"), &json!(2))
        );
        assert_eq!(customers(&import(workspace, TILL, "")), [0, 0, 4]);
    });
}

#[test]
fn files_of_one_upload_are_of_one_program() {
    on_each_database(|workspace| {
        workspace.write("customers.csv", TILL);
        workspace.write("vehicles.csv", VEHICLES);
        let both = workspace.import("vehicles.csv customers.csv", 0);
        workspace.write("vehicles.csv", format!("{VEHICLES}KN10 DEF,4,Skoda,Octavia\n"));
        let later = workspace.import("vehicles.csv", 0);
        assert_eq!(both["source_system"], later["source_system"]);
        assert_eq!(
            (
                &later["entities"]["vehicle"]["created"],
                &later["entities"]["vehicle"]["unchanged"]
            ),
            (&json!(1), &json!(2))
        );
    });
}

#[test]
fn a_name_that_is_one_of_a_known_system_is_that_system() {
    on_each_database(|workspace| {
        workspace.write("list.csv", TILL);
        workspace.run("import list.csv --source Techman").exits(1);
        for wrong in ["import list.csv --source ?", "detect list.csv --source ?"] {
            workspace.run(wrong).exits(2);
        }
        let detected = workspace.run("detect list.csv --source Bay --json").exits(0).json();
        assert_eq!(detected["files"][0]["source_system"], "Bay");
    });
}

#[test]
fn a_known_system_in_two_places_is_two_sources_by_name() {
    const EXPORT: &str = "
        CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VehicleMake
        000001|Marta Ellwood|07181 050327||marta@ellwood.example|Retail|False|True|True|TX69RYA|Ford
    ";
    const ELSEWHERE: &str = "
        CustomerNumber|CustomerName|Phone|PhoneLandline|Email|CustomerGroupName|CustomerOnStop|VehicleRemindersEnabled|NotificationsEnabled|VehicleRegistration|VehicleMake
        000001|Owen Pryce|07181 050332||owen@pryce.example|Retail|False|True|True|JX20ABC|Seat
    ";
    on_each_database(|workspace| {
        workspace.write("export.csv", csv_file(&table("CustomersAndVehicles", EXPORT)));
        let here = workspace.import("export.csv", 0);
        assert_eq!(here["source_system"], "techman");
        workspace.write("export.csv", csv_file(&table("CustomersAndVehicles", ELSEWHERE)));
        let there = workspace.import("export.csv --source Norbury", 0);
        assert_eq!(
            (&there["source_system"], customers(&there)),
            (&json!("Norbury"), [1, 0, 0])
        );
        assert_eq!(there["jobs"][0]["type"], "techman.customers_and_vehicles");
        assert_eq!(names(workspace), ["Marta Ellwood", "Owen Pryce"]);
    });
}

#[test]
fn a_refresh_that_would_replace_people_asks_before_it_writes() {
    on_each_database(|workspace| {
        import(workspace, TILL, "--source till");
        let before = (workspace.dump(), workspace.written());
        workspace.write("list.csv", others_in_the_till());
        let asked = workspace.run("import list.csv").exits(4);
        for words in ["Marta Ellwood", "Zadie Quill", "list.csv, row 2"] {
            assert!(asked.stdout.contains(words), "{}", asked.stdout);
        }
        assert!(asked.stderr.contains("--confirm-source"), "{}", asked.stderr);
        let dry = workspace.run("import list.csv --dry-run").exits(4);
        assert!(dry.stdout.contains("Hamid Rostami"), "{}", dry.stdout);
        let report = workspace.import("list.csv", 4);
        let confirmation = &report["source_confirmation"];
        assert_eq!(
            (&confirmation["replaced"], &confirmation["mapped"]),
            (&json!(3), &json!(4))
        );
        assert_eq!(
            confirmation["pairs"][0],
            json!({
                "file": "list.csv", "sheet": null, "row": 2, "entity": "customer", "source_system": "till", "source_id": "1",
                "before": "Marta Ellwood", "after": "Zadie Quill"
            })
        );
        assert_eq!((workspace.dump(), workspace.written()), before);

        // One of them has the number and the name of somebody who is there.
        workspace.run("import list.csv --source other").exits(4);
        let other = workspace.import("list.csv --source other --on-duplicate create", 0);
        assert_eq!(customers(&other), [4, 0, 0]);
        let confirmed = workspace.import("list.csv --confirm-source --source till", 0);
        assert_eq!(
            (&confirmed["mode"], customers(&confirmed)),
            (&json!("refresh"), [0, 4, 0])
        );
        assert_eq!(confirmed.get("source_confirmation"), None);
    });
}

/// Sixty people by number.
fn people(name: impl Fn(usize) -> String) -> String {
    let mut list = "Customer No,Customer Name,Email\n".to_owned();
    for number in 1..=60 {
        writeln!(list, "{number},{},p{number}@mail.example", name(number)).unwrap();
    }
    list
}

/// Somebody: there are few names among so many people.
fn somebody(number: usize) -> String {
    let given = ["William", "Elizabeth", "Marta"][number % 3];
    let family = ["Ashby", "Corrigan", "Dunmore", "Ellwood"][number % 4];
    format!("{given} {family}")
}

#[test]
fn marriages_nicknames_spellings_and_a_few_corrections_are_no_reason_to_ask() {
    const OTHERS: [&str; 7] = [
        "Zadie Quill",
        "Hamid Rostami",
        "Freya Lindqvist",
        "Uma Vance",
        "Ivo Strand",
        "Noor Halabi",
        "Leif Dahl",
    ];
    let changed = |number: usize| match number {
        1..=3 => OTHERS[number - 1].to_owned(),
        _ => somebody(number)
            .replace("William", "Bill")
            .replace("Elizabeth Ashby", "Liz Newham")
            .replace("Corrigan", "CORIGAN"),
    };
    let once_more = |number: usize| match number {
        4..=7 => OTHERS[number - 1].to_owned(),
        _ => changed(number),
    };
    on_each_database(|workspace| {
        import(workspace, &people(somebody), "--on-duplicate create");
        // Three of sixty are not more than one in twenty.
        let report = import(workspace, &people(changed), "--on-duplicate create");
        assert_eq!(report["mode"], "refresh");
        // Four are, where anything is updated.
        workspace.write("list.csv", people(once_more));
        let asked = workspace.import("list.csv --on-duplicate create", 4);
        assert_eq!(asked["source_confirmation"]["replaced"], 4);
        workspace.import("list.csv --on-duplicate create --mode initial", 0);
        workspace.import("list.csv --on-duplicate create --update-existing=off", 0);
    });
}

#[test]
fn a_refresh_that_would_replace_cars_asks() {
    let first = "Vehicle ID,Registration,VIN,Make\n\
        7,TX69 RYA,WVWZZZ1KZ6W612305,Volkswagen\n\
        8,JX20 ABC,VSSZZZ5FZHR012345,Seat\n\
        9,KN10 DEF,TMBZZZ1Z5A2012345,Skoda\n";
    let plates = first
        .replace("TX69 RYA", "L0 WEM")
        .replace("JX20 ABC", "P1 OTR")
        .replace("KN10 DEF", "I9 NES");
    let others = "Vehicle ID,Registration,VIN,Make\n\
        7,WR66 FFO,WF0DXXGAKDJA54321,Ford\n\
        8,SB18 KLM,ZFA31200003123456,Fiat\n\
        9,YE71 PQR,JTDKB20U877654321,Toyota\n";
    on_each_database(|workspace| {
        workspace.write("list.csv", first);
        workspace.import("list.csv --on-duplicate create", 0);
        workspace.write("list.csv", &plates);
        let moved = workspace.import("list.csv", 0);
        assert_eq!(
            moved["entities"]["vehicle"]["updated"], 3,
            "plates move from car to car"
        );
        workspace.write("list.csv", others);
        let asked = workspace.import("list.csv", 4);
        assert_eq!(asked["source_confirmation"]["pairs"][0]["entity"], "vehicle");
    });
}

/// As it was when all programs that nobody recognises were one.
fn forget_sources(workspace: &Workspace) {
    workspace.execute(
        "UPDATE import_mapping SET source_system = 'generic'; UPDATE import_job SET source_system = 'generic'; \
         UPDATE import_journal SET mapping_source_system = 'generic'; DELETE FROM source_table",
    );
}

#[test]
fn what_was_imported_before_programs_were_told_apart_is_refreshed_by_its_headers() {
    on_each_database(|workspace| {
        import(workspace, TILL, "");
        forget_sources(workspace);
        let again = import(workspace, &TILL.replace("050327", "050999"), "");
        assert_eq!((&again["mode"], customers(&again)), (&json!("refresh"), [0, 1, 3]));
        assert_eq!(again["source_system"], "generic");
        let other = import(workspace, OTHER, "");
        assert_eq!((&other["mode"], customers(&other)), (&json!("initial"), [4, 0, 0]));
        let later = import(workspace, TILL, "");
        assert_eq!(
            (&later["source_system"], customers(&later)),
            (&json!("generic"), [0, 1, 3])
        );
    });
}

#[test]
fn another_organisation_has_sources_of_its_own() {
    on_each_database(|workspace| {
        import(workspace, TILL, "--source till");
        let elsewhere = import(workspace, TILL, "--organization other");
        assert_eq!(
            (&elsewhere["mode"], customers(&elsewhere)),
            (&json!("initial"), [4, 0, 0])
        );
        assert_ne!(elsewhere["source_system"], "till");
        assert_eq!(
            workspace.number("SELECT count(DISTINCT organization_id) FROM source_table"),
            2
        );
    });
}
