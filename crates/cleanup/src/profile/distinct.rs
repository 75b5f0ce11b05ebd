//! How many different values a column has, in bounded memory.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use torqueflow_model::Distinct;

/// Different values that are watched at a time. Up to so many are counted; the number of more is known to about 3 %.
const WATCHED: usize = 1024;
/// The bits of a fingerprint by which values are left out. A hash table uses those at both ends.
const SAMPLED_FROM: u32 = 20;
const MOST_HALVINGS: u32 = 30;

/// A hash table by what is a fingerprint already.
pub(super) type ByPrint<V> = HashMap<u64, V, BuildHasherDefault<Print>>;

/// Takes a fingerprint for its own hash.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Print(u64);

impl Hasher for Print {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = torqueflow_model::hash64(bytes);
    }

    fn write_u64(&mut self, print: u64) {
        self.0 = print;
    }
}

/// Which values are watched: all of them, else, each time there are too many, half of those before. A value that is watched
/// at last was watched from the first row on, so what is known of it is complete, in whatever order the rows stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sample {
    halvings: u32,
}

impl Sample {
    pub fn watches(self, print: u64) -> bool {
        (print >> SAMPLED_FROM) & ((1 << self.halvings) - 1) == 0
    }

    /// Halves the watched values until there are no more than `most`.
    pub fn bound<V>(&mut self, watched: &mut ByPrint<V>, most: usize) {
        while watched.len() > most && self.halvings < MOST_HALVINGS {
            self.halvings += 1;
            let sample = *self;
            watched.retain(|print, _| sample.watches(*print));
        }
    }

    /// Watches what both watch.
    pub fn meet(&mut self, other: Self) {
        self.halvings = self.halvings.max(other.halvings);
    }

    /// How many values there are of which so many are watched.
    pub fn scale(self, watched: u64) -> u64 {
        watched << self.halvings
    }

    pub fn is_all(self) -> bool {
        self.halvings == 0
    }
}

/// Counts different values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DistinctCount {
    sample: Sample,
    watched: ByPrint<u32>,
}

impl DistinctCount {
    pub fn observe(&mut self, print: u64) {
        if !self.sample.watches(print) {
            return;
        }
        let rows = self.watched.entry(print).or_default();
        *rows = rows.saturating_add(1);
        self.sample.bound(&mut self.watched, WATCHED);
    }

    pub fn merge(&mut self, other: &Self) {
        self.sample.meet(other.sample);
        let sample = self.sample;
        self.watched.retain(|print, _| sample.watches(*print));
        for (print, rows) in &other.watched {
            if sample.watches(*print) {
                let known = self.watched.entry(*print).or_default();
                *known = known.saturating_add(*rows);
            }
        }
        self.sample.bound(&mut self.watched, WATCHED);
    }

    pub fn result(&self) -> Distinct {
        Distinct {
            values: self.sample.scale(self.watched.len() as u64),
            is_exact: self.sample.is_all(),
            is_unique: self.watched.values().all(|rows| *rows == 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::hash64;

    use super::*;

    fn count(values: impl Iterator<Item = u32>) -> DistinctCount {
        let mut count = DistinctCount::default();
        values.for_each(|value| count.observe(hash64(&value.to_le_bytes())));
        count
    }

    #[test]
    fn few_values_are_counted() {
        let expected = |values, is_unique| Distinct {
            values,
            is_exact: true,
            is_unique,
        };
        assert_eq!(count(0..1000).result(), expected(1000, true));
        assert_eq!(count((0..1000).chain(7..8)).result(), expected(1000, false));
        assert_eq!(count(0..0).result(), expected(0, true));
    }

    #[test]
    fn many_values_are_estimated_and_their_repeats_seen() {
        let many = count(0..200_000);
        let result = many.result();
        assert!((180_000..220_000).contains(&result.values), "{result:?}");
        assert!(!result.is_exact && result.is_unique);
        assert!(many.watched.len() <= WATCHED);
        assert!(!count((0..200_000).chain(0..100_000)).result().is_unique);
    }

    #[test]
    fn neither_order_nor_segments_matter() {
        let whole = count(0..5000);
        assert_eq!(count((0..5000).rev()), whole);
        let mut merged = count(3000..5000);
        merged.merge(&count(0..3000));
        assert_eq!(merged, whole);
    }
}
