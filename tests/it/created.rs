//! What a run created is told by the ids of its records, and told alike whatever becomes of these.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use torqueflow_model::EntityKind;

use crate::support::{Export, Workspace, on_each_database};

const FILE: &str = "\
CustomerNumber,CustomerName,Phone,PhoneLandline,Email,AddressLine1,Town,Postcode,CustomerGroupName,CustomerOnStop,\
VehicleRemindersEnabled,NotificationsEnabled,VehicleRegistration,VehicleMake
000001,Ada Smith,07181 050321,,ada@smith.example,14 Mill Lane,Norbury,NB1 2AB,Retail,False,True,True,TX69RYA,Ford
000002,Berta Jones,07181 050322,,berta@jones.example,9 Station Road,Kelbridge,KB3 4CD,Trade,False,True,True,AB12CDE,Saab
000003,Carl Young,07181 050323,,carl@young.example,,,,Trade,False,True,True,JX20ABC,Fiat
000004,Dora Quill,07181 050324,,dora@quill.example,3 High Street,Norbury,NB1 3AB,Retail,False,True,True,KN10DEF,Ford
";

fn import(workspace: &Workspace, file: &str, arguments: &str) -> String {
    workspace.write("list.csv", file);
    let report = workspace.import(&format!("list.csv --source techman {arguments}"), 0);
    report["run_id"].as_str().unwrap().to_owned()
}

/// What a run created by its audit export: kind, row, source id, record.
fn created(workspace: &Workspace, run: &str) -> Vec<[String; 4]> {
    workspace.run(&format!("audit export {run} -o export.zip")).exits(0);
    let export = Export::read(&fs::read(workspace.path("export.zip")).unwrap());
    let lines = export.lines("journal.ndjson").into_iter();
    let created = lines.filter(|line| line["action"] == "created");
    let told = created.map(|line| {
        assert_eq!((&line["file"], &line["version_after"]), (&json!("list.csv"), &json!(1)));
        assert_eq!(line["source_system"], "techman");
        let text = |key: &str| match &line[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        ["entity", "row", "source_id", "record_id"].map(text)
    });
    told.collect()
}

/// In how many records that the run created each field has a value.
fn created_fields(workspace: &Workspace, run: &str) -> Value {
    let report = workspace
        .run(&format!("report {run} --reconciliation --json"))
        .exits(0)
        .json();
    let entities = report["entities"].as_array().unwrap().iter();
    let counts = entities.map(|entity| {
        let fields = entity["fields"].as_array().unwrap().iter();
        let counts = fields.map(|field| json!([field["field"], field["created"]]));
        json!([entity["entity"], counts.collect::<Vec<_>>()])
    });
    counts.collect()
}

fn business_ids(workspace: &Workspace) -> BTreeSet<String> {
    let keys = workspace.contents().into_keys();
    let business = keys.filter(|(table, _)| EntityKind::from_name(table).is_some());
    business.map(|(_, id)| id).collect()
}

#[test]
fn what_a_run_created_is_told_alike_whatever_becomes_of_the_records() {
    on_each_database(|workspace| {
        let first = import(workspace, FILE, "");
        let told = created(workspace, &first);
        let ids: BTreeSet<String> = told.iter().map(|[.., id]| id.clone()).collect();
        assert_eq!((told.len(), &ids), (ids.len(), &business_ids(workspace)));
        let of_second: Vec<&str> = told
            .iter()
            .filter(|[_, row, ..]| row == "3")
            .map(|[kind, ..]| kind.as_str())
            .collect();
        assert_eq!(of_second, ["customer", "customer_address", "vehicle", "customer_group"]);
        assert_eq!(workspace.number("SELECT count(*) FROM import_journal"), 0);
        let fields = created_fields(workspace, &first);

        let second = import(workspace, &FILE.replace("07181 050322", "07181 050999"), "");
        for undisturbed in ["merge 000002 000003 --yes", "merge 000001 000002 --yes"] {
            assert_eq!(created(workspace, &first), told, "before {undisturbed}");
            assert_eq!(created(workspace, &second), Vec::<[String; 4]>::new());
            workspace.run(undisturbed).exits(0);
        }
        assert_eq!(created(workspace, &first), told, "merged");
        let merged = created_fields(workspace, &first);
        assert_eq!(merged, fields, "merged");
        workspace.execute("DELETE FROM vehicle WHERE registration = 'KN10DEF'");
        assert_eq!(created(workspace, &first), told, "one is gone");

        workspace.run(&format!("rollback {second} --yes"));
        let report = workspace.run(&format!("rollback {first} --yes --json")).exits(3).json();
        assert_eq!(report["writes"], told.len());
        assert_eq!(report["done"], told.len());
        assert!(report["totals"]["reversed"].as_i64() > Some(2), "{report}");
        assert_eq!(created(workspace, &first), told, "taken back as far as it goes");
        let again = workspace.run(&format!("rollback {first} --yes --json")).exits(3).json();
        assert_eq!(again["totals"], report["totals"]);
        assert_eq!(created(workspace, &first), told, "and again");
    });
}

#[test]
fn what_is_all_taken_back_is_still_told() {
    on_each_database(|workspace| {
        let run = import(workspace, FILE, "");
        let told = created(workspace, &run);
        workspace.run(&format!("rollback {run} --yes")).exits(0);
        assert!(business_ids(workspace).is_empty());
        assert_eq!(created(workspace, &run), told);
        // The same file again is another run's.
        let again = import(workspace, FILE, "");
        assert_eq!(created(workspace, &run), told);
        assert_eq!(created(workspace, &again).len(), told.len());
        workspace.run(&format!("rollback {again} --yes")).exits(0);
        assert!(business_ids(workspace).is_empty());
    });
}

#[test]
fn the_row_that_stood_in_is_told_and_not_the_first() {
    let line = FILE.lines().nth(1).unwrap();
    // The next row of the same customer is in another batch.
    let others =
        (5..130).map(|n| format!("{n:06},Filler{n} Person{n},,,f{n}@filler.example,,,,Retail,False,True,True,,\n"));
    let file = format!("{FILE}{}{line}\n", others.collect::<String>());
    on_each_database(|workspace| {
        workspace.write("left-out.csv", "file,sheet,row\nlist.csv,,2\n");
        let run = import(workspace, &file, "--exclude-rows left-out.csv");
        let told = created(workspace, &run);
        let of_ada: Vec<&[String; 4]> = told.iter().filter(|[_, _, id, _]| id.starts_with("000001")).collect();
        assert!(
            of_ada.len() > 1 && of_ada.iter().all(|[_, row, ..]| row == "131"),
            "{told:?}"
        );
        let ids: BTreeSet<String> = told.iter().map(|[.., id]| id.clone()).collect();
        assert_eq!((told.len(), &ids), (ids.len(), &business_ids(workspace)));
        let places = workspace.record_places();
        assert!(
            places.values().any(|place| place.row() == 2),
            "the ids name the first row"
        );

        let preview = workspace
            .run(&format!("rollback {run} --dry-run --json"))
            .exits(0)
            .json();
        let report = workspace.run(&format!("rollback {run} --yes --json")).exits(0).json();
        for report in [preview, report] {
            assert_eq!(
                (&report["writes"], &report["totals"]["reversed"]),
                (&told.len().into(), &told.len().into())
            );
        }
        assert!(business_ids(workspace).is_empty());
        assert_eq!(workspace.number("SELECT count(*) FROM import_mapping"), 0);
        assert_eq!(created(workspace, &run), told);
    });
}
