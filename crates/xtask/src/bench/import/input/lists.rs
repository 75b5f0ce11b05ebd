//! Customer lists of any length, as the Techman program writes them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use torqueflow_test_support::bench_data;
use torqueflow_test_support::delimited::{CsvRows, CsvStyle};
use torqueflow_test_support::sample::customers::PLACEHOLDER_MAIL;
use torqueflow_test_support::sample::phones::PhoneQuirk;
use torqueflow_test_support::sample::places::Address;
use torqueflow_test_support::sample::{Customer, Vehicle};

use super::super::expected::Expected;
use super::kinds::{ADDRESSES, CUSTOMERS, GROUPS, VEHICLES};
use super::{Input, SEED, date};

/// The columns of the list without vehicles and addresses. The scripts of the peers name them too.
const SHORT_COLUMNS: [&str; 10] = [
    "CustomerNumber",
    "CustomerName",
    "ContactName",
    "Phone",
    "PhoneLandline",
    "Email",
    "CustomerIsAccount",
    "CustomerVatExempt",
    "CustomerOnStop",
    "DateCreated",
];

/// The customers of both lists.
pub fn customers(rows: u64) -> impl Iterator<Item = Customer> {
    bench_data::customers(rows, SEED)
}

/// Customers with addresses and a vehicle each.
pub fn full_list(folder: &Path, rows: u64) -> io::Result<Input> {
    let file = folder.join(format!("customers-and-vehicles-{rows}.csv"));
    let mut csv = CsvRows::start(BufWriter::new(File::create(&file)?), CsvStyle::default())?;
    csv.write(&bench_data::columns_with_vehicles())?;
    let (mut expected, mut groups) = (Expected::default(), BTreeSet::new());
    for (customer, vehicle) in bench_data::customers_with_vehicles(rows, SEED) {
        csv.write(&[customer.cells(), vehicle.cells()].concat())?;
        expect_customer(&mut expected, &customer);
        expect_addresses(&mut expected, &customer);
        expect_vehicle(&mut expected, &customer, &vehicle);
        groups.insert(customer.group);
    }
    for group in groups.into_iter().filter(|group| !group.is_empty()) {
        expected.add(&GROUPS, &[group]);
    }
    Ok(Input {
        name: format!("{rows} customers with addresses and vehicles"),
        file,
        password_file: None,
        rows,
        expected,
    })
}

/// The same customers by [`SHORT_COLUMNS`] alone.
pub fn short_list(folder: &Path, rows: u64) -> io::Result<Input> {
    let columns = bench_data::columns_with_vehicles();
    let place = |name: &str| columns.iter().position(|column| *column == name).unwrap_or_default();
    let places = SHORT_COLUMNS.map(place);
    let file = folder.join(format!("customers-{rows}.csv"));
    let mut csv = CsvRows::start(BufWriter::new(File::create(&file)?), CsvStyle::default())?;
    csv.write(&SHORT_COLUMNS)?;
    let mut expected = Expected::default();
    for customer in customers(rows) {
        let cells = customer.cells();
        csv.write(&places.map(|place| cells.get(place).cloned().unwrap_or_default()))?;
        expect_customer(&mut expected, &customer);
    }
    Ok(Input {
        name: format!("{rows} customers, {} columns", SHORT_COLUMNS.len()),
        file,
        password_file: None,
        rows,
        expected,
    })
}

fn expect_customer(expected: &mut Expected, customer: &Customer) {
    let created = date(&customer.created);
    expected.add(
        &CUSTOMERS,
        &[&customer.number, mobile(customer), &email(customer), &created],
    );
}

/// The number that is found in the cell for mobiles, unless it is a landline, which goes to its own column.
fn mobile(customer: &Customer) -> &str {
    let cell = &customer.phone;
    match cell.quirk {
        PhoneQuirk::Landline | PhoneQuirk::Extension => "",
        // `7.171952E+9`: nobody can say whether the digits that are missing were zeros.
        PhoneQuirk::Scientific if cell.text.len() < "7.1719520E+9".len() => "",
        _ => cell.e164.as_deref().unwrap_or_default(),
    }
}

/// The address that is found in the cell for it; two `@` are read as one.
fn email(customer: &Customer) -> String {
    match customer.email_address.as_deref() {
        Some(PLACEHOLDER_MAIL) => String::new(),
        Some(address) => address.to_owned(),
        None if customer.email.contains("@@") => customer.email.replace("@@", "@"),
        None => String::new(),
    }
}

fn expect_addresses(expected: &mut Expected, customer: &Customer) {
    let mut add = |kind: &str, address: &Address| {
        let postcode = if address.postcode_cell.is_empty() {
            ""
        } else {
            &address.postcode
        };
        expected.add(
            &ADDRESSES,
            &[&customer.number, kind, &address.line_1, &address.town, postcode],
        );
    };
    add("billing", &customer.address);
    if let Some(delivery) = &customer.delivery {
        add("shipping", delivery);
    }
}

fn expect_vehicle(expected: &mut Expected, customer: &Customer, vehicle: &Vehicle) {
    let registration = vehicle.registration.as_deref().unwrap_or_default();
    let mileage = vehicle.mileage.to_string();
    let first_registered = date(&vehicle.first_registered);
    expected.add(
        &VEHICLES,
        &[
            &customer.number,
            registration,
            &vehicle.vin_cell,
            &first_registered,
            &mileage,
        ],
    );
}
