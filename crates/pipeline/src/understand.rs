//! What a table is and how its rows are to be read, by what is detected and by what a person says instead.

use std::collections::BTreeSet;
use std::fmt;

use torqueflow_detection::{Detection, Surroundings};
use torqueflow_model::{EntityKind, Row};

use crate::flagged::flags;
use crate::mapping::{Mapping, MappingError, map_columns, nearest};
use crate::plan::TablePlan;
use crate::sources::Sources;

/// What a person says of a table. What is `None` is left to the detection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableChoice {
    /// The type: `generic.customers`.
    pub table_type: Option<String>,
    /// What becomes of columns; those that are not named are left to the detection.
    pub mapping: Option<Mapping>,
}

/// What a person's choices can't do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChoiceError {
    /// There is no such type of table.
    UnknownType {
        /// What was given.
        given: String,
        /// The type that is nearest to it.
        nearest: Option<String>,
    },
    /// A mapping needs a type.
    NoType,
    /// A table is found again by its header.
    NoHeader,
    /// A mapping can't be saved under this name.
    InvalidName,
    /// The mapping can't be as it is, entry by entry.
    Mapping(Vec<MappingError>),
}

impl fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownType { given, nearest } => {
                write!(f, "there is no table type `{given}`")?;
                match nearest {
                    Some(nearest) => write!(f, "; `{nearest}` is the nearest"),
                    None => Ok(()),
                }
            }
            Self::NoType => f.write_str("the table needs a type before its columns can be mapped"),
            Self::NoHeader => {
                f.write_str("the table has no header by which it could be found again, so its mapping can't be saved")
            }
            Self::InvalidName => f.write_str("the name of a mapping has 1 to 100 characters on one line"),
            Self::Mapping(errors) => {
                for (index, error) in errors.iter().enumerate() {
                    write!(f, "{}{error}", if index > 0 { "; " } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ChoiceError {}

/// What a table is, with how its rows are to be read before any of them were asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// What it is.
    pub detection: Detection,
    /// How its rows are read.
    pub plan: TablePlan,
    /// What a person should know of it, in sentences.
    pub notes: Vec<String>,
}

/// Understands a table by what a person says of it. With a `source_system`, what is not said is recognised as that system's
/// only.
///
/// # Errors
///
/// What can't be of the choice.
pub fn understand(
    sources: &Sources,
    source_system: Option<&str>,
    headers: &[String],
    samples: &[Row],
    around: &Surroundings,
    choice: &TableChoice,
) -> Result<Understood, ChoiceError> {
    let mut detection = match &choice.table_type {
        Some(type_id) => sources
            .detect_type(type_id, headers, samples, around)
            .ok_or_else(|| unknown_type(sources, type_id))?,
        None => sources.detect_in(source_system, headers, samples, around),
    };
    if choice.table_type.is_some() {
        detection.warnings.retain(|warning| warning.code != "unrecognised_file");
    }
    let mut plan = TablePlan::from_detection(&detection);
    let mut notes = Vec::new();
    if let Some(mapping) = &choice.mapping {
        if plan.type_id.is_none() {
            return Err(ChoiceError::NoType);
        }
        notes = map_columns(&mut plan, headers, mapping).map_err(ChoiceError::Mapping)?;
        require_columns(&mut detection, &plan);
        let unmapped = headers.iter().zip(&plan.columns);
        let unmapped =
            unmapped.filter(|(header, column)| !header.trim().is_empty() && column.fields().next().is_none());
        let unmapped: Vec<String> = unmapped.map(|(header, _)| header.trim().to_owned()).collect();
        detection.set_unmapped(&unmapped);
        if let Some(found) = &mut detection.table_type {
            found.entities = entities(&plan).into_iter().collect();
            if !found.is_left_out() {
                detection.warnings.retain(|warning| warning.code != "not_imported");
            }
        }
    }
    plan.flags = flags(sources, &plan);
    Ok(Understood { detection, plan, notes })
}

fn unknown_type(sources: &Sources, given: &str) -> ChoiceError {
    let tables = sources.definitions().iter().flat_map(|source| &source.tables);
    let known: Vec<&str> = tables.map(|table| table.type_id.as_str()).collect();
    let names = || known.iter().copied();
    let in_general = format!("generic.{}", given.trim());
    let by_name = || {
        let general = names().find(|id| *id == in_general);
        general.or_else(|| names().find(|id| id.split('.').next_back() == Some(given.trim())))
    };
    ChoiceError::UnknownType {
        given: given.to_owned(),
        nearest: nearest(given, names()).or_else(by_name).map(str::to_owned),
    }
}

/// With a person's mapping, what a table can't do without is what its main record can't.
fn require_columns(detection: &mut Detection, plan: &TablePlan) {
    let Some(main) = entities(plan).into_iter().next() else {
        return;
    };
    let is_mapped = |name: &&str| {
        let mut fields = plan.fields();
        fields.any(|field| field.slot.entity() == main && field.spec.name == *name)
    };
    let missing: Vec<String> = main
        .spec()
        .required
        .iter()
        .filter(|group| !group.iter().any(is_mapped))
        .map(|group| group.join(" or "))
        .collect();
    detection.set_missing_required(missing);
}

/// The kinds of record that the mapped columns make, in import order.
fn entities(plan: &TablePlan) -> BTreeSet<EntityKind> {
    let fields = plan.columns.iter().flat_map(crate::plan::PlannedColumn::fields);
    fields.map(|field| field.slot.entity()).collect()
}
