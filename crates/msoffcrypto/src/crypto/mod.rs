//! Hashes, key derivation and AES as [MS-OFFCRYPTO] puts them together.

#[cfg(feature = "ring")]
mod assembly;
pub(crate) mod cipher;
pub(crate) mod hash;
pub(crate) mod kdf;
mod spin;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes that are wiped from memory when dropped.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// Copies bytes into a buffer that is wiped.
pub(crate) fn secret(bytes: &[u8]) -> Secret {
    Zeroizing::new(bytes.to_vec())
}

/// Compares in a time that does not depend on where two values differ.
///
/// `stored` may be longer than the hash, since it was padded to whole cipher blocks.
pub(crate) fn is_equal_hash(stored: &[u8], computed: &[u8]) -> bool {
    stored
        .get(..computed.len())
        .is_some_and(|stored| stored.ct_eq(computed).into())
}
