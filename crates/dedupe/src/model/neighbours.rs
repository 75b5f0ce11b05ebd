//! How much of an address follows from another part of it, by strangers who live near each other.

use super::Neighbours;
use crate::compare::{Compared, Profile, compare};
use crate::index::{Index, RecordNumber};
use crate::level::{Level, rounded};
use crate::role::Field;

/// Pairs of neighbours that are looked at.
const PAIRS: usize = 10_000;
/// For how many pairs the prior counts.
const PRIOR_PAIRS: f64 = 20.0;

/// Counts among records with the same postcode, and among those with the same town, whose names are others: they are neither the
/// same nor related.
pub(super) fn neighbours(prior: &Neighbours, index: &Index, numbers: &[RecordNumber]) -> Neighbours {
    let (mut town, mut street, mut house, mut street_in_town) =
        (Share::default(), Share::default(), Share::default(), Share::default());
    strangers_with_the_same(Field::Postcode, index, numbers, |compared| {
        town.count(compared, Field::Town);
        street.count(compared, Field::Street);
        if compared.levels[Field::Street] == Some(Level::Same) {
            house.count(compared, Field::House);
        }
    });
    strangers_with_the_same(Field::Town, index, numbers, |compared| {
        street_in_town.count(compared, Field::Street);
    });
    Neighbours {
        town_in_postcode: town.with(prior.town_in_postcode),
        street_in_postcode: street.with(prior.street_in_postcode),
        street_in_town: street_in_town.with(prior.street_in_town),
        house_in_street: house.with(prior.house_in_street),
    }
}

/// How often a field is the same.
#[derive(Default)]
struct Share {
    same: f64,
    all: f64,
}

impl Share {
    fn count(&mut self, compared: &Compared, field: Field) {
        if let Some(level) = compared.levels[field] {
            self.all += 1.0;
            self.same += if level == Level::Same { 1.0 } else { 0.0 };
        }
    }

    fn with(&self, prior: f64) -> f64 {
        rounded((self.same + PRIOR_PAIRS * prior) / (self.all + PRIOR_PAIRS))
    }
}

fn strangers_with_the_same(field: Field, index: &Index, numbers: &[RecordNumber], mut each: impl FnMut(&Compared)) {
    let mut order: Vec<_> = numbers
        .iter()
        .filter_map(|number| Some((index.value(*number, field)?, *number)))
        .collect();
    order.sort_unstable();
    let pairs: Vec<_> = order
        .windows(2)
        .filter_map(|pair| match pair {
            [one, other] if one.0 == other.0 => Some((one.1, other.1)),
            _ => None,
        })
        .collect();
    let (mut one, mut other) = (Profile::default(), Profile::default());
    for (first, second) in pairs.iter().step_by(pairs.len().div_ceil(PAIRS).max(1)) {
        index.profile(*first, &mut one);
        index.profile(*second, &mut other);
        let compared = compare(&one, &other, index);
        if are_strangers(&compared) {
            each(&compared);
        }
    }
}

/// No name agrees, and there is one.
fn are_strangers(compared: &Compared) -> bool {
    let names = [Field::Given, Field::Surname, Field::Organisation].map(|field| compared.levels[field]);
    names.iter().any(Option::is_some) && names.iter().flatten().all(|level| *level >= Level::Vague)
}
