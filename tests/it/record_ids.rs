//! Ids of the records that an import creates: each says where its record stands first.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use torqueflow_model::{EntityKind, RowPart, Slot};

use crate::support::{Workspace, on_each_database};

/// Rows of the list, and customers that they are about.
const ROWS: usize = 60;
const CUSTOMERS: usize = 25;

/// Who a row of the list is about.
fn customer(row: usize) -> usize {
    row * 7 % CUSTOMERS
}

fn group(row: usize) -> &'static str {
    ["Retail", "Trade", "Fleet"][customer(row) % 3]
}

fn registration(row: usize) -> String {
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).unwrap());
    format!("AB{}X{}{}", 10 + row / 40, letter(row), letter(row / 26))
}

fn list() -> String {
    let mut list = "CustomerNumber,CustomerName,Email,Phone,AddressLine1,Town,Postcode,CustomerOnStop,\
                    VehicleRemindersEnabled,NotificationsEnabled,CustomerGroupName,VehicleRegistration,VehicleMake\n"
        .to_owned();
    for row in 0..ROWS {
        let (number, group, registration) = (customer(row), group(row), registration(row));
        writeln!(
            list,
            "C{number:04},First{number} Last{number},c{number}@x{number}.example,07911 1{number:05},{number} Mill Lane,\
             Norbury,NB1 2AB,False,True,True,{group},{registration},Ford"
        )
        .unwrap();
    }
    list
}

fn jobs() -> String {
    let mut jobs = "JobNumber,CustomerNumber,VehicleRegistration,JobDate\n".to_owned();
    for row in 0..ROWS {
        let (number, registration) = (customer(row), registration(row));
        writeln!(jobs, "{row:05},C{number:04},{registration},21/03/2024 09:00:00").unwrap();
    }
    jobs
}

/// The rows, as a person sees them, that are the first with their key.
fn first_rows<K: Ord>(key: impl Fn(usize) -> K) -> Vec<i64> {
    let mut first = BTreeMap::new();
    for row in 0..ROWS {
        first.entry(key(row)).or_insert(row as i64 + 2);
    }
    let mut rows: Vec<i64> = first.into_values().collect();
    rows.sort_unstable();
    rows
}

/// The tables of an import by their ordinals.
fn tables(workspace: &Workspace) -> Vec<[String; 2]> {
    let jobs = "SELECT job.ordinal, file.name FROM import_job AS job JOIN import_file AS file ON file.id = job.file_id \
                ORDER BY job.ordinal";
    let rows = workspace.query(jobs).into_iter();
    rows.map(|row| [row[0].clone(), row[1].clone()]).collect()
}

#[test]
fn every_id_says_where_its_record_stands_first() {
    on_each_database(|workspace| {
        workspace.write("CustomersAndVehicles.csv", list());
        workspace.write("Jobs.csv", jobs());
        workspace.run("import CustomersAndVehicles.csv Jobs.csv --source techman --on-duplicate create");
        let contents = workspace.contents();
        let business = contents
            .keys()
            .filter(|(table, _)| EntityKind::from_name(table).is_some());
        let places = workspace.record_places();
        assert_eq!(places.len(), business.count(), "a record whose id says nothing");
        let tables = tables(workspace);
        for ((entity, _), place) in &places {
            let table = if entity == "work_order" {
                "Jobs.csv"
            } else {
                "CustomersAndVehicles.csv"
            };
            assert!(
                tables.contains(&[place.table().to_string(), table.to_owned()]),
                "{entity}"
            );
            assert_eq!(place.part().map(|part| part.entity().name()), Some(entity.as_str()));
        }
        let rows = |part: RowPart| -> Vec<i64> {
            let of_part = places.values().filter(|place| place.part() == Some(part));
            of_part.map(|place| place.row()).collect()
        };
        let main = |kind| RowPart::Record(Slot::Main(kind));
        let lookup = RowPart::Lookup(Slot::Main(EntityKind::Customer), "customer_group");
        assert_eq!(rows(main(EntityKind::Customer)), first_rows(customer));
        assert_eq!(rows(lookup), first_rows(group));
        assert_eq!(rows(main(EntityKind::Vehicle)), first_rows(registration));
        assert_eq!(rows(main(EntityKind::WorkOrder)), first_rows(|row| row));
    });
}

#[test]
fn a_table_that_is_gone_leaves_its_ordinal_to_no_other() {
    on_each_database(|workspace| {
        let service = workspace.serve("");
        let client = service.client("default", "owner");
        let file = |name: &str| format!("Customer Number,First Name,Last Name\n{name}1,Ann,Ash\n").into_bytes();
        let uploads = [("a.csv", file("A")), ("b.csv", file("B"))];
        let run = client.upload("/v1/import-runs", &uploads, &[]).ok();
        let run = format!("/v1/import-runs/{}", run["id"].as_str().unwrap());
        let ready = client.get(&format!("{run}?wait=30")).ok();
        let second = ready["files"][1]["id"].as_str().unwrap();
        client.delete(&format!("{run}/files/{second}"));
        client.upload(&format!("{run}/files"), &[("c.csv", file("C"))], &[]);
        client.get(&format!("{run}?wait=30")).ok();
        assert_eq!(tables(workspace), [["0", "a.csv"], ["2", "c.csv"]]);
    });
}
