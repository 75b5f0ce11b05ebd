//! Columns that a known system's list does not name: matched against the general vocabulary, with the same care.

use torqueflow_model::{FieldKind, FieldRef, TableSignature};

use crate::assign::Mapping;
use crate::by_text::ByText;
use crate::detection::MatchedBy;
use crate::table::Table;

/// The spellings of all generic types.
#[derive(Debug, Clone, Default)]
pub struct GeneralVocabulary {
    fields: ByText<Vec<FieldRef>>,
}

impl GeneralVocabulary {
    pub fn of<'a>(tables: impl Iterator<Item = &'a TableSignature>) -> Self {
        let mut fields: ByText<Vec<FieldRef>> = ByText::default();
        for column in tables.flat_map(|table| &table.columns) {
            let Some(field) = column.field.filter(|field| is_offered(*field)) else {
                continue;
            };
            for alias in &column.aliases {
                let of_alias = fields.entry(alias.clone()).or_default();
                if !of_alias.contains(&field) {
                    of_alias.push(field);
                }
            }
        }
        Self { fields }
    }

    /// Gives columns that the table does not know a field that nothing feeds.
    pub fn supplement(&self, mapping: &mut Mapping, table: &TableSignature, file: &Table) {
        let slots = table.slots();
        for index in 0..file.headers.len() {
            let header = file.headers.folded(index);
            if header.is_empty() || mapping.is_known(index) || mapping.field(index).is_some() {
                continue;
            }
            if file.is_no_field(index) || file.headers.position(header) != Some(index) {
                continue;
            }
            let find = |spelling: &str, fits: &dyn Fn(FieldRef) -> bool| {
                let mut fields = self.fields.get(spelling).into_iter().flatten();
                fields
                    .find(|field| slots.contains(&field.slot) && !mapping.has(**field) && fits(**field))
                    .copied()
            };
            let named = find(header, &|field| file.may_hold(index, field));
            let like = || {
                let mut variants = file.variants(index).iter();
                variants.find_map(|variant| find(variant, &|field| file.is_likely_to_hold(index, field)))
            };
            let found = named.map(|field| (field, MatchedBy::Alias));
            if let Some((field, by)) = found.or_else(|| Some((like()?, MatchedBy::Similar))) {
                mapping.offer(index, field, by);
            }
        }
    }
}

/// A link that leads nowhere fails its row, and an id that is none makes one record of many: those the system's list names.
fn is_offered(field: FieldRef) -> bool {
    !matches!(field.spec.kind, FieldKind::Reference { .. } | FieldKind::SourceId)
        && !matches!(field.spec.name, "external_customer_number" | "number" | "display_name")
}
