//! Of several columns that may be the name or the number, which it is.

use torqueflow_model::FieldRef;

use super::Candidate;
use crate::column::ColumnValues;
use crate::table::Table;
use crate::vocabulary::Vocabulary;

/// A name or a number of which so many rows say what others say already is doubtful where there is another.
const REPEATED: f64 = 0.2;

impl Candidate<'_> {
    /// Of several columns that may be the name or the number, the one that is not the same in many rows is it.
    pub fn prefer_what_tells_rows_apart(&mut self, words: &Vocabulary, file: &Table) {
        let repeats = |index: usize| file.column(index).map_or(0.0, ColumnValues::repeat_share);
        for name in ["product.name", "product.code", "customer.external_customer_number"] {
            let (Some(field), Some(index)) = (FieldRef::parse(name), self.column_of(name)) else {
                continue;
            };
            let own = repeats(index);
            let may_be = |other: &usize| {
                self.mapping.field(*other).is_none()
                    && file.is_filled(*other)
                    && file.may_hold(*other, field)
                    && self.feeds(words.columns(file.headers.folded(*other)), field)
            };
            let mut others = (0..file.headers.len()).filter(may_be);
            let better = others.find(|other| repeats(*other) * 2.0 < own);
            let has_own_id = self.column_of("product.source_id").is_some_and(|id| repeats(id) == 0.0);
            match better {
                _ if own <= REPEATED => {}
                Some(better) => self.mapping.replace(index, better),
                // What variants share is the code of none.
                None if name == "product.code" && has_own_id => self.mapping.clear(index),
                None => {}
            }
        }
    }
}
