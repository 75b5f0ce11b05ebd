//! What speaks for a type, and against it.

use torqueflow_model::{EntityKind, FieldKind, FieldRef, Slot, TableSignature};

use super::{Candidate, Standing, is_typical};
use crate::column::ColumnValues;
use crate::detection::MatchedBy;
use crate::signature::ratio;
use crate::table::Table;
use crate::values::Look;

/// Of a table of which less is understood than this, most is about something else.
const FAIR_SHARE: f64 = 0.3;
/// What words around a table are worth that name its type; of a type that is nothing without them, they are decisive.
const NAMED: f64 = 1.5;
const NAMED_DECISIVELY: f64 = 4.0;
/// Of a table of which less is understood, nobody knows what the rest is about.
const HALF: f64 = 0.5;

impl<'a> Candidate<'a> {
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
    pub(super) fn weigh(&mut self, file: &Table) {
        let columns = || 0..file.headers.len();
        let excluded = |spelling: &str| self.table.excluded.iter().any(|text| text == spelling);
        let speaks_against = |index: &usize| {
            let first = file.variants(*index).first().map(String::as_str);
            self.mapping.field(*index).is_none()
                && !self.is_left_out_column(*index)
                && file.is_filled(*index)
                && !file.is_flag(*index)
                && (excluded(file.headers.folded(*index)) || first.is_some_and(excluded))
        };
        let against = columns().filter(speaks_against);
        self.against = against.map(|index| file.headers.text(index).to_owned()).collect();
        if self.outweighs_what_is_against(file) {
            self.against.clear();
        }
        self.flagged = self.flags(file);
        self.unsure_registration = self.is_a_registration_of_anything(file);
        self.repeats = self.is_repeated(file);
        self.clues.no_line = self.has_numbers_of_its_own(file);
        self.count_signs(file);
        let by_header = self.clues.signs > 0 || self.is_named_by_a_header(file);
        self.named_by_header = f64::from(u8::from(by_header));
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
        let is_whole = self.missing.is_empty() && !self.clues.no_line && self.standing != Standing::Denied;
        is_whole && self.is_named_where_it_must_be() && self.confidence >= 0.4
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
                file.is_filled(index) && !file.is_flag(index) && words.any(names)
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
