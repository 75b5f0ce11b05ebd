//! One field of a record that is refreshed: what was imported, what is there, what comes in.

use serde_json::Value as Json;
use torqueflow_model::import::BusinessRow;
use torqueflow_model::{Decimal, FieldKind, FieldRef, FieldSpec, FieldValue, Finding, Record, Storage, Value};
use torqueflow_pipeline::Cleaner;

use super::three_way::{Policy, Resolution, preserved_line, three_way};
use crate::imported::{Imported, ImportedValues, RecordLinks};
use crate::values::reference;

/// A field with its three sides and what becomes of it.
#[derive(Debug)]
pub(crate) struct RefreshedField {
    pub spec: &'static FieldSpec,
    /// Its entry in the mapping: the field's name, of a link its column.
    pub key: String,
    /// What the file says now; empty for what no single cell says.
    pub raw: String,
    pub last: Option<Value>,
    pub current: Option<Value>,
    pub incoming: Option<Value>,
    /// The file has a column for it.
    pub has_column: bool,
    /// The source may change it.
    pub is_owned: bool,
    pub resolution: Resolution,
}

/// A record that is refreshed, from all sides.
pub(crate) struct Sides<'a> {
    /// What cleaned its row.
    pub cleaner: &'a Cleaner,
    /// What was found in its row.
    pub findings: &'a [Finding],
    /// What comes in, with what later rows add.
    pub record: &'a Record,
    pub links: &'a RecordLinks,
    /// What is there.
    pub stored: &'a BusinessRow,
    /// What was imported last. `None`: nothing; the record was found by its code and is to say what the file says.
    pub last: Option<&'a ImportedValues>,
    pub blank_wipes: bool,
    /// What no row says any more that takes part is taken back.
    pub takes_back: bool,
}

impl Sides<'_> {
    /// Every field that has something on any side, decided on by itself.
    pub fn fields(&self) -> Vec<RefreshedField> {
        let specs = self.record.slot.entity().fields();
        specs.iter().filter_map(|spec| self.field(spec)).collect()
    }

    fn field(&self, spec: &'static FieldSpec) -> Option<RefreshedField> {
        if !spec.source_owned || spec.storage == Storage::Input {
            return None;
        }
        let key = spec.column().unwrap_or_else(|| spec.name.to_owned());
        let given = self.record.fields.iter().find(|field| field.spec.name == spec.name);
        let current = current(spec, self.stored);
        let entry = self.last.and_then(|last| last.get(&key));
        let last = match self.last {
            Some(_) => entry.and_then(|entry| value_of(spec, entry.value())),
            None => current.clone(),
        };
        let place = FieldRef {
            slot: self.record.slot,
            spec,
        };
        let mut field = RefreshedField {
            spec,
            key,
            raw: given.map(|given| given.raw.clone()).unwrap_or_default(),
            incoming: self.incoming(spec, given, entry, last.as_ref()),
            last,
            current,
            has_column: self.cleaner.column_of(place).is_some(),
            is_owned: !entry.is_some_and(Imported::is_kept),
            resolution: Resolution::Unchanged,
        };
        if field.last.is_none() && field.incoming.is_none() {
            return None;
        }
        let policy = Policy {
            blank_wipes: self.takes_back || self.blank_wipes && field.has_column && self.is_blank(place, given),
            source_owned: field.is_owned,
            same_text: entry.is_some_and(|entry| is_same_text(entry, given)),
        };
        let [last, current, incoming] = [&field.last, &field.current, &field.incoming].map(Option::as_ref);
        field.resolution = three_way(last, current, incoming, policy);
        Some(field)
    }

    /// What comes in, as the column would keep it: of a link, the record that it leads to.
    fn incoming(
        &self,
        spec: &'static FieldSpec,
        given: Option<&FieldValue>,
        entry: Option<Imported<'_>>,
        last: Option<&Value>,
    ) -> Option<Value> {
        if matches!(spec.kind, FieldKind::Reference { .. }) {
            let link = self.links.iter().find(|(name, _)| *name == spec.name);
            let same = self.last.is_some_and(|last| says_the_same(last, self.record, spec));
            return match link {
                Some((_, id)) => Some(Value::Text(id.to_string())),
                None if same => last.cloned(),
                None => None,
            };
        }
        // How a date is read depends on the other rows of its file: the same text is the same date.
        let depends_on_file = matches!(spec.kind, FieldKind::Date(_) | FieldKind::DateTime(_));
        if depends_on_file && last.is_some() && entry.is_some_and(|entry| is_same_text(entry, given)) {
            return last.cloned();
        }
        given.map(|given| given.value.clone())
    }

    /// The cell is blank, and not just one that could not be read.
    fn is_blank(&self, place: FieldRef, given: Option<&FieldValue>) -> bool {
        given.is_none() && !self.findings.iter().any(|finding| finding.field == Some(place))
    }
}

impl RefreshedField {
    /// The line that tells of a preserved field. What a person can't map is told with what it is made from.
    pub fn report(&self) -> Option<String> {
        if self.resolution != Resolution::Preserved || !self.spec.mappable {
            return None;
        }
        let [last, current, incoming] = [&self.last, &self.current, &self.incoming].map(|value| shown(value.as_ref()));
        Some(preserved_line(self.spec.label, &last, &current, &incoming))
    }

    /// Brings the field's entry in the mapping up to what the source says now. What was imported stays on record where
    /// the source says nothing any more and the value stays, and where the same text is read differently now and the
    /// reading was not taken over.
    pub fn remember(&self, values: &mut ImportedValues) {
        let is_misread = self.resolution == Resolution::Unchanged && self.incoming != self.last;
        if self.resolution == Resolution::BlankKept || is_misread {
            return;
        }
        match &self.incoming {
            Some(value) => {
                let is_link = matches!(self.spec.kind, FieldKind::Reference { .. });
                let raw = if is_link { "" } else { &self.raw };
                values.insert(&self.key, raw, value.to_json(), !self.is_owned);
            }
            None => values.remove(&self.key),
        }
    }
}

/// The source names the same record as last time, and it was found then. Looking it up again could only lead elsewhere
/// by what people did here.
pub(crate) fn says_the_same(last: &ImportedValues, record: &Record, spec: &FieldSpec) -> bool {
    let is_linked = spec.column().is_some_and(|column| last.get(&column).is_some());
    let said = last.get(spec.name).and_then(|entry| entry.value().as_str());
    is_linked && said.is_some() && said == reference(record, spec.name)
}

fn is_same_text(entry: Imported<'_>, given: Option<&FieldValue>) -> bool {
    given.is_some_and(|given| !given.raw.is_empty() && given.raw == entry.text())
}

/// What a stored record has in a field.
fn current(spec: &FieldSpec, stored: &BusinessRow) -> Option<Value> {
    let json = match spec.storage {
        Storage::Json { column, key } => stored.values.get(column)?.get(key)?,
        Storage::Column | Storage::Input => stored.values.get(&spec.column()?)?,
    };
    let value = match (spec.kind, json.as_i64()) {
        (FieldKind::Decimal { scale }, Some(unscaled)) => Value::Decimal(Decimal { unscaled, scale }),
        _ => value_of(spec, json)?,
    };
    (value.as_text() != Some("")).then_some(value)
}

fn value_of(spec: &FieldSpec, json: &Json) -> Option<Value> {
    Value::from_json(spec.kind, json)
}

fn shown(value: Option<&Value>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
