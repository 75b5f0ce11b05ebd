//! What detection says of a table.

use serde::{Deserialize, Serialize, Serializer};
use strum::IntoStaticStr;
use torqueflow_model::{DateOrder, EntityKind, FieldRef};

use crate::evidence;

/// What a table seems to be, how sure that is, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Detection {
    /// What it is; `None` when that can't be said. It then needs a person.
    pub table_type: Option<DetectedType>,
    /// From 0 to 1.
    pub confidence: f64,
    /// The same in a word.
    pub confidence_level: ConfidenceLevel,
    /// One per column of the file, in its order.
    pub columns: Vec<DetectedColumn>,
    /// What a person should know.
    pub warnings: Vec<DetectionWarning>,
    /// The reasons, in sentences.
    pub evidence: Vec<String>,
    /// Other types that it could be, with their confidence, best first.
    pub alternatives: Vec<(String, f64)>,
    /// Where nobody can say which of them it is: the types that it may be, best first. Such a table has no type.
    pub candidates: Vec<TypeCandidate>,
    pub(crate) missing: Vec<String>,
}

impl Detection {
    /// The required columns that are absent, as the source writes them. A table with any is flagged, not imported.
    /// Where one of several would do, they are one entry: `Phone or PhoneLandline`.
    pub fn missing_required(&self) -> &[String] {
        &self.missing
    }

    /// Replaces what is known of absent required columns, when a person has mapped the columns.
    pub fn set_missing_required(&mut self, columns: Vec<String>) {
        let warning = evidence::missing(&columns);
        self.warnings.retain(|known| known.code != "missing_required_column");
        self.warnings.extend(warning);
        self.missing = columns;
    }

    /// Replaces what is known of columns that are not imported, when a person has mapped the columns.
    pub fn set_unmapped(&mut self, columns: &[String]) {
        self.warnings.retain(|known| known.code != "unmapped_columns");
        self.warnings.extend(evidence::unmapped(columns));
    }

    /// It is known what it is, and that is something that is imported.
    pub fn is_imported(&self) -> bool {
        self.table_type.as_ref().is_some_and(|found| !found.is_left_out())
    }

    /// The warning with this code, if it was given.
    pub fn warning(&self, code: &str) -> Option<&DetectionWarning> {
        self.warnings.iter().find(|warning| warning.code == code)
    }
}

/// A type of table, with what the steps after detection need of it.
#[derive(Debug, Clone, PartialEq)]
pub struct DetectedType {
    /// The stable name: `techman.jobs`.
    pub type_id: String,
    /// What people call it.
    pub label: String,
    /// What its rows are called in a summary.
    pub noun: String,
    /// The id of its source: `techman`, or `generic`.
    pub source_system: String,
    /// The kinds of record in it, in import order.
    pub entities: Vec<EntityKind>,
    /// The order of day and month, where the source is known to keep one.
    pub date_order: Option<DateOrder>,
    /// Fields of which each row must have at least one per group, beyond what the catalogue asks.
    pub required_values: Vec<Vec<FieldRef>>,
    /// Why the table is left out although it is known what it is; `None` for one that is imported.
    pub not_imported: Option<String>,
}

impl DetectedType {
    /// Tables of this type are left out, and no person has said where their columns go.
    pub fn is_left_out(&self) -> bool {
        self.not_imported.is_some() && self.entities.is_empty()
    }
}

/// A type that a table may be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypeCandidate {
    /// The stable name: `generic.payments`.
    #[serde(rename = "type")]
    pub type_id: String,
    /// What people call it.
    pub label: String,
    /// From 0 to 1.
    pub confidence: f64,
    /// What speaks for it and against it, in sentences.
    pub evidence: Vec<String>,
}

/// One column of the file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DetectedColumn {
    /// Its header, as it stands in the file.
    pub header: String,
    /// Where its values go.
    pub field: Option<FieldRef>,
    /// How that was found.
    pub by: MatchedBy,
}

/// How a column found its field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MatchedBy {
    /// Its header is a known spelling.
    Alias,
    /// Its header is close to a known spelling.
    Similar,
    /// Its values look like it.
    Values,
    /// It has none.
    Unmapped,
}

/// Confidence in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ConfidenceLevel {
    /// Too little to say anything.
    None,
    /// A guess: somebody should look.
    Low,
    /// Probable.
    Medium,
    /// As good as certain.
    High,
}

impl ConfidenceLevel {
    /// The level of a confidence from 0 to 1.
    ///
    /// ```
    /// use torqueflow_detection::ConfidenceLevel;
    /// assert_eq!(ConfidenceLevel::of(0.9), ConfidenceLevel::High);
    /// assert_eq!(ConfidenceLevel::of(0.1), ConfidenceLevel::None);
    /// ```
    pub fn of(confidence: f64) -> Self {
        match confidence {
            c if c >= 0.85 => Self::High,
            c if c >= 0.6 => Self::Medium,
            c if c >= 0.4 => Self::Low,
            _ => Self::None,
        }
    }

    /// `high`, `medium`, `low` or `none`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl MatchedBy {
    /// `alias`, `similar`, `values` or `unmapped`.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Something that a person should know about how a table was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DetectionWarning {
    /// The stable name.
    pub code: &'static str,
    /// The sentence for a person.
    pub message: String,
}

impl DetectionWarning {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl Serialize for DetectedType {
    /// As in the contract: `type`, `label`, `noun`, `source_system`, `entities`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fields = serializer.serialize_struct("DetectedType", 5)?;
        fields.serialize_field("type", &self.type_id)?;
        fields.serialize_field("label", &self.label)?;
        fields.serialize_field("noun", &self.noun)?;
        fields.serialize_field("source_system", &self.source_system)?;
        fields.serialize_field("entities", &self.entities)?;
        fields.end()
    }
}
