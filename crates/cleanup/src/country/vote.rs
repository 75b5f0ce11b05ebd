//! Whether `NI` in a column of countries is Northern Ireland: decided by all of its rows.

use torqueflow_model::{Cell, fold};

use super::Country;
use crate::origin::Origin;
use crate::text::prepare;

/// The nations of the United Kingdom, folded. Nobody writes them beside the codes of ISO 3166.
const NATIONS: &[&str] = &[
    "england",
    "scotland",
    "wales",
    "cymru",
    "northern ireland",
    "n ireland",
    "great britain",
    "ulster",
];

/// Gathers over the rows of a column of countries whether it names the nations of Britain, or its countries by other words than
/// the codes of ISO 3166: there `NI` is Northern Ireland, and no Nicaragua. Chunks of a column can be observed apart and
/// merged in any order.
///
/// ```
/// use torqueflow_cleanup::{Country, CountryVote, Origin};
/// use torqueflow_model::Cell;
/// let mut vote = CountryVote::new();
/// vote.observe(&Cell::text("NI"));
/// assert_eq!(vote.verdict(), Origin::Unknown);
/// vote.observe(&Cell::text("Scotland"));
/// assert_eq!(vote.verdict(), Origin::From(Country::GB));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CountryVote {
    nations: u64,
    /// Britain and Ireland in other words than their codes: `UK`, `Eire`.
    isles: u64,
    others: u64,
}

impl CountryVote {
    /// No evidence yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one cell into account.
    pub fn observe(&mut self, cell: &Cell) {
        let Ok(prepared) = prepare(cell) else { return };
        let folded = fold(&prepared.text);
        if NATIONS.contains(&folded.as_str()) {
            self.nations += 1;
            return;
        }
        match Country::from_name(&folded) {
            _ if is_northern_ireland(&folded) => {}
            Some(country) if country.has_british_postcodes() || country == Country::IE => {
                let is_code = country.code().eq_ignore_ascii_case(&folded);
                self.isles += u64::from(!is_code);
            }
            Some(_) => self.others += 1,
            None => {}
        }
    }

    /// Adds the evidence of other rows of the same column.
    pub fn merge(&mut self, other: &Self) {
        self.nations += other.nations;
        self.isles += other.isles;
        self.others += other.others;
    }

    /// From Britain where its nations are named, or where most countries are those of the British Isles and not by their codes.
    pub fn verdict(&self) -> Origin {
        if self.nations > 0 || self.isles > self.others {
            Origin::From(Country::GB)
        } else {
            Origin::Unknown
        }
    }
}

/// What may be Northern Ireland, and is the code of Nicaragua.
pub(super) fn is_northern_ireland(text: &str) -> bool {
    fold(text) == "ni"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(countries: &[&str], is_british: bool) {
        let mut whole = CountryVote::new();
        let mut merged = CountryVote::new();
        for country in countries {
            whole.observe(&Cell::text(*country));
        }
        for country in countries.iter().rev() {
            let mut one = CountryVote::new();
            one.observe(&Cell::text(*country));
            merged.merge(&one);
        }
        assert_eq!(whole.verdict().is_british(), is_british, "{countries:?}");
        assert_eq!(whole, merged);
    }

    #[test]
    fn home_nations_are_british() {
        check(&["England", "Scotland", "Wales", "NI"], true);
        check(&["NI", "England", "France", "Germany", "Spain"], true);
        check(&["UK", "NI", "ROI"], true);
    }

    #[test]
    fn codes_and_other_countries_are_what_they_say() {
        check(&["GB", "NI", "CR", "HN"], false);
        check(&["GB", "IE", "NI"], false);
        check(&["Costa Rica", "NI", "Honduras", "UK"], false);
        check(&["NI"], false);
        check(&[], false);
    }
}
