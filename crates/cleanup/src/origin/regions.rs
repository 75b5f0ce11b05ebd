//! The states and provinces of North America, by which an address without a country is known to be there.

use torqueflow_model::fold;

use crate::country::Country;

/// The states of the USA with their codes (USPS Publication 28, appendix B), without the territories.
#[rustfmt::skip]
const STATES: &[(&str, &str)] = &[
    ("AL", "alabama"), ("AK", "alaska"), ("AZ", "arizona"), ("AR", "arkansas"), ("CA", "california"), ("CO", "colorado"),
    ("CT", "connecticut"), ("DC", "district of columbia"), ("DE", "delaware"), ("FL", "florida"), ("GA", "georgia"),
    ("HI", "hawaii"), ("IA", "iowa"), ("ID", "idaho"), ("IL", "illinois"), ("IN", "indiana"), ("KS", "kansas"),
    ("KY", "kentucky"), ("LA", "louisiana"), ("MA", "massachusetts"), ("MD", "maryland"), ("ME", "maine"),
    ("MI", "michigan"), ("MN", "minnesota"), ("MO", "missouri"), ("MS", "mississippi"), ("MT", "montana"),
    ("NC", "north carolina"), ("ND", "north dakota"), ("NE", "nebraska"), ("NH", "new hampshire"), ("NJ", "new jersey"),
    ("NM", "new mexico"), ("NV", "nevada"), ("NY", "new york"), ("OH", "ohio"), ("OK", "oklahoma"), ("OR", "oregon"),
    ("PA", "pennsylvania"), ("RI", "rhode island"), ("SC", "south carolina"), ("SD", "south dakota"),
    ("TN", "tennessee"), ("TX", "texas"), ("UT", "utah"), ("VA", "virginia"), ("VT", "vermont"), ("WA", "washington"),
    ("WI", "wisconsin"), ("WV", "west virginia"), ("WY", "wyoming"),
];

/// The provinces and territories of Canada with their codes (Canada Post, "Addressing guidelines").
#[rustfmt::skip]
const PROVINCES: &[(&str, &str)] = &[
    ("AB", "alberta"), ("BC", "british columbia"), ("MB", "manitoba"), ("NB", "new brunswick"),
    ("NL", "newfoundland and labrador"), ("NS", "nova scotia"), ("NT", "northwest territories"), ("NU", "nunavut"),
    ("ON", "ontario"), ("PE", "prince edward island"), ("QC", "quebec"), ("SK", "saskatchewan"), ("YT", "yukon"),
];

/// The country of a state or province that is written out. Washington is a town in England as well, and does not count.
pub(super) fn by_name(text: &str) -> Option<Country> {
    let name = fold(text);
    let is_named = |list: &[(&str, &str)]| list.iter().any(|(_, known)| *known == name);
    match name.as_str() {
        "washington" => None,
        _ if is_named(STATES) => Some(Country::US),
        _ if is_named(PROVINCES) => Some(Country::CA),
        _ => None,
    }
}

/// Whether this is the code or the name of a state of the USA.
pub(super) fn is_state(text: &str) -> bool {
    let text = text.trim();
    STATES
        .iter()
        .any(|(code, name)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_and_towns_of_england_are_not_taken_for_them() {
        assert_eq!(by_name("Florida"), Some(Country::US));
        assert_eq!(by_name("MANITOBA"), Some(Country::CA));
        for other in ["Washington", "Tyne and Wear", "FL", "Lancashire", ""] {
            assert_eq!(by_name(other), None, "{other}");
        }
        assert!(is_state("fl") && is_state("Washington"));
        assert!(!is_state("Essex"));
    }

    #[test]
    fn the_tables_are_whole() {
        assert_eq!((STATES.len(), PROVINCES.len()), (51, 13));
        for (_, name) in STATES.iter().chain(PROVINCES) {
            assert_eq!(fold(name), *name);
        }
    }
}
