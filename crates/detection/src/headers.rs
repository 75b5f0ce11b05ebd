//! The header row, folded once, and read in English where it is in another language.

use std::collections::HashMap;

use torqueflow_model::fold_header;

use crate::affix::Stripped;
use crate::spoken::Spoken;

/// The header row of a table, ready to be looked up in.
#[derive(Clone)]
pub struct Headers {
    texts: Vec<String>,
    /// Folded, as they stand in the file.
    written: Vec<String>,
    /// The first column with each folded header.
    first_written: Places,
    /// What is left of them without the words that most of them share.
    stripped: Stripped,
    /// What they are read as, where they are not English.
    spoken: Option<Spoken>,
    /// Folded, in English.
    folded: Vec<String>,
    first: Places,
    /// Columns that are read as if they had another header, an English one.
    read_as: HashMap<usize, &'static str>,
}

impl Headers {
    pub fn new(columns: &[String]) -> Self {
        let written: Vec<String> = columns.iter().map(|text| fold_header(without_duty(text))).collect();
        let first = Places::of(&written);
        Self {
            texts: columns.to_vec(),
            folded: written.clone(),
            first_written: first.clone(),
            written,
            stripped: Stripped::default(),
            spoken: None,
            first,
            read_as: HashMap::new(),
        }
    }

    /// The same headers, read in English. `is_english` says whether a folded header is an English one that is known.
    pub fn in_english(&self, is_english: impl Fn(&str) -> bool) -> Self {
        let mut read = self.clone();
        read.stripped = Stripped::of(&self.texts);
        // What is known as it stands needs nothing taken off.
        for (text, written) in read.stripped.texts.iter_mut().zip(&self.written) {
            text.take_if(|_| is_english(written));
        }
        let texts: Vec<&str> = (0..self.len()).map(|index| read.stripped_text(index)).collect();
        let short: Vec<Option<String>> = read
            .stripped
            .texts
            .iter()
            .map(|text| text.as_deref().map(fold_header))
            .collect();
        let spoken = Spoken::of(&texts, &self.written, &short, is_english);
        let words = short.iter().enumerate();
        let mut changed = words
            .filter_map(|(index, short)| Some((index, short.clone()?)))
            .collect::<Vec<_>>();
        for index in 0..self.len() {
            let english = spoken.as_ref().and_then(|spoken| spoken.english(index));
            changed.extend(english.map(|english| (index, fold_header(english))));
        }
        if !changed.is_empty() {
            for (index, text) in changed {
                if let Some(folded) = read.folded.get_mut(index) {
                    *folded = text;
                }
            }
            read.first = Places::of(&read.folded);
        }
        read.spoken = spoken;
        read
    }

    /// Reads a column as if it had this English header, since something else than its own says so.
    pub fn read_as(&mut self, index: usize, english: &'static str) {
        if let Some(folded) = self.folded.get_mut(index) {
            *folded = fold_header(english);
            self.read_as.insert(index, english);
            self.first = Places::of(&self.folded);
        }
    }

    /// The columns that are read so.
    pub fn read_otherwise(&self) -> impl Iterator<Item = usize> + '_ {
        self.read_as.keys().copied()
    }

    /// The words that nearly all headers begin or end with.
    pub fn shared_words(&self) -> &[String] {
        &self.stripped.words
    }

    /// The header without what most headers share.
    fn stripped_text(&self, index: usize) -> &str {
        let rest = self.stripped.texts.get(index).and_then(Option::as_deref);
        rest.unwrap_or_else(|| self.text(index))
    }

    /// What people call the language of the headers, if it is not English.
    pub fn language(&self) -> Option<&str> {
        self.spoken.as_ref().map(Spoken::language)
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// How many different headers there are, not counting empty ones.
    pub fn distinct(&self) -> usize {
        self.first_written.first.len()
    }

    /// The first column with this folded header, in English.
    pub fn position(&self, folded: &str) -> Option<usize> {
        self.first.get(folded)
    }

    /// The first column with this folded header, as it stands in the file.
    pub fn position_as_written(&self, folded: &str) -> Option<usize> {
        self.first_written.get(folded)
    }

    pub fn text(&self, index: usize) -> &str {
        self.texts.get(index).map_or("", String::as_str)
    }

    /// The header as it stands in the file, folded.
    pub fn written(&self, index: usize) -> &str {
        self.written.get(index).map_or("", String::as_str)
    }

    /// The header as it stands in the file, without what says whether it must be filled.
    pub fn name(&self, index: usize) -> &str {
        without_duty(self.text(index)).trim_end_matches('*')
    }

    /// The header in English.
    pub fn english(&self, index: usize) -> &str {
        if let Some(english) = self.read_as.get(&index) {
            return english;
        }
        let english = self.spoken.as_ref().and_then(|spoken| spoken.english(index));
        english.unwrap_or_else(|| self.stripped_text(index))
    }

    /// What the header would be in English, were it mistyped or without its hint; folded.
    pub fn english_guess(&self, index: usize) -> Option<String> {
        self.spoken.as_ref()?.guess(index).map(fold_header)
    }

    /// The header in English, folded.
    pub fn folded(&self, index: usize) -> &str {
        self.folded.get(index).map_or("", String::as_str)
    }

    /// Columns without a header.
    pub fn empty(&self) -> Vec<usize> {
        self.written
            .iter()
            .enumerate()
            .filter(|(_, text)| text.is_empty())
            .map(|(index, _)| index)
            .collect()
    }

    /// Headers that more than one column has, as first written.
    pub fn duplicates(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (index, text) in self.written.iter().enumerate() {
            if let Some(first) = self.position_as_written(text).filter(|first| *first != index) {
                let name = self.text(first);
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }
}

/// Words in brackets behind a header that say whether it must be filled, in small letters.
#[rustfmt::skip]
const DUTIES: &[&str] = &[
    "optional", "required", "mandatory", "if any", "if known", "if applicable", "pflichtfeld", "pflicht", "erforderlich",
    "freiwillig", "facultatif", "obligatoire", "optionnel", "verplicht", "optioneel", "opcional", "obligatorio", "obligatório",
    "obbligatorio", "facoltativo", "opzionale", "wymagane", "opcjonalne", "obligatorisk", "valfri", "valfritt", "valgfri",
    "valgfritt", "påkrevd", "påkrævet",
];

/// The header without the brackets at its end that say whether it must be filled: `Company (optional)`.
fn without_duty(text: &str) -> &str {
    let trimmed = text.trim_end();
    let opened = trimmed.strip_suffix([')', ']']);
    let parts = opened.and_then(|rest| rest.rsplit_once(['(', '[']));
    match parts {
        Some((before, duty)) if DUTIES.contains(&duty.trim().to_lowercase().as_str()) => before,
        _ => text,
    }
}

/// The first column with each header that is not empty.
#[derive(Clone)]
struct Places {
    first: HashMap<String, usize>,
    /// Per first byte, a bit for each length of a header that begins so: nearly all spellings that are asked for are ruled out
    /// by it.
    lengths: Vec<u64>,
}

impl Places {
    fn of(headers: &[String]) -> Self {
        let mut places = Self {
            first: HashMap::new(),
            lengths: vec![0; 256],
        };
        for (index, text) in headers.iter().enumerate() {
            let Some(first) = text.bytes().next() else { continue };
            if let Some(lengths) = places.lengths.get_mut(usize::from(first)) {
                *lengths |= length_bit(text);
            }
            places.first.entry(text.clone()).or_insert(index);
        }
        places
    }

    fn get(&self, text: &str) -> Option<usize> {
        let lengths = self.lengths.get(usize::from(text.bytes().next()?))?;
        let may_be_there = lengths & length_bit(text) != 0;
        may_be_there.then(|| self.first.get(text).copied())?
    }
}

/// The bit of a length; all that are longer share one.
fn length_bit(text: &str) -> u64 {
    1 << text.len().min(63)
}
