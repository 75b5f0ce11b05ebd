//! Distances between strings. This is the only file that knows who measures them.

use rapidfuzz::distance::{jaro_winkler, osa};

/// The edits between two strings (optimal string alignment: insert, delete, replace, swap neighbours), if they are at most
/// `most`.
pub(crate) fn edits(one: &[u8], other: &[u8], most: usize) -> Option<usize> {
    if one.len().abs_diff(other.len()) > most {
        return None;
    }
    let arguments = osa::Args::default().score_cutoff(most);
    osa::distance_with_args(one.iter().copied(), other.iter().copied(), &arguments)
}

/// The Jaro–Winkler similarity, 0 to 1. Which comes first makes no difference.
pub(crate) fn similarity(one: &[u8], other: &[u8]) -> f64 {
    // The matching is greedy, so it is done in one order.
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    jaro_winkler::similarity(first.iter().copied(), second.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swapped_neighbours_are_one_edit() {
        assert_eq!(edits(b"brian", b"brain", 2), Some(1));
        assert_eq!(edits(b"lee", b"ler", 2), Some(1));
        assert_eq!(edits(b"smith", b"jones", 2), None);
        assert_eq!(edits(b"", b"abc", 2), None);
    }

    #[test]
    fn similar_names_are_nearer_than_others() {
        assert!(similarity(b"macdonald", b"mcdonald") > 0.9);
        assert!(similarity(b"smith", b"jones") < 0.6);
    }
}
