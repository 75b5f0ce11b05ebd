//! Taking a whole name apart.

use super::{case, words};
use crate::text::{one_line, settled};

/// What a whole name turned out to be.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Parts {
    pub title: Option<String>,
    pub first: Option<String>,
    pub last: Option<String>,
    pub company: Option<String>,
    /// It holds more than one person.
    pub several: bool,
}

impl Parts {
    /// The name in the order in which it is spoken. `None` when there are no parts.
    pub fn compose(&self) -> Option<String> {
        let person: Vec<&str> = [&self.title, &self.first, &self.last]
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

/// Splits a name. What can't be split safely comes back without parts: the name is then kept as a whole.
pub(super) fn split(name: &str) -> Parts {
    let name = one_line(name);
    if name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'@') && !words::is_company(&name) {
        return Parts::default();
    }
    if words::is_company(&name) {
        return Parts {
            company: Some(case::company(&name)),
            ..Parts::default()
        };
    }
    let Some((name, mut titles)) = in_spoken_order(&name) else {
        return Parts::default();
    };
    let name = name.replace(['&', '+'], " & ").replace('/', " / ");
    let says_something = |token: &&str| is_and(token) || token.chars().any(char::is_alphanumeric);
    let tokens: Vec<&str> = name.split_whitespace().filter(says_something).collect();
    let (own, rest, joined) = leading_titles(&tokens);
    titles.extend(own);
    let mut parts = if rest.iter().any(|token| is_and(token)) {
        several(&mut titles, rest)
    } else {
        one_person(rest)
    };
    parts.several |= joined;
    let together = if parts.several { " & " } else { " " };
    titles.dedup();
    parts.title = (!titles.is_empty()).then(|| titles.join(together));
    parts
}

/// Turns `Smith, Ada (Mrs)` round. Gives the titles that stood behind.
fn in_spoken_order(name: &str) -> Option<(String, Vec<&'static str>)> {
    let mut titles = Vec::new();
    let mut name = name.trim_matches([' ', ',']).to_owned();
    if let Some((before, bracketed)) = name.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        let title = words::title(bracketed.trim())?;
        titles.push(title);
        name = before.trim().to_owned();
    }
    let mut pieces = Vec::new();
    for piece in name.split(',').map(str::trim).filter(|piece| !piece.is_empty()) {
        match words::title(piece) {
            Some(title) if !pieces.is_empty() => titles.push(title),
            _ => pieces.push(piece),
        }
    }
    match pieces.as_slice() {
        [] => Some((String::new(), titles)),
        [whole] => Some(((*whole).to_owned(), titles)),
        [name, suffix] if words::is_suffix(suffix) => Some((format!("{name} {suffix}"), titles)),
        [last, first] if !last.contains(' ') || words::is_particle(last.split(' ').next().unwrap_or_default()) => {
            Some((format!("{first} {last}"), titles))
        }
        _ => None,
    }
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
            [and, second, after @ ..] if !titles.is_empty() && is_and(and) && words::title(second).is_some() => {
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
    let names: usize = tokens
        .iter()
        .rposition(|token| !words::is_suffix(token))
        .map_or(0, |at| at + 1);
    let particle = tokens
        .iter()
        .take(names.saturating_sub(1))
        .position(|token| words::is_particle(token))
        .filter(|at| *at > 0);
    let surname_at = particle.unwrap_or(names.saturating_sub(1));
    let (first, last) = tokens.split_at_checked(surname_at).unwrap_or((tokens, &[]));
    if !first.is_empty() {
        parts.first = Some(part(first));
    }
    if !last.is_empty() {
        parts.last = Some(part(last));
    }
    parts
}

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
    if given.is_empty() || !others.iter().all(shares_surname) {
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
