//! Which records of earlier runs are confirmed: their source still has them as they are.

use torqueflow_model::EntityKind::{Customer, CustomerAddress};
use torqueflow_model::import::{MappedRecord, MappingOrigin};

use super::support::{CUSTOMERS, Case, case, mapped, mapped_now};
use super::telling::shown;

const JENNY: &str = "C1|Jenny Robb||12 Mill Lane|Leeds";

/// The records that rows have found unchanged.
#[track_caller]
fn check(case: Case, expected: &[&str]) {
    let confirmed = case.plan().batch.confirmed;
    let told = confirmed
        .iter()
        .map(|one| format!("{} {} {}", one.row_number, one.entity, shown(one.record_id)));
    assert_eq!(told.collect::<Vec<_>>(), expected);
}

#[test]
fn a_record_of_an_earlier_run_is_confirmed_once() {
    let rows = || case(CUSTOMERS, &[JENNY, "C1|Jenny Robb"]).map(Customer, "C1", mapped(7));
    let jenny = || rows().with(|case| case.updates = true);
    check(jenny(), &["2 customer #7"]);
    let both = jenny().map(CustomerAddress, "C1|billing", mapped(8));
    check(both, &["2 customer #7", "2 customer_address #8"]);
    check(jenny().gone(7), &[]);
    // It says something else now, which a run that updates nothing leaves alone.
    check(rows(), &[]);
    check(case(CUSTOMERS, &[JENNY]), &[]);
    check(case(CUSTOMERS, &[JENNY]).map(Customer, "C1", mapped_now(7)), &[]);
    let skipped = MappedRecord {
        origin: MappingOrigin::Skipped,
        ..mapped(7)
    };
    check(case(CUSTOMERS, &[JENNY]).map(Customer, "C1", skipped), &[]);
}
