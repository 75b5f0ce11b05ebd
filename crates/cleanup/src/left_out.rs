//! Values that are left out because another column has filled their field.
//!
//! What: the first value of a field stays; what other columns say of it is told in one finding, with the columns.
//! Why: address books have three telephone numbers and two e-mail addresses, and nothing gets lost in silence.
//! Example: `E-mail: kept ada@smith.example (Email), left out bob@smith.example (Email 2)`.

use torqueflow_model::{FieldRef, FieldSpec, Finding, FindingCode};

use crate::clean::{Draft, Input};

/// A cell whose value is not in the record.
pub(crate) struct LeftOut {
    spec: &'static FieldSpec,
    column: Option<usize>,
    raw: String,
}

impl LeftOut {
    pub fn of(input: &Input<'_>) -> Self {
        Self {
            spec: input.spec(),
            column: input.column(),
            raw: input.raw().to_owned(),
        }
    }
}

/// The one finding about all that was left out of a record.
pub(crate) fn report(draft: &Draft<'_>, inputs: &[Input<'_>], left_out: &[LeftOut]) -> Option<Finding> {
    let first = left_out.first()?;
    let mut names: Vec<&str> = Vec::new();
    for cell in left_out {
        if !names.contains(&cell.spec.name) {
            names.push(cell.spec.name);
        }
    }
    let parts: Vec<String> = names
        .into_iter()
        .map(|name| {
            let cells: Vec<&LeftOut> = left_out.iter().filter(|cell| cell.spec.name == name).collect();
            let label = cells.first().map_or(name, |cell| cell.spec.label);
            let others: Vec<String> = cells.iter().map(|cell| shown(draft, &cell.raw, cell.column)).collect();
            let others = others.join(", ");
            match kept(draft, inputs, name) {
                Some(kept) => format!("{label}: kept {kept}, left out {others}"),
                None => format!("{label}: left out {others}"),
            }
        })
        .collect();
    Some(Finding {
        code: FindingCode::OtherValuesLeftOut,
        column: first.column,
        field: Some(FieldRef {
            slot: draft.slot(),
            spec: first.spec,
        }),
        value: first.raw.clone(),
        detail: parts.join("; "),
    })
}

/// What the field holds, with the column that it came from.
fn kept(draft: &Draft<'_>, inputs: &[Input<'_>], name: &str) -> Option<String> {
    let raw = draft.raw(name).filter(|raw| !raw.is_empty())?;
    let mut sources = inputs.iter().filter(|input| input.raw() == raw);
    let column = sources.next().and_then(Input::column);
    Some(shown(draft, raw, column))
}

/// A cell on one line: its text and, in brackets, its column.
fn shown(draft: &Draft<'_>, raw: &str, column: Option<usize>) -> String {
    let text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    match (draft.context().header(column), column) {
        (Some(header), _) => format!("{text} ({header})"),
        (None, Some(column)) => format!("{text} (column {})", column + 1),
        (None, None) => text,
    }
}
