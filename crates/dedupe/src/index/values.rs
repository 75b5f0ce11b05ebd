//! The values of all records, each kept once.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use crate::given_names::is_listed;
use crate::role::Field;

/// The number of a value.
pub(crate) type ValueId = u32;

/// One value of a field.
#[derive(Debug, Clone, Copy)]
struct Entry {
    at: u32,
    length: u16,
    is_listed: bool,
    /// Records that hold it.
    holders: u32,
}

/// Values by number, and numbers by value.
#[derive(Debug, Default)]
pub(crate) struct Values {
    text: Vec<u8>,
    entries: Vec<Entry>,
    numbers: FxHashMap<u64, ValueId>,
}

/// What is known of a value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    pub text: &'a [u8],
    pub holders: u32,
    pub is_listed: bool,
}

/// A fingerprint without a seed: the same bytes give the same one, in every process.
pub(crate) fn fingerprint(kind: u8, parts: &[&[u8]]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u8(kind);
    for part in parts {
        hasher.write(part);
        hasher.write_u8(0xff);
    }
    hasher.finish()
}

impl Values {
    /// The number of a value, which one more record holds now.
    pub fn add(&mut self, field: Field, text: &str) -> ValueId {
        let text = truncated(text.as_bytes());
        let (slot, known) = self.find(field, text);
        if let Some(entry) = known.and_then(|id| self.entries.get_mut(id as usize)) {
            entry.holders += 1;
        }
        known.unwrap_or_else(|| {
            let id = self.entries.len() as ValueId;
            self.entries.push(Entry {
                at: self.text.len() as u32,
                length: text.len() as u16,
                is_listed: field == Field::Given && is_listed(std::str::from_utf8(text).unwrap_or_default()),
                holders: 1,
            });
            self.text.extend_from_slice(text);
            self.numbers.insert(slot, id);
            id
        })
    }

    /// One record less holds the value.
    pub fn release(&mut self, id: ValueId) {
        if let Some(entry) = self.entries.get_mut(id as usize) {
            entry.holders = entry.holders.saturating_sub(1);
        }
    }

    /// What is known of a value.
    pub fn get(&self, id: ValueId) -> Known<'_> {
        let entry = self.entries.get(id as usize);
        let text = entry.and_then(|entry| {
            self.text
                .get(entry.at as usize..entry.at as usize + usize::from(entry.length))
        });
        Known {
            text: text.unwrap_or_default(),
            holders: entry.map_or(0, |entry| entry.holders),
            is_listed: entry.is_some_and(|entry| entry.is_listed),
        }
    }

    /// How many records hold a value.
    pub fn holders(&self, field: Field, text: &str) -> u32 {
        let (_, known) = self.find(field, truncated(text.as_bytes()));
        known.map_or(0, |id| self.get(id).holders)
    }

    /// Where a value has its number, or would have it, and the number.
    fn find(&self, field: Field, text: &[u8]) -> (u64, Option<ValueId>) {
        let mut slot = fingerprint(field as u8, &[text]);
        loop {
            match self.numbers.get(&slot) {
                None => return (slot, None),
                Some(id) if self.get(*id).text == text => return (slot, Some(*id)),
                // Two values with one fingerprint: the next place is tried.
                Some(_) => slot = slot.wrapping_add(1),
            }
        }
    }

    pub fn bytes(&self) -> usize {
        self.text.capacity()
            + self.entries.capacity() * size_of::<Entry>()
            + self.numbers.capacity() * (size_of::<(u64, ValueId)>() + 1)
    }
}

/// Values are compared up to this many bytes.
const LONGEST: usize = 255;

fn truncated(text: &[u8]) -> &[u8] {
    text.get(..LONGEST).unwrap_or(text)
}
