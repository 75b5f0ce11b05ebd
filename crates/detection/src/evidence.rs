//! Says in sentences why a table was taken for what it is, and what a person should know about it.

use torqueflow_model::{CellKind, DateOrder, FieldKind, FieldRef, Row, TableSignature};

use crate::assign::Mapping;
use crate::beside::{Beside, Bond};
use crate::detection::{DetectionWarning, MatchedBy};
use crate::generic::{Candidate, Merged, Mismatch};
use crate::headers::Headers;
use crate::signature::Fit;
use crate::table::Table;
use crate::values::ColumnLook;

/// Lists of columns in messages end after so many names.
const NAMES_SHOWN: usize = 12;

pub fn of_fit(fit: &Fit, file: &Table) -> Vec<String> {
    let mut lines = vec![format!(
        "{} of {} required {} columns",
        fit.matched,
        fit.table.required.len(),
        fit.source.label
    )];
    let known = fit.mapping.known_count();
    lines.push(format!(
        "{known} of {} headers are known in {}",
        file.headers.distinct(),
        fit.table.label
    ));
    lines.extend(telling_columns(&fit.supplemented, file));
    lines
}

pub fn of_candidate(candidate: &Candidate, file: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    if candidate.template {
        lines.push("the headers are those of our own template".to_owned());
    }
    lines.push(format!(
        "{} of {} columns are understood as {}",
        candidate.understood(),
        file.headers.len(),
        candidate.table.noun
    ));
    lines.extend(
        file.headers
            .language()
            .map(|language| format!("the headers are {language}")),
    );
    lines.extend(telling_columns(&candidate.mapping, file));
    if candidate.named > 0.0 {
        lines.push(format!("the words around the table speak of {}", candidate.named_as));
    }
    if !candidate.against.is_empty() {
        lines.push(format!("against it: {}", names(&candidate.against)));
    }
    lines
}

/// One sentence for each column that says most about what a row is.
fn telling_columns(mapping: &Mapping, file: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    for index in 0..file.headers.len() {
        let Some((field, by)) = mapping.field(index) else {
            continue;
        };
        let look = file.look(index).filter(|column| is_of_kind(*column, field.spec.kind));
        if look.is_some() || (is_telling(field) && by != MatchedBy::Values) {
            lines.push(sentence(file.headers.text(index), index, field, by, look));
        }
    }
    lines
}

fn sentence(header: &str, index: usize, field: FieldRef, by: MatchedBy, look: Option<ColumnLook>) -> String {
    let column = if header.trim().is_empty() {
        format!("column {}", index + 1)
    } else {
        format!("column `{}`", header.trim())
    };
    let how = match by {
        MatchedBy::Similar => "by a similar name",
        MatchedBy::Values => "by its values",
        MatchedBy::Alias | MatchedBy::Unmapped => "by its name",
    };
    let label = if field.spec.kind == FieldKind::Vrm {
        "a registration".to_owned()
    } else {
        format!("`{}`", field.spec.label)
    };
    let values = look.map_or(String::new(), |column| {
        format!(
            "; {} of {} values look like {}",
            column.hits,
            column.total,
            column.look.plural()
        )
    });
    format!("{column} is {label} {how}{values}")
}

fn is_telling(field: FieldRef) -> bool {
    matches!(
        field.spec.kind,
        FieldKind::Vrm | FieldKind::Vin | FieldKind::Email | FieldKind::Code | FieldKind::FullName
    )
}

fn is_of_kind(column: ColumnLook, kind: FieldKind) -> bool {
    use crate::values::Look;
    match column.look {
        Look::Flag => kind == FieldKind::Boolean,
        Look::Binary | Look::Number => false,
        Look::Email => kind == FieldKind::Email,
        Look::Vin => kind == FieldKind::Vin,
        Look::Postcode => kind == FieldKind::Postcode,
        Look::Plate => kind == FieldKind::Vrm,
        Look::Phone => matches!(kind, FieldKind::Phone | FieldKind::Landline),
        Look::Date => matches!(kind, FieldKind::Date(_) | FieldKind::DateTime(_)),
        Look::Party => matches!(kind, FieldKind::Choice(_)),
    }
}

/// `missing_required_column`, with every absent column.
pub fn missing(columns: &[String]) -> Option<DetectionWarning> {
    let message = format!("Missing required column: {}", columns.join(", "));
    (!columns.is_empty()).then(|| DetectionWarning::new("missing_required_column", message))
}

/// What is odd about the header row itself.
pub fn of_headers(headers: &Headers, samples: &[Row]) -> Vec<DetectionWarning> {
    let mut warnings = Vec::new();
    for name in headers.duplicates() {
        let message = format!(
            "Several columns are called “{}”; the first of them is used.",
            name.trim()
        );
        warnings.push(DetectionWarning::new("duplicate_header", message));
    }
    for index in headers.empty() {
        let used = samples
            .iter()
            .any(|row| row.cells.get(index).is_some_and(|cell| !cell.is_blank()));
        if used || samples.is_empty() {
            let message = format!("Column {} has no name.", index + 1);
            warnings.push(DetectionWarning::new("empty_header", message));
        }
    }
    warnings
}

/// `values_contradict_header`: a column whose values are not what its header says, and what it is taken for.
pub fn mismatch(mismatch: &Mismatch, headers: &Headers) -> DetectionWarning {
    let column = headers.text(mismatch.column).trim();
    let look = mismatch.look.plural();
    let message = match mismatch.read_as {
        Some(field) => {
            format!(
                "The values in “{column}” look like {look}, so the column is read as `{}`.",
                field.spec.label
            )
        }
        None => format!("The values in “{column}” look like {look}, so the column is not used by its name."),
    };
    DetectionWarning::new("values_contradict_header", message)
}

/// `unmapped_columns`: the columns that will not be imported.
pub fn unmapped(columns: &[String]) -> Option<DetectionWarning> {
    let message = format!("These columns are not imported: {}.", names(columns));
    (!columns.is_empty()).then(|| DetectionWarning::new("unmapped_columns", message))
}

/// The named columns without a field.
pub fn without_field(mapping: &Mapping, headers: &Headers) -> Vec<String> {
    (0..headers.len())
        .filter(|index| mapping.field(*index).is_none() && !headers.folded(*index).is_empty())
        .map(|index| headers.text(index).trim().to_owned())
        .collect()
}

/// `not_imported`: the table is known, and left out as a whole.
pub fn not_imported(label: &str, reason: &str) -> DetectionWarning {
    DetectionWarning::new("not_imported", format!("{label} are left out: {reason}."))
}

/// `date_order_contradicted`: dates that can't be in the order that the source is known for.
pub fn date_order(
    order: Option<DateOrder>,
    mapping: &Mapping,
    headers: &Headers,
    samples: &[Row],
) -> Vec<DetectionWarning> {
    let Some(order) = order else { return Vec::new() };
    let mut warnings = Vec::new();
    for index in 0..headers.len() {
        let is_date = mapping
            .field(index)
            .is_some_and(|(field, _)| matches!(field.spec.kind, FieldKind::Date(_) | FieldKind::DateTime(_)));
        let wrong = samples
            .iter()
            .filter_map(|row| row.cells.get(index))
            .filter(|cell| is_date && cell.kind == CellKind::Text)
            .find(|cell| proven_order(&cell.text).is_some_and(|proven| proven != order));
        if let Some(cell) = wrong {
            let message = format!(
                "The dates in “{}” are not in the order that this source writes them in, for instance {}.",
                headers.text(index).trim(),
                cell.text.trim()
            );
            warnings.push(DetectionWarning::new("date_order_contradicted", message));
        }
    }
    warnings
}

/// The order of a numeric date, if one of its parts can only be a day.
fn proven_order(text: &str) -> Option<DateOrder> {
    let mut parts = text.trim().split(['/', '-', '.', ' ']);
    let first: u32 = parts.next()?.parse().ok()?;
    let second: u32 = parts.next()?.parse().ok()?;
    match (first, second) {
        (13..=31, 1..=12) => Some(DateOrder::DayFirst),
        (1..=12, 13..=31) => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// Names for a message, the first dozen of them.
pub fn names(list: &[String]) -> String {
    let shown: Vec<&str> = list.iter().take(NAMES_SHOWN).map(String::as_str).collect();
    let rest = list.len() - shown.len();
    let more = if rest == 0 {
        String::new()
    } else {
        format!(" and {rest} more")
    };
    format!("{}{more}", shown.join(", "))
}

/// `ambiguous_type`: it may be any of these, or the only one, of which too little is understood. `why`: what else speaks
/// against the first of them.
pub fn ambiguous(labels: &[String], why: Option<&str>) -> DetectionWarning {
    let question = match why {
        Some(why) => format!(", but {why}. Please say what it is."),
        None if labels.len() > 1 => ". Please say which it is.".to_owned(),
        None => ", but too little of it is understood. Please say what it is.".to_owned(),
    };
    DetectionWarning::new(
        "ambiguous_type",
        format!("The table may be {}{question}", either(labels)),
    )
}

/// The same of a table whose rows name records that stand in another one.
pub fn doubtful(labels: &[String]) -> DetectionWarning {
    let message = format!(
        "The table may be {}, but its rows name records that stand in another table. Please say what it is.",
        either(labels)
    );
    DetectionWarning::new("ambiguous_type", message)
}

/// What ties the table to another one of its document.
pub fn of_bond(beside: &Beside) -> Option<String> {
    let table = &beside.table;
    let noun = match (&beside.bond, beside.entity) {
        (Bond::Belongs(_) | Bond::Matches(_), Some(kind)) => kind.spec().plural,
        _ => &beside.noun,
    };
    match &beside.bond {
        Bond::SameColumns => Some(format!("“{table}” has the same columns, and is {noun}")),
        Bond::Belongs(column) => Some(format!(
            "column `{}` names the {noun} in “{table}”, several rows the same one",
            column.trim()
        )),
        Bond::Matches(column) => Some(format!("column `{}` names the {noun} in “{table}”", column.trim())),
        Bond::Named { column, by, as_kind } => Some(format!(
            "column `{}` in “{table}” names as {} what stands in `{}`",
            by.trim(),
            as_kind.spec().plural,
            column.trim()
        )),
        Bond::None => None,
    }
}

/// `names_repeat`: nothing but a name tells the records apart, and many rows share one.
pub fn merged(merged: Merged, table: &TableSignature) -> DetectionWarning {
    let Merged { rows, records, .. } = merged;
    let message = format!(
        "Nothing but their names tells the {} apart, and {rows} rows have {records} different ones: rows of the same name become \
         one. If a column is their number or code, map it.",
        table.noun
    );
    DetectionWarning::new("names_repeat", message)
}

/// Names to choose from: `Invoices, Payments or Jobs`.
fn either(names: &[String]) -> String {
    match names.split_last() {
        Some((only, [])) => only.clone(),
        Some((end, others)) => format!("{} or {end}", others.join(", ")),
        None => String::new(),
    }
}
