//! Known systems: a table is theirs when it has the columns that they always write.

use torqueflow_model::{SourceDefinition, TableSignature, fold_header};

use crate::assign::Mapping;
use crate::headers::Headers;

/// Signatures with fewer required columns than this may be whole by chance, so the rest of the file has a say too.
const LONG_SIGNATURE: usize = 4;
/// Signatures with fewer required columns than this are not trusted on folded names alone.
const UNMISTAKABLE_SIGNATURE: usize = 5;

/// How well a file fits one table of a known system.
pub struct Fit<'a> {
    pub source: &'a SourceDefinition,
    pub table: &'a TableSignature,
    /// Its columns, by the source's list.
    pub mapping: Mapping,
    /// The same, with columns that the list does not name.
    pub supplemented: Mapping,
    /// How many required columns are there.
    pub matched: usize,
    /// The required columns that are absent.
    pub missing: Vec<String>,
    /// The share of the file's headers that the table knows.
    pub known_share: f64,
    /// Nearly all of its required headers are written as the source writes them, down to spaces and underscores.
    pub own_spelling: bool,
    pub verdict: Verdict,
}

/// What a fit amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The whole signature is there.
    Whole,
    /// Enough is there to say that it is this table with columns missing.
    Partial,
    /// Not this table.
    Not,
}

impl<'a> Fit<'a> {
    pub fn new(source: &'a SourceDefinition, table: &'a TableSignature, headers: &Headers) -> Self {
        let mut mapping = Mapping::by_alias(table, headers);
        let mut missing = missing_groups(table, &mapping);
        // So much of the table is there that what is absent may be mistyped.
        let is_near = 2 * mapping.known_count() > headers.distinct() && 2 * missing.len() <= table.required.len();
        if is_near && mapping.known_count() < headers.distinct() && mapping.add_mistyped(table, headers) {
            missing = missing_groups(table, &mapping);
        }
        let known_share = ratio(mapping.known_count(), headers.distinct());
        let mut fit = Self {
            source,
            table,
            matched: table.required.len() - missing.len(),
            missing,
            known_share,
            own_spelling: false,
            verdict: Verdict::Not,
            supplemented: mapping.clone(),
            mapping,
        };
        fit.own_spelling = fit.is_written_as_the_source_does(headers);
        fit.verdict = fit.judge(headers);
        fit
    }

    fn judge(&self, headers: &Headers) -> Verdict {
        if self.matched == 0 || self.table.excluded.iter().any(|text| headers.position(text).is_some()) {
            return Verdict::Not;
        }
        let long = self.table.required.len() >= LONG_SIGNATURE;
        let written_so = self.table.required.len() >= UNMISTAKABLE_SIGNATURE || self.own_spelling;
        if self.missing.is_empty() {
            let telling = long || self.known_share >= 0.3;
            return if written_so && telling {
                Verdict::Whole
            } else {
                Verdict::Not
            };
        }
        // What is left out as a whole must be beyond doubt.
        if self.table.not_imported.is_some() {
            return Verdict::Not;
        }
        let found = self.mapping.found.iter().flatten().count();
        let column_share = ratio(found, self.table.columns.len());
        let most_required =
            self.required_share() >= 0.7 && self.matched >= 3 && (self.matched >= 5 || self.known_share >= 0.8);
        let own_table_but_for_some = column_share >= 0.75 && self.known_share >= 0.95 && found >= 3;
        if written_so && (most_required || own_table_but_for_some) {
            Verdict::Partial
        } else {
            Verdict::Not
        }
    }

    fn is_written_as_the_source_does(&self, headers: &Headers) -> bool {
        let mut same = 0;
        let mut all = 0;
        for index in self.table.required.iter().flatten() {
            let (Some(column), Some(Some(place))) = (self.table.columns.get(*index), self.mapping.found.get(*index))
            else {
                continue;
            };
            all += 1;
            let by_alias = headers.folded(*place) != fold_header(&column.header);
            same += usize::from(by_alias || plain(headers.name(*place)) == plain(&column.header));
        }
        same * 4 >= all * 3
    }

    pub fn required_share(&self) -> f64 {
        ratio(self.matched, self.table.required.len())
    }

    /// From 0 to 1.
    pub fn confidence(&self) -> f64 {
        match self.verdict {
            Verdict::Whole if self.table.required.len() >= LONG_SIGNATURE => 0.9 + 0.09 * self.known_share,
            Verdict::Whole => 0.7 + 0.29 * self.known_share,
            Verdict::Partial => 0.4 + 0.4 * self.required_share(),
            Verdict::Not => 0.39 * self.required_share(),
        }
    }

    /// The better of two fits with the same verdict: it explains more of the file, or it is of the system that we know
    /// best.
    pub fn better_than(&self, other: &Self) -> bool {
        let share = |fit: &Self| (fit.required_share() * 1000.0) as usize;
        let rank = |fit: &Self| {
            let known = fit.mapping.known_count();
            match fit.verdict {
                Verdict::Whole => (2, known, fit.source.tables.len(), fit.matched),
                Verdict::Partial => (1, share(fit), known, fit.matched),
                Verdict::Not => (0, share(fit), known, fit.matched),
            }
        };
        if self.outdoes(other) || other.outdoes(self) {
            return self.outdoes(other);
        }
        rank(self) > rank(other)
    }

    /// A short signature is easily whole by chance: where another table of the same system lacks something but explains
    /// every column, it is that one. Labour lines without their job number are not a price list of labour.
    fn outdoes(&self, other: &Self) -> bool {
        self.verdict == Verdict::Partial
            && other.verdict == Verdict::Whole
            && self.source.id == other.source.id
            && other.table.required.len() < LONG_SIGNATURE
            && self.known_share >= 0.95
            && self.mapping.known_count() > other.mapping.known_count()
    }

    /// Both are the whole signature and explain the very same columns.
    pub fn indistinguishable_from(&self, other: &Self) -> bool {
        self.verdict == Verdict::Whole
            && other.verdict == Verdict::Whole
            && self.mapping.known == other.mapping.known
            && self.table.type_id != other.table.type_id
    }
}

/// A header in small letters, with the spaces and marks of a keyboard.
fn plain(text: &str) -> String {
    let typed = |c: char| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{00b4}' => '\'',
        '\u{201c}' | '\u{201d}' => '"',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let text: String = text.chars().map(typed).collect();
    let is_mark = |c: char| matches!(c, '\u{feff}' | '*' | ' ');
    let text = text.trim_matches(is_mark).to_lowercase();
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ").replace(" / ", "/")
}

/// The required columns that are absent.
fn missing_groups(table: &TableSignature, mapping: &Mapping) -> Vec<String> {
    let found = |index: &usize| mapping.found.get(*index).copied().flatten().is_some();
    let absent = table.required.iter().filter(|group| !group.iter().any(found));
    absent.map(|group| group_name(table, group)).collect()
}

/// The name of a required group for a person: `Phone or PhoneLandline`.
pub fn group_name(table: &TableSignature, group: &[usize]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for column in group.iter().filter_map(|index| table.columns.get(*index)) {
        if !names.contains(&column.header.as_str()) {
            names.push(&column.header);
        }
    }
    names.join(" or ")
}

/// A share from 0 to 1.
pub fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
