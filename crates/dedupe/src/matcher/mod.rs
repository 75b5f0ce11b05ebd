//! Finding the matches of records: candidates, scores, levels, reasons.

mod links;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use crate::assess::MatchLevel;
use crate::compare::{Compared, Profile, compare};
use crate::explain::{Explanation, explain};
use crate::index::{Index, RecordKind, RecordNumber, Room, Row};
use crate::judge::{self, Hold, judge};
use crate::level::Level;
use crate::model::{Model, Score, Weights};
use crate::normal::Cells;
use crate::role::Field;
use crate::scope::Scope;
use links::Links;

/// How far a competitor has to be behind for a match to be high, in bits: sixteen times less likely.
const LEAD: f64 = 4.0;

/// A pair with fewer bits is not the same, whatever else is known.
const HOPELESS: f64 = -14.0;
/// Rows that are equal in fewer values say no more than those values.
const FEWEST_EQUAL: usize = 4;

/// A record that is taken for the same as another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The other record.
    pub record: RecordNumber,
    /// How sure.
    pub level: MatchLevel,
    /// The log-odds, in bits.
    pub bits: f64,
    /// The same as a probability.
    pub probability: f64,
    /// What keeps the level below the probability.
    pub holds: Vec<Hold>,
    /// Why.
    pub explanation: Explanation,
}

/// A record that is taken for one of the same household, another branch of a firm, or another car with the plate.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The other record.
    pub record: RecordNumber,
    /// How likely.
    pub probability: f64,
    /// Why.
    pub explanation: Explanation,
}

/// What was found for a record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// The records that may be the same, the likeliest first.
    pub suggestions: Vec<Suggestion>,
    /// Those that are related, the likeliest first.
    pub relations: Vec<Relation>,
    /// How many records were compared.
    pub compared: usize,
}

/// Finds matches in an index by a model. One per thread.
#[derive(Debug)]
pub struct Matcher<'a> {
    pub(crate) index: &'a Index,
    people: Weights,
    firms: Weights,
    vehicles: Weights,
    pub(crate) room: Room,
}

/// What speaks for a pair beside its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Raise {
    /// A third record that is the same as both.
    Third(RecordNumber),
    /// The whole rows are equal.
    EqualRow,
}

/// A candidate that is worth keeping.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    pub record: RecordNumber,
    pub score: Score,
    pub compared: Compared,
    /// What else speaks for it, and what that adds, in bits.
    pub raise: Option<(Raise, f64)>,
}

impl<'a> Matcher<'a> {
    /// A matcher that looks into this index.
    pub fn new(index: &'a Index, model: &Model) -> Self {
        let weights = |kind| Weights::new(model.table(kind), index.records_of(kind));
        Self {
            index,
            people: weights(RecordKind::Person),
            firms: weights(RecordKind::Organisation),
            vehicles: weights(RecordKind::Vehicle),
            room: Room::default(),
        }
    }

    /// What matches a record of the index within a scope: at most `most` suggestions, and as many relations.
    pub fn find(&mut self, record: RecordNumber, scope: Scope, most: usize) -> Found {
        let index = self.index;
        if !scope.asks(record) || !index.is_present(record) {
            return Found::default();
        }
        let mut one = Profile::default();
        index.profile(record, &mut one);
        let kind = index.kind(record).unwrap_or(RecordKind::Person);
        index.candidates(&one, kind, Some(record), &mut self.room);
        self.judge_candidates(&one, kind, |other| scope.admits(record, other), most)
    }

    /// What matches a row that is not in the index, which stays as it is.
    pub fn find_row(&mut self, cells: &Cells<'_>, most: usize) -> Found {
        let row = Row::of(cells);
        let mut one = Profile::default();
        self.index.profile_of_row(&row, &mut one);
        self.index.candidates(&one, row.kind, None, &mut self.room);
        self.judge_candidates(&one, row.kind, |_| true, most)
    }

    fn judge_candidates(
        &self,
        one: &Profile<'_>,
        kind: RecordKind,
        admits: impl Fn(RecordNumber) -> bool,
        most: usize,
    ) -> Found {
        let weights = self.weights(kind);
        let mut found = Found::default();
        let (mut same, mut related) = (Vec::new(), Vec::new());
        let admitted = self.room.candidates.iter().copied().filter(|other| admits(*other));
        let mut links = Links::default();
        let mut other = Profile::default();
        for candidate in admitted {
            found.compared += 1;
            let Some(mut kept) = self.compared(weights, one, &mut other, candidate) else {
                continue;
            };
            Self::raise_equal(weights, one, &other, &mut kept);
            links.strengthen(self, weights, one, &mut kept);
            if kept.score.probability() >= judge::LOW {
                same.push(kept);
            } else if kept.score.related_probability() >= judge::MEDIUM {
                related.push(kept);
            }
        }
        same.sort_by(|one, other| {
            other
                .score
                .bits
                .total_cmp(&one.score.bits)
                .then(one.record.cmp(&other.record))
        });
        related.sort_by(|one, other| {
            other
                .score
                .related_bits
                .total_cmp(&one.score.related_bits)
                .then(one.record.cmp(&other.record))
        });
        found.suggestions = self.suggestions(weights, one, &same, most);
        found.relations = related
            .iter()
            .take(most)
            .map(|kept| self.relation(weights, one, kept))
            .collect();
        found
    }

    /// A candidate compared with a record, if there is anything to keep of it. `other` becomes the candidate.
    fn compared(
        &self,
        weights: &Weights,
        one: &Profile<'_>,
        other: &mut Profile<'a>,
        candidate: RecordNumber,
    ) -> Option<Kept> {
        self.index.profile(candidate, other);
        let compared = compare(one, other, self.index);
        let score = weights.score(&compared);
        let is_kept = score.bits > HOPELESS || score.related_probability() >= judge::MEDIUM;
        is_kept.then_some(Kept {
            record: candidate,
            score,
            compared,
            raise: None,
        })
    }

    /// Rows that are equal throughout are the same, however common each of their values is.
    fn raise_equal(weights: &Weights, one: &Profile<'_>, other: &Profile<'_>, kept: &mut Kept) {
        let is_equal = kept
            .compared
            .levels
            .0
            .iter()
            .flatten()
            .all(|level| *level == Level::Same);
        if !is_equal || !is_telling(one) || !are_equal(one, other) {
            return;
        }
        let bits = weights.equal_rows(&kept.compared);
        if bits > kept.score.bits {
            kept.raise = Some((Raise::EqualRow, bits - kept.score.bits));
            kept.score.bits = bits;
            kept.score.related_bits = kept.score.related_bits.min(-bits);
        }
    }

    fn weights(&self, kind: RecordKind) -> &Weights {
        match kind {
            RecordKind::Organisation => &self.firms,
            RecordKind::Vehicle => &self.vehicles,
            RecordKind::Person => &self.people,
        }
    }

    fn suggestions(&self, weights: &Weights, one: &Profile<'_>, same: &[Kept], most: usize) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        let mut other = Profile::default();
        for kept in same {
            let Some((mut level, mut holds)) = judge(&kept.score, &kept.compared) else {
                continue;
            };
            if level == MatchLevel::High && self.has_competitor(weights, same, kept) {
                level = MatchLevel::Medium;
                holds.push(Hold::Competitor);
            }
            self.index.profile(kept.record, &mut other);
            let explanation = explain(weights, kept, one, &other, &holds);
            suggestions.push(Suggestion {
                record: kept.record,
                level,
                bits: kept.score.bits,
                probability: kept.score.probability(),
                holds,
                explanation,
            });
            if suggestions.len() == most {
                break;
            }
        }
        suggestions
    }

    /// Whether somebody else matches nearly as well. A record of the same person is no competitor.
    fn has_competitor(&self, weights: &Weights, same: &[Kept], kept: &Kept) -> bool {
        let near = same
            .iter()
            .filter(|other| other.record != kept.record && other.score.bits > kept.score.bits - LEAD);
        let (mut one, mut other) = (Profile::default(), Profile::default());
        near.into_iter().any(|near| {
            self.index.profile(kept.record, &mut one);
            self.index.profile(near.record, &mut other);
            weights.score(&compare(&one, &other, self.index)).probability() < judge::MEDIUM
        })
    }

    fn relation(&self, weights: &Weights, one: &Profile<'_>, kept: &Kept) -> Relation {
        let mut other = Profile::default();
        self.index.profile(kept.record, &mut other);
        Relation {
            record: kept.record,
            probability: kept.score.related_probability(),
            explanation: explain(weights, kept, one, &other, &[]),
        }
    }
}

impl Index {
    /// The model for these records: the shipped priors, moved to what the records say where there are enough of them.
    pub fn fit(&self, prior: &Model, scope: Scope) -> Model {
        crate::model::fit(prior, self, scope)
    }
}

/// It has a name and something personal, and is long enough for being equal to mean something.
fn is_telling(row: &Profile<'_>) -> bool {
    let has = |fields: &[Field]| fields.iter().any(|field| row.first(*field).is_some());
    let is_named = has(&[Field::Given, Field::Surname, Field::Organisation]);
    row.values().len() >= FEWEST_EQUAL && is_named && has(&[Field::Phone, Field::Email, Field::Plate])
}

fn are_equal(one: &Profile<'_>, other: &Profile<'_>) -> bool {
    let values = |of: &Profile<'_>| {
        of.values()
            .iter()
            .filter(|value| value.field != Field::ExternalId)
            .map(|value| (value.field, value.text.to_vec()))
            .collect::<Vec<_>>()
    };
    one.values().len() == other.values().len() && values(one) == values(other)
}
