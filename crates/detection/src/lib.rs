#![doc = include_str!("../README.md")]

mod affix;
mod assign;
mod beside;
mod built_in;
mod by_text;
mod column;
mod detection;
mod detector;
mod evidence;
mod generic;
mod header_set;
mod headers;
mod languages;
mod outcome;
mod settle;
mod signature;
mod similar;
mod source;
mod source_error;
mod spoken;
mod supplement;
mod surroundings;
mod table;
mod toml_file;
mod values;
mod vocabulary;

pub use beside::{Beside, Bond, Landmark};
pub use built_in::built_in_sources;
pub use detection::{
    ConfidenceLevel, DetectedColumn, DetectedType, Detection, DetectionWarning, MatchedBy, TypeCandidate,
};
pub use detector::Detector;
pub use header_set::HeaderSet;
pub use source::{check_source, parse_source};
pub use source_error::SourceError;
pub use surroundings::Surroundings;
