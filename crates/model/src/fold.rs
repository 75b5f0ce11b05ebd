//! Folding: one spelling for what people write in many ways, and fingerprints of it.

use xxhash_rust::xxh3::Xxh3;

/// Lower case, letters and digits only, single spaces between words: for comparing, sorting and searching names.
///
/// ```
/// use torqueflow_model::fold;
/// assert_eq!(fold("  O'Neill,  Motors LTD."), "oneill motors ltd");
/// assert_eq!(fold("Smith-Jones"), "smith jones");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\'' | '\u{2019}' | '.' => {}
            _ if character.is_alphanumeric() => folded.extend(character.to_lowercase()),
            _ if folded.is_empty() || folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Folds a column header so that `Reg No`, `reg_no` and `RegNo.` are the same: lower-case letters and digits only.
///
/// ```
/// use torqueflow_model::fold_header;
/// assert_eq!(fold_header("* E-mail Address"), "emailaddress");
/// ```
pub fn fold_header(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A 128-bit fingerprint of a sequence of parts (XXH3). `["ab", "c"]` and `["a", "bc"]` differ.
/// Stable across machines and versions: fingerprints are stored. Not for secrets.
pub fn hash128<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u128 {
    let mut hasher = Xxh3::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.digest128()
}
