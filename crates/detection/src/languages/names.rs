//! What files, sheets and titles are called in any language.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;
use torqueflow_model::{fold_accents, header_words};

use super::{LANGUAGES, spellings};

/// Files are called `ordens_servico` too, where they hold `Ordens de serviço`.
pub(super) fn add_without_small_words(
    names: &mut HashMap<String, String>,
    lists: &BTreeMap<String, Vec<Spanned<String>>>,
) {
    const SMALL: [&str; 10] = ["de", "del", "di", "du", "da", "do", "des", "dei", "delle", "van"];
    for (english, list) in lists {
        for text in list.iter().map(Spanned::get_ref) {
            let words: Vec<&str> = text.split(' ').filter(|word| !SMALL.contains(word)).collect();
            for spelling in spellings(&words.join(" ")) {
                names.entry(spelling).or_insert_with(|| english.clone());
            }
        }
    }
}

/// The name of a file, a sheet or a title in English, as far as it says in another language what a table holds. `None` where
/// it does not.
pub fn name_in_english(name: &str) -> Option<String> {
    let words = header_words(name);
    let mut english: Vec<&str> = Vec::new();
    let mut is_translated = false;
    let mut rest = words.as_slice();
    while let [first, after @ ..] = rest {
        let longest = MOST_WORDS.min(rest.len());
        let is_english =
            IN_ENGLISH_TOO.contains(&first.as_str()) && after.first().is_some_and(|word| is_of_a_person(word));
        let found = (1..=longest).rev().filter(|_| !is_english).find_map(|count| {
            let (phrase, after) = rest.split_at_checked(count)?;
            Some((in_any_language(&phrase.concat())?, after))
        });
        let (word, after) = found.unwrap_or((first.as_str(), after));
        is_translated |= found.is_some();
        english.push(word);
        rest = after;
    }
    is_translated.then(|| english.join(" "))
}

/// What files and sheets are called in any language that begins with these letters, folded: the length of each, and the
/// English name.
pub fn names_that_begin(letters: &str) -> Vec<(usize, &'static str)> {
    let plain = fold_accents(letters);
    let names = LANGUAGES.iter().flat_map(|language| &language.names);
    let begun = names.filter(|(name, _)| name.starts_with(plain.as_ref()));
    begun
        .map(|(name, english)| (name.chars().count(), english.as_str()))
        .collect()
}

/// What is kept of a person, behind `personal`, which alone are those who work somewhere in some languages.
fn is_of_a_person(word: &str) -> bool {
    const OF_A_PERSON: &[&str] = &[
        "data",
        "details",
        "detail",
        "information",
        "info",
        "contacts",
        "contact",
        "accounts",
    ];
    OF_A_PERSON.contains(&word)
}

const IN_ENGLISH_TOO: &[&str] = &["personal"];
/// The names of no kind of table have more words.
const MOST_WORDS: usize = 4;

fn in_any_language(phrase: &str) -> Option<&'static str> {
    let mut names = LANGUAGES.iter().map(|language| &language.names);
    names.find_map(|names| names.get(phrase)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_and_sheets_are_named_in_any_language() {
        let check = |word, expected| assert_eq!(name_in_english(word).as_deref(), expected, "{word}");
        check("Kunden", Some("customers"));
        check("Kunden_2024", Some("customers 2024"));
        check("Ordres de réparation", Some("jobs"));
        check("export", None);
        check("Véhicules", Some("vehicles"));
        check("FACTUREN", Some("invoices"));
        check("listado de clientes", Some("customers"));
        check("Liste des véhicules 2024", Some("vehicles 2024"));
        check("Customers", None);
        check("Personal", Some("employees"));
        check("Personal details", None);
        check("Zodiac", None);
        check("ordens_servico", Some("jobs"));
    }
}
