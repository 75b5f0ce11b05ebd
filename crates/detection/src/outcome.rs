//! What was decided, put into a [`Detection`].

use torqueflow_model::{EntityKind, Slot, TableSignature};

use crate::assign::Mapping;
use crate::detection::{
    ConfidenceLevel, DetectedColumn, DetectedType, Detection, DetectionWarning, MatchedBy, TypeCandidate,
};
use crate::evidence;
use crate::generic::Candidate;
use crate::signature::Fit;
use crate::table::Table;

/// The source whose tables are recognised by what their columns mean, not by a signature.
pub const GENERIC: &str = "generic";
/// The confidence in one of two types that explain a file equally well.
const UNDECIDED: f64 = 0.65;
const NOT_RECOGNISED: &str = "This file wasn't recognised. Check the format and try again.";

/// Tables of known systems that have the very same columns.
#[derive(Default)]
pub struct Equals<'a, 'b> {
    /// The one that the words around name.
    pub named: Option<&'a Fit<'b>>,
    /// Those of the same system, where nothing tells which it is.
    pub own: Vec<&'a Fit<'b>>,
    /// Those of other systems.
    pub other: Vec<&'a Fit<'b>>,
}

/// Two digits are more than a confidence is good for.
pub fn rounded(confidence: f64) -> f64 {
    (confidence * 100.0).round() / 100.0
}

/// A table of which it is known what it is, and that nothing of it is imported.
pub fn left_out(
    source_id: &str,
    table: &TableSignature,
    (confidence, evidence): (f64, Vec<String>),
    file: &Table,
) -> Detection {
    let outcome = Outcome {
        table_type: Some(describe(source_id, table)),
        mapping: &Mapping::empty(file.headers.len(), 0),
        confidence,
        missing: Vec::new(),
        warnings: Vec::new(),
        evidence,
    };
    outcome.finish(file)
}

pub fn from_fit(fit: &Fit, equals: &Equals, file: &Table) -> Detection {
    let fit = equals.named.unwrap_or(fit);
    if fit.table.entities().is_empty() {
        let why = (fit.confidence(), evidence::of_fit(fit, file));
        return left_out(&fit.source.id, fit.table, why, file);
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
        return outcome.finish(file);
    }
    // Which of the system's tables it is, nobody can say.
    let possible: Vec<&Fit> = std::iter::once(fit).chain(equals.own.iter().copied()).collect();
    let labels: Vec<String> = possible.iter().map(|fit| fit.table.label.clone()).collect();
    outcome.table_type = None;
    outcome.confidence = UNDECIDED;
    outcome
        .warnings
        .push(DetectionWarning::new("unrecognised_file", NOT_RECOGNISED));
    outcome.warnings.push(evidence::ambiguous(&labels, None));
    let mut detection = outcome.finish(file);
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

pub fn from_candidate(candidate: &Candidate, file: &Table) -> Detection {
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
    outcome.finish(file)
}

/// No type; the columns carry what they would be in this one.
pub fn suggested(best: Option<&Candidate>, file: &Table) -> Detection {
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
    outcome.finish(file)
}

/// What the table may be, and why.
pub fn type_candidate(candidate: &Candidate, file: &Table) -> TypeCandidate {
    TypeCandidate {
        type_id: candidate.table.type_id.clone(),
        label: candidate.table.label.clone(),
        confidence: rounded(candidate.confidence),
        evidence: evidence::of_candidate(candidate, file),
    }
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
    fn finish(self, file: &Table) -> Detection {
        let headers = file.headers;
        let confidence = rounded(self.confidence);
        let mut warnings = self.warnings;
        warnings.extend(evidence::of_headers(headers, file.samples()));
        if let Some(found) = &self.table_type {
            warnings.extend(match &found.not_imported {
                Some(reason) => Some(evidence::not_imported(&found.label, reason)),
                None => evidence::unmapped(&evidence::without_field(self.mapping, headers)),
            });
            warnings.extend(evidence::date_order(
                found.date_order,
                self.mapping,
                headers,
                file.samples(),
            ));
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
