//! Names of people: titles off, given names told from surnames, junior told from senior.

use super::placeholder::is_placeholder;
use super::text::plain;

/// Titles, which say nothing of who somebody is.
const TITLES: &[&str] = &[
    "bruder",
    "capt",
    "captain",
    "col",
    "dame",
    "don",
    "dona",
    "doctor",
    "dr",
    "fr",
    "frau",
    "fraulein",
    "herr",
    "hr",
    "hon",
    "lady",
    "lord",
    "m",
    "madam",
    "madame",
    "major",
    "master",
    "messrs",
    "miss",
    "mlle",
    "mme",
    "monsieur",
    "mr",
    "mrs",
    "ms",
    "mx",
    "prof",
    "professor",
    "rev",
    "revd",
    "reverend",
    "senor",
    "senora",
    "sig",
    "signor",
    "signora",
    "sir",
    "sr",
    "sra",
];

/// Words that belong to the surname behind them.
const PARTICLES: &[&str] = &[
    "al", "ap", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "ibn", "la", "le", "mac",
    "mc", "o", "san", "st", "ten", "ter", "van", "vander", "von", "zu", "zum",
];

/// A person's name in parts, each plain words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct PersonName {
    pub given: Option<String>,
    pub surname: Option<String>,
    /// `junior`, `senior` or a number.
    pub generation: Option<&'static str>,
}

/// First names as they stand in a column of their own.
pub(crate) fn given(cell: &str) -> PersonName {
    let plain = plain(cell);
    let mut words: Vec<&str> = plain.split(' ').collect();
    let generation = take_generation(&mut words);
    drop_titles(&mut words);
    PersonName {
        given: known(&words),
        generation,
        ..PersonName::default()
    }
}

/// A surname as it stands in a column of its own.
pub(crate) fn surname(cell: &str) -> PersonName {
    let plain = plain(cell);
    let mut words: Vec<&str> = plain.split(' ').collect();
    let generation = take_generation(&mut words);
    PersonName {
        surname: known(&words),
        generation,
        ..PersonName::default()
    }
}

/// A whole name: `Smith, John` and `Mr John van Dyke jr`.
pub(crate) fn full(cell: &str) -> PersonName {
    if let Some((surname_part, given_part)) = cell.split_once(',') {
        let (first, last) = (given(given_part), surname(surname_part));
        if first.given.is_some() {
            return PersonName {
                given: first.given,
                surname: last.surname,
                generation: first.generation.or(last.generation),
            };
        }
    }
    let plain = plain(cell);
    let mut words: Vec<&str> = plain.split(' ').collect();
    let generation = take_generation(&mut words);
    drop_titles(&mut words);
    if is_placeholder(&words.join(" ")) {
        return PersonName::default();
    }
    let Some(last) = words.len().checked_sub(1).filter(|last| *last > 0) else {
        return PersonName {
            surname: known(&words),
            generation,
            ..PersonName::default()
        };
    };
    let particle = words
        .iter()
        .take(last)
        .skip(1)
        .position(|word| PARTICLES.contains(word));
    let (given, surname) = words.split_at(particle.map_or(last, |at| at + 1));
    PersonName {
        given: known(given),
        surname: known(surname),
        generation,
    }
}

fn known(words: &[&str]) -> Option<String> {
    let name = words.join(" ");
    (!is_placeholder(&name)).then_some(name)
}

fn drop_titles(words: &mut Vec<&str>) {
    while words.len() > 1
        && words
            .first()
            .is_some_and(|word| TITLES.contains(word) || *word == "and")
    {
        words.remove(0);
    }
}

/// Takes what tells generations apart off the end.
fn take_generation(words: &mut Vec<&str>) -> Option<&'static str> {
    let generation = match *words.last()? {
        "jr" | "jnr" | "junior" | "jun" => "junior",
        "sr" | "snr" | "senior" | "sen" => "senior",
        "ii" | "2nd" => "2nd",
        "iii" | "3rd" => "3rd",
        _ => return None,
    };
    if words.len() < 2 {
        return None;
    }
    words.pop();
    Some(generation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, given: &str, surname: &str) {
        let found = full(cell);
        let parts = (
            found.given.as_deref().unwrap_or(""),
            found.surname.as_deref().unwrap_or(""),
        );
        assert_eq!(parts, (given, surname), "{cell}");
    }

    #[test]
    fn whole_names_are_taken_apart() {
        check("John Smith", "john", "smith");
        check("Smith, John", "john", "smith");
        check("Mr J. A. Smith", "j a", "smith");
        check("Dr. Jan van der Berg", "jan", "van der berg");
        check("Mr & Mrs Smith", "", "smith");
        check("Cash Sale", "", "");
        check("Prince", "", "prince");
    }

    #[test]
    fn generations_are_told() {
        assert_eq!(full("John Smith Jnr").generation, Some("junior"));
        assert_eq!(surname("Smith Sr.").generation, Some("senior"));
        assert_eq!(given("Junior").generation, None);
    }
}
