//! Which language the headers of a table are in, and what they are in English.
//!
//! A table is in one language, English words mixed in. All of its headers say together which one it is: that of which most are
//! understood that are not English; a word or two that occur in an English table change nothing.

use std::borrow::Cow;

use torqueflow_model::fold_accents;

use crate::languages::{self, Language};

/// Headers that are the same in most languages: they say nothing of the language of a table. Folded.
const INTERNATIONAL: &[&str] = &[
    "email", "mail", "fax", "telefax", "status", "id", "uuid", "guid", "vin", "iban", "bic", "swift", "website", "web",
    "url", "homepage", "total", "sms", "whatsapp", "code", "sku", "ean", "barcode", "pin", "nr", "no", "km", "kw",
    "ccm", "info",
];

/// The headers of a table that is not English, read in English.
#[derive(Debug, Clone)]
pub struct Spoken {
    language: &'static Language,
    readings: Vec<Option<String>>,
    guesses: Vec<Option<String>>,
}

/// How many headers of a table are understood in a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Count {
    /// In it, and not in English.
    own: usize,
    /// In it and in English.
    both: usize,
}

impl Spoken {
    /// Reads headers. `None`: they are English, or nothing that is known.
    ///
    /// `texts`: without what most of them share; `headers`: as they stand in the file, folded; `short`: what is left of each,
    /// folded, where it shares something.
    pub fn of(
        texts: &[&str],
        headers: &[String],
        short: &[Option<String>],
        is_english: impl Fn(&str) -> bool,
    ) -> Option<Self> {
        let shortest =
            |index: usize, header: &String| short.get(index).cloned().flatten().unwrap_or_else(|| header.clone());
        let rest: Vec<String> = headers
            .iter()
            .enumerate()
            .map(|(index, header)| shortest(index, header))
            .collect();
        let english: Vec<bool> = rest.iter().map(|header| is_english(header)).collect();
        let all = headers.iter().filter(|header| !header.is_empty()).count();
        if english.iter().filter(|is_english| **is_english).count() == all {
            return None;
        }
        let Attempt {
            count,
            language,
            mut readings,
        } = most_understood(headers, &rest, &english)?;
        let only_english = rest
            .iter()
            .zip(&readings)
            .zip(&english)
            .filter(|((header, reading), is_english)| {
                **is_english && reading.is_none() && !INTERNATIONAL.contains(&header.as_str())
            })
            .count();
        if !is_spoken(count, only_english, all) {
            return None;
        }
        let prevails = count.own >= only_english;
        for (reading, is_english) in readings.iter_mut().zip(&english) {
            if *is_english && !prevails {
                *reading = None;
            }
        }
        let guess = |((text, header), (reading, is_english)): ((&&str, &String), (&Option<String>, &bool))| {
            let is_open = reading.is_none() && !is_english;
            is_open.then(|| {
                language
                    .read_without_hint(text)
                    .or_else(|| language.read_turned(text))
                    .or_else(|| language.read_mistyped(header))
            })?
        };
        let known = readings.iter().zip(&english);
        let guesses = texts.iter().zip(&rest).zip(known).map(guess).collect();
        Some(Self {
            language,
            readings,
            guesses,
        })
    }

    pub fn language(&self) -> &str {
        self.language.label()
    }

    /// What a header is in English, if it is not English.
    pub fn english(&self, index: usize) -> Option<&str> {
        self.readings.get(index)?.as_deref()
    }

    /// What an unknown header would be in English, were it mistyped.
    pub fn guess(&self, index: usize) -> Option<&str> {
        self.guesses.get(index)?.as_deref()
    }
}

/// What the headers of a table are in one language.
struct Attempt {
    count: Count,
    language: &'static Language,
    readings: Vec<Option<String>>,
}

/// The language of which most headers are understood that are not English, the first of several. `rest`: without what most of
/// them share.
fn most_understood(headers: &[String], rest: &[String], english: &[bool]) -> Option<Attempt> {
    let attempts = likely(rest, english).into_iter().map(|language| {
        let readings = language.readings(headers, rest);
        let mut count = Count::default();
        for (reading, is_english) in readings.iter().zip(english) {
            count.own += usize::from(reading.is_some() && !is_english);
            count.both += usize::from(reading.is_some() && *is_english);
        }
        Attempt {
            count,
            language,
            readings,
        }
    });
    attempts.reduce(|best, other| if other.count > best.count { other } else { best })
}

/// The languages of which whole headers are understood, at least half as many as of the first among them; all of them where none
/// is, but most headers are not English.
fn likely(headers: &[String], english: &[bool]) -> Vec<&'static Language> {
    let foreign = headers.iter().zip(english).filter(|(_, is_english)| !**is_english);
    let foreign: Vec<(&String, Cow<'_, str>)> = foreign.map(|(header, _)| (header, fold_accents(header))).collect();
    let understood = |language: &Language| {
        let is_known = |(header, plain): &&(&String, Cow<'_, str>)| language.knows(header, plain);
        foreign.iter().filter(is_known).count()
    };
    let counts: Vec<(&'static Language, usize)> = languages::all()
        .map(|language| (language, understood(language)))
        .collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or_default();
    if most == 0 && foreign.len() * 2 < headers.len() {
        return Vec::new();
    }
    let enough = counts.into_iter().filter(|(_, count)| count * 2 >= most);
    enough.map(|(language, _)| language).collect()
}

/// Whether so many headers make a table one of the language, beside those that are nothing but English.
fn is_spoken(count: Count, only_english: usize, all: usize) -> bool {
    match count.own {
        0 => false,
        1 => only_english == 0 && (count.own + count.both) * 2 >= all,
        own => own * 2 >= only_english && (own >= 4 || (own + count.both) * 3 >= all),
    }
}
