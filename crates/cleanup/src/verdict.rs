//! What a rule says of one value.

use torqueflow_model::{FindingCode, Value};

use crate::text::stands_for_blank;

/// The canonical value, if there is one, and what a person should know about it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Verdict {
    pub value: Option<Value>,
    pub notes: Vec<Note>,
}

/// A finding without its place.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Note {
    pub code: FindingCode,
    pub detail: String,
}

impl Note {
    pub fn new(code: FindingCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
        }
    }
}

impl Verdict {
    /// A value with nothing to say about it.
    pub fn of(value: Value) -> Self {
        Self {
            value: Some(value),
            notes: Vec::new(),
        }
    }

    /// Clean text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Value::Text(text.into()))
    }

    /// No value, for this reason.
    pub fn null(code: FindingCode) -> Self {
        Self::default().note(code, "")
    }

    /// The same; of a text that stands for no value, that it does, instead of what it is not.
    pub fn or_placeholder(self, text: &str) -> Self {
        let is_no = |code| {
            matches!(
                code,
                FindingCode::NumberInvalid
                    | FindingCode::DateInvalid
                    | FindingCode::BooleanInvalid
                    | FindingCode::ChoiceUnknown
            )
        };
        if self.notes.iter().any(|note| is_no(note.code)) && stands_for_blank(text) {
            return Self::null(FindingCode::ValuePlaceholder);
        }
        self
    }

    /// The same with one more note.
    pub fn note(mut self, code: FindingCode, detail: impl Into<String>) -> Self {
        self.notes.push(Note::new(code, detail));
        self
    }

    /// The same with a note if `condition` holds.
    pub fn note_if(self, condition: bool, code: FindingCode, detail: impl Into<String>) -> Self {
        if condition { self.note(code, detail) } else { self }
    }
}

/// How the tests of every rule write a verdict: the value or `-`, then the codes with their details.
#[cfg(test)]
impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{value}")?,
            None => f.write_str("-")?,
        }
        for note in &self.notes {
            write!(f, " [{}", note.code.code())?;
            if !note.detail.is_empty() {
                write!(f, ": {}", note.detail)?;
            }
            f.write_str("]")?;
        }
        Ok(())
    }
}
