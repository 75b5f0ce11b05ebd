//! Standard encryption, as Office 2007 writes it ([MS-OFFCRYPTO] 2.3.4.5 to 2.3.4.9).

use crate::bytes::Fields;
use crate::crypto::cipher::{AesKey, BLOCK_BYTES};
use crate::crypto::hash::HashAlgorithm;
use crate::crypto::{Secret, is_equal_hash, kdf, secret};
use crate::error::Error;
use crate::info::scheme::{Scheme, SchemeKind};
use crate::limits::Limits;
use crate::password::Password;

/// Fixed by the format, so no field of the file states it.
const SPIN_COUNT: u32 = 50_000;

const FLAG_EXTERNAL: u32 = 0x10;
const FLAG_AES: u32 = 0x20;

/// A parsed description of standard encryption.
pub(crate) struct StandardInfo {
    key_bits: u16,
    hash: HashAlgorithm,
    salt: Vec<u8>,
    encrypted_verifier: Vec<u8>,
    encrypted_verifier_hash: Vec<u8>,
}

impl StandardInfo {
    /// Parses what follows the version numbers.
    pub(super) fn parse(mut fields: Fields<'_>, limits: &Limits) -> Result<Self, Error> {
        Error::check_limit("spin count", SPIN_COUNT.into(), limits.max_spin_count.into())?;
        let _flags = fields.u32()?;
        let header_bytes = fields.u32()?;
        let mut header = Fields::new(fields.take(header_bytes as usize)?, "the encryption header is cut off");
        let flags = header.u32()?;
        let _size_extra = header.u32()?;
        let (algorithm, hash) = (header.u32()?, header.u32()?);
        if flags & FLAG_EXTERNAL != 0 {
            return Err(Error::unsupported("encryption by an external provider", ""));
        }
        let key_bits = key_bits(algorithm, flags)?;
        let hash = hash_algorithm(hash)?;

        let salt_bytes = fields.u32()? as usize;
        let salt = fields.take(salt_bytes)?.to_vec();
        let encrypted_verifier = fields.take(BLOCK_BYTES)?.to_vec();
        let _hash_bytes = fields.u32()?;
        let hash_bytes = hash.bytes().next_multiple_of(BLOCK_BYTES);
        let encrypted_verifier_hash = fields.take(hash_bytes)?.to_vec();
        Ok(Self {
            key_bits,
            hash,
            salt,
            encrypted_verifier,
            encrypted_verifier_hash,
        })
    }

    pub(super) fn scheme(&self) -> Scheme {
        Scheme {
            kind: SchemeKind::Standard,
            cipher: "AES",
            key_bits: self.key_bits,
            chaining: "ECB",
            hash: self.hash,
            password_hash: self.hash,
            spin_count: SPIN_COUNT,
        }
    }

    /// Derives the key and checks it against the verifier ([MS-OFFCRYPTO] 2.3.4.9).
    pub(crate) fn unlock(&self, password: &Password) -> Result<AesKey, Error> {
        let hash = kdf::password_hash(self.hash, &self.salt, password, SPIN_COUNT);
        let key: Secret = kdf::standard_key(self.hash, &hash, usize::from(self.key_bits / 8));
        let key = AesKey::new(&key)?;
        let mut verifier = secret(&self.encrypted_verifier);
        key.decrypt_ecb(&mut verifier);
        let mut stored = secret(&self.encrypted_verifier_hash);
        key.decrypt_ecb(&mut stored);
        if is_equal_hash(&stored, &self.hash.digest(&[&verifier])) {
            Ok(key)
        } else {
            Err(Error::WrongPassword)
        }
    }
}

/// The key length that an algorithm identifier stands for ([MS-OFFCRYPTO] 2.3.2).
fn key_bits(algorithm: u32, flags: u32) -> Result<u16, Error> {
    match algorithm {
        0x660E => Ok(128),
        0x660F => Ok(192),
        0x6610 => Ok(256),
        0 if flags & FLAG_AES != 0 => Ok(128),
        0 | 0x6801 => Err(Error::unsupported("cipher", "RC4")),
        0x6601 => Err(Error::unsupported("cipher", "DES")),
        0x6602 => Err(Error::unsupported("cipher", "RC2")),
        0x6603 | 0x6609 => Err(Error::unsupported("cipher", "3DES")),
        other => Err(Error::unsupported("cipher", &format!("0x{other:04X}"))),
    }
}

/// The hash that an identifier stands for. Only SHA-1 is in the format; the others cost nothing.
fn hash_algorithm(id: u32) -> Result<HashAlgorithm, Error> {
    match id {
        0 | 0x8004 => Ok(HashAlgorithm::Sha1),
        0x800C => Ok(HashAlgorithm::Sha256),
        0x800D => Ok(HashAlgorithm::Sha384),
        0x800E => Ok(HashAlgorithm::Sha512),
        0x8003 => Err(Error::unsupported("hash", "MD5")),
        other => Err(Error::unsupported("hash", &format!("0x{other:04X}"))),
    }
}
