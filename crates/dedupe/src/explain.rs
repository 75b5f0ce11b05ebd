//! Why two records are taken for one: the terms of the score, and a line for a person.

use crate::compare::Profile;
use crate::index::RecordNumber;
use crate::judge::Hold;
use crate::level::Level;
use crate::matcher::{Kept, Raise};
use crate::model::Weights;
use crate::role::Field;

/// What a term of a score stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TermKind {
    /// How rare matches are at all.
    Prior,
    /// A field that both records have.
    Field(Field, Level),
    /// A third record that is next to certainly the same as both.
    Through(RecordNumber),
    /// The whole rows are equal, which says more than each of their values.
    EqualRow,
    /// What is taken off because they may be two of one household, two branches or two cars.
    Related,
}

/// One term of a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it stands for.
    pub kind: TermKind,
    /// What it adds to the log-odds, in bits: each bit doubles the odds.
    pub bits: f64,
    /// The values that were compared, as they are once normalised; empty where there are none.
    pub values: (String, String),
}

/// Why two records are taken for one, or for related.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The terms of the score, the prior first; they sum to it.
    pub terms: Vec<Term>,
    /// One line in a person's words, what speaks for it first.
    pub reason: String,
}

/// The terms of a pair's score.
pub(crate) fn explain(
    weights: &Weights,
    kept: &Kept,
    one: &Profile<'_>,
    other: &Profile<'_>,
    holds: &[Hold],
) -> Explanation {
    let compared = &kept.compared;
    let mut terms = vec![Term {
        kind: TermKind::Prior,
        bits: weights.prior(),
        values: <(String, String)>::default(),
    }];
    for field in Field::ALL {
        if let (Some(level), Some(found)) = (compared.levels[field], weights.field(field, compared)) {
            terms.push(Term {
                kind: TermKind::Field(field, level),
                bits: found.same,
                values: values(field, level, one, other),
            });
        }
    }
    let nothing = <(String, String)>::default;
    if let Some((raise, bits)) = kept.raise {
        let kind = match raise {
            Raise::Third(record) => TermKind::Through(record),
            Raise::EqualRow => TermKind::EqualRow,
        };
        terms.push(Term {
            kind,
            bits,
            values: nothing(),
        });
    }
    // The rest is what the other classes take: kept as the difference, so that the terms sum to the score.
    let sum: f64 = terms.iter().map(|term| term.bits).sum();
    terms.push(Term {
        kind: TermKind::Related,
        bits: kept.score.bits - sum,
        values: nothing(),
    });
    let reason = reason(&terms, holds);
    Explanation { terms, reason }
}

/// The two values of a field that were compared, as people write them.
fn values(field: Field, level: Level, one: &Profile<'_>, other: &Profile<'_>) -> (String, String) {
    let all =
        |of: &Profile<'_>| -> Vec<String> { of.all(field).iter().map(|value| shown(field, value.text)).collect() };
    let (ones, others) = (all(one), all(other));
    let shared = (level == Level::Same)
        .then(|| ones.iter().find(|value| others.contains(value)))
        .flatten();
    match shared {
        Some(value) => (value.clone(), value.clone()),
        None => (ones.join(", "), others.join(", ")),
    }
}

/// A normalised value with capitals where people write them.
fn shown(field: Field, text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    match field {
        Field::Given
        | Field::Surname
        | Field::Organisation
        | Field::Town
        | Field::Street
        | Field::House
        | Field::Make
        | Field::Model
        | Field::Colour
        | Field::Owner => text.split(' ').map(capital).collect::<Vec<_>>().join(" "),
        _ => text.into_owned(),
    }
}

fn capital(word: &str) -> String {
    let mut signs = word.chars();
    signs
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(signs).collect())
}

/// Bits from which a term is worth a word.
const TELLING: f64 = 0.5;

/// The line for a person: what speaks for it, the strongest first, then what speaks against it.
fn reason(terms: &[Term], holds: &[Hold]) -> String {
    let mut fields: Vec<&Term> = terms
        .iter()
        .filter(|term| matches!(term.kind, TermKind::Field(..)))
        .collect();
    fields.sort_by(|one, other| other.bits.total_cmp(&one.bits));
    let held = |term: &&&Term| {
        matches!(term.kind, TermKind::Field(Field::Given, Level::Other)) && holds.contains(&Hold::OtherGivenName)
    };
    let mut parts: Vec<String> = fields
        .iter()
        .filter(|term| term.bits.abs() >= TELLING)
        .filter(|term| !held(term))
        .map(|term| words(term))
        .collect();
    let is_through = terms.iter().any(|term| matches!(term.kind, TermKind::Through(_)));
    let is_equal = terms.iter().any(|term| term.kind == TermKind::EqualRow);
    parts.extend(is_equal.then(|| "everything the same".to_owned()));
    parts.extend(is_through.then(|| "a third record is next to certainly the same as both".to_owned()));
    parts.extend(holds.iter().map(|hold| format!("but {}", hold.label())));
    parts.join(", ")
}

fn words(term: &Term) -> String {
    let TermKind::Field(field, level) = term.kind else {
        return String::new();
    };
    let label = field.label();
    let (one, other) = &term.values;
    match (field, level) {
        (Field::NameOrder, Level::Same) => "names in the same order".to_owned(),
        (Field::NameOrder, _) => "first name and surname swapped".to_owned(),
        (_, Level::Same) => format!("same {label}"),
        (Field::Given, Level::Nickname) => format!("{one} and {other} are one first name"),
        (_, Level::Nickname) => format!("{label} the same but for look-alike signs ({one} / {other})"),
        (Field::Given, Level::Part) => format!("{label} or initial fits ({one} / {other})"),
        (_, Level::Part) => format!("{label} in part the same ({one} / {other})"),
        (_, Level::Close) => format!("{label} nearly the same ({one} / {other})"),
        (_, Level::Alike) => format!("{label} alike ({one} / {other})"),
        (_, Level::Vague) => format!("{label} faintly alike ({one} / {other})"),
        (_, Level::Odd) => format!("{label} unclear ({one} / {other})"),
        (_, Level::Other) => format!("{label} differs ({one} / {other})"),
    }
}
