//! Columns whose values are not what their header says.

use torqueflow_model::{FieldKind, FieldRef};

use super::Candidate;
use crate::detection::MatchedBy;
use crate::table::Table;
use crate::values::Look;
use crate::vocabulary::Vocabulary;

/// A column whose values are not what its header says.
pub struct Mismatch {
    pub column: usize,
    /// What they are.
    pub look: Look,
    /// The field that the column is read as by them, if one is free.
    pub read_as: Option<FieldRef>,
}

impl Candidate<'_> {
    /// A header that says one thing over values that say another is not believed.
    pub fn drop_mismatched(&mut self, words: &Vocabulary, file: &Table) {
        for index in 0..file.headers.len() {
            let Some((field, _)) = self.mapping.field(index) else {
                continue;
            };
            if !file.may_hold(index, field) {
                self.mapping.clear(index);
            }
        }
        for index in 0..file.headers.len() {
            let unused = self.mapping.is_known(index) && self.mapping.field(index).is_none();
            let meant = self.fields(words.columns(file.headers.folded(index))).next();
            let contradiction = meant
                .filter(|_| unused)
                .and_then(|field| file.contradiction(index, field));
            if let Some(look) = contradiction {
                self.mismatched.push(Mismatch {
                    column: index,
                    look,
                    read_as: None,
                });
            }
        }
        self.put_right(file);
        self.drop_years_of_rows(file);
    }

    /// What can only be an e-mail address, a telephone number or a VIN is one, whatever its header says.
    fn put_right(&mut self, file: &Table) {
        for mismatch in &mut self.mismatched {
            let is_it = |field: &FieldRef| match mismatch.look {
                Look::Email => field.spec.kind == FieldKind::Email,
                Look::Phone => matches!(field.spec.kind, FieldKind::Phone | FieldKind::Landline),
                Look::Vin => field.spec.kind == FieldKind::Vin,
                _ => false,
            };
            let mut fields = self.table.columns.iter().filter_map(|column| column.field);
            let mapping = &self.mapping;
            let free =
                fields.find(|field| is_it(field) && !mapping.has(*field) && file.may_hold(mismatch.column, *field));
            if let Some(field) = free
                && self.mapping.offer(mismatch.column, field, MatchedBy::Values)
            {
                mismatch.read_as = Some(field);
            }
        }
    }

    /// A vehicle has one model year: where rows of the same one differ in it, it is that of the row.
    fn drop_years_of_rows(&mut self, file: &Table) {
        let (Some(year), Some(vehicle)) = (
            self.column_of("vehicle.model_year"),
            self.column_of("vehicle.registration")
                .or_else(|| self.column_of("vehicle.vin")),
        ) else {
            return;
        };
        if file.differs_mostly_within(vehicle, year) {
            self.mapping.clear(year);
        }
    }
}
