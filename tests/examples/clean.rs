//! Cleans a file in a program of one's own, without a runtime or a database, and says what came out:
//!
//! ```text
//! cargo run -p torqueflow-tests --example clean -- tests/samples/techman-export.xlsx tests/samples/password.txt
//! ```

use std::env;
use std::error::Error;
use std::fs::{File, read_to_string};
use std::io::{Write, stdout};
use std::sync::Arc;

use torqueflow_pipeline::{CleanOptions, OpenOptions, Password, Sources, clean_file};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(password)) = (arguments.next(), arguments.next()) else {
        return Err("say the file, and the file with its password".into());
    };
    let password = Password::new(read_to_string(password)?.trim());
    let sources = Sources::with_adapters(vec![Arc::new(torqueflow_techman::techman())]);
    let options = CleanOptions::new(time::macros::date!(2026 - 11 - 22));
    let open_options = OpenOptions {
        password: Some(&password),
        ..OpenOptions::default()
    };
    let (mut rows, mut records) = (0, 0);
    let open = || Ok(Box::new(File::open(&file)?) as _);
    let cleaned = clean_file(
        "export.xlsx",
        &open,
        &open_options,
        &sources,
        &options,
        &mut |_, row| {
            rows += 1;
            records += row.records.len();
            Ok(())
        },
    )?;
    let tables = cleaned.tables.len();
    writeln!(
        stdout(),
        "{tables} tables, {rows} rows, more records: {}",
        records > rows
    )?;
    Ok(())
}
