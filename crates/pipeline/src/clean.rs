//! Cleaning a row: cells to records, each with its identity, its links within the row, and what was wrong.

use std::sync::Arc;

use time::Date;
use torqueflow_cleanup::{Context, Country, clean_record};
use torqueflow_model::{
    EntityKind, FieldKind, FieldRef, Finding, FindingCode, MappedCell, Record, Row, Severity, Slot, SourceAdapter,
    SourceId,
};

use crate::identity::{identify, same_row_target};
use crate::plan::TablePlan;

/// A cleaned row.
#[derive(Debug, Clone, PartialEq)]
pub struct CleanRow {
    /// The row's number as the person's program shows it.
    pub number: u64,
    /// The records in it, in import order.
    pub records: Vec<Record>,
    /// References between them.
    pub links: Vec<RowLink>,
    /// What was wrong.
    pub findings: Vec<Finding>,
}

/// A reference of one record of a row to another one of the same row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowLink {
    /// The record that refers, as an index into [`CleanRow::records`].
    pub from: usize,
    /// Its field.
    pub field: &'static str,
    /// The record that is referred to.
    pub to: usize,
}

impl CleanRow {
    /// It has a finding that keeps it from being imported.
    pub fn has_error(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.severity() == Severity::Error)
    }

    /// The record of the row that this field of a record refers to.
    pub fn linked(&self, from: usize, field: &str) -> Option<usize> {
        self.links
            .iter()
            .find(|link| link.from == from && link.field == field)
            .map(|link| link.to)
    }
}

/// Cleans the rows of one table.
pub struct Cleaner {
    fields: Vec<Option<FieldRef>>,
    type_id: String,
    required_values: Vec<Vec<FieldRef>>,
    adapter: Option<Arc<dyn SourceAdapter>>,
    context: Context,
}

impl Cleaner {
    /// A cleaner for tables of this plan. `as_of` is the date that counts as today.
    pub fn new(plan: &TablePlan, adapter: Option<Arc<dyn SourceAdapter>>, as_of: Date) -> Self {
        Self {
            fields: plan.columns.iter().map(|column| column.field).collect(),
            type_id: plan.type_id.clone().unwrap_or_default(),
            required_values: plan.required_values.clone(),
            adapter,
            context: Context::new(as_of).with_columns(plan.column_facts()),
        }
    }

    /// The same for data from another country than Great Britain, as far as rows and columns do not show theirs.
    #[must_use]
    pub fn with_default_country(mut self, country: Country) -> Self {
        self.context = self.context.with_default_country(country);
        self
    }

    /// The column that feeds a field, from 0.
    pub fn column_of(&self, field: FieldRef) -> Option<usize> {
        self.fields.iter().position(|mapped| *mapped == Some(field))
    }

    /// Cleans one row.
    pub fn clean(&self, row: &Row) -> CleanRow {
        let mut cells = self.map(row);
        if let Some(adapter) = &self.adapter {
            adapter.arrange(&self.type_id, &mut cells);
        }
        cells.sort_by_key(|cell| cell.field.slot);
        let mut findings = Vec::new();
        let mut records = Vec::new();
        for cells in cells.chunk_by(|a, b| a.field.slot == b.field.slot) {
            let Some(slot) = cells.first().map(|cell| cell.field.slot) else {
                continue;
            };
            let cleaned = clean_record(slot, cells, &self.context);
            findings.extend(cleaned.findings);
            if !cleaned.fields.is_empty() {
                records.push(Record {
                    slot,
                    source_id: SourceId::Content(0),
                    fields: cleaned.fields,
                });
            }
        }
        drop_incomplete(&mut records, &mut findings);
        self.check_required_values(&records, &mut findings);
        let links = link(&records);
        identify_all(&mut records, &links);
        CleanRow {
            number: row.number,
            records,
            links,
            findings,
        }
    }

    fn map(&self, row: &Row) -> Vec<MappedCell> {
        row.cells
            .iter()
            .zip(&self.fields)
            .enumerate()
            .filter(|(_, (cell, _))| !cell.is_blank())
            .filter_map(|(column, (cell, field))| {
                field.map(|field| MappedCell {
                    field,
                    column: Some(column),
                    cell: cell.clone(),
                })
            })
            .collect()
    }

    /// What the source asks of each row beyond the catalogue, such as a contact.
    fn check_required_values(&self, records: &[Record], findings: &mut Vec<Finding>) {
        for group in &self.required_values {
            let present = group.iter().any(|field| {
                records
                    .iter()
                    .any(|record| record.slot == field.slot && record.get(field.spec.name).is_some())
            });
            if present || records.is_empty() {
                continue;
            }
            let is_contact = |field: &FieldRef| {
                matches!(
                    field.spec.kind,
                    FieldKind::Phone | FieldKind::Landline | FieldKind::Email
                )
            };
            findings.push(if group.iter().all(is_contact) {
                Finding::row(FindingCode::ContactMissing, "")
            } else {
                Finding::row(
                    FindingCode::RequiredMissing,
                    labels(group.iter().map(|field| field.spec.label)),
                )
            });
        }
    }
}

/// Removes records that lack what they can't do without. The first record of the row is what the row is about: without
/// it the row fails. Another one is left out, with a warning.
fn drop_incomplete(records: &mut Vec<Record>, findings: &mut Vec<Finding>) {
    let mut is_main = true;
    if records.is_empty() {
        findings.push(Finding::row(
            FindingCode::RequiredMissing,
            "nothing in this row can be imported",
        ));
    }
    records.retain(|record| {
        let main = std::mem::replace(&mut is_main, false);
        let Some(missing) = missing_group(record) else {
            return true;
        };
        if main {
            findings.push(Finding::row(FindingCode::RequiredMissing, missing));
        } else {
            let label = record.slot.entity().spec().label;
            findings.push(Finding::row(
                FindingCode::RecordLeftOut,
                format!("{label} (it has no {missing})"),
            ));
        }
        main
    });
}

/// The labels of the fields of which the record should have one and has none.
fn missing_group(record: &Record) -> Option<String> {
    let entity = record.slot.entity();
    let group = entity
        .spec()
        .required
        .iter()
        .find(|group| group.iter().all(|name| record.get(name).is_none()))?;
    let fields = group.iter().filter_map(|name| FieldRef::new(Slot::Main(entity), name));
    Some(labels(fields.map(|field| field.spec.label)))
}

fn labels<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    labels.collect::<Vec<_>>().join(" or ")
}

/// Links records to others of their row where no column says otherwise.
fn link(records: &[Record]) -> Vec<RowLink> {
    let mut links = Vec::new();
    for (from, record) in records.iter().enumerate() {
        for spec in record.slot.entity().fields() {
            let FieldKind::Reference { to, .. } = spec.kind else {
                continue;
            };
            if record.get(spec.name).is_some() {
                continue;
            }
            if let Some(target) = same_row_target(record.slot, to, records) {
                links.push(RowLink {
                    from,
                    field: spec.name,
                    to: target,
                });
            }
        }
    }
    links
}

/// Gives each record its id, those first that others of the row refer to. Records stand in import order, so one pass does.
fn identify_all(records: &mut [Record], links: &[RowLink]) {
    for index in 0..records.len() {
        let linked: Vec<(&str, SourceId)> = links
            .iter()
            .filter(|link| link.from == index)
            .filter_map(|link| Some((link.field, records.get(link.to)?.source_id.clone())))
            .collect();
        let linked: Vec<(&str, &SourceId)> = linked.iter().map(|(field, id)| (*field, id)).collect();
        if let Some(record) = records.get_mut(index) {
            record.source_id = identify(record, &linked);
            record.fields.retain(|field| field.spec.kind != FieldKind::SourceId);
        }
    }
}

/// What a person recognises a record by: its name, number or plate.
impl CleanRow {
    /// A short label of one of its records.
    pub fn label(&self, index: usize) -> String {
        let Some(record) = self.records.get(index) else {
            return String::new();
        };
        let names: &[&str] = match record.slot.entity() {
            EntityKind::Customer => &["display_name", "company", "email"],
            EntityKind::Vehicle => &["registration", "vin", "model"],
            _ => &["number", "code", "name", "description"],
        };
        let name = names.iter().find_map(|name| record.text(name)).unwrap_or_default();
        match &record.source_id {
            SourceId::Given(id) if id != name => format!("{name} ({id})"),
            _ => name.to_owned(),
        }
    }
}
