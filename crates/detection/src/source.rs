//! Reads source systems from TOML: every name in a file is checked against the catalogue, and errors say where.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use toml::Spanned;
use torqueflow_model::{ColumnSignature, FieldRef, Slot, SourceDefinition, TableSignature, fold_header, header_words};

use crate::toml_file::{OneOrMany, SlotRules, SourceFile, TableEntry};

/// Why a source's TOML file can't be used. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// The file is not TOML, or something in it is missing, unknown or of the wrong type.
    #[error("line {line}: {message}")]
    Syntax {
        /// Where.
        line: usize,
        /// What the TOML reader says.
        message: String,
    },
    /// A column is mapped to a field that does not exist.
    #[error("line {line}, table `{table}`, column `{column}`: `{field}` is not a field of the catalogue")]
    UnknownField {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
        /// The column's header.
        column: String,
        /// What was written.
        field: String,
    },
    /// A field is named, outside of a column, that does not exist or that the table does not have.
    #[error("line {line}, table `{table}`: `{name}` is neither a column of the table nor a field that it fills")]
    UnknownName {
        /// Where.
        line: usize,
        /// The table's type, or the section.
        table: String,
        /// What was written.
        name: String,
    },
    /// Two columns of a table can't be told apart.
    #[error("line {line}, table `{table}`, column `{column}`: the spelling `{alias}` is already that of `{other}`")]
    DuplicateAlias {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
        /// The second column.
        column: String,
        /// The spelling.
        alias: String,
        /// The first column.
        other: String,
    },
    /// Two tables have the same type, or a type does not start with the source's id.
    #[error("line {line}: the type `{table}` must be unique and start with `{source_id}.`")]
    TypeName {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
        /// The source's id.
        source_id: String,
    },
    /// A table without required columns would be found everywhere.
    #[error("line {line}, table `{table}`: `required` must name at least one column")]
    NothingRequired {
        /// Where.
        line: usize,
        /// The table's type.
        table: String,
    },
}

/// Reads one source system from its TOML file.
///
/// ```
/// let source = torqueflow_detection::parse_source(r#"
/// id = "wrenchbook"
/// label = "Wrenchbook"
///
/// [[table]]
/// type = "wrenchbook.vehicles"
/// label = "Wrenchbook vehicles"
/// noun = "vehicles"
/// required = ["Plate", ["Owner Ref", "Chassis"]]   # a list: one of them is enough
///
/// [table.columns]
/// Plate = "vehicle.registration"
/// "Owner Ref" = { field = "vehicle.customer", aliases = ["Owner Number"] }
/// Chassis = "vehicle.vin"
/// Tyres = ""                                        # known, and not imported
/// "#).unwrap();
/// assert_eq!(source.tables[0].columns.len(), 4);
///
/// let wrong = torqueflow_detection::parse_source("id = 7").unwrap_err();
/// assert!(wrong.to_string().starts_with("line 1: "));
/// ```
pub fn parse_source(toml: &str) -> Result<SourceDefinition, SourceError> {
    let file: SourceFile = toml::from_str(toml).map_err(|error| SourceError::Syntax {
        line: line_of(toml, error.span().unwrap_or_default()),
        message: error.message().to_owned(),
    })?;
    let words = SpellingBook::new(toml, &file)?;
    let mut tables: Vec<TableSignature> = Vec::new();
    for entry in &file.table {
        let type_id = entry.type_id.get_ref();
        let taken = tables.iter().any(|table| table.type_id == *type_id);
        let named = type_id
            .strip_prefix(&file.id)
            .is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'));
        if taken || !named {
            return Err(SourceError::TypeName {
                line: line_of(toml, entry.type_id.span()),
                table: type_id.clone(),
                source_id: file.id.clone(),
            });
        }
        tables.push(
            TableReader {
                toml,
                words: &words,
                entry,
            }
            .read()?,
        );
    }
    let not_fields: Vec<String> = file.not_fields.iter().map(|text| fold_header(text)).collect();
    let all_words = words_of(&file);
    Ok(SourceDefinition {
        id: file.id,
        label: file.label,
        tables,
        not_fields,
        words: all_words,
    })
}

/// The words of all spellings of a file, sorted.
fn words_of(file: &SourceFile) -> Vec<String> {
    let spellings = file.spellings.values().flat_map(Spanned::get_ref);
    let prefixes = file.slots.values().flat_map(|rules| &rules.get_ref().prefixes);
    let of_tables = file.table.iter().flat_map(|table| {
        let columns = table.columns.iter();
        let columns = columns.flat_map(|(header, column)| std::iter::once(header).chain(&column.get_ref().aliases));
        table.excluded.iter().chain(columns)
    });
    let texts = spellings.chain(prefixes).chain(of_tables).chain(&file.not_fields);
    let mut words: Vec<String> = texts.flat_map(|text| header_words(text)).collect();
    words.sort_unstable();
    words.dedup();
    words
}

fn line_of(toml: &str, span: Range<usize>) -> usize {
    toml.get(..span.start).unwrap_or_default().matches('\n').count() + 1
}

/// The `[spellings]` and `[slots]` of a file.
struct SpellingBook<'a> {
    /// The fields in the order of the file: of two fields that a header could mean, the first takes it.
    fields: Vec<&'a str>,
    /// The folded spellings of each field.
    spellings: HashMap<&'a str, Vec<String>>,
    slots: BTreeMap<Slot, &'a SlotRules>,
}

impl<'a> SpellingBook<'a> {
    fn new(toml: &str, file: &'a SourceFile) -> Result<Self, SourceError> {
        let mut entries: Vec<_> = file.spellings.iter().collect();
        entries.sort_by_key(|(_, list)| list.span().start);
        for (name, list) in &entries {
            let known = match name.strip_prefix("*.") {
                Some(field) => torqueflow_model::EntityKind::ALL
                    .iter()
                    .any(|kind| FieldRef::new(Slot::Main(*kind), field).is_some()),
                None => FieldRef::parse(name).is_some(),
            };
            if !known {
                return Err(SourceError::UnknownName {
                    line: line_of(toml, list.span()),
                    table: "spellings".to_owned(),
                    name: (*name).clone(),
                });
            }
        }
        let mut slots = BTreeMap::new();
        for (name, rules) in &file.slots {
            let slot = Slot::from_name(name).ok_or_else(|| SourceError::UnknownName {
                line: line_of(toml, rules.span()),
                table: "slots".to_owned(),
                name: name.clone(),
            })?;
            slots.insert(slot, rules.get_ref());
        }
        Ok(Self {
            fields: entries.iter().map(|(name, _)| name.as_str()).collect(),
            spellings: entries
                .iter()
                .map(|(name, list)| {
                    (
                        name.as_str(),
                        list.get_ref().iter().map(|text| fold_header(text)).collect(),
                    )
                })
                .collect(),
            slots,
        })
    }

    /// The columns that a slot may have, best first.
    fn columns(&self, slot: Slot, without: &[FieldRef]) -> Vec<ColumnSignature> {
        let mut fields: Vec<FieldRef> = Vec::new();
        let listed = self.fields.iter().filter_map(|name| match name.strip_prefix("*.") {
            Some(field) => FieldRef::new(slot, field),
            None => FieldRef::parse(name).filter(|field| field.slot == slot),
        });
        let rest = slot.entity().fields().iter().map(|spec| FieldRef { slot, spec });
        for field in listed.chain(rest) {
            if field.spec.mappable && !fields.contains(&field) && !without.contains(&field) {
                fields.push(field);
            }
        }
        fields.into_iter().map(|field| self.column(field)).collect()
    }

    fn column(&self, field: FieldRef) -> ColumnSignature {
        let own = field.to_string();
        let any = format!("*.{}", field.spec.name);
        let of = |name: &str| self.spellings.get(name).into_iter().flatten();
        let spellings: Vec<&str> = of(&own).chain(of(&any)).map(String::as_str).collect();
        let rules = self.slots.get(&field.slot);
        let (name, label) = (fold_header(field.spec.name), fold_header(field.spec.label));
        // As they are folded, so that a prefix and a spelling need only be written one after the other.
        let mut aliases = Aliases::default();
        if !rules.is_some_and(|rules| rules.prefix_needed) {
            for text in &spellings {
                aliases.add("", text);
            }
            // A bare word such as `name` or `code` means too much to be taken for a field of the catalogue.
            for (text, folded) in [(field.spec.name, &name), (field.spec.label, &label)] {
                if text.contains(['_', ' ', '-']) {
                    aliases.add("", folded);
                }
            }
        }
        aliases.add("", &fold_header(&own));
        for prefix in rules.iter().flat_map(|rules| &rules.prefixes) {
            let prefix = fold_header(prefix);
            for text in spellings.iter().copied().chain([name.as_str(), label.as_str()]) {
                aliases.add(&prefix, text);
            }
        }
        ColumnSignature {
            header: field.spec.label.to_owned(),
            aliases: aliases.list,
            field: Some(field),
        }
    }
}

/// Folded spellings, each once.
#[derive(Default)]
struct Aliases {
    list: Vec<String>,
    known: HashSet<String>,
}

impl Aliases {
    fn add(&mut self, prefix: &str, text: &str) {
        let alias = format!("{prefix}{text}");
        if !alias.is_empty() && self.known.insert(alias.clone()) {
            self.list.push(alias);
        }
    }
}

/// Turns one `[[table]]` into a signature.
struct TableReader<'a> {
    toml: &'a str,
    words: &'a SpellingBook<'a>,
    entry: &'a TableEntry,
}

impl TableReader<'_> {
    fn read(&self) -> Result<TableSignature, SourceError> {
        let mut columns = self.named_columns()?;
        let without = self
            .entry
            .without
            .iter()
            .map(|name| FieldRef::parse(name.get_ref()).ok_or_else(|| self.unknown(name, name.get_ref())))
            .collect::<Result<Vec<_>, _>>()?;
        for name in &self.entry.slots {
            let slot = Slot::from_name(name.get_ref()).ok_or_else(|| self.unknown(name, name.get_ref()))?;
            columns.extend(self.words.columns(slot, &without));
        }
        if self.entry.required.is_empty() {
            return Err(SourceError::NothingRequired {
                line: line_of(self.toml, self.entry.type_id.span()),
                table: self.type_id(),
            });
        }
        let required = self
            .entry
            .required
            .iter()
            .map(|group| self.required_group(group, &columns))
            .collect::<Result<_, _>>()?;
        let required_values = self
            .entry
            .required_values
            .iter()
            .map(|group| self.value_group(group, &columns))
            .collect::<Result<_, _>>()?;
        Ok(TableSignature {
            type_id: self.type_id(),
            label: self.entry.label.clone(),
            noun: self.entry.noun.clone(),
            columns,
            required,
            required_values,
            excluded: self.excluded(),
            date_order: self.entry.date_order,
            names: self.entry.names.iter().map(|name| name.to_lowercase()).collect(),
            flags: self.entry.flags.iter().map(|text| fold_header(text)).collect(),
            must_be_named: self.entry.must_be_named,
        })
    }

    /// The folded headers that speak against it; of a field, all that mean it wherever it may be.
    fn excluded(&self) -> Vec<String> {
        let texts = self.entry.excluded.iter();
        texts
            .flat_map(|text| match FieldRef::parse(text) {
                Some(field) => self.words.column(field).aliases,
                None => vec![fold_header(text)],
            })
            .collect()
    }

    /// The columns of `[table.columns]`, in the order of the file.
    fn named_columns(&self) -> Result<Vec<ColumnSignature>, SourceError> {
        let mut entries: Vec<_> = self.entry.columns.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.span().start);
        let mut columns: Vec<ColumnSignature> = Vec::new();
        for (header, entry) in entries {
            let line = line_of(self.toml, entry.span());
            let column = entry.get_ref();
            let field = match column.field.as_str() {
                "" => None,
                name => Some(
                    FieldRef::parse(name)
                        .filter(|field| field.spec.mappable)
                        .ok_or_else(|| SourceError::UnknownField {
                            line,
                            table: self.type_id(),
                            column: header.clone(),
                            field: name.to_owned(),
                        })?,
                ),
            };
            let aliases: Vec<String> = std::iter::once(header)
                .chain(&column.aliases)
                .map(|text| fold_header(text))
                .collect();
            for alias in &aliases {
                let other = columns.iter().find(|other| other.aliases.contains(alias));
                if let Some(other) = other {
                    return Err(SourceError::DuplicateAlias {
                        line,
                        table: self.type_id(),
                        column: header.clone(),
                        alias: alias.clone(),
                        other: other.header.clone(),
                    });
                }
            }
            columns.push(ColumnSignature {
                header: header.clone(),
                aliases,
                field,
            });
        }
        Ok(columns)
    }

    fn required_group(
        &self,
        group: &Spanned<OneOrMany>,
        columns: &[ColumnSignature],
    ) -> Result<Vec<usize>, SourceError> {
        let mut indices = Vec::new();
        for name in &group.get_ref().0 {
            let folded = fold_header(name);
            let field = FieldRef::parse(name);
            let before = indices.len();
            for (index, column) in columns.iter().enumerate() {
                let by_header = fold_header(&column.header) == folded;
                if if field.is_some() {
                    column.field == field
                } else {
                    by_header
                } {
                    indices.push(index);
                }
            }
            if indices.len() == before {
                return Err(self.unknown(group, name));
            }
        }
        Ok(indices)
    }

    fn value_group(
        &self,
        group: &Spanned<OneOrMany>,
        columns: &[ColumnSignature],
    ) -> Result<Vec<FieldRef>, SourceError> {
        let names = &group.get_ref().0;
        names
            .iter()
            .map(|name| {
                FieldRef::parse(name)
                    .filter(|field| columns.iter().any(|column| column.field == Some(*field)))
                    .ok_or_else(|| self.unknown(group, name))
            })
            .collect()
    }

    fn unknown<T>(&self, place: &Spanned<T>, name: &str) -> SourceError {
        SourceError::UnknownName {
            line: line_of(self.toml, place.span()),
            table: self.type_id(),
            name: name.to_owned(),
        }
    }

    fn type_id(&self) -> String {
        self.entry.type_id.get_ref().clone()
    }
}
