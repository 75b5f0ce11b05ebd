//! How much evidence decides.

/// Rows that must agree for one that contradicts them to be the mistake: it is one in twenty-one at most.
const ROWS_PER_CONTRADICTION: u64 = 20;

/// Which of two sides the rows of a column are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sides {
    /// No row says anything.
    None,
    /// On the first, but for a few at most.
    First,
    /// On the second, but for a few at most.
    Second,
    /// On both.
    Both,
}

/// Weighs rows that exclude each other. One row decides where no other speaks; a few that contradict many change nothing.
pub(crate) fn weigh(first: u64, second: u64) -> Sides {
    let outweighs = |many: u64, few: u64| many > 0 && few.saturating_mul(ROWS_PER_CONTRADICTION) <= many;
    if outweighs(first, second) {
        Sides::First
    } else if outweighs(second, first) {
        Sides::Second
    } else if first + second == 0 {
        Sides::None
    } else {
        Sides::Both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_outweigh_few_and_one_outweighs_none() {
        for (first, second, expected) in [
            (0, 0, Sides::None),
            (1, 0, Sides::First),
            (0, 1, Sides::Second),
            (1, 1, Sides::Both),
            (19, 1, Sides::Both),
            (20, 1, Sides::First),
            (2, 40, Sides::Second),
            (u64::MAX, 0, Sides::First),
        ] {
            assert_eq!(weigh(first, second), expected, "{first} {second}");
        }
    }
}
