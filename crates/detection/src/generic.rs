//! Tables of no known system: each type of table collects what speaks for it and against it.

use torqueflow_model::{FieldKind, FieldRef, Slot, TableSignature, header_words};

use crate::assign::Mapping;
use crate::detection::MatchedBy;
use crate::headers::Headers;
use crate::signature::{group_name, ratio};
use crate::similar;
use crate::values::{ColumnLook, Look};
use crate::vocabulary::Vocabulary;

/// More columns than this are not compared letter by letter.
const SIMILAR_COLUMNS: usize = 200;

/// Headers of columns that say what somebody is, where their values are words for companies and people, folded.
#[rustfmt::skip]
const KINDS_OF_PARTY: &[&str] = &[
    "type", "kind", "entity", "entitytype", "partytype", "party", "legaltype", "legalstatus", "recordtype", "nametype",
    "customertype", "clienttype", "contacttype", "accounttype", "ownertype", "keepertype", "buyertype",
    "typ", "art", "kundentyp", "kundenart", "kontakttyp", "tipo", "tipocliente", "tipodecliente", "tipocontacto",
    "tipodecontacto", "tipopersona", "tipodepersona", "tipopessoa", "tipodepessoa", "typeclient", "typedeclient", "soort",
    "klanttype", "relatietype", "rodzaj", "typklienta",
];

/// What the samples and headers of a file say, computed once for all types.
pub struct Table<'a> {
    pub headers: &'a Headers,
    /// Per column, what its values look like.
    pub looks: Vec<Option<ColumnLook>>,
    /// Per column, the words of its header.
    words: Vec<Vec<String>>,
    /// Per column, other spellings of its header.
    variants: Vec<Vec<String>>,
}

impl<'a> Table<'a> {
    pub fn new(headers: &'a Headers, looks: Vec<Option<ColumnLook>>) -> Self {
        let texts = || (0..headers.len()).map(|index| headers.text(index));
        let variants = texts().map(similar::variants).collect();
        let words = texts().map(header_words).collect();
        Self {
            headers,
            looks,
            words,
            variants,
        }
    }

    pub fn look(&self, index: usize) -> Option<ColumnLook> {
        self.looks.get(index).copied().flatten()
    }
}

/// How well a file fits one generic type.
pub struct Candidate<'a> {
    pub table: &'a TableSignature,
    pub mapping: Mapping,
    /// The required columns that are absent.
    pub missing: Vec<String>,
    /// Headers that speak against it.
    pub against: Vec<String>,
    /// Columns whose values are not what their header says, and what they are.
    pub mismatched: Vec<(usize, Look)>,
    /// All that speaks of a vehicle is a registration that may be anything's.
    unsure_registration: bool,
    /// From 0 to 1.
    pub confidence: f64,
    /// The headers are those of our own template.
    pub template: bool,
}

impl<'a> Candidate<'a> {
    pub fn new(table: &'a TableSignature, words: &Vocabulary, file: &Table) -> Self {
        let template = words.template(table, file.headers);
        let by_alias = || {
            let present = words.columns_among(file.headers);
            // What is only yes and no leaves the field to another column with a name for it.
            let fits = |index, field: FieldRef| {
                let flag = file.look(index).filter(|column| column.look.is_of_all());
                !flag.is_some_and(|column| column.look.contradicts(field.spec.kind))
            };
            Mapping::by_alias_of(table, file.headers, |column| present.contains(&column), fits)
        };
        let mut candidate = Self {
            table,
            template: template.is_some(),
            mapping: template.unwrap_or_else(by_alias),
            missing: Vec::new(),
            against: Vec::new(),
            mismatched: Vec::new(),
            unsure_registration: false,
            confidence: 0.0,
        };
        candidate.drop_mismatched(file);
        candidate.add_similar(words, file);
        candidate.add_by_values(words, file);
        candidate.missing = table
            .required
            .iter()
            .filter(|group| !group.iter().any(|index| candidate.has_column(*index)))
            .map(|group| group_name(table, group))
            .collect();
        candidate.against = (0..file.headers.len())
            .filter(|index| candidate.mapping.field(*index).is_none())
            .filter(|index| table.excluded.iter().any(|text| text == file.headers.folded(*index)))
            .map(|index| file.headers.text(index).to_owned())
            .collect();
        candidate.unsure_registration = candidate.is_a_registration_of_anything(file);
        candidate.confidence = candidate.weigh(file);
        candidate
    }

    /// Everything that it must have is there, and it is more than a guess.
    pub fn is_possible(&self) -> bool {
        self.missing.is_empty() && self.confidence >= 0.4
    }

    /// How much of the file it explains; the highest is what the file is.
    pub fn rank(&self) -> f64 {
        let template = if self.template { 1000.0 } else { 0.0 };
        let unsure = if self.unsure_registration { 1.5 } else { 0.0 };
        template + self.weight() - 2.0 * self.against.len() as f64 - unsure
    }

    fn weight(&self) -> f64 {
        let fields = self.mapping.fields.iter().flatten();
        fields
            .map(|(_, by)| match by {
                MatchedBy::Alias => 1.0,
                MatchedBy::Similar => 0.8,
                MatchedBy::Values => 0.6,
                MatchedBy::Unmapped => 0.0,
            })
            .sum()
    }

    /// The column itself was found, or its field was found in another way than by a spelling.
    fn has_column(&self, index: usize) -> bool {
        let Some(field) = self.table.columns.get(index).and_then(|column| column.field) else {
            return false;
        };
        let itself = self.mapping.found.get(index).copied().flatten();
        let mut fields = self.mapping.fields.iter().enumerate();
        fields.any(|(place, entry)| {
            entry.is_some_and(|(other, by)| other == field && (by != MatchedBy::Alias || itself == Some(place)))
        })
    }

    /// A header that says one thing over values that say another is not believed.
    fn drop_mismatched(&mut self, file: &Table) {
        for index in 0..file.headers.len() {
            let (Some((field, _)), Some(column)) = (self.mapping.field(index), file.look(index)) else {
                continue;
            };
            if column.look.contradicts(field.spec.kind) {
                self.mapping.clear(index);
                self.mismatched.push((index, column.look));
            }
        }
        for index in 0..file.headers.len() {
            let flag = file.look(index).filter(|column| column.look.is_of_all());
            if let Some(column) = flag.filter(|_| self.mapping.is_known(index) && self.mapping.field(index).is_none()) {
                self.mismatched.push((index, column.look));
            }
        }
    }

    fn add_similar(&mut self, words: &Vocabulary, file: &Table) {
        for index in (0..file.headers.len()).take(SIMILAR_COLUMNS) {
            if self.mapping.is_known(index) || file.headers.folded(index).is_empty() {
                continue;
            }
            let mut spelled = file.variants.get(index).into_iter().flatten();
            let field = spelled
                .find_map(|variant| self.free_field(words.columns(variant)))
                .or_else(|| self.free_field(&words.columns_mistyped(file.headers.folded(index))));
            let fits = |field: &FieldRef| {
                !file
                    .look(index)
                    .is_some_and(|column| column.look.contradicts(field.spec.kind))
            };
            if let Some(field) = field.filter(fits) {
                self.mapping.offer(index, field, MatchedBy::Similar);
            }
        }
    }

    /// The first field of these columns that nothing feeds yet.
    fn free_field(&self, columns: &[usize]) -> Option<FieldRef> {
        columns
            .iter()
            .filter_map(|index| self.table.columns.get(*index)?.field)
            .find(|field| !self.mapping.has(*field))
    }

    fn add_by_values(&mut self, words: &Vocabulary, file: &Table) {
        for index in 0..file.headers.len() {
            let Some(column) = file.look(index) else { continue };
            let named = self.mapping.field(index).is_some() || self.mapping.is_known(index);
            let of_other = match column.look {
                Look::Party => !KINDS_OF_PARTY.contains(&file.headers.folded(index)),
                look => self.speaks_of_something_else(index, look, words, file),
            };
            if named || of_other {
                continue;
            }
            let fields = self.table.columns.iter().filter_map(|signature| signature.field);
            for field in fields.filter(|field| is_typical(column.look, field.spec.kind)) {
                if self.mapping.offer(index, field, MatchedBy::Values) {
                    break;
                }
            }
        }
    }

    /// One word of the header alone would mean another kind of field: `State/Province - Home` holds no VINs.
    fn speaks_of_something_else(&self, index: usize, look: Look, words: &Vocabulary, file: &Table) -> bool {
        let fields = file
            .words
            .get(index)
            .into_iter()
            .flatten()
            .flat_map(|word| words.columns(word))
            .filter_map(|column| self.table.columns.get(*column)?.field);
        let kinds: Vec<FieldKind> = fields.map(|field| field.spec.kind).collect();
        !kinds.is_empty() && !kinds.iter().any(|kind| is_typical(look, *kind))
    }

    fn weigh(&self, file: &Table) -> f64 {
        let mapped = self.mapping.count();
        let explained = ratio(mapped, file.headers.len() - file.headers.empty().len());
        if mapped == 0 || (mapped == 1 && explained < 0.5) {
            return 0.0;
        }
        if self.template && self.missing.is_empty() {
            return 0.97;
        }
        let mut confidence = 0.4 + 0.07 * self.weight().min(6.0) + 0.15 * explained;
        confidence -= 0.25 * self.against.len() as f64;
        if explained < 0.2 && mapped < 5 {
            confidence -= 0.2;
        }
        if self.unsure_registration {
            confidence -= 0.2;
        }
        // Without a single header that says so, values alone are no more than a guess.
        let by_name = self
            .mapping
            .fields
            .iter()
            .flatten()
            .any(|(_, by)| *by != MatchedBy::Values);
        let most = if by_name { 0.95 } else { 0.55 };
        confidence.clamp(0.0, most)
    }

    /// Students, companies and events are registered too: the word alone is no vehicle.
    fn is_a_registration_of_anything(&self, file: &Table) -> bool {
        let vehicle = Slot::Main(torqueflow_model::EntityKind::Vehicle);
        let mut of_vehicle = self
            .mapping
            .fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| field.map(|(field, _)| (index, field)))
            .filter(|(_, field)| field.slot == vehicle);
        let (Some((index, field)), None) = (of_vehicle.next(), of_vehicle.next()) else {
            return false;
        };
        let plates = file.look(index).is_some_and(|column| column.look == Look::Plate);
        let header = file.headers.folded(index);
        let telling = ["plate", "vrm", "vehicle", "veh", "rego", "car"];
        let short = ["reg", "regno", "regnumber", "regmark"];
        let named = short.contains(&header) || telling.iter().any(|word| header.contains(word));
        field.spec.kind == FieldKind::Vrm && !plates && !named
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
