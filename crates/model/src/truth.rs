//! The words with which files say yes and no.

use crate::fold::{fold, fold_accents};

/// Yes and no in words, folded and without accents: English, German, French, Dutch, Spanish, Italian, Portuguese, Polish,
/// Swedish, Danish, Norwegian; then what programs of those languages write for true and false.
const YES: &[&str] = &[
    "yes",
    "ja",
    "jawohl",
    "oui",
    "si",
    "sim",
    "tak",
    "true",
    "wahr",
    "vrai",
    "waar",
    "verdadero",
    "verdadeiro",
    "vero",
    "prawda",
    "sant",
    "sand",
    "sann",
];
const NO: &[&str] = &[
    "no", "nein", "non", "nee", "nao", "nie", "nej", "nei", "false", "falsch", "faux", "onwaar", "falso", "falsz",
    "falskt", "falsk", "usann",
];

/// What a word for yes or no says; of a single letter or digit, nothing.
///
/// ```
/// use torqueflow_model::yes_or_no;
/// assert_eq!(yes_or_no("Sí"), Some(true));
/// assert_eq!(yes_or_no("NÃO"), Some(false));
/// assert_eq!(yes_or_no("maybe"), None);
/// ```
pub fn yes_or_no(text: &str) -> Option<bool> {
    // The longest word has ten letters, and no letter has more than two bytes.
    if text.len() > 20 || !may_be_word(text) {
        return None;
    }
    let folded = fold(text);
    let word = fold_accents(&folded);
    let is = |list: &[&str]| list.contains(&word.as_ref());
    if is(YES) {
        Some(true)
    } else if is(NO) {
        Some(false)
    } else {
        None
    }
}

/// Whether a text may be one of the words, by its first letter and since none has a digit: most others are not folded.
fn may_be_word(text: &str) -> bool {
    let mut letters = text.chars().filter(|character| character.is_alphanumeric());
    let begins = |first: char| !first.is_ascii() || FIRST_LETTERS.contains(&first.to_ascii_lowercase());
    letters.next().is_some_and(begins) && !letters.any(|character| character.is_ascii_digit())
}

/// The first letters of the words.
const FIRST_LETTERS: [char; 11] = ['f', 'j', 'n', 'o', 'p', 's', 't', 'u', 'v', 'w', 'y'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_says_one_thing() {
        assert!(YES.iter().all(|word| !NO.contains(word)));
        for word in YES.iter().chain(NO) {
            assert_eq!(yes_or_no(word), Some(YES.contains(word)));
            assert_eq!(fold_accents(&fold(word)), *word);
        }
    }
}
