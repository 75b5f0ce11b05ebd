//! Ids of the records that an import creates: each says where its record stands first.

use std::collections::BTreeMap;

use torqueflow_model::{EntityKind, RowPart, Slot};
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};

use crate::support::{Workspace, csv_file, on_each_database, workbook};

const CUSTOMER: RowPart = RowPart::Record(Slot::Main(EntityKind::Customer));
const GROUP_OF_CUSTOMER: RowPart = RowPart::Lookup(Slot::Main(EntityKind::Customer), "customer_group");

/// The tables of an import by their ordinals: file and worksheet.
fn tables(workspace: &Workspace) -> BTreeMap<i64, String> {
    let jobs = "SELECT job.ordinal, COALESCE(job.sheet, file.name) FROM import_job AS job \
                JOIN import_file AS file ON file.id = job.file_id";
    let rows = workspace.query(jobs).into_iter();
    rows.map(|row| (row[0].parse().unwrap(), row[1].clone())).collect()
}

#[test]
fn every_id_says_where_its_record_stands_first() {
    let garage = Garage::generate(&SampleOptions {
        customers: 60,
        seed: 41,
    });
    let list = garage.customers_table();
    on_each_database(|workspace| {
        workspace.write("customers.csv", csv_file(&list));
        workspace.write("garage.xlsx", workbook(&garage.tables()));
        workspace.run("import customers.csv garage.xlsx --on-duplicate create");
        let tables = tables(workspace);
        let contents = workspace.contents();
        let places = workspace.record_places();
        let business = contents
            .keys()
            .filter(|(table, _)| EntityKind::from_name(table).is_some());
        assert_eq!(places.len(), business.count(), "a record whose id says nothing");
        let mut parts: BTreeMap<String, usize> = BTreeMap::new();
        for ((entity, id), place) in &places {
            let part = place.part().unwrap();
            assert_eq!(part.entity().name(), entity);
            let sheet = &tables[&place.table()];
            let mut all = garage.tables().into_iter();
            let table = all.find(|table| table.tab == *sheet).unwrap_or_else(|| list.clone());
            let row = &table.rows[usize::try_from(place.row()).unwrap() - 2];
            let cell = |header: &str| row[table.column(header).unwrap()].as_str();
            let said = &contents[&(entity.clone(), id.clone())];
            match part {
                CUSTOMER => {
                    let number = &said["external_customer_number"];
                    assert_eq!(cell("CustomerNumber").trim(), number);
                    assert_is_first(&list, &table, place.row(), number);
                }
                GROUP_OF_CUSTOMER => assert_eq!(cell("CustomerGroupName").trim(), said["name"]),
                RowPart::Record(Slot::Main(EntityKind::WorkOrder)) => {
                    assert_eq!(cell("JobNumber").trim(), said["number"]);
                }
                _ => {}
            }
            *parts.entry(format!("{part:?}")).or_default() += 1;
        }
        assert!(
            parts.len() > 10 && parts.contains_key(&format!("{GROUP_OF_CUSTOMER:?}")),
            "{parts:?}"
        );
    });
}

/// A customer of the list stands first there; every other one in the first of its rows.
fn assert_is_first(list: &SampleTable, table: &SampleTable, row: i64, number: &str) {
    let first_in = |table: &SampleTable| {
        let column = table.column("CustomerNumber").unwrap();
        table.rows.iter().position(|row| row[column].trim() == number)
    };
    let first = first_in(list).filter(|_| table.tab != list.tab);
    assert_eq!(first, None, "{number} stands in the list");
    assert_eq!(first_in(table).map(|index| index as i64 + 2), Some(row), "{number}");
}

#[test]
fn the_row_that_stands_in_for_one_that_was_left_out_brings_the_record_under_the_same_id() {
    let file = "Customer Number,First Name,Last Name,Email\n\
                C1,Ann,Ash,ann@ash.example\nC2,Bert,Birch,bert@birch.example\nC1,Ann,Ash,ann@ash.example\n";
    on_each_database(|workspace| {
        workspace.write("customers.csv", file);
        workspace.write("left-out.csv", "file,sheet,row\ncustomers.csv,,2\n");
        workspace.run("import customers.csv --exclude-rows left-out.csv --json");
        let rows: Vec<i64> = workspace.record_places().values().map(|place| place.row()).collect();
        assert_eq!(rows, [2, 3], "the first row of each");
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
        client
            .upload(&format!("{run}/files"), &[("c.csv", file("C"))], &[])
            .ok();
        client.get(&format!("{run}?wait=30")).ok();
        let ordinals: Vec<(i64, String)> = tables(workspace).into_iter().collect();
        assert_eq!(ordinals, [(0, "a.csv".to_owned()), (2, "c.csv".to_owned())]);
    });
}
