//! Given names in general use.

use std::collections::HashSet;
use std::sync::LazyLock;

use torqueflow_model::{fold, fold_accents};

/// In small letters without accents; lines that begin with `#` say which they are and where they are from.
static NAMES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("given_names.txt").lines();
    lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect()
});

/// Whether a word is a given name, or several that a hyphen joins: `Marie-Aude`.
pub(super) fn is_given(word: &str) -> bool {
    let folded = fold(word);
    let plain = fold_accents(&folded);
    !plain.is_empty() && plain.split(' ').all(|part| NAMES.contains(part))
}

/// `J`, `J.`, `J.R.`
pub(super) fn is_initial(word: &str) -> bool {
    let mut letters = word.split('.').filter(|part| !part.is_empty()).peekable();
    letters.peek().is_some() && letters.all(|part| part.chars().count() == 1 && part.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_names_are_known_in_any_spelling() {
        for word in ["Ada", "JOSÉ", "zoe", "Marie-Anne", "Jürgen", "Łukasz", "Søren"] {
            assert!(is_given(word), "{word}");
        }
        for word in ["Lawn", "Hope", "Marie-Lawn", "", "-", "J."] {
            assert!(!is_given(word), "{word}");
        }
        assert!(is_initial("J") && is_initial("J.R.") && !is_initial("JR") && !is_initial("&") && !is_initial(""));
    }

    #[test]
    fn the_list_is_in_its_folded_form() {
        for name in NAMES.iter() {
            assert_eq!(fold_accents(&fold(name)), *name);
        }
    }
}
