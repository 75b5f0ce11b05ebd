//! Taking a whole name apart.

use torqueflow_model::Party;

use super::column::ColumnNames;
use super::firms::{self, Named};
use super::{case, given, marks, words};
use crate::text::{one_line, settled};

/// What a whole name turned out to be.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Parts {
    pub title: Option<String>,
    pub first: Option<String>,
    pub last: Option<String>,
    /// The letters behind the name: `MBE PhD`.
    pub suffix: Option<String>,
    pub company: Option<String>,
    /// It holds more than one person.
    pub several: bool,
}

impl Parts {
    /// The name in the order in which it is spoken. `None` when there are no parts.
    pub fn compose(&self) -> Option<String> {
        let person: Vec<&str> = [&self.title, &self.first, &self.last, &self.suffix]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        match (&self.company, person.is_empty()) {
            (Some(company), true) => Some(company.clone()),
            (_, false) => Some(person.join(" ")),
            (None, true) => None,
        }
    }
}

/// Splits a name. What can't be split safely comes back without parts: the name is then kept as a whole. `said`: whose name
/// it is, where the file says so; otherwise the words of the name tell. `column`: what all names of its column say.
pub(super) fn split(name: &str, said: Option<Party>, column: ColumnNames) -> Parts {
    let name = one_line(name);
    let whose = match said {
        Some(Party::Company) => Named::Firm,
        Some(Party::Person) => Named::Person,
        None => firms::named(&name, column.initials),
    };
    if whose == Named::Firm {
        return Parts {
            company: Some(case::company(&name)),
            ..Parts::default()
        };
    }
    let is_no_name = name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@');
    if whose == Named::Anything || is_no_name || marks::is_address(&name) || marks::are_foreign_to_people(&name) {
        return Parts::default();
    }
    let Some(Spoken {
        name,
        mut titles,
        mut suffixes,
    }) = in_spoken_order(&name, column.rare_commas)
    else {
        return Parts::default();
    };
    let name = name.replace(['&', '+'], " & ").replace('/', " / ");
    let says_something = |token: &&str| is_and(token) || token.chars().any(char::is_alphanumeric);
    let tokens: Vec<&str> = name.split_whitespace().filter(says_something).collect();
    let (own, rest, joined) = leading_titles(&tokens);
    titles.extend(own);
    let is_couple = rest.iter().any(|token| is_and(token));
    let (person, behind) = if is_couple {
        (rest, Vec::new())
    } else {
        trailing(rest, &mut titles)
    };
    let is_addressed = titles.iter().any(|title| !words::is_rank(title));
    if said.is_none() && !is_addressed && is_unsure(person, column) {
        return Parts::default();
    }
    suffixes.splice(0..0, behind);
    let mut parts = if is_couple {
        several(&mut titles, rest)
    } else {
        one_person(person)
    };
    parts.several |= joined;
    let is_named = parts.first.is_some() || parts.last.is_some();
    parts.suffix = (is_named && !suffixes.is_empty()).then(|| suffixes.join(" "));
    let together = if parts.several { " & " } else { " " };
    titles.dedup();
    parts.title = (!titles.is_empty()).then(|| titles.join(together));
    parts
}

/// Whether a name may be taken apart in another way than the usual one, or be no person's, by its column.
fn is_unsure(names: &[&str], column: ColumnNames) -> bool {
    let people: Vec<&[&str]> = names.split(|token| is_and(token)).collect();
    let Some((last, others)) = people.split_last() else {
        return false;
    };
    if others.is_empty() && firms::may_have_two_surnames(names, column.least_with_two_surnames()) {
        return true;
    }
    if others.is_empty() && (firms::joins_given_names(names) || firms::is_devotional(names)) {
        return true;
    }
    if let ([single], []) = (names, others)
        && (column.rare_singles || given::is_given(single))
    {
        return true;
    }
    let begins_given = |person: &&[&str]| person.first().is_some_and(|first| given::is_given(first));
    let is_sure = firms::is_surely_person(last, column.is_ordered()) && others.iter().all(begins_given);
    column.is_doubtful() && !is_sure
}

/// A name in the order in which it is spoken, without what stood behind a comma or in brackets.
#[derive(Default)]
struct Spoken {
    name: String,
    titles: Vec<&'static str>,
    suffixes: Vec<&'static str>,
}

impl Spoken {
    /// Takes a piece that is nothing but a title or letters behind a name.
    fn take(&mut self, piece: &str) -> bool {
        if let Some(title) = words::title(piece) {
            self.titles.push(title);
            return true;
        }
        let letters: Option<Vec<_>> = piece.split(' ').map(words::suffix_in_capitals).collect();
        match letters {
            Some(letters) => self.suffixes.extend(letters),
            None => return false,
        }
        true
    }
}

/// Turns `Smith, Ada (Mrs)` round. `None`: the pieces are no one person's name.
/// `rare_commas`: in its column a comma says little, so that given names have to say that it is turned round.
fn in_spoken_order(name: &str, rare_commas: bool) -> Option<Spoken> {
    let mut spoken = Spoken::default();
    let mut name = name.trim_matches([' ', ',']).to_owned();
    if let Some((before, bracketed)) = name.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        if !spoken.take(bracketed.trim()) {
            return None;
        }
        name = before.trim().to_owned();
    }
    let mut pieces = Vec::new();
    for piece in name.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
        if pieces.is_empty() || !spoken.take(piece) {
            pieces.push(piece);
        }
    }
    let begins_given = |piece: &str| piece.split(' ').next().is_some_and(given::is_given);
    spoken.name = match pieces.as_slice() {
        [last, first] if rare_commas && (begins_given(last) || !begins_given(first)) => return None,
        [] => String::new(),
        [whole] => (*whole).to_owned(),
        [last, first] if !last.contains(' ') || words::is_particle(last.split(' ').next().unwrap_or_default()) => {
            format!("{first} {last}")
        }
        _ => return None,
    };
    Some(spoken)
}

/// Takes titles and letters off the end of a name, of which something must be left.
fn trailing<'a, 'b>(tokens: &'a [&'b str], titles: &mut Vec<&'static str>) -> (&'a [&'b str], Vec<&'static str>) {
    let mixed_case = tokens.iter().any(|token| token.chars().any(char::is_lowercase));
    let mut names = tokens;
    let mut suffixes = Vec::new();
    while let [before @ .., last] = names {
        // Letters that may be a name are none in a name of two words, or where everything is in capitals.
        let suffix = match before.len() {
            0 => break,
            1 => words::suffix(last),
            _ if mixed_case => words::suffix_in_capitals(last),
            _ => words::suffix(last),
        };
        if let Some(suffix) = suffix {
            suffixes.insert(0, suffix);
        } else if let Some(title) = words::trailing_title(last) {
            titles.push(title);
        } else {
            break;
        }
        names = before;
    }
    (names, suffixes)
}

/// The titles at the beginning, and whether `&`, `and` or `/` joins them.
fn leading_titles<'a, 'b>(tokens: &'a [&'b str]) -> (Vec<&'static str>, &'a [&'b str], bool) {
    let mut titles = Vec::new();
    let mut joined = false;
    let mut rest = tokens;
    loop {
        match rest {
            [first, after @ ..] if words::title(first).is_some() => {
                titles.extend(words::title(first));
                rest = after;
            }
            [and, second, after @ ..]
                if !titles.is_empty()
                    && (is_and(and) || words::joins_titles(and))
                    && words::title(second).is_some() =>
            {
                titles.extend(words::title(second));
                joined = true;
                rest = after;
            }
            _ => return (titles, rest, joined),
        }
    }
}

fn is_and(token: &str) -> bool {
    matches!(token, "&" | "/") || token.eq_ignore_ascii_case("and")
}

/// Part of a name, by its own rule: it must stay as it is when it comes back in a field of its own.
fn part(tokens: &[&str]) -> String {
    case::person(&settled(tokens.join(" ")))
}

fn one_person(tokens: &[&str]) -> Parts {
    let mut parts = Parts::default();
    if begins_with_particle(tokens) {
        // What goes on otherwise than with one surname is left alone.
        let surname = tokens.iter().filter(|token| !words::is_particle(token)).count();
        parts.last = (surname == 1).then(|| part(tokens));
        return parts;
    }
    let last = tokens.len().saturating_sub(1);
    let particle = tokens
        .iter()
        .take(last)
        .position(|token| words::is_particle(token))
        .filter(|at| *at > 0);
    let surname_at = particle.unwrap_or(last);
    let (first, last) = tokens.split_at_checked(surname_at).unwrap_or((tokens, &[]));
    if !first.is_empty() {
        parts.first = Some(part(first));
    }
    if !last.is_empty() {
        parts.last = Some(part(last));
    }
    parts
}

/// Particles stand first, in small letters: `van der Berg` has no first name.
fn begins_with_particle(tokens: &[&str]) -> bool {
    let [first, .., last] = tokens else { return false };
    words::is_particle(first) && first.starts_with(char::is_lowercase) && last.starts_with(char::is_uppercase)
}

/// Given names of one person in a couple; what stands before the surname at greater length tells of a firm.
const MOST_GIVEN_NAMES: usize = 3;

/// `Fred & Hilda Smith`, `Mr F & Mrs H Smith`: people who share the last surname. People with surnames of their own are
/// not taken apart.
fn several(titles: &mut Vec<&'static str>, tokens: &[&str]) -> Parts {
    let whole = Parts {
        several: true,
        ..Parts::default()
    };
    let mut people = Vec::new();
    let mut all_titles = titles.clone();
    for person in tokens.split(|token| is_and(token)) {
        let (own, names, _) = leading_titles(person);
        all_titles.extend(own);
        people.push(names);
    }
    if people.iter().any(|names| names.is_empty()) {
        // A sign without somebody on both sides joins nobody.
        return Parts::default();
    }
    let Some((last_person, others)) = people.split_last() else {
        return whole;
    };
    let [given @ .., surname] = last_person else {
        return whole;
    };
    let shares_surname = |names: &&[&str]| match names {
        [_] => true,
        [_, own] => own.eq_ignore_ascii_case(surname),
        _ => false,
    };
    let is_told_at_length = given.len() > MOST_GIVEN_NAMES;
    if given.is_empty() || is_told_at_length || !others.iter().all(shares_surname) {
        return whole;
    }
    let mut firsts: Vec<&str> = others.iter().filter_map(|names| names.first().copied()).collect();
    let given = given.join(" ");
    firsts.push(&given);
    *titles = all_titles;
    Parts {
        first: Some(case::person(&firsts.join(" & "))),
        last: Some(case::person(surname)),
        several: true,
        ..Parts::default()
    }
}
