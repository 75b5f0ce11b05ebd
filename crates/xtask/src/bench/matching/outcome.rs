//! How well the matches fit the labels.

use std::collections::HashSet;

use torqueflow_dedupe::MatchLevel;

use super::Run;
use super::input::Labelled;

/// Pairs of a level.
#[derive(Debug, Clone, Copy, Default)]
pub struct Band {
    pub suggested: usize,
    pub right: usize,
}

impl Band {
    /// The share that is right.
    pub fn precision(&self) -> f64 {
        share(self.right, self.suggested)
    }
}

/// What came out.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Low, medium, high.
    pub bands: [Band; 3],
    pub pairs: usize,
    /// Rows with a record before them that is the same.
    pub rows: usize,
    /// Of those, how many have one among their first three suggestions.
    pub in_first_three: usize,
    /// All rows that asked.
    pub asked: usize,
    /// Rows whose best suggestion is wrong.
    pub misled: usize,
    /// Of those, at the high level.
    pub misled_high: usize,
    pub compared: usize,
    /// Pairs that are called related, and how many of them are the same.
    pub related: Band,
}

impl Outcome {
    pub fn of(run: &Run, labelled: &Labelled) -> Self {
        let with_match: HashSet<u32> = labelled.pairs.iter().map(|(_, later)| *later).collect();
        let mut outcome = Self {
            pairs: labelled.pairs.len(),
            rows: with_match.len(),
            ..Self::default()
        };
        for (row, found) in (0_u32..).zip(&run.found) {
            let is_right = |record: u32| labelled.pairs.contains(&(record.min(row), record.max(row)));
            outcome.asked += usize::from(row >= run.scope.stored);
            outcome.compared += found.compared;
            for suggestion in &found.suggestions {
                let band = outcome.bands.get_mut(suggestion.level as usize);
                if let Some(band) = band {
                    band.suggested += 1;
                    band.right += usize::from(is_right(suggestion.record));
                }
            }
            outcome.in_first_three += usize::from(
                found
                    .suggestions
                    .iter()
                    .take(3)
                    .any(|suggestion| is_right(suggestion.record)),
            );
            if let Some(best) = found.suggestions.first().filter(|best| !is_right(best.record)) {
                outcome.misled += 1;
                outcome.misled_high += usize::from(best.level == MatchLevel::High);
            }
            outcome.related.suggested += found.relations.len();
            outcome.related.right += found
                .relations
                .iter()
                .filter(|relation| is_right(relation.record))
                .count();
        }
        outcome
    }

    /// All suggestions, whatever their level.
    pub fn all(&self) -> Band {
        let sum = |of: fn(&Band) -> usize| self.bands.iter().map(of).sum();
        Band {
            suggested: sum(|band| band.suggested),
            right: sum(|band| band.right),
        }
    }

    pub fn recall(&self) -> f64 {
        share(self.all().right, self.pairs)
    }

    /// The harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        let (precision, recall) = (self.all().precision(), self.recall());
        if precision + recall > 0.0 {
            2.0 * precision * recall / (precision + recall)
        } else {
            0.0
        }
    }
}

/// A part of a whole; 1 of nothing.
pub fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
