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
            self.halve(watched);
        }
    }

    /// Halves the watched values until there are no more than `most` with this new one, which is not put in. Says whether it is
    /// watched. So the table does not grow for a value that makes it too large.
    pub fn make_room<V>(&mut self, watched: &mut ByPrint<V>, most: usize, print: u64) -> bool {
        while watched.len() + usize::from(self.watches(print)) > most && self.halvings < MOST_HALVINGS {
            self.halve(watched);
        }
        self.watches(print)
    }

    fn halve<V>(&mut self, watched: &mut ByPrint<V>) {
        self.halvings += 1;
        let sample = *self;
        // Put in anew: places of values that are only removed stay taken, for which the table would grow.
        let kept: Vec<(u64, V)> = watched.drain().filter(|(print, _)| sample.watches(*print)).collect();
        watched.extend(kept);
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

/// Counts different values, and remembers of those that are watched what they were read as (`R`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DistinctCount<R> {
    sample: Sample,
    watched: ByPrint<Watched<R>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Watched<R> {
    rows: u32,
    reading: Option<R>,
}

impl<R> Default for DistinctCount<R> {
    fn default() -> Self {
        Self {
            sample: Sample::default(),
            watched: ByPrint::default(),
        }
    }
}

impl<R: Copy> DistinctCount<R> {
    /// Counts a value. Says what it was read as, if that is remembered.
    pub fn observe(&mut self, print: u64) -> Option<R> {
        if !self.sample.watches(print) {
            return None;
        }
        if let Some(known) = self.watched.get_mut(&print) {
            known.rows = known.rows.saturating_add(1);
            return known.reading;
        }
        if self.sample.make_room(&mut self.watched, WATCHED, print) {
            let first = Watched { rows: 1, reading: None };
            self.watched.insert(print, first);
        }
        None
    }

    /// Remembers what a value was read as, if it is watched.
    pub fn remember(&mut self, print: u64, reading: R) {
        if !self.sample.watches(print) {
            return;
        }
        if let Some(known) = self.watched.get_mut(&print) {
            known.reading = Some(reading);
        }
    }

    pub fn merge(&mut self, other: &Self) {
        self.sample.meet(other.sample);
        let sample = self.sample;
        self.watched.retain(|print, _| sample.watches(*print));
        for (print, more) in &other.watched {
            if sample.watches(*print) {
                // What the other column read it as refers to what that one has counted.
                let nothing = Watched { rows: 0, reading: None };
                let known = self.watched.entry(*print).or_insert(nothing);
                known.rows = known.rows.saturating_add(more.rows);
            }
        }
        self.sample.bound(&mut self.watched, WATCHED);
    }

    pub fn result(&self) -> Distinct {
        Distinct {
            values: self.sample.scale(self.watched.len() as u64),
            is_exact: self.sample.is_all(),
            is_unique: self.watched.values().all(|value| value.rows == 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use torqueflow_model::hash64;

    use super::*;

    fn count(values: impl Iterator<Item = u32>) -> DistinctCount<u32> {
        let mut count = DistinctCount::default();
        values.for_each(|value| {
            count.observe(hash64(&value.to_le_bytes()));
        });
        count
    }

    #[test]
    fn what_a_watched_value_was_read_as_is_remembered() {
        let mut values = DistinctCount::default();
        assert_eq!(values.observe(7), None);
        values.remember(7, "seven");
        values.remember(8, "eight");
        assert_eq!((values.observe(7), values.observe(8)), (Some("seven"), None));
        let mut merged = DistinctCount::default();
        merged.merge(&values);
        assert_eq!(merged.observe(7), None);
        assert_eq!(merged.result().values, 2);
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
    fn the_table_does_not_grow_for_what_makes_it_too_large() {
        let mut sample = Sample::default();
        let mut watched = ByPrint::default();
        let most = 1024 / 8 * 7;
        for value in 0..most as u32 {
            watched.insert(hash64(&value.to_le_bytes()), value);
        }
        let capacity = watched.capacity();
        for value in most as u32..50_000 {
            let print = hash64(&value.to_le_bytes());
            if sample.make_room(&mut watched, most, print) {
                watched.insert(print, value);
            }
        }
        assert!(watched.len() <= most && watched.capacity() == capacity);
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
