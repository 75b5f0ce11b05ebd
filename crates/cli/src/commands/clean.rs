//! `torqueflow clean`

use std::cell::Cell;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};
use torqueflow_app::known_sources;
use torqueflow_model::{Record, Value as FieldValue};
use torqueflow_pipeline::{CleanOptions, CleanRow, OpenError, OpenedTable, clean_file, id_text};

use crate::args::{Common, PasswordSource};
use crate::exit_code::Exit;

#[derive(Debug, Args)]
pub struct Clean {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub password: PasswordSource,
    /// The source system, instead of detecting it; one that is not known may have any name
    #[arg(long, value_name = "SYSTEM")]
    pub source: Option<String>,
}

/// Prints cleaned records, one line of JSON per source row.
pub fn run(common: &Common, arguments: &Clean) -> anyhow::Result<Exit> {
    let password = super::read_password(&arguments.password)?;
    let sources = known_sources();
    let mut options = CleanOptions::new(super::today());
    options.source_system = super::source_system(arguments.source.as_deref())?;
    let opener = super::opener(common)?;
    let open_options = opener.options(password.as_ref());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let (mut cleaned, mut flagged, mut waits) = (0_usize, false, false);
    for path in &arguments.files {
        let name = super::file_name(path);
        // Only the first reading has its time: the second waits for whoever takes the rows.
        let deadline = Cell::new(Some(opener.deadline()));
        let reopen = || super::open_file(path, deadline.take());
        let outcome = clean_file(&name, &reopen, &open_options, &sources, &options, &mut |table, row| {
            cleaned += 1;
            flagged |= row.has_error();
            serde_json::to_writer(&mut output, &line(&name, table, &row))?;
            output.write_all(b"\n")
        });
        match outcome {
            Ok(file) => {
                for message in &file.notes {
                    note!("{name}: {message}");
                }
                for table in file.tables.iter().filter(|table| table.detection.table_type.is_none()) {
                    flagged = true;
                    let title = table.sheet.as_deref().unwrap_or(&name);
                    note!("{title}: This file wasn't recognised. Check the format and try again.");
                }
            }
            // The reader has gone; there is nobody to tell.
            Err(OpenError::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
            Err(error) => {
                flagged = true;
                waits |= matches!(error.code(), "password_required" | "wrong_password");
                note!("{name}: {}", error.message());
                super::note_limits([error.code()].into_iter());
            }
        }
    }
    output.flush()?;
    Ok(match (waits, cleaned, flagged) {
        (true, ..) => Exit::Waiting,
        (false, 0, true) => Exit::NothingRun,
        (false, _, true) => Exit::Flagged,
        (false, _, false) => Exit::Done,
    })
}

fn line(name: &str, table: &OpenedTable, row: &CleanRow) -> Value {
    let columns = &table.plan.columns;
    let findings: Vec<Value> = row
        .findings
        .iter()
        .map(|finding| {
            json!({
                "column": finding.column.and_then(|index| columns.get(index)).map(|column| &column.header),
                "field": finding.field,
                "value": finding.value,
                "code": finding.code.code(),
                "severity": finding.severity(),
                "message": finding.message(),
            })
        })
        .collect();
    json!({
        "file": name,
        "sheet": table.sheet,
        "row": row.number,
        "records": row.records.iter().map(record).collect::<Vec<_>>(),
        "findings": findings,
    })
}

fn record(record: &Record) -> Value {
    let fields: Map<String, Value> = record
        .fields
        .iter()
        .map(|field| (field.spec.name.to_owned(), FieldValue::to_json(&field.value)))
        .collect();
    json!({"entity": record.slot.entity(), "slot": record.slot.name(), "source_id": id_text(&record.source_id, 0), "fields": fields})
}
