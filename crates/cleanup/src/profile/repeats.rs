//! Equal values in rows below each other.

use torqueflow_model::Repeats;

/// Follows the values of a column from row to row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RepeatRuns {
    rows: u64,
    repeats: u64,
    longest: u64,
    /// The value of the first row and of the last one; `None` for blank.
    first: Option<u64>,
    last: Option<u64>,
    /// How many rows from the first on, and up to the last, are equal.
    first_run: u64,
    last_run: u64,
    /// All rows so far are equal.
    is_one_run: bool,
}

impl RepeatRuns {
    /// The value of the next row, by its fingerprint; `None` for blank.
    pub fn observe(&mut self, value: Option<u64>) {
        if self.rows == 0 {
            self.first = value;
            self.is_one_run = value.is_some();
        }
        if self.rows > 0 && value.is_some() && value == self.last {
            self.last_run += 1;
            self.repeats += 1;
        } else {
            self.is_one_run &= self.rows == 0;
            self.last_run = u64::from(value.is_some());
        }
        if self.is_one_run {
            self.first_run = self.last_run;
        }
        self.last = value;
        self.longest = self.longest.max(self.last_run);
        self.rows += 1;
    }

    /// Adds the rows that follow these.
    pub fn merge(&mut self, next: &Self) {
        if self.rows == 0 {
            *self = *next;
            return;
        }
        if next.rows == 0 {
            return;
        }
        let is_joined = self.last.is_some() && self.last == next.first;
        let joined = self.last_run + next.first_run;
        self.repeats += next.repeats + u64::from(is_joined);
        self.longest = self.longest.max(next.longest);
        if is_joined {
            self.longest = self.longest.max(joined);
            if self.is_one_run {
                self.first_run += next.first_run;
            }
        }
        self.last_run = if is_joined && next.is_one_run {
            joined
        } else {
            next.last_run
        };
        self.is_one_run &= is_joined && next.is_one_run;
        self.last = next.last;
        self.rows += next.rows;
    }

    pub fn result(&self) -> Repeats {
        Repeats {
            rows: self.repeats,
            longest: self.longest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(values: &[u64]) -> RepeatRuns {
        let mut runs = RepeatRuns::default();
        for value in values {
            runs.observe((*value > 0).then_some(*value));
        }
        runs
    }

    #[track_caller]
    fn check(values: &[u64], rows: u64, longest: u64) {
        assert_eq!(runs(values).result(), Repeats { rows, longest }, "{values:?}");
        for at in 0..=values.len() {
            let (before, behind) = values.split_at(at);
            let mut merged = runs(before);
            merged.merge(&runs(behind));
            assert_eq!(merged, runs(values), "{values:?} at {at}");
        }
    }

    #[test]
    fn equal_rows_below_each_other_are_counted() {
        check(&[], 0, 0);
        check(&[1, 2, 3], 0, 1);
        check(&[1, 1, 2, 2, 2, 1], 3, 3);
        check(&[1, 1, 1], 2, 3);
    }

    #[test]
    fn a_blank_row_ends_a_stretch() {
        check(&[1, 0, 1, 0, 0], 0, 1);
        check(&[0, 0, 2, 2], 1, 2);
    }
}
