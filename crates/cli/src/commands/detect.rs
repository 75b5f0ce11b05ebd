//! `torqueflow detect`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use torqueflow_app::{Input, Opener, inputs};
use torqueflow_model::LeftOut;
use torqueflow_pipeline::{DetectedType, DiscardRows, OpenError, OpenedTable, Password, Sources, open_tables};

use crate::args::{Common, PasswordSource};
use crate::exit_code::Exit;
use crate::render::{self, TableLine};

#[derive(Debug, Args)]
pub struct Detect {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub password: PasswordSource,
    /// The source system, instead of detecting it; one that is not known may have any name
    #[arg(long, value_name = "SYSTEM")]
    pub source: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Says what is in files.
pub fn run(common: &Common, arguments: &Detect) -> anyhow::Result<Exit> {
    let password = super::password::read(&arguments.password)?;
    let sources = super::sources(common)?;
    let named = super::source_system(arguments.source.as_deref(), &sources)?;
    let opener = super::opener(common)?;
    let mut found = Found {
        named: named.clone(),
        ..Found::default()
    };
    for path in &arguments.files {
        found.look_into(path, &opener, password.as_ref(), &sources, named.as_deref());
    }
    super::note_limits(found.errors.iter().copied());
    let summary = render::summary_line(&found.lines);
    if arguments.json {
        say!(
            "{}",
            serde_json::to_string_pretty(&json!({"summary": summary, "files": found.json}))?
        );
    } else {
        say!("{}", render::detection_table(&found.lines));
        say!("{summary}");
        for explanation in &found.explanations {
            say!("{explanation}");
        }
    }
    Ok(found.exit())
}

#[derive(Default)]
struct Found {
    /// The source system that a person named.
    named: Option<String>,
    json: Vec<Value>,
    lines: Vec<TableLine>,
    explanations: Vec<String>,
    errors: Vec<&'static str>,
    waits: bool,
    recognised: usize,
    flagged: usize,
}

impl Found {
    fn look_into(
        &mut self,
        path: &Path,
        opener: &Opener,
        password: Option<&Password>,
        sources: &Sources,
        system: Option<&str>,
    ) {
        let name = super::file_name(path);
        match inputs(&name, path, opener.limits(), &opener.deadline()) {
            Ok((inputs, note)) => {
                for input in &inputs {
                    self.look_into_file(input, note.as_ref(), opener, password, sources, system);
                }
            }
            Err(error) => self.refuse(&name, &error),
        }
    }

    fn look_into_file(
        &mut self,
        input: &Input,
        note: Option<&String>,
        opener: &Opener,
        password: Option<&Password>,
        sources: &Sources,
        system: Option<&str>,
    ) {
        let options = opener.options(password);
        let deadline = opener.deadline();
        let mut rows = deadline.sink(DiscardRows);
        let read = super::open_file(input, Some(deadline))
            .map_err(Into::into)
            .and_then(|reader| open_tables(&input.name, reader, &options, sources, system, &mut rows));
        match read {
            Ok(file) => {
                let notes: Vec<String> = note.into_iter().chain(&file.notes).cloned().collect();
                for table in &file.tables {
                    self.add(&input.name, table, &notes);
                }
            }
            Err(error) => self.refuse(&input.name, &error),
        }
    }

    fn refuse(&mut self, name: &str, error: &OpenError) {
        self.flagged += 1;
        self.errors.push(error.code());
        self.waits |= matches!(error.code(), "password_required" | "wrong_password");
        self.lines.push(TableLine::unopened(name, &error.message()));
        self.json.push(json!({
            "file": name, "sheet": null, "type": null, "source_system": null, "entities": [],
            "error": {"code": error.code(), "message": error.message()},
        }));
    }

    fn add(&mut self, name: &str, table: &OpenedTable, notes: &[String]) {
        let detection = &table.detection;
        let known = detection.table_type.as_ref();
        let missing = !detection.missing_required().is_empty();
        self.recognised += usize::from(known.is_some() && !missing);
        self.flagged += usize::from(known.is_none() || missing);
        let mut warnings: Vec<Value> = detection
            .warnings
            .iter()
            .map(|warning| json!({"code": warning.code, "message": warning.message}))
            .collect();
        warnings.extend(
            table
                .findings
                .iter()
                .map(|finding| json!({"code": finding.code.code(), "message": finding.message()})),
        );
        let notes = notes.iter().chain(&table.notes);
        warnings.extend(notes.map(|note| json!({"code": "note", "message": note})));
        let messages = warnings
            .iter()
            .filter_map(|warning| warning.get("message")?.as_str().map(str::to_owned))
            .collect();
        let columns: Vec<Value> = table
            .plan
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let mut identities = table.plan.identities.iter().flatten();
                json!({
                    "header": column.header, "field": column.field, "by": column.by, "date_order": column.date_order,
                    "facts": column.facts,
                    "profile": table.plan.profiles.get(index),
                    "identity": identities.find(|identity| identity.column == index),
                })
            })
            .collect();
        self.json.push(json!({
            "file": name,
            "sheet": table.sheet,
            "type": known.map(|known| &known.type_id),
            "label": known.map(|known| &known.label),
            "source_system": known.map(|known| self.source_of(known)),
            "entities": known.map(|known| known.entities.clone()).unwrap_or_default(),
            "confidence": detection.confidence,
            "confidence_level": detection.confidence_level,
            "table": table.ordinal,
            "first_row": table.first_row,
            "row_count": table.row_count,
            "left_out": counts_left_out(&table.left_out),
            "header_row": table.head.header_row,
            "encoding": table.head.encoding,
            "delimiter": table.head.delimiter,
            "columns": columns,
            "evidence": detection.evidence,
            "alternatives": detection.alternatives,
            "warnings": warnings,
        }));
        self.lines.push(TableLine {
            name: table.sheet.clone().unwrap_or_else(|| name.to_owned()),
            label: known.map(|known| known.label.clone()),
            noun: known.map(|known| known.noun.clone()),
            rows: Some(table.row_count as i64),
            confidence: format!("{:.0} %", detection.confidence * 100.0),
            notes: messages,
        });
        let title = table.sheet.as_deref().unwrap_or(name);
        let reasons = detection.evidence.iter().chain(&table.head.evidence);
        for reason in reasons {
            self.explanations.push(format!("  {title}: {reason}"));
        }
    }

    /// The name that a person gave to a program that nobody recognises, else what was detected.
    fn source_of<'a>(&'a self, known: &'a DetectedType) -> &'a str {
        let named = self.named.as_deref().filter(|_| known.source_system == "generic");
        named.unwrap_or(&known.source_system)
    }

    fn exit(&self) -> Exit {
        if self.waits {
            Exit::Waiting
        } else if self.recognised == 0 {
            Exit::NothingRun
        } else if self.flagged > 0 {
            Exit::Flagged
        } else {
            Exit::Done
        }
    }
}

/// How many rows of each class were left out.
fn counts_left_out(left_out: &LeftOut) -> serde_json::Map<String, Value> {
    let counts = left_out
        .iter()
        .map(|(class, rows)| (class.name().to_owned(), json!(rows.count)));
    counts.collect()
}
