//! Upper and lower case of names.
//!
//! What: only what is entirely in one case is written anew; `McDonald`, `de Souza` and `BMW` show that somebody cared.
//! Why: exports in capitals shout in letters to customers, and guessing at mixed case would break names.
//! Example: `MCDONALD` becomes `McDonald`; `SMITH & SONS LTD` becomes `Smith & Sons Ltd`.

use super::{marks, words};

/// Surnames in Mac that are usually written with a second capital. The others (Mackie, Macey, Machin) are not.
const MAC_NAMES: &[&str] = &[
    "macallister",
    "macarthur",
    "macaulay",
    "macbeth",
    "maccallum",
    "macdonald",
    "macdougall",
    "macduff",
    "macfarlane",
    "macgregor",
    "macinnes",
    "macintosh",
    "macintyre",
    "maciver",
    "mackenzie",
    "mackinnon",
    "maclachlan",
    "maclean",
    "maclennan",
    "macleod",
    "macmillan",
    "macnab",
    "macneil",
    "macneill",
    "macpherson",
    "macqueen",
    "macrae",
    "mactavish",
];

/// Short words of company names that are not abbreviations.
const COMPANY_WORDS: &[&str] = &[
    "ltd", "co", "the", "and", "of", "for", "son", "sons", "inc", "in", "on", "at", "by", "to", "car", "cars", "cab",
    "van", "bus", "new", "old", "all", "pro", "bay", "oak", "inn", "bar", "red", "big", "one", "two", "ten", "st",
    "mr", "mrs", "dr", "top", "tom", "ray", "ron", "jim", "joe", "bob", "ben", "dan", "les", "lee", "ian", "sam",
    "max", "tim", "ken", "don", "hill", "fix", "tec", "gas", "air", "sea", "sun", "sky", "art", "job", "way", "you",
    "we", "my", "go", "up", "no",
];

/// Words that are written small within the names of companies, in English and in the languages of Europe.
const SMALL_WORDS: &[&str] = &[
    "and", "of", "the", "for", "in", "on", "at", "by", "to", "de", "del", "la", "el", "los", "las", "en", "y", "con",
    "para", "du", "des", "les", "le", "et", "aux", "au", "sur", "und", "von", "der", "die", "das", "mit", "van", "het",
    "voor", "do", "da", "dos", "di", "della", "dei", "il", "och", "og", "dla",
];

/// Abbreviations that stay in capitals.
const ABBREVIATIONS: &[&str] = &[
    "PLC", "LLP", "CIC", "CIO", "BV", "NV", "KG", "SL", "SARL", "EURL", "UK", "BMW", "VW", "MOT", "NHS", "DVLA",
    "GMBH", "LLC", "USA", "EU",
];

/// Two-letter given names and surnames; other pairs of capitals are initials.
const SHORT_NAMES: &[&str] = &[
    "al", "bo", "cy", "di", "ed", "jo", "li", "lu", "lo", "mo", "oz", "ty", "vi", "wu", "xu", "yu", "ho", "ma", "le",
    "la", "de", "st", "du", "da", "mc", "ng", "ko", "su", "an", "oh",
];

/// A person's name, or a part of it.
pub(super) fn person(name: &str) -> String {
    if !is_one_case(name) {
        return name.to_owned();
    }
    let words = name.split(' ').enumerate().map(|(index, word)| match word {
        "&" | "+" => word.to_owned(),
        _ if marks::is_address(word) => word.to_owned(),
        _ if index > 0 && is_conjunction(word) => word.to_lowercase(),
        _ if index > 0 && is_lower_particle(word) => word.to_lowercase(),
        _ if index > 0 && words::suffix(word).is_some() => words::suffix(word).unwrap_or(word).to_owned(),
        _ if is_initials(word) => word.to_owned(),
        _ => parts_capitalised(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A company's name: abbreviations stay.
pub(super) fn company(name: &str) -> String {
    if !is_one_case(name) {
        return name.to_owned();
    }
    let upper = name.chars().any(char::is_uppercase);
    let words = name.split(' ').enumerate().map(|(index, word)| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let abbreviation = ABBREVIATIONS.iter().find(|known| known.eq_ignore_ascii_case(bare));
        let lower = bare.to_lowercase();
        let known = COMPANY_WORDS.contains(&lower.as_str());
        let letters = bare.chars().filter(|c| c.is_alphabetic()).count();
        let vowel = lower.contains(['a', 'e', 'i', 'o', 'u', 'y']);
        if marks::is_address(word) {
            word.to_owned()
        } else if let Some(known) = abbreviation {
            word.replace(bare, known)
        } else if index > 0 && SMALL_WORDS.contains(&lower.as_str()) {
            word.to_lowercase()
        } else if upper && !known && (letters <= 3 || !vowel || bare.contains(|c: char| c.is_ascii_digit())) {
            word.to_owned()
        } else {
            parts_capitalised(word)
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// All letters that have a case have the same.
fn is_one_case(text: &str) -> bool {
    let upper = text.chars().any(char::is_uppercase);
    let lower = text.chars().any(char::is_lowercase);
    upper != lower
}

fn is_conjunction(word: &str) -> bool {
    word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("y")
}

/// Particles that are written small inside a British name. `Mc` and `St` are not.
fn is_lower_particle(word: &str) -> bool {
    words::is_particle(word)
        && !["mac", "mc", "st", "o", "le", "la", "al", "el"]
            .iter()
            .any(|kept| kept.eq_ignore_ascii_case(word))
}

/// `JP`, `TJ`: two capitals that are no known name.
fn is_initials(word: &str) -> bool {
    word.len() == 2
        && word.bytes().all(|byte| byte.is_ascii_uppercase())
        && !SHORT_NAMES.iter().any(|name| name.eq_ignore_ascii_case(word))
        && words::title(word).is_none()
}

/// Capitalises each part of `smith-jones`, `o'neill`, `j.r.`
fn parts_capitalised(word: &str) -> String {
    let lower: String = word.chars().map(single_lower).collect();
    let mut written = String::with_capacity(word.len());
    let mut part = String::new();
    for (index, character) in lower.char_indices() {
        if character.is_alphanumeric() {
            part.push(character);
            continue;
        }
        // Only a short beginning is a prefix: O'Neill, D'Arcy, but Ada's.
        let apostrophe = matches!(character, '\'' | '\u{2019}');
        let prefix = part.chars().count() == 1;
        written.push_str(&capitalised(&part));
        part.clear();
        written.push(character);
        if apostrophe && !prefix {
            written.push_str(lower.get(index + character.len_utf8()..).unwrap_or_default());
            return written;
        }
    }
    written.push_str(&capitalised(&part));
    written
}

fn capitalised(part: &str) -> String {
    if let Some(rest) = part.strip_prefix("mc").filter(|rest| rest.chars().count() >= 2) {
        return format!("Mc{}", first_upper(rest));
    }
    if MAC_NAMES.contains(&part)
        && let Some(rest) = part.strip_prefix("mac")
    {
        return format!("Mac{}", first_upper(rest));
    }
    first_upper(part)
}

fn first_upper(part: &str) -> String {
    let mut characters = part.chars();
    match characters.next() {
        Some(first) => std::iter::once(single_upper(first)).chain(characters).collect(),
        None => String::new(),
    }
}

/// The capital, where it is one character; others (ß) have none that can be undone.
fn single_upper(character: char) -> char {
    let mut upper = character.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

fn single_lower(character: char) -> char {
    let mut lower = character.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) => only,
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(person(input), expected, "{input:?}");
    }

    #[test]
    fn names_in_one_case_are_written_anew() {
        check("SMITH", "Smith");
        check("ada smith", "Ada Smith");
        check("MCDONALD", "McDonald");
        check("MACDONALD", "MacDonald");
        check("MACKIE", "Mackie");
        check("O'NEILL", "O'Neill");
        check("O’NEILL", "O’Neill");
        check("SMITH-JONES", "Smith-Jones");
        check("LUDWIG VAN DER BERG", "Ludwig van der Berg");
        check("J.R. SMITH", "J.R. Smith");
        check("JÖRG MÜLLER", "Jörg Müller");
        check("FRED & HILDA", "Fred & Hilda");
        check("ADA SMITH MBE PHD", "Ada Smith MBE PhD");
        check("JACK MA", "Jack Ma");
    }

    #[test]
    fn mixed_case_is_left_alone() {
        check("McDonald", "McDonald");
        check("d'Arcy Smith", "d'Arcy Smith");
        check("van der Berg", "van der Berg");
    }

    #[test]
    fn addresses_are_left_alone() {
        check("ada.smith@post.example", "ada.smith@post.example");
        check("ADA@POST.EXAMPLE", "ADA@POST.EXAMPLE");
        check("smithmotors.co.uk", "smithmotors.co.uk");
        check("www.smith.example", "www.smith.example");
        check("j.r. smith", "J.R. Smith");
        check("a.smith", "A.Smith");
        check_company("smith motors smithmotors.com", "Smith Motors smithmotors.com");
    }

    #[test]
    fn initials_stay() {
        check("JP", "JP");
        check("JO", "Jo");
        check("J", "J");
    }

    #[track_caller]
    fn check_company(input: &str, expected: &str) {
        assert_eq!(company(input), expected, "{input:?}");
    }

    #[test]
    fn abbreviations_of_companies_stay() {
        check_company("SMITH & SONS LTD", "Smith & Sons Ltd");
        check_company("BMW UK LTD", "BMW UK Ltd");
        check_company("JKL MOTORS PLC", "JKL Motors PLC");
        check_company("smith motors ltd", "Smith Motors Ltd");
        check_company("ADA'S CARS", "Ada's Cars");
        check_company("THE HOUSE OF CARS", "The House of Cars");
        check_company("TALLERES DE LA LUZ", "Talleres de la LUZ");
        check_company("EL TALLER Y COMERCIO", "EL Taller y Comercio");
        check_company("GARAGE DU PORT", "Garage du Port");
        check_company("eBay", "eBay");
    }
}
