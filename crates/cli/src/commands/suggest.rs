//! The commands that import files, as they are to be typed.

use std::fmt::Write as _;
use std::path::Path;

use torqueflow_model::{EntityKind, Slot};
use torqueflow_pipeline::{OpenedTable, Sources, column_keys};

use super::detect::Detect;
use super::said::Heads;
use crate::args::Common;
use crate::shell::{self, CommandLine};

/// Types that are suggested for a table.
const SHOWN_TYPES: usize = 5;

/// A command, and what it takes the table for.
pub struct Suggestion {
    /// The type that it gives the table.
    pub label: String,
    /// The command.
    pub command: String,
}

/// Suggests commands for files that were looked into.
pub struct Suggester<'a> {
    common: &'a Common,
    arguments: &'a Detect,
    sources: &'a Sources,
}

impl<'a> Suggester<'a> {
    pub fn new(common: &'a Common, arguments: &'a Detect, sources: &'a Sources) -> Self {
        Self {
            common,
            arguments,
            sources,
        }
    }

    /// The command that imports all files as they are understood.
    pub fn import(&self) -> String {
        let mut line = CommandLine::new("import");
        for path in &self.arguments.files {
            line.with(&shell::path(path));
        }
        self.add_options(&mut line);
        line.text().to_owned()
    }

    /// What was said to look into the files is to be said again.
    fn add_options(&self, line: &mut CommandLine) {
        let Detect { password, source, .. } = self.arguments;
        line.again(self.common, password, source.as_deref());
        for (name, value) in self.arguments.tables.typed() {
            line.option(name, &value);
        }
    }

    /// For a table that nobody recognises: the commands that import it, one per type that it could be, with all columns that
    /// the type explains. `prefix`: what says in the file that this table is meant.
    pub fn commands(&self, path: &Path, table: &OpenedTable, prefix: &str, heads: &Heads) -> Vec<Suggestion> {
        let Some((headers, rows)) = heads.of(table.index) else {
            return Vec::new();
        };
        // Nobody is asked of what is known, imported or not.
        if table.detection.table_type.is_some() {
            return Vec::new();
        }
        let suggestion = |type_id: &str| {
            let detection = self.sources.detect_type(type_id, headers, rows, &table.plan.around)?;
            let mut line = CommandLine::new("import");
            line.with(&shell::path(path));
            self.add_options(&mut line);
            line.option("--type", &format!("{prefix}{type_id}"));
            for (key, column) in column_keys(headers).iter().zip(&detection.columns) {
                if let Some(field) = column.field {
                    line.option("--map", &format!("{prefix}{key}={field}"));
                }
            }
            Some(Suggestion {
                label: detection.table_type?.label,
                command: line.text().to_owned(),
            })
        };
        let types = self.types(table);
        types.iter().filter_map(|type_id| suggestion(type_id)).collect()
    }

    /// The types that a table could be: those that detection names, else the one whose fields its columns look like.
    fn types(&self, table: &OpenedTable) -> Vec<String> {
        let candidates = table.plan.candidates.iter().take(SHOWN_TYPES);
        let candidates: Vec<String> = candidates.map(|candidate| candidate.type_id.clone()).collect();
        if !candidates.is_empty() {
            return candidates;
        }
        let entities: Vec<EntityKind> = table
            .plan
            .fields()
            .map(|field| match field.slot {
                Slot::Main(kind) => kind,
                Slot::BillingAddress | Slot::ShippingAddress => EntityKind::Customer,
            })
            .collect();
        let Some(main) = entities.iter().max_by_key(|entity| {
            let count = entities.iter().filter(|other| other == entity).count();
            // Of equals, the first in the order of the import.
            (count, std::cmp::Reverse(**entity))
        }) else {
            return Vec::new();
        };
        let main = *main;
        let generic = self
            .sources
            .definitions()
            .iter()
            .filter(|source| source.id == "generic");
        let tables = generic.flat_map(|source| &source.tables);
        let of_main = tables.filter(|table| table.entities().first() == Some(&main));
        // The one that is about nothing else.
        let plainest = of_main.min_by_key(|table| table.entities().len());
        plainest.map(|table| table.type_id.clone()).into_iter().collect()
    }
}

/// What a person is asked of a table that nobody recognises.
pub fn question(title: &str, commands: &[Suggestion]) -> String {
    if commands.is_empty() {
        return format!(
            "{title} isn't recognised. Say what it is, and which column is which field: --type TYPE, --map 'Header=entity.field'."
        );
    }
    let mut text = format!("{title} isn't recognised. Say what it is; columns can be changed, and added:");
    for Suggestion { label, command } in commands {
        let _ = write!(text, "\n  {label}: {command}");
    }
    text
}
