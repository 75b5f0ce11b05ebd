//! Agile encryption, as Office 2010 and later write it ([MS-OFFCRYPTO] 2.3.4.10 to 2.3.4.15).

use crate::crypto::cipher::AesKey;
use crate::crypto::hash::{HashAlgorithm, RunningMac};
use crate::crypto::{Secret, is_equal_hash, kdf, secret};
use crate::error::Error;
use crate::info::descriptor;
use crate::info::scheme::{Scheme, SchemeKind};
use crate::limits::Limits;
use crate::password::Password;

/// What tells keys and vectors for different purposes apart ([MS-OFFCRYPTO] 2.3.4.13, 2.3.4.14).
mod block_key {
    pub(super) const VERIFIER_INPUT: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
    pub(super) const VERIFIER_HASH: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
    pub(super) const KEY_VALUE: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];
    pub(super) const HMAC_KEY: [u8; 8] = [0x5F, 0xB2, 0xAD, 0x01, 0x0C, 0xB9, 0xE1, 0xF6];
    pub(super) const HMAC_VALUE: [u8; 8] = [0xA0, 0x67, 0x7F, 0x02, 0xB2, 0x2C, 0x84, 0x33];
}

/// Salt, hash and key length: given once for the package and once for the password, and they
/// may differ.
pub(crate) struct Parameters {
    pub(crate) salt: Vec<u8>,
    pub(crate) hash: HashAlgorithm,
    pub(super) key_bits: u16,
}

impl Parameters {
    fn key_bytes(&self) -> usize {
        usize::from(self.key_bits / 8)
    }
}

/// A parsed description of agile encryption.
pub(crate) struct AgileInfo {
    pub(crate) package: Parameters,
    pub(super) password: Parameters,
    pub(super) spin_count: u32,
    pub(super) encrypted_verifier_input: Vec<u8>,
    pub(super) encrypted_verifier_hash: Vec<u8>,
    pub(super) encrypted_key_value: Vec<u8>,
    pub(super) encrypted_hmac_key: Vec<u8>,
    pub(super) encrypted_hmac_value: Vec<u8>,
}

impl AgileInfo {
    /// Parses the XML that follows the version numbers, and checks all lengths once.
    pub(super) fn parse(xml: &[u8], limits: &Limits) -> Result<Self, Error> {
        let info = descriptor::parse(xml)?;
        let maximum = limits.max_spin_count.into();
        Error::check_limit("spin count", info.spin_count.into(), maximum)?;
        let long_enough = [
            (&info.encrypted_verifier_input, 1),
            (&info.encrypted_verifier_hash, info.password.hash.bytes()),
            (&info.encrypted_key_value, info.package.key_bytes()),
            (&info.encrypted_hmac_key, 1),
            (&info.encrypted_hmac_value, info.package.hash.bytes()),
        ]
        .iter()
        .all(|(value, least)| value.len() >= *least && value.len() % 16 == 0);
        if !long_enough {
            return Err(Error::malformed("an encrypted value has the wrong length"));
        }
        Ok(info)
    }

    pub(super) fn scheme(&self) -> Scheme {
        Scheme {
            kind: SchemeKind::Agile,
            cipher: "AES",
            key_bits: self.package.key_bits,
            chaining: "CBC",
            hash: self.package.hash,
            password_hash: self.password.hash,
            spin_count: self.spin_count,
        }
    }

    /// Checks the password against the verifier, then decrypts the package's own key
    /// ([MS-OFFCRYPTO] 2.3.4.13).
    pub(crate) fn unlock(&self, password: &Password) -> Result<AesKey, Error> {
        let Parameters { salt, hash, .. } = &self.password;
        let password_hash = kdf::password_hash(*hash, salt, password, self.spin_count);
        let iv = kdf::fit_iv(salt);
        let decrypt = |block_key, value: &[u8]| -> Result<Secret, Error> {
            let key_bytes = self.password.key_bytes();
            let key = kdf::agile_key(*hash, &password_hash, block_key, key_bytes);
            let mut value = secret(value);
            AesKey::new(&key)?.decrypt_cbc(&iv, &mut value);
            Ok(value)
        };
        let mut input = decrypt(block_key::VERIFIER_INPUT, &self.encrypted_verifier_input)?;
        // The input is as long as the salt; the rest is padding.
        input.truncate(salt.len());
        let stored = decrypt(block_key::VERIFIER_HASH, &self.encrypted_verifier_hash)?;
        if !is_equal_hash(&stored, &hash.digest(&[&input])) {
            return Err(Error::WrongPassword);
        }
        let mut key = decrypt(block_key::KEY_VALUE, &self.encrypted_key_value)?;
        key.truncate(self.package.key_bytes());
        AesKey::new(&key)
    }

    /// The HMAC to run over the whole encrypted stream, and the value it must have
    /// ([MS-OFFCRYPTO] 2.3.4.14).
    pub(crate) fn integrity(&self, key: &AesKey) -> Result<(Box<dyn RunningMac>, Secret), Error> {
        let Parameters { salt, hash, .. } = &self.package;
        let decrypt = |block_key: [u8; 8], value: &[u8]| {
            let mut value = secret(value);
            key.decrypt_cbc(&kdf::agile_iv(*hash, salt, &block_key), &mut value);
            value
        };
        let mut mac_key = decrypt(block_key::HMAC_KEY, &self.encrypted_hmac_key);
        // Padded to whole blocks with zeros, which HMAC ignores up to its own block length.
        mac_key.truncate(hash.bytes());
        let expected = decrypt(block_key::HMAC_VALUE, &self.encrypted_hmac_value);
        Ok((hash.mac(&mac_key)?, expected))
    }
}
