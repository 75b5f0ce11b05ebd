//! The sample keeps what it promises: same seed, same garage; stated rates; a truth that fits the rows.

use std::collections::{BTreeMap, BTreeSet};

use super::customers::{CustomerRole, PLACEHOLDER_MAIL};
use super::people::NameStyle;
use super::tables::CUSTOMER_COLUMNS;
use super::vehicles::folded_registration;
use super::*;

/// The garage of the size that is on record: 5,500 customers.
fn garage() -> Garage {
    Garage::generate(&SampleOptions {
        customers: 5500,
        seed: 7,
    })
}

#[track_caller]
fn assert_near(what: &str, actual: usize, expected: usize, tolerance_percent: usize) {
    let off = actual.abs_diff(expected);
    assert!(
        off * 100 <= expected * tolerance_percent,
        "{what}: {actual}, expected about {expected}"
    );
}

#[test]
fn the_same_seed_gives_the_same_garage() {
    let options = SampleOptions {
        customers: 400,
        seed: 7,
    };
    let garage = Garage::generate(&options);
    assert!(garage == Garage::generate(&options));
    assert!(garage != Garage::generate(&SampleOptions { seed: 8, ..options }));
}

#[test]
fn no_customers_are_a_garage_too() {
    let garage = Garage::generate(&SampleOptions { customers: 0, seed: 7 });
    assert_eq!(garage.tables().len(), 11);
    assert!(garage.jobs.is_empty());
}

#[test]
fn every_size_can_be_made() {
    for customers in 1..40 {
        let garage = Garage::generate(&SampleOptions {
            customers,
            seed: customers as u64,
        });
        assert_eq!(garage.customer_numbers().len(), customers);
    }
}

#[test]
fn volumes_are_those_of_a_real_garage() {
    let garage = garage();
    assert_near("rows", garage.rows.len(), 9408, 3);
    assert_near("jobs", garage.jobs.len(), 7339, 1);
    assert_near("products", garage.products.len(), 3667, 1);
    assert_near("suppliers", garage.suppliers.len(), 40, 10);
    assert_near("labour units", garage.labour_units.len(), 60, 10);
    assert_near("notes", garage.notes.len(), garage.jobs.len() * 3 / 2, 5);
    assert_near("parts", garage.parts.len(), garage.jobs.len() * 3 / 2, 5);
    assert_near("labour", garage.labour.len(), garage.jobs.len() * 3 / 2, 5);
    assert_near("invoices", garage.invoices.len(), garage.jobs.len() * 9 / 10, 1);
    assert_near("payments", garage.payments.len(), garage.invoices.len() * 95 / 100, 1);
    assert_near("reminders", garage.reminders.len(), garage.vehicles.len(), 5);
}

#[test]
fn each_row_is_as_long_as_its_header() {
    for table in garage()
        .tables()
        .iter()
        .chain([&garage().customers_table(), &garage().generic_vehicles_table()])
    {
        assert!(
            table.rows.iter().all(|row| row.len() == table.header.len()),
            "{}",
            table.tab
        );
    }
}

#[test]
fn quirks_of_cells_occur_at_their_rates() {
    let garage = garage();
    for (quirk, rate) in rates::PHONE {
        let count = garage
            .customers
            .iter()
            .filter(|customer| customer.phone.quirk == quirk)
            .count();
        assert_eq!(count, (5500 * rate as usize).div_ceil(1000), "{quirk:?}");
    }
    let vehicles = garage.vehicles.len();
    for (quirk, rate) in rates::REGISTRATION {
        let count = garage
            .vehicles
            .iter()
            .filter(|vehicle| vehicle.registration_quirk == quirk)
            .count();
        assert_eq!(count, (vehicles * rate as usize).div_ceil(1000), "{quirk:?}");
    }
    for (quirk, rate) in rates::VIN {
        let count = garage
            .vehicles
            .iter()
            .filter(|vehicle| vehicle.vin_quirk == quirk)
            .count();
        assert_eq!(count, (vehicles * rate as usize).div_ceil(1000), "{quirk:?}");
    }
    for (role, rate) in rates::ROLES {
        let count = garage.customers.iter().filter(|customer| customer.role == role).count();
        assert_eq!(count, (5500 * rate as usize).div_ceil(1000), "{role:?}");
    }
}

#[test]
fn orphans_differences_and_null_dates_occur_at_their_rates() {
    let garage = garage();
    let repeats = garage.rows.len() - garage.customers.len();
    let differing = garage.rows.iter().filter(|row| row.difference.is_some()).count();
    assert_eq!(differing, (repeats * rates::DIFFERING_REPEATS as usize).div_ceil(1000));
    assert_eq!(garage.orphan_jobs().count(), garage.jobs.len().div_ceil(1000));
    let nulls = garage
        .customers
        .iter()
        .filter(|customer| customer.created.value.is_none())
        .count();
    assert_near("null dates", nulls, 5500 * rates::NULL_DATES as usize / 1000, 20);
    for null in values::NULL_DATES {
        assert!(
            garage.customers_table().cells("DateCreated").any(|cell| cell == null),
            "{null}"
        );
    }
}

#[test]
fn most_customers_have_no_mail_of_their_own() {
    let garage = garage();
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for customer in &garage.customers {
        *holders.entry(customer.email.to_lowercase()).or_default() += 1;
    }
    let own = holders
        .iter()
        .filter(|(mail, count)| !mail.is_empty() && **count == 1)
        .count();
    assert_near("customers with no mail of their own", 5500 - own, 5500 * 86 / 100, 1);
    assert!(holders[PLACEHOLDER_MAIL] > 100);
    assert!(
        holders
            .keys()
            .all(|mail| mail.is_empty() || mail.trim_end().ends_with(".example"))
    );
}

#[test]
fn names_are_written_in_all_ways() {
    let garage = garage();
    let count = |style| {
        garage
            .customers
            .iter()
            .filter(|customer| customer.name_style == style)
            .count()
    };
    assert_near("firms", count(NameStyle::Company), 5500 * 115 / 1000, 10);
    assert_near("couples", count(NameStyle::Couple), 5500 * 38 / 1000, 15);
    let firms = garage
        .customers
        .iter()
        .filter(|customer| customer.name_style == NameStyle::Company);
    assert!(firms.clone().all(|firm| !firm.contact_name.is_empty()));
    let groups: BTreeSet<&str> = garage.customers.iter().map(|customer| customer.group).collect();
    assert_eq!(groups.len(), 7, "six groups, and none");
}

#[test]
fn the_rows_hold_every_customer_and_every_registration() {
    let garage = garage();
    let table = garage.table("CustomersAndVehicles").unwrap();
    let numbers: BTreeSet<&str> = table.cells("CustomerNumber").collect();
    assert_eq!(numbers, garage.customer_numbers());
    assert_eq!(
        garage.customers_table().cells("CustomerNumber").collect::<Vec<&str>>(),
        Vec::from_iter(numbers)
    );

    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for ((number, cell), row) in table
        .cells("CustomerNumber")
        .zip(table.cells("VehicleRegistration"))
        .zip(&garage.rows)
    {
        let has_registration = row
            .vehicle
            .is_some_and(|vehicle| garage.vehicles[vehicle].registration.is_some());
        if has_registration {
            found.entry(number).or_default().insert(folded_registration(cell));
        }
    }
    let truth = garage.registrations();
    assert_eq!(found.len(), truth.len());
    for (number, registrations) in truth {
        assert!(found[number].iter().map(String::as_str).eq(registrations), "{number}");
    }
}

#[test]
fn a_row_differs_in_the_stated_column_only() {
    let garage = garage();
    let table = garage.table("CustomersAndVehicles").unwrap();
    let mut first: BTreeMap<usize, &[String]> = BTreeMap::new();
    for (row, cells) in garage.rows.iter().zip(&table.rows) {
        let expected = *first.entry(row.customer).or_insert(&cells[..CUSTOMER_COLUMNS.len()]);
        let differing: Vec<&str> = CUSTOMER_COLUMNS
            .into_iter()
            .enumerate()
            .filter(|&(at, _)| expected[at] != cells[at])
            .map(|(_, name)| name)
            .collect();
        assert_eq!(
            differing,
            Vec::from_iter(row.difference.map(listing::Difference::column))
        );
    }
}

#[test]
fn numbers_of_telephones_are_shared_by_families_and_repeats_only() {
    let garage = garage();
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, customer) in garage.customers.iter().enumerate() {
        if let Some(number) = &customer.phone.e164 {
            holders.entry(number).or_default().push(index);
        }
    }
    for (number, holders) in holders.into_iter().filter(|(_, holders)| holders.len() > 1) {
        let alone =
            |&&index: &&usize| matches!(garage.customers[index].role, CustomerRole::Single | CustomerRole::Fleet);
        assert!(holders.iter().filter(alone).count() <= 1, "{number}");
    }
}

#[test]
fn the_cell_that_importers_tell_of_is_there() {
    let garage = Garage::generate(&SampleOptions {
        customers: 300,
        seed: 7,
    });
    assert!(
        garage
            .customers_table()
            .cells("Phone")
            .any(|cell| cell == "07700900982 MARIA")
    );
}

#[test]
fn repeated_people_have_two_numbers_and_one_name() {
    let garage = garage();
    assert_eq!(garage.repeated_people().count(), 55);
    for customer in &garage.customers {
        let Some(first) = customer.repeats.map(|first| &garage.customers[first]) else {
            continue;
        };
        assert_ne!(first.number, customer.number);
        assert_eq!((&first.person, &first.address), (&customer.person, &customer.address));
    }
}

#[test]
fn some_registrations_have_two_holders() {
    let garage = garage();
    let contested = garage.contested_registrations();
    assert_near(
        "contested registrations",
        contested.len(),
        garage.vehicles.len() * 3 / 1000,
        15,
    );
}

#[test]
fn jobs_point_to_customers_and_sums_add_up() {
    let garage = garage();
    let numbers = garage.customer_numbers();
    for job in &garage.jobs {
        assert_eq!(numbers.contains(job.customer_number.as_str()), !job.is_orphan());
        assert_eq!(
            job.customer,
            job.vehicle.map(|vehicle| garage.vehicles[vehicle].customer)
        );
    }
    let of_lines: i64 = garage
        .parts
        .iter()
        .map(|line| line.unit_price.0 * line.quantity)
        .sum::<i64>()
        + garage
            .labour
            .iter()
            .map(|line| line.rate.0 * line.hours_hundredths / 100)
            .sum::<i64>();
    assert_eq!(garage.jobs.iter().map(|job| job.net.0).sum::<i64>(), of_lines);
    let jobs = garage.table("Jobs").unwrap();
    assert!(
        jobs.cells("TotalGross").any(|cell| cell.contains(',')),
        "thousands separators"
    );
}

#[test]
fn ids_are_unique() {
    let garage = garage();
    let columns = [
        "SupplierCode",
        "ProductCode",
        "LabourCode",
        "JobNumber",
        "InvoiceNumber",
        "PaymentNumber",
    ];
    let tabs = ["Suppliers", "Products", "LabourUnits", "Jobs", "Invoices", "Payments"];
    for (tab, column) in tabs.into_iter().zip(columns) {
        let table = garage.table(tab).unwrap();
        assert_eq!(
            table.cells(column).collect::<BTreeSet<&str>>().len(),
            table.rows.len(),
            "{column}"
        );
    }
}

#[test]
fn all_text_exists_in_the_code_page_of_western_windows() {
    for table in garage().tables() {
        for cell in table.rows.iter().flatten() {
            assert!(!encoding_rs::WINDOWS_1252.encode(cell).2, "{cell}");
        }
    }
}
