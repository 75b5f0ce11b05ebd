//! The detector: weighs all known tables against a header row.

mod second_look;

use torqueflow_model::{EntityKind, Row, SourceDefinition, TableSignature};

use crate::beside::References;
use crate::detection::Detection;
use crate::generic::Candidate;
use crate::headers::Headers;
use crate::outcome::{Equals, GENERIC, from_candidate, from_fit, rounded};
use crate::settle::{best_candidate, settle, unrecognised};
use crate::signature::{Fit, Verdict};
use crate::supplement::GeneralVocabulary;
use crate::surroundings::{PLAINLY, Surroundings, TypeNames};
use crate::table::{KnownWords, Table};
use crate::vocabulary::Vocabulary;

/// Runners-up that are reported.
const ALTERNATIVES: usize = 5;

/// Says what a table is.
///
/// ```
/// use torqueflow_detection::{Detector, built_in_sources};
/// let detector = Detector::new(built_in_sources());
/// let columns = ["Reg No", "Make", "Model"].map(String::from);
/// let detection = detector.detect(&columns, &[]);
/// assert_eq!(detection.table_type.unwrap().type_id, "generic.vehicles");
/// ```
#[derive(Debug, Clone)]
pub struct Detector {
    sources: Vec<SourceDefinition>,
    /// Of each generic type, in their order.
    vocabularies: Vec<Vocabulary>,
    general: GeneralVocabulary,
    words: KnownWords,
    names: TypeNames,
    references: References,
}

impl Detector {
    /// A detector that knows these sources. With none named `generic` it recognises nothing but them.
    pub fn new(sources: Vec<SourceDefinition>) -> Self {
        Self {
            vocabularies: generic_tables(&sources).map(Vocabulary::new).collect(),
            general: GeneralVocabulary::of(generic_tables(&sources)),
            words: KnownWords::of(&sources),
            names: TypeNames::of(&sources),
            references: References::of(generic_tables(&sources)),
            sources,
        }
    }

    /// The sources that it knows.
    pub fn sources(&self) -> &[SourceDefinition] {
        &self.sources
    }

    /// What a table is, from its headers and up to a thousand or so of its first rows.
    pub fn detect(&self, columns: &[String], samples: &[Row]) -> Detection {
        self.detect_in(columns, samples, &Surroundings::default())
    }

    /// The same, with the words that stand around the table, and the others of its document.
    pub fn detect_in(&self, columns: &[String], samples: &[Row], around: &Surroundings) -> Detection {
        self.look_again(self.look(columns, samples, around), columns, samples, around)
    }

    /// What a table is by itself and by the words around it.
    fn look(&self, columns: &[String], samples: &[Row], around: &Surroundings) -> Detection {
        let written = Headers::new(columns);
        let headers = self.in_english(&written);
        let file = Table::new(&headers, samples, &self.words);
        let fits = self.fits(&written, &file, |_| true);
        let best = self.best_named(&fits, &file, around);
        let best = best.filter(|fit| fit.verdict != Verdict::Not);
        // A whole signature needs no second opinion.
        let candidates = match best {
            Some(fit) if fit.verdict == Verdict::Whole => Vec::new(),
            _ => self.candidates(&file, around),
        };
        let possible = best_candidate(&candidates);
        let detection = match (best, possible) {
            (Some(fit), Some(candidate)) if candidate.template && !fit.own_spelling => from_candidate(candidate, &file),
            (Some(fit), _) => from_fit(fit, &self.equals(fit, &fits, around), &file),
            (None, _) => settle(&candidates, &file),
        };
        with_alternatives(detection, &fits, &candidates)
    }

    /// The table of this source that fits best, with its missing columns, as if a person had named the source.
    /// `None` if there is no such source; a file of which the source knows no header stays unrecognised.
    pub fn detect_as(&self, source_system: &str, columns: &[String], samples: &[Row]) -> Option<Detection> {
        self.detect_as_in(source_system, columns, samples, &Surroundings::default())
    }

    /// The same, with the words that stand around the table, and the others of its document.
    pub fn detect_as_in(
        &self,
        source_system: &str,
        columns: &[String],
        samples: &[Row],
        around: &Surroundings,
    ) -> Option<Detection> {
        let source = self.sources.iter().find(|source| source.id == source_system)?;
        let written = Headers::new(columns);
        let headers = self.in_english(&written);
        let file = Table::new(&headers, samples, &self.words);
        if source.id == GENERIC {
            let first = settle(&self.candidates(&file, around), &file);
            return Some(self.look_again(first, columns, samples, around));
        }
        let fits = self.fits(&written, &file, |other| other.id == source.id);
        let best = self.best_named(&fits, &file, around).or_else(|| best_fit(&fits));
        Some(match best.filter(|fit| fit.mapping.known_count() > 0) {
            Some(fit) => from_fit(fit, &self.equals(fit, &fits, around), &file),
            None => unrecognised(&self.candidates(&file, around), &file),
        })
    }

    /// The file read as a table of this type, whatever it seems to be. `None` if there is no such type.
    pub fn detect_type(&self, type_id: &str, columns: &[String], samples: &[Row]) -> Option<Detection> {
        self.detect_type_in(type_id, columns, samples, &Surroundings::default())
    }

    /// The same, with the other tables of its document, which may say what a column means.
    pub fn detect_type_in(
        &self,
        type_id: &str,
        columns: &[String],
        samples: &[Row],
        around: &Surroundings,
    ) -> Option<Detection> {
        let written = Headers::new(columns);
        let mut headers = self.in_english(&written);
        self.read_beside(&mut headers, around);
        let file = Table::new(&headers, samples, &self.words);
        let generic = generic_tables(&self.sources).zip(&self.vocabularies);
        for (table, words) in generic {
            if table.type_id == type_id && !table.entities().is_empty() {
                let mut candidate = Candidate::new(table, words, &file, 1.0);
                second_look::mark_read(std::slice::from_mut(&mut candidate), &headers);
                return Some(from_candidate(&candidate, &file));
            }
        }
        let has_it = |source: &SourceDefinition| source.tables.iter().any(|table| table.type_id == type_id);
        let mut fits = self.fits(&written, &file, has_it);
        fits.retain(|fit| fit.table.type_id == type_id);
        fits.first().map(|fit| from_fit(fit, &Equals::default(), &file))
    }

    /// Known systems are told by the headers as they are written, and what they don't name by what it means.
    fn fits(&self, written: &Headers, file: &Table, wanted: impl Fn(&SourceDefinition) -> bool) -> Vec<Fit<'_>> {
        let sources = self
            .sources
            .iter()
            .filter(|source| source.id != GENERIC && wanted(source));
        let mut fits: Vec<Fit> = sources
            .flat_map(|source| source.tables.iter().map(|table| Fit::new(source, table, written)))
            .collect();
        for fit in fits.iter_mut().filter(|fit| fit.verdict != Verdict::Not) {
            self.general.supplement(&mut fit.supplemented, fit.table, file);
        }
        fits
    }

    /// The fit that is best, of those that the words around the table don't speak against: a system writes its suppliers with
    /// the columns of its customers. `None` where they speak of others than whom all fits are of.
    fn best_named<'a, 'b>(&self, fits: &'a [Fit<'b>], file: &Table, around: &Surroundings) -> Option<&'a Fit<'b>> {
        let best = best_fit(fits.iter().filter(|fit| !fit.table.must_be_named))?;
        if best.table.entities() != [EntityKind::Customer] {
            return Some(best);
        }
        let named = self.names.named(around);
        let table_of = |type_id: &str| generic_tables(&self.sources).find(|table| table.type_id == type_id);
        let named: Vec<(&TableSignature, f64)> = named
            .into_iter()
            .filter_map(|(type_id, strength)| Some((table_of(type_id)?, strength)))
            .collect();
        let is_of_customers = |(table, _): &(&TableSignature, f64)| table.entities().contains(&EntityKind::Customer);
        if named.iter().any(is_of_customers) {
            return Some(best);
        }
        let names_suppliers = |(table, strength): &(&TableSignature, f64)| {
            *strength >= PLAINLY && table.entities() == [EntityKind::Supplier]
        };
        let has_suppliers = named.iter().any(names_suppliers) || has_columns_of_suppliers(best, file);
        if has_suppliers {
            let suppliers = fits.iter().filter(|fit| fit.table.entities() == [EntityKind::Supplier]);
            let own = suppliers.filter(|fit| fit.source.id == best.source.id && fit.verdict != Verdict::Not);
            return best_fit(own);
        }
        let names_staff = |(table, strength): &(&TableSignature, f64)| *strength >= PLAINLY && !table.signs.is_empty();
        (!named.iter().any(names_staff)).then_some(best)
    }

    fn candidates(&self, file: &Table, around: &Surroundings) -> Vec<Candidate<'_>> {
        let mut named = self.names.named(around);
        let shared = file.headers.shared_words().iter();
        named.extend(shared.filter_map(|word| self.names.of_word(word)));
        let strength = |table: &TableSignature| {
            let own = named.iter().filter(|(type_id, _)| *type_id == table.type_id);
            own.map(|(_, strength)| *strength).fold(0.0, f64::max)
        };
        let mut candidates: Vec<Candidate> = generic_tables(&self.sources)
            .zip(&self.vocabularies)
            .map(|(table, words)| Candidate::new(table, words, file, strength(table)))
            .collect();
        let named: Vec<(&TableSignature, f64)> = candidates.iter().map(|other| (other.table, other.named)).collect();
        for candidate in &mut candidates {
            candidate.share_name(&named, file);
        }
        second_look::mark_read(&mut candidates, file.headers);
        candidates
    }

    /// The tables that have the very same columns as the one that fits, unless the words around name that one.
    fn equals<'a, 'b>(&self, fit: &Fit<'b>, fits: &'a [Fit<'b>], around: &Surroundings) -> Equals<'a, 'b> {
        let may_be = |other: &&Fit| !other.table.must_be_named && fit.indistinguishable_from(other);
        let all = fits.iter().filter(may_be);
        let (own, other): (Vec<_>, Vec<_>) = all.partition(|other| other.source.id == fit.source.id);
        if own.is_empty() {
            return Equals {
                other,
                ..Equals::default()
            };
        }
        let named = self.names.named(around);
        let strength = |table: &TableSignature| {
            let alike = generic_tables(&self.sources).filter(|other| other.entities() == table.entities());
            let ids: Vec<&str> = alike.map(|other| other.type_id.as_str()).collect();
            let of_it = named.iter().filter(|(type_id, _)| ids.contains(type_id));
            of_it.map(|(_, strength)| *strength).fold(0.0, f64::max)
        };
        let least = strength(fit.table);
        let best = own.iter().copied().find(|other| strength(other.table) > least);
        let is_named = best.is_some() || own.iter().all(|other| strength(other.table) < least);
        Equals {
            named: best,
            own: if is_named { Vec::new() } else { own },
            other,
        }
    }

    /// The headers as tables of no known system are told by them.
    fn in_english(&self, headers: &Headers) -> Headers {
        headers.in_english(|folded| {
            let is_known = |words: &Vocabulary| !words.columns(folded).is_empty();
            let mut excluded = generic_tables(&self.sources).flat_map(|table| &table.excluded);
            let is_word = self.words.is_no_field(folded) || self.vocabularies.iter().any(is_known);
            is_word || excluded.any(|text| text == folded)
        })
    }
}

fn generic_tables(sources: &[SourceDefinition]) -> impl Iterator<Item = &TableSignature> {
    let generic = sources.iter().filter(|source| source.id == GENERIC);
    generic.flat_map(|source| &source.tables)
}

fn best_fit<'a, 'b: 'a>(fits: impl IntoIterator<Item = &'a Fit<'b>>) -> Option<&'a Fit<'b>> {
    let fits = fits.into_iter();
    fits.reduce(|best, fit| if fit.better_than(best) { fit } else { best })
}

/// Columns that the table does not know say what only suppliers have, and none says whose customers they are.
fn has_columns_of_suppliers(fit: &Fit, file: &Table) -> bool {
    const SUPPLIERS: [&str; 4] = ["vendor", "vendors", "supplier", "suppliers"];
    const CUSTOMERS: [&str; 4] = ["customer", "customers", "client", "clients"];
    let has = |index: usize, list: &[&str]| file.words(index).iter().any(|word| list.contains(&word.as_str()));
    let filled = || (0..file.headers.len()).filter(|index| file.is_filled(*index));
    let of_suppliers = filled().filter(|index| !fit.mapping.is_known(*index) && has(*index, &SUPPLIERS));
    of_suppliers.count() >= 2 && !(0..file.headers.len()).any(|index| has(index, &CUSTOMERS))
}

/// With what it could be instead, no likelier than what it is.
fn with_alternatives(mut detection: Detection, fits: &[Fit], candidates: &[Candidate]) -> Detection {
    let chosen = detection.table_type.as_ref().map(|found| &found.type_id);
    detection.alternatives = alternatives(fits, candidates);
    detection.alternatives.retain(|(id, _)| Some(id) != chosen);
    detection.alternatives.truncate(ALTERNATIVES);
    if detection.table_type.is_some() {
        for (_, confidence) in &mut detection.alternatives {
            *confidence = confidence.min(detection.confidence);
        }
    }
    detection
}

fn alternatives(fits: &[Fit], candidates: &[Candidate]) -> Vec<(String, f64)> {
    let known = fits
        .iter()
        .filter(|fit| fit.verdict != Verdict::Not && !fit.table.entities().is_empty())
        .map(|fit| (fit.table.type_id.clone(), rounded(fit.confidence())));
    let generic = candidates
        .iter()
        .filter(|candidate| candidate.is_possible() && !candidate.is_left_out())
        .map(|candidate| (candidate.table.type_id.clone(), rounded(candidate.confidence)));
    let mut all: Vec<(String, f64)> = known.chain(generic).collect();
    all.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    all
}
