//! From passwords to keys ([MS-OFFCRYPTO] 2.3.4.7 and 2.3.4.11).

use zeroize::Zeroizing;

use crate::crypto::Secret;
use crate::crypto::cipher::Iv;
use crate::crypto::hash::HashAlgorithm;
use crate::password::Password;

/// What a hash is filled up with where more bytes are needed than it has.
const FILLER: u8 = 0x36;

/// The hash of salt and password after all rounds; the slow part, done once per password.
pub(crate) fn password_hash(hash: HashAlgorithm, salt: &[u8], password: &Password, spin_count: u32) -> Secret {
    hash.spin(&[salt, &password.to_utf16()], spin_count)
}

/// The key for one purpose, told apart by its block key ([MS-OFFCRYPTO] 2.3.4.11).
pub(crate) fn agile_key(hash: HashAlgorithm, password_hash: &[u8], block_key: [u8; 8], key_bytes: usize) -> Secret {
    let mut key = hash.digest(&[password_hash, &block_key]);
    if key.len() < key_bytes {
        // A new buffer, since one that grows leaves its old contents behind.
        let mut longer = Zeroizing::new(Vec::with_capacity(key_bytes));
        longer.extend_from_slice(&key);
        longer.resize(key_bytes, FILLER);
        return longer;
    }
    key.truncate(key_bytes);
    key
}

/// The initialisation vector for a block key or segment number ([MS-OFFCRYPTO] 2.3.4.12).
pub(crate) fn agile_iv(hash: HashAlgorithm, salt: &[u8], block_key: &[u8]) -> Iv {
    fit_iv(&hash.digest(&[salt, block_key]))
}

/// Cuts or fills bytes to the length of an initialisation vector.
pub(crate) fn fit_iv(bytes: &[u8]) -> Iv {
    let mut iv = [FILLER; _];
    for (to, from) in iv.iter_mut().zip(bytes) {
        *to = *from;
    }
    iv
}

/// The key of standard encryption ([MS-OFFCRYPTO] 2.3.4.7), which is what `CryptDeriveKey` of
/// Windows makes of a hash.
pub(crate) fn standard_key(hash: HashAlgorithm, password_hash: &[u8], key_bytes: usize) -> Secret {
    let last = hash.digest(&[password_hash, &0_u32.to_le_bytes()]);
    let half = |filler: u8| {
        let mut block = Zeroizing::new([filler; 64]);
        for (to, from) in block.iter_mut().zip(last.iter()) {
            *to ^= from;
        }
        hash.digest(&[block.as_slice()])
    };
    let mut key = Zeroizing::new(Vec::with_capacity(hash.bytes() * 2));
    key.extend_from_slice(&half(0x36));
    key.extend_from_slice(&half(0x5C));
    key.truncate(key_bytes);
    key
}
