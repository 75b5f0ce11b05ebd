//! Whether a name is a firm's, a person's, or nothing that can be told, by its words.
//!
//! What: the legal form, words of trades, shops and institutions, and words that stand in nobody's name. A given name before a
//! word that is a surname too makes a person: Mary Church.
//! Why: `Green Lawn Care` is no Mr Care whose first name is Green Lawn. A name that is not surely a person's is kept as it is
//! given, which is never wrong.
//! Example: `City of Leeds` is a firm's, `Ada Banks` a person's, `Ada's Place` is kept as it is.

use std::collections::HashMap;
use std::sync::LazyLock;

use torqueflow_model::{fold, fold_accents};

use super::{forms, given, marks, words};

/// What the words of a name say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// It is a firm's.
    Firm,
    /// It may be a person's.
    Person,
    /// It may be anything, and is kept as a whole.
    Anything,
}

/// What a word of trades and institutions says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trade {
    /// A firm.
    Firm,
    /// A firm, but a surname behind a given name: Peter Bank.
    Bank,
    /// A surname, unless several words say otherwise: Oby Mills.
    Surname,
    /// A firm, and behind a given name anything: Angela Care.
    Either,
}

/// The words, in small letters without accents, under the heading of what they say.
static TRADES: LazyLock<HashMap<&'static str, Trade>> = LazyLock::new(|| {
    let mut says = Trade::Firm;
    let mut trades = HashMap::new();
    for line in include_str!("words.txt").lines() {
        match line {
            "[firm]" => says = Trade::Firm,
            "[bank]" => says = Trade::Bank,
            "[surname]" => says = Trade::Surname,
            "[either]" => says = Trade::Either,
            _ if line.starts_with('#') => {}
            _ => trades.extend(line.split_whitespace().map(|word| (word, says))),
        }
    }
    trades
});

/// Ends of words that are made of several: `Jonestowing`, `Holzhandel`, `Installatietechniek`.
const ENDS: &[&str] = &[
    "towing",
    "lawncare",
    "landscaping",
    "landscapes",
    "scapes",
    "plumbing",
    "roofing",
    "trucking",
    "works",
    "motors",
    "werkstatt",
    "handel",
    "betrieb",
    "technik",
    "reinigung",
    "schule",
    "verein",
    "verband",
    "backerei",
    "metzgerei",
    "gartnerei",
    "handlung",
    "geschaft",
    "vertrieb",
    "verwaltung",
    "gesellschaft",
    "genossenschaft",
    "versicherung",
    "versicherungen",
    "apotheke",
    "praxis",
    "klinik",
    "dienst",
    "dienste",
    "transporte",
    "logistik",
    "zentrum",
    "service",
    "services",
    "bedrijf",
    "bedrijven",
    "techniek",
    "winkel",
    "centrum",
    "verhuur",
    "stichting",
    "verkstad",
    "vaerksted",
    "verksted",
    "forening",
    "foreningen",
    "byra",
    "firma",
];

/// What stands before `of` in the names of institutions.
const OF: &[&str] = &[
    "city",
    "town",
    "county",
    "village",
    "borough",
    "university",
    "church",
    "bank",
    "department",
    "dept",
    "ministry",
    "state",
    "parish",
    "diocese",
    "college",
    "school",
    "academy",
    "institute",
    "friends",
    "league",
    "port",
    "society",
    "royal",
    "township",
    "district",
    "board",
    "office",
    "house",
    "center",
    "centre",
    "council",
    "club",
    "knights",
    "order",
    "museum",
];

/// Two words with which names of towns and their offices begin.
const BEGINNINGS: &[[&str; 2]] = &[
    ["ville", "de"],
    ["commune", "de"],
    ["comune", "di"],
    ["camara", "municipal"],
    ["municipio", "de"],
    ["ciudad", "de"],
    ["stadt", "und"],
    ["urzad", "miasta"],
    ["rada", "miasta"],
    ["gobierno", "de"],
];

/// Words that stand in the middle of no person's name.
const INSIDE: &[&str] = &[
    "of", "the", "for", "to", "by", "at", "on", "in", "from", "with", "your", "our", "fur", "mit", "pour", "chez",
    "sur", "voor", "para", "con", "dla",
];

/// Words with which no person's name begins. Articles begin surnames too: these are kept whole.
const BEFORE: &[&str] = &[
    "the", "our", "your", "chez", "aux", "la", "le", "les", "los", "las", "lo", "gli", "het", "das", "die",
];

/// Given names that are surnames as often, in small letters.
const ALSO_SURNAMES: &[&str] = &[
    "moreno", "sierra", "reyes", "leon", "león", "vera", "mateus", "martin", "santiago", "salvador", "franco",
    "rosario", "pascual", "alonso", "marin", "vicente", "lorenzo", "ramos", "mora", "nieves", "luna", "simon", "gil",
    "garcia", "andres", "matias",
];

/// Accounts for sales to nobody in particular, folded.
const COUNTER_SALES: &[&str] = &[
    "cash sale",
    "cash sales",
    "cash customer",
    "cash account",
    "cash",
    "counter sale",
    "counter sales",
    "walk in",
    "walk in customer",
    "retail customer",
    "trade customer",
    "internal",
    "workshop",
];

/// What the words of a whole name say. `has_initials`: in its column initials stand behind surnames.
pub(super) fn named(name: &str, has_initials: bool) -> Named {
    if is_firm_at_large(name, has_initials) {
        return Named::Firm;
    }
    // What stands in brackets or behind a bar is a part of its own.
    if name.contains('(') || marks::are_foreign_to_people(name) {
        return Named::Person;
    }
    let folded = fold(name);
    let plain = fold_accents(&folded);
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let tokens: Vec<&str> = name.split([' ', ',']).filter(|token| !token.is_empty()).collect();
    let [first, rest @ ..] = words.as_slice() else {
        return Named::Person;
    };
    if let ["of", ..] = rest
        && OF.contains(first)
    {
        return Named::Firm;
    }
    if rest.first().is_some_and(|second| BEGINNINGS.contains(&[first, second])) {
        return Named::Firm;
    }
    if words::title(first).is_some() {
        return titled(first, &tokens);
    }
    match by_trade(&spoken(name, &tokens)) {
        Named::Person if is_odd(name, &words, &tokens) => Named::Anything,
        named => named,
    }
}

/// The words in the order in which they are spoken: `Church, Mary Jane` is Mary Jane Church.
fn spoken<'a>(name: &'a str, tokens: &[&'a str]) -> Vec<&'a str> {
    let pieces: Vec<&str> = name.split(',').filter(|piece| !piece.trim().is_empty()).collect();
    match pieces.as_slice() {
        [last, first] => first
            .split(' ')
            .chain(last.split(' '))
            .filter(|token| !token.is_empty())
            .collect(),
        _ => tokens.to_vec(),
    }
}

/// A legal form, a term of companies, a family's firm: whatever else stands in the name.
fn is_firm_at_large(name: &str, has_initials: bool) -> bool {
    let lower = name.to_lowercase();
    if forms::has_form(name, has_initials) {
        return true;
    }
    if lower.contains("t/a ") || lower.contains("trading as ") || COUNTER_SALES.contains(&lower.as_str()) {
        return true;
    }
    let words: Vec<&str> = lower
        .split([' ', ',', '-', '/'])
        .map(|word| word.trim_matches(['.', '\'', '"']))
        .filter(|word| !word.is_empty())
        .collect();
    let family = words.windows(2).any(|pair| {
        matches!(
            pair,
            [
                "&" | "and" | "+",
                "sons" | "son" | "co" | "daughters" | "daughter" | "partners" | "bros" | "company"
            ]
        )
    });
    // Italian for `& Co.`
    family || lower.ends_with(" & c.") || words.iter().any(|word| words::is_company_term(word))
}

/// Behind a salutation stands a person, unless three words or more have one of a trade among them.
fn titled(title: &str, tokens: &[&str]) -> Named {
    let names = tokens.get(1..).unwrap_or_default();
    let is_firm = |token: &&str| trade(token) == Some(Trade::Firm);
    let is_sure = words::trailing_title(title).is_some();
    let least = if is_sure { 2 } else { 1 };
    if names.len() >= least && names.iter().any(is_firm) {
        Named::Anything
    } else {
        Named::Person
    }
}

fn by_trade(tokens: &[&str]) -> Named {
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        return Named::Person;
    };
    if tokens.len() == 1 {
        return match trade(last) {
            Some(Trade::Firm) => Named::Anything,
            _ => Named::Person,
        };
    }
    let begins_given = given::is_given(first);
    let is_of_person = begins_given || given::is_initial(first);
    let is_long = tokens.len() >= 3;
    let is_firm = |token: &&str| trade(token) == Some(Trade::Firm);
    let others = tokens.get(usize::from(begins_given)..).unwrap_or_default();
    // `Garage Dupont`, `Smith Motors`, and wherever it stands among several words, none of which is a given name.
    let is_at_an_end = is_firm(last) || (!begins_given && is_firm(first));
    let is_within = is_long && others.iter().any(is_firm);
    if is_at_an_end || (is_within && !tokens.iter().any(|token| given::is_given(token))) {
        return Named::Firm;
    }
    if is_within {
        return Named::Anything;
    }
    let strongest = if is_long {
        others.iter().find_map(|token| trade(token))
    } else {
        trade(last)
    };
    match (trade(last).or(strongest.filter(|_| !is_of_person)), is_of_person) {
        (None, _) | (Some(Trade::Bank | Trade::Surname), true) => Named::Person,
        (Some(Trade::Surname), false) if !is_long => Named::Person,
        (Some(Trade::Either), true) | (Some(Trade::Surname), false) => Named::Anything,
        (Some(Trade::Firm | Trade::Bank | Trade::Either), _) => Named::Firm,
    }
}

/// What a word says of the name that it stands in; of one with hyphens the last part does.
fn trade(token: &str) -> Option<Trade> {
    let folded = fold(token.rsplit('-').next().unwrap_or(token));
    let plain = fold_accents(&folded);
    let is_compound = || {
        let is_end = |end: &&&str| plain.len() >= end.len() + 3 && plain.ends_with(**end);
        ENDS.iter().find(is_end).map(|_| Trade::Firm)
    };
    TRADES.get(plain.as_ref()).copied().or_else(is_compound)
}

/// Something stands in it that stands in no person's name.
fn is_odd(name: &str, words: &[&str], tokens: &[&str]) -> bool {
    let inside = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
    let is_possessive = |token: &&str| {
        let token = token.to_lowercase();
        ["'s", "\u{2019}s", "s'", "s\u{2019}"]
            .iter()
            .any(|end| token.ends_with(end))
    };
    let begins_odd = words.len() >= 2 && words.first().is_some_and(|first| BEFORE.contains(first));
    let elided = || {
        tokens.first().is_some_and(|first| {
            ["L'", "l'", "L\u{2019}", "l\u{2019}"]
                .iter()
                .any(|article| first.starts_with(article))
        })
    };
    begins_odd
        || inside.iter().any(|word| INSIDE.contains(word))
        || tokens.iter().any(is_possessive)
        || (tokens.len() >= 2 && elided())
        || name.contains('_')
        || tokens.iter().any(|token| is_run_together(token))
        || forms::has_form_inside(tokens)
}

/// `AgencyPilot`: a capital behind a word of its own. Prefixes of surnames are shorter, and given names may be joined.
fn is_run_together(token: &str) -> bool {
    let mut after_small = false;
    for (place, character) in token.char_indices() {
        if character.is_uppercase() && after_small {
            let before = token.get(..place).unwrap_or_default();
            return before.chars().count() >= 5 && !before.contains('-') && !given::is_given(before);
        }
        after_small = character.is_lowercase();
    }
    false
}

/// Whether a name is surely a person's by its given names: all words before the surname are given names or initials, the
/// first is a given name. `is_ordered`: first names stand first in its column; otherwise a given name at the end leaves it open.
pub(super) fn is_surely_person(names: &[&str], is_ordered: bool) -> bool {
    let [first, inner @ .., last] = names else {
        return false;
    };
    let is_surname_too = |word: &str| ALSO_SURNAMES.contains(&fold(word).as_str());
    let is_part = |word: &&str| is_given_part(word) && (is_ordered || !is_surname_too(word));
    let is_short = is_ordered || names.len() <= 3;
    given::is_given(first) && inner.iter().all(is_part) && is_short && (is_ordered || !given::is_given(last))
}

/// Whether a name of so many words or more may have two surnames, as in Spain: what stands before the last word is no given name.
pub(super) fn may_have_two_surnames(names: &[&str], least: usize) -> bool {
    let [_, inner @ .., _] = names else { return false };
    let has_particle = inner.iter().any(|word| words::is_particle(word));
    names.len() >= least && inner.last().is_some_and(|word| !is_given_part(word)) && !has_particle
}

/// Whether a word of another language joins two people: `Ana y Leo Ruiz`, `Hans und Eva Feld`.
pub(super) fn joins_given_names(names: &[&str]) -> bool {
    let is_and = |word: &str| word == "Y" || words::joins_titles(word);
    let mut pairs = names.windows(2).skip(1);
    pairs.any(|pair| matches!(pair, [and, next] if is_and(and) && given::is_given(next)))
}

/// Whether what looks like a surname may be a part of the given name: `Maria de la Luz Ruiz`.
pub(super) fn is_devotional(names: &[&str]) -> bool {
    const DEVOTED: [&str; 5] = ["maria", "m", "ma", "juan", "jose"];
    let [first, rest @ ..] = names else { return false };
    let behind = rest.iter().skip_while(|word| words::is_particle(word)).count();
    let folded = fold(first);
    DEVOTED.contains(&fold_accents(&folded).as_ref()) && behind < rest.len() && behind >= 2
}

/// A given name, an initial, or a particle between names.
fn is_given_part(word: &str) -> bool {
    given::is_given(word) || given::is_initial(word) || words::is_particle(word)
}

#[cfg(test)]
mod tests;
