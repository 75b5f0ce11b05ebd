//! From levels to bits: the terms of a score, and what they come to.

use super::{Neighbours, Table};
use crate::compare::Compared;
use crate::level::{Level, PerLevel};
use crate::role::{Field, PerField};

/// A table in the form in which pairs are weighed: logarithms to the base 2.
#[derive(Debug, Clone)]
pub(crate) struct Weights {
    same: PerField<PerLevel>,
    related: PerField<PerLevel>,
    unrelated: PerField<PerLevel>,
    prior_same: f64,
    prior_related: f64,
    records: f64,
    neighbours: Neighbours,
}

/// What two records come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Score {
    /// Log-odds of the same against related and strangers, in bits.
    pub bits: f64,
    /// Log-odds of related against the same and strangers, in bits.
    pub related_bits: f64,
}

impl Score {
    /// The probability that they are the same.
    pub fn probability(&self) -> f64 {
        probability(self.bits)
    }

    /// The probability that they are related.
    pub fn related_probability(&self) -> f64 {
        probability(self.related_bits)
    }
}

fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// What one field adds: bits for the same and bits for related, both against strangers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FieldBits {
    pub same: f64,
    pub related: f64,
}

impl Weights {
    /// The weights of a table where there are this many records of its kind.
    pub fn new(table: &Table, records: u32) -> Self {
        let logs = |levels: &PerField<PerLevel>| PerField(levels.0.map(|levels| PerLevel(levels.0.map(f64::log2))));
        let records = f64::from(records.max(2));
        Self {
            same: logs(&table.same),
            related: logs(&table.related),
            unrelated: table.unrelated,
            prior_same: (table.expected_same / records).log2(),
            prior_related: (table.expected_related / records).log2(),
            records,
            neighbours: table.neighbours,
        }
    }

    /// What is expected before anything is compared, in bits.
    pub fn prior(&self) -> f64 {
        self.prior_same
    }

    /// The bits of a field, where both records have it.
    ///
    /// An address that is another one throughout is one difference, a move, and not one for each of its parts.
    pub fn field(&self, field: Field, compared: &Compared) -> Option<FieldBits> {
        let level = compared.levels[field]?;
        if MOVES_WITH.contains(&field) && has_moved(compared) {
            return Some(FieldBits {
                same: 0.0,
                related: 0.0,
            });
        }
        let stranger = self.stranger(field, level, compared).log2();
        Some(FieldBits {
            same: self.same[field][level] - stranger,
            related: self.related[field][level] - stranger,
        })
    }

    /// How likely strangers agree as well on this field.
    fn stranger(&self, field: Field, level: Level, compared: &Compared) -> f64 {
        let chance = compared.chances[field];
        if level != Level::Same {
            return self.unrelated[field][level].max(chance);
        }
        let is_same = |other: Field| compared.levels[other] == Some(Level::Same);
        let given = match field {
            Field::Town if is_same(Field::Postcode) => self.neighbours.town_in_postcode,
            Field::Street if is_same(Field::Postcode) => self.neighbours.street_in_postcode,
            Field::Street if is_same(Field::Town) => self.neighbours.street_in_town,
            Field::House if is_same(Field::Street) && is_same(Field::Postcode) => self.neighbours.house_in_street,
            _ => 0.0,
        };
        chance.max(given)
    }

    /// What two rows come to that are equal throughout, in bits.
    pub fn equal_rows(&self, compared: &Compared) -> f64 {
        let fields = Field::ALL
            .into_iter()
            .filter_map(|field| Some(self.same[field][compared.levels[field]?]));
        self.prior_same + fields.sum::<f64>() - (EQUAL_ROWS / self.records).log2()
    }

    /// What a pair comes to.
    pub fn score(&self, compared: &Compared) -> Score {
        let (mut same, mut related) = (self.prior_same, self.prior_related);
        for field in Field::ALL {
            if let Some(bits) = self.field(field, compared) {
                same += bits.same;
                related += bits.related;
            }
        }
        Score {
            bits: same - log2_one_plus(related),
            related_bits: related - log2_one_plus(same),
        }
    }
}

/// How many rows of strangers are equal to a row throughout, its name and its contact among what is equal: one in five hundred has
/// one, by a mix-up.
const EQUAL_ROWS: f64 = 0.002;

/// What differs with the street when somebody has moved.
const MOVES_WITH: [Field; 2] = [Field::Postcode, Field::House];

/// Whether every part of two addresses, apart from the town, is another one.
fn has_moved(compared: &Compared) -> bool {
    let differs = |field: Field| compared.levels[field].is_none_or(|level| level >= Level::Alike);
    compared.levels[Field::Street].is_some() && differs(Field::Street) && MOVES_WITH.into_iter().all(differs)
}

/// `log2(1 + 2^bits)`.
pub(crate) fn log2_one_plus(bits: f64) -> f64 {
    bits.max(0.0) + (-bits.abs()).exp2().ln_1p() / std::f64::consts::LN_2
}
