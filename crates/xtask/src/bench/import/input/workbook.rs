//! The encrypted workbook that the Techman program exports.

use std::fs;
use std::io;
use std::path::Path;

use torqueflow_test_support::sample::{Garage, SampleOptions};
use torqueflow_test_support::workbook::{encrypt_xlsx, xlsx_bytes};

use super::super::expected::Expected;
use super::kinds::{JOBS, PRODUCTS, REGISTRATIONS, SUPPLIERS};
use super::{Input, SEED};

const PASSWORD: &str = "Garage-Import-2024";

/// A workbook of a garage with so many customers, and a file with its password.
pub fn workbook(folder: &Path, customers: usize) -> io::Result<Input> {
    let file = folder.join("techman-export.xlsx");
    let seed = SEED;
    let garage = Garage::generate(&SampleOptions { customers, seed });
    let tables = garage.tables();
    fs::write(&file, encrypt_xlsx(&xlsx_bytes(&tables)?, PASSWORD)?)?;
    let password_file = folder.join("password.txt");
    fs::write(&password_file, PASSWORD)?;
    Ok(Input {
        name: format!("encrypted workbook of {customers} customers, {} tabs", tables.len()),
        file,
        password_file: Some(password_file),
        rows: tables.iter().map(|table| table.rows.len() as u64).sum(),
        expected: expected(&garage),
    })
}

/// What has to land for certain; of other rows, findings say why they did not.
fn expected(garage: &Garage) -> Expected {
    let mut expected = Expected::default();
    for (number, registrations) in garage.registrations() {
        for registration in registrations {
            expected.add(&REGISTRATIONS, &[number, registration]);
        }
    }
    for supplier in &garage.suppliers {
        expected.add(&SUPPLIERS, &[&supplier.code]);
    }
    for product in &garage.products {
        expected.add(&PRODUCTS, &[&product.code, &product.name]);
    }
    for job in garage.jobs.iter().filter(|job| !job.is_orphan()) {
        expected.add(&JOBS, &[&job.number]);
    }
    expected
}
