//! The detector: weighs all known tables against a header row.

use torqueflow_model::{Row, SourceDefinition, TableSignature};

use crate::assign::Mapping;
use crate::detection::{ConfidenceLevel, DetectedColumn, DetectedType, Detection, DetectionWarning, MatchedBy};
use crate::evidence;
use crate::generic::{Candidate, Table};
use crate::headers::Headers;
use crate::signature::{Fit, Verdict};
use crate::values::ColumnLook;
use crate::vocabulary::Vocabulary;

/// The source whose tables are recognised by what their columns mean, not by a signature.
const GENERIC: &str = "generic";
/// The confidence in one of two types that explain a file equally well.
const UNDECIDED: f64 = 0.65;
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
}

impl Detector {
    /// A detector that knows these sources. With none named `generic` it recognises nothing but them.
    pub fn new(sources: Vec<SourceDefinition>) -> Self {
        let vocabularies = generic_tables(&sources).map(Vocabulary::new).collect();
        Self { sources, vocabularies }
    }

    /// The sources that it knows.
    pub fn sources(&self) -> &[SourceDefinition] {
        &self.sources
    }

    /// What a table is, from its headers and up to a hundred or so of its first rows.
    pub fn detect(&self, columns: &[String], samples: &[Row]) -> Detection {
        let headers = Headers::new(columns);
        let file = look_at(&headers, samples);
        let fits = self.fits(&headers, |_| true);
        let best = best_fit(&fits).filter(|fit| fit.verdict != Verdict::Not);
        // A whole signature needs no second opinion.
        let candidates = match best {
            Some(fit) if fit.verdict == Verdict::Whole => Vec::new(),
            _ => self.candidates(&file),
        };
        let possible = best_candidate(&candidates);
        let mut detection = match (best, possible) {
            (Some(fit), Some(candidate)) if candidate.template && !fit.own_spelling => {
                from_candidate(candidate, &file, samples)
            }
            (Some(fit), _) => from_fit(fit, &fits, &file, samples),
            (None, Some(candidate)) => from_candidate(candidate, &file, samples),
            (None, None) => unrecognised(&candidates, &file, samples),
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
        let source = self.sources.iter().find(|source| source.id == source_system)?;
        let headers = Headers::new(columns);
        let file = look_at(&headers, samples);
        if source.id == GENERIC {
            let candidates = self.candidates(&file);
            return Some(match best_candidate(&candidates) {
                Some(candidate) => from_candidate(candidate, &file, samples),
                None => unrecognised(&candidates, &file, samples),
            });
        }
        let fits = self.fits(&headers, |other| other.id == source.id);
        Some(match best_fit(&fits).filter(|fit| fit.mapping.known_count() > 0) {
            Some(fit) => from_fit(fit, &fits, &file, samples),
            None => unrecognised(&self.candidates(&file), &file, samples),
        })
    }

    /// The file read as a table of this type, whatever it seems to be. `None` if there is no such type.
    pub fn detect_type(&self, type_id: &str, columns: &[String], samples: &[Row]) -> Option<Detection> {
        let headers = Headers::new(columns);
        let file = look_at(&headers, samples);
        let generic = generic_tables(&self.sources).zip(&self.vocabularies);
        for (table, words) in generic {
            if table.type_id == type_id {
                return Some(from_candidate(&Candidate::new(table, words, &file), &file, samples));
            }
        }
        let mut fits = self.fits(&headers, |source| source.id != GENERIC);
        fits.retain(|fit| fit.table.type_id == type_id);
        fits.first().map(|fit| from_fit(fit, &[], &file, samples))
    }

    fn fits(&self, headers: &Headers, wanted: impl Fn(&SourceDefinition) -> bool) -> Vec<Fit<'_>> {
        let sources = self
            .sources
            .iter()
            .filter(|source| source.id != GENERIC && wanted(source));
        sources
            .flat_map(|source| source.tables.iter().map(|table| Fit::new(source, table, headers)))
            .collect()
    }

    fn candidates(&self, file: &Table) -> Vec<Candidate<'_>> {
        generic_tables(&self.sources)
            .zip(&self.vocabularies)
            .map(|(table, words)| Candidate::new(table, words, file))
            .collect()
    }
}

fn generic_tables(sources: &[SourceDefinition]) -> impl Iterator<Item = &TableSignature> {
    let generic = sources.iter().filter(|source| source.id == GENERIC);
    generic.flat_map(|source| &source.tables)
}

fn look_at<'a>(headers: &'a Headers, samples: &[Row]) -> Table<'a> {
    let looks = (0..headers.len()).map(|index| ColumnLook::of(samples, index)).collect();
    Table::new(headers, looks)
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
        .filter(|fit| fit.verdict != Verdict::Not)
        .map(|fit| (fit.table.type_id.clone(), rounded(fit.confidence())));
    let generic = candidates
        .iter()
        .filter(|candidate| candidate.is_possible())
        .map(|candidate| (candidate.table.type_id.clone(), rounded(candidate.confidence)));
    let mut all: Vec<(String, f64)> = known.chain(generic).collect();
    all.sort_by(|left, right| right.1.total_cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    all
}

/// Two digits are more than a confidence is good for.
fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

fn from_fit(fit: &Fit, others: &[Fit], file: &Table, samples: &[Row]) -> Detection {
    let mut warnings: Vec<DetectionWarning> = evidence::missing(&fit.missing).into_iter().collect();
    let mut confidence = fit.confidence();
    let equals: Vec<&Fit> = others
        .iter()
        .filter(|other| fit.indistinguishable_from(other))
        .collect();
    let label_of = |other: &&&Fit| other.table.label.clone();
    let own = |other: &&&Fit| other.source.id == fit.source.id;
    let same_source: Vec<String> = equals.iter().filter(own).map(|other| label_of(&other)).collect();
    if !same_source.is_empty() {
        confidence = UNDECIDED;
        let message = format!(
            "The columns fit {} as well as {}. Please check which it is.",
            evidence::names(&same_source),
            fit.table.label
        );
        warnings.push(DetectionWarning::new("ambiguous_type", message));
    }
    let other_source: Vec<String> = equals
        .iter()
        .filter(|other| !own(other))
        .map(|other| other.source.label.clone())
        .collect();
    if !other_source.is_empty() {
        let message = format!(
            "{} exports the same columns. The file is treated as {}, which you can change.",
            evidence::names(&other_source),
            fit.source.label
        );
        warnings.push(DetectionWarning::new("compatible_source", message));
    }
    let outcome = Outcome {
        table_type: Some(describe(&fit.source.id, fit.table)),
        mapping: &fit.mapping,
        confidence,
        missing: fit.missing.clone(),
        warnings,
        evidence: evidence::of_fit(fit, file),
    };
    outcome.finish(file, samples)
}

fn from_candidate(candidate: &Candidate, file: &Table, samples: &[Row]) -> Detection {
    let mut warnings: Vec<DetectionWarning> = evidence::missing(&candidate.missing).into_iter().collect();
    for (index, look) in &candidate.mismatched {
        let message = format!(
            "The values in “{}” look like {}, so the column is not used by its name.",
            file.headers.text(*index).trim(),
            look.plural()
        );
        warnings.push(DetectionWarning::new("values_contradict_header", message));
    }
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
    let nothing = Mapping {
        fields: vec![None; file.headers.len()],
        known: Vec::new(),
        found: Vec::new(),
    };
    let best = candidates
        .iter()
        .reduce(|best, other| if other.rank() > best.rank() { other } else { best });
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
                None => evidence::unmapped(self.mapping, headers),
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
            missing: self.missing,
        }
    }
}
