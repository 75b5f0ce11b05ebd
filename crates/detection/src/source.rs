//! Reads source systems from TOML: every name in a file is checked against the catalogue, and errors say where.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use toml::Spanned;
use torqueflow_model::{ColumnSignature, FieldRef, Slot, SourceDefinition, TableSignature, fold_header, header_words};

use crate::source_error::SourceError;
use crate::toml_file::{OneOrMany, SlotRules, SourceFile, TableEntry};

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
    read_source(toml).map_err(|faults| faults.into_iter().next().unwrap_or(SourceError::NoTable { line: 1 }))
}

/// Everything that is wrong with the TOML file of a source system, from its first line on. What is not TOML, or has a key that
/// is missing, unknown or of the wrong type, is told alone, since the file can't be read any further.
///
/// ```
/// let faults = torqueflow_detection::check_source("id = \"A\"\nlabel = \"\"");
/// assert_eq!(faults.iter().map(|fault| fault.line()).collect::<Vec<_>>(), [1, 2]);
/// ```
pub fn check_source(toml: &str) -> Vec<SourceError> {
    read_source(toml).err().unwrap_or_default()
}

/// The definition, or what is wrong, in the order of lines.
fn read_source(toml: &str) -> Result<SourceDefinition, Vec<SourceError>> {
    let file: SourceFile = toml::from_str(toml).map_err(|error| vec![syntax_error(toml, &error)])?;
    let mut faults = Faults::new(toml);
    faults.check_names(&file);
    let words = SpellingBook::new(&file, &mut faults);
    let (mut tables, mut spellings) = (Vec::<TableSignature>::new(), 0);
    for entry in &file.table {
        let type_id = entry.type_id.get_ref();
        let taken = tables.iter().any(|table| table.type_id == *type_id);
        let named = type_id
            .strip_prefix(file.id.get_ref())
            .is_some_and(|rest| rest.len() > 1 && rest.starts_with('.'));
        if taken || !named {
            let (table, source_id) = (type_id.clone(), file.id.get_ref().clone());
            faults.add(&entry.type_id, |line| SourceError::TypeName { line, table, source_id });
        }
        let reader = TableReader { words: &words, entry };
        tables.push(reader.read(&mut spellings, &mut faults));
    }
    if tables.is_empty() && faults.found.is_empty() {
        faults.found.push(SourceError::NoTable { line: 1 });
    }
    if faults.found.is_empty() {
        let all_words = words_of(&file);
        return Ok(SourceDefinition {
            not_fields: file.not_fields.iter().map(|text| fold_header(text)).collect(),
            words: all_words,
            id: file.id.into_inner(),
            label: file.label.into_inner(),
            tables,
        });
    }
    faults.found.sort_by_key(SourceError::line);
    Err(faults.found)
}

/// What is wrong with a file.
struct Faults<'a> {
    toml: &'a str,
    found: Vec<SourceError>,
}

impl<'a> Faults<'a> {
    fn new(toml: &'a str) -> Self {
        Self {
            toml,
            found: Vec::new(),
        }
    }

    /// Adds a fault at the line of this part of the file.
    fn add<T>(&mut self, place: &Spanned<T>, fault: impl FnOnce(usize) -> SourceError) {
        self.found.push(fault(line_of(self.toml, place.span())));
    }

    fn unknown<T>(&mut self, place: &Spanned<T>, table: &str, name: &str) {
        let (table, name) = (table.to_owned(), name.to_owned());
        self.add(place, |line| SourceError::UnknownName { line, table, name });
    }

    /// The id, and the names that people see.
    fn check_names(&mut self, file: &SourceFile) {
        let id = file.id.get_ref();
        let is_letter = |character: char| character.is_ascii_lowercase();
        let goes_on = |character: char| is_letter(character) || character.is_ascii_digit() || character == '_';
        if !id.starts_with(is_letter) || !id.chars().all(goes_on) {
            let id = id.clone();
            self.add(&file.id, |line| SourceError::Id { line, id });
        }
        self.check_blank(&file.label, "label");
        for entry in &file.table {
            self.check_blank(&entry.label, "label");
            self.check_blank(&entry.noun, "noun");
            if let Some(reason) = &entry.not_imported {
                self.check_blank(reason, "not_imported");
            }
        }
    }

    fn check_blank(&mut self, text: &Spanned<String>, name: &'static str) {
        if text.get_ref().trim().is_empty() {
            self.add(text, |line| SourceError::Blank { line, name });
        }
    }
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

/// What the TOML reader says of a file that is none.
pub(crate) fn syntax_error(toml: &str, error: &toml::de::Error) -> SourceError {
    SourceError::Syntax {
        line: line_of(toml, error.span().unwrap_or_default()),
        message: error.message().to_owned(),
    }
}

pub(crate) fn line_of(toml: &str, span: Range<usize>) -> usize {
    toml.get(..span.start).unwrap_or_default().matches('\n').count() + 1
}

/// The most spellings that the tables of a file may have by `slots`: far more than anybody writes.
const MAX_SPELLINGS: usize = 1_000_000;

/// The `[spellings]` and `[slots]` of a file.
struct SpellingBook<'a> {
    /// The fields in the order of the file: of two fields that a header could mean, the first takes it.
    fields: Vec<&'a str>,
    /// The folded spellings of each field.
    spellings: HashMap<&'a str, Vec<String>>,
    slots: BTreeMap<Slot, &'a SlotRules>,
}

impl<'a> SpellingBook<'a> {
    fn new(file: &'a SourceFile, faults: &mut Faults<'_>) -> Self {
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
                faults.unknown(list, "spellings", name);
            }
        }
        let mut slots = BTreeMap::new();
        for (name, rules) in &file.slots {
            match Slot::from_name(name) {
                Some(slot) => {
                    slots.insert(slot, rules.get_ref());
                }
                None => faults.unknown(rules, "slots", name),
            }
        }
        Self {
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
        }
    }

    /// Whether the spellings of this slot, with those that were counted before, are more than a file may have. Counts them.
    fn is_too_much(&self, slot: Slot, counted: &mut usize) -> bool {
        let is_of_slot = |name: &str| matches!(name.split_once('.'), Some((of, _)) if of == "*" || of == slot.name());
        let of_slot = self.spellings.iter().filter(|(name, _)| is_of_slot(name));
        let listed: usize = of_slot.map(|(_, spellings)| spellings.len()).sum();
        let prefixes = self.slots.get(&slot).map_or(0, |rules| rules.prefixes.len());
        *counted = counted.saturating_add(listed.saturating_mul(prefixes + 1));
        *counted > MAX_SPELLINGS
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
    words: &'a SpellingBook<'a>,
    entry: &'a TableEntry,
}

impl TableReader<'_> {
    /// `spellings`: how many the file's tables have so far by their slots.
    fn read(&self, spellings: &mut usize, faults: &mut Faults<'_>) -> TableSignature {
        let mut columns = self.named_columns(faults);
        let mut without = Vec::new();
        for name in &self.entry.without {
            match FieldRef::parse(name.get_ref()) {
                Some(field) => without.push(field),
                None => faults.unknown(name, self.type_id(), name.get_ref()),
            }
        }
        for name in &self.entry.slots {
            match Slot::from_name(name.get_ref()) {
                Some(slot) if self.words.is_too_much(slot, spellings) => {
                    let table = self.type_id().to_owned();
                    faults.add(name, |line| SourceError::TooManySpellings { line, table });
                }
                Some(slot) => columns.extend(self.words.columns(slot, &without)),
                None => faults.unknown(name, self.type_id(), name.get_ref()),
            }
        }
        if self.entry.required.is_empty() {
            let table = self.type_id().to_owned();
            faults.add(&self.entry.type_id, |line| SourceError::NothingRequired { line, table });
        }
        if let Some(reason) = &self.entry.not_imported
            && columns.iter().any(|column| column.field.is_some())
        {
            let table = self.type_id().to_owned();
            faults.add(reason, |line| SourceError::LeftOutWithFields { line, table });
        }
        let required = self.entry.required.iter();
        let required = required
            .map(|group| self.required_group(group, &columns, faults))
            .collect();
        let required_values = self.entry.required_values.iter();
        let required_values = required_values
            .map(|group| self.value_group(group, &columns, faults))
            .collect();
        let when_named = self.entry.when_named.iter();
        let when_named = when_named
            .map(|(header, group)| (fold_header(header), self.value_group(group, &columns, faults)))
            .collect();
        TableSignature {
            type_id: self.type_id().to_owned(),
            label: self.entry.label.get_ref().clone(),
            noun: self.entry.noun.get_ref().clone(),
            columns,
            required,
            required_values,
            excluded: self.excluded(),
            date_order: self.entry.date_order,
            names: self.entry.names.iter().map(|name| name.to_lowercase()).collect(),
            flags: self.entry.flags.iter().map(|text| fold_header(text)).collect(),
            must_be_named: self.entry.must_be_named,
            signs: self.entry.signs.iter().map(|text| fold_header(text)).collect(),
            hints: self.entry.hints.iter().map(|text| fold_header(text)).collect(),
            when_named,
            not_imported: self.entry.not_imported.as_ref().map(|reason| reason.get_ref().clone()),
        }
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
    fn named_columns(&self, faults: &mut Faults<'_>) -> Vec<ColumnSignature> {
        let mut entries: Vec<_> = self.entry.columns.iter().collect();
        entries.sort_by_key(|(_, entry)| entry.span().start);
        let mut columns: Vec<ColumnSignature> = Vec::new();
        for (header, entry) in entries {
            let column = entry.get_ref();
            let field = FieldRef::parse(&column.field).filter(|field| field.spec.mappable);
            if field.is_none() && !column.field.is_empty() {
                faults.add(entry, |line| SourceError::UnknownField {
                    line,
                    table: self.type_id().to_owned(),
                    column: header.clone(),
                    field: column.field.clone(),
                });
            }
            let aliases: Vec<String> = std::iter::once(header)
                .chain(&column.aliases)
                .map(|text| fold_header(text))
                .collect();
            for alias in &aliases {
                if let Some(other) = columns.iter().find(|other| other.aliases.contains(alias)) {
                    faults.add(entry, |line| SourceError::DuplicateAlias {
                        line,
                        table: self.type_id().to_owned(),
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
        columns
    }

    fn required_group(
        &self,
        group: &Spanned<OneOrMany>,
        columns: &[ColumnSignature],
        faults: &mut Faults<'_>,
    ) -> Vec<usize> {
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
                faults.unknown(group, self.type_id(), name);
            }
        }
        indices
    }

    fn value_group(
        &self,
        group: &Spanned<OneOrMany>,
        columns: &[ColumnSignature],
        faults: &mut Faults<'_>,
    ) -> Vec<FieldRef> {
        let mut fields = Vec::new();
        for name in &group.get_ref().0 {
            let field = FieldRef::parse(name);
            match field.filter(|field| columns.iter().any(|column| column.field == Some(*field))) {
                Some(field) => fields.push(field),
                None => faults.unknown(group, self.type_id(), name),
            }
        }
        fields
    }

    fn type_id(&self) -> &str {
        self.entry.type_id.get_ref()
    }
}
