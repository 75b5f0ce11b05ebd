//! Whether two records that have the same id are plainly not the same person, or not the same car.
//!
//! Where nothing tells, they are not *plainly* others: what is blank, misspelt, shortened or changed by a marriage is no
//! proof.

use strsim::osa_distance;
use torqueflow_model::fold;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::nicknames::are_of_one_name;

/// What a record says of who a customer is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Person<'a> {
    /// The first name.
    pub given: Option<&'a str>,
    /// The last name.
    pub family: Option<&'a str>,
    /// The whole name, as it is shown.
    pub display: Option<&'a str>,
    /// The company.
    pub company: Option<&'a str>,
    /// The person at the company.
    pub contact: Option<&'a str>,
}

/// What a record says of which car a vehicle is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Car<'a> {
    /// The registration.
    pub registration: Option<&'a str>,
    /// The VIN.
    pub vin: Option<&'a str>,
    /// The make.
    pub make: Option<&'a str>,
    /// The model.
    pub model: Option<&'a str>,
}

/// Whether these are plainly two people, or two companies.
///
/// Of people with a first and a last name, both differ; whoever keeps one of them has married, or is called otherwise. Of
/// others, no word of their names is the same, or nearly.
///
/// ```
/// use torqueflow_dedupe::{Person, are_other_people};
/// let person = |given, family| Person { given: Some(given), family: Some(family), ..Person::default() };
/// assert!(are_other_people(&person("Ada", "Lowe"), &person("Zed", "Zulu")));
/// assert!(!are_other_people(&person("Liz", "Lowe"), &person("Elizabeth", "Kirk")));
/// ```
pub fn are_other_people(before: &Person<'_>, after: &Person<'_>) -> bool {
    if let (Some(before), Some(after)) = (FullName::of(before), FullName::of(after)) {
        return !before.is_like(&after);
    }
    let (before, after) = (all_words(before), all_words(after));
    !before.is_empty() && !after.is_empty() && !any_alike(&before, &after)
}

/// Whether these are plainly two cars.
///
/// Plate and VIN differ, as far as both are known: a plate alone can be moved to another car, so where there is no VIN, make
/// and model have a say.
///
/// ```
/// use torqueflow_dedupe::{Car, are_other_cars};
/// let car = |registration, vin| Car { registration: Some(registration), vin: Some(vin), ..Car::default() };
/// let golf = car("AB12CDE", "WVWZZZ1KZ6W612305");
/// assert!(are_other_cars(&golf, &car("XY65ZZZ", "WF0DXXGAKDJA12345")));
/// assert!(!are_other_cars(&golf, &car("L0WE1", "WVWZZZ1KZ6W612305")));
/// ```
pub fn are_other_cars(before: &Car<'_>, after: &Car<'_>) -> bool {
    let plates = differ(before.registration, after.registration, |one, other| {
        osa_distance(one, other) <= 1
    });
    let vins = differ(before.vin, after.vin, |one, other| {
        osa_distance(one, other) <= 2 || one.ends_with(other) || other.ends_with(one)
    });
    match (plates, vins) {
        (Some(plates), Some(vins)) => plates && vins,
        (Some(plates), None) => plates && looks_other(before, after),
        (None, Some(vins)) => vins,
        (None, None) => false,
    }
}

/// A first and a last name in words.
struct FullName {
    given: Vec<String>,
    family: Vec<String>,
}

impl FullName {
    fn of(person: &Person<'_>) -> Option<Self> {
        let name = Self {
            given: words(person.given?),
            family: words(person.family?),
        };
        (!name.given.is_empty() && !name.family.is_empty()).then_some(name)
    }

    /// One of the two is the same, or they have changed places.
    fn is_like(&self, other: &Self) -> bool {
        let given = any_alike(&self.given, &other.given) || share_an_initial(&self.given, &other.given);
        let swapped = any_alike(&self.given, &other.family) && any_alike(&self.family, &other.given);
        given || any_alike(&self.family, &other.family) || swapped
    }
}

/// What a car looks like, where its plate is another one and nothing says more: it is not plainly the same.
fn looks_other(before: &Car<'_>, after: &Car<'_>) -> bool {
    let differs = |one: Option<&str>, other: Option<&str>| Some(!any_alike(&words(one?), &words(other?)));
    let known = [differs(before.make, after.make), differs(before.model, after.model)];
    known.iter().all(Option::is_none) || known.contains(&Some(true))
}

/// Whether two codes differ; `None` where one is not known. Signs that are taken for each other count as one.
fn differ(one: Option<&str>, other: Option<&str>, alike: impl Fn(&str, &str) -> bool) -> Option<bool> {
    let plain = |code: &str| -> String {
        let kept = code.chars().filter(char::is_ascii_alphanumeric);
        kept.map(|sign| match sign.to_ascii_uppercase() {
            'O' | 'Q' => '0',
            'I' => '1',
            sign => sign,
        })
        .collect()
    };
    let (one, other) = (plain(one?), plain(other?));
    let are_known = !one.is_empty() && !other.is_empty();
    are_known.then(|| !alike(&one, &other))
}

/// Words that say nothing of whose name it is: titles, particles, forms and trades of companies.
const NOISE: &[&str] = &[
    "al", "and", "autos", "bin", "centre", "co", "company", "da", "de", "del", "der", "di", "dr", "du", "el", "garage",
    "gmbh", "group", "inc", "la", "le", "limited", "llc", "llp", "ltd", "mac", "mc", "miss", "motors", "mr", "mrs",
    "ms", "of", "plc", "services", "sir", "sons", "st", "the", "uk", "van", "von",
];

/// The folded words of a name, without accents. Initials and noise are left out where there are others.
fn words(name: &str) -> Vec<String> {
    let plain: String = name.nfd().filter(|sign| !is_combining_mark(*sign)).collect();
    let folded = fold(&plain);
    let all: Vec<String> = folded
        .split(' ')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let telling: Vec<String> = all
        .iter()
        .filter(|word| word.chars().nth(1).is_some() && !NOISE.contains(&word.as_str()))
        .cloned()
        .collect();
    if telling.is_empty() { all } else { telling }
}

/// The words of everything that a record calls a customer.
fn all_words(person: &Person<'_>) -> Vec<String> {
    let Person {
        given,
        family,
        display,
        company,
        contact,
    } = *person;
    let names = [given, family, display, company, contact].into_iter().flatten();
    let mut all: Vec<String> = names.flat_map(words).collect();
    // What is left of a name by noise alone proves nothing.
    all.retain(|word| !NOISE.contains(&word.as_str()));
    all
}

fn any_alike(one: &[String], other: &[String]) -> bool {
    one.iter().any(|word| other.iter().any(|other| are_alike(word, other)))
}

/// One of them is no more than an initial, and it is the other's.
fn share_an_initial(one: &[String], other: &[String]) -> bool {
    let initials = |words: &[String]| words.iter().all(|word| word.chars().nth(1).is_none());
    let first = |words: &[String]| words.first().and_then(|word| word.chars().next());
    (initials(one) || initials(other)) && first(one) == first(other)
}

/// The same word, spelt or shortened otherwise, or a nickname of the other.
fn are_alike(one: &str, other: &str) -> bool {
    if one == other || are_of_one_name(one, other) {
        return true;
    }
    let length = one.chars().count().min(other.chars().count());
    if length >= 3 && (one.starts_with(other) || other.starts_with(one)) {
        return true;
    }
    let same_beginning = one.chars().next() == other.chars().next();
    let may_differ_by = match length {
        0..=2 => 0,
        3 => usize::from(same_beginning),
        4..=7 => 1,
        _ => 2,
    };
    osa_distance(one, other) <= may_differ_by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str) -> Person<'_> {
        let (given, family) = name.split_once('|').unwrap();
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let leak = |text: &str| -> &'static str { text.to_owned().leak() };
        Person {
            given: some(leak(given)),
            family: some(leak(family)),
            ..Person::default()
        }
    }

    #[track_caller]
    fn check_people(before: &str, after: &str, expected: bool) {
        let (left, right) = (person(before), person(after));
        assert_eq!(are_other_people(&left, &right), expected, "{before} / {after}");
        assert_eq!(are_other_people(&right, &left), expected, "{after} / {before}");
    }

    #[test]
    fn people_whose_both_names_differ_are_others() {
        check_people("Ada|Lowe", "Zed|Zulu", true);
        check_people("Ben|Kirk", "Yan|Young", true);
        check_people("Ben|Kirk", "Ken|Hart", true);
        check_people("Mary Ann|Holt", "Priya|Shah", true);
        // A middle initial is no name.
        check_people("Ada M|Lowe", "Zed M|Zulu", true);
        check_people("Jan|van Dyke", "Piet|van Houten", true);
    }

    #[test]
    fn spellings_and_case_are_no_other_people() {
        check_people("ADA|LOWE", "Ada|Lowe", false);
        check_people("Renée|Müller", "Renee|Mueller", false);
        check_people("Siân|O'Neill", "Sian|ONeil", false);
        check_people("Catherine|Thomson", "Katherine|Thompson", false);
        check_people("Stephen|Brown", "Steven|Browne", false);
        check_people("Lowe|Ada", "Ada|Lowe", false);
        check_people("Mary-Ann|Holt", "Ann|Hold", false);
    }

    #[test]
    fn nicknames_initials_and_marriages_are_no_other_people() {
        check_people("Bill|Hart", "William|Hart", false);
        check_people("Liz|Hart", "Elizabeth|Shah", false);
        check_people("Peggy|Hart", "Margaret|Shah", false);
        check_people("Alex|Hart", "Alexandra|Shah", false);
        check_people("J|Smith", "John|Brown", false);
        check_people("Ada|Lowe", "Ada|Kirk", false);
        check_people("Ada|Lowe", "Ada|Lowe-Kirk", false);
        check_people("Ada|Lowe", "Ben|Lowe", false);
    }

    #[test]
    fn what_is_not_known_proves_nothing() {
        check_people("|", "Ada|Lowe", false);
        check_people("|Lowe", "Ada|Lowe", false);
        check_people("|Lowe", "Ada|Kirk", true);
        check_people("Mr|Lowe", "Ada|Lowe", false);
        assert!(!are_other_people(&Person::default(), &Person::default()));
    }

    #[track_caller]
    fn check_names(before: &str, after: &str, expected: bool) {
        let named = |name| Person {
            display: Some(name),
            company: Some(name),
            ..Person::default()
        };
        assert_eq!(
            are_other_people(&named(before), &named(after)),
            expected,
            "{before} / {after}"
        );
    }

    #[test]
    fn companies_are_others_when_no_word_is_left() {
        check_names("Lowe Motors Ltd", "Kirk Motors Ltd", true);
        check_names("Lowe Motors Ltd", "LOWE AND SONS LIMITED", false);
        check_names("Northgate Factors", "North Gate Factor Ltd", false);
        check_names("Northgate Factors", "Ada Lowe", true);
        check_names("The Garage Ltd", "The Motor Company", false);
    }

    #[test]
    fn a_person_behind_a_company_is_no_other() {
        let person = person("Ada|Lowe");
        let company = Person {
            display: Some("Northgate Factors"),
            contact: Some("Ada Lowe"),
            ..Person::default()
        };
        assert!(!are_other_people(&person, &company));
        assert!(!are_other_people(&company, &person));
    }

    fn car(text: &str) -> Car<'_> {
        let mut parts = text.split('|').map(|part| Some(part).filter(|part| !part.is_empty()));
        let mut next = || parts.next().flatten();
        Car {
            registration: next(),
            vin: next(),
            make: next(),
            model: next(),
        }
    }

    #[track_caller]
    fn check_cars(before: &str, after: &str, expected: bool) {
        let (left, right) = (car(before), car(after));
        assert_eq!(are_other_cars(&left, &right), expected, "{before} / {after}");
        assert_eq!(are_other_cars(&right, &left), expected, "{after} / {before}");
    }

    #[test]
    fn cars_are_others_when_plate_and_vin_differ() {
        check_cars("AB12CDE|WVWZZZ1KZ6W612305", "XY65ZZZ|WF0DXXGAKDJA12345", true);
        check_cars("AB12CDE|WVWZZZ1KZ6W612305", "LOWE1|WVWZZZ1KZ6W612305", false);
        check_cars("AB12CDE|WVWZZZ1KZ6W612305", "AB12CDE|WF0DXXGAKDJA12345", false);
        check_cars("AB12 CDE|WVWZZZ1KZ6W612305", "ab12cdf|WVWZZZ1KZ6W6123O5", false);
        check_cars("AB12CDE|WVWZZZ1KZ6W612305", "XY65ZZZ|612305", false);
        check_cars("|WVWZZZ1KZ6W612305", "|WF0DXXGAKDJA12345", true);
        check_cars("AB12CDE", "|WF0DXXGAKDJA12345", false);
    }

    #[test]
    fn without_a_vin_make_and_model_have_a_say() {
        check_cars("AB12CDE||Ford|Focus", "XY65ZZZ||Ford|Focus", false);
        check_cars("AB12CDE||Ford|Focus", "XY65ZZZ||Ford|Fiesta", true);
        check_cars("AB12CDE||Ford|Focus", "XY65ZZZ||BMW|320d", true);
        check_cars("AB12CDE||Ford|", "XY65ZZZ||BMW|320d", true);
        check_cars("AB12CDE", "XY65ZZZ", true);
        check_cars("AB12CDE", "AB12CDF", false);
    }
}
