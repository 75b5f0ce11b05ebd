//! Secrets that are shown once and kept as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::AppError;

/// 256 random bits.
const SECRET_BYTES: usize = 32;

/// A new secret, which begins with this and goes on with 43 letters, digits, `-` and `_`.
pub fn new_secret(beginning: &str) -> Result<String, AppError> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| AppError::Internal("the system gives no randomness"))?;
    let mut secret = beginning.to_owned();
    URL_SAFE_NO_PAD.encode_string(bytes, &mut secret);
    Ok(secret)
}

/// The hash that is kept of a secret. The secret is random and long, so a fast hash does.
pub fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_never_the_same() {
        let (first, second) = (new_secret("tfk_").unwrap(), new_secret("tfk_").unwrap());
        assert_eq!((first.len(), second.len()), (47, 47));
        assert_ne!(first, second);
    }

    #[test]
    fn the_hash_is_sha_256() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hash("abc"), expected);
    }
}
