//! A second look at a table: what the other tables of its document say of it.
//!
//! They settle a tie, and make a question of what was no more than a guess. What is sure without them stays, unless they say
//! that those whom it takes for customers are suppliers.

use torqueflow_model::{EntityKind, FieldKind, FieldRef, Row, Slot, TableSignature, fold_header, header_words};

use super::{Detector, generic_tables, with_alternatives};
use crate::beside::{Beside, Bond, Landmark, beside, is_key};
use crate::column::ColumnValues;
use crate::detection::{ConfidenceLevel, Detection, MatchedBy};
use crate::evidence;
use crate::generic::{Candidate, Standing};
use crate::headers::Headers;
use crate::outcome::{GENERIC, from_candidate, left_out, rounded, suggested, type_candidate};
use crate::settle::{SURE, settle};
use crate::surroundings::Surroundings;
use crate::table::Table;

/// What other tables say is never more than probable.
const PROBABLE: f64 = 0.84;
/// Less is not said of what they settle.
const SETTLED: f64 = 0.6;
/// So few rows may have the number of another by mistake.
const FEW: f64 = 0.1;
/// Fields that say as much of what happened in a row as of whom it names.
const SAID_OF_ROWS: &[&str] = &["notes", "mileage", "title", "contact_name", "source_created_on"];
/// Words of headers that speak of customers.
const CUSTOMERS: &[&str] = &["customer", "customers", "client", "clients", "cust"];

impl Detector {
    /// A table as the others of its document see it. `name`: what people call it; `is_whole`: the samples are all its rows.
    pub fn landmark(
        &self,
        name: &str,
        columns: &[String],
        samples: &[Row],
        is_whole: bool,
        detection: &Detection,
        around: &Surroundings,
    ) -> Landmark {
        let named = detection
            .table_type
            .is_none()
            .then(|| self.only_named(around))
            .flatten();
        Landmark::of(name, columns, samples, is_whole, detection, named)
    }

    /// The general type that the words around name fully, if that is one only.
    fn only_named(&self, around: &Surroundings) -> Option<&TableSignature> {
        let named = self.names.named(around);
        let mut fully = named.iter().filter(|(_, strength)| *strength >= 1.0);
        let (Some((type_id, _)), None) = (fully.next(), fully.next()) else {
            return None;
        };
        generic_tables(&self.sources).find(|table| table.type_id == *type_id)
    }

    /// What ties a table to the others of its document, for its [`Surroundings`].
    pub fn beside<'a>(
        &self,
        columns: &[String],
        samples: &[Row],
        others: impl Iterator<Item = &'a Landmark>,
    ) -> Vec<Beside> {
        let headers = self.in_english(&Headers::new(columns));
        beside(&headers, samples, others, &self.references)
    }

    /// A header that nobody knows, over what another table numbers its records with, means their numbers.
    pub(super) fn read_beside(&self, headers: &mut Headers, around: &Surroundings) {
        for (column, kind) in around.beside.iter().filter_map(names_records) {
            let Some(english) = number_of(kind) else { continue };
            let index = headers.position_as_written(&fold_header(column));
            let index = index.filter(|index| !self.references.is_to(headers.folded(*index), kind));
            if let Some(index) = index {
                headers.read_as(index, english);
            }
        }
    }

    /// What a table is, by what it is alone and by the others of its document.
    pub(super) fn look_again(
        &self,
        first: Detection,
        columns: &[String],
        samples: &[Row],
        around: &Surroundings,
    ) -> Detection {
        let found = first.table_type.as_ref();
        if !around.beside.iter().any(|other| may_say(other, &first)) {
            return first;
        }
        if let Some(system) = found.map(|found| &found.source_system).filter(|id| *id != GENERIC) {
            let other = self.of_the_others_system(system, &first, columns, samples, around);
            return other.unwrap_or(first);
        }
        let written = Headers::new(columns);
        let mut headers = self.in_english(&written);
        self.read_beside(&mut headers, around);
        let file = Table::new(&headers, samples, &self.words);
        let look = SecondLook::new(&around.beside, self.candidates(&file, around), &file);
        if let Some(by) = look.are_suppliers(&first) {
            return look.ask(&first, &[EntityKind::Supplier], &[by]);
        }
        if look.is_settled(&first) {
            return first;
        }
        look.weigh(first)
    }

    /// Of two systems that export the same columns, the one that all other tables of the document are of.
    fn of_the_others_system(
        &self,
        system: &str,
        first: &Detection,
        columns: &[String],
        samples: &[Row],
        around: &Surroundings,
    ) -> Option<Detection> {
        let warning = first.warning("compatible_source")?;
        let mut others = around.beside.iter().filter_map(|other| other.source_system.as_deref());
        let mut known = others.by_ref().filter(|id| *id != GENERIC);
        let one = known.next()?;
        if one == system || known.any(|other| other != one) {
            return None;
        }
        let words = Surroundings {
            beside: Vec::new(),
            ..around.clone()
        };
        let mut detection = self.detect_as_in(one, columns, samples, &words)?;
        let is_as_good = detection.missing_required().is_empty() && detection.confidence + 0.01 >= first.confidence;
        let source = self.sources.iter().find(|source| source.id == one)?;
        if !is_as_good || detection.table_type.is_none() || !warning.message.contains(&source.label) {
            return None;
        }
        detection
            .evidence
            .push(format!("the other tables of the document are of {}", source.label));
        Some(detection)
    }
}

/// Whether this may change what a table is taken for. Of what is sure, little does.
fn may_say(other: &Beside, first: &Detection) -> bool {
    let Some(found) = &first.table_type else {
        return other.bond != Bond::None;
    };
    if found.source_system != GENERIC {
        return first.warning("compatible_source").is_some();
    }
    let is_sure = first.confidence_level == ConfidenceLevel::High;
    match &other.bond {
        Bond::None | Bond::SameColumns => false,
        Bond::Belongs(_) => !is_sure || other.entity.is_some_and(|kind| found.entities.contains(&kind)),
        Bond::Matches(_) => !is_sure,
        Bond::Named { .. } => found.entities == [EntityKind::Customer],
    }
}

/// A column that names records of another table, and their kind.
fn names_records(beside: &Beside) -> Option<(&str, EntityKind)> {
    match &beside.bond {
        Bond::Belongs(column) | Bond::Matches(column) => Some((column, beside.entity?)),
        _ => None,
    }
}

/// What the number of a record is called where others refer to it.
fn number_of(kind: EntityKind) -> Option<&'static str> {
    match kind {
        EntityKind::Invoice => Some("Invoice Number"),
        EntityKind::WorkOrder => Some("Job Number"),
        EntityKind::Customer => Some("Customer Number"),
        EntityKind::Product => Some("Product Code"),
        _ => None,
    }
}

/// The kinds of record that the rows of a table do not list, where several of them belong to one record of this kind.
fn not_listed(kind: EntityKind) -> &'static [EntityKind] {
    use EntityKind as E;
    match kind {
        E::Invoice => &[
            E::Customer,
            E::Vehicle,
            E::Supplier,
            E::Product,
            E::LabourUnit,
            E::WorkOrder,
            E::Invoice,
        ],
        E::WorkOrder => &[
            E::Customer,
            E::Vehicle,
            E::Supplier,
            E::Product,
            E::LabourUnit,
            E::WorkOrder,
        ],
        E::Customer | E::Supplier => &[E::Customer, E::Supplier],
        E::Vehicle => &[E::Vehicle],
        E::Product => &[E::Product],
        _ => &[],
    }
}

/// A table, and what speaks for its types beside the others of its document.
struct SecondLook<'a, 'b> {
    beside: &'a [Beside],
    candidates: Vec<Candidate<'b>>,
    /// The types of which the rows are no list, and the other tables that say so.
    denied: Vec<(&'b str, &'a Beside)>,
    file: &'a Table<'a>,
}

impl<'a, 'b> SecondLook<'a, 'b> {
    fn new(beside: &'a [Beside], candidates: Vec<Candidate<'b>>, file: &'a Table<'a>) -> Self {
        let mut this = Self {
            beside,
            candidates,
            denied: Vec::new(),
            file,
        };
        let denied: Vec<Option<&Beside>> = this.candidates.iter().map(|candidate| this.denies(candidate)).collect();
        for (candidate, by) in this.candidates.iter_mut().zip(denied) {
            if let Some(by) = by {
                candidate.standing = Standing::Denied;
                this.denied.push((candidate.table.type_id.as_str(), by));
            }
        }
        this
    }

    /// It is known what it is, whatever the others say. What is sure is not sure any more where several rows each belong to one
    /// of the records that it would list.
    fn is_settled(&self, first: &Detection) -> bool {
        let Some(found) = &first.table_type else { return false };
        let lists_again = self.denied.iter().any(|(id, by)| {
            let is_again = by.entity.is_some_and(|kind| found.entities.contains(&kind));
            *id == found.type_id && is_again && matches!(by.bond, Bond::Belongs(_))
        });
        found.is_left_out() || (first.confidence_level == ConfidenceLevel::High && !lists_again)
    }

    /// Of what is no more than a guess, or a tie.
    fn weigh(&self, first: Detection) -> Detection {
        let is_denied = |type_id: &str| self.denied.iter().any(|(other, _)| *other == type_id);
        if let Some(found) = &first.table_type {
            if !is_denied(&found.type_id) {
                return first;
            }
            let of_it = self.denied.iter().filter(|(id, _)| *id == found.type_id);
            let by: Vec<&Beside> = of_it.map(|(_, by)| *by).collect();
            return self.lines().unwrap_or_else(|| self.ask(&first, &[], &by));
        }
        let by: Vec<&Beside> = self.beside.iter().collect();
        let is_known = |id: &str| self.candidates.iter().any(|other| other.table.type_id == id);
        if !first.candidates.iter().all(|other| is_known(&other.type_id)) {
            // It is of a known system, whichever of its tables.
            return told(first, &by);
        }
        if let Some(like) = self.like() {
            let was_possible = first.candidates.iter().any(|other| other.type_id == like.table.type_id);
            return if was_possible {
                self.settled(from_candidate(like, self.file), &by)
            } else {
                self.ask_which(&[like], &by)
            };
        }
        let is_left = first.candidates.iter().any(|candidate| !is_denied(&candidate.type_id));
        if let Some(lines) = self.lines().filter(|_| !is_left) {
            return lines;
        }
        let is_read_anew = self.file.headers.read_otherwise().next().is_some();
        let was_denied = first.candidates.iter().any(|candidate| is_denied(&candidate.type_id));
        if !is_read_anew && !was_denied {
            return told(first, &by);
        }
        let again = settle(&self.candidates, self.file);
        if again.table_type.is_some() {
            self.settled(again, &by)
        } else if again.candidates.is_empty() {
            told(first, &by)
        } else {
            told(with_alternatives(again, &[], &self.candidates), &by)
        }
    }

    /// Why the rows are no list of what this type lists: the other table that says so.
    fn denies(&self, candidate: &Candidate<'_>) -> Option<&'a Beside> {
        let type_id = candidate.table.type_id.as_str();
        let is_same = |other: &Beside| other.bond == Bond::SameColumns && other.type_id.as_deref() == Some(type_id);
        if candidate.template || self.beside.iter().any(is_same) {
            return None;
        }
        let entities = candidate.table.entities();
        let is_told = |other: &&Beside| match (&other.bond, other.entity) {
            (Bond::Belongs(column), Some(kind)) => {
                let listed: Vec<&EntityKind> = entities.iter().filter(|own| not_listed(kind).contains(own)).collect();
                // Several lines may be of different parts.
                let is_of_document = matches!(kind, EntityKind::Invoice | EntityKind::WorkOrder);
                let are_parts = is_of_document && listed.contains(&&EntityKind::Product);
                let is_number = entities == [kind] && self.is_number_of(candidate, column, kind);
                !listed.is_empty() && (are_parts || is_number || !self.identifies(candidate, column, kind))
            }
            (Bond::Matches(_), Some(kind)) => entities.contains(&kind) && !says_more(candidate, kind),
            _ => false,
        };
        self.beside.iter().find(is_told)
    }

    /// The column is what records of this kind are known by.
    fn is_number_of(&self, candidate: &Candidate<'_>, column: &str, kind: EntityKind) -> bool {
        let index = self.file.headers.position_as_written(&fold_header(column));
        let field = index.and_then(|index| candidate.mapping.field(index));
        field.is_some_and(|(field, _)| is_key(field) && field.slot == Slot::Main(kind))
    }

    /// Another column than this one tells the rows apart. Where that is no number or name of this kind of record, not every row
    /// needs one: some customers have no vehicle.
    fn identifies(&self, candidate: &Candidate<'_>, column: &str, kind: EntityKind) -> bool {
        (0..self.file.headers.len()).any(|index| {
            let field = candidate.mapping.field(index).map(|(field, _)| field);
            let is_filled = |field: &FieldRef| field.slot != Slot::Main(kind) || self.file.is_in_nearly_all_rows(index);
            let tells_apart = |values: &ColumnValues| values.filled >= 2 && values.repeat_share() <= FEW;
            field.filter(|field| is_key(*field)).as_ref().is_some_and(is_filled)
                && self.file.headers.text(index) != column
                && self.file.column(index).is_some_and(tells_apart)
        })
    }

    /// Several rows belong to one invoice, and have what lines of documents have.
    fn lines(&self) -> Option<Detection> {
        let of_invoices = |other: &&Beside| {
            matches!(other.bond, Bond::Belongs(_)) && matches!(other.entity, Some(EntityKind::Invoice))
        };
        let by = self.beside.iter().find(of_invoices)?;
        let is_part = |candidate: &&Candidate| {
            candidate.is_left_out() && !candidate.table.must_be_named && candidate.missing.is_empty()
        };
        // What the invoice says stands in its lines again, and does not speak against them.
        let strength = |candidate: &Candidate| candidate.rank() + 2.0 * candidate.against.len() as f64;
        let parts = self.candidates.iter().filter(is_part);
        let best = parts.max_by(|one, other| strength(one).total_cmp(&strength(other)))?;
        let confidence = best.confidence + 0.25 * best.against.len() as f64;
        if confidence < SURE {
            return None;
        }
        let mut why = evidence::of_candidate(best, self.file);
        why.extend(evidence::of_bond(by));
        let why = (confidence.clamp(SETTLED, PROBABLE), why);
        let detection = left_out(GENERIC, best.table, why, self.file);
        Some(with_alternatives(detection, &[], &self.candidates))
    }

    /// The type of all tables with the same columns, if that is one of no particular system, and has all that it needs.
    fn like(&self) -> Option<&Candidate<'b>> {
        let mut alike = self.beside.iter().filter(|other| other.bond == Bond::SameColumns);
        let type_id = alike.next()?.type_id.as_deref()?;
        if alike.any(|other| other.type_id.as_deref() != Some(type_id)) {
            return None;
        }
        let is_it = |other: &&Candidate| {
            other.table.type_id == type_id && other.standing == Standing::Possible && !other.is_left_out()
        };
        self.candidates
            .iter()
            .filter(is_it)
            .find(|other| other.missing.is_empty())
    }

    /// The table is taken for customers, and another one names them as its suppliers.
    fn are_suppliers(&self, first: &Detection) -> Option<&Beside> {
        let found = first.table_type.as_ref()?;
        let names_customers = |index: usize| {
            let words = header_words(self.file.headers.english(index));
            words.iter().any(|word| CUSTOMERS.contains(&word.as_str()))
        };
        if found.entities != [EntityKind::Customer] || (0..self.file.headers.len()).any(names_customers) {
            return None;
        }
        let named_as =
            |kind| move |other: &&Beside| matches!(&other.bond, Bond::Named { as_kind, .. } if *as_kind == kind);
        let is_customers = self.beside.iter().any(|other| named_as(EntityKind::Customer)(&other));
        self.beside
            .iter()
            .find(named_as(EntityKind::Supplier))
            .filter(|_| !is_customers)
    }

    /// What was taken for one type may be another: those that list these kinds of record, else those that are left.
    fn ask(&self, first: &Detection, kinds: &[EntityKind], by: &[&Beside]) -> Detection {
        let first_type = first.table_type.as_ref().map(|found| found.type_id.as_str());
        let is_other = |other: &&Candidate| Some(other.table.type_id.as_str()) != first_type && !other.is_left_out();
        let is_wanted = |other: &&Candidate| {
            if kinds.is_empty() {
                other.is_possible() && other.confidence >= SURE
            } else {
                other.table.entities() == kinds && other.missing.is_empty()
            }
        };
        let mut possible: Vec<&Candidate> = self.candidates.iter().filter(is_other).filter(is_wanted).collect();
        possible.sort_by(|one, other| other.rank().total_cmp(&one.rank()));
        possible.extend(
            self.candidates
                .iter()
                .filter(|other| Some(other.table.type_id.as_str()) == first_type),
        );
        self.ask_which(&possible, by)
    }

    /// Nobody knows which of these it is.
    fn ask_which(&self, possible: &[&Candidate<'_>], by: &[&Beside]) -> Detection {
        let mut detection = suggested(possible.first().copied(), self.file);
        let labels: Vec<String> = possible.iter().map(|other| other.table.label.clone()).collect();
        let is_denied = possible.iter().all(|other| other.standing == Standing::Denied);
        detection.warnings.push(if is_denied {
            evidence::doubtful(&labels)
        } else {
            evidence::ambiguous(&labels, None)
        });
        detection.candidates = possible.iter().map(|other| type_candidate(other, self.file)).collect();
        for candidate in &mut detection.candidates {
            candidate.evidence.extend(said(by));
        }
        told(with_alternatives(detection, &[], &self.candidates), by)
    }

    /// A type that the others settle.
    fn settled(&self, mut detection: Detection, by: &[&Beside]) -> Detection {
        detection.confidence = rounded(detection.confidence.clamp(SETTLED, PROBABLE));
        detection.confidence_level = ConfidenceLevel::of(detection.confidence);
        told(with_alternatives(detection, &[], &self.candidates), by)
    }
}

/// With what the others say.
fn told(mut detection: Detection, by: &[&Beside]) -> Detection {
    detection.evidence.extend(said(by));
    detection
}

fn said(by: &[&Beside]) -> impl Iterator<Item = String> {
    by.iter().filter_map(|other| evidence::of_bond(other))
}

/// It says more of the records of this kind than which they are, where that is all that some lists say.
fn says_more(candidate: &Candidate<'_>, kind: EntityKind) -> bool {
    let is_of_kind = |slot: Slot| match kind {
        EntityKind::Customer => {
            slot == Slot::Main(kind) || matches!(slot, Slot::BillingAddress | Slot::ShippingAddress)
        }
        _ => slot == Slot::Main(kind),
    };
    let is_more = |field: FieldRef| {
        let is_reference = matches!(field.spec.kind, FieldKind::Reference { .. });
        is_of_kind(field.slot) && !is_key(field) && !is_reference && !SAID_OF_ROWS.contains(&field.spec.name)
    };
    let mut fields = candidate.mapping.fields.iter().flatten();
    !matches!(kind, EntityKind::Customer | EntityKind::Vehicle) || fields.any(|(field, _)| is_more(*field))
}

/// Columns that are read by what another table says have their fields by their values.
pub(super) fn mark_read(candidates: &mut [Candidate<'_>], headers: &Headers) {
    for index in headers.read_otherwise() {
        for candidate in candidates.iter_mut() {
            if let Some(Some((_, by))) = candidate.mapping.fields.get_mut(index) {
                *by = MatchedBy::Values;
            }
        }
    }
}
