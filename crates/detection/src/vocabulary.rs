//! The spellings of one generic type, prepared for looking up.

use std::collections::{BTreeMap, BTreeSet};

use torqueflow_model::{FieldRef, Slot, TableSignature, fold_header};

use crate::assign::Mapping;
use crate::by_text::ByText;
use crate::detection::MatchedBy;
use crate::headers::Headers;
use crate::signature::ratio;
use crate::similar;

/// The spellings of one type.
#[derive(Debug, Clone)]
pub struct Vocabulary {
    /// Spelling → columns of the table.
    exact: ByText<Vec<usize>>,
    /// First letter and length → spellings, with the letters that occur in each.
    rough: BTreeMap<(char, usize), Vec<(u64, String)>>,
    /// Per column of the table: what our own template calls it.
    template: Vec<[String; 3]>,
}

impl Vocabulary {
    pub fn new(table: &TableSignature) -> Self {
        let mut exact: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut rough: BTreeMap<(char, usize), Vec<(u64, String)>> = BTreeMap::new();
        for (index, column) in table.columns.iter().enumerate() {
            for alias in &column.aliases {
                exact.entry(alias.clone()).or_default().push(index);
            }
        }
        for alias in exact.keys() {
            if let Some(key) = similar::rough_key(alias) {
                rough.entry(key).or_default().push((letters(alias), alias.clone()));
            }
        }
        let names = |field: FieldRef| {
            [
                field.to_string(),
                field.spec.name.to_owned(),
                field.spec.label.to_owned(),
            ]
        };
        let template = table.columns.iter().map(|column| {
            let names = column.field.map(names).unwrap_or_default();
            names.map(|name| fold_header(&name))
        });
        Self {
            template: template.collect(),
            exact: exact.into_iter().collect(),
            rough,
        }
    }

    /// The columns that are spelled so.
    pub fn columns(&self, spelling: &str) -> &[usize] {
        self.exact.get(spelling).map_or(&[], Vec::as_slice)
    }

    /// The columns with a spelling that some header has.
    pub fn columns_among(&self, headers: &Headers) -> BTreeSet<usize> {
        let columns = (0..headers.len()).flat_map(|index| self.columns(headers.folded(index)));
        columns.copied().collect()
    }

    /// The columns with a spelling of which this could be a slip of the keyboard.
    pub fn columns_mistyped(&self, header: &str) -> Vec<usize> {
        let own = letters(header);
        let near = similar::near_keys(header).filter_map(|key| self.rough.get(&key));
        let mut columns: Vec<usize> = near
            .flatten()
            // Two slips change four letters at most; most spellings are ruled out by this alone.
            .filter(|(letters, alias)| (letters ^ own).count_ones() <= 4 && similar::mistyped(alias, header))
            .flat_map(|(_, alias)| self.columns(alias))
            .copied()
            .collect();
        columns.sort_unstable();
        columns
    }

    /// If nearly all headers are the catalogue's own names or labels, and most of those are there: the columns by them.
    pub fn template(&self, table: &TableSignature, headers: &Headers) -> Option<Mapping> {
        let mut mapping = Mapping::empty(headers.len(), table.columns.len());
        for ((column, names), found) in table.columns.iter().zip(&self.template).zip(&mut mapping.found) {
            let Some(field) = column.field else { continue };
            for index in names.iter().filter_map(|name| headers.position_as_written(name)) {
                let (Some(slot), Some(known)) = (mapping.fields.get_mut(index), mapping.known.get_mut(index)) else {
                    continue;
                };
                if slot.is_none() && found.is_none() {
                    *slot = Some((field, MatchedBy::Alias));
                    *known = true;
                    *found = Some(index);
                }
            }
        }
        let explained = ratio(mapping.count(), headers.distinct());
        let main_slots = table.slots().into_iter().filter(|slot| matches!(slot, Slot::Main(_)));
        let covered = main_slots
            .map(|slot| {
                // A template has no column for what only helps to read others.
                let of_slot = |field: &FieldRef| field.slot == slot && !field.spec.example.is_empty();
                let all = table.columns.iter().filter_map(|column| column.field).filter(of_slot);
                let there = mapping.fields.iter().flatten().map(|(field, _)| *field).filter(of_slot);
                ratio(there.count(), all.count())
            })
            .fold(1.0, f64::min);
        (mapping.count() >= 2 && explained >= 0.9 && covered >= 0.6).then_some(mapping)
    }
}

/// A bit for each letter that occurs; letters beyond the alphabet share bits.
fn letters(text: &str) -> u64 {
    text.chars()
        .fold(0, |bits, character| bits | 1 << (u32::from(character) % 64))
}
