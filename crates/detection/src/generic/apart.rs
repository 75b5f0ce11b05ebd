//! Of several columns that may be the name or the number, which it is; and whose number a column holds.

use torqueflow_model::FieldRef;

use super::Candidate;
use crate::column::ColumnValues;
use crate::detection::MatchedBy;
use crate::table::Table;
use crate::vocabulary::Vocabulary;

/// A name or a number of which so many rows say what others say already is doubtful where there is another.
const REPEATED: f64 = 0.2;
/// So few of the rows have a price that another one may be meant.
const FEW: f64 = 0.3;
/// Of fewer rows nobody can say whether each has another supplier.
const ROWS: usize = 8;
/// Words of headers for a number.
const NUMBERS: &[&str] = &["number", "no", "nr", "code", "ref", "reference", "id", "sku"];

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

    /// Of two prices, that of most rows is the price, and not one that few have.
    pub fn prefer_prices_that_most_rows_have(&mut self, words: &Vocabulary, file: &Table) {
        for name in ["product.retail_price", "product.cost_price"] {
            let (Some(field), Some(index)) = (FieldRef::parse(name), self.column_of(name)) else {
                continue;
            };
            let is_it = |other: &usize| {
                self.mapping.field(*other).is_none()
                    && file.is_in_nearly_all_rows(*other)
                    && file.may_hold(*other, field)
                    && self.feeds(words.columns(file.headers.folded(*other)), field)
            };
            let other = (0..file.headers.len()).find(is_it);
            if let Some(other) = other.filter(|_| file.share_of_rows(index) < FEW) {
                self.mapping.replace(index, other);
            }
        }
    }

    /// Suppliers have many articles: a number of the supplier's that is another one in nearly every row is that under which they
    /// sell the article.
    pub fn tell_suppliers_from_their_numbers(&mut self, file: &Table) {
        let Some(index) = self.column_of("product.supplier") else {
            return;
        };
        let is_numbered = file.words(index).iter().any(|word| NUMBERS.contains(&word.as_str()));
        let is_own = |values: &ColumnValues| values.filled >= ROWS && values.repeat_share() <= REPEATED;
        if !is_numbered || !file.column(index).is_some_and(is_own) {
            return;
        }
        self.mapping.clear(index);
        if let Some(code) = FieldRef::parse("product.code").filter(|code| file.is_likely_to_hold(index, *code)) {
            self.mapping.offer(index, code, MatchedBy::Similar);
        }
    }
}
