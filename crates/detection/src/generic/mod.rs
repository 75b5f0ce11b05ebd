//! Tables of no known system: each type of table collects what speaks for it and against it.

mod apart;
mod columns;
mod mismatch;
mod named;
mod names;
mod own_id;
mod rows;
mod weight;

use torqueflow_model::{FieldKind, FieldRef, TableSignature};

use crate::assign::Mapping;
use crate::detection::MatchedBy;
use crate::signature::group_name;
use crate::table::Table;
use crate::values::Look;
use crate::vocabulary::Vocabulary;

pub use mismatch::Mismatch;
pub use own_id::Merged;

/// What headers say beyond the columns that they name.
#[derive(Default)]
struct Clues {
    /// How many headers say that it is what must be named, and how many hint at it.
    signs: usize,
    hints: usize,
    /// Headers say what is kept of others than those whom such a table is of.
    of_others: bool,
    /// The number that lines would repeat is one of each row's own.
    no_line: bool,
}

/// How well a file fits one generic type.
pub struct Candidate<'a> {
    pub table: &'a TableSignature,
    pub mapping: Mapping,
    /// The required columns that are absent.
    pub missing: Vec<String>,
    /// Headers that speak against it.
    pub against: Vec<String>,
    /// Columns whose values are not what their header says.
    pub mismatched: Vec<Mismatch>,
    /// All that speaks of a vehicle is a registration that may be anything's.
    unsure_registration: bool,
    /// Its columns of yes and no say that its rows are of this kind, or of another: from -1 to 1.
    flagged: f64,
    /// How much the words around the table name it, from 0 to 1.
    pub named: f64,
    /// What these words speak of.
    pub named_as: &'a str,
    /// A header names it: 1, or 0.
    named_by_header: f64,
    clues: Clues,
    /// The number by which a record is known stands in several rows.
    pub repeats: bool,
    /// Rows that are taken for the same record though they say different things of it.
    pub merged: Option<Merged>,
    /// The weight of the columns that are understood.
    weight: f64,
    /// The share of the telling columns that is understood.
    explained: f64,
    /// From 0 to 1.
    pub confidence: f64,
    /// The headers are those of our own template.
    pub template: bool,
    /// What the other tables of the document say of it.
    pub standing: Standing,
}

/// What other tables say of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing against it.
    Possible,
    /// The rows are no list of what the type lists.
    Denied,
}

impl<'a> Candidate<'a> {
    /// `named`: how much the words around the table name this type, from 0 to 1.
    pub fn new(table: &'a TableSignature, words: &Vocabulary, file: &Table, named: f64) -> Self {
        let template = words.template(table, file.headers);
        let mut candidate = Self {
            table,
            template: template.is_some(),
            mapping: template.unwrap_or_else(|| by_alias(table, words, file)),
            missing: Vec::new(),
            against: Vec::new(),
            mismatched: Vec::new(),
            unsure_registration: false,
            flagged: 0.0,
            named,
            named_as: &table.noun,
            named_by_header: 0.0,
            clues: Clues::default(),
            repeats: false,
            merged: None,
            weight: 0.0,
            explained: 0.0,
            confidence: 0.0,
            standing: Standing::Possible,
        };
        candidate.drop_mismatched(words, file);
        candidate.prefer_what_tells_rows_apart(words, file);
        candidate.prefer_prices_that_most_rows_have(words, file);
        candidate.tell_suppliers_from_their_numbers(file);
        candidate.add_when_named(file);
        candidate.add_similar(words, file);
        candidate.add_by_values(words, file);
        candidate.add_names_by_the_word_for_them(file);
        candidate.add_titles(file);
        candidate.name_firms(file);
        candidate.drop_names_of_others(file);
        candidate.drop_totals_of_lines(file);
        candidate.tell_codes_from_counters(words, file);
        candidate.add_own_id(words, file);
        candidate.missing = table
            .required
            .iter()
            .enumerate()
            .filter(|(place, group)| {
                !group
                    .iter()
                    .any(|index| candidate.has_column(*index, *place == 0, file))
            })
            .map(|(_, group)| group_name(table, group))
            .collect();
        candidate.weigh(file);
        candidate.merged = candidate.merged(file);
        candidate
    }

    /// Every telling column is one of its fields.
    pub fn explains_all(&self) -> bool {
        self.explained >= 1.0
    }

    /// How many columns it understands.
    pub fn understood(&self) -> usize {
        if self.is_left_out() {
            self.mapping.known_count()
        } else {
            self.mapping.count()
        }
    }

    /// Of a type that is known and not imported, a column that it has.
    fn is_left_out_column(&self, index: usize) -> bool {
        self.is_left_out() && self.mapping.is_known(index)
    }

    /// The type is known, and none of it is imported.
    pub fn is_left_out(&self) -> bool {
        self.table.columns.iter().all(|column| column.field.is_none())
    }

    /// The column itself was found, or its field was found in another way than by a spelling.
    fn has_column(&self, index: usize, filled: bool, file: &Table) -> bool {
        let itself = self.mapping.found.get(index).copied().flatten();
        let Some(field) = self.table.columns.get(index).and_then(|column| column.field) else {
            return itself.is_some_and(|place| file.is_filled(place));
        };
        let mut fields = self.mapping.fields.iter().enumerate();
        fields.any(|(place, entry)| {
            let is_it =
                entry.is_some_and(|(other, by)| other == field && (by != MatchedBy::Alias || itself == Some(place)));
            is_it && (!filled || file.is_filled(place))
        })
    }

    /// The fields of these columns of the table.
    pub fn fields<'b>(&'b self, columns: &'b [usize]) -> impl Iterator<Item = FieldRef> + 'b {
        columns.iter().filter_map(|index| self.table.columns.get(*index)?.field)
    }

    pub fn feeds(&self, columns: &[usize], field: FieldRef) -> bool {
        self.fields(columns).any(|other| other == field)
    }

    /// This field, if a column of the type has it.
    fn own_field(&self, field: FieldRef) -> Option<FieldRef> {
        let mut columns = self.table.columns.iter();
        columns.any(|column| column.field == Some(field)).then_some(field)
    }

    /// The column that feeds a field.
    pub fn column_of(&self, name: &str) -> Option<usize> {
        let field = FieldRef::parse(name)?;
        let mut fields = self.mapping.fields.iter();
        fields.position(|entry| entry.is_some_and(|(other, _)| other == field))
    }
}

/// Assigns by known spellings. What holds nothing leaves the field to another column with a name for it, and so does what holds
/// something else; of two addresses, the one that hardly anybody has to the other.
fn by_alias(table: &TableSignature, words: &Vocabulary, file: &Table) -> Mapping {
    let present = words.columns_among(file.headers);
    let wanted = |column| present.contains(&column);
    let fits = |index, field: FieldRef| !file.is_no_field(index) && file.may_hold(index, field);
    let is_spare = |index, field: FieldRef| field.slot.address_type().is_some() && file.is_hardly_filled(index);
    let mut mapping = Mapping::by_alias_of(table, file.headers, wanted, |index, field| {
        file.is_filled(index) && !is_spare(index, field) && fits(index, field)
    });
    let all = || 0..file.headers.len();
    if all().any(|index| file.is_hardly_filled(index)) {
        add_by_alias(&mut mapping, table, file, wanted, |index, field| {
            is_spare(index, field) && fits(index, field)
        });
    }
    if all().any(|index| !file.is_filled(index)) {
        add_by_alias(&mut mapping, table, file, wanted, |index, field| {
            !file.is_filled(index) && fits(index, field)
        });
    }
    mapping
}

/// Gives columns the fields that nothing feeds yet.
fn add_by_alias(
    mapping: &mut Mapping,
    table: &TableSignature,
    file: &Table,
    wanted: impl Fn(usize) -> bool,
    fits: impl Fn(usize, FieldRef) -> bool,
) {
    let next = Mapping::by_alias_of(table, file.headers, wanted, |index, field| {
        !mapping.has(field) && fits(index, field)
    });
    for (index, field) in next.fields.iter().enumerate() {
        if let Some((field, by)) = field {
            mapping.offer(index, *field, *by);
        }
    }
    for (found, by_next) in mapping.found.iter_mut().zip(&next.found) {
        *found = found.or(*by_next);
    }
}

/// Values of this look are what such a field holds, and hardly anything else.
fn is_typical(look: Look, kind: FieldKind) -> bool {
    matches!(
        (look, kind),
        (Look::Email, FieldKind::Email)
            | (Look::Vin, FieldKind::Vin)
            | (Look::Postcode, FieldKind::Postcode)
            | (Look::Plate, FieldKind::Vrm)
            | (Look::Phone, FieldKind::Phone | FieldKind::Landline)
            | (Look::Party, FieldKind::Choice(&["company", "person"]))
    )
}
