//! Where numbers, postcodes and plates are from that do not say it themselves.
//!
//! What: the country of the row's own address decides, else what all numbers or postcodes of the column show, else the
//! context's default.
//! Why: `020 7946 0000` is a number in London and one in the Netherlands, `204-555-0184` is one in Winnipeg and none in
//! London, and an Irish postcode is no British one with mistakes.
//! Example: `087 123 4567` in a row with the country `Ireland` becomes `+353871234567`.

mod plates;
mod postcodes;
mod regions;
mod row;

pub use plates::PlateVote;
pub use postcodes::PostcodeVote;
pub(crate) use row::of_row;

use crate::country::Country;

/// Where something is from, as far as the evidence goes.
///
/// ```
/// use torqueflow_cleanup::{Country, Origin};
/// assert_eq!(Origin::From(Country::GB).name(), "GB");
/// assert_eq!(Origin::from_name("abroad"), Some(Origin::Abroad));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Origin {
    /// Nothing says it.
    #[default]
    Unknown,
    /// From this country. The countries that share +1 are the United States, those that share +44 Great Britain.
    From(Country),
    /// Not from Britain, and nothing says where else from.
    Abroad,
}

impl Origin {
    /// The stable name: the alpha-2 code of the country, `abroad` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::From(country) => country.code(),
            Self::Abroad => "abroad",
        }
    }

    /// Reads what [`name`](Self::name) wrote.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "unknown" => Some(Self::Unknown),
            "abroad" => Some(Self::Abroad),
            _ => Country::from_name(name).map(Self::From),
        }
    }

    /// This one, or the other where nothing says this one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Unknown => other,
            known => known,
        }
    }

    /// It is a country with British postcodes.
    pub(crate) fn is_british(self) -> bool {
        matches!(self, Self::From(country) if country.has_british_postcodes())
    }
}

/// Whether so many of all are so clearly the most that the others are exceptions: four of five.
pub(crate) fn prevails(count: u64, total: u64) -> bool {
    count > 0 && count.saturating_mul(5) >= total.saturating_mul(4)
}
