//! Customers that a row names where others give their number: `Client Name` of an invoice, `Owner` of a vehicle.

use std::cell::LazyCell;

use torqueflow_cleanup::{Context, clean_record};
use torqueflow_model::{
    Cell, ColumnProfile, EntityKind, FieldKind, FieldRef, Look, MappedCell, MatchValues, Record, Row, Slot, ValueKind,
    fold,
};

use crate::plan::TablePlan;

/// So many of the values of a column of contacts look like such.
const CONTACTS: f64 = 0.6;

/// A reference to a customer in a column of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLink {
    /// The record that refers, as an index into [`CleanRow::records`](crate::CleanRow::records).
    pub from: usize,
    /// Its field.
    pub field: &'static str,
    /// Who is meant.
    pub called: Called,
}

/// What a row says of a customer that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Called {
    /// What [`customer_names`] may give for it.
    pub names: Vec<String>,
    /// E-mail address, telephone numbers and postcodes that stand in the row and belong to nothing else in it: they tell
    /// customers of one name apart.
    pub contacts: MatchValues,
}

/// The names under which a customer can be found: as it is sorted (`smith ada`), its company's and its whole one, folded, each
/// once.
///
/// ```
/// use torqueflow_model::{EntityKind, FieldRef, FieldValue, Record, Slot, SourceId, Value};
/// use torqueflow_pipeline::customer_names;
/// let slot = Slot::Main(EntityKind::Customer);
/// let name = FieldValue {
///     spec: FieldRef::new(slot, "display_name").unwrap().spec,
///     value: Value::Text("Ada Smith".to_owned()),
///     raw: String::new(),
/// };
/// let customer = Record { slot, source_id: SourceId::Content(0), fields: vec![name] };
/// assert_eq!(customer_names(&customer), ["ada smith"]);
/// ```
pub fn customer_names(customer: &Record) -> Vec<String> {
    let whole = ["company", "display_name"];
    let folded = whole.iter().filter_map(|name| customer.text(name)).map(fold);
    let sorted = customer.text("sort_name").map(str::to_owned);
    let mut names = Vec::new();
    for name in sorted.into_iter().chain(folded) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The fields of a table that refer to customers and whose columns hold names.
pub(crate) fn named_fields(plan: &TablePlan) -> Vec<FieldRef> {
    let columns = plan.columns.iter().zip(&plan.profiles);
    let named = columns.filter(|(_, profile)| holds_names(profile));
    let fields = named.flat_map(|(column, _)| column.fields());
    fields.filter(|field| refers_to_customer(*field)).collect()
}

/// The columns that no field takes and whose values are e-mail addresses, telephone numbers or postcodes: column, from 0, and the
/// field of a customer that takes such values.
pub(crate) fn contact_columns(plan: &TablePlan) -> Vec<(usize, FieldRef)> {
    let customer = Slot::Main(EntityKind::Customer);
    let fields = [
        (Look::Email, FieldRef::new(customer, "email")),
        (Look::Phone, FieldRef::new(customer, "phone")),
        (Look::Postcode, FieldRef::new(Slot::BillingAddress, "postal_code")),
    ];
    let columns = plan.columns.iter().zip(&plan.profiles).enumerate();
    let free = columns.filter(|(_, (column, _))| column.fields().next().is_none());
    free.filter_map(|(index, (_, profile))| {
        let looks = |look| profile.likeness(look).is_some_and(|share| share > CONTACTS);
        let (_, field) = fields.iter().find(|(look, _)| looks(*look))?;
        Some((index, (*field)?))
    })
    .collect()
}

fn refers_to_customer(field: FieldRef) -> bool {
    let FieldKind::Reference { to, .. } = field.spec.kind else {
        return false;
    };
    to == EntityKind::Customer
}

/// Most values are words, and many are several: numbers have digits, and codes no blanks.
fn holds_names(profile: &ColumnProfile) -> bool {
    let texts = profile.kinds.get(&ValueKind::Text).copied().unwrap_or_default();
    let (several, all) = if profile.shapes.is_empty() {
        let several = profile.examples.iter().filter(|example| is_several_words(example));
        (several.count() as u64, profile.examples.len() as u64)
    } else {
        let several = profile.shapes.iter().filter(|shape| is_several_words(&shape.shape));
        (several.map(|shape| shape.count).sum(), profile.filled)
    };
    several > 0 && several * 4 >= all && texts * 2 > profile.filled
}

fn is_several_words(text: &str) -> bool {
    text.trim().contains(' ') && !text.bytes().any(|byte| byte.is_ascii_digit())
}

/// The references of a row's records that stand in columns of names. `contacts` are the columns of the row that tell customers of
/// one name apart.
pub(crate) fn named_links(
    fields: &[FieldRef],
    records: &[Record],
    row: &Row,
    contacts: &[(usize, FieldRef)],
    context: &Context,
) -> Vec<NamedLink> {
    let said = LazyCell::new(|| contacts_in(row, contacts, context));
    let mut links = Vec::new();
    for field in fields {
        let of_slot = records
            .iter()
            .enumerate()
            .filter(|(_, record)| record.slot == field.slot);
        for (from, record) in of_slot {
            if let Some(text) = record.text(field.spec.name) {
                links.push(NamedLink {
                    from,
                    field: field.spec.name,
                    called: Called {
                        names: names_in(text, context),
                        contacts: MatchValues::clone(&said),
                    },
                });
            }
        }
    }
    links
}

/// The names that a text may be of, as those of a customer are cleaned.
fn names_in(text: &str, context: &Context) -> Vec<String> {
    let slot = Slot::Main(EntityKind::Customer);
    let cells = FieldRef::new(slot, "display_name").map(|field| MappedCell {
        field,
        column: None,
        cell: Cell::text(text),
    });
    let cells: Vec<MappedCell> = cells.into_iter().collect();
    let customer = Record {
        slot,
        source_id: torqueflow_model::SourceId::Content(0),
        fields: clean_record(slot, &cells, context).fields,
    };
    let mut names = customer_names(&customer);
    let given = fold(text);
    if !given.is_empty() && !names.contains(&given) {
        names.push(given);
    }
    names
}

/// What the row's own columns of e-mail addresses, telephone numbers and postcodes say, cleaned as a customer's.
fn contacts_in(row: &Row, columns: &[(usize, FieldRef)], context: &Context) -> MatchValues {
    let mut contacts = MatchValues::default();
    for (column, field) in columns {
        let Some(cell) = row.cells.get(*column).filter(|cell| !cell.is_blank()) else {
            continue;
        };
        let cell = MappedCell {
            field: *field,
            column: Some(*column),
            cell: cell.clone(),
        };
        for cleaned in clean_record(field.slot, &[cell], context).fields {
            let text = cleaned.value.as_text().map(str::to_owned);
            match cleaned.spec.name {
                "email" => contacts.email = contacts.email.or(text),
                "phone" | "landline" => contacts.phones.extend(text),
                "postal_code" => contacts.postcodes.extend(text),
                _ => {}
            }
        }
    }
    contacts
}

impl TablePlan {
    /// Its rows may name customers that stand elsewhere.
    pub fn names_customers(&self) -> bool {
        !named_fields(self).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::{CleanRow, Cleaner, PlannedColumn, TableVotes};

    /// The rows of invoices whose second column refers to customers, cleaned after all were asked.
    fn clean(customers: &[&str]) -> Vec<CleanRow> {
        let field = |name| FieldRef::new(Slot::Main(EntityKind::Invoice), name);
        let mut plan = TablePlan {
            type_id: Some("generic.invoices".to_owned()),
            columns: vec![
                PlannedColumn::new("Invoice No", field("number"), "alias"),
                PlannedColumn::new("Client", field("customer"), "alias"),
            ],
            ..TablePlan::default()
        };
        let rows: Vec<Row> = customers
            .iter()
            .zip(1..)
            .map(|(customer, number)| Row {
                number: number + 1,
                cells: vec![Cell::text(format!("R-{number}")), Cell::text(*customer)],
            })
            .collect();
        let mut votes = TableVotes::of(&plan);
        for row in &rows {
            votes.observe(row);
        }
        votes.settle(&mut plan, None);
        let cleaner = Cleaner::new(&plan, None, date!(2026 - 11 - 30));
        rows.iter().map(|row| cleaner.clean(row)).collect()
    }

    #[track_caller]
    fn check(customers: &[&str], expected: &[&[&str]]) {
        let found: Vec<Vec<String>> = clean(customers)
            .into_iter()
            .map(|row| row.named.into_iter().flat_map(|link| link.called.names).collect())
            .collect();
        assert_eq!(found, expected, "{customers:?}");
    }

    #[test]
    fn a_column_of_names_refers_by_name() {
        check(
            &["Jenny Robb", "Robb, Jenny", "Mrs J. Robb", "Robb & Sons Ltd"],
            &[
                &["robb jenny", "jenny robb"],
                &["robb jenny", "jenny robb"],
                &["robb j", "mrs j robb"],
                &["robb sons ltd"],
            ],
        );
        // One word among whole names is a name.
        check(&["Jenny Robb", "Merida"], &[&["robb jenny", "jenny robb"], &["merida"]]);
    }

    #[test]
    fn columns_of_numbers_and_codes_do_not() {
        check(&["C1001", "C1002"], &[&[], &[]]);
        check(&["1001", "1002"], &[&[], &[]]);
        check(&["ROBB", "SENN", "NOWICKI"], &[&[], &[], &[]]);
        check(&["C 1001", "C 1002"], &[&[], &[]]);
    }
}
