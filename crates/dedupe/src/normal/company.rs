//! Names of firms: what kind of firm it is by law goes, words have one form.

use super::placeholder::is_placeholder;
use super::text::plain;

/// Forms of firms in several languages, and words that join.
const FORMS: &[&str] = &[
    "ab",
    "ag",
    "and",
    "aps",
    "as",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "cyf",
    "eg",
    "ek",
    "eurl",
    "ev",
    "gbr",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "mbh",
    "nv",
    "of",
    "ohg",
    "oy",
    "partnership",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "sl",
    "snc",
    "spa",
    "sprl",
    "srl",
    "sro",
    "the",
    "ug",
    "und",
    "et",
    "ta",
];

/// Forms that mark a firm when they stand in a name that could be a person's.
const MARKS: &[&str] = &[
    "ag",
    "autos",
    "bv",
    "cars",
    "company",
    "corp",
    "council",
    "garage",
    "gmbh",
    "group",
    "inc",
    "incorporated",
    "limited",
    "llc",
    "llp",
    "logistics",
    "ltd",
    "ltda",
    "motors",
    "plc",
    "pty",
    "sarl",
    "school",
    "services",
    "solutions",
    "srl",
    "taxis",
    "transport",
    "university",
];

/// Words that are written in more than one way.
const WORDS: &[(&str, &str)] = &[
    ("assoc", "associates"),
    ("auto", "autos"),
    ("automobile", "autos"),
    ("bros", "brothers"),
    ("center", "centre"),
    ("centres", "centre"),
    ("const", "construction"),
    ("deli", "delicatessen"),
    ("dept", "department"),
    ("eng", "engineering"),
    ("gge", "garage"),
    ("grp", "group"),
    ("hosp", "hospital"),
    ("intl", "international"),
    ("mfg", "manufacturing"),
    ("mgmt", "management"),
    ("mtrs", "motors"),
    ("natl", "national"),
    ("ser", "services"),
    ("service", "services"),
    ("serv", "services"),
    ("sons", "son"),
    ("tech", "technology"),
    ("technologies", "technology"),
    ("trans", "transport"),
    ("univ", "university"),
];

/// A firm's name in the words that tell it from others.
pub(crate) fn organisation(cell: &str) -> Option<String> {
    let plain = plain(cell);
    if is_placeholder(&plain) {
        return None;
    }
    let one_form = |word| {
        WORDS
            .iter()
            .find(|(short, _)| *short == word)
            .map_or(word, |(_, long)| *long)
    };
    let telling: Vec<&str> = plain
        .split(' ')
        .filter(|word| !FORMS.contains(word))
        .map(one_form)
        .collect();
    Some(if telling.is_empty() { plain } else { telling.join(" ") })
}

/// Whether a name is plainly a firm's.
pub(crate) fn is_organisation(cell: &str) -> bool {
    let plain = plain(cell);
    plain.split(' ').skip(1).any(|word| MARKS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expected: Option<&str>) {
        assert_eq!(organisation(cell).as_deref(), expected, "{cell}");
    }

    #[test]
    fn firms_keep_the_words_that_tell() {
        check("The Hartley Haulage Co. Ltd", Some("hartley haulage"));
        check("Müller & Söhne GmbH", Some("muller sohne"));
        check("Ritz-Carlton (Buckhead)", Some("ritz carlton buckhead"));
        check("J. Smith & Sons", Some("j smith son"));
        check("Limited", Some("limited"));
        check("Cash Sale", None);
    }

    #[test]
    fn firms_are_told_from_people() {
        assert!(is_organisation("Hartley Haulage Ltd"));
        assert!(!is_organisation("John Hartley"));
    }
}
