//! One record: each field by its rule, then what concerns several fields.

use std::borrow::Cow;

use torqueflow_model::{
    Cell, CellKind, EntityKind, FieldKind, FieldRef, FieldSpec, FieldValue, Finding, FindingCode, MappedCell, Slot,
    Storage, Value,
};

use crate::context::Context;
use crate::country::{self, Country};
use crate::damage::{self, ColumnText, Damage};
use crate::date::{self, DateField};
use crate::left_out::{self, LeftOut};
use crate::number::NumberField;
use crate::origin::{self, Origin};
use crate::text::{NoText, Prepared, prepare, settled};
use crate::verdict::Verdict;
use crate::{
    address, boolean, choice, consent, email, name, number, opt_out, phone, postcode, text, vat_number, vin, vrm,
};

/// A record's cleaned fields and what was found in its cells.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cleaned {
    /// The fields that have a value, each once. Besides fields with a place of their own, `source_id` when a column gives it.
    pub fields: Vec<FieldValue>,
    /// What a person should know, in the order in which it was found.
    pub findings: Vec<Finding>,
}

/// Cleans the cells of one record of a row. The whole row should be passed: of the cells of other slots only the address is
/// looked at, whose country is that of the customer's telephone numbers.
///
/// Where several columns feed one field, the first that yields a value wins, and one finding tells what the others say; notes
/// are joined.
///
/// ```
/// use time::macros::date;
/// use torqueflow_cleanup::{Context, clean_record};
/// use torqueflow_model::{Cell, EntityKind, FieldRef, MappedCell, Slot, Value};
///
/// let slot = Slot::Main(EntityKind::Vehicle);
/// let cell = MappedCell {
///     field: FieldRef::new(slot, "registration").unwrap(),
///     column: Some(0),
///     cell: Cell::text(" ab12 cde "),
/// };
/// let cleaned = clean_record(slot, &[cell], &Context::new(date!(2026 - 11 - 21)));
/// assert_eq!(cleaned.fields[0].value, Value::Text("AB12CDE".to_owned()));
/// assert_eq!(cleaned.fields[0].raw, " ab12 cde ");
/// ```
pub fn clean_record(slot: Slot, cells: &[MappedCell], context: &Context) -> Cleaned {
    let mut draft = Draft {
        slot,
        context,
        origin: origin::of_row(slot, cells, context),
        cleaned: Cleaned {
            fields: Vec::with_capacity(cells.len() + 8),
            findings: Vec::new(),
        },
        left_out: Vec::new(),
    };
    let inputs: Vec<Input<'_>> = cells
        .iter()
        .filter(|mapped| mapped.field.slot == slot)
        .filter_map(|mapped| draft.read(mapped))
        .collect();
    for input in &inputs {
        if let Some(verdict) = verdict(input, &draft) {
            draft.apply(input, verdict);
        }
    }
    phone::assign(&mut draft, &inputs);
    if slot == Slot::Main(EntityKind::Customer) {
        name::complete(&mut draft, &inputs);
        opt_out::apply(&mut draft, &inputs);
        consent::check(&mut draft, &inputs);
    }
    address::compose(&mut draft, &inputs);
    let left_out = std::mem::take(&mut draft.left_out);
    let others = left_out::report(&draft, &inputs, &left_out);
    draft.cleaned.findings.extend(others);
    draft.cleaned
}

/// What a field's own rule says. `None` for fields that are settled together with others.
fn verdict(input: &Input<'_>, draft: &Draft<'_>) -> Option<Verdict> {
    let text = input.text.as_ref();
    let kind = input.cell_kind();
    let in_address = draft.slot.address_type().is_some();
    let date_field = |role| DateField {
        role,
        column: input.column(),
        context: draft.context,
    };
    let number_field = NumberField {
        spec: input.mapped.field.spec,
        is_payment: draft.slot == Slot::Main(EntityKind::Payment),
        column: input.mapped.column,
        context: draft.context,
    };
    let verdict = match input.kind() {
        _ if input.feeds_others() => return None,
        FieldKind::Phone | FieldKind::Landline | FieldKind::FullName | FieldKind::Json => return None,
        FieldKind::Text | FieldKind::Postcode | FieldKind::Country if in_address => return None,
        FieldKind::LongText => text::long_text(text),
        FieldKind::Title if !draft.context.column(input.column()).salutations => return None,
        FieldKind::Title => name::title(text),
        FieldKind::PersonName => name::person_name(text),
        FieldKind::CompanyName => name::company_name(text),
        FieldKind::Email => email::email(text),
        FieldKind::Boolean => boolean::boolean(text, kind),
        FieldKind::Date(role) => date::date(text, kind, date_field(role)),
        FieldKind::DateTime(role) => date::moment(text, kind, date_field(role)),
        FieldKind::Vrm => text::findable(vrm::vrm(text, draft.context.column(input.column()).origin)),
        FieldKind::Vin => vin::vin(text),
        FieldKind::Postcode => postcode::postcode(text, draft.country(input.column())),
        FieldKind::Country => country::country(text, draft.context.column(input.column()).origin.is_british()),
        FieldKind::Decimal { scale } => number::decimal(text, kind, scale, number_field),
        FieldKind::Integer => number::integer(text, kind, number_field),
        FieldKind::Choice(options) => choice::choice(text, options),
        FieldKind::Reference { to, .. } if to.is_lookup() => text::findable(text::text(text)),
        FieldKind::Code if input.name() == "vat_number" => text::findable(vat_number::vat_number(text, kind)),
        FieldKind::Code => text::findable(text::code(text, kind)),
        FieldKind::SourceId | FieldKind::Reference { .. } => text::code(text, kind),
        _ => text::text(text),
    };
    Some(verdict.or_placeholder(text))
}

/// A cell with something in it.
pub(crate) struct Input<'a> {
    mapped: &'a MappedCell,
    /// The cell's text with technical damage undone, never blank.
    pub text: Cow<'a, str>,
}

impl Input<'_> {
    /// The text exactly as the file has it.
    pub fn raw(&self) -> &str {
        &self.mapped.cell.text
    }

    pub fn name(&self) -> &'static str {
        self.mapped.field.spec.name
    }

    pub fn kind(&self) -> FieldKind {
        self.mapped.field.spec.kind
    }

    pub fn spec(&self) -> &'static FieldSpec {
        self.mapped.field.spec
    }

    /// Where it stands; an adapter's own cells stand nowhere.
    pub fn column(&self) -> Option<usize> {
        self.mapped.column
    }

    /// Its field has no value of its own.
    pub fn feeds_others(&self) -> bool {
        let spec = self.spec();
        spec.storage == Storage::Input && spec.kind != FieldKind::SourceId
    }

    pub fn cell_kind(&self) -> CellKind {
        self.mapped.cell.kind
    }
}

/// A record in the making.
pub(crate) struct Draft<'a> {
    slot: Slot,
    context: &'a Context,
    /// Where the row is from.
    origin: Origin,
    cleaned: Cleaned,
    left_out: Vec<LeftOut>,
}

impl<'a> Draft<'a> {
    pub fn slot(&self) -> Slot {
        self.slot
    }

    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// A cell as input for the rules, unless it is blank or an error.
    fn read<'c>(&mut self, mapped: &'c MappedCell) -> Option<Input<'c>> {
        match self.prepare(mapped) {
            Ok(Prepared { text, had_nul }) => {
                let input = Input { mapped, text };
                if had_nul {
                    self.note(FindingCode::TextNulReplaced, "", &input);
                }
                Some(input)
            }
            Err(NoText::Blank) => None,
            Err(NoText::Error(name)) => {
                let text = Cow::Borrowed("");
                self.note(FindingCode::CellError, &name, &Input { mapped, text });
                None
            }
        }
    }

    /// The text of a cell, with the damage undone that its column proves. What it does not prove is reported.
    fn prepare<'c>(&mut self, mapped: &'c MappedCell) -> Result<Prepared<'c>, NoText> {
        let damage = self.context.column(mapped.column).text;
        let is_known = damage != ColumnText::default() && mapped.cell.kind == CellKind::Text;
        let undone = is_known.then(|| damage::undo(&mapped.cell.text, damage)).flatten();
        match undone {
            None => {
                let prepared = prepare(&mapped.cell)?;
                if let Some(text) = damage::meant(&mapped.cell.text) {
                    self.note_damaged(mapped, &text);
                }
                Ok(prepared)
            }
            Some((text, Damage::Proven)) => {
                let cell = Cell::text(text);
                let prepared = prepare(&cell)?;
                Ok(Prepared {
                    text: Cow::Owned(prepared.text.into_owned()),
                    had_nul: prepared.had_nul,
                })
            }
            Some((text, _)) => {
                let prepared = prepare(&mapped.cell)?;
                self.note_damaged(mapped, &text);
                Ok(prepared)
            }
        }
    }

    fn note_damaged(&mut self, mapped: &MappedCell, meant: &str) {
        let text = Cow::Borrowed("");
        self.note(FindingCode::TextDamaged, meant, &Input { mapped, text });
    }

    /// The catalogue's row of one of this record's fields.
    pub fn spec(&self, name: &str) -> Option<&'static FieldSpec> {
        self.slot.entity().fields().iter().find(|spec| spec.name == name)
    }

    /// The value so far of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.cleaned
            .fields
            .iter()
            .find(|field| field.spec.name == name)
            .map(|field| &field.value)
    }

    /// The value so far of a field, when it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_text)
    }

    /// Where the row is from by its address.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// What the file says of a field that has a value.
    pub fn raw(&self, name: &str) -> Option<&str> {
        let mut fields = self.cleaned.fields.iter();
        fields
            .find(|field| field.spec.name == name)
            .map(|field| field.raw.as_str())
    }

    /// The country of a number or postcode in this column that names none: the row's, else the column's, else the
    /// context's. `None` when it is not British and nothing says what else.
    pub fn country(&self, column: Option<usize>) -> Option<Country> {
        let default = self.context.default_country;
        match self.origin.or(self.context.column(column).origin) {
            Origin::From(country) => Some(country),
            Origin::Abroad if default.has_british_postcodes() => None,
            Origin::Abroad | Origin::Unknown => Some(default),
        }
    }

    /// Takes over what a rule says of a cell.
    pub fn apply(&mut self, input: &Input<'_>, verdict: Verdict) {
        for note in &verdict.notes {
            self.note(note.code, &note.detail, input);
        }
        if let Some(value) = verdict.value
            && !input.feeds_others()
            && !self.set(input.spec(), value, input.raw())
        {
            self.leave_out(input);
        }
    }

    /// Remembers a cell whose value has no place, to be told at the end.
    pub fn leave_out(&mut self, input: &Input<'_>) {
        self.left_out.push(LeftOut::of(input));
    }

    /// Sets a field by name. Fields that this record does not have are left out.
    pub fn set_by_name(&mut self, name: &str, value: Value, raw: &str) {
        if let Some(spec) = self.spec(name) {
            self.set(spec, value, raw);
        }
    }

    /// As [`set_by_name`](Self::set_by_name), in place of what the field held.
    pub fn replace_by_name(&mut self, name: &str, value: Value) {
        self.remove(name);
        self.set_by_name(name, value, "");
    }

    /// The first value of a field stays; long texts are joined. False when another value stands there.
    fn set(&mut self, spec: &'static FieldSpec, value: Value, raw: &str) -> bool {
        let value = match value {
            Value::Text(text) => match settled(text) {
                text if text.is_empty() => return true,
                text => Value::Text(text),
            },
            other => other,
        };
        let held = self
            .cleaned
            .fields
            .iter_mut()
            .find(|field| field.spec.name == spec.name);
        match held {
            None => self.cleaned.fields.push(FieldValue {
                spec,
                value,
                raw: raw.to_owned(),
            }),
            Some(held) if spec.kind == FieldKind::LongText => {
                if let (Value::Text(text), Value::Text(more)) = (&mut held.value, &value)
                    && text != more
                {
                    text.push('\n');
                    text.push_str(more);
                    held.raw.push('\n');
                    held.raw.push_str(raw);
                }
            }
            Some(held) => return held.value == value,
        }
        true
    }

    /// Makes a field null.
    pub fn remove(&mut self, name: &str) {
        self.cleaned.fields.retain(|field| field.spec.name != name);
    }

    /// Makes every field null.
    pub fn clear(&mut self) {
        self.cleaned.fields.clear();
    }

    /// Reports something about a cell.
    pub fn note(&mut self, code: FindingCode, detail: &str, input: &Input<'_>) {
        self.cleaned.findings.push(Finding {
            code,
            column: input.mapped.column,
            field: Some(FieldRef {
                slot: self.slot,
                spec: input.mapped.field.spec,
            }),
            value: input.raw().to_owned(),
            detail: detail.to_owned(),
        });
    }

    /// Whether this was said of a cell.
    pub fn has_noted(&self, code: FindingCode, input: &Input<'_>) -> bool {
        let mut findings = self.cleaned.findings.iter();
        findings.any(|finding| finding.code == code && finding.column == input.column())
    }

    /// Whether nothing of this kind was reported yet.
    pub fn has_no_note(&self, code: FindingCode) -> bool {
        !self.cleaned.findings.iter().any(|finding| finding.code == code)
    }
}
