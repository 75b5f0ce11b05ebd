//! Folding: one spelling for what people write in many ways, and fingerprints of it.

use std::borrow::Cow;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

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
    if text.is_ascii() {
        let kept = text.bytes().filter(u8::is_ascii_alphanumeric);
        return kept.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The same text in the letters A to Z, as far as its letters are those with marks: é is e, ß is ss, ø is o, œ is oe.
///
/// ```
/// use torqueflow_model::fold_accents;
/// assert_eq!(fold_accents("Größe, première, Łódź"), "Grosse, premiere, Lodz");
/// ```
pub fn fold_accents(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match plain_letters(character) {
            Some(letters) => folded.push_str(letters),
            None => folded.push(character),
        }
    }
    Cow::Owned(folded)
}

/// The letters of A to Z for a letter with a mark: of Latin-1 and those of Polish and French beyond.
fn plain_letters(character: char) -> Option<&'static str> {
    Some(match character {
        'à'..='å' | 'ą' => "a",
        'À'..='Å' | 'Ą' => "A",
        'æ' => "ae",
        'Æ' => "AE",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'è'..='ë' | 'ę' | 'ě' => "e",
        'È'..='Ë' | 'Ę' | 'Ě' => "E",
        'ì'..='ï' => "i",
        'Ì'..='Ï' => "I",
        'ł' => "l",
        'Ł' => "L",
        'ñ' | 'ń' => "n",
        'Ñ' | 'Ń' => "N",
        'ò'..='ö' | 'ø' => "o",
        'Ò'..='Ö' | 'Ø' => "O",
        'œ' => "oe",
        'Œ' => "OE",
        'ś' | 'š' => "s",
        'Ś' | 'Š' => "S",
        'ß' => "ss",
        'ẞ' => "SS",
        'ù'..='ü' => "u",
        'Ù'..='Ü' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' | 'Ÿ' => "Y",
        'ź' | 'ż' | 'ž' => "z",
        'Ź' | 'Ż' | 'Ž' => "Z",
        _ => return None,
    })
}

/// The words of a column header in lower case, cut at what is no letter or digit, and where a capital follows a small letter.
///
/// ```
/// use torqueflow_model::header_words;
/// assert_eq!(header_words("_ID_CustomerNumber (UK)"), ["id", "customer", "number", "uk"]);
/// ```
pub fn header_words(header: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for character in header.chars() {
        if !character.is_alphanumeric() || character.is_uppercase() && after_small {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character.is_alphanumeric()) {
            word.extend(character.to_lowercase());
        }
        after_small = character.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A fingerprint that sorts by the beginning of `first`: its upper half is the first eight bytes of it, its lower half a
/// 64-bit fingerprint of all `parts`. Kept in an index, neighbours in a file are neighbours there, and a batch touches
/// few pages instead of one per key.
///
/// ```
/// use torqueflow_model::sorted_hash;
/// let customer = sorted_hash("C1001", [b"customer".as_slice()]);
/// let vehicle = sorted_hash("C1001|AB12CDE", [b"vehicle".as_slice()]);
/// assert!(customer < vehicle && vehicle < sorted_hash("C1002", [b"customer".as_slice()]));
/// ```
pub fn sorted_hash<'a>(first: &str, parts: impl IntoIterator<Item = &'a [u8]>) -> u128 {
    let prefix = first
        .bytes()
        .chain(std::iter::repeat(0))
        .take(8)
        .fold(0_u128, |prefix, byte| prefix << 8 | u128::from(byte));
    prefix << 64 | (hash128(parts) & u128::from(u64::MAX))
}

/// A 64-bit fingerprint of one text (XXH3), for counting and sampling what is in memory. Two texts among millions may share
/// one: what must not be mixed up is told apart by [`hash128`].
pub fn hash64(bytes: &[u8]) -> u64 {
    xxh3_64(bytes)
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
