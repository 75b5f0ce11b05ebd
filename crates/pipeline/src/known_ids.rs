//! Which cells of a row identify its records: what the plan says of its columns, put to use row by row.

use std::borrow::Cow;
use std::collections::HashMap;

use torqueflow_cleanup::{Portrait, has_lost_digits, whole_id};
use torqueflow_model::{
    Cell, CellKind, EntityKind, FieldKind, FieldRef, FieldValue, Finding, FindingCode, Record, Row, Slot, SourceId,
};

use crate::identity::{bounded, id_text, identify_otherwise};
use crate::ids::{PlannedConflict, PlannedIdVerdict, PortraitColumns, is_id};
use crate::plan::{PlannedColumn, TablePlan};

/// What is known of the ids of a table.
#[derive(Debug, Default)]
pub(crate) struct KnownIds {
    columns: Vec<IdColumn>,
    /// Ids that belong to the first of their rows only.
    conflicts: HashMap<(Slot, String), PlannedConflict>,
    portraits: Vec<(Slot, PortraitColumns)>,
}

/// What becomes of the values of a column.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are facts, of which several hold at once"
)]
struct IdColumn {
    field: Option<FieldRef>,
    /// They may identify the record.
    is_id: bool,
    /// They do not, and are no value of the record either.
    is_left_out: bool,
    /// They do not, but stay with the record.
    is_no_id: bool,
    /// They stay with the record all the same: it can't be without them, or a person has put them there.
    stays: bool,
    /// Its whole numbers are written with a point and zeros.
    has_point_zeros: bool,
}

fn is_id_field(slot: Slot, name: &str) -> bool {
    FieldRef::new(slot, name).is_some_and(is_id)
}

impl KnownIds {
    pub fn of(plan: &TablePlan) -> Self {
        let mut columns: Vec<IdColumn> = plan.columns.iter().map(|column| IdColumn::of(column, plan)).collect();
        let profiles = plan.profiles.iter().zip(&mut columns);
        for (profile, column) in profiles.filter(|(_, column)| column.field.is_some_and(names_record)) {
            column.has_point_zeros = profile.writes_whole_numbers_with_zeros();
        }
        let mut ids = Self {
            columns,
            ..Self::default()
        };
        for identity in plan.identities.iter().flatten() {
            let Some(column) = ids.columns.get_mut(identity.column) else {
                continue;
            };
            let Some(field) = column.field else { continue };
            if identity.verdict != PlannedIdVerdict::Id {
                column.is_id = false;
                column.is_no_id = column.stays;
                column.is_left_out = !column.stays;
                continue;
            }
            for conflict in &identity.conflicts {
                let key = (field.slot, conflict.id.clone());
                ids.conflicts.entry(key).or_insert_with(|| conflict.clone());
            }
            let is_known = ids.portraits.iter().any(|(slot, _)| *slot == field.slot);
            if !identity.conflicts.is_empty() && !is_known {
                ids.portraits
                    .push((field.slot, PortraitColumns::of(&plan.columns, field.slot)));
            }
        }
        ids
    }

    /// The fields of the columns, without those that are left out.
    pub fn fields(&self) -> Vec<Option<FieldRef>> {
        let field = |column: &IdColumn| column.field.filter(|_| !column.is_left_out);
        self.columns.iter().map(field).collect()
    }

    /// The cell as it is to be cleaned. `None`: its id has lost digits, which makes it none.
    pub fn cell<'c>(&self, column: usize, cell: &'c Cell) -> Option<Cow<'c, Cell>> {
        let known = self.columns.get(column).copied().unwrap_or_default();
        if known.is_id && !known.stays && has_lost_digits(cell) {
            return None;
        }
        if known.has_point_zeros
            && cell.kind == CellKind::Text
            && let Some(digits) = whole_id(cell.text.trim())
        {
            return Some(Cow::Owned(Cell::text(digits)));
        }
        Some(Cow::Borrowed(cell))
    }

    /// What is to be said of ids of this row that have lost digits.
    pub fn damaged(&self, row: &Row) -> Vec<Finding> {
        let columns = self.columns.iter().zip(&row.cells).enumerate();
        let damaged = columns.filter(|(_, (column, cell))| column.is_id && has_lost_digits(cell));
        damaged
            .map(|(index, (column, cell))| Finding {
                code: FindingCode::IdDamaged,
                column: Some(index),
                field: column.field,
                value: cell.text.clone(),
                detail: String::new(),
            })
            .collect()
    }

    /// Whether this field of a record does not identify it: no column of it does, or the row's value has lost digits.
    pub fn is_no_id(&self, row: &Row, slot: Slot, name: &str) -> bool {
        let columns = self.columns.iter().zip(&row.cells);
        let mut fed = columns.filter(|(column, cell)| {
            let is_it = column
                .field
                .is_some_and(|field| field.slot == slot && field.spec.name == name);
            is_it && !cell.is_blank()
        });
        fed.any(|(column, cell)| column.is_no_id || column.is_id && has_lost_digits(cell))
    }

    /// Keeps a record apart whose id belongs to the record of an earlier row. It loses the id, which is told.
    pub fn keep_apart(&self, row: &Row, record: &mut Record, linked: &[(&str, &SourceId)]) -> Option<Finding> {
        let SourceId::Given(id) = &record.source_id else {
            return None;
        };
        let conflict = self.conflicts.get(&(record.slot, id.clone()))?;
        let (_, portrait) = self.portraits.iter().find(|(slot, _)| *slot == record.slot)?;
        let keeper = Portrait::from_numbers(&conflict.keeper);
        if !portrait.portrait(row).differs(&keeper, portrait.rule) {
            return None;
        }
        let natural = identify_otherwise(record, linked, &|name| is_id_field(record.slot, name));
        let own = bounded(format!("{id}|{}", id_text(&natural, 0)));
        let place = record
            .fields
            .iter()
            .position(|field| is_id_field(record.slot, field.spec.name));
        let finding = self.told(
            conflict,
            record.slot,
            place.and_then(|place| record.fields.get(place)),
            &own,
        );
        record.source_id = SourceId::Derived(own);
        // With the number of another record it would be found, and updated, as that one.
        record.fields.retain(|field| {
            let stays = self
                .column_of(record.slot, field.spec.name)
                .is_some_and(|(_, column)| column.stays);
            stays || !is_id_field(record.slot, field.spec.name)
        });
        Some(finding)
    }

    fn told(&self, conflict: &PlannedConflict, slot: Slot, given: Option<&FieldValue>, own: &str) -> Finding {
        let column = given.and_then(|given| self.column_of(slot, given.spec.name));
        let file = conflict.first_file.as_ref();
        let of_file = file.map_or_else(String::new, |file| format!(" of {file}"));
        Finding {
            code: FindingCode::IdConflict,
            column: column.map(|(index, _)| index),
            field: given.and_then(|given| FieldRef::new(slot, given.spec.name)),
            value: given.map(|given| given.raw.clone()).unwrap_or_default(),
            detail: format!(
                "`{}` is that of row {}{of_file}, and this record goes by `{own}`",
                conflict.id, conflict.first_row
            ),
        }
    }

    fn column_of(&self, slot: Slot, name: &str) -> Option<(usize, &IdColumn)> {
        self.columns.iter().enumerate().find(|(_, column)| {
            column
                .field
                .is_some_and(|field| field.slot == slot && field.spec.name == name)
        })
    }

    /// Rows of different records have this id.
    pub fn is_conflicting(&self, entity: EntityKind, id: &str) -> bool {
        !self.conflicts.is_empty() && self.conflicts.contains_key(&(Slot::Main(entity), id.to_owned()))
    }
}

impl IdColumn {
    fn of(column: &PlannedColumn, plan: &TablePlan) -> Self {
        let Some(field) = column.field else {
            return Self::default();
        };
        Self {
            field: Some(field),
            is_id: is_id(field),
            stays: is_id(field) && (column.by == "person" || is_needed(field, plan)),
            ..Self::default()
        }
    }
}

/// No other column gives what the record, or the source's rows, can't be without.
pub(crate) fn is_needed(field: FieldRef, plan: &TablePlan) -> bool {
    let is_field = |other: &FieldRef| other.slot == field.slot && other.spec.name == field.spec.name;
    let is_mapped = |other: &FieldRef| {
        let mut mapped = plan.columns.iter().filter_map(|column| column.field);
        mapped.any(|mapped| mapped.slot == other.slot && mapped.spec.name == other.spec.name)
    };
    let needs = |group: &[FieldRef]| {
        group.iter().any(is_field) && !group.iter().any(|other| !is_field(other) && is_mapped(other))
    };
    let required = field.slot.entity().spec().required.iter();
    let mut groups = required.map(|group| -> Vec<FieldRef> {
        let fields = group.iter().filter_map(|name| FieldRef::new(field.slot, name));
        fields.collect()
    });
    groups.any(|group| needs(&group)) || plan.required_values.iter().any(|group| needs(group))
}

/// Values of this field name a record, this one or another.
fn names_record(field: FieldRef) -> bool {
    match field.spec.kind {
        FieldKind::SourceId => true,
        FieldKind::Code => is_id(field),
        FieldKind::Reference { to, .. } => !to.is_lookup(),
        _ => false,
    }
}
