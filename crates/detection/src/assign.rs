//! Gives each column of a file its field of a table.

use torqueflow_model::{FieldRef, TableSignature};

use crate::detection::MatchedBy;
use crate::headers::Headers;
use crate::similar;

/// Which column of the file feeds which field, for one table.
#[derive(Clone)]
pub struct Mapping {
    /// Per column of the file: its field, and how it was found.
    pub fields: Vec<Option<(FieldRef, MatchedBy)>>,
    /// Per column of the file: the table knows its header, whether or not it is imported.
    pub known: Vec<bool>,
    /// Per column of the table: the column of the file that has one of its spellings.
    pub found: Vec<Option<usize>>,
}

impl Mapping {
    /// No column of a file with so many has a field. `of_table`: how many columns the table has.
    pub fn empty(columns: usize, of_table: usize) -> Self {
        Self {
            fields: vec![None; columns],
            known: vec![false; columns],
            found: vec![None; of_table],
        }
    }

    /// Assigns by known spellings only.
    ///
    /// The table's columns choose in their order, each by its spellings in their order; so where `Mobile` and
    /// `Telephone` are both there, the field that prefers a mobile has it, and the other is left with the telephone.
    ///
    /// Several of the table's columns may have the same field: the first that is filled counts, row by row.
    pub fn by_alias(table: &TableSignature, headers: &Headers) -> Self {
        Self::assign(table, headers, |_| true, |_, _| true)
    }

    /// The same, looking only at these columns of the table, of which one at most feeds a field, and giving a column of the
    /// file only a field that it fits.
    pub fn by_alias_of(
        table: &TableSignature,
        headers: &Headers,
        wanted: impl Fn(usize) -> bool,
        fits: impl Fn(usize, FieldRef) -> bool,
    ) -> Self {
        let mut mapping = Self::assign(table, headers, wanted, fits);
        mapping.drop_repeats();
        mapping
    }

    fn assign(
        table: &TableSignature,
        headers: &Headers,
        wanted: impl Fn(usize) -> bool,
        fits: impl Fn(usize, FieldRef) -> bool,
    ) -> Self {
        let mut mapping = Self::empty(headers.len(), table.columns.len());
        let mut taken = vec![false; headers.len()];
        for (place, (column, found)) in table.columns.iter().zip(&mut mapping.found).enumerate() {
            if !wanted(place) {
                continue;
            }
            for index in column.aliases.iter().filter_map(|alias| headers.position(alias)) {
                if let Some(known) = mapping.known.get_mut(index) {
                    *known = true;
                }
                let free = found.is_none() && column.field.is_none_or(|field| fits(index, field));
                let Some(taken) = taken.get_mut(index).filter(|taken| free && !**taken) else {
                    continue;
                };
                *taken = true;
                *found = Some(index);
                if let (Some(slot), Some(field)) = (mapping.fields.get_mut(index), column.field) {
                    *slot = Some((field, MatchedBy::Alias));
                }
            }
        }
        mapping
    }

    /// A field is fed by one column only: that of the table's first column that was found.
    fn drop_repeats(&mut self) {
        let order: Vec<usize> = self.found.iter().flatten().copied().collect();
        let mut taken: Vec<FieldRef> = Vec::new();
        for index in order {
            let Some(slot) = self.fields.get_mut(index) else {
                continue;
            };
            if let Some((field, _)) = slot {
                if taken.contains(field) {
                    *slot = None;
                } else {
                    taken.push(*field);
                }
            }
        }
    }

    /// Gives a column of the file a field, if neither is taken.
    pub fn offer(&mut self, index: usize, field: FieldRef, by: MatchedBy) -> bool {
        if self.has(field) {
            return false;
        }
        match self.fields.get_mut(index) {
            Some(slot @ None) => {
                *slot = Some((field, by));
                true
            }
            _ => false,
        }
    }

    /// Gives the field of one column to another.
    pub fn replace(&mut self, from: usize, to: usize) {
        let field = self.fields.get_mut(from).and_then(Option::take);
        if let Some(slot) = self.fields.get_mut(to) {
            *slot = field;
        }
        for found in self.found.iter_mut().filter(|found| **found == Some(from)) {
            *found = Some(to);
        }
    }

    /// Takes a column's field away.
    pub fn clear(&mut self, index: usize) {
        if let Some(slot) = self.fields.get_mut(index) {
            *slot = None;
        }
    }

    pub fn field(&self, index: usize) -> Option<(FieldRef, MatchedBy)> {
        self.fields.get(index).copied().flatten()
    }

    pub fn is_known(&self, index: usize) -> bool {
        self.known.get(index).copied().unwrap_or_default()
    }

    /// Gives columns that the table does not know those of its columns that are absent, where the header may be the other's
    /// mistyped. Says whether any was found.
    pub fn add_mistyped(&mut self, table: &TableSignature, headers: &Headers) -> bool {
        let mut any = false;
        let absent = table
            .columns
            .iter()
            .zip(&mut self.found)
            .filter(|(_, found)| found.is_none());
        for (column, found) in absent {
            let place = (0..headers.len()).find(|index| {
                let header = headers.folded(*index);
                let known = self.known.get(*index).copied().unwrap_or(true);
                !known && column.aliases.iter().any(|alias| similar::mistyped(alias, header))
            });
            let Some(place) = place else { continue };
            *found = Some(place);
            any = true;
            if let (Some(known), Some(slot)) = (self.known.get_mut(place), self.fields.get_mut(place)) {
                *known = true;
                *slot = column.field.map(|field| (field, MatchedBy::Similar));
            }
        }
        any
    }

    /// Some column feeds this field.
    pub fn has(&self, field: FieldRef) -> bool {
        self.fields.iter().flatten().any(|(other, _)| *other == field)
    }

    /// How many columns have a field.
    pub fn count(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    /// How many headers the table knows.
    pub fn known_count(&self) -> usize {
        self.known.iter().filter(|known| **known).count()
    }
}
