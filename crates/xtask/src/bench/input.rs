//! What is imported.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use torqueflow_test_support::bench_data::write_customers_csv;
use torqueflow_test_support::sample::{Garage, SampleOptions};
use torqueflow_test_support::workbook::{encrypt_xlsx, xlsx_bytes};

const SEED: u64 = 7;
const PASSWORD: &str = "Garage-Import-2024";

/// A file to import.
pub struct Input {
    pub name: String,
    pub file: PathBuf,
    pub password_file: Option<PathBuf>,
}

/// Writes the files that are measured. The same sizes give the same bytes.
pub fn write(folder: &Path, customers: usize, rows: u64) -> io::Result<[Input; 2]> {
    let workbook = folder.join("techman-export.xlsx");
    let seed = SEED;
    let garage = Garage::generate(&SampleOptions { customers, seed });
    fs::write(&workbook, encrypt_xlsx(&xlsx_bytes(&garage.tables())?, PASSWORD)?)?;
    let password_file = folder.join("password.txt");
    fs::write(&password_file, PASSWORD)?;

    let list = folder.join("customers.csv");
    write_customers_csv(BufWriter::new(File::create(&list)?), rows, seed)?;
    Ok([
        Input {
            name: format!("workbook, {customers} customers"),
            file: workbook,
            password_file: Some(password_file),
        },
        Input {
            name: format!("CSV, {rows} rows"),
            file: list,
            password_file: None,
        },
    ])
}
