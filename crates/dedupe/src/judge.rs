//! From a score to what is said of two records: a level, and what holds it down.

use crate::assess::MatchLevel;
use crate::compare::Compared;
use crate::level::Level;
use crate::model::Score;
use crate::role::Field;

/// From here on a pair is suggested.
pub(crate) const LOW: f64 = 0.5;
/// From here on it is likely.
pub(crate) const MEDIUM: f64 = 0.9;
/// And from here on next to certain.
pub(crate) const HIGH: f64 = 0.99;

/// Why a match is not as high as its probability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Hold {
    /// Two known first names that are not one person's.
    OtherGivenName,
    /// Two VINs.
    OtherVin,
    /// Two ids in one source.
    OtherId,
    /// Two days of birth.
    OtherBirthDate,
    /// Two firms' names that are only alike.
    OtherFirm,
    /// One is junior and the other is not.
    OtherGeneration,
    /// Every telephone number and e-mail address is another one: father and son, or a new number.
    NothingPersonalInCommon,
    /// Nothing but an e-mail address or a registration agrees, which others may share.
    OneSharedValue,
    /// Another record, of somebody else, matches nearly as well.
    Competitor,
}

impl Hold {
    /// What a person is told.
    pub const fn label(self) -> &'static str {
        match self {
            Self::OtherGivenName => "different first names",
            Self::OtherVin => "another VIN",
            Self::OtherId => "another id from the same source",
            Self::OtherBirthDate => "another date of birth",
            Self::OtherFirm => "company names only alike",
            Self::OtherGeneration => "junior and senior",
            Self::NothingPersonalInCommon => "no phone number or e-mail address in common",
            Self::OneSharedValue => "nothing else agrees",
            Self::Competitor => "another record matches nearly as well",
        }
    }
}

/// What is said of a pair on its own. `None` where it is not suggested.
pub(crate) fn judge(score: &Score, compared: &Compared) -> Option<(MatchLevel, Vec<Hold>)> {
    let probability = score.probability();
    if probability < LOW || is_name_alone(compared) {
        return None;
    }
    let holds: Vec<Hold> = holds(compared).collect();
    let level = if probability >= HIGH && holds.is_empty() {
        MatchLevel::High
    } else if probability >= MEDIUM {
        MatchLevel::Medium
    } else {
        MatchLevel::Low
    };
    Some((level, holds))
}

/// A name says who somebody is called and not who they are.
fn is_name_alone(compared: &Compared) -> bool {
    let agree = |field: Field| compared.levels[field].is_some_and(Level::is_agreement);
    let is_name = |field: Field| {
        matches!(
            field,
            Field::Given | Field::Surname | Field::NameOrder | Field::Generation
        )
    };
    let has_name = compared.levels[Field::Given]
        .or(compared.levels[Field::Surname])
        .is_some();
    has_name && !Field::ALL.into_iter().any(|field| !is_name(field) && agree(field))
}

/// Everything that keeps a pair from being high.
fn holds(compared: &Compared) -> impl Iterator<Item = Hold> {
    let differ = |field: Field| compared.levels[field] == Some(Level::Other);
    let agree = |field: Field| compared.levels[field].is_some_and(Level::is_agreement);
    let conflicts = [
        (Field::Given, Hold::OtherGivenName),
        (Field::Vin, Hold::OtherVin),
        (Field::ExternalId, Hold::OtherId),
        (Field::Born, Hold::OtherBirthDate),
        (Field::Generation, Hold::OtherGeneration),
    ];
    let conflicts = conflicts
        .into_iter()
        .filter(move |(field, _)| differ(*field))
        .map(|(_, hold)| hold);
    let is_firm = compared.levels[Field::Given].is_none() && compared.levels[Field::Surname].is_none();
    let other_firm = is_firm && compared.levels[Field::Organisation].is_some_and(|level| level >= Level::Alike);
    let is_named = compared.levels[Field::Given].is_some();
    let apart = is_named && differ(Field::Phone) && differ(Field::Email) && !agree(Field::Born) && !agree(Field::Plate);
    let telling = Field::ALL
        .into_iter()
        .filter(|field| agree(*field) && *field != Field::NameOrder);
    let is_one = telling
        .clone()
        .all(|field| matches!(field, Field::Email | Field::Plate))
        && telling.count() <= 1;
    let generation = compared.levels[Field::Generation] == Some(Level::Part);
    conflicts
        .chain(generation.then_some(Hold::OtherGeneration))
        .chain(other_firm.then_some(Hold::OtherFirm))
        .chain(apart.then_some(Hold::NothingPersonalInCommon))
        .chain(is_one.then_some(Hold::OneSharedValue))
}
