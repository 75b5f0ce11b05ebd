//! Rows that say nothing but whose they would be.

use torqueflow_model::{EntityKind, FieldKind, FieldRef, FieldSpec, MappedCell, Slot};

/// The cells of a row are those of a record that is blank but for its link: a note on a job, without its text.
///
/// Such a record would lack what it can't do without, and nobody could say what that is: where the link itself is missing,
/// or something is said beside it, the row fails instead. When a note was written, and by whom, says nothing without it.
pub(crate) fn is_empty_record(cells: &[MappedCell]) -> bool {
    let Some(slot) = cells.first().map(|cell| cell.field.slot) else {
        return false;
    };
    let links = cells.iter().filter(|cell| is_link(cell.field.spec)).count();
    links == 1
        && cells
            .iter()
            .all(|cell| cell.field.slot == slot && says_nothing(cell.field))
        && lacks_content(slot, cells)
}

fn is_link(spec: &FieldSpec) -> bool {
    matches!(spec.kind, FieldKind::Reference { .. })
}

fn says_nothing(field: FieldRef) -> bool {
    let is_circumstance =
        field.slot.entity() == EntityKind::WorkOrderNote && matches!(field.spec.name, "noted_at" | "author");
    is_link(field.spec) || field.spec.kind == FieldKind::SourceId || is_circumstance
}

/// No cell fills what the record can't do without, links aside.
fn lacks_content(slot: Slot, cells: &[MappedCell]) -> bool {
    let entity = slot.entity();
    let is_filled = |name: &str| cells.iter().any(|cell| cell.field.spec.name == name);
    let is_content = |name: &str| {
        let spec = entity.fields().iter().find(|spec| spec.name == name);
        spec.is_some_and(|spec| !is_link(spec))
    };
    entity
        .spec()
        .required
        .iter()
        .any(|group| group.iter().any(|name| is_content(name)) && !group.iter().any(|name| is_filled(name)))
}
