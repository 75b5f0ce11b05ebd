//! `torqueflow detect`

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use torqueflow_app::{Input, Opener};
use torqueflow_model::LeftOut;
use torqueflow_pipeline::{DetectedType, OpenError, OpenedTable, Password, Sources, TableChoice, open_tables_as};

use super::said::{self, Given, Heads, TableOptions};
use super::suggest::{self, Suggester, Suggestion};
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
    #[command(flatten)]
    pub tables: TableOptions,
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
    let wishes = arguments.tables.wishes()?;
    let files = said::given(&arguments.files, &opener);
    let choices = said::choices(&files, &opener, password.as_ref(), &sources, named.as_deref(), &wishes)?;
    let looking = Looking {
        opener: &opener,
        password: password.as_ref(),
        sources: &sources,
        system: named.as_deref(),
        suggester: Suggester::new(common, arguments, &sources),
    };
    let mut choices = choices.into_iter();
    for Given {
        path,
        name,
        found: inputs,
    } in &files
    {
        match inputs {
            Ok((inputs, note)) => {
                let looking = LookingInto {
                    all: &looking,
                    path,
                    is_archive: inputs.len() > 1,
                    note: note.as_ref(),
                };
                for input in inputs {
                    found.look_into(&looking, input, &choices.next().unwrap_or_default());
                }
            }
            Err(error) => found.refuse(name, error),
        }
    }
    super::note_limits(found.errors.iter().copied());
    let summary = render::summary_line(&found.lines);
    if arguments.json {
        say!(
            "{}",
            serde_json::to_string_pretty(&json!({
                "summary": summary, "files": found.json, "command": found.command(&looking.suggester),
            }))?
        );
    } else {
        say!("{}", render::detection_table(&found.lines));
        say!("{summary}");
        for explanation in &found.explanations {
            say!("{explanation}");
        }
        if let Some(command) = found.command(&looking.suggester) {
            say!("To import it:\n  {command}");
        }
        for question in &found.questions {
            say!("{question}");
        }
    }
    Ok(found.exit())
}

/// What files are looked into with.
struct Looking<'a> {
    opener: &'a Opener,
    password: Option<&'a Password>,
    sources: &'a Sources,
    system: Option<&'a str>,
    suggester: Suggester<'a>,
}

/// The file that is looked into.
struct LookingInto<'a> {
    all: &'a Looking<'a>,
    path: &'a Path,
    /// It is an archive of several files.
    is_archive: bool,
    note: Option<&'a String>,
}

#[derive(Default)]
struct Found {
    /// The source system that a person named.
    named: Option<String>,
    json: Vec<Value>,
    lines: Vec<TableLine>,
    explanations: Vec<String>,
    /// What a person is asked of tables that nobody recognises.
    questions: Vec<String>,
    /// There is a table that could be of several types.
    asks: bool,
    errors: Vec<&'static str>,
    waits: bool,
    recognised: usize,
    flagged: usize,
}

impl Found {
    fn look_into(&mut self, file: &LookingInto<'_>, input: &Input, choices: &BTreeMap<usize, TableChoice>) {
        let looking = file.all;
        let options = looking.opener.options(looking.password);
        let deadline = looking.opener.deadline();
        let mut heads = Heads::default();
        let mut rows = deadline.sink(&mut heads);
        let choose = |table| choices.get(&table).cloned();
        let (name, sources, system) = (&input.name, looking.sources, looking.system);
        let read = super::open_file(input, Some(deadline))
            .map_err(Into::into)
            .and_then(|reader| open_tables_as(name, reader, &options, sources, system, &choose, &mut rows));
        match read {
            Ok(opened) => {
                let tables = said::named_tables(name, &opened);
                let notes: Vec<String> = file.note.into_iter().chain(&opened.notes).cloned().collect();
                for (table, named) in opened.tables.iter().zip(&tables) {
                    let prefix = said::prefix(&tables, named, file.is_archive);
                    let commands = looking.suggester.commands(file.path, table, &prefix, &heads);
                    self.add(name, table, &notes, &commands);
                }
            }
            Err(error) => self.refuse(name, &error),
        }
    }

    /// The command that imports what is recognised.
    fn command(&self, suggester: &Suggester<'_>) -> Option<String> {
        (self.recognised > 0).then(|| suggester.import())
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

    fn add(&mut self, name: &str, table: &OpenedTable, notes: &[String], commands: &[Suggestion]) {
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
            "candidates": table.plan.candidates,
            "commands": commands.iter().map(|suggestion| &suggestion.command).collect::<Vec<_>>(),
            "warnings": warnings,
        }));
        self.asks |= known.is_none() && !table.plan.candidates.is_empty();
        self.lines.push(TableLine {
            name: table.sheet.clone().unwrap_or_else(|| name.to_owned()),
            label: known.map(|known| known.label.clone()),
            noun: known.map(|known| known.noun.clone()),
            rows: Some(table.row_count as i64),
            confidence: format!("{:.0} %", detection.confidence * 100.0),
            notes: messages,
        });
        let title = table.sheet.as_deref().unwrap_or(name);
        if known.is_none() {
            self.questions.push(suggest::question(title, commands));
        }
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
        if self.waits || self.asks && self.recognised == 0 {
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
