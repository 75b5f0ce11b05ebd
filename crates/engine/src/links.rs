//! References between records: what each one leads to, before anything is looked up.

use torqueflow_model::{EntityKind, FieldKind, FieldRef, FieldSpec, Finding, FindingCode, OnMissing, Record, SourceId};
use torqueflow_pipeline::{Called, CleanRow, Cleaner, key_hash};

use crate::values::reference;

/// A reference of a record of a row.
pub struct WantedLink {
    /// The record, as an index into the row's records.
    pub record: usize,
    /// Its field.
    pub spec: &'static FieldSpec,
    /// The kind of record that it leads to.
    pub to: EntityKind,
    /// What happens when that is nowhere.
    pub on_missing: OnMissing,
    /// Which one it is.
    pub target: Target,
}

/// What a reference leads to.
pub enum Target {
    /// Another record of the same row.
    Row(usize),
    /// The record with this id at the same source.
    Id(String),
    /// The vehicle with this registration, preferably the one of this customer.
    Registration {
        /// The customer's id at the source.
        customer: Option<String>,
        /// The registration.
        registration: String,
    },
    /// The lookup with this name.
    Name(String),
    /// The customer with this id at the same source, or else the only one that is called so.
    Named {
        /// The id.
        id: String,
        /// How the customer is called, and what else the row says of them.
        called: Called,
    },
}

impl WantedLink {
    /// What it leads to, in words: `customer C1001`.
    pub fn describe(&self) -> String {
        let label = self.to.spec().label.to_lowercase();
        match &self.target {
            Target::Row(_) => label,
            Target::Id(text) | Target::Name(text) | Target::Named { id: text, .. } => format!("{label} {text}"),
            Target::Registration { registration, .. } => format!("{label} {registration}"),
        }
    }
}

impl WantedLink {
    /// A finding about the link, in the place where the row, which this has cleaned, names its target.
    pub fn finding(&self, cleaner: &Cleaner, row: &CleanRow, code: FindingCode, detail: String) -> Finding {
        let name = match &self.target {
            Target::Registration { .. } => "registration",
            Target::Row(_) | Target::Id(_) | Target::Name(_) | Target::Named { .. } => self.spec.name,
        };
        let record = row.records.get(self.record);
        let field = record.and_then(|record| FieldRef::new(record.slot, name));
        let given = record.and_then(|record| record.fields.iter().find(|field| field.spec.name == name));
        Finding {
            code,
            column: field.and_then(|field| cleaner.column_of(field)),
            field,
            value: given.map(|field| field.raw.clone()).unwrap_or_default(),
            detail,
        }
    }
}

impl Target {
    /// The ids at the source by which the target may be known.
    pub fn source_id(&self) -> Option<String> {
        match self {
            Self::Id(id) | Self::Named { id, .. } => Some(id.clone()),
            Self::Registration {
                customer: Some(customer),
                registration,
            } => Some(format!("{customer}|{registration}")),
            Self::Registration { .. } | Self::Row(_) | Self::Name(_) => None,
        }
    }
}

/// The fingerprint of the record with this id at a source.
pub fn id_hash(source_system: &str, to: EntityKind, id: &str) -> u128 {
    key_hash(source_system, to, &SourceId::Given(id.to_owned()))
}

/// The references of all records of a row.
pub fn wanted(row: &CleanRow) -> Vec<WantedLink> {
    let mut links = Vec::new();
    for (index, record) in row.records.iter().enumerate() {
        for spec in record.slot.entity().fields() {
            let FieldKind::Reference { to, on_missing } = spec.kind else {
                continue;
            };
            if let Some(target) = target(row, index, record, spec, to) {
                links.push(WantedLink {
                    record: index,
                    spec,
                    to,
                    on_missing,
                    target,
                });
            }
        }
    }
    links
}

fn target(row: &CleanRow, index: usize, record: &Record, spec: &FieldSpec, to: EntityKind) -> Option<Target> {
    if let Some(text) = reference(record, spec.name) {
        let text = text.to_owned();
        return Some(match row.called(index, spec.name) {
            _ if to.is_lookup() => Target::Name(text),
            Some(called) => Target::Named {
                id: text,
                called: called.clone(),
            },
            None => Target::Id(text),
        });
    }
    if let Some(linked) = row.linked(index, spec.name) {
        return Some(Target::Row(linked));
    }
    if to != EntityKind::Vehicle {
        return None;
    }
    let registration = record.text("registration")?.to_owned();
    let customer = reference(record, "customer").map(str::to_owned).or_else(|| {
        let linked = row.records.get(row.linked(index, "customer")?)?;
        match &linked.source_id {
            SourceId::Given(id) | SourceId::Derived(id) => Some(id.clone()),
            SourceId::Content(_) => None,
        }
    });
    Some(Target::Registration { customer, registration })
}
