//! `sample-data`: files of an invented garage, to try the program with.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use torqueflow_test_support::delimited::{CsvEncoding, CsvStyle, LineEnding, Quoting, write_csv};
use torqueflow_test_support::sample::{Garage, SampleOptions, SampleTable};
use torqueflow_test_support::workbook::{encrypt_xlsx, xlsx_bytes};

const DEFAULT_PASSWORD: &str = "Garage-Import-2024";

/// Write files of an invented garage: a Techman workbook, a customer list, lists in other dialects.
///
/// The same arguments give the same bytes.
#[derive(Args)]
pub struct SampleData {
    /// How many customers; everything else follows. A garage of three bays has about 5,500.
    #[arg(long, default_value_t = 5500)]
    customers: usize,
    /// Another seed, another garage.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// The folder to write to; made where it does not exist.
    #[arg(long)]
    out: PathBuf,
    /// The password of the workbook, also written to `password.txt`.
    #[arg(long, default_value = DEFAULT_PASSWORD)]
    password: String,
    /// Do not encrypt the workbook.
    #[arg(long, conflicts_with = "password")]
    no_password: bool,
}

impl SampleData {
    /// Writes the files and lists them.
    pub fn run(&self) -> anyhow::Result<()> {
        let files = self.files().context("failed to make the files")?;
        fs::create_dir_all(&self.out).with_context(|| format!("failed to make {}", self.out.display()))?;
        for (name, bytes) in &files {
            let path = self.out.join(name);
            fs::write(&path, bytes).with_context(|| format!("failed to write {}", path.display()))?;
            report(&path, bytes.len());
        }
        Ok(())
    }

    /// The names and the bytes of the files.
    fn files(&self) -> io::Result<Vec<(&'static str, Vec<u8>)>> {
        let garage = Garage::generate(&SampleOptions {
            customers: self.customers,
            seed: self.seed,
        });
        let tables = garage.tables();
        let workbook = xlsx_bytes(&tables)?;
        let mut files = if self.no_password {
            vec![("techman-export.xlsx", workbook)]
        } else {
            let password_file = format!("{}\n", self.password).into_bytes();
            vec![
                ("techman-export.xlsx", encrypt_xlsx(&workbook, &self.password)?),
                ("password.txt", password_file),
            ]
        };
        files.push(("customers.csv", csv(&garage.customers_table(), CsvStyle::default())?));
        files.push((
            "vehicles-generic.csv",
            csv(&garage.generic_vehicles_table(), SEMICOLONS)?,
        ));
        for (name, tab, style) in [
            ("jobs.csv", "Jobs", QUOTED),
            ("products-utf16.txt", "Products", UNICODE_TEXT),
        ] {
            let table = tables.iter().find(|table| table.tab == tab);
            files.push((name, csv(table.ok_or(io::ErrorKind::NotFound)?, style)?));
        }
        Ok(files)
    }
}

/// What a program on an older Windows writes.
const SEMICOLONS: CsvStyle = CsvStyle {
    encoding: CsvEncoding::Windows1252,
    delimiter: ';',
    quoting: Quoting::WhereNeeded,
    line_ending: LineEnding::CrLf,
};
/// What a careful program writes for Excel.
const QUOTED: CsvStyle = CsvStyle {
    encoding: CsvEncoding::Utf8Bom,
    delimiter: ',',
    quoting: Quoting::All,
    line_ending: LineEnding::Lf,
};
/// What Excel saves as Unicode text.
const UNICODE_TEXT: CsvStyle = CsvStyle {
    encoding: CsvEncoding::Utf16Le,
    delimiter: '\t',
    quoting: Quoting::WhereNeeded,
    line_ending: LineEnding::CrLf,
};

fn csv(table: &SampleTable, style: CsvStyle) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    write_csv(&mut bytes, table, style)?;
    Ok(bytes)
}

#[expect(clippy::print_stdout, reason = "a chore tells the person what it did")]
fn report(path: &Path, size_bytes: usize) {
    println!("{} ({size_bytes} bytes)", path.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(customers: usize, no_password: bool) -> SampleData {
        let password = DEFAULT_PASSWORD.to_owned();
        SampleData {
            customers,
            seed: 7,
            out: PathBuf::new(),
            password,
            no_password,
        }
    }

    #[test]
    fn the_same_arguments_give_the_same_bytes() {
        assert!(command(40, false).files().unwrap() == command(40, false).files().unwrap());
    }

    #[test]
    fn without_a_password_there_is_no_password_file() {
        let names = |no_password| {
            command(20, no_password)
                .files()
                .unwrap()
                .into_iter()
                .map(|(name, _)| name)
        };
        assert!(names(false).any(|name| name == "password.txt"));
        assert!(!names(true).any(|name| name == "password.txt"));
    }

    #[test]
    fn the_committed_sample_is_what_the_command_writes() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
        for (name, bytes) in command(300, false).files().unwrap() {
            let committed = fs::read(folder.join(name)).unwrap();
            assert!(
                committed == bytes,
                "{name} is old: run `cargo xtask sample-data --customers 300 --seed 7 --out tests/samples`"
            );
        }
    }
}
