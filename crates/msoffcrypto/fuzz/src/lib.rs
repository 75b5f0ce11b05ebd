//! What fuzzing `msoffcrypto-rs` tries, and what must hold.
//!
//! An input is no file but a recipe: changed bytes of an encrypted file mostly fail its HMAC or break its allocation
//! table, and nothing behind these is reached. A recipe is encrypted and laid out anew each time, so that what it
//! changes stands in a file that is otherwise sound.

mod recipe;
#[path = "../../tests/it/support/mod.rs"]
#[expect(
    dead_code,
    clippy::pedantic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "the encryptor of the tests, of which tests ask less"
)]
mod support;

use std::io::{Cursor, Read, Seek, SeekFrom};

use msoffcrypto::{DecryptedPackage, EncryptedPackage, Error, Limits, Password};

use recipe::{PASSWORD, Recipe};
pub use recipe::{SECTION, change, seeds};

/// An input of more bytes tries nothing new.
pub const MAX_BYTES: usize = 16 * 1024;

/// Words that descriptions of encryption are made of.
pub const TOKENS: &[&str] = &[
    "spinCount=\"",
    "saltSize=\"",
    "blockSize=\"",
    "keyBits=\"",
    "hashSize=\"",
    "cipherAlgorithm=\"AES\"",
    "cipherChaining=\"ChainingModeCFB\"",
    "hashAlgorithm=\"SHA1\"",
    "hashAlgorithm=\"SHA384\"",
    "saltValue=\"",
    "<keyData ",
    "<dataIntegrity ",
    "encryptedHmacKey=\"",
    "encryptedHmacValue=\"",
    "<keyEncryptors>",
    "<keyEncryptor uri=\"",
    "<p:encryptedKey ",
    "encryptedVerifierHashInput=\"",
    "encryptedVerifierHashValue=\"",
    "encryptedKeyValue=\"",
    "</keyEncryptors>",
    "xmlns:p=\"",
    "<!DOCTYPE ",
    "&amp;",
    "\u{1E}",
];

/// Makes the file of a recipe, opens it, unlocks it and reads it. Panics where something does not hold.
pub fn run(input: &[u8]) {
    let recipe = Recipe::parse(input);
    let file = recipe.build();
    let limits = limits(&recipe);
    let opened = decrypt(&file, &limits);
    if !recipe.is_standard() {
        assert_eq!(describe(&opened), describe(&decrypt(&file, &limits)), "the second time");
        check_other_password(&file, &limits, opened.is_ok());
    }
    match (opened, recipe.expected()) {
        (Ok(plain), Some(expected)) => assert!(plain == expected, "other bytes than those encrypted"),
        (Err(error), Some(_)) => panic!("a sound file is refused: {error}"),
        (_, None) => {}
    }
}

fn describe(result: &Result<Vec<u8>, Error>) -> Result<&[u8], String> {
    result.as_deref().map_err(|error| format!("{error:?}"))
}

/// Rounds that are few enough to try thousands of files a second, unless the scheme prescribes how many.
fn limits(recipe: &Recipe<'_>) -> Limits {
    let mut limits = Limits::default();
    limits.max_spin_count = if recipe.is_standard() { 50_000 } else { 20 };
    limits
}

fn decrypt(file: &[u8], limits: &Limits) -> Result<Vec<u8>, Error> {
    let mut package = EncryptedPackage::open(Cursor::new(file), limits)?;
    let key = package.unlock(&Password::new(PASSWORD))?;
    let mut plain = package.into_decrypted(key);
    let bytes = read_whole(&mut plain, file.len())?;
    check_pieces(&mut plain, &bytes);
    Ok(bytes)
}

/// What one password opens, no other does.
fn check_other_password(file: &[u8], limits: &Limits, opened: bool) {
    let package = EncryptedPackage::open(Cursor::new(file), limits);
    let other = package.and_then(|mut package| package.unlock(&Password::new("another")));
    match other {
        Ok(_) => panic!("another password opens it"),
        Err(error) => assert!(!opened || matches!(error, Error::WrongPassword), "{error:?}"),
    }
}

fn read_whole(plain: &mut DecryptedPackage<Cursor<&[u8]>>, file_bytes: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    plain.read_to_end(&mut bytes)?;
    assert_eq!(bytes.len() as u64, plain.len());
    assert!(bytes.len() <= file_bytes, "more plaintext than file");
    Ok(bytes)
}

/// Pieces from anywhere are those of the whole.
fn check_pieces(plain: &mut DecryptedPackage<Cursor<&[u8]>>, whole: &[u8]) {
    let length = whole.len();
    for start in [length / 2, 0, 4096, 4090, length.saturating_sub(1), length, length + 5] {
        let mut piece = [0; 40];
        let sought = plain.seek(SeekFrom::Start(start as u64));
        assert!(sought.is_ok_and(|place| place == start as u64));
        let mut read = 0;
        while let Ok(count @ 1..) = plain.read(piece.get_mut(read..).unwrap_or_default()) {
            read += count;
        }
        let expected = whole.get(start.min(length)..length.min(start + 40));
        assert_eq!(piece.get(..read), expected, "{start} of {length}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_says_what_it_was_made_for() {
        let outcomes: Vec<bool> = seeds()
            .iter()
            .map(|seed| {
                run(seed);
                let recipe = Recipe::parse(seed);
                decrypt(&recipe.build(), &limits(&recipe)).is_ok()
            })
            .collect();
        let opened = outcomes.iter().filter(|opened| **opened).count();
        assert!(opened >= outcomes.len() / 2, "{outcomes:?}");
    }
}
