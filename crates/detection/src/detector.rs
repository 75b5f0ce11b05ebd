//! The detector: weighs all known tables against a header row.

use torqueflow_model::{EntityKind, Row, Slot, SourceDefinition, TableSignature};

use crate::assign::Mapping;
use crate::detection::{
    ConfidenceLevel, DetectedColumn, DetectedType, Detection, DetectionWarning, MatchedBy, TypeCandidate,
};
use crate::evidence;
use crate::generic::Candidate;
use crate::headers::Headers;
use crate::signature::{Fit, Verdict};
use crate::supplement::GeneralVocabulary;
use crate::surroundings::{Surroundings, TypeNames};
use crate::table::{KnownWords, Table};
use crate::vocabulary::Vocabulary;

/// The source whose tables are recognised by what their columns mean, not by a signature.
const GENERIC: &str = "generic";
/// The confidence in one of two types that explain a file equally well.
const UNDECIDED: f64 = 0.65;
/// A type explains a file better than another if it does so by about a column.
const MARGIN: f64 = 0.75;
/// Below this confidence, that a type is the best of all does not make it the right one.
const SURE: f64 = 0.55;
/// Runners-up that are reported.
const ALTERNATIVES: usize = 5;
const NOT_RECOGNISED: &str = "This file wasn't recognised. Check the format and try again.";

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
}

impl Detector {
    /// A detector that knows these sources. With none named `generic` it recognises nothing but them.
    pub fn new(sources: Vec<SourceDefinition>) -> Self {
        Self {
            vocabularies: generic_tables(&sources).map(Vocabulary::new).collect(),
            general: GeneralVocabulary::of(generic_tables(&sources)),
            words: KnownWords::of(&sources),
            names: TypeNames::of(&sources),
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

    /// The same, with the words that stand around the table.
    pub fn detect_in(&self, columns: &[String], samples: &[Row], around: &Surroundings) -> Detection {
        let written = Headers::new(columns);
        let headers = self.in_english(&written);
        let file = Table::new(&headers, samples, &self.words);
        let fits = self.fits(&written, &file, |_| true);
        let best = best_fit(&fits).filter(|fit| fit.verdict != Verdict::Not);
        // A whole signature needs no second opinion.
        let candidates = match best {
            Some(fit) if fit.verdict == Verdict::Whole => Vec::new(),
            _ => self.candidates(&file, around),
        };
        let possible = best_candidate(&candidates);
        let mut detection = match (best, possible) {
            (Some(fit), Some(candidate)) if candidate.template && !fit.own_spelling => {
                from_candidate(candidate, &file, samples)
            }
            (Some(fit), _) => from_fit(fit, &self.equals(fit, &fits, around), &file, samples),
            (None, _) => settle(&candidates, &file, samples),
        };
        let chosen = detection.table_type.as_ref().map(|found| found.type_id.clone());
        detection.alternatives = alternatives(&fits, &candidates);
        detection.alternatives.retain(|(id, _)| Some(id) != chosen.as_ref());
        detection.alternatives.truncate(ALTERNATIVES);
        if detection.table_type.is_some() {
            for (_, confidence) in &mut detection.alternatives {
                *confidence = confidence.min(detection.confidence);
            }
        }
        detection
    }

    /// The table of this source that fits best, with its missing columns, as if a person had named the source.
    /// `None` if there is no such source; a file of which the source knows no header stays unrecognised.
    pub fn detect_as(&self, source_system: &str, columns: &[String], samples: &[Row]) -> Option<Detection> {
        self.detect_as_in(source_system, columns, samples, &Surroundings::default())
    }

    /// The same, with the words that stand around the table.
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
            return Some(settle(&self.candidates(&file, around), &file, samples));
        }
        let fits = self.fits(&written, &file, |other| other.id == source.id);
        Some(match best_fit(&fits).filter(|fit| fit.mapping.known_count() > 0) {
            Some(fit) => from_fit(fit, &self.equals(fit, &fits, around), &file, samples),
            None => unrecognised(&self.candidates(&file, around), &file, samples),
        })
    }

    /// The file read as a table of this type, whatever it seems to be. `None` if there is no such type.
    pub fn detect_type(&self, type_id: &str, columns: &[String], samples: &[Row]) -> Option<Detection> {
        let written = Headers::new(columns);
        let headers = self.in_english(&written);
        let file = Table::new(&headers, samples, &self.words);
        let generic = generic_tables(&self.sources).zip(&self.vocabularies);
        for (table, words) in generic {
            if table.type_id == type_id && !table.entities().is_empty() {
                return Some(from_candidate(
                    &Candidate::new(table, words, &file, 1.0),
                    &file,
                    samples,
                ));
            }
        }
        let has_it = |source: &SourceDefinition| source.tables.iter().any(|table| table.type_id == type_id);
        let mut fits = self.fits(&written, &file, has_it);
        fits.retain(|fit| fit.table.type_id == type_id);
        fits.first()
            .map(|fit| from_fit(fit, &Equals::default(), &file, samples))
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
        candidates
    }

    /// The tables that have the very same columns as the one that fits, unless the words around name that one.
    fn equals<'a, 'b>(&self, fit: &Fit<'b>, fits: &'a [Fit<'b>], around: &Surroundings) -> Equals<'a, 'b> {
        let all = fits.iter().filter(|other| fit.indistinguishable_from(other));
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

/// Tables of known systems that have the very same columns.
#[derive(Default)]
struct Equals<'a, 'b> {
    /// The one that the words around name.
    named: Option<&'a Fit<'b>>,
    /// Those of the same system, where nothing tells which it is.
    own: Vec<&'a Fit<'b>>,
    /// Those of other systems.
    other: Vec<&'a Fit<'b>>,
}

fn generic_tables(sources: &[SourceDefinition]) -> impl Iterator<Item = &TableSignature> {
    let generic = sources.iter().filter(|source| source.id == GENERIC);
    generic.flat_map(|source| &source.tables)
}

fn best_fit<'a, 'b>(fits: &'a [Fit<'b>]) -> Option<&'a Fit<'b>> {
    fits.iter()
        .reduce(|best, fit| if fit.better_than(best) { fit } else { best })
}

fn best_candidate<'a, 'b>(candidates: &'a [Candidate<'b>]) -> Option<&'a Candidate<'b>> {
    candidates
        .iter()
        .filter(|candidate| candidate.is_possible())
        .reduce(|best, other| if other.rank() > best.rank() { other } else { best })
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

/// Two digits are more than a confidence is good for.
fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

/// What a file of no known system is: the candidate that explains it, unless another does so nearly as well.
fn settle(candidates: &[Candidate], file: &Table, samples: &[Row]) -> Detection {
    let Some(best) = best_candidate(candidates) else {
        return unrecognised(candidates, file, samples);
    };
    let best = without_names(best, candidates);
    // What suppliers sent or are owed has the same columns as what customers get.
    let is_of_suppliers = |other: &Candidate| other.table.must_be_named && other.named > 0.0;
    let is_of_others = best.is_of_customers() && best.named == 0.0 && candidates.iter().any(is_of_suppliers);
    let is_close = |other: &&Candidate| {
        let is_other = other.table.type_id != best.table.type_id && !is_part_of(other.table, best.table);
        let is_near = best.rank() - other.rank() < MARGIN || (is_of_others && is_of_suppliers(other));
        is_other && other.is_possible() && is_near
    };
    let mut close: Vec<&Candidate> = candidates.iter().filter(is_close).collect();
    close.sort_by(|left, right| right.rank().total_cmp(&left.rank()));
    let is_of_lines = best.merged.is_some_and(|merged| merged.is_doubtful);
    let is_sure = best.confidence >= SURE && !best.only_names_people() && !is_of_others && !is_of_lines;
    if close.is_empty() && is_sure {
        if best.is_left_out() {
            let why = (best.confidence, evidence::of_candidate(best, file));
            return left_out(GENERIC, best.table, why, file, samples);
        }
        return from_candidate(best, file, samples);
    }
    let mut detection = suggested(Some(best), file, samples);
    let possible: Vec<&Candidate> = std::iter::once(best).chain(close).collect();
    let labels: Vec<String> = possible.iter().map(|candidate| candidate.table.label.clone()).collect();
    detection
        .warnings
        .push(match best.merged.filter(|_| is_of_lines && labels.len() == 1) {
            Some(merged) => evidence::few_records(merged, best.table),
            None => evidence::ambiguous(&labels),
        });
    let importable = possible.into_iter().filter(|candidate| !candidate.is_left_out());
    detection.candidates = importable
        .map(|candidate| TypeCandidate {
            type_id: candidate.table.type_id.clone(),
            label: candidate.table.label.clone(),
            confidence: rounded(candidate.confidence),
            evidence: evidence::of_candidate(candidate, file),
        })
        .collect();
    detection
}

/// The names in a list that is mostly about something else make no customers: of a stock of vehicles it is the vehicles.
fn without_names<'a, 'b>(best: &'a Candidate<'b>, candidates: &'a [Candidate<'b>]) -> &'a Candidate<'b> {
    if !best.only_names_people() {
        return best;
    }
    let is_rest = |other: &&Candidate| {
        let is_part = other.table.slots().len() < best.table.slots().len() && is_part_of(other.table, best.table);
        other.is_possible() && is_part && !other.only_names_people()
    };
    let rest = candidates.iter().filter(is_rest);
    rest.max_by(|one, other| one.rank().total_cmp(&other.rank()))
        .unwrap_or(best)
}

/// One of the two has all kinds of record of the other: which it is, is told by whether the further columns are there.
fn is_part_of(one: &TableSignature, other: &TableSignature) -> bool {
    let (one, other) = (one.slots(), other.slots());
    let within = |inner: &[Slot], outer: &[Slot]| !inner.is_empty() && inner.iter().all(|slot| outer.contains(slot));
    within(&one, &other) || within(&other, &one)
}

/// A table of which it is known what it is, and that nothing of it is imported.
fn left_out(
    source_id: &str,
    table: &TableSignature,
    (confidence, evidence): (f64, Vec<String>),
    file: &Table,
    samples: &[Row],
) -> Detection {
    let outcome = Outcome {
        table_type: Some(describe(source_id, table)),
        mapping: &Mapping::empty(file.headers.len(), 0),
        confidence,
        missing: Vec::new(),
        warnings: Vec::new(),
        evidence,
    };
    outcome.finish(file, samples)
}

fn from_fit(fit: &Fit, equals: &Equals, file: &Table, samples: &[Row]) -> Detection {
    let fit = equals.named.unwrap_or(fit);
    if fit.table.entities().is_empty() {
        let why = (fit.confidence(), evidence::of_fit(fit, file));
        return left_out(&fit.source.id, fit.table, why, file, samples);
    }
    let mut warnings: Vec<DetectionWarning> = evidence::missing(&fit.missing).into_iter().collect();
    let sources: Vec<String> = equals.other.iter().map(|other| other.source.label.clone()).collect();
    if !sources.is_empty() {
        let message = format!(
            "{} exports the same columns. The file is treated as {}, which you can change.",
            evidence::names(&sources),
            fit.source.label
        );
        warnings.push(DetectionWarning::new("compatible_source", message));
    }
    let mut outcome = Outcome {
        table_type: Some(describe(&fit.source.id, fit.table)),
        mapping: &fit.supplemented,
        confidence: fit.confidence(),
        missing: fit.missing.clone(),
        warnings,
        evidence: evidence::of_fit(fit, file),
    };
    if equals.own.is_empty() {
        return outcome.finish(file, samples);
    }
    // Which of the system's tables it is, nobody can say.
    let possible: Vec<&Fit> = std::iter::once(fit).chain(equals.own.iter().copied()).collect();
    let labels: Vec<String> = possible.iter().map(|fit| fit.table.label.clone()).collect();
    outcome.table_type = None;
    outcome.confidence = UNDECIDED;
    outcome
        .warnings
        .push(DetectionWarning::new("unrecognised_file", NOT_RECOGNISED));
    outcome.warnings.push(evidence::ambiguous(&labels));
    let mut detection = outcome.finish(file, samples);
    detection.candidates = possible
        .into_iter()
        .map(|fit| TypeCandidate {
            type_id: fit.table.type_id.clone(),
            label: fit.table.label.clone(),
            confidence: UNDECIDED,
            evidence: evidence::of_fit(fit, file),
        })
        .collect();
    detection
}

fn from_candidate(candidate: &Candidate, file: &Table, samples: &[Row]) -> Detection {
    let mut warnings: Vec<DetectionWarning> = evidence::missing(&candidate.missing).into_iter().collect();
    // Which rows are of the type is told by such a column, yes or no.
    let is_flag = |index: usize| {
        let mut flags = candidate.table.flags.iter();
        flags.any(|text| text == file.headers.folded(index))
    };
    let mismatched = candidate.mismatched.iter().filter(|mismatch| !is_flag(mismatch.column));
    warnings.extend(mismatched.map(|mismatch| evidence::mismatch(mismatch, file.headers)));
    if candidate.repeats && candidate.table.slots() == [Slot::Main(EntityKind::Invoice)] {
        let message =
            "Several rows have the same invoice number: they are lines of one invoice, and lines are not imported.";
        warnings.push(DetectionWarning::new("lines_not_imported", message));
    }
    warnings.extend(candidate.merged.map(|merged| evidence::merged(merged, candidate.table)));
    let outcome = Outcome {
        table_type: Some(describe(GENERIC, candidate.table)),
        mapping: &candidate.mapping,
        confidence: candidate.confidence,
        missing: candidate.missing.clone(),
        warnings,
        evidence: evidence::of_candidate(candidate, file),
    };
    outcome.finish(file, samples)
}

/// No type; the columns carry what they would be in the type that explains most of them.
fn unrecognised(candidates: &[Candidate], file: &Table, samples: &[Row]) -> Detection {
    let imported = candidates.iter().filter(|candidate| !candidate.is_left_out());
    let best = imported.reduce(|best, other| if other.rank() > best.rank() { other } else { best });
    suggested(best, file, samples)
}

/// No type; the columns carry what they would be in this one.
fn suggested(best: Option<&Candidate>, file: &Table, samples: &[Row]) -> Detection {
    let nothing = Mapping::empty(file.headers.len(), 0);
    let mut mapping = best.map_or(nothing, |candidate| candidate.mapping.clone());
    for (_, by) in mapping.fields.iter_mut().flatten() {
        if *by == MatchedBy::Alias {
            *by = MatchedBy::Similar;
        }
    }
    let outcome = Outcome {
        table_type: None,
        mapping: &mapping,
        confidence: best.map_or(0.0, |candidate| candidate.confidence.min(0.39)),
        missing: Vec::new(),
        warnings: vec![DetectionWarning::new("unrecognised_file", NOT_RECOGNISED)],
        evidence: best.map_or(Vec::new(), |candidate| evidence::of_candidate(candidate, file)),
    };
    outcome.finish(file, samples)
}

fn describe(source_id: &str, table: &TableSignature) -> DetectedType {
    DetectedType {
        type_id: table.type_id.clone(),
        label: table.label.clone(),
        noun: table.noun.clone(),
        source_system: source_id.to_owned(),
        entities: table.entities(),
        date_order: table.date_order,
        required_values: table.required_values.clone(),
        not_imported: table.not_imported.clone(),
    }
}

/// What was decided, before it is put into words.
struct Outcome<'a> {
    table_type: Option<DetectedType>,
    mapping: &'a Mapping,
    confidence: f64,
    missing: Vec<String>,
    warnings: Vec<DetectionWarning>,
    evidence: Vec<String>,
}

impl Outcome<'_> {
    fn finish(self, file: &Table, samples: &[Row]) -> Detection {
        let headers = file.headers;
        let confidence = rounded(self.confidence);
        let mut warnings = self.warnings;
        warnings.extend(evidence::of_headers(headers, samples));
        if let Some(found) = &self.table_type {
            warnings.extend(match &found.not_imported {
                Some(reason) => Some(evidence::not_imported(&found.label, reason)),
                None => evidence::unmapped(&evidence::without_field(self.mapping, headers)),
            });
            warnings.extend(evidence::date_order(found.date_order, self.mapping, headers, samples));
        }
        let columns = (0..headers.len())
            .map(|index| {
                let (field, by) = self.mapping.field(index).unzip();
                DetectedColumn {
                    header: headers.text(index).to_owned(),
                    field,
                    by: by.unwrap_or(MatchedBy::Unmapped),
                }
            })
            .collect();
        Detection {
            table_type: self.table_type,
            confidence,
            confidence_level: ConfidenceLevel::of(confidence),
            columns,
            warnings,
            evidence: self.evidence,
            alternatives: Vec::new(),
            candidates: Vec::new(),
            missing: self.missing,
        }
    }
}
