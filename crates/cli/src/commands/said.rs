//! What a person says of tables: types and columns, on the command line and in a file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use torqueflow_app::wishes::{NamedTable, TableWish, Wishes, name_of};
use torqueflow_app::{Input, Opener, inputs};
use torqueflow_model::{Finding, Row};
use torqueflow_pipeline::{
    ColumnChoice, Mapping, OpenError, OpenedFile, Password, RowSink, Sources, Surroundings, TableChoice, open_tables,
    staging::Owner, understand,
};

/// What a person says of tables.
#[derive(Debug, Args)]
pub struct TableOptions {
    /// What a table is, for one that nobody recognises: `generic.customers`; with its worksheet or file and a colon before it
    /// where there are several, `Klanten:generic.customers`. Can be given several times
    #[arg(long = "type", value_name = "[TABLE:]TYPE")]
    pub types: Vec<String>,
    /// Which field a column feeds: `Klant=customer.display_name`; with the table before it where there are several,
    /// `Klanten:Klant=customer.display_name`; without a field the column is left out. Can be given several times
    #[arg(long = "map", value_name = "[TABLE:]HEADER=FIELD")]
    pub columns: Vec<String>,
    /// Read types and columns from this TOML file, in which columns can also be split, joined or constant
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
}

/// A person says something that can't be meant.
#[derive(Debug)]
pub struct SaidError(pub String);

impl std::fmt::Display for SaidError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SaidError {}

impl TableOptions {
    /// The same for the use cases.
    pub fn wishes(&self) -> anyhow::Result<Wishes> {
        Ok(Wishes {
            types: self.types.clone(),
            columns: self.columns.clone(),
            tables: match &self.mapping {
                Some(path) => read_file(path)?,
                None => Vec::new(),
            },
        })
    }

    /// The same as it was typed: options with their values.
    pub fn typed(&self) -> Vec<(&'static str, String)> {
        let types = self.types.iter().map(|text| ("--type", text.clone()));
        let columns = self.columns.iter().map(|text| ("--map", text.clone()));
        let file = self.mapping.iter();
        let file = file.map(|path| ("--mapping", path.to_string_lossy().into_owned()));
        types.chain(columns).chain(file).collect()
    }
}

/// A file of mappings: of one table, or of several.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MappingFile {
    table: Option<String>,
    #[serde(rename = "type")]
    table_type: Option<String>,
    mapping: BTreeMap<String, ColumnChoice>,
    tables: Vec<TableEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TableEntry {
    table: Option<String>,
    #[serde(rename = "type")]
    table_type: Option<String>,
    mapping: BTreeMap<String, ColumnChoice>,
}

/// Bytes of a file of mappings, for all we read.
const MAX_BYTES: u64 = 256 * 1024;

fn read_file(path: &Path) -> Result<Vec<TableWish>, SaidError> {
    let wrong = |error: &dyn std::fmt::Display| SaidError(format!("`{}`: {error}", path.display()));
    // What is no file may wait for ever when it is opened.
    if !std::fs::metadata(path).map_err(|error| wrong(&error))?.is_file() {
        return Err(wrong(&"it is not a regular file"));
    }
    let file = std::fs::File::open(path).map_err(|error| wrong(&error))?;
    let mut text = String::new();
    let read = file.take(MAX_BYTES + 1).read_to_string(&mut text);
    if text.len() as u64 > MAX_BYTES {
        return Err(wrong(&"it is larger than 256 KiB, which no mapping is"));
    }
    read.map_err(|error| wrong(&error))?;
    parse(&text).map_err(|error| wrong(&error))
}

fn parse(text: &str) -> Result<Vec<TableWish>, toml::de::Error> {
    let file: MappingFile = toml::from_str(text)?;
    let mut entries = file.tables;
    if file.table.is_some() || file.table_type.is_some() || !file.mapping.is_empty() {
        entries.insert(
            0,
            TableEntry {
                table: file.table,
                table_type: file.table_type,
                mapping: file.mapping,
            },
        );
    }
    let wishes = entries.into_iter().map(|entry| TableWish {
        table: entry.table,
        table_type: entry.table_type,
        mapping: entry
            .mapping
            .into_iter()
            .map(|(name, choice)| (name, read(choice)))
            .collect::<Mapping>(),
    });
    Ok(wishes.collect())
}

/// TOML has no null: an empty text stands for it.
fn read(choice: ColumnChoice) -> ColumnChoice {
    match choice {
        ColumnChoice::Feeds(feed) if feed.field.is_empty() && feed.constant.is_none() => ColumnChoice::LeftOut,
        ColumnChoice::Feeds(mut feed) => {
            if let Some(split) = &mut feed.split {
                for part in &mut split.into {
                    *part = part.take().filter(|part| !part.is_empty());
                }
            }
            ColumnChoice::Feeds(feed)
        }
        ColumnChoice::LeftOut => ColumnChoice::LeftOut,
    }
}

/// The heads of the tables of a file, by what tells them apart.
#[derive(Debug, Default)]
pub struct Heads {
    heads: BTreeMap<usize, (Vec<String>, Vec<Row>)>,
    current: usize,
}

/// Rows that detection looks at.
const SAMPLE_ROWS: usize = 100;

impl Heads {
    /// The headers and first rows of a table.
    pub fn of(&self, table: usize) -> Option<(&[String], &[Row])> {
        let (headers, rows) = self.heads.get(&table)?;
        Some((headers, rows))
    }
}

impl RowSink for Heads {
    fn begin(&mut self, table: usize, headers: &[String]) -> std::io::Result<()> {
        self.current = table;
        self.heads.insert(table, (headers.to_vec(), Vec::new()));
        Ok(())
    }

    fn row(&mut self, row: &Row, _: Option<&Owner>, _: &[Finding]) -> std::io::Result<()> {
        if let Some((_, rows)) = self.heads.get_mut(&self.current)
            && rows.len() < SAMPLE_ROWS
        {
            rows.push(row.clone());
        }
        Ok(())
    }

    fn end(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The tables of a file as a person can name them.
pub fn named_tables(file: &str, opened: &OpenedFile) -> Vec<NamedTable> {
    let tables = opened.tables.iter().map(|table| NamedTable {
        file: file.to_owned(),
        sheet: table.sheet.clone(),
        ordinal: table.ordinal,
        headers: table.head.columns.clone(),
        is_known: table.detection.table_type.is_some(),
    });
    tables.collect()
}

/// What stands before a type or a column on the command line, to say that this one of a file's tables is meant.
pub fn prefix(tables: &[NamedTable], table: &NamedTable, is_in_archive: bool) -> String {
    let name = match tables {
        _ if is_in_archive => table.full_name(),
        [_] => return String::new(),
        _ => name_of(tables, table),
    };
    format!("{name}:")
}

/// A file that was given, and what is at its path.
pub struct Given {
    /// Its path, as it was given.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// The file itself, or the files of an archive, with what there is to say about it.
    pub found: Result<(Vec<Input>, Option<String>), OpenError>,
}

/// What is at these paths.
pub fn given(files: &[PathBuf], opener: &Opener) -> Vec<Given> {
    let files = files.iter().map(|path| {
        let name = super::file_name(path);
        Given {
            found: inputs(&name, path, opener.limits(), &opener.deadline()),
            path: path.clone(),
            name,
        }
    });
    files.collect()
}

/// What a person says of the tables of each of these files, by what tells the tables apart. Looks into the files for it, unless
/// nothing is said.
///
/// # Errors
///
/// A [`SaidError`] of what can't be meant of any table, or can't be done.
pub fn choices(
    given: &[Given],
    opener: &Opener,
    password: Option<&Password>,
    sources: &Sources,
    system: Option<&str>,
    wishes: &Wishes,
) -> anyhow::Result<Vec<BTreeMap<usize, TableChoice>>> {
    let inputs: Vec<&Input> = given
        .iter()
        .flat_map(|given| given.found.iter().flat_map(|(inputs, _)| inputs))
        .collect();
    let mut choices = vec![BTreeMap::new(); inputs.len()];
    if wishes.is_empty() {
        return Ok(choices);
    }
    let mut tables = Vec::new();
    let mut places = Vec::new();
    let mut heads = Vec::with_capacity(inputs.len());
    for (place, input) in inputs.iter().enumerate() {
        let mut of_file = Heads::default();
        let deadline = opener.deadline();
        let options = opener.options(password);
        let mut rows = deadline.sink(&mut of_file);
        let file = super::open_file(input, Some(deadline))
            .map_err(Into::into)
            .and_then(|reader| open_tables(&input.name, reader, &options, sources, system, &mut rows));
        // What can't be opened is told when it is opened again.
        if let Ok(file) = file {
            places.extend(file.tables.iter().map(|table| (place, table.index)));
            tables.extend(named_tables(&input.name, &file));
        }
        heads.push(of_file);
    }
    for (table, choice) in wishes.resolve(&tables)? {
        let Some((file, index)) = places.get(table).copied() else {
            continue;
        };
        if let Some((headers, rows)) = heads.get(file).and_then(|heads| heads.of(index)) {
            // What stands around a table does not matter to whether a choice can be taken.
            let around = Surroundings::default();
            understand(sources, system, headers, rows, &around, &choice)
                .map_err(|error| SaidError(error.to_string()))?;
        }
        if let Some(of_file) = choices.get_mut(file) {
            of_file.insert(index, choice);
        }
    }
    Ok(choices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_maps_one_table_or_several() {
        let one = "type = \"generic.customers\"\n[mapping]\nKlant = \"customer.display_name\"\nIntern = \"\"\n\
                   Plaats = { field = \"billing_address.city\", split = { by = \",\", into = [\"\", \"billing_address.postal_code\"] } }\n";
        let [wish] = parse(one).unwrap().try_into().unwrap();
        assert_eq!(wish.table_type.as_deref(), Some("generic.customers"));
        let shown = serde_json::to_value(&wish.mapping).unwrap();
        assert_eq!(
            shown,
            serde_json::json!({
                "Klant": "customer.display_name", "Intern": null,
                "Plaats": { "field": "billing_address.city", "split": { "by": ",", "into": [null, "billing_address.postal_code"] } }
            })
        );
        let several = "[[tables]]\ntable = \"Klanten\"\ntype = \"generic.customers\"\n[[tables]]\ntable = \"Autos\"\n\
                       [tables.mapping]\nKenteken = \"vehicle.registration\"\n";
        let names: Vec<Option<String>> = parse(several).unwrap().into_iter().map(|wish| wish.table).collect();
        assert_eq!(names, [Some("Klanten".to_owned()), Some("Autos".to_owned())]);
        for wrong in ["typ = \"x\"", "[mapping]\nKlant = 3", "[[tables]]\nsheet = \"x\""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
