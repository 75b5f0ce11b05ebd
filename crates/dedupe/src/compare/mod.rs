//! Two records, field by field.

mod codes;
pub(crate) mod company;
mod profile;
mod strings;
mod words;

pub(crate) use codes::split_address;
pub(crate) use company::WordCounts;
pub(crate) use profile::{Profile, Value};

use crate::level::Level;
use crate::role::{Field, PerField};

/// First names that this many bear are known, whether or not they are listed.
const KNOWN_FROM: u32 = 4;

/// How many records have each field: what shares are shares of.
pub(crate) trait Holders: WordCounts {
    /// Records that have a value of this field.
    fn with(&self, field: Field) -> u32;
}

/// How far two records agree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compared {
    /// Per field, where both have one.
    pub levels: PerField<Option<Level>>,
    /// Per field, the share of records that would agree as well, by how common these very values are; 0 where nothing is known.
    pub chances: PerField<f64>,
}

/// Compares two records. The order of the two makes no difference.
pub(crate) fn compare(one: &Profile<'_>, other: &Profile<'_>, holders: &impl Holders) -> Compared {
    let mut compared = Compared {
        levels: PerField::all(None),
        chances: PerField::all(0.0),
    };
    compared.names(one, other, holders);
    for value in one.values() {
        let field = value.field;
        if matches!(field, Field::Given | Field::Surname) || compared.levels[field].is_some() {
            continue;
        }
        let best = one
            .all(field)
            .iter()
            .flat_map(|one| other.all(field).iter().map(move |other| (one, other)));
        let best = best.filter_map(|(one, other)| weigh(one, other, holders));
        if let Some((level, chance)) = best.min_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))) {
            compared.levels[field] = Some(level);
            compared.chances[field] = chance;
        }
    }
    compared
}

/// The level of two values of one field, and how likely it is by chance.
fn weigh(one: &Value<'_>, other: &Value<'_>, holders: &impl Holders) -> Option<(Level, f64)> {
    if one.field == Field::Organisation {
        let (level, chance) = company::organisation(one.text, other.text, holders);
        return Some((
            level,
            if level == Level::Same {
                same_chance(one, other, holders)
            } else {
                chance
            },
        ));
    }
    let level = match one.field {
        Field::Phone => codes::phone(one.text, other.text),
        Field::Email => codes::email(one.text, other.text),
        Field::Postcode => codes::postcode(one.text, other.text),
        Field::Town => words::town(one.text, other.text),
        Field::Street => words::street(one.text, other.text),
        Field::House => codes::house(one.text, other.text),
        Field::Born => codes::day(one.text, other.text),
        Field::Plate => codes::plate(one.text, other.text),
        Field::Vin => codes::vin(one.text, other.text),
        Field::ExternalId => codes::external_id(one.text, other.text)?,
        Field::Owner | Field::Model => words::surname(one.text, other.text),
        Field::Year | Field::Generation => {
            if one.text == other.text {
                Level::Same
            } else {
                Level::Other
            }
        }
        _ => words::spelling(one.text, other.text),
    };
    Some((level, chance(level, one, other, holders)))
}

/// How likely two records agree on a level by chance, as far as these values tell.
fn chance(level: Level, one: &Value<'_>, other: &Value<'_>, holders: &impl Holders) -> f64 {
    match level {
        Level::Same => same_chance(one, other, holders),
        level if one.field == Field::Phone => codes::phone_chance(level, one.text, other.text),
        // Around a common value there are more that resemble it.
        level if level.is_agreement() => 0.05 * same_chance(one, other, holders),
        _ => 0.0,
    }
}

/// The share of records with the more common of two values, apart from the two that are compared. A value that nobody else
/// has is not impossible for a third: how exclusive a field is decides what is added.
fn same_chance(one: &Value<'_>, other: &Value<'_>, holders: &impl Holders) -> f64 {
    let others = f64::from(one.holders.max(other.holders).saturating_sub(2));
    // In a small store a value that is given out once is not as common as one of a few names.
    let (beyond, weight, most) = match one.field {
        Field::Vin | Field::ExternalId => (0.01, 0.5, 1e-6),
        Field::Email => (0.05, 0.5, 1e-5),
        Field::Plate => (0.1, 0.5, 1e-5),
        Field::Phone => (0.1, 0.5, 1e-4),
        Field::Organisation => (0.3, 0.7, 1e-2),
        _ => (0.7, 1.0, 1.0),
    };
    let records = f64::from(holders.with(one.field).max(2));
    ((beyond / records).min(most) + weight * others / records).min(1.0)
}

impl Compared {
    /// Compares names straight and crosswise: people write the surname first, and programs swap columns.
    fn names(&mut self, one: &Profile<'_>, other: &Profile<'_>, holders: &impl Holders) {
        let (given, surname) = (Field::Given, Field::Surname);
        let straight = [
            (one.first(given), other.first(given)),
            (one.first(surname), other.first(surname)),
        ];
        let [given_level, surname_level] = straight;
        let given_level = given_level
            .0
            .zip(given_level.1)
            .map(|(one, other)| given_names(one, other));
        let surname_level = surname_level
            .0
            .zip(surname_level.1)
            .map(|(one, other)| words::surname(one.text, other.text));
        self.levels[given] = given_level;
        self.levels[surname] = surname_level;
        for ((one, other), level) in straight.into_iter().zip([given_level, surname_level]) {
            if let (Some(one), Some(other), Some(level)) = (one, other, level) {
                self.chances[one.field] = chance(level, one, other, holders);
            }
        }
        let is_doubtful = given_level.is_some_and(|level| level > Level::Close)
            && surname_level.is_some_and(|level| level > Level::Close);
        self.generations(one, other);
        if given_level.is_none() || surname_level.is_none() {
            return;
        }
        self.levels[Field::NameOrder] = Some(Level::Same);
        self.chances[Field::NameOrder] = 1.0;
        if is_doubtful {
            self.crossed(one, other, holders);
        }
    }

    /// Whether one is junior. Where only one of them says so, that says something too.
    fn generations(&mut self, one: &Profile<'_>, other: &Profile<'_>) {
        let generation = |of: &Profile<'_>| of.first(Field::Generation).map(|value| value.text.len());
        let (one, other) = (generation(one), generation(other));
        if one.is_some() != other.is_some() && self.levels[Field::Given].is_some() {
            self.levels[Field::Generation] = Some(Level::Part);
        }
    }

    fn crossed(&mut self, one: &Profile<'_>, other: &Profile<'_>, holders: &impl Holders) {
        fn names<'a>(of: &Profile<'a>) -> Option<(&'a [u8], &'a [u8])> {
            Some((of.first(Field::Given)?.text, of.first(Field::Surname)?.text))
        }
        let (Some((given, surname)), Some((other_given, other_surname))) = (names(one), names(other)) else {
            return;
        };
        // Sorted, so that it makes no difference which record comes first.
        let mut levels = [
            words::surname(given, other_surname),
            words::surname(surname, other_given),
        ];
        levels.sort_unstable();
        let ranks = |levels: [Option<Level>; 2]| levels.iter().flatten().map(|level| *level as u32).sum::<u32>();
        let straight = ranks([self.levels[Field::Given], self.levels[Field::Surname]]);
        let crossed = ranks(levels.map(Some));
        if !levels.iter().all(|level| level.is_agreement()) || crossed >= straight {
            return;
        }
        for (field, level) in [Field::Given, Field::Surname].into_iter().zip(levels) {
            self.levels[field] = Some(level);
            let common = |of: &Profile<'_>| of.first(field).map_or(0.0, |value| same_chance(value, value, holders));
            let chance = common(one).max(common(other));
            self.chances[field] = if level == Level::Same { chance } else { 0.05 * chance };
        }
        self.levels[Field::NameOrder] = Some(Level::Other);
        self.chances[Field::NameOrder] = 0.0;
    }
}

fn given_names(one: &Value<'_>, other: &Value<'_>) -> Level {
    let is_known = |value: &Value<'_>| value.is_listed || value.holders >= KNOWN_FROM;
    words::given(one.text, other.text, (is_known(one), is_known(other)))
}
