//! How many batches a commit carries.

use std::time::Duration;

/// Batches of a commit, however fast they are. More would only take memory: a commit costs little beside them.
const MOST_BATCHES: usize = 10;

/// Groups batches so that planning and writing a group takes about as long as it is to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    interval: Duration,
    batches: usize,
}

impl Pace {
    /// Begins with one batch. An interval of zero stays there.
    pub fn new(interval: Duration) -> Self {
        Self { interval, batches: 1 }
    }

    /// Batches that the next commit is to carry, at least one.
    pub fn batches(self) -> usize {
        self.batches
    }

    /// Takes note of how long a group of so many batches took. Groups grow step by step, since one that was quick may have
    /// had little to write, and shrink at once.
    pub fn took(&mut self, batches: usize, time: Duration) {
        let a_batch = time / u32::try_from(batches.max(1)).unwrap_or(u32::MAX);
        let fitting = self.interval.as_nanos() / a_batch.as_nanos().max(1);
        let fitting = usize::try_from(fitting).unwrap_or(MOST_BATCHES);
        self.batches = fitting.min(self.batches * 2).clamp(1, MOST_BATCHES);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(interval: u64, times: &[u64], expected: &[usize]) {
        let mut pace = Pace::new(Duration::from_millis(interval));
        let groups: Vec<usize> = times
            .iter()
            .map(|of_a_batch| {
                let batches = pace.batches();
                let time = Duration::from_millis(*of_a_batch) * u32::try_from(batches).unwrap();
                pace.took(batches, time);
                pace.batches()
            })
            .collect();
        assert_eq!(groups, expected, "{interval} ms");
    }

    #[test]
    fn groups_grow_step_by_step_and_shrink_at_once() {
        check(500, &[50, 50, 50, 50, 50], &[2, 4, 8, 10, 10]);
        check(500, &[10, 10, 10, 10, 10, 400], &[2, 4, 8, 10, 10, 1]);
        check(500, &[0, 0, 0, 0, 0, 0], &[2, 4, 8, 10, 10, 10]);
    }

    #[test]
    fn a_commit_carries_one_batch_at_least() {
        check(0, &[0, 10, 1000], &[1, 1, 1]);
        check(500, &[600, 10_000], &[1, 1]);
    }
}
