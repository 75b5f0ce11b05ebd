//! Headers that are not English are read as the English ones that mean the same.
//!
//! So there is one vocabulary of fields, one set of rules about them, and a language is a dictionary: one file in
//! `languages/`. Which one a table is in: `spoken.rs`.

mod names;
mod records;

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use toml::Spanned;
use torqueflow_model::{fold_accents, fold_header, header_words};

pub use names::{name_in_english, names_that_begin};

use crate::built_in::files;
use crate::similar;
use crate::source::{line_of, syntax_error};
use crate::source_error::SourceError;

/// One file per language. Of two that explain a table equally well the first is taken.
const FILES: &[(&str, &str)] = files!["languages": "de", "fr", "nl", "es", "pt", "it", "pl", "sv", "da", "nb"];

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    // A file that does not parse is caught by the test below, so none is lost here.
    FILES.iter().filter_map(|(_, toml)| parse_language(toml).ok()).collect()
});

/// A whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageFile {
    label: String,
    /// English header → how it is written in this language.
    headers: BTreeMap<String, Vec<Spanned<String>>>,
    /// English word before a header, for whose it is (`Delivery`) → the words for it.
    #[serde(default)]
    whose: BTreeMap<String, Whose>,
    #[serde(default)]
    beside: Vec<Beside>,
    /// English name of what a table holds (`customers`) → what files and sheets with it are called.
    #[serde(default)]
    names: BTreeMap<String, Vec<Spanned<String>>>,
}

/// Words that say whose a header is, where they stand before or behind it: `Liefer-PLZ`, `ville de livraison`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    #[serde(default)]
    before: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
}

/// A header that means something else where another one is in the table: `Name` beside `Vorname` is the last name.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Beside {
    header: Vec<String>,
    /// The English header that is there.
    #[serde(rename = "beside")]
    next_to: Spanned<String>,
    /// The English header that it means then.
    means: Spanned<String>,
}

/// One language, ready for looking up. All keys are folded.
#[derive(Debug, Default)]
pub struct Language {
    label: String,
    headers: HashMap<String, String>,
    /// First letter and length → headers.
    rough: HashMap<(char, usize), Vec<String>>,
    /// With the English word for it; the longest first.
    before: Vec<(String, String)>,
    after: Vec<(String, String)>,
    beside: Vec<Rule>,
    names: HashMap<String, String>,
}

#[derive(Debug)]
struct Rule {
    headers: Vec<String>,
    next_to: String,
    means: String,
}

/// Reads one language from its file. Errors say where.
fn parse_language(toml: &str) -> Result<Language, SourceError> {
    let file: LanguageFile = toml::from_str(toml).map_err(|error| syntax_error(toml, &error))?;
    let mut language = Language {
        label: file.label,
        ..Language::default()
    };
    language.headers = dictionary(toml, "headers", &file.headers)?;
    language.names = dictionary(toml, "names", &file.names)?;
    names::add_without_small_words(&mut language.names, &file.names);
    for header in language.headers.keys() {
        if let Some(key) = similar::rough_key(header) {
            language.rough.entry(key).or_default().push(header.clone());
        }
    }
    for list in language.rough.values_mut() {
        list.sort_unstable();
    }
    let words = |pick: fn(&Whose) -> &Vec<String>| {
        let all = file.whose.iter().flat_map(|(english, whose)| {
            let spelled = pick(whose).iter().flat_map(|text| spellings(text));
            spelled.map(|text| (text, english.clone()))
        });
        let mut all: Vec<(String, String)> = all.collect();
        all.sort_by(|left, right| right.0.len().cmp(&left.0.len()).then_with(|| left.cmp(right)));
        all
    };
    language.before = words(|whose| &whose.before);
    language.after = words(|whose| &whose.after);
    for rule in &file.beside {
        for name in [&rule.next_to, &rule.means] {
            if !file.headers.contains_key(name.get_ref()) {
                return Err(SourceError::UnknownName {
                    line: line_of(toml, name.span()),
                    table: "beside".to_owned(),
                    name: name.get_ref().clone(),
                });
            }
        }
        language.beside.push(Rule {
            headers: rule.header.iter().flat_map(|text| spellings(text)).collect(),
            next_to: fold_header(rule.next_to.get_ref()),
            means: rule.means.get_ref().clone(),
        });
    }
    Ok(language)
}

/// Every spelling with its English word, of which each spelling has one only.
fn dictionary(
    toml: &str,
    section: &str,
    lists: &BTreeMap<String, Vec<Spanned<String>>>,
) -> Result<HashMap<String, String>, SourceError> {
    let all = lists
        .iter()
        .flat_map(|(english, list)| list.iter().map(move |text| (text, english)));
    let mut all: Vec<(&Spanned<String>, &String)> = all.collect();
    all.sort_by_key(|(text, _)| text.span().start);
    let mut dictionary: HashMap<String, String> = HashMap::new();
    for (text, english) in all {
        for spelling in spellings(text.get_ref()) {
            let before = dictionary.insert(spelling.clone(), english.clone());
            if let Some(other) = before.filter(|other| other != english) {
                return Err(SourceError::DuplicateAlias {
                    line: line_of(toml, text.span()),
                    table: section.to_owned(),
                    column: english.clone(),
                    alias: spelling,
                    other,
                });
            }
        }
    }
    Ok(dictionary)
}

/// A text folded, with its accents, without them, and with the letters that are written where there are none: `Größe`,
/// `Grosse`, `Groesse`. The sign for a number is written in several ways, or with a letter: `N° client`, `Nº client`, `No client`.
fn spellings(text: &str) -> Vec<String> {
    const ORDINALS: [char; 2] = ['\u{b0}', '\u{ba}'];
    let mut all = Vec::new();
    let mut add = |text: &str| {
        let folded = fold_header(text);
        // Most are of the letters A to Z, and have one spelling.
        let others = (!folded.is_ascii()).then(|| {
            let plain = fold_accents(&folded).into_owned();
            [plain, fold_accents(&spell_out(&folded)).into_owned()]
        });
        for spelling in std::iter::once(folded).chain(others.into_iter().flatten()) {
            if !all.contains(&spelling) {
                all.push(spelling);
            }
        }
    };
    add(text);
    if text.contains(ORDINALS) {
        add(&text.replace(ORDINALS, ""));
        add(&text.replace(ORDINALS, "o"));
    }
    all
}

fn spell_out(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'ä' | 'æ' => letters.push_str("ae"),
            'ö' | 'ø' => letters.push_str("oe"),
            'ü' => letters.push_str("ue"),
            'å' => letters.push_str("aa"),
            other => letters.push(other),
        }
    }
    letters
}

impl Language {
    /// The English header for a folded one, where these of its rules hold.
    fn read(&self, folded: &str, rules: &[&Rule]) -> Option<String> {
        if folded.is_empty() {
            return None;
        }
        if let Some(english) = self.look_up(folded, rules) {
            return Some(english.to_owned());
        }
        let whose = |list: &[(String, String)], cut: for<'t> fn(&'t str, &str) -> Option<&'t str>| {
            list.iter().find_map(|(word, english)| {
                let rest = cut(folded, word)?;
                records::composed(english, self.look_up(rest, rules), rest)
            })
        };
        whose(&self.before, |text, word| text.strip_prefix(word)).or_else(|| {
            whose(&self.after, |text, word| {
                text.strip_suffix(word).filter(|_| !text.starts_with(word))
            })
        })
    }

    fn look_up<'a>(&'a self, folded: &str, rules: &[&'a Rule]) -> Option<&'a str> {
        let by_rule = rules
            .iter()
            .find(|rule| rule.headers.iter().any(|header| header == folded))
            .map(|rule| rule.means.as_str());
        by_rule.or_else(|| {
            let exact = self.headers.get(folded);
            let plain = || self.headers.get(fold_accents(folded).as_ref());
            exact.or_else(plain).map(String::as_str)
        })
    }

    /// The English header for one with a hint in brackets, a unit, or something else that stands in the same column:
    /// `Prix HT (€)`, `Laufleistung in km`, `Codice articolo e immagine`.
    pub fn read_without_hint(&self, text: &str) -> Option<String> {
        const UNITS: [&str; 26] = [
            "€", "eur", "euro", "km", "in", "en", "ccm", "kw", "chf", "pln", "zł", "sek", "dkk", "nok", "kr", "usd",
            "$", "mxn", "cop", "ars", "clp", "pen", "brl", "r$", "gbp", "mad",
        ];
        // In which language a text is, where several stand side by side.
        const LANGUAGES: [&str; 10] = [
            "italiana",
            "italiano",
            "inglese",
            "deutsch",
            "français",
            "francese",
            "español",
            "nederlands",
            "polski",
            "ita",
        ];
        const AND: [&str; 8] = ["e", "y", "et", "und", "en", "and", "og", "och"];
        let before = text.split(['(', '[']).next().unwrap_or_default();
        let mut words: Vec<&str> = before.split([' ', '_']).filter(|word| !word.is_empty()).collect();
        let is_and = |word: &&str| AND.contains(&word.to_lowercase().as_str());
        // A single word before it is too short to be told from a part of something longer.
        if let Some(place) = words.iter().position(is_and).filter(|place| *place > 1) {
            words.truncate(place);
        }
        while words.len() > 1
            && words
                .last()
                .map(|last| last.to_lowercase())
                .is_some_and(|last| UNITS.contains(&last.as_str()) || LANGUAGES.contains(&last.as_str()))
        {
            words.pop();
        }
        let short = words.concat();
        (short.len() < text.trim().len()).then(|| self.read(&fold_header(&short), &[]))?
    }

    /// The English header for a folded one that may be mistyped.
    pub fn read_mistyped(&self, folded: &str) -> Option<String> {
        let near = similar::near_keys(folded).filter_map(|key| self.rough.get(&key));
        let mut close = near.flatten().filter(|header| similar::mistyped(header, folded));
        let found = close.next()?;
        let english = self.headers.get(found)?;
        // What may be two different words is neither.
        close
            .all(|other| self.headers.get(other) == Some(english))
            .then(|| english.clone())
    }

    /// The English header for one of two words in the other order: `iva total`, `Total IVA`.
    pub fn read_turned(&self, text: &str) -> Option<String> {
        let words = header_words(text);
        let [first, last] = words.as_slice() else { return None };
        self.look_up(&format!("{last}{first}"), &[]).map(str::to_owned)
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it has a whole header, folded, with its accents or without.
    pub fn knows(&self, header: &str, plain: &str) -> bool {
        self.headers.contains_key(header) || self.headers.contains_key(plain)
    }

    /// What a folded word is in English, folded, if it is a header by itself.
    pub fn header(&self, word: &str) -> Option<String> {
        self.look_up(word, &[]).map(fold_header)
    }

    /// The headers of a table in English, as far as they are understood. `rest`: without what most of them share, for those
    /// that are not understood with it.
    pub fn readings(&self, headers: &[String], rest: &[String]) -> Vec<Option<String>> {
        let read = |rules: &[&Rule]| -> Vec<Option<String>> {
            let all = headers.iter().zip(rest);
            all.map(|(header, rest)| {
                let short = || (rest != header).then(|| self.read(rest, rules))?;
                self.read(header, rules).or_else(short)
            })
            .collect()
        };
        let plain = read(&[]);
        let known: Vec<String> = plain.iter().flatten().map(|english| fold_header(english)).collect();
        let is_there = |rule: &&Rule| known.iter().any(|english| english.ends_with(&rule.next_to));
        let rules: Vec<&Rule> = self.beside.iter().filter(is_there).collect();
        if rules.is_empty() {
            return plain;
        }
        let beside = read(&rules);
        let of_contact: Vec<bool> = headers.iter().map(|header| self.is_of_contact(header)).collect();
        if !names_contacts_only(&plain, &beside, &of_contact) {
            return beside;
        }
        // Where whom to talk to has both names, the name beside them is that of a firm.
        let others: Vec<&Rule> = rules.into_iter().filter(|rule| !is_of_person(&rule.next_to)).collect();
        let others = read(&others);
        let all = beside.into_iter().zip(others).zip(of_contact);
        all.map(|((beside, other), of_contact)| match beside {
            Some(beside) if of_contact && !beside.starts_with("Contact") => Some(format!("Contact {beside}")),
            beside if of_contact => beside,
            _ => other,
        })
        .collect()
    }

    /// A folded header says that it is of whom to talk to.
    fn is_of_contact(&self, header: &str) -> bool {
        let is_one = |(_, english): &&(String, String)| english == "Contact";
        let mut before = self.before.iter().filter(is_one);
        let mut after = self.after.iter().filter(is_one);
        before.any(|(word, _)| header.starts_with(word.as_str()))
            || after.any(|(word, _)| header.ends_with(word.as_str()))
    }
}

/// The first and the last name in a table are those of whom to talk to, and of nobody else.
fn names_contacts_only(plain: &[Option<String>], ruled: &[Option<String>], of_contact: &[bool]) -> bool {
    let all = || {
        let both = plain.iter().zip(ruled).zip(of_contact);
        both.filter_map(|((plain, ruled), of)| {
            Some((fold_header(plain.as_deref()?), fold_header(ruled.as_deref()?), *of))
        })
    };
    let has = |name: &str| all().any(|(_, ruled, of)| of && ruled.ends_with(name));
    has("firstname") && has("lastname") && !all().any(|(plain, _, of)| !of && is_of_person(&plain))
}

fn is_of_person(folded: &str) -> bool {
    folded.ends_with("firstname") || folded.ends_with("lastname")
}

/// All languages, in the order of their files.
pub fn all() -> impl Iterator<Item = &'static Language> {
    LANGUAGES.iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::built_in::check_folder;

    #[test]
    fn every_file_parses() {
        for (name, toml) in FILES {
            if let Err(error) = parse_language(toml) {
                panic!("languages/{name}.toml: {error}");
            }
        }
        assert_eq!(LANGUAGES.len(), FILES.len());
    }

    #[test]
    fn every_file_in_the_folder_is_built_in() {
        check_folder("languages", FILES);
    }

    #[track_caller]
    fn check_error(toml: &str, expected: &str) {
        let error = parse_language(toml).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        check_error("headers = {}\nlabel = 7", "line 2: ");
        check_error(
            "label = \"X\"\n[headers]\nName = [\"nom\"]\nCity = [\n \"ville\",\n \"Nom\"]",
            "line 6, table `headers`, column `City`",
        );
        check_error(
            "label = \"X\"\nheaders = {}\n[[beside]]\nheader = []\nbeside = \"A\"\nmeans = \"B\"",
            "line 5, table `beside`",
        );
    }

    #[test]
    fn marks_on_letters_make_no_difference() {
        assert_eq!(spellings("Straße"), ["straße", "strasse"]);
        assert_eq!(spellings("Größe"), ["größe", "grosse", "groesse"]);
        assert_eq!(spellings("N° Tél"), ["ntél", "ntel", "notél", "notel"]);
    }
}
