//! Tables of no known system: each type of table collects what speaks for it and against it.

use torqueflow_model::{EntityKind, FieldKind, FieldRef, Slot, TableSignature};

use crate::assign::Mapping;
use crate::column::ColumnValues;
use crate::detection::MatchedBy;
use crate::mismatch::Mismatch;
use crate::signature::{group_name, ratio};
use crate::table::Table;
use crate::values::Look;
use crate::vocabulary::Vocabulary;

/// Of a table of which less is understood than this, most is about something else.
const FAIR_SHARE: f64 = 0.3;
/// What words around a table are worth that name its type; of a type that is nothing without them, they are decisive.
const NAMED: f64 = 1.5;
const NAMED_DECISIVELY: f64 = 4.0;
/// Of a table of which less is understood, nobody knows what the rest is about.
const HALF: f64 = 0.5;
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

/// Headers of names that are somebody else's where first and last names stand beside them, folded.
const NAMES_OF_OTHERS: &[&str] = &[
    "contact",
    "contactname",
    "contactperson",
    "primarycontact",
    "maincontact",
    "owner",
    "ownername",
    "keeper",
    "keepername",
    "registeredkeeper",
    "drivername",
    "person",
    "personname",
    "policyholder",
    "associatedcompany",
];

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
    /// The number by which a record is known stands in several rows.
    pub repeats: bool,
    /// The weight of the columns that are understood.
    weight: f64,
    /// The share of the telling columns that is understood.
    explained: f64,
    /// From 0 to 1.
    pub confidence: f64,
    /// The headers are those of our own template.
    pub template: bool,
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
            repeats: false,
            weight: 0.0,
            explained: 0.0,
            confidence: 0.0,
        };
        candidate.drop_mismatched(words, file);
        candidate.prefer_what_tells_rows_apart(words, file);
        candidate.add_similar(words, file);
        candidate.add_by_values(words, file);
        candidate.drop_names_of_others(file);
        candidate.drop_totals_of_lines(file);
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
        candidate
    }

    /// A list of customers in which every row has a plate is one of their vehicles too: words around it that name customers
    /// speak for this as well. Words that name vehicles do so where it says how to reach their owners: they do not make owners of
    /// drivers.
    pub fn share_name(&mut self, others: &[(&'a TableSignature, f64)], file: &Table) {
        let vehicle = Slot::Main(EntityKind::Vehicle);
        let mut louder = others.iter().filter(|(_, named)| *named > self.named).peekable();
        if louder.peek().is_none() || !self.has_plates(file) {
            return;
        }
        let slots = self.table.slots();
        let mut fields = self.mapping.fields.iter().flatten();
        let has_contact = fields.any(|(field, _)| is_contact(*field));
        let is_part = |(other, _): &&(&TableSignature, f64)| {
            let parts = other.slots();
            let may_share = has_contact || !parts.contains(&vehicle);
            !parts.is_empty() && may_share && parts.iter().all(|slot| slots.contains(slot))
        };
        let loudest = louder.filter(is_part).max_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((other, named)) = loudest {
            self.named = *named;
            self.named_as = &other.noun;
            self.weigh(file);
        }
    }

    /// A column that is called after plates has one in nearly every row.
    fn has_plates(&self, file: &Table) -> bool {
        let Some(index) = self.column_of("vehicle.registration") else {
            return false;
        };
        let is_named = self.mapping.field(index).is_some_and(|(_, by)| by != MatchedBy::Values);
        let are_plates = file.column(index).is_some_and(ColumnValues::are_plates);
        is_named && are_plates && !self.unsure_registration && file.is_in_nearly_all_rows(index)
    }

    /// What speaks for and against it.
    fn weigh(&mut self, file: &Table) {
        let columns = || 0..file.headers.len();
        let is_flag = |index: usize| file.column(index).is_some_and(ColumnValues::is_flag);
        let excluded = |spelling: &str| self.table.excluded.iter().any(|text| text == spelling);
        let speaks_against = |index: &usize| {
            let first = file.variants(*index).first().map(String::as_str);
            self.mapping.field(*index).is_none()
                && !self.is_left_out_column(*index)
                && file.is_filled(*index)
                && !is_flag(*index)
                && (excluded(file.headers.folded(*index)) || first.is_some_and(excluded))
        };
        let against = columns().filter(speaks_against);
        self.against = against.map(|index| file.headers.text(index).to_owned()).collect();
        self.flagged = self.flags(file);
        self.named_by_header = f64::from(u8::from(self.is_named_by_a_header(file)));
        self.unsure_registration = self.is_a_registration_of_anything(file);
        self.repeats = self.is_repeated(file);
        let weights: Vec<f64> = columns()
            .filter(|index| file.is_filled(*index))
            .filter_map(|index| self.weight_of(index, file))
            .collect();
        self.weight = weights.iter().sum();
        self.explained = ratio(weights.len(), file.telling()).min(1.0);
        let is_proven = |index: &usize| {
            let field = self.mapping.field(*index).map(|(field, _)| field.spec.kind);
            let look = file.look(*index).map(|column| column.look);
            field.zip(look).is_some_and(|(kind, look)| is_typical(look, kind))
        };
        let proven: Vec<usize> = columns().filter(is_proven).collect();
        let has_vins = proven
            .iter()
            .any(|index| file.look(*index).is_some_and(|column| column.look == Look::Vin));
        self.confidence = self.confidence_of(weights.len(), proven.len().min(3) as f64, has_vins);
    }

    /// What a column that is understood is worth.
    fn weight_of(&self, index: usize, file: &Table) -> Option<f64> {
        let mapped = self.mapping.field(index);
        let left_out = self.is_left_out_column(index).then_some(MatchedBy::Alias);
        let weight = match mapped.map(|(_, by)| by).or(left_out)? {
            MatchedBy::Alias => 1.0,
            MatchedBy::Similar => 0.8,
            MatchedBy::Values => 0.6,
            MatchedBy::Unmapped => 0.0,
        };
        // A type that brings the customers themselves does more with their names than one that refers to them.
        let refers = mapped.is_some_and(|(field, _)| refers_to_customers(field));
        let is_named = refers && file.column(index).is_some_and(ColumnValues::are_words);
        Some(if is_named { weight / 2.0 } else { weight })
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

    /// It is of what the garage's customers are, owe or pay.
    pub fn is_of_customers(&self) -> bool {
        let main = self.table.entities().first().copied();
        matches!(
            main,
            Some(EntityKind::Customer | EntityKind::Invoice | EntityKind::Payment)
        )
    }

    /// It names people and says nothing of how to reach them, and most of it is about something else: who rents, visits or
    /// learns something stands in such lists too.
    pub fn only_names_people(&self) -> bool {
        let mut fields = self.mapping.fields.iter().flatten().map(|(field, _)| field);
        let names_people = self.table.entities().first() == Some(&EntityKind::Customer);
        !self.template && names_people && self.explained < HALF && !fields.any(|field| is_contact(*field))
    }

    /// Everything that it must have is there, and it is more than a guess.
    pub fn is_possible(&self) -> bool {
        let named = !self.table.must_be_named
            || self.template
            || self.named > 0.0
            || self.named_by_header > 0.0
            || self.flagged > 0.0;
        self.missing.is_empty() && named && self.confidence >= 0.4
    }

    /// How much of the file it explains; the highest is what the file is.
    pub fn rank(&self) -> f64 {
        let template = if self.template { 1000.0 } else { 0.0 };
        let unsure = if self.unsure_registration { 1.5 } else { 0.0 };
        let repeats = if self.repeats { 1.0 } else { 0.0 };
        // A vehicle has a supplier too: the word counts where the columns are those of suppliers.
        let is_about = self.explained >= 0.5;
        let by_header = if is_about { NAMED * self.named_by_header } else { 0.0 };
        let named = if self.table.must_be_named {
            NAMED_DECISIVELY
        } else {
            NAMED
        };
        template + self.weight - 2.0 * self.against.len() as f64 - unsure - repeats
            + 2.5 * self.flagged
            + (named * self.named).max(by_header)
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

    fn add_similar(&mut self, words: &Vocabulary, file: &Table) {
        for index in (0..file.headers.len()).take(SIMILAR_COLUMNS) {
            let is_numbered = file.names_a_number(index) && self.mapping.field(index).is_none();
            let is_known = self.mapping.is_known(index) && !is_numbered;
            if is_known || file.headers.folded(index).is_empty() || file.is_no_field(index) {
                continue;
            }
            let fits = |field: &FieldRef| file.is_likely_to_hold(index, *field);
            let by_variant = || {
                let mut spelled = file.variants(index).iter();
                spelled.find_map(|variant| self.free_field(words.columns(variant), fits))
            };
            let by_slash = || {
                let mut parts = file.joined(index).iter();
                let first = self.free_field(words.columns(parts.next()?), fits)?;
                parts
                    .all(|part| self.feeds(words.columns(part), first))
                    .then_some(first)
            };
            let mistyped = || {
                let header = file.headers.folded(index);
                file.has_unknown_word(index)
                    .then(|| self.free_field(&words.columns_mistyped(header), fits))
                    .flatten()
            };
            if let Some(field) = by_variant().or_else(by_slash).or_else(mistyped) {
                self.mapping.offer(index, field, MatchedBy::Similar);
            }
        }
    }

    /// The first field of these columns that nothing feeds yet.
    fn free_field(&self, columns: &[usize], fits: impl Fn(&FieldRef) -> bool) -> Option<FieldRef> {
        self.fields(columns)
            .find(|field| !self.mapping.has(*field) && fits(field))
    }

    pub fn feeds(&self, columns: &[usize], field: FieldRef) -> bool {
        self.fields(columns).any(|other| other == field)
    }

    /// Where several rows are of one invoice, a total in which they differ is that of the line. A credit note, or the invoice
    /// of another year, may have its number too.
    fn drop_totals_of_lines(&mut self, file: &Table) {
        let Some(number) = self.column_of("invoice.number") else {
            return;
        };
        if !file.column(number).is_some_and(|column| column.repeat_share() > 0.0) {
            return;
        }
        let beside = ["invoice.issued_on", "invoice.customer"].map(|name| self.column_of(name));
        let beside: Vec<usize> = beside.into_iter().flatten().collect();
        for name in ["invoice.total_net", "invoice.total_vat", "invoice.total_gross"] {
            let is_of_line = |total: &usize| file.differs_within(number, &beside, *total);
            if let Some(total) = self.column_of(name).filter(is_of_line) {
                self.mapping.clear(total);
            }
        }
    }

    /// The column that feeds a field.
    pub fn column_of(&self, name: &str) -> Option<usize> {
        let field = FieldRef::parse(name)?;
        let mut fields = self.mapping.fields.iter();
        fields.position(|entry| entry.is_some_and(|(other, _)| other == field))
    }

    /// Whom to talk to, or who looks after somebody, is not who they are; nor is what their vehicle is called.
    fn drop_names_of_others(&mut self, file: &Table) {
        let has = |name: &str| {
            self.mapping
                .fields
                .iter()
                .flatten()
                .any(|(field, _)| is_customers(*field, name))
        };
        let has_names = has("first_name") && has("last_name");
        let others = self.mapping.fields.iter().flatten().filter(|(field, _)| {
            let of_customer = matches!(field.slot, Slot::BillingAddress | Slot::ShippingAddress)
                || field.slot == Slot::Main(EntityKind::Customer);
            of_customer && field.spec.name != "display_name"
        });
        let is_alone = others.count() == 0 && self.table.slots().contains(&Slot::Main(EntityKind::Vehicle));
        for index in 0..file.headers.len() {
            let Some((field, by)) = self.mapping.field(index) else {
                continue;
            };
            let header = file.headers.folded(index);
            let weak = by != MatchedBy::Alias || NAMES_OF_OTHERS.contains(&header);
            let nickname = is_alone && header == "name" && file.has_nicknames;
            if is_customers(field, "display_name") && ((has_names && weak) || nickname) {
                self.mapping.clear(index);
            }
        }
    }

    fn add_by_values(&mut self, words: &Vocabulary, file: &Table) {
        for index in 0..file.headers.len() {
            let Some(column) = file.look(index) else { continue };
            let named = self.mapping.field(index).is_some() || self.mapping.is_known(index) || file.is_no_field(index);
            let of_other = match column.look {
                Look::Party => !KINDS_OF_PARTY.contains(&file.headers.folded(index)),
                look => self.speaks_of_something_else(index, look, words, file),
            };
            if named || of_other {
                continue;
            }
            let fields = self.table.columns.iter().filter_map(|signature| signature.field);
            for field in fields.filter(|field| is_typical(column.look, field.spec.kind)) {
                if file.may_hold(index, field) && self.mapping.offer(index, field, MatchedBy::Values) {
                    break;
                }
            }
        }
    }

    /// One word of the header alone would mean another kind of field: `State/Province - Home` holds no VINs.
    fn speaks_of_something_else(&self, index: usize, look: Look, words: &Vocabulary, file: &Table) -> bool {
        let fields = file
            .words(index)
            .iter()
            .flat_map(|word| self.fields(words.columns(word)));
        // A contact may be a number as well as a name.
        let fields = fields.filter(|field| field.spec.name != "contact_name");
        let kinds: Vec<FieldKind> = fields.map(|field| field.spec.kind).collect();
        !kinds.is_empty() && !kinds.iter().any(|kind| is_typical(look, *kind))
    }

    /// Each column that is understood counts, and so does each that is not.
    /// `proven`: how many columns hold values that hardly anything else has; `has_vins`: what the rows are about is a vehicle.
    fn confidence_of(&self, understood: usize, proven: f64, has_vins: bool) -> f64 {
        if understood == 0 || (understood == 1 && self.explained < 0.5) {
            return 0.0;
        }
        if self.template && self.missing.is_empty() {
            return 0.97;
        }
        let mut confidence = 0.3 + 0.045 * self.weight.min(6.0) + 0.35 * self.explained;
        confidence += 0.03 * proven;
        confidence += 0.08 * self.named.max(self.named_by_header) + 0.1 * self.flagged;
        confidence -= 0.25 * self.against.len() as f64;
        if self.explained < FAIR_SHARE && self.named == 0.0 && !has_vins {
            confidence -= 0.15;
        }
        if self.unsure_registration {
            confidence -= 0.2;
        }
        // Without a single header that says so, values alone are no more than a guess.
        let mut fields = self.mapping.fields.iter().flatten();
        let by_name = self.is_left_out() || fields.any(|(_, by)| *by != MatchedBy::Values);
        confidence.clamp(0.0, if by_name { 0.95 } else { 0.45 })
    }

    /// What columns of yes and no say: 1 where all rows are of this kind, -1 where none is.
    fn flags(&self, file: &Table) -> f64 {
        let said = (0..file.headers.len()).filter_map(|index| {
            let column = file.column(index)?;
            let is_one = self.table.flags.iter().any(|text| text == file.headers.folded(index));
            (is_one && column.filled > 0 && column.is_flag()).then(|| column.yes_share())
        });
        let said: Vec<f64> = said.collect();
        if said.is_empty() {
            0.0
        } else if said.iter().all(|share| *share >= 0.95) {
            1.0
        } else if said.iter().all(|share| *share <= 0.05) {
            -1.0
        } else {
            0.0
        }
    }

    /// A header has a word for what the table must be named as.
    fn is_named_by_a_header(&self, file: &Table) -> bool {
        let names = |word: &String| self.table.flags.contains(word);
        self.table.must_be_named
            && (0..file.headers.len()).any(|index| {
                let mut words = file.words(index).iter();
                let is_flag = file.column(index).is_some_and(ColumnValues::is_flag);
                file.is_filled(index) && !is_flag && words.any(names)
            })
    }

    /// An invoice, a job or a product has a number of its own: what stands in several rows names what the rows belong to.
    fn is_repeated(&self, file: &Table) -> bool {
        let numbers = ["invoice.number", "product.code", "payment.number"];
        let columns = numbers.iter().filter_map(|name| self.column_of(name));
        columns
            .filter_map(|index| file.column(index))
            .any(|column| column.filled >= 3 && column.repeat_share() >= 0.2)
    }

    /// Students, companies and events are registered too: the word alone is no vehicle.
    fn is_a_registration_of_anything(&self, file: &Table) -> bool {
        let vehicle = Slot::Main(EntityKind::Vehicle);
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
        // A plate of any country has letters and digits; `0001-77` is a licence.
        let plates = file.column(index).is_some_and(ColumnValues::are_plates);
        let header = file.headers.folded(index);
        let telling = ["plate", "vrm", "vehicle", "veh", "rego", "car"];
        let short = ["reg", "regno", "regnumber", "regmark"];
        let named = short.contains(&header) || telling.iter().any(|word| header.contains(word));
        field.spec.kind == FieldKind::Vrm && !plates && !named
    }
}

/// Assigns by known spellings. What holds nothing leaves the field to another column with a name for it, and so does what
/// holds something else.
fn by_alias(table: &TableSignature, words: &Vocabulary, file: &Table) -> Mapping {
    let present = words.columns_among(file.headers);
    let wanted = |column| present.contains(&column);
    let fits = |index, field: FieldRef| !file.is_no_field(index) && file.may_hold(index, field);
    let filled = |index, field: FieldRef| file.is_filled(index) && fits(index, field);
    let mut mapping = Mapping::by_alias_of(table, file.headers, wanted, filled);
    if (0..file.headers.len()).any(|index| !file.is_filled(index)) {
        let blank = Mapping::by_alias_of(table, file.headers, wanted, |index, field| {
            !file.is_filled(index) && fits(index, field)
        });
        for (index, field) in blank.fields.iter().enumerate() {
            if let Some((field, by)) = field {
                mapping.offer(index, *field, *by);
            }
        }
        for (found, by_blank) in mapping.found.iter_mut().zip(&blank.found) {
            *found = found.or(*by_blank);
        }
    }
    mapping
}

fn is_customers(field: FieldRef, name: &str) -> bool {
    field.slot == Slot::Main(EntityKind::Customer) && field.spec.name == name
}

/// The field says how to reach somebody.
fn is_contact(field: FieldRef) -> bool {
    use FieldKind as K;
    matches!(field.spec.kind, K::Email | K::Phone | K::Landline | K::Postcode) || field.spec.name == "line_1"
}

/// The field refers to a customer that stands elsewhere.
fn refers_to_customers(field: FieldRef) -> bool {
    let FieldKind::Reference { to, .. } = field.spec.kind else {
        return false;
    };
    to == EntityKind::Customer
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
