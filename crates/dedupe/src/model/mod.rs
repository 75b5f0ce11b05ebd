//! The model: how often records of one person, of one household and of strangers agree, field by field.

mod fit;
mod neighbours;
mod priors;
mod score;

pub(crate) use fit::fit;
pub(crate) use score::{Score, Weights};

use serde::{Deserialize, Serialize};

use crate::level::PerLevel;
use crate::role::{Field, PerField};

/// What a match is weighed by: the m- and u-probabilities of three classes, and how many of each class are to be expected.
///
/// It can be kept with what it was used for, so that every suggestion can be worked out again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// Which shipped priors it began with.
    version: String,
    /// Pairs that it was fitted to; 0 for the priors themselves.
    fitted_pairs: u64,
    people: Table,
    firms: Table,
    vehicles: Table,
}

/// The probabilities of one kind of record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Table {
    /// Of records of the same person, firm or vehicle: how often a field has each level.
    pub same: PerField<PerLevel>,
    /// Of two of a household, two branches of a firm, two cars with one plate.
    pub related: PerField<PerLevel>,
    /// Of strangers. What equal values say is taken from how common the very values are, not from here.
    pub unrelated: PerField<PerLevel>,
    /// How many others are the same as a record, on average.
    pub expected_same: f64,
    /// How many others are related to it, on average.
    pub expected_related: f64,
    pub neighbours: Neighbours,
}

/// How much of an address follows from another part of it: strangers with one postcode mostly live in one town.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Neighbours {
    /// Strangers with the same postcode whose town is the same.
    pub town_in_postcode: f64,
    /// Strangers with the same postcode whose street is the same.
    pub street_in_postcode: f64,
    /// Strangers with the same town whose street is the same.
    pub street_in_town: f64,
    /// Strangers with the same postcode and street whose house is the same.
    pub house_in_street: f64,
}

impl Model {
    /// The priors that are shipped.
    pub fn shipped() -> Self {
        Self {
            version: priors::VERSION.to_owned(),
            fitted_pairs: 0,
            people: priors::people(),
            firms: priors::firms(),
            vehicles: priors::vehicles(),
        }
    }

    /// Which shipped priors it began with.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many pairs it was fitted to; none for the priors as they are shipped.
    pub fn fitted_pairs(&self) -> u64 {
        self.fitted_pairs
    }

    /// How many records of the same person, and how many of the same household, one record of a person is taken to have beside it.
    pub fn expected_people(&self) -> (f64, f64) {
        (self.people.expected_same, self.people.expected_related)
    }
}

impl Serialize for PerField<PerLevel> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Field::ALL.into_iter().map(|field| (field.label(), self[field])))
    }
}

impl<'de> Deserialize<'de> for PerField<PerLevel> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let named = std::collections::BTreeMap::<String, PerLevel>::deserialize(deserializer)?;
        let mut levels = Self::all(PerLevel([0.125; 8]));
        for field in Field::ALL {
            if let Some(found) = named.get(field.label()) {
                levels[field] = *found;
            }
        }
        Ok(levels)
    }
}
