//! Cleaning a row: cells to records, each with its identity, its links within the row, and what was wrong.

use std::sync::Arc;

use time::Date;
use torqueflow_cleanup::{Context, Country, clean_record};
use torqueflow_model::{
    EntityKind, FieldKind, FieldRef, Finding, FindingCode, MappedCell, Record, Row, RowClass, Severity, Slot,
    SourceAdapter, SourceId,
};
use torqueflow_tabular::staging::Owner;

use crate::bare::BareRule;
use crate::blanks::BlankColumns;
use crate::empty::is_empty_record;
use crate::feeds::Feeds;
use crate::flagged::FlagColumns;
use crate::identity::{id_text, identify_otherwise, same_row_target};
use crate::kinds::RowKinds;
use crate::known_ids::KnownIds;
use crate::named::{Called, NamedLink, contact_columns, named_fields, named_links};
use crate::natural::KnownNaturals;
use crate::needs;
use crate::owners::{OwnerColumns, OwnerRule};
use crate::plan::TablePlan;

/// A cleaned row.
#[derive(Debug, Clone, PartialEq)]
pub struct CleanRow {
    /// The row's number as the person's program shows it.
    pub number: u64,
    /// A record, or an empty record: nothing but a link. What else is no record is left out when a file is read.
    pub class: RowClass,
    /// The records in it, in import order.
    pub records: Vec<Record>,
    /// References between them.
    pub links: Vec<RowLink>,
    /// References to customers that may be named and not numbered.
    pub named: Vec<NamedLink>,
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
    /// It holds a record. One that does not is left out, and has no records and no findings.
    pub fn is_record(&self) -> bool {
        self.class == RowClass::Record
    }

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

    /// What the row calls the customer that this field of a record refers to, where that may be a name.
    pub fn called(&self, from: usize, field: &str) -> Option<&Called> {
        let mut named = self.named.iter();
        let link = named.find(|link| link.from == from && link.field == field)?;
        Some(&link.called)
    }
}

/// Cleans the rows of one table.
pub struct Cleaner {
    fields: Vec<Option<FieldRef>>,
    feeds: Feeds,
    ids: KnownIds,
    naturals: KnownNaturals,
    bare: BareRule,
    blanks: BlankColumns,
    type_id: String,
    required_values: Vec<Vec<FieldRef>>,
    owner_columns: Option<OwnerColumns>,
    owner_rule: OwnerRule,
    kinds: RowKinds,
    flags: FlagColumns,
    named_fields: Vec<FieldRef>,
    contact_columns: Vec<(usize, FieldRef)>,
    adapter: Option<Arc<dyn SourceAdapter>>,
    context: Context,
}

impl Cleaner {
    /// A cleaner for tables of this plan. `as_of` is the date that counts as today.
    pub fn new(plan: &TablePlan, adapter: Option<Arc<dyn SourceAdapter>>, as_of: Date) -> Self {
        let ids = KnownIds::of(plan);
        Self {
            fields: ids.fields(),
            feeds: Feeds::of(plan),
            ids,
            naturals: KnownNaturals::of(plan),
            bare: plan.bare,
            blanks: BlankColumns::of(plan),
            type_id: plan.type_id.clone().unwrap_or_default(),
            required_values: plan.required_values.clone(),
            owner_columns: OwnerColumns::of(plan),
            owner_rule: plan.owners,
            kinds: RowKinds::of(plan),
            flags: FlagColumns::of(plan),
            named_fields: named_fields(plan),
            contact_columns: contact_columns(plan),
            adapter,
            context: Context::new(as_of)
                .with_columns(plan.column_facts())
                .with_headers(plan.headers()),
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
        let whole = self.fields.iter().position(|mapped| *mapped == Some(field));
        whole.or_else(|| self.feeds.column_of_part(field))
    }

    /// Whether rows of different records have this id, so that nobody knows which of them a link by it means.
    pub fn is_conflicting(&self, entity: EntityKind, id: &str) -> bool {
        self.ids.is_conflicting(entity, id)
    }

    /// Whether what was found in reading a cell says something of the records: an error in a column that is not imported does
    /// not.
    pub fn concerns(&self, finding: &Finding) -> bool {
        let is_mapped = |column: usize| self.fields.get(column).is_some_and(Option::is_some);
        finding.code != FindingCode::CellError || finding.column.is_none_or(is_mapped)
    }

    /// Cleans one row that stands on its own.
    pub fn clean(&self, row: &Row) -> CleanRow {
        self.clean_owned(row, None)
    }

    /// Cleans one row, with the row that it belongs to. That has its say only where the table's rule is that rows belong to
    /// the row above; else a row without an owner is told so.
    pub fn clean_owned(&self, row: &Row, owner: Option<&Owner>) -> CleanRow {
        let Some(columns) = &self.owner_columns else {
            return self.clean_cells(row, None);
        };
        let follows = self.owner_rule == OwnerRule::Above;
        if columns.names_owner(row) || !columns.is_owned(row) {
            let occurrence = owner
                .filter(|owner| owner.number == row.number)
                .map_or(0, |own| own.occurrence);
            return self.clean_cells(row, follows.then_some((columns, occurrence)));
        }
        let Some(owner) = owner.filter(|owner| follows && owner.number != row.number) else {
            let mut clean = self.clean_cells(row, None);
            if clean.is_record() && !columns.is_of_variants() {
                clean.findings.push(Finding::row(FindingCode::OwnerUnclear, ""));
            }
            return clean;
        };
        let mut clean = self.clean_cells(&columns.inherit(row, &owner.cells), Some((columns, owner.occurrence)));
        // What is to be said of the owner's cells is said in its own row.
        clean.findings.retain(|finding| {
            finding.severity() == Severity::Error || !finding.column.is_some_and(|column| columns.has(column))
        });
        clean
    }

    /// The number of the row above that a row belongs to, where it belongs to one.
    pub fn owner_row(&self, row: &Row, owner: Option<&Owner>) -> Option<u64> {
        let columns = self.owner_columns.as_ref()?;
        let owner = owner.filter(|owner| self.owner_rule == OwnerRule::Above && owner.number != row.number)?;
        (columns.is_owned(row) && !columns.names_owner(row)).then_some(owner.number)
    }

    /// `namesakes`: in a table whose rows belong to the row above, how many owners before this one say the same.
    fn clean_cells(&self, row: &Row, namesakes: Option<(&OwnerColumns, u64)>) -> CleanRow {
        let mut cells = self.map(row);
        if let Some(adapter) = &self.adapter {
            adapter.arrange(&self.type_id, &mut cells);
        }
        cells.sort_by_key(|cell| cell.field.slot);
        let without_records = |class, findings| CleanRow {
            number: row.number,
            class,
            records: Vec::new(),
            links: Vec::new(),
            named: Vec::new(),
            findings,
        };
        if is_empty_record(&cells) || cells.is_empty() && self.bare.leaves_out() {
            return without_records(RowClass::EmptyRecord, Vec::new());
        }
        if let Some(finding) = self.kinds.otherwise(row).or_else(|| self.flags.otherwise(row)) {
            return without_records(RowClass::Record, vec![finding]);
        }
        if self.feeds.add_constants(&mut cells) {
            cells.sort_by_key(|cell| cell.field.slot);
        }
        let mut findings = self.ids.damaged(row);
        let mut records = Vec::new();
        for of_slot in cells.chunk_by(|a, b| a.field.slot == b.field.slot) {
            let Some(slot) = of_slot.first().map(|cell| cell.field.slot) else {
                continue;
            };
            let cleaned = clean_record(slot, &cells, &self.context);
            findings.extend(cleaned.findings);
            if !cleaned.fields.is_empty() {
                records.push(Record {
                    slot,
                    source_id: SourceId::Content(0),
                    fields: cleaned.fields,
                });
            }
        }
        tell_left_out_once(&mut findings);
        drop_incomplete(&mut records, &mut findings);
        self.check_required_values(&records, &mut findings);
        let links = link(&records);
        self.identify_all(row, &mut records, &links, namesakes, &mut findings);
        if findings.iter().all(|finding| finding.severity() != Severity::Error) {
            findings.extend(needs::of_nobody(&records, &links));
        }
        CleanRow {
            number: row.number,
            class: RowClass::Record,
            named: named_links(&self.named_fields, &records, row, &self.contact_columns, &self.context),
            records,
            links,
            findings,
        }
    }

    fn map(&self, row: &Row) -> Vec<MappedCell> {
        let cells = row
            .cells
            .iter()
            .zip(&self.fields)
            .enumerate()
            .filter(|(column, (cell, _))| !cell.is_blank() && !self.blanks.has(*column, cell))
            .filter_map(|(column, (cell, field))| {
                Some(MappedCell {
                    field: (*field)?,
                    column: Some(column),
                    cell: self.ids.cell(column, cell)?.into_owned(),
                })
            })
            .collect();
        if self.feeds.is_plain() {
            return cells;
        }
        self.feeds.arrange(cells)
    }

    /// Gives each record its id, those first that others of the row refer to. Records stand in import order, so one pass does.
    ///
    /// An owner without an id is the same in all rows that belong to it, so equal contents are not counted anew there.
    fn identify_all(
        &self,
        row: &Row,
        records: &mut [Record],
        links: &[RowLink],
        namesakes: Option<(&OwnerColumns, u64)>,
        findings: &mut Vec<Finding>,
    ) {
        for index in 0..records.len() {
            let linked: Vec<(&str, SourceId)> = links
                .iter()
                .filter(|link| link.from == index)
                .filter_map(|link| Some((link.field, records.get(link.to)?.source_id.clone())))
                .collect();
            let linked: Vec<(&str, &SourceId)> = linked.iter().map(|(field, id)| (*field, id)).collect();
            let Some(record) = records.get_mut(index) else { continue };
            let slot = record.slot;
            record.source_id = identify_otherwise(record, &linked, &|name| self.ids.is_no_id(row, slot, name));
            findings.extend(self.ids.keep_apart(row, record, &linked));
            findings.extend(self.naturals.keep_apart(row, record));
            if let (Some((columns, occurrence)), SourceId::Content(_)) = (namesakes, &record.source_id)
                && slot == Slot::Main(columns.entity)
            {
                let occurrence = i64::try_from(occurrence).unwrap_or(i64::MAX);
                record.source_id = SourceId::Derived(id_text(&record.source_id, occurrence));
            }
            record.fields.retain(|field| field.spec.kind != FieldKind::SourceId);
        }
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

/// Makes one finding of what the records of a row left out because other columns filled the fields.
fn tell_left_out_once(findings: &mut Vec<Finding>) {
    let is_left_out = |finding: &Finding| finding.code == FindingCode::OtherValuesLeftOut;
    let Some(first) = findings.iter().position(is_left_out) else {
        return;
    };
    let details: Vec<String> = findings
        .iter()
        .filter(|finding| is_left_out(finding))
        .map(|finding| finding.detail.clone())
        .collect();
    if let Some(finding) = findings.get_mut(first) {
        finding.detail = details.join("; ");
    }
    let mut index = 0;
    findings.retain(|finding| {
        index += 1;
        index == first + 1 || !is_left_out(finding)
    });
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
    let has_customer = records
        .iter()
        .any(|record| record.slot == Slot::Main(EntityKind::Customer));
    records.retain(|record| {
        let main = std::mem::replace(&mut is_main, false);
        let missing = missing_group(record)
            .or_else(|| needs::identity_of(record, has_customer))
            .or_else(|| {
                let is_nobodys = main && needs::is_nobodys_address(record, has_customer);
                missing_of(EntityKind::Customer, &|_| !is_nobodys)
            });
        let Some(missing) = missing else {
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
    missing_of(record.slot.entity(), &|name| record.get(name).is_some())
}

/// The labels of the fields of which a record of this kind should have one and has none.
fn missing_of(entity: EntityKind, has: &dyn Fn(&str) -> bool) -> Option<String> {
    let group = entity
        .spec()
        .required
        .iter()
        .find(|group| !group.iter().any(|name| has(name)))?;
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
