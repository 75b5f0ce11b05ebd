//! `torqueflow sources`

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use torqueflow_app::known_sources_with;
use torqueflow_app::source_files::{SourceFault, SourceFaults, SourceFile, check_source_file};
use torqueflow_model::{SourceDefinition, TableSignature};

use crate::args::Common;
use crate::exit_code::Exit;
use crate::render;

#[derive(Debug, Args)]
pub struct Sources {
    /// Check this TOML file instead: everything that is wrong with it, with the lines
    #[arg(long, value_name = "FILE")]
    pub check: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    pub json: bool,
}

/// Lists the source systems, or checks the file of one.
pub fn run(common: &Common, arguments: &Sources) -> anyhow::Result<Exit> {
    let files = super::source_files(common)?;
    match &arguments.check {
        Some(path) => check(path, &files, arguments.json),
        None => list(files, arguments.json),
    }
}

fn list(files: Vec<SourceFile>, as_json: bool) -> anyhow::Result<Exit> {
    let (paths, definitions): (Vec<_>, Vec<_>) = files.into_iter().map(|file| (file.path, file.definition)).unzip();
    let from: Vec<(String, PathBuf)> = definitions.iter().map(|source| source.id.clone()).zip(paths).collect();
    let sources = known_sources_with(definitions);
    let path_of = |source: &SourceDefinition| from.iter().find(|(id, _)| *id == source.id).map(|(_, path)| path);
    let mut known: Vec<&SourceDefinition> = sources.definitions().iter().collect();
    known.sort_by(|left, right| left.id.cmp(&right.id));
    if as_json {
        let items: Vec<Value> = known
            .iter()
            .map(|source| {
                json!({
                    "id": source.id,
                    "label": source.label,
                    "file": path_of(source).map(|path| path.display().to_string()),
                    "tables": source.tables.iter().map(table).collect::<Vec<_>>(),
                })
            })
            .collect();
        say!("{}", serde_json::to_string_pretty(&json!({ "sources": items }))?);
        return Ok(Exit::Done);
    }
    let rows = known.iter().map(|source| {
        let types: Vec<&str> = source.tables.iter().map(|table| table.type_id.as_str()).collect();
        let place = path_of(source).map_or("built in".to_owned(), |path| path.display().to_string());
        [source.id.clone(), source.label.clone(), types.join("\n"), place]
    });
    say!("{}", render::text_table(["Id", "Name", "Tables", "From"], rows));
    Ok(Exit::Done)
}

fn table(table: &TableSignature) -> Value {
    json!({
        "type": table.type_id,
        "label": table.label,
        "entities": table.entities(),
        "not_imported": table.not_imported,
    })
}

fn check(path: &Path, files: &[SourceFile], as_json: bool) -> anyhow::Result<Exit> {
    // A file of the folder is no other one than itself.
    let own = path.canonicalize().ok();
    let is_other = |file: &&SourceFile| own.is_none() || file.path.canonicalize().ok() != own;
    let others: Vec<SourceFile> = files.iter().filter(is_other).cloned().collect();
    let checked = check_source_file(path, &others);
    let notes = checked
        .as_ref()
        .map(|file| taken_for_others(file, &others))
        .unwrap_or_default();
    let faults = checked
        .as_ref()
        .err()
        .map_or(&[][..], |SourceFaults(faults)| faults.as_slice());
    if as_json {
        let faults: Vec<Value> = faults.iter().map(shown).collect();
        let id = checked.as_ref().ok().map(|file| &file.definition.id);
        let report = json!({ "file": path.display().to_string(), "id": id, "faults": faults, "notes": notes });
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        for fault in faults {
            say!("{fault}");
        }
        if let Ok(SourceFile { definition, .. }) = &checked {
            let types: Vec<&str> = definition.tables.iter().map(|table| table.type_id.as_str()).collect();
            say!("{}: {} is fine: {}", path.display(), definition.label, types.join(", "));
        }
        for note in &notes {
            say!("{}: {note}", path.display());
        }
    }
    Ok(if checked.is_ok() { Exit::Done } else { Exit::NothingRun })
}

fn shown(fault: &SourceFault) -> Value {
    json!({ "line": fault.line, "message": fault.what })
}

/// The tables of a source that would be taken for another one's although they have all their columns.
fn taken_for_others(file: &SourceFile, others: &[SourceFile]) -> Vec<String> {
    let definitions = others.iter().map(|other| other.definition.clone());
    let sources = known_sources_with(definitions.chain([file.definition.clone()]));
    let mut notes = Vec::new();
    for table in &file.definition.tables {
        let headers: Vec<String> = table.columns.iter().map(|column| column.header.clone()).collect();
        let found = sources.detect(None, &headers, &[]).table_type;
        let taken = match &found {
            Some(found) if found.source_system == file.definition.id => continue,
            Some(found) => format!("is taken for {} (`{}`)", found.label, found.type_id),
            None => "is not recognised".to_owned(),
        };
        notes.push(format!("note: a table with all columns of `{}` {taken}", table.type_id));
    }
    notes
}
