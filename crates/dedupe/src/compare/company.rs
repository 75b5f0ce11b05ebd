//! Levels of firms' names: by the weight of the words they share, rare ones weighing more.

use super::strings::{edits, similarity};
use super::words::spelling;
use crate::level::Level;

/// How many records hold a word, and how many have a firm's name at all.
pub(crate) trait WordCounts {
    /// Firms with this word in their name.
    fn holders(&self, word: &[u8]) -> u32;
    /// Firms.
    fn firms(&self) -> u32;
}

/// How far two firms' names agree, and how likely that is by chance, as the share of firms with the rarest word they have in common.
pub(crate) fn organisation(one: &[u8], other: &[u8], counts: &impl WordCounts) -> (Level, f64) {
    let shared = Shared::of(one, other, counts);
    let level = if one == other {
        Level::Same
    } else if joined(one).eq(joined(other)) || shared.likeness() >= 0.9 {
        Level::Close
    } else if shared.containment() >= 0.85 {
        Level::Part
    } else if shared.likeness() >= 0.55 {
        Level::Alike
    } else if shared.likeness() >= 0.25 {
        Level::Vague
    } else {
        match spelling(one, other) {
            Level::Close => Level::Close,
            Level::Alike => Level::Vague,
            _ => Level::Other,
        }
    };
    (level, shared.chance)
}

fn joined(name: &[u8]) -> impl Iterator<Item = u8> + '_ {
    name.iter().copied().filter(|sign| *sign != b' ')
}

/// The weights of two names' words and of those they share.
struct Shared {
    one: f64,
    other: f64,
    common: f64,
    /// The share of firms with the rarest word of those in common.
    chance: f64,
}

impl Shared {
    fn of(one: &[u8], other: &[u8], counts: &impl WordCounts) -> Self {
        let firms = f64::from(counts.firms().max(1));
        let weigh = |word: &[u8]| {
            let share = (f64::from(counts.holders(word).max(1))) / firms;
            // One letter says next to nothing.
            let length = if word.len() == 1 { 0.3 } else { 1.0 };
            (length * (1.0 + 10.0_f64.min(-share.min(0.5).log2())), share)
        };
        let words = |name| <[u8]>::split(name, |sign| *sign == b' ').filter(|word: &&[u8]| !word.is_empty());
        let mut rest: Vec<(&[u8], f64)> = words(other).map(|word| (word, weigh(word).0)).collect();
        let mut shared = Self {
            one: 0.0,
            other: rest.iter().map(|(_, weight)| weight).sum(),
            common: 0.0,
            chance: 1.0,
        };
        let mut open = Vec::new();
        for word in words(one) {
            let (weight, share) = weigh(word);
            shared.one += weight;
            match rest.iter().position(|(other, _)| *other == word) {
                Some(at) => {
                    rest.swap_remove(at);
                    shared.common += weight;
                    shared.chance = shared.chance.min(share);
                }
                None => open.push((word, weight, share)),
            }
        }
        for (word, weight, share) in open {
            if let Some(at) = rest.iter().position(|(other, _)| is_like(word, other)) {
                let (_, other_weight) = rest.swap_remove(at);
                shared.common += 0.8 * weight.min(other_weight);
                shared.chance = shared.chance.min(2.0 * share);
            }
        }
        shared
    }

    /// What they share of both, 0 to 1.
    fn likeness(&self) -> f64 {
        2.0 * self.common / (self.one + self.other).max(f64::MIN_POSITIVE)
    }

    /// What they share of the lighter, 0 to 1.
    fn containment(&self) -> f64 {
        self.common / self.one.min(self.other).max(f64::MIN_POSITIVE)
    }
}

/// A word that is misspelt or shortened.
fn is_like(one: &[u8], other: &[u8]) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    if short.len() >= 4 && long.starts_with(short) {
        return true;
    }
    match edits(one, other, 2) {
        Some(1) => short.len() >= 4,
        Some(_) => short.len() >= 7 && similarity(one, other) > 0.9,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counts;

    impl WordCounts for Counts {
        fn holders(&self, word: &[u8]) -> u32 {
            if word == b"garage" { 400 } else { 1 }
        }

        fn firms(&self) -> u32 {
            1000
        }
    }

    #[track_caller]
    fn check(one: &str, other: &str, expected: Level) {
        assert_eq!(
            organisation(one.as_bytes(), other.as_bytes(), &Counts).0,
            expected,
            "{one} / {other}"
        );
        assert_eq!(
            organisation(other.as_bytes(), one.as_bytes(), &Counts).0,
            expected,
            "{other} / {one}"
        );
    }

    #[test]
    fn rare_words_weigh_more() {
        check("hartley garage", "hartley garage", Level::Same);
        check(
            "dining room ritz carlton buckhead",
            "ritz carlton dining room buckhead",
            Level::Close,
        );
        check("ritz carlton", "ritzcarlton", Level::Close);
        check("hartley garage", "hartley", Level::Close);
        check("hartley haulage", "hartley", Level::Part);
        check("hartley garage", "hartlee garage", Level::Alike);
        check("hartley garage", "bradford garage", Level::Other);
    }
}
