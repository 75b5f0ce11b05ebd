//! A run is taken back while another one attaches things to what it brought.

use std::fmt::Write as _;

use torqueflow_app::DuplicateAction;
use torqueflow_app::options::{OnDuplicate, RunOptions};
use torqueflow_model::EntityKind;
use torqueflow_persistence::{ImportBatch, Lease, Mapping, MappingOrigin, StoreError};
use torqueflow_test_support::postgres::TestDatabase;
use uuid::Uuid;

use crate::support::{Contents, Library};

/// Five batches.
const PEOPLE: usize = 500;

fn options(source_system: Option<&str>) -> RunOptions {
    RunOptions {
        source_system: source_system.map(str::to_owned),
        on_duplicate: OnDuplicate::all(DuplicateAction::Skip),
        ..RunOptions::default()
    }
}

fn crm() -> (&'static str, String) {
    let mut text = "Customer ID,First Name,Last Name,Email\n".to_owned();
    for person in 0..PEOPLE {
        writeln!(text, "A-{person},Marta,Ellwood,mail{person}@ellwood.example").unwrap();
    }
    ("customers.csv", text)
}

/// The same people, each with a vehicle.
fn techman() -> (&'static str, String) {
    let mut text = "CustomerNumber,CustomerName,Phone,PhoneLandline,Email,CustomerGroupName,CustomerOnStop,VehicleRemindersEnabled,\
                    NotificationsEnabled,VehicleRegistration\n"
        .to_owned();
    for person in 0..PEOPLE {
        let number = person + 1;
        writeln!(
            text,
            "{number:06},Marta Ellwood,,,mail{person}@ellwood.example,Retail,False,True,True,TX{:02}R{}YZ",
            person % 100,
            char::from(b'A' + (person / 100) as u8),
        )
        .unwrap();
    }
    ("CustomersAndVehicles.csv", text)
}

/// A rollback that begins once so many rows have landed.
fn check(library: &mut Library, rows: i64) {
    library.begin_anew();
    let below = library.import(&[crm()], &options(None));
    let above = library.start(&[techman()], &options(Some("techman")));
    library.import_while_rolling_back(above, below, rows);

    let contents = library.contents();
    let of = |table: &str| {
        let rows = contents.iter().filter(move |((of, _), _)| of == table);
        rows.map(|(_, row)| row).collect::<Vec<_>>()
    };
    for mapping in of("import_mapping") {
        let record = (mapping["entity_type"].clone(), mapping["record_id"].clone());
        assert!(contents.contains_key(&record), "{mapping:?} leads nowhere");
    }
    let incoming = of("import_mapping")
        .into_iter()
        .filter(|mapping| mapping["source_system"] == "techman" && mapping["entity_type"] == "customer");
    assert_eq!(incoming.count(), PEOPLE);
    assert_eq!(of("vehicle").len(), PEOPLE);
    assert!(of("vehicle").iter().all(|vehicle| vehicle.contains_key("customer_id")));

    assert!(library.roll_back(above).is_complete());
    if !library.contents().is_empty() {
        assert!(library.roll_back(below).is_complete());
    }
    assert_eq!(library.contents(), Contents::new());
}

fn check_at_several_moments(database: TestDatabase) {
    let mut library = Library::new(database);
    for rows in [0, 100, 300] {
        check(&mut library, rows);
    }
}

#[test]
fn nothing_leads_to_what_was_deleted_meanwhile_on_sqlite() {
    check_at_several_moments(TestDatabase::sqlite());
}

#[test]
fn nothing_leads_to_what_was_deleted_meanwhile_on_postgresql() {
    check_at_several_moments(TestDatabase::postgresql());
}

/// A batch that was put together while the record was there is not written once it is not.
fn check_held(database: TestDatabase) {
    let library = Library::new(database);
    library.import(&[crm()], &options(None));
    let lead_to = |record_id: Uuid| {
        let mapping = Mapping {
            source_system: "techman".to_owned(),
            entity: EntityKind::Customer,
            source_id: "000001".to_owned(),
            record_id,
            derived: false,
            origin: MappingOrigin::Skipped,
            row_hash: 0,
            imported_values: "{}".to_owned(),
        };
        let batch = ImportBatch {
            mappings: vec![mapping],
            ..ImportBatch::default()
        };
        // A lease that nobody has: what passes the records stops there.
        let lease = Lease {
            id: Uuid::nil(),
            token: Uuid::nil(),
            ttl: std::time::Duration::from_secs(1).try_into().unwrap(),
            attempts: 1,
        };
        library.commit(&lease, &batch).unwrap_err()
    };
    let id = |place: usize| {
        let contents = library.contents();
        let mut customers = contents.keys().filter(|(table, _)| table == "customer");
        customers
            .nth(place)
            .map(|(_, id)| Uuid::parse_str(id).unwrap())
            .unwrap()
    };
    assert!(!matches!(lead_to(id(0)), StoreError::Outdated));
    assert!(matches!(lead_to(Uuid::now_v7()), StoreError::Outdated));
    let (survivor, hidden) = (id(0), id(1));
    library.hide_customer(hidden, survivor);
    assert!(matches!(lead_to(hidden), StoreError::Outdated));
}

#[test]
fn a_batch_holds_what_it_leads_to_on_sqlite() {
    check_held(TestDatabase::sqlite());
}

#[test]
fn a_batch_holds_what_it_leads_to_on_postgresql() {
    check_held(TestDatabase::postgresql());
}
