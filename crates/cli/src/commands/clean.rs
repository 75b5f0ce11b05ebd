//! `torqueflow clean`

use std::cell::Cell;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value, json};
use torqueflow_app::organizations::read_country;
use torqueflow_app::{Input, Opener};
use torqueflow_model::{Finding, Record, Value as FieldValue};
use torqueflow_pipeline::{
    CleanOptions, CleanRow, Country, OpenError, OpenedTable, Password, Sources, clean_file, id_text,
};

use super::said::{self, Given, TableOptions};
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
    #[command(flatten)]
    pub tables: TableOptions,
    /// The country of telephone numbers and postcodes that name none, where neither their row nor their column shows one:
    /// US, IE, …
    #[arg(long, value_name = "CODE", value_parser = read_country, default_value_t = Country::GB)]
    pub country: Country,
}

/// Prints cleaned records, one line of JSON per source row, and one per table for what holds for whole columns.
pub fn run(common: &Common, arguments: &Clean) -> anyhow::Result<Exit> {
    let password = super::password::read(&arguments.password)?;
    let sources = super::sources(common)?;
    let mut options = CleanOptions::new(super::today());
    options.source_system = super::source_system(arguments.source.as_deref(), &sources)?;
    options.default_country = arguments.country;
    let opener = super::opener(common)?;
    let wishes = arguments.tables.wishes()?;
    let files = said::given(&arguments.files, &opener);
    let system = options.source_system.as_deref();
    let choices = said::choices(&files, &opener, password.as_ref(), &sources, system, &wishes)?;
    let mut choices = choices.into_iter();
    let mut cleaning = Cleaning {
        output: BufWriter::new(std::io::stdout().lock()),
        cleaned: 0,
        flagged: false,
        left_out: 0,
        waits: false,
        asks: false,
    };
    for Given { name, found, .. } in &files {
        let (inputs, note) = match found {
            Ok(found) => found,
            Err(error) => {
                cleaning.refuse(name, error);
                continue;
            }
        };
        if let Some(note) = note {
            note!("{name}: {note}");
        }
        for input in inputs {
            options.choices = choices.next().unwrap_or_default();
            match cleaning.clean(input, &opener, password.as_ref(), &sources, &options) {
                Ok(()) => {}
                // The reader has gone; there is nobody to tell.
                Err(OpenError::Io(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(Exit::Done),
                Err(error) => cleaning.refuse(&input.name, &error),
            }
        }
    }
    cleaning.output.flush()?;
    let waits = cleaning.waits || cleaning.asks && cleaning.cleaned == 0;
    let all_well = !cleaning.flagged && cleaning.left_out == 0;
    Ok(match (waits, cleaning.cleaned, cleaning.flagged) {
        (true, ..) => Exit::Waiting,
        (false, 0, _) if !all_well => Exit::NothingRun,
        (false, _, true) => Exit::Flagged,
        (false, _, false) => Exit::Done,
    })
}

/// Lines on their way out, and what became of the files so far.
struct Cleaning<W: Write> {
    output: W,
    cleaned: usize,
    flagged: bool,
    /// Tables that were left out although it is known what they are.
    left_out: usize,
    waits: bool,
    /// There is a table that could be of several types.
    asks: bool,
}

impl<W: Write> Cleaning<W> {
    fn clean(
        &mut self,
        input: &Input,
        opener: &Opener,
        password: Option<&Password>,
        sources: &Sources,
        options: &CleanOptions,
    ) -> Result<(), OpenError> {
        let name = &input.name;
        // Only the first reading has its time: the second waits for whoever takes the rows.
        let deadline = Cell::new(Some(opener.deadline()));
        let reopen = || super::open_file(input, deadline.take());
        let open_options = opener.options(password);
        let file = clean_file(name, &reopen, &open_options, sources, options, &mut |table, row| {
            self.cleaned += 1;
            self.flagged |= row.has_error();
            serde_json::to_writer(&mut self.output, &line(name, table, &row))?;
            self.output.write_all(b"\n")
        })?;
        for message in &file.notes {
            note!("{name}: {message}");
        }
        for table in file.tables.iter().filter(|table| !table.column_findings.is_empty()) {
            serde_json::to_writer(&mut self.output, &of_columns(name, table)).map_err(std::io::Error::from)?;
            self.output.write_all(b"\n")?;
        }
        for table in &file.tables {
            let title = table.sheet.as_deref().unwrap_or(name);
            for finding in &table.findings {
                note!("{title}: {}", finding.message());
            }
            if let Some(warning) = table.detection.warning("not_imported") {
                self.left_out += 1;
                note!("{title}: {}", warning.message);
            }
            if table.detection.table_type.is_none() {
                self.flagged = true;
                self.asks |= !table.plan.candidates.is_empty();
                note!("{title}: This file wasn't recognised. Check the format and try again.");
            }
        }
        Ok(())
    }

    fn refuse(&mut self, name: &str, error: &OpenError) {
        self.flagged = true;
        self.waits |= matches!(error.code(), "password_required" | "wrong_password");
        note!("{name}: {}", error.message());
        super::note_limits([error.code()].into_iter());
    }
}

/// The line after a table's rows: what is said once of its columns.
fn of_columns(name: &str, table: &OpenedTable) -> Value {
    let findings = table.column_findings.iter().map(|of_column| {
        let rows: Vec<u64> = of_column.examples.iter().map(|example| example.row).collect();
        let mut shown = finding(table, &of_column.finding, &of_column.message());
        if let Value::Object(members) = &mut shown {
            members.insert("cells".to_owned(), json!(of_column.cells));
            members.insert("first_rows".to_owned(), json!(rows));
        }
        shown
    });
    json!({
        "file": name,
        "sheet": table.sheet,
        "row": null,
        "records": [],
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn finding(table: &OpenedTable, finding: &Finding, message: &str) -> Value {
    let column = finding.column.and_then(|index| table.plan.columns.get(index));
    json!({
        "column": column.map(|column| &column.header),
        "field": finding.field,
        "value": finding.value,
        "code": finding.code.code(),
        "severity": finding.severity(),
        "message": message,
    })
}

fn line(name: &str, table: &OpenedTable, row: &CleanRow) -> Value {
    let found = row.findings.iter();
    let findings: Vec<Value> = found.map(|found| finding(table, found, &found.message())).collect();
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
