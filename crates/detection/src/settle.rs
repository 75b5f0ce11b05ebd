//! Which of the generic types a table is, or which it may be.

use torqueflow_model::{EntityKind, Slot, TableSignature};

use crate::detection::Detection;
use crate::evidence;
use crate::generic::Candidate;
use crate::outcome::{GENERIC, from_candidate, left_out, suggested, type_candidate};
use crate::table::Table;

/// A type explains a file better than another if it does so by about a column.
const MARGIN: f64 = 0.75;
/// Below this confidence, that a type is the best of all does not make it the right one.
pub const SURE: f64 = 0.55;

/// The possible type that explains most. Customers that the words speak of stay customers though a column says who of the
/// staff looks after them.
pub fn best_candidate<'a, 'b>(candidates: &'a [Candidate<'b>]) -> Option<&'a Candidate<'b>> {
    let are_customers = |other: &Candidate| other.is_plainly_named() && other.is_of_customers();
    let has_customers = candidates.iter().any(are_customers);
    let possible = candidates
        .iter()
        .filter(|candidate| candidate.is_possible() && !(has_customers && candidate.is_told_by_signs()));
    highest(possible)
}

/// The one that explains most, the first of several.
fn highest<'a, 'b: 'a>(candidates: impl Iterator<Item = &'a Candidate<'b>>) -> Option<&'a Candidate<'b>> {
    candidates.reduce(|best, other| if other.rank() > best.rank() { other } else { best })
}

/// What a file of no known system is: the candidate that explains it, unless another does so nearly as well.
pub fn settle(candidates: &[Candidate], file: &Table) -> Detection {
    let Some(best) = best_candidate(candidates) else {
        return by_its_name(candidates, file);
    };
    let best = without_names(best, candidates);
    let best = suppliers_by_name(best, candidates).unwrap_or(best);
    let is_close = |other: &&Candidate| {
        let is_other = other.table.type_id != best.table.type_id && !is_part_of(other.table, best.table);
        let is_near = other.is_possible() && best.rank() - other.rank() < MARGIN;
        let is_worth_saying = other.is_possible() || other.is_left_out() || other.understood() > 1;
        let is_outvoted = best.is_spoken_of() && other.is_told_by_signs();
        let may_be = is_near || (is_doubt(other, best) && is_worth_saying) || is_named_instead(other, best);
        is_other && may_be && !is_outvoted
    };
    let mut close: Vec<&Candidate> = candidates.iter().filter(is_close).collect();
    close.sort_by(|left, right| right.rank().total_cmp(&left.rank()));
    let has_doubts = candidates.iter().any(|other| is_doubt(other, best));
    let is_sure = best.confidence >= SURE && !best.only_names_people() && !has_doubts;
    let something_else = best.rows_are_of_something_else(file);
    if close.is_empty() && is_sure && something_else.is_none() {
        if best.is_left_out() {
            let why = (best.confidence, evidence::of_candidate(best, file));
            return left_out(GENERIC, best.table, why, file);
        }
        return from_candidate(best, file);
    }
    let is_all = close.is_empty() && !has_doubts && something_else.is_none();
    if is_all && !best.is_left_out() && best.is_understood_by_its_name() {
        return from_candidate(best, file);
    }
    let mut possible: Vec<&Candidate> = std::iter::once(best).chain(close).collect();
    // Suppliers that the words speak of come before the customers whose columns they have.
    if best.table.entities().first() == Some(&EntityKind::Customer) {
        possible.sort_by_key(|candidate| !(candidate.is_of_suppliers() && candidate.is_called_for()));
    }
    asked(&possible, something_else, file)
}

/// No type, and what it may be, the likeliest first.
fn asked(possible: &[&Candidate], why: Option<&str>, file: &Table) -> Detection {
    let importable = || possible.iter().copied().filter(|candidate| !candidate.is_left_out());
    let mut detection = suggested(importable().next(), file);
    let labels: Vec<String> = possible.iter().map(|candidate| candidate.table.label.clone()).collect();
    detection.warnings.push(evidence::ambiguous(&labels, why));
    detection.candidates = importable().map(|candidate| type_candidate(candidate, file)).collect();
    detection
}

/// Where nothing else fits, a table is what it is called, if most of it is understood so and its records are told apart; a
/// little of it makes it a question.
fn by_its_name(candidates: &[Candidate], file: &Table) -> Detection {
    let called = candidates.iter().filter(|candidate| {
        let is_named = candidate.is_plainly_named() || (candidate.is_of_suppliers() && candidate.is_called_for());
        is_named && !candidate.is_left_out() && candidate.understood() > 0
    });
    let Some(best) = highest(called) else {
        return unrecognised(candidates, file);
    };
    let something_else = best.rows_are_of_something_else(file);
    if best.is_understood_by_its_name() && something_else.is_none() {
        return from_candidate(best, file);
    }
    asked(&[best], something_else, file)
}

/// Suppliers have the columns of customers: where the words or the flags speak of suppliers and not of customers, and nothing
/// speaks against it, they are suppliers.
fn suppliers_by_name<'a, 'b>(best: &Candidate, candidates: &'a [Candidate<'b>]) -> Option<&'a Candidate<'b>> {
    let only_customers = best.table.entities() == [EntityKind::Customer] && !best.is_spoken_of();
    let is_one = |other: &&Candidate| {
        let is_called = other.is_of_suppliers() && !other.is_left_out() && other.is_called_for();
        is_called && other.is_possible() && other.confidence >= SURE && other.against.is_empty()
    };
    candidates.iter().filter(|_| only_customers).find(is_one)
}

/// The words around the table, or its headers, speak of others than customers: of suppliers, staff or users.
fn is_doubt(other: &Candidate, best: &Candidate) -> bool {
    if !other.table.must_be_named || best.is_spoken_of() || other.table.type_id == best.table.type_id {
        return false;
    }
    let lists_customers = best.table.entities().first() == Some(&EntityKind::Customer);
    if other.is_of_suppliers() {
        return other.named > 0.0 && best.is_of_customers();
    }
    // A word alone makes no documents of people.
    lists_customers && other.is_called_for() && !other.lacks_all()
}

/// The words around the table name this type, and it explains nearly as much as the other, which they don't name. Not where the
/// other explains all, and this one lacks what such a table must have.
fn is_named_instead(other: &Candidate, best: &Candidate) -> bool {
    let is_named = other.is_plainly_named() && !best.is_spoken_of() && !other.is_left_out();
    let may_be = other.is_possible() || !best.explains_all();
    is_named && may_be && !other.table.must_be_named && other.rank() + 1.0 >= best.rank()
}

/// The names in a list that is mostly about something else make no customers: of a stock of vehicles it is the vehicles.
fn without_names<'a, 'b>(best: &'a Candidate<'b>, candidates: &'a [Candidate<'b>]) -> &'a Candidate<'b> {
    if !best.only_names_people() {
        return best;
    }
    let is_rest = |other: &&Candidate| {
        let is_part = other.table.slots().len() < best.table.slots().len() && is_part_of(other.table, best.table);
        other.is_possible() && is_part && !other.only_names_people()
    };
    let rest = candidates.iter().filter(is_rest);
    rest.max_by(|one, other| one.rank().total_cmp(&other.rank()))
        .unwrap_or(best)
}

/// One of the two has all kinds of record of the other: which it is, is told by whether the further columns are there.
fn is_part_of(one: &TableSignature, other: &TableSignature) -> bool {
    let (one, other) = (one.slots(), other.slots());
    let within = |inner: &[Slot], outer: &[Slot]| !inner.is_empty() && inner.iter().all(|slot| outer.contains(slot));
    within(&one, &other) || within(&other, &one)
}

/// No type; the columns carry what they would be in the type that explains most of them.
pub fn unrecognised(candidates: &[Candidate], file: &Table) -> Detection {
    let imported = candidates.iter().filter(|candidate| !candidate.is_left_out());
    suggested(highest(imported), file)
}
